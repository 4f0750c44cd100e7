//! A TCP proxy that counts, cuts, spoils or swallows what passes.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// What happens when so many bytes have passed, both ways together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    None,
    /// The connection that carries this byte is cut off; later ones are not.
    Cut(u64),
    /// From this byte on every connection is cut off, until the proxy is mended.
    Dead(u64),
    /// From this byte on nothing passes, and nobody is told.
    Swallow(u64),
    /// This byte of what the server says is another one.
    Flip(u64),
}

/// Listens while it lives.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    to: SocketAddr,
    harm: Harm,
    passed: AtomicU64,
    answered: AtomicU64,
    done: AtomicBool,
}

impl Proxy {
    pub(crate) fn new(to: SocketAddr, harm: Harm) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (passed, answered) = (AtomicU64::new(0), AtomicU64::new(0));
        let shared = Arc::new(Shared { to, harm, passed, answered, done: AtomicBool::new(false) });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(accepting.to) else { continue };
                accepting.join(&client, &server);
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns how many bytes have passed, both ways together.
    pub(crate) fn passed(&self) -> u64 {
        self.shared.passed.load(Ordering::SeqCst)
    }

    /// Does no more harm.
    pub(crate) fn mend(&self) {
        self.shared.done.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    fn join(self: &Arc<Self>, client: &TcpStream, server: &TcpStream) {
        for (from, to, answer) in [(client, server, false), (server, client, true)] {
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let shared = Arc::clone(self);
            thread::spawn(move || shared.pass(from, to, answer));
        }
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream, answer: bool) {
        let mut buffer = [0; 16 << 10];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let before = self.passed.fetch_add(count as u64, Ordering::SeqCst);
            let mut whole = count;
            let mut swallow = false;
            let due = |at: u64| before + count as u64 > at;
            match self.harm {
                _ if self.done.load(Ordering::SeqCst) => {}
                Harm::Cut(at) if due(at) && !self.done.swap(true, Ordering::SeqCst) => {
                    whole = at.saturating_sub(before) as usize;
                }
                Harm::Dead(at) if due(at) => whole = at.saturating_sub(before) as usize,
                Harm::Swallow(at) => swallow = due(at),
                Harm::Flip(at) if answer => {
                    let start = self.answered.fetch_add(count as u64, Ordering::SeqCst);
                    if (start..start + count as u64).contains(&at) {
                        buffer[(at - start) as usize] ^= 0x10;
                    }
                }
                _ => {}
            }
            if !swallow && to.write_all(&buffer[..whole]).is_err() {
                break;
            }
            if whole < count {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
