//! Where a stage stands: the layers under it, and how they came to be.

use crate::base;
use crate::image::assemble::Held;
use crate::image::build::cache::Key;
use crate::image::config;
use crate::store::Link;

/// What a stage has come to so far.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub layers: Vec<Held>,
    pub history: Vec<config::Step>,
}

impl State {
    /// Returns what stands for the content of all layers.
    pub fn id(&self) -> base::Digest {
        let mut key = Key::new("layers");
        self.layers.iter().for_each(|layer| key.text(&layer.diff_id.to_string()));
        key.finish()
    }

    /// Returns the layers, lowest first.
    pub fn links(&self) -> Vec<Link> {
        self.layers.iter().map(|layer| layer.link).collect()
    }
}
