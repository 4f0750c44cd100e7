//! Linear models.

use super::labels::Labels;
use super::post::{Post, Second};
use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::ops::{product, to_f32};
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Error};

#[derive(Debug)]
struct Linear {
    /// Features × targets, so that a row of targets lies side by side.
    coefficients: Vec<f32>,
    intercepts: Vec<f32>,
    features: usize,
    post: Post,
}

impl Linear {
    fn of(given: &Given<'_>, targets: usize) -> Result<Self, Error> {
        let all = given.floats("coefficients")?.unwrap_or_default();
        if targets == 0 || all.is_empty() || all.len() % targets != 0 {
            return Err(given.bad(format!("{} coefficients for {targets} targets", all.len())));
        }
        let features = all.len() / targets;
        let at = |index: usize| all[index % targets * features + index / targets];
        let mut intercepts = given.floats("intercepts")?.unwrap_or_default().to_vec();
        if intercepts.is_empty() {
            intercepts = vec![0.0; targets];
        }
        if intercepts.len() != targets {
            return Err(given.bad(format!("{} intercepts for {targets} targets", intercepts.len())));
        }
        let coefficients = (0..all.len()).map(at).collect();
        Ok(Self { coefficients, intercepts, features, post: Post::of(given)? })
    }

    /// Returns the scores of all rows.
    fn scores(&self, inputs: &Inputs<'_>) -> Outcome<(usize, Vec<f32>)> {
        let tensor = inputs.tensor(0)?;
        let (rows, width) = rows_of(tensor.shape())?;
        if width != self.features {
            return Err(format!("{width} features where the model has {}", self.features));
        }
        let start = self.intercepts.iter().copied().cycle().take(rows * self.targets()).collect();
        let x = to_f32(tensor)?;
        Ok((rows, product(&x, &self.coefficients, start, self.features, self.targets())))
    }

    const fn targets(&self) -> usize {
        self.intercepts.len()
    }
}

#[derive(Debug)]
struct Classifier {
    linear: Linear,
    labels: Labels,
}

pub(super) fn classifier(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let targets = given.floats("intercepts")?.map_or(0, <[f32]>::len);
    let labels = Labels::of(given, "classlabels_ints")?;
    let linear = Linear::of(given, if targets == 0 { labels.len() } else { targets })?;
    if linear.targets() > 1 && labels.len() != linear.targets() {
        return Err(given.bad("as many classes as targets"));
    }
    Ok(Box::new(Classifier { linear, labels }))
}

impl Operator for Classifier {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (rows, scores) = self.linear.scores(inputs)?;
        let targets = self.linear.targets();
        let names = if targets == 1 {
            self.labels.pick_binary(&scores.iter().map(|score| *score > 0.0).collect::<Vec<_>>())
        } else {
            let best = |row: &[f32]| {
                (1..targets).fold(0, |best, at| if row[at] > row[best] { at } else { best })
            };
            self.labels.pick(&scores.chunks_exact(targets).map(best).collect::<Vec<_>>())
        };
        let (second, width) = match targets == 1 && self.labels.len() == 2 {
            true => (Second::Complement, 2),
            false => (Second::None, targets),
        };
        let write = |row: &[f32]| match (self.linear.post, row, second) {
            // Both sides of a logistic, which onnxruntime takes of the score itself.
            (Post::Logistic, [score], Second::Complement) => {
                let p = super::post::logistic(*score);
                vec![1.0 - p, p]
            }
            _ => self.linear.post.write(row.to_vec(), second),
        };
        let all: Vec<f32> = match (self.linear.post, second) {
            (Post::None, Second::None) => scores,
            _ => scores.chunks_exact(targets).flat_map(write).collect(),
        };
        let mut outputs = one(&[rows], names)?;
        outputs.extend(one(&[rows, width], Data::F32(all))?);
        Ok(outputs)
    }

    fn cost(&self) -> u64 {
        50 + self.linear.coefficients.len() as u64 / 4
    }
}

#[derive(Debug)]
struct Regressor(Linear);

pub(super) fn regressor(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let targets = usize::try_from(given.int("targets", 1)?).unwrap_or(0);
    Ok(Box::new(Regressor(Linear::of(given, targets)?)))
}

impl Operator for Regressor {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (rows, scores) = self.0.scores(inputs)?;
        let all = match self.0.post {
            Post::None => scores,
            post => {
                let write = |row: &[f32]| post.write(row.to_vec(), Second::None);
                scores.chunks_exact(self.0.targets()).flat_map(write).collect()
            }
        };
        one(&[rows, self.0.targets()], Data::F32(all))
    }

    fn cost(&self) -> u64 {
        50 + self.0.coefficients.len() as u64 / 4
    }
}
