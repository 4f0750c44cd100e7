//! Addresses of other stores: what is known is taken apart strictly, everything else is refused before anything is
//! opened or run.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

use crate::remote::Error;

/// The longest address.
const MAX: usize = 4096;

/// The address of another store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    /// Where a store in a folder is; of a hub, the name that its store may be given here.
    folder: PathBuf,
    web: bool,
}

impl Url {
    /// Reads an address; a relative path begins at `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, Error> {
        let bad = |reason| Error::BadUrl { url: without_password(text), reason };
        if let Some(reason) = fault(text) {
            return Err(bad(reason));
        }
        if let Some(rest) = text.strip_prefix("file://") {
            let folder = file(rest).map_err(bad)?;
            return Ok(Self { text: text.to_owned(), folder, web: false });
        }
        match scheme(text) {
            None => {
                let folder = join(base, text);
                Ok(Self { text: folder.to_string_lossy().into_owned(), folder, web: false })
            }
            Some(scheme)
                if ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) =>
            {
                web(text).map_err(bad)
            }
            Some(scheme) if ["ssh", "s3", "gs", "az", "oci"].contains(&scheme) => {
                Err(Error::ForeignScheme { scheme: scheme.to_owned() })
            }
            Some("file") => Err(bad("a `file` address begins with `file:///`")),
            Some(_) => Err(bad("its scheme is unknown; a path with a colon begins with `./`")),
        }
    }

    /// Returns whether a hub answers there.
    pub fn is_web(&self) -> bool {
        self.web
    }

    /// Returns the host of a hub, and its port where it is not the usual one.
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("://").filter(|_| self.web)?;
        rest.split('/').next()
    }

    /// Returns the folder it leads to: a store, or what holds one. For a hub, what a clone of it is called.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the address as it is kept: a path is absolute.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Reads the address of a hub: a host, perhaps a port and a path below which the hub answers, and nothing else.
fn web(text: &str) -> Result<Url, &'static str> {
    // A browser takes any number of slashes there; in an address that is kept, none is left out.
    if text.split_once("://").is_none_or(|(_, rest)| rest.starts_with(['/', '\\'])) {
        return Err("it names no host");
    }
    let url = reqwest::Url::parse(text).map_err(|_| "it is no address on the web")?;
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return Err("it names no host");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("names and passwords have no place in it; `mls login` keeps them");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the address of a hub has no `?` and no `#`");
    }
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    let folder = PathBuf::from(last.unwrap_or(host));
    Ok(Url { text: url.as_str().trim_end_matches('/').to_owned(), folder, web: true })
}

/// Returns an address as it may be shown: whatever comes before a host stays unsaid.
fn without_password(text: &str) -> String {
    let shown = match text
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)))
    {
        Some((scheme, (_, host))) => format!("{scheme}://…@{host}"),
        None => text.to_owned(),
    };
    shown.chars().take(200).collect()
}

fn fault(text: &str) -> Option<&'static str> {
    let folded = text.to_ascii_lowercase();
    match text {
        "" => Some("it is empty"),
        _ if text.len() > MAX => Some("it is longer than 4096 bytes"),
        _ if text.starts_with('-') => Some("it begins with `-`"),
        _ if text.chars().any(char::is_control) => Some("it contains a control character"),
        _ if ["%00", "%0a", "%0d"].iter().any(|code| folded.contains(code)) => {
            Some("it contains the code of a control character")
        }
        _ => None,
    }
}

/// Returns what stands before the first colon, where that comes before any slash.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    (!scheme.contains('/')).then_some(scheme)
}

/// Joins a path to a working folder; its steps upwards at the beginning are taken, since that folder is no link.
fn join(base: &Path, text: &str) -> PathBuf {
    let (mut base, mut steps) = (base.to_owned(), Path::new(text).components().peekable());
    while let Some(step @ (Component::CurDir | Component::ParentDir)) = steps.peek() {
        if *step == Component::ParentDir {
            base.pop();
        }
        steps.next();
    }
    match steps.peek() {
        Some(_) => base.join(steps.collect::<PathBuf>()),
        None => base,
    }
}

/// Reads what follows `file://`: no host, an absolute path, `%` codes.
fn file(rest: &str) -> Result<PathBuf, &'static str> {
    if !rest.starts_with('/') {
        return Err("a `file` address names no host");
    }
    let mut bytes = vec![];
    let mut left = rest.as_bytes();
    while let Some((&first, after)) = left.split_first() {
        left = after;
        match first {
            b'?' | b'#' => return Err("a `file` address has no `?` and no `#`"),
            b'%' => {
                let code = left.get(..2).and_then(|code| std::str::from_utf8(code).ok());
                let byte = code
                    .filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()))
                    .and_then(|code| u8::from_str_radix(code, 16).ok())
                    .filter(|byte| *byte >= 0x20 && *byte != 0x7f)
                    .ok_or("a `%` in it is followed by no code of a character")?;
                bytes.push(byte);
                left = &left[2..];
            }
            byte => bytes.push(byte),
        }
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_file_address_lead_to_a_folder() {
        let base = Path::new("/home/ada");
        for (text, folder) in [
            ("../hub", "/home/hub"),
            (".", "/home/ada"),
            ("../../../x/../y", "/x/../y"),
            ("/srv/hub", "/srv/hub"),
            ("./a:b", "/home/ada/a:b"),
            ("file:///srv/a%20hub", "/srv/a hub"),
            ("a'; $(touch x)", "/home/ada/a'; $(touch x)"),
        ] {
            assert_eq!(Url::parse(text, base).unwrap().folder(), Path::new(folder));
        }
    }

    #[test]
    fn the_address_of_a_hub_is_kept_without_its_last_slash() {
        for (text, kept, name) in [
            ("http://localhost:5000/", "http://localhost:5000", "localhost"),
            ("https://hub.example.com/team/", "https://hub.example.com/team", "team"),
            ("HTTP://[::1]:80", "http://[::1]", "[::1]"),
        ] {
            let url = Url::parse(text, Path::new("/")).unwrap();
            assert!(url.is_web());
            assert_eq!((url.as_str(), url.folder()), (kept, Path::new(name)));
        }
    }

    #[test]
    fn s08_what_could_run_something_or_hide_something_is_refused() {
        for text in [
            "",
            "-oProxyCommand=touch x",
            "--upload-pack=x",
            "ext::sh -c x",
            "fd::17",
            "file://host/srv",
            "file://localhost/srv",
            "file:relative",
            "file:///a%0ab",
            "file:///a%00b",
            "file:///a%zz",
            "/srv/a\nb",
            "/srv/a\0b",
            "host:path",
            "git@host:path",
            "javascript:x",
            "http://",
            "https:///x",
            "http://ada:secret@hub/",
            "http://hub:-x",
            "http://hub/?x",
            "https://hub/#x",
            "http://hub/%0d%0aHost:x",
        ] {
            assert!(
                matches!(Url::parse(text, Path::new("/")), Err(Error::BadUrl { .. })),
                "{text}"
            );
        }
        for text in ["ssh://-oProxyCommand=x", "s3://bucket", "oci://reg/x"] {
            let refused = Url::parse(text, Path::new("/"));
            assert!(matches!(refused, Err(Error::ForeignScheme { .. })), "{text}");
        }
    }
}
