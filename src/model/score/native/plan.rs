//! From a graph to steps over numbered slots, and through them with a request.

use std::collections::HashMap;
use std::path::Path;

use super::given::Given;
use super::weights::tensor_of;
use super::{Inputs, LARGEST, Operator, ml, ops};
use crate::model::onnx::{self, Kind, Node};
use crate::model::score::engine::{Engine, Input, Output, Port, PortKind, Stop, Value};
use crate::model::score::{Element, Error, ports, tensors_for};

/// A graph of operators that are all ours.
#[derive(Debug)]
pub(in crate::model::score) struct Native {
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    constants: Vec<Value>,
    steps: Vec<Step>,
    /// Where the outputs of the model are.
    answers: Vec<Slot>,
    slots: usize,
}

#[derive(Debug)]
struct Step {
    name: String,
    kind: String,
    operator: Box<dyn Operator>,
    inputs: Vec<Option<Slot>>,
    /// First slot of the outputs, and how many the node names.
    first: usize,
    count: usize,
}

/// Where a value is: among the weights, or among what a request has brought and steps have made.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Constant(usize),
    Made(usize),
}

impl Native {
    /// Makes a graph ready; fails with [`Error::Unsupported`] where another engine must do it.
    pub(in crate::model::score) fn load(
        model: &onnx::Model<'_>,
        folder: Option<&Path>,
    ) -> Result<Self, Error> {
        let graph = &model.graph;
        if graph.sparse > 0 || model.functions > 0 {
            let what = if graph.sparse > 0 { "sparse weights" } else { "functions of the model" };
            return Err(Error::Engine { engine: "native", reason: format!("{what} are not read") });
        }
        let (inputs, outputs) = ports::of(graph)?;
        let mut names = Names::default();
        for input in graph.true_inputs() {
            let slot = names.made();
            names.put(input.name, slot)?;
        }
        let has_doubles = inputs
            .iter()
            .any(|port| matches!(port.kind, PortKind::Tensor { element: Element::F64, .. }));
        let mut constants = vec![];
        for stored in &graph.initializers {
            names.put(stored.name, Slot::Constant(constants.len()))?;
            constants.push(Value::Tensor(tensor_of(stored, folder)?));
        }
        let mut steps = vec![];
        for node in &graph.nodes {
            let given = Given { node, opset: opset_of(model, node.domain), has_doubles, folder };
            if node.operator == "Constant" && is_standard(node.domain) {
                let value = ops::constant(&given)?;
                let [name] = node.outputs[..] else { return Err(given.bad("one output")) };
                names.put(name, Slot::Constant(constants.len()))?;
                constants.push(Value::Tensor(value));
                continue;
            }
            steps.push(step(&given, &mut names)?);
        }
        let answers = graph.outputs.iter().map(|output| names.get(output.name));
        let answers = answers.collect::<Result<_, _>>()?;
        Ok(Self { inputs, outputs, constants, steps, answers, slots: names.slots })
    }
}

fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn opset_of(model: &onnx::Model<'_>, domain: &str) -> i64 {
    let same = |known: &str| known == domain || (is_standard(known) && is_standard(domain));
    let found = model.opsets.iter().find(|(known, _)| same(known));
    found.map_or(1, |(_, version)| *version)
}

fn step(given: &Given<'_>, names: &mut Names<'_>) -> Result<Step, Error> {
    let node: &Node<'_> = given.node;
    let operator = match node.domain {
        "" | "ai.onnx" | "com.microsoft" => ops::make(given)?,
        "ai.onnx.ml" => ml::make(given)?,
        other => return Err(given.unsupported(format!("domain `{}`", other.escape_debug()))),
    };
    let inputs = node.inputs.iter().map(|name| match *name {
        "" => Ok(None),
        name => names.get(name).map(Some),
    });
    let inputs = inputs.collect::<Result<_, _>>()?;
    let (first, count) = (names.slots, node.outputs.len());
    if count > 10_000 {
        return Err(given.bad("too many outputs"));
    }
    let own: &[&str] = &node.outputs;
    for name in own {
        let slot = names.made();
        if !name.is_empty() {
            // A name that stands already would make a graph that depends on the order of its nodes.
            names.put_owned(name, slot)?;
        }
    }
    Ok(Step {
        name: node.name.to_owned(),
        kind: node.operator.to_owned(),
        operator,
        inputs,
        first,
        count,
    })
}

/// Names of values, each given once.
#[derive(Debug, Default)]
struct Names<'a> {
    known: HashMap<std::borrow::Cow<'a, str>, Slot>,
    slots: usize,
}

impl<'a> Names<'a> {
    const fn made(&mut self) -> Slot {
        self.slots += 1;
        Slot::Made(self.slots - 1)
    }

