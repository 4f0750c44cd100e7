//! What each instruction says, from the words behind its keyword.

use super::ast::{Add, Argument, Command, Copy, From, Healthcheck, Heredoc, Kind, Pairs};
use super::error::Fault;
use super::flags::{Flags, Takes};
use super::heredoc::Opening;
use super::words::{self, Flag, Word};
use super::{run, time};
use crate::base::near;

/// All instructions there are.
pub(super) const KNOWN: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The beginning of an instruction: keyword and flags.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) keyword: String,
    /// The keyword in upper case.
    pub(super) word: &'static str,
    begin: usize,
    flags: Vec<Flag>,
    /// Where the rest begins.
    rest: usize,
}

/// What a line came to.
#[derive(Debug)]
pub(super) enum Parsed {
    From(From),
    Kind(Kind),
}

impl Head {
    /// Reads the head of `text`, which begins with it.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        Self::read_at(text, text.len() - text.trim_start().len())
    }

    fn read_at(text: &str, begin: usize) -> Result<Self, Fault> {
        let keyword = words::keyword(&text[begin..]);
        let found = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(keyword));
        let Some(word) = found else {
            let shown: String = keyword.chars().take(40).collect();
            let reason = format!("there is no instruction `{shown}`");
            let near = near::matches(&shown, KNOWN);
            return Err(Fault::new(begin, keyword.len(), reason).near(near));
        };
        let (flags, rest) = words::flags(text, begin + keyword.len());
        Ok(Self { keyword: keyword.to_owned(), word, begin, flags, rest })
    }

    /// Returns the instruction behind `ONBUILD`.
    fn inner(&self, text: &str) -> Result<Self, Fault> {
        Self::read_at(text, self.rest)
    }

    /// Tells whether `<<` means anything here.
    pub(super) fn may_have_heredocs(&self, text: &str) -> bool {
        let rest = text.get(self.rest..).unwrap_or_default();
        match self.word {
            "ADD" | "COPY" | "RUN" => {
                !matches!(words::json(rest.trim_end(), 0), Ok(Some(_)) | Err(_))
            }
            "ONBUILD" => self
                .inner(text)
                .is_ok_and(|inner| inner.word != "ONBUILD" && inner.may_have_heredocs(text)),
            _ => false,
        }
    }
}

/// What an instruction is read from.
pub(super) struct Source<'a> {
    pub(super) word: &'static str,
    /// The whole line.
    pub(super) text: &'a str,
    /// Where the rest begins, and how long the keyword is.
    pub(super) rest: usize,
    begin: usize,
    pub(super) escape: char,
    pub(super) docs: Vec<Opening>,
}

impl<'a> Source<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.rest..).unwrap_or_default().trim_end()
    }

    fn fault(&self, reason: impl Into<String>) -> Fault {
        match self.rest() {
            "" => Fault::new(self.begin, self.word.len(), reason),
            rest => Fault::new(self.rest, rest.len(), reason),
        }
    }

    fn needs(&self, what: &str) -> Fault {
        self.fault(format!("{} needs {what}", self.word))
    }

    /// Returns all of the rest as one text.
    fn one(&self, what: &str) -> Result<String, Fault> {
        match self.rest() {
            "" => Err(self.needs(what)),
            rest => Ok(rest.to_owned()),
        }
    }

    /// Reads an array, or the words that white space separates.
    fn json_or_words(&self) -> Result<Vec<String>, Fault> {
        match words::json(self.rest(), self.rest)? {
            Some(texts) => Ok(texts),
            None => Ok(texts(words::plain(self.text, self.rest))),
        }
    }

    pub(super) fn command(&self) -> Result<Command, Fault> {
        Ok(match words::json(self.rest(), self.rest)? {
            Some(words) => Command::Exec(words),
            None => Command::Shell(self.rest().to_owned()),
        })
    }
}

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// Reads the instruction that `head` begins.
pub(super) fn read(
    head: Head,
    text: &str,
    escape: char,
    docs: Vec<Opening>,
) -> Result<Parsed, Fault> {
    let Head { word, begin, flags, rest, .. } = head;
    let flags = Flags::check(word, flags, known_flags(word))?;
    let source = Source { word, text, rest, begin, escape, docs };
    Ok(Parsed::Kind(match word {
        "FROM" => return from(&source, &flags).map(Parsed::From),
        "ADD" => Kind::Add(add(source, &flags)?),
        "ARG" => Kind::Arg(arguments(&source)?),
        "CMD" => Kind::Cmd(source.command()?),
        "COPY" => Kind::Copy(copy(source, &flags)?),
        "ENTRYPOINT" => Kind::Entrypoint(source.command()?),
        "ENV" | "LABEL" => pairs(&source)?,
        "EXPOSE" => Kind::Expose(expose(&source)?),
        "HEALTHCHECK" => Kind::Healthcheck(healthcheck(&source, &flags)?),
        "MAINTAINER" => Kind::Maintainer(source.one("a name")?),
        "ONBUILD" => Kind::Onbuild(onbuild(source)?),
        "RUN" => Kind::Run(run::read(source, &flags)?),
        "SHELL" => Kind::Shell(shell(&source)?),
        "STOPSIGNAL" => Kind::Stopsignal(source.one("a signal")?),
        "USER" => Kind::User(source.one("a user")?),
        "VOLUME" => Kind::Volume(volume(&source)?),
        _ => Kind::Workdir(source.one("a folder")?),
    }))
}

