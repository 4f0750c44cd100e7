//! A request as it came in, of any protocol: read into what a model is asked, and its answer written.

use std::borrow::Cow;

use bytes::Bytes;

use super::failure::Failure;
use super::load::{Loaded, Runner};
use super::v2;
use super::wire::request::{self, CHANGED};
use super::wire::write::Form;
use super::wire::{Asked, Read, Takes, csv, parquet, write};
use crate::model::score::{Input, Output, python};

/// Bodies up to this are read by the thread that received them.
const SHORT: usize = 64 << 10;

const JSON: &str = "application/json";

/// What a client asks.
#[derive(Debug)]
pub(in crate::server::score) enum Call {
    /// By MLflow's protocol.
    Scoring { media: Media, body: Bytes },
    /// By the Open Inference Protocol.
    Infer(v2::Infer),
}

/// How what the model says is written for the client.
#[derive(Debug)]
pub(in crate::server::score) enum Reply {
    Scoring(Form),
    Infer(v2::Reply),
}

/// What a client gets.
#[derive(Debug)]
pub(in crate::server::score) struct Answer {
    pub(in crate::server::score) status: u16,
    pub(in crate::server::score) media: Cow<'static, str>,
    pub(in crate::server::score) body: Vec<u8>,
    /// How much of the body is JSON, where tensors follow it.
    pub(in crate::server::score) header: Option<usize>,
    /// Where in the body that begins which does not name the version.
    pub(in crate::server::score) from: usize,
}

impl Answer {
    pub(in crate::server::score) const fn new(media: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, media: Cow::Borrowed(media), body, header: None, from: 0 }
    }

    pub(in crate::server::score) const fn json(body: Vec<u8>) -> Self {
        Self::new(JSON, body)
    }

    /// Returns what the model said, whichever version it is.
    pub(in crate::server::score) fn said(&self) -> &[u8] {
        self.body.get(self.from..).unwrap_or_default()
    }
}

/// What the body of a request of MLflow's protocol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::score) enum Media {
    Json,
    Csv,
    Parquet,
}

impl Media {
    /// Reads a content type as MLflow does.
    pub(in crate::server::score) fn parse(text: Option<&str>) -> Result<Self, Failure> {
        if text == Some(JSON) {
            return Ok(Self::Json);
        }
        let whole = text.unwrap_or_default();
        let mut parts = whole.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "charset" if value.eq_ignore_ascii_case("utf-8") => {}
                "charset" => {
                    return Err(Failure::unsupported("The scoring server only supports UTF-8"));
                }
                other => {
                    return Err(Failure::unsupported(format!(
                        "Unrecognized content type parameters: {other}. {CHANGED}"
                    )));
                }
            }
        }
        match kind {
            JSON => Ok(Self::Json),
            "text/csv" => Ok(Self::Csv),
            "application/vnd.apache.parquet" => Ok(Self::Parquet),
            _ => Err(Failure::unsupported(format!(
                "This predictor only supports the following content types: Types: ['text/csv', 'application/json', \
                 'application/vnd.apache.parquet']. Got '{whole}'."
            ))),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => "text/csv",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl Call {
    /// Returns how many bytes there are to read.
    pub(in crate::server::score) fn len(&self) -> usize {
        match self {
            Self::Scoring { body, .. } => body.len(),
            Self::Infer(infer) => infer.len(),
        }
    }

    /// Tells whether it is read in next to no time.
    pub(in crate::server::score) fn is_light(&self) -> bool {
        self.len() <= SHORT
            && !matches!(self, Self::Scoring { media: Media::Csv | Media::Parquet, .. })
    }

    /// Reads it, and checks it against what the model takes.
    pub(in crate::server::score) fn read(&self, loaded: &Loaded) -> Result<(Read, Reply), Failure> {
        match self {
            Self::Scoring { media, body } => {
                let read = read(*media, body, loaded)?;
                let form = match &read {
                    Read::Asked(Asked { input: Input::Table(_), .. }) => loaded.forms.0,
                    _ => loaded.forms.1,
                };
                Ok((read, Reply::Scoring(form)))
            }
            Self::Infer(infer) => {
                let (asked, reply) = infer.read(loaded)?;
                Ok((Read::Asked(asked), Reply::Infer(reply)))
            }
        }
    }

    /// Has the package itself read the request.
    pub(in crate::server::score) fn raw(&self, loaded: &Loaded) -> Result<Answer, Failure> {
        let (Self::Scoring { media, body }, Runner::Python(model)) = (self, &loaded.runner) else {
            return Err(Failure::internal("only Python reads requests for itself"));
        };
        match model.invoke(media.as_str(), body)? {
            python::Answer::Raw { status, media, body } => {
                Ok(Answer { status, media: Cow::Owned(media), ..Answer::json(body) })
            }
            _ => Err(Failure::internal("the worker gave another answer")),
        }
    }
}

impl Reply {
    /// Writes what the model said.
    pub(in crate::server::score) fn write(
        self,
        answer: python::Answer,
        loaded: &Loaded,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Scoring(form) => Ok(Answer::json(predictions(answer, form, loaded))),
            Self::Infer(reply) => reply.write(answer, loaded),
        }
    }
}

/// Writes what a model said as MLflow does.
fn predictions(answer: python::Answer, form: Form, loaded: &Loaded) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    match answer {
        python::Answer::Output(output) => {
            // What Python gives a name keeps it.
            let named = matches!(&output, Output::Values(all) if all.iter().any(|(name, _)| !name.is_empty()));
            let form = if loaded.is_python() && named { Form::Named } else { form };
            write::predictions(&mut out, &output, form);
        }
        python::Answer::Json(text) => {
            out.extend_from_slice(b"{\"predictions\": ");
            out.extend_from_slice(&text);
            out.push(b'}');
        }
        python::Answer::Raw { body, .. } => out = body,
    }
    out
}

fn read(media: Media, body: &Bytes, loaded: &Loaded) -> Result<Read, Failure> {
    // A bare object reads nothing for itself: it is given columns and arrays.
    let packaged = matches!(&loaded.runner, Runner::Python(model) if model.mlflow().is_some());
    let takes = Takes { python: packaged, ..loaded.takes() };
    let unread = |kind: &str, to: &str, error: &str| {
        Failure::bad(format!(
            "Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid {kind} Pandas DataFrame \
             produced using the `pandas.DataFrame.{to}()` method. Error: '{error}'"
        ))
    };
    let python_only = takes.python && takes.signature.is_none();
    match media {
        Media::Json => {
            let Runner::Python(model) = &loaded.runner else {
                return request::read(body, &takes);
            };
            let signature = takes.signature.filter(|_| !model.reads_itself());
            request::read(body, &Takes { signature, ..takes })
        }
        _ if python_only => Ok(Read::Raw),
        Media::Csv => {
            let text = std::str::from_utf8(body).map_err(|error| {
                Failure::input(format!(
                    "Ensure that input is a valid UTF-8 encoded string. Error: '{error}'"
                ))
            })?;
            let bad = |error: String| unread("CSV-formatted", "to_csv", &error);
            let mut reader = csv::Reader::new(text.as_bytes(), &takes).map_err(bad)?;
            let frame = reader.next(usize::MAX).map_err(bad)?;
            frame.unwrap_or_default().check(&takes)
        }
        Media::Parquet => {
            let bad = |error: String| unread("Parquet", "to_parquet", &error);
            let mut reader = parquet::Reader::new(body.clone()).map_err(bad)?;
            let frame = reader.next(usize::MAX).map_err(bad)?;
            frame.unwrap_or_default().check(&takes)
        }
    }
}
