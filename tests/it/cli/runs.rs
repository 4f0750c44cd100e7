use mls::base::Clock;
use mls::store::{Context, Store};
use mls::track::live::{self, Batch, End};
use mls::track::{ExperimentId, Point, Run, RunId, Status, Value};

use crate::support::{NOON, Said, Sandbox};

const MINUTE: i64 = 60_000;

/// Three runs with fixed ids, names and times; the last one is still live.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::fixed();
    sandbox.ok(["init"]);
    let context = Context {
        actor: "ada@host".to_owned(),
        command: "test".to_owned(),
        clock: Clock::Fixed(NOON),
    };
    let store = Store::open(&sandbox.store(), context).unwrap();
    add(
        &store,
        'a',
        "bold-fox-1",
        &[("acc", 0.91), ("loss", 0.25)],
        &[("lr", "0.1"), ("depth", "3")],
    );
    add(
        &store,
        'b',
        "red\u{1b}[31m-owl",
        &[("acc", 0.875), ("loss", f64::NAN)],
        &[("lr", "0.01"), ("depth", "3")],
    );
    add(
        &store,
        'c',
        "calm-elk-3",
        &[("acc", 1e-9), ("loss", 3.0)],
        &[("lr", "0.1"), ("depth", "3")],
    );
    for letter in ['a', 'b'] {
        live::seal(
            &store,
            store.writer().unwrap(),
            &id(letter),
            End::new(Status::Finished, NOON - 7 * MINUTE),
        )
        .unwrap();
    }
    sandbox
}

fn id(letter: char) -> RunId {
    letter.to_string().repeat(32).parse().unwrap()
}

fn add(store: &Store, letter: char, name: &str, metrics: &[(&str, f64)], params: &[(&str, &str)]) {
    let started = NOON - 10 * MINUTE + i64::from(u32::from(letter) - 97) * MINUTE;
    let run = Run {
        id: id(letter),
        name: name.to_owned(),
        experiment: ExperimentId::for_name("churn"),
        experiment_name: "churn".to_owned(),
        status: Status::Running,
        user: "ada".to_owned(),
        started,
        ended: None,
        parent: None,
        params: params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        metrics: [].into(),
        tags: [("team".to_owned(), "blue".to_owned())].into(),
        series: vec![],
        artifacts: None,
        datasets: vec![],
        models: mls::track::Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: started,
        previous: vec![],
    };
    live::create(store, &run, None, &[]).unwrap();
    let point = |value| Point { step: 1, time: started, value: Value(value) };
    let metrics = metrics.iter().map(|(key, value)| ((*key).to_owned(), point(*value))).collect();
    live::log(store, &run.id, &Batch { metrics, ..Batch::default() }).unwrap();
}

/// A csv is for programs and keeps what it is given.
fn visible(said: Said) -> String {
    said.exact().replace('\u{1b}', "[ESC]")
}

#[test]
fn runs_are_listed_newest_first_with_what_tells_them_apart() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["runs"]).exact(), @r"
    exit 0
    --- stdout
    ID            NAME               STATUS    STARTED  DURATION       acc    loss  lr
    cccccccccccc  calm-elk-3         RUNNING   8m ago     8m 00s  1.000e-9       3  0.1
    bbbbbbbbbbbb  red\u{1b}[31m-owl  FINISHED  9m ago     2m 00s    0.8750     NaN  0.01
    aaaaaaaaaaaa  bold-fox-1         FINISHED  10m ago    3m 00s    0.9100  0.2500  0.1
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "metrics.acc > 0.5 and params.depth = '3'", "--sort", "metrics.acc"]).exact(), @r"
    exit 0
    --- stdout
    ID            NAME               STATUS    STARTED  DURATION     acc    loss  depth  lr
    bbbbbbbbbbbb  red\u{1b}[31m-owl  FINISHED  9m ago     2m 00s  0.8750     NaN  3      0.01
    aaaaaaaaaaaa  bold-fox-1         FINISHED  10m ago    3m 00s  0.9100  0.2500  3      0.1
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "-n", "1", "--columns", "id,acc,params,tags.team,user"]).exact(), @"
    exit 0
    --- stdout
    ID                 acc  depth  lr   team  USER
    cccccccccccc  1.000e-9  3      0.1  blue  ada
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "--deleted"]).exact(), @"
    exit 0
    --- stderr
    No run fits.
    ");
}

