//! What a run of `mls` said, in a form that a snapshot can keep.

use std::fmt;
use std::path::Path;
use std::process::Output;
use std::sync::LazyLock;

use regex::Regex;

/// Exit code, stdout and stderr; shown with what differs between machines and runs replaced.
#[derive(Debug)]
pub(crate) struct Said {
    output: Output,
    /// The sandbox's folder, shown as `[TOP]`.
    top: String,
}

/// What differs from run to run, and what a snapshot shows instead.
static FILTERS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b[0-9a-f]{64}\b", "[ID]"),
        (r"\b[0-9a-f]{32}\b", "[RUN]"),
        (r"\b[0-9a-f]{12}\b", "[SHORT]"),
        (r"\bba[a-z2-7]{57}\b", "[CID]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
        (r"\b\d+[smhd] ago\b", "[AGO]"),
        (r"\b\d+\.\d+s\b", "[SECONDS]"),
    ]
    .map(|(pattern, shown)| (Regex::new(pattern).unwrap(), shown))
    .into()
});

impl Said {
    pub(crate) fn new(output: Output, top: &Path) -> Self {
        Self { output, top: top.to_str().unwrap().to_owned() }
    }

    /// Returns the exit code, or -1 where a signal ended it.
    pub(crate) fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    /// Returns stdout as it came, for answers that are no text.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// Shows everything, with only paths replaced: for tests that fix clock, ids and names.
    pub(crate) fn exact(&self) -> String {
        let mut text = format!("exit {}\n", self.code());
        for (name, bytes) in [("stdout", &self.output.stdout), ("stderr", &self.output.stderr)] {
            if !bytes.is_empty() {
                text.push_str(&format!("--- {name}\n{}", String::from_utf8_lossy(bytes)));
            }
        }
        let host = rustix::system::uname();
        let host = format!("@{}", host.nodename().to_string_lossy());
        text.replace(&self.top, "[TOP]").replace(&host, "@[HOST]")
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.exact();
        for (pattern, shown) in FILTERS.iter() {
            text = pattern.replace_all(&text, *shown).into_owned();
        }
        f.write_str(&text)
    }
}
