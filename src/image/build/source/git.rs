//! Repositories: one commit, checked out and kept as a layer under its name.
//!
//! What the commit is called is asked first; one that was here before is not fetched again.

use std::path::Path;

use base64::Engine as _;

use super::program::Git;
use crate::image::Error;
use crate::image::build;
use crate::image::build::cache::{self, Key};
use crate::image::build::context::{Folder, Whole, folder_state};
use crate::image::build::copy::Chmod;
use crate::image::build::ignore::Ignore;
use crate::image::build::source::{Fetching, Repository};
use crate::image::build::state::State;

/// Digits of a commit's name: SHA-1, SHA-256.
const FULL: [usize; 2] = [40, 64];

/// A secret of this name lets us in, as with BuildKit; `NAME.host` goes before it.
const TOKEN: &str = "GIT_AUTH_TOKEN";
const HEADER: &str = "GIT_AUTH_HEADER";

/// Modes do not depend on who fetches.
const MODES: &str = "u=rwX,go=rX";

/// Fetches what is meant of a repository; `secrets` may hold a token for it. Folder and commit are those of the repository.
pub fn fetch(
    fetching: &Fetching<'_>,
    repository: &Repository,
    secrets: &std::collections::BTreeMap<String, Vec<u8>>,
) -> Result<State, Error> {
    // Whatever is fetched takes its time, and a writer's folder is no dead one to gc.
    let writer = fetching.store.writer()?;
    let scratch = tempfile::Builder::new()
        .prefix("git-")
        .tempdir_in(writer.folder())
        .map_err(build::Error::io("make a folder in", fetching.store.folder()))?;
    let name = repository.name();
    let git =
        Git { fetching, folder: scratch.path(), name: &name, header: header(repository, secrets) };
    let wanted = wanted(&git, repository)?;
    let key = key(repository, wanted.commit.as_deref());
    if let Some(key) = &key
        && let Some(layer) = cache::find(fetching.store, key)?.and_then(|step| step.held())
    {
        return Ok(State { layers: vec![layer], history: vec![] });
    }
    let commit = checkout(&git, repository, &wanted)?;
    check(repository, &commit)?;
    let time = git.run(&["-C", "tree", "show", "-s", "--format=%ct", &commit])?;
    let key = super::git::key(repository, Some(&commit)).expect("the commit is known");
    let ignore = match repository.keep_git_dir {
        Some(true) => vec![],
        _ => vec![".git", "**/.git"],
    };
    let ignore = Ignore::new(ignore).map_err(build::Error::from)?;
    let folder = Folder::open(fetching.store, &scratch.path().join("tree"), ignore)?;
    let whole = Whole {
        path: repository.folder.as_deref().unwrap_or("."),
        place: &format!("the repository `{name}`"),
        chmod: Chmod::parse(MODES),
        epoch: time.trim().parse().ok(),
        key: Some(key),
    };
    folder_state(fetching.store, &folder, &whole, fetching.progress)
}

/// What is to be fetched.
struct Wanted {
    /// As the server calls it; a commit where it was written so.
    reference: String,
    /// Nothing where only the beginning of its name is known.
    commit: Option<String>,
}

fn is_commit(text: &str) -> bool {
    FULL.contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}

fn key(repository: &Repository, commit: Option<&str>) -> Option<crate::base::Digest> {
    let mut key = Key::new("git");
    key.text(commit?);
    let Repository { url, folder, keep_git_dir, submodules, .. } = repository;
    key.value(&(url, folder, keep_git_dir, submodules));
    Some(key.finish())
}

