//! Boosted trees that the package has saved: scored without Python, with the answers that `mlflow.pyfunc` gives.

use serde_json::Value;

use super::package::{python, script};
use crate::support::Sandbox;

#[test]
fn boosted_trees_are_scored_without_python_as_their_flavors_do() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::with_store();
    script(&sandbox, python, "boosted.py", ["."]);
    let expected: Value = serde_json::from_slice(&sandbox.read("expected.json")).unwrap();
    let expected = expected.as_object().unwrap();
    assert_eq!(expected.len(), 14);
    for (name, wanted) in expected {
        sandbox.ok(["model", "register", name, name]);
        // No Python is within reach.
        let mut command = sandbox.command(["predict", name, "--env", "local", "-i", "rows.json"]);
        command.env("PATH", "/nonexistent");
        let said = sandbox.finish(command);
        assert_eq!(said.code(), 0, "{name}: {said}");
        let answer: Value = serde_json::from_str(&said.stdout()).unwrap();
        same(name, &answer["predictions"], wanted);
    }
}

/// CatBoost's own exponents differ in the last bit; all else is equal.
fn same(name: &str, got: &Value, wanted: &Value) {
    match (got, wanted) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).for_each(|(a, b)| same(name, a, b));
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-15 * b.abs().max(1.0), "{name}: {a} {b}");
        }
        _ => assert_eq!(got, wanted, "{name}"),
    }
}
