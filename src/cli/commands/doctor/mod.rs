//! `mls doctor`: what this machine can do, each thing tried.

mod containers;

use std::path::Path;
use std::time::{Duration, Instant};

use mls::base::size::human;
use mls::store::Store;
use mls::track::capture::{host, python};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{GOOD, LABEL, WARNING, paint};
use crate::cli::table::{Column, Table, facts};
use crate::cli::text::escaped;
use crate::cli::{environment, help};

/// Show what this machine can do
///
/// Tries what can be tried, and says what to do about what cannot be done here. Nothing has to be there for `mls` to work.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(&[("mls doctor", "look at this machine and the store here")], &[]))]
pub(crate) struct Args {}

/// What was found out about one thing.
struct Finding {
    name: &'static str,
    good: bool,
    detail: String,
    hint: Option<&'static str>,
}

pub(crate) fn run(session: &Session, _: &Args) -> Result<(), CommandError> {
    let folder = session.settings.store.as_deref().filter(|store| store.is_dir());
    let place = folder.unwrap_or(&session.settings.folder);
    let machine = host::capture();
    let mut findings = vec![
        store(session),
        Finding {
            name: "machine",
            good: true,
            detail: format!(
                "{} {}, {} cores, {}",
                machine.os,
                machine.arch,
                machine.cores,
                human(machine.memory)
            ),
            hint: None,
        },
        space(place),
        speed(place),
        reflink(place),
        open_files(),
        git(&session.settings.folder),
        python(session),
        gpu(&machine.gpus),
    ];
    findings.extend(containers::findings());
    let values: Vec<Value> = findings
        .iter()
        .map(|found| json!({"name": found.name, "ok": found.good, "detail": found.detail, "hint": found.hint}))
        .collect();
    match session.ui.format {
        Format::Table => session.ui.show(&as_text(&findings)),
        _ => session.ui.list(&as_table(&findings), &values, ""),
    }
}

fn as_text(findings: &[Finding]) -> String {
    let line = |found: &Finding| {
        let (word, style) = if found.good { ("ok", GOOD) } else { ("no", WARNING) };
        let hint = found
            .hint
            .map(|hint| format!("\n    {}", paint(LABEL, &format!("to have it: {hint}"))));
        (
            found.name,
            format!(
                "{}  {}{}",
                paint(style, word),
                escaped(&found.detail),
                hint.unwrap_or_default()
            ),
        )
    };
    facts(findings.iter().map(line))
}

fn as_table(findings: &[Finding]) -> Table {
    let mut table = Table::new(["name", "ok", "detail", "hint"].map(Column::new));
    for Finding { name, good, detail, hint } in findings {
        table.row([
            (*name).into(),
            good.to_string().into(),
            detail.into(),
            hint.unwrap_or_default().into(),
        ]);
    }
    table
}

fn finding(name: &'static str, found: Result<String, String>, hint: &'static str) -> Finding {
    let good = found.is_ok();
    let detail = found.unwrap_or_else(|detail| detail);
    Finding { name, good, detail, hint: (!good).then_some(hint) }
}

fn store(session: &Session) -> Finding {
    let found = match session.settings.store.as_deref() {
        None => Err("none in this folder or above it".to_owned()),
        Some(folder) => match Store::open(folder, session.context()) {
            Ok(_) => Ok(folder.display().to_string()),
            Err(error) => Err(error.to_string()),
        },
    };
    finding("store", found, "`mls init` makes one")
}

fn space(place: &Path) -> Finding {
    let found = match rustix::fs::statvfs(place) {
        Ok(space) => {
            let free = human(space.f_bavail.saturating_mul(space.f_frsize));
            Ok(format!(
                "{}{free} free",
                file_system(place).map(|kind| format!("{kind}, ")).unwrap_or_default()
            ))
        }
        Err(error) => Err(error.to_string()),
    };
    finding("disk", found, "check that the folder can be read")
}

