//! The face that other stores push to and fetch from, as `remote::wire` draws it.
//!
//! Bodies of any size go through memory in pieces; what is to be verified waits for a processor, and nothing that reads or
//! writes a file runs where requests are served.

mod desk;
mod fetch;
mod past;
mod problem;
mod push;
mod reach;
mod wishes;

use axum::http::Method;

use crate::server::route::{Right, Route};

pub(in crate::server) use desk::Desk;

/// The longest question.
const MAX_QUESTION: usize = 64 << 20;

pub(in crate::server) fn routes() -> Vec<Route> {
    let routes = vec![
        Route::get("/mls/v1/refs", Right::Read, fetch::refs),
        Route::post("/mls/v1/have", Right::Read, fetch::have).streamed(),
        Route::post("/mls/v1/objects", Right::Read, fetch::objects).streamed(),
        Route::post("/mls/v1/plan", Right::Read, fetch::plan).streamed(),
        Route::get("/mls/v1/packs/{digest}", Right::Read, fetch::pack),
        Route::post("/mls/v1/uploads/{client}/{digest}", Right::Write, push::offset),
        Route::on(Method::PUT, "/mls/v1/uploads/{client}/{digest}", Right::Write, push::upload)
            .streamed(),
        Route::post("/mls/v1/refs", Right::Write, push::refs).streamed(),
    ];
    routes.into_iter().map(Route::within_limits).collect()
}
