//! What records were before: told to a token that is limited to names as far as it was the token's own.

use mls::model::{Registered, registry};
use mls::store::{Link, Store, refs};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};

use super::sync::{Beside, Records, Wants, ids, post, world};
use super::{API, World, call, text};
use crate::store::context;
use crate::support::Sandbox;

fn at(world: &World, name: &str) -> Link {
    refs::get(&world.served.store(), name).unwrap().unwrap()
}

/// Changes something at the hub as somebody who may change all.
fn change(world: &World, method: &str, path: &str, body: &Value) {
    let reply = call(&world.served, &world.admin, method, &format!("{API}/{path}"), body);
    assert_eq!(reply.status, 200, "{path}: {}", text(&reply));
}

/// Tells whether a limited token is given `past` beside `link`, and whether on its own.
fn gives(world: &World, link: Link, past: Link) -> (bool, bool) {
    let question = Records { links: ids(&[link]), history: true };
    let records = post(world, &world.limited, "objects", &question).body;
    let whole = world.served.store().read(&past).unwrap();
    let told = records.windows(whole.len()).any(|part| part == whole);
    let wants = Wants { roots: ids(&[past]), complete: ids(&[]), blobs: true };
    (told, post(world, &world.limited, "plan", &wants).status == 200)
}

#[test]
fn a_pull_merges_what_both_sides_have_changed_for_a_limited_token_as_for_any_other() {
    let (world, ..) = world();
    let url = format!("http://{}", world.served.connect().peer_addr().unwrap());
    let tag = |key: &str| json!({"name": "churn", "key": key, "value": "1"});
    change(&world, "POST", "registered-models/set-tag", &tag("old"));
    let sandboxes = [&world.admin, &world.limited].map(|secret| (Sandbox::with_store(), secret));
    let mls = |sandbox: &Sandbox, secret: &str, args: &[&str]| {
        let mut command = sandbox.command(args);
        command.env("MLS_TOKEN", secret);
        let said = sandbox.finish(command);
        assert_eq!(said.code(), 0, "{said}");
    };
    for (sandbox, secret) in &sandboxes {
        mls(sandbox, secret, &["clone", &url, "copy"]);
        sandbox.ok(["-C", "copy", "model", "tag", "churn", "own=1"]);
    }
    // Two versions on: the one between is nowhere but at the hub.
    change(&world, "DELETE", "registered-models/delete-tag", &tag("old"));
    change(&world, "POST", "registered-models/set-tag", &tag("hub"));
    for (sandbox, secret) in &sandboxes {
        mls(sandbox, secret, &["-C", "copy", "pull"]);
        let copy = Store::open(&sandbox.path().join("copy/.mlstore"), context()).unwrap();
        let tags = registry::get(&copy, "churn").unwrap().registered.tags;
        // What was taken off there does not come back.
        assert_eq!(tags.keys().collect::<Vec<_>>(), ["hub", "own"]);
        sandbox.ok(["-C", "copy", "fsck", "--read-data"]);
    }
}

#[test]
fn h08_a_record_brings_its_own_past_and_what_it_names_beside_that_stays_closed() {
    let (world, ..) = world();
    let (run, experiment) = (&world.mine.run, &world.theirs.experiment);
    let name = format!("runs/{run}");
    let first = at(&world, &name);
    for value in ["a", "b"] {
        change(&world, "POST", "runs/set-tag", &json!({"run_id": run, "key": "k", "value": value}));
        mls::track::live::seal_ended(&world.served.store(), 0).unwrap();
    }
    assert_ne!(at(&world, &name), first);
    assert_eq!(gives(&world, at(&world, &name), first), (true, true));

    // A record of one's own that says it came from another's.
    let foreign = at(&world, "models/fraud/registered");
    let own = at(&world, "models/churn/registered");
    let record: Registered = world.served.store().read_node(&own).unwrap();
    let previous = [foreign, own].map(|link| ByteBuf::from(link.digest.as_bytes())).into();
    let beside = Beside::new();
    let forged = beside.node(&Registered { edited: record.edited + 1, previous, ..record });
    let pushed = beside.push(&world, &world.limited, "models/churn/registered", forged);
    assert_eq!(pushed.status, 200, "{}", text(&pushed));
    assert_eq!(gives(&world, forged, foreign), (false, false));
    assert_eq!(gives(&world, forged, own), (true, true));

    // What another name hid stays hidden.
    let name = format!("experiments/{experiment}");
    let hidden = at(&world, &name);
    let renamed = json!({"experiment_id": experiment, "new_name": "churn-too"});
    change(&world, "POST", "experiments/update", &renamed);
    assert_ne!(at(&world, &name), hidden);
    assert_eq!(gives(&world, at(&world, &name), hidden), (false, false));
    assert_eq!(gives(&world, at(&world, &name), at(&world, &name)), (true, true));
}
