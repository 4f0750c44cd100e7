//! A model from a file or a folder: put into the store, looked into, and given the next number.
//!
//! The same content again, of the same run and with the same signature as the latest version, is that version: who registers in
//! a loop gets no numbers that mean the same. `again` gives a number nevertheless.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::base::{Progress, Silent};
use crate::model::inspect::{self, Inspection};
use crate::model::onnx::{self, Payload};
use crate::model::registry::{self, New, NewVersion, Tags, Version};
use crate::model::signature::Signature;
use crate::model::{Error, source};
use crate::store::{Link, Store, Writer, add, tree};
use crate::track::RunId;

/// What else is said of a version that is registered.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Takes the place of what the model says.
    pub signature: Option<Signature>,
    pub run: Option<RunId>,
    pub tags: Tags,
    pub description: Option<String>,
    pub aliases: Vec<String>,
    /// Whether content that the latest version has is given a number of its own.
    pub again: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub version: Version,
    pub is_new: bool,
    pub inspection: Inspection,
}

/// Puts a file or a folder into the store; weights of an ONNX file that lie beside it come along.
pub fn add(store: &Store, path: &Path, progress: &dyn Progress) -> Result<Link, Error> {
    let mut writer = store.writer()?;
    let added = add::path(&mut writer, path, &add::Options::default(), progress)?;
    let link = match added.kind {
        add::Kind::Tree => added.link,
        add::Kind::File => with_weights(&mut writer, path, &added)?,
    };
    writer.commit(vec![])?;
    Ok(link)
}

/// Looks into content that is in the store, without registering it. What breaks the rules of its format is refused.
pub fn check(store: &Store, content: &Link) -> Result<Inspection, Error> {
    let inspection = inspect::content(store, content)?;
    match inspection.fault() {
        Some((path, reason)) => {
            Err(Error::BadContent { path: path.to_owned(), reason: reason.to_owned() })
        }
        None => Ok(inspection),
    }
}

/// Registers content that is in the store.
pub fn register(
    store: &Store,
    name: &str,
    content: &Link,
    source: &str,
    options: &Options,
) -> Result<Outcome, Error> {
    let mut inspection = check(store, content)?;
    if options.signature.is_some() {
        inspection.signature.clone_from(&options.signature);
    }
    let said = inspection.mlmodel.as_ref().and_then(|model| model.text("run_id"));
    let run = match &options.run {
        Some(run) => Some(run.to_string()),
        None => said.map(str::to_owned),
    };
    let new = NewVersion {
        source: source.to_owned(),
        run,
        user: Some(store.context().actor.clone()),
        description: options.description.clone(),
        tags: options.tags.set.clone(),
        content: Some(*content),
        flavors: inspection.flavors.clone(),
        signature: inspection.signature.as_ref().map(|signature| signature.to_value().to_string()),
        ..NewVersion::default()
    };
    if registry::find(store, name)?.is_none() {
        registry::create(store, name, &New::default())?;
    }
    let (mut version, is_new) = match latest_like(store, name, &new)?.filter(|_| !options.again) {
        Some(version) => (said_again(store, version, options)?, false),
        None => (registry::register(store, name, &new)?, true),
    };
    for alias in &options.aliases {
        registry::set_alias(store, name, alias, version.number)?;
    }
    version.name = name.to_owned();
    Ok(Outcome { version, is_new, inspection })
}

/// Returns the latest version, if nothing about it would be new.
fn latest_like(store: &Store, name: &str, new: &NewVersion) -> Result<Option<Version>, Error> {
    let entry = registry::get(store, name)?;
    let Some(number) = entry.numbers().next_back() else { return Ok(None) };
    let version = entry.version(store, number)?;
    let model = &version.model;
    let is_same =
        model.content == new.content && model.run == new.run && model.signature == new.signature;
    Ok(is_same.then_some(version))
}

/// Says of a version that is there what was said with its content this time.
fn said_again(store: &Store, version: Version, options: &Options) -> Result<Version, Error> {
    let (name, number) = (version.name.clone(), version.number);
    let mut version = version;
    if !options.tags.set.is_empty() {
        version = registry::tag_version(store, &name, number, &options.tags)?;
    }
    if options.description.is_some() {
        let words = options.description.as_deref();
        version = registry::describe_version(store, &name, number, words)?;
    }
    Ok(version)
}

/// Makes a folder of an ONNX file and the files that its weights are in; any other file stays one.
fn with_weights(writer: &mut Writer<'_>, path: &Path, added: &add::Added) -> Result<Link, Error> {
    const LARGEST: u64 = 2 << 30;
    let locations = {
        let head = head(path)?;
        if !matches!(head[..], [8, 1..=127] | [0x12 | 0x1a | 0x3a | 0x42, _])
            || added.size > LARGEST
        {
            return Ok(added.link);
        }
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        match onnx::read(&bytes) {
            Ok(model) => locations(&model),
            Err(_) => return Ok(added.link),
        }
    };
    if locations.is_empty() {
        return Ok(added.link);
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tree::Builder::default();
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    builder.insert(name, entry(added.link, added.size))?;
    for location in locations {
        let location = location.trim_start_matches("./");
        let file = onnx::external::open(folder, location).map_err(|error| Error::Unsafe {
            path: location.to_owned(),
            reason: format!("it could not be opened as a plain file beside the model: {error}"),
        })?;
        let added = add::reader(writer, file, &Silent)?;
        builder.insert(location.as_bytes(), entry(added.link, added.size))?;
    }
    Ok(builder.write(writer)?)
}

fn locations(model: &onnx::Model<'_>) -> BTreeSet<String> {
    let external = model.graph.initializers.iter().filter_map(|tensor| match &tensor.payload {
        Payload::External(external) => Some(external.location.to_owned()),
        _ => None,
    });
    external.collect()
}

fn head(path: &Path) -> Result<Vec<u8>, Error> {
    let file = fs::File::open(path).map_err(Error::io("open", path))?;
    let mut head = vec![];
    file.take(2).read_to_end(&mut head).map_err(Error::io("read", path))?;
    Ok(head)
}

fn entry(link: Link, size: u64) -> tree::Entry {
    tree::Entry { name: vec![], mode: tree::FILE, size, target: tree::Target::Content(link) }
}

/// Returns the signature of a version: what it was registered with, else what its content says.
pub fn signature(store: &Store, version: &Version) -> Result<Option<Signature>, Error> {
    if let Some(text) = &version.model.signature {
        return Ok(Some(Signature::from_json(text)?));
    }
    let content = source::content(store, version)?;
    Ok(inspect::content(store, &content)?.signature)
}
