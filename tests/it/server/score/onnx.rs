//! Small ONNX models, written field by field.

/// Messages of the wire format.
#[derive(Debug, Default, Clone)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value > 127 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.as_ref().len() as u64);
        self.0.extend(bytes.as_ref());
        self
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

const FLOAT: u64 = 1;
const LONG: u64 = 7;

/// A tensor that goes in or comes out; no length is any.
fn port(name: &str, element: u64, shape: &[Option<u64>]) -> Message {
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
    let width = width as u64;
    let matrix = Message::default().number(1, width).number(1, width).number(2, FLOAT);
    let matrix = matrix.bytes(8, "W").bytes(9, weights);
    let graph = Message::default()
        .bytes(1, node("MatMul", &["X", "W"]))
        .bytes(5, matrix)
        .bytes(11, port("X", FLOAT, &[None, Some(width)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(width)]));
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

/// One operator of `X`.
pub(super) fn single(operator: &str) -> Vec<u8> {
    let graph = Message::default()
        .bytes(1, node(operator, &["X"]))
        .bytes(11, port("X", FLOAT, &[None, Some(4)]))
        .bytes(12, port("Y", FLOAT, &[None, Some(4)]));
    model(graph)
}

/// `Y = X`, rows of `width` numbers.
pub(super) fn identity(width: u64) -> Vec<u8> {
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
