//! The directives at the very top of a Dockerfile: `# syntax=`, `# escape=`, `# check=`.

use super::ast::{Directives, Lines};
use super::error::Fault;

impl Default for Directives {
    fn default() -> Self {
        Self { syntax: None, escape: '\\', check: None }
    }
}

impl Directives {
    /// Takes `line` as a directive; tells whether it was one. What is none ends the directives.
    pub(super) fn take(
        &mut self,
        line: &str,
        number: usize,
        seen: &mut Vec<String>,
    ) -> Result<bool, Fault> {
        let Some((key, value)) = split(line) else { return Ok(false) };
        let key = key.to_ascii_lowercase();
        if !["syntax", "escape", "check"].contains(&key.as_str()) {
            return Ok(false);
        }
        if seen.contains(&key) {
            return Err(Fault::new(
                0,
                line.len(),
                format!("the directive `{key}` stands here twice"),
            ));
        }
        let at = Lines { first: number, last: number };
        match key.as_str() {
            "syntax" => self.syntax = Some((value.to_owned(), at)),
            "check" => self.check = Some((value.to_owned(), at)),
            _ => self.escape = escape(line, value)?,
        }
        seen.push(key);
        Ok(true)
    }

    /// Returns the front end that it asks for, where that is another language than ours.
    pub fn foreign(&self) -> Option<&str> {
        let (syntax, _) = self.syntax.as_ref()?;
        let name = syntax.split(' ').next().unwrap_or_default();
        let short = name.strip_prefix("docker.io/").unwrap_or(name);
        let repository = short.split(['@', ':']).next().unwrap_or_default();
        let ours = ["docker/dockerfile", "docker/dockerfile-upstream"];
        (!ours.contains(&repository)).then_some(name)
    }
}

fn escape(line: &str, value: &str) -> Result<char, Fault> {
    match value {
        "\\" => Ok('\\'),
        "`" => Ok('`'),
        _ => {
            let at = line.len() - line.trim_end().len();
            let at = line.len() - at - value.len();
            Err(Fault::new(at, value.len(), "the escape character is `\\` or a backtick"))
        }
    }
}

/// Splits `# key = value`, or `// key = value`, which other front ends use.
fn split(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix('#').or_else(|| line.strip_prefix("//"))?.trim_start();
    let (key, value) = rest.split_once('=')?;
    let (key, value) = (key.trim_end(), value.trim());
    let mut letters = key.chars();
    let plain = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric());
    (plain && !value.is_empty()).then_some((key, value))
}
