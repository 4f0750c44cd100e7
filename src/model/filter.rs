//! Questions about models and versions: MLflow's grammar, and what is known of a model.

use crate::model::node::PROMPT_TAG;
use crate::track::filter::{
    Clause, Comparator, Expr, Literal, Name, ParseError, Pattern, Test, TextTest, parse,
};

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Models,
    Versions,
}

/// A question, ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    expr: Expr<Condition>,
    /// Whether prompts are asked for; otherwise they are no answer.
    pub prompts: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    Text { field: Field, test: TextTest },
    Number { comparator: Comparator, value: i64 },
    Tag { key: String, test: TextTest },
    Has { key: String, present: bool },
    Prompt(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Run,
    Source,
}

/// What a filter looks at.
pub trait Searched {
    fn name(&self) -> &str;
    fn tag(&self, key: &str) -> Option<&str>;
    fn is_prompt(&self) -> bool;
    /// Nothing of models, as the next two.
    fn number(&self) -> Option<u64>;
    fn run(&self) -> Option<&str>;
    fn source(&self) -> Option<&str>;
}

impl Filter {
    /// Reads a filter about `subject`.
    pub fn parse(text: &str, subject: Subject) -> Result<Self, ParseError> {
        let expr = parse(text)?.try_map(&mut |clause| condition(text, clause, subject))?;
        let prompts = expr.leaves().any(|leaf| *leaf == Condition::Prompt(true));
        Ok(Self { expr, prompts })
    }

    /// Tells whether `item` is among the answers.
    pub fn holds(&self, item: &impl Searched) -> bool {
        (self.prompts || !item.is_prompt()) && holds(&self.expr, item)
    }

    /// Returns the only name that can be among the answers, where the filter says one.
    pub fn name(&self) -> Option<&str> {
        let equal = |expr| match expr {
            &Expr::Is(Condition::Text { field: Field::Name, test: TextTest::Equal(ref name) }) => {
                Some(name.as_str())
            }
            _ => None,
        };
        match &self.expr {
            Expr::And(parts) => parts.iter().find_map(equal),
            expr => equal(expr),
        }
    }
}

fn holds(expr: &Expr<Condition>, item: &impl Searched) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| holds(part, item)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, item)),
        Expr::Not(part) => !holds(part, item),
        Expr::Is(condition) => condition.holds(item),
    }
}

impl Condition {
    fn holds(&self, item: &impl Searched) -> bool {
        match self {
            Self::Text { field: Field::Name, test } => test.holds(item.name()),
            Self::Text { field: Field::Run, test } => item.run().is_some_and(|run| test.holds(run)),
            Self::Text { field: Field::Source, test } => {
                item.source().is_some_and(|source| test.holds(source))
            }
            Self::Number { comparator, value } => item
                .number()
                .and_then(|number| i64::try_from(number).ok())
                .is_some_and(|number| comparator.holds(number as f64, *value as f64)),
            Self::Tag { key, test } => item.tag(key).is_some_and(|value| test.holds(value)),
            Self::Has { key, present } => item.tag(key).is_some() == *present,
            Self::Prompt(wanted) => item.is_prompt() == *wanted,
        }
    }
}

fn condition(text: &str, clause: Clause, subject: Subject) -> Result<Condition, ParseError> {
    let Clause { name, test, test_at, value_at } = clause;
    let entity = name.entity.as_deref().map(str::to_ascii_lowercase);
    match entity.as_deref() {
        Some("tag" | "tags") => tag(text, &name, test, test_at, value_at),
        None | Some("attribute" | "attributes") => {
            attribute(text, &name, test, (test_at, value_at), subject)
        }
        Some(other) => {
            let reason = format!(
                "Invalid entity type '{}'. Valid entity types are ('attribute', 'tag', 'tags')",
                shortened(other)
            );
            Err(ParseError::new(text, name.at, reason))
        }
    }
}

