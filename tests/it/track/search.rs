//! Which runs a filter finds, and in what order, on six small runs.

use std::time::Duration;

use mls::base::{Digest, Silent};
use mls::track::filter::{parse_order, parse_runs};
use mls::track::index::{self, Putter};
use mls::track::search::{self, Deleted, Query};
use mls::track::{
    Dataset, Error, Experiment, ExperimentId, Point, Run, RunId, Status, Summary, Value, edit,
    live, resolve,
};
use rusqlite::Connection;

use crate::support::busy;
use crate::track::live::{NOW, run as blank, seal, store};

/// Run `a` is the oldest; each is named by its letter, and its id is 32 times the letter.
fn id(letter: char) -> RunId {
    letter.to_string().repeat(32).parse().unwrap()
}

fn summary(value: f64) -> Summary {
    Summary::of(Point { step: 1, time: NOW, value: Value(value) })
}

fn run(letter: char, experiment: &str, metrics: &[(&str, f64)], params: &[(&str, &str)]) -> Run {
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let started = NOW + i64::from(u32::from(letter)) * 1000;
    Run {
        name: letter.to_string(),
        experiment: ExperimentId::for_name(experiment),
        experiment_name: experiment.to_owned(),
        status: Status::Finished,
        started,
        ended: Some(started + 5_000),
        metrics: metrics.iter().map(|(key, value)| ((*key).to_owned(), summary(*value))).collect(),
        params: own(params),
        ..blank(&id(letter))
    }
}

fn data(name: &str, context: Option<&str>) -> Dataset {
    Dataset {
        name: name.to_owned(),
        digest: format!("d-{name}"),
        source: None,
        context: context.map(str::to_owned),
        size: None,
        content: None,
        details: [].into(),
        tags: [].into(),
    }
}

fn six() -> Vec<Run> {
    let mut runs = vec![
        run('a', "churn", &[("acc", 0.5), ("loss", 2.0)], &[("lr", "0.1"), ("model type", "tree")]),
        run(
            'b',
            "churn",
            &[("acc", 0.9), ("loss", f64::NAN)],
            &[("lr", "0.01"), ("model type", "TREE")],
        ),
        run('c', "churn", &[("acc", 0.9)], &[("lr", "0.1")]),
        run('d', "iris", &[("acc", f64::NAN), ("loss", f64::INFINITY)], &[("lr", "10%")]),
        run('e', "iris", &[("loss", -1.5)], &[("q", "it's; DROP TABLE runs --")]),
        run('f', "iris", &[], &[]),
    ];
    runs[0].tags = [
        ("team".to_owned(), "blue".to_owned()),
        ("mlflow.note.content".to_owned(), "x".to_owned()),
    ]
    .into();
    runs[1].tags = [("team".to_owned(), "Blue".to_owned())].into();
    runs[0].datasets = vec![data("wine", Some("train")), data("iris", Some("eval"))];
    runs[2].datasets = vec![data("iris", None)];
    runs[3].status = Status::Failed;
    runs[4].user = "eve".to_owned();
    (runs[5].status, runs[5].ended) = (Status::Running, None);
    runs
}

fn index_of(runs: &[Run]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(index::SCHEMA).unwrap();
    db.execute_batch(index::BY_VALUE).unwrap();
    let mut putter = Putter::new(&db);
    for run in runs {
        putter.run(run, &Digest::of(run.id.as_str().as_bytes()), false).unwrap();
    }
    db
}

/// The letters of the runs that a query finds, in order.
fn letters(db: &Connection, query: &Query) -> String {
    search::search_in(db, query).unwrap().runs.into_iter().map(|run| run.name).collect()
}

fn filtered(filter: &str) -> Query {
    Query { filter: parse_runs(filter).unwrap(), ..Query::default() }
}

