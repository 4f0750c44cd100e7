//! Text: put into one case, and counted.

use std::collections::{HashMap, HashSet};

use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error, Tensor};

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    Ok(Some(match given.node.operator {
        "StringNormalizer" => Box::new(Normalizer::of(given)?),
        "TfIdfVectorizer" => Box::new(Counter::of(given)?),
        _ => return Ok(None),
    }))
}

pub(super) fn texts(tensor: &Tensor) -> Outcome<&[String]> {
    match tensor.data() {
        Data::Str(all) => Ok(all),
        other => Err(format!("{} where text belongs", other.element().as_str())),
    }
}

/// Changes letters one by one: what is one letter stays one.
fn cased(text: &str, upper: bool) -> String {
    let single = |letter: char| {
        let (mut up, mut down) = (letter.to_uppercase(), letter.to_lowercase());
        let (first, is_more) = match upper {
            true => (up.next(), up.next().is_some()),
            false => (down.next(), down.next().is_some()),
        };
        first.filter(|_| !is_more).unwrap_or(letter)
    };
    text.chars().map(single).collect()
}

#[derive(Debug)]
struct Normalizer {
    /// Whether letters become capitals, or small; none where they stay.
    upper: Option<bool>,
    stopwords: HashSet<String>,
    is_case_sensitive: bool,
}

impl Normalizer {
    fn of(given: &Given<'_>) -> Result<Self, Error> {
        let is_case_sensitive = given.int("is_case_sensitive", 0)? != 0;
        let stopwords = given.strings("stopwords")?.unwrap_or_default().into_iter();
        Ok(Self {
            upper: match given.text("case_change_action", "NONE")?.as_str() {
                "NONE" => None,
                "LOWER" => Some(false),
                "UPPER" => Some(true),
                _ => return Err(given.bad("a change of case that is not known")),
            },
            stopwords: match is_case_sensitive {
                true => stopwords.collect(),
                false => stopwords.map(|word| cased(&word, false)).collect(),
            },
            is_case_sensitive,
        })
    }

    fn is_kept(&self, text: &str) -> bool {
        self.stopwords.is_empty()
            || match self.is_case_sensitive {
                true => !self.stopwords.contains(text),
                false => !self.stopwords.contains(&cased(text, false)),
            }
    }
}

impl Operator for Normalizer {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        if !matches!(tensor.shape(), [_] | [1, _]) {
            return Err(format!("shape {:?} where a list belongs", tensor.shape()));
        }
        let kept = texts(tensor)?.iter().filter(|text| self.is_kept(text));
        let change = |text: &String| self.upper.map_or(text.clone(), |upper| cased(text, upper));
        let mut all: Vec<String> = kept.map(change).collect();
        if all.is_empty() {
            all.push(String::new());
        }
        let mut shape = tensor.shape().to_vec();
        if let Some(last) = shape.last_mut() {
            *last = all.len();
        }
        one(&shape, Data::Str(all))
    }

    fn mixes_rows(&self) -> bool {
        !self.stopwords.is_empty()
    }
}

/// How often words, and words behind each other, are there.
#[derive(Debug)]
struct Counter {
    words: Words,
    /// Runs of words by their numbers, with the place of each in the answer.
    grams: HashMap<Box<[u32]>, usize>,
    shortest: usize,
    longest: usize,
    /// How far apart the words of a run may stand.
    farthest: usize,
    width: usize,
    /// What a place counts in place of how often it is met, or besides.
    weights: Option<(Vec<f32>, bool)>,
}

/// What there is to count, with a number for each.
#[derive(Debug)]
enum Words {
    Texts(HashMap<String, u32>),
    Ints(HashMap<i64, u32>),
}

/// More words, or farther apart, are in no model.
const LONGEST: i64 = 1000;

impl Counter {
    fn of(given: &Given<'_>) -> Result<Self, Error> {
        let size = |name: &str, least: i64| {
            let value = given.int(name, least)?;
            let fits = (least..=LONGEST).contains(&value);
            let value = usize::try_from(value).ok().filter(|_| fits);
            value.ok_or_else(|| given.bad(format!("`{name}` out of range")))
        };
        let list = |name: &str| Ok::<_, Error>(given.ints(name)?.unwrap_or_default());
        let (words, pool) = match given.strings("pool_strings")?.filter(|all| !all.is_empty()) {
            Some(all) => {
                let (known, pool) = numbered(all);
                (Words::Texts(known), pool)
            }
            None => {
                let (known, pool) = numbered(list("pool_int64s")?.to_vec());
                (Words::Ints(known), pool)
            }
        };
        let place = |place: &i64| usize::try_from(*place).ok().filter(|place| *place < 1 << 24);
        let places: Option<Vec<usize>> = list("ngram_indexes")?.iter().map(place).collect();
        let places = places.ok_or_else(|| given.bad("a place out of range"))?;
        let grams =
            grams(&pool, list("ngram_counts")?, &places).map_err(|error| given.bad(error))?;
        let width = places.iter().max().map_or(0, |last| last + 1);
        let weights = given.floats("weights")?.filter(|all| !all.is_empty());
        if weights.is_some_and(|all| all.len() != places.len()) {
            return Err(given.bad("as many weights as places"));
        }
        // They stand in the order of the runs, and are wanted in that of the places.
        let weights = weights.map(|all| {
            let mut turned = vec![0.0; width];
            places.iter().zip(all).for_each(|(place, weight)| turned[*place] = *weight);
            turned
        });
        let weights = match given.text("mode", "")?.as_str() {
            "TF" => None,
            "IDF" => Some((weights.unwrap_or_else(|| vec![1.0; width]), false)),
            "TFIDF" => weights.map(|weights| (weights, true)),
            _ => return Err(given.bad("a mode that is not known")),
        };
        Ok(Self {
            words,
            grams,
            shortest: size("min_gram_length", 1)?,
            longest: size("max_gram_length", 1)?,
            farthest: size("max_skip_count", 0)? + 1,
            width,
            weights,
        })
    }

