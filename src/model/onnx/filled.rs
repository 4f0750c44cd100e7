//! What convolutions and pools leave out, written into them. An engine that looks at one node alone knows what it means
//! only where it tells the shape of its kernel.

use std::collections::{BTreeMap, HashMap};

use super::wire::{Fields, Value, put};
use super::{Error, Graph, Node};

/// An attribute that is a list of numbers.
type Missing = (&'static str, Vec<u64>);

/// `AttributeProto.INTS`
const INTS: u64 = 7;

/// Returns the model that `graph` was read from with what is left out; nothing where it has all.
pub fn filled(bytes: &[u8], graph: &Graph<'_>) -> Result<Option<Vec<u8>>, Error> {
    let weights = graph.initializers.iter().map(|tensor| (tensor.name, &tensor.dims[..]));
    let weights: HashMap<&str, &[u64]> = weights.collect();
    let missing = graph.nodes.iter().enumerate();
    let missing = missing.filter_map(|(at, node)| Some((at, missing_in(node, &weights)?)));
    let missing: BTreeMap<usize, Missing> = missing.collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let mut model = Vec::with_capacity(bytes.len());
    for field in Fields::of(bytes) {
        match field? {
            (7, Value::Bytes(graph)) => {
                put(&mut model, 7, Value::Bytes(&graph_filled(graph, &missing)?));
            }
            (number, value) => put(&mut model, number, value),
        }
    }
    Ok(Some(model))
}

fn missing_in(node: &Node<'_>, weights: &HashMap<&str, &[u64]>) -> Option<Missing> {
    let told = |name: &str| node.attributes.iter().any(|(own, _)| *own == name);
    if !matches!(node.domain, "" | "ai.onnx") {
        return None;
    }
    match node.operator {
        // Whatever tells all these needs no default, and large weights are copied along.
        _ if ["strides", "dilations", "pads"].into_iter().all(told) => None,
        "Conv" | "ConvTranspose" | "ConvInteger" if !told("kernel_shape") => {
            let kernel = weights.get(node.inputs.get(1)?)?;
            Some(("kernel_shape", kernel.get(2..)?.to_vec()))
        }
        "MaxPool" | "AveragePool" if !told("strides") => {
            let (_, kernel) = node.attributes.iter().find(|(name, _)| *name == "kernel_shape")?;
            let super::Attribute::Ints(kernel) = kernel else { return None };
            Some(("strides", vec![1; kernel.len()]))
        }
        _ => None,
    }
}

fn graph_filled(bytes: &[u8], missing: &BTreeMap<usize, Missing>) -> Result<Vec<u8>, Error> {
    let (mut graph, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for field in Fields::of(bytes) {
        let (number, value) = field?;
        let (1, Value::Bytes(node)) = (number, value) else {
            put(&mut graph, number, value);
            continue;
        };
        match missing.get(&at) {
            None => put(&mut graph, 1, value),
            Some((name, list)) => {
                let mut node = node.to_vec();
                put(&mut node, 5, Value::Bytes(&attribute(name, list)));
                put(&mut graph, 1, Value::Bytes(&node));
            }
        }
        at += 1;
    }
    Ok(graph)
}

fn attribute(name: &str, list: &[u64]) -> Vec<u8> {
    let mut attribute = vec![];
    put(&mut attribute, 1, Value::Bytes(name.as_bytes()));
    list.iter().for_each(|one| put(&mut attribute, 8, Value::Varint(*one)));
    put(&mut attribute, 20, Value::Varint(INTS));
    attribute
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::onnx::{Attribute, read};

    fn node(operator: &str, attributes: &[(&str, &[u64])]) -> Vec<u8> {
        let mut node = vec![];
        ["x", "w"].iter().for_each(|name| put(&mut node, 1, Value::Bytes(name.as_bytes())));
        put(&mut node, 4, Value::Bytes(operator.as_bytes()));
        for (name, list) in attributes {
            put(&mut node, 5, Value::Bytes(&attribute(name, list)));
        }
        node
    }

    fn model(nodes: &[Vec<u8>]) -> Vec<u8> {
        let (mut graph, mut weights, mut model) = (vec![], vec![], vec![]);
        [4, 2, 3, 5].iter().for_each(|dim| put(&mut weights, 1, Value::Varint(*dim)));
        put(&mut weights, 2, Value::Varint(1));
        put(&mut weights, 8, Value::Bytes(b"w"));
        put(&mut weights, 9, Value::Bytes(&[0; 480]));
        nodes.iter().for_each(|node| put(&mut graph, 1, Value::Bytes(node)));
        put(&mut graph, 5, Value::Bytes(&weights));
        put(&mut model, 1, Value::Varint(8));
        put(&mut model, 7, Value::Bytes(&graph));
        put(&mut model, 8, Value::Bytes(b"\x10\x11"));
        model
    }

    #[test]
    fn shapes_of_kernels_and_steps_of_pools_are_written_in() {
        let bytes = model(&[
            node("Conv", &[]),
            node("Relu", &[]),
            node("MaxPool", &[("kernel_shape", &[2, 2])]),
        ]);
        let before = read(&bytes).expect("it is a model");
        let filled = filled(&bytes, &before.graph).expect("it is read").expect("some is left out");
        let after = read(&filled).expect("it is a model");
        let told = |at: usize| match &after.graph.nodes[at].attributes.last() {
            Some((name, Attribute::Ints(list))) => Some((*name, list.clone())),
            _ => None,
        };
        assert_eq!(told(0), Some(("kernel_shape", vec![3, 5])));
        assert_eq!(told(1), None);
        assert_eq!(told(2), Some(("strides", vec![1, 1])));
        assert_eq!(after.graph.initializers.len(), before.graph.initializers.len());
    }

    #[test]
    fn what_tells_all_stays_as_it_is() {
        let bytes = model(&[
            node("Conv", &[("kernel_shape", &[3, 5])]),
            node("Conv", &[("strides", &[1, 1]), ("dilations", &[1, 1]), ("pads", &[0; 4])]),
            node("MaxPool", &[("kernel_shape", &[2, 2]), ("strides", &[2, 2])]),
            node("MaxPool", &[]),
        ]);
        let read = read(&bytes).expect("it is a model");
        assert!(filled(&bytes, &read.graph).expect("it is read").is_none());
    }
}
