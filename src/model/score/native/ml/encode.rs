//! From one set of names to another: labels, categories, one column for each.

use std::collections::HashMap;

use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Element, Error, Tensor};

/// A key that can be looked up: floats by their bits, NaN as one, both zeros as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Int(i64),
    Bits(u64),
    Text(String),
}

fn float_key(value: f64) -> Key {
    let value = if value == 0.0 { 0.0 } else { value };
    Key::Bits(if value.is_nan() { u64::MAX } else { value.to_bits() })
}

fn keys(data: &Data) -> Outcome<Vec<Key>> {
    Ok(match data {
        Data::I64(all) => all.iter().map(|x| Key::Int(*x)).collect(),
        Data::I32(all) => all.iter().map(|x| Key::Int(i64::from(*x))).collect(),
        Data::I16(all) => all.iter().map(|x| Key::Int(i64::from(*x))).collect(),
        Data::Bool(all) => all.iter().map(|x| Key::Int(i64::from(*x))).collect(),
        Data::F32(all) => all.iter().map(|x| float_key(f64::from(*x))).collect(),
        Data::F64(all) => all.iter().map(|x| float_key(*x)).collect(),
        Data::Str(all) => all.iter().map(|x| Key::Text(x.clone())).collect(),
        other => return Err(format!("{} as labels", other.element().as_str())),
    })
}

/// Values by their key; the last value is for keys that are not known.
#[derive(Debug)]
struct Mapper {
    at: HashMap<Key, usize>,
    from: Element,
    values: Data,
}

impl Mapper {
    fn new(given: &Given<'_>, from: &Data, values: Data, default: &Data) -> Result<Self, Error> {
        let mut values = values;
        if from.len() != values.len() || !values.append(default) {
            return Err(given.bad("as many values as keys, and a default of their type"));
        }
        let mut at = HashMap::new();
        for (index, key) in keys(from).map_err(|error| given.bad(error))?.into_iter().enumerate() {
            // NaN is a key since version 4.
            if given.opset < 4 && key == Key::Bits(u64::MAX) {
                continue;
            }
            at.entry(key).or_insert(index);
        }
        Ok(Self { at, from: from.element(), values })
    }
}

impl Operator for Mapper {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        if tensor.element() != self.from {
            let (has, wants) = (tensor.element().as_str(), self.from.as_str());
            return Err(format!("{has} where the keys are {wants}"));
        }
        let last = self.values.len() - 1;
        let found = keys(tensor.data())?;
        let found = found.iter().map(|key| self.at.get(key).copied().unwrap_or(last));
        one(tensor.shape(), self.values.pick(found))
    }
}

pub(super) fn labels(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    if let Some(classes) = given.strings("classes_strings")? {
        // Version 1: text to its place or a place to its text, by what comes in.
        return both_ways(given, classes, None);
    }
    let list = |what: &str| -> Result<Option<Data>, Error> {
        if let Some(tensor) = given.tensor(&format!("{what}_tensor"))? {
            return Ok(Some(tensor.into_parts().1));
        }
        if let Some(all) = given.ints(&format!("{what}_int64s"))? {
            return Ok(Some(Data::I64(all.to_vec())));
        }
        if let Some(all) = given.floats(&format!("{what}_floats"))? {
            return Ok(Some(Data::F32(all.to_vec())));
        }
        Ok(given.strings(&format!("{what}_strings"))?.map(Data::Str))
    };
    let from = list("keys")?.ok_or_else(|| given.bad("it has no keys"))?;
    let values = list("values")?.ok_or_else(|| given.bad("it has no values"))?;
    let default = match given.tensor("default_tensor")? {
        Some(tensor) => tensor.into_parts().1,
        None => match values.element() {
            Element::I64 => Data::I64(vec![given.int("default_int64", -1)?]),
            Element::F32 => Data::F32(vec![given.float("default_float", -0.0)?]),
            Element::Str => Data::Str(vec![given.text("default_string", "_Unused")?]),
            Element::F64 => Data::F64(vec![-0.0]),
            Element::I16 => Data::I16(vec![-1]),
            _ => return Err(given.unsupported("values of this type")),
        },
    };
    Ok(Box::new(Mapper::new(given, &from, values, &default)?))
}

/// Text to integers and back, whichever comes in.
#[derive(Debug)]
struct BothWays {
    to_ints: Mapper,
    to_text: Mapper,
}

impl Operator for BothWays {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        match inputs.tensor(0)?.element() {
            Element::Str => self.to_ints.run(inputs),
            _ => self.to_text.run(inputs),
        }
    }
}

fn both_ways(
    given: &Given<'_>,
    text: Vec<String>,
    ints: Option<&[i64]>,
) -> Result<Box<dyn Operator>, Error> {
    let ints = match ints {
        Some(ints) => ints.to_vec(),
        None => (0..).take(text.len()).collect(),
    };
    let (ints, text) = (Data::I64(ints), Data::Str(text));
    let no_int = Data::I64(vec![given.int("default_int64", -1)?]);
    let no_text = Data::Str(vec![given.text("default_string", "_Unused")?]);
    Ok(Box::new(BothWays {
        to_ints: Mapper::new(given, &text, ints.clone(), &no_int)?,
        to_text: Mapper::new(given, &ints, text.clone(), &no_text)?,
    }))
}

pub(super) fn categories(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let text = given.strings("cats_strings")?.unwrap_or_default();
    let ints = given.ints("cats_int64s")?.unwrap_or_default();
    both_ways(given, text, Some(ints))
}

/// One column a category.
#[derive(Debug)]
struct OneHot {
    at: HashMap<Key, usize>,
    count: usize,
    is_text: bool,
    zeros: bool,
}

pub(super) fn one_hot(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let all = given.labels("cats_int64s", "cats_strings")?;
    let all = all.ok_or_else(|| given.bad("it names no categories"))?;
    let known = keys(&all).map_err(|error| given.bad(error))?;
    Ok(Box::new(OneHot {
        count: known.len(),
        at: known.into_iter().enumerate().map(|(index, key)| (key, index)).collect(),
        is_text: all.element() == Element::Str,
        zeros: given.int("zeros", 1)? != 0,
    }))
}

/// Numbers are cut to integers, as onnxruntime does.
fn as_category(tensor: &Tensor) -> Outcome<Vec<Key>> {
    match tensor.data() {
        Data::F32(all) => Ok(all.iter().map(|x| Key::Int(*x as i64)).collect()),
        Data::F64(all) => Ok(all.iter().map(|x| Key::Int(*x as i64)).collect()),
        data => keys(data),
    }
}

impl Operator for OneHot {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        if (tensor.element() == Element::Str) != self.is_text {
            return Err(format!("{} among other categories", tensor.element().as_str()));
        }
        let mut shape = tensor.shape().to_vec();
        shape.push(self.count);
        let mut all = vec![0.0; sized(&shape)?];
        for (row, key) in as_category(tensor)?.iter().enumerate() {
            match self.at.get(key) {
                Some(at) => all[row * self.count + at] = 1.0,
                None if self.zeros => {}
                None => return Err("a category that is not known".to_owned()),
            }
        }
        one(&shape, Data::F32(all))
    }
}
