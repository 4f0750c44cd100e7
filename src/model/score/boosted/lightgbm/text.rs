//! Lines of `name=value`: a head, and a section for each tree.
//!
//! ```text
//! tree
//! version=v4
//! …
//! Tree=0
//! num_leaves=9
//! …
//! end of trees
//! ```

use std::str::FromStr;

use crate::model::score::Error;
use crate::model::score::boosted::bad;

/// Lines up to the next tree.
#[derive(Debug, Default)]
pub(super) struct Section<'a> {
    lines: Vec<(&'a str, &'a str)>,
}

impl<'a> Section<'a> {
    pub(super) fn find(&self, name: &str) -> Option<&'a str> {
        self.lines.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Whether there is a line with this name, or of this word alone.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn wrong(&self, name: &str) -> Error {
        let tree = self.find("Tree").map(|tree| format!("tree {tree}: ")).unwrap_or_default();
        bad(format!("{}`{name}` is missing or no number", tree.escape_debug()))
    }

    /// Returns a number that must be there.
    pub(super) fn number(&self, name: &str) -> Result<usize, Error> {
        let number = self.find(name).and_then(|value| value.parse().ok());
        number.ok_or_else(|| self.wrong(name))
    }

    /// Returns a list that must be there and as long as told.
    pub(super) fn list<T: FromStr>(&self, name: &str, length: usize) -> Result<Vec<T>, Error> {
        let all: Vec<T> = self.numbers(name)?;
        if all.len() != length {
            return Err(self.wrong(name));
        }
        Ok(all)
    }

    /// Returns a list; none where it is missing.
    pub(super) fn numbers<T: FromStr>(&self, name: &str) -> Result<Vec<T>, Error> {
        let all = self.find(name).unwrap_or_default().split_ascii_whitespace();
        all.map(|one| one.parse().map_err(|_| self.wrong(name))).collect()
    }
}

/// Returns the head and the trees.
pub(super) fn sections(text: &str) -> Result<(Section<'_>, Vec<Section<'_>>), Error> {
    let mut lines = text.lines().map(str::trim);
    if lines.next() != Some("tree") {
        return Err(bad("it does not begin as a model of LightGBM"));
    }
    let (mut head, mut trees) = (Section::default(), vec![]);
    for line in lines {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        match (name, trees.last_mut()) {
            ("end of trees", _) => return Ok((head, trees)),
            ("", _) => {}
            ("Tree", _) => trees.push(Section { lines: vec![(name, value)] }),
            (_, Some(tree)) => tree.lines.push((name, value)),
            (_, None) => head.lines.push((name, value)),
        }
    }
    Err(bad("it is cut off"))
}