#[test]
fn each_row_of_the_grammar_finds_its_runs() {
    let db = index_of(&six());
    for (filter, found) in [
        ("", "fedcba"),
        // Metrics: what lacks the metric is never found, NaN only as unequal.
        ("metrics.acc > 0.5", "cb"),
        ("metrics.acc >= 0.5", "cba"),
        ("metric.acc < 0.9", "a"),
        ("metrics.acc <= 0.9", "cba"),
        ("metrics.acc = 0.9", "cb"),
        ("metrics.acc != 0.9", "da"),
        ("metrics.loss > 1e300", "d"),
        ("metrics.loss > -2", "eda"),
        ("metrics.acc = nan", "d"),
        ("metrics.acc != nan", "cba"),
        ("metrics.loss = inf", "d"),
        ("metrics.none > 0", ""),
        ("metrics.acc IS NULL", "fe"),
        ("metrics.acc IS NOT NULL", "dcba"),
        // Params and tags.
        ("params.lr = '0.1'", "ca"),
        ("param.lr != '0.1'", "db"),
        ("parameters.lr LIKE '0._'", "ca"),
        ("params.lr LIKE '0.%'", "cba"),
        ("params.lr LIKE '%\\%'", ""),
        ("params.lr IN ('0.1', '10%')", "dca"),
        ("params.lr NOT IN ('0.1', '10%')", "b"),
        ("params.lr IS NULL", "fe"),
        ("params.`model type` = 'tree'", "a"),
        ("params.\"model type\" LIKE 'T%'", "b"),
        ("params.`model type` ILIKE 'T%'", "ba"),
        ("params.none = ''", ""),
        ("params.none IS NULL", "fedcba"),
        ("params.q = 'it''s; DROP TABLE runs --'", "e"),
        ("params.q = \"it's; DROP TABLE runs --\"", "e"),
        ("params.lr = '0.1'' OR 1=1 --'", ""),
        ("tags.team = 'blue'", "a"),
        ("tag.team ILIKE 'BLUE'", "ba"),
        ("tags.team != 'blue'", "b"),
        ("tags.team IS NOT NULL", "ba"),
        ("tags.mlflow.note.content = 'x'", "a"),
        ("tags.`mlflow.runName` = 'c'", "c"),
        // Attributes, with and without prefix.
        ("status = 'FINISHED'", "ecba"),
        ("attributes.status != 'FINISHED'", "fd"),
        ("attr.status IN ('FAILED', 'RUNNING')", "fd"),
        ("run.run_name LIKE 'a'", "a"),
        ("run name = 'b'", "b"),
        ("`Run Name` = 'b'", "b"),
        ("user_id = 'eve'", "e"),
        ("attributes.user_id ILIKE 'A%'", "fdcba"),
        ("run_id = 'cccccccccccccccccccccccccccccccc'", "c"),
        ("run_id IN ('cccccccccccccccccccccccccccccccc', 'x')", "c"),
        ("run_id NOT IN ('cccccccccccccccccccccccccccccccc')", "fedba"),
        ("artifact_uri LIKE 'mlflow-artifacts:/%/aaaa%/artifacts'", "a"),
        ("experiment = 'iris'", "fed"),
        ("experiment_id = '0'", ""),
        ("start_time > 1795351106429", "fe"),
        ("created <= 1795351106429", "dcba"),
        ("started_at < '2026-11-22T12:38:25Z'", "ba"),
        ("start_time > '2026-11-23'", ""),
        ("end_time IS NULL", "f"),
        ("end_time > 0", "edcba"),
        ("duration = 5000", "edcba"),
        // Datasets: any one of a run's.
        ("datasets.name = 'iris'", "ca"),
        ("dataset.name != 'iris'", "a"),
        ("datasets.digest LIKE 'd-w%'", "a"),
        ("dataset.context = 'eval'", "a"),
        ("datasets.context != 'eval'", "a"),
        ("datasets.context IN ('eval', 'train')", "a"),
        ("datasets.name IS NULL", "fedb"),
        // AND, OR, NOT and parentheses.
        ("metrics.acc > 0.5 and params.lr = '0.1'", "c"),
        ("params.lr = '0.1' AND metrics.acc > 0.5 AND status = 'FINISHED'", "c"),
        ("metrics.acc = 0.5 OR params.lr = '0.01'", "ba"),
        ("metrics.acc = 0.5 OR metrics.acc = 0.9 AND params.lr = '0.01'", "ba"),
        ("(metrics.acc = 0.5 OR metrics.acc = 0.9) AND params.lr = '0.01'", "b"),
        ("NOT metrics.acc > 0.5", "feda"),
        ("NOT (params.lr = '0.1' OR params.lr IS NULL)", "db"),
        ("NOT NOT status = 'FAILED'", "d"),
        ("metrics.acc > 0.5 AND NOT metrics.acc > 0.5", ""),
    ] {
        assert_eq!(letters(&db, &filtered(filter)), found, "{filter}");
    }
}

