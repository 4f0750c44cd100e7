//! How wanted objects travel: whole packs as files, whole frames as they are stored, the rest one by one.

use std::collections::HashSet;
use std::sync::Arc;

use crate::remote::Error;
use crate::remote::transport::SharedParcel;
use crate::remote::wanted::{Holding, Wanted};
use crate::store::Link;
use crate::store::pack::{Entry, fills};

/// A smaller pack is not taken as a file: its frames join others in a larger one.
const WORTH_A_FILE: u64 = 1 << 20;

/// Frames that one worker reads at once, in stored bytes.
const BATCH: u64 = 2 << 20;

/// The steps that bring everything that is wanted. No two of them bring the same object.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    taken: HashSet<Link>,
}

/// One piece of work.
#[derive(Debug)]
pub(crate) enum Step {
    /// A pack of which every object is wanted.
    Pack { pack: SharedParcel, frames: Vec<Vec<Entry>> },
    /// Frames of which every object is wanted, and the wanted objects of others.
    Frames { pack: SharedParcel, whole: Vec<Vec<Entry>>, parts: Vec<Vec<Entry>> },
}

impl Plan {
    /// Plans to take everything in `wanted`, first of all from `leftovers`: packs that an interrupted transfer left.
    pub(crate) fn make(wanted: &Wanted, leftovers: Vec<SharedParcel>) -> Result<Self, Error> {
        let mut plan = Self::default();
        for pack in leftovers {
            plan.take_pack(wanted, &pack, &[])?;
        }
        for holding in &wanted.packs {
            let enough = holding.entries.len() as u64 * 2 > holding.pack.objects();
            let large = holding.pack.size() >= WORTH_A_FILE;
            if !(enough && large && plan.take_pack(wanted, &holding.pack, &holding.entries)?) {
                plan.take_frames(holding);
            }
        }
        Ok(plan)
    }

    /// Returns how many bytes are read and verified for it.
    pub(crate) fn bytes(&self) -> u64 {
        self.steps.iter().map(Step::bytes).sum()
    }

    /// Takes a pack as it is, if it holds nothing but what is wanted, and something that is not taken yet.
    fn take_pack(
        &mut self,
        wanted: &Wanted,
        pack: &SharedParcel,
        known: &[Entry],
    ) -> Result<bool, Error> {
        let Some(frames) = pack.tidy_frames(known)? else { return Ok(false) };
        let links = || frames.iter().flatten().map(|entry| entry.link);
        if !links().all(|link| wanted.contains(&link)) || links().all(|l| self.taken.contains(&l)) {
            return Ok(false);
        }
        self.taken.extend(links());
        self.steps.push(Step::Pack { pack: Arc::clone(pack), frames });
        Ok(true)
    }

    fn take_frames(&mut self, holding: &Holding) {
        let mut entries = holding.entries.clone();
        entries.retain(|entry| self.taken.insert(entry.link));
        entries.sort_by_key(|entry| (entry.offset, entry.start));
        let (mut whole, mut parts, mut size) = (vec![], vec![], 0);
        for frame in entries.chunk_by(|a, b| a.offset == b.offset) {
            size += u64::from(frame[0].stored);
            // What fills a frame is all that is in it.
            match fills(frame) {
                true => whole.push(frame.to_vec()),
                false => parts.push(frame.to_vec()),
            }
            if size >= BATCH {
                self.push_frames(&holding.pack, &mut whole, &mut parts);
                size = 0;
            }
        }
        self.push_frames(&holding.pack, &mut whole, &mut parts);
    }

    fn push_frames(
        &mut self,
        pack: &SharedParcel,
        whole: &mut Vec<Vec<Entry>>,
        parts: &mut Vec<Vec<Entry>>,
    ) {
        if whole.is_empty() && parts.is_empty() {
            return;
        }
        let (whole, parts) = (std::mem::take(whole), std::mem::take(parts));
        self.steps.push(Step::Frames { pack: Arc::clone(pack), whole, parts });
    }
}

impl Step {
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Pack { pack, .. } => pack.size(),
            Self::Frames { whole, parts, .. } => {
                whole.iter().chain(parts).map(|frame| u64::from(frame[0].stored)).sum()
            }
        }
    }
}
