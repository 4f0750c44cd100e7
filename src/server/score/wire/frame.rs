//! A table of a request against the columns or tensors that a model takes.

use super::cast;
use super::cells::Cells;
use super::request::{Asked, Read, Takes, row_shape, shape_text};
use crate::model::score::{Column, Data, Input, Table, Tensor};
use crate::model::signature::{self, Schema, Type};
use crate::server::score::failure::Failure;

/// Columns as they came, by name.
#[derive(Debug, Default)]
pub(in crate::server::score) struct Frame {
    pub(in crate::server::score) columns: Vec<(String, Cells)>,
    pub(in crate::server::score) rows: usize,
}

impl Frame {
    /// Returns what the model is asked, once all fits.
    pub(in crate::server::score) fn check(self, takes: &Takes<'_>) -> Result<Read, Failure> {
        match takes.inputs() {
            None => self.inferred(),
            Some(Schema::Columns(columns)) if columns.iter().all(|one| one.name.is_some()) => {
                self.named(columns)
            }
            Some(Schema::Columns(columns)) => self.counted(columns),
            Some(Schema::Tensors(tensors)) => self.tensors(tensors),
        }
    }

    fn inferred(self) -> Result<Read, Failure> {
        let columns = self.columns.into_iter();
        let columns = columns.map(|(name, cells)| {
            cast::inferred(&name, cells).map_err(|error| unconvertible(&name, "object", &error))
        });
        table(columns.collect::<Result<_, _>>()?, false)
    }

    fn named(mut self, wanted: &[signature::Column]) -> Result<Read, Failure> {
        let (mut columns, mut missing) = (Vec::with_capacity(wanted.len()), vec![]);
        let mut next = 0;
        for want in wanted {
            let name = want.name.as_deref().unwrap_or_default();
            // Columns usually come in the order of the signature.
            let place = match self.columns.get(next) {
                Some((own, _)) if own == name => Some(next),
                _ => self.columns.iter().position(|(own, _)| own == name),
            };
            let Some(place) = place else {
                if want.required {
                    missing.push(name);
                }
                continue;
            };
            next = place + 1;
            let cells = std::mem::take(&mut self.columns[place].1);
            columns.push(converted(name, cells, &want.kind)?);
        }
        if !missing.is_empty() {
            let extra = self.columns.iter().map(|(name, _)| name.as_str());
            let extra: Vec<_> = extra
                .filter(|name| !wanted.iter().any(|want| want.name.as_deref() == Some(name)))
                .collect();
            return Err(Failure::schema(missing_text(&missing, &extra)));
        }
        table(columns, false)
    }

    fn counted(self, wanted: &[signature::Column]) -> Result<Read, Failure> {
        let (want, has) = (wanted.len(), self.columns.len());
        if has < want {
            return Err(Failure::schema(format!(
                "Model inference is missing inputs. The model signature declares {want} inputs  but the provided value \
                 only has {has} inputs. Note: the inputs were not named in the signature so we can only verify their \
                 count."
            )));
        }
        let columns = self.columns.into_iter().zip(wanted);
        let columns = columns.map(|((name, cells), want)| converted(&name, cells, &want.kind));
        table(columns.collect::<Result<_, _>>()?, true)
    }

    fn tensors(self, wanted: &[signature::Tensor]) -> Result<Read, Failure> {
        let rows = self.rows;
        let by_name = |want: &signature::Tensor| {
            self.columns.iter().any(|(name, _)| Some(name) == want.name.as_ref())
        };
        if let [want] = wanted
            && !by_name(want)
        {
            let name = want.name.clone().unwrap_or_default();
            return Ok(Read::Asked(asked(vec![(name, self.matrix(want)?)])));
        }
        let missing: Vec<_> = wanted
            .iter()
            .filter(|want| !by_name(want))
            .filter_map(|want| want.name.as_deref())
            .collect();
        if !missing.is_empty() {
            return Err(Failure::schema(missing_text(&missing, &[])));
        }
        let mut given = self.columns;
        let mut tensors = vec![];
        for want in wanted {
            let name = want.name.clone().unwrap_or_default();
            let place = given.iter().position(|(own, _)| *own == name).unwrap_or(0);
            let cells = std::mem::take(&mut given[place].1);
            let data = cast::elements(cells, &want.dtype).map_err(Failure::input)?;
            let shape = if want.shape.len() <= 1 { vec![rows] } else { vec![rows, 1] };
            tensors.push((name, fitted(&shape, data, want)?));
        }
        Ok(Read::Asked(asked(tensors)))
    }

    /// Returns all columns side by side.
    fn matrix(self, want: &signature::Tensor) -> Result<Tensor, Failure> {
        let (rows, width) = (self.rows, self.columns.len());
        let mut all = Cells::default();
        let columns: Vec<Vec<_>> =
            self.columns.into_iter().map(|(_, cells)| cells.into_mixed()).collect();
        for row in 0..rows {
            columns.iter().for_each(|column| all.push(column[row].clone()));
        }
        let data = cast::elements(all, &want.dtype).map_err(Failure::input)?;
        let shape = match want.shape.len() {
            1 if width == 1 => vec![rows],
            _ => row_shape(rows, width, &want.shape),
        };
        fitted(&shape, data, want)
    }
}

/// Returns a tensor, once it has the shape that is wanted.
pub(in crate::server::score) fn fitted(
    shape: &[usize],
    data: Data,
    want: &signature::Tensor,
) -> Result<Tensor, Failure> {
    let fits = |(want, has): (&i64, &usize)| *want < 0 || *want as u64 == *has as u64;
    if shape.len() != want.shape.len() || !want.shape.iter().zip(shape).all(fits) {
        let (has, want) = (shape_text(shape), shape_text(&want.shape));
        return Err(Failure::schema(format!(
            "Shape of input {has} does not match expected shape {want}."
        )));
    }
    Tensor::new(shape, data).map_err(Failure::from)
}

pub(in crate::server::score) fn asked(tensors: Vec<(String, Tensor)>) -> Asked {
    Asked { input: Input::Tensors(tensors), params: None, positional: false }
}

fn table(columns: Vec<Column>, positional: bool) -> Result<Read, Failure> {
    let input = Input::Table(Table::new(columns)?);
    Ok(Read::Asked(Asked { input, params: None, positional }))
}

fn converted(name: &str, cells: Cells, kind: &Type) -> Result<Column, Failure> {
    let Type::Scalar(scalar) = kind else {
        return Err(Failure::input(format!(
            "column {name} has a type that this engine does not take"
        )));
    };
    cast::column(name, cells, *scalar)
        .map_err(|error| unconvertible(name, cast::pandas_name(*scalar), &error))
}

fn unconvertible(name: &str, kind: &str, error: &str) -> Failure {
    Failure::input(format!(
        "Data is not compatible with model signature. Failed to convert column {name} to type '{kind}'. Error: '{error}'"
    ))
}

/// Says which inputs are missing, as MLflow does.
pub(in crate::server::score) fn missing_text(missing: &[&str], extra: &[&str]) -> String {
    let list =
        |names: &[&str]| names.iter().map(|name| cast::quoted(name)).collect::<Vec<_>>().join(", ");
    let also = match extra {
        [] => String::new(),
        extra => format!(" Note that there were extra inputs: [{}].", list(extra)),
    };
    format!("Model is missing inputs [{}].{also}", list(missing))
}
