//! One call of `mls`: what prints, and what it goes by.

use std::path::Path;

use mls::store::{Context, Store};
use mls::track::commit;

use crate::cli::error::{CommandError, Exit};
use crate::cli::interrupt;
use crate::cli::settings::Settings;
use crate::cli::sharing;
use crate::cli::ui::Ui;

/// What every command is handed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) ui: Ui,
    pub(crate) settings: Settings,
}

impl Session {
    /// Opens the store that this call works on. Runs that a dead `mls` has left there are sealed first.
    pub(crate) fn store(&self) -> Result<Store, CommandError> {
        let store = Store::open(self.store_folder()?, self.context())?;
        interrupt::clean_up_in(store.folder());
        // Where they cannot be sealed now, as in a store that may only be read, another command will do it.
        for found in commit::seal_abandoned(&store).unwrap_or_default() {
            let name = &found.run.name;
            self.ui.note(&format!("Sealed run `{name}` as killed: its `mls` is gone."));
            found.warnings.iter().for_each(|warning| self.ui.warn(warning));
        }
        sharing::fill_gaps(self, &store)?;
        Ok(store)
    }

    /// Returns who does what, and when: what a store's history keeps.
    pub(crate) fn context(&self) -> Context {
        let Settings { command, clock, .. } = &self.settings;
        Context { actor: self.settings.actor(), command: command.clone(), clock: *clock }
    }

    /// Returns the `.mlstore` that this call works on.
    pub(crate) fn store_folder(&self) -> Result<&Path, CommandError> {
        self.settings.store.as_deref().ok_or_else(|| {
            let folder = self.settings.folder.display();
            CommandError::new(
                Exit::NoStore,
                format!("no store in `{folder}` or any folder above it"),
            )
            .hint("Run `mls init` to make a store here.")
        })
    }
}
