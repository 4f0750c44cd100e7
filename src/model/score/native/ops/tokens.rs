//! Text cut into words: by what is between them, by what they are, or letter by letter.

use super::pattern::Pattern;
use super::text::texts;
use crate::model::score::native::given::Given;
use crate::model::score::native::{Inputs, Operator, Outcome, one, sized};
use crate::model::score::{Data, Error};

/// Words of one answer, those that fill up rows too: each takes some bytes even where it is empty.
const MOST: usize = 1 << 24;

/// More separators are in no model.
const MOST_SEPARATORS: usize = 1000;

/// What stands around the words of a text where that is wanted.
const MARKS: [&str; 2] = ["\u{2}", "\u{3}"];

pub(super) fn make(given: &Given<'_>) -> Result<Option<Box<dyn Operator>>, Error> {
    let is_one = given.node.operator == "Tokenizer" && given.node.domain == "com.microsoft";
    Ok(if is_one { Some(Box::new(Tokenizer::of(given)?)) } else { None })
}

#[derive(Debug)]
struct Tokenizer {
    way: Way,
    pad: String,
    /// Letters of the shortest word that counts.
    shortest: usize,
    marked: bool,
}

#[derive(Debug)]
enum Way {
    Letters,
    /// One after the other, each cuts what the one before it has left.
    Between(Vec<Pattern>),
    Word(Pattern),
}

impl Tokenizer {
    fn of(given: &Given<'_>) -> Result<Self, Error> {
        if given.strings("stopwords")?.is_some_and(|words| !words.is_empty()) {
            return Err(given.unsupported("stop words"));
        }
        let pattern = |text: &str| {
            let unread = || given.unsupported(format!("`{}`", text.escape_debug()));
            Pattern::parse(text).ok_or_else(unread)
        };
        let way = match given.strings("separators")?.as_deref() {
            Some([]) if given.find("tokenexp").is_none() => {
                return Err(given.bad("no separators"));
            }
            Some([only]) if only.is_empty() => Way::Letters,
            Some(all) if all.len() > MOST_SEPARATORS => {
                return Err(given.bad("too many separators"));
            }
            Some(all @ [_, ..]) => {
                Way::Between(all.iter().map(|one| pattern(one)).collect::<Result<_, _>>()?)
            }
            None | Some([]) => match given.text("tokenexp", "")?.as_str() {
                "." => Way::Letters,
                expression => Way::Word(pattern(expression)?),
            },
        };
        let shortest = usize::try_from(given.int("mincharnum", 1)?).unwrap_or(0).max(1);
        if matches!(way, Way::Letters) && shortest > 1 {
            return Err(given.bad("letters are never longer than one"));
        }
        let marked = given.int("mark", 0)? != 0;
        Ok(Self { way, pad: given.text("pad_value", "")?, shortest, marked })
    }

    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        match &self.way {
            Way::Letters => {
                let letters = text.char_indices();
                letters.map(|(at, letter)| &text[at..at + letter.len_utf8()]).collect()
            }
            Way::Between(separators) => separators.iter().fold(vec![text], |parts, separator| {
                parts.into_iter().flat_map(|part| self.between(separator, part)).collect()
            }),
            Way::Word(pattern) => self.found(pattern, text),
        }
    }

    fn is_long(&self, word: &str) -> bool {
        word.chars().nth(self.shortest - 1).is_some()
    }

    /// Returns what is left of a text without a separator.
    fn between<'a>(&self, separator: &Pattern, text: &'a str) -> Vec<&'a str> {
        let (mut parts, mut from) = (vec![], 0);
        while let Some(found) = separator.find(text, from) {
            parts.push(&text[from..found.start]);
            from = found.end;
        }
        parts.push(&text[from..]);
        parts.retain(|part| self.is_long(part));
        parts
    }

    fn found<'a>(&self, pattern: &Pattern, text: &'a str) -> Vec<&'a str> {
        let (mut words, mut from) = (vec![], 0);
        while let Some(found) = pattern.find(text, from) {
            let word = &text[found.clone()];
            if self.is_long(word) {
                words.push(word);
                from = found.end;
            } else {
                // It is looked for again behind the first letter of what is too short.
                from = found.start + word.chars().next().map_or(1, char::len_utf8);
            }
        }
        words
    }

    /// Writes the words of a text, and what fills its row up.
    fn write(&self, words: &[&str], width: usize, all: &mut Vec<String>) {
        let end = all.len() + width;
        let [first, last] = MARKS.map(|mark| Some(mark).filter(|_| self.marked));
        let shown = first.iter().chain(words).chain(last.iter());
        all.extend(shown.map(|word| (*word).to_owned()));
        all.resize(end, self.pad.clone());
    }
}

impl Operator for Tokenizer {
    fn run(&self, inputs: &Inputs<'_>) -> Outcome {
        let tensor = inputs.tensor(0)?;
        let lead = match tensor.shape() {
            shape @ ([_] | [_, _]) if !tensor.is_empty() => shape,
            // Where there is no text the last dimension is that of its words.
            [_] => &[],
            [rows, _] => &[*rows],
            other => return Err(format!("shape {other:?} where a list or matrix belongs")),
        };
        let words: Vec<_> = texts(tensor)?.iter().map(|text| self.words(text)).collect();
        let most = words.iter().map(Vec::len).max().unwrap_or(0);
        // Where nobody has a word there are no marks either.
        let width = if most > 0 && self.marked { most + 2 } else { most };
        let shape = [lead, &[width]].concat();
        let count = sized(&shape)?;
        if count > MOST {
            return Err(format!("{count} words are too many"));
        }
        let mut all = Vec::with_capacity(count);
        if width > 0 {
            words.iter().for_each(|words| self.write(words, width, &mut all));
        }
        one(&shape, Data::Str(all))
    }

    fn cost(&self) -> u64 {
        2000
    }
}
