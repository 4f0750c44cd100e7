//! A version of a model on one screen.

use mls::base::{size::human, time};
use mls::model::registry::{self, Version};
use mls::model::{Stage, source};
use mls::store::Store;

use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LITERAL, paint};
use crate::cli::table::{Cell, Column, Table, facts};
use crate::cli::text::{self, escaped};
use crate::cli::thing;

/// Returns all that is known of a version.
pub(super) fn text(
    session: &Session,
    store: &Store,
    version: &Version,
) -> Result<String, CommandError> {
    let Version { name, number, id, model, about } = version;
    let entry = registry::get(store, name)?;
    let now = store.now();
    let mut head = vec![(
        "Registered",
        format!("{}, {}", time::rfc3339(model.created), time::ago(model.created, now)),
    )];
    let aliases = entry.aliases_of(*number);
    head.extend((!aliases.is_empty()).then(|| ("Aliases", escaped(&aliases.join(", ")).into())));
    let stage = Some(about.stage).filter(|stage| *stage != Stage::None);
    head.extend(stage.map(|stage| ("Stage", stage.to_string())));
    head.push(("Source", escaped(&model.source).into()));
    head.extend(model.run.iter().map(|run| ("Run", escaped(run).into())));
    head.push(("Content", content(store, version)?));
    head.extend(about.description.iter().map(|words| ("Description", text::escaped_lines(words))));
    let model_words = entry.registered.description.iter();
    head.extend(model_words.map(|words| ("Model", text::escaped_lines(words))));
    let title = version.reference().to_string();
    let mut shown = format!(
        "{}\n{}\n\n{}",
        paint(HEADER, &escaped(&title)),
        paint(LITERAL, &id.to_string()),
        facts(head)
    );
    if !about.tags.is_empty() {
        let mut table = Table::new([Column::new("tag"), Column::new("value").cut()]);
        about.tags.iter().for_each(|(key, value)| {
            table.row([Cell::new(key).style(LITERAL), value.into()]);
        });
        shown.push_str(&format!("\n{}", table.render(session.ui.width).text));
    }
    Ok(shown)
}

fn content(store: &Store, version: &Version) -> Result<String, CommandError> {
    match source::content(store, version) {
        Ok(link) => {
            let (files, bytes) = thing::extent(store, &link)?;
            Ok(format!("{}, {}", text::count(files, "file"), human(bytes)))
        }
        Err(mls::model::Error::NoContent { .. }) => Ok("not in this store".to_owned()),
        Err(error) => Err(error.into()),
    }
}