/// Of many runs few are looked up one by one, and many by a pass over an index: both must say the same.
#[test]
fn looking_up_and_passing_over_agree() {
    let small = index_of(&six());
    let mut runs = six();
    let other = |number: u32| Run {
        id: RunId::from_bytes(u128::from(number).to_be_bytes()),
        name: "other".to_owned(),
        ..run('a', "other", &[("acc", 0.9)], &[("lr", "0.1")])
    };
    runs.extend((0..200).map(other));
    let large = index_of(&runs);
    let experiments = vec![ExperimentId::for_name("churn"), ExperimentId::for_name("iris")];
    for filter in [
        "metrics.acc > 0.5",
        "metrics.acc != 0.9",
        "params.lr != '0.1'",
        "params.lr LIKE '0.%'",
        "tags.team IS NULL",
        "tags.team IS NOT NULL",
        "datasets.context != 'eval'",
        "artifact_uri LIKE '%/aaaa%'",
        "experiment = 'iris'",
        "duration >= 5000",
        "end_time IS NULL",
        "NOT (params.lr = '0.1' OR status = 'FAILED')",
    ] {
        let query = Query { experiments: experiments.clone(), ..filtered(filter) };
        assert_eq!(letters(&large, &query), letters(&small, &query), "{filter}");
    }
}

#[test]
fn what_lacks_a_value_comes_last_in_both_directions() {
    let db = index_of(&six());
    for (order, found) in [
        ("", "fedcba"),
        ("metrics.acc", "acbdfe"),
        ("metrics.acc desc", "cbadfe"),
        ("metrics.loss asc", "eadbfc"),
        ("metrics.loss desc", "daebfc"),
        ("params.lr", "bcadfe"),
        ("params.lr desc", "dcabfe"),
        ("params.lr, start_time", "bacdef"),
        ("metrics.acc desc, params.lr", "bcadfe"),
        ("start_time", "abcdef"),
        ("run_name desc", "fedcba"),
        ("end_time desc", "edcbaf"),
        ("status, start_time asc", "dabcef"),
        ("experiment desc, started_at", "defabc"),
        ("metrics.none", "fedcba"),
        ("tags.team", "bafedc"),
    ] {
        let sort = parse_order(order).unwrap();
        let query = Query { sort, ..Query::default() };
        assert_eq!(letters(&db, &query), found, "{order}");
        let first = Query { limit: Some(2), ..query };
        assert_eq!(letters(&db, &first), found[..2], "{order}");
    }
}

#[test]
fn pages_follow_one_another_without_a_gap() {
    let db = index_of(&six());
    for sort in ["", "metrics.acc desc"] {
        let mut query =
            Query { sort: parse_order(sort).unwrap(), ..filtered("NOT run_name = 'f'") };
        let all = letters(&db, &query);
        query.limit = Some(2);
        let mut seen = String::new();
        loop {
            let page = search::search_in(&db, &query).unwrap();
            seen.extend(page.runs.into_iter().map(|run| run.name));
            match page.next {
                Some(next) => query.offset = next,
                None => break,
            }
        }
        assert_eq!(seen, all);
        query.offset = usize::MAX;
        assert_eq!(letters(&db, &query), "");
    }
    let none = Query { limit: Some(0), ..Query::default() };
    assert_eq!(letters(&db, &none), "");
}

#[test]
fn removed_runs_and_runs_of_removed_experiments_are_apart() {
    let mut runs = six();
    runs[1].deleted = Some(NOW);
    let db = index_of(&runs);
    let iris = Experiment {
        id: ExperimentId::for_name("iris"),
        name: "flowers".to_owned(),
        created: NOW,
        tags: [].into(),
        artifact_location: None,
        deleted: Some(NOW),
        edited: NOW,
        previous: vec![],
    };
    Putter::new(&db).experiment(&iris).unwrap();
    for (deleted, found) in
        [(Deleted::Without, "ca"), (Deleted::Only, "fedb"), (Deleted::With, "fedcba")]
    {
        assert_eq!(letters(&db, &Query { deleted, ..Query::default() }), found);
    }
    let query = Query { deleted: Deleted::With, ..filtered("experiment = 'flowers'") };
    assert_eq!(letters(&db, &query), "fed");
}

