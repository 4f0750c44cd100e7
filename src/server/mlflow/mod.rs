//! MLflow's REST API, as MLflow's own server answers it; names, forms and errors are MLflow's, the meaning is in the rooms
//! below.

mod artifacts;
#[expect(dead_code, reason = "routes that use all of it come one by one")]
mod failure;
mod info;
mod input;
mod logged_models;

use crate::server::route::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = info::routes();
    routes.extend(artifacts::routes());
    routes.extend(logged_models::routes());
    routes
}
