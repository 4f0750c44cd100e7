//! `mls predict`: a file of many pieces is one answer, whatever it is written as.

use std::path::Path;

use serde_json::Value;

use crate::support::Sandbox;

const ROW: &str = "39.1,18.7,181.0,3750.0";

fn with_penguins() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/penguins.onnx");
    sandbox.ok(["model", "register", "penguins", model.to_str().unwrap()]);
    sandbox
}

#[test]
fn predictions_of_many_pieces_are_one_document_and_their_rows_are_counted() {
    let sandbox = with_penguins();
    let rows = format!("{ROW}\n").repeat(2500);
    sandbox.write("many.csv", format!("a,b,c,d\n{rows}"));
    sandbox.write("one.json", format!("{{\"inputs\": [[{ROW}]]}}"));
    let record = "{\"a\":39.1,\"b\":18.7,\"c\":181.0,\"d\":3750.0}\n";
    sandbox.write("some.jsonl", record.repeat(1200));
    for (file, count, words) in [
        ("many.csv", 2500, "2,500 rows"),
        ("one.json", 1, "1 row"),
        ("some.jsonl", 1200, "1,200 rows"),
    ] {
        let said = sandbox.mls(["predict", "penguins", "-i", file]);
        let note = said.stderr();
        assert!(note.starts_with(&format!("Scored {words} with penguins@v1 (")), "{file}: {note}");
        let answer: Value = serde_json::from_str(&said.stdout()).unwrap();
        let known = answer["predictions"]["label"].as_array().unwrap();
        assert_eq!(known.len(), count, "{file}");
        assert!(known.iter().all(|one| one == "Adelie"), "{file}");
        let said = sandbox.mls(["predict", "penguins", "-i", file, "-o", "out.csv"]);
        assert_eq!(said.stderr(), note, "{file}");
        assert_eq!(sandbox.read("out.csv").split(|byte| *byte == b'\n').count(), count + 2);
    }
}
