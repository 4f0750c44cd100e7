//! The machine of pickles, with values that are only as real as it takes to know names and the sizes of arrays.
//!
//! Its memory is bounded whatever it is fed: a value takes a few bytes, long texts and long tuples are forgotten, and so is
//! what comes after [`MOST_KEPT`] of them.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;

use super::Import;
use super::array;
use super::verdict::Verdict;
use crate::model::format::Fault;
use crate::model::format::bytes::Bytes;

/// Values that are kept apart from the stack, and entries of the memo.
const MOST_KEPT: usize = 1 << 20;
/// Values on the stack.
const HIGHEST: usize = 1 << 22;
/// Imports; a real model has dozens.
const MOST_IMPORTS: usize = 10_000;
/// Longer texts are no names.
const LONGEST_TEXT: u64 = 300;
/// Longer tuples are no arguments.
const LONGEST_TUPLE: usize = 16;

/// How a pickle ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Stop,
    /// It broke off, or does what no pickle does.
    Broken,
}

/// A value, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Other,
    Mark,
    None,
    Bool(bool),
    Int(i64),
    /// An entry of [`Machine::kept`].
    Kept(usize),
}

/// A value of more than a few bytes.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    Text(String),
    Tuple(Vec<Value>),
    Dict(Vec<(String, Value)>),
    Global {
        module: String,
        name: String,
    },
    /// What a call of `class` gives, and the state that it was given since.
    Object {
        class: usize,
        arguments: Vec<Value>,
        state: Value,
    },
}

pub(super) struct Machine<'a, R> {
    pub(super) bytes: &'a mut Bytes<R>,
    imports: &'a mut BTreeSet<Import>,
    stack: Vec<Value>,
    memo: HashMap<u64, Value>,
    pub(super) kept: Vec<Kept>,
    arrays: bool,
}

impl<'a, R: Read> Machine<'a, R> {
    /// Begins a pickle. A byte 0x80 that was read before it is no loss: it only names the protocol.
    pub(super) fn new(bytes: &'a mut Bytes<R>, imports: &'a mut BTreeSet<Import>) -> Self {
        Self { bytes, imports, stack: vec![], memo: HashMap::new(), kept: vec![], arrays: false }
    }

    pub(super) fn saw_array(&self) -> bool {
        self.arrays
    }

    /// Follows the pickle to its end.
    pub(super) fn run(&mut self) -> Result<End, Fault> {
        let mut is_first = true;
        loop {
            let Some(operation) = self.bytes.maybe_u8()? else { return Ok(End::Broken) };
            if operation == b'.' {
                return Ok(if self.stack.is_empty() { End::Broken } else { End::Stop });
            }
            // The second and later pickles are entered behind their mark.
            if std::mem::take(&mut is_first) && self.bytes.at() > 1 && operation <= 5 {
                continue;
            }
            match self.step(operation) {
                Ok(true) => {}
                Ok(false) | Err(Fault::Bad(_)) => return Ok(End::Broken),
                Err(Fault::Io(error)) if Fault::is_ours(&error) => return Err(Fault::Io(error)),
                Err(Fault::Io(_)) => return Ok(End::Broken),
            }
            if self.stack.len() > HIGHEST {
                return Ok(End::Broken);
            }
        }
    }

