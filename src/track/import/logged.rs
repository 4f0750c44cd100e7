//! Logged models into nodes, as runs are.

use serde_bytes::ByteBuf;

use crate::track::import::runs::texts;
use crate::track::import::versions::Version;
use crate::track::import::{LoggedRecord, Notes};
use crate::track::limit;
use crate::track::logged::{LoggedModel, ModelId};
use crate::track::{Experiment, ExperimentId};

/// Makes a logged model of what the record says by itself; `None` where it cannot be kept.
pub(super) fn plain(
    experiment: &Experiment,
    record: &LoggedRecord,
    notes: &Notes,
) -> Option<LoggedModel> {
    let owner = format!("logged model {}", record.id.escape_debug());
    let Ok(id) = record.id.parse::<ModelId>() else {
        notes.skip(owner, "its id is not `m-` and 32 hex digits");
        return None;
    };
    let experiment: ExperimentId = experiment.id.clone();
    let name = match limit::name("logged model", &record.name) {
        Ok(()) => record.name.clone(),
        Err(_) => id.as_str()[..10].to_owned(),
    };
    Some(LoggedModel {
        name,
        experiment,
        status: record.status,
        status_message: record.status_message.clone(),
        model_type: record.model_type.clone(),
        source_run: record.source_run.clone(),
        params: texts("param", &record.params, &owner, notes),
        tags: texts("tag", &record.tags, &owner, notes),
        artifacts: None,
        created: record.created,
        updated: record.updated,
        deleted: record.deleted,
        edited: record.updated.max(record.created),
        previous: vec![],
        id,
    })
}

impl Version for LoggedModel {
    fn set(&mut self, edited: i64, previous: Vec<ByteBuf>) {
        (self.edited, self.previous) = (edited, previous);
    }

    fn edited(&self) -> i64 {
        self.edited
    }

    fn previous(&self) -> &[ByteBuf] {
        &self.previous
    }

    fn bare(&mut self) {
        self.set(0, vec![]);
    }
}
