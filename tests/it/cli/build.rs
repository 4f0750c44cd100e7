//! `build`, from a Dockerfile to an image: with a static busybox as all there is in it.

use std::fs;
use std::io::Write as _;

use crate::support::Sandbox;

const DOCKERFILE: &str = r#"FROM scratch AS tool
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
FROM tool AS make
RUN mkdir -p /out/sub && echo built > /out/sub/file && ln -s sub/file /out/link
RUN --mount=type=secret,id=s test "$(wc -c < /run/secrets/s)" = 15
FROM scratch
COPY --from=make /out /data
COPY <<END /word
text
END
ENV A=1
CMD ["/data/link"]
"#;

/// Returns a sandbox with a context to build in, or says why there is none.
fn context(test: &str) -> Option<Sandbox> {
    let Some(busybox) = crate::container::busybox() else {
        let _ = writeln!(std::io::stdout(), "skipped: {test}: no static busybox");
        return None;
    };
    let sandbox = Sandbox::with_store();
    fs::copy(busybox, sandbox.path().join("busybox")).unwrap();
    fs::write(sandbox.path().join("Dockerfile"), DOCKERFILE).unwrap();
    fs::write(sandbox.path().join("s"), "hidden-from-all").unwrap();
    Some(sandbox)
}

const BUILD: [&str; 6] = ["build", "-t", "x:1", "--secret", "id=s,src=s", "."];

#[test]
fn a_dockerfile_becomes_an_image_and_the_same_again_runs_nothing() {
    let Some(sandbox) = context("build") else { return };
    let first = sandbox.mls(BUILD);
    assert_eq!(first.code(), 0, "{}", first.stderr());
    let id = first.stdout();
    sandbox.ok(["checkout", "x:1", "out"]);
    let read = |name: &str| fs::read_to_string(sandbox.path().join("out").join(name)).unwrap();
    assert_eq!((read("data/sub/file").as_str(), read("word").as_str()), ("built\n", "text\n"));
    let link = fs::read_link(sandbox.path().join("out/data/link")).unwrap();
    assert_eq!(link.to_str(), Some("sub/file"));
    let again = sandbox.mls(BUILD);
    assert_eq!((again.code(), again.stdout()), (0, id));
    assert!(!again.stderr().contains("DONE"), "{}", again.stderr());
    assert!(again.stderr().contains("CACHED"), "{}", again.stderr());
}

#[test]
fn d08_a_secret_is_in_no_history_and_in_no_log() {
    let Some(sandbox) = context("secrets of builds") else { return };
    let built = sandbox.mls(BUILD);
    assert_eq!(built.code(), 0, "{}", built.stderr());
    let mut told = format!("{}{}", built.stdout(), built.stderr());
    for command in [&["history", "--no-trunc", "x:1"][..], &["inspect", "x:1"], &["log"]] {
        told.push_str(&sandbox.mls(command.iter().copied()).stdout());
    }
    assert!(!told.contains("hidden-from-all"), "{told}");
}

#[test]
fn a_step_that_fails_is_named_and_moves_no_tag() {
    let Some(sandbox) = context("failing builds") else { return };
    let wrong = DOCKERFILE.replace("echo built", "echo so long; exit 7; echo built");
    fs::write(sandbox.path().join("Dockerfile"), wrong).unwrap();
    let failed = sandbox.mls(BUILD);
    assert_eq!(failed.code(), 1);
    assert!(failed.stderr().contains("Dockerfile:5: `RUN mkdir"), "{}", failed.stderr());
    assert!(failed.stderr().contains("so long"), "{}", failed.stderr());
    assert_eq!(sandbox.mls(["inspect", "x:1"]).code(), 5);
}
