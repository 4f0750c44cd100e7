//! How long names and values may be, and which names are good: MLflow's rules, so that every run can be exported to it.

use crate::track::Error;

/// Characters of the name of a run or an experiment.
pub const NAME: usize = 500;
/// Characters of the key of a param, metric or tag.
pub const KEY: usize = 250;
/// Characters of the value of a param.
pub const PARAM: usize = 6000;
/// Characters of the value of a tag.
pub const TAG: usize = 8000;
/// Characters of a note. MLflow cuts a tag at its limit; a note is text that somebody wrote, so it may be longer.
pub const NOTE: usize = 65_535;
/// The tag that holds the note.
pub const NOTE_TAG: &str = "mlflow.note.content";

/// Checks the key of a param, a metric or a tag (`what`).
pub fn key(what: &'static str, name: &str) -> Result<(), Error> {
    let bad = |reason| Err(Error::BadName { what, name: name.to_owned(), reason });
    let known = |c: char| c.is_alphanumeric() || "/_.- :".contains(c);
    match name {
        "" => bad("it is empty"),
        "." => bad("it is a dot"),
        _ if longer(name, KEY) => too_long(what, name, name.chars().count(), KEY),
        _ if !name.chars().all(known) => {
            bad("only letters, digits, `_`, `-`, `.`, `/`, `:` and spaces are allowed")
        }
        _ if name.starts_with('/') || name.ends_with('/') => bad("it begins or ends with `/`"),
        _ if name.split('/').any(|part| matches!(part, "" | "." | "..")) => {
            bad("a part between `/` is empty, `.` or `..`")
        }
        _ => Ok(()),
    }
}

/// Checks the value of the param `name`.
pub fn param(name: &str, value: &str) -> Result<(), Error> {
    key("param", name)?;
    fits("param", name, value, PARAM)
}

/// Checks the value of the tag `name`.
pub fn tag(name: &str, value: &str) -> Result<(), Error> {
    key("tag", name)?;
    fits("tag", name, value, if name == NOTE_TAG { NOTE } else { TAG })
}

/// Checks the name of a run or an experiment (`what`): any text but none that is empty or hides a NUL.
pub fn name(what: &'static str, name: &str) -> Result<(), Error> {
    let bad = |reason| Err(Error::BadName { what, name: name.to_owned(), reason });
    match name {
        _ if name.trim().is_empty() => bad("it is empty"),
        _ if name.contains('\0') => bad("it has a NUL byte"),
        _ => fits(what, name, name, NAME),
    }
}

fn fits(what: &'static str, name: &str, value: &str, limit: usize) -> Result<(), Error> {
    match longer(value, limit) {
        true => too_long(what, name, value.chars().count(), limit),
        false => Ok(()),
    }
}

/// Counts characters, as MLflow does, where there may be too many.
fn longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().count() > limit
}

fn too_long(what: &'static str, name: &str, size: usize, limit: usize) -> Result<(), Error> {
    let name = name.chars().take(60).collect();
    Err(Error::TooLong { what, name, size, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_the_rules_of_mlflow() {
        for good in ["lr", "a/b", "val acc", "a.b-c_d:e", "größe", "..a", "system/gpu_0"] {
            assert!(key("param", good).is_ok(), "{good}");
        }
        let long = "k".repeat(KEY + 1);
        for bad in ["", ".", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a=b", "a\nb", &long] {
            assert!(key("param", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_value_that_is_too_long_is_refused_and_not_cut() {
        assert!(param("p", &"v".repeat(PARAM)).is_ok());
        assert!(param("p", &"v".repeat(PARAM + 1)).is_err());
        assert!(tag("t", &"v".repeat(TAG + 1)).is_err());
        assert!(tag(NOTE_TAG, &"v".repeat(TAG + 1)).is_ok());
        assert!(name("run", &"n".repeat(NAME + 1)).is_err());
        assert!(name("run", "\u{1b}[31mred").is_ok());
    }
}
