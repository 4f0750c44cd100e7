//! The Open Inference Protocol over HTTP.

use serde_json::{Value, json};

use super::{BIRDS, error_of, get, options, post, send, serve, with_penguins};

const INFER: &str = "/v2/models/penguins/infer";

fn input(shape: &[i64], data: &str) -> String {
    format!(r#"{{"name":"X","shape":{shape:?},"datatype":"FP32","data":{data}}}"#)
}

fn asked(input: &str) -> String {
    format!(r#"{{"inputs":[{input}]}}"#)
}

#[test]
fn the_server_and_its_models_describe_themselves() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@champion", "penguins@v2"], &options()).unwrap();
    let says = |path: &str| get(&serving, path).json();
    assert_eq!(says("/v2")["extensions"], json!(["binary_tensor_data", "model_repository"]));
    assert_eq!(says("/v2/health/live"), json!({"live": true}));
    assert_eq!(says("/v2/health/ready"), json!({"ready": true}));
    let about = says("/v2/models/penguins");
    assert_eq!(about["versions"], json!(["1", "2"]));
    assert_eq!(about["inputs"], json!([{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]));
    assert_eq!(about["outputs"][0]["name"], "label");
    assert_eq!(about["outputs"][0]["datatype"], "BYTES");
    let ready = says("/v2/models/penguins/versions/2/ready");
    assert_eq!(ready, json!({"name": "penguins", "version": "2", "ready": true}));
    let index = post(&serving, "/v2/repository/index", "{}").json();
    let states: Vec<_> = index.as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["READY", "READY"]);
    for (method, path, status) in [
        ("GET", "/v2/models/cats", 404),
        ("GET", "/v2/models/penguins/versions/7", 404),
        ("GET", "/v2/models/penguins/versions/7/ready", 404),
        ("GET", "/v2/models/..%2f..%2fetc", 404),
        ("GET", "/v2/nothing", 404),
        ("GET", INFER, 405),
        ("POST", "/v2/repository/models/penguins/load", 400),
    ] {
        let reply = send(&serving, method, path, &[], b"");
        assert_eq!(reply.status, status, "{path}");
        assert!(!error_of(&reply).is_empty(), "{path}");
    }
    let unknown = error_of(&get(&serving, "/v2/models/cats"));
    assert_eq!(unknown, "Request for unknown model: 'cats' is not found");
}

#[test]
fn tensors_in_json_and_in_bytes_are_answered_alike() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins@champion", "penguins@v2"], &options()).unwrap();
    let nested = post(&serving, INFER, &asked(&input(&[2, 4], BIRDS)));
    assert_eq!(nested.status, 200, "{}", nested.json());
    assert_eq!(nested.header("mls-model"), Some("penguins@v1"));
    let said = nested.json();
    assert_eq!(said["model_version"], "1");
    assert_eq!(said["outputs"][0]["data"], json!(["Adelie", "Gentoo"]));
    assert_eq!(said["outputs"][1]["shape"], json!([2, 3]));
    assert_eq!(said["outputs"][1]["data"].as_array().unwrap().len(), 6);

    let flat = BIRDS.replace("],[", ",").replace("[[", "[").replace("]]", "]");
    let flat = post(&serving, INFER, &asked(&input(&[2, 4], &flat))).json();
    assert_eq!(flat["outputs"], said["outputs"]);
    let second = post(
        &serving,
        "/v2/models/penguins/versions/2/infer",
        r#"{"id":"q1","inputs":[{"name":"X","shape":[1,4],"datatype":"FP32","data":[39.1,18.7,181,3750]}],"outputs":[{"name":"label"}]}"#,
    )
    .json();
    assert_eq!((&second["id"], &second["model_version"]), (&json!("q1"), &json!("2")));
    assert_eq!(second["outputs"].as_array().unwrap().len(), 1);

    let rows: [f32; 8] = [39.1, 18.7, 181.0, 3750.0, 50.0, 15.0, 220.0, 5000.0];
    let head = r#"{"inputs":[{"name":"X","shape":[2,4],"datatype":"FP32","parameters":{"binary_data_size":32}}],"parameters":{"binary_data_output":true}}"#;
    let bytes: Vec<u8> = rows.iter().flat_map(|one| one.to_le_bytes()).collect();
    let length = head.len().to_string();
    let headers = [("Inference-Header-Content-Length", length.as_str())];
    let reply = send(&serving, "POST", INFER, &headers, &[head.as_bytes(), &bytes].concat());
    assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
    let at: usize = reply.header("inference-header-content-length").unwrap().parse().unwrap();
    let about: Value = serde_json::from_slice(&reply.body[..at]).unwrap();
    assert_eq!(about["outputs"][0]["parameters"]["binary_data_size"], 20);
    // Text is its length in four bytes and itself.
    assert_eq!(&reply.body[at..at + 20], b"\x06\0\0\0Adelie\x06\0\0\0Gentoo");
    let first = f32::from_le_bytes(reply.body[at + 20..at + 24].try_into().unwrap());
    assert_eq!(said["outputs"][1]["data"][0].as_f64().unwrap() as f32, first);
    assert_eq!(reply.body.len(), at + 20 + 24);
}

