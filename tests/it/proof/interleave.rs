//! Writers do their steps between any two steps of the garbage collector, in orders that are drawn at random.
//!
//! The collector tells its progress; at each word of it, writers with stores of their own go on by some steps, as other
//! processes would. What a ref leads to must be there at all times.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use mls::base::{Clock, Progress, Silent, Task};
use mls::store::{Change, Context, Expected, Link, Store, Writer, fsck, gc, refs};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::{Deserialize, Serialize};

use super::{count, tell};

const WRITERS: usize = 3;
const NOTHING_KEPT: gc::Options =
    gc::Options { grace: 0, history: 0, patience: Duration::ZERO, dry_run: false };

/// One step of one writer, or a name that goes.
#[derive(Debug, Clone)]
enum Step {
    Begin(usize),
    /// Writes this content, or counts on finding it in the store.
    Put(usize, u8),
    Commit(usize, u8),
    Abandon(usize),
    Remove(u8),
    /// Nothing: the collector goes on for as many words.
    Pause(u8),
}

#[derive(Debug, Clone)]
enum Act {
    Step(Step),
    /// Collects garbage while these steps happen.
    Collect(Vec<Step>),
}

fn step() -> impl Strategy<Value = Step> {
    let writer = 0..WRITERS;
    prop_oneof![
        2 => writer.clone().prop_map(Step::Begin),
        6 => (writer.clone(), 0..6u8).prop_map(|(writer, content)| Step::Put(writer, content)),
        4 => (writer.clone(), 0..3u8).prop_map(|(writer, name)| Step::Commit(writer, name)),
        1 => writer.prop_map(Step::Abandon),
        2 => (0..3u8).prop_map(Step::Remove),
        2 => (1..6u8).prop_map(Step::Pause),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => step().prop_map(Act::Step),
        1 => prop::collection::vec(step(), 0..12).prop_map(Act::Collect),
    ]
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    parts: Vec<Link>,
}

fn open(folder: &Path) -> Store {
    let context = Context {
        actor: "ada@lab".to_owned(),
        command: "mls test".to_owned(),
        clock: Clock::System,
    };
    Store::init(&folder.join(".mlstore"), context).unwrap()
}

fn content(number: u8) -> Vec<u8> {
    format!("content {number} ").repeat(40).into_bytes()
}

/// The writers, and what their refs must lead to.
struct World<'a> {
    stores: &'a [Store],
    writers: Vec<Option<(Writer<'a>, Vec<Link>)>>,
    told: BTreeMap<String, Link>,
    commits: usize,
}

impl<'a> World<'a> {
    fn new(stores: &'a [Store]) -> Self {
        let writers = stores.iter().map(|_| None).collect();
        Self { stores, writers, told: BTreeMap::new(), commits: 0 }
    }

    fn go(&mut self, step: &Step) {
        match step {
            Step::Begin(number) => {
                let store: &'a Store = &self.stores[*number];
                let slot = &mut self.writers[*number];
                if slot.is_none() {
                    *slot = Some((store.writer().unwrap(), Vec::new()));
                }
            }
            Step::Put(number, what) => {
                if let Some((writer, parts)) = &mut self.writers[*number] {
                    parts.push(writer.blob(&content(*what)).unwrap());
                }
            }
            Step::Commit(number, name) => {
                let Some((mut writer, parts)) = self.writers[*number].take() else { return };
                let link = writer.node(&Note { parts }).unwrap();
                let name = format!("runs/{name}");
                let change =
                    Change { name: name.clone(), expected: Expected::Any, new: Some(link) };
                writer.commit(vec![change]).unwrap();
                self.told.insert(name, link);
                self.commits += 1;
            }
            Step::Abandon(number) => self.writers[*number] = None,
            Step::Remove(name) => {
                let name = format!("runs/{name}");
                if self.told.remove(&name).is_some() {
                    let change = Change { name, expected: Expected::Any, new: None };
                    let writer = self.stores[0].writer().unwrap();
                    writer.commit(vec![change]).unwrap();
                }
            }
            Step::Pause(_) => {}
        }
    }

