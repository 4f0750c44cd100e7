//! Products of matrices, and distances between rows: loops that the compiler turns into vector instructions.

use super::cast::cast;
use super::spread;
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Element, Error, Tensor};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    Ok(Some(match given.node.operator {
        "MatMul" => Box::new(MatMul),
        "Gemm" => Box::new(Gemm {
            alpha: given.float("alpha", 1.0)?,
            beta: given.float("beta", 1.0)?,
            turn_a: given.int("transA", 0)? != 0,
            turn_b: given.int("transB", 0)? != 0,
        }),
        "CDist" if given.node.domain == "com.microsoft" => {
            let metric = given.text("metric", "sqeuclidean")?;
            match metric.as_str() {
                "euclidean" => Box::new(Distance { root: true }),
                "sqeuclidean" => Box::new(Distance { root: false }),
                _ => return Err(given.unsupported(format!("metric `{}`", metric.escape_debug()))),
            }
        }
        _ => return Ok(None),
    }))
}

macro_rules! product {
    ($name:ident, $kind:ty) => {
        /// Adds the product of `a` (n × k) and `b` (k × m) to `c`.
        fn $name(a: &[$kind], b: &[$kind], c: &mut [$kind], k: usize, m: usize) {
            if k == 0 || m == 0 {
                return;
            }
            for (a, c) in a.chunks_exact(k).zip(c.chunks_exact_mut(m)) {
                for (x, b) in a.iter().zip(b.chunks_exact(m)) {
                    for (c, y) in c.iter_mut().zip(b) {
                        *c += x * y;
                    }
                }
            }
        }
    };
}

product!(product_f32, f32);
product!(product_f64, f64);

/// Returns the product of `a` (n × k) and `b` (k × m).
pub(in crate::model::score::native) fn product(
    a: &[f32],
    b: &[f32],
    start: Vec<f32>,
    k: usize,
    m: usize,
) -> Vec<f32> {
    let mut c = start;
    product_f32(a, b, &mut c, k, m);
    c
}

#[derive(Debug)]
struct MatMul;

/// Shapes of a product: leading dimensions, rows, inner, columns.
struct Sides {
    lead: Vec<usize>,
    n: usize,
    k: usize,
    m: usize,
}

fn sides(a: &[usize], b: &[usize]) -> Outcome<Sides> {
    let bad = || format!("{a:?} times {b:?}");
    let (a_lead, [n, k]) = a.split_last_chunk().ok_or_else(bad)?;
    let (b_lead, [inner, m]) = b.split_last_chunk().ok_or_else(bad)?;
    if k != inner {
        return Err(bad());
    }
    Ok(Sides { lead: spread::shape(a_lead, b_lead)?, n: *n, k: *k, m: *m })
}

impl Operator for MatMul {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (a, b) = (inputs.tensor(0)?, inputs.tensor(1)?);
        let (mut left, mut right) = (a.shape().to_vec(), b.shape().to_vec());
        let (a_is_list, b_is_list) = (left.len() == 1, right.len() == 1);
        if a_is_list {
            left.insert(0, 1);
        }
        if b_is_list {
            right.push(1);
        }
        let Sides { lead, n, k, m } = sides(&left, &right)?;
        let mut shape = lead.clone();
        shape.extend([n, m]);
        let count = sized(&shape)?;
        let starts = spread::indices(&left[..left.len() - 2], &lead)
            .zip(spread::indices(&right[..right.len() - 2], &lead));
        macro_rules! all {
            ($x:expr, $y:expr, $product:ident) => {{
                let mut all = vec![Default::default(); count];
                if n * m > 0 {
                    for ((at, bt), c) in starts.zip(all.chunks_exact_mut(n * m)) {
                        let (x, y) = (&$x[at * n * k..][..n * k], &$y[bt * k * m..][..k * m]);
                        $product(x, y, c, k, m);
                    }
                }
                all
            }};
        }
        let data = match (a.data(), b.data()) {
            (Data::F32(x), Data::F32(y)) => Data::F32(all!(x, y, product_f32)),
            (Data::F64(x), Data::F64(y)) => Data::F64(all!(x, y, product_f64)),
            (x, y) => {
                return Err(format!("{} times {}", x.element().as_str(), y.element().as_str()));
            }
        };
        if b_is_list {
            shape.pop();
        }
        if a_is_list {
            shape.remove(lead.len());
        }
        one(&shape, data)
    }

    fn cost(&self) -> u64 {
        2000
    }
}

