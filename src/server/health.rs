//! Whether the server is there: what load balancers and MLflow's client ask first.

use crate::server::route::{Right, Route};

/// MLflow's client reads this to know what the server can do.
pub(in crate::server) const MLFLOW_VERSION: &str = "3.17.2";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/health", Right::None, async || "OK"),
        Route::get("/healthz", Right::None, async || "ok\n"),
        Route::get("/version", Right::None, async || MLFLOW_VERSION),
    ]
}
