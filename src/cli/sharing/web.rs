//! What connections to hubs go by: tokens and proxies.

use mls::remote::{Credential, Url, Web};

use crate::cli::credentials::Keeper;
use crate::cli::session::Session;

/// Returns what all connections go by.
pub(super) fn ways(session: &Session) -> Web {
    let environment = &session.settings.environment;
    Web {
        http_proxy: environment.http_proxy.clone(),
        https_proxy: environment.https_proxy.clone(),
        no_proxy: environment.no_proxy.clone(),
        certificates: environment.certificates.clone(),
        ..Web::default()
    }
}

/// Returns what the connection to `url` goes by.
///
/// `MLS_TOKEN` is for whatever hub is asked; `MLFLOW_TRACKING_TOKEN` for the one that MLflow is told to use, or any where
/// it is told none.
pub(crate) fn web(session: &Session, url: &Url) -> Web {
    let environment = &session.settings.environment;
    let mut web = ways(session);
    let Some(host) = url.host() else { return web };
    let tracked = environment.tracking_uri.as_deref();
    let tracked = tracked.map(|uri| Url::parse(uri, &session.settings.folder));
    let tracked = tracked.is_none_or(|url| url.is_ok_and(|url| url.host() == Some(host)));
    let token = environment.token.clone();
    let token = token.or_else(|| environment.tracking_token.clone().filter(|_| tracked));
    web.credential = token.map(Credential::Token);
    if web.credential.is_none() {
        // Settings of Docker that cannot be read are no reason not to ask a hub that wants no login.
        web.credential = Keeper::open(session).ok().and_then(|keeper| keeper.find(host));
    }
    web
}
