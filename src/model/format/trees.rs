//! What the libraries of boosted trees have in common; and LightGBM's text and CatBoost's JSON, as far as they tell names.

use std::io::{BufReader, SeekFrom};

use serde::Deserialize;

use super::bytes::{Source, range};
use super::{Fault, Format, Report};
use crate::model::signature::{Column, Dtype, Scalar, Schema, Signature, Tensor};

/// The head of a LightGBM file ends at its first tree; 100,000 names fit.
const HEAD: usize = 4 << 20;
/// Wider models get no signature.
const WIDEST: u64 = 100_000;

/// Returns the signature of trees over named features, or over a table of so many columns; `columns` is how many numbers
/// come out a row where that is not one.
pub(super) fn signature(
    names: &[String],
    features: u64,
    dtype: &str,
    columns: Option<u64>,
) -> Option<Signature> {
    let float = |dtype: &str| Dtype::parse(dtype).unwrap_or(Dtype::Float64);
    let tensor =
        |dtype: Dtype, shape: Vec<i64>| Schema::Tensors(vec![Tensor { name: None, dtype, shape }]);
    let inputs = match names {
        [] if (1..=WIDEST).contains(&features) => tensor(Dtype::Float64, vec![-1, features as i64]),
        [] => return None,
        names if names.len() as u64 > WIDEST => return None,
        names => {
            let column = |name: &String| Column::scalar(name.as_str(), Scalar::Double);
            Schema::Columns(names.iter().map(column).collect())
        }
    };
    let shape = match columns.filter(|columns| (2..=WIDEST).contains(columns)) {
        Some(columns) => vec![-1, columns as i64],
        None => vec![-1],
    };
    let outputs = Some(tensor(float(dtype), shape));
    Some(Signature { inputs: Some(inputs), outputs, params: vec![] })
}

/// Tells whether a file that begins with `head` is LightGBM's text.
pub(super) fn begins_lightgbm(head: &[u8]) -> bool {
    head.strip_prefix(b"tree\n")
        .or_else(|| head.strip_prefix(b"tree\r\n"))
        .is_some_and(|rest| rest.starts_with(b"version=v") || rest.starts_with(b"num_class="))
}

/// Reads the head of LightGBM's text.
pub(super) fn lightgbm(source: &mut dyn Source) -> Result<Report, Fault> {
    let head = range(source, 0, HEAD)?;
    let head = String::from_utf8_lossy(&head);
    let head = head.split("\nTree=").next().unwrap_or_default();
    let field = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once('='));
        lines.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.trim())
    };
    let names: Vec<String> =
        field("feature_names").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    // These names LightGBM gives itself where nobody has.
    let given = names.iter().enumerate().any(|(at, name)| *name != format!("Column_{at}"));
    let features = names.len() as u64;
    let classes = field("num_class").and_then(|count| count.parse().ok());
    let mut report = Report::of(Format::LightgbmText);
    let named = if given { names.as_slice() } else { &[] };
    report.signature = signature(named, features, "float64", classes);
    let facts = ["objective", "version"].into_iter();
    let known = facts.filter_map(|name| Some((name.to_owned(), field(name)?.to_owned())));
    report.facts = known.collect();
    Ok(report)
}

#[derive(Deserialize)]
struct Catboost {
    features_info: Info,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    float_features: Vec<Feature>,
    #[serde(default)]
    categorical_features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    feature_id: String,
    #[serde(default)]
    feature_name: String,
    flat_feature_index: u64,
}

/// Reads CatBoost's JSON; nothing where it is that of something else.
pub(super) fn catboost_json(source: &mut dyn Source) -> Result<Option<Report>, Fault> {
    source.seek(SeekFrom::Start(0))?;
    let file: Result<Catboost, _> = serde_json::from_reader(BufReader::new(source));
    let Catboost { features_info } = match file {
        Ok(file) => file,
        Err(error) if error.is_io() => return Err(Fault::Io(error.into())),
        Err(_) => return Ok(None),
    };
    let mut report = Report::of(Format::CatboostJson);
    report.signature = features_info.signature();
    Ok(Some(report))
}

impl Info {
    /// Features without names are counted, and none then tells how wide the table is but the last.
    fn signature(&self) -> Option<Signature> {
        let floats = self.float_features.iter().map(|feature| (feature, Scalar::Double));
        let words = self.categorical_features.iter().map(|feature| (feature, Scalar::String));
        let mut all: Vec<_> = floats.chain(words).collect();
        all.sort_by_key(|(feature, _)| feature.flat_feature_index);
        let name = |feature: &Feature| match feature.feature_name.is_empty() {
            true => feature.feature_id.clone(),
            false => feature.feature_name.clone(),
        };
        let unnamed = |feature: &Feature| {
            let name = name(feature);
            name.is_empty() || name == feature.flat_feature_index.to_string()
        };
        if self.categorical_features.is_empty() && all.iter().all(|(feature, _)| unnamed(feature)) {
            let last =
                all.last().map_or(0, |(feature, _)| feature.flat_feature_index.saturating_add(1));
            return Some(Signature { outputs: None, ..signature(&[], last, "float64", None)? });
        }
        let columns = all.iter().map(|(feature, kind)| Column::scalar(name(feature), *kind));
        let inputs = Some(Schema::Columns(columns.collect()));
        (all.len() as u64 <= WIDEST).then_some(Signature { inputs, ..Signature::default() })
    }
}
