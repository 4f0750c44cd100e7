//! Words, numbers and datasets as all sources spell them.

use std::collections::BTreeMap;

use crate::base::Progress;
use crate::store::Writer;
use crate::track::import::place::Place;
use crate::track::import::{Gathered, Notes, artifacts};
use crate::track::{Dataset, Error, Status};

/// The tag that says what a dataset was for.
const CONTEXT: &str = "mlflow.data.context";

/// Reads one of MLflow's words for the state of a run.
pub(super) fn status(word: &str) -> Result<Status, String> {
    let all =
        [Status::Running, Status::Scheduled, Status::Finished, Status::Failed, Status::Killed];
    let found = all.into_iter().find(|status| status.as_str() == word);
    found.ok_or_else(|| format!("`{}` is no status", word.escape_debug()))
}

/// Reads a number as Python and JSON write it, `nan` and infinities included.
pub(super) fn number(word: &str) -> Option<f64> {
    match word {
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        word => word.parse().ok(),
    }
}

pub(super) fn dataset(
    name: String,
    digest: String,
    source: Option<String>,
    details: BTreeMap<String, String>,
    mut tags: BTreeMap<String, String>,
) -> Dataset {
    let context = tags.remove(CONTEXT);
    Dataset { name, digest, source, context, size: None, content: None, details, tags }
}

/// Sorts datasets, so that the same ones make the same node however a source lists them.
pub(super) fn in_order(mut datasets: Vec<Dataset>) -> Vec<Dataset> {
    let key =
        |dataset: &Dataset| (dataset.name.clone(), dataset.digest.clone(), dataset.context.clone());
    datasets.sort_by_key(key);
    datasets
}

/// Takes artifacts from where they are, or tells why not.
pub(super) fn gather(
    place: &Place,
    owner: &str,
    writer: &mut Writer<'_>,
    notes: &Notes,
    progress: &dyn Progress,
) -> Result<Gathered, Error> {
    match place {
        Place::Folder(folder) => artifacts::add(writer, folder, owner, notes, progress),
        Place::None => Ok(Gathered::default()),
        Place::Outside(path) => {
            let what = format!("artifacts of {owner}");
            let path = path.display().to_string();
            notes.skip(
                what,
                format!("`{}` is outside; name a root with `--artifacts`", path.escape_debug()),
            );
            Ok(Gathered::default())
        }
        Place::Elsewhere(scheme) => {
            notes.remark(format!("Artifacts at `{scheme}://` stay where they are."));
            Ok(Gathered::default())
        }
    }
}
