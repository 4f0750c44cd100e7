//! What becomes of scores at the end: onnxruntime's rules, with its constants.

use crate::model::score::native::given::Given;
use crate::model::score::{Error, trees::Real};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    None,
    Softmax,
    Logistic,
    SoftmaxZero,
    Probit,
}

impl Post {
    pub(super) fn of(given: &Given<'_>) -> Result<Self, Error> {
        Ok(match given.text("post_transform", "NONE")?.as_str() {
            "NONE" => Self::None,
            "SOFTMAX" => Self::Softmax,
            "LOGISTIC" => Self::Logistic,
            "SOFTMAX_ZERO" => Self::SoftmaxZero,
            "PROBIT" => Self::Probit,
            other => {
                let reason = format!("post transform `{}`", other.escape_debug());
                return Err(given.bad(reason));
            }
        })
    }

    /// Returns the scores of a row; one score becomes two as `second` tells.
    pub(super) fn write<T: Real>(self, mut scores: Vec<T>, second: Second) -> Vec<T> {
        let float = |value: T| value.to_f64() as f32;
        let back = |value: f32| T::from_f64(f64::from(value));
        if let [score] = scores[..] {
            if self == Self::Probit {
                let probit = back(probit(float(score)));
                return if second == Second::None {
                    vec![probit]
                } else {
                    vec![probit, T::default()]
                };
            }
            return match second {
                Second::None => scores,
                _ if self == Self::Logistic => {
                    vec![back(logistic(-float(score))), back(logistic(float(score)))]
                }
                Second::Complement => vec![T::from_f64(1.0 - score.to_f64()), score],
                Second::Opposite => vec![T::from_f64(-score.to_f64()), score],
            };
        }
        match self {
            Self::None => {}
            Self::Probit => {
                scores.iter_mut().for_each(|score| *score = back(probit(float(*score))));
            }
            Self::Logistic => {
                scores.iter_mut().for_each(|score| *score = back(logistic(float(*score))));
            }
            Self::Softmax => softmax(&mut scores),
            Self::SoftmaxZero => softmax_zero(&mut scores),
        }
        scores
    }
}

/// What a second score is, where a model of two classes has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Second {
    None,
    /// 1 − p.
    Complement,
    /// −s.
    Opposite,
}

pub(super) fn logistic(value: f32) -> f32 {
    let v = 1.0 / (1.0 + (-value.abs()).exp());
    if value < 0.0 { 1.0 - v } else { v }
}

pub(super) fn probit(value: f32) -> f32 {
    std::f32::consts::SQRT_2 * inverse_erf(2.0f32.mul_add(value, -1.0))
}

fn inverse_erf(x: f32) -> f32 {
    let sign = if x < 0.0 { -1.0 } else { 1.0 };
    let log = ((1.0 - x) * (1.0 + x)).ln();
    // Not π: the constant that onnxruntime has.
    #[expect(clippy::approx_constant, reason = "onnxruntime's own")]
    let v = 2.0 / (3.141_59 * 0.147) + 0.5 * log;
    let v2 = 1.0 / 0.147 * log;
    sign * (-v + v.mul_add(v, -v2).sqrt()).sqrt()
}

fn softmax<T: Real>(scores: &mut [T]) {
    let most = scores.iter().map(|score| score.to_f64()).fold(f64::NEG_INFINITY, f64::max);
    let mut sum = T::default();
    for score in scores.iter_mut() {
        *score = T::exp(T::from_f64(score.to_f64() - most));
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score = *score / sum);
}

/// Scores of zero stay small instead of counting as e⁰.
fn softmax_zero<T: Real>(scores: &mut [T]) {
    let most = scores.iter().map(|score| score.to_f64()).fold(f64::NEG_INFINITY, f64::max);
    let small = T::exp(T::from_f64(-most));
    let mut sum = T::default();
    for score in scores.iter_mut() {
        if score.to_f64().abs() > f64::from(0.000_000_1_f32) {
            *score = T::exp(T::from_f64(score.to_f64() - most));
            sum += *score;
        } else {
            *score = T::from_f64(score.to_f64() * small.to_f64());
        }
    }
    scores.iter_mut().for_each(|score| *score = *score / sum);
}
