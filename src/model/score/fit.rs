//! From what a request brings to what a model takes: tables to tensors, columns to the features of one matrix.

use std::borrow::Cow;

use super::Error;
use super::engine::{Input, Port, PortKind};
use super::table::{Column, Table, Values};
use super::tensor::{Data, Element, Tensor};

/// Returns the tensors for `ports`, in their order.
///
/// A table goes in by name, one column an input; or, for a model with one matrix, column by column in the table's order.
pub fn tensors_for(ports: &[Port], input: &Input) -> Result<Vec<Tensor>, Error> {
    Ok(fitted(ports, input)?.into_iter().map(Cow::into_owned).collect())
}

/// As [`tensors_for`], without a copy of what fits as it is.
pub(super) fn fitted<'a>(ports: &[Port], input: &'a Input) -> Result<Vec<Cow<'a, Tensor>>, Error> {
    match input {
        Input::Tensors(given) => by_name(ports, given),
        Input::Table(table) => from_table(ports, table),
    }
}

fn bad(name: &str, reason: impl Into<String>) -> Error {
    Error::BadInput { name: name.to_owned(), reason: reason.into() }
}

fn by_name<'a>(
    ports: &[Port],
    given: &'a [(String, Tensor)],
) -> Result<Vec<Cow<'a, Tensor>>, Error> {
    if let ([port], [(name, tensor)]) = (ports, given)
        && name.is_empty()
    {
        return Ok(vec![taken(port, Cow::Borrowed(tensor))?]);
    }
    for (index, (name, _)) in given.iter().enumerate() {
        if !ports.iter().any(|port| port.name == *name) {
            return Err(Error::UnknownInput(name.clone()));
        }
        if given[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(bad(name, "given twice"));
        }
    }
    let find = |port: &Port| {
        let found = given.iter().find(|(name, _)| *name == port.name);
        let (_, tensor) = found.ok_or_else(|| Error::MissingInput(port.name.clone()))?;
        taken(port, Cow::Borrowed(tensor))
    };
    ports.iter().map(find).collect()
}

/// Converts to the element type of the port where nothing is lost by it, and checks the shape.
fn taken<'a>(port: &Port, tensor: Cow<'a, Tensor>) -> Result<Cow<'a, Tensor>, Error> {
    let PortKind::Tensor { element, shape } = &port.kind else { return Ok(tensor) };
    let tensor = match tensor.element() == *element {
        true => tensor,
        false => Cow::Owned(convert(&port.name, tensor.into_owned(), *element)?),
    };
    let Some(shape) = shape else { return Ok(tensor) };
    let fits = |(want, has): (&Option<usize>, &usize)| want.is_none_or(|want| want == *has);
    if tensor.shape().len() == shape.len() && shape.iter().zip(tensor.shape()).all(fits) {
        return Ok(tensor);
    }
    let dim = |dim: &Option<usize>| dim.map_or("any".to_owned(), |dim| dim.to_string());
    let wanted = shape.iter().map(dim).collect::<Vec<_>>().join(", ");
    Err(bad(&port.name, format!("shape {:?} where the model takes [{wanted}]", tensor.shape())))
}

/// Returns the elements as another type; fails where a value is not the same in it, save that floats are rounded.
fn convert(name: &str, tensor: Tensor, to: Element) -> Result<Tensor, Error> {
    let from = tensor.element();
    if from == to {
        return Ok(tensor);
    }
    let cannot = || bad(name, format!("{} where the model takes {}", from.as_str(), to.as_str()));
    if matches!(to, Element::F16 | Element::Bf16) {
        return Ok(convert(name, tensor, Element::F32)?.narrowed(to));
    }
    let (shape, data) = tensor.widened().into_parts();
    if data.element() == to {
        return Tensor::new(&shape, data);
    }
    let data = match (&data, to) {
        (Data::Str(_), _) | (_, Element::Str) => return Err(cannot()),
        (Data::F64(all), Element::F32) => Data::F32(all.iter().map(|v| *v as f32).collect()),
        (Data::F32(all), Element::F64) => Data::F64(all.iter().map(|v| f64::from(*v)).collect()),
        _ => numbers(&data).and_then(|all| exact(&all, to)).ok_or_else(cannot)?,
    };
    Tensor::new(&shape, data)
}

/// Integers exactly, or floats.
enum Numbers {
    Ints(Vec<i128>),
    Floats(Vec<f64>),
}