fn tag(
    text: &str,
    name: &Name,
    test: Test,
    test_at: usize,
    value_at: usize,
) -> Result<Condition, ParseError> {
    let key = name.key.clone();
    match test {
        Test::Null { negated } => Ok(Condition::Has { key, present: negated }),
        Test::Among { .. } => Err(ParseError::new(text, test_at, "Invalid comparator for tag: IN")),
        test => {
            let test = text_test(text, name, test, test_at, value_at)?;
            Ok(match prompt(&key, &test) {
                Some(wanted) => Condition::Prompt(wanted),
                None => Condition::Tag { key, test },
            })
        }
    }
}

/// A model without the prompt tag is no prompt, which no ordinary question about a tag would say.
fn prompt(key: &str, test: &TextTest) -> Option<bool> {
    let is = |value: &String, word| value.eq_ignore_ascii_case(word);
    match test {
        _ if key != PROMPT_TAG => None,
        TextTest::Equal(value) => Some(is(value, "true")),
        TextTest::NotEqual(value) => Some(is(value, "false")),
        _ => Some(false),
    }
}

fn attribute(
    text: &str,
    name: &Name,
    test: Test,
    (test_at, value_at): (usize, usize),
    subject: Subject,
) -> Result<Condition, ParseError> {
    let field = match (name.key.as_str(), subject) {
        ("name", _) => Field::Name,
        ("run_id", Subject::Versions) => Field::Run,
        ("source_path", Subject::Versions) => Field::Source,
        ("version_number", Subject::Versions) => return number(text, test, test_at, value_at),
        (key, subject) => {
            let known = match subject {
                Subject::Models => "{'name'}",
                Subject::Versions => "{'name', 'run_id', 'source_path', 'version_number'}",
            };
            let key = shortened(key);
            let reason =
                format!("Invalid attribute key '{key}' specified. Valid keys are '{known}'");
            return Err(ParseError::new(text, name.at, reason));
        }
    };
    if matches!(test, Test::Among { .. }) && field == Field::Source {
        return Err(ParseError::new(text, test_at, "Invalid comparator for attribute: IN"));
    }
    let test = text_test(text, name, test, test_at, value_at)?;
    Ok(Condition::Text { field, test })
}

fn number(text: &str, test: Test, test_at: usize, at: usize) -> Result<Condition, ParseError> {
    let bad = |at, reason: String| Err(ParseError::new(text, at, reason));
    match test {
        Test::Compare(comparator, Literal::Number(digits)) => match digits.parse::<i64>() {
            Ok(value) => Ok(Condition::Number { comparator, value }),
            Err(_) => bad(
                at,
                format!(
                    "Invalid value for numeric attribute 'version_number': {}",
                    shortened(&digits)
                ),
            ),
        },
        Test::Compare(_, Literal::Text(value)) => bad(
            at,
            format!(
                "Invalid value for numeric attribute 'version_number': '{}'",
                shortened(&value)
            ),
        ),
        _ => bad(test_at, "Invalid comparator for attribute version_number".to_owned()),
    }
}

fn text_test(
    text: &str,
    name: &Name,
    test: Test,
    test_at: usize,
    value_at: usize,
) -> Result<TextTest, ParseError> {
    match test {
        Test::Compare(Comparator::Equal, Literal::Text(value)) => Ok(TextTest::Equal(value)),
        Test::Compare(Comparator::NotEqual, Literal::Text(value)) => Ok(TextTest::NotEqual(value)),
        Test::Compare(Comparator::Equal | Comparator::NotEqual, Literal::Number(number)) => {
            let reason = format!(
                "Expected a quoted string value for {name} (e.g. 'my-value'). Got value {}",
                shortened(&number)
            );
            Err(ParseError::new(text, value_at, reason))
        }
        Test::Compare(comparator, _) => {
            let reason = format!("Invalid comparator for attribute: {comparator}");
            Err(ParseError::new(text, test_at, reason))
        }
        Test::Like { pattern, any_case } => Pattern::new(&pattern, any_case)
            .map(TextTest::Like)
            .map_err(|reason| ParseError::new(text, value_at, reason)),
        Test::Among { values, negated } => Ok(TextTest::Among { values, negated }),
        Test::Null { .. } => {
            Err(ParseError::new(text, test_at, "Invalid comparator for attribute: IS"))
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect::<String>().escape_debug().to_string()
}
