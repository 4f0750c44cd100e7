//! The tools that people push and pull with, against a hub of this program.

use std::process::Command;

use mls::server::token::{self, Keys};
use mls::server::{Options, Right};

use crate::support::{Sandbox, Served};

/// Tells whether a program is installed; says so where it is not.
pub(crate) fn there(program: &str) -> bool {
    let there =
        Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    if !there {
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), "skipped: {program} is not installed");
    }
    there
}

/// Runs a program, which must succeed; returns its stdout.
pub(crate) fn run(sandbox: &Sandbox, program: &str, args: &[&str]) -> String {
    let out = sandbox.program(program).args(args).output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{program} {args:?}: {stdout}{stderr}");
    stdout.trim().to_owned()
}

/// Makes an image `train:1` of a few files in the store of `sandbox`.
pub(crate) fn image(sandbox: &Sandbox) {
    sandbox.write("root/etc/motd", "hello\n");
    let large: Vec<u8> = (0..3_000_000_u32)
        .map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    sandbox.write("root/data/large", large);
    run(sandbox, "tar", &["-C", "root", "-cf", "root.tar", "."]);
    sandbox.ok(["import", "image", "root.tar", "train:1", "--change", "CMD [\"/bin/true\"]"]);
}

#[test]
fn skopeo_pushes_and_pulls_with_the_same_digest() {
    if !there("skopeo") {
        return;
    }
    let (served, sandbox) = (Served::new(), Sandbox::with_store());
    image(&sandbox);
    sandbox.ok(["save", "--format", "oci-archive", "train:1", "-o", "train.tar"]);
    let port = served.connect().peer_addr().unwrap().port();
    let name = format!("docker://127.0.0.1:{port}/team/train:1");
    run(
        &sandbox,
        "skopeo",
        &[
            "copy",
            "--insecure-policy",
            "--preserve-digests",
            "--dest-tls-verify=false",
            "oci-archive:train.tar",
            &name,
        ],
    );
    run(
        &sandbox,
        "skopeo",
        &[
            "copy",
            "--insecure-policy",
            "--preserve-digests",
            "--src-tls-verify=false",
            &name,
            "oci-archive:back.tar",
        ],
    );
    let digest =
        |archive: &str| run(&sandbox, "skopeo", &["inspect", "--format", "{{.Digest}}", archive]);
    assert_eq!(digest("oci-archive:train.tar"), digest("oci-archive:back.tar"));
    let tags =
        run(&sandbox, "skopeo", &["list-tags", "--tls-verify=false", name.trim_end_matches(":1")]);
    assert!(tags.contains("\"1\""), "{tags}");
    // Packed on its way, as podman and docker do it: what comes back is what was pushed.
    let packed = format!("docker://127.0.0.1:{port}/team/train:2");
    run(
        &sandbox,
        "skopeo",
        &[
            "copy",
            "--insecure-policy",
            "--dest-tls-verify=false",
            "--dest-compress",
            "--format",
            "v2s2",
            "oci-archive:train.tar",
            &packed,
        ],
    );
    run(
        &sandbox,
        "skopeo",
        &[
            "copy",
            "--insecure-policy",
            "--src-tls-verify=false",
            &packed,
            "docker-archive:packed.tar:train:2",
        ],
    );
    let loaded = sandbox.ok(["load", "-i", "packed.tar"]);
    assert!(loaded.contains("train:2"), "{loaded}");
}

#[test]
fn a_token_is_the_password_of_a_login() {
    if !there("skopeo") {
        return;
    }
    let served = Served::with(Options { keys: Some(Keys::Stored), ..Options::default() });
    let writes = token::add(&served.store(), "writer", Right::Write, None).unwrap().1;
    let reads = token::add(&served.store(), "reader", Right::Read, None).unwrap().1;
    let sandbox = Sandbox::with_store();
    image(&sandbox);
    sandbox.ok(["save", "--format", "oci-archive", "train:1", "-o", "train.tar"]);
    let port = served.connect().peer_addr().unwrap().port();
    let name = format!("docker://127.0.0.1:{port}/train:1");
    let copy = |creds: &str| {
        let args = [
            "copy",
            "--insecure-policy",
            "--dest-tls-verify=false",
            "--dest-creds",
            creds,
            "oci-archive:train.tar",
            &name,
        ];
        sandbox.program("skopeo").args(args).output().unwrap().status.success()
    };
    assert!(!copy("ada:wrong"));
    assert!(!copy(&format!("ada:{}", reads.reveal())));
    assert!(copy(&format!("ada:{}", writes.reveal())));
    let host = format!("127.0.0.1:{port}");
    let login = [
        "login",
        "--tls-verify=false",
        "--authfile",
        "auth.json",
        "-u",
        "ada",
        "-p",
        reads.reveal(),
        &host,
    ];
    run(&sandbox, "skopeo", &login);
    run(&sandbox, "skopeo", &["inspect", "--tls-verify=false", "--authfile", "auth.json", &name]);
    let refused = served.get("/v2/");
    assert_eq!(refused.status, 401);
    let ways: Vec<&str> = refused
        .headers
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .map(|(_, way)| way.as_str())
        .collect();
    assert_eq!(
        ways,
        ["Bearer realm=\"http://localhost/v2/token\",service=\"mls\"", "Basic realm=\"mls\""]
    );
    assert_eq!(refused.json()["errors"][0]["code"], "UNAUTHORIZED");
}
