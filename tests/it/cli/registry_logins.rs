//! Whose logins `pull` finds, and how registries are reached that speak no TLS as it should be.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::support::registry::{Answer, Asked, FakeRegistry};
use crate::support::{Said, Sandbox};

/// `ada:secret`, as every tool keeps it.
const AUTH: &str = "YWRhOnNlY3JldA==";

/// A registry that lets in who shows this.
fn guarded(header: &'static str) -> FakeRegistry {
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let refused = Answer::of(401).with("WWW-Authenticate", "Basic realm=\"x\"");
        (asked.header("authorization") != header).then_some(refused)
    });
    registry.content.image("1", &[]);
    registry
}

fn pull(sandbox: &Sandbox, registry: &FakeRegistry, environment: &[(&str, &str)]) -> Said {
    let mut command = sandbox.command(["pull", "-q", &format!("{}/team/x:1", registry.host())]);
    command.envs(environment.iter().copied());
    sandbox.finish(command)
}

#[test]
fn a_login_of_podman_is_found_where_podman_keeps_it_and_for_a_part_of_a_registry() {
    let registry = guarded("Basic YWRhOnNlY3JldA==");
    let sandbox = Sandbox::with_store();
    assert_eq!(pull(&sandbox, &registry, &[]).code(), 4);
    let part = format!("{}/team", registry.host());
    for (place, key) in [("run/containers/auth.json", registry.host()), ("own.json", part)] {
        let file = sandbox.write(place, json!({"auths": {key: {"auth": AUTH}}}).to_string());
        let run = sandbox.path().join("run").display().to_string();
        let own = file.display().to_string();
        let environment = match place {
            "own.json" => ("REGISTRY_AUTH_FILE", own.as_str()),
            _ => ("XDG_RUNTIME_DIR", run.as_str()),
        };
        let said = pull(&sandbox, &registry, &[environment]);
        assert_eq!(said.code(), 0, "{place}: {said}");
    }
    let other = json!({"auths": {format!("{}/other", registry.host()): {"auth": AUTH}}});
    let other = sandbox.write("other.json", other.to_string()).display().to_string();
    assert_eq!(pull(&sandbox, &registry, &[("REGISTRY_AUTH_FILE", &other)]).code(), 4);
}

#[test]
fn a_pull_asks_the_helper_that_docker_would_ask() {
    let registry = guarded("Basic YWRhOnNlY3JldA==");
    let sandbox = Sandbox::with_store();
    let host = registry.host();
    let helper = sandbox.write(
        "bin/docker-credential-box",
        format!("#!/bin/sh\nread asked; [ \"$1 $asked\" = \"get {host}\" ] || exit 1\necho '{{\"ServerURL\":\"x\",\"Username\":\"ada\",\"Secret\":\"secret\"}}'\n"),
    );
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", helper.parent().unwrap().display(), std::env::var("PATH").unwrap());
    for settings in [json!({"credHelpers": {host: "box"}}), json!({"credsStore": "box"})] {
        sandbox.write("docker/config.json", settings.to_string());
        let docker = sandbox.path().join("docker").display().to_string();
        let said = pull(&sandbox, &registry, &[("DOCKER_CONFIG", &docker), ("PATH", &path)]);
        assert_eq!(said.code(), 0, "{settings}: {said}");
    }
}

#[test]
fn an_identity_token_is_told_the_token_server_in_a_form_and_nobody_else() {
    let tokens = FakeRegistry::new(|asked: &Asked, _| {
        let form = String::from_utf8_lossy(&asked.body).into_owned();
        let wanted =
            ["grant_type=refresh%5Ftoken", "refresh_token=id%2D1", "client_id=mls", "service=s"];
        let good = asked.method == "POST" && wanted.iter().all(|part| form.contains(part));
        let body = json!({"access_token": "t1", "expires_in": 300}).to_string();
        Some(if good { Answer::of(200).body(body) } else { Answer::of(401) })
    });
    let realm = format!("http://{}/token", tokens.host());
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        let shown = asked.header("authorization");
        assert!(!shown.contains("id-1"), "the registry itself is not told");
        let way = format!("Bearer realm=\"{realm}\",service=\"s\"");
        (shown != "Bearer t1").then(|| Answer::of(401).with("WWW-Authenticate", way))
    });
    registry.content.image("1", &[]);
    let sandbox = Sandbox::with_store();
    let settings =
        json!({"auths": {registry.host(): {"auth": "MDAwOg==", "identitytoken": "id-1"}}});
    sandbox.write("docker/config.json", settings.to_string());
    let docker = sandbox.path().join("docker").display().to_string();
    let said = pull(&sandbox, &registry, &[("DOCKER_CONFIG", &docker)]);
    assert_eq!(said.code(), 0, "{said}");
}

#[test]
fn a_certificate_of_anybody_is_good_enough_only_where_that_is_set() {
    let hub = crate::server::oci::matrix::Hub::start(true, false);
    let sandbox = Sandbox::with_store();
    crate::server::oci::tools::image(&sandbox);
    let name = format!("{}/x:1", hub.host());
    let refused = sandbox.mls(["push", "train:1", &name]);
    assert_eq!(refused.code(), 9, "{refused}");
    let set = format!("registry.{}.insecure=true", hub.host());
    sandbox.ok(["-c", &set, "push", "-q", "train:1", &name]);
}
