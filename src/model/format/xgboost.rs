//! XGBoost: the names of its features and its objective, from JSON, from UBJSON, and from the binary form of old.

use std::io::{BufReader, SeekFrom};

use serde::Deserialize;

use super::bytes::{Bytes, Source, range, size};
use super::{Fault, Format, Report, trees};

/// Values in values of UBJSON; XGBoost's own are not nested deeper than ten.
const DEEPEST: usize = 64;
/// Longer texts are none that is looked for.
const LONGEST: u64 = 1 << 16;
/// More features have no names worth reading.
const MOST: usize = 1_000_000;

/// The part that is read of JSON; the trees are passed over.
#[derive(Deserialize)]
struct File {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    #[serde(default)]
    feature_names: Vec<String>,
    #[serde(default)]
    learner_model_param: Params,
    #[serde(default)]
    objective: Objective,
    gradient_booster: serde::de::IgnoredAny,
}

#[derive(Deserialize, Default)]
struct Params {
    #[serde(default)]
    num_class: String,
    #[serde(default)]
    num_feature: String,
}

#[derive(Deserialize, Default)]
struct Objective {
    #[serde(default)]
    name: String,
}

/// Reads JSON; nothing where it is that of something else.
pub(super) fn json(source: &mut dyn Source) -> Result<Option<Report>, Fault> {
    source.seek(SeekFrom::Start(0))?;
    let file: Result<File, _> = serde_json::from_reader(BufReader::new(source));
    let learner = match file {
        Ok(File { learner }) => learner,
        Err(error) if error.is_io() => return Err(Fault::Io(error.into())),
        Err(_) => return Ok(None),
    };
    let _ = learner.gradient_booster;
    let Params { num_class, num_feature } = learner.learner_model_param;
    let said = Said {
        names: learner.feature_names,
        objective: learner.objective.name,
        classes: num_class.parse().unwrap_or(0),
        features: num_feature.parse().unwrap_or(0),
    };
    Ok(Some(said.report(Format::XgboostJson)))
}

#[derive(Debug, Default)]
struct Said {
    names: Vec<String>,
    objective: String,
    classes: u64,
    features: u64,
}

impl Said {
    fn report(self, format: Format) -> Report {
        let mut report = Report::of(format);
        let columns = match self.objective.as_str() {
            "multi:softprob" => Some(self.classes),
            _ => None,
        };
        report.signature = trees::signature(&self.names, self.features, "float32", columns);
        report.facts.push(("objective".to_owned(), self.objective));
        report
    }
}

/// Tells whether a file that begins with `head` is UBJSON of XGBoost.
pub(super) fn begins_ubj(head: &[u8]) -> bool {
    head.starts_with(b"{L\0\0\0\0\0\0\0\x07learner{")
}

/// Reads UBJSON.
pub(super) fn ubj(source: &mut dyn Source) -> Result<Report, Fault> {
    let size = size(source)?;
    source.seek(SeekFrom::Start(0))?;
    let mut reader = Ubj {
        bytes: Bytes::new(BufReader::new(source), size),
        path: vec![],
        said: Said::default(),
    };
    let kind = reader.bytes.u8()?;
    reader.value(kind)?;
    Ok(reader.said.report(Format::XgboostUbj))
}

struct Ubj<'a> {
    bytes: Bytes<BufReader<&'a mut dyn Source>>,
    path: Vec<String>,
    said: Said,
}

