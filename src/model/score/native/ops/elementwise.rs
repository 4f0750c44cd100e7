//! Arithmetic, element by element.

use super::spread::zip;
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one};
use crate::model::score::{Data, Error, Tensor};

/// Operators of two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Max,
    Min,
    Mod,
    PRelu,
}

/// Operators of one float.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unary {
    Abs,
    Neg,
    Sqrt,
    Exp,
    Log,
    Sigmoid,
    Tanh,
    Relu,
    Floor,
    Ceil,
    Round,
    Sign,
    Reciprocal,
    Erf,
    Softplus,
    Sin,
    Cos,
}

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    let binary = match given.node.operator {
        "Add" => Some(Binary::Add),
        "Sub" => Some(Binary::Sub),
        "Mul" => Some(Binary::Mul),
        "Div" => Some(Binary::Div),
        "Pow" => Some(Binary::Pow),
        "Max" => Some(Binary::Max),
        "Min" => Some(Binary::Min),
        "Mod" if given.int("fmod", 0)? == 0 => Some(Binary::Mod),
        "PRelu" => Some(Binary::PRelu),
        "Sum" => Some(Binary::Add),
        _ => None,
    };
    if let Some(binary) = binary {
        let many = matches!(given.node.operator, "Max" | "Min" | "Sum");
        return Ok(Some(Box::new(Pairs { binary, many })));
    }
    if given.node.operator == "Clip" {
        let low = given.float("min", f32::NEG_INFINITY)?;
        return Ok(Some(Box::new(Clip { low, high: given.float("max", f32::INFINITY)? })));
    }
    let unary = match given.node.operator {
        "Abs" => Unary::Abs,
        "Neg" => Unary::Neg,
        "Sqrt" => Unary::Sqrt,
        "Exp" => Unary::Exp,
        "Log" => Unary::Log,
        "Sigmoid" => Unary::Sigmoid,
        "Tanh" => Unary::Tanh,
        "Relu" => Unary::Relu,
        "Floor" => Unary::Floor,
        "Ceil" => Unary::Ceil,
        "Round" => Unary::Round,
        "Sign" => Unary::Sign,
        "Reciprocal" => Unary::Reciprocal,
        "Erf" => Unary::Erf,
        "Softplus" => Unary::Softplus,
        "Sin" => Unary::Sin,
        "Cos" => Unary::Cos,
        _ => return Ok(None),
    };
    Ok(Some(Box::new(unary)))
}

#[derive(Debug)]
struct Pairs {
    binary: Binary,
    many: bool,
}

impl Operator for Pairs {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let first = inputs.tensor(0)?;
        if !self.many {
            let (shape, data) = self.binary.apply(first, inputs.tensor(1)?)?;
            return one(&shape, data);
        }
        let (mut shape, mut data) = (first.shape().to_vec(), first.data().clone());
        for other in &inputs.all()?[1..] {
            let so_far = Tensor::new(&shape, data).map_err(|error| error.to_string())?;
            (shape, data) = self.binary.apply(&so_far, other)?;
        }
        one(&shape, data)
    }
}

impl Binary {
    fn apply(self, a: &Tensor, b: &Tensor) -> Outcome<(Vec<usize>, Data)> {
        macro_rules! floats {
            ($name:ident, $a:expr, $b:expr) => {{
                let (a, b) = ((a.shape(), &$a[..]), (b.shape(), &$b[..]));
                let (shape, all) = match self {
                    Self::Add => zip(a, b, |x, y| x + y),
                    Self::Sub => zip(a, b, |x, y| x - y),
                    Self::Mul => zip(a, b, |x, y| x * y),
                    Self::Div => zip(a, b, |x, y| x / y),
                    Self::Pow => zip(a, b, |x, y| if y == 2.0 { x * x } else { x.powf(y) }),
                    Self::Max => zip(a, b, |x, y| if x.is_nan() || x > y { x } else { y }),
                    Self::Min => zip(a, b, |x, y| if x.is_nan() || x < y { x } else { y }),
                    Self::PRelu => zip(a, b, |x, y| if x < 0.0 { x * y } else { x }),
                    Self::Mod => return Err("Mod of floats".to_owned()),
                }?;
                Ok((shape, Data::$name(all)))
            }};
        }
        macro_rules! integers {
            ($name:ident, $a:expr, $b:expr) => {{
                if matches!(self, Self::Div | Self::Mod) && $b.contains(&0) {
                    return Err("an integer is divided by zero".to_owned());
                }
                let (a, b) = ((a.shape(), &$a[..]), (b.shape(), &$b[..]));
                let (shape, all) = match self {
                    Self::Add => zip(a, b, |x, y| x.wrapping_add(y)),
                    Self::Sub => zip(a, b, |x, y| x.wrapping_sub(y)),
                    Self::Mul => zip(a, b, |x, y| x.wrapping_mul(y)),
                    Self::Div => zip(a, b, |x, y| x.wrapping_div(y)),
                    Self::Max => zip(a, b, |x, y| x.max(y)),
                    Self::Min => zip(a, b, |x, y| x.min(y)),
                    Self::Mod => zip(a, b, |x, y| x.wrapping_rem_euclid(y)),
                    Self::Pow => {
                        zip(a, b, |x, y| u32::try_from(y).map_or(0, |y| x.wrapping_pow(y)))
                    }
                    Self::PRelu => return Err("PRelu of integers".to_owned()),
                }?;
                Ok((shape, Data::$name(all)))
            }};
        }
        match (a.data(), b.data()) {
            (Data::F32(x), Data::F32(y)) => floats!(F32, x, y),
            (Data::F64(x), Data::F64(y)) => floats!(F64, x, y),
            (Data::I64(x), Data::I64(y)) => integers!(I64, x, y),
            (Data::I32(x), Data::I32(y)) => integers!(I32, x, y),
            (Data::F32(x), Data::F64(_) | Data::I64(_) | Data::I32(_)) if self == Self::Pow => {
                let y = super::to_f32(b)?;
                floats!(F32, x, y)
            }
            (x, y) => Err(format!("{} with {}", x.element().as_str(), y.element().as_str())),
        }
    }
}

