//! What may be registered as a version. A source is an address that clients will download from, and so must lead neither
//! into the server's own files nor into what the caller has not named.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::model::registry;
use crate::model::search;
use crate::model::source::Source;
use crate::model::{Error, Stage, Which};
use crate::server::mlflow::artifacts::model_uri;
use crate::server::mlflow::failure::Failure;
use crate::store::Store;
use crate::track::logged::{self, LoggedModel, ModelId};
use crate::track::{RunId, experiment, load};

/// Schemes by which an address names a host that the server or its clients would connect to.
const OF_HOSTS: [&str; 10] =
    ["ftp", "sftp", "hdfs", "viewfs", "http", "https", "mlflow-artifacts", "r2", "b2", "abfss"];
/// Bytes of a source; it is decoded in rounds, each of which may take as long as the source is.
const LONGEST: usize = 4096;
/// What MLflow's clients give as the source of a prompt, which has none.
const OF_PROMPTS: [&str; 2] = ["dummy-source", "prompt-template"];
/// The tag of a logged model that says which versions it is.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

/// What a client asks for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) source: String,
    pub(super) run: Option<String>,
    pub(super) model: Option<String>,
}

/// What is registered.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) source: String,
    /// Where clients download it from, if that is not the source.
    pub(super) location: Option<String>,
    pub(super) run: Option<String>,
    pub(super) model: Option<String>,
}

impl Wanted {
    pub(super) fn of_prompt(self) -> Result<Checked, Failure> {
        match OF_PROMPTS.contains(&self.source.as_str()) {
            true => Ok(Checked { source: self.source, location: None, run: self.run, model: None }),
            false => Err(Failure::invalid(format!(
                "Invalid prompt source: '{}'. Prompt sources must use an MLflow placeholder.",
                self.source
            ))),
        }
    }

    /// Checks the source and finds out what follows from it.
    pub(super) fn check(self, store: &Store) -> Result<Checked, Failure> {
        if self.source.len() > LONGEST {
            return Err(Failure::invalid(format!(
                "'source' exceeds the maximum length of {LONGEST} characters"
            )));
        }
        let address = Address::split(&self.source);
        if OF_HOSTS.contains(&address.scheme.as_str()) && address.host.is_some() {
            let scheme = &address.scheme;
            return Err(Failure::invalid(format!(
                "'source' cannot use the '{scheme}' scheme: the '{scheme}' scheme addresses a host other than the tracking server's configured artifact storage, so the server would connect to the host named in the URI."
            )));
        }
        if address.scheme == "models" && address.host.is_some() {
            return Err(Failure::invalid(format!(
                "Invalid model version source: '{}'. Registered model sources must use the active model registry.",
                self.source
            )));
        }
        let mut checked = match address.scheme.as_str() {
            "models" => self.of_models(store)?,
            _ => Checked {
                source: self.source.clone(),
                location: None,
                run: self.run.clone(),
                model: self.model.clone(),
            },
        };
        checked.run = checked.run.filter(|run| !run.is_empty());
        checked.model = checked.model.filter(|model| !model.is_empty());
        address.check_path(&self.source, checked.model.is_some())?;
        let model = checked.model.as_deref().map(|id| find_model(store, id, &self.source));
        let model = model.transpose()?;
        match &model {
            Some(model) => within_model(store, &checked.source, model)?,
            None => within_run(store, &checked.source, checked.run.as_deref())?,
        }
        if let (Some(model), Source::Logged { .. }) = (&model, Source::parse(&checked.source)) {
            checked.location = Some(location(store, model)?);
        }
        checked.run = checked.run.or_else(|| model.and_then(|model| model.source_run));
        Ok(checked)
    }