    /// Fails unless all that the refs lead to is there, seen by a store that was just opened.
    fn check(&self, folder: &Path) {
        let store = open(folder);
        for (name, link) in &self.told {
            assert_eq!(refs::get(&store, name).unwrap(), Some(*link));
            let note: Note = store.read_node(link).unwrap();
            for part in &note.parts {
                store.read(part).unwrap();
            }
        }
        let options = fsck::Options { read_data: true, ..fsck::Options::default() };
        let report = fsck::check(&store, &options, &Silent).unwrap();
        assert!(report.problems.is_empty(), "{:#?}", report.problems);
    }
}

/// Lets the writers go on at each word of the collector, and waits for them.
struct Between {
    steps: Mutex<Vec<Step>>,
    go: Mutex<(Sender<Option<Step>>, Receiver<()>)>,
}

impl Between {
    fn word(&self) {
        let mut steps = self.steps.lock().unwrap();
        match steps.last_mut() {
            None => {}
            Some(Step::Pause(words)) if *words > 1 => *words -= 1,
            Some(_) => {
                let step = steps.pop().unwrap();
                let go = self.go.lock().unwrap();
                go.0.send(Some(step)).unwrap();
                go.1.recv().unwrap();
            }
        }
    }
}

impl Progress for Between {
    fn start(&self, _: Task, _: Option<u64>) {
        self.word();
    }

    fn advance(&self, _: Task, _: u64) {
        self.word();
    }

    fn finish(&self, _: Task) {
        self.word();
    }
}

/// Collects on a thread of its own, with a store of its own; the writers stay on this one.
fn collect(world: &mut World<'_>, folder: &Path, steps: &[Step]) {
    let (go, steps_to_do) = channel();
    let (done, wait) = channel();
    let steps: Vec<Step> = steps.iter().rev().cloned().collect();
    std::thread::scope(|scope| {
        let collector = scope.spawn(move || {
            let store = open(folder);
            let between = Between { steps: Mutex::new(steps), go: Mutex::new((go, wait)) };
            gc::collect(&store, &NOTHING_KEPT, &between).unwrap();
            let left = between.steps.into_inner().unwrap();
            let (go, wait) = between.go.into_inner().unwrap();
            for step in left.into_iter().rev() {
                go.send(Some(step)).unwrap();
                wait.recv().unwrap();
            }
            go.send(None).unwrap();
        });
        while let Ok(Some(step)) = steps_to_do.recv() {
            world.go(&step);
            done.send(()).unwrap();
        }
        // A panic over there drops the channel; joining brings it here.
        collector.join().unwrap();
    });
}

#[test]
fn x09_any_interleaving_of_writers_with_gc_keeps_what_refs_lead_to() {
    let cases = count(10_000, 300);
    let mut runner = TestRunner::new(Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    });
    let tally = Mutex::new((0, 0));
    let story = prop::collection::vec(act(), 6..40);
    runner
        .run(&story, |acts| {
            let folder = fast_folder();
            let stores: Vec<Store> = (0..WRITERS).map(|_| open(folder.path())).collect();
            let mut world = World::new(&stores);
            let mut collections = 0;
            for act in &acts {
                match act {
                    Act::Step(step) => world.go(step),
                    Act::Collect(steps) => {
                        collect(&mut world, folder.path(), steps);
                        world.check(folder.path());
                        collections += 1;
                    }
                }
            }
            world.writers.iter_mut().for_each(|writer| *writer = None);
            collect(&mut world, folder.path(), &[]);
            world.check(folder.path());
            let mut tally = tally.lock().unwrap();
            *tally = (tally.0 + world.commits, tally.1 + collections + 1);
            Ok(())
        })
        .unwrap();
    let (commits, collections) = *tally.lock().unwrap();
    tell(&format!(
        "proof: interleavings={cases} commits={commits} collections={collections} lost=0"
    ));
}

/// Durability is not the question here: memory will do.
fn fast_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}
