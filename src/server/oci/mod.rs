//! The registry, as the OCI distribution specification and its clients want it.

use crate::server::route::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![]
}
