//! Files on the web: what was fetched is asked for again only by what the server said of it.
//!
//! ```text
//! cache/build/<key of the address> ──► fetched: ETag, Last-Modified, digest ──► content
//! ```

use std::io::{self, Read, Seek as _};

use serde::{Deserialize, Serialize};

use crate::image::Error;
use crate::image::build::cache::{self, Key};
use crate::image::build::source::Fetching;
use crate::image::build::{self};
use crate::remote::download::{self, Answer, Downloaded, Validators};
use crate::remote::registry::{Digest, Hasher};
use crate::store::{Change, Expected, Link, add, refs};

/// No file from the web is larger.
const LIMIT: u64 = 64 << 30;

/// The name of a file whose address has none.
const UNNAMED: &str = "__unnamed__";

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "fetched")]
pub struct Fetched {
    pub content: Link,
    pub size: u64,
    pub digest: Digest,
    #[serde(flatten)]
    pub validators: Validators,
    /// What the server calls it.
    pub name: Option<String>,
}

impl Fetched {
    /// Returns the name it gets in a folder: the last of its address, else what the server says.
    pub fn name(&self, address: &str) -> String {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let path = path.split_once('/').map_or("", |(_, path)| path);
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let last = percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned();
        let odd = matches!(last.as_str(), "" | "." | "..") || last.contains(['/', '\0']);
        match (odd, &self.name) {
            (false, _) => last,
            (true, Some(name)) => name.clone(),
            (true, None) => UNNAMED.to_owned(),
        }
    }

    /// Returns what the server says of its age, in seconds since 1970; 0 where it says nothing.
    pub fn time(&self) -> i64 {
        let text = self.validators.last_modified.as_deref().unwrap_or_default();
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
        parsed.map_or(0, |time| time.as_second())
    }
}

/// Returns the file at `address`, which must have the digest `checksum` where one is given.
///
/// One that is here and has this digest is not asked for again; any other is, with what the server said of it.
pub fn fetch(
    fetching: &Fetching<'_>,
    address: &str,
    checksum: Option<&Digest>,
) -> Result<Fetched, Error> {
    let store = fetching.store;
    let mut key = Key::new("web");
    key.text(address);
    key.value(&checksum.map(Digest::algorithm).map(|algorithm| algorithm.as_str()));
    let name = cache::name(&key.finish());
    let known = match refs::get(store, &name)? {
        Some(link) => Some(store.read_node::<Fetched>(&link)?),
        None => None,
    };
    let known = match known {
        Some(known) if store.has(&known.content)? => Some(known),
        _ => None,
    };
    if let (Some(known), Some(checksum)) = (&known, checksum)
        && known.digest == *checksum
    {
        return Ok(known.clone());
    }
    let folder = store.folder().join("incoming");
    let options = download::Options {
        web: &fetching.access.web,
        folder: &folder,
        limit: LIMIT,
        progress: fetching.progress,
        cancelled: fetching.cancelled,
    };
    let validators = known.as_ref().map(|known| &known.validators);
    let answer = download::download(address, validators, &options);
    let fetched = match (answer.map_err(build::Error::from)?, known) {
        (Answer::Unchanged, Some(known)) => known,
        (Answer::Unchanged, None) => unreachable!("nothing was known that may be unchanged"),
        (Answer::File(file), _) => keep(fetching, file, checksum, &name)?,
    };
    match checksum.filter(|checksum| fetched.digest != **checksum) {
        Some(expected) => Err(wrong(address, expected, &fetched.digest)),
        None => Ok(fetched),
    }
}

fn wrong(address: &str, expected: &Digest, found: &Digest) -> Error {
    let address = address.split(['?', '#']).next().unwrap_or_default().to_owned();
    let (expected, found) = (expected.to_string(), found.to_string());
    build::Error::Checksum { address, expected, found }.into()
}

/// Puts a file into the store, under the name of its address.
fn keep(
    fetching: &Fetching<'_>,
    downloaded: Downloaded,
    checksum: Option<&Digest>,
    name: &str,
) -> Result<Fetched, Error> {
    let Downloaded { mut file, validators, name: called } = downloaded;
    let failed = || crate::image::layer::Error::io("read what was fetched");
    let algorithm = checksum.map_or(crate::remote::registry::Algorithm::Sha256, Digest::algorithm);
    let mut hasher = algorithm.hasher();
    io::copy(&mut file, &mut Into(&mut hasher)).map_err(failed())?;
    let digest = hasher.finish();
    file.rewind().map_err(failed())?;
    let mut writer = fetching.store.writer()?;
    let added = add::reader(&mut writer, file.by_ref(), fetching.progress)?;
    let fetched =
        Fetched { content: added.link, size: added.size, digest, validators, name: called };
    let link = writer.node(&fetched)?;
    let change = Change { name: name.to_owned(), expected: Expected::Any, new: Some(link) };
    // What is not what was asked for is not kept for the next time.
    let changes = match checksum.is_some_and(|checksum| *checksum != digest) {
        true => vec![],
        false => vec![change],
    };
    writer.commit(changes)?;
    Ok(fetched)
}

/// Hashes what is written to it.
struct Into<'a>(&'a mut Hasher);

impl io::Write for Into<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