    /// Does one operation; false where there is none of that number or it finds nothing to work on.
    fn step(&mut self, operation: u8) -> Result<bool, Fault> {
        match operation {
            0x80 => drop(self.bytes.u8()?),
            0x95 => drop(self.bytes.u64()?),
            b'(' => self.stack.push(Value::Mark),
            b'0' => return Ok(self.stack.pop().is_some()),
            b'1' => return Ok(self.above_mark().is_some()),
            b'2' => match self.stack.last() {
                Some(top) => self.stack.push(*top),
                None => return Ok(false),
            },
            b'N' => self.stack.push(Value::None),
            0x88 => self.stack.push(Value::Bool(true)),
            0x89 => self.stack.push(Value::Bool(false)),
            b']' | 0x8f => self.stack.push(Value::Other),
            b'}' => self.keep(Kept::Dict(vec![])),
            b')' => self.keep(Kept::Tuple(vec![])),
            b'I' | b'J' | b'K' | b'L' | b'M' | 0x8a | 0x8b | b'F' | b'G' => {
                self.number(operation)?;
            }
            b'S' | b'V' | b'X' | 0x8c | 0x8d | b'T' | b'U' | b'B' | b'C' | 0x8e | 0x96 => {
                self.text(operation)?;
            }
            b't' | b'l' | b'd' | b'a' | b'e' | b's' | b'u' | 0x85..=0x87 | 0x90 | 0x91 => {
                return Ok(self.collect(operation).is_some());
            }
            b'p' | b'q' | b'r' | b'g' | b'h' | b'j' | 0x94 => return self.remember(operation),
            b'c' | b'i' | 0x93 | 0x82..=0x84 => return self.import(operation),
            b'R' | b'b' | b'o' | 0x81 | 0x92 => return self.make(operation),
            b'P' => {
                self.bytes.line(0)?;
                self.stack.push(Value::Other);
            }
            b'Q' => return Ok(self.replace(1, Value::Other).is_some()),
            0x97 => self.stack.push(Value::Other),
            0x98 => return Ok(!self.stack.is_empty()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn number(&mut self, operation: u8) -> Result<(), Fault> {
        let value = match operation {
            b'J' => Value::Int(i32::from_le_bytes(self.bytes.array()?).into()),
            b'K' => Value::Int(self.bytes.u8()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(self.bytes.array()?).into()),
            b'G' => {
                self.bytes.skip(8)?;
                Value::Other
            }
            0x8a | 0x8b => {
                let length = match operation {
                    0x8a => self.bytes.u8()?.into(),
                    _ => self.bytes.u32()?,
                };
                match length <= 8 {
                    true => long(&self.bytes.take(length.into())?),
                    false => {
                        self.bytes.skip(length.into())?;
                        Value::Other
                    }
                }
            }
            _ => {
                let line = String::from_utf8_lossy(&self.bytes.line(64)?).into_owned();
                match line.trim().trim_end_matches('L').parse() {
                    Ok(number) => Value::Int(number),
                    Err(_) if line.trim().parse::<f64>().is_ok() => Value::Other,
                    Err(_) if operation == b'L' => Value::Other,
                    Err(_) => return Err(Fault::bad("a number is none".to_owned())),
                }
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// Reads a text or bytes; only what may be a name is kept.
    fn text(&mut self, operation: u8) -> Result<(), Fault> {
        let length = match operation {
            b'S' | b'V' => {
                let line = self.bytes.line(LONGEST_TEXT as usize)?;
                let text = String::from_utf8_lossy(&line);
                let text = text.trim().trim_matches(['\'', '"']).to_owned();
                self.keep(Kept::Text(unescaped(&text)));
                return Ok(());
            }
            0x8c | b'U' | b'C' => self.bytes.u8()?.into(),
            b'X' | b'B' | b'T' => self.bytes.u32()?.into(),
            _ => self.bytes.u64()?,
        };
        if length > LONGEST_TEXT || matches!(operation, b'B' | b'C' | 0x8e | 0x96) {
            self.bytes.skip(length)?;
            self.stack.push(Value::Other);
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.bytes.take(length)?).into_owned();
        self.keep(Kept::Text(text));
        Ok(())
    }

    /// Makes lists, tuples and dicts of what is on the stack.
    fn collect(&mut self, operation: u8) -> Option<()> {
        match operation {
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(operation - 0x84))?;
                let items = self.stack.split_off(from);
                self.keep(Kept::Tuple(items));
            }
            b't' => {
                let items = self.above_mark()?;
                match items.len() <= LONGEST_TUPLE {
                    true => self.keep(Kept::Tuple(items)),
                    false => self.stack.push(Value::Other),
                }
            }
            b'l' | 0x91 => {
                self.above_mark()?;
                self.stack.push(Value::Other);
            }
            b'd' => {
                let items = self.above_mark()?;
                self.keep(Kept::Dict(vec![]));
                self.fill(&items)?;
            }
            b'u' => {
                let items = self.above_mark()?;
                self.fill(&items)?;
            }
            b's' => {
                let from = self.stack.len().checked_sub(2)?;
                let items = self.stack.split_off(from);
                self.fill(&items)?;
            }
            b'e' | 0x90 => {
                self.above_mark()?;
                self.stack.last()?;
            }
            _ => {
                self.stack.pop()?;
                self.stack.last()?;
            }
        }
        Some(())
    }

    /// Puts pairs into the dict on the stack.
    fn fill(&mut self, items: &[Value]) -> Option<()> {
        let top = *self.stack.last()?;
        for pair in items.chunks_exact(2) {
            let Some(key) = self.as_text(pair[0]).map(str::to_owned) else { continue };
            if let Value::Kept(at) = top
                && let Some(Kept::Dict(pairs)) = self.kept.get_mut(at)
                && pairs.len() < LONGEST_TUPLE
            {
                pairs.push((key, pair[1]));
            }
        }
        Some(())
    }

    fn remember(&mut self, operation: u8) -> Result<bool, Fault> {
        let key = match operation {
            0x94 => self.memo.len() as u64,
            b'p' | b'g' => {
                let line = self.bytes.line(20)?;
                let key = std::str::from_utf8(&line).ok().and_then(|text| text.trim().parse().ok());
                key.ok_or_else(|| Fault::bad("a place in the memo is no number".to_owned()))?
            }
            b'q' | b'h' => self.bytes.u8()?.into(),
            _ => self.bytes.u32()?.into(),
        };
        if matches!(operation, b'g' | b'h' | b'j') {
            let value = self.memo.get(&key).copied();
            // A full memo has forgotten what came late.
            let forgotten = (self.memo.len() >= MOST_KEPT).then_some(Value::Other);
            self.stack.extend(value.or(forgotten));
            return Ok(value.or(forgotten).is_some());
        }
        let Some(top) = self.stack.last() else { return Ok(false) };
        if self.memo.len() < MOST_KEPT || self.memo.contains_key(&key) {
            self.memo.insert(key, *top);
        }
        Ok(true)
    }

    fn import(&mut self, operation: u8) -> Result<bool, Fault> {
        let name = |line: Vec<u8>| String::from_utf8_lossy(&line).trim().to_owned();
        let (module, name) = match operation {
            b'c' | b'i' => {
                let limit = LONGEST_TEXT as usize;
                (Some(name(self.bytes.line(limit)?)), Some(name(self.bytes.line(limit)?)))
            }
            0x93 => {
                let Some((module, name)) = self.two() else { return Ok(false) };
                let text = |value| self.as_text(value).map(str::to_owned);
                (text(module), text(name))
            }
            // The registry of extensions is the reader's own: nobody knows what it would find.
            _ => {
                self.bytes.skip(1 << (operation - 0x82))?;
                (None, None)
            }
        };
        if operation == b'i' && self.above_mark().is_none() {
            return Ok(false);
        }
        match (module, name) {
            (Some(module), Some(name)) if !module.is_empty() && !name.is_empty() => {
                self.note(Import::judged(&module, &name));
                self.keep(Kept::Global { module, name });
            }
            (module, name) => {
                let shown = |text: Option<String>| text.unwrap_or_else(|| "?".to_owned());
                self.note(Import::of(&shown(module), &shown(name), Verdict::Dangerous));
                self.stack.push(Value::Other);
            }
        }
        Ok(true)
    }

    fn note(&mut self, import: Import) {
        if self.imports.len() < MOST_IMPORTS || import.verdict == Verdict::Dangerous {
            self.imports.insert(import);
        }
        if self.imports.len() > 2 * MOST_IMPORTS {
            self.imports.pop_last();
        }
    }

    /// Calls, as far as anything comes of it here.
    fn make(&mut self, operation: u8) -> Result<bool, Fault> {
        let (class, arguments) = match operation {
            b'b' => {
                let Some(state) = self.stack.pop() else { return Ok(false) };
                return self.build(state);
            }
            b'o' => match self.above_mark() {
                Some(items) if !items.is_empty() => (items[0], items[1..].to_vec()),
                _ => return Ok(false),
            },
            0x92 => {
                let Some(keywords) = self.stack.pop() else { return Ok(false) };
                let Some((class, arguments)) = self.two() else { return Ok(false) };
                (class, self.items(arguments).into_iter().chain([keywords]).collect())
            }
            _ => match self.two() {
                Some((class, arguments)) => (class, self.items(arguments)),
                None => return Ok(false),
            },
        };
        match class {
            Value::Kept(class) if arguments.len() <= LONGEST_TUPLE => {
                self.keep(Kept::Object { class, arguments, state: Value::None });
            }
            _ => self.stack.push(Value::Other),
        }
        Ok(true)
    }

    /// Gives an object its state; behind joblib's arrays their bytes follow.
    fn build(&mut self, given: Value) -> Result<bool, Fault> {
        let Some(top) = self.stack.last().copied() else { return Ok(false) };
        let Value::Kept(at) = top else { return Ok(true) };
        let class = match self.kept.get_mut(at) {
            Some(Kept::Object { class, state, .. }) => {
                *state = given;
                *class
            }
            _ => return Ok(true),
        };
        let is_array = matches!(self.kept.get(class), Some(Kept::Global { module, name })
            if module == "joblib.numpy_pickle" && name == "NumpyArrayWrapper");
        if is_array {
            self.arrays = true;
            return array::pass(self, given);
        }
        Ok(true)
    }

    /// Reads a pickle inside of this one; what it would import counts as this one's.
    pub(super) fn nested(&mut self) -> Result<bool, Fault> {
        let mut inner = Machine::new(self.bytes, self.imports);
        // Arrays of objects in arrays of objects are nobody's model.
        inner.arrays = true;
        let end = inner.run_shallow()?;
        Ok(end == End::Stop)
    }

    fn run_shallow(&mut self) -> Result<End, Fault> {
        loop {
            let operation = self.bytes.u8()?;
            if operation == b'.' {
                return Ok(End::Stop);
            }
            let is_done = match operation {
                b'b' => self.stack.pop().is_some(),
                operation => self.step(operation)?,
            };
            if !is_done || self.stack.len() > HIGHEST {
                return Ok(End::Broken);
            }
        }
    }

    pub(super) fn as_text(&self, value: Value) -> Option<&str> {
        match self.kept(value)? {
            Kept::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn kept(&self, value: Value) -> Option<&Kept> {
        match value {
            Value::Kept(at) => self.kept.get(at),
            _ => None,
        }
    }

    /// Returns what is in a tuple.
    pub(super) fn items(&self, value: Value) -> Vec<Value> {
        match self.kept(value) {
            Some(Kept::Tuple(items)) => items.clone(),
            _ => vec![],
        }
    }

    fn keep(&mut self, kept: Kept) {
        if self.kept.len() >= MOST_KEPT {
            self.stack.push(Value::Other);
            return;
        }
        self.stack.push(Value::Kept(self.kept.len()));
        self.kept.push(kept);
    }

    fn two(&mut self) -> Option<(Value, Value)> {
        let second = self.stack.pop()?;
        Some((self.stack.pop()?, second))
    }

    fn replace(&mut self, count: usize, with: Value) -> Option<()> {
        let from = self.stack.len().checked_sub(count)?;
        self.stack.truncate(from);
        self.stack.push(with);
        Some(())
    }

    /// Takes all above the last mark off the stack, and the mark.
    fn above_mark(&mut self) -> Option<Vec<Value>> {
        let at = self.stack.iter().rposition(|value| *value == Value::Mark)?;
        let items = self.stack.split_off(at + 1);
        self.stack.pop();
        Some(items)
    }
}

fn long(bytes: &[u8]) -> Value {
    let negative = bytes.last().is_some_and(|last| *last > 127);
    let mut wide = [if negative { 0xff } else { 0 }; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Value::Int(i64::from_le_bytes(wide))
}

/// `\x6fs` is `os` to Python; a name written so hides.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let digits = match rest.as_bytes().get(1) {
            Some(b'x') => 2..4,
            Some(b'u') => 2..6,
            Some(b'U') => 2..10,
            Some(b'0'..=b'7') => 1..4,
            _ => 0..0,
        };
        let radix = if digits.start == 1 { 8 } else { 16 };
        let code = rest.get(digits.clone()).filter(|digits| !digits.is_empty());
        let code = code.and_then(|code| u32::from_str_radix(code, radix).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &rest[digits.end..];
            }
            None => {
                out.push('\\');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}
