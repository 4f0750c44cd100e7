//! Telling what an exchange did.

use mls::base::size;
use mls::image::build::cache;
use mls::model::registry::Role;
use mls::remote::{How, Moved, Reason, Refusal, Report};
use serde_json::{Value, json};

use crate::cli::error::{CommandError, Exit};
use crate::cli::moves::shortened;
use crate::cli::session::Session;

/// So many refs are listed one by one.
const LISTED: usize = 20;

/// What an exchange did, and with whom.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    /// `To` or `From`.
    pub(crate) direction: &'static str,
    pub(crate) url: &'a str,
    pub(crate) remote: Option<&'a str>,
    pub(crate) dry_run: bool,
    pub(crate) report: &'a Report,
}

impl Told<'_> {
    /// Shows it; fails where refs were refused although others moved.
    pub(crate) fn show(&self, session: &Session) -> Result<(), CommandError> {
        let ui = &session.ui;
        for name in self.report.bad_names.iter().take(LISTED) {
            ui.warn(&format!("the other store's ref `{}` is left out", name.escape_debug()));
        }
        if self.report.bad_names.len() > LISTED {
            let more = self.report.bad_names.len() - LISTED;
            ui.warn(&format!("{more} more of its refs are left out"));
        }
        for (old, new) in &self.report.renamed {
            let (old, new) = (version(old), version(new));
            ui.warn(&format!(
                "`{old}` is `{new}` from now on: the other store gave its number to another version"
            ));
        }
        match ui.format.is_json() {
            true => ui.answer(&self.as_json(), String::new)?,
            false => ui.note(&self.text()),
        }
        refused(&self.report.refused)
    }

    fn text(&self) -> String {
        let Report { moved, refused, same, behind, sent, .. } = self.report;
        let mut lines = vec![];
        if !moved.is_empty() || !refused.is_empty() {
            lines.push(format!("{} {}", self.direction, self.url));
        }
        let (steps, others): (Vec<_>, Vec<_>) =
            moved.iter().partition(|moved| moved.name.starts_with(cache::FOLDER));
        lines.extend(others.iter().map(|moved| line(moved)).take(LISTED));
        if others.len() > LISTED {
            lines.push(format!("   … and {} more refs", others.len() - LISTED));
        }
        if !steps.is_empty() {
            lines.push(format!("   {} of the build cache", count(steps.len(), "step")));
        }
        lines.extend(
            refused
                .iter()
                .take(LISTED)
                .map(|refusal| format!(" ! {}: {}", shown(&refusal.name), refusal.reason.as_str())),
        );
        if *behind > 0 {
            lines.push(format!("{} newer there; `mls pull` brings them.", are(*behind, "ref")));
        }
        if moved.is_empty() && refused.is_empty() {
            lines.push(match (same, behind) {
                (0, 0) => "Nothing to exchange.".to_owned(),
                _ => "Everything is up to date.".to_owned(),
            });
        } else {
            lines.push(traffic(self.dry_run, sent));
        }
        lines.join("\n")
    }

    fn as_json(&self) -> Value {
        let Report { moved, same, behind, refused, bad_names, renamed, sent } = self.report;
        json!({
            "remote": self.remote,
            "url": self.url,
            "dry_run": self.dry_run,
            "refs": moved.iter().map(|moved| json!({
                "name": moved.name,
                "old": moved.old.map(|link| link.to_string()),
                "new": moved.new.map(|link| link.to_string()),
                "how": word(moved.how),
            })).collect::<Vec<_>>(),
            "same": same,
            "behind": behind,
            "refused": refused.iter().map(|refusal| json!({
                "name": refusal.name,
                "reason": refusal.reason.as_str(),
            })).collect::<Vec<_>>(),
            "left_out": bad_names,
            "renumbered": renamed.iter().map(|(old, new)| json!({
                "old": version(old),
                "new": version(new),
            })).collect::<Vec<_>>(),
            "objects": sent.objects,
            "copied_bytes": sent.copied,
            "shared_bytes": sent.shared,
        })
    }
}

fn traffic(dry_run: bool, sent: &mls::remote::Sent) -> String {
    let objects = match sent.objects {
        1 => "1 object".to_owned(),
        count => format!("{count} objects"),
    };
    let copied = size::human(sent.copied);
    match (dry_run, sent.shared) {
        (true, _) => format!("Would move {objects}, {copied}; nothing was changed."),
        (false, 0) => format!("Moved {objects}, {copied}."),
        (false, shared) => {
            format!("Moved {objects}, {copied}, and shares {} on disk.", size::human(shared))
        }
    }
}

/// Refs that stayed although others moved make the command fail.
fn refused(refusals: &[Refusal]) -> Result<(), CommandError> {
    let Some(first) = refusals.first() else { return Ok(()) };
    let hint = match first.reason {
        Reason::Rewound | Reason::Immutable => {
            "Add `--force` to take over what the other store says."
        }
        _ => return Err(mls::remote::Error::Refused(refusals.to_vec()).into()),
    };
    Err(CommandError::from(mls::remote::Error::Refused(refusals.to_vec())).hint(hint))
        .map_err(|error| CommandError { code: Exit::Conflict as u8, ..error })
}

fn line(moved: &Moved) -> String {
    let name = shown(&moved.name);
    match (moved.old, moved.new, moved.how) {
        (Some(old), Some(new), how) => {
            let (old, new) = (old.digest.short(), new.digest.short());
            let sign = if how == How::Forced { '+' } else { ' ' };
            let word = if how == How::Merged { " (merged)" } else { "" };
            format!(" {sign} {old}..{new}  {name}{word}")
        }
        (_, None, _) => format!(" - [removed]     {name}"),
        (None, Some(_), _) => format!(" * [new]         {name}"),
    }
}

/// Returns a ref as a person calls it: `run 4f2a9c1b02de`, `experiment 0`, else its name.
fn shown(name: &str) -> String {
    match name.split_once('/') {
        Some(("runs", id)) => format!("run {}", shortened(id)),
        Some(("images", name)) => format!("image {name}"),
        Some(("experiments", id)) => format!("experiment {}", shortened(id)),
        _ => name.to_owned(),
    }
}

/// Returns a version of a model as a person calls it: `iris@v3`.
fn version(name: &str) -> String {
    match Role::of(name) {
        Some((model, Role::Model(number))) => format!("{model}@v{number}"),
        _ => name.to_owned(),
    }
}

fn word(how: How) -> &'static str {
    match how {
        How::New => "new",
        How::Forward => "forward",
        How::Merged => "merged",
        How::Forced => "forced",
        How::Removed => "removed",
    }
}

fn count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn are(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what} is") } else { format!("{count} {what}s are") }
}
