//! A graph as steps over numbered slots, which a request, or an operator with a graph of its own, fills from first to last.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use super::given::Given;
use super::weights::tensor_of;
use super::{Inputs, LARGEST, Operator, ml, ops};
use crate::model::onnx::{self, Node};
use crate::model::score::Error;
use crate::model::score::engine::{Stop, Value};

/// Steps, and where what they give is found.
#[derive(Debug)]
pub(super) struct Steps {
    constants: Vec<Value>,
    steps: Vec<Step>,
    /// Where the outputs of the graph are.
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

/// What nodes need to know of the model around them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Domains of operators and their versions.
    pub(super) opsets: &'a [(&'a str, i64)],
    /// Whether an input of the model has 64-bit floats.
    pub(super) has_doubles: bool,
    pub(super) folder: Option<&'a Path>,
}

impl Steps {
    /// Makes a graph ready; fails with [`Error::Unsupported`] where another engine must do it.
    pub(super) fn of(graph: &onnx::Graph<'_>, around: Around<'_>) -> Result<Self, Error> {
        let mut names = Names::default();
        for input in graph.true_inputs() {
            let slot = names.made();
            names.put(input.name, slot)?;
        }
        let mut constants = vec![];
        for stored in &graph.initializers {
            names.put(stored.name, Slot::Constant(constants.len()))?;
            constants.push(Value::Tensor(tensor_of(stored, around.folder)?));
        }
        let mut steps = vec![];
        for node in &graph.nodes {
            let given = Given { node, opset: opset_of(around.opsets, node.domain), around };
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
        Ok(Self { constants, steps, answers, slots: names.slots })
    }

    pub(super) fn cost(&self) -> u64 {
        self.steps.iter().map(|step| step.operator.cost()).sum()
    }

    pub(super) fn mix_rows(&self) -> bool {
        self.steps.iter().any(|step| step.operator.mixes_rows())
    }

    /// Returns the outputs of the graph; nothing for one that no step has made.
    pub(super) fn answers(
        &self,
        given: Vec<Value>,
        stop: &Stop,
    ) -> Result<Vec<Option<Value>>, Error> {
        let mut made = self.run(given, stop)?;
        let answer = |(index, slot): (usize, &Slot)| {
            let later = &self.answers[index + 1..];
            let again =
                |other: &Slot| matches!((other, slot), (Slot::Made(a), Slot::Made(b)) if a == b);
            match *slot {
                Slot::Constant(at) => Some(self.constants[at].clone()),
                Slot::Made(at) if later.iter().any(again) => made[at].clone(),
                Slot::Made(at) => made[at].take(),
            }
        };
        Ok(self.answers.iter().enumerate().map(answer).collect())
    }

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

fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn opset_of(opsets: &[(&str, i64)], domain: &str) -> i64 {
    let same = |known: &str| known == domain || (is_standard(known) && is_standard(domain));
    let found = opsets.iter().find(|(known, _)| same(known));
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
    known: HashMap<Cow<'a, str>, Slot>,
    slots: usize,
}

impl<'a> Names<'a> {
    const fn made(&mut self) -> Slot {
        self.slots += 1;
        Slot::Made(self.slots - 1)
    }

    fn put(&mut self, name: &'a str, slot: Slot) -> Result<(), Error> {
        self.insert(Cow::Borrowed(name), slot)
    }

    fn put_owned(&mut self, name: &str, slot: Slot) -> Result<(), Error> {
        self.insert(Cow::Owned(name.to_owned()), slot)
    }

    fn insert(&mut self, name: Cow<'a, str>, slot: Slot) -> Result<(), Error> {
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