impl Operator for Unary {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        macro_rules! floats {
            ($name:ident, $all:expr) => {
                Data::$name(match self {
                    Self::Abs => $all.iter().map(|x| x.abs()).collect(),
                    Self::Neg => $all.iter().map(|x| -x).collect(),
                    Self::Sqrt => $all.iter().map(|x| x.sqrt()).collect(),
                    Self::Exp => $all.iter().map(|x| x.exp()).collect(),
                    Self::Log => $all.iter().map(|x| x.ln()).collect(),
                    Self::Sigmoid => $all.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
                    Self::Tanh => $all.iter().map(|x| x.tanh()).collect(),
                    Self::Relu => $all.iter().map(|x| if *x < 0.0 { 0.0 } else { *x }).collect(),
                    Self::Floor => $all.iter().map(|x| x.floor()).collect(),
                    Self::Ceil => $all.iter().map(|x| x.ceil()).collect(),
                    Self::Round => $all.iter().map(|x| x.round_ties_even()).collect(),
                    Self::Sign => {
                        let sign = |x: f64| if x == 0.0 || x.is_nan() { x } else { x.signum() };
                        $all.iter().map(|x| sign(f64::from(*x)) as _).collect()
                    }
                    Self::Reciprocal => $all.iter().map(|x| 1.0 / x).collect(),
                    Self::Erf => $all.iter().map(|x| erf(f64::from(*x)) as _).collect(),
                    Self::Softplus => $all.iter().map(|x| x.exp().ln_1p()).collect(),
                    Self::Sin => $all.iter().map(|x| x.sin()).collect(),
                    Self::Cos => $all.iter().map(|x| x.cos()).collect(),
                })
            };
        }
        let tensor = inputs.tensor(0)?;
        let data = match (tensor.data(), self) {
            (Data::F32(all), _) => floats!(F32, all),
            (Data::F64(all), _) => floats!(F64, all),
            (Data::I64(all), Self::Abs) => {
                Data::I64(all.iter().map(|x| x.wrapping_abs()).collect())
            }
            (Data::I64(all), Self::Neg) => {
                Data::I64(all.iter().map(|x| x.wrapping_neg()).collect())
            }
            (Data::I64(all), Self::Sign) => Data::I64(all.iter().map(|x| x.signum()).collect()),
            (Data::I32(all), Self::Abs) => {
                Data::I32(all.iter().map(|x| x.wrapping_abs()).collect())
            }
            (Data::I32(all), Self::Neg) => {
                Data::I32(all.iter().map(|x| x.wrapping_neg()).collect())
            }
            (other, _) => return Err(format!("{self:?} of {}", other.element().as_str())),
        };
        one(tensor.shape(), data)
    }
}

/// The error function, to about 1e-16: series near zero, continued fraction far from it.
fn erf(x: f64) -> f64 {
    let a = x.abs();
    let value = if a.is_nan() {
        a
    } else if a < 2.5 {
        let (mut term, mut sum, mut n) = (a, a, 0.0);
        while term.abs() > 1e-17 * sum {
            n += 1.0;
            term *= -a * a / n;
            sum += term / (2.0 * n + 1.0);
            if n > 200.0 {
                break;
            }
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    } else if a < 6.0 {
        let fraction = (1..=60).rev().fold(0.0, |below, n| f64::from(n) / 2.0 / (a + below));
        1.0 - (-a * a).exp() / ((a + fraction) * std::f64::consts::PI.sqrt())
    } else {
        1.0
    };
    value.copysign(x)
}

/// Limits as attributes up to version 6, as inputs since.
#[derive(Debug)]
struct Clip {
    low: f32,
    high: f32,
}

impl Operator for Clip {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        macro_rules! clip {
            ($name:ident, $all:expr, $low:expr, $high:expr) => {{
                let limit = |index: usize, default| match inputs.optional(index)?.map(Tensor::data)
                {
                    None => Ok(default),
                    Some(Data::$name(limit)) if limit.len() == 1 => Ok(limit[0]),
                    Some(_) => Err("a limit is no single number of the same type".to_owned()),
                };
                let (low, high) = (limit(1, $low)?, limit(2, $high)?);
                let clip = |x| if x < low { low } else { x };
                let all = $all.iter().map(|x| clip(*x)).map(|x| if x > high { high } else { x });
                Data::$name(all.collect())
            }};
        }
        let tensor = inputs.tensor(0)?;
        let data = match tensor.data() {
            Data::F32(all) => clip!(F32, all, self.low, self.high),
            Data::F64(all) => clip!(F64, all, f64::from(self.low), f64::from(self.high)),
            Data::I64(all) => clip!(I64, all, i64::MIN, i64::MAX),
            Data::I32(all) => clip!(I32, all, i32::MIN, i32::MAX),
            other => return Err(format!("Clip of {}", other.element().as_str())),
        };
        one(tensor.shape(), data)
    }
}
