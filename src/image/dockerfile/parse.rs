//! From lines to stages: which instruction a line is, and which stage it belongs to.

use super::ast::{File, Global, Instruction, Kind, Lines, Stage};
use super::error::{Error, Fault};
use super::heredoc::{self, Opening};
use super::instruction::{self, Head, Parsed};
use super::lex::{Lexer, Line};

/// Reads a Dockerfile.
///
/// Takes time in proportion to its length, and stack of a fixed depth, whatever it says.
pub fn parse(text: &[u8]) -> Result<File, Error> {
    let mut lexer = Lexer::new(text)?;
    let mut file = File {
        directives: lexer.directives.clone(),
        globals: vec![],
        stages: vec![],
        empty_continuations: vec![],
    };
    if let Some(foreign) = json_front_end(text) {
        let reason =
            format!("the file is written for the front end `{foreign}`, which is not fetched");
        return Err(Error::of(Fault::new(0, 1, reason), "{", 1));
    }
    while let Some(mut line) = lexer.next()? {
        let parsed = read(&mut lexer, &mut line)?;
        add(&mut file, &lexer, line, parsed)?;
    }
    file.empty_continuations = lexer.empty_continuations.clone();
    match file.stages.is_empty() {
        true => Err(nothing(&file, lexer.lines())),
        false => Ok(file),
    }
}

/// Reads the trigger of an `ONBUILD`, as a base's config holds it, as if it stood at `at`.
pub fn trigger(text: &str, at: Lines) -> Result<Instruction, Error> {
    let moved = |error: Error| Error { line: at.first, ..error };
    let mut lexer = Lexer::new(text.as_bytes()).map_err(moved)?;
    let Some(mut line) = lexer.next().map_err(moved)? else {
        return Err(Error::of(Fault::new(0, 1, "an ONBUILD of the base is empty"), text, at.first));
    };
    let (keyword, parsed) = read(&mut lexer, &mut line).map_err(moved)?;
    if lexer.next().map_err(moved)?.is_some() {
        let fault = Fault::new(0, 1, "an ONBUILD of the base is more than one instruction");
        return Err(Error::of(fault, text, at.first));
    }
    match parsed {
        Parsed::Kind(kind) if !matches!(kind, Kind::Onbuild(_) | Kind::Maintainer(_)) => {
            let text = line.text.trim().to_owned();
            Ok(Instruction { at, text, keyword, comments: vec![], kind })
        }
        _ => {
            let reason = format!("an ONBUILD of the base is {keyword}, which is no trigger");
            Err(Error::of(Fault::new(0, keyword.len(), reason), &line.text, at.first))
        }
    }
}

/// Reads one instruction and the heredocs that belong to it.
fn read(lexer: &mut Lexer<'_>, line: &mut Line) -> Result<(String, Parsed), Error> {
    let escape = lexer.directives.escape;
    let head = match Head::read(&line.text) {
        Ok(head) => head,
        Err(fault) => return Err(lexer.error(line, fault)),
    };
    let keyword = head.keyword.clone();
    let text = line.text.clone();
    let docs = docs(lexer, line, &head)?;
    let parsed = instruction::read(head, &text, escape, docs);
    parsed.map(|parsed| (keyword, parsed)).map_err(|fault| lexer.error(line, fault))
}

fn docs(lexer: &mut Lexer<'_>, line: &mut Line, head: &Head) -> Result<Vec<Opening>, Error> {
    if !head.may_have_heredocs(&line.text) {
        return Ok(vec![]);
    }
    let mut openings = heredoc::find(&line.text).map_err(|fault| lexer.error(line, fault))?;
    for opening in &mut openings {
        lexer.heredoc(&mut opening.heredoc, line, opening.begin)?;
    }
    Ok(openings)
}

fn add(
    file: &mut File,
    lexer: &Lexer<'_>,
    line: Line,
    (keyword, parsed): (String, Parsed),
) -> Result<(), Error> {
    let text = line.text.trim().to_owned();
    let at = line.at;
    match (parsed, file.stages.last_mut()) {
        (Parsed::From(from), _) => {
            let comments = line.comments;
            file.stages.push(Stage { at, text, keyword, comments, from, instructions: vec![] });
        }
        (Parsed::Kind(kind), Some(stage)) => {
            let comments = line.comments;
            stage.instructions.push(Instruction { at, text, keyword, comments, kind });
        }
        (Parsed::Kind(Kind::Arg(arguments)), None) => {
            let comments = line.comments;
            file.globals.push(Global { at, text, keyword, comments, arguments });
        }
        (Parsed::Kind(_), None) => {
            let upper = keyword.to_ascii_uppercase();
            let reason = format!("{upper} stands before the first FROM, where only ARG may");
            return Err(lexer.error(&line, Fault::new(0, keyword.len(), reason)));
        }
    }
    Ok(())
}

fn nothing(file: &File, lines: usize) -> Error {
    let reason = match (file.globals.last(), lines) {
        (Some(_), _) => "no FROM: there is no stage to build",
        (None, 0) => "the file is empty",
        (None, _) => "no instruction in the file",
    };
    let (text, line) = match file.globals.last() {
        Some(global) => (global.text.as_str(), global.at.last),
        None => ("", lines.max(1)),
    };
    Error::of(Fault::new(0, text.len(), reason), text, line)
}

/// Returns the front end that a file of another language names: `{"syntax": "…", …}`.
fn json_front_end(text: &[u8]) -> Option<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let text = match text.starts_with(b"#!") {
        true => &text[text.iter().position(|byte| *byte == b'\n')?..],
        false => text,
    };
    if text.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    #[derive(serde::Deserialize)]
    struct Named {
        syntax: String,
    }
    Some(serde_json::from_slice::<Named>(text).ok()?.syntax)
}
