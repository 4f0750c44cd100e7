use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use mls::server::token::{self, Keys};
use mls::server::{self, Hub, Options, Right};
use mls::store::Store;
use serde_json::{Value, json};

use crate::store::context;
use crate::support::{Said, Sandbox};

/// A hub over the store in `hub`, and the secret of a token for it.
fn hub(sandbox: &Sandbox, right: Right) -> (Hub, String) {
    let folder = sandbox.path().join("hub/.mlstore");
    let store = Store::init(&folder, context()).unwrap();
    let options = Options { keys: Some(Keys::Stored), ..Options::default() };
    let hub = server::start(store, &options).unwrap();
    let store = Store::open(&folder, context()).unwrap();
    let (_, secret) = token::add(&store, "ada", right, None).unwrap();
    (hub, secret.reveal().to_owned())
}

fn with_input(sandbox: &Sandbox, args: &[&str], input: &str) -> Said {
    let mut command = sandbox.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()); // it may not want any
    Said::new(child.wait_with_output().unwrap(), &sandbox.path())
}

fn login(sandbox: &Sandbox, url: &str, secret: &str) -> Said {
    with_input(sandbox, &["login", url, "--password-stdin"], &format!("{secret}\n"))
}

#[test]
fn a_login_is_kept_where_docker_keeps_its_own_and_opens_the_hub() {
    let sandbox = Sandbox::with_store();
    let (hub, secret) = hub(&sandbox, Right::Write);
    let url = hub.url();
    sandbox.ok(["remote", "add", "origin", &url]);
    sandbox.ok(["commit-run", "-q", "-n", "bold", "-m", "acc=0.9"]);
    let refused = sandbox.mls(["push"]);
    assert_eq!(refused.code(), 4, "{refused}");
    assert!(refused.stderr().contains("mls login"), "{refused}");

    let file = sandbox.home().join(".docker/config.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let before = json!({"auths": {"reg.example.com": {"auth": "eDp5"}}, "psFormat": "x"});
    std::fs::write(&file, before.to_string()).unwrap();
    let wrong = login(&sandbox, &url, "mls_0000000000000000000000000000000000000000");
    assert_eq!(wrong.code(), 4, "{wrong}");
    assert_eq!(std::fs::read(&file).unwrap(), before.to_string().as_bytes());

    let said = login(&sandbox, &url, &secret);
    assert_eq!(said.code(), 0, "{said}");
    assert!(!said.to_string().contains(&secret), "{said}");
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept["psFormat"], "x");
    assert_eq!(kept["auths"]["reg.example.com"], before["auths"]["reg.example.com"]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    sandbox.ok(["push"]);

    sandbox.ok(["logout", &url]);
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept["auths"], before["auths"]);
    assert_eq!(sandbox.mls(["logout", &url]).code(), 5);
    assert_eq!(sandbox.mls(["ls-remote"]).code(), 4);
    let mut command = sandbox.command(["ls-remote"]);
    command.env("MLS_TOKEN", &secret);
    assert_eq!(sandbox.finish(command).code(), 0);
}

#[test]
fn a_credential_helper_keeps_what_docker_would_let_it_keep() {
    let sandbox = Sandbox::with_store();
    let (hub, secret) = hub(&sandbox, Right::Read);
    let url = hub.url();
    let host = url.strip_prefix("http://").unwrap();
    let helper = sandbox.write(
        "bin/docker-credential-box",
        "#!/bin/sh\ncase $1 in\nstore) cat > \"$HOME/box\";;\nget) cat >/dev/null; cat \"$HOME/box\";;\nerase) rm \"$HOME/box\";;\nesac\n",
    );
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = sandbox.home().join("docker/config.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, json!({"credHelpers": {host: "box"}}).to_string()).unwrap();
    let path = std::env::var("PATH").unwrap();
    let run = |args: &[&str], input: &str| {
        let mut command = sandbox.command(args);
        command
            .env("PATH", format!("{}:{path}", helper.parent().unwrap().display()))
            .env("DOCKER_CONFIG", file.parent().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Said::new(child.wait_with_output().unwrap(), &sandbox.path())
    };
    let said = run(&["login", &url, "--password-stdin"], &secret);
    assert_eq!(said.code(), 0, "{said}");
    assert!(!std::fs::read_to_string(&file).unwrap().contains(&secret));
    sandbox.ok(["remote", "add", "origin", &url]);
    let listed = run(&["ls-remote"], "");
    assert_eq!(listed.code(), 0, "{listed}");
    // A right to read is none to write.
    sandbox.ok(["commit-run", "-q", "-m", "acc=1"]);
    let refused = run(&["push"], "");
    assert_eq!(refused.code(), 4, "{refused}");
    assert_eq!(run(&["logout", &url], "").code(), 0);
    assert_eq!(run(&["ls-remote"], "").code(), 4);
}

#[test]
fn only_the_address_of_a_hub_takes_a_login() {
    let sandbox = Sandbox::with_store();
    for address in ["../hub", "ssh://host/x", "http://ada:secret@host", "-x"] {
        let said = with_input(&sandbox, &["login", "--password-stdin", "--", address], "secret");
        assert_eq!(said.code(), 2, "{said}");
        assert!(!said.to_string().contains("secret@"), "{said}");
    }
    let empty = with_input(&sandbox, &["login", "http://127.0.0.1:1", "--password-stdin"], "\n");
    assert_eq!(empty.code(), 2, "{empty}");
    let nobody = with_input(&sandbox, &["login", "http://127.0.0.1:1", "--password-stdin"], "x");
    assert_eq!(nobody.code(), 9, "{nobody}");
}