/// Asks which commit is meant.
fn wanted(git: &Git<'_>, repository: &Repository) -> Result<Wanted, Error> {
    let reference = repository.reference.as_deref().unwrap_or("HEAD");
    if is_commit(reference) {
        let commit = reference.to_ascii_lowercase();
        return Ok(Wanted { reference: commit.clone(), commit: Some(commit) });
    }
    let mut names = vec![reference.to_owned()];
    if !reference.starts_with("refs/") && reference != "HEAD" {
        names = vec![format!("refs/tags/{reference}"), format!("refs/heads/{reference}")];
    }
    let peeled: Vec<String> = names.iter().map(|name| format!("{name}^{{}}")).collect();
    let mut arguments = vec!["ls-remote", "--quiet", "--", &repository.url];
    arguments.extend(names.iter().chain(&peeled).map(String::as_str));
    let said = git.run(&arguments)?;
    let listed: Vec<(&str, &str)> = said
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, name)| (name, id))
        .collect();
    let find = |name: &str| listed.iter().find(|(listed, _)| *listed == name).map(|(_, id)| *id);
    for name in names {
        // A tag may be an object of its own; behind it stands the commit.
        if let Some(commit) = find(&format!("{name}^{{}}")).or_else(|| find(&name)) {
            let commit = Some(commit.to_owned()).filter(|commit| is_commit(commit));
            return Ok(Wanted { reference: name, commit });
        }
    }
    Ok(Wanted { reference: reference.to_owned(), commit: None })
}

/// Fetches and checks out into `tree`; returns the commit.
fn checkout(git: &Git<'_>, repository: &Repository, wanted: &Wanted) -> Result<String, Error> {
    git.run(&["init", "--quiet", "--template=", "tree"])?;
    let url = &repository.url;
    git.run(&["-C", "tree", "remote", "add", "--", "origin", url])?;
    let known = wanted.commit.is_some();
    let shallow =
        ["-C", "tree", "fetch", "--quiet", "--no-tags", "--depth=1", "--", url, &wanted.reference];
    let meant = match known && git.run(&shallow).is_ok() {
        true => "FETCH_HEAD".to_owned(),
        // Not every server gives a part of its history, or any commit.
        false => {
            let all = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
            git.run(&["-C", "tree", "fetch", "--quiet", "--", url, all[0], all[1]])?;
            wanted.commit.clone().unwrap_or_else(|| wanted.reference.clone())
        }
    };
    let commit = format!("{meant}^{{commit}}");
    let found =
        git.run(&["-C", "tree", "rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
    let commit = found.map_err(|_| build::Error::Git {
        repository: git.name.to_owned(),
        reason: format!("there is no `{}`", wanted.reference),
    })?;
    let commit = commit.trim().to_owned();
    git.run(&["-C", "tree", "checkout", "--quiet", "--detach", "--force", &commit])?;
    if repository.submodules != Some(false) && git.folder.join("tree/.gitmodules").is_file() {
        submodules(git)?;
    }
    tidy(&git.folder.join("tree/.git"));
    Ok(commit)
}

fn submodules(git: &Git<'_>) -> Result<(), Error> {
    let update =
        ["-C", "tree", "submodule", "--quiet", "update", "--init", "--recursive", "--force"];
    let shallow: Vec<&str> = update.iter().copied().chain(["--depth=1"]).collect();
    match git.run(&shallow) {
        Ok(_) => Ok(()),
        Err(_) => git.run(&update).map(drop),
    }
}

/// Removes what says when and how was fetched, where it is kept.
fn tidy(git_dir: &Path) {
    for name in ["FETCH_HEAD", "ORIG_HEAD", "logs", "index"] {
        let path = git_dir.join(name);
        // What stays does no harm.
        let _ =
            if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

/// Holds the commit against what it must begin with.
fn check(repository: &Repository, commit: &str) -> Result<(), Error> {
    match repository.commit.as_deref().filter(|expected| !commit.starts_with(expected)) {
        Some(expected) => Err(build::Error::Checksum {
            address: repository.name(),
            expected: expected.to_owned(),
            found: commit.to_owned(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Returns the header that lets us in, and the address it is for: no other server sees it.
fn header(
    repository: &Repository,
    secrets: &std::collections::BTreeMap<String, Vec<u8>>,
) -> Option<(String, String)> {
    let (scheme, rest) = repository.url.split_once("://")?;
    let host = rest.split('/').next()?;
    if !matches!(scheme, "http" | "https") || host.contains('@') {
        return None;
    }
    let secret = |name: &str| {
        let value = secrets.get(&format!("{name}.{host}")).or_else(|| secrets.get(name))?;
        Some(String::from_utf8_lossy(value).trim().to_owned())
    };
    let value = secret(HEADER).or_else(|| {
        let token = format!("x-access-token:{}", secret(TOKEN)?);
        Some(format!("basic {}", base64::engine::general_purpose::STANDARD.encode(token)))
    })?;
    Some((format!("{scheme}://{host}/"), format!("Authorization: {value}")))
}
