//! The code: commit, branch, remote and what is not committed, as a patch that `git apply` takes.

use std::path::{Path, PathBuf};

use git2::{Delta, Diff, DiffDelta, DiffOptions, ErrorCode, Patch, Repository};

use crate::track::Code;

/// An untracked file that is larger is data rather than code.
const UNTRACKED_FILE: u64 = 1 << 20;
const UNTRACKED_TOTAL: u64 = 10 << 20;
/// A changed file that is larger would be read into memory whole.
const TRACKED_FILE: u64 = 4 << 20;
/// The patch is one object of the store.
const PATCH: usize = 15 << 20;

/// What git says of a folder; `warnings` tells what could not be found out or was left out.
#[derive(Debug, Default)]
pub struct State {
    /// Without the patch, which is no object of a store so far.
    pub code: Option<Code>,
    pub patch: Vec<u8>,
    pub warnings: Vec<String>,
}

/// Describes the repository around `folder`. No repository is no warning, and a broken one is no failure.
///
/// `store` is never part of the patch.
pub fn capture(folder: &Path, store: &Path) -> State {
    let mut state = State::default();
    match Repository::discover(folder) {
        Ok(repository) => describe(&repository, store, &mut state),
        Err(error) if error.code() == ErrorCode::NotFound => {}
        Err(error) => state.warn("the git repository was not recorded", &error),
    }
    state
}

impl State {
    fn warn(&mut self, what: &str, error: &git2::Error) {
        self.warnings.push(format!("{what}: {}", error.message()));
    }
}

fn describe(repository: &Repository, store: &Path, state: &mut State) {
    let mut code = Code { branch: branch(repository), ..Code::default() };
    code.remote = remote(repository, code.branch.as_deref());
    let head = repository.head().and_then(|head| head.peel_to_commit());
    match &head {
        Ok(commit) => code.commit = Some(commit.id().to_string()),
        Err(error) if error.code() == ErrorCode::UnbornBranch => {}
        Err(error) => state.warn("the git commit was not recorded", error),
    }
    let known = head.is_ok() || head.is_err_and(|error| error.code() == ErrorCode::UnbornBranch);
    if known && !repository.is_bare() {
        match changes(repository, store, state) {
            Ok(dirty) => code.dirty = dirty,
            Err(error) => state.warn("uncommitted changes were not recorded", &error),
        }
    }
    state.code = Some(code);
}

fn branch(repository: &Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let target = String::from_utf8_lossy(head.symbolic_target_bytes()?).into_owned();
    Some(target.strip_prefix("refs/heads/").unwrap_or(&target).to_owned())
}

/// Returns the address of the remote that the branch follows, else `origin`, else the first one.
fn remote(repository: &Repository, branch: Option<&str>) -> Option<String> {
    let upstream = branch.and_then(|branch| {
        let config = repository.config().ok()?.snapshot().ok()?;
        config.get_string(&format!("branch.{branch}.remote")).ok()
    });
    let names = repository.remotes().ok()?;
    let first = names.iter().flatten().flatten().next().map(str::to_owned);
    let candidates = [upstream, Some("origin".to_owned()), first];
    let found = candidates.iter().flatten().find_map(|name| repository.find_remote(name).ok())?;
    Some(without_credentials(&String::from_utf8_lossy(found.url_bytes())))
}

/// Removes what an address may hold that is nobody's business: user, password, token.
///
/// The user of an ssh address is no secret and part of the address.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let user = user.split(':').next().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match scheme.contains("ssh") && !user.is_empty() {
        true => format!("{scheme}://{user}@{host}{path}"),
        false => format!("{scheme}://{host}{path}"),
    }
}

/// Adds what is not committed to the patch; returns whether there is anything.
fn changes(repository: &Repository, store: &Path, state: &mut State) -> Result<bool, git2::Error> {
    let tree = repository.head().ok().map(|head| head.peel_to_tree()).transpose()?;
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .show_untracked_content(true)
        .show_binary(true)
        .ignore_submodules(true);
    let diff = repository.diff_tree_to_workdir_with_index(tree.as_ref(), Some(&mut options))?;
    let root = repository.workdir().unwrap_or(Path::new("")).to_owned();
    let mut budget = Budget { root, store: store.to_owned(), untracked: 0 };
    let mut dirty = false;
    let mut left_out = Vec::new();
    for (index, delta) in diff.deltas().enumerate() {
        if budget.is_store(&delta) {
            continue;
        }
        dirty = true;
        match budget.admits(&delta) && add(&diff, index, &mut state.patch)? {
            true => {}
            false => left_out.push(path(&delta).display().to_string()),
        }
    }
    if let Some(first) = left_out.first() {
        let more = match left_out.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        state.warnings.push(format!(
            "large or binary files that git does not have are not in the patch: `{}`{more}",
            first.escape_debug()
        ));
    }
    Ok(dirty)
}

fn add(diff: &Diff<'_>, index: usize, patch: &mut Vec<u8>) -> Result<bool, git2::Error> {
    let Some(mut change) = Patch::from_diff(diff, index)? else { return Ok(true) };
    let text = change.to_buf()?;
    let fits = patch.len() + text.len() <= PATCH;
    if fits {
        patch.extend_from_slice(&text);
    }
    Ok(fits)
}

fn path<'a>(delta: &'a DiffDelta<'_>) -> &'a Path {
    delta.new_file().path().or(delta.old_file().path()).unwrap_or(Path::new(""))
}

/// Keeps data out of the patch.
struct Budget {
    root: PathBuf,
    store: PathBuf,
    untracked: u64,
}

impl Budget {
    fn is_store(&self, delta: &DiffDelta<'_>) -> bool {
        let path = path(delta);
        path.components().any(|part| part.as_os_str() == ".mlstore")
            || self.root.join(path).starts_with(&self.store)
    }

    fn admits(&mut self, delta: &DiffDelta<'_>) -> bool {
        let file = self.root.join(path(delta));
        let size = file.symlink_metadata().map_or(0, |meta| meta.len());
        if delta.status() != Delta::Untracked {
            return size.max(delta.old_file().size()) <= TRACKED_FILE;
        }
        let fits = size <= UNTRACKED_FILE && self.untracked + size <= UNTRACKED_TOTAL;
        let admitted = fits && is_text(&file);
        self.untracked += if admitted { size } else { 0 };
        admitted
    }
}

/// Tells as git does: a file with a NUL byte in its first 8,000 is binary. A folder here is another repository.
fn is_text(file: &Path) -> bool {
    use std::io::Read as _;
    match file.symlink_metadata() {
        Ok(meta) if meta.is_symlink() => true,
        Ok(meta) if meta.is_file() => {
            let mut start = Vec::new();
            let read = std::fs::File::open(file).and_then(|f| f.take(8000).read_to_end(&mut start));
            read.is_ok() && !start.contains(&0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_keeps_no_secret() {
        for (url, plain) in [
            ("https://user:secret@host/a.git", "https://host/a.git"),
            ("https://token@host:8443/a.git?private_token=x#y", "https://host:8443/a.git"),
            ("ssh://git:secret@host/a", "ssh://git@host/a"),
            ("git@host:a/b.git", "git@host:a/b.git"),
            ("/srv/a.git", "/srv/a.git"),
            ("https://host", "https://host"),
        ] {
            assert_eq!(super::without_credentials(url), plain);
        }
    }
}
