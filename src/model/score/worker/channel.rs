//! Frames over a socket, at both of its ends.
//!
//! ```text
//! 4 bytes: length of the head   8 bytes: length of the body   the head, in JSON   the body   (lengths little-endian)
//! ```

use std::io::{self, IoSlice, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::left;

/// No head is longer.
const LONGEST_HEAD: usize = 16 << 20;

/// A frame that is no longer comes by one call of the system.
const SHORT: usize = 16 << 10;

const LENGTHS: usize = 12;

/// One end of a socket.
#[derive(Debug)]
pub(in crate::model::score) struct Channel {
    socket: UnixStream,
    /// No body that comes in is longer.
    longest: u64,
    /// How long the socket waits, as it was last told.
    wait: Option<Duration>,
    buffer: Box<[u8]>,
}

/// Why a frame neither goes nor comes; the channel is of no use after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model::score) enum Broken {
    Late,
    Ended,
    TooLong,
}

impl Channel {
    pub(in crate::model::score) fn new(socket: UnixStream, longest: u64) -> Self {
        Self { socket, longest, wait: None, buffer: vec![0; SHORT].into() }
    }

    /// Sends a frame: one write, as far as there is room for it.
    pub(in crate::model::score) fn send(
        &mut self,
        head: &[u8],
        body: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), Broken> {
        let mut front = Vec::with_capacity(LENGTHS + head.len());
        front.extend_from_slice(&(head.len() as u32).to_le_bytes());
        front.extend_from_slice(&(body.len() as u64).to_le_bytes());
        front.extend_from_slice(head);
        let (mut front, mut body) = (&front[..], body);
        while !front.is_empty() || !body.is_empty() {
            self.arm(deadline)?;
            match self.socket.write_vectored(&[IoSlice::new(front), IoSlice::new(body)]) {
                Ok(0) => return Err(Broken::Ended),
                Ok(count) => {
                    let first = count.min(front.len());
                    (front, body) = (&front[first..], &body[count - first..]);
                }
                Err(error) if is_pause(&error) => {}
                Err(_) => return Err(Broken::Ended),
            }
        }
        Ok(())
    }

    /// Receives a frame, and nothing behind it: one read where it is short.
    pub(in crate::model::score) fn receive(
        &mut self,
        deadline: Option<Instant>,
    ) -> Result<(Vec<u8>, Vec<u8>), Broken> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let frame = self.frame(&mut buffer, deadline);
        self.buffer = buffer;
        frame
    }

    fn frame(
        &mut self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(Vec<u8>, Vec<u8>), Broken> {
        let mut have = 0;
        while have < LENGTHS {
            have += self.some(&mut buffer[have..], deadline)?;
        }
        let (lengths, came) = buffer[..have].split_at(LENGTHS);
        let (head, body) = lengths.split_at(4);
        let head = u32::from_le_bytes(head.try_into().expect("four bytes")) as usize;
        let body = u64::from_le_bytes(body.try_into().expect("eight bytes"));
        if head > LONGEST_HEAD || body > self.longest || came.len() as u64 > head as u64 + body {
            return Err(Broken::TooLong);
        }
        let (text, came) = came.split_at(came.len().min(head));
        let text = self.rest(text, head, deadline)?;
        let bytes = self.rest(came, body as usize, deadline)?;
        Ok((text, bytes))
    }

    /// Returns so many bytes, the first of which have come already.
    fn rest(
        &mut self,
        came: &[u8],
        size: usize,
        deadline: Option<Instant>,
    ) -> Result<Vec<u8>, Broken> {
        let (mut whole, mut have) = (vec![0; size], came.len());
        whole[..have].copy_from_slice(came);
        while have < size {
            have += self.some(&mut whole[have..], deadline)?;
        }
        Ok(whole)
    }

    fn some(&mut self, into: &mut [u8], deadline: Option<Instant>) -> Result<usize, Broken> {
        loop {
            self.arm(deadline)?;
            match self.socket.read(into) {
                Ok(0) => return Err(Broken::Ended),
                Ok(count) => return Ok(count),
                Err(error) if is_pause(&error) => {}
                Err(_) => return Err(Broken::Ended),
            }
        }
    }

    /// Lets the socket wait no longer than until then. Of calls with the same limit only the first has to tell it.
    fn arm(&mut self, deadline: Option<Instant>) -> Result<(), Broken> {
        let Some(deadline) = deadline else { return Ok(()) };
        let left = left(deadline).ok_or(Broken::Late)?;
        if self.wait.is_some_and(|wait| wait.abs_diff(left) <= left / 16) {
            return Ok(());
        }
        let told = self.socket.set_read_timeout(Some(left));
        told.and_then(|()| self.socket.set_write_timeout(Some(left))).map_err(|_| Broken::Ended)?;
        self.wait = Some(left);
        Ok(())
    }
}

fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::WouldBlock | K::TimedOut | K::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(longest: u64) -> (Channel, Channel) {
        let (one, other) = UnixStream::pair().expect("two sockets");
        (Channel::new(one, longest), Channel::new(other, longest))
    }

    #[test]
    fn a_frame_of_any_length_comes_as_it_went() {
        let (mut one, mut other) = pair(1 << 30);
        for (head, body) in [(0, 0), (2, 0), (20, 3), (100, SHORT), (SHORT, 5), (7, 3 << 20)] {
            let (head, body) = (vec![b'h'; head], vec![b'b'; body]);
            let soon = Some(Instant::now() + Duration::from_secs(60));
            let came = std::thread::scope(|scope| {
                let came = scope.spawn(|| other.receive(None));
                one.send(&head, &body, soon).expect("it goes");
                came.join().expect("no panic")
            });
            assert_eq!(came, Ok((head, body)));
        }
    }

    #[test]
    fn what_is_late_too_long_or_more_than_one_frame_breaks_the_channel() {
        let (mut one, mut other) = pair(10);
        let soon = Instant::now() + Duration::from_millis(30);
        assert_eq!(other.receive(Some(soon)), Err(Broken::Late));
        one.send(b"", b"12345678901", None).expect("it goes");
        assert_eq!(other.receive(None), Err(Broken::TooLong));
        let (mut one, mut other) = pair(10);
        one.send(b"", b"1", None).expect("it goes");
        one.send(b"", b"2", None).expect("it goes");
        assert_eq!(other.receive(None), Err(Broken::TooLong));
        let (one, mut other) = pair(10);
        drop(one);
        assert_eq!(other.receive(None), Err(Broken::Ended));
    }
}
