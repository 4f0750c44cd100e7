//! What names of refs say about how a ref may move. Nothing here knows what the refs point at.

/// What travels unless something else is asked for.
const DEFAULT: [&str; 5] = ["experiments/", "images/", "logged-models/", "models/", "runs/"];

/// Returns whether a ref travels where none is named: everything that people made, and no caches.
pub fn default_refs(name: &str) -> bool {
    DEFAULT.iter().any(|prefix| name.starts_with(prefix))
}

/// Returns whether a ref may never move once it is set: the version of a model, as in `models/iris/v3`.
pub fn is_immutable(name: &str) -> bool {
    let number = name.strip_prefix("models/").and_then(|rest| rest.rsplit_once("/v"));
    number.is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Returns whether a ref is derived, so that any value is as good as another.
pub(crate) fn is_cache(name: &str) -> bool {
    name.starts_with("cache/")
}

/// Returns where `remote`'s ref `name` is remembered.
pub(crate) fn tracking(remote: &str, name: &str) -> String {
    format!("remotes/{remote}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_models_are_immutable_and_their_aliases_are_not() {
        for (name, immutable) in [
            ("models/iris/v3", true),
            ("models/a/b/v10", true),
            ("models/iris@champion", false),
            ("models/iris/v", false),
            ("models/iris/v3x", false),
            ("runs/v3", false),
        ] {
            assert_eq!(is_immutable(name), immutable, "{name}");
        }
    }
}