#[test]
fn for_programs_there_is_all_of_it() {
    let sandbox = sandbox();
    insta::assert_snapshot!(visible(sandbox.mls(["runs", "--format", "csv"])), @"
    exit 0
    --- stdout
    id,name,experiment,status,started_at,ended_at,params.depth,params.lr,metrics.acc,metrics.loss,tags.team
    cccccccccccccccccccccccccccccccc,calm-elk-3,churn,RUNNING,2026-11-22T11:52:00.000Z,,3,0.1,1e-9,3.0,blue
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,red[ESC][31m-owl,churn,FINISHED,2026-11-22T11:51:00.000Z,2026-11-22T11:53:00.000Z,3,0.01,0.875,NaN,blue
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,bold-fox-1,churn,FINISHED,2026-11-22T11:50:00.000Z,2026-11-22T11:53:00.000Z,3,0.1,0.91,0.25,blue
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "run_name like 'b%'", "--format", "json"]).exact(), @r#"
    exit 0
    --- stdout
    [
      {
        "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "name": "bold-fox-1",
        "experiment": "churn",
        "status": "FINISHED",
        "started_at": "2026-11-22T11:50:00.000Z",
        "ended_at": "2026-11-22T11:53:00.000Z",
        "params": {
          "depth": "3",
          "lr": "0.1"
        },
        "metrics": {
          "acc": 0.91,
          "loss": 0.25
        },
        "tags": {
          "team": "blue"
        },
        "artifacts": null
      }
    ]
    "#);
    insta::assert_snapshot!(sandbox.mls(["runs", "-n", "2", "--format", "jsonl"]).exact(), @r#"
    exit 0
    --- stdout
    {"id":"cccccccccccccccccccccccccccccccc","name":"calm-elk-3","experiment":"churn","status":"RUNNING","started_at":"2026-11-22T11:52:00.000Z","ended_at":null,"params":{"depth":"3","lr":"0.1"},"metrics":{"acc":1e-9,"loss":3.0},"tags":{"team":"blue"},"artifacts":null}
    {"id":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","name":"red\u001b[31m-owl","experiment":"churn","status":"FINISHED","started_at":"2026-11-22T11:51:00.000Z","ended_at":"2026-11-22T11:53:00.000Z","params":{"depth":"3","lr":"0.01"},"metrics":{"acc":0.875,"loss":"NaN"},"tags":{"team":"blue"},"artifacts":null}
    "#);
    insta::assert_snapshot!(sandbox.mls(["runs", "status = 'FAILED'", "--format", "json"]).exact(), @"
    exit 0
    --- stdout
    []
    ");
    insta::assert_snapshot!(visible(sandbox.mls(["runs", "--format", "csv", "--columns", "name,loss,duration"])), @"
    exit 0
    --- stdout
    name,metrics.loss,duration
    calm-elk-3,3.0,480000
    red[ESC][31m-owl,NaN,120000
    bold-fox-1,0.25,180000
    ");
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    let sandbox = sandbox();
    insta::assert_snapshot!(sandbox.mls(["runs", "metrics.acc > 0.5 und params.lr = '0.1'"]).exact(), @"
    exit 2
    --- stderr
    error: expected AND, OR or the end, found `und` (at byte 18)
      metrics.acc > 0.5 und params.lr = '0.1'
                        ^
    hint: `mls runs --help` shows what a filter may say.
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "params.lr > 0.1"]).exact(), @"
    exit 2
    --- stderr
    error: `params.lr` is a text, which `>` does not compare; =, !=, LIKE, ILIKE, IN and NOT IN do (at byte 10)
      params.lr > 0.1
                ^
    hint: `mls runs --help` shows what a filter may say.
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "--sort", "metrics.acc down"]).exact(), @"
    exit 2
    --- stderr
    error: expected ASC, DESC or `,` (at byte 12)
      metrics.acc down
                  ^
    hint: `mls runs --help` shows what a filter may say.
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "--columns", "id,nothing"]).exact(), @"
    exit 2
    --- stderr
    error: `nothing` is no attribute of a run; others are written metrics.KEY, params.KEY, tags.KEY (at byte 3)
      id,nothing
         ^
    hint: `mls runs --help` shows what a filter may say.
    ");
    insta::assert_snapshot!(sandbox.mls(["runs", "-e", "nothing"]).exact(), @"
    exit 5
    --- stderr
    error: no experiment `nothing`
    hint: Run `mls experiments` to see all experiments.
    ");
}

#[test]
fn a_store_without_runs_says_how_to_begin() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["runs"]).exact(), @"
    exit 0
    --- stderr
    No runs yet; `mls commit-run` records one.
    ");
}
