//! `/metrics`.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::server::route::{Right, Route};
use crate::server::state::Shared;

pub(in crate::server) fn routes() -> Vec<Route> {
    vec![Route::get("/metrics", Right::Read, metrics)]
}

async fn metrics(State(state): State<Shared>) -> impl IntoResponse {
    let shell = &state.shell;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], shell.metrics.text(shell.roll.len(), state.scribe.waiting()))
}