impl Ubj<'_> {
    /// Reads a value of this kind, whose marker has been read.
    fn value(&mut self, kind: u8) -> Result<(), Fault> {
        if self.path.len() > DEEPEST {
            return Err(Fault::bad("it is nested too deep".to_owned()));
        }
        match kind {
            b'{' => self.object(),
            b'[' => self.array(),
            b'S' | b'H' => {
                let text = self.text()?;
                self.learn(text);
                Ok(())
            }
            b'Z' | b'N' | b'T' | b'F' => Ok(()),
            kind => self.bytes.skip(width(kind)?),
        }
    }

    /// A length with its own marker.
    fn length(&mut self) -> Result<u64, Fault> {
        let kind = self.bytes.u8()?;
        self.number(kind)
    }

    /// Numbers are big-endian here.
    fn number(&mut self, kind: u8) -> Result<u64, Fault> {
        let bytes = self.bytes.take(width(kind)?)?;
        let whole = matches!(kind, b'i' | b'U' | b'I' | b'u' | b'l' | b'm' | b'L' | b'M');
        let negative = kind != b'U' && bytes.first().is_some_and(|first| *first > 127);
        match whole && !negative {
            true => Ok(bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))),
            false => Err(Fault::bad("a length is no number".to_owned())),
        }
    }

    fn text(&mut self) -> Result<String, Fault> {
        let length = self.length()?;
        if length > LONGEST {
            self.bytes.skip(length)?;
            return Ok(String::new());
        }
        Ok(String::from_utf8_lossy(&self.bytes.take(length)?).into_owned())
    }

    /// Names, each with its value. XGBoost writes neither types nor counts of objects.
    fn object(&mut self) -> Result<(), Fault> {
        loop {
            let kind = self.bytes.u8()?;
            if kind == b'}' {
                return Ok(());
            }
            let length = self.number(kind)?;
            if length > LONGEST {
                return Err(Fault::bad("a name is too long".to_owned()));
            }
            let name = String::from_utf8_lossy(&self.bytes.take(length)?).into_owned();
            self.path.push(name);
            let kind = self.bytes.u8()?;
            self.value(kind)?;
            self.path.pop();
        }
    }

    /// `[$type#count…`, `[#count…` or `[…]`.
    fn array(&mut self) -> Result<(), Fault> {
        let first = self.bytes.u8()?;
        if first == b'$' {
            let kind = self.bytes.u8()?;
            if self.bytes.u8()? != b'#' {
                return Err(Fault::bad("a list has a type and no length".to_owned()));
            }
            let count = self.length()?;
            return self.bytes.skip(count.checked_mul(width(kind)?).ok_or_else(Fault::short)?);
        }
        self.path.push(String::new());
        if first == b'#' {
            let count = self.length()?;
            // No value is shorter than its marker.
            if count > self.bytes.left() {
                return Err(Fault::short());
            }
            for _ in 0..count {
                let kind = self.bytes.u8()?;
                self.value(kind)?;
            }
        } else {
            let mut kind = first;
            while kind != b']' {
                self.value(kind)?;
                kind = self.bytes.u8()?;
            }
        }
        self.path.pop();
        Ok(())
    }

    fn learn(&mut self, text: String) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["learner", "feature_names", ""] if self.said.names.len() < MOST => {
                self.said.names.push(text);
            }
            ["learner", "learner_model_param", "num_class"] => {
                self.said.classes = text.parse().unwrap_or(0);
            }
            ["learner", "learner_model_param", "num_feature"] => {
                self.said.features = text.parse().unwrap_or(0);
            }
            ["learner", "objective", "name"] => self.said.objective = text,
            _ => {}
        }
    }
}

fn width(kind: u8) -> Result<u64, Fault> {
    Ok(match kind {
        b'i' | b'U' | b'C' | b'B' | b'T' | b'F' => 1,
        b'I' | b'u' | b'h' => 2,
        b'l' | b'm' | b'd' => 4,
        b'L' | b'M' | b'D' => 8,
        _ => return Err(Fault::bad("a value has no known type".to_owned())),
    })
}

/// Where the name of the objective stands in the binary form: behind a struct of fixed size.
const OBJECTIVE_AT: usize = 136;

/// Tells the objective of a file in the binary form of old, which has no magic of its own but in some versions `binf`.
pub(super) fn binary(source: &mut dyn Source) -> Result<Option<Report>, Fault> {
    let head = range(source, 0, 4 + OBJECTIVE_AT + 8 + 64)?;
    let head = head.strip_prefix(b"binf").unwrap_or(&head);
    let Some(rest) = head.get(OBJECTIVE_AT..) else { return Ok(None) };
    let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let name = rest.get(..length.min(rest.len())).and_then(|name| std::str::from_utf8(name).ok());
    let known = ["reg:", "binary:", "multi:", "rank:", "survival:", "count:"];
    let objective = name
        .filter(|name| name.len() == length && known.iter().any(|begin| name.starts_with(begin)));
    let number = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    Ok(objective.map(|name| {
        let (features, classes) = (number(4).unwrap_or(0), number(8).unwrap_or(0));
        Said {
            names: vec![],
            objective: name.to_owned(),
            classes: classes.into(),
            features: features.into(),
        }
        .report(Format::XgboostBinary)
    }))
}
