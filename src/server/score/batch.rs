//! Rows of several requests asked at once, where one row's answer does not hang on the others.
//!
//! The first request opens a batch and waits: for others until its delay is over or the batch is full, and then for its
//! turn, while still others may join. What a batch cannot answer, each of its requests asks for itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::failure::Failure;
use super::lane::Lane;
use super::load::{Loaded, Runner};
use super::metrics::More;
use super::wire::Asked;
use crate::model::score::{Input, Output, Table, Tensor, Value, python};

/// How requests are gathered.
#[derive(Debug, Clone)]
pub struct Options {
    /// Rows in one batch; 1 for none.
    pub rows: usize,
    /// How long the first request waits for others.
    pub delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { rows: 1, delay: Duration::from_millis(2) }
    }
}

/// The batches of one version that are open.
#[derive(Debug)]
pub(super) struct Batches {
    most: usize,
    delay: Duration,
    open: Mutex<Vec<Batch>>,
    next: AtomicU64,
    /// Set once the model was seen to answer with other than one thing a row.
    apart: AtomicBool,
}

#[derive(Debug)]
struct Batch {
    id: u64,
    rows: usize,
    full: Arc<Notify>,
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    asked: Asked,
    answer: oneshot::Sender<Result<python::Answer, Failure>>,
    /// It waits for its turn as long as this is there.
    waits: Option<More>,
}

impl Batches {
    /// Returns none where a model's rows cannot be asked together, or nothing is gained by it.
    pub(super) fn new(options: &Options, loaded: &Loaded) -> Option<Self> {
        let fits = match &loaded.runner {
            Runner::Native(engine) => {
                engine.rows_are_independent() && engine.inputs().iter().all(|port| port.has_rows())
            }
            Runner::Python(_) => true,
        };
        (options.rows > 1 && fits).then(|| Self {
            most: options.rows,
            delay: options.delay,
            open: Mutex::default(),
            next: AtomicU64::new(0),
            apart: AtomicBool::new(false),
        })
    }

    /// Tells whether a request may go with others.
    pub(super) fn takes(&self, asked: &Asked) -> bool {
        let even = match &asked.input {
            Input::Table(_) => true,
            Input::Tensors(all) => {
                let rows = all.first().and_then(|(_, one)| one.shape().first());
                rows.is_some() && all.iter().all(|(_, one)| one.shape().first() == rows)
            }
        };
        even && (1..self.most).contains(&asked.rows()) && !self.apart.load(Ordering::Relaxed)
    }

    /// Asks together with others.
    pub(super) async fn ask(
        &self,
        lane: &Arc<Lane>,
        asked: Asked,
    ) -> Result<python::Answer, Failure> {
        let (sender, receiver) = oneshot::channel();
        let waits = Some(lane.numbers.wait());
        if let Some((id, full)) = self.join(Waiting { asked, answer: sender, waits }) {
            // Not this request's own work: its client may go, and the others still get their answers.
            tokio::spawn(lead(Arc::clone(lane), id, full));
        }
        let answer = lane.within(receiver).await?;
        answer.unwrap_or_else(|_| Err(Failure::internal("the engine failed")))
    }

    /// Adds a request to a batch that has room for it, or opens one: then its number is returned.
    fn join(&self, one: Waiting) -> Option<(u64, Arc<Notify>)> {
        let rows = one.asked.rows();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let found = open.iter_mut().find(|batch| {
            batch.rows + rows <= self.most && goes_with(&batch.waiting[0].asked, &one.asked)
        });
        if let Some(batch) = found {
            batch.rows += rows;
            batch.waiting.push(one);
            if batch.rows == self.most {
                batch.full.notify_one();
            }
            return None;
        }
        let (id, full) = (self.next.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        open.push(Batch { id, rows, full: Arc::clone(&full), waiting: vec![one] });
        Some((id, full))
    }

    fn take(&self, id: u64) -> Vec<Waiting> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.iter().position(|batch| batch.id == id) {
            Some(place) => open.swap_remove(place).waiting,
            None => vec![],
        }
    }

    /// Answers all of a batch.
    fn answer(&self, lane: &Lane, mut batch: Vec<Waiting>) {
        // Whose client has gone is not asked for.
        batch.retain(|one| !one.answer.is_closed());
        batch.iter_mut().for_each(|one| drop(one.waits.take()));
        if batch.len() > 1 {
            match together(lane, &batch) {
                Ok(Some(answers)) => {
                    for (one, answer) in batch.into_iter().zip(answers) {
                        let _ = one.answer.send(Ok(python::Answer::Output(answer)));
                    }
                    return;
                }
                Ok(None) => self.apart.store(true, Ordering::Relaxed),
                // The model is not there, or has no time: it has none for each of them either.
                Err(failure) if failure.status >= 500 => {
                    for one in batch {
                        let _ = one.answer.send(Err(failure.clone()));
                    }
                    return;
                }
                // One of them is at fault: the others get their answers.
                Err(_) => {}
            }
        }
        for one in batch {
            let _ = one.answer.send(lane.ask(&one.asked, &lane.stop()));
        }
    }
}

