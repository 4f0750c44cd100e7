//! `Scan`: a graph that is run once for each row of some inputs, and hands values on from one time to the next.

use crate::model::score::engine::{Stop, Value};
use crate::model::score::native::given::Given;
use crate::model::score::native::graph::Steps;
use crate::model::score::native::{Inputs, LARGEST, Operator, Outcome};
use crate::model::score::{Error, Tensor};

#[derive(Debug)]
struct Scan {
    body: Steps,
    /// How many values are handed on, and how many inputs are gone through row by row.
    states: usize,
    rows: usize,
}

/// No graph runs more often in one answer.
const MOST: usize = 10_000_000;

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    if given.node.operator != "Scan" {
        return Ok(None);
    }
    let turned =
        ["scan_input_axes", "scan_input_directions", "scan_output_axes", "scan_output_directions"];
    for name in turned {
        if given.ints(name)?.unwrap_or_default().iter().any(|one| *one != 0) {
            return Err(given.unsupported(format!("`{name}`")));
        }
    }
    if given.opset < 9 {
        return Err(given.unsupported("a version with batches"));
    }
    let graph = given.graph("body")?;
    let (inputs, outputs) = (graph.true_inputs().count(), graph.outputs.len());
    let rows = usize::try_from(given.int("num_scan_inputs", 0)?).unwrap_or(0);
    let states = inputs.checked_sub(rows).filter(|states| *states <= outputs && rows > 0);
    let states = states.ok_or_else(|| given.bad("a graph with other inputs and outputs"))?;
    if given.node.inputs.len() != inputs || given.node.outputs.len() > outputs {
        return Err(given.bad("inputs or outputs that its graph has not"));
    }
    let body = Steps::of(graph, given.around).map_err(|error| match error {
        // What it takes from the graph around it is not handed in.
        Error::BadModel(reason) => given.unsupported(reason),
        error => error,
    })?;
    Ok(Some(Box::new(Scan { body, states, rows })))
}

impl Operator for Scan {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let all = inputs.all()?;
        let (first, rows) = all.split_at(self.states.min(all.len()));
        let times = rows.first().and_then(|one| one.shape().first()).copied();
        let times = times.ok_or("an input without rows")?;
        if rows.len() != self.rows || times == 0 || times > MOST {
            return Err(format!("{times} rows to go through"));
        }
        if rows.iter().any(|one| one.shape().first() != Some(&times)) {
            return Err("inputs with more or fewer rows than others".to_owned());
        }
        let mut states: Vec<Value> =
            first.iter().map(|one| Value::Tensor((*one).clone())).collect();
        let mut lists: Vec<Tensor> = vec![];
        for time in 0..times {
            let mut given = states;
            for one in rows {
                given.push(Value::Tensor(row(one, time)?));
            }
            let (next, told) = self.once(given)?;
            states = next;
            add(&mut lists, told, times)?;
        }
        states.extend(lists.into_iter().map(Value::Tensor));
        Ok(states)
    }

    fn mixes_rows(&self) -> bool {
        true
    }

    /// As long as nobody wants to wait for beside other work.
    fn cost(&self) -> u64 {
        1_000_000
    }
}

impl Scan {
    /// Runs the graph once; returns what is handed on, and what is told of this time.
    fn once(&self, given: Vec<Value>) -> Outcome<(Vec<Value>, Vec<Tensor>)> {
        let made = self.body.answers(given, &Stop::default()).map_err(|error| error.to_string())?;
        let mut states = vec![];
        let mut told = vec![];
        for (at, value) in made.into_iter().enumerate() {
            match value {
                Some(Value::Tensor(tensor)) if at < self.states => {
                    states.push(Value::Tensor(tensor));
                }
                Some(Value::Tensor(tensor)) => told.push(tensor),
                _ => return Err("its graph makes no tensor".to_owned()),
            }
        }
        Ok((states, told))
    }
}

/// Returns a row, without the dimension that counts rows.
fn row(tensor: &Tensor, at: usize) -> Outcome<Tensor> {
    let one = tensor.rows(at..at + 1).map_err(|error| error.to_string())?;
    let (shape, data) = one.into_parts();
    Tensor::new(&shape[1..], data).map_err(|error| error.to_string())
}

/// Puts what is told of one time below what was told before.
fn add(lists: &mut Vec<Tensor>, told: Vec<Tensor>, times: usize) -> Outcome<()> {
    for (at, one) in told.into_iter().enumerate() {
        if lists.len() == at {
            if one.len().checked_mul(times).is_none_or(|count| count > LARGEST) {
                return Err("its answers are too large together".to_owned());
            }
            let none = [&[0], one.shape()].concat();
            let none =
                Tensor::new(&none, one.element().none()).map_err(|error| error.to_string())?;
            lists.push(none);
        }
        lists[at].add_row(&one).map_err(|error| error.to_string())?;
    }
    Ok(())
}
