//! What steps came to: a ref for each key, which travels and is collected as any other.
//!
//! ```text
//! cache/build/<key> ──► step ──► layer
//! ```
//!
//! A key says what went in: the instruction with all words final, the layers it works on (by their diff ids, so that a parent
//! made anew with the same content counts as the same), and what it reads. A COPY from another stage has two keys,
//! one that names that stage's layers and one that names the content that is read: the first is found without looking, the
//! second still holds when the stage has changed elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::base;
use crate::image::assemble::Held;
use crate::image::build;
use crate::image::layer::Added;
use crate::image::{Content, Error};
use crate::remote::registry::Digest;
use crate::store::{Change, Expected, Link, Store, Writer, refs};

/// All refs of steps begin so.
pub const FOLDER: &str = "cache/build/";

/// Grows whenever a step comes to something else than it did before.
const VERSION: u32 = 1;

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "step")]
pub struct Step {
    /// Nothing where only a time is kept: that of an image as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Link>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<Digest>,
    /// Bytes of the layer's tar.
    pub size: u64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// The instruction as written.
    pub text: String,
}

/// Collects what goes into a step.
#[derive(Debug)]
pub struct Key(blake3::Hasher);

impl Key {
    /// Begins a key; `what` keeps different kinds of step apart.
    pub fn new(what: &str) -> Self {
        let mut key = Self(blake3::Hasher::new());
        key.0.update(&VERSION.to_le_bytes());
        key.text(what);
        key
    }

    pub fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    pub fn digest(&mut self, digest: base::Digest) {
        self.0.update(digest.as_bytes());
    }

    /// Adds a value by its JSON, whose keys are in a fixed order.
    pub fn value(&mut self, value: &impl Serialize) {
        self.text(&serde_json::to_string(value).expect("all of its keys are texts"));
    }

    pub fn finish(self) -> base::Digest {
        self.0.finalize().into()
    }
}

/// Returns the ref of a key.
pub fn name(key: &base::Digest) -> String {
    format!("{FOLDER}{key}")
}

/// Returns what the step with this key came to, where all of it is here.
pub fn find(store: &Store, key: &base::Digest) -> Result<Option<Step>, Error> {
    let Some(link) = refs::get(store, &name(key))? else { return Ok(None) };
    let step: Step = store.read_node(&link)?;
    match step.layer {
        Some(layer) if !store.has(&layer)? => Ok(None),
        _ => Ok(Some(step)),
    }
}

/// Returns an empty file that is locked while a step is done, and whose time is that of its last use.
fn marker(store: &Store, key: &str) -> PathBuf {
    store.folder().join("cache/steps").join(key)
}

/// Makes everybody else wait who is about to do the step with this key, until what is returned is dropped.
pub fn claim(
    store: &Store,
    key: &base::Digest,
    cancelled: &dyn Fn() -> bool,
) -> Result<fs::File, Error> {
    let path = marker(store, &key.to_string());
    let folder = path.parent().unwrap_or(&path);
    fs::create_dir_all(folder).map_err(build::Error::io("create", folder))?;
    lock(&path, cancelled)
}

/// Locks a file; it is made where it is missing.
pub(super) fn lock(path: &Path, cancelled: &dyn Fn() -> bool) -> Result<fs::File, Error> {
    /// Between two looks. The system can wait itself, but not be told to give up.
    const NAP: Duration = Duration::from_millis(10);
    let options =
        fs::File::options().read(true).write(true).create(true).truncate(false).open(path);
    let file = options.map_err(build::Error::io("open", path))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if cancelled() => {
                return Err(build::Error::Cancelled.into());
            }
            Err(fs::TryLockError::WouldBlock) => std::thread::sleep(NAP),
            Err(fs::TryLockError::Error(error)) => {
                return Err(build::Error::io("lock", path)(error).into());
            }
        }
    }
}

/// Says that a step was used, so that gc keeps it.
pub fn used(store: &Store, key: &base::Digest) {
    let path = marker(store, &key.to_string());
    if base::fs::age(&path).is_some_and(|age| age < base::fs::USE_NOTED) {
        return;
    }
    // What cannot be noted is done again one day, and that is all.
    let _ = fs::create_dir_all(path.parent().unwrap_or(&path));
    let _ = fs::File::options().create(true).truncate(false).write(true).open(&path);
    let _ = base::fs::touch(&path);
}

/// Returns when the step of a ref was last used, in milliseconds since 1970, where that was noted.
pub fn last_used(store: &Store, name: &str) -> Option<i64> {
    let path = marker(store, name.strip_prefix(FOLDER)?);
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Forgets when the step of a ref was last used.
pub fn forget(store: &Store, name: &str) {
    if let Some(key) = name.strip_prefix(FOLDER) {
        let _ = base::fs::remove(&marker(store, key));
    }
}

/// Returns the changes that make `step` what these keys came to.
pub fn set(keys: &[base::Digest], step: Link) -> Vec<Change> {
    let change = |key| Change { name: name(key), expected: Expected::Any, new: Some(step) };
    keys.iter().map(change).collect()
}

impl Step {
    /// Returns the layer as a part of an image.
    pub fn held(&self) -> Option<Held> {
        let (link, diff_id) = (self.layer?, self.diff_id?);
        let content = Content::Tar(link);
        Some(Held { link, diff_id, digest: diff_id, size: self.size, content, media_type: None })
    }
}

/// Keeps a layer as what `keys` came to; this is when it becomes visible.
pub fn keep(
    store: &Store,
    mut writer: Writer<'_>,
    added: &Added,
    keys: &[base::Digest],
    text: &str,
) -> Result<(Held, i64), Error> {
    let step = Step {
        layer: Some(added.link),
        diff_id: Some(added.layer.diff_id),
        size: added.size,
        created: store.now(),
        text: text.to_owned(),
    };
    let link = writer.node(&step)?;
    writer.commit(set(keys, link))?;
    Ok((step.held().expect("it has a layer"), step.created))
}