    /// A source among the models: a version stands for what it was made of, and never for another address.
    fn of_models(&self, store: &Store) -> Result<Checked, Failure> {
        let same = Checked {
            source: self.source.clone(),
            location: None,
            run: self.run.clone(),
            model: self.model.clone(),
        };
        let (name, which) = match Source::parse(&self.source) {
            Source::Version(reference) => (reference.name, reference.which),
            Source::Stage { name, stage } => {
                let number = of_stage(store, &name, stage)?;
                (name, Which::Number(number))
            }
            Source::Logged { .. } => return Ok(same),
            Source::Run { .. } | Source::Elsewhere => return Err(not_of(&self.source, "model_id")),
        };
        let (entry, version) = search::version(store, &name, &which)?;
        let of_model = |text: &str| {
            Failure::invalid(format!("Invalid model version source: '{}'. {text}", self.source))
        };
        if entry.is_prompt() {
            return Err(of_model("Prompt versions cannot be used as model version sources."));
        }
        let differs = |wanted: &Option<String>, known: &Option<String>| {
            wanted.as_ref().is_some_and(|wanted| wanted != known.as_deref().unwrap_or_default())
        };
        let model = &version.model;
        if differs(&self.run, &model.run) || differs(&self.model, &model.logged_model) {
            return Err(of_model(
                "The run_id and model_id request parameters must match the referenced model version.",
            ));
        }
        Ok(Checked {
            source: format!("models:/{name}/{}", version.number),
            location: Some(model.location.clone().unwrap_or_else(|| model.source.clone())),
            run: model.run.clone(),
            model: model.logged_model.clone(),
        })
    }
}

/// Says on a logged model that it is a version now, as MLflow's server does.
pub(super) fn note_version(
    store: &Store,
    model: &str,
    name: &str,
    number: u64,
) -> Result<(), Failure> {
    let Ok(id) = model.parse::<ModelId>() else { return Ok(()) };
    let own = json!({"name": name, "version": number});
    logged::edit(store, &id, |model| {
        let known = model.tags.get(VERSIONS_TAG).map(|text| serde_json::from_str(text));
        let mut versions: Vec<Value> = known.and_then(Result::ok).unwrap_or_default();
        if !versions.contains(&own) {
            versions.push(own.clone());
            model.tags.insert(VERSIONS_TAG.to_owned(), Value::Array(versions).to_string());
        }
        Ok(())
    })?;
    Ok(())
}

fn of_stage(store: &Store, name: &str, stage: Stage) -> Result<u64, Failure> {
    let entry = registry::get(store, name)?;
    let latest = entry.latest(store)?;
    let found = latest.into_iter().find(|version| version.about.stage == stage);
    match found {
        Some(version) => Ok(version.number),
        None => Err(Error::NoVersions(name.to_owned()).into()),
    }
}

/// An address in parts, as far as a source needs them.
#[derive(Debug)]
struct Address {
    scheme: String,
    host: Option<String>,
    path: String,
}

impl Address {
    fn split(uri: &str) -> Self {
        let known = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let (scheme, rest) = match uri.split_once(':') {
            Some((scheme, rest))
                if scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                    && scheme.chars().all(known) =>
            {
                (scheme.to_ascii_lowercase(), rest)
            }
            _ => (String::new(), uri),
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        match rest.strip_prefix("//") {
            Some(rest) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = Some(host).filter(|host| !host.is_empty()).map(str::to_owned);
                Self { scheme, host, path: path.to_owned() }
            }
            None => Self { scheme, host: None, path: rest.to_owned() },
        }
    }

    /// Refuses local paths, and paths that do not say plainly where they lead, however they are encoded.
    fn check_path(&self, source: &str, of_model: bool) -> Result<(), Failure> {
        if self.scheme.is_empty() || self.scheme == "file" {
            let id = if of_model { "model_id" } else { "run_id" };
            let what = if of_model { "model" } else { "run" };
            return Err(Failure::invalid(format!(
                "Invalid model version source: '{source}'. To use a local path as a model version source, the {id} request parameter has to be specified and the local path has to be contained within the artifact directory of the {what} specified by the {id}."
            )));
        }
        let (source_plain, path) = (unquoted(source), unquoted(&self.path));
        let climbs = source_plain.split(['/', '\\']).any(|part| part == "..");
        let parts_are_plain = path.trim_end_matches('/').split('/').skip(1).all(|part| part != ".");
        let absolute = path.starts_with('/') && !path.trim_end_matches('/').is_empty();
        match !climbs && parts_are_plain && absolute && !source_plain.contains('\0') {
            true => Ok(()),
            false => Err(Failure::invalid(format!(
                "Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path."
            ))),
        }
    }
}

