//! Files of models that mean harm: refused with a reason, without a panic, without the memory they ask for.

use std::sync::Arc;

use mls::model::score::{self, Format, Options, Source};
use proptest::prelude::*;

use super::cases::all;

fn load(format: Format, bytes: &[u8]) -> Result<Box<dyn score::Engine>, score::Error> {
    let source = Source { format, bytes: Arc::from(bytes), folder: None };
    score::load(&source, &Options { choice: score::Choice::Native, ..Options::default() })
}

#[test]
fn m07_graphs_within_graphs_end() {
    // A graph (7) holds a node (1) holds an attribute (5) holds a graph (6) …
    let mut bytes = vec![];
    for at in 0..20_000 {
        let tag = [1 << 3 | 2, 5 << 3 | 2, 6 << 3 | 2][2 - at % 3];
        let mut outer = vec![tag];
        let mut length = bytes.len();
        while length > 127 {
            outer.push((length & 127) as u8 | 128);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend(&bytes);
        bytes = outer;
        if bytes.len() > 200_000 {
            break;
        }
    }
    assert!(load(Format::Onnx, &bytes).is_err());
}

#[test]
fn m07_what_is_cut_off_or_turned_over_is_refused_and_never_a_panic() {
    let Some(cases) = all() else { return };
    let files: Vec<_> = cases.iter().filter(|case| case.is_small()).collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    runner
        .run(&change, |(file, at, byte, how)| {
            let case = file.get(&files);
            let mut bytes = case.bytes();
            let at = at.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => bytes[at] = byte,
                _ => {
                    bytes.insert(at, byte);
                }
            }
            if let Ok(engine) = load(Format::Onnx, &bytes) {
                let _ =
                    engine.predict(&score::Input::Tensors(case.inputs()), &score::Stop::default());
            }
            Ok(())
        })
        .unwrap();
}

/// A message of the wire format: field numbers with their bytes.
fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![];
    for (number, content) in fields {
        bytes.push(number << 3 | 2);
        assert!(content.len() < 128);
        bytes.push(content.len() as u8);
        bytes.extend(*content);
    }
    bytes
}

/// A model with one weight of two floats that lies in another file.
fn with_weight_in(location: &str) -> Vec<u8> {
    let place = message(&[(1, b"location"), (2, location.as_bytes())]);
    // dims (1) as one packed number, data_type (2) is float, data_location (14) is external.
    let mut tensor = message(&[(1, &[2]), (8, b"w"), (13, &place)]);
    tensor.extend([2 << 3, 1, 14 << 3, 1]);
    let graph = message(&[(5, &tensor)]);
    let mut model = vec![1 << 3, 8];
    model.extend(message(&[(7, &graph), (8, &[2 << 3, 18])]));
    model
}

#[test]
fn m05_weights_in_other_files_lie_beneath_the_model_and_are_plain_files() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(folder.path().join("secret"), [0; 8]).unwrap();
    std::fs::write(model.join("weights"), [0; 8]).unwrap();
    std::fs::write(model.join("short"), [0; 7]).unwrap();
    std::os::unix::fs::symlink("../secret", model.join("link")).unwrap();
    std::fs::hard_link(folder.path().join("secret"), model.join("hard")).unwrap();
    let load = |location: &str| {
        let bytes = with_weight_in(location).into();
        let source = Source { format: Format::Onnx, bytes, folder: Some(model.clone()) };
        score::load(&source, &Options { choice: score::Choice::Native, ..Options::default() })
    };
    assert!(load("weights").is_ok(), "{:?}", load("weights"));
    for location in ["../secret", "/etc/passwd", "a/../../secret", "link", "hard", "short", "."] {
        let error = load(location).unwrap_err();
        assert!(matches!(error, score::Error::Onnx(_)), "{location}: {error}");
    }
}
