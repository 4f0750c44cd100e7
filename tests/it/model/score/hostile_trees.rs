//! Trees in ONNX that mean harm: circles, places out of range, numbers that promise more than there is.

use std::sync::Arc;

use mls::model::score::{self, Choice, Data, Format, Input, Options, Output, Source, Stop, Tensor};

use crate::support::protobuf::Message;

/// The value of an attribute.
#[derive(Clone)]
enum Value {
    Int(i64),
    Ints(Vec<i64>),
    Floats(Vec<f32>),
    Texts(Vec<&'static str>),
    /// A list of bytes as a tensor.
    Bytes(Vec<u8>),
    /// A list of floats as a tensor.
    Reals(Vec<f32>),
}

use Value::{Bytes, Floats, Int, Ints, Reals, Texts};

type Attributes = Vec<(&'static str, Value)>;

fn packed(all: &[f32]) -> Vec<u8> {
    all.iter().flat_map(|one| one.to_le_bytes()).collect()
}

fn tensor(element: i64, count: usize, raw: &[u8]) -> Message {
    Message::default().number(1, count as i64).number(2, element).bytes(9, raw)
}

fn attribute(name: &str, value: &Value) -> Message {
    let named = Message::default().bytes(1, name);
    match value {
        Int(one) => named.number(3, *one).number(20, 2),
        Ints(all) => {
            let mut list = Message::default();
            all.iter().for_each(|one| list.varint(one.cast_unsigned()));
            named.bytes(8, list).number(20, 7)
        }
        Floats(all) => named.bytes(7, packed(all)).number(20, 6),
        Texts(all) => all.iter().fold(named, |named, one| named.bytes(9, one)).number(20, 8),
        Bytes(all) => named.bytes(5, tensor(2, all.len(), all)).number(20, 4),
        Reals(all) => named.bytes(5, tensor(1, all.len(), &packed(all))).number(20, 4),
    }
}

fn load(operator: &str, attributes: &Attributes) -> Result<Box<dyn score::Engine>, score::Error> {
    let node = Message::default().bytes(1, "X").bytes(2, "Y").bytes(4, operator);
    let node = attributes
        .iter()
        .fold(node, |node, (name, value)| node.bytes(5, attribute(name, value)))
        .bytes(7, "ai.onnx.ml");
    let port = |name: &str| {
        let open = Message::default().bytes(1, Message::default().bytes(2, "N"));
        let shape = open.bytes(1, Message::default().number(1, 1));
        let kind = Message::default().bytes(1, Message::default().number(1, 1).bytes(2, shape));
        Message::default().bytes(1, name).bytes(2, kind)
    };
    let graph = Message::default().bytes(1, node).bytes(2, "g");
    let graph = graph.bytes(11, port("X")).bytes(12, port("Y"));
    let opset = Message::default().bytes(1, "ai.onnx.ml").number(2, 5);
    let model = Message::default().number(1, 9).bytes(7, graph).bytes(8, opset);
    let source = Source { format: Format::Onnx, bytes: Arc::from(model.0), folder: None };
    score::load(&source, &Options { choice: Choice::Native, ..Options::default() })
}

fn asked(engine: &dyn score::Engine, x: f32) -> f32 {
    let tensor = Tensor::new(&[1, 1], Data::F32(vec![x])).unwrap();
    let input = Input::Tensors(vec![("X".to_owned(), tensor)]);
    let Output::Values(values) = engine.predict(&input, &Stop::default()).unwrap() else {
        panic!("no values")
    };
    match &values[0].1 {
        score::Value::Tensor(tensor) => match tensor.data() {
            Data::F32(all) => all[0],
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// One branch at 0.5, and two leaves.
fn lists() -> Attributes {
    vec![
        ("n_targets", Int(1)),
        ("nodes_treeids", Ints(vec![0, 0, 0])),
        ("nodes_nodeids", Ints(vec![0, 1, 2])),
        ("nodes_featureids", Ints(vec![0, 0, 0])),
        ("nodes_values", Floats(vec![0.5, 0.0, 0.0])),
        ("nodes_modes", Texts(vec!["BRANCH_LEQ", "LEAF", "LEAF"])),
        ("nodes_truenodeids", Ints(vec![1, 0, 0])),
        ("nodes_falsenodeids", Ints(vec![2, 0, 0])),
        ("target_treeids", Ints(vec![0, 0])),
        ("target_nodeids", Ints(vec![1, 2])),
        ("target_ids", Ints(vec![0, 0])),
        ("target_weights", Floats(vec![1.0, 2.0])),
    ]
}

/// The same in the form of version 5.
fn tensors() -> Attributes {
    vec![
        ("n_targets", Int(1)),
        ("tree_roots", Ints(vec![0])),
        ("nodes_modes", Bytes(vec![0])),
        ("nodes_featureids", Ints(vec![0])),
        ("nodes_splits", Reals(vec![0.5])),
        ("nodes_truenodeids", Ints(vec![0])),
        ("nodes_trueleafs", Ints(vec![1])),
        ("nodes_falsenodeids", Ints(vec![1])),
        ("nodes_falseleafs", Ints(vec![1])),
        ("leaf_targetids", Ints(vec![0, 0])),
        ("leaf_weights", Reals(vec![1.0, 2.0])),
    ]
}

fn with(mut attributes: Attributes, name: &str, value: Value) -> Attributes {
    attributes.iter_mut().find(|(own, _)| *own == name).unwrap().1 = value;
    attributes
}

#[test]
fn m07_trees_with_circles_and_places_out_of_range_are_refused() {
    let engine = load("TreeEnsembleRegressor", &lists()).unwrap();
    assert_eq!((asked(engine.as_ref(), 0.0), asked(engine.as_ref(), 1.0)), (1.0, 2.0));
    let cases = [
        ("nodes_falsenodeids", Ints(vec![1, 0, 0]), "reached twice"),
        ("nodes_truenodeids", Ints(vec![9, 0, 0]), "not in its tree"),
        ("nodes_truenodeids", Ints(vec![-1, 0, 0]), "not in its tree"),
        ("nodes_falsenodeids", Ints(vec![i64::MAX, 0, 0]), "not in its tree"),
        ("nodes_featureids", Ints(vec![i64::MAX, 0, 0]), "feature"),
        ("nodes_featureids", Ints(vec![-1, 0, 0]), "feature"),
        ("nodes_nodeids", Ints(vec![0, 1, 1]), "stands twice"),
        ("nodes_treeids", Ints(vec![0, 0, 1]), "a weight without a node"),
        ("nodes_treeids", Ints(vec![0, 0]), "a node stands twice"),
        ("nodes_values", Floats(vec![0.5]), "different lengths"),
        ("nodes_modes", Texts(vec!["EVIL", "LEAF", "LEAF"]), "mode `EVIL`"),
        ("n_targets", Int(0), "targets"),
        ("n_targets", Int(i64::MAX), "targets"),
        ("n_targets", Int(-1), "targets"),
        ("target_ids", Ints(vec![0, 1]), "not there"),
        ("target_ids", Ints(vec![0, i64::MIN]), "not there"),
        ("target_nodeids", Ints(vec![1, 7]), "without a node"),
        ("target_weights", Floats(vec![1.0]), "as many weights"),
    ];
    for (name, value, reason) in cases {
        let refused = load("TreeEnsembleRegressor", &with(lists(), name, value)).unwrap_err();
        assert!(refused.to_string().contains(reason), "{name}: {refused}");
    }
    // Each is another's child: there is no root, and no end.
    let circle = with(lists(), "nodes_modes", Texts(vec!["BRANCH_LEQ"; 3]));
    let circle = with(circle, "nodes_truenodeids", Ints(vec![1, 2, 0]));
    let circle = with(circle, "nodes_falsenodeids", Ints(vec![2, 0, 1]));
    let refused = load("TreeEnsembleRegressor", &circle).unwrap_err();
    assert!(refused.to_string().contains("reached twice"), "{refused}");
}

#[test]
fn m07_trees_of_version_five_with_circles_and_places_out_of_range_are_refused() {
    let engine = load("TreeEnsemble", &tensors()).unwrap();
    assert_eq!((asked(engine.as_ref(), 0.0), asked(engine.as_ref(), 1.0)), (1.0, 2.0));
    let cases = [
        // Each node would be its own child: as many trees as anyone waits for.
        ("nodes_trueleafs", Ints(vec![0]), "in two places"),
        ("tree_roots", Ints(vec![0; 100_000]), "in two places"),
        ("tree_roots", Ints(vec![1]), "out of range"),
        ("tree_roots", Ints(vec![-1]), "negative root"),
        ("tree_roots", Ints(vec![i64::MAX]), "out of range"),
        ("nodes_falsenodeids", Ints(vec![2]), "not there"),
        ("nodes_falsenodeids", Ints(vec![-2]), "negative child"),
        ("nodes_featureids", Ints(vec![i64::MAX]), "feature"),
        ("nodes_modes", Bytes(vec![9]), "mode"),
        ("nodes_modes", Bytes(vec![]), "different lengths"),
        ("n_targets", Int(1 << 40), "targets"),
        ("leaf_targetids", Ints(vec![0, 5]), "not there"),
    ];
    for (name, value, reason) in cases {
        let refused = load("TreeEnsemble", &with(tensors(), name, value)).unwrap_err();
        assert!(refused.to_string().contains(reason), "{name}: {refused}");
    }
}

#[test]
fn m07_a_border_that_is_no_number_is_passed_by_nothing() {
    let nan = with(lists(), "nodes_values", Floats(vec![f32::NAN, 0.0, 0.0]));
    let engine = load("TreeEnsembleRegressor", &nan).unwrap();
    let answers = [f32::NEG_INFINITY, 0.0, f32::NAN].map(|x| asked(engine.as_ref(), x));
    assert_eq!(answers, [2.0; 3]);
}

#[test]
fn m07_a_tree_that_is_a_chain_of_a_hundred_thousand_is_walked() {
    // Node 2n decides, node 2n + 1 is a leaf.
    let depth = 100_000_i64;
    let inner = |at: i64| at % 2 == 0 && at < 2 * depth;
    let all = || 0..=2 * depth;
    let list =
        |of: fn(i64) -> i64| Ints(all().map(|at| if inner(at) { of(at) } else { 0 }).collect());
    let leaf = |at: i64| if inner(at) { "BRANCH_LEQ" } else { "LEAF" };
    let attributes = vec![
        ("n_targets", Int(1)),
        ("nodes_treeids", list(|_| 0)),
        ("nodes_nodeids", Ints(all().collect())),
        ("nodes_featureids", list(|_| 0)),
        ("nodes_values", Floats(all().map(|at| (depth - at / 2) as f32).collect())),
        ("nodes_modes", Texts(all().map(leaf).collect())),
        ("nodes_truenodeids", list(|at| at + 2)),
        ("nodes_falsenodeids", list(|at| at + 1)),
        ("target_treeids", Ints(vec![0])),
        ("target_nodeids", Ints(vec![2 * depth])),
        ("target_ids", Ints(vec![0])),
        ("target_weights", Floats(vec![7.0])),
    ];
    let engine = load("TreeEnsembleRegressor", &attributes).unwrap();
    assert_eq!((asked(engine.as_ref(), 0.0), asked(engine.as_ref(), 50.0)), (7.0, 0.0));
}
