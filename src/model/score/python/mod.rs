//! Models that only Python can run, in processes of their own.
//!
//! ```text
//! environment ─► interpreter ─► Launch ─► worker::Pool
//! ```
//!
//! Nothing of a model runs in this process.

mod cage;
pub mod environment;
mod error;
mod frame;
mod launch;

use serde_json::Value;

use crate::model::score::Input;
use crate::model::score::worker::{self, Health, Pool};

pub use cage::{Cage, SANDBOX};
pub use error::Error;
pub use frame::Answer;
pub use launch::{Kind, Launch};

/// A model in Python, loaded and ready.
#[derive(Debug)]
pub struct Model {
    pool: Pool<Launch>,
}

impl Model {
    /// Starts `workers` processes and waits until each has loaded the model.
    pub fn start(launch: Launch, workers: usize) -> Result<Self, Error> {
        Ok(Self { pool: Pool::start(launch, workers)? })
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
    ) -> Result<Answer, worker::Error> {
        let (head, body) = frame::call(input, params, positional);
        self.pool.ask(&head, &body, frame::answer)
    }

    /// Answers a request as it came, read by the package itself.
    pub fn invoke(&self, media: &str, body: &[u8]) -> Result<Answer, worker::Error> {
        self.pool.ask(&frame::raw(media), body, frame::answer)
    }

    /// Returns how its workers are.
    pub fn health(&self) -> Health {
        self.pool.health()
    }
}
