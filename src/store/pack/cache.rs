//! Frames that were decoded a moment ago: the small objects of one commit lie in one frame and are read together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::Found;
use crate::base::Digest;
use crate::store::Error;

/// How many decoded bytes are kept, and in how many frames at the most.
const BYTES: usize = 16 << 20;
const FRAMES: usize = 64;

/// The frames used last, newest first.
#[derive(Debug, Default)]
pub(crate) struct FrameCache(Mutex<VecDeque<Decoded>>);

#[derive(Debug)]
struct Decoded {
    pack: Digest,
    offset: u32,
    bytes: Arc<Vec<u8>>,
}

impl FrameCache {
    /// Returns the decoded bytes of the frame in which an object lies.
    pub(crate) fn frame(&self, found: &Found) -> Result<Arc<Vec<u8>>, Error> {
        let key = (found.pack.digest, found.entry.offset);
        if let Some(frame) = self.find(key) {
            return Ok(frame);
        }
        let frame = Arc::new(found.pack.frame(&found.entry)?);
        let mut frames = self.0.lock().expect("no holder panics");
        frames.push_front(Decoded { pack: key.0, offset: key.1, bytes: Arc::clone(&frame) });
        let size = |frames: &VecDeque<Decoded>| frames.iter().map(|f| f.bytes.len()).sum::<usize>();
        while frames.len() > FRAMES || (frames.len() > 1 && size(&frames) > BYTES) {
            frames.pop_back();
        }
        Ok(frame)
    }

    fn find(&self, (pack, offset): (Digest, u32)) -> Option<Arc<Vec<u8>>> {
        let mut frames = self.0.lock().expect("no holder panics");
        let place = frames.iter().position(|f| (f.pack, f.offset) == (pack, offset))?;
        let hit = frames.remove(place)?;
        let frame = Arc::clone(&hit.bytes);
        frames.push_front(hit);
        Some(frame)
    }
}
