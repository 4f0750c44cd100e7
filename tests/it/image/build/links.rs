//! Names of one file in a context's folder are names of one file in the image.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::beside_buildah::{Clock, files};
use super::lab::Lab;
use super::peer::Peer;
use crate::image::trees::Tree;

/// By its path, the first name of each file that has another one.
fn linked(tree: &Tree) -> BTreeMap<&str, &str> {
    let other = tree.iter().filter(|(path, seen)| **path != seen.same);
    other.map(|(path, seen)| (path.as_str(), seen.same.as_str())).collect()
}

fn link(context: &Path, from: &str, to: &str) {
    fs::hard_link(context.join(from), context.join(to)).unwrap();
}

#[test]
fn hard_links_of_a_folder_stay_links_and_are_read_once_more_only_when_they_change() {
    let Some(lab) = Lab::new("hard links of a context") else { return };
    let context = lab.context("x", "FROM base\nCOPY in /in\nCOPY in/a in/d/b /two/\n");
    lab.sandbox.write("x/in/a", "one and the same");
    lab.sandbox.write("x/in/large", vec![7; 3 << 20]);
    lab.sandbox.write("x/in/d/x", "left out");
    lab.sandbox.write("x/.dockerignore", "in/d/x\n");
    for (from, to) in [("in/a", "in/d/b"), ("in/large", "in/d/large"), ("in/d/x", "in/y")] {
        link(&context, from, to);
    }
    lab.sandbox.ok(["build", "-t", "x", "x"]);
    let built = lab.read("x");
    let expected = BTreeMap::from([("in/d/b", "in/a"), ("in/large", "in/d/large")]);
    assert_eq!(linked(&built.tree), expected);
    let again = lab.sandbox.mls(["build", "-t", "x", "--progress", "plain", "x"]);
    assert_eq!(again.stderr().matches("CACHED").count(), 2, "{again}");
    // The same content as two files is another layer.
    fs::remove_file(context.join("in/d/b")).unwrap();
    lab.sandbox.write("x/in/d/b", "one and the same");
    lab.sandbox.ok(["build", "-t", "x", "x"]);
    assert_eq!(linked(&lab.read("x").tree), BTreeMap::from([("in/large", "in/d/large")]));
}

#[test]
fn hard_links_of_a_folder_are_those_of_buildah() {
    let what = "hard links beside buildah";
    let Some(lab) = Lab::new(what) else { return };
    let Some(peer) = Peer::new(&lab, what) else { return };
    let context = lab.context("x", "FROM base\nCOPY in /in\nADD in/d /more/\n");
    for name in ["a", "d/c", "d/z"] {
        lab.sandbox.write(format!("x/in/{name}"), name);
    }
    for (from, to) in [("in/a", "in/d/b"), ("in/d/c", "in/d/0"), ("in/d/c", "in/e")] {
        link(&context, from, to);
    }
    // buildah rounds times.
    let old = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
    for name in ["in/a", "in/d/c", "in/d/z", "in/d", "in"] {
        fs::File::open(context.join(name)).unwrap().set_times(old).unwrap();
    }
    let begun = Clock::now();
    lab.sandbox.ok(["build", "-t", "x", "x"]);
    let theirs = peer.build(&context.join("Dockerfile"), &context, &[]).unwrap();
    let mut found = files(&lab.read("x"), &theirs, begun);
    found.retain(|line| !line.starts_with("root") && !line.starts_with("made folder"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
