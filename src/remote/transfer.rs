//! One transfer between two open stores, in either direction.

use std::collections::HashSet;
use std::sync::Arc;

use crate::base::Progress;
use crate::remote::carry::carry;
use crate::remote::graph::Graph;
use crate::remote::plan::Plan;
use crate::remote::transport::{Holder, LocalPack, Origin, SharedParcel};
use crate::remote::{Error, Sent};
use crate::store::pack::Pack;
use crate::store::{Link, Trust, Writer, leftover, refs};

/// How a transfer is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Whether blobs travel too.
    pub(crate) blobs: bool,
    pub(crate) dry_run: bool,
}

/// Brings everything that `roots` lead to from `from` into `writer`, verified; nothing of it is visible yet.
///
/// The writer's store must not be the same as `from`. What an interrupted transfer left there is used first.
pub(crate) fn bring(
    from: &dyn Origin,
    roots: &[Link],
    writer: &mut Writer<'_>,
    terms: Terms,
    progress: &dyn Progress,
) -> Result<Sent, Error> {
    let complete: HashSet<Link> =
        refs::list(writer.store(), "")?.into_iter().map(|r| r.target).collect();
    let mut holder = Taker { writer, complete: &complete };
    let wanted = from.wanted(roots, &mut holder, terms.blobs, progress)?;
    if terms.dry_run {
        let copied = Plan::make(&wanted, vec![])?.bytes();
        return Ok(Sent { objects: wanted.objects(), copied, shared: 0 });
    }
    let (mut sent, mut graph) = (Sent::default(), None);
    if !from.is_trusted() {
        graph = Some(Graph::default());
    }
    if wanted.objects() > 0 {
        let left = leftover::find(writer.store())?;
        let sound = left.packs.iter().filter(|pack| is_sound(pack));
        let sound = sound.map(|pack| -> SharedParcel {
            Arc::new(LocalPack { pack: Arc::clone(pack), trust: Trust::Own })
        });
        let plan = Plan::make(&wanted, sound.collect())?;
        sent = carry(&wanted, plan, writer, graph.as_mut(), progress)?;
        left.used();
    }
    if let Some(graph) = graph {
        graph.check(roots, writer, &complete, terms.blobs, "the other store")?;
    }
    Ok(sent)
}

/// The store that takes objects in.
struct Taker<'a, 'b> {
    writer: &'a mut Writer<'b>,
    /// What its refs point at: it has all that these lead to, if it has them.
    complete: &'a HashSet<Link>,
}

impl Holder for Taker<'_, '_> {
    fn is_complete(&mut self, node: &Link) -> Result<bool, Error> {
        Ok(self.complete.contains(node) && self.writer.has(node)?)
    }

    fn have(&mut self, links: &[Link]) -> Result<Vec<bool>, Error> {
        links.iter().map(|link| Ok(self.writer.has(link)?)).collect()
    }

    fn complete(&self) -> Vec<Link> {
        self.complete.iter().copied().collect()
    }
}

/// What lay around is no reason to fail: what is not whole travels again.
fn is_sound(pack: &Pack) -> bool {
    let frames = pack.tidy_frames().ok().flatten();
    frames.is_some_and(|frames| pack.verify(&frames, &mut |_| ()).is_ok())
}

/// Commits, or leaves what has arrived so that the next transfer need not bring it again.
pub(crate) fn keep_on_failure<T>(
    mut writer: Writer<'_>,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>,
) -> Result<(Writer<'_>, T), Error> {
    match work(&mut writer) {
        Ok(value) => Ok((writer, value)),
        Err(error) => {
            writer.leave();
            Err(error)
        }
    }
}
