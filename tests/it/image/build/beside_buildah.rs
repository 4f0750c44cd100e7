//! The corpus in `fixtures/dockerfiles`, built here and by buildah: the same files, config and history, but for what
//! `fixtures/dockerfiles/buildah.txt` says, with the reason.
//!
//! A representative third is built with all other tests; all of it under `MLS_PROOF=full`, and what begins with a word
//! under `MLS_CORPUS=word`.

use std::collections::{BTreeMap, BTreeSet};

use mls::image::config::{Config, Settings};
use serde_json::Value;

use super::lab::{Built, Lab, flags, texts};
use super::peer::Peer;
use crate::image::trees::Seen;
use crate::proof::{count, tell};

const FOLDER: &str = "fixtures/dockerfiles";

/// What is known to differ.
#[derive(Debug, Default)]
struct Known {
    /// By file, `*` for any: what differs, and why.
    rows: Vec<(String, String, String)>,
    used: BTreeSet<usize>,
}

impl Known {
    /// Reads the table: `file | what | why` in each line.
    fn read() -> Self {
        let path = format!("{}/{FOLDER}/buildah.txt", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rows = lines.map(|line| {
            let mut parts = line.splitn(3, " | ").map(|part| part.trim().to_owned());
            let mut next = || parts.next().unwrap_or_else(|| panic!("three parts: {line}"));
            (next(), next(), next())
        });
        Self { rows: rows.collect(), used: BTreeSet::new() }
    }

    fn has(&mut self, file: &str, difference: &str) -> bool {
        let found = self.rows.iter().position(|(name, what, _)| {
            (name == "*" || name == file) && difference.starts_with(what.as_str())
        });
        self.used.extend(found);
        found.is_some()
    }

    /// Returns the rows that nothing needed.
    fn idle(&self) -> Vec<&str> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(at, _)| !self.used.contains(at)).map(|(_, row)| row.0.as_str()).collect()
    }
}

