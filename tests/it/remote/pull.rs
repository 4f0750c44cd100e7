use mls::remote::{Error, How, Merge, Reason};

use super::*;

fn pull(store: &Store, peer: &Peer, merge: &Merge<'_>) -> Result<Report, Error> {
    let options = Fetch {
        select: &everything,
        accept: &anything,
        prune: false,
        force: false,
        dry_run: false,
    };
    let remote = remote::find(store, "origin").unwrap();
    let settle = remote::Settle { merge, rename: &|_, _, _| Ok(vec![]) };
    remote::pull(store, peer, &remote, &options, settle, &Silent)
}

type Merged = Result<Option<Link>, Box<dyn std::error::Error + Send + Sync>>;

fn never(_: &mut Writer<'_>, name: &str, _: &Link, _: &Link) -> Merged {
    panic!("{name} needs no merge")
}

/// Joins the texts, and needs the version that both came from.
fn join(writer: &mut Writer<'_>, _: &str, ours: &Link, theirs: &Link) -> Merged {
    let read = |link: &Link| writer.store().read_node::<Note>(link).unwrap();
    let (a, b) = (read(ours), read(theirs));
    let mut base = b.clone();
    while !base.previous.is_empty() {
        let digest: [u8; 32] = base.previous[0].as_slice().try_into().unwrap();
        base = read(&Link::node(mls::base::Digest::from_bytes(digest)));
    }
    let text = format!("{} + {} - {}", a.text, b.text, base.text);
    let previous = [ours, theirs].map(|link| ByteBuf::from(link.digest.as_bytes())).into();
    Ok(Some(writer.node(&Note { text, previous, parts: a.parts })?))
}

#[test]
fn a_pull_brings_new_refs_and_follows_edits() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "one", 1);
    let report = pull(&pair.here, &pair.peer(), &never).unwrap();
    assert_eq!(report.moved[0].how, How::New);
    edit(&pair.hub, "notes/a", "two");
    let third = edit(&pair.hub, "notes/a", "three");
    let report = pull(&pair.here, &pair.peer(), &never).unwrap();
    assert_eq!(report.moved[0].how, How::Forward);
    assert_eq!(get(&pair.here, "notes/a"), Some(third));
    let own = edit(&pair.here, "notes/a", "four");
    let report = pull(&pair.here, &pair.peer(), &never).unwrap();
    assert_eq!((report.moved.len(), report.same), (0, 1));
    assert_eq!(get(&pair.here, "notes/a"), Some(own));
    is_sound(&pair.here);
}

#[test]
fn a_run_changed_on_both_sides_is_merged_and_can_then_be_pushed() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "base", 1);
    let (other, _) = pair.clone_to("other");
    edit(&pair.hub, "notes/a", "theirs");
    // Two edits there: the merge must still see what both began with.
    edit(&pair.hub, "notes/a", "theirs too");
    edit(&other, "notes/a", "ours");
    assert!(matches!(push_from(&other, &pair.peer()), Err(Error::Refused(_))));
    let report = pull(&other, &pair.peer(), &join).unwrap();
    assert_eq!(report.moved[0].how, How::Merged);
    let merged = get(&other, "notes/a").unwrap();
    assert_eq!(other.read_node::<Note>(&merged).unwrap().text, "ours + theirs too - base");
    let report = push_from(&other, &pair.peer()).unwrap();
    assert_eq!(report.moved[0].how, How::Forward);
    assert_eq!(get(&pair.hub, "notes/a"), Some(merged));
    is_sound(&pair.hub);
    is_sound(&other);
}

#[test]
fn numbers_that_clash_are_refused_and_nothing_here_moves() {
    let pair = Pair::new();
    let mine = commit(&pair.here, "models/iris/v1", "mine", 1);
    let theirs = commit(&pair.hub, "models/iris/v1", "theirs", 1);
    commit(&pair.hub, "notes/b", "b", 1);
    let outcome = pull(&pair.here, &pair.peer(), &never);
    let Err(Error::Refused(refusals)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(refusals[0].reason, Reason::Immutable);
    assert_eq!(get(&pair.here, "models/iris/v1"), Some(mine));
    assert_eq!(get(&pair.here, "notes/b"), None);
    assert_eq!(get(&pair.here, "remotes/origin/models/iris/v1"), Some(theirs));
}

#[test]
fn an_alias_follows_the_store_that_moved_it() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/iris@champion", "one", 1);
    pull(&pair.here, &pair.peer(), &never).unwrap();
    let mut writer = pair.hub.writer().unwrap();
    let two = note(&mut writer, "two", 1);
    writer.commit(vec![set("notes/iris@champion", two)]).unwrap();
    assert_eq!(pair.push().unwrap().moved, vec![], "ours is the older one");
    pull(&pair.here, &pair.peer(), &never).unwrap();
    assert_eq!(get(&pair.here, "notes/iris@champion"), Some(two));
    let mut writer = pair.here.writer().unwrap();
    let three = note(&mut writer, "three", 1);
    writer.commit(vec![set("notes/iris@champion", three)]).unwrap();
    pair.push().unwrap();
    assert_eq!(get(&pair.hub, "notes/iris@champion"), Some(three));
}
