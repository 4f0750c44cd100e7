//! Small ONNX models, written field by field.

use crate::support::protobuf::Message;

const FLOAT: i64 = 1;
const LONG: i64 = 7;
const TEXT: i64 = 8;
const BOOL: i64 = 9;

/// A tensor that goes in or comes out; no length is any.
fn port(name: &str, element: i64, shape: &[Option<i64>]) -> Message {
    let dims = shape.iter().fold(Message::default(), |all, dim| {
        let dim = match dim {
            Some(dim) => Message::default().number(1, *dim),
            None => Message::default().bytes(2, "N"),
        };
        all.bytes(1, dim)
    });
    let tensor = Message::default().number(1, element).bytes(2, dims);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor))
}

fn node(operator: &str, inputs: &[&str]) -> Message {
    let node = inputs.iter().fold(Message::default(), |all, input| all.bytes(1, input));
    node.bytes(2, "Y").bytes(4, operator)
}

fn model(graph: Message) -> Vec<u8> {
    let graph = graph.bytes(2, "made");
    let opset = Message::default().number(2, 17);
    Message::default().number(1, 8).bytes(7, graph).bytes(8, opset).0
}

/// `Y = 2 · X`, rows of `width` numbers, by a matrix: as costly as a network.
pub(super) fn doubling(width: usize) -> Vec<u8> {
    let mut weights = vec![];
    for row in 0..width {
        for column in 0..width {
            let weight: f32 = if row == column { 2.0 } else { 0.0 };
            weights.extend(weight.to_le_bytes());
        }
    }
    let width = width as i64;
    let matrix = Message::default().number(1, width).number(1, width).number(2, FLOAT);
    let matrix = matrix.bytes(8, "W").bytes(9, weights);
    let graph = Message::default()
        .bytes(1, node("MatMul", &["X", "W"]))
        .bytes(5, matrix)
        .bytes(11, port("X", FLOAT, &[None, Some(width)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(width)]));
    model(graph)
}

/// A network that answers an even picture of 8 × 8 with one point of it times `factor`, and has so many bytes of weights
/// besides.
pub(super) fn convolving(factor: f32, besides: usize) -> Vec<u8> {
    let named = |node: Message, output: &str| node.bytes(2, output);
    let operator = |operator: &str, inputs: &[&str], output: &str| {
        let node = inputs.iter().fold(Message::default(), |all, input| all.bytes(1, input));
        named(node, output).bytes(4, operator)
    };
    let mut middle = [0.0; 9];
    middle[4] = factor;
    let middle: Vec<u8> = middle.iter().flat_map(|one| one.to_le_bytes()).collect();
    let weights = |name: &str, dims: &[i64], bytes: &[u8]| {
        let dims = dims.iter().fold(Message::default(), |all, dim| all.number(1, *dim));
        dims.number(2, FLOAT).bytes(8, name).bytes(9, bytes)
    };
    let besides = vec![0; besides];
    // One step at a time, nothing left out, nothing around: exporters write it down.
    let ints = |node: Message, (name, all): (&str, &[i64])| {
        let list =
            all.iter().fold(Message::default().bytes(1, name), |all, one| all.number(8, *one));
        node.bytes(5, list.number(20, 7))
    };
    let plain: [(&str, &[i64]); 3] =
        [("strides", &[1, 1]), ("dilations", &[1, 1]), ("pads", &[0, 0, 0, 0])];
    let convolution = plain.into_iter().fold(operator("Conv", &["X", "W"], "C"), ints);
    let graph = Message::default()
        .bytes(1, convolution)
        .bytes(1, operator("Relu", &["C"], "R"))
        .bytes(1, operator("GlobalAveragePool", &["R"], "P"))
        .bytes(1, operator("Flatten", &["P"], "Y"))
        .bytes(5, weights("W", &[1, 1, 3, 3], &middle))
        .bytes(5, weights("besides", &[besides.len() as i64 / 4], &besides))
        .bytes(11, port("X", FLOAT, &[None, Some(1), Some(8), Some(8)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(1)]));
    model(graph)
}

/// One operator of `X` and `S`, which tells how large its answer is.
pub(super) fn sized(operator: &str) -> Vec<u8> {
    let graph = Message::default()
        .bytes(1, node(operator, &["X", "S"]))
        .bytes(11, port("X", FLOAT, &[None, None]))
        .bytes(11, port("S", LONG, &[None]))
        .bytes(12, port("Y", FLOAT, &[None, None]));
    model(graph)
}

