use mls::base::Digest;

use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn a_node_is_printed_as_dag_json() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["cat-file", "bold-fox-12"]), @r#"
    exit 0
    --- stdout
    {
      "edited": 1795348800000,
      "ended": 1795348800000,
      "experiment": "854407830950488564",
      "experiment_name": "churn",
      "id": "[RUN]",
      "name": "bold-fox-12",
      "started": 1795348680000,
      "status": "FINISHED",
      "type": "run",
      "user": "ada"
    }
    "#);
}

#[test]
fn the_raw_bytes_of_a_node_have_its_id() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    let id = sandbox.json(["log"])[0]["changes"][1]["new"].as_str().unwrap().to_owned();
    let raw = sandbox.mls(["cat-file", "--raw", "bold-fox-12"]);
    assert_eq!(Digest::of(raw.bytes()).to_string(), id);
    assert_eq!(sandbox.ok(["cat-file", "--type", &id[..8]]), "run");
    assert_eq!(sandbox.ok(["cat-file", "--size", &id]), raw.bytes().len().to_string());
}

#[test]
fn a_blob_is_printed_as_it_is() {
    let sandbox = Sandbox::with_store();
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    let link = writer.blob(b"\x00\xff raw").unwrap();
    writer.commit(vec![]).unwrap();
    assert_eq!(sandbox.mls(["cat-file", &link.to_string()]).bytes(), b"\x00\xff raw");
    assert_eq!(sandbox.mls(["cat-file", &link.cid().to_string()]).bytes(), b"\x00\xff raw");
    assert_eq!(sandbox.json(["cat-file", &link.to_string()])["/"]["bytes"], "AP8gcmF3");
}
