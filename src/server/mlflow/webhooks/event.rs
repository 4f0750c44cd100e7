//! What webhooks are told of: MLflow's events, and what is sent of each.

use serde_json::{Value, json};

/// Something that happened in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    ModelCreated,
    VersionCreated,
    VersionTagSet,
    VersionTagDeleted,
    AliasCreated,
    AliasDeleted,
    PromptCreated,
    PromptVersionCreated,
    PromptTagSet,
    PromptTagDeleted,
    PromptVersionTagSet,
    PromptVersionTagDeleted,
    PromptAliasCreated,
    PromptAliasDeleted,
    /// Never happens here; MLflow's clients may ask for it.
    BudgetExceeded,
}

const ALL: [Event; 15] = [
    Event::ModelCreated,
    Event::VersionCreated,
    Event::VersionTagSet,
    Event::VersionTagDeleted,
    Event::AliasCreated,
    Event::AliasDeleted,
    Event::PromptCreated,
    Event::PromptVersionCreated,
    Event::PromptTagSet,
    Event::PromptTagDeleted,
    Event::PromptVersionTagSet,
    Event::PromptVersionTagDeleted,
    Event::PromptAliasCreated,
    Event::PromptAliasDeleted,
    Event::BudgetExceeded,
];

impl Event {
    /// Returns what it happened to and what happened, as the body that is sent says it.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ModelCreated => ("registered_model", "created"),
            Self::VersionCreated => ("model_version", "created"),
            Self::VersionTagSet => ("model_version_tag", "set"),
            Self::VersionTagDeleted => ("model_version_tag", "deleted"),
            Self::AliasCreated => ("model_version_alias", "created"),
            Self::AliasDeleted => ("model_version_alias", "deleted"),
            Self::PromptCreated => ("prompt", "created"),
            Self::PromptVersionCreated => ("prompt_version", "created"),
            Self::PromptTagSet => ("prompt_tag", "set"),
            Self::PromptTagDeleted => ("prompt_tag", "deleted"),
            Self::PromptVersionTagSet => ("prompt_version_tag", "set"),
            Self::PromptVersionTagDeleted => ("prompt_version_tag", "deleted"),
            Self::PromptAliasCreated => ("prompt_alias", "created"),
            Self::PromptAliasDeleted => ("prompt_alias", "deleted"),
            Self::BudgetExceeded => ("budget_policy", "exceeded"),
        }
    }

    /// Returns the event of two words, in upper case as requests have them or in lower case as the table has them.
    pub(super) fn of(entity: &str, action: &str) -> Option<Self> {
        ALL.into_iter().find(|event| {
            let (of, done) = event.words();
            of.eq_ignore_ascii_case(entity) && done.eq_ignore_ascii_case(action)
        })
    }

    /// Returns what is sent to try a webhook, as MLflow does.
    pub(super) fn example(self) -> Value {
        let version = json!({"name": "example_model", "version": "1"});
        let prompt = json!({"name": "example_prompt"});
        let with = |base: Value, more: Value| {
            let (Value::Object(mut base), Value::Object(more)) = (base, more) else {
                unreachable!("both are objects")
            };
            base.extend(more);
            Value::Object(base)
        };
        let key = json!({"key": "example_key"});
        let pair = json!({"key": "example_key", "value": "example_value"});
        let alias = json!({"alias": "example_alias"});
        let (tags, one) = (json!({"example_key": "example_value"}), json!({"version": "1"}));
        match self {
            Self::ModelCreated => json!({
                "name": "example_model", "tags": tags, "description": "An example registered model",
            }),
            Self::VersionCreated => json!({
                "name": "example_model", "version": "1", "source": "models:/123",
                "run_id": "abcd1234abcd5678", "tags": tags, "description": "An example model version",
            }),
            Self::VersionTagSet => with(version, pair),
            Self::VersionTagDeleted => with(version, key),
            Self::AliasCreated => with(version, alias),
            Self::AliasDeleted => with(json!({"name": "example_model"}), alias),
            Self::PromptCreated => {
                with(prompt, json!({"tags": tags, "description": "An example prompt"}))
            }
            Self::PromptVersionCreated => json!({
                "name": "example_prompt", "version": "1", "template": "Hello {{name}}!", "tags": tags,
                "description": "An example prompt version",
            }),
            Self::PromptTagSet => with(prompt, pair),
            Self::PromptTagDeleted => with(prompt, key),
            Self::PromptVersionTagSet => with(with(prompt, one), pair),
            Self::PromptVersionTagDeleted => with(with(prompt, one), key),
            Self::PromptAliasCreated => with(with(prompt, alias), one),
            Self::PromptAliasDeleted => with(prompt, alias),
            Self::BudgetExceeded => json!({
                "budget_policy_id": "bp-abc123", "budget_unit": "USD", "budget_amount": 100.0,
                "current_spend": 105.5, "duration_unit": "MONTHS", "duration_value": 1,
                "target_scope": "ENDPOINT", "workspace": "default",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_of_its_own_and_an_example() {
        for event in ALL {
            let (entity, action) = event.words();
            assert_eq!(Event::of(&entity.to_uppercase(), &action.to_uppercase()), Some(event));
            assert!(!event.example().as_object().unwrap().is_empty());
        }
        assert_eq!(Event::of("REGISTERED_MODEL", "DELETED"), None);
    }
}
