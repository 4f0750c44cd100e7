//! Archives: a tar, packed or not, as a layer of its own.

use std::io::Read;

use crate::base::Digest;
use crate::image::archive::unpack;
use crate::image::assemble::Held;
use crate::image::build::cache::{self, Key};
use crate::image::build::source::Fetching;
use crate::image::build::state::State;
use crate::image::layer::{self, Compression};
use crate::image::{Error, rootfs};

/// The first header of a tar.
const HEAD: u64 = 512;

/// Tells whether `input` is a tar, plain or packed with gzip, bzip2, xz or zstd: by its content, as its name says nothing.
pub fn is_archive(input: impl Read + Send) -> bool {
    let Ok(plain) = unpack(input) else { return false };
    let mut head = vec![];
    plain.take(HEAD).read_to_end(&mut head).is_ok() && layer::is_tar(&head)
}

/// Returns the archive that `input` gives as a layer; where `content` says what that is, it is read once only.
pub fn layer(
    fetching: &Fetching<'_>,
    content: Option<Digest>,
    input: impl Read + Send,
) -> Result<Held, Error> {
    let known = content.map(|content| {
        let mut key = Key::new("archive");
        key.digest(content);
        key.finish()
    });
    if let Some(key) = &known
        && let Some(held) = cache::find(fetching.store, key)?.and_then(|step| step.held())
    {
        return Ok(held);
    }
    let mut writer = fetching.store.writer()?;
    let plain = unpack(input).map_err(layer::Error::io("unpack the archive"))?;
    // What was packed twice is not unpacked again.
    let options = layer::Options { compression: Some(Compression::None), ..<_>::default() };
    let added = layer::add(&mut writer, plain, &options, fetching.progress)?;
    let key = known.unwrap_or_else(|| {
        let mut key = Key::new("tar");
        key.text(&added.layer.diff_id.to_string());
        key.finish()
    });
    Ok(cache::keep(fetching.store, writer, &added, &[key], "archive")?.0)
}

/// As [`layer()`], as all that a context is.
pub fn state(fetching: &Fetching<'_>, input: impl Read + Send) -> Result<State, Error> {
    let layer = layer(fetching, None, input)?;
    // One that reaches out of its root is refused at once.
    rootfs::View::of(fetching.store, &[layer.link])?;
    Ok(State { layers: vec![layer], history: vec![] })
}
