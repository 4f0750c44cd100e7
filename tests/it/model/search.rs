use mls::model::registry::{self, New, NewVersion, Tags};
use mls::model::search::{self, Query};
use mls::store::Store;

use super::{registered, sandbox};

fn filled(store: &Store) {
    for (name, count) in [("iris", 3), ("Wine", 1), ("my model", 2)] {
        for number in 1..=count {
            registered(store, name, &format!("s3://b/{number}"));
        }
    }
    registry::tag(store, "iris", &Tags::set("team", "plants")).unwrap();
    registry::tag(store, "Wine", &Tags::set("team", "drinks")).unwrap();
    registry::tag_version(store, "iris", 2, &Tags::set("ok", "yes")).unwrap();
    let prompt = [("mlflow.prompt.is_prompt".to_owned(), "true".to_owned())];
    let new = New { tags: prompt.clone().into(), ..New::default() };
    registry::create(store, "greeting", &new).unwrap();
    let new = NewVersion {
        source: "dummy-source".to_owned(),
        tags: prompt.into(),
        run: Some("r1".to_owned()),
        ..NewVersion::default()
    };
    registry::register(store, "greeting", &new).unwrap();
}

fn models(store: &Store, filter: &str, order: &[&str]) -> Vec<String> {
    let order_by: Vec<String> = order.iter().map(|text| (*text).to_owned()).collect();
    let query = Query { filter, order_by: &order_by, ..Query::default() };
    let found = search::models(store, &query).unwrap_or_else(|error| panic!("{filter}: {error}"));
    found.items.iter().map(|entry| entry.name().to_owned()).collect()
}

fn versions(store: &Store, filter: &str, order: &[&str]) -> Vec<String> {
    let order_by: Vec<String> = order.iter().map(|text| (*text).to_owned()).collect();
    let query = Query { filter, order_by: &order_by, ..Query::default() };
    let found = search::versions(store, &query).unwrap_or_else(|error| panic!("{filter}: {error}"));
    found.items.iter().map(|version| version.reference().to_string()).collect()
}

#[test]
fn models_are_found_as_mlflow_finds_them() {
    let (_sandbox, store) = sandbox();
    filled(&store);
    for (filter, found) in [
        ("", vec!["Wine", "iris", "my model"]),
        ("name = 'iris'", vec!["iris"]),
        ("attribute.name = 'iris'", vec!["iris"]),
        ("name != 'iris'", vec!["Wine", "my model"]),
        ("name LIKE 'i%'", vec!["iris"]),
        ("name ilike '%W%'", vec!["Wine"]),
        ("name IN ('iris', 'Wine', 'no')", vec!["Wine", "iris"]),
        ("name NOT IN ('iris')", vec!["Wine", "my model"]),
        ("tags.team = 'plants'", vec!["iris"]),
        ("tag.team != 'plants'", vec!["Wine"]),
        ("tags.team LIKE '%n%' and name = 'Wine'", vec!["Wine"]),
        ("tags.team = 'plants' OR NOT name = 'Wine'", vec!["iris", "my model"]),
        ("tags.`mlflow.prompt.is_prompt` != 'true'", vec!["Wine", "iris", "my model"]),
        ("tag.`mlflow.prompt.is_prompt` = 'false'", vec!["Wine", "iris", "my model"]),
        ("tags.`mlflow.prompt.is_prompt` = 'true'", vec!["greeting"]),
        ("tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'iris'", vec![]),
        ("name = 'greeting'", vec![]),
    ] {
        assert_eq!(models(&store, filter, &[]), found, "{filter}");
    }
    assert_eq!(models(&store, "", &["name DESC"]), ["my model", "iris", "Wine"]);
    assert_eq!(models(&store, "", &["timestamp", "`name` desc"]), ["my model", "iris", "Wine"]);
}

#[test]
fn versions_are_found_as_mlflow_finds_them() {
    let (_sandbox, store) = sandbox();
    filled(&store);
    for (filter, found) in [
        ("name = 'iris'", vec!["iris@v3", "iris@v2", "iris@v1"]),
        ("name = 'iris' AND version_number >= 2", vec!["iris@v3", "iris@v2"]),
        ("version_number = 2", vec!["iris@v2", "my model@v2"]),
        ("source_path = 's3://b/3'", vec!["iris@v3"]),
        ("run_id = 'r1'", vec![]),
        ("run_id IN ('r1') and tags.`mlflow.prompt.is_prompt` = 'true'", vec!["greeting@v1"]),
        ("tags.ok = 'yes'", vec!["iris@v2"]),
        ("name = 'nope'", vec![]),
    ] {
        assert_eq!(versions(&store, filter, &[]), found, "{filter}");
    }
    let order = ["name DESC", "version_number ASC"];
    assert_eq!(
        versions(&store, "version_number < 3", &order)[..3],
        ["my model@v1", "my model@v2", "iris@v1"]
    );
}

#[test]
fn h13_questions_that_make_no_sense_are_refused_and_hurt_nothing() {
    let (_sandbox, store) = sandbox();
    filled(&store);
    let many = format!("name = 'a'{}", " AND name = 'a'".repeat(10_000));
    let long = "x".repeat(2 << 20);
    for filter in [
        "nope = 'x'",
        "params.a = '1'",
        "name = 1",
        "name",
        "name > 'a'",
        "run_id = 'x'",
        "tags.a IN ('x')",
        "name = 'a' UNION SELECT",
        "name = 'a'; --",
        "tags. = 'a'",
        &long,
    ] {
        let query = Query { filter, ..Query::default() };
        assert!(search::models(&store, &query).is_err(), "{filter:.40}");
    }
    for filter in [
        "version_number = '1'",
        "version_number LIKE '1'",
        "version_number = 1.5",
        "source_path IN ('a')",
    ] {
        let query = Query { filter, ..Query::default() };
        assert!(search::versions(&store, &query).is_err(), "{filter:.40}");
    }
    assert!(models(&store, &many, &[]).is_empty());
    assert!(models(&store, &format!("name LIKE '{}'", "%a".repeat(2000)), &[]).is_empty());
    for order in ["nope", "name up", "name asc x", "", "version_number"] {
        let order_by = [order.to_owned()];
        let query = Query { order_by: &order_by, ..Query::default() };
        assert!(search::models(&store, &query).is_err(), "{order}");
    }
    let twice = ["name".to_owned(), "name DESC".to_owned()];
    assert!(search::models(&store, &Query { order_by: &twice, ..Query::default() }).is_err());
}

#[test]
fn answers_come_in_pages() {
    let (_sandbox, store) = sandbox();
    filled(&store);
    let page = |offset, limit| {
        let query = Query { offset, limit, ..Query::default() };
        let page = search::models(&store, &query).unwrap();
        (page.items.len(), page.more)
    };
    assert_eq!(page(0, 2), (2, true));
    assert_eq!(page(2, 2), (1, false));
    assert_eq!(page(0, 3), (3, false));
    assert_eq!(page(9, 2), (0, false));
}
