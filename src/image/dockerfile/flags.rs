//! The flags of an instruction, checked against the closed list of those it has.

use super::error::Fault;
use super::words::Flag;
use crate::base::near;

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// `--link`, `--link=true`, `--link=false`.
    Switch,
    Text,
    /// May stand here more than once.
    Texts,
}

/// Flags of which each is known and stands as often as it may.
#[derive(Debug)]
pub(super) struct Flags {
    flags: Vec<Flag>,
}

impl Flags {
    /// Checks `flags` against those that `instruction` has.
    pub(super) fn check(
        instruction: &str,
        flags: Vec<Flag>,
        known: &[(&str, Takes)],
    ) -> Result<Self, Fault> {
        for (index, flag) in flags.iter().enumerate() {
            let Some((_, takes)) = known.iter().find(|(name, _)| *name == flag.name) else {
                return Err(unknown(instruction, flag, known));
            };
            let twice = flags[..index].iter().any(|other| other.name == flag.name);
            if twice && *takes != Takes::Texts {
                return Err(fault(flag, format!("the flag `--{}` stands here twice", flag.name)));
            }
            check_value(flag, *takes)?;
        }
        Ok(Self { flags })
    }

    pub(super) fn find(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Returns a text; an empty one is as good as none.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.find(name)?.value.clone().filter(|value| !value.is_empty())
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.all(name).filter_map(|flag| flag.value.clone()).collect()
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Flag> {
        self.flags.iter().filter(move |flag| flag.name == name)
    }

    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        let flag = self.find(name)?;
        Some(!flag.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("false")))
    }
}

pub(super) fn fault(flag: &Flag, reason: impl Into<String>) -> Fault {
    Fault::new(flag.at, flag.length, reason)
}

fn unknown(instruction: &str, flag: &Flag, known: &[(&str, Takes)]) -> Fault {
    let reason = match known {
        [] => format!("{instruction} has no flags, so no `--{}`", flag.name),
        _ => format!("{instruction} has no flag `--{}`", flag.name),
    };
    let near = near::matches(&flag.name, known.iter().map(|(name, _)| *name));
    fault(flag, reason).near(near.into_iter().map(|name| format!("--{name}")).collect())
}

fn check_value(flag: &Flag, takes: Takes) -> Result<(), Fault> {
    let name = &flag.name;
    match (takes, flag.value.as_deref()) {
        (Takes::Switch, Some(value)) => {
            match value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") {
                true => Ok(()),
                false => Err(fault(flag, format!("`--{name}` is `true` or `false`"))),
            }
        }
        (Takes::Text | Takes::Texts, None) => {
            Err(fault(flag, format!("`--{name}` needs a value: `--{name}=…`")))
        }
        _ => Ok(()),
    }
}
