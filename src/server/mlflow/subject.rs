//! What requests are about, for tokens that are limited to names: looked at before any handler begins.
//!
//! An id of what no pattern names is answered as one of nothing. Where it is a name that is written to, the name alone
//! decides, and is told so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts as _, Path, Query, Request};
use axum::http::Method;
use axum::http::request::Parts;
use serde_json::Value;

use crate::model::registry::{self, Version};
use crate::model::source::Source;
use crate::model::{Which, search};
use crate::server::intake::Held;
use crate::server::limits::Limited;
use crate::server::mlflow::artifacts::{self, Address, Spot};
use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::input::{self, Input, wrong};
use crate::server::mlflow::logged_models;
use crate::server::mlflow::runs::{self, no_run};
use crate::server::state::{Shared, blocking};
use crate::server::token::Kind;
use crate::store::Store;
use crate::track::{Error, RunId, artifact, logged};

/// Where a request says what it is about: all texts in a field count, however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Subject {
    /// A field with ids of experiments.
    Experiment(&'static str),
    /// The experiment that a run goes into, which is `Default` where none is named.
    Home(&'static str),
    /// The name of an experiment that is read.
    ExperimentNamed(&'static str),
    /// The name that an experiment is to have.
    NewExperiment(&'static str),
    /// A field with ids of runs.
    Run(&'static str),
    /// The same in the query, whatever the method.
    RunInQuery(&'static str),
    /// A field with ids of logged models.
    Logged(&'static str),
    /// A field of each object in a list.
    LoggedIn(&'static str, &'static str),
    /// The part `model_id` of the path.
    LoggedInPath,
    /// The name of a registered model that is read.
    Model(&'static str),
    /// The name of a registered model that is made or changed.
    ChangedModel(&'static str),
    /// What a version is made of: `source`, `run_id` and `model_id`.
    Source,
    /// The file or folder behind this part of the path.
    File(&'static str),
    /// The same, in a field.
    FileIn(&'static str),
    /// The part `upload` of the path.
    Upload,
}

/// A run, by either of the names that MLflow has for its id.
pub(super) const RUN: &[Subject] = &[Subject::Run("run_id"), Subject::Run("run_uuid")];

/// A body that was read already, for the handler.
#[derive(Clone)]
struct Ahead(Arc<Mutex<Option<Held>>>);

/// Takes the body that was read before the handler began.
pub(super) fn body_ahead(request: &mut Request) -> Option<Held> {
    let ahead = request.extensions_mut().remove::<Ahead>()?;
    ahead.0.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Checks that all that a request is about is there for whoever asks.
pub(in crate::server) async fn check(
    state: &Shared,
    limited: &Arc<Limited>,
    subjects: &'static [Subject],
    request: Request,
) -> Result<Request, Failure> {
    let (asked, request) = Asked::read(state, subjects, request).await?;
    let limited = Arc::clone(limited);
    blocking(state, move |state| {
        let look = Look { store: &state.store, limited: &limited, asked: &asked };
        subjects.iter().try_for_each(|subject| look.at(*subject))
    })
    .await?;
    Ok(request)
}

/// What a request says.
struct Asked {
    fields: Input,
    query: HashMap<String, Vec<String>>,
    parts: HashMap<String, String>,
    uri: axum::http::Uri,
}

impl Asked {
    async fn read(
        state: &Shared,
        subjects: &[Subject],
        request: Request,
    ) -> Result<(Self, Request), Failure> {
        let (mut head, body) = request.into_parts();
        let (query, parts) = (query(&head)?, parts(&mut head).await);
        let uri = head.uri.clone();
        let mut request = Request::from_parts(head, body);
        let fields = match *request.method() {
            _ if !subjects.iter().any(|subject| subject.is_field()) => Input::default(),
            Method::GET | Method::HEAD => input::of_query(&uri)?,
            _ => {
                let (head, body) = request.into_parts();
                let mut told = Request::from_parts(head.clone(), body);
                told.extensions_mut().clear();
                let held = input::body(told, state).await?;
                let fields = input::of_body(&held.bytes)?;
                request = Request::from_parts(head, axum::body::Body::empty());
                request.extensions_mut().insert(Ahead(Arc::new(Mutex::new(Some(held)))));
                fields
            }
        };
        Ok((Self { fields, query, parts, uri }, request))
    }

    /// Returns all texts in a field; an empty one names nothing, to any handler.
    fn texts(&self, name: &str) -> Result<Vec<&str>, Failure> {
        texts(name, self.fields.0.get(name))
    }
}

fn texts<'a>(name: &str, value: Option<&'a Value>) -> Result<Vec<&'a str>, Failure> {
    let one = |value: &'a Value| value.as_str().ok_or_else(|| wrong(name, value));
    let mut found = match value {
        None | Some(Value::Null) => vec![],
        Some(Value::Array(list)) => list.iter().map(one).collect::<Result<_, _>>()?,
        Some(value) => vec![one(value)?],
    };
    found.retain(|text| !text.is_empty());
    Ok(found)
}

fn query(head: &Parts) -> Result<HashMap<String, Vec<String>>, Failure> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&head.uri)
        .map_err(|error| Failure::new(Code::BadRequest, error.body_text()))?;
    let mut query: HashMap<String, Vec<String>> = HashMap::new();
    for (name, text) in pairs {
        query.entry(name).or_default().push(text);
    }
    Ok(query)
}

async fn parts(head: &mut Parts) -> HashMap<String, String> {
    let read = Path::<HashMap<String, String>>::from_request_parts(head, &()).await;
    read.map(|Path(parts)| parts).unwrap_or_default()
}

impl Subject {
    /// Tells whether it stands in the body, or in the query of what has none.
    fn is_field(self) -> bool {
        !matches!(self, Self::RunInQuery(_) | Self::LoggedInPath | Self::File(_) | Self::Upload)
    }
}

/// One request, looked at for one token.
struct Look<'a> {
    store: &'a Store,
    limited: &'a Limited,
    asked: &'a Asked,
}

impl Look<'_> {
    fn at(&self, subject: Subject) -> Result<(), Failure> {
        let Self { asked, .. } = self;
        let each = |name: &str, look: &dyn Fn(&str) -> Result<(), Failure>| {
            asked.texts(name)?.into_iter().try_for_each(look)
        };
        match subject {
            Subject::Experiment(name) => each(name, &|id| self.experiment(id)),
            Subject::Home(name) => match asked.texts(name)?.as_slice() {
                [] => self.experiment("0"),
                ids => ids.iter().try_for_each(|id| self.experiment(id)),
            },
            Subject::ExperimentNamed(name) => each(name, &|experiment| {
                let there = self.limited.allows(Kind::Experiment, experiment);
                there.then_some(()).ok_or_else(|| no_experiment_named(experiment))
            }),
            Subject::NewExperiment(name) => each(name, &|name| self.may(Kind::Experiment, name)),
            Subject::Run(name) => each(name, &|id| self.run(id)),
            Subject::RunInQuery(name) => {
                let ids = asked.query.get(name).into_iter().flatten();
                ids.filter(|id| !id.is_empty()).try_for_each(|id| self.run(id))
            }
            Subject::Logged(name) => each(name, &|id| self.logged(id)),
            Subject::LoggedIn(list, name) => {
                let Some(Value::Array(list)) = asked.fields.0.get(list) else { return Ok(()) };
                list.iter().try_for_each(|one| {
                    texts(name, one.get(name))?.into_iter().try_for_each(|id| self.logged(id))
                })
            }
            Subject::LoggedInPath => self.logged(asked.part("model_id")),
            Subject::Model(name) => each(name, &|model| self.model(model)),
            Subject::ChangedModel(name) => each(name, &|name| self.may(Kind::Model, name)),
            Subject::Source => self.source(),
            Subject::File(route) => self.file(Address::rest(&asked.uri, route)),
            Subject::FileIn(name) => each(name, &|path| self.file(path)),
            Subject::Upload => self.upload(asked.part("upload")),
        }
    }

    /// Checks a name that is to be written to.
    fn may(&self, kind: Kind, name: &str) -> Result<(), Failure> {
        match self.limited.allows(kind, name) {
            true => Ok(()),
            false => Err(Failure::new(Code::PermissionDenied, self.limited.refusal(kind, name))),
        }
    }

    fn experiment(&self, id: &str) -> Result<(), Failure> {
        let there = match id.parse() {
            Ok(id) => self.limited.sees_experiment(self.store, &id)?,
            Err(_) => false,
        };
        let absent = || Failure::absent(format!("No Experiment with id={} exists", brief(id)));
        there.then_some(()).ok_or_else(absent)
    }

    fn run(&self, id: &str) -> Result<(), Failure> {
        let there = self.limited.sees_run(self.store, &runs::parse_id(id)?)?;
        there.then_some(()).ok_or_else(|| no_run(id))
    }

    fn logged(&self, id: &str) -> Result<(), Failure> {
        let there = self.limited.sees_logged(self.store, &logged_models::parse(id)?)?;
        there.then_some(()).ok_or_else(|| logged_models::unknown(id))
    }

    fn model(&self, name: &str) -> Result<(), Failure> {
        let absent =
            || Failure::absent(format!("Registered Model with name={} not found", brief(name)));
        self.limited.allows(Kind::Model, name).then_some(()).ok_or_else(absent)
    }

    fn file(&self, path: &str) -> Result<(), Failure> {
        let path = artifacts::safe(path)?;
        let there = match Spot::find(&path) {
            // Above all that has files there is nothing to be seen.
            None => true,
            Some(Spot::Version { name, .. }) => self.limited.allows(Kind::Model, &name),
            Some(Spot::Held(address)) => self.holds(&address.holder)?,
        };
        there.then_some(()).ok_or_else(|| artifacts::missing(&path))
    }

    fn holds(&self, holder: &artifact::Holder) -> Result<bool, Failure> {
        Ok(self.limited.sees_holder(self.store, holder)?)
    }

    fn upload(&self, id: &str) -> Result<(), Failure> {
        let upload = artifact::upload_of(self.store, id)?;
        let absent = || Error::NoUpload(brief(id)).into();
        self.holds(&upload.holder)?.then_some(()).ok_or_else(absent)
    }

    /// A version hands on what it was made of, so that all of it must be there already.
    fn source(&self) -> Result<(), Failure> {
        for id in self.asked.texts("run_id")? {
            self.run(id)?;
        }
        for id in self.asked.texts("model_id")? {
            self.made_of_logged(id)?;
        }
        for uri in self.asked.texts("source")? {
            let version = match Source::parse(uri) {
                Source::Elsewhere => continue,
                Source::Run { id, .. } => {
                    self.run(id.as_str())?;
                    continue;
                }
                Source::Logged { id, .. } => {
                    self.made_of_logged(&id)?;
                    continue;
                }
                Source::Version(reference) => {
                    self.model(&reference.name)?;
                    search::version(self.store, &reference.name, &reference.which)?.1
                }
                Source::Stage { name, stage } => {
                    self.model(&name)?;
                    let latest = registry::get(self.store, &name)?.latest(self.store)?;
                    let found = latest.into_iter().find(|version| version.about.stage == stage);
                    let Some(version) = found else { continue };
                    search::version(self.store, &name, &Which::Number(version.number))?.1
                }
            };
            self.made_of_version(&version)?;
        }
        Ok(())
    }

    fn made_of_logged(&self, id: &str) -> Result<(), Failure> {
        self.logged(id)?;
        let found = logged::get(self.store, &logged_models::parse(id)?)?;
        // MLflow takes any text for the run that made it.
        match found.and_then(|(_, model)| model.source_run?.parse::<RunId>().ok()) {
            Some(run) => self.run(run.as_str()),
            None => Ok(()),
        }
    }

    fn made_of_version(&self, version: &Version) -> Result<(), Failure> {
        let model = &version.model;
        if let Some(run) = &model.run {
            self.run(run)?;
        }
        if let Some(id) = &model.logged_model {
            self.made_of_logged(id)?;
        }
        for uri in std::iter::once(&model.source).chain(&model.location) {
            match Source::parse(uri) {
                Source::Run { id, .. } => self.run(id.as_str())?,
                Source::Logged { id, .. } => self.made_of_logged(&id)?,
                Source::Version(reference) => self.model(&reference.name)?,
                Source::Stage { name, .. } => self.model(&name)?,
                Source::Elsewhere => {}
            }
        }
        Ok(())
    }
}

impl Asked {
    fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }
}

fn no_experiment_named(name: &str) -> Failure {
    Failure::absent(format!("Could not find experiment with name '{}'", brief(name)))
}

fn brief(text: &str) -> String {
    text.chars().take(300).collect()
}
