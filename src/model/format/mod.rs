//! What kind of model a file is: told by its content, never by its name. One small reader a format; each reads as little as it
//! can, bounds everything by what the file holds, and runs nothing.

mod archive;
mod bytes;
mod gguf;
mod npy;
mod onnx;
pub mod pickle;
mod safetensors;
mod trees;
mod xgboost;
mod zip;

use std::io;

use crate::base::Digest;
use crate::model::signature::Signature;
use crate::store;

pub use bytes::Source;
pub use pickle::{Import, Verdict};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Onnx,
    Pickle,
    /// A pickle with raw arrays in it, perhaps packed.
    Joblib,
    Skops,
    XgboostJson,
    XgboostUbj,
    XgboostBinary,
    LightgbmText,
    CatboostBinary,
    CatboostJson,
    Safetensors,
    Gguf,
    Torch,
    TorchScript,
    KerasZip,
    KerasHdf5,
    Hdf5,
    Numpy,
    Zip,
    /// Nothing that is known.
    Plain,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub format: Format,
    pub signature: Option<Signature>,
    pub tensors: Vec<Tensor>,
    /// What would be imported if the file were opened as its library does: every name once, the worst first.
    pub imports: Vec<Import>,
    /// Such as an objective or a version.
    pub facts: Vec<(String, String)>,
}

/// A tensor in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tensor {
    pub name: String,
    /// As the format says it.
    pub dtype: String,
    pub shape: Vec<u64>,
    pub size: Option<u64>,
    /// First byte, and the one behind the last.
    pub place: Option<(u64, u64)>,
    /// The file beside this one that `place` is in.
    pub beside: Option<String>,
    /// BLAKE3 of its bytes, where they have no place of their own.
    pub digest: Option<Digest>,
}

/// Why a file could not be read as what it seems to be.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{0}")]
    Bad(String),
}

impl Format {
    /// Returns the flavor of MLflow, or a word of the same kind.
    pub const fn flavor(self) -> Option<&'static str> {
        match self {
            Self::Onnx => Some("onnx"),
            Self::Pickle | Self::Joblib => Some("pickle"),
            Self::Skops => Some("sklearn"),
            Self::XgboostJson | Self::XgboostUbj | Self::XgboostBinary => Some("xgboost"),
            Self::LightgbmText => Some("lightgbm"),
            Self::CatboostBinary | Self::CatboostJson => Some("catboost"),
            Self::Safetensors => Some("safetensors"),
            Self::Gguf => Some("gguf"),
            Self::Torch | Self::TorchScript => Some("pytorch"),
            Self::KerasZip | Self::KerasHdf5 => Some("keras"),
            Self::Hdf5 | Self::Numpy | Self::Zip | Self::Plain => None,
        }
    }

    /// Returns words for a person.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Onnx => "ONNX",
            Self::Pickle => "pickle",
            Self::Joblib => "joblib",
            Self::Skops => "skops",
            Self::XgboostJson => "XGBoost JSON",
            Self::XgboostUbj => "XGBoost UBJSON",
            Self::XgboostBinary => "XGBoost binary",
            Self::LightgbmText => "LightGBM text",
            Self::CatboostBinary => "CatBoost binary",
            Self::CatboostJson => "CatBoost JSON",
            Self::Safetensors => "safetensors",
            Self::Gguf => "GGUF",
            Self::Torch => "PyTorch",
            Self::TorchScript => "TorchScript",
            Self::KerasZip => "Keras",
            Self::KerasHdf5 => "Keras HDF5",
            Self::Hdf5 => "HDF5",
            Self::Numpy => "numpy",
            Self::Zip => "zip",
            Self::Plain => "file",
        }
    }

    /// Tells whether opening it as its library does can run code.
    pub const fn can_run_code(self) -> bool {
        matches!(self, Self::Pickle | Self::Joblib | Self::Torch)
    }
}

impl Report {
    fn of(format: Format) -> Self {
        Self { format, signature: None, tensors: vec![], imports: vec![], facts: vec![] }
    }
}

impl Fault {
    fn bad(reason: String) -> Self {
        Self::Bad(reason)
    }

    fn short() -> Self {
        Self::Bad("it ends too early".to_owned())
    }

    /// Tells whether a failure is the store's, and not that of bytes which could not be unpacked.
    fn is_ours(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<store::Error>())
    }
}

/// How deep archives may lie in archives.
#[derive(Debug, Clone, Copy)]
struct Budget(u8);

