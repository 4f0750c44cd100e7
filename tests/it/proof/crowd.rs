//! Sixteen processes write at once while the garbage collector runs.

use super::witness::Witness;
use super::{Dice, count, describe, mls, tell};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const WRITERS: usize = 16;

#[test]
fn x09_sixteen_writers_beside_gc_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Witness::init(folder.path().join("store"));
    let each = count(100, 6);
    let mut dice = Dice::new("writers beside gc");
    // Half of what is written is the same for all, so that one writer relies on what another has just stored.
    let shared = dice.bytes(40_000);
    let mut work: Vec<Vec<_>> = (0..WRITERS).map(|_| Vec::new()).collect();
    for turn in 0..each {
        for batch in &mut work {
            let own = dice.bytes(3_000);
            let bytes = if turn % 2 == 0 { shared.clone() } else { own };
            batch.push(witness.attempt(&bytes));
        }
    }
    let (done, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    let finished = std::thread::scope(|scope| {
        let store = &witness.store;
        let collector = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let output = mls(store, &["-y", "gc", "--grace", "0s"]).output().unwrap();
                // 7: another gc holds the store, here none does.
                assert!(output.status.success(), "gc: {}", describe(&output));
                rounds.fetch_add(1, Ordering::Relaxed);
            }
        });
        let writers: Vec<_> = work
            .into_iter()
            .map(|batch| {
                scope.spawn(move || {
                    let record = |mut attempt: super::witness::Attempt| {
                        let output = attempt.command.output().unwrap();
                        assert!(output.status.success(), "{}", describe(&output));
                        (attempt, output.stdout)
                    };
                    batch.into_iter().map(record).collect::<Vec<_>>()
                })
            })
            .collect();
        let finished: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::Relaxed);
        collector.join().unwrap();
        finished
    });
    for (attempt, stdout) in finished.into_iter().flat_map(|batch| batch.unwrap()) {
        witness.acknowledge(&attempt, &stdout);
    }
    let runs = witness.check();
    assert_eq!(runs, WRITERS * each);
    witness.check_bytes(&witness.store, usize::MAX);
    let rounds = rounds.load(Ordering::Relaxed);
    assert!(rounds > 0, "gc never ran beside the writers");
    tell(&format!(
        "proof: writers={WRITERS} runs={runs} gc-rounds={rounds} lost=0 corrupt=0 refused=0"
    ));
}
