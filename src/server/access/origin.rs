//! The page that made a browser send a request.

use axum::http::Method;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;

/// What a request tells of the page that it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// It tells of none: a program, or a page of this server.
    None,
    Named(String),
    /// It names more than one, or none in words.
    Unclear,
    /// It names none, but the browser says that it is of another site.
    CrossSite,
}

/// Returns what `head` tells of the page.
///
/// An origin that is named decides alone: a page on `localhost` is of another site than `127.0.0.1` to a browser, and
/// MLflow takes it.
pub(super) fn of(head: &Parts) -> Page {
    let mut origins = head.headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => match head.headers.get("sec-fetch-site") {
            Some(site) if site == "cross-site" => Page::CrossSite,
            _ => Page::None,
        },
        (Some(origin), None) => {
            origin.to_str().map_or(Page::Unclear, |origin| Page::Named(origin.to_owned()))
        }
        (Some(_), Some(_)) => Page::Unclear,
    }
}

/// Tells whether a request of this method may change something; routes keep to it, as the table's test shows.
pub(super) fn changes(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}
