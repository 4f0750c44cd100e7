//! One transfer between two open stores, in either direction.

use std::sync::Arc;

use crate::base::Progress;
use crate::remote::carry::carry;
use crate::remote::plan::Plan;
use crate::remote::wanted::{Limits, Wanted};
use crate::remote::{Error, Sent};
use crate::store::pack::Pack;
use crate::store::{Link, Store, Trust, Writer, leftover, refs};

/// How a transfer is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Whether blobs travel too.
    pub(crate) blobs: bool,
    /// Whether files of the other store may be shared.
    pub(crate) trust: Trust,
    /// Who lacks what is missing, in the words of an error.
    pub(crate) place: &'static str,
    pub(crate) dry_run: bool,
}

/// Brings everything that `roots` lead to from `from` into `writer`, verified; nothing of it is visible yet.
///
/// The writer's store must not be the same as `from`. What an interrupted transfer left there is used first.
pub(crate) fn bring(
    from: &Store,
    roots: &[Link],
    writer: &mut Writer<'_>,
    terms: Terms,
    progress: &dyn Progress,
) -> Result<Sent, Error> {
    let complete = refs::list(writer.store(), "")?.into_iter().map(|r| r.target).collect();
    let mut limits = Limits {
        has: &mut |link| writer.has(link),
        complete: &complete,
        blobs: terms.blobs,
        place: terms.place,
    };
    let wanted = Wanted::walk(from, roots, &mut limits, progress)?;
    if terms.dry_run || wanted.objects() == 0 {
        let copied = Plan::make(&wanted, vec![])?.bytes();
        return Ok(Sent { objects: wanted.objects(), copied, shared: 0 });
    }
    let left = leftover::find(writer.store())?;
    let sound = left.packs.iter().filter(|pack| is_sound(pack)).map(Arc::clone);
    let plan = Plan::make(&wanted, sound.collect())?;
    let sent = carry(&wanted, plan, writer, terms.trust, progress)?;
    left.used();
    Ok(sent)
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
