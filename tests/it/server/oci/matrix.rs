//! Skopeo, podman and buildah push to a hub and pull from it, with TLS and without, with a token and without.

use std::process::Command;

use mls::server::token::{self, Keys};
use mls::server::{Certificate, Options, Right};

use super::tools::{image, run, there};
use crate::support::{Sandbox, Served};

/// A hub, and how tools are told to reach it.
pub(crate) struct Hub {
    served: Served,
    /// What `--tls-verify` and `--cert-dir` are for this one.
    flags: Vec<String>,
    secret: Option<String>,
    _folder: tempfile::TempDir,
}

impl Hub {
    pub(crate) fn start(tls: bool, auth: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.path().join("ca.crt"), folder.path().join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let dir = folder.path().join("certs");
        std::fs::create_dir(&dir).unwrap();
        std::fs::copy(&certificate, dir.join("ca.crt")).unwrap();
        let flags = match tls {
            true => vec![format!("--cert-dir={}", dir.display())],
            false => vec!["--tls-verify=false".to_owned()],
        };
        let options = Options {
            tls: tls.then_some(Certificate { certificate, key }),
            keys: auth.then_some(Keys::Stored),
            ..Options::default()
        };
        let served = Served::with(options);
        let secret = auth.then(|| {
            token::add(&served.store(), "ci", Right::Write, None).unwrap().1.reveal().to_owned()
        });
        Self { served, flags, secret, _folder: folder }
    }

    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.served.connect().peer_addr().unwrap().port())
    }

    /// Runs a tool, with its flags for this hub behind the words of the command.
    fn run(&self, sandbox: &Sandbox, program: &str, words: &[&str], rest: &[&str]) -> String {
        let top = sandbox.home().join(program).display().to_string();
        let own = [format!("--root={top}/root"), format!("--runroot={top}/run")];
        let mut args: Vec<&str> = vec![];
        if program != "skopeo" {
            args.extend(own.iter().map(String::as_str));
            args.push("--storage-driver=vfs");
        }
        args.extend(words);
        args.extend(self.flags.iter().map(String::as_str));
        args.extend(["--authfile", "auth.json"]);
        args.extend(rest);
        run(sandbox, program, &args)
    }

    fn login(&self, sandbox: &Sandbox, program: &str) {
        if let Some(secret) = &self.secret {
            self.run(sandbox, program, &["login"], &["-u", "ada", "-p", secret, &self.host()]);
        }
    }
}

fn by_skopeo(hub: &Hub, sandbox: &Sandbox) {
    hub.login(sandbox, "skopeo");
    let name = format!("docker://{}/team/skopeo:1", hub.host());
    // The flags of one side are those of the other.
    let side = |side: &str| -> Vec<String> {
        hub.flags.iter().map(|flag| format!("--{side}-{}", &flag[2..])).collect()
    };
    let copy = |side: Vec<String>, from: &str, to: &str| {
        let mut args =
            vec!["copy", "--insecure-policy", "--preserve-digests", "--authfile", "auth.json"];
        args.extend(side.iter().map(String::as_str));
        run(sandbox, "skopeo", &[&args[..], &[from, to]].concat());
    };
    copy(side("dest"), "oci-archive:train.tar", &name);
    copy(side("src"), &name, "oci-archive:back.tar");
    let digest =
        |archive: &str| run(sandbox, "skopeo", &["inspect", "--format", "{{.Digest}}", archive]);
    assert_eq!(digest("oci-archive:train.tar"), digest("oci-archive:back.tar"));
    std::fs::remove_file(sandbox.path().join("back.tar")).unwrap();
}

fn by_buildah_and_podman(hub: &Hub, sandbox: &Sandbox) {
    let name = format!("{}/team/built:1", hub.host());
    hub.login(sandbox, "buildah");
    let top = sandbox.home().join("buildah").display().to_string();
    let (root, runroot) = (format!("--root={top}/root"), format!("--runroot={top}/run"));
    let own = |args: &[&str]| {
        let all = [&[root.as_str(), &runroot, "--storage-driver=vfs"], args].concat();
        run(sandbox, "buildah", &all)
    };
    let container = own(&["from", "scratch"]);
    own(&["add", &container, "root.tar", "/"]);
    own(&["commit", "-q", &container, &name]);
    hub.run(sandbox, "buildah", &["push", "-q", "--digestfile", "pushed"], &[&name]);
    let pushed = String::from_utf8(sandbox.read("pushed")).unwrap();
    hub.login(sandbox, "podman");
    hub.run(sandbox, "podman", &["pull", "-q"], &[&name]);
    let again = format!("{}/team/again:1", hub.host());
    hub.run(sandbox, "podman", &["push", "-q", "--digestfile", "again"], &[&name, &again]);
    hub.run(sandbox, "buildah", &["pull", "-q"], &[&again]);
    // What was pushed is what the hub has, and an image of its store at once.
    let found = mls::image::catalog::resolve(&hub.served.store(), "team/built:1").unwrap();
    assert_eq!(found.image.digest.to_string(), pushed.trim());
}

#[test]
fn tools_push_and_pull_with_and_without_tls_and_tokens() {
    if !there("skopeo") {
        return;
    }
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let all = is_root && there("buildah") && there("podman");
    for (tls, auth) in [(false, false), (false, true), (true, false), (true, true)] {
        let (hub, sandbox) = (Hub::start(tls, auth), Sandbox::with_store());
        image(&sandbox);
        sandbox.write("auth.json", "{}");
        sandbox.ok(["save", "--format", "oci-archive", "train:1", "-o", "train.tar"]);
        by_skopeo(&hub, &sandbox);
        // Each of the four takes two seconds: the plainest and the strictest say most.
        if all && tls == auth {
            by_buildah_and_podman(&hub, &sandbox);
        }
    }
}
