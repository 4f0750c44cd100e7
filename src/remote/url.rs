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
    folder: PathBuf,
}

impl Url {
    /// Reads an address; a relative path begins at `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, Error> {
        let bad = |reason| Error::BadUrl { url: text.chars().take(200).collect(), reason };
        if let Some(reason) = fault(text) {
            return Err(bad(reason));
        }
        if let Some(rest) = text.strip_prefix("file://") {
            let folder = file(rest).map_err(bad)?;
            return Ok(Self { text: text.to_owned(), folder });
        }
        match scheme(text) {
            None => {
                let folder = join(base, text);
                Ok(Self { text: folder.to_string_lossy().into_owned(), folder })
            }
            Some(scheme) if ["http", "https", "ssh", "s3", "gs", "az", "oci"].contains(&scheme) => {
                Err(Error::ForeignScheme { scheme: scheme.to_owned() })
            }
            Some("file") => Err(bad("a `file` address begins with `file:///`")),
            Some(_) => Err(bad("its scheme is unknown; a path with a colon begins with `./`")),
        }
    }

    /// Returns the folder it leads to: a store, or what holds one.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the address as it is kept: a path is absolute.
    pub fn as_str(&self) -> &str {
        &self.text
    }
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
        ] {
            assert!(
                matches!(Url::parse(text, Path::new("/")), Err(Error::BadUrl { .. })),
                "{text}"
            );
        }
        for text in ["ssh://-oProxyCommand=x", "https://hub", "s3://bucket", "oci://reg/x"] {
            let refused = Url::parse(text, Path::new("/"));
            assert!(matches!(refused, Err(Error::ForeignScheme { .. })), "{text}");
        }
    }
}
