//! Engines alone, asked in this process, beside onnxruntime in Python's: one core each, in turns.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mls::model::score::{
    self, Choice, Data, Engine, Format, Input, Options, PortKind, Source, Stop, Tensor,
};

use crate::flood;
use crate::models::Models;
use crate::report::Report;

type Row = (&'static str, &'static [usize], &'static [(Choice, f64)]);

/// Each model with the shape it is asked with, our engines, and how much of onnxruntime's time each may take.
const ROWS: [Row; 3] = [
    ("forest", &[32, 20], &[(Choice::Native, 0.5)]),
    ("cnn", &[1, 1, 28, 28], &[(Choice::Ort, 1.05), (Choice::Rten, 2.7)]),
    ("minilm", &[1, 128], &[(Choice::Ort, 1.05), (Choice::Rten, 1.4)]),
];

/// Theirs and ours are asked so often in turns; the best of each counts, as noise only adds.
const TURNS: usize = 3;

pub(crate) fn engines(models: &Models, report: &mut Report) {
    let mut theirs: BTreeMap<String, f64> = BTreeMap::new();
    let mut ours: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for _ in 0..TURNS {
        let names = ROWS.map(|(name, ..)| name);
        let args = [&["time", models.folder.to_str().unwrap()][..], &names].concat();
        for line in models.script(&args).lines() {
            let (name, seconds) = line.split_once(' ').unwrap();
            least(&mut theirs, name.to_owned(), seconds.parse().unwrap());
        }
        for (name, shape, engines) in ROWS {
            for (choice, _) in engines {
                if let Some(seconds) = timed(models, name, shape, *choice) {
                    least(&mut ours, (name, choice.as_str()), seconds);
                }
            }
        }
    }
    for (name, shape, engines) in ROWS {
        let work = format!("{name}, {shape:?}");
        report.row(&work, "onnxruntime", "ms", theirs[name] * 1000.0);
        for (choice, limit) in engines {
            let Some(seconds) = ours.get(&(name, choice.as_str())) else { continue };
            report.row(&work, choice.as_str(), "ms", seconds * 1000.0);
            let target = format!("{work} · {} ≤ {limit} of onnxruntime", choice.as_str());
            report.at_most(&target, seconds / theirs[name], *limit);
        }
    }
}

fn least<K: Ord>(all: &mut BTreeMap<K, f64>, key: K, value: f64) {
    let known = all.entry(key).or_insert(value);
    *known = known.min(value);
}

/// Returns the seconds that a quarter of the calls stay below.
fn timed(models: &Models, name: &str, shape: &[usize], choice: Choice) -> Option<f64> {
    let bytes = std::fs::read(models.path(&format!("{name}.onnx"))).unwrap().into();
    let source = Source { format: Format::Onnx, bytes, folder: None };
    let libraries = models.runtime().into_iter().collect();
    let options = Options { choice, libraries, ..Options::default() };
    let rows = std::fs::read(models.path(&format!("{name}.rows"))).ok();
    let shape = shape.to_vec();
    let work = move || {
        flood::keep_to(0);
        let engine: Arc<dyn Engine> = match score::load(&source, &options) {
            Ok(engine) => engine.into(),
            Err(score::Error::NoLibrary(_)) => return None,
            Err(error) => panic!("{error}"),
        };
        let asked = given(engine.as_ref(), &shape, rows);
        let (mut took, until) = (vec![], Instant::now() + Duration::from_secs(2));
        while Instant::now() < until || took.len() < 20 {
            let input = &asked[took.len() % asked.len()];
            let start = Instant::now();
            engine.predict(input, &Stop::default()).unwrap();
            took.push(start.elapsed().as_secs_f64());
        }
        took.sort_by(f64::total_cmp);
        Some(took[took.len() / 4])
    };
    std::thread::spawn(work).join().unwrap()
}

/// What `models.py` asks, one request after the other.
fn given(engine: &dyn Engine, shape: &[usize], rows: Option<Vec<u8>>) -> Vec<Input> {
    let count: usize = shape.iter().product();
    if let Some(rows) = rows {
        let batch = |bytes: &[u8]| {
            let all = bytes.as_chunks().0.iter().map(|one| f32::from_le_bytes(*one)).collect();
            let tensor = Tensor::new(shape, Data::F32(all)).unwrap();
            Input::Tensors(vec![(engine.inputs()[0].name.clone(), tensor)])
        };
        return rows.chunks_exact(4 * count).map(batch).collect();
    }
    let one = |port: &score::Port| {
        let is_whole = matches!(&port.kind, PortKind::Tensor { element, .. } if *element == score::Element::I64);
        let data = match (is_whole, port.name.as_str()) {
            (true, "input_ids") => Data::I64((0..count as i64).map(|at| at % 1000).collect()),
            (true, _) => Data::I64(vec![1; count]),
            (false, _) => Data::F32((0..count).map(|at| (at as f32).sin()).collect()),
        };
        (port.name.clone(), Tensor::new(shape, data).unwrap())
    };
    vec![Input::Tensors(engine.inputs().iter().map(one).collect())]
}
