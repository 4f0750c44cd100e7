//! MLflow's REST API, as MLflow's own server answers it; names, forms and errors are MLflow's, the meaning is in the rooms
//! below.

mod artifacts;
mod batch;
mod body;
mod experiment_search;
mod experiments;
#[expect(dead_code, reason = "routes that use all of it come one by one")]
mod failure;
mod grammar;
mod info;
mod input;
mod inputs;
mod json;
mod logged_models;
mod metrics;
mod page;
mod registry;
mod rules;
mod runs;
mod search;
mod subject;
mod webhooks;
mod wire;

pub(in crate::server) use subject::{Subject, check};
pub(in crate::server) use webhooks::Courier;

use crate::server::route::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = info::routes();
    routes.extend(artifacts::routes());
    routes.extend(logged_models::routes());
    routes.extend(experiments::routes());
    routes.extend(runs::routes());
    routes.extend(batch::routes());
    routes.extend(metrics::routes());
    routes.extend(search::routes());
    routes.extend(inputs::routes());
    routes.extend(registry::routes());
    routes.extend(webhooks::routes());
    routes
}
