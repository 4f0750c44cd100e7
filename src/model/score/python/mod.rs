//! Models that only Python can run, in processes of their own.
//!
//! ```text
//! environment ─► interpreter ─► Pool ─┬─ worker (a process; a socket for its standard input)
//!                                     └─ worker
//! ```
//!
//! Nothing of a model runs in this process. A worker that dies, hangs or takes too much memory is ended and started
//! again, a little later each time; the call that it was at fails, and no other.

mod cage;
pub mod environment;
mod error;
mod frame;
mod pool;
mod worker;

use serde_json::Value;

use crate::model::score::Input;

pub use cage::{Cage, SANDBOX};
pub use error::Error;
pub use frame::Answer;
pub use pool::Pool;
pub use worker::{Kind, Launch};

/// A model in Python, loaded and ready.
#[derive(Debug)]
pub struct Model {
    pool: Pool,
}

impl Model {
    /// Starts `workers` processes and waits until each has loaded the model.
    pub fn start(launch: Launch, workers: usize) -> Result<Self, Error> {
        Pool::start(launch, workers).map(|pool| Self { pool })
    }

    /// Returns the version of MLflow that its workers have, if they have it.
    pub fn mlflow(&self) -> Option<&str> {
        self.pool.ready.version.as_deref()
    }

    /// Tells whether the package itself has to read requests: types from hints of Python functions are not known here.
    pub fn reads_itself(&self) -> bool {
        self.pool.ready.raw_only
    }

    /// Returns what the model asks for and its interpreter has not, a sentence each, as the worker tells it.
    pub fn unmet(&self) -> &[String] {
        &self.pool.ready.unmet
    }

    /// Answers what has been read and checked. Names of columns do not go to the model where they are `positional`.
    pub fn predict(
        &self,
        input: &Input,
        params: Option<&Value>,
        positional: bool,
    ) -> Result<Answer, Error> {
        let (head, body) = frame::call(input, params, positional);
        let (head, body) = self.pool.ask(&head, &body)?;
        frame::answer(head, body)
    }

    /// Answers a request as it came, read by the package itself.
    pub fn invoke(&self, media: &str, body: &[u8]) -> Result<Answer, Error> {
        let (head, body) = self.pool.ask(&frame::raw(media), body)?;
        frame::answer(head, body)
    }

    /// Returns how many workers are ready or at work, and how often one was started again.
    pub fn health(&self) -> (usize, usize) {
        (self.pool.alive(), self.pool.restarts())
    }
}
