//! Maps as rows of numbers, in the order of a vocabulary.

use std::collections::HashMap;

use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error};

/// The keys that count, in the order of the answer; numbers are written as such.
#[derive(Debug)]
struct Dictionary(Vec<String>);

pub(super) fn make(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let keys = match given.labels("int64_vocabulary", "string_vocabulary")? {
        Some(Data::Str(all)) => all,
        Some(Data::I64(all)) => all.iter().map(i64::to_string).collect(),
        _ => return Err(given.bad("it has no vocabulary")),
    };
    Ok(Box::new(Dictionary(keys)))
}

impl Operator for Dictionary {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (keys, values) = inputs.maps(0)?;
        let (rows, width) = rows_of(values.shape())?;
        let Data::Str(keys) = keys.data() else {
            return Err("keys that are no names".to_owned());
        };
        let places: HashMap<&String, usize> = keys.iter().zip(0..).collect();
        let places: Vec<_> = self.0.iter().map(|key| places.get(key).copied()).collect();
        let shape = [rows, places.len()];
        let count = sized(&shape)?;
        macro_rules! turned {
            ($name:ident, $all:expr, $nothing:expr) => {{
                let mut turned = Vec::with_capacity(count);
                for row in 0..rows {
                    let value =
                        |place: &Option<usize>| place.map_or($nothing, |at| $all[row * width + at]);
                    turned.extend(places.iter().map(value));
                }
                Data::$name(turned)
            }};
        }
        let data = match values.data() {
            Data::F32(all) => turned!(F32, all, 0.0),
            Data::F64(all) => turned!(F64, all, 0.0),
            Data::I64(all) => turned!(I64, all, 0),
            other => return Err(format!("values of {}", other.element().as_str())),
        };
        one(&shape, data)
    }

    fn cost(&self) -> u64 {
        self.0.len() as u64 * 30
    }
}
