//! The walls between the rooms: who may use whom. Loosen this table only on purpose.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Sandbox;

/// Each room, and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("store", &["base"]),
    ("remote", &["store", "base"]),
    ("container", &["base"]),
    ("image", &["container", "remote", "store", "base"]),
    ("track", &["store", "base"]),
    ("model", &["track", "image", "store", "base"]),
    ("server", &["model", "track", "image", "remote", "store", "base"]),
];

/// A file longer than this, tests left out, wants to be two.
const LONGEST_FILE: usize = 600;

#[test]
fn a_room_uses_only_the_rooms_it_may() {
    let mut wrong = vec![];
    for (room, allowed) in ROOMS {
        for file in rust_files(&folder("src").join(room)) {
            for used in rooms_named_in(&file) {
                if used != *room && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{} uses `{used}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_room_has_its_row() {
    let on_disk: BTreeSet<_> = fs::read_dir(folder("src"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "cli") // lives in main.rs, so the compiler itself keeps it out
        .collect();
    let in_table = ROOMS.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(on_disk, in_table);
}

#[test]
fn no_file_grows_into_a_hall() {
    let long: Vec<_> = rust_files(&folder("src"))
        .into_iter()
        .map(|file| (length(&file), file))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_file_says_at_its_head_what_is_in_it() {
    let silent: Vec<_> = rust_files(&folder("src"))
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap();
            let is_command = file.parent().unwrap().ends_with("commands"); // its help says it
            !is_command && name != "error.rs" && !read(file).starts_with("//!")
        })
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn completions_and_manual_pages_are_current() {
    let sandbox = Sandbox::new();
    let mut stale = vec![];
    let mut compare = |name: &str, made: &[u8]| {
        let path = folder("completions").join(name);
        if fs::read(&path).ok().as_deref() != Some(made) {
            stale.push(name.to_owned());
        }
    };
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        compare(&format!("mls.{shell}"), sandbox.mls(["completions", shell]).bytes());
    }
    sandbox.ok(["man", "pages"]);
    let made = fs::read_dir(sandbox.path().join("pages")).unwrap();
    let made: BTreeSet<_> = made.map(|page| page.unwrap().file_name()).collect();
    for page in &made {
        compare(
            &format!("man/{}", page.to_str().unwrap()),
            &sandbox.read(Path::new("pages").join(page)),
        );
    }
    let kept = fs::read_dir(folder("completions/man")).into_iter().flatten();
    let left: Vec<_> =
        kept.map(|page| page.unwrap().file_name()).filter(|page| !made.contains(page)).collect();
    assert!(stale.is_empty() && left.is_empty(), "run completions/make.sh: {stale:?} {left:?}");
}

#[test]
fn every_command_stands_in_a_group_of_the_first_page() {
    let sandbox = Sandbox::new();
    let page = sandbox.ok(["--help"]);
    let groups = ["Store:", "Runs:", "Models:", "Images:", "Containers:", "Sharing:", "Program:"];
    assert!(groups.iter().all(|group| page.contains(&format!("\n{group}\n"))), "{page}");
    sandbox.ok(["man", "pages"]);
    let manual = String::from_utf8(sandbox.read("pages/mls.1")).unwrap();
    let commands =
        manual.lines().filter_map(|line| line.strip_prefix("mls\\-")?.strip_suffix("(1)"));
    for command in commands.map(|name| name.replace('\\', "")) {
        assert!(page.contains(&format!("\n  {command} ")), "`{command}` is in no group");
    }
}

/// A test file that no `mod` names is never compiled and so never fails.
#[test]
fn no_test_file_is_forgotten() {
    let top = folder("tests/it");
    let mut forgotten = vec![];
    for file in rust_files(&top) {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let above = file.parent().unwrap();
        let (name, listed_in) = match stem {
            "main" => continue,
            "mod" => {
                (above.file_name().unwrap().to_str().unwrap(), list_of(above.parent().unwrap()))
            }
            _ => (stem, list_of(above)),
        };
        let line = format!("mod {name};");
        if !read(&listed_in).lines().any(|listed| listed.ends_with(&line)) {
            forgotten.push(format!("{} is missing in {}", file.display(), listed_in.display()));
        }
    }
    assert!(forgotten.is_empty(), "\n{}", forgotten.join("\n"));
}

/// So that the README's one command runs all of them: it asks for what has `proof` in its name.
#[test]
fn what_has_a_count_in_full_is_a_proof_by_its_name() {
    let count =
        regex::Regex::new(r"(^|[^\w.]|\.\.)(crate::proof::|proof::)?count\([\d_]+, ").unwrap();
    let mut unnamed = vec![];
    for file in rust_files(&folder("tests/it")) {
        if file.components().any(|part| part.as_os_str() == "proof") {
            continue;
        }
        let text = read(&file);
        let named = |test: &&str| test.lines().next().is_some_and(|line| line.contains("proof"));
        let tests = text.split("#[test]\nfn ").skip(1);
        let counted = tests.filter(|test| count.is_match(test.split("\n}\n").next().unwrap()));
        for test in counted.filter(|test| !named(test)) {
            unnamed.push(format!("{}: {}", file.display(), test.lines().next().unwrap()));
        }
    }
    assert!(unnamed.is_empty(), "\n{}", unnamed.join("\n"));
}

/// Returns the file that lists the modules of a folder of tests.
fn list_of(folder: &Path) -> PathBuf {
    let main = folder.join("main.rs");
    if main.exists() { main } else { folder.join("mod.rs") }
}

/// Returns the rooms that `file` names in a path such as `crate::store::Store`.
fn rooms_named_in(file: &Path) -> BTreeSet<String> {
    let text = read(file);
    let mut rooms = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for path in line.split("crate::").skip(1) {
            assert!(!path.starts_with('{'), "one `use` per room: {}: {line}", file.display());
            rooms.insert(path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
        assert!(!line.contains("super::super"), "name the room: {}: {line}", file.display());
    }
    rooms
}

fn length(file: &Path) -> usize {
    read(file).split("#[cfg(test)]\nmod ").next().unwrap().lines().count()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
