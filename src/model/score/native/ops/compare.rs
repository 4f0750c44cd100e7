//! Comparisons, logic, and the choice between two values by it.

use super::spread::{self, zip};
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Error, Tensor};

#[derive(Debug, Clone, Copy)]
enum Compare {
    Equal,
    Less,
    Greater,
    AtMost,
    AtLeast,
}

#[derive(Debug, Clone, Copy)]
enum Logic {
    And,
    Or,
    Xor,
}

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    Ok(Some(match given.node.operator {
        "Equal" => Box::new(Compare::Equal),
        "Less" => Box::new(Compare::Less),
        "Greater" => Box::new(Compare::Greater),
        "LessOrEqual" => Box::new(Compare::AtMost),
        "GreaterOrEqual" => Box::new(Compare::AtLeast),
        "And" => Box::new(Logic::And),
        "Or" => Box::new(Logic::Or),
        "Xor" => Box::new(Logic::Xor),
        "Not" => Box::new(Not),
        "IsNaN" => Box::new(IsNan),
        "Where" => Box::new(Where),
        _ => return Ok(None),
    }))
}

impl Operator for Compare {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (a, b) = (inputs.tensor(0)?, inputs.tensor(1)?);
        macro_rules! compare {
            ($x:expr, $y:expr) => {{
                let (x, y) = ((a.shape(), &$x[..]), (b.shape(), &$y[..]));
                match self {
                    Self::Equal => zip(x, y, |x, y| x == y),
                    Self::Less => zip(x, y, |x, y| x < y),
                    Self::Greater => zip(x, y, |x, y| x > y),
                    Self::AtMost => zip(x, y, |x, y| x <= y),
                    Self::AtLeast => zip(x, y, |x, y| x >= y),
                }?
            }};
        }
        let (shape, all) = match (a.data(), b.data()) {
            (Data::F32(x), Data::F32(y)) => compare!(x, y),
            (Data::F64(x), Data::F64(y)) => compare!(x, y),
            (Data::I64(x), Data::I64(y)) => compare!(x, y),
            (Data::I32(x), Data::I32(y)) => compare!(x, y),
            (Data::Bool(x), Data::Bool(y)) => compare!(x, y),
            (Data::Str(x), Data::Str(y)) => {
                let x: Vec<&str> = x.iter().map(String::as_str).collect();
                let y: Vec<&str> = y.iter().map(String::as_str).collect();
                compare!(x, y)
            }
            (x, y) => {
                return Err(format!("{} with {}", x.element().as_str(), y.element().as_str()));
            }
        };
        one(&shape, Data::Bool(all))
    }
}

fn bools(tensor: &Tensor) -> Outcome<&[bool]> {
    match tensor.data() {
        Data::Bool(all) => Ok(all),
        other => Err(format!("{} where truth belongs", other.element().as_str())),
    }
}

impl Operator for Logic {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (a, b) = (inputs.tensor(0)?, inputs.tensor(1)?);
        let (x, y) = ((a.shape(), bools(a)?), (b.shape(), bools(b)?));
        let (shape, all) = match self {
            Self::And => zip(x, y, |x, y| x && y),
            Self::Or => zip(x, y, |x, y| x || y),
            Self::Xor => zip(x, y, |x, y| x != y),
        }?;
        one(&shape, Data::Bool(all))
    }
}

#[derive(Debug)]
struct Not;

impl Operator for Not {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        one(tensor.shape(), Data::Bool(bools(tensor)?.iter().map(|x| !x).collect()))
    }
}

#[derive(Debug)]
struct IsNan;

impl Operator for IsNan {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let all = match tensor.data() {
            Data::F32(all) => all.iter().map(|x| x.is_nan()).collect(),
            Data::F64(all) => all.iter().map(|x| x.is_nan()).collect(),
            other => return Err(format!("IsNaN of {}", other.element().as_str())),
        };
        one(tensor.shape(), Data::Bool(all))
    }
}

#[derive(Debug)]
struct Where;

impl Operator for Where {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let [test, yes, no] = [inputs.tensor(0)?, inputs.tensor(1)?, inputs.tensor(2)?];
        let truth = bools(test)?;
        let shape = spread::shape(&spread::shape(test.shape(), yes.shape())?, no.shape())?;
        let mut both = yes.data().clone();
        let offset = yes.len();
        if !both.append(no.data()) {
            return Err("the two choices have different types".to_owned());
        }
        let from = |tensor: &Tensor| spread::indices(tensor.shape(), &shape);
        let pairs = from(yes).zip(from(no));
        let chosen = from(test).zip(pairs).map(
            |(test, (yes, no))| {
                if truth[test] { yes } else { offset + no }
            },
        );
        one(&shape, both.pick(chosen))
    }
}