#[test]
fn a_run_that_is_put_again_replaces_what_was_there() {
    let db = index_of(&six());
    let mut again = run('a', "churn", &[("acc", 0.7)], &[]);
    again.tags = [("new".to_owned(), "yes".to_owned())].into();
    Putter::new(&db).run(&again, &Digest::of(b"again"), false).unwrap();
    assert_eq!(letters(&db, &filtered("params.lr = '0.1'")), "c");
    assert_eq!(letters(&db, &filtered("metrics.acc = 0.7 AND tags.new = 'yes'")), "a");
    let page = search::search_in(&db, &filtered("run_name = 'a'")).unwrap();
    assert_eq!((&page.runs[0].metrics, &page.runs[0].tags), (&again.metrics, &again.tags));
    index::remove(&db, again.id.as_str()).unwrap();
    assert_eq!(letters(&db, &Query::default()), "fedcb");
}

/// Four thousand runs: values repeat, some are NaN and some are missing.
fn many() -> Vec<Run> {
    let one = |number: u32| {
        let started = NOW + i64::from(number % 1000) * 1000;
        let value = f64::from(number.wrapping_mul(2_654_435_761) >> 20) / 4.0;
        let metrics = match number % 50 {
            0 => vec![],
            1 => vec![("acc", f64::NAN)],
            _ => vec![("acc", value.floor())],
        };
        let half = if number.is_multiple_of(3) { "yes" } else { "no" };
        let id: RunId = format!("{number:032x}").parse().unwrap();
        let run = run('a', "churn", &metrics, &[("third", half)]);
        Run { name: number.to_string(), started, id, ..run }
    };
    (0..4000).map(one).collect()
}

#[test]
fn the_first_of_many_are_the_beginning_of_all_in_any_order_and_after_any_change() {
    let db = index_of(&many());
    let names = |query: &Query| -> Vec<String> {
        search::search_in(&db, query).unwrap().runs.into_iter().map(|run| run.name).collect()
    };
    let compare = || {
        for filter in ["", "params.third = 'yes'", "metrics.acc > 250", "metrics.acc != 3"] {
            for order in [
                "metrics.acc",
                "metrics.acc desc",
                "params.third, start_time",
                "metrics.acc desc, start_time",
            ] {
                let query = Query { sort: parse_order(order).unwrap(), ..filtered(filter) };
                let all = names(&query);
                for (offset, limit) in [(0, 1), (0, 7), (40, 60), (900, 300)] {
                    let some = names(&Query { offset, limit: Some(limit), ..query.clone() });
                    let end = (offset + limit).min(all.len());
                    assert_eq!(
                        some,
                        all[offset.min(end)..end],
                        "{filter} {order} {offset} {limit}"
                    );
                }
            }
        }
        names(&filtered("metrics.acc != 3"))
    };
    let before = compare();
    let mut newest = many().swap_remove(77);
    newest.started += 1_000_000_000;
    Putter::new(&db).run(&newest, &Digest::of(b"again"), false).unwrap();
    let moved = compare();
    assert_ne!(before, moved);
    assert_eq!(moved[0], "77");
    index::remove(&db, newest.id.as_str()).unwrap();
    let gone = compare();
    assert_eq!((gone.len(), gone.contains(&newest.name)), (moved.len() - 1, false));
    let mut deleted = many().swap_remove(78);
    deleted.deleted = Some(NOW);
    Putter::new(&db).run(&deleted, &Digest::of(b"again"), false).unwrap();
    assert_eq!(compare().len(), gone.len() - 1);
}

