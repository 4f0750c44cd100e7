//! Dockerfiles that mean ill: every one is read, or refused with its line, in time that its length explains.

use std::time::{Duration, Instant};

use mls::image::dockerfile::vars::{Style, expand};
use mls::image::dockerfile::{Error, File, parse};

/// A debug build on a busy machine takes its time; what is not linear takes minutes.
const PATIENCE: Duration = Duration::from_secs(20);

fn soon(text: &[u8]) -> Result<File, Error> {
    let begin = Instant::now();
    let read = parse(text);
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    read
}

#[test]
fn d09_a_line_of_a_gigabyte_is_refused_at_once() {
    // Zeros that are never touched take no memory.
    let text = vec![0; 1 << 30];
    let begin = Instant::now();
    let error = parse(&text).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    assert_eq!((error.line, error.column), (1, 1));
    assert_eq!(error.reason, "a Dockerfile of 1073741824 bytes; at most 16777216 are read");
}

#[test]
fn d09_a_line_as_long_as_a_file_may_be_is_read() {
    let long = format!("FROM a\nRUN {}\n", "x".repeat(16 << 20))[..16 << 20].to_owned();
    assert_eq!(soon(long.as_bytes()).unwrap().stages.len(), 1);
}

#[test]
fn d09_a_hundred_thousand_stages_are_read() {
    let text: String =
        (0..100_000_u32).map(|n| format!("FROM s{} AS s{n}\n", n.saturating_sub(1))).collect();
    assert_eq!(soon(text.as_bytes()).unwrap().stages.len(), 100_000);
}

#[test]
fn d09_variables_a_hundred_thousand_deep_are_replaced() {
    let depth = 100_000;
    for (open, shut) in [("${a:-", "}"), ("${a:-x", "y}"), ("${a:-\"", "\"}")] {
        let word = format!("{}x{}", open.repeat(depth), shut.repeat(depth));
        let begin = Instant::now();
        let expanded = expand(&word, Style::word('\\'), &|_| None).unwrap();
        assert!(expanded.text.len() <= 1 + 2 * depth);
        let fault = expand(&open.repeat(depth), Style::word('\\'), &|_| None).unwrap_err();
        assert!(fault.reason.contains("no `}`") || fault.reason.contains("not closed"));
        assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    }
}

#[test]
fn d09_a_million_sources_are_read() {
    let text = format!("FROM a\nCOPY {} /x/\n", "a ".repeat(1_000_000));
    assert_eq!(soon(text.as_bytes()).unwrap().stages[0].instructions.len(), 1);
}

#[test]
fn d09_a_million_lines_that_go_on_are_read() {
    let text = format!("FROM a\nRUN x {}\n", "\\\n# c\n\\\n".repeat(500_000));
    assert_eq!(soon(text.as_bytes()).unwrap().stages[0].instructions.len(), 1);
}

#[test]
fn d09_brackets_without_end_are_a_line_for_the_shell() {
    let text = format!("FROM a\nRUN {}\n", "[".repeat(1_000_000));
    assert_eq!(soon(text.as_bytes()).unwrap().stages[0].instructions.len(), 1);
}

#[test]
fn d09_onbuild_of_onbuild_is_refused_however_deep() {
    let text = format!("FROM a\n{}RUN x\n", "ONBUILD ".repeat(100_000));
    let error = soon(text.as_bytes()).unwrap_err();
    assert_eq!((error.line, error.column), (2, 9));
    assert_eq!(error.reason, "ONBUILD may not stand behind ONBUILD");
}

#[test]
fn d09_many_heredocs_are_read_and_one_without_end_is_told() {
    let openings: String = (0..20_000).map(|n| format!(" <<E{n}")).collect();
    let bodies: String = (0..20_000).map(|n| format!("x\nE{n}\n")).collect();
    let text = format!("FROM a\nCOPY{openings} /x/\n{bodies}");
    assert!(soon(text.as_bytes()).is_ok());
    let error = soon(b"FROM a\nRUN echo <<EOF\nhello\nEO\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 10));
    assert_eq!(error.reason, "no line `EOF` ends the heredoc that begins here");
}

#[test]
fn d09_bytes_that_are_no_text_are_told_with_their_place() {
    let error = parse(b"FROM a\r\nRUN echo \0 x\r\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 10));
    assert_eq!(error.reason, "a NUL byte");
    let error = parse(b"FROM a\nRUN echo \xff\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 10));
    assert!(parse(b"# \xff\0\nFROM a\n").is_ok());
}

#[test]
fn d05_options_that_nobody_knows_are_refused_with_their_line() {
    for (flag, reason) in [
        ("--privileged", "RUN has no flag `--privileged`"),
        (
            "--mount=type=bind,target=/x,bind-propagation=shared",
            "a mount has no `bind-propagation`",
        ),
        ("--mount=type=bind,target=/x,z", "a mount has no `z`"),
        ("--mount=type=bind,target=/x,relabel=shared", "a mount has no `relabel`"),
        (
            "--mount=target=/x,type=devpts",
            "the type of a mount is bind, cache, tmpfs, secret or ssh, not `devpts`",
        ),
        ("--mount=type=secret,id=a,from=x", "a secret mount has no `from`"),
        ("--mount=type=bind,target=/x,uid=0", "a bind mount has no `uid`"),
        ("--mount=type=cache,target=/x,uid=-1", "`uid` is a number, not `-1`"),
        ("--mount=type=cache,target=/x,mode=+755", "`mode` is an octal number, not `+755`"),
        (
            "--mount=from=$x,target=/x",
            "`from` of a mount takes no variable; name a stage `FROM $… AS name` and mount that",
        ),
        ("--network=container:x", "`--network` is `default`, `none` or `host`, not `container:x`"),
        ("--security=off", "`--security` is `sandbox` or `insecure`, not `off`"),
        ("--network=none --network=host", "the flag `--network` stands here twice"),
        ("--mount", "`--mount` needs a value: `--mount=…`"),
    ] {
        let error = parse(format!("FROM a\n\nRUN {flag} x\n").as_bytes()).unwrap_err();
        assert_eq!((error.line, error.reason.as_str()), (3, reason), "{flag}");
    }
}

#[test]
fn d07_a_foreign_front_end_is_known_for_what_it_is() {
    let foreign =
        |text: &str| parse(text.as_bytes()).unwrap().directives.foreign().map(str::to_owned);
    for ours in [
        "docker/dockerfile:1",
        "docker/dockerfile:1.7-labs",
        "docker.io/docker/dockerfile",
        "docker/dockerfile-upstream:master",
        "docker/dockerfile@sha256:00",
    ] {
        assert_eq!(foreign(&format!("# syntax={ours}\nFROM a\n")), None, "{ours}");
    }
    assert_eq!(
        foreign("#syntax = evil/frontend:1 --x\nFROM a\n").as_deref(),
        Some("evil/frontend:1")
    );
    assert_eq!(
        foreign("\u{feff}#!/usr/bin/build\n# SYNTAX=evil\nFROM a\n").as_deref(),
        Some("evil")
    );
    assert_eq!(foreign("// syntax=evil\nFROM a\n").as_deref(), Some("evil"));
    assert_eq!(foreign("# a comment\n# syntax=evil\nFROM a\n"), None);
    let error = parse(br#"{"syntax": "evil/front", "x": 1}"#).unwrap_err();
    assert_eq!(
        error.reason,
        "the file is written for the front end `evil/front`, which is not fetched"
    );
}
