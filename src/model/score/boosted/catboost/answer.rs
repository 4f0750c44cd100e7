//! From sums of leaves to what CatBoost's classes answer.

use serde::Deserialize;
use serde_json::Value;

use crate::model::score::boosted::softmax;
use crate::model::score::{Data, Element, Manner};

/// Labels of the classes, by their order in the model.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Classes {
    #[serde(default)]
    class_names: Vec<Value>,
    #[serde(default)]
    class_label_type: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Raw,
    Exp,
    /// One sum for two classes.
    Two,
    Softmax,
    /// A sum a class, each for itself.
    Each,
}

/// What becomes of sums.
#[derive(Debug)]
pub(super) struct Answer {
    kind: Kind,
    /// What stands for the classes where no probabilities are asked for.
    labels: Option<Data>,
}

impl Answer {
    /// Returns what a loss function does; its name where that is not known.
    pub(super) fn of(
        loss: &str,
        classes: Classes,
        groups: usize,
        manner: Manner,
    ) -> Result<Self, String> {
        if manner == Manner::Margins {
            return Ok(Self { kind: Kind::Raw, labels: None });
        }
        let name = loss.split(':').next().unwrap_or_default();
        let kind = match name {
            "Logloss" | "CrossEntropy" if groups == 1 => Kind::Two,
            "MultiClass" => Kind::Softmax,
            "MultiClassOneVsAll" => Kind::Each,
            "Poisson" | "Tweedie" => Kind::Exp,
            "RMSEWithUncertainty"
            | "MultiLogloss"
            | "MultiCrossEntropy"
            | "Logloss"
            | "CrossEntropy" => return Err(name.to_owned()),
            _ => Kind::Raw,
        };
        let count = if kind == Kind::Two { 2 } else { groups };
        let is_class = matches!(kind, Kind::Two | Kind::Softmax | Kind::Each);
        let labels = (is_class && manner == Manner::Estimator).then(|| classes.labels(count));
        Ok(Self { kind, labels })
    }

    /// Returns the type of the answers and how many there are a row.
    pub(super) fn shape(&self, groups: usize) -> (Element, Option<usize>) {
        match (&self.labels, self.kind) {
            (Some(labels), Kind::Two) => (labels.element(), None),
            (Some(labels), _) => (labels.element(), Some(1)),
            (None, Kind::Two) => (Element::F64, Some(2)),
            (None, _) => (Element::F64, (groups > 1).then_some(groups)),
        }
    }

    /// Turns the sums of rows with `groups` numbers each into answers.
    pub(super) fn apply(&self, mut all: Vec<f64>, groups: usize) -> Data {
        if let Some(labels) = &self.labels {
            let class = |row: &[f64]| match row {
                [sum] if self.kind == Kind::Two => usize::from(*sum > 0.0),
                _ => (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best }),
            };
            return labels.pick(all.chunks_exact(groups).map(class));
        }
        match self.kind {
            Kind::Raw => {}
            Kind::Exp => all.iter_mut().for_each(|x| *x = x.exp()),
            Kind::Two => {
                all = all.iter().flat_map(|x| [sigmoid(-x), sigmoid(*x)]).collect();
            }
            Kind::Softmax => all.chunks_exact_mut(groups).for_each(softmax),
            Kind::Each => all.iter_mut().for_each(|x| *x = sigmoid(*x)),
        }
        Data::F64(all)
    }
}

impl Classes {
    /// Returns labels of one type; numbers from zero on where there are none.
    fn labels(self, count: usize) -> Data {
        let names = self.class_names;
        if names.len() != count {
            return Data::I64((0..count as i64).collect());
        }
        if self.class_label_type == "Boolean" {
            return Data::Bool(names.iter().map(|name| name == "True" || name == true).collect());
        }
        if let Some(ints) = names.iter().map(Value::as_i64).collect() {
            return Data::I64(ints);
        }
        if let Some(floats) = names.iter().map(Value::as_f64).collect() {
            return Data::F64(floats);
        }
        let text = |name: &Value| name.as_str().map_or_else(|| name.to_string(), str::to_owned);
        Data::Str(names.iter().map(text).collect())
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
