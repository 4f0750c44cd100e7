//! Names of classes: integers or text.

use crate::model::score::native::given::Given;
use crate::model::score::{Data, Error};

/// The classes of a classifier, in the order of their scores.
#[derive(Debug)]
pub(super) struct Labels(Data);

impl Labels {
    /// Reads the attributes `classlabels_int64s` (or `_ints`) and `classlabels_strings`.
    pub(super) fn of(given: &Given<'_>, ints: &str) -> Result<Self, Error> {
        let labels = given.labels(ints, "classlabels_strings")?;
        labels.map(Self).ok_or_else(|| given.bad("it names no classes"))
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) const fn are_text(&self) -> bool {
        matches!(self.0, Data::Str(_))
    }

    /// Returns the label of each row; a class out of range is the first.
    pub(super) fn pick(&self, classes: &[usize]) -> Data {
        self.0.pick(classes.iter().map(|class| if *class < self.0.len() { *class } else { 0 }))
    }

    /// Returns the labels of rows of a classifier with one score: those of the model where it has two, else 0 and 1.
    pub(super) fn pick_binary(&self, positive: &[bool]) -> Data {
        if self.len() == 2 {
            return self.0.pick(positive.iter().map(|is| usize::from(*is)));
        }
        match &self.0 {
            Data::Str(_) => {
                Data::Str(positive.iter().map(|is| u8::from(*is).to_string()).collect())
            }
            _ => Data::I64(positive.iter().map(|is| i64::from(*is)).collect()),
        }
    }
}
