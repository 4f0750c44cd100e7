//! A version of a model from the store into an engine. Every byte is verified against its id on the way.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::base::Silent;
use crate::model::mlmodel::{self, MlModel};
use crate::model::score::python::{self, Kind, Launch, environment};
use crate::model::score::worker::{Bounds, Health};
use crate::model::score::{self, Apart, Engine, Format, Manner, PortKind, Source};
use crate::model::signature::{self, Dtype, Schema};
use crate::model::{Signature, Version, source};
use crate::store::{Link, Store, checkout, file, tree};

use super::error::Error;
use super::flavor::native;
use super::wire::Takes;
use super::wire::write::Form;

/// How models are loaded.
#[derive(Debug, Clone)]
pub struct Loading {
    pub engine: score::Choice,
    pub environment: environment::Choice,
    /// The present interpreter.
    pub python: PathBuf,
    /// Where `uv` is, if it is anywhere.
    pub uv: Option<PathBuf>,
    pub allow_pickle: bool,
    /// Worker processes of each model in Python, and of each network.
    pub workers: usize,
    /// How long one answer may take.
    pub limit: Duration,
    /// How much memory one worker may have.
    pub memory: Option<u64>,
    /// Places of a libonnxruntime.
    pub libraries: Vec<PathBuf>,
    /// This program: it runs networks, and makes containers for workers, by its hidden commands.
    pub program: PathBuf,
    /// Whether models in Python run in containers.
    pub sandbox: bool,
}

impl Loading {
    /// Returns what one worker may take.
    const fn bounds(&self) -> Bounds {
        Bounds { patience: Duration::from_secs(300), limit: self.limit, memory: self.memory }
    }
}

/// No weights are larger than this and held in memory.
const LARGEST: u64 = 16 << 30;
/// What is not a weight is small.
const SMALL: u64 = 16 << 20;
/// A longer request is no example.
const LONGEST_EXAMPLE: u64 = 256 << 10;
/// So many files are in no model.
const MOST_FILES: usize = 100_000;

/// A version that answers.
pub(in crate::server::score) struct Loaded {
    pub(in crate::server::score) name: String,
    pub(in crate::server::score) number: u64,
    pub(in crate::server::score) id: Link,
    pub(in crate::server::score) flavor: &'static str,
    pub(in crate::server::score) signature: Option<Signature>,
    pub(in crate::server::score) runner: Runner,
    /// What workers have opened, or open when they are started again; removed after them.
    _folder: Option<TempDir>,
    /// A request that came with it, in JSON.
    pub(in crate::server::score) example: Option<String>,
    /// How the outputs of a request with a table, and of one with tensors, are written.
    pub(in crate::server::score) forms: (Form, Form),
}

/// What runs a version.
pub(in crate::server::score) enum Runner {
    Native(Box<dyn Engine>),
    Python(Box<python::Model>),
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loaded({}@v{})", self.name, self.number)
    }
}

impl Loaded {
    /// Returns how the user writes the version.
    pub(in crate::server::score) fn reference(&self) -> String {
        format!("{}@v{}", self.name, self.number)
    }

    /// Returns what it takes.
    pub(in crate::server::score) fn takes(&self) -> Takes<'_> {
        Takes { signature: self.signature.as_ref(), python: self.is_python() }
    }

    /// Tells whether Python runs it.
    pub(in crate::server::score) const fn is_python(&self) -> bool {
        matches!(self.runner, Runner::Python(_))
    }

    /// Returns how its workers are, where it runs in some.
    pub(in crate::server::score) fn workers(&self) -> Option<Health> {
        match &self.runner {
            Runner::Native(engine) => engine.workers(),
            Runner::Python(model) => Some(model.health()),
        }
    }
}

/// Loads a version. `tell` hears what is done that takes long.
pub(in crate::server::score) fn load(
    store: &Store,
    version: &Version,
    how: &Loading,
    tell: &dyn Fn(&str),
) -> Result<Loaded, Error> {
    let content = source::content(store, version)?;
    let files = files(store, &content)?;
    let job = Job { store, version, how, tell, content, files };
    match job.find(mlmodel::FILE) {
        Some(link) => job.packaged(&link),
        None => job.bare(),
    }
}