#[test]
fn h13_ten_thousand_conditions_and_slow_patterns_are_answered() {
    let db = index_of(&six());
    let start = busy();
    let same = vec!["metrics.acc > 0.5"; 10_000].join(" AND ");
    assert_eq!(letters(&db, &filtered(&same)), "cb");
    let unlike: Vec<String> = (45_000..55_000).map(|n| format!("metrics.acc > 0.{n:05}")).collect();
    assert_eq!(letters(&db, &filtered(&unlike.join(" AND "))), "cb");
    assert_eq!(letters(&db, &filtered(&unlike.join(" OR "))), "cba");
    let percent = format!("params.lr LIKE '{}'", "%".repeat(500_000));
    assert_eq!(letters(&db, &filtered(&percent)), "dcba");
    let gaps = format!("params.lr LIKE '{}b'", "%_".repeat(4000));
    assert_eq!(letters(&db, &filtered(&gaps)), "");
    let took = busy() - start;
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn the_index_follows_live_sealed_edited_and_removed_runs() {
    let (_folder, store) = store();
    let found = |filter: &str| search::search(&store, &filtered(filter)).unwrap().runs;
    assert!(found("").is_empty());

    live::create(&store, &Run { status: Status::Running, ..blank(&id('a')) }, None, &[]).unwrap();
    let seen = found("params.lr = '0.1' AND status = 'RUNNING'");
    assert_eq!((seen.len(), seen[0].live, seen[0].node), (1, true, None));
    let point = ("acc".to_owned(), Point { step: 1, time: NOW, value: Value(0.75) });
    let batch = live::Batch { metrics: vec![point], ..live::Batch::default() };
    live::log(&store, &id('a'), &batch).unwrap();
    assert_eq!(found("metrics.acc = 0.75").len(), 1);

    seal(&store, &id('a'));
    let seen = found("metrics.acc = 0.75 AND status = 'FINISHED'");
    assert_eq!((seen.len(), seen[0].live), (1, false));
    assert_eq!(seen[0].node, edit::get(&store, &id('a')).unwrap().map(|(link, _)| link));

    let change = edit::Edit { name: Some("renamed".to_owned()), ..edit::Edit::default() };
    edit::edit(&store, &id('a'), &change).unwrap();
    assert_eq!(found("run_name = 'renamed'").len(), 1);
    edit::remove(&store, &id('a')).unwrap();
    assert!(found("").is_empty());
    edit::restore(&store, &id('a')).unwrap();
    assert_eq!(found("").len(), 1);

    live::create(&store, &blank(&id('b')), None, &[]).unwrap();
    assert_eq!(found("").len(), 2);
    live::discard(&store, &id('b')).unwrap();
    assert_eq!(found("").len(), 1);
    index::rebuild(&store, &Silent).unwrap();
    assert!(index::check(&store).unwrap().is_empty());
    assert_eq!(found("metrics.acc = 0.75")[0].name, "renamed");
}

#[test]
fn x01_a_turned_bit_in_the_index_is_found_and_not_returned() {
    for (turn, found) in [
        ("UPDATE run_metrics SET value = value + 1", "run"),
        ("UPDATE run_params SET value = '0.3'", "run"),
        ("UPDATE runs SET started = started + 1", "run"),
        ("UPDATE runs SET status = 'FAILED'", "run"),
        ("UPDATE runs SET experiment = 77", "Invalid"),
        ("UPDATE run_experiments SET name = 'churm'", "experiment"),
        ("DELETE FROM run_tags", "run"),
        ("UPDATE run_keys SET text = 'axc' WHERE text = 'acc'", "run"),
        ("DELETE FROM run_keys WHERE text = 'acc'", "Query"),
    ] {
        let (_folder, store) = store();
        let tags = [("team".to_owned(), "blue".to_owned())].into();
        live::create(&store, &Run { tags, ..blank(&id('a')) }, None, &[]).unwrap();
        let point = ("acc".to_owned(), Point { step: 1, time: NOW, value: Value(0.75) });
        let batch = live::Batch { metrics: vec![point], ..live::Batch::default() };
        live::log(&store, &id('a'), &batch).unwrap();
        seal(&store, &id('a'));
        assert_eq!(search::search(&store, &Query::default()).unwrap().runs.len(), 1);
        store.meta(|db| db.execute_batch(turn)).unwrap();
        let said = search::search(&store, &Query::default());
        let error = said.unwrap_err();
        assert!(
            matches!(&error, Error::Store(mls::store::Error::Damaged { .. })),
            "{turn}: {error}"
        );
        assert!(error.to_string().contains(found), "{turn}: {error}");
        assert_eq!(index::check(&store).unwrap().len(), 1, "{turn}");
        index::rebuild(&store, &Silent).unwrap();
        assert!(index::check(&store).unwrap().is_empty(), "{turn}");
        assert_eq!(search::search(&store, &Query::default()).unwrap().runs.len(), 1);
    }
}

#[test]
fn x14_an_index_of_another_version_is_made_anew() {
    let (_folder, store) = store();
    live::create(&store, &blank(&id('a')), None, &[]).unwrap();
    seal(&store, &id('a'));
    assert_eq!(search::search(&store, &Query::default()).unwrap().runs.len(), 1);
    let other = "UPDATE run_index SET value = 1 WHERE key = 'version';
        ALTER TABLE runs DROP COLUMN sum";
    store.meta(|db| db.execute_batch(other)).unwrap();
    assert_eq!(search::search(&store, &Query::default()).unwrap().runs.len(), 1);
}

#[test]
fn x07_a_store_that_may_only_be_read_lists_its_runs() {
    let (_folder, store) = store();
    live::create(&store, &blank(&id('a')), None, &[]).unwrap();
    seal(&store, &id('a'));
    let found = |filter: &str| search::search(&store, &filtered(filter)).unwrap().runs.len();
    let read_only = |on: bool| store.meta(|db| db.pragma_update(None, "query_only", on)).unwrap();
    // SQLite says the same of a database whose file may not be written. Here it has no index at all.
    read_only(true);
    assert_eq!(found("params.lr = '0.1' AND status = 'FINISHED'"), 1);
    assert_eq!(resolve(&store, "@").unwrap(), id('a'));
    read_only(false);
    let kept = |name: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM main.sqlite_schema WHERE name = '{name}'");
        store.meta(|db| db.query_row(&sql, [], |row| row.get(0))).unwrap()
    };
    assert_eq!((kept("refs"), kept("runs")), (1, 0));
}

