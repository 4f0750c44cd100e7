//! What flags of containers say: sizes, limits, restarts, variables.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use mls::base::size;
use mls::base::time;
use mls::container::{LogLimits, Restart};

use crate::cli::environment::variables;
use crate::cli::error::CommandError;

/// No file of variables or labels is larger.
const MAX_FILE: u64 = 1 << 20;

fn wrong(what: &str, text: &str) -> CommandError {
    CommandError::usage(format!("`{}` is no {what}", text.escape_debug()))
}

/// Reads bytes as Docker does: `64m`, `1g`, `512`; units are powers of 1024.
pub(super) fn bytes(text: &str) -> Result<u64, CommandError> {
    size::parse(text).ok_or_else(|| wrong("number of bytes", text))
}

/// No container has less memory, as with Docker: nothing starts in it.
const LEAST_MEMORY: u64 = 6 << 20;

/// Reads how much memory a container may have; nothing is no limit.
pub(super) fn memory(text: &str) -> Result<Option<u64>, CommandError> {
    match bytes(text)? {
        // As with Docker.
        0 => Ok(None),
        few @ ..LEAST_MEMORY => {
            Err(CommandError::usage(format!("{few} bytes of memory are too few"))
                .hint("Nothing starts in less than 6m."))
        }
        bytes => Ok(Some(bytes)),
    }
}

/// Tells whether shared memory and queues are the host's.
pub(super) fn host_ipc(text: &str) -> Result<bool, CommandError> {
    match text {
        "host" => Ok(true),
        "private" => Ok(false),
        other => Err(CommandError::usage(format!(
            "`{}` is no choice of shared memory",
            other.escape_debug()
        ))
        .hint("There are `private` and `host`.")),
    }
}

/// Reads processors as thousandths: `1.5`.
pub(super) fn processors(text: &str) -> Result<u64, CommandError> {
    let number: f64 = text.parse().map_err(|_| wrong("number of processors", text))?;
    match (0.001..=1e6).contains(&number) {
        true => Ok((number * 1000.0).round() as u64),
        false => Err(wrong("number of processors", text)),
    }
}

/// Reads `nofile=1024:2048`.
pub(super) fn ulimit(text: &str) -> Result<(String, u64, u64), CommandError> {
    let refused = || wrong("limit such as `nofile=1024:2048`", text);
    let number = |text: &str| match text {
        "-1" | "unlimited" => Some(u64::MAX),
        text => text.parse().ok(),
    };
    let (name, values) = text.split_once('=').ok_or_else(refused)?;
    let (soft, hard) = values.split_once(':').unwrap_or((values, values));
    match (number(soft), number(hard)) {
        (Some(soft), Some(hard)) if soft <= hard => Ok((name.to_owned(), soft, hard)),
        _ => Err(refused()),
    }
}

/// Reads `no`, `on-failure[:N]`, `always` or `unless-stopped`.
pub(super) fn restart(text: &str) -> Result<Restart, CommandError> {
    let refused = || {
        wrong("way to restart", text)
            .hint("It is `no`, `on-failure[:N]`, `always` or `unless-stopped`.")
    };
    match text.split_once(':') {
        Some(("on-failure", number)) => {
            let number: u32 = number.parse().map_err(|_| refused())?;
            Ok(Restart::OnFailure((number > 0).then_some(number)))
        }
        Some(_) => Err(refused()),
        None => match text {
            "no" | "" => Ok(Restart::No),
            "on-failure" => Ok(Restart::OnFailure(None)),
            "always" => Ok(Restart::Always),
            "unless-stopped" => Ok(Restart::UnlessStopped),
            _ => Err(refused()),
        },
    }
}

/// Reads `NAME:ADDRESS`; `host-gateway` as an address is the machine itself and comes back as nothing.
pub(super) fn host(text: &str) -> Result<(String, Option<IpAddr>), CommandError> {
    let (name, address) = text.split_once([':', '=']).unwrap_or((text, ""));
    let address = address.trim_start_matches('[').trim_end_matches(']');
    match (address, address.parse()) {
        ("host-gateway", _) if !name.is_empty() => Ok((name.to_owned(), None)),
        (_, Ok(address)) if !name.is_empty() => Ok((name.to_owned(), Some(address))),
        _ => Err(wrong("host: write NAME:ADDRESS", text)),
    }
}

