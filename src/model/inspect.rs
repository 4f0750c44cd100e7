//! What a model consists of: every file told by its content, and what they say together.

use std::collections::BTreeMap;

use crate::model::format::{self, Fault, Format, Report};
use crate::model::mlmodel::{self, MlModel};
use crate::model::signature::Signature;
use crate::model::{Error, yaml};
use crate::store::{Kind, Link, Store, file, tree};

/// A model of more files is no model; the rest is kept and not looked into.
const MOST_FILES: usize = 10_000;
/// Files that tell what a model needs, kept as they are and never run.
const ENVIRONMENT: [&str; 5] =
    ["requirements.txt", "python_env.yaml", "conda.yaml", "environment.yml", "environment.yaml"];

/// A model, looked into.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspection {
    pub mlmodel: Option<MlModel>,
    /// Names as MLflow has them; a file of its own gives the flavor that would load it.
    pub flavors: Vec<String>,
    pub signature: Option<Signature>,
    pub files: Vec<File>,
    /// Files that tell what it needs.
    pub environment: Vec<(String, Link)>,
    pub size: u64,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Nothing where the model is this one file.
    pub path: String,
    pub link: Link,
    pub size: u64,
    /// What it says, or why it is not what it seems to be.
    pub report: Result<Report, String>,
}

impl Inspection {
    /// Returns the file that is the model, where it is one: the first that has a flavor.
    pub fn main(&self) -> Option<(&File, &Report)> {
        let reports = self.files.iter().filter_map(|file| Some((file, file.report.as_ref().ok()?)));
        reports.into_iter().find(|(_, report)| report.format.flavor().is_some())
    }

    /// Returns the first file that breaks the rules of its format.
    pub fn fault(&self) -> Option<(&str, &str)> {
        self.files
            .iter()
            .find_map(|file| Some((file.path.as_str(), file.report.as_ref().err()?.as_str())))
    }
}

/// Looks into the file or folder `link`.
pub fn content(store: &Store, link: &Link) -> Result<Inspection, Error> {
    let mut found = Inspection::default();
    match is_tree(store, link)? {
        true => folder(store, link, &mut found)?,
        false => {
            let size = file::open(store, link)?.size();
            found.size = size;
            found.files.push(one(store, String::new(), link, size)?);
        }
    }
    if let Some(model) = &found.mlmodel {
        found.flavors = model.flavors();
        found.signature = model.signature.clone();
    }
    let own: Vec<&Report> =
        found.files.iter().filter_map(|file| file.report.as_ref().ok()).collect();
    if found.mlmodel.is_none() {
        for flavor in own.iter().filter_map(|report| flavor(report)) {
            if !found.flavors.contains(&flavor) {
                found.flavors.push(flavor);
            }
        }
    }
    if found.signature.is_none() {
        let mut signatures = own.iter().filter_map(|report| report.signature.clone());
        found.signature = signatures.next();
    }
    Ok(found)
}

/// Returns the flavor of a file; a pickle has that of the library whose classes it holds.
pub fn flavor(report: &Report) -> Option<String> {
    if matches!(report.format, Format::Pickle | Format::Joblib) {
        let libraries = ["sklearn", "xgboost", "lightgbm", "catboost", "statsmodels", "torch"];
        let holds = |library: &&&str| {
            report.imports.iter().any(|import| import.module.split('.').next() == Some(**library))
        };
        return Some(libraries.iter().find(holds).map_or("pickle", |library| library).to_owned());
    }
    report.format.flavor().map(str::to_owned)
}

/// Tells whether `link` is a folder.
pub fn is_tree(store: &Store, link: &Link) -> Result<bool, Error> {
    if link.kind == Kind::Blob {
        return Ok(false);
    }
    Ok(tree::read(store, link).is_ok())
}

fn folder(store: &Store, root: &Link, found: &mut Inspection) -> Result<(), Error> {
    let mut sizes = BTreeMap::new();
    let mut files = vec![];
    tree::walk::<Error>(store, root, |path, entry| {
        let path = String::from_utf8_lossy(path).into_owned();
        match (&entry.target, entry.folder()) {
            (tree::Target::Symlink(to), _) => inside(&path, &String::from_utf8_lossy(to))?,
            (_, Some(_)) => {}
            (tree::Target::Content(link), None) => {
                found.size += entry.size;
                sizes.insert(path.clone(), entry.size);
                files.push((path, *link, entry.size));
            }
        }
        Ok(())
    })?;
    for (path, link, size) in files.into_iter().take(MOST_FILES) {
        if path == mlmodel::FILE {
            found.mlmodel = Some(read_mlmodel(store, &link)?);
            continue;
        }
        if ENVIRONMENT.contains(&path.rsplit('/').next().unwrap_or_default()) {
            found.environment.push((path, link));
            continue;
        }
        let mut file = one(store, path, &link, size)?;
        if let Ok(report) = &file.report
            && let Some(reason) = beside(&file.path, report, &sizes)
        {
            file.report = Err(reason);
        }
        found.files.push(file);
    }
    Ok(())
}

fn read_mlmodel(store: &Store, link: &Link) -> Result<MlModel, Error> {
    let bytes = file::open(store, link)?.read_all(yaml::LONGEST as u64 + 1);
    let path = mlmodel::FILE.to_owned();
    let bytes = bytes
        .map_err(|error| Error::BadContent { path: path.clone(), reason: error.to_string() })?;
    MlModel::parse(&bytes).map_err(|reason| Error::BadContent { path, reason })
}

/// Refuses a link that leads out of the model.
fn inside(path: &str, to: &str) -> Result<(), Error> {
    match to.starts_with('/') || to.split('/').any(|part| part == "..") {
        true => {
            let reason = format!("it is a link to `{}`", to.escape_debug());
            Err(Error::Unsafe { path: path.to_owned(), reason })
        }
        false => Ok(()),
    }
}

fn one(store: &Store, path: String, link: &Link, size: u64) -> Result<File, Error> {
    let mut bytes = file::open(store, link)?;
    let report = match format::recognize(&mut bytes) {
        Ok(report) => Ok(report),
        Err(Fault::Bad(reason)) => Err(reason),
        Err(Fault::Io(error)) => match error.downcast() {
            Ok(error) => return Err(Error::Store(error)),
            Err(error) => Err(error.to_string()),
        },
    };
    Ok(File { path, link: *link, size, report })
}

/// Returns what is wrong with tensors that lie in files beside the model, if anything is.
fn beside(path: &str, report: &Report, sizes: &BTreeMap<String, u64>) -> Option<String> {
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    report.tensors.iter().find_map(|tensor| {
        let location = tensor.beside.as_ref()?;
        let has = sizes.get(&format!("{folder}{}", location.trim_start_matches("./")));
        let end = tensor.place.map_or(0, |(_, end)| end);
        let shown: String = location.chars().take(120).collect();
        match has {
            None => {
                Some(format!("its weights are in `{}`, which is missing", shown.escape_debug()))
            }
            Some(size) if *size < end => {
                Some(format!("its weights go beyond the end of `{}`", shown.escape_debug()))
            }
            Some(_) => None,
        }
    })
}
