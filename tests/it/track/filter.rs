//! The grammar of filters and orders: what parses, what does not and where, and what is printed again.

use std::time::Duration;

use mls::track::filter::{Clause, Expr, MAX_DEPTH, parse, parse_order, parse_runs};
use proptest::prelude::*;

use crate::support::busy;

/// Prints the structure with its parentheses, as it was understood.
fn understood(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

#[test]
fn each_form_of_the_grammar_is_understood() {
    for (text, printed) in [
        ("", ""),
        ("  ", ""),
        ("metrics.acc > 0.9", "metrics.acc > 0.9"),
        ("metric.acc>=-1e-3", "metric.acc >= -1e-3"),
        ("metrics.loss = nan", "metrics.loss = nan"),
        ("metrics.loss < -Infinity", "metrics.loss < -Infinity"),
        ("params.lr = '0.1'", "params.lr = '0.1'"),
        ("params.lr = \"0.1\"", "params.lr = '0.1'"),
        ("params.`my key` != 'x'", "params.`my key` != 'x'"),
        ("params.\"a b\" != 'x'", "params.`a b` != 'x'"),
        ("`params`.`a.b` = ''", "params.a.b = ''"),
        ("tags.`a``b` = 'it''s'", "tags.`a``b` = 'it''s'"),
        ("tags.x = \"it's\"", "tags.x = 'it''s'"),
        ("tags.x = 'C:\\'", "tags.x = 'C:\\'"),
        ("metrics.val/loss-1 < 3", "metrics.val/loss-1 < 3"),
        ("status = 'FINISHED'", "status = 'FINISHED'"),
        ("run name = 'x'", "run_name = 'x'"),
        ("`Run Name` like 'x%'", "`Run Name` LIKE 'x%'"),
        ("\"run name\" ILIKE 'x%'", "`run name` ILIKE 'x%'"),
        ("attr.run_id in ('a')", "attr.run_id IN ('a')"),
        ("run.run_id NOT IN ('a',\"b\" , 'c')", "run.run_id NOT IN ('a', 'b', 'c')"),
        ("run_id IN ('a',)", "run_id IN ('a')"),
        ("tags.x IS NULL", "tags.x IS NULL"),
        ("tags.x is not null", "tags.x IS NOT NULL"),
        ("a = 1 and b = 2 AND c = 3", "a = 1 AND b = 2 AND c = 3"),
        ("a = 1 or b = 2 and c = 3", "a = 1 OR (b = 2 AND c = 3)"),
        ("(a = 1 or b = 2) and c = 3", "(a = 1 OR b = 2) AND c = 3"),
        ("not a = 1 and b = 2", "NOT a = 1 AND b = 2"),
        ("not (a = 1 and b = 2)", "NOT (a = 1 AND b = 2)"),
        ("not not a = 1", "NOT NOT a = 1"),
        ("((a = 1))", "a = 1"),
        ("(a = 1 and b = 2) and c = 3", "(a = 1 AND b = 2) AND c = 3"),
        ("metrics.größe = 1", "metrics.größe = 1"),
        ("metrics.`and` = 1", "metrics.and = 1"),
        ("`and` = 1", "`and` = 1"),
        ("`1` = 1 AND `a.b` = 1", "`1` = 1 AND `a.b` = 1"),
    ] {
        assert_eq!(understood(text), printed, "{text}");
        assert_eq!(understood(printed), printed, "{text}");
    }
}

#[test]
fn a_mistake_is_told_with_its_place() {
    for (text, position, reason) in [
        ("metrics.acc", 11, "expected a comparator, found the end"),
        ("metrics.acc >", 13, "expected a value, found the end"),
        ("metrics.acc > and", 14, "expected a number or a quoted text, found `and`"),
        ("metrics.acc > 0.9 metrics.b", 18, "expected AND, OR or the end, found `metrics.b`"),
        ("metrics.acc > 0.9 AND", 21, "expected a name such as metrics.acc, found the end"),
        ("AND a = 1", 0, "expected a name such as metrics.acc, found `AND`"),
        ("metrics. > 1", 8, "no key after `metrics.`"),
        ("metrics.acc == 1", 12, "`==` is no comparator; "),
        ("metrics.acc <> 1", 12, "`<>` is no comparator; "),
        ("metrics.acc ~ 1", 12, "`~` is no comparator; "),
        ("tags.x = 'a", 9, "' is not closed"),
        ("tags.`x = 'a'", 5, "` is not closed"),
        ("tags.x = a", 9, "expected a number or a quoted text, found `a`"),
        ("a = 1; drop table x", 5, "unexpected `;`"),
        ("a = 1 -- b", 6, "`-` is no number"),
        ("a = 1 /* b */", 6, "unexpected `/`"),
        ("a = 1 UNION SELECT 1", 6, "expected AND, OR or the end, found `UNION`"),
        ("(a = 1", 0, "`(` is not closed"),
        ("a = 1)", 5, "expected AND, OR or the end, found `)`"),
        ("()", 1, "expected a name such as metrics.acc, found `)`"),
        ("run_id IN ()", 11, "expected a quoted text, found `)`"),
        ("run_id IN 'a'", 10, "expected a list such as ('a', 'b'), found `'a'`"),
        ("run_id IN ('a' 'b')", 15, "expected `,` or `)`, found `'b'`"),
        ("run_id IN (1)", 11, "expected a quoted text, found `1`"),
        ("run_id NOT 'a'", 11, "expected IN after NOT, found `'a'`"),
        ("tags.x LIKE 1", 12, "expected a quoted text, found `1`"),
        ("tags.x IS 1", 10, "expected NULL, found `1`"),
        ("metrics.a > 1.2.3", 12, "`1.2.3` is no number"),
        ("größe.x ? 1", 10, "unexpected `?`"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.reason.starts_with(reason), "{text}: {error}");
    }
}

#[test]
fn what_runs_cannot_be_asked_is_told_with_its_place() {
    for (text, position, reason) in [
        ("accuracy > 0.9", 0, "`accuracy` is no attribute of a run; "),
        ("model.x = 'a'", 0, "a run has no `model`, but metrics, "),
        ("dataset.size = 'a'", 0, "a dataset has no `size`, but name, digest, context"),
        ("params.lr > '0.1'", 10, "`params.lr` is a text, which `>` does not compare; "),
        ("params.lr > 0.1", 10, "`params.lr` is a text, which `>` does not compare; "),
        ("params.lr = 0.1", 12, "`params.lr` is a text and compares with a quoted one: '0.1'"),
        ("metrics.acc = '0.9'", 14, "`metrics.acc` compares with a number, not with a quoted text"),
        ("metrics.acc LIKE '1'", 12, "`metrics.acc` is a number, which LIKE and IN do not compare"),
        ("metrics.acc IN ('1')", 12, "`metrics.acc` is a number, which LIKE and IN do not compare"),
        ("start_time > 'yesterday'", 13, "`start_time` compares with milliseconds since 1970"),
        ("status > 'A'", 7, "`status` is a text, which `>` does not compare; "),
    ] {
        let error = parse_runs(text).expect_err(text);
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.reason.starts_with(reason), "{text}: {error}");
    }
}

