//! What a source of ADD, or a context, is by the way it is written: a path, a file on the web, or a repository.

use percent_encoding::percent_decode_str;

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A path in the context.
    Local,
    Web(String),
    Git(Repository),
}

/// A repository, and what of it is meant: `https://host/repo.git#ref:subdir`, `git@host:repo`,
/// `https://host/repo.git?branch=b&subdir=d`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repository {
    /// As git takes it.
    pub url: String,
    /// A branch, a tag, a full ref or a commit; `HEAD` where nothing is said.
    pub reference: Option<String>,
    /// The folder that is meant.
    pub folder: Option<String>,
    /// What the commit begins with.
    pub commit: Option<String>,
    pub keep_git_dir: Option<bool>,
    pub submodules: Option<bool>,
}

impl Origin {
    /// Reads `text`; what begins as an address and is none is refused.
    pub fn of(text: &str) -> Result<Self, String> {
        if text.starts_with("git@") || text.starts_with("git://") || text.starts_with("ssh://") {
            return Repository::parse(text).map(Self::Git);
        }
        let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            return Ok(Self::Local);
        }
        let path = text.split(['#', '?']).next().unwrap_or_default();
        match path.trim_end_matches('/').ends_with(".git") {
            true => Repository::parse(text).map(Self::Git),
            false => Ok(Self::Web(text.to_owned())),
        }
    }

    /// As [`Origin::of`], for a context: `github.com/…` is a repository without its scheme, as Docker takes it.
    pub fn of_context(text: &str) -> Result<Self, String> {
        match text.starts_with("github.com/") {
            true => Repository::parse(&format!("https://{text}")).map(Self::Git),
            false => Self::of(text),
        }
    }
}

impl Repository {
    /// Reads an address of a repository.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (rest, fragment) = match text.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (text, None),
        };
        let (url, query) = match rest.split_once('?') {
            Some((url, query)) => (url, Some(query)),
            None => (rest, None),
        };
        let mut repository = Self { url: url.to_owned(), ..Self::default() };
        repository.check_url()?;
        if let Some(fragment) = fragment {
            let (reference, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
            repository.reference = Some(reference.to_owned()).filter(|text| !text.is_empty());
            repository.folder = Some(folder.to_owned()).filter(|text| !text.is_empty());
        }
        for field in query.into_iter().flat_map(|query| query.split('&')) {
            repository.field(field)?;
        }
        repository.check()?;
        Ok(repository)
    }

    fn field(&mut self, field: &str) -> Result<(), String> {
        let (key, value) = field.split_once('=').unwrap_or((field, ""));
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        let truth = match value.as_str() {
            "" | "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        };
        let flag = || truth.ok_or_else(|| format!("`{key}` is true or false, not `{value}`"));
        match key {
            "ref" => self.reference = Some(value),
            "branch" => self.reference = Some(format!("refs/heads/{value}")),
            "tag" => self.reference = Some(format!("refs/tags/{value}")),
            "subdir" => self.folder = Some(value),
            "checksum" | "commit" => self.commit = Some(value),
            "keep-git-dir" => self.keep_git_dir = Some(flag()?),
            "submodules" => self.submodules = Some(flag()?),
            other => {
                return Err(format!("a repository has no setting `{}`", other.escape_debug()));
            }
        }
        Ok(())
    }

    /// Refuses what git or ssh would take for an option, or for another transport.
    fn check_url(&self) -> Result<(), String> {
        let url = &self.url;
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("an address of a repository has no spaces".to_owned());
        }
        let rest = match url.split_once("://") {
            Some(("http" | "https" | "git" | "ssh", rest)) => rest,
            Some((scheme, _)) => return Err(format!("`{scheme}://` is no way to a repository")),
            None if url.starts_with("git@") && url.contains(':') => url,
            None => return Err("it is no address of a repository".to_owned()),
        };
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        match host.is_empty() || host.starts_with('-') || rest.starts_with('-') {
            true => Err(format!("`{}` is no name of a server", host.escape_debug())),
            false => Ok(()),
        }
    }

    fn check(&self) -> Result<(), String> {
        if let Some(reference) = &self.reference {
            let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
            if reference.starts_with('-') || reference.contains("..") || reference.contains(odd) {
                let shown = reference.escape_debug();
                return Err(format!("`{shown}` is no branch, tag or commit"));
            }
        }
        if let Some(commit) = &self.commit {
            check_commit(commit)?;
        }
        Ok(())
    }

    /// Returns what is meant, as it is written behind a `#`.
    pub fn name(&self) -> String {
        let url = match self.url.split_once("://") {
            // A password may stand before the host.
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                format!("{scheme}://{host}/{path}")
            }
            None => self.url.clone(),
        };
        let reference = self.reference.as_deref().unwrap_or("");
        match &self.folder {
            None if reference.is_empty() => url,
            None => format!("{url}#{reference}"),
            Some(folder) => format!("{url}#{reference}:{folder}"),
        }
    }
}

