//! S09, S10: many who push at once, and those who push what is not sound.

use mls::remote::{Error, Reason};

use super::*;
use crate::proof::{count, tell};

#[test]
fn s10_proof_eight_clones_push_to_one_ref_and_nothing_acknowledged_is_lost_over_http() {
    let pair = Pair::new();
    let first = commit(&pair.hub, "notes/a", "base", 1);
    let clones: Vec<Store> = (0..8).map(|i| pair.clone_to(&format!("clone {i}")).0).collect();
    let rounds = count(25, 3);
    std::thread::scope(|scope| {
        for (number, clone) in clones.iter().enumerate() {
            let pair = &pair;
            scope.spawn(move || {
                let peer = pair.peer();
                for round in 0..rounds {
                    add_one(clone, &peer, &format!("clone {number} round {round}"));
                }
            });
        }
    });
    let mut versions = 0;
    let mut at = get(&pair.hub, "notes/a").unwrap();
    while at != first {
        let note: Note = pair.hub.read_node(&at).unwrap();
        assert_eq!(note.previous.len(), 1);
        let digest = <[u8; 32]>::try_from(note.previous[0].as_slice()).unwrap();
        at = Link::node(mls::base::Digest::from_bytes(digest));
        versions += 1;
    }
    assert_eq!(versions, 8 * rounds, "each push that was acknowledged is a version");
    is_sound(&pair.hub);
    tell(&format!("proof: http pushers=8 pushes={versions} lost=0"));
}

/// Pushes a version that follows whatever is there, until it is taken.
fn add_one(clone: &Store, peer: &Peer, text: &str) {
    loop {
        fetch_into(clone, peer, true).unwrap();
        let there = get(clone, "remotes/origin/notes/a").unwrap();
        clone.writer().unwrap().commit(vec![set("notes/a", there)]).unwrap();
        edit(clone, "notes/a", text);
        match push_from(clone, peer) {
            Ok(_) => return,
            Err(Error::Refused(refusals)) => {
                let lost = [Reason::Stale, Reason::Diverged];
                assert!(lost.contains(&refusals[0].reason), "{refusals:?}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn s01_s09_a_damaged_object_here_is_not_taken_there_over_http() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "content", 30);
    let packs = std::fs::read_dir(pair.here.folder().join("packs")).unwrap();
    for path in packs.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "pack") {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[30_000] ^= 1;
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let here = Store::open(pair.here.folder(), at("here")).unwrap();
    let failed = push_from(&here, &pair.peer());
    assert!(matches!(failed, Err(Error::Rejected { .. })), "{failed:?}");
    is_untouched(&pair.hub);
}

#[test]
fn s04_a_ref_is_pushed_only_to_what_its_name_says_over_http() {
    let pair = Pair::new();
    for name in ["runs/0123456789abcdef0123456789abcdef", "experiments/1", "models/iris/v1"] {
        commit(&pair.here, name, "no run", 1);
        let Err(Error::Refused(refusals)) = pair.push() else { panic!("{name} was taken") };
        assert!(refusals.iter().all(|refusal| refusal.reason == Reason::Foreign), "{refusals:?}");
    }
    is_untouched(&pair.hub);
}

#[test]
fn s02_a_name_that_a_file_system_may_take_for_another_is_not_pushed_over_http() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "there", 1);
    commit(&pair.here, "notes/A", "here", 1);
    let Err(Error::Refused(refusals)) = pair.push() else { panic!("it was taken") };
    assert_eq!(refusals[0].reason, Reason::BadName);
}

#[test]
fn the_history_of_a_hub_says_who_pushed() {
    let pair = Pair::new();
    commit(&pair.here, "notes/a", "content", 1);
    let url = pair.url();
    let ada = Context { actor: "ada@lab".into(), command: "mls push".into(), ..context() };
    push_from(&pair.here, &Peer::open(&url, ada, Trust::Own).unwrap()).unwrap();
    let log = mls::store::operation::log(&pair.hub, Some("notes/a"), None, 1).unwrap();
    assert_eq!(log[0].operation.actor, "ada@lab");
}
