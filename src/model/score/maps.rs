//! Maps that go into a model, one a row: the names of columns, or of tensors, are their keys.

use super::engine::{Input, Port, Value};
use super::table::{Column, Table};
use super::tensor::{Data, Element, Tensor};
use super::{Error, fit};

/// Returns what a request brings as maps with values of one type.
///
/// A record in a table that lacks a key of another has NaN there, or a mark that it is missing: it is worth nothing.
pub(super) fn of(port: &Port, element: Element, input: &Input) -> Result<Value, Error> {
    let table = match input {
        Input::Table(table) => {
            let unmarked = |column: &Column| Column { missing: None, ..column.clone() };
            Table::new(table.columns().iter().map(unmarked).collect())?
        }
        Input::Tensors(all) => table_of(port, all)?,
    };
    let (shape, mut values) = fit::matrix(element, &table)?.into_parts();
    if matches!(input, Input::Table(_)) {
        match &mut values {
            Data::F32(all) => all.iter_mut().filter(|one| one.is_nan()).for_each(|one| *one = 0.0),
            Data::F64(all) => all.iter_mut().filter(|one| one.is_nan()).for_each(|one| *one = 0.0),
            _ => {}
        }
    }
    let names = table.columns().iter().map(|column| column.name.clone());
    let keys = Tensor::list(Data::Str(names.collect()));
    Ok(Value::Maps { keys, rows: Tensor::new(&shape, values)? })
}

/// Returns lists, or matrices of one column, as the columns of a table.
fn table_of(port: &Port, all: &[(String, Tensor)]) -> Result<Table, Error> {
    let column = |(name, tensor): &(String, Tensor)| {
        if name.is_empty() {
            let reason = "a map: give its values by name".to_owned();
            return Err(Error::BadInput { name: port.name.clone(), reason });
        }
        let table = fit::table_of(tensor, std::slice::from_ref(name))?;
        Ok(table.columns().to_vec())
    };
    let columns = all.iter().map(column).collect::<Result<Vec<_>, Error>>()?;
    Table::new(columns.into_iter().flatten().collect())
}
