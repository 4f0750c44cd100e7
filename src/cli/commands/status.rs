use std::collections::BTreeMap;

use mls::base::time;
use mls::remote::default_refs;
use mls::store::config::Config;
use mls::store::{Link, Store, refs, walk};
use mls::track::{Run, live};
use serde_json::{Value, json};

use crate::cli::error::CommandError;
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LABEL, LITERAL, WARNING, paint};
use crate::cli::table::{Cell, Column, Table, facts};
use crate::cli::text;

/// Show live runs, and what to push and to pull
///
/// What a remote has is what was last seen there: `mls fetch` looks again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls status", "show the state of the store"),
        ("mls fetch && mls status", "look at the remotes first"),
    ],
    &[],
))]
pub(crate) struct Args {}

/// What lies between this store and a remote, by the names of refs.
#[derive(Debug, Default)]
struct Between {
    to_push: Vec<String>,
    to_pull: Vec<String>,
    /// Changed on both sides.
    diverged: Vec<String>,
}

pub(crate) fn run(session: &Session, _: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let live = live::list(&store)?;
    let mut own = refs_of(&store, "")?;
    own.retain(|name, _| default_refs(name));
    let remotes = Config::read(&store.folder().join("config.toml"))?.remotes();
    let mut compared = vec![];
    for remote in &remotes {
        let theirs = refs_of(&store, &format!("remotes/{}/", remote.name))?;
        compared.push((remote.name.as_str(), remote.url.as_str(), between(&store, &own, &theirs)?));
    }
    let mut only_here: Vec<&String> = own.keys().collect();
    only_here.retain(|name| compared.iter().all(|(_, _, between)| between.to_push.contains(name)));
    let answer = json!({
        "store": store.folder().to_string_lossy(),
        "refs": own.len(),
        "live": live.iter().map(live_json).collect::<Vec<_>>(),
        "only_here": only_here,
        "remotes": compared.iter().map(|(name, url, between)| json!({
            "name": name,
            "url": url,
            "to_push": between.to_push,
            "to_pull": between.to_pull,
            "diverged": between.diverged,
        })).collect::<Vec<_>>(),
    });
    session.ui.answer(&answer, || {
        let mut head = vec![
            ("Store", text::escaped(&store.folder().to_string_lossy()).into_owned()),
            ("Holds", kinds(own.keys())),
        ];
        if compared.is_empty() && !own.is_empty() {
            let hint = "no remote yet; `mls remote add origin URL` names one";
            head.push(("Remotes", paint(LABEL, hint)));
        }
        let mut answer = facts(head);
        if !live.is_empty() {
            answer.push_str(&format!(
                "\n{}",
                live_table(&live, store.now()).render(session.ui.width).text
            ));
        }
        for (name, url, between) in &compared {
            answer.push_str(&remote_text(name, url, between));
        }
        answer
    })
}

fn refs_of(store: &Store, prefix: &str) -> Result<BTreeMap<String, Link>, CommandError> {
    let all = refs::list(store, prefix)?;
    Ok(all.into_iter().map(|found| (found.name[prefix.len()..].to_owned(), found.target)).collect())
}

fn between(
    store: &Store,
    own: &BTreeMap<String, Link>,
    theirs: &BTreeMap<String, Link>,
) -> Result<Between, CommandError> {
    let mut between = Between::default();
    for (name, mine) in own {
        match theirs.get(name) {
            Some(other) if other == mine => {}
            None => between.to_push.push(name.clone()),
            Some(other) if walk::is_ancestor(store, other, mine)? => {
                between.to_push.push(name.clone());
            }
            Some(other) if walk::is_ancestor(store, mine, other)? => {
                between.to_pull.push(name.clone());
            }
            Some(_) => between.diverged.push(name.clone()),
        }
    }
    let new = theirs.keys().filter(|name| !own.contains_key(*name) && default_refs(name));
    between.to_pull.extend(new.cloned());
    Ok(between)
}

/// Counts refs by their kind: `3 runs, 1 experiment`.
fn kinds<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for name in names {
        *counts.entry(name.split('/').next().unwrap_or_default()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(kind, _)| (*kind != "runs", *kind));
    let words = counts.iter().map(|(kind, count)| text::count(*count, kind.trim_end_matches('s')));
    match counts.is_empty() {
        true => "nothing yet".to_owned(),
        false => words.collect::<Vec<_>>().join(", "),
    }
}

fn remote_text(name: &str, url: &str, between: &Between) -> String {
    let mut text = format!("\n{}  {}\n", paint(HEADER, name), paint(LABEL, &text::escaped(url)));
    let lines = [
        (&between.to_push, "to push", format!("mls push {name}"), LITERAL),
        (&between.to_pull, "to pull", format!("mls pull {name}"), LITERAL),
        (&between.diverged, "changed on both sides", format!("mls pull {name}"), WARNING),
    ];
    for (names, what, command, style) in lines.iter().filter(|(names, ..)| !names.is_empty()) {
        let hint = paint(LABEL, &format!("`{command}`"));
        text.push_str(&format!("  {} {what}  {hint}\n", paint(*style, &kinds(*names))));
    }
    if lines.iter().all(|(names, ..)| names.is_empty()) {
        text.push_str("  all the same\n");
    }
    text
}

fn live_table(live: &[Run], now: i64) -> Table {
    let mut table = Table::new([
        Column::new("run").title("LIVE RUN"),
        Column::new("name").cut(),
        Column::new("experiment").cut(),
        Column::new("started"),
    ]);
    for run in live {
        table.row([
            Cell::new(&run.id.as_str()[..12]).style(LITERAL),
            Cell::new(&run.name),
            Cell::new(&run.experiment_name),
            Cell::new(time::ago(run.started, now)).style(LABEL),
        ]);
    }
    table
}

fn live_json(run: &Run) -> Value {
    json!({
        "id": run.id.as_str(),
        "name": run.name,
        "experiment": run.experiment_name,
        "started_at": time::rfc3339(run.started),
    })
}
