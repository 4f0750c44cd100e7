//! Models that Python has made, and what their libraries answer; kept under `target` as long as the script is the same.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use mls::model::score::{
    self, Choice, Data, Engine, Format, Input, Manner, Options, Output, Source, Stop, Tensor,
    Value, half,
};
use serde_json::Value as Json;

pub(super) struct Case {
    pub(super) name: String,
    folder: PathBuf,
    told: Json,
}

/// Returns all cases in ONNX; says so and returns none where the libraries are not installed.
pub(super) fn all() -> Option<&'static Vec<Case>> {
    static CASES: OnceLock<Option<Vec<Case>>> = OnceLock::new();
    CASES.get_or_init(|| made("models", "skl2onnx, onnxruntime")).as_ref()
}

/// Returns all cases in files of XGBoost, LightGBM and CatBoost.
pub(super) fn boosted() -> Option<&'static Vec<Case>> {
    static CASES: OnceLock<Option<Vec<Case>>> = OnceLock::new();
    CASES.get_or_init(|| made("boosted", "sklearn, xgboost, lightgbm, catboost")).as_ref()
}

fn made(name: &str, needs: &str) -> Option<Vec<Case>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = top.join("target/ci/mlflow/bin/python");
    let script = top.join(format!("tests/it/model/score/{name}.py"));
    let is_there = Command::new(&python).args(["-c", &format!("import {needs}")]).output();
    if !is_there.is_ok_and(|said| said.status.success()) {
        let mut stdout = std::io::stdout();
        writeln!(stdout, "skipped: not installed is one of {needs}").unwrap();
        return None;
    }
    let hash = blake3::hash(&fs::read(&script).unwrap()).to_hex();
    let folder = top.join("target/score-models").join(name).join(&hash[..16]);
    if !folder.join("done").exists() {
        let made = tempfile::tempdir_in(top.join("target")).unwrap();
        let said = Command::new(&python).arg(&script).arg(made.path()).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let _ = fs::remove_dir_all(folder.parent().unwrap());
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        fs::rename(made.keep(), &folder).unwrap();
    }
    let mut cases = vec![];
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if let Some(name) = name.strip_suffix(".case.json") {
            let told = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            cases.push(Case { name: name.to_owned(), folder: folder.clone(), told });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Some(cases)
}

fn tensor(told: &Json) -> Tensor {
    let shape: Vec<usize> = serde_json::from_value(told["shape"].clone()).unwrap();
    let list = told["data"].as_array().unwrap();
    let float = |one: &Json| one.as_f64().unwrap_or_else(|| one.as_str().unwrap().parse().unwrap());
    let data = match told["dtype"].as_str().unwrap() {
        "float16" => Data::F16(list.iter().map(|one| half::from_f32(float(one) as f32)).collect()),
        "float32" => Data::F32(list.iter().map(|one| float(one) as f32).collect()),
        "float64" => Data::F64(list.iter().map(float).collect()),
        "int64" => Data::I64(list.iter().map(|one| one.as_i64().unwrap()).collect()),
        "bool" => Data::Bool(list.iter().map(|one| one.as_bool().unwrap()).collect()),
        "str" => Data::Str(list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()),
        other => panic!("{other}"),
    };
    Tensor::new(&shape, data).unwrap()
}

impl Case {
    pub(super) fn load(&self, choice: Choice) -> Result<Box<dyn Engine>, score::Error> {
        let file = self.told["file"].as_str().unwrap();
        let bytes: Arc<[u8]> = fs::read(self.folder.join(file)).unwrap().into();
        let source = Source { format: self.format(), bytes, folder: Some(self.folder.clone()) };
        let libraries = library(Path::new(env!("CARGO_MANIFEST_DIR"))).into_iter().collect();
        let manner = match self.told["manner"].as_str() {
            Some("estimator") => Manner::Estimator,
            Some("margins") => Manner::Margins,
            _ => Manner::Scores,
        };
        score::load(&source, &Options { choice, libraries, manner, ..Options::default() })
    }

