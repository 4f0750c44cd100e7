//! `--dry-run` of the commands that bring images in and write them out.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::image::registry::tar;
use crate::support::Sandbox;
use crate::support::registry::FakeRegistry;

/// Returns all that a store holds, but for what can be made again.
fn content(sandbox: &Sandbox) -> (Vec<PathBuf>, Value, Value) {
    let mut files = vec![];
    for name in ["packs", "incoming"] {
        below(&sandbox.store().join(name), &mut files);
    }
    files.sort();
    (files, sandbox.json(["images"]), sandbox.json(["log"]))
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => below(&path, files),
            path => files.push(path),
        }
    }
}

#[test]
fn a_dry_run_of_pull_tells_what_would_come_and_brings_nothing() {
    let registry = FakeRegistry::sound();
    registry.content.image("1", &[tar("a", b"1"), tar("b", b"2")]);
    let sandbox = Sandbox::with_store();
    let name = format!("{}/team/x:1", registry.host());
    let before = content(&sandbox);
    let would = sandbox.json(["pull", "--dry-run", &name]);
    assert_eq!((&would["ref"], &would["changed"]), (&json!(name), &json!(true)), "{would}");
    assert_eq!(content(&sandbox), before);
    let layers = registry.content.count("GET", "/blobs/");
    assert_eq!(layers, 1, "the config alone says which layers there are");
    let said = sandbox.mls(["pull", "--dry-run", &name]);
    assert!(said.stderr().starts_with(&format!("Would pull `{name}`, ")), "{said}");
    assert_eq!(said.stdout().trim(), would["digest"]);
    let missing = format!("{}/team/x:2", registry.host());
    assert_eq!(sandbox.mls(["pull", "--dry-run", &missing]).code(), 5);
    assert_eq!(sandbox.json(["pull", &name]), would, "as it was told");
    let said = sandbox.mls(["pull", "--dry-run", &name]);
    assert_eq!(said.stderr(), format!("`{name}` is up to date.\n"));
    // The same content under another name: nothing to fetch, and a name to move.
    let again = format!("{}/team/y:1", registry.host());
    let would = sandbox.json(["pull", "--dry-run", &again]);
    assert_eq!((&would["changed"], &would["received_bytes"]), (&json!(true), &json!(0)));
    registry.content.image("1", &[tar("a", b"1"), tar("b", b"3")]);
    let before = content(&sandbox);
    let would = sandbox.json(["pull", "--dry-run", &name]);
    assert_eq!(content(&sandbox), before);
    assert_eq!(sandbox.json(["pull", &name]), would);
}

#[test]
fn a_dry_run_of_load_import_and_save_changes_nothing_and_foresees_refusals() {
    let sandbox = Sandbox::with_store();
    sandbox.write("root.tar", tar("etc/motd", b"hello"));
    let empty = content(&sandbox);
    let would = sandbox.json(["import", "image", "--dry-run", "root.tar", "base:1"]);
    assert_eq!(would["ref"], "base:1");
    let said = sandbox.mls(["import", "image", "root.tar", "base:1", "--dry-run"]);
    assert_eq!(said.stderr(), "Would make the image `base:1`.\n");
    assert_eq!(content(&sandbox), empty);
    sandbox.ok(["import", "image", "root.tar", "base:1"]);
    for form in ["docker-archive", "oci-archive"] {
        let said = sandbox.mls(["save", "--format", form, "base:1", "-o", form, "--dry-run"]);
        assert_eq!((said.code(), said.stdout().as_str()), (0, ""), "{said}");
        assert!(!sandbox.path().join(form).exists());
        sandbox.ok(["save", "--format", form, "base:1", "-o", form]);
        let size = sandbox.path().join(form).metadata().unwrap().len();
        let size = mls::base::size::human(size);
        assert_eq!(said.stderr(), format!("Would write {size} to `{form}`.\n"));
    }
    let said = sandbox.mls(["save", "--dry-run", "base:1"]);
    assert_eq!(said.stdout(), "", "no archive where none was asked for");
    for (words, code) in [
        ("save none:1 -o x.tar", 5),
        ("save base:1 -o nowhere/x.tar", 5),
        ("save base:1 --format oci-layout -o .mlstore", 3),
        ("save base:1 --format oci-layout -o layout", 0),
        ("load -i none.tar", 5),
        ("load -i root.tar", 6),
        ("import image none.tar x:1", 5),
        ("import image docker-archive x@sha256:00", 2),
    ] {
        let said = sandbox.mls(words.split(' ').chain(["--dry-run"]));
        assert_eq!(said.code(), code, "{words}: {said}");
    }
    assert!(!sandbox.path().join("layout").exists());
    loads(&sandbox);
}

/// Archives are read to their end, and what is damaged shows.
fn loads(sandbox: &Sandbox) {
    let other = Sandbox::with_store();
    let archive = |name: &str| sandbox.path().join(name).to_str().unwrap().to_owned();
    let empty = content(&other);
    for form in ["docker-archive", "oci-archive"] {
        let path = archive(form);
        let said = other.mls(["load", "--dry-run", "-i", &path]);
        assert_eq!(said.stdout(), "Would load image: base:1\n", "{said}");
        let would = other.json(["load", "--dry-run", "-i", &path]);
        assert_eq!(content(&other), empty);
        assert_eq!(Sandbox::with_store().json(["load", "-i", &path]), would, "as it was told");
    }
    let mut bytes = sandbox.read("oci-archive");
    let at = bytes.windows(5).position(|part| part == b"hello").unwrap();
    bytes[at] ^= 1;
    let path = sandbox.write("damaged", bytes);
    let said = other.mls(["load", "--dry-run", "-i", path.to_str().unwrap()]);
    assert_eq!(said.code(), 6, "{said}");
    // Nothing of a file that is something else is shown.
    let path = sandbox.write("letter", "To whom it may concern. ".repeat(100));
    let said = other.mls(["load", "-i", path.to_str().unwrap()]);
    assert_eq!(said.code(), 6, "{said}");
    assert!(said.stderr().contains("it is no tar archive"), "{said}");
    assert!(!said.stderr().contains("concern"), "{said}");
    assert_eq!(content(&other), empty);
}
