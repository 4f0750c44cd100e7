//! How the rest of an instruction is cut: flags, words with their quotes, JSON arrays.

use super::error::Fault;

/// A word and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) text: String,
}

/// `--name` or `--name=value`, quotes gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) at: usize,
    /// Bytes of the line.
    pub(super) length: usize,
    pub(super) name: String,
    pub(super) value: Option<String>,
}

/// Splits off the keyword, in the text as it begins.
pub(super) fn keyword(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

/// Takes the flags from `text`, which begins at `at` of the line, and returns where what is left begins.
pub(super) fn flags(text: &str, mut at: usize) -> (Vec<Flag>, usize) {
    let mut found = vec![];
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        if !text[at..].starts_with("--") {
            return (found, at);
        }
        let (word, end) = flag_word(text, at);
        if word == "--" {
            let rest = &text[end..];
            return (found, end + rest.len() - rest.trim_start().len());
        }
        let (name, value) = match word[2..].split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word[2..].to_owned(), None),
        };
        found.push(Flag { at, length: end - at, name, value });
        at = end;
    }
}

/// Reads one word, quotes and backslashes taken away.
fn flag_word(text: &str, begin: usize) -> (String, usize) {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text[begin..].char_indices();
    while let Some((index, c)) = chars.next() {
        match (quote, c) {
            (None, _) if c.is_whitespace() => return (word, begin + index),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (_, '\\') => word.extend(chars.next().map(|(_, c)| c)),
            _ => word.push(c),
        }
    }
    (word, text.len())
}

/// Splits at white space, whatever quotes say.
pub(super) fn plain(text: &str, from: usize) -> Vec<Word> {
    let base = text.as_ptr() as usize;
    let words = text[from..].split_whitespace();
    words.map(|word| Word { at: word.as_ptr() as usize - base, text: word.to_owned() }).collect()
}

/// Splits at white space outside quotes; quotes and escapes stay.
pub(super) fn quoted(text: &str, from: usize, escape: char) -> Vec<Word> {
    let mut words = vec![];
    let mut word: Option<Word> = None;
    let mut quote = None;
    let mut chars = text[from..].char_indices();
    while let Some((index, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_with(|| Word { at: from + index, text: String::new() });
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        if c == escape && quote != Some('\'') {
            // One at the very end means nothing.
            let Some((_, next)) = chars.next() else { break };
            word.text.push(c);
            word.text.push(next);
        } else {
            word.text.push(c);
        }
    }
    words.extend(word.filter(|word| !word.text.is_empty()));
    words
}

/// Reads an array of texts; nothing where it is no JSON array at all, which makes it a line for the shell.
pub(super) fn json(text: &str, at: usize) -> Result<Option<Vec<String>>, Fault> {
    if !text.starts_with('[') {
        return Ok(None);
    }
    let Ok(values) = serde_json::from_str::<Vec<serde_json::Value>>(text) else { return Ok(None) };
    let texts = values.into_iter().map(|value| match value {
        serde_json::Value::String(text) => Ok(text),
        other => {
            let reason = format!("the array may hold texts only; `{other}` is none");
            Err(Fault::new(at, text.len(), reason))
        }
    });
    texts.collect::<Result<_, _>>().map(Some)
}