/// Reads `max-size=10m` and `max-file=3`.
pub(super) fn log(driver: Option<&str>, options: &[String]) -> Result<LogLimits, CommandError> {
    let mut limits = LogLimits::default();
    match driver {
        None | Some("json-file" | "local" | "k8s-file") => {}
        Some("none") => limits.none = true,
        Some(other) => return Err(wrong("place for a log: there are `local` and `none`", other)),
    }
    for option in options {
        match option.split_once('=') {
            Some(("max-size", size)) => limits.size = bytes(size)?.max(1),
            Some(("max-file", number)) => {
                let number = number.parse().ok().filter(|number| (1..=1000).contains(number));
                limits.files = number.ok_or_else(|| wrong("number of files", option))?;
            }
            _ => return Err(wrong("option of a log: there are `max-size` and `max-file`", option)),
        }
    }
    Ok(limits)
}

/// Returns `-e` and `--env-file`, in the order in which they count; a name alone takes the value of this process.
pub(crate) fn env(
    base: &Path,
    files: &[std::path::PathBuf],
    given: &[String],
) -> Result<Vec<String>, CommandError> {
    let own = variables();
    let mut all = vec![];
    let mut take = |line: &str, is_flag: bool| match line.contains('=') {
        true => all.push(line.to_owned()),
        false => match own.get(std::ffi::OsStr::new(line)) {
            Some(value) => all.push(format!("{line}={}", value.to_string_lossy())),
            // As Docker: a name without a value takes the variable away.
            None if is_flag => all.push(line.to_owned()),
            None => {}
        },
    };
    for file in files {
        for line in lines(&base.join(file))? {
            take(&line, false);
        }
    }
    for line in given {
        if line.is_empty() || line.starts_with('=') {
            return Err(wrong("variable: write NAME=VALUE", line));
        }
        take(line, true);
    }
    Ok(all)
}

/// Returns the lines of a file that say something.
fn lines(path: &Path) -> Result<Vec<String>, CommandError> {
    let failed = |error: std::io::Error| {
        let exit = crate::cli::error::of_io(&error);
        let cause = mls::store::Error::Io { action: "read", path: path.to_owned(), source: error };
        CommandError::new(exit, cause)
    };
    if fs::metadata(path).map_err(failed)?.len() > MAX_FILE {
        return Err(CommandError::usage(format!("`{}` has more than 1 MiB", path.display())));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Reads `KEY=VALUE`; a key alone has an empty value.
pub(crate) fn labels(given: &[String]) -> BTreeMap<String, String> {
    let label = |text: &String| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_owned(), value.to_owned())
    };
    given.iter().map(label).collect()
}

/// Reads a moment: a date, or so long before `now`.
pub(crate) fn moment(text: &str, now: i64) -> Result<i64, CommandError> {
    let found = time::parse(text)
        .or_else(|| time::parse_duration(text).map(|long| now.saturating_sub(long)))
        .or_else(|| text.parse::<i64>().ok().map(|seconds| seconds.saturating_mul(1000)));
    found.ok_or_else(|| {
        CommandError::usage(format!("`{}` is no time", text.escape_debug()))
            .hint("Write it as `2026-11-22T14:47:28Z`, or as `10m` for ten minutes ago.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_docker_reads_them() {
        let number = |text| bytes(text).ok();
        assert_eq!(
            ["512", "64m", "1.5k", "2G", "x", "-1", "", "1q"].map(number),
            [Some(512), Some(64 << 20), Some(1536), Some(2 << 30), None, None, None, None]
        );
        assert_eq!(ulimit("nofile=5:9").ok(), Some(("nofile".to_owned(), 5, 9)));
        assert!(ulimit("nofile=9:5").is_err() && ulimit("nofile").is_err());
        assert_eq!(restart("on-failure:3").ok(), Some(Restart::OnFailure(Some(3))));
        assert!(restart("sometimes").is_err() && restart("always:3").is_err());
        assert!(host("a:::1").is_ok() && host("a").is_err() && host(":1.2.3.4").is_err());
    }
}
