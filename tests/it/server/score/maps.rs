//! Models that take maps, and models that cut texts.

use serde_json::json;

use super::{onnx, options, post, register, serve};
use crate::support::{Reply, Sandbox};

fn said_by(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

#[test]
fn a_model_of_maps_takes_records_whose_keys_may_be_missing() {
    let sandbox = Sandbox::with_store();
    register(&sandbox, "maps", &onnx::mapped(&["b", "a", "z"]));
    let serving = serve(&sandbox, &["maps"], &options()).unwrap();
    for (target, body, wanted) in [
        (
            "/invocations",
            json!({"dataframe_records": [{"a": 1.5, "b": 2}, {"c": 9, "b": 3}, {"a": 7}]}),
            json!([[2.0, 1.5, 0.0], [3.0, 0.0, 0.0], [0.0, 7.0, 0.0]]),
        ),
        (
            "/invocations",
            json!({"dataframe_split": {"columns": ["a"], "data": [[4]]}}),
            json!([[0.0, 4.0, 0.0]]),
        ),
        (
            "/invocations",
            json!({"inputs": {"a": [1.0, 2.0]}}),
            json!([[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]]),
        ),
    ] {
        let reply = post(&serving, target, &body.to_string());
        assert_eq!(reply.status, 200, "{}", said_by(&reply));
        let said = &reply.json()["predictions"];
        let rows = if said.is_object() { said["Y"].clone() } else { said.clone() };
        let rows = match &rows[0] {
            serde_json::Value::Object(one) if one.contains_key("Y") => {
                rows.as_array().unwrap().iter().map(|row| row["Y"].clone()).collect()
            }
            _ => rows,
        };
        assert_eq!(rows, wanted, "{body}");
    }
    let infer = json!({"inputs": [
        {"name": "z", "shape": [2], "datatype": "FP32", "data": [1, 2]},
        {"name": "b", "shape": [2, 1], "datatype": "FP64", "data": [3, 4]},
    ]});
    let reply = post(&serving, "/v2/models/maps/infer", &infer.to_string());
    assert_eq!(reply.status, 200, "{}", said_by(&reply));
    assert_eq!(reply.json()["outputs"][0]["data"], json!([3.0, 0.0, 1.0, 4.0, 0.0, 2.0]));
    for wrong in [
        json!({"dataframe_records": [{"a": "text"}]}),
        json!({"inputs": [[1, 2]]}),
        json!({"inputs": {"a": [1, 2], "b": [1]}}),
    ] {
        assert_eq!(post(&serving, "/invocations", &wrong.to_string()).status, 400, "{wrong}");
    }
}

#[test]
fn m08_a_long_text_among_many_short_ones_is_refused_before_it_takes_memory() {
    let sandbox = Sandbox::with_store();
    register(&sandbox, "cut", &onnx::cutting());
    let serving = serve(&sandbox, &["cut"], &options()).unwrap();
    let ask = |short: usize, words: usize| {
        let mut texts = vec![String::new(); short];
        texts.push("a ".repeat(words));
        post(&serving, "/invocations", &json!({"inputs": texts}).to_string())
    };
    assert_eq!(ask(2, 3).status, 200, "{}", said_by(&ask(2, 3)));
    let reply = ask(50_000, 50_000);
    assert_eq!(reply.status, 400, "{}", said_by(&reply));
    assert!(said_by(&reply).contains("too"), "{}", said_by(&reply));
}
