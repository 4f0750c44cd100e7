use mls::store::{Change, Expected, refs};
use mls::track::{Run, Status, live};

use crate::support::recorded::{run, texts};
use crate::support::{NOON, Sandbox};

#[test]
fn an_empty_store_holds_nothing_yet() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["status"]), @"
    exit 0
    --- stdout
    Store  [TOP]/work/.mlstore
    Holds  nothing yet
    ");
}

#[test]
fn live_runs_are_listed() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    let going =
        Run { status: Status::Running, ended: None, started: NOON - 30_000, ..run("calm-owl-7") };
    live::create(&sandbox.open(), &going, None, &[]).unwrap();
    insta::assert_snapshot!(sandbox.mls(["status"]), @"
    exit 0
    --- stdout
    Store    [TOP]/work/.mlstore
    Holds    1 run, 1 experiment
    Remotes  no remote yet; `mls remote add origin URL` names one

    LIVE RUN      NAME        EXPERIMENT  STARTED
    [SHORT]  calm-owl-7  churn       [AGO]
    ");
}

#[test]
fn what_remotes_lack_and_have_is_counted() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.ok(["config", "set", "remote.origin.url", "/srv/store"]);
    for name in ["a", "b", "c"] {
        sandbox.record(&run(name));
    }
    // As a fetch would leave it: the remote has a, another b, and d that is not here.
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    let other = writer.node(&Run { tags: texts(&[("x", "y")]), ..run("b") }).unwrap();
    let fourth = writer.node(&run("d")).unwrap();
    let seen = |name: &str, target| Change {
        name: format!("remotes/origin/{}", run(name).id.ref_name()),
        expected: Expected::Any,
        new: Some(target),
    };
    let first = refs::get(&store, &run("a").id.ref_name()).unwrap().unwrap();
    writer.commit(vec![seen("a", first), seen("b", other), seen("d", fourth)]).unwrap();
    insta::assert_snapshot!(sandbox.mls(["status"]), @"
    exit 0
    --- stdout
    Store  [TOP]/work/.mlstore
    Holds  3 runs, 1 experiment

    origin  /srv/store
      1 run, 1 experiment to push  `mls push origin`
      1 run to pull  `mls pull origin`
      1 run changed on both sides  `mls pull origin`
    ");
    let status = sandbox.json(["status"]);
    assert_eq!(status["only_here"].as_array().unwrap().len(), 2, "{status}");
    assert_eq!(status["remotes"][0]["to_pull"].as_array().unwrap().len(), 1, "{status}");
}