#[test]
fn a_caret_stands_under_the_mistake() {
    let error = parse("metrics.größe > 1 UND params.lr = '1'").unwrap_err();
    let shown = error.caret(|_| 1);
    assert_eq!(shown, "metrics.größe > 1 UND params.lr = '1'\n                  ^");
    let long = format!("{} AND x ? 1", vec!["metrics.a > 1"; 1000].join(" AND "));
    let error = parse(&long).unwrap_err();
    assert!(error.excerpt.chars().count() <= 80);
    assert_eq!(error.excerpt.chars().nth(error.column), Some('?'));
}

#[test]
fn orders_are_read_and_printed() {
    for (text, printed) in [
        ("", vec![]),
        ("metrics.acc desc", vec!["metrics.acc DESC"]),
        ("params.lr", vec!["params.lr ASC"]),
        ("attributes.start_time ASC", vec!["attributes.start_time ASC"]),
        ("started_at", vec!["attributes.start_time ASC"]),
        ("Created DESC", vec!["attributes.start_time DESC"]),
        ("metrics.`a b` DESC, tags.x", vec!["metrics.`a b` DESC", "tags.x ASC"]),
        ("metrics.desc desc", vec!["metrics.desc DESC"]),
    ] {
        let orders = parse_order(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(orders.iter().map(ToString::to_string).collect::<Vec<_>>(), printed, "{text}");
    }
    for (text, position) in [
        ("metrics.acc up", 12),
        ("metrics.acc desc desc", 17),
        ("acc", 0),
        ("datasets.name", 0),
        ("'a'", 0),
        (", a", 0),
    ] {
        assert_eq!(parse_order(text).expect_err(text).position, position, "{text}");
    }
}

#[test]
fn h13_ten_thousand_ands_are_parsed_and_deep_nesting_is_refused() {
    let many = vec!["metrics.acc > 0.5"; 10_000].join(" AND ");
    let Expr::And(parts) = parse(&many).unwrap() else { panic!("not flat") };
    assert_eq!(parts.len(), 10_000);

    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH - 1)).is_ok());
    let error = parse(&nested(500_000)).unwrap_err();
    assert_eq!(error.position, MAX_DEPTH);
    assert_eq!(parse(&"NOT ".repeat(200_000)).unwrap_err().position, MAX_DEPTH * 4);
    assert!(parse(&"(".repeat(1 << 20)).is_err());
}