/// Returns which engine runs a version; fails where only Python does.
pub fn check_native(
    store: &Store,
    version: &Version,
    program: PathBuf,
) -> Result<&'static str, Error> {
    let how = Loading {
        engine: score::Choice::Auto,
        environment: environment::Choice::Local,
        python: PathBuf::from("/nonexistent"),
        uv: None,
        allow_pickle: false,
        workers: 1,
        limit: Duration::from_secs(1),
        memory: None,
        libraries: vec![],
        program,
        sandbox: false,
    };
    match load(store, version, &how, &|_| {}) {
        Ok(loaded) => Ok(loaded.flavor),
        Err(Error::Python { version, .. } | Error::Pickle { version, .. }) => {
            Err(Error::Unknown { version, reason: "only Python runs it".to_owned() })
        }
        Err(error) => Err(error),
    }
}

/// Returns every file with its path; a version that is one file has it without a path.
fn files(store: &Store, content: &Link) -> Result<Vec<(String, Link)>, Error> {
    let mut files = vec![];
    if tree::read(store, content).is_err() {
        return Ok(vec![(String::new(), *content)]);
    }
    tree::walk(store, content, |path, entry| {
        if let (None, Some(link)) = (entry.folder(), entry.content())
            && files.len() < MOST_FILES
        {
            files.push((String::from_utf8_lossy(path).into_owned(), link));
        }
        Ok::<_, Error>(())
    })?;
    Ok(files)
}

struct Job<'a> {
    store: &'a Store,
    version: &'a Version,
    how: &'a Loading,
    tell: &'a dyn Fn(&str),
    content: Link,
    files: Vec<(String, Link)>,
}

