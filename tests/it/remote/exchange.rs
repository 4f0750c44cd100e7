use mls::base::Silent;
use mls::remote::{self, Error, Fetch, How, Push, Reason};
use mls::store::{operation, refs};

use super::*;

#[test]
fn what_is_pushed_is_there_and_a_second_push_sends_nothing() {
    let pair = Pair::new();
    let link = commit(&pair.here, "notes/a", "hello", 3);
    let report = pair.push().unwrap();
    assert_eq!((report.moved.len(), report.sent.objects), (1, 4));
    assert_eq!(report.moved[0].how, How::New);
    assert_eq!(get(&pair.hub, "notes/a"), Some(link));
    assert_eq!(get(&pair.here, "remotes/origin/notes/a"), Some(link));
    is_sound(&pair.hub);
    let again = pair.push().unwrap();
    assert_eq!((again.moved.len(), again.same, again.sent.objects), (0, 1, 0));
    assert_eq!(operation::log(&pair.hub, None, None, 9).unwrap().len(), 1);
}

#[test]
fn only_what_is_missing_travels() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "same", 5);
    pair.push().unwrap();
    let mut writer = pair.here.writer().unwrap();
    let mut parts: Vec<Link> =
        pair.here.read_node::<Note>(&get(&pair.here, "notes/a").unwrap()).unwrap().parts;
    parts.push(writer.blob(&noise("new", 50_000)).unwrap());
    let node = writer.node(&Note { text: "more".to_owned(), parts, previous: vec![] }).unwrap();
    writer.commit(vec![set("notes/b", node)]).unwrap();
    let report = pair.push().unwrap();
    assert_eq!(report.sent.objects, 2);
    assert!(report.sent.copied < 60_000, "{:?}", report.sent);
    is_sound(&pair.hub);
}

#[test]
fn s06_nothing_travels_that_no_chosen_ref_needs() {
    let pair = Pair::new();
    let secret = commit(&pair.here, "private/a", "secret", 1);
    let shared = commit(&pair.here, "notes/a", "shared", 1);
    remote::add(&pair.here, "other", &pair.url()).unwrap();
    pair.push().unwrap();
    assert!(pair.hub.has(&shared).unwrap());
    assert!(!pair.hub.has(&secret).unwrap());
    let own = operation::log(&pair.here, None, None, 9).unwrap();
    for logged in own {
        assert!(!pair.hub.has(&Link::node(logged.digest)).unwrap(), "our log is ours");
    }
    assert!(!pair.hub.folder().join("config.toml").exists());
    assert_eq!(refs::list(&pair.hub, "").unwrap().len(), 1);
}

#[test]
fn a_clone_has_everything_and_knows_where_it_came_from() {
    let pair = Pair::new();
    let a = commit(&pair.hub, "notes/a", "one", 2);
    let b = commit(&pair.hub, "models/iris/v1", "two", 2);
    let (clone, report) = pair.clone_to("clone");
    assert_eq!(report.moved.len(), 2);
    assert_eq!((get(&clone, "notes/a"), get(&clone, "models/iris/v1")), (Some(a), Some(b)));
    assert_eq!(get(&clone, "remotes/origin/notes/a"), Some(a));
    assert_eq!(remote::find(&clone, "origin").unwrap().url, pair.url().as_str());
    is_sound(&clone);
    let options = remote::Clone { select: &everything, accept: &anything, fields: &[] };
    let again =
        remote::clone(&pair.peer(), &pair.url(), clone.folder(), context(), &options, &Silent);
    assert!(matches!(again, Err(Error::NotEmpty(_))));
    is_sound(&clone);
}

#[test]
fn a_clone_that_fails_leaves_nothing() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let gone = Link::blob(mls::base::Digest::of(b"gone"));
    let node = writer.node(&Note { parts: vec![gone], ..Note::default() }).unwrap();
    writer.commit(vec![set("notes/a", node)]).unwrap();
    let folder = pair.path("clone").join(".mlstore");
    let options = remote::Clone { select: &everything, accept: &anything, fields: &[] };
    let failed = remote::clone(&pair.peer(), &pair.url(), &folder, context(), &options, &Silent);
    assert!(matches!(failed, Err(Error::Incomplete { link, .. }) if link == gone));
    assert!(!folder.exists());
}

#[test]
fn a_dry_run_changes_neither_store() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "hello", 3);
    let options =
        Push { select: &everything, prune: false, force_with_lease: false, dry_run: true };
    let report = remote::push(&pair.here, &pair.peer(), Some("origin"), &options, &Silent).unwrap();
    assert_eq!((report.moved.len(), report.sent.objects), (1, 4));
    is_untouched(&pair.hub);
    assert_eq!(get(&pair.here, "remotes/origin/notes/a"), None);
    commit(&pair.hub, "notes/b", "there", 1);
    let remote = remote::find(&pair.here, "origin").unwrap();
    let options =
        Fetch { select: &everything, accept: &anything, prune: false, force: false, dry_run: true };
    let report = remote::fetch(&pair.here, &pair.peer(), &remote, &options, &Silent).unwrap();
    assert_eq!(report.moved.len(), 1);
    assert_eq!(get(&pair.here, "remotes/origin/notes/b"), None);
}