#[test]
fn proof_images_of_the_corpus_are_as_buildah_makes_them() {
    let what = "the corpus beside buildah";
    let Some(lab) = Lab::new(what) else { return };
    let Some(peer) = Peer::new(&lab, what) else { return };
    let context = lab.path().join("context");
    // Of a time that has no fractions: buildah rounds them.
    let script = "cp -r \"$0\" \"$1\" && find \"$1\" -exec touch -d 2026-01-02T03:04:05Z {} +";
    let copied = std::process::Command::new("sh")
        .args(["-euc", script, &format!("{}/{FOLDER}/context", env!("CARGO_MANIFEST_DIR"))])
        .arg(&context)
        .status();
    assert!(copied.unwrap().success());
    let begun = Clock::now();
    let twins = texts(&format!("{FOLDER}/buildah"), "dockerfile");
    let wanted = std::env::var("MLS_CORPUS").unwrap_or_default();
    let step = count(1, if wanted.is_empty() { 3 } else { 1 });
    let mut known = Known::read();
    let mut wrong = vec![];
    let mut compared = 0;
    for (name, (path, text)) in texts(FOLDER, "dockerfile").into_iter().step_by(step) {
        if !name.starts_with(&wanted) {
            continue;
        }
        let flags = flags(&text);
        let built = lab.sandbox.mls(
            ["build", "-t", &name, "-f", path.to_str().unwrap()]
                .into_iter()
                .chain(flags.iter().map(String::as_str))
                .chain(["context"]),
        );
        let twin = twins.get(&name).map_or(&path, |(path, _)| path);
        let theirs = peer.build(twin, &context, &flags);
        let mut found = match (built.code(), theirs) {
            (0, Ok(theirs)) => {
                compared += 1;
                differences(&lab.read(&name), &theirs, begun)
            }
            (0, Err(said)) => vec![format!("not built by buildah: {}", last(&said))],
            (_, Err(_)) => vec!["built by neither".to_owned()],
            (_, Ok(_)) => vec![format!("not built: {}", built.stderr())],
        };
        if twins.contains_key(&name) {
            found.retain(|line| !line.starts_with("history"));
        }
        found.retain(|line| !known.has(&name, line));
        wrong.extend(found.into_iter().map(|line| format!("{name} | {line}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    if step == 1 && wanted.is_empty() {
        assert_eq!(known.idle(), Vec::<&str>::new(), "rows that no file needs");
    }
    tell(&format!("proof: images compared with buildah's: {compared}, files and configs the same"));
}

pub(super) struct Clock;

impl Clock {
    /// Returns seconds since 1970, as files have them.
    pub(super) fn now() -> i64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_secs() as i64 - 1
    }
}

fn last(said: &str) -> &str {
    said.trim_end().lines().last().unwrap_or_default()
}

/// Says where ours differs from theirs.
fn differences(ours: &Built, theirs: &Built, begun: i64) -> Vec<String> {
    let mut found = files(ours, theirs, begun);
    found.extend(settings(&ours.config.config, &theirs.config.config));
    let (a, b) = (history(&ours.config), history(&theirs.config));
    if a != b {
        found.push(format!("history {a:?} / {b:?}"));
    }
    if ours.config.author != theirs.config.author {
        found.push(format!("author {:?} / {:?}", ours.config.author, theirs.config.author));
    }
    found
}

pub(super) fn files(ours: &Built, theirs: &Built, begun: i64) -> Vec<String> {
    let mut found = vec![];
    let paths: BTreeSet<&String> = ours.tree.keys().chain(theirs.tree.keys()).collect();
    for path in paths {
        match (ours.tree.get(path), theirs.tree.get(path)) {
            (Some(a), Some(b)) => found.extend(file(path, a, b, begun)),
            (Some(_), None) => found.push(format!("file {path}: ours only")),
            (None, _) => found.push(format!("file {path}: theirs only")),
        }
    }
    found
}

/// A time that is that of the build itself.
const OF_BUILD: &str = "of the build";

fn file(path: &str, a: &Seen, b: &Seen, begun: i64) -> Vec<String> {
    // What the build itself made has the time at which it did.
    let time = |seen: &Seen| match seen.mtime.0 >= begun {
        true => OF_BUILD.to_owned(),
        false => seen.mtime.0.to_string(),
    };
    let facts = |seen: &Seen| {
        BTreeMap::from([
            ("kind", seen.kind.to_owned()),
            ("mode", format!("{:o}", seen.mode)),
            ("owner", format!("{}:{}", seen.owner.0, seen.owner.1)),
            ("content", seen.content.clone()),
            ("link", seen.same.clone()),
            ("time", time(seen)),
            ("xattrs", seen.xattrs.join(" ")),
        ])
    };
    let (a, b) = (facts(a), facts(b));
    let differing = a.iter().filter(|(fact, value)| b[*fact] != **value);
    differing
        .map(|(fact, value)| {
            let what = match (path, *fact, a["kind"].as_str()) {
                ("", "mode" | "time", _) => "root".to_owned(),
                (_, "time", "folder") if b["time"] == OF_BUILD => format!("made folder {path}"),
                _ => format!("file {path}"),
            };
            format!("{what}: {fact} {value} / {}", b[fact])
        })
        .collect()
}

fn settings(ours: &Settings, theirs: &Settings) -> Vec<String> {
    let value = |settings: &Settings| match serde_json::to_value(settings).unwrap() {
        Value::Object(mut map) => {
            map.retain(|_, value| *value != Value::Array(vec![]));
            map
        }
        other => panic!("{other}"),
    };
    let (a, b) = (value(ours), value(theirs));
    let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let differing = keys.into_iter().filter(|key| a.get(*key) != b.get(*key));
    let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    differing
        .map(|key| format!("config {key}: {} / {}", show(a.get(key)), show(b.get(key))))
        .collect()
}

/// The instructions of a history, however they are told: `RUN /bin/sh -c x # buildkit`, `/bin/sh -c x`,
/// `/bin/sh -c #(nop) ENV A=1`.
fn history(config: &Config) -> Vec<String> {
    let told = config.history.iter().map(|step| step.created_by.clone().unwrap_or_default());
    told.map(|text| match text.split_once("#(nop) ") {
        Some((_, rest)) => word(rest),
        None if INSTRUCTIONS.contains(&word(&text).as_str()) => word(&text),
        None => "RUN".to_owned(),
    })
    .collect()
}

const INSTRUCTIONS: [&str; 16] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

fn word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_uppercase()
}