fn numbers(data: &Data) -> Option<Numbers> {
    fn ints<T: Copy + Into<i128>>(all: &[T]) -> Option<Numbers> {
        Some(Numbers::Ints(all.iter().map(|one| (*one).into()).collect()))
    }
    match data {
        Data::Bool(all) => Some(Numbers::Ints(all.iter().map(|one| i128::from(*one)).collect())),
        Data::I8(all) => ints(all),
        Data::U8(all) => ints(all),
        Data::I16(all) => ints(all),
        Data::U16(all) => ints(all),
        Data::I32(all) => ints(all),
        Data::U32(all) => ints(all),
        Data::I64(all) => ints(all),
        Data::U64(all) => ints(all),
        Data::F32(all) => Some(Numbers::Floats(all.iter().map(|one| f64::from(*one)).collect())),
        Data::F64(all) => Some(Numbers::Floats(all.clone())),
        Data::F16(_) | Data::Bf16(_) | Data::Str(_) => None,
    }
}

fn exact(numbers: &Numbers, to: Element) -> Option<Data> {
    fn narrowed<T: TryFrom<i128>>(all: &[i128]) -> Option<Vec<T>> {
        all.iter().map(|one| T::try_from(*one).ok()).collect()
    }
    let whole: Vec<i128>;
    let ints = match numbers {
        Numbers::Ints(all) => match to {
            Element::F32 => return Some(Data::F32(all.iter().map(|v| *v as f32).collect())),
            Element::F64 => return Some(Data::F64(all.iter().map(|v| *v as f64).collect())),
            _ => all,
        },
        Numbers::Floats(all) => {
            let one = |v: &f64| (v.fract() == 0.0 && v.abs() < 9.3e18).then_some(*v as i128);
            whole = all.iter().map(one).collect::<Option<_>>()?;
            &whole
        }
    };
    Some(match to {
        Element::I8 => Data::I8(narrowed(ints)?),
        Element::U8 => Data::U8(narrowed(ints)?),
        Element::I16 => Data::I16(narrowed(ints)?),
        Element::U16 => Data::U16(narrowed(ints)?),
        Element::I32 => Data::I32(narrowed(ints)?),
        Element::U32 => Data::U32(narrowed(ints)?),
        Element::I64 => Data::I64(narrowed(ints)?),
        Element::U64 => Data::U64(narrowed(ints)?),
        Element::Bool => {
            let one = |v: &i128| matches!(v, 0 | 1).then_some(*v == 1);
            Data::Bool(ints.iter().map(one).collect::<Option<_>>()?)
        }
        Element::F16 | Element::Bf16 | Element::F32 | Element::F64 | Element::Str => return None,
    })
}

fn from_table(ports: &[Port], table: &Table) -> Result<Vec<Cow<'static, Tensor>>, Error> {
    if let [port] = ports {
        let one_column_by_name = table.column(&port.name).is_some() && table.columns().len() == 1;
        let width = match &port.kind {
            PortKind::Tensor { shape: Some(shape), .. } if shape.len() == 2 => shape[1],
            PortKind::Tensor { shape: None, .. } => None,
            _ => Some(1),
        };
        if width != Some(1) || (!one_column_by_name && table.columns().len() == 1) {
            return Ok(vec![taken(port, Cow::Owned(matrix(element_of(port), table)?))?]);
        }
    }
    if let Some(extra) =
        table.columns().iter().find(|column| !ports.iter().any(|port| port.name == column.name))
    {
        return Err(Error::UnknownInput(extra.name.clone()));
    }
    let find = |port: &Port| {
        let column = table.column(&port.name);
        let column = column.ok_or_else(|| Error::MissingInput(port.name.clone()))?;
        let flat = tensor_of(column, element_of(port))?;
        let rank = match &port.kind {
            PortKind::Tensor { shape: Some(shape), .. } => shape.len(),
            _ => 2,
        };
        let shape = if rank == 1 { vec![table.rows()] } else { vec![table.rows(), 1] };
        taken(port, Cow::Owned(Tensor::new(&shape, flat.into_parts().1)?))
    };
    ports.iter().map(find).collect()
}

const fn element_of(port: &Port) -> Element {
    match &port.kind {
        PortKind::Tensor { element, .. } | PortKind::Map(element) => *element,
        PortKind::Maps | PortKind::Any => Element::F64,
    }
}

