//! What machine an image is for: `linux/arm64/v8`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An operating system, an architecture and its variant, as Go names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

impl Platform {
    /// Returns the machine this program was built for.
    pub fn host() -> Self {
        Self::of("linux", std::env::consts::ARCH, "")
    }

    /// Reads `os`, `architecture` or `os/architecture[/variant]`, with the names that other tools use for them; what is
    /// left out is taken from `host`. Nothing where it is none of these.
    pub fn parse(text: &str, host: &Self) -> Option<Self> {
        let parts: Vec<String> = text.split('/').map(str::to_ascii_lowercase).collect();
        let word = |part: &String| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            !part.is_empty() && part.chars().all(plain)
        };
        if !parts.iter().all(word) {
            return None;
        }
        match parts.as_slice() {
            [one] if is_os(one) => Some(Self::of(one, &host.architecture, &host.variant)),
            [one] => {
                let found = Self::of(&host.os, one, "");
                is_architecture(&found.architecture).then_some(found)
            }
            [os, architecture] => Some(Self::of(os, architecture, "")),
            [os, architecture, variant] => Some(Self::of(os, architecture, variant)),
            _ => None,
        }
    }

    /// Tells whether both are for the same machines, but for the variant.
    pub fn is_like(&self, other: &Self) -> bool {
        self.os == other.os && self.architecture == other.architecture
    }

    /// Returns it with the names and variants that images use.
    pub fn of(os: &str, architecture: &str, variant: &str) -> Self {
        let os = if os == "macos" { "darwin" } else { os };
        let (architecture, variant) = match (architecture, variant) {
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
            ("i386", _) => ("386", ""),
            ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
            ("aarch64" | "arm64", variant) => ("arm64", variant),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" | "7") => ("arm", "v7"),
            ("arm", "5") => ("arm", "v5"),
            ("arm", "6") => ("arm", "v6"),
            ("arm", "8") => ("arm", "v8"),
            other => other,
        };
        Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
        }
    }
}

impl Default for Platform {
    fn default() -> Self {
        Self::host()
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

fn is_os(word: &str) -> bool {
    let known = ["linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "solaris", "aix"];
    known.contains(&word)
}

fn is_architecture(word: &str) -> bool {
    let known = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le", "ppc64",
        "ppc64le", "riscv64", "s390x", "wasm",
    ];
    known.contains(&word)
}