    fn put(&mut self, name: &'a str, slot: Slot) -> Result<(), Error> {
        self.insert(std::borrow::Cow::Borrowed(name), slot)
    }

    fn put_owned(&mut self, name: &str, slot: Slot) -> Result<(), Error> {
        self.insert(std::borrow::Cow::Owned(name.to_owned()), slot)
    }

    fn insert(&mut self, name: std::borrow::Cow<'a, str>, slot: Slot) -> Result<(), Error> {
        let twice = format!("two values have the name `{}`", name.escape_debug());
        match self.known.insert(name, slot) {
            None => Ok(()),
            Some(_) => Err(Error::BadModel(twice)),
        }
    }

    /// A name that comes later, or in a circle, is not known: nodes stand in the order in which they run.
    fn get(&self, name: &str) -> Result<Slot, Error> {
        let unknown = || format!("nothing before it makes the value `{}`", name.escape_debug());
        self.known.get(name).copied().ok_or_else(|| Error::BadModel(unknown()))
    }
}

impl Native {
    fn run(&self, given: Vec<Value>, stop: &Stop) -> Result<Vec<Option<Value>>, Error> {
        let mut made: Vec<Option<Value>> = Vec::with_capacity(self.slots);
        made.extend(given.into_iter().map(Some));
        let mut room = LARGEST;
        for step in &self.steps {
            stop.check()?;
            let inputs = step.inputs.iter().map(|slot| slot.and_then(|slot| self.at(slot, &made)));
            let mut outputs = step.operator.run(&Inputs(inputs.collect())).map_err(|reason| {
                Error::Failed { operator: step.kind.clone(), node: step.name.clone(), reason }
            })?;
            outputs.truncate(step.count);
            // Many values, none of them too large, are too many together.
            let taken = outputs.iter().map(elements).sum();
            room = room.checked_sub(taken).ok_or(Error::TooLarge(LARGEST))?;
            debug_assert_eq!(made.len(), step.first);
            made.extend(outputs.into_iter().map(Some));
            made.resize(step.first + step.count, None);
        }
        Ok(made)
    }

    fn at<'a>(&'a self, slot: Slot, made: &'a [Option<Value>]) -> Option<&'a Value> {
        match slot {
            Slot::Constant(index) => Some(&self.constants[index]),
            Slot::Made(index) => made[index].as_ref(),
        }
    }
}

const fn elements(value: &Value) -> usize {
    match value {
        Value::Tensor(tensor) | Value::Maps { rows: tensor, .. } => tensor.len(),
    }
}

impl Engine for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn rows_are_independent(&self) -> bool {
        let all = self.inputs.iter().chain(&self.outputs);
        all.clone().count() > 0
            && all.clone().all(Port::has_rows)
            && !self.steps.iter().any(|step| step.operator.mixes_rows())
    }

    fn cost(&self) -> u64 {
        self.steps.iter().map(|step| step.operator.cost()).sum()
    }

    fn predict(&self, input: &Input, stop: &Stop) -> Result<Output, Error> {
        let given = tensors_for(&self.inputs, input)?;
        let mut made = self.run(given.into_iter().map(Value::Tensor).collect(), stop)?;
        let answer = |(index, (slot, port)): (usize, (&Slot, &Port))| {
            let is_last = |index: usize| {
                let later = self.answers[index + 1..].iter();
                !later
                    .clone()
                    .any(|other| matches!((other, slot), (Slot::Made(a), Slot::Made(b)) if a == b))
            };
            let value = match *slot {
                Slot::Constant(at) => Some(self.constants[at].clone()),
                Slot::Made(at) if is_last(index) => made[at].take(),
                Slot::Made(at) => made[at].clone(),
            };
            let missing = || Error::Failed {
                operator: "output".to_owned(),
                node: port.name.clone(),
                reason: "nothing was made for it".to_owned(),
            };
            Ok((port.name.clone(), value.ok_or_else(missing)?))
        };
        let answers = self.answers.iter().zip(&self.outputs).enumerate();
        Ok(Output::Values(answers.map(answer).collect::<Result<_, Error>>()?))
    }
}

/// Whether the model has an operator for which our own evaluator is the right one.
pub(in crate::model::score) fn is_classical(model: &onnx::Model<'_>) -> bool {
    let nodes = &model.graph.nodes;
    let is_wide = |node: &Node<'_>| matches!(node.operator, "MatMul" | "Gemm" | "Conv");
    let takes_doubles = |kind: &Kind<'_>| matches!(kind, Kind::Tensor { element: 11, .. });
    nodes.iter().any(|node| node.domain == "ai.onnx.ml")
        || !nodes.iter().any(is_wide)
        || model.graph.inputs.iter().any(|input| takes_doubles(&input.kind))
}