    pub(super) fn format(&self) -> Format {
        let end = self.told["file"].as_str().unwrap().rsplit('.').next().unwrap();
        match (&self.name[..4], end) {
            ("xgb_", "json") => Format::XgboostJson,
            ("xgb_", "ubj") => Format::XgboostUbj,
            ("lgb_", _) => Format::LightgbmText,
            ("cat_", "cbm") => Format::CatboostBinary,
            ("cat_", "json") => Format::CatboostJson,
            _ => Format::Onnx,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        fs::read(self.folder.join(self.told["file"].as_str().unwrap())).unwrap()
    }

    pub(super) fn is_small(&self) -> bool {
        self.told["engine"] == "native" && self.bytes().len() < 60_000
    }

    pub(super) fn inputs(&self) -> Vec<(String, Tensor)> {
        let list = self.told["inputs"].as_array().unwrap();
        list.iter().map(|one| (one[0].as_str().unwrap().to_owned(), tensor(&one[1]))).collect()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.check_with(Choice::Auto)
    }

    pub(super) fn check_with(&self, choice: Choice) -> Result<(), String> {
        let say = |what: &str| format!("{}: {what}", self.name);
        let engine = self.load(choice).map_err(|error| say(&error.to_string()))?;
        if choice == Choice::Auto && engine.name() != self.told["engine"].as_str().unwrap() {
            return Err(say(&format!("run by {}", engine.name())));
        }
        let output = engine.predict(&Input::Tensors(self.inputs()), &Stop::default());
        let Output::Values(values) = output.map_err(|error| say(&error.to_string()))? else {
            return Err(say("no values"));
        };
        let wanted = self.told["outputs"].as_array().unwrap();
        if wanted.len() != values.len() {
            return Err(say(&format!("{} outputs", values.len())));
        }
        let near = self.told["near"].as_f64().unwrap();
        for (wanted, (name, value)) in wanted.iter().zip(&values) {
            if wanted[0] != name.as_str() {
                return Err(say(&format!("output {name}")));
            }
            compare(&wanted[1], value, near).map_err(|what| say(&format!("{name}: {what}")))?;
        }
        Ok(())
    }

    pub(super) fn check_row_by_row(&self, engine: &dyn Engine) {
        let inputs = self.inputs();
        let answer = |inputs| match engine.predict(&Input::Tensors(inputs), &Stop::default()) {
            Ok(Output::Values(values)) => values,
            other => panic!("{}: {other:?}", self.name),
        };
        let whole = answer(inputs.clone());
        for row in (0..inputs[0].1.shape()[0]).step_by(7) {
            let cut = |tensor: &Tensor| tensor.rows(row..row + 1).unwrap();
            let alone = answer(inputs.iter().map(|(n, t)| (n.clone(), cut(t))).collect());
            for ((_, whole), (_, alone)) in whole.iter().zip(&alone) {
                let same = match (whole, alone) {
                    (Value::Tensor(whole), Value::Tensor(alone)) => cut(whole) == *alone,
                    (Value::Maps { rows: whole, .. }, Value::Maps { rows: alone, .. }) => {
                        cut(whole) == *alone
                    }
                    _ => false,
                };
                assert!(same, "{}: row {row}", self.name);
            }
        }
    }
}

pub(super) fn engine_of(case: &Case) -> Box<dyn Engine> {
    case.load(Choice::Auto).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

/// The library that the Python package of onnxruntime brings.
pub(super) fn library(top: &Path) -> Option<PathBuf> {
    let lib = top.join("target/ci/mlflow/lib");
    let python = fs::read_dir(lib).ok()?.next()?.ok()?.path();
    let capi = python.join("site-packages/onnxruntime/capi");
    let mut files = fs::read_dir(capi).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    files.find(|path| path.to_string_lossy().contains("libonnxruntime.so"))
}

fn compare(wanted: &Json, value: &Value, near: f64) -> Result<(), String> {
    match value {
        Value::Tensor(got) => same(&tensor(wanted), got, near),
        Value::Maps { keys, rows } => {
            same(&tensor(&wanted["keys"]), keys, near)?;
            same(&tensor(&wanted["rows"]), rows, near)
        }
    }
}

fn same(wanted: &Tensor, got: &Tensor, near: f64) -> Result<(), String> {
    if wanted.shape() != got.shape() || wanted.element() != got.element() {
        let shape = |tensor: &Tensor| format!("{}{:?}", tensor.element().as_str(), tensor.shape());
        return Err(format!("{} where {} belongs", shape(got), shape(wanted)));
    }
    let floats = |tensor: &Tensor| match tensor.data() {
        Data::F16(all) => Some(all.iter().map(|x| half::to_f32(*x).into()).collect()),
        Data::F32(all) => Some(all.iter().map(|x| f64::from(*x)).collect::<Vec<_>>()),
        Data::F64(all) => Some(all.clone()),
        _ => None,
    };
    let (Some(a), Some(b)) = (floats(wanted), floats(got)) else {
        return (wanted == got).then_some(()).ok_or_else(|| format!("{got:?}\nnot {wanted:?}"));
    };
    let is_near = |a: f64, b: f64| {
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= near * a.abs().max(1.0)
    };
    let off = a.iter().zip(&b).enumerate().filter(|(_, (a, b))| !is_near(**a, **b));
    let off: Vec<_> = off.collect();
    match off.first() {
        None => Ok(()),
        Some((at, (a, b))) => {
            Err(format!("{} of {} differ; {at}: {b} not {a}", off.len(), got.len()))
        }
    }
}