/// `Y` is `X` with one added so often, one after the other, as is told by `M`.
pub(super) fn counting() -> Vec<u8> {
    let scalar = |name: &str, element: i64| port(name, element, &[]);
    let one = Message::default().number(2, FLOAT).bytes(8, "one").bytes(9, 1_f32.to_le_bytes());
    let named = |node: Message, outputs: &[&str]| {
        outputs.iter().fold(node, |node, output| node.bytes(2, output))
    };
    let operator = |operator: &str, inputs: &[&str], outputs: &[&str]| {
        let node = inputs.iter().fold(Message::default(), |all, input| all.bytes(1, input));
        named(node, outputs).bytes(4, operator)
    };
    let body = Message::default()
        .bytes(1, operator("Identity", &["go"], &["on"]))
        .bytes(1, operator("Add", &["x", "one"], &["y"]))
        .bytes(2, "body")
        .bytes(5, one)
        .bytes(11, scalar("i", LONG))
        .bytes(11, scalar("go", BOOL))
        .bytes(11, port("x", FLOAT, &[None, Some(1)]))
        .bytes(12, scalar("on", BOOL))
        .bytes(12, port("y", FLOAT, &[None, Some(1)]));
    let body = Message::default().bytes(1, "body").bytes(6, body).number(20, 5);
    // An input that is left out has an empty name.
    let node = operator("Loop", &["M", "", "X"], &["Y"]).bytes(5, body);
    let graph = Message::default()
        .bytes(1, node)
        .bytes(11, port("X", FLOAT, &[None, Some(1)]))
        .bytes(11, scalar("M", LONG))
        .bytes(12, port("Y", FLOAT, &[None, Some(1)]));
    model(graph)
}

/// A map `X` from names to floats as a row, in the order of `keys`.
pub(super) fn mapped(keys: &[&str]) -> Vec<u8> {
    let list = Message::default().bytes(1, "string_vocabulary").number(20, 8);
    let list = keys.iter().fold(list, |list, key| list.bytes(9, key));
    let value = Message::default().bytes(1, Message::default().number(1, FLOAT));
    let map = Message::default().number(1, 8).bytes(2, value);
    let node = node("DictVectorizer", &["X"]).bytes(7, "ai.onnx.ml").bytes(5, list);
    let graph = Message::default()
        .bytes(1, node)
        .bytes(11, Message::default().bytes(1, "X").bytes(2, Message::default().bytes(5, map)))
        .bytes(12, port("Y", FLOAT, &[None, Some(keys.len() as i64)]));
    of(graph, "ai.onnx.ml")
}

/// Texts `X` cut at spaces.
pub(super) fn cutting() -> Vec<u8> {
    let list = Message::default().bytes(1, "separators").bytes(9, " ").number(20, 8);
    let number =
        |name: &str, value: i64| Message::default().bytes(1, name).number(3, value).number(20, 2);
    let pad = Message::default().bytes(1, "pad_value").bytes(4, "").number(20, 3);
    let node = node("Tokenizer", &["X"]).bytes(7, "com.microsoft").bytes(5, list).bytes(5, pad);
    let node = node.bytes(5, number("mark", 0)).bytes(5, number("mincharnum", 1));
    let graph = Message::default()
        .bytes(1, node)
        .bytes(11, port("X", TEXT, &[None]))
        .bytes(12, port("Y", TEXT, &[None, None]));
    of(graph, "com.microsoft")
}

/// A model with operators of another domain.
fn of(graph: Message, domain: &str) -> Vec<u8> {
    let opset = Message::default().bytes(1, domain).number(2, 1);
    let mut bytes = model(graph);
    bytes.extend(Message::default().bytes(8, opset).0);
    bytes
}

/// One operator of `X`.
pub(super) fn single(operator: &str) -> Vec<u8> {
    let graph = Message::default()
        .bytes(1, node(operator, &["X"]))
        .bytes(11, port("X", FLOAT, &[None, Some(4)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(4)]));
    model(graph)
}

/// `Y = X`, rows of `width` numbers.
pub(super) fn identity(width: i64) -> Vec<u8> {
    let graph = Message::default()
        .bytes(1, node("Identity", &["X"]))
        .bytes(11, port("X", FLOAT, &[None, Some(width)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(width)]));
    model(graph)
}

/// `Y = X + W`, whose `W` lies in another file.
pub(super) fn elsewhere(location: &str) -> Vec<u8> {
    let place = Message::default().bytes(1, "location").bytes(2, location);
    let weight = Message::default().number(1, 4).number(2, FLOAT).bytes(8, "W");
    let weight = weight.bytes(13, place).number(14, 1);
    let graph = Message::default()
        .bytes(1, node("Add", &["X", "W"]))
        .bytes(5, weight)
        .bytes(11, port("X", FLOAT, &[None, Some(4)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(4)]));
    model(graph)
}
