//! `.dockerignore`, and the patterns of `--exclude` and `--parents`: as moby's pattern matcher reads them.
//!
//! The last pattern that matches a path, or a folder around it, decides. Three shapes are matched as text and not as
//! patterns, with the consequences that moby has: `**foo` matches all that ends with `foo`.

use super::glob::{self, BadPattern, Glob, Token};

/// A list of patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore {
    patterns: Vec<Pattern>,
    exceptions: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// Whether it begins with `!`.
    exception: bool,
    /// Cleaned.
    text: String,
    how: How,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum How {
    Exact,
    Prefix(String),
    Suffix(String),
    Tokens(Vec<Token>),
}

/// Which patterns match a folder: what is in it asks for no more than that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matched(Vec<bool>);

/// Reads the lines of an ignore file: comments and empty lines are dropped, paths are cleaned.
pub fn lines(file: &str) -> Vec<String> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let lines = file.split('\n').filter(|line| !line.starts_with('#')).map(str::trim);
    lines.filter(|line| !line.is_empty()).map(line).collect()
}

fn line(line: &str) -> String {
    let (exception, path) = match line.strip_prefix('!') {
        Some(path) => ("!", path.trim()),
        None => ("", line),
    };
    let path = if path.is_empty() { String::new() } else { clean(path) };
    let path = if path.len() > 1 { path.strip_prefix('/').unwrap_or(&path) } else { &path };
    format!("{exception}{path}")
}

/// Returns the shortest path that means the same, as Go's `filepath.Clean` does.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut names: Vec<&str> = vec![];
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => drop(names.pop()),
            ".." if rooted => {}
            name => names.push(name),
        }
    }
    match (rooted, names.is_empty()) {
        (true, _) => format!("/{}", names.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => names.join("/"),
    }
}

impl Ignore {
    /// Reads patterns, one each.
    pub fn new<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Result<Self, BadPattern> {
        let mut ignore = Self::default();
        for pattern in patterns {
            let pattern = pattern.as_ref().trim();
            if pattern.is_empty() {
                continue;
            }
            let cleaned = clean(pattern);
            let (exception, text) = match cleaned.strip_prefix('!') {
                Some("") => {
                    let reason = "nothing follows the `!`";
                    return Err(BadPattern { pattern: cleaned, reason });
                }
                Some(text) => (true, text),
                None => (false, &cleaned[..]),
            };
            Glob::new(text)?;
            ignore.exceptions |= exception;
            let how = compile(text)?;
            ignore.patterns.push(Pattern { exception, text: text.to_owned(), how });
        }
        Ok(ignore)
    }

    /// Returns whether nothing is ever ignored.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Returns whether `path` is ignored, given what matched the folder around it (nothing for the root).
    pub fn ignores(&self, path: &[u8], around: &Matched) -> (bool, Matched) {
        let mut all = Vec::with_capacity(self.patterns.len());
        let mut ignored = false;
        for (at, pattern) in self.patterns.iter().enumerate() {
            let mut matched = around.0.get(at).copied().unwrap_or(false);
            if !matched && pattern.exception == ignored {
                matched = pattern.matches(path);
            }
            all.push(matched);
            if matched {
                ignored = !pattern.exception;
            }
        }
        (ignored, Matched(all))
    }

    /// Returns whether `path` is ignored, asking every folder around it first.
    pub fn ignores_path(&self, path: &[u8]) -> bool {
        let mut matched = Matched::default();
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        for end in ends {
            matched = self.ignores(&path[..end], &matched).1;
        }
        self.ignores(path, &matched).0
    }

    /// Returns whether something in an ignored folder could be excepted, so that one has to look.
    pub fn may_except_below(&self, folder: &[u8]) -> bool {
        let below = |pattern: &Pattern| {
            let exact = pattern.how == How::Exact;
            !exact
                || pattern
                    .text
                    .as_bytes()
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.first() == Some(&b'/'))
        };
        self.exceptions && self.patterns.iter().any(|pattern| pattern.exception && below(pattern))
    }
}

impl Pattern {
    fn matches(&self, path: &[u8]) -> bool {
        match &self.how {
            How::Exact => path == self.text.as_bytes(),
            How::Prefix(prefix) => path.starts_with(prefix.as_bytes()),
            How::Suffix(suffix) => {
                let whole = suffix.strip_prefix('/').is_some_and(|rest| path == rest.as_bytes());
                path.ends_with(suffix.as_bytes()) || whole
            }
            How::Tokens(tokens) => glob::matches(tokens, path),
        }
    }
}