/// Returns all columns side by side.
pub(super) fn matrix(element: Element, table: &Table) -> Result<Tensor, Error> {
    macro_rules! interleave {
        ($name:ident, $columns:expr, $rows:expr) => {{
            let lists: Vec<_> = $columns
                .iter()
                .map(|data| match data {
                    Data::$name(all) => all,
                    _ => unreachable!("converted to one type"),
                })
                .collect();
            let row = |row: usize| lists.iter().map(move |list| list[row].clone());
            Data::$name((0..$rows).flat_map(row).collect())
        }};
    }
    let rows = table.rows();
    let list = |column: &Column| {
        let data = tensor_of(column, element)?;
        Ok(convert(&column.name, data, element)?.into_parts().1)
    };
    let columns = table.columns().iter().map(list).collect::<Result<Vec<_>, Error>>()?;
    let data = match element {
        Element::Bool => interleave!(Bool, columns, rows),
        Element::I8 => interleave!(I8, columns, rows),
        Element::U8 => interleave!(U8, columns, rows),
        Element::I16 => interleave!(I16, columns, rows),
        Element::U16 => interleave!(U16, columns, rows),
        Element::I32 => interleave!(I32, columns, rows),
        Element::U32 => interleave!(U32, columns, rows),
        Element::I64 => interleave!(I64, columns, rows),
        Element::U64 => interleave!(U64, columns, rows),
        Element::F32 => interleave!(F32, columns, rows),
        Element::F64 => interleave!(F64, columns, rows),
        Element::Str => interleave!(Str, columns, rows),
        Element::F16 => interleave!(F16, columns, rows),
        Element::Bf16 => interleave!(Bf16, columns, rows),
    };
    Tensor::new(&[rows, columns.len()], data)
}

/// Returns a column as a list; missing numbers are NaN, which only floats have.
fn tensor_of(column: &Column, wanted: Element) -> Result<Tensor, Error> {
    let name = &column.name;
    let wanted = match wanted {
        // What is missing is marked in 32 bits, and cut after that.
        Element::F16 | Element::Bf16 => Element::F32,
        other => other,
    };
    let is_float = matches!(wanted, Element::F32 | Element::F64);
    let mut data = match &column.values {
        Values::Boolean(all) => Data::Bool(all.clone()),
        Values::Integer(all) => Data::I32(all.clone()),
        Values::Long(all) => Data::I64(all.clone()),
        Values::Float(all) => Data::F32(all.clone()),
        Values::Double(all) => Data::F64(all.clone()),
        Values::String(all) => Data::Str(all.clone()),
        Values::Binary(_) => return Err(bad(name, "bytes where the model takes a tensor")),
        Values::Datetime(_) => return Err(bad(name, "a date where the model takes a tensor")),
    };
    let is_text = matches!(data, Data::Str(_));
    let Some(missing) = column.missing.as_ref().filter(|missing| missing.contains(&true)) else {
        return Ok(Tensor::list(data));
    };
    if is_float && !is_text {
        data = convert(name, Tensor::list(data), wanted)?.into_parts().1;
    }
    let gone = missing.iter().enumerate().filter(|(_, gone)| **gone).map(|(row, _)| row);
    match &mut data {
        Data::F32(all) => gone.for_each(|row| all[row] = f32::NAN),
        Data::F64(all) => gone.for_each(|row| all[row] = f64::NAN),
        Data::Str(all) => gone.for_each(|row| all[row].clear()),
        _ => return Err(bad(name, "values are missing, and the model takes no missing values")),
    }
    Ok(Tensor::list(data))
}

/// Returns a matrix or list as a table, its columns named.
pub fn table_of(tensor: &Tensor, names: &[String]) -> Result<Table, Error> {
    let (rows, width) = match *tensor.shape() {
        [rows] => (rows, 1),
        [rows, width] => (rows, width),
        _ => return Err(bad("", "only a list or a matrix is a table")),
    };
    if names.len() != width {
        return Err(bad("", format!("{} names for {width} columns", names.len())));
    }
    let column = |(at, name): (usize, &String)| {
        let values = match tensor.data().pick((0..rows).map(|row| row * width + at)) {
            Data::Bool(all) => Values::Boolean(all),
            Data::I32(all) => Values::Integer(all),
            Data::I64(all) => Values::Long(all),
            Data::F32(all) => Values::Float(all),
            Data::F64(all) => Values::Double(all),
            Data::Str(all) => Values::String(all),
            other => {
                let reason = format!("{} has no column type", other.element().as_str());
                return Err(bad(name, reason));
            }
        };
        Ok(Column::new(name, values))
    };
    Table::new(names.iter().enumerate().map(column).collect::<Result<_, _>>()?)
}