/// Tells what is wrong with the beginning of a commit's name.
pub(in crate::image::build) fn check_commit(text: &str) -> Result<(), String> {
    let hex = text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
    match hex && (7..=64).contains(&text.len()) {
        true => Ok(()),
        false => {
            let shown = text.escape_debug();
            Err(format!("`{shown}` is no commit: 7 to 64 digits and letters from `a` to `f`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(url: &str, reference: Option<&str>, folder: Option<&str>) -> Result<Origin, String> {
        Ok(Origin::Git(Repository {
            url: url.to_owned(),
            reference: reference.map(str::to_owned),
            folder: folder.map(str::to_owned),
            ..Repository::default()
        }))
    }

    #[test]
    fn what_a_source_is_shows_in_how_it_is_written() {
        let repo = "https://h/r.git";
        for (text, origin) in [
            ("a/b", Ok(Origin::Local)),
            ("file:///etc/passwd", Ok(Origin::Local)),
            ("github.com/u/r", Ok(Origin::Local)),
            ("https://h/x.tar", Ok(Origin::Web("https://h/x.tar".to_owned()))),
            ("HTTPS://h/x", Ok(Origin::Web("HTTPS://h/x".to_owned()))),
            (repo, git(repo, None, None)),
            ("https://h/r.git#v1", git(repo, Some("v1"), None)),
            ("https://h/r.git#v1:a/b", git(repo, Some("v1"), Some("a/b"))),
            ("https://h/r.git#:a", git(repo, None, Some("a"))),
            ("https://h/r.git?branch=b&subdir=d", git(repo, Some("refs/heads/b"), Some("d"))),
            ("git@h:u/r", git("git@h:u/r", None, None)),
            ("git://h/r#x", git("git://h/r", Some("x"), None)),
            ("ssh://git@h:22/r.git", git("ssh://git@h:22/r.git", None, None)),
        ] {
            assert_eq!(Origin::of(text), origin, "{text}");
        }
        assert_eq!(
            Origin::of_context("github.com/u/r#x"),
            git("https://github.com/u/r", Some("x"), None)
        );
    }

    #[test]
    fn d06_a_repository_is_no_way_to_an_option() {
        for text in [
            "ssh://-oProxyCommand=x/r.git",
            "ssh://git@-oProxyCommand=x/r.git",
            "git@-oProxyCommand=x:r.git",
            "https://h/r.git#--upload-pack=x",
            "https://h/r.git#a..b",
            "https://h/r.git#a b",
            "https://h/r.git?upload-pack=x",
            "https://h/r.git?checksum=../x",
            "git://h /r",
            "git@h",
        ] {
            assert!(Origin::of(text).is_err(), "{text}");
        }
        assert!(Repository::parse("ext::sh -c x").is_err());
        assert!(Repository::parse("file:///x/r.git").is_err());
    }
}