#[test]
fn x01_a_run_that_cannot_be_read_is_named_and_hides_no_other() {
    let (_folder, store) = store();
    live::create(&store, &blank(&id('a')), None, &[]).unwrap();
    seal(&store, &id('a'));
    let mut writer = store.writer().unwrap();
    let other = writer.node(&blank(&id('c'))).unwrap();
    let change = |name: &str| mls::store::Change {
        name: name.to_owned(),
        expected: mls::store::Expected::Any,
        new: Some(other),
    };
    writer.commit(vec![change(&id('b').ref_name())]).unwrap();
    let page = search::search(&store, &Query::default()).unwrap();
    assert_eq!(page.runs.len(), 1);
    let unreadable = index::unreadable(&store).unwrap();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(unreadable[0].name, id('b').ref_name());
    assert!(unreadable[0].reason.ends_with("it is another run"), "{unreadable:?}");
}

#[test]
fn a_run_is_found_by_what_a_user_calls_it() {
    let (_folder, store) = store();
    for (number, (letters, name)) in
        [("abcd1", "fox"), ("abcd2", "owl"), ("beef", "owl"), ("cafe", "abcd1")]
            .into_iter()
            .enumerate()
    {
        let id: RunId = format!("{letters:0<32}").parse().unwrap();
        let started = NOW + number as i64;
        live::create(&store, &Run { name: name.to_owned(), started, ..blank(&id) }, None, &[])
            .unwrap();
        seal(&store, &id);
    }
    for (text, begins) in [
        ("fox", "abcd1"),
        ("abcd2", "abcd2"),
        ("beef", "beef"),
        ("run:beef", "beef"),
        ("@", "cafe"),
        ("@~0", "cafe"),
        ("@~2", "abcd2"),
    ] {
        let found = resolve(&store, text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(found.as_str().starts_with(begins), "{text}: {found}");
    }
    for (text, candidates) in [("abcd", 2), ("owl", 2), ("abcd1", 2)] {
        let error = resolve(&store, text).unwrap_err();
        assert!(
            matches!(error, Error::AmbiguousRun { candidates: found, .. } if found.len() == candidates),
            "{text}"
        );
    }
    for text in
        ["", "@~4", "@~", "@1", "@~99999999999999999999", "bee", "BEEF", "dead", "model:fox"]
    {
        assert!(matches!(resolve(&store, text), Err(Error::NoRun(_))), "{text}");
    }
    let gone = resolve(&store, "fox").unwrap();
    edit::remove(&store, &gone).unwrap();
    assert_eq!(resolve(&store, "fox").unwrap(), gone);
}
