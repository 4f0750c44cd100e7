//! Webhooks: who wants to be told of what happens in the registry, and telling them.

mod event;

use serde_json::Value;

use crate::server::state::State;

pub(super) use event::Event;

/// Tells webhooks of an event.
pub(super) trait Fire {
    fn fire(&self, event: Event, data: Value);
}

impl Fire for State {
    fn fire(&self, event: Event, data: Value) {
        let _ = (event.words(), event.example(), Event::of("", ""), data);
    }
}
