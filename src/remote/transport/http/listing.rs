//! The refs of a hub, page by page, all of one moment.

use crate::remote::transport::http::client::{Ask, Client};
use crate::remote::{Error, MAX_REFS, wire};
use crate::store::Ref;

/// So often a listing is begun again because refs moved meanwhile; then it is taken as it is.
const TRIES: usize = 5;

pub(super) fn read(client: &Client) -> Result<Vec<Ref>, Error> {
    for patient in (0..TRIES).rev() {
        if let Some(refs) = read_once(client, patient > 0)? {
            return Ok(refs);
        }
    }
    Err(Error::Changing { address: client.address().to_owned() })
}

fn read_once(client: &Client, strict: bool) -> Result<Option<Vec<Ref>>, Error> {
    let (mut refs, mut head) = (vec![], None);
    loop {
        let path = format!("refs?from={}", refs.len());
        let answer = client.ask(&Ask::get(&path))?;
        let page: wire::Refs = wire::decode(&answer).ok_or_else(|| client.not_a_hub())?;
        if page.version != wire::VERSION {
            return Err(Error::OtherVersion {
                address: client.address().to_owned(),
                theirs: page.version,
                ours: wire::VERSION,
            });
        }
        if strict && *head.get_or_insert(page.head) != page.head {
            return Ok(None);
        }
        let targets = wire::links(&page.targets);
        let targets = targets.filter(|targets| targets.len() == page.names.len());
        let targets = targets.ok_or_else(|| client.nonsense("refs"))?;
        let empty = targets.is_empty();
        refs.extend(page.names.into_iter().zip(targets).map(|(name, target)| Ref { name, target }));
        if refs.len() > MAX_REFS {
            return Err(Error::TooManyRefs { count: refs.len(), limit: MAX_REFS });
        }
        if !page.more || empty {
            return Ok(Some(refs));
        }
    }
}
