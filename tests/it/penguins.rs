//! The training program that the quickstart ships: it learns, repeats itself, and needs no mls.

use std::path::Path;
use std::process::{Command, Output};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/quickstart");

fn train(out: &Path, settings: &[&str], path: Option<&Path>) -> Output {
    let mut command = Command::new("sh");
    command.arg("train.sh").args(settings).current_dir(FOLDER).env("MLS_RUN_DIR", out);
    if let Some(first) = path {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(first.to_path_buf()).chain(std::env::split_paths(&rest));
        command.env("PATH", std::env::join_paths(all).unwrap());
    }
    command.output().unwrap()
}

fn last_metrics(out: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn a_better_setting_is_better_on_birds_it_did_not_see() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, quick) = (folder.path().join("slow"), folder.path().join("quick"));
    assert!(train(&slow, &["lr=0.01"], None).status.success());
    assert!(train(&quick, &["lr=0.1"], None).status.success());
    let accuracy = |out: &Path| last_metrics(out)["test_accuracy"].as_f64().unwrap();
    assert!(accuracy(&slow) < 0.95, "{}", accuracy(&slow));
    assert!(accuracy(&quick) > 0.98, "{}", accuracy(&quick));
    let model = std::fs::read_to_string(quick.join("model.json")).unwrap();
    let model: serde_json::Value = serde_json::from_str(&model).unwrap();
    assert_eq!(model["outputs"].as_array().unwrap().len(), 3);
    let params = std::fs::read_to_string(quick.join("params.json")).unwrap();
    let params: serde_json::Value = serde_json::from_str(&params).unwrap();
    assert_eq!(params["lr"], 0.1);
}

#[test]
fn every_awk_learns_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let files = |out: &Path| {
        ["metrics.jsonl", "model.json", "confusion.txt"]
            .map(|name| std::fs::read(out.join(name)).unwrap())
    };
    let reference = folder.path().join("reference");
    assert!(train(&reference, &["epochs=5"], None).status.success());
    let awks = ["mawk", "gawk", "original-awk", "busybox"];
    for awk in awks {
        let Ok(found) = Command::new(awk).arg("--help").output() else { continue };
        drop(found);
        let bin = folder.path().join(format!("bin-{awk}"));
        std::fs::create_dir(&bin).unwrap();
        let link = bin.join("awk");
        let which = Command::new("sh").args(["-c", &format!("command -v {awk}")]).output().unwrap();
        let which = String::from_utf8(which.stdout).unwrap();
        std::os::unix::fs::symlink(which.trim(), &link).unwrap();
        let out = folder.path().join(awk);
        let output = train(&out, &["epochs=5"], Some(&bin));
        assert!(output.status.success(), "{awk}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(files(&out) == files(&reference), "{awk} differs");
    }
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = train(folder.path(), &["speed=3"], None);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("speed=3"));
}
