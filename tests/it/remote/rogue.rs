//! S02, S05: another store with names that are none, or that goes back on what it said.

use mls::remote::{Error, MAX_REFS, Reason};
use mls::store::{self, Durability};

use super::*;

/// Puts refs into the other store's database that no command would make.
fn plant(store: &Store, names: &[String], target: Link) {
    store
        .transact::<_, store::Error>(Durability::Normal, |db| {
            for name in names {
                db.execute("INSERT INTO refs VALUES (?1, ?2, 1)", (name, target)).unwrap();
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn s02_bad_names_are_left_out_and_told() {
    let pair = Pair::new();
    let good = commit(&pair.hub, "runs/good", "good", 1);
    let bad: Vec<String> = [
        "../../config",
        "runs/../../x",
        "runs/a.lock",
        "-x",
        "runs/-x",
        "runs/@{1}",
        "runs/a\u{7}b",
        "runs/a\nb",
        "runs//b",
        "runs/HEAD",
        "runs/GOOD",
        &format!("runs/{}", "n".repeat(65_536)),
    ]
    .map(str::to_owned)
    .into();
    plant(&pair.hub, &bad, good);
    let report = pair.fetch().unwrap();
    assert_eq!(report.bad_names.len(), bad.len(), "{:?}", report.bad_names);
    assert!(report.bad_names.iter().all(|name| name.len() <= 400));
    let here = refs::list(&pair.here, "").unwrap();
    // Of two names that differ in case only, one is taken.
    assert_eq!(here.len(), 1);
    assert_eq!(here[0].name.to_lowercase(), "remotes/origin/runs/good");
}

#[test]
fn s02_what_the_other_store_knows_of_others_stays_there() {
    let pair = Pair::new();
    let link = commit(&pair.hub, "runs/a", "a", 1);
    pair.hub.writer().unwrap().commit(vec![set("remotes/third/runs/b", link)]).unwrap();
    pair.fetch().unwrap();
    let names: Vec<String> =
        refs::list(&pair.here, "").unwrap().into_iter().map(|r| r.name).collect();
    assert_eq!(names, ["remotes/origin/runs/a"]);
}

#[test]
fn s02_a_flood_of_refs_is_refused() {
    let pair = Pair::new();
    let link = commit(&pair.hub, "runs/a", "a", 1);
    let flood = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        INSERT INTO refs SELECT printf('runs/%032x', i), ?2, 1 FROM n";
    let planted = pair.hub.transact::<_, store::Error>(Durability::Normal, |db| {
        Ok(db.execute(flood, (MAX_REFS as i64, link)).unwrap())
    });
    assert_eq!(planted.unwrap(), MAX_REFS + 1);
    assert!(matches!(pair.fetch(), Err(Error::TooManyRefs { .. })));
    is_untouched(&pair.here);
}

#[test]
fn s05_a_rewound_ref_stays_where_it_was_and_is_told() {
    let pair = Pair::new();
    let old = commit(&pair.hub, "runs/a", "one", 1);
    let new = edit(&pair.hub, "runs/a", "two");
    pair.fetch().unwrap();
    pair.hub.writer().unwrap().commit(vec![set("runs/a", old)]).unwrap();
    let other = commit(&pair.hub, "runs/b", "new", 1);
    let report = pair.fetch().unwrap();
    assert_eq!(report.refused[0].reason, Reason::Rewound);
    assert_eq!(get(&pair.here, "remotes/origin/runs/a"), Some(new));
    assert_eq!(get(&pair.here, "remotes/origin/runs/b"), Some(other));
    fetch_into(&pair.here, &pair.peer(), true).unwrap();
    assert_eq!(get(&pair.here, "remotes/origin/runs/a"), Some(old));
}

#[test]
fn s05_a_version_that_means_something_else_now_is_refused() {
    let pair = Pair::new();
    let first = commit(&pair.hub, "models/iris/v1", "one", 1);
    pair.fetch().unwrap();
    let mut writer = pair.hub.writer().unwrap();
    let second = note(&mut writer, "two", 1);
    writer.commit(vec![set("models/iris/v1", second)]).unwrap();
    let report = pair.fetch().unwrap();
    assert_eq!(report.refused[0].reason, Reason::Immutable);
    assert_eq!(get(&pair.here, "remotes/origin/models/iris/v1"), Some(first));
}

#[test]
fn s05_a_ref_deleted_there_stays_here_unless_pruned() {
    let pair = Pair::new();
    let link = commit(&pair.hub, "models/iris@prod", "one", 1);
    pair.fetch().unwrap();
    let gone = Change { name: "models/iris@prod".to_owned(), expected: Expected::Any, new: None };
    pair.hub.writer().unwrap().commit(vec![gone]).unwrap();
    pair.fetch().unwrap();
    assert_eq!(get(&pair.here, "remotes/origin/models/iris@prod"), Some(link));
    let options =
        Fetch { select: &everything, accept: &anything, prune: true, force: false, dry_run: false };
    let remote = remote::find(&pair.here, "origin").unwrap();
    remote::fetch(&pair.here, &pair.peer(), &remote, &options, &Silent).unwrap();
    assert_eq!(get(&pair.here, "remotes/origin/models/iris@prod"), None);
}
