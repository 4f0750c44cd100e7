//! MLflow's REST API, as MLflow's own server answers it; names, forms and errors are MLflow's, the meaning is in the rooms
//! below.

#[expect(dead_code, reason = "routes that use all of it come one by one")]
mod failure;
mod info;
#[expect(dead_code, reason = "routes that use all of it come one by one")]
mod input;

use crate::server::route::Route;

pub(super) fn routes() -> Vec<Route> {
    info::routes()
}
