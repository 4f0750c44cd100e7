//! Files of models that mean harm: refused with a reason, without a panic, without the memory they ask for.

use std::sync::Arc;

use mls::model::score::{self, Format, Options, Source};
use proptest::prelude::*;

use super::cases::{Case, all, boosted};

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
    turn_over(&cases.iter().filter(|case| case.is_small()).collect::<Vec<_>>(), 300);
}

#[test]
fn m06_damaged_models_of_boosted_trees_are_refused_and_never_a_panic() {
    let Some(cases) = boosted() else { return };
    turn_over(&cases.iter().collect::<Vec<_>>(), 400);
}

/// Loads files with a byte changed, a byte more, or cut off; and asks what loads all the same.
fn turn_over(files: &[&Case], rounds: u32) {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: if std::env::var_os("MLS_PROOF").is_some_and(|size| size == "full") {
            rounds * 20
        } else {
            rounds
        },
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    runner
        .run(&change, |(file, at, byte, how)| {
            let case = file.get(files);
            let mut bytes = case.bytes();
            let at = at.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => bytes[at] = byte,
                _ => {
                    bytes.insert(at, byte);
                }
            }
            if let Ok(engine) = load(case.format(), &bytes) {
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

/// A model of XGBoost with one tree of three nodes; `change` tells what is wrong with it.
fn xgboost(
    change: impl FnOnce(&mut serde_json::Value),
) -> Result<Box<dyn score::Engine>, score::Error> {
    let mut model = serde_json::json!({"learner": {
        "learner_model_param": {"base_score": "0.5", "num_class": "0", "num_feature": "2"},
        "objective": {"name": "reg:squarederror"},
        "gradient_booster": {"name": "gbtree", "model": {"tree_info": [0], "trees": [{
            "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [1, 0, 0],
            "split_conditions": [0.5, 1.0, 2.0], "default_left": [1, 0, 0], "split_type": [0, 0, 0],
        }]}},
    }});
    change(&mut model);
    load(Format::XgboostJson, model.to_string().as_bytes())
}

#[test]
fn m06_trees_with_circles_and_places_out_of_range_are_refused() {
    use serde_json::{Value, json};
    assert!(xgboost(|_| {}).is_ok());
    let tree = "/learner/gradient_booster/model/trees/0";
    let learner = "/learner/learner_model_param";
    let cases: [(String, Value, &str); 14] = [
        (format!("{tree}/left_children"), json!([0, -1, -1]), "reached twice"),
        (format!("{tree}/left_children"), json!([2, -1, -1]), "reached twice"),
        (format!("{tree}/left_children"), json!([3, -1, -1]), "no such node"),
        (format!("{tree}/left_children"), json!([1, 0, -1]), "one child"),
        (format!("{tree}/left_children"), json!([1]), "different lengths"),
        (format!("{tree}/left_children"), json!([]), "different lengths"),
        (format!("{tree}/split_indices"), json!([2, 0, 0]), "rows do not have"),
        (format!("{tree}/split_indices"), json!([u64::MAX, 0, 0]), "rows do not have"),
        (format!("{tree}/split_type"), json!([1, 0, 0]), "no categories"),
        ("/learner/gradient_booster/model/tree_info".into(), json!([1]), "not there"),
        (format!("{learner}/num_feature"), json!("9223372036854775807"), "features"),
        (format!("{learner}/num_class"), json!("99999999999"), "numbers a row"),
        (format!("{learner}/base_score"), json!("[1,2]"), "base score"),
        ("/learner/objective/name".into(), json!("reg:evil"), "not known"),
    ];
    for (place, value, reason) in cases {
        let error = xgboost(|model| *model.pointer_mut(&place).unwrap() = value).unwrap_err();
        assert!(error.to_string().contains(reason), "{place}: {error}");
    }
}

#[test]
fn m06_lists_that_claim_more_than_there_is_are_refused() {
    for bytes in [
        &b"{L\0\0\0\0\0\0\0\x07learner[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"[..],
        b"{L\0\0\0\0\0\0\0\x07learner[$Z#l\x7f\xff\xff\xff",
        b"{L\xff\xff\xff\xff\xff\xff\xff\xfflearner",
        &[&b"{i\x07learner"[..], &b"[".repeat(1_000_000)].concat(),
        &[&b"{i\x07learner"[..], &b"{i\x01a".repeat(1_000_000)].concat(),
    ] {
        assert!(matches!(load(Format::XgboostUbj, bytes), Err(score::Error::BadModel(_))));
    }
    let deep = [&b"{\"learner\":"[..], &b"[".repeat(1_000_000)].concat();
    assert!(matches!(load(Format::XgboostJson, &deep), Err(score::Error::BadModel(_))));
    for tree in [
        "num_leaves=0",
        "num_leaves=4000000000",
        "num_leaves=1\nleaf_value=1 2",
        "num_leaves=2\nleaf_value=1 2\nsplit_feature=7\nthreshold=0\ndecision_type=1\nleft_child=-1\nright_child=-2",
    ] {
        let text = format!(
            "tree\nnum_tree_per_iteration=1\nmax_feature_idx=7\n\nTree=0\n{tree}\nend of trees\n"
        );
        let loaded = load(Format::LightgbmText, text.as_bytes());
        assert!(matches!(loaded, Err(score::Error::BadModel(_))), "{tree}: {loaded:?}");
    }
}

#[test]
fn categories_of_catboost_are_left_to_its_library() {
    let Some(folder) = boosted().and_then(|cases| cases.first()).map(Case::folder) else { return };
    for name in ["counters", "onehot"] {
        for (end, format) in [("cbm", Format::CatboostBinary), ("json", Format::CatboostJson)] {
            let bytes = std::fs::read(folder.join(format!("refused_{name}.{end}"))).unwrap();
            let refused = load(format, &bytes);
            assert!(
                matches!(refused, Err(score::Error::Unsupported { .. })),
                "{name}: {refused:?}"
            );
        }
    }
}
