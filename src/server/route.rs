//! One table of all routes; none can be written without the right that it needs.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::server::state::Shared;
use crate::server::{health, mlflow};

/// What a caller must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Anyone may ask.
    None,
    Read,
    Write,
    Admin,
}

/// One method of one path.
#[derive(Debug)]
pub(in crate::server) struct Route {
    method: Method,
    path: &'static str,
    right: Right,
    handler: MethodRouter<Shared>,
}

/// What the table says of a route, for whoever checks or lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub method: Method,
    /// As axum writes paths: `{name}` is one part, `{*name}` the rest.
    pub path: String,
    pub right: Right,
}

impl Route {
    pub(in crate::server) fn get<H, T>(path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::on(Method::GET, path, right, handler)
    }

    pub(in crate::server) fn post<H, T>(path: &'static str, right: Right, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        Self::on(Method::POST, path, right, handler)
    }

    pub(in crate::server) fn on<H, T>(
        method: Method,
        path: &'static str,
        right: Right,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("routes have usual methods");
        Self { method, path, right, handler: on(filter, handler) }
    }

    /// The paths that it answers on: MLflow's pages call the same API by another name.
    fn paths(&self) -> Vec<String> {
        let mut paths = vec![self.path.to_owned()];
        if let Some(rest) = self.path.strip_prefix("/api/") {
            paths.push(format!("/ajax-api/{rest}"));
        }
        paths
    }
}

/// Returns the whole table.
fn table() -> Vec<Route> {
    let mut table = health::routes();
    table.extend(mlflow::routes());
    table
}

/// Returns each route with its right.
pub fn rows() -> Vec<Row> {
    let mut rows = vec![];
    for route in table() {
        let row = |path| Row { method: route.method.clone(), path, right: route.right };
        rows.extend(route.paths().into_iter().map(row));
    }
    rows
}

/// Builds what answers requests.
pub(in crate::server) fn router(state: Shared) -> Router {
    let mut router = Router::new();
    for route in table() {
        for path in route.paths() {
            router = router.route(&path, route.handler.clone());
        }
    }
    router.with_state(state)
}