/// Names the file system, by the numbers of `statfs(2)`.
#[cfg(target_os = "linux")]
fn file_system(place: &Path) -> Option<String> {
    let number = rustix::fs::statfs(place).ok()?.f_type as u64 & 0xffff_ffff;
    let name = match number {
        0xef53 => "ext4",
        0x5846_5342 => "xfs",
        0x9123_683e => "btrfs",
        0x2fc1_2fc1 => "zfs",
        0xf2f5_2010 => "f2fs",
        0x0102_1994 => "tmpfs",
        0x794c_7630 => "overlayfs",
        0x6969 => "nfs",
        0xff53_4d42 | 0xfe53_4d42 => "cifs",
        0x6573_5546 => "fuse",
        _ => return Some(format!("file system {number:#x}")),
    };
    Some(name.to_owned())
}

#[cfg(not(target_os = "linux"))]
fn file_system(_: &Path) -> Option<String> {
    None
}

/// Every command that writes waits for the disk once or twice; this is how long.
fn speed(place: &Path) -> Finding {
    let once = || -> std::io::Result<Duration> {
        let mut file = tempfile::tempfile_in(place)?;
        std::io::Write::write_all(&mut file, &[0; 4096])?;
        let start = Instant::now();
        file.sync_all()?;
        Ok(start.elapsed())
    };
    let found =
        (0..3).map(|_| once()).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string());
    let found = found.and_then(|mut times| {
        times.sort();
        let detail = format!("a synced write takes {:.1} ms", times[1].as_secs_f64() * 1000.0);
        if times[1] < Duration::from_millis(100) { Ok(detail) } else { Err(detail) }
    });
    finding("sync", found, "keep the store on a local disk")
}

#[cfg(target_os = "linux")]
fn reflink(place: &Path) -> Finding {
    let attempt = || -> std::io::Result<()> {
        let (mut from, to) = (tempfile::tempfile_in(place)?, tempfile::tempfile_in(place)?);
        std::io::Write::write_all(&mut from, &[1; 4096])?;
        Ok(rustix::fs::ioctl_ficlone(&to, &from)?)
    };
    let found = match attempt() {
        Ok(()) => Ok("files are shared and not copied".to_owned()),
        Err(_) => Err("files are copied".to_owned()),
    };
    finding("reflink", found, "a file system that can: btrfs, xfs")
}

#[cfg(not(target_os = "linux"))]
fn reflink(_: &Path) -> Finding {
    finding("reflink", Ok("where the file system can".to_owned()), "")
}

fn open_files() -> Finding {
    const ENOUGH: u64 = 1024;
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let found = match limit {
        None => Ok("no limit".to_owned()),
        Some(limit) if limit >= ENOUGH => Ok(format!("up to {limit}")),
        Some(limit) => Err(format!("up to {limit}")),
    };
    finding("open files", found, "`ulimit -n 1024`")
}

fn git(folder: &Path) -> Finding {
    let found = match folder.ancestors().find(|above| above.join(".git").exists()) {
        Some(top) => Ok(format!("runs keep the state of `{}`", top.display())),
        None => Err("no repository here".to_owned()),
    };
    finding("git", found, "`git init` lets runs keep the code's state")
}

fn python(session: &Session) -> Finding {
    let asked =
        python::search(&["python3".into()], &session.settings.folder, &environment::variables());
    let found = match asked.finish() {
        Some(python) => Ok(format!(
            "{} with {} packages, {}",
            python.version,
            python.packages.len(),
            python.executable
        )),
        None => Err("no `python3` found".to_owned()),
    };
    finding("python", found, "only for commands in Python")
}

fn gpu(gpus: &[String]) -> Finding {
    let found = match gpus {
        [] => Err("no NVIDIA GPU found".to_owned()),
        gpus => Ok(gpus.join(", ")),
    };
    finding("gpu", found, "the NVIDIA driver brings NVML")
}