#[test]
fn m08_what_does_not_fit_is_refused_in_the_form_of_the_protocol() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins"], &options()).unwrap();
    let one = "[39.1,18.7,181,3750]";
    let swap = |from: &str, to: &str| asked(&input(&[1, 4], one).replace(from, to));
    let many = vec![input(&[1, 4], one); 10_000].join(",");
    let flags = (0..1001).map(|at| format!("\"p{at}\":1")).collect::<Vec<_>>().join(",");
    for (body, words) in [
        ("".to_owned(), "failed to parse"),
        ("[]".to_owned(), "failed to parse"),
        ("{}".to_owned(), "inputs"),
        (r#"{"inputs":{}}"#.to_owned(), "failed to parse"),
        (swap("\"X\"", "\"Y\""), "unexpected inference input `Y`"),
        (swap("FP32", "FP33"), "no datatype"),
        (swap("FP32", "BOOL"), "a value is no BOOL"),
        (swap("FP32", "FP16"), "in bytes only"),
        (swap("FP32", "INT32"), "a value is no INT32"),
        (swap("39.1", "\"39.1\""), "a value is no FP32"),
        (swap("39.1", "[39.1]"), "differ in length"),
        (swap("39.1", "{}"), "differ in length"),
        (swap("[1, 4]", "[1, 3]"), "does not tell the 4 elements"),
        (swap("[1, 4]", "[4]"), "unexpected shape"),
        (swap("[1, 4]", "[4, 1]"), "unexpected shape"),
        (swap("[1, 4]", "[-1, 4]"), "no shape of a tensor"),
        (swap("[1, 4]", "[2147483648, 2147483648, 4]"), "does not tell"),
        (swap("[1, 4]", "[9223372036854775807, 9223372036854775807]"), "does not tell"),
        (swap("[1, 4]", "[1000000000, 4]"), "does not tell"),
        (swap(",\"data\":", ",\"nothing\":"), "there is no `data`"),
        (
            swap(",\"data\"", ",\"parameters\":{\"binary_data_size\":16},\"data\""),
            "binary_data_size",
        ),
        (swap(",\"data\"", ",\"parameters\":{\"binary_data_size\":-1},\"data\""), "no size"),
        (
            swap(",\"data\"", ",\"parameters\":{\"shared_memory_region\":\"x\"},\"data\""),
            "not supported",
        ),
        (asked(&format!("{0},{0}", input(&[1, 4], one))), "expected 1 inputs but got 2"),
        (asked(&many), "expected 1 inputs but got 10000"),
        (format!(r#"{{"parameters":{{{flags}}},"inputs":[]}}"#), "too many parameters"),
        (format!("{{\"inputs\":{}", "[".repeat(100_000)), "failed to parse"),
        (
            format!(r#"{{"inputs":[{}],"outputs":[{{"name":"nope"}}]}}"#, input(&[1, 4], one)),
            "unexpected inference output `nope`",
        ),
    ] {
        let reply = post(&serving, INFER, &body);
        let (said, shown) = (error_of(&reply), &body[..body.len().min(300)]);
        assert_eq!(reply.status, 400, "{shown}: {said}");
        assert!(said.contains(words), "{shown}: {said}");
    }
    // NaN is a number that the model answers.
    let reply = post(&serving, INFER, &swap("39.1", "NaN"));
    assert_eq!(reply.status, 200);
}

#[test]
fn m08_bytes_that_are_not_as_many_as_they_say_are_refused() {
    let sandbox = with_penguins();
    let serving = serve(&sandbox, &["penguins"], &options()).unwrap();
    let head = |size: usize| {
        format!(
            r#"{{"inputs":[{{"name":"X","shape":[1,4],"datatype":"FP32","parameters":{{"binary_data_size":{size}}}}}]}}"#
        )
    };
    for (size, bytes, length, words) in [
        (16, 15, 0, "15 bytes are left"),
        (16, 17, 0, "1 bytes follow"),
        (15, 15, 0, "15 bytes are no FP32"),
        (20, 20, 0, "does not tell the 5 elements"),
        (usize::MAX / 4, 16, 0, "are left"),
        (16, 16, 1000, "Inference-Header-Content-Length is 1000"),
        (16, 16, usize::MAX, "Inference-Header-Content-Length"),
    ] {
        let head = head(size);
        let length = if length == 0 { head.len() } else { length }.to_string();
        let body = [head.as_bytes(), &vec![0; bytes]].concat();
        let headers = [("Inference-Header-Content-Length", length.as_str())];
        let reply = send(&serving, "POST", INFER, &headers, &body);
        assert_eq!(reply.status, 400, "{size} {bytes}");
        assert!(error_of(&reply).contains(words), "{size} {bytes}: {}", error_of(&reply));
    }
}