impl Job<'_> {
    fn name(&self) -> String {
        self.version.reference().to_string()
    }

    fn find(&self, path: &str) -> Option<Link> {
        self.files.iter().find(|(own, _)| own == path).map(|(_, link)| *link)
    }

    fn read(&self, link: &Link, most: u64) -> Result<Vec<u8>, Error> {
        Ok(file::open(self.store, link)?.read_all(most)?)
    }

    fn text(&self, path: &str) -> Result<Option<String>, Error> {
        let link = self.find(path);
        let bytes = link.map(|link| self.read(&link, SMALL)).transpose()?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A folder with an MLmodel.
    fn packaged(&self, link: &Link) -> Result<Loaded, Error> {
        let damaged = |reason| Error::Damaged { version: self.name(), reason };
        let about = MlModel::parse(&self.read(link, SMALL)?).map_err(damaged)?;
        let has_python = about.python_function().is_some();
        if let Some(own) = native(&about)
            && let Some(link) = self.find(&own.path).or_else(|| self.only_file_below(&own.path))
        {
            let folder = (own.format == Format::Onnx
                && self.files.iter().any(|(own, _)| is_external(own)))
            .then(|| self.unpack())
            .transpose()?;
            match self.engine(own.format, &link, folder.as_ref(), own.manner) {
                Ok(engine) => {
                    let runner = Runner::Native(engine);
                    return Ok(self.loaded(runner, folder, about.signature, own.forms));
                }
                // What no engine here can do, the library can.
                Err(Error::Engine { source: score::Error::Unsupported { .. }, .. })
                    if has_python && own.format != Format::Onnx => {}
                Err(error) => return Err(error),
            }
        }
        if !has_python {
            let reason =
                "its `MLmodel` has no flavor `python_function`, nor one that is run without Python";
            return Err(Error::Unknown { version: self.name(), reason: reason.to_owned() });
        }
        let requirements = self.text("requirements.txt")?;
        let (runner, folder) = self.python(Kind::Packaged, requirements)?;
        Ok(self.loaded(runner, Some(folder), about.signature, (Form::Array, Form::Array)))
    }

    fn only_file_below(&self, folder: &str) -> Option<Link> {
        let mut below = self.files.iter().filter(|(own, _)| {
            own.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                && own.ends_with(".onnx")
        });
        below.next().filter(|_| below.next().is_none()).map(|(_, link)| *link)
    }

    /// A file, or a folder in which one file is a model.
    fn bare(&self) -> Result<Loaded, Error> {
        let mut seen = vec![];
        for (path, link) in &self.files {
            let head = file::open(self.store, link)?.read_range(0, 4096)?;
            match sniff(path, &head) {
                Some(Sniffed::Model(format)) => {
                    let folder = (self.files.len() > 1).then(|| self.unpack()).transpose()?;
                    // As Python has it once `model export` has made a package of it.
                    let manner = match format {
                        Format::CatboostBinary | Format::CatboostJson => Manner::Estimator,
                        _ => Manner::Scores,
                    };
                    let forms = match format {
                        Format::Onnx => (Form::Records, Form::Named),
                        _ => (Form::Array, Form::Array),
                    };
                    let engine = self.engine(format, link, folder.as_ref(), manner)?;
                    return Ok(self.loaded(Runner::Native(engine), folder, None, forms));
                }
                Some(Sniffed::Pickle) => seen.push((path, link)),
                None => {}
            }
        }
        match seen.first() {
            Some(_) => {
                let (runner, folder) = self.python(Kind::Bare, None)?;
                Ok(self.loaded(runner, Some(folder), None, (Form::Array, Form::Array)))
            }
            None => {
                let reason = "no file in it is one that an engine here runs".to_owned();
                Err(Error::Unknown { version: self.name(), reason })
            }
        }
    }

    fn loaded(
        &self,
        runner: Runner,
        folder: Option<TempDir>,
        signature: Option<Signature>,
        forms: (Form, Form),
    ) -> Loaded {
        let signature = signature.or_else(|| match &runner {
            Runner::Native(engine) => of_ports(engine.as_ref()),
            Runner::Python(_) => None,
        });
        let has_workers = match &runner {
            Runner::Native(engine) => engine.workers().is_some(),
            Runner::Python(_) => true,
        };
        Loaded {
            name: self.version.name.clone(),
            number: self.version.number,
            id: self.version.id,
            flavor: match &runner {
                Runner::Native(engine) => engine.name(),
                Runner::Python(_) => "python",
            },
            signature,
            runner,
            // An engine in this process has read all that it needs.
            _folder: folder.filter(|_| has_workers),
            example: self.example(),
            forms,
        }
    }

    fn example(&self) -> Option<String> {
        let link = self.find("serving_input_example.json")?;
        String::from_utf8(self.read(&link, LONGEST_EXAMPLE).ok()?).ok()
    }

    fn engine(
        &self,
        format: Format,
        link: &Link,
        folder: Option<&TempDir>,
        manner: Manner,
    ) -> Result<Box<dyn Engine>, Error> {
        let bytes = Arc::from(self.read(link, LARGEST)?);
        let source =
            Source { format, bytes, folder: folder.map(|folder| folder.path().to_owned()) };
        let choice = self.how.engine;
        let libraries = self.how.libraries.clone();
        let apart = Apart {
            program: self.how.program.clone(),
            workers: self.how.workers,
            bounds: self.how.bounds(),
        };
        let apart = Some(apart);
        let options =
            score::Options { choice, manner, libraries, apart, ..score::Options::default() };
        score::load(&source, &options)
            .map_err(|source| Error::Engine { version: self.name(), source })
    }

    fn python(&self, kind: Kind, requirements: Option<String>) -> Result<(Runner, TempDir), Error> {
        if !self.how.allow_pickle
            && let Some(file) = self.pickle()?
        {
            return Err(Error::Pickle { version: self.name(), file });
        }
        let python = |source| Error::Python { version: self.name(), source };
        let wanted = environment::Wanted {
            choice: self.how.environment,
            python: self.how.python.clone(),
            uv: self.how.uv.clone(),
            cache: self.store.folder().join("cache"),
            requirements,
            // To build a package is to run whatever is in it.
            wheels_only: self.how.sandbox,
        };
        let tell = |line: &str| (self.tell)(&format!("Installing `{}`.", line.escape_debug()));
        let environment = environment::prepare(&wanted, &tell).map_err(python)?;
        let folder = self.unpack()?;
        let model = match kind {
            Kind::Packaged => folder.path().join("model"),
            Kind::Bare => self.bare_file(&folder),
        };
        let launch = Launch {
            python: environment.python,
            kind,
            model,
            bounds: self.how.bounds(),
            sandbox: self.how.sandbox.then(|| self.how.program.clone()),
        };
        let model = python::Model::start(launch, self.how.workers).map_err(python)?;
        model.unmet().iter().for_each(|line| (self.tell)(line));
        Ok((Runner::Python(Box::new(model)), folder))
    }

    fn bare_file(&self, folder: &TempDir) -> PathBuf {
        let top = folder.path().join("model");
        let named = self.files.iter().find(|(path, _)| has_pickle_name(path));
        match named.or(self.files.first()) {
            Some((path, _)) if !path.is_empty() => top.join(path),
            _ => top,
        }
    }

    /// Returns the first file that is a pickle, or holds one, by its content or its name.
    fn pickle(&self) -> Result<Option<String>, Error> {
        for (path, link) in &self.files {
            let head = file::open(self.store, link)?.read_range(0, 4096)?;
            if has_pickle_name(path) || sniff(path, &head) == Some(Sniffed::Pickle) {
                let shown = if path.is_empty() { self.version.name.clone() } else { path.clone() };
                return Ok(Some(shown));
            }
        }
        Ok(None)
    }

    /// Writes the version out; what is in the folder is what was verified.
    fn unpack(&self) -> Result<TempDir, Error> {
        let cache = self.store.folder().join("cache");
        let failed = |source| Error::Io { action: "make a folder in", path: cache.clone(), source };
        std::fs::create_dir_all(&cache).map_err(failed)?;
        let folder =
            tempfile::Builder::new().prefix("serve-").tempdir_in(&cache).map_err(failed)?;
        let (to, options) = (folder.path().join("model"), checkout::Options { replace: false });
        checkout::write(self.store, &self.content, &to, &options, &Silent)?;
        Ok(folder)
    }
}

