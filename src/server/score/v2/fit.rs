//! Tensors of a request as what a model takes.

use super::kind;
use crate::model::score::{Data, Element, Input, Tensor};
use crate::model::signature::{self, Column, Schema};
use crate::server::score::failure::Failure;
use crate::server::score::load::{Loaded, Runner};
use crate::server::score::wire::cells::{Cell, Cells};
use crate::server::score::wire::frame::asked as tensors_asked;
use crate::server::score::wire::{Asked, Frame, Read, Takes, cast, params};

/// Returns what the model is asked, once all fits.
///
/// A table goes in as one tensor a column, of shape `[n]` or `[n, 1]`, or as one matrix with its columns in their order.
pub(super) fn asked(
    mut inputs: Vec<(String, Tensor)>,
    given: &[(String, Cell)],
    loaded: &Loaded,
) -> Result<Asked, Failure> {
    let takes = loaded.takes();
    if let Runner::Python(model) = &loaded.runner
        && model.reads_itself()
    {
        return Err(Failure::bad("the model takes no tensors: ask it at `/invocations`"));
    }
    let asked = match takes.inputs() {
        Some(Schema::Tensors(wanted)) => tensors(inputs, wanted)?,
        Some(Schema::Columns(columns)) => table(&mut inputs, columns, &takes)?,
        None => free(inputs, &takes)?,
    };
    let params = params::check_cells(given, takes.signature)?;
    Ok(Asked { params, ..asked })
}

fn tensors(inputs: Vec<(String, Tensor)>, wanted: &[signature::Tensor]) -> Result<Asked, Failure> {
    if inputs.len() != wanted.len() {
        return Err(Failure::bad(format!(
            "expected {} inputs but got {} inputs",
            wanted.len(),
            inputs.len()
        )));
    }
    let mut fitted: Vec<Option<(String, Tensor)>> = wanted.iter().map(|_| None).collect();
    for (name, tensor) in inputs {
        let place =
            wanted.iter().position(|want| want.name.as_ref().is_none_or(|own| *own == name));
        let unexpected =
            || Failure::bad(format!("unexpected inference input `{}`", name.escape_debug()));
        let place = place.filter(|place| fitted[*place].is_none()).ok_or_else(unexpected)?;
        let own = wanted[place].name.clone().unwrap_or_default();
        fitted[place] = Some((own, fits(&name, tensor, &wanted[place])?));
    }
    Ok(tensors_asked(fitted.into_iter().flatten().collect()))
}

/// Returns a tensor as the signature has it: numbers are taken as floats, nothing else changes its type.
fn fits(name: &str, tensor: Tensor, want: &signature::Tensor) -> Result<Tensor, Failure> {
    let (name, element) = (name.escape_debug(), kind::of_dtype(&want.dtype));
    let shape: Vec<i64> = tensor.shape().iter().map(|dim| *dim as i64).collect();
    let same = |(want, has): (&i64, &i64)| *want < 0 || want == has;
    if shape.len() != want.shape.len() || !want.shape.iter().zip(&shape).all(same) {
        return Err(Failure::bad(format!(
            "unexpected shape for input `{name}`. Expected {:?}, got {shape:?}",
            want.shape
        )));
    }
    let has = tensor.element();
    if has == element {
        return Ok(tensor);
    }
    let wrong = || {
        let (has, want) = (kind::name(has), kind::name(element));
        Failure::bad(format!("input `{name}` data-type is '{has}', the model expects '{want}'"))
    };
    if !matches!(element, Element::F32 | Element::F64)
        || matches!(has, Element::Bool | Element::Str)
    {
        return Err(wrong());
    }
    let shape = tensor.shape().to_vec();
    let cells = cells(tensor).ok_or_else(wrong)?;
    let data = cast::elements(cells, &want.dtype).map_err(|_| wrong())?;
    Ok(Tensor::new(&shape, data)?)
}

