//! A network in processes of its own, asked from here.

use std::borrow::Cow;

use super::launch::Launch;
use super::{Runs, wire};
use crate::model::score::worker::{Health, Part, Pool};
use crate::model::score::{Apart, Choice, Error, Tensor};

/// Supervised processes that have loaded one network.
#[derive(Debug)]
pub(super) struct Remote {
    engine: Choice,
    pool: Pool<Launch>,
    /// How many tensors an answer has.
    outputs: usize,
}

impl Remote {
    pub(super) fn start(
        engine: Choice,
        order: wire::Order,
        bytes: &[u8],
        apart: &Apart,
        outputs: usize,
    ) -> Result<Self, Error> {
        let pool = Launch::new(order, bytes, apart).and_then(|all| Pool::start(all, apart.workers));
        let pool = pool.map_err(|error| wire::error(engine, error))?;
        Ok(Self { engine, pool, outputs })
    }
}

impl Runs for Remote {
    fn run(&self, tensors: Vec<Cow<'_, Tensor>>) -> Result<Vec<Tensor>, Error> {
        let mut body = vec![];
        let tensors = tensors.iter().map(|one| Part::of(one, &mut body)).collect();
        let head = serde_json::to_vec(&wire::Call { tensors }).unwrap_or_default();
        let read = |head: Vec<u8>, body: Vec<u8>| wire::answer(&head, &body, self.outputs);
        self.pool.ask(&head, &body, read).map_err(|error| wire::error(self.engine, error))
    }

    /// Nobody knows how long another process takes.
    fn cost(&self) -> u64 {
        u64::MAX
    }

    fn workers(&self) -> Option<Health> {
        Some(self.pool.health())
    }
}
