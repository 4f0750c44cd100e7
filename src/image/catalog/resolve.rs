//! What people call an image: a name, the beginning of its id, a digest.

use super::{Found, find, id, list};
use crate::base::near;
use crate::image::Error;
use crate::remote::registry::{self, Reference};
use crate::store::Store;

/// Fewer hex digits are no id.
const SHORTEST: usize = 4;

/// Returns the one image that `text` means; `image:` may stand before it.
///
/// A name goes before an id that begins alike, as with Docker.
pub fn resolve(store: &Store, text: &str) -> Result<Found, Error> {
    let text = text.strip_prefix("image:").unwrap_or(text);
    let reference = text.parse::<Reference>();
    if let Ok(reference) = &reference
        && let Some(found) = find(store, reference)?
    {
        return Ok(found);
    }
    if let Some(prefix) = hex(text)
        && let Some(found) = by_id(store, text, prefix)?
    {
        return Ok(found);
    }
    match reference {
        Err(error) if hex(text).is_none() => Err(registry::Error::from(error).into()),
        _ => Err(missing(store, text)?),
    }
}

/// Returns the hex digits of what may be the beginning of an id or of a digest.
fn hex(text: &str) -> Option<&str> {
    let digits =
        text.strip_prefix("sha256:").or_else(|| text.strip_prefix("sha512:")).unwrap_or(text);
    let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_hex && (SHORTEST..=128).contains(&digits.len())).then_some(digits)
}

fn by_id(store: &Store, text: &str, prefix: &str) -> Result<Option<Found>, Error> {
    let mut found: Vec<Found> = vec![];
    for one in list(store)? {
        let id = id(store, &one.image)?;
        let fits = id.hex().starts_with(prefix) || one.image.digest.hex().starts_with(prefix);
        let known = found.iter_mut().find(|known| known.link == one.link);
        match known {
            // Of several names, a tag says most.
            Some(known) if fits && known.name.tag.is_none() => *known = one,
            None if fits => found.push(one),
            _ => {}
        }
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            let shown =
                |one: &Found| one.name.text().unwrap_or_else(|| one.image.digest.to_string());
            let candidates = found.iter().map(shown).collect();
            Err(Error::AmbiguousImage { name: text.to_owned(), candidates })
        }
    }
}

fn missing(store: &Store, text: &str) -> Result<Error, Error> {
    let names: Vec<String> = list(store)?.iter().filter_map(|one| one.name.text()).collect();
    let short = names.iter().filter_map(|name| name.rsplit_once(':')).map(|(name, _)| name);
    let known = names.iter().map(String::as_str).chain(short);
    Ok(Error::NoImage { name: text.chars().take(300).collect(), near: near::matches(text, known) })
}