fn table(
    inputs: &mut Vec<(String, Tensor)>,
    columns: &[Column],
    takes: &Takes<'_>,
) -> Result<Asked, Failure> {
    let by_name = inputs
        .iter()
        .any(|(own, _)| columns.iter().any(|column| column.name.as_ref() == Some(own)));
    let frame = match &inputs[..] {
        [(_, one)] if !by_name && one.shape().len() == 2 => {
            let (_, one) = inputs.remove(0);
            matrix(one, columns)?
        }
        _ => by_column(std::mem::take(inputs))?,
    };
    read(frame.check(takes)?)
}

fn read(read: Read) -> Result<Asked, Failure> {
    match read {
        Read::Asked(asked) => Ok(asked),
        Read::Raw => Err(Failure::bad("the model takes no tensors: ask it at `/invocations`")),
    }
}

/// One matrix, whose columns are those of the signature in their order.
fn matrix(tensor: Tensor, columns: &[Column]) -> Result<Frame, Failure> {
    let (rows, width) = (tensor.shape()[0], tensor.shape()[1]);
    if width != columns.len() {
        let want = columns.len();
        return Err(Failure::bad(format!("the model takes {want} columns, and {width} are given")));
    }
    let all = tensor.into_parts().1;
    let column = |place: usize| {
        let name = columns[place].name.clone().unwrap_or_else(|| place.to_string());
        let own = all.pick((0..rows).map(|row| row * width + place));
        Ok((name, cells(Tensor::list(own)).ok_or_else(untaken)?))
    };
    Ok(Frame { columns: (0..width).map(column).collect::<Result<_, Failure>>()?, rows })
}

fn by_column(inputs: Vec<(String, Tensor)>) -> Result<Frame, Failure> {
    let rows = inputs.first().and_then(|(_, one)| one.shape().first().copied()).unwrap_or(0);
    let column = |(name, one): (String, Tensor)| {
        if !is_column(&one) || one.len() != rows {
            let shape = one.shape();
            return Err(Failure::bad(format!(
                "input `{}` of shape {shape:?} is no column of {rows} rows",
                name.escape_debug()
            )));
        }
        Ok((name, cells(one).ok_or_else(untaken)?))
    };
    let columns = inputs.into_iter().map(column).collect::<Result<_, Failure>>()?;
    Ok(Frame { columns, rows })
}

fn is_column(tensor: &Tensor) -> bool {
    matches!(tensor.shape(), [_] | [_, 1])
}

fn untaken() -> Failure {
    Failure::bad("a table takes no 16-bit floats")
}

/// Where nothing is known of the model: one tensor as it is, columns as a table, anything else by name.
fn free(mut inputs: Vec<(String, Tensor)>, takes: &Takes<'_>) -> Result<Asked, Failure> {
    if takes.python && inputs.len() == 1 {
        let (_, one) = inputs.remove(0);
        return Ok(tensors_asked(vec![(String::new(), one)]));
    }
    if takes.python && inputs.iter().all(|(_, one)| is_column(one)) {
        return read(by_column(inputs)?.check(&Takes { python: false, ..*takes })?);
    }
    Ok(Asked { input: Input::Tensors(inputs), params: None, positional: false })
}

/// Returns the elements as values of a request; nothing for numbers that are too large.
fn cells(tensor: Tensor) -> Option<Cells> {
    fn ints<T: TryInto<i64>>(all: Vec<T>) -> Option<Cells> {
        all.into_iter().map(|one| one.try_into().ok()).collect::<Option<_>>().map(Cells::Ints)
    }
    match tensor.widened().into_parts().1 {
        Data::Bool(all) => Some(Cells::Bools(all)),
        Data::I8(all) => ints(all),
        Data::U8(all) => ints(all),
        Data::I16(all) => ints(all),
        Data::U16(all) => ints(all),
        Data::I32(all) => ints(all),
        Data::U32(all) => ints(all),
        Data::I64(all) => Some(Cells::Ints(all)),
        Data::U64(all) => ints(all),
        Data::F32(all) => Some(Cells::Floats(all.into_iter().map(f64::from).collect())),
        Data::F64(all) => Some(Cells::Floats(all)),
        Data::Str(all) => Some(Cells::Texts(all)),
        Data::F16(_) | Data::Bf16(_) => None,
    }
}
