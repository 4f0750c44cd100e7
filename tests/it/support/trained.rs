//! Runs that are in a store as if they had been trained, without a training.

use mls::base::Clock;
use mls::store::tree::{self, Entry, Target};
use mls::store::{Context, Link, Store, Writer, add};
use mls::track::live::{self, Batch, End};
use mls::track::{Code, Environment, ExperimentId, Models, Point, Run, RunId, Status, Value};

use super::{NOON, Sandbox};

/// One run: its number is its id, and the minute after noon at which it began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trained {
    pub(crate) number: u8,
    pub(crate) name: &'static str,
    pub(crate) params: Vec<(&'static str, &'static str)>,
    pub(crate) tags: Vec<(&'static str, &'static str)>,
    /// Metrics with their values, one a step.
    pub(crate) metrics: Vec<(&'static str, Vec<f64>)>,
    pub(crate) files: Vec<(&'static str, &'static [u8])>,
    pub(crate) environment: Option<Environment>,
    pub(crate) code: Option<Code>,
}

impl Trained {
    /// Puts the run into the store of `sandbox`, which must be there.
    pub(crate) fn put(&self, sandbox: &Sandbox) {
        let context = Context {
            actor: "ada@lab".to_owned(),
            command: "test".to_owned(),
            clock: Clock::Fixed(NOON),
        };
        let store = Store::open(&sandbox.store(), context).unwrap();
        let run = self.run();
        live::create(&store, &run, None, &[]).unwrap();
        let points = self.metrics.iter().flat_map(|(key, values)| {
            let point = |(step, value): (usize, &f64)| {
                let step = step as i64;
                let time = run.started + step * 1000;
                ((*key).to_owned(), Point { step, time, value: Value(*value) })
            };
            values.iter().enumerate().map(point).collect::<Vec<_>>()
        });
        let batch = Batch { metrics: points.collect(), ..Batch::default() };
        live::log(&store, &run.id, &batch).unwrap();
        let mut writer = store.writer().unwrap();
        let environment = self.environment.as_ref().map(|one| writer.node(one).unwrap());
        let end = End {
            artifacts: self.artifacts(&mut writer),
            environment,
            ..End::new(Status::Finished, run.started + 30_000)
        };
        live::seal(&store, writer, &run.id, end).unwrap();
    }

    fn artifacts(&self, writer: &mut Writer<'_>) -> Option<Link> {
        let mut tree = tree::Builder::default();
        for (path, bytes) in &self.files {
            let added = add::bytes(writer, bytes).unwrap();
            let entry = Entry {
                name: vec![],
                mode: tree::FILE,
                size: added.size,
                target: Target::Content(added.link),
            };
            tree.insert(path.as_bytes(), entry).unwrap();
        }
        (!tree.is_empty()).then(|| tree.write(writer).unwrap())
    }

    fn run(&self) -> Run {
        let own = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        Run {
            id: RunId::from_bytes([self.number; 16]),
            name: self.name.to_owned(),
            experiment: ExperimentId::for_name("Default"),
            experiment_name: "Default".to_owned(),
            status: Status::Running,
            user: "ada".to_owned(),
            started: NOON + i64::from(self.number) * 60_000,
            ended: None,
            parent: None,
            params: own(&self.params),
            metrics: [].into(),
            tags: own(&self.tags),
            series: vec![],
            artifacts: None,
            datasets: vec![],
            models: Models::default(),
            command: None,
            code: self.code.clone(),
            environment: None,
            deleted: None,
            edited: NOON,
            previous: vec![],
        }
    }
}
