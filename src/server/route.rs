//! One table of all routes; none can be written without the right that it needs.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::MatchedPath;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::server::gate::{self, Missing};
use crate::server::pace::{self, Limit};
use crate::server::report::{self, Metrics, Series};
pub(in crate::server) use crate::server::right::Right;
use crate::server::state::Shared;
use crate::server::{health, mlflow, oci, sync};

/// One method of one path.
#[derive(Debug)]
pub(in crate::server) struct Route {
    method: Method,
    path: &'static str,
    right: Right,
    about: About,
    limit: Limit,
    handler: MethodRouter<Shared>,
}

/// What a route is about, for tokens that are limited to names. It is closed to them until it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum About {
    /// The hub as a whole: nothing for such a token.
    Hub,
    /// Nothing that anybody has named.
    Nothing,
    /// What its handler sees to, which is handed [`Limits`](crate::server::limits::Limits).
    Handler,
    /// All of these, which are looked at before the handler begins.
    These(&'static [mlflow::Subject]),
}

/// What the table says of a route, for whoever checks or lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub method: Method,
    /// As axum writes paths: `{name}` is one part, `{*name}` the rest.
    pub path: String,
    pub right: Right,
    /// Whether a token that is limited to names opens it, for what it names.
    pub limited: bool,
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
        let handler = on(filter, handler);
        Self { method, path, right, about: About::Hub, limit: pace::USUAL, handler }
    }

    /// Opens it to tokens that are limited to names, as far as they name these.
    pub(in crate::server) fn about(mut self, subjects: &'static [mlflow::Subject]) -> Self {
        self.about = About::These(subjects);
        self
    }

    /// Opens it to tokens that are limited to names: it tells of nothing that has one.
    pub(in crate::server) fn about_nothing(mut self) -> Self {
        self.about = About::Nothing;
        self
    }

    /// Opens it to tokens that are limited to names: its handler keeps to the limits.
    pub(in crate::server) fn within_limits(mut self) -> Self {
        self.about = About::Handler;
        self
    }

    /// Takes bodies of up to so many bytes, rather than the usual few.
    pub(in crate::server) fn up_to(mut self, bytes: u64) -> Self {
        self.limit = Limit::UpTo(bytes);
        self
    }

    /// Takes bodies of any length; the handler reads them piece by piece.
    pub(in crate::server) fn streamed(mut self) -> Self {
        self.limit = Limit::Stream;
        self
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
    table.extend(report::routes());
    table.extend(mlflow::routes());
    table.extend(oci::routes());
    table.extend(sync::routes());
    table
}

/// Returns each route with its right.
pub fn rows() -> Vec<Row> {
    let mut rows = vec![];
    for route in table() {
        let limited = route.about != About::Hub;
        let row = |path| Row { method: route.method.clone(), path, right: route.right, limited };
        rows.extend(route.paths().into_iter().map(row));
    }
    rows
}

/// The table as it is asked on every request.
#[derive(Debug)]
pub(in crate::server) struct Table {
    entries: HashMap<String, Vec<Entry>>,
    /// Counts what is in no entry.
    others: Arc<Series>,
}

/// One method of one path, without what answers it.
#[derive(Debug)]
pub(in crate::server) struct Entry {
    pub(in crate::server) path: String,
    pub(in crate::server) right: Right,
    pub(in crate::server) about: About,
    pub(in crate::server) limit: Limit,
    pub(in crate::server) series: Arc<Series>,
    method: Method,
}

impl Table {
    pub(in crate::server) fn new(metrics: &Metrics) -> Self {
        let mut entries: HashMap<String, Vec<Entry>> = HashMap::new();
        for route in table() {
            for path in route.paths() {
                let series = metrics.series(route.method.as_str(), &path);
                let Route { right, about, limit, ref method, .. } = route;
                let method = method.clone();
                let entry = Entry { path: path.clone(), right, about, limit, series, method };
                entries.entry(path).or_default().push(entry);
            }
        }
        Self { entries, others: metrics.series("OTHER", "other") }
    }

    /// Returns the entry of a path as the router has matched it; a HEAD is a GET without a body.
    pub(in crate::server) fn find(
        &self,
        matched: Option<&MatchedPath>,
        method: &Method,
    ) -> Result<&Entry, Missing> {
        let entries = matched.and_then(|path| self.entries.get(path.as_str()));
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let found = entries.ok_or(Missing::Path)?.iter().find(|entry| entry.method == *method);
        found.ok_or(Missing::Method)
    }

    /// Returns the methods of a path, as `Allow` has them.
    pub(in crate::server) fn methods(&self, matched: Option<&MatchedPath>) -> String {
        let entries = matched.and_then(|path| self.entries.get(path.as_str()));
        let names = entries.into_iter().flatten().map(|entry| entry.method.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    pub(in crate::server) fn others(&self) -> &Arc<Series> {
        &self.others
    }
}

/// Builds what answers requests; all of them go through the gate.
pub(in crate::server) fn router(state: &Shared) -> Router {
    let mut router = Router::new();
    for route in table() {
        for path in route.paths() {
            router = router.route(&path, route.handler.clone());
        }
    }
    let gate = from_fn_with_state(Arc::clone(state), gate::pass);
    router.layer(gate).with_state(Arc::clone(state))
}
