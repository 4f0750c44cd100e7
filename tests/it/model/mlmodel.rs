//! `MLmodel` and signatures: what MLflow wrote is read and comes back, what is hostile is refused within bounds.

use mls::model::mlmodel::MlModel;
use mls::model::signature::{Column, Dtype, Scalar, Schema, Signature, Type};
use mls::model::yaml;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Written by `mlflow.sklearn.log_model` of MLflow 3.17.
const SKLEARN: &str = "flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.9.1
is_signature_from_type_hint: false
mlflow_version: 3.17.2
model_id: m-0123456789abcdef0123456789abcdef
model_uuid: 0123456789abcdef0123456789abcdef
run_id: 0123456789abcdef0123456789abcdef
signature:
  inputs: '[{\"type\": \"double\", \"name\": \"a\", \"required\": true}, {\"type\": \"array\", \"items\":
    {\"type\": \"string\"}, \"name\": \"c\", \"required\": false}]'
  outputs: '[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"int64\", \"shape\": [-1]}}]'
  params: '[{\"name\": \"t\", \"default\": 0.5, \"shape\": null, \"type\": \"double\"}, {\"name\": \"n\",
    \"default\": [1, 2], \"shape\": [-1], \"type\": \"long\"}]'
type_hint_from_example: false
utc_time_created: '2026-11-22 12:00:00.123456'
";

/// Every type there is, as `Signature.to_dict` of MLflow 3.17 says it.
const INPUTS: &str = r#"[{"type": "double", "name": "a", "required": true}, {"type": "long", "name": "b", "required": false}, {"type": "array", "items": {"type": "string"}, "name": "c", "required": true}, {"type": "object", "properties": {"x": {"type": "double", "required": true}, "y": {"type": "array", "items": {"type": "long"}, "required": false}}, "name": "d", "required": true}, {"type": "map", "values": {"type": "double"}, "name": "e", "required": true}, {"type": "any", "name": "f", "required": false}, {"type": "datetime", "name": "g", "required": true}, {"type": "binary", "name": "h", "required": true}, {"type": "boolean", "required": true}, {"type": "sparkml_vector", "name": "v", "required": true}]"#;
const PARAMS: &str = r#"[{"name": "t", "default": 0.5, "shape": null, "type": "double"}, {"name": "n", "default": [1, 2], "shape": [-1], "type": "long"}, {"name": "when", "default": "2020-01-01T00:00:00", "shape": null, "type": "datetime"}, {"name": "o", "default": {"x": 1.0}, "shape": null, "type": "object", "properties": {"x": {"type": "double", "required": true}}}, {"name": "none", "default": null, "shape": null, "type": "string"}]"#;

#[test]
fn what_mlflow_wrote_is_read_and_comes_back() {
    let model = MlModel::parse(SKLEARN.as_bytes()).unwrap();
    assert_eq!(model.flavors(), ["python_function", "sklearn"]);
    let python = model.python_function().unwrap();
    assert_eq!(python.loader_module, "mlflow.sklearn");
    assert_eq!(python.data.as_deref(), Some("model.skops"));
    assert_eq!(python.python_version.as_deref(), Some("3.11.7"));
    assert_eq!(python.virtualenv.as_deref(), Some("python_env.yaml"));
    assert_eq!(model.text("mlflow_version"), Some("3.17.2"));
    let signature = model.signature.as_ref().unwrap();
    let Some(Schema::Columns(columns)) = &signature.inputs else { panic!("{signature:?}") };
    assert_eq!(columns[0], Column::scalar("a", Scalar::Double));
    let array = Type::Array(Box::new(Type::Scalar(Scalar::String)));
    assert_eq!(columns[1], Column { name: Some("c".to_owned()), kind: array, required: false });
    let Some(Schema::Tensors(tensors)) = &signature.outputs else { panic!("{signature:?}") };
    assert_eq!((&tensors[0].dtype, &tensors[0].shape[..]), (&Dtype::Int64, &[-1][..]));
    assert_eq!(signature.params[0].default, json!(0.5));
    assert_eq!(signature.params[1].shape, Some(vec![-1]));
    assert_eq!(MlModel::parse(model.to_yaml().as_bytes()).unwrap(), model);
}

#[test]
fn every_type_of_a_signature_comes_back_as_mlflow_wrote_it() {
    let value = json!({"inputs": INPUTS, "outputs": null, "params": PARAMS});
    let signature = Signature::from_value(&value).unwrap();
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let back = signature.to_value();
    assert_eq!(back["inputs"].to_string(), parsed(INPUTS).to_string());
    assert_eq!(back["params"].to_string(), parsed(PARAMS).to_string());
    assert_eq!(Signature::from_value(&back).unwrap(), signature);
    assert_eq!(Signature::from_value(&signature.to_mlmodel()).unwrap(), signature);
}

#[test]
fn signatures_of_old_versions_are_read() {
    for (text, required) in [
        (r#"[{"name": "a", "type": "double"}]"#, true),
        (r#"[{"name": "a", "type": "double", "optional": true}]"#, false),
        (r#"[{"name": 0, "type": "double"}]"#, true),
    ] {
        let signature = Signature::from_value(&json!({ "inputs": text })).unwrap();
        let Some(Schema::Columns(columns)) = &signature.inputs else { panic!("{text}") };
        assert_eq!(columns[0].required, required, "{text}");
    }
    let old = "flavors:\n  python_function:\n    data: model.pkl\n    env: conda.yaml\n    loader_module: mlflow.sklearn\n";
    let python = MlModel::parse(old.as_bytes()).unwrap().python_function().unwrap();
    assert_eq!(python.conda.as_deref(), Some("conda.yaml"));
    assert_eq!(python.data.as_deref(), Some("model.pkl"));
}

#[test]
fn a_signature_that_is_wrong_says_where() {
    for (value, said) in [
        (json!([]), "signature: it is no mapping"),
        (json!({"inputs": "["}), "inputs: no JSON: EOF while parsing a list at line 1 column 1"),
        (json!({"inputs": {"a": 1}}), "inputs: it is no list"),
        (
            json!({"inputs": [{"type": "double"}, {"name": "b"}]}),
            "inputs, column 2: `type` is missing",
        ),
        (json!({"outputs": [{"type": "quux"}]}), "outputs, column 1: `quux` is no type"),
        (
            json!({"inputs": [{"type": "double"}, {"type": "tensor"}]}),
            "inputs: some are tensors and some are columns",
        ),
        (
            json!({"inputs": [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-2]}}]}),
            "inputs, tensor 1: its shape holds something else than lengths",
        ),
        (json!({"params": [{"name": "t"}]}), "params, parameter 1: `default` is missing"),
    ] {
        assert_eq!(Signature::from_value(&value).unwrap_err().to_string(), said);
    }
    let mut deep = json!({"type": "double"});
    for _ in 0..60 {
        deep = json!({"type": "array", "items": deep});
    }
    let error = Signature::from_value(&json!({ "inputs": [deep] })).unwrap_err();
    assert_eq!(error.to_string(), "inputs, column 1: types are nested too deep");
}

#[test]
fn m03_an_mlmodel_that_leads_out_of_its_folder_is_refused() {
    for line in [
        "code: ../../x",
        "code: /etc",
        "data: ../secret",
        "model_path: a/../../b",
        "env: {conda: ../../conda.yaml}",
        "artifacts: {a: {path: /etc/passwd, uri: x}}",
        "data: '..\\x'",
    ] {
        let text = format!("flavors:\n  python_function:\n    loader_module: os\n    {line}\n");
        let error = MlModel::parse(text.as_bytes()).unwrap_err();
        assert!(error.contains("leads out of its folder"), "{line}: {error}");
    }
}

#[test]
fn m03_yaml_that_attacks_its_reader_is_refused_at_once() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(", "));
    }
    let text_bomb = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), ["*a"; 1000].join(", "));
    let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (text, reason) in [
        (bomb, ""),
        (text_bomb, "perhaps by aliases"),
        (deep, ""),
        ("a: !!python/object/apply:os.system [id]".to_owned(), "Python object"),
        ("a: !weird 1".to_owned(), "tag"),
        ("a: 1\nb: 2\na: 3".to_owned(), "`a` stands twice"),
        ("a: ".to_owned() + &"x".repeat(9 << 20), "larger than"),
        ("? [a]\n: 1".to_owned(), "no text"),
    ] {
        let error = yaml::read(text.as_bytes()).unwrap_err();
        assert!(error.contains(reason), "{}…: {error}", &text[..20]);
    }
    assert!(yaml::read(b"a: \xff").unwrap_err().contains("UTF-8"));
}

fn plain_data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "(yes|no|~|null|1_000|0x1f|2026-11-22|1e3|: |# |- |)".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn plain_data_is_read_as_it_was_written(value in plain_data()) {
        let text = yaml::write(&value);
        prop_assert_eq!(yaml::read(text.as_bytes()).map_err(|e| format!("{e}\n{text}")).unwrap(), value);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(at in 0..SKLEARN.len(), with in any::<u8>(), cut in 0..SKLEARN.len()) {
        let mut bytes = SKLEARN.as_bytes().to_vec();
        bytes[at] = with;
        let _ = MlModel::parse(&bytes);
        let _ = MlModel::parse(&bytes[..cut]);
    }
}
