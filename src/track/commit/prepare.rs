//! What is known of a run before anything happens: checked names, code, machine, data.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::base::{Digest, Progress};
use crate::store::{Link, Store, Writer, add, file, refs};
use crate::track::capture::{git, host};
use crate::track::commit::{Options, param};
use crate::track::{
    Command, Dataset, Environment, Error, Models, Run, RunId, Status, experiment, limit, live, name,
};

/// A run that is about to begin.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) run: Run,
    pub(super) environment: Environment,
    /// Objects that it needs.
    pub(super) links: Vec<Link>,
    pub(super) warnings: Vec<String>,
}

/// Checks everything that can be checked, and writes what the run stands on.
pub(super) fn prepare(
    writer: &mut Writer<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Prepared, Error> {
    let store = writer.store();
    let params = params(options)?;
    let tags = tags(options)?;
    let command = command(options)?;
    if let Some(name) = &options.name {
        limit::name("run", name)?;
    }
    let asked = options.experiment.as_deref().unwrap_or(experiment::DEFAULT);
    let (experiment, _) = experiment::for_run(store, asked)?;
    let datasets = datasets(writer, &options.datasets, &options.folder, progress)?;
    let now = store.now();
    let mut run = Run {
        id: name::id(),
        name: options.name.clone().unwrap_or_else(name::name),
        experiment: experiment.id,
        experiment_name: experiment.name,
        status: Status::Running,
        user: options.user.clone(),
        started: now,
        ended: None,
        parent: options.parent.clone(),
        params,
        metrics: BTreeMap::new(),
        tags,
        series: vec![],
        artifacts: None,
        datasets,
        models: Models::default(),
        command,
        code: None,
        environment: None,
        deleted: None,
        edited: now,
        previous: vec![],
    };
    let environment = host::capture();
    let warnings = code(writer, options, &mut run)?;
    run.environment = Some(writer.node(&environment)?);
    let patch = run.code.as_ref().and_then(|code| code.patch);
    let contents = run.datasets.iter().filter_map(|dataset| dataset.content);
    let image = options.image.as_ref().map(|ran| ran.image);
    let links = contents.chain(patch).chain(run.environment).chain(image).collect();
    Ok(Prepared { run, environment, links, warnings })
}

/// Those of the command line go before those of files; two files must not disagree.
fn params(options: &Options) -> Result<BTreeMap<String, String>, Error> {
    let mut given = BTreeMap::new();
    for (key, value) in &options.params {
        limit::param(key, value)?;
        add_param(&mut given, key.clone(), value.clone())?;
    }
    let mut params = BTreeMap::new();
    for path in &options.params_files {
        for (key, value) in param::file(&options.folder.join(path))? {
            if !given.contains_key(&key) {
                add_param(&mut params, key, value)?;
            }
        }
    }
    params.extend(given);
    Ok(params)
}

fn add_param(
    params: &mut BTreeMap<String, String>,
    key: String,
    value: String,
) -> Result<(), Error> {
    match params.get(&key) {
        Some(old) if *old != value => {
            Err(Error::ParamChanged { name: key, old: old.clone(), new: value })
        }
        _ => {
            params.insert(key, value);
            Ok(())
        }
    }
}

fn tags(options: &Options) -> Result<BTreeMap<String, String>, Error> {
    options.tags.iter().try_for_each(|(key, value)| limit::tag(key, value))?;
    Ok(options.tags.iter().cloned().collect())
}

fn command(options: &Options) -> Result<Option<Command>, Error> {
    if options.command.is_empty() {
        return Ok(None);
    }
    let text = |arg: &OsString| {
        arg.to_str().map(str::to_owned).ok_or_else(|| Error::NotUtf8 {
            what: "an argument of the command",
            text: arg.to_string_lossy().into_owned(),
        })
    };
    let args = options.command.iter().map(text).collect::<Result<_, _>>()?;
    let cwd = options.folder.to_string_lossy().into_owned();
    Ok(Some(Command { args, cwd, exit_code: None, signal: None, image: options.image.clone() }))
}

fn datasets(
    writer: &mut Writer<'_>,
    named: &[(String, PathBuf)],
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Vec<Dataset>, Error> {
    let mut datasets = Vec::new();
    for (name, path) in named {
        limit::name("dataset", name)?;
        let path = folder.join(path);
        let added = add::path(writer, &path, &add::Options::default(), progress)?;
        let digest = match (added.digest, added.kind) {
            (Some(digest), _) => digest,
            (None, add::Kind::File) => named_before(&datasets, &added.link).map_or_else(
                || file::open(writer.store(), &added.link).map(|file| file.digest()),
                Ok,
            )?,
            (None, add::Kind::Tree) => added.link.digest,
        };
        datasets.push(Dataset {
            name: name.clone(),
            digest: digest.to_string(),
            source: Some(path.display().to_string()),
            context: None,
            size: Some(added.size),
            content: Some(added.link),
            details: BTreeMap::new(),
            tags: BTreeMap::new(),
        });
    }
    Ok(datasets)
}

/// One file under two names: the second time it is known, but cannot be read before it is committed.
fn named_before(datasets: &[Dataset], content: &Link) -> Option<Digest> {
    let same = datasets.iter().find(|dataset| dataset.content == Some(*content))?;
    same.digest.parse().ok()
}

fn code(writer: &mut Writer<'_>, options: &Options, run: &mut Run) -> Result<Vec<String>, Error> {
    let state = git::capture(&options.folder, writer.store().folder());
    run.code = state.code;
    if let Some(code) = run.code.as_mut().filter(|_| !state.patch.is_empty()) {
        code.patch = Some(writer.blob(&state.patch)?);
    }
    Ok(state.warnings)
}

/// Checks that a parent is there.
pub(super) fn check_parent(store: &Store, parent: Option<&RunId>) -> Result<(), Error> {
    let Some(id) = parent else { return Ok(()) };
    let known = refs::get(store, &id.ref_name())?.is_some();
    match known || live::is_live(store, id)? {
        true => Ok(()),
        false => Err(Error::NoRun(id.to_string())),
    }
}
