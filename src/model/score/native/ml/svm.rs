//! Support vectors: kernels, votes of pairs of classes, and probabilities coupled from the pairs.

use super::labels::Labels;
use super::post::{Post, Second, logistic};
use super::rows_of;
use crate::model::score::native::given::Given;
use crate::model::score::native::ops::to_f32;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error};

#[derive(Debug, Clone, Copy)]
enum Shape {
    Linear,
    Poly,
    Rbf,
    Sigmoid,
}

#[derive(Debug)]
struct Kernel {
    shape: Shape,
    gamma: f32,
    coef0: f32,
    degree: f32,
}

impl Kernel {
    fn of(given: &Given<'_>) -> Result<Self, Error> {
        let shape = match given.text("kernel_type", "LINEAR")?.as_str() {
            "LINEAR" => Shape::Linear,
            "POLY" => Shape::Poly,
            "RBF" => Shape::Rbf,
            "SIGMOID" => Shape::Sigmoid,
            other => return Err(given.bad(format!("kernel `{}`", other.escape_debug()))),
        };
        let params = given.floats("kernel_params")?.unwrap_or_default();
        let at = |index: usize| params.get(index).copied().unwrap_or_default();
        Ok(Self { shape, gamma: at(0), coef0: at(1), degree: at(2) })
    }

    fn value(&self, a: &[f32], b: &[f32]) -> f32 {
        let dot = || a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        match self.shape {
            Shape::Linear => dot(),
            Shape::Poly => (self.gamma * dot() + self.coef0).powf(self.degree),
            Shape::Sigmoid => (self.gamma * dot() + self.coef0).tanh(),
            Shape::Rbf => {
                let square: f32 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
                (-self.gamma * square).exp()
            }
        }
    }
}

/// What classifiers and regressors have in common.
#[derive(Debug)]
struct Vectors {
    kernel: Kernel,
    vectors: Vec<f32>,
    coefficients: Vec<f32>,
    rho: Vec<f32>,
    features: usize,
    post: Post,
}

impl Vectors {
    fn of(given: &Given<'_>, count: usize, rows: usize) -> Result<Self, Error> {
        let list = |name| Ok::<_, Error>(given.floats(name)?.unwrap_or_default().to_vec());
        let (vectors, coefficients, rho) =
            (list("support_vectors")?, list("coefficients")?, list("rho")?);
        let (all, parts) =
            if count > 0 { (vectors.len(), count) } else { (coefficients.len(), rows) };
        if parts == 0 || all == 0 || all % parts != 0 || rho.is_empty() {
            return Err(given.bad("lists of vectors that do not fit"));
        }
        let post = Post::of(given)?;
        let features = all / parts;
        Ok(Self { kernel: Kernel::of(given)?, vectors, coefficients, rho, features, post })
    }

    fn x(&self, inputs: &Inputs<'_>) -> Outcome<Vec<f32>> {
        let tensor = inputs.tensor(0)?;
        let (_, width) = rows_of(tensor.shape())?;
        if width != self.features {
            return Err(format!("{width} features where the model has {}", self.features));
        }
        to_f32(tensor)
    }

    fn kernels(&self, row: &[f32]) -> Vec<f32> {
        self.vectors.chunks_exact(self.features).map(|own| self.kernel.value(row, own)).collect()
    }
}

#[derive(Debug)]
struct Regressor {
    own: Vectors,
    one_class: bool,
    is_linear: bool,
}

pub(super) fn regressor(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let count = usize::try_from(given.int("n_supports", 0)?).unwrap_or(0);
    let own = Vectors::of(given, count, 1)?;
    if count > 0 && own.coefficients.len() < count {
        return Err(given.bad("fewer coefficients than vectors"));
    }
    let one_class = given.int("one_class", 0)? != 0;
    Ok(Box::new(Regressor { own, one_class, is_linear: count == 0 }))
}

impl Operator for Regressor {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let x = self.own.x(inputs)?;
        let score = |row: &[f32]| {
            let sum = match self.is_linear {
                true => self.own.kernel.value(row, &self.own.coefficients),
                false => {
                    let pairs = self.own.kernels(row);
                    pairs.iter().zip(&self.own.coefficients).map(|(k, c)| k * c).sum::<f32>()
                }
            } + self.own.rho[0];
            match self.one_class {
                true if sum > 0.0 => 1.0,
                true => -1.0,
                false => sum,
            }
        };
        let all: Vec<f32> = x.chunks_exact(self.own.features).map(score).collect();
        one(&[all.len(), 1], Data::F32(all))
    }

    fn cost(&self) -> u64 {
        100 + self.own.vectors.len() as u64
    }
}

#[derive(Debug)]
struct Classifier {
    own: Vectors,
    labels: Labels,
    /// Vectors of each class; none for a linear model.
    per_class: Vec<usize>,
    prob: Vec<(f32, f32)>,
    all_positive: bool,
}

pub(super) fn classifier(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    let labels = Labels::of(given, "classlabels_ints")?;
    let per_class = given.ints("vectors_per_class")?.unwrap_or_default().iter();
    let per_class: Result<Vec<usize>, _> = per_class.map(|n| usize::try_from(*n)).collect();
    let per_class = per_class.map_err(|_| given.bad("a negative number of vectors"))?;
    let count = per_class.iter().try_fold(0_usize, |sum, n| sum.checked_add(*n));
    let count = count.ok_or_else(|| given.bad("too many vectors"))?;
    let n = labels.len();
    let own = Vectors::of(given, count, n)?;
    let list = |name| Ok::<_, Error>(given.floats(name)?.unwrap_or_default().to_vec());
    let (a, b) = (list("prob_a")?, list("prob_b")?);
    let pairs = n * n.saturating_sub(1) / 2;
    let fits = count == 0
        || (per_class.len() == n
            && n > 1
            && n < 65_536
            && own.coefficients.len() >= (n - 1) * count
            && own.rho.len() >= pairs
            && a.len() == b.len()
            && (a.is_empty() || a.len() >= pairs));
    if !fits {
        return Err(given.bad("lists of classes that do not fit"));
    }
    let all_positive = own.coefficients.iter().all(|value| *value >= 0.0);
    let prob = a.into_iter().zip(b).collect();
    let per_class = if count == 0 { vec![] } else { per_class };
    Ok(Box::new(Classifier { own, labels, per_class, prob, all_positive }))
}