#[test]
fn an_edit_is_a_fast_forward_and_two_edits_are_refused() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "one", 1);
    pair.push().unwrap();
    let (other, _) = pair.clone_to("other");
    edit(&pair.here, "notes/a", "two");
    let third = edit(&pair.here, "notes/a", "three");
    assert_eq!(pair.push().unwrap().moved[0].how, How::Forward);
    assert_eq!(get(&pair.hub, "notes/a"), Some(third));
    edit(&other, "notes/a", "aside");
    let refused = push_from(&other, &pair.peer());
    let Err(Error::Refused(refusals)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusals[0].reason, Reason::Diverged);
    assert_eq!(get(&pair.hub, "notes/a"), Some(third));
}

#[test]
fn one_refused_ref_keeps_all_others_where_they_are() {
    let pair = Pair::new();
    commit(&pair.here, "models/iris/v1", "mine", 1);
    let theirs = commit(&pair.hub, "models/iris/v1", "theirs", 1);
    commit(&pair.here, "notes/a", "new", 1);
    let refused = pair.push();
    let Err(Error::Refused(refusals)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusals[0].reason, Reason::Immutable);
    assert_eq!(get(&pair.hub, "models/iris/v1"), Some(theirs));
    assert_eq!(get(&pair.hub, "notes/a"), None);
}

#[test]
fn what_is_newer_there_is_not_pushed_over() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "one", 1);
    pair.push().unwrap();
    let newer = edit(&pair.hub, "notes/a", "two");
    let report = pair.push().unwrap();
    assert_eq!((report.behind, report.moved.len()), (1, 0));
    assert_eq!(get(&pair.hub, "notes/a"), Some(newer));
}

#[test]
fn force_with_lease_moves_only_what_is_where_it_was_seen() {
    let pair = Pair::new();
    let first = commit(&pair.here, "notes/a", "one", 1);
    pair.push().unwrap();
    edit(&pair.here, "notes/a", "two");
    pair.push().unwrap();
    let mut writer = pair.here.writer().unwrap();
    let aside = note(&mut writer, "aside", 1);
    writer.commit(vec![set("notes/a", aside)]).unwrap();
    let forced = Push { select: &everything, prune: false, force_with_lease: true, dry_run: false };
    let push = || remote::push(&pair.here, &pair.peer(), Some("origin"), &forced, &Silent);
    assert!(push().is_ok());
    assert_eq!(get(&pair.hub, "notes/a"), Some(aside));
    pair.hub.writer().unwrap().commit(vec![set("notes/a", first)]).unwrap();
    edit(&pair.here, "notes/a", "three");
    let refused = push();
    let Err(Error::Refused(refusals)) = refused else { panic!("{refused:?}") };
    assert_eq!(refusals[0].reason, Reason::Stale);
}

#[test]
fn prune_removes_there_what_is_gone_here_and_nothing_that_was_never_seen() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "one", 1);
    pair.push().unwrap();
    let foreign = commit(&pair.hub, "notes/b", "theirs", 1);
    let gone = Change { name: "notes/a".to_owned(), expected: Expected::Any, new: None };
    pair.here.writer().unwrap().commit(vec![gone]).unwrap();
    let prune = Push { select: &everything, prune: true, force_with_lease: false, dry_run: false };
    let report = remote::push(&pair.here, &pair.peer(), Some("origin"), &prune, &Silent).unwrap();
    assert_eq!(report.moved[0].how, How::Removed);
    assert_eq!(get(&pair.hub, "notes/a"), None);
    assert_eq!(get(&pair.hub, "notes/b"), Some(foreign));
    assert_eq!(get(&pair.here, "remotes/origin/notes/a"), None);
}

#[test]
fn a_renamed_remote_keeps_what_was_seen_there_and_a_removed_one_does_not() {
    let pair = Pair::new();
    let link = commit(&pair.here, "notes/a", "one", 1);
    pair.push().unwrap();
    remote::rename(&pair.here, "origin", "hub").unwrap();
    assert_eq!(get(&pair.here, "remotes/hub/notes/a"), Some(link));
    assert_eq!(get(&pair.here, "remotes/origin/notes/a"), None);
    remote::remove(&pair.here, "hub").unwrap();
    assert_eq!(refs::list(&pair.here, "remotes/").unwrap(), vec![]);
    assert!(matches!(remote::find(&pair.here, "hub"), Err(Error::NoRemote { .. })));
    assert_eq!(get(&pair.here, "notes/a"), Some(link));
}

#[test]
fn a_store_is_not_its_own_remote() {
    let pair = Pair::new();
    let own = Url::parse("here", pair.folder.path()).unwrap();
    let peer = Peer::open(&own, context(), Trust::Own).unwrap();
    assert!(matches!(push_from(&pair.here, &peer), Err(Error::SameStore(_))));
}

#[test]
fn lost_content_comes_back_from_a_store_that_has_it() {
    let pair = Pair::new();
    let node = commit(&pair.here, "notes/a", "precious", 2);
    pair.push().unwrap();
    let parts = pair.here.read_node::<Note>(&node).unwrap().parts;
    let absent = Link::blob(mls::base::Digest::of(b"nowhere"));
    let packs = pair.here.folder().join("packs");
    for entry in std::fs::read_dir(&packs).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let here = Store::open(pair.here.folder(), context()).unwrap();
    assert!(here.read(&parts[0]).is_err());
    let lost = [node, parts[0], parts[1], absent];
    let healed = remote::heal(&here, &pair.peer(), &lost).unwrap();
    assert_eq!(healed, [node, parts[0], parts[1]]);
    assert_eq!(here.read(&parts[0]).unwrap(), noise("precious 0", 60_000));
}