fn compile(text: &str) -> Result<How, BadPattern> {
    let bad = |reason| BadPattern { pattern: text.chars().take(200).collect(), reason };
    let characters: Vec<u32> = text.chars().map(u32::from).collect();
    let (mut tokens, mut rest) = (vec![], &characters[..]);
    let mut how = How::Exact;
    let is = |rest: &[u32], c: char| rest.first() == Some(&u32::from(c));
    while let Some((first, after)) = rest.split_first() {
        let start = rest.len() == characters.len();
        rest = after;
        match char::from_u32(*first) {
            Some('*') if is(rest, '*') => {
                rest = &rest[1..];
                if is(rest, '/') {
                    rest = &rest[1..];
                }
                how = match (rest.is_empty(), how) {
                    (true, How::Exact) => How::Prefix(text[..text.len() - 2].to_owned()),
                    _ => How::Tokens(vec![]),
                };
                tokens.push(if rest.is_empty() { Token::Anything } else { Token::Folders });
                if start {
                    how = How::Suffix(text[2..].to_owned());
                }
                continue;
            }
            Some('*') => tokens.push(Token::Star),
            Some('?') => tokens.push(Token::One),
            Some('[') => tokens.push(glob::class(&mut rest).map_err(bad)?),
            Some('\\') if !rest.is_empty() => {
                tokens.push(Token::Literal(rest[0]));
                rest = &rest[1..];
            }
            _ => {
                tokens.push(Token::Literal(*first));
                continue;
            }
        }
        how = How::Tokens(vec![]);
    }
    Ok(match how {
        How::Tokens(_) => How::Tokens(tokens),
        how => how,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(patterns: &[&str], path: &str) -> bool {
        Ignore::new(patterns).unwrap().ignores_path(path.as_bytes())
    }

    /// From the tests of moby's pattern matcher.
    #[test]
    fn it_matches_as_moby_does() {
        for (pattern, path, expected) in [
            ("**", "file", true),
            ("**", "file/", true),
            ("**/", "file", true),
            ("**/", "dir/file", true),
            ("**/**", "dir/file", true),
            ("dir/**", "dir/file", true),
            ("dir/**", "dir/dir2/file", true),
            ("**/dir", "dir", true),
            ("**/dir", "dir/file", true),
            ("**/dir2/*", "dir/dir2/file", true),
            ("**/dir2/*", "dir/dir2/dir2/file", true),
            ("**file", "file", true),
            ("**file", "dir/file", true),
            ("**/file", "dir/file", true),
            ("**/file", "dir/dir/file", true),
            ("**/file*", "dir/dir/file.txt", true),
            ("**/file*txt", "dir/dir/file.txt", true),
            ("**/file*.txt*", "dir/dir/file.txt", true),
            ("**/**/*.txt", "dir/dir/file.txt", true),
            ("**/**/*.txt2", "dir/dir/file.txt", false),
            ("**/*.txt", "file.txt", true),
            ("a**/*.txt", "a/file.txt", true),
            ("a**/*.txt", "a/dir/file.txt", true),
            ("a[b-d]e", "ae", false),
            ("a[b-d]e", "ace", true),
            ("a[^b-d]e", "aze", true),
            (".*", ".foo", true),
            (".*", "foo", false),
            ("abc.def", "abcdef", false),
            ("abc.def", "abcZdef", false),
            ("a\\\\", "a\\", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("**/foo/bar", "foo/bar", true),
            ("**/foo/bar", "dir/foo/bar", true),
            ("abc/**", "abc", false),
            ("abc/**", "abc/def", true),
            ("**/.foo", ".foo", true),
            ("**/.foo", "bar.foo", false),
            ("a(b)c/def", "a(b)c/def", true),
            ("a.|)$(}+{bc", "a.|)$(}+{bc", true),
            ("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true),
            ("*c", "abc", true),
            ("a*", "ab/c", true),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("docs", "docs/README.md", true),
            ("docs/", "docs/README.md", true),
            ("/docs", "docs", false),
            ("..", "..", true),
        ] {
            assert_eq!(ignores(&[pattern], path), expected, "{pattern} {path}");
        }
        for pattern in ["[", "a[", "[-x]", "!", "[]a]", "\\"] {
            assert!(Ignore::new([pattern]).is_err(), "{pattern}");
        }
    }

    #[test]
    fn d08_the_last_pattern_that_matches_decides() {
        for (patterns, path, expected) in [
            (&["**", "!util/docker/web"][..], "util/docker/web/foo", false),
            (&["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", true),
            (&["**", "!dist/*.whl"], "dist/proxy-2.4.whl", false),
            (&["*.md", "!README*.md", "README-secret.md"], "README.md", false),
            (&["*.md", "!README*.md", "README-secret.md"], "README-secret.md", true),
            (&["*.md", "README-secret.md", "!README*.md"], "README-secret.md", false),
            (&["docs", "!docs/README.md"], "docs/README.md", false),
            (&["docs", "!docs/README.md"], "docs/other.md", true),
            (&["!file", "file"], "file", true),
        ] {
            assert_eq!(ignores(patterns, path), expected, "{patterns:?} {path}");
        }
    }

    #[test]
    fn an_ignore_file_is_read_line_by_line() {
        let file = "\u{feff}# comment\n\n  /a/./b/../c \r\n! /d/\n #no comment\n!\n/\n";
        assert_eq!(lines(file), ["a/c", "!d", "#no comment", "!", "/"]);
    }

    #[test]
    fn an_ignored_folder_is_looked_into_where_something_could_be_excepted() {
        let ignore = Ignore::new(["docs", "node_modules", "!docs/README.md"]).unwrap();
        assert!(ignore.may_except_below(b"docs"));
        assert!(!ignore.may_except_below(b"node_modules"));
        assert!(!ignore.may_except_below(b"doc"));
        assert!(Ignore::new(["x", "!**/y"]).unwrap().may_except_below(b"x"));
    }
}
