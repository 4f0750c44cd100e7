//! Bodies that come often or are large, read straight into what they mean; else as [`Input`].

use std::fmt;

use axum::extract::{FromRequest, Request};
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::{self, Input};
use crate::server::state::Shared;

/// The body as `T`, or as fields that a handler goes through to say what is wrong with them.
#[derive(Debug)]
pub(super) struct Body<T> {
    pub(super) read: Result<T, Input>,
    pub(super) size: usize,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Failure> {
        let body = input::body(request, state).await?;
        let read = match serde_json::from_slice(&body.bytes) {
            Ok(read) => Ok(read),
            Err(_) => Err(input::of_body(&body.bytes)?),
        };
        Ok(Self { read, size: body.bytes.len() })
    }
}

/// A number, also as a text: `"NaN"`, `"-Infinity"`, `"0.5"`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Float(pub(super) f64);

/// A whole number, also as a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Int(pub(super) i64);

struct FloatVisitor;

impl Visitor<'_> for FloatVisitor {
    type Value = Float;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Float, E> {
        Ok(Float(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Float, E> {
        Ok(Float(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Float, E> {
        Ok(Float(value as f64))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Float, E> {
        float(text).map(Float).ok_or_else(|| E::custom("no number"))
    }
}

/// Reads a number as protobuf's JSON has it.
fn float(text: &str) -> Option<f64> {
    match text {
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        "NaN" | "nan" => Some(f64::NAN),
        _ => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FloatVisitor)
    }
}

struct IntVisitor;

impl Visitor<'_> for IntVisitor {
    type Value = Int;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Int, E> {
        match value.fract() == 0.0 && value.abs() < 9.0e15 {
            true => Ok(Int(value as i64)),
            false => Err(E::custom("not whole")),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Int, E> {
        Ok(Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Int, E> {
        i64::try_from(value).map(Int).map_err(|_| E::custom("too large"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Int, E> {
        text.parse().map(Int).map_err(|_| E::custom("not whole"))
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor)
    }
}