async fn lead(lane: Arc<Lane>, id: u64, full: Arc<Notify>) {
    let Some(batches) = lane.batches() else { return };
    tokio::select! {
        () = tokio::time::sleep(batches.delay) => {}
        () = full.notified() => {}
    }
    let place = lane.place().await;
    let batch = batches.take(id);
    match place {
        Ok(place) => {
            let lane = Arc::clone(&lane);
            let work = tokio::task::spawn_blocking(move || {
                let _place = place;
                if let Some(batches) = lane.batches() {
                    batches.answer(&lane, batch);
                }
            });
            drop(work.await);
        }
        Err(failure) => {
            for one in batch {
                let _ = one.answer.send(Err(failure.clone()));
            }
        }
    }
}

/// Tells whether two requests differ in nothing but their values.
fn goes_with(one: &Asked, other: &Asked) -> bool {
    let alike = match (&one.input, &other.input) {
        (Input::Table(one), Input::Table(other)) => one.is_like(other),
        (Input::Tensors(one), Input::Tensors(other)) => {
            let like = |((name, one), (own, other)): (&(String, Tensor), &(String, Tensor))| {
                name == own
                    && one.element() == other.element()
                    && one.shape().get(1..) == other.shape().get(1..)
            };
            one.len() == other.len() && one.iter().zip(other).all(like)
        }
        _ => false,
    };
    alike && one.params == other.params && one.positional == other.positional
}

/// Asks once for all; nothing where the answer is not one thing a row.
fn together(lane: &Lane, batch: &[Waiting]) -> Result<Option<Vec<Output>>, Failure> {
    let first = &batch[0].asked;
    let input = match &first.input {
        Input::Table(_) => {
            let tables: Vec<&Table> = batch.iter().filter_map(|one| one.asked.table()).collect();
            Input::Table(Table::stack(&tables)?)
        }
        Input::Tensors(named) => {
            let one = |place: usize, name: &String| {
                let parts: Vec<_> =
                    batch.iter().filter_map(|one| one.asked.tensor(place)).collect();
                Ok((name.clone(), Tensor::stack(&parts)?))
            };
            let all = named.iter().enumerate().map(|(place, (name, _))| one(place, name));
            Input::Tensors(all.collect::<Result<_, Failure>>()?)
        }
    };
    let whole = Asked { input, params: first.params.clone(), positional: first.positional };
    let python::Answer::Output(output) = lane.ask(&whole, &lane.stop())? else { return Ok(None) };
    let rows: Vec<usize> = batch.iter().map(|one| one.asked.rows()).collect();
    Ok(split(&output, &rows))
}

/// Returns to each request its rows; nothing where there are more or fewer than were asked.
fn split(output: &Output, rows: &[usize]) -> Option<Vec<Output>> {
    let total: usize = rows.iter().sum();
    let mut from = 0;
    let mut parts = Vec::with_capacity(rows.len());
    for count in rows {
        let range = from..from + count;
        from += count;
        parts.push(match output {
            Output::Json(_) => return None,
            Output::Table(table) if table.rows() == total => Output::Table(table.part(range)),
            Output::Table(_) => return None,
            Output::Values(values) => {
                let cut = |tensor: &Tensor| {
                    let whole = tensor.shape().first() == Some(&total);
                    tensor.rows(range.clone()).ok().filter(|_| whole)
                };
                let part = |(name, value): &(String, Value)| {
                    let value = match value {
                        Value::Tensor(tensor) => Value::Tensor(cut(tensor)?),
                        Value::Maps { keys, rows } => {
                            Value::Maps { keys: keys.clone(), rows: cut(rows)? }
                        }
                    };
                    Some((name.clone(), value))
                };
                Output::Values(values.iter().map(part).collect::<Option<_>>()?)
            }
        });
    }
    Some(parts)
}

impl Asked {
    fn table(&self) -> Option<&Table> {
        match &self.input {
            Input::Table(table) => Some(table),
            Input::Tensors(_) => None,
        }
    }

    fn tensor(&self, place: usize) -> Option<&Tensor> {
        match &self.input {
            Input::Table(_) => None,
            Input::Tensors(all) => all.get(place).map(|(_, tensor)| tensor),
        }
    }
}