fn known_flags(word: &str) -> &'static [(&'static str, Takes)] {
    use Takes::{Switch, Text, Texts};
    match word {
        "FROM" => &[("platform", Text)],
        "RUN" => &[("mount", Texts), ("network", Text), ("security", Text), ("device", Texts)],
        "COPY" => &[
            ("from", Text),
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("parents", Switch),
            ("exclude", Texts),
        ],
        "ADD" => &[
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("exclude", Texts),
            ("checksum", Text),
            ("keep-git-dir", Switch),
            ("unpack", Switch),
        ],
        "HEALTHCHECK" => &[
            ("interval", Text),
            ("timeout", Text),
            ("start-period", Text),
            ("start-interval", Text),
            ("retries", Text),
        ],
        _ => &[],
    }
}

fn from(source: &Source<'_>, flags: &Flags) -> Result<From, Fault> {
    let words = words::plain(source.text, source.rest);
    let (base, named) = match words.as_slice() {
        [base] => (base, None),
        [base, word, name] if word.text.eq_ignore_ascii_case("as") => (base, Some((word, name))),
        [_, other, ..] => {
            let reason = "FROM takes an image, and `AS name` where the stage has a name";
            return Err(Fault::new(other.at, source.text.trim_end().len() - other.at, reason));
        }
        [] => return Err(source.needs("an image")),
    };
    if let Some((_, name)) = named {
        check_stage_name(name)?;
    }
    Ok(From {
        base: base.text.clone(),
        platform: flags.text("platform"),
        name: named.map(|(_, name)| name.text.to_ascii_lowercase()),
        written: named.map(|(word, name)| (name.text.clone(), word.text.clone())),
    })
}

fn check_stage_name(name: &Word) -> Result<(), Fault> {
    let mut chars = name.text.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let reason =
        "the name of a stage begins with a letter; letters, digits, `-`, `_` and `.` follow";
    good.then_some(()).ok_or_else(|| Fault::new(name.at, name.text.len(), reason))
}

fn arguments(source: &Source<'_>) -> Result<Vec<Argument>, Fault> {
    let words = words::quoted(source.text, source.rest, source.escape);
    if words.is_empty() {
        return Err(source.needs("a name"));
    }
    let read = words.into_iter().map(|word| match word.text.split_once('=') {
        Some(("", _)) => Err(Fault::new(word.at, word.text.len(), "a name is missing before `=`")),
        Some((name, value)) => {
            Ok(Argument { name: name.to_owned(), default: Some(value.to_owned()) })
        }
        None => Ok(Argument { name: word.text, default: None }),
    });
    read.collect()
}

fn pairs(source: &Source<'_>) -> Result<Kind, Fault> {
    let words = words::quoted(source.text, source.rest, source.escape);
    let Some(first) = words.first() else { return Err(source.needs("a name and a value")) };
    let pairs = match first.text.contains('=') {
        true => Pairs { pairs: modern(words)?, legacy: false },
        false => Pairs { pairs: vec![legacy(source)?], legacy: true },
    };
    Ok(match source.word {
        "ENV" => Kind::Env(pairs),
        _ => Kind::Label(pairs),
    })
}

fn modern(words: Vec<Word>) -> Result<Vec<(String, String)>, Fault> {
    let read = words.into_iter().map(|word| match word.text.split_once('=') {
        Some(("", _)) => Err(Fault::new(word.at, word.text.len(), "a name is missing before `=`")),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => {
            let reason =
                format!("`{}` has no `=`: after the first `name=value`, all are so", word.text);
            Err(Fault::new(word.at, word.text.len(), reason))
        }
    });
    read.collect()
}

/// `KEY` and all the rest of the line.
fn legacy(source: &Source<'_>) -> Result<(String, String), Fault> {
    let rest = source.rest();
    match rest.split_once(char::is_whitespace) {
        Some((name, value)) => Ok((name.to_owned(), value.trim_start().to_owned())),
        None => Err(source.fault(format!("{} needs a value: `{rest}=…`", source.word))),
    }
}

fn expose(source: &Source<'_>) -> Result<Vec<String>, Fault> {
    let mut ports = texts(words::plain(source.text, source.rest));
    ports.sort();
    match ports.is_empty() {
        true => Err(source.needs("a port")),
        false => Ok(ports),
    }
}

