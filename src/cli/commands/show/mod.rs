//! `mls show`: one thing as a person wants to see it.

mod image;
mod model;
mod model_content;
mod object;
mod run;

pub(super) use model_content::{import_json, imports, tensor_json};

use mls::image::Image;
use mls::model::inspect;
use mls::store::{Kind, object as node};
use mls::track::load;

use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::thing::{self, Thing};
use crate::cli::{dag_json, help};

/// Show a run, a version of a model, an image, a ref or an object
///
/// For a person: what it is, what it holds, what it leads to. With `--format json` the object itself, as `mls cat-file`
/// prints it; a run that is still live is shown as it would be sealed now.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls show @", "show the last run"),
        ("mls show bold-fox-12", "show a run by its name"),
        ("mls show iris@champion", "show the version of a model that an alias stands for"),
        ("mls show train:1", "show an image"),
        ("mls show @:plots", "show a folder or a file of a run's artifacts"),
        ("mls show object:4f2a9c", "show an object by the beginning of its id"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// A run, a version such as `iris@v3`, an image, a ref, an object, or a path in one: `RUN:PATH`
    thing: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let ui = &session.ui;
    if let Some((_, entry)) = thing::entry(&store, &args.thing)? {
        return match entry.content() {
            Some(link) => object::show(session, &store, &link),
            None => ui.answer(&thing::entry_json(&entry), || thing::symlink_text(&entry)),
        };
    }
    match thing::resolve(&store, &args.thing)? {
        Thing::Run(id) => {
            let run = load::run(&store, &id)?;
            let value = dag_json::of_node(&node::encode(&run)?)?;
            let text = run::text(session, &store, &run)?;
            ui.answer(&value, || text)
        }
        Thing::Version(version) => {
            let inspection = match mls::model::source::content(&store, &version) {
                Ok(content) => Some(inspect::content(&store, &content)?),
                Err(mls::model::Error::NoContent { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            let mut value = dag_json::of_node(&store.read(&version.id)?)?;
            let mut text = model::text(session, &store, &version)?;
            if let Some(inspection) = &inspection {
                let signature = mls::model::register::signature(&store, &version)?;
                text.push_str(&model_content::text(session, inspection, signature.as_ref()));
                value["inspection"] = model_content::json(inspection, signature.as_ref());
            }
            ui.answer(&value, || text)
        }
        Thing::Ref { target, .. } | Thing::Object(target) if target.kind == Kind::Node => {
            match store.read_node(&target) {
                Ok(sealed) => {
                    let text = run::text(session, &store, &sealed)?;
                    ui.answer(&dag_json::of_node(&store.read(&target)?)?, || text)
                }
                Err(_) => match store.read_node::<Image>(&target) {
                    Ok(found) => {
                        let text = image::text(&store, &target, &found)?;
                        ui.answer(&dag_json::of_node(&store.read(&target)?)?, || text)
                    }
                    Err(_) => object::show(session, &store, &target),
                },
            }
        }
        Thing::Ref { target, .. } | Thing::Object(target) => object::show(session, &store, &target),
    }
}
