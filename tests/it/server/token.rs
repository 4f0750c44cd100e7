use mls::server::Right;
use mls::server::token::{self, Holder, Keys, Passing, Secret};

use crate::support::{NOON, Sandbox};

const DAY: i64 = 86_400_000;

fn holder(sandbox: &Sandbox, secret: &Secret) -> Option<Holder> {
    Keys::Stored.check(&sandbox.open(), secret.reveal()).unwrap()
}

#[test]
fn h07_a_token_opens_until_it_ends_or_is_revoked_and_at_once() {
    let mut sandbox = Sandbox::fixed_with_store();
    let store = sandbox.open();
    let (_, lasting) = token::add(&store, "me", Right::Admin, None).unwrap();
    let (_, short) = token::add(&store, "ci", Right::Write, Some(DAY)).unwrap();
    let name = |secret: &Secret| {
        let holder = Keys::Stored.check(&store, secret.reveal()).unwrap();
        holder.map(|holder| (holder.name, holder.right))
    };
    assert_eq!(name(&lasting), Some(("me".to_owned(), Right::Admin)));
    assert_eq!(name(&short), Some(("ci".to_owned(), Right::Write)));

    let (_, later) = token::add(&sandbox.open(), "later", Right::Read, None).unwrap();
    assert_eq!(name(&later), Some(("later".to_owned(), Right::Read)));
    sandbox.ok(["token", "revoke", "me"]);
    assert_eq!(name(&lasting), None);

    sandbox.set_clock(NOON + DAY - 1);
    assert!(holder(&sandbox, &short).is_some());
    sandbox.set_clock(NOON + DAY);
    assert_eq!(holder(&sandbox, &short), None);
}

#[test]
fn h07_what_is_no_secret_opens_nothing() {
    let sandbox = Sandbox::with_store();
    let store = sandbox.open();
    let (_, secret) = token::add(&store, "me", Right::Admin, None).unwrap();
    let good = secret.reveal();
    let hash = mls::base::Digest::of(good.as_bytes()).to_string();
    let case = good.to_lowercase();
    let wrong = ["", "me", "mls_", &good[1..], &good[..good.len() - 1], &case, &hash];
    for shown in wrong.iter().map(|shown| (*shown).to_owned()).chain([
        format!("{good} "),
        format!("{good}\0"),
        good.repeat(1000),
    ]) {
        assert_eq!(Keys::Stored.check(&store, &shown).unwrap(), None, "{shown:.100}");
    }
}

#[test]
fn a_passing_token_is_in_memory_and_the_only_one_that_counts() {
    let sandbox = Sandbox::with_store();
    let store = sandbox.open();
    let (_, stored) = token::add(&store, "me", Right::Admin, None).unwrap();
    let secret = Secret::new();
    let passing = Passing { name: "run".to_owned(), right: Right::Write, secret: secret.clone() };
    let keys = Keys::Passing(vec![passing]);
    assert_eq!(keys.check(&store, secret.reveal()).unwrap().unwrap().right, Right::Write);
    assert_eq!(keys.check(&store, stored.reveal()).unwrap(), None);
    assert_eq!(Keys::Stored.check(&store, secret.reveal()).unwrap(), None);
    assert_eq!(token::list(&store).unwrap().len(), 1);
}

#[test]
fn the_last_use_is_written_down_once_a_minute() {
    let mut sandbox = Sandbox::fixed_with_store();
    let (_, secret) = token::add(&sandbox.open(), "me", Right::Read, None).unwrap();
    assert!(holder(&sandbox, &secret).unwrap().note);
    token::note_use(&sandbox.open(), "me").unwrap();
    assert_eq!(token::get(&sandbox.open(), "me").unwrap().used, Some(NOON));
    sandbox.set_clock(NOON + 59_999);
    assert!(!holder(&sandbox, &secret).unwrap().note);
    sandbox.set_clock(NOON + 60_000);
    assert!(holder(&sandbox, &secret).unwrap().note);
}
