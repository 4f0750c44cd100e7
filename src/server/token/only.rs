//! What a token is limited to: names of experiments, of images and of models.
//!
//! ```text
//! experiments/churn*     experiments by name, with their runs, logged models and artifacts
//! images/team/*          repositories
//! models/churn           a registered model, with its versions and aliases
//! ```
//!
//! `*` stands for any letters, `/` included; nothing else stands for more than itself.

use std::fmt;

use super::Error;

/// No token needs more patterns, and no pattern more bytes.
const MOST: usize = 100;
const LONGEST: usize = 600;

/// What has names that a token can be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Experiment,
    Image,
    Model,
}

/// The patterns of a token: at least one, and what none of them names is out of its reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only(Vec<(Kind, String)>);

impl Kind {
    const ALL: [Self; 3] = [Self::Experiment, Self::Image, Self::Model];

    fn prefix(self) -> &'static str {
        match self {
            Self::Experiment => "experiments/",
            Self::Image => "images/",
            Self::Model => "models/",
        }
    }
}

impl Only {
    /// Reads patterns; nothing where there are none.
    pub fn parse(patterns: &[String]) -> Result<Option<Self>, Error> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let bad = |pattern: &str, reason| Error::BadPattern {
            pattern: pattern.chars().take(80).collect(),
            reason,
        };
        if patterns.len() > MOST {
            return Err(bad(&patterns[MOST], "a token has at most 100 of them"));
        }
        let read = |text: &String| {
            let kind = Kind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()));
            let Some(kind) = kind else {
                return Err(bad(text, "it begins with `experiments/`, `images/` or `models/`"));
            };
            let glob = &text[kind.prefix().len()..];
            match glob {
                "" => Err(bad(text, "it names nothing")),
                _ if glob.len() > LONGEST => Err(bad(text, "it is longer than 600 bytes")),
                _ if glob.contains(char::is_control) => {
                    Err(bad(text, "it has a control character"))
                }
                _ => Ok((kind, glob.to_owned())),
            }
        };
        patterns.iter().map(read).collect::<Result<_, _>>().map(|all| Some(Self(all)))
    }

    /// Tells whether one of the patterns names it.
    pub fn allows(&self, kind: Kind, name: &str) -> bool {
        self.0.iter().any(|(of, glob)| *of == kind && matches(glob, name))
    }

    /// Returns the patterns as they were given.
    pub fn patterns(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(kind, glob)| format!("{}{glob}", kind.prefix()))
    }
}

impl fmt::Display for Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.patterns().collect::<Vec<_>>().join(", "))
    }
}

/// Takes the earliest place for each part: no pattern takes longer than its length times that of the name.
fn matches(glob: &str, name: &str) -> bool {
    let Some((first, rest)) = glob.split_once('*') else { return glob == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(patterns: &[&str]) -> Result<Option<Only>, Error> {
        Only::parse(&patterns.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn h06_a_pattern_names_what_it_says_and_nothing_beside_it() {
        for (glob, name, named) in [
            ("iris", "iris", true),
            ("iris", "iris2", false),
            ("iris", "Iris", false),
            ("iris*", "iris", true),
            ("iris*", "iris-2", true),
            ("iris*", "my-iris", false),
            ("team/*", "team/a/b", true),
            ("team/*", "team", false),
            ("team/*", "teams/a", false),
            ("*", "anything at all", true),
            ("*-prod", "a-prod", true),
            ("*-prod", "a-prod-", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("**", "", true),
            ("a.c", "abc", false),
            ("[ab]", "a", false),
            ("größ*", "größe", true),
        ] {
            assert_eq!(matches(glob, name), named, "{glob} {name}");
        }
        let long = "a".repeat(500);
        assert!(!matches(&format!("{}b", "a*".repeat(250)), &long));
    }

    #[test]
    fn h06_patterns_are_of_a_kind_and_read_as_they_are_written() {
        assert_eq!(only(&[]).unwrap(), None);
        let read = only(&["models/iris*", "images/team/*"]).unwrap().unwrap();
        assert!(read.allows(Kind::Model, "iris") && !read.allows(Kind::Experiment, "iris"));
        assert!(read.allows(Kind::Image, "team/a") && !read.allows(Kind::Model, "team/a"));
        assert_eq!(read.to_string(), "models/iris*, images/team/*");
        let (long, many) = (format!("models/{}", "x".repeat(601)), vec!["models/x"; 101]);
        for wrong in
            [&["iris"][..], &["*"], &["models/"], &["runs/*"], &["models/a\nb"], &[&long], &many]
        {
            assert!(only(wrong).is_err(), "{wrong:?}");
        }
    }
}