/// Decodes until nothing is left to decode, so that no later reader finds another meaning.
fn unquoted(text: &str) -> String {
    let mut text = text.to_owned();
    // Each round makes the text shorter.
    loop {
        let decoded = percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        if decoded == text {
            return text;
        }
        text = decoded;
    }
}

fn find_model(store: &Store, id: &str, source: &str) -> Result<LoggedModel, Failure> {
    let id = id.parse::<ModelId>().map_err(|_| not_of(source, "model_id"))?;
    let found = logged::get(store, &id)?.map(|(_, model)| model);
    found.filter(|model| model.deleted.is_none()).ok_or_else(|| not_of(source, "model_id"))
}

/// A source must lie within the logged model that the caller names.
fn within_model(store: &Store, source: &str, model: &LoggedModel) -> Result<(), Failure> {
    let holds = match Address::split(source).scheme.as_str() {
        "models" => match Source::parse(source) {
            Source::Logged { id, .. } => id == model.id.as_str(),
            _ => true,
        },
        "runs" => false,
        "mlflow-artifacts" => is_below(source, &location(store, model)?),
        _ => true,
    };
    if holds { Ok(()) } else { Err(not_of(source, "model_id")) }
}

/// A source must lie within the run that the caller names.
fn within_run(store: &Store, source: &str, run: Option<&str>) -> Result<(), Failure> {
    let holds = match Address::split(source).scheme.as_str() {
        "models" => match Source::parse(source) {
            Source::Logged { .. } => return Err(not_of(source, "model_id")),
            _ => true,
        },
        "runs" => match Source::parse(source) {
            Source::Run { id, .. } => run == Some(id.as_str()),
            _ => false,
        },
        "mlflow-artifacts" => match run.and_then(|run| run.parse::<RunId>().ok()) {
            Some(id) => is_below(source, &run_location(store, &id, source)?),
            None => false,
        },
        _ => true,
    };
    if holds { Ok(()) } else { Err(not_of(source, "run_id")) }
}

fn run_location(store: &Store, id: &RunId, source: &str) -> Result<String, Failure> {
    let run = load::run(store, id).map_err(|_| not_of(source, "run_id"))?;
    let own = experiment::get(store, &run.experiment)?.and_then(|found| found.artifact_location);
    let own = own.unwrap_or_else(|| format!("mlflow-artifacts:/{}", run.experiment));
    Ok(format!("{}/{id}/artifacts", own.trim_end_matches('/')))
}

fn location(store: &Store, model: &LoggedModel) -> Result<String, Failure> {
    let experiment = experiment::get(store, &model.experiment)?;
    Ok(model_uri(experiment.as_ref(), model))
}

/// Tells whether an address is another one or a path below it.
fn is_below(uri: &str, root: &str) -> bool {
    let parts = |uri: &str| -> (Address, Vec<String>) {
        let address = Address::split(uri);
        let parts = address.path.split('/').filter(|part| !part.is_empty()).map(unquoted);
        let parts = parts.collect();
        (address, parts)
    };
    let ((uri, own), (root, above)) = (parts(uri), parts(root));
    uri.scheme == root.scheme
        && uri.host == root.host
        && !above.is_empty()
        && own.starts_with(&above)
}

fn not_of(source: &str, parameter: &str) -> Failure {
    Failure::invalid(format!(
        "Invalid model version source: '{source}'. The {parameter} request parameter must identify the resource that contains the source."
    ))
}