fn volume(source: &Source<'_>) -> Result<Vec<String>, Fault> {
    let folders: Vec<String> =
        source.json_or_words()?.into_iter().map(|word| word.trim().to_owned()).collect();
    match folders.is_empty() || folders.iter().any(String::is_empty) {
        true => Err(source.needs("a folder")),
        false => Ok(folders),
    }
}

fn shell(source: &Source<'_>) -> Result<Vec<String>, Fault> {
    match words::json(source.rest(), source.rest)? {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(source.needs(r#"an array such as ["/bin/sh", "-c"]"#)),
    }
}

fn onbuild(source: Source<'_>) -> Result<String, Fault> {
    if source.rest().is_empty() {
        return Err(source.needs("an instruction"));
    }
    let inner = Head::read_at(source.text, source.rest)?;
    if ["ONBUILD", "FROM", "MAINTAINER"].contains(&inner.word) {
        let reason = format!("{} may not stand behind ONBUILD", inner.word);
        return Err(Fault::new(source.rest, inner.keyword.len(), reason));
    }
    let mut trigger = source.rest().to_owned();
    for doc in &source.docs {
        trigger.push('\n');
        trigger.push_str(&doc.heredoc.content);
        trigger.push_str(&doc.heredoc.name);
    }
    // What could not be run later is refused where it stands.
    read(inner, source.text, source.escape, source.docs)?;
    Ok(trigger)
}

/// Splits sources, heredocs and destination.
fn files(source: Source<'_>) -> Result<(Vec<String>, Vec<Heredoc>, String), Fault> {
    let array = words::json(source.rest(), source.rest)?;
    let mut sources = match array {
        Some(words) => words,
        None => texts(words::plain(&without(source.text, &source.docs), source.rest)),
    };
    let last = source.docs.last();
    if let Some(last) = last.filter(|last| source.text[last.end..].trim().is_empty()) {
        let reason =
            format!("{} cannot write to a heredoc: the last word is where to", source.word);
        return Err(Fault::new(last.begin, last.end - last.begin, reason));
    }
    let destination = sources.pop();
    match destination.filter(|_| !sources.is_empty() || !source.docs.is_empty()) {
        Some(destination) => {
            let docs = source.docs.into_iter().map(|opening| opening.heredoc).collect();
            Ok((sources, docs, destination))
        }
        None => Err(source.needs("what to copy and where to")),
    }
}

/// Blanks out the heredocs of a line.
fn without(text: &str, docs: &[Opening]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for doc in docs {
        left.push_str(&text[from..doc.begin]);
        left.extend(std::iter::repeat_n(' ', doc.end - doc.begin));
        from = doc.end;
    }
    left.push_str(&text[from..]);
    left
}

fn copy(source: Source<'_>, flags: &Flags) -> Result<Copy, Fault> {
    let (sources, heredocs, destination) = files(source)?;
    Ok(Copy {
        from: flags.text("from"),
        sources,
        heredocs,
        destination,
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.switch("link").unwrap_or(false),
        parents: flags.switch("parents").unwrap_or(false),
        exclude: flags.texts("exclude"),
    })
}

fn add(source: Source<'_>, flags: &Flags) -> Result<Add, Fault> {
    let (sources, heredocs, destination) = files(source)?;
    Ok(Add {
        sources,
        heredocs,
        destination,
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.switch("link").unwrap_or(false),
        exclude: flags.texts("exclude"),
        checksum: flags.text("checksum"),
        keep_git_dir: flags.switch("keep-git-dir"),
        unpack: flags.switch("unpack"),
    })
}

fn healthcheck(source: &Source<'_>, flags: &Flags) -> Result<Healthcheck, Fault> {
    let rest = source.rest();
    let kind = words::keyword(rest);
    let at = source.rest + rest.len() - rest[kind.len()..].trim_start().len();
    let command = &source.text[at..].trim_end();
    match kind.to_ascii_uppercase().as_str() {
        "NONE" if command.is_empty() => {
            Ok(Healthcheck { test: vec!["NONE".to_owned()], ..Healthcheck::default() })
        }
        "NONE" => Err(Fault::new(at, command.len(), "HEALTHCHECK NONE takes nothing more")),
        "CMD" if command.is_empty() => Err(source.fault("HEALTHCHECK CMD needs a command")),
        "CMD" => {
            let test = match words::json(command, at)? {
                Some(words) if words.is_empty() => {
                    return Err(source.fault("HEALTHCHECK CMD needs a command"));
                }
                Some(words) => std::iter::once("CMD".to_owned()).chain(words).collect(),
                None => vec!["CMD-SHELL".to_owned(), (*command).to_owned()],
            };
            time::healthcheck(test, flags)
        }
        _ => Err(source.fault("HEALTHCHECK is `CMD` with a command, or `NONE`")),
    }
}
