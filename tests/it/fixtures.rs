//! Stores of released formats stay readable for ever.

use std::path::Path;
use std::process::Command;

use crate::support::Sandbox;

/// The name of each store in `fixtures/`, and the format it has.
const STORES: [(&str, &str); 1] = [("store-1", "1")];

#[test]
fn x14_a_store_of_every_released_format_is_readable() {
    for (name, format) in STORES {
        let sandbox = Sandbox::new();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let copied = Command::new("cp").arg("-r").arg(&from).arg(sandbox.store()).status();
        assert!(copied.unwrap().success());
        // git keeps no empty folders.
        for empty in ["incoming", "cache", "containers"] {
            std::fs::create_dir_all(sandbox.store().join(empty)).unwrap();
        }
        let said = String::from_utf8(sandbox.read(".mlstore/format")).unwrap();
        assert!(said.contains(format), "{name} is of format {said}");

        assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
        let runs = sandbox.json(["runs"]);
        let runs = runs.as_array().unwrap();
        assert_eq!(runs.len(), 2, "{runs:?}");
        assert_eq!(runs[0]["name"], "quick");
        assert_eq!(runs[0]["params"]["lr"], "0.1");
        assert_eq!(runs[0]["metrics"]["test_accuracy"], 0.991228);
        sandbox.ok(["checkout", "quick", "out"]);
        let model: serde_json::Value =
            serde_json::from_slice(&sandbox.read("out/model.json")).unwrap();
        assert_eq!(model["outputs"][0], "Adelie");
        // A large file, cut into chunks whose boundaries must still be found.
        sandbox.write("again.bin", sandbox.read("out/weights.bin"));
        let before = sandbox.json(["du"])["chunks"].clone();
        sandbox.ok(["commit-run", "-a", "again.bin"]);
        let after = sandbox.json(["du"])["chunks"].clone();
        assert_eq!(before, after, "the same content was cut in other places");
        sandbox.ok(["log"]);
    }
}
