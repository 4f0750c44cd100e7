use mls::remote::Error;
use mls::store;

use super::*;

#[test]
fn s10_of_many_pushers_of_one_ref_exactly_one_wins() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "base", 1);
    let clones: Vec<Store> = (0..8).map(|i| pair.clone_to(&format!("clone {i}")).0).collect();
    for (i, clone) in clones.iter().enumerate() {
        edit(clone, "notes/a", &format!("edit {i}"));
    }
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let peer = || pair.peer();
        let push = |clone| scope.spawn(move || push_from(clone, &peer()));
        let threads: Vec<_> = clones.iter().map(push).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        let refused =
            matches!(lost, Error::Refused(_) | Error::Store(store::Error::RefMoved { .. }));
        assert!(refused, "{lost}");
    }
    let winner = outcomes.iter().position(Result::is_ok).unwrap();
    assert_eq!(get(&pair.hub, "notes/a"), get(&clones[winner], "notes/a"));
    is_sound(&pair.hub);
}

#[test]
fn pushers_of_different_refs_do_not_disturb_each_other() {
    let pair = Pair::new();
    let clones: Vec<Store> = (0..6).map(|i| pair.clone_to(&format!("clone {i}")).0).collect();
    for (i, clone) in clones.iter().enumerate() {
        commit(clone, &format!("notes/{i}"), &format!("run {i}"), 3);
    }
    std::thread::scope(|scope| {
        for clone in &clones {
            scope.spawn(|| push_from(clone, &pair.peer()).unwrap());
        }
    });
    assert_eq!(refs::list(&pair.hub, "notes/").unwrap().len(), 6);
    is_sound(&pair.hub);
}
