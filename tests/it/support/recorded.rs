//! Runs made through the library: their ids and times are chosen by the test.

use std::collections::BTreeMap;
use std::path::Path;

use mls::base::{Clock, Digest, Silent};
use mls::store::{Change, Context, Expected, Link, Store, add};
use mls::track::{Experiment, ExperimentId, Point, Run, RunId, Status, Summary, Value};

use super::{NOON, Sandbox};

impl Sandbox {
    /// Opens the sandbox's store, as ada at a machine called `lab`, with the sandbox's clock.
    pub(crate) fn open(&self) -> Store {
        self.open_at(&self.store())
    }

    /// As [`Self::open`], of any store in the sandbox.
    pub(crate) fn open_at(&self, folder: &Path) -> Store {
        let clock = self.clock.map_or(Clock::System, Clock::Fixed);
        let context =
            Context { actor: "ada@lab".to_owned(), command: "mls test".to_owned(), clock };
        Store::open(folder, context).unwrap()
    }

    /// Adds files to the store and returns the tree of them; the names may have folders.
    pub(crate) fn tree(&self, files: &[(&str, &str)]) -> Link {
        let store = self.open();
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let mut writer = store.writer().unwrap();
        let options = add::Options::default();
        let added = add::path(&mut writer, folder.path(), &options, &Silent).unwrap();
        writer.commit(vec![]).unwrap();
        added.link
    }

    /// Records `run` as sealed, and its experiment with it.
    pub(crate) fn record(&self, run: &Run) {
        self.record_in(&self.store(), run);
    }

    /// As [`Self::record`], in any store in the sandbox.
    pub(crate) fn record_in(&self, folder: &Path, run: &Run) {
        let store = self.open_at(folder);
        let mut writer = store.writer().unwrap();
        let link = writer.node(run).unwrap();
        let experiment = Experiment {
            id: run.experiment.clone(),
            name: run.experiment_name.clone(),
            created: NOON,
            tags: BTreeMap::new(),
            artifact_location: None,
            deleted: None,
            edited: NOON,
            previous: vec![],
        };
        let experiment = writer.node(&experiment).unwrap();
        let change = |name, new| Change { name, expected: Expected::Any, new: Some(new) };
        let changes =
            vec![change(run.id.ref_name(), link), change(run.experiment.ref_name(), experiment)];
        writer.commit(changes).unwrap();
    }
}

/// Returns a finished run of two minutes; its id follows from its name.
pub(crate) fn run(name: &str) -> Run {
    let id = Digest::of(name.as_bytes());
    Run {
        id: RunId::from_bytes(id.as_bytes()[..16].try_into().unwrap()),
        name: name.to_owned(),
        experiment: ExperimentId::for_name("churn"),
        experiment_name: "churn".to_owned(),
        status: Status::Finished,
        user: "ada".to_owned(),
        started: NOON - 120_000,
        ended: Some(NOON),
        parent: None,
        params: BTreeMap::new(),
        metrics: BTreeMap::new(),
        tags: BTreeMap::new(),
        series: vec![],
        artifacts: None,
        datasets: vec![],
        models: mls::track::Models::default(),
        command: None,
        code: None,
        environment: None,
        deleted: None,
        edited: NOON,
        previous: vec![],
    }
}

/// Returns the params of `pairs`, for [`Run::params`] and [`Run::tags`].
pub(crate) fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Returns metrics of one point each.
pub(crate) fn metrics(pairs: &[(&str, f64)]) -> BTreeMap<String, Summary> {
    let summary = |value| Summary {
        last: Point { step: 0, time: NOON, value: Value(value) },
        min: Value(value),
        max: Value(value),
        count: 1,
    };
    pairs.iter().map(|(key, value)| ((*key).to_owned(), summary(*value))).collect()
}
