//! The filter of a search of runs as MLflow takes it: what `mls` understands beyond that is refused in MLflow's words.

use crate::server::mlflow::failure::Failure;
use crate::track::filter::{
    self, Attribute, Clause, Comparator, Condition, Expr, Filter, Literal, NumberField, ParseError,
    Test, TextField,
};

const ATTRIBUTES: &str = "{'run_id', 'run_name', 'user_id', 'status', 'artifact_uri', 'start_time', 'end_time', 'created'}";
const TEXT_TESTS: &str = "{'=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}";

/// Parses a filter.
pub(super) fn filter(text: &str) -> Result<Filter, Failure> {
    if !text.is_empty() && text.trim().is_empty() {
        return Err(Failure::invalid(format!("Invalid filter '{text}'. Could not be parsed.")));
    }
    let parsed = filter::parse(text).map_err(|error| wrong(&error))?;
    match parsed {
        Expr::And(parts) => parts.iter().try_for_each(|part| clause(text, part))?,
        one => clause(text, &one)?,
    }
    let filter = filter::parse_runs(text).map_err(|error| wrong(&error))?;
    filter.leaves().try_for_each(allowed)?;
    Ok(filter)
}

fn wrong(error: &ParseError) -> Failure {
    Failure::invalid(format!("Invalid clause(s) in filter string: {error}"))
}

fn clause(text: &str, part: &Expr<Clause>) -> Result<(), Failure> {
    let refused = |word: &str| {
        // As it is written there.
        let upper = word.to_uppercase();
        let written = text.split_whitespace().find(|one| one.eq_ignore_ascii_case(word));
        let written = written.unwrap_or(&upper);
        Err(Failure::invalid(format!("Invalid clause(s) in filter string: '{written}'")))
    };
    let clause = match part {
        Expr::Is(clause) => clause,
        Expr::Or(_) => return refused("or"),
        Expr::Not(_) => return refused("not"),
        Expr::And(_) => return refused("("),
    };
    // Its own parentheses would have been taken for those of a group.
    if text[..clause.name.at].trim_end().ends_with('(') {
        let shown: String = text.chars().take(200).collect();
        return Err(Failure::invalid(format!("Invalid clause(s) in filter string: '{shown}'")));
    }
    test(clause)
}

/// What a comparison is about, in MLflow's words.
fn entity(clause: &Clause) -> Result<&'static str, Failure> {
    let Some(entity) = &clause.name.entity else { return Ok("attribute") };
    match entity.as_str() {
        "metric" | "metrics" => Ok("metric"),
        "param" | "params" | "parameter" | "parameters" => Ok("parameter"),
        "tag" | "tags" => Ok("tag"),
        "attribute" | "attributes" | "attr" | "run" => Ok("attribute"),
        "dataset" | "datasets" => Ok("dataset"),
        other => Err(Failure::invalid(format!(
            "Invalid entity type '{other}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']"
        ))),
    }
}

fn test(clause: &Clause) -> Result<(), Failure> {
    let (key, test) = (&clause.name.key, &clause.test);
    let refused = |what: String| Err(Failure::invalid(what));
    match (entity(clause)?, test) {
        (what @ ("metric" | "attribute" | "dataset"), Test::Null { .. }) => refused(format!(
            "IS NULL / IS NOT NULL is only supported for tags and params, not for '{what}' '{key}'"
        )),
        ("metric", Test::Compare(_, Literal::Text(text)) | Test::Like { pattern: text, .. }) => {
            refused(format!("Expected numeric value type for metric. Found '{text}'"))
        }
        (what @ ("parameter" | "tag"), Test::Compare(comparator, value)) => {
            match (comparator, value) {
                (Comparator::Equal | Comparator::NotEqual, Literal::Text(_)) => Ok(()),
                (_, Literal::Number(number)) => refused(format!(
                    "Expected a quoted string value for {what} (e.g. 'my-value'). Got value {number}"
                )),
                (comparator, _) => {
                    refused(format!("Invalid comparator '{comparator}' not one of '{TEXT_TESTS}'"))
                }
            }
        }
        (what @ ("parameter" | "tag"), Test::Among { values, .. }) => refused(format!(
            "Expected a quoted string value for {what} (e.g. 'my-value'). Got value ('{}')",
            values.join("', '")
        )),
        ("dataset", _) if !matches!(key.as_str(), "name" | "digest" | "context") => {
            refused(format!(
                "Invalid dataset key '{key}' specified. Valid keys are '{{'name', 'digest', 'context'}}'"
            ))
        }
        ("attribute", Test::Compare(_, Literal::Text(text)))
            if matches!(
                key.to_ascii_lowercase().as_str(),
                "start_time" | "end_time" | "created"
            ) =>
        {
            refused(format!(
                "Expected numeric value type for numeric attribute: {key}. Found '{text}'"
            ))
        }
        ("attribute", _) => attribute(key),
        _ => Ok(()),
    }
}

fn attribute(key: &str) -> Result<(), Failure> {
    let known = [
        "run_id",
        "run_name",
        "run name",
        "user_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
        "created",
    ];
    match known.contains(&key.to_ascii_lowercase().as_str()) {
        true => Ok(()),
        false => Err(Failure::invalid(format!(
            "Invalid attribute key '{key}' specified. Valid keys are '{ATTRIBUTES}'"
        ))),
    }
}

/// What is left once every clause is in MLflow's form.
fn allowed(condition: &Condition) -> Result<(), Failure> {
    match condition {
        Condition::Number { field: NumberField::Duration, .. } => attribute("duration"),
        Condition::Text { field: TextField::Attribute(Attribute::Id), .. } => Ok(()),
        Condition::Text {
            field: TextField::Attribute(_),
            test: filter::TextTest::Among { .. },
        } => Err(Failure::invalid(
            "Only ['run_id'] attributes support comparison with a list of quoted string values.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mlflow_refuses_is_refused_in_its_words() {
        for (text, says) in [
            ("metrics.a > 1 OR metrics.a < 0", "filter string: 'OR'"),
            ("not metrics.a > 1", "filter string: 'not'"),
            ("(metrics.a > 1)", "filter string: '(metrics.a > 1)'"),
            ("params.a = 1", "(e.g. 'my-value'). Got value 1"),
            ("params.a > '1'", "Invalid comparator '>' not one of"),
            ("metrics.a = 'x'", "Expected numeric value type for metric. Found 'x'"),
            ("metrics.a IS NULL", "only supported for tags and params"),
            ("foo = 'x'", "Invalid attribute key 'foo' specified."),
            ("foo.bar = 1", "Invalid entity type 'foo'."),
            ("experiment_id = '0'", "Invalid attribute key 'experiment_id'"),
            ("status IN ('RUNNING')", "Only ['run_id'] attributes support"),
            ("dataset.x = 'y'", "Invalid dataset key 'x'"),
            ("start_time > 'x'", "numeric attribute: start_time"),
            (" ", "Could not be parsed"),
            ("metrics.a ~ 1", "Invalid clause(s)"),
        ] {
            let failure = filter(text).unwrap_err();
            assert!(failure.message.contains(says), "{text}: {}", failure.message);
        }
        for text in [
            "",
            "metrics.a > 1 and params.`b c` LIKE 'x%' AND tags.t IS NULL",
            "run_id IN ('a', 'b') and status = 'RUNNING'",
            "dataset.name IN ('d') and Created > 5",
        ] {
            filter(text).unwrap_or_else(|failure| panic!("{text}: {}", failure.message));
        }
    }
}
