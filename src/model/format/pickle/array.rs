//! joblib's arrays: behind the operation that finishes a `NumpyArrayWrapper`, the bytes of the array stand as they are. How many
//! they are, its state says.

use std::io::Read;

use super::machine::{Kept, Machine, Value};
use crate::model::format::Fault;

/// Passes over the bytes of an array, or through the pickle that an array of objects is. False where it cannot be told.
pub(super) fn pass<R: Read>(machine: &mut Machine<'_, R>, state: Value) -> Result<bool, Fault> {
    let Some(Kept::Dict(pairs)) = machine.kept(state) else { return Ok(false) };
    let get = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value);
    let (shape, dtype) = (get("shape"), get("dtype"));
    let alignment = get("numpy_array_alignment_bytes");
    let Some((shape, dtype)) = shape.zip(dtype) else { return Ok(false) };
    let Some((size, has_objects)) = item(machine, dtype) else { return Ok(false) };
    if has_objects {
        return machine.nested();
    }
    let lengths = machine.items(shape).into_iter().map(|length| match length {
        Value::Int(length) => u64::try_from(length).ok(),
        _ => None,
    });
    let count = lengths.collect::<Option<Vec<u64>>>().and_then(|lengths| {
        lengths.into_iter().try_fold(size, |all, length| all.checked_mul(length))
    });
    let Some(count) = count else { return Ok(false) };
    if matches!(alignment, Some(Value::Int(_))) {
        let padding = machine.bytes.u8()?;
        machine.bytes.skip(padding.into())?;
    }
    machine.bytes.skip(count)?;
    Ok(true)
}

/// Returns the bytes of one element, and whether it holds Python objects: `numpy.dtype('f8', …)`, with the size of a record in
/// the state that it was given.
fn item<R: Read>(machine: &Machine<'_, R>, dtype: Value) -> Option<(u64, bool)> {
    let Kept::Object { class, arguments, state } = machine.kept(dtype)? else { return None };
    let is_dtype = matches!(machine.kept.get(*class)?, Kept::Global { module, name }
        if name.ends_with("dtype") && module.starts_with("numpy") || name.ends_with("DType"));
    let text = machine.as_text(*arguments.first()?).filter(|_| is_dtype)?;
    let kind = text.trim_start_matches(['<', '>', '=', '|']);
    let (letter, digits) = kind.split_at_checked(1)?;
    let size: u64 =
        digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    match letter {
        "O" => Some((8, true)),
        "b" | "i" | "u" | "f" | "c" | "M" | "m" | "S" | "a" => Some((size.max(1), false)),
        "U" => Some((size.checked_mul(4)?, false)),
        "V" => {
            // The state of a dtype: version, byte order, subtype, names, fields, size, alignment, flags.
            let state = machine.items(*state);
            let has_objects = match state.get(7) {
                Some(Value::Int(flags)) => flags & 1 != 0,
                _ => false,
            };
            let inside = match state.get(5) {
                Some(Value::Int(size)) if *size > 0 => u64::try_from(*size).ok()?,
                _ => size,
            };
            Some((inside, has_objects))
        }
        "?" => Some((1, false)),
        _ => None,
    }
}
