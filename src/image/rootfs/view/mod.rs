//! The merged file system of some layers, in memory: lowest layer first, whiteouts applied.

mod apply;
mod inode;
mod look;

use std::collections::BTreeMap;

use crate::image::layer;
use crate::image::rootfs::Error;
use crate::store::{Link, Store};

pub(super) use apply::Applied;
use apply::Laying;
pub(super) use inode::steers;
pub use inode::{Content, Inode, Kind, Xattrs};
pub use look::Found;

/// The merged file system of some layers.
///
/// Built in one pass over the headers of each layer; no content is read. A layer on top is one more [`View::apply`].
#[derive(Debug, Clone)]
pub struct View {
    /// A place for each name there is or was; the root is the first.
    nodes: Vec<Node>,
    inodes: Vec<Inode>,
    /// How many layers were applied.
    layers: u32,
}

/// A name in a folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) inode: u32,
    /// The layer that last said something of it or of what is below it.
    pub(super) layer: u32,
    /// In that layer, hides all that lower layers have below it.
    pub(super) opaque: bool,
    pub(super) children: BTreeMap<Box<[u8]>, u32>,
}

const ROOT: u32 = 0;

impl Default for View {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], inodes: vec![Inode::folder()], layers: 0 }
    }
}

impl View {
    /// The root folder's place.
    pub(super) const ROOT: u32 = ROOT;

    /// Returns the file system of no layer: a root folder (0755, root's, of 1970) and nothing in it, as `FROM scratch` has.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Returns what `layers`, lowest first, make together.
    pub fn of(store: &Store, layers: &[Link]) -> Result<Self, Error> {
        let mut view = Self::empty();
        layers.iter().try_for_each(|layer| view.apply(store, layer))?;
        Ok(view)
    }

    /// Lays one more layer on top.
    pub fn apply(&mut self, store: &Store, layer: &Link) -> Result<(), Error> {
        self.lay(store, layer).map(drop)
    }

    /// As [`View::apply`]; says what came with the layer.
    pub(super) fn lay(&mut self, store: &Store, layer: &Link) -> Result<Applied, Error> {
        let mut laying = Laying::begin(self);
        for entry in layer::entries(store, layer)? {
            laying.put(entry?)?;
        }
        Ok(laying.finish())
    }

    pub(super) fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Whether the topmost layer has something there or below.
    pub(super) fn is_of_top(&self, node: u32) -> bool {
        self.node(node).layer == self.layers
    }

    fn node_mut(&mut self, node: u32) -> &mut Node {
        &mut self.nodes[node as usize]
    }

    pub(super) fn inode(&self, node: u32) -> &Inode {
        &self.inodes[self.node(node).inode as usize]
    }
}
