//! Columns put together and taken apart; scores with the names of their classes.

use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::ops::to_f32;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error, Tensor, Value};

/// All inputs side by side, as floats.
#[derive(Debug)]
pub(super) struct Features;

impl Operator for Features {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let parts = inputs.all()?;
        let mut columns = vec![];
        for part in &parts {
            columns.push((rows_of(part.shape())?, to_f32(part)?));
        }
        let rows = columns.first().map_or(0, |((rows, _), _)| *rows);
        if columns.iter().any(|((other, _), _)| *other != rows) {
            return Err("parts of different numbers of rows".to_owned());
        }
        let width = columns.iter().map(|((_, width), _)| width).sum();
        sized(&[rows, width])?;
        let row = |row: usize| {
            let part = move |((_, width), all): &'_ ((usize, usize), Vec<f32>)| {
                all[row * width..(row + 1) * width].to_vec()
            };
            columns.iter().flat_map(part)
        };
        one(&[rows, width], Data::F32((0..rows).flat_map(row).collect()))
    }
}

/// Some of the last dimension.
#[derive(Debug)]
pub(super) struct Extract;

impl Operator for Extract {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let Data::I64(wanted) = inputs.tensor(1)?.data() else {
            return Err("indices of another type".to_owned());
        };
        let (width, lead) = tensor.shape().split_last().ok_or("no dimension")?;
        let at = |at: &i64| usize::try_from(*at).ok().filter(|at| at < width);
        let some: Option<Vec<usize>> = wanted.iter().map(at).collect();
        let some = some.ok_or_else(|| format!("an index beyond {width}"))?;
        let mut shape = if lead.is_empty() { vec![1] } else { lead.to_vec() };
        shape.push(some.len());
        let rows = sized(&shape)?.checked_div(some.len()).unwrap_or(0);
        let row = |row: usize| some.iter().map(move |at| row * width + at);
        one(&shape, tensor.data().pick((0..rows).flat_map(row)))
    }
}

#[derive(Debug)]
struct ZipMap(Data);

pub(super) fn zip_map(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let labels = given.labels("classlabels_int64s", "classlabels_strings")?;
    Ok(Box::new(ZipMap(labels.ok_or_else(|| given.bad("it names no classes"))?)))
}

impl Operator for ZipMap {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (rows, width) = rows_of(tensor.shape())?;
        if width != self.0.len() {
            return Err(format!("{width} scores for {} classes", self.0.len()));
        }
        let values = Tensor::new(&[rows, width], tensor.data().clone());
        let values = values.map_err(|error| error.to_string())?;
        Ok(vec![Value::Maps { keys: Tensor::list(self.0.clone()), rows: values }])
    }
}
