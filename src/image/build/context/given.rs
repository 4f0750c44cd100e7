//! Contexts that are no folder of this machine: an archive that streams in, a file on the web, a repository.

use std::io::{self, Read};

use super::{in_empty, write_all};
use crate::image::build::cache::{self, Key};
use crate::image::build::copy::{self, Placing};
use crate::image::build::ignore::Ignore;
use crate::image::build::source::{Fetching, archive, web};
use crate::image::build::state::State;
use crate::image::build::tree::Tree;
use crate::image::rootfs::View;
use crate::image::{Error, layer};
use crate::store::{Store, file};

/// So much of a stream is looked at to tell what it is.
const HEAD: u64 = 128 << 10;

/// No Dockerfile is larger.
const MAX_FILE: u64 = 16 << 20;

/// What came where a context was expected.
#[derive(Debug, Clone)]
pub enum Given {
    Layers(State),
    /// A Dockerfile without a context.
    Dockerfile(Vec<u8>),
}

/// Reads `input` to its end: an archive, packed or not, or a Dockerfile.
pub fn stream(fetching: &Fetching<'_>, mut input: impl Read + Send) -> Result<Given, Error> {
    let failed = || layer::Error::io("read the context");
    let mut head = vec![];
    input.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed())?;
    // A block of bzip2 can be longer than what is looked at.
    if head.starts_with(b"BZh") || archive::is_archive(&head[..]) {
        let whole = io::Cursor::new(head).chain(input);
        return archive::state(fetching, whole).map(Given::Layers);
    }
    input.take(MAX_FILE + 1).read_to_end(&mut head).map_err(failed())?;
    match head.len() as u64 > MAX_FILE {
        true => Err(Error::TooLarge {
            what: "the Dockerfile",
            size: head.len() as u64,
            limit: MAX_FILE,
        }),
        false => Ok(Given::Dockerfile(head)),
    }
}

/// Fetches what is at `address`: an archive, or a Dockerfile.
pub fn from_web(fetching: &Fetching<'_>, address: &str) -> Result<Given, Error> {
    let fetched = web::fetch(fetching, address, None)?;
    let content = file::open(fetching.store, &fetched.content)?;
    stream(fetching, content)
}

/// Returns a context without what `ignore` leaves out.
pub fn without(store: &Store, state: State, ignore: &Ignore) -> Result<State, Error> {
    if ignore.is_empty() {
        return Ok(state);
    }
    let view = View::of(store, &state.links())?;
    let all = [".".to_owned()];
    let sources = copy::select_but(&Tree::View(&view), "the context", &all, false, ignore)?;
    let mut key = Key::new("ignored");
    key.digest(state.id());
    key.digest(sources.digest());
    let key = key.finish();
    if let Some(layer) = cache::find(store, &key)?.and_then(|step| step.held()) {
        return Ok(State { layers: vec![layer], history: vec![] });
    }
    let placed = in_empty(&sources, &Placing { destination: "/", ..Placing::default() })?;
    let mut writer = store.writer()?;
    let added = write_all(&mut writer, placed, None, None)?;
    let layer = cache::keep(store, writer, &added, &[key], "context")?.0;
    Ok(State { layers: vec![layer], history: vec![] })
}
