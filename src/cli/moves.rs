//! What an operation did to refs, in a few words: `+run 4f2a9c1b02de  +experiment churn`.

use std::collections::BTreeMap;

use mls::model::registry::Role;
use mls::store::{Moved, Store};
use mls::track::experiment;

use crate::cli::text::{cut, escaped};

/// Names of experiments are shown up to this long.
const LONGEST_NAME: usize = 40;
/// Ids are shown this long.
const SHORT: usize = 12;

/// What experiments are called, by their refs.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Reads the names; where that fails, the refs are shown.
    pub(crate) fn read(store: &Store) -> Self {
        let experiments = experiment::list(store, true).unwrap_or_default();
        let named = experiments.into_iter().map(|found| (found.id.ref_name(), found.name));
        Self(named.collect())
    }

    /// Adds names that are known at another moment.
    pub(crate) fn or(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or_else(|| shortened(split(name).1), String::as_str)
    }
}

/// Returns what the moves did: a lone one of its kind by name, more of them by number.
pub(crate) fn summary(moves: &[Moved], known: &Names) -> String {
    let of_models = models(moves);
    let mut groups: BTreeMap<(&str, char), Vec<&str>> = BTreeMap::new();
    for moved in moves {
        let (kind, _) = split(&moved.name);
        let name = match of_models.get(moved.name.as_str()) {
            Some(None) => continue,
            Some(Some(name)) => name.as_str(),
            None => moved.name.as_str(),
        };
        let sign = match (&moved.old, &moved.new) {
            (None, _) => '+',
            (Some(_), Some(_)) => '~',
            (Some(_), None) => '-',
        };
        groups.entry((kind, sign)).or_default().push(name);
    }
    // Runs come before the experiments and the remote's refs that they bring along.
    let mut words: Vec<_> = groups.into_iter().collect();
    words.sort_by_key(|((kind, sign), _)| (*kind != "runs", *kind, *sign));
    let words = words.into_iter().map(|((kind, sign), names)| match names.as_slice() {
        [name] => {
            format!("{sign}{} {}", singular(kind), cut(&escaped(known.of(name)), LONGEST_NAME))
        }
        names => format!("{sign}{} {kind}", names.len()),
    });
    words.collect::<Vec<_>>().join("  ")
}

/// Returns what moved refs of models stand for, as a person writes it: `models/iris@v3`; nothing where another ref tells
/// it.
fn models(moves: &[Moved]) -> BTreeMap<&str, Option<String>> {
    let roles: Vec<_> = moves.iter().filter_map(|m| Some((m, Role::of(&m.name)?))).collect();
    let mut shown = BTreeMap::new();
    for (moved, (name, role)) in &roles {
        let others = || roles.iter().filter(|(_, (other, _))| other == name).map(|(_, (_, r))| r);
        let text = match role {
            // A version that comes or goes changes the record of its model too.
            Role::Registered if others().count() > 1 && moved.old.is_some() => None,
            Role::Registered => Some(format!("models/{name}")),
            Role::About(number) if others().any(|role| *role == Role::Model(*number)) => None,
            Role::Model(number) | Role::About(number) => Some(format!("models/{name}@v{number}")),
            Role::Alias(alias) => Some(format!("models/{name}@{alias}")),
        };
        shown.insert(moved.name.as_str(), text);
    }
    shown
}

/// Returns the name as a person is shown it: a run's id is cut, all else is whole.
pub(crate) fn shortened(name: &str) -> &str {
    let is_id = [32, 64].contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { &name[..SHORT] } else { name }
}

/// Splits a ref's name into its kind and the rest; what a remote has is of the kind of that remote.
fn split(name: &str) -> (&str, &str) {
    let rest = name.strip_prefix("remotes/");
    let end = match rest {
        Some(rest) => "remotes/".len() + rest.find('/').unwrap_or(rest.len()),
        None => name.find('/').unwrap_or(name.len()),
    };
    (&name[..end], name[end..].trim_start_matches('/'))
}

fn singular(kind: &str) -> &str {
    match kind.starts_with("remotes/") {
        true => kind,
        false => kind.strip_suffix('s').unwrap_or(kind),
    }
}

#[cfg(test)]
mod tests {
    use mls::base::Digest;
    use mls::store::Link;

    use super::*;

    #[test]
    fn a_lone_move_is_named_and_many_are_counted() {
        let link = Some(Link::blob(Digest::of(b"")));
        let moved = |name: &str, old, new| Moved { name: name.to_owned(), old, new };
        let id = "4f2a9c1b02de4f2a9c1b02de4f2a9c1b";
        let moves = [
            moved("experiments/0", None, link),
            moved(&format!("runs/{id}"), None, link),
            moved(&format!("remotes/origin/runs/{id}"), link, None),
            moved("models/a", link, link),
            moved("models/b", link, link),
        ];
        assert_eq!(
            summary(&moves, &Names::default()),
            format!("+run 4f2a9c1b02de  +experiment 0  ~2 models  -remotes/origin runs/{id}")
        );
    }
}