impl Classifier {
    /// Returns the score of each pair of classes, and the votes they make.
    fn pairs(&self, row: &[f32]) -> (Vec<f32>, Vec<usize>) {
        let (n, kernels) = (self.labels.len(), self.own.kernels(row));
        let count: usize = self.per_class.iter().sum();
        let mut starts = vec![0; n];
        for at in 1..n {
            starts[at] = starts[at - 1] + self.per_class[at - 1];
        }
        let (mut scores, mut votes) = (vec![], vec![0; n]);
        for (i, j) in (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))) {
            let part = |class: usize, line: usize| {
                let range = starts[class]..starts[class] + self.per_class[class];
                let own = &self.own.coefficients[line * count..][range.clone()];
                own.iter().zip(&kernels[range]).map(|(c, k)| f64::from(c * k)).collect::<Vec<_>>()
            };
            let both = part(i, j - 1).into_iter().chain(part(j, i));
            let sum = both.sum::<f64>() + f64::from(self.own.rho[scores.len()]);
            scores.push(sum as f32);
            votes[if sum > 0.0 { i } else { j }] += 1;
        }
        (scores, votes)
    }

    fn row(&self, row: &[f32]) -> (usize, Vec<f32>) {
        let (n, post) = (self.labels.len(), self.own.post);
        if self.per_class.is_empty() {
            let scores = self.own.coefficients.chunks_exact(self.own.features);
            let scores: Vec<f32> =
                scores.map(|own| self.own.kernel.value(row, own) + self.own.rho[0]).collect();
            let best = first_best(&scores);
            let class = if n == 2 { self.of_two(scores[best], best) } else { best };
            return (class, post.write(scores, Second::None));
        }
        let (scores, votes) = self.pairs(row);
        let best = first_best(&votes);
        if !self.prob.is_empty() {
            return (best, post.write(self.coupled(&scores), Second::None));
        }
        let class = if n == 2 { self.of_two(0.0, best) } else { best };
        let second = match (n, post) {
            (2, Post::None) => Second::Opposite,
            (2, _) => Second::Complement,
            _ => Second::None,
        };
        (class, post.write(scores, second))
    }

    fn of_two(&self, weight: f32, best: usize) -> usize {
        match self.all_positive {
            true if weight >= 0.5 => 1,
            false if weight > 0.0 => 1,
            _ => best,
        }
    }

    /// Probabilities of classes from those of pairs, by the method of Wu, Lin and Weng.
    fn coupled(&self, scores: &[f32]) -> Vec<f32> {
        let n = self.labels.len();
        let mut r = vec![0.0_f32; n * n];
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        for (((i, j), score), (a, b)) in pairs.zip(scores).zip(&self.prob) {
            let p = (1.0 - logistic(score * a + b)).clamp(1e-7, 1.0 - 1e-7);
            r[i * n + j] = p;
            r[j * n + i] = 1.0 - p;
        }
        let mut q = vec![0.0_f32; n * n];
        for i in 0..n {
            for j in (0..n).filter(|j| *j != i) {
                q[i * n + i] += r[j * n + i] * r[j * n + i];
                q[i * n + j] = -r[j * n + i] * r[i * n + j];
            }
        }
        settle(&q, n)
    }
}

fn settle(q: &[f32], n: usize) -> Vec<f32> {
    let mut p = vec![1.0 / n as f32; n];
    for _ in 0..100 {
        let product = |row: &[f32], p: &[f32]| row.iter().zip(p).map(|(q, p)| q * p).sum::<f32>();
        let mut qp: Vec<f32> = q.chunks_exact(n).map(|row| product(row, &p)).collect();
        let mut pqp = product(&p, &qp);
        let error = qp.iter().map(|own| (own - pqp).abs()).fold(0.0, f32::max);
        if error < 0.005 / n as f32 {
            break;
        }
        for i in 0..n {
            let own = q[i * n + i];
            let step = (pqp - qp[i]) / own;
            p[i] += step;
            pqp = (pqp + step * (step * own + 2.0 * qp[i])) / (1.0 + step) / (1.0 + step);
            for j in 0..n {
                qp[j] = (qp[j] + step * q[i * n + j]) / (1.0 + step);
                p[j] /= 1.0 + step;
            }
        }
    }
    p
}

fn first_best<T: PartialOrd>(all: &[T]) -> usize {
    (1..all.len()).fold(0, |best, at| if all[at] > all[best] { at } else { best })
}

impl Operator for Classifier {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let x = self.own.x(inputs)?;
        sized(&[x.len() / self.own.features, self.own.vectors.len().max(1)])?;
        let (mut classes, mut all) = (vec![], vec![]);
        for row in x.chunks_exact(self.own.features) {
            let (class, scores) = self.row(row);
            classes.push(class);
            all.extend(scores);
        }
        let width = all.len().checked_div(classes.len()).unwrap_or(self.labels.len());
        let mut outputs = one(&[classes.len()], self.labels.pick(&classes))?;
        outputs.extend(one(&[classes.len(), width], Data::F32(all))?);
        Ok(outputs)
    }

    fn cost(&self) -> u64 {
        100 + self.own.vectors.len() as u64
    }
}