fn is_external(path: &str) -> bool {
    let known =
        ["MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "input_example.json"];
    let name = path.rsplit('/').next().unwrap_or(path);
    !known.contains(&name) && !name.ends_with(".onnx") && !name.ends_with(".json")
}

#[derive(Debug, PartialEq, Eq)]
enum Sniffed {
    Model(Format),
    Pickle,
}

/// Tells what a file is by how it begins.
fn sniff(path: &str, head: &[u8]) -> Option<Sniffed> {
    let holds = |what: &[u8]| head.windows(what.len()).any(|window| window == what);
    let pickled = matches!(head, [0x80, 2..=5, ..]) || has_pickle_name(path);
    let squeezed = head.starts_with(&[0x78, 0x9c]) || head.starts_with(&[0x78, 0xda]);
    if pickled
        || squeezed
        || is_old_pickle(head)
        || (head.starts_with(b"PK\x03\x04") && holds(b"data.pkl"))
    {
        return Some(Sniffed::Pickle);
    }
    let text = std::str::from_utf8(&head[..head.len().min(64)]).unwrap_or_default().trim_start();
    let format = if text.starts_with("tree\nversion=") {
        Format::LightgbmText
    } else if text.starts_with('{') && holds(b"\"learner\"") {
        Format::XgboostJson
    } else if text.starts_with('{')
        && (holds(b"\"oblivious_trees\"") || holds(b"\"features_info\""))
    {
        Format::CatboostJson
    } else if head.starts_with(b"CBM1") {
        Format::CatboostBinary
    } else if head.starts_with(b"{L") && holds(b"learner") {
        Format::XgboostUbj
    } else if path.ends_with(".onnx") || is_onnx(head) {
        Format::Onnx
    } else {
        return None;
    };
    Some(Sniffed::Model(format))
}

/// Tells whether a file begins with the version of ONNX and another of a model's first eight fields, as far as they are
/// messages or text.
fn is_onnx(head: &[u8]) -> bool {
    matches!(head, [8, 1..=127, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

/// Tells whether a file begins as protocol 0 does: with the name of something to import.
fn is_old_pickle(head: &[u8]) -> bool {
    let mut lines = head.strip_prefix(b"c").unwrap_or_default().split(|byte| *byte == b'\n');
    let name = |line: Option<&[u8]>| {
        line.is_some_and(|line| {
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'.';
            !line.is_empty() && line.iter().all(word)
        })
    };
    name(lines.next()) && name(lines.next())
}

fn has_pickle_name(path: &str) -> bool {
    let name = path.to_ascii_lowercase();
    [".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle"].iter().any(|end| name.ends_with(end))
}

/// Returns what an engine says that it takes, as a signature.
fn of_ports(engine: &dyn Engine) -> Option<Signature> {
    let tensor = |port: &score::Port| match &port.kind {
        PortKind::Tensor { element, shape } => Some(signature::Tensor {
            name: Some(port.name.clone()),
            dtype: Dtype::parse(element.as_str())?,
            shape: shape.as_ref()?.iter().map(|dim| dim.map_or(-1, |dim| dim as i64)).collect(),
        }),
        _ => None,
    };
    let inputs: Option<Vec<_>> = engine.inputs().iter().map(tensor).collect();
    let outputs: Option<Vec<_>> = engine.outputs().iter().map(tensor).collect();
    let column =
        |name: &String| signature::Column::scalar(name.as_str(), signature::Scalar::Double);
    let inputs = match engine.columns() {
        None => Schema::Tensors(inputs?),
        // Nothing to hold a table against.
        Some([]) => return None,
        Some(names) => Schema::Columns(names.iter().map(column).collect()),
    };
    Some(Signature { inputs: Some(inputs), outputs: outputs.map(Schema::Tensors), params: vec![] })
}
