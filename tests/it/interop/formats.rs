//! Models made by the real libraries: told by content alone, registered, exported, and opened by MLflow with equal answers.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use mls::model::format::{self, Format, Verdict};

use super::package::{full, python, script};
use crate::proof::tell;
use crate::support::Sandbox;

/// What each file is; its name tells nothing to who reads it, for none has an end.
const KINDS: [(&str, Format); 22] = [
    ("pickle0", Format::Pickle),
    ("pickle1", Format::Pickle),
    ("pickle2", Format::Pickle),
    ("pickle3", Format::Pickle),
    ("pickle4", Format::Pickle),
    ("pickle5", Format::Pickle),
    ("joblib", Format::Joblib),
    ("joblib_zlib", Format::Joblib),
    ("joblib_gzip", Format::Joblib),
    ("joblib_bz2", Format::Joblib),
    ("joblib_xz", Format::Joblib),
    ("joblib_lzma", Format::Joblib),
    ("skops", Format::Skops),
    ("xgboost_json", Format::XgboostJson),
    ("xgboost_ubj", Format::XgboostUbj),
    ("lightgbm", Format::LightgbmText),
    ("catboost_cbm", Format::CatboostBinary),
    ("catboost_json", Format::CatboostJson),
    ("safetensors", Format::Safetensors),
    ("gguf", Format::Gguf),
    ("onnx", Format::Onnx),
    ("onnx_beside", Format::Onnx),
];

/// Packages without which the models cannot be made.
const MAKERS: &str = "catboost gguf joblib lightgbm onnx skl2onnx skops xgboost safetensors";

#[test]
fn m02_models_of_every_library_are_told_by_content_registered_and_opened_by_mlflow() {
    let Some(python) = python() else { return };
    let check = format!(
        "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {MAKERS:?}.split())))"
    );
    let has = std::process::Command::new(python).args(["-c", &check]).status().unwrap();
    if !has.success() {
        tell(&format!("skipped: not all of {MAKERS} are in {} (run .ci/run)", python.display()));
        return;
    }
    let sandbox = Sandbox::with_store();
    let made = sandbox.path().join("made");
    fs::create_dir(&made).unwrap();
    script(&sandbox, python, "formats.py", ["make", made.to_str().unwrap()]);
    let mut files = BTreeMap::new();
    for (name, kind) in KINDS {
        let bytes = fs::read(made.join(name)).unwrap();
        let report = format::recognize(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(report.format, kind, "{name}");
        let bad = report.imports.iter().find(|import| import.verdict != Verdict::Safe);
        assert_eq!(bad, None, "{name}");
        files.insert(name, bytes);
    }
    register_and_open(&sandbox, python);
    no_damage_makes_a_panic(&files);
}

fn register_and_open(sandbox: &Sandbox, python: &std::path::Path) {
    // Formats that MLflow has no loader for, and one of two alike, are left out; so is most of the price of loading.
    let opened = [
        "pickle2",
        "joblib",
        "joblib_gzip",
        "skops",
        "xgboost_json",
        "xgboost_ubj",
        "lightgbm",
        "catboost_cbm",
        "catboost_json",
        "onnx",
        "onnx_beside",
    ];
    for (name, _) in KINDS {
        assert_eq!(
            sandbox.ok(["model", "register", name, &format!("made/{name}")]),
            format!("{name}@v1")
        );
    }
    fs::create_dir(sandbox.path().join("out")).unwrap();
    for name in opened {
        sandbox.ok(["model", "export", name, &format!("out/{name}")]);
    }
    let out = sandbox.path().join("out");
    let said = script(sandbox, python, "formats.py", ["open", out.to_str().unwrap()]);
    assert_eq!(said.matches("opened ").count(), opened.len(), "{said}");
    let shown = sandbox.json(["show", "xgboost_ubj"]);
    let inputs = &shown["inspection"]["signature"]["inputs"];
    assert_eq!((&inputs[0]["name"], &inputs[3]["name"]), (&"sl".into(), &"pw".into()));
    let shown = sandbox.json(["show", "onnx_beside"]);
    assert_eq!(shown["inspection"]["files"][0]["tensors"][0]["shape"], serde_json::json!([4, 3]));
}

/// Every reader sees real files with bytes changed, taken out and cut off.
fn no_damage_makes_a_panic(files: &BTreeMap<&str, Vec<u8>>) {
    let rounds = if full() { 5000 } else { 60 };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for bytes in files.values() {
        for _ in 0..rounds {
            let mut bytes = bytes.clone();
            for _ in 0..=random(4) {
                // Most of what steers a reader stands at the beginning.
                let near = if random(2) == 0 { bytes.len() } else { bytes.len().min(200) };
                let at = random(near);
                bytes[at] = [0, 0xff, 0x80, random(256) as u8][random(4)];
            }
            if random(4) == 0 {
                let at = random(bytes.len());
                bytes.truncate(at);
            }
            let _ = format::recognize(&mut Cursor::new(bytes));
        }
    }
}