    /// Counts in a row; nothing stands for a word that nobody counts.
    fn count(&self, row: &[Option<u32>], counts: &mut [f32]) {
        let mut shortest = self.shortest;
        let mut run = Vec::with_capacity(self.longest);
        for apart in 1..=self.farthest {
            for start in 0..row.len() {
                run.clear();
                for word in row[start..].iter().step_by(apart).take(self.longest) {
                    let Some(word) = word else { break };
                    run.push(*word);
                    let place = self.grams.get(&run[..]).filter(|_| run.len() >= shortest);
                    if let Some(place) = place {
                        counts[*place] += 1.0;
                    }
                }
            }
            // One word alone is the same however far apart others stand.
            if shortest == 1 {
                shortest += 1;
            }
            if shortest > self.longest {
                break;
            }
        }
        if let Some((weights, times)) = &self.weights {
            for (count, weight) in counts.iter_mut().zip(weights) {
                *count = match (*times, *count > 0.0) {
                    (true, _) => *count * weight,
                    (false, true) => *weight,
                    (false, false) => 0.0,
                };
            }
        }
    }
}

/// Gives each value a number; returns these, and the numbers in the order of the values.
fn numbered<T: std::hash::Hash + Eq>(all: Vec<T>) -> (HashMap<T, u32>, Vec<u32>) {
    let mut known = HashMap::new();
    let number = |one: T| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(one).or_insert(next)
    };
    let pool = all.into_iter().map(number).collect();
    (known, pool)
}

/// Cuts a pool into runs: `starts` tells where those of one word begin, those of two, …
fn grams(
    pool: &[u32],
    starts: &[i64],
    places: &[usize],
) -> Result<HashMap<Box<[u32]>, usize>, String> {
    let (mut grams, mut next) = (HashMap::new(), 0);
    for (at, start) in starts.iter().enumerate() {
        let start = usize::try_from(*start).ok();
        let end = starts.get(at + 1).map_or(Some(pool.len()), |end| usize::try_from(*end).ok());
        let part = start.zip(end).and_then(|(start, end)| pool.get(start..end));
        let part = part.ok_or("runs out of range")?;
        for gram in part.chunks(at + 1) {
            let place = places.get(next).filter(|_| gram.len() == at + 1);
            grams.entry(gram.into()).or_insert(*place.ok_or("as many places as runs")?);
            next += 1;
        }
    }
    match next == places.len() {
        true => Ok(grams),
        false => Err("as many places as runs".to_owned()),
    }
}

impl Operator for Counter {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let (rows, width) = match *tensor.shape() {
            [width] => (1, width),
            [rows, width] => (rows, width),
            _ => return Err(format!("shape {:?} where a matrix belongs", tensor.shape())),
        };
        let words: Vec<Option<u32>> = match (&self.words, tensor.data()) {
            (Words::Texts(known), Data::Str(all)) => {
                all.iter().map(|one| known.get(one).copied()).collect()
            }
            (Words::Ints(known), Data::I64(all)) => {
                all.iter().map(|one| known.get(one).copied()).collect()
            }
            (Words::Ints(known), Data::I32(all)) => {
                all.iter().map(|one| known.get(&i64::from(*one)).copied()).collect()
            }
            (_, other) => return Err(format!("words in {}", other.element().as_str())),
        };
        let mut all = vec![0.0; sized(&[rows, self.width])?];
        if self.width > 0 {
            for (row, counts) in all.chunks_exact_mut(self.width).enumerate() {
                self.count(&words[row * width..(row + 1) * width], counts);
            }
        }
        let shape =
            if tensor.shape().len() == 1 { vec![self.width] } else { vec![rows, self.width] };
        one(&shape, Data::F32(all))
    }

    fn cost(&self) -> u64 {
        2000 + self.width as u64
    }
}
