//! What a request to the registry needs, in the words of token authentication: `repository:team/train:pull,push`.

use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};

use super::address::Target;
use super::query;
use crate::image::hosted::Repository;
use crate::server::Right;
use crate::server::access::Asker;
use crate::server::limits::Limits;
use crate::server::refusal::Refusal;
use crate::server::token::Kind;

/// Where a client gets a grant for a secret.
pub(super) const REALM: &str = "/v2/token";

/// What the hub calls itself to its clients.
pub(super) const SERVICE: &str = "mls";

/// No request for a grant names more.
const MOST: usize = 100;

/// Tells whether a path is the registry's.
pub(in crate::server) fn is_ours(path: &str) -> bool {
    path == "/v2" || path.starts_with("/v2/")
}

/// Returns what a request needs; nothing where any grant will do.
fn needs(method: &Method, uri: &Uri) -> Vec<(String, &'static str)> {
    let actions = match *method {
        Method::GET | Method::HEAD => "pull",
        Method::DELETE => "delete",
        _ => "pull,push",
    };
    let of = |repository: &Repository, actions| (format!("repository:{repository}"), actions);
    match Target::parse(uri.path()) {
        Ok(Target::Catalog) => vec![("registry:catalog".to_owned(), "*")],
        Ok(Target::Uploads(repository)) => {
            let from = query(uri, "from").and_then(|from| Repository::parse(&from).ok());
            let from = from.filter(|from| *from != repository);
            let mut needs = vec![of(&repository, actions)];
            needs.extend(from.map(|from| of(&from, "pull")));
            needs
        }
        Ok(target) => target.repository().map(|own| of(own, actions)).into_iter().collect(),
        Err(_) => vec![],
    }
}

/// Checks that whoever asks may ask for this: whoever came with a grant came with one for it, and a secret is good for all
/// that its right lets do.
pub(in crate::server) fn check(asker: &Asker, head: &Parts) -> Result<(), Refusal> {
    let limits = Limits::of(Some(&asker.holder));
    check_limits(&limits, head)?;
    let Some(grant) = &asker.grant else { return Ok(()) };
    let refused = |message| Err(Refusal::new(StatusCode::UNAUTHORIZED, message));
    if !is_ours(head.uri.path()) {
        return refused("A token of the registry opens nothing else");
    }
    let has = |resource: &str, action: &str| {
        let scope = format!("{resource}:{action}");
        grant.scopes.contains(&scope)
    };
    let mut needs = needs(&head.method, &head.uri);
    // What is not there is not taken from: the upload begins, as where it is there and has no such blob.
    needs.retain(|(resource, _)| is_there(&limits, resource));
    let all = needs.iter().all(|(resource, actions)| actions.split(',').all(|a| has(resource, a)));
    match all {
        true => Ok(()),
        false => refused("The token is for something else"),
    }
}

/// Checks that a request is about repositories that are there for whoever asks.
fn check_limits(limits: &Limits, head: &Parts) -> Result<(), Refusal> {
    let Some(limited) = limits.get() else { return Ok(()) };
    let Ok(target) = Target::parse(head.uri.path()) else { return Ok(()) };
    let Some(repository) = target.repository() else { return Ok(()) };
    if limited.allows(Kind::Image, repository.as_str()) {
        return Ok(());
    }
    match head.method {
        Method::GET | Method::HEAD => {
            let message = format!("there is no repository `{repository}`");
            Err(Refusal::new(StatusCode::NOT_FOUND, message))
        }
        _ => {
            let message = limited.refusal(Kind::Image, repository.as_str());
            Err(Refusal::new(StatusCode::FORBIDDEN, message).of(&limited.token))
        }
    }
}

fn is_there(limits: &Limits, resource: &str) -> bool {
    let repository = resource.strip_prefix("repository:");
    repository.is_none_or(|repository| limits.allow(Kind::Image, repository))
}

/// Returns where a client is to get a token, and what for: `WWW-Authenticate`.
pub(in crate::server) fn challenge(head: &Parts, host: &str, secure: bool) -> String {
    let scheme = if secure { "https" } else { "http" };
    let mut text = format!("Bearer realm=\"{scheme}://{host}{REALM}\",service=\"{SERVICE}\"");
    let needs = needs(&head.method, &head.uri);
    let scopes: Vec<String> =
        needs.iter().map(|(resource, actions)| format!("{resource}:{actions}")).collect();
    if !scopes.is_empty() {
        text.push_str(&format!(",scope=\"{}\"", scopes.join(" ")));
    }
    text
}

/// Returns what is given of what was asked for: each action by itself, none that the right does not hold, and none in a
/// repository that is not there.
pub(super) fn granted(asked: &[String], (right, limits): &(Right, Limits)) -> Vec<String> {
    let mut granted: Vec<String> = vec![];
    for scope in asked.iter().flat_map(|all| all.split(' ')).take(MOST) {
        let Some((resource, actions)) = scope.rsplit_once(':') else { continue };
        let known = match resource.strip_prefix("repository:") {
            Some(name) => Repository::parse(name).is_ok() && is_there(limits, resource),
            None => resource == "registry:catalog",
        };
        let all: &[&str] = match (known, resource) {
            (false, _) => &[],
            (true, "registry:catalog") => &["*"],
            (true, _) if *right >= Right::Write => &["pull", "push", "delete"],
            (true, _) => &["pull"],
        };
        let is_asked = |action: &str| actions.split(',').any(|one| one == action || one == "*");
        let new = all.iter().filter(|action| is_asked(action));
        granted.extend(new.map(|action| format!("{resource}:{action}")));
    }
    granted.sort();
    granted.dedup();
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_holds_what_was_asked_for_and_the_right_gives() {
        for (asked, right, wanted) in [
            (
                &["repository:a/b:pull,push"][..],
                Right::Write,
                "repository:a/b:pull repository:a/b:push",
            ),
            (&["repository:a/b:pull,push"], Right::Read, "repository:a/b:pull"),
            (
                &["repository:a:pull repository:b:pull"],
                Right::Read,
                "repository:a:pull repository:b:pull",
            ),
            (
                &["repository:a:*"],
                Right::Admin,
                "repository:a:delete repository:a:pull repository:a:push",
            ),
            (&["registry:catalog:*", "repository:a:x"], Right::Read, "registry:catalog:*"),
            (&["repository:../a:pull", "repository(plugin):a:pull", "x", ""], Right::Admin, ""),
        ] {
            let asked: Vec<String> = asked.iter().map(|one| (*one).to_owned()).collect();
            let may = (right, Limits::default());
            assert_eq!(granted(&asked, &may).join(" "), wanted, "{asked:?}");
        }
    }

    #[test]
    fn a_request_needs_its_repository_and_the_one_that_it_takes_from() {
        let shown = |method: Method, path: &str| {
            let needs = needs(&method, &path.parse().unwrap());
            needs.into_iter().map(|(of, what)| format!("{of}:{what}")).collect::<Vec<_>>().join(" ")
        };
        let upload = "/v2/a/blobs/uploads/";
        assert_eq!(shown(Method::GET, "/v2/"), "");
        assert_eq!(shown(Method::HEAD, "/v2/a/b/manifests/1"), "repository:a/b:pull");
        assert_eq!(shown(Method::DELETE, "/v2/a/manifests/1"), "repository:a:delete");
        assert_eq!(shown(Method::POST, upload), "repository:a:pull,push");
        assert_eq!(
            shown(Method::POST, &format!("{upload}?mount=x&from=b%2Fc")),
            "repository:a:pull,push repository:b/c:pull"
        );
    }
}
