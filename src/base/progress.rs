//! How long work tells its caller how far it is.

/// One piece of work that can be long, as a person would name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Files are read into the store; counted in bytes.
    Add,
    /// Files are hashed and not kept; counted in bytes.
    Hash,
    /// Content is written out of the store; counted in bytes.
    Checkout,
    /// Objects are looked at by `fsck`; counted in objects.
    Check,
    /// Objects are found by following links; counted in objects.
    Walk,
    /// Packs are written anew by `gc`; counted in bytes.
    Repack,
    /// Content travels to another store; counted in bytes.
    Send,
    /// Content arrives from another store; counted in bytes.
    Receive,
    /// What arrived is verified; counted in bytes.
    Verify,
    /// Runs come from elsewhere; counted in runs.
    Import,
    /// Runs are put into the index; counted in runs.
    Index,
}

/// Receives news of a long piece of work; the caller decides whether anyone sees it.
///
/// Called from several threads.
pub trait Progress: Sync {
    /// Says that `task` begins and how much there is to do, where that is known.
    fn start(&self, task: Task, total: Option<u64>);
    /// Says that `amount` more is done.
    fn advance(&self, task: Task, amount: u64);
    /// Says that `task` is over.
    fn finish(&self, task: Task);
}

/// Drops all news; for servers and tests.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _task: Task, _total: Option<u64>) {}
    fn advance(&self, _task: Task, _amount: u64) {}
    fn finish(&self, _task: Task) {}
}