#[test]
fn h13_a_megabyte_is_read_at_once_and_more_is_refused() {
    let start = busy();
    for text in [
        format!("tags.x LIKE '{}'", "%".repeat(1_000_000)),
        format!("tags.x = '{}'", "''".repeat(500_000)),
        format!("tags.x IN ('{}')", vec!["a"; 200_000].join("','")),
    ] {
        assert!(parse_runs(&text).is_ok());
    }
    let took = busy() - start;
    assert!(took < Duration::from_secs(10), "{took:?}");
    let error = parse(&"a".repeat((1 << 20) + 1)).unwrap_err();
    assert!(error.reason.ends_with("bytes are more than a filter may have: 1048576"), "{error}");
}

/// The same structure with no memory of where it stood in the text.
fn placeless(expr: Expr<Clause>) -> Expr<Clause> {
    let forget = |mut clause: Clause| {
        clause.name.at = 0;
        (clause.test_at, clause.value_at) = (0, 0);
        Ok::<_, ()>(clause)
    };
    expr.try_map(&mut { forget }).expect("nothing fails")
}

/// Texts that are nearly filters.
fn like_a_filter() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z_]{1,3}",
        "(metrics|params|tags|attributes|datasets)\\.[a-z]{1,2}",
        "(tags|params)\\.[`\"][^`\"]{0,5}[`\"]",
        "( AND | OR | NOT | IN | LIKE | ILIKE | IS | NULL )",
        "(=|!=|<|<=|>|>=|~|\\(|\\)|,)",
        "-?[0-9]{1,3}(\\.[0-9])?",
        "'[^']{0,6}'",
        "('a', 'b')",
        ".{0,2}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" "))
}

fn clause() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("metrics.acc".to_owned()),
        "(tags|params)\\.`([^`]|``){1,8}`",
        "[a-z][a-z0-9]{0,5}\\.[a-zäß0-9_./:-]{1,5}",
        Just("run name".to_owned()),
        "`([^`]|``){0,8}`",
    ];
    let test = prop_oneof![
        "(=|!=|<|<=|>|>=) -?[0-9]{1,4}(\\.[0-9]{1,3})?(e-?[0-9])?",
        "(=|!=|LIKE|ILIKE) '([^']|''){0,8}'",
        "(=|LIKE) \"([^\"]|\"\"){0,8}\"",
        "(NOT )?IN \\('([^']|''){0,4}', '[^']?'\\)",
        "IS (NOT )?NULL",
    ];
    (name, test).prop_map(|(name, test)| format!("{name} {test}"))
}

fn filter() -> impl Strategy<Value = String> {
    clause().prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.join(" AND ")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|any| any.join(" or ")),
            inner.clone().prop_map(|one| format!("NOT {one}")),
            inner.prop_map(|one| format!("( {one})")),
        ]
    })
}

proptest! {
    #[test]
    fn h13_no_text_makes_a_panic(text in any::<String>(), nearly in like_a_filter()) {
        for text in [text, nearly] {
            for error in [parse_runs(&text).err(), parse_order(&text).err()].into_iter().flatten() {
                prop_assert!(error.position <= text.len());
                error.caret(|_| 1);
            }
        }
    }

    #[test]
    fn what_is_printed_means_the_same(text in filter()) {
        let first = placeless(parse(&text).map_err(|error| TestCaseError::fail(error.to_string()))?);
        let again = placeless(parse(&first.to_string()).map_err(|error| TestCaseError::fail(error.to_string()))?);
        prop_assert_eq!(first, again);
    }
}
