//! Bodies that are longer than memory, in both directions, and watched: what does not move is given up.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use reqwest::header::{CONTENT_LENGTH, RANGE};
use reqwest::{Body, Method, StatusCode};
use tokio::time::sleep;

use crate::base::fs::read_at;
use crate::remote::connect::{SLOWEST, Watch};
use crate::remote::transport::http::client::Client;
use crate::remote::transport::http::fault::Fault;

/// Read from a file at once.
const BLOCK: u64 = 512 << 10;

impl Client {
    /// Reads bytes of a pack, from `from` up to `end`, and hands them to `take` as they come.
    pub(super) async fn range(
        &self,
        pack: &str,
        from: u64,
        end: u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let range = format!("bytes={from}-{}", end - 1);
        let request = self.request(Method::GET, &format!("packs/{pack}")).header(RANGE, range);
        let mut response = self.send(request, false).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Err(Fault::Final(self.nonsense("a pack where a part of it was asked for")));
        }
        let mut left = end - from;
        let mut watch = Watch::new(self.stall);
        while let Some(chunk) = watch.next(&mut response).await? {
            if chunk.len() as u64 > left {
                return Err(Fault::Final(self.nonsense("more of a pack than was asked for")));
            }
            left -= chunk.len() as u64;
            take(&chunk)?;
        }
        match left {
            0 => Ok(()),
            _ => Err(Fault::Cut("it ended too early".to_owned())),
        }
    }

    /// Writes the rest of a pack behind what is in `file` already.
    pub(super) async fn download(
        &self,
        pack: &str,
        mut file: &File,
        from: u64,
        size: u64,
    ) -> Result<(), Fault> {
        let mut failed = None;
        let outcome = self
            .range(pack, from, size, &mut |bytes| {
                file.write_all(bytes).map_err(|error| {
                    let words = Fault::Cut(error.to_string());
                    failed = Some(error);
                    words
                })
            })
            .await;
        match failed {
            Some(source) => {
                let path = std::path::PathBuf::from(format!("{pack}.pack"));
                Err(Fault::Final(crate::remote::Error::Io { action: "write", path, source }))
            }
            None => outcome,
        }
    }

    /// Sends a pack from `from` to its end; `told` hears how many bytes have gone.
    pub(super) async fn upload(
        &self,
        path: &str,
        file: Arc<File>,
        from: u64,
        size: u64,
        told: &Arc<AtomicU64>,
    ) -> Result<(), Fault> {
        let body = Body::wrap_stream(pieces(file, from, size, Arc::clone(told)));
        let request = self
            .request(Method::PUT, &format!("{path}?offset={from}&size={size}"))
            .header(CONTENT_LENGTH, size - from)
            .body(body);
        let answer = self.send(request, true);
        tokio::select! {
            answer = answer => answer.map(|_| ()),
            () = stuck(self.stall, told, size) => Err(Fault::Stalled(self.stall)),
        }
    }
}

/// Ends when a body that is not sent yet has stopped moving.
async fn stuck(stall: Duration, told: &AtomicU64, size: u64) {
    let mut before = told.load(Ordering::Relaxed);
    loop {
        sleep(stall).await;
        let now = told.load(Ordering::Relaxed);
        if now < size && now - before < SLOWEST * stall.as_secs().max(1) {
            return;
        }
        before = now;
    }
}

fn pieces(
    file: Arc<File>,
    from: u64,
    size: u64,
    told: Arc<AtomicU64>,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::unfold(from, move |at| {
        let (file, told) = (Arc::clone(&file), Arc::clone(&told));
        async move {
            told.store(at, Ordering::Relaxed);
            if at >= size {
                return None;
            }
            match read_at(&file, at, BLOCK.min(size - at) as usize) {
                Ok(block) => {
                    let next = at + block.len() as u64;
                    Some((Ok(Bytes::from(block)), next))
                }
                Err(error) => Some((Err(error), size)),
            }
        }
    })
}