#[derive(Debug)]
struct Gemm {
    alpha: f32,
    beta: f32,
    turn_a: bool,
    turn_b: bool,
}

fn turned(tensor: &Tensor, turn: bool) -> Outcome<(Vec<usize>, Data)> {
    let [n, m] = *tensor.shape() else { return Err("not a matrix".to_owned()) };
    if !turn {
        return Ok((vec![n, m], tensor.data().clone()));
    }
    Ok((vec![m, n], tensor.data().pick((0..m).flat_map(|j| (0..n).map(move |i| i * m + j)))))
}

impl Operator for Gemm {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let element = inputs.tensor(0)?.element();
        let (a_shape, a) = turned(inputs.tensor(0)?, self.turn_a)?;
        let (b_shape, b) = turned(inputs.tensor(1)?, self.turn_b)?;
        let Sides { n, k, m, .. } = sides(&a_shape, &b_shape)?;
        let count = sized(&[n, m])?;
        let bias = match inputs.optional(2)? {
            None => None,
            Some(c) if spread::shape(c.shape(), &[n, m])? == [n, m] => {
                Some(c.data().pick(spread::indices(c.shape(), &[n, m])))
            }
            Some(c) => return Err(format!("{:?} added to [{n}, {m}]", c.shape())),
        };
        macro_rules! all {
            ($name:ident, $product:ident, $kind:ty) => {{
                let numbers = |data| match cast(data, element)? {
                    Data::$name(all) => Ok::<_, String>(all),
                    _ => unreachable!("just cast"),
                };
                let mut all = vec![0.0; count];
                $product(&numbers(&a)?, &numbers(&b)?, &mut all, k, m);
                let (alpha, beta) = (<$kind>::from(self.alpha), <$kind>::from(self.beta));
                if alpha != 1.0 {
                    all.iter_mut().for_each(|x| *x *= alpha);
                }
                if let Some(bias) = &bias {
                    let bias = numbers(bias)?;
                    all.iter_mut().zip(&bias).for_each(|(x, c)| *x += beta * c);
                }
                Data::$name(all)
            }};
        }
        let data = match element {
            Element::F32 => all!(F32, product_f32, f32),
            Element::F64 => all!(F64, product_f64, f64),
            other => return Err(format!("Gemm of {}", other.as_str())),
        };
        one(&[n, m], data)
    }

    fn cost(&self) -> u64 {
        2000
    }
}

/// Distances of each row of one matrix to each of another.
#[derive(Debug)]
struct Distance {
    root: bool,
}

impl Operator for Distance {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let (a, b) = (inputs.tensor(0)?, inputs.tensor(1)?);
        let ([n, k], [m, inner]) = (a.shape(), b.shape()) else {
            return Err("not two matrices".to_owned());
        };
        if k != inner || *k == 0 {
            return Err(format!("distances of {k} and {inner} dimensions"));
        }
        sized(&[*n, *m])?;
        macro_rules! all {
            ($x:expr, $y:expr, $kind:ty) => {{
                let between = |x: &[$kind], y: &[$kind]| {
                    let squares = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y));
                    let sum = squares.fold(0.0 as $kind, |sum, square| sum + square);
                    if self.root { sum.sqrt() } else { sum }
                };
                let row = |x| $y.chunks_exact(*k).map(move |y| between(x, y));
                $x.chunks_exact(*k).flat_map(row).collect()
            }};
        }
        let data = match (a.data(), b.data()) {
            (Data::F32(x), Data::F32(y)) => {
                let all: Vec<f32> = all!(x, y, f32);
                Data::F32(all)
            }
            (Data::F64(x), Data::F64(y)) => {
                let all: Vec<f64> = all!(x, y, f64);
                Data::F64(all)
            }
            _ => return Err("not floats of one type".to_owned()),
        };
        one(&[*n, *m], data)
    }

    fn cost(&self) -> u64 {
        2000
    }
}