impl Budget {
    fn deeper(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

/// Enough to tell most formats.
const HEAD: usize = 4096;
/// Larger JSON is no model.
const LARGEST_JSON: u64 = 4 << 30;
/// Where HDF5 of Keras has its configuration.
const HDF5_HEAD: usize = 64 << 20;

/// Tells what a file is and what it says; a file that claims a format and breaks its rules is a fault.
pub fn recognize(source: &mut dyn Source) -> Result<Report, Fault> {
    let mut report = by_head(source, Budget(3))?;
    // A second reader may see another file in the same bytes: that of the archive at its end.
    let is_archive = matches!(
        report.format,
        Format::Zip
            | Format::Skops
            | Format::KerasZip
            | Format::Torch
            | Format::TorchScript
            | Format::Numpy
    );
    if !is_archive && let Some(hidden) = archive::read(source, Budget(3))? {
        report.imports.extend(hidden.imports);
        report.facts.push(("also".to_owned(), hidden.format.as_str().to_owned()));
    }
    pickle::sort(&mut report.imports);
    Ok(report)
}

/// Returns what would be imported by a file in an archive.
fn nested(source: &mut dyn Source, budget: Budget) -> Result<Vec<Import>, Fault> {
    Ok(by_head(source, budget)?.imports)
}

fn by_head(source: &mut dyn Source, budget: Budget) -> Result<Report, Fault> {
    let head = bytes::range(source, 0, HEAD)?;
    let size = bytes::size(source)?;
    if head.starts_with(gguf::MAGIC) {
        return gguf::read(source);
    }
    if head.starts_with(npy::MAGIC) {
        return npy::read(source);
    }
    if head.starts_with(b"CBM1") {
        return Ok(Report::of(Format::CatboostBinary));
    }
    if head.starts_with(b"\x89HDF\r\n\x1a\n") {
        return hdf5(source);
    }
    if head.starts_with(b"PK\x03\x04") {
        let found = archive::read(source, budget)?;
        return found.ok_or_else(|| Fault::bad("it is a zip archive without an end".to_owned()));
    }
    if safetensors::begins(&head, size) {
        return safetensors::read(source);
    }
    if xgboost::begins_ubj(&head) {
        return xgboost::ubj(source);
    }
    if trees::begins_lightgbm(&head) {
        return trees::lightgbm(source);
    }
    let text = head.iter().find(|byte| !byte.is_ascii_whitespace());
    if text == Some(&b'{') && size <= LARGEST_JSON {
        return json(source);
    }
    by_trial(source, &head, size)
}

fn json(source: &mut dyn Source) -> Result<Report, Fault> {
    if let Some(report) = xgboost::json(source)? {
        return Ok(report);
    }
    let found = trees::catboost_json(source)?;
    Ok(found.unwrap_or_else(|| Report::of(Format::Plain)))
}

/// Formats without a magic number.
fn by_trial(source: &mut dyn Source, head: &[u8], size: u64) -> Result<Report, Fault> {
    if let Some(report) = pickle::recognize(source, head, size)? {
        return Ok(report);
    }
    if let Some(report) = xgboost::binary(source)? {
        return Ok(report);
    }
    // The first field of a model is the version of the format, a small number; of others written first, a text.
    let may_be_onnx = matches!(head, [8, 1..=127, ..] | [0x12 | 0x1a | 0x3a | 0x42, ..]);
    if may_be_onnx
        && size <= 2 << 30
        && let Some(report) = onnx::read(source)?
    {
        return Ok(report);
    }
    Ok(Report::of(Format::Plain))
}

fn hdf5(source: &mut dyn Source) -> Result<Report, Fault> {
    let head = bytes::range(source, 0, HDF5_HEAD)?;
    let has = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    let is_keras = has(b"keras_version") || has(b"model_config");
    let mut report = Report::of(if is_keras { Format::KerasHdf5 } else { Format::Hdf5 });
    if is_keras && has_lambda(&head) {
        report.imports.push(Import::of("keras.layers", "Lambda", Verdict::Dangerous));
    }
    Ok(report)
}

/// Tells whether a configuration of Keras has a layer of Python code.
fn has_lambda(json: &[u8]) -> bool {
    let begins = |at: usize| {
        let rest = json[at..].strip_prefix(b"\"class_name\"").unwrap_or_default();
        let rest: Vec<u8> =
            rest.iter().take(32).filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
        rest.starts_with(b":\"Lambda\"")
    };
    (0..json.len()).filter(|at| json[*at] == b'"').any(begins)
}
