//! The relay: takes what comes to a published port and passes it on inside the container's network.
//!
//! ```text
//! client ──► listener of the host ──► relay ──► socket of the container's network ──► server
//!                                      splice(2): the bytes of a connection never reach this program's memory
//! ```
//!
//! A socket belongs to the network it was made in for ever. So this process makes the listeners, then moves to the network
//! of the container and makes all others there. It needs no rule in any firewall and no rights but those over the container,
//! it is ended by the kernel with the helper that started it, and a port that is taken is noticed at once. The server sees
//! its own address as that of the client, as with Docker's proxy.

mod back;
mod listen;
mod tcp;
mod udp;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketFlags};
use rustix::process::{self, Pid, Resource, Rlimit};
use rustix::thread::{self, LinkNameSpaceType};

use self::listen::socket;
use self::tcp::{Connection, Spare, Step};
use self::udp::Senders;
use super::port::{Bound, Port, Protocol};
use crate::container::failure::{During as _, Outcome};
use crate::container::lull::Lull;
use crate::container::sys;

/// How often senders that are silent are looked for.
const TIDY: Duration = Duration::from_secs(15);
/// How many connections are taken before it is another's turn.
const ACCEPTED: usize = 64;

/// A socket of the host, and what it is for.
#[derive(Debug)]
struct Listener {
    socket: OwnedFd,
    bound: Bound,
}

/// A relay at work, and its ports.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) pid: Pid,
    pub(super) ports: Vec<Bound>,
}

/// Starts a relay for `ports` to servers of the network `inside`, at `address` there.
///
/// For a process with one thread that may enter that network.
pub(super) fn start(ports: &[Port], inside: &OwnedFd, address: Ipv4Addr) -> Outcome<Relay> {
    more_descriptors();
    let listeners = listen::listen(ports)?;
    let bound = listeners.iter().map(|listener| listener.bound).collect();
    let parent = process::getpid();
    match sys::fork().during("make a process for published ports")? {
        Some(pid) => Ok(Relay { pid, ports: bound }),
        None => {
            // Nobody is told: a relay that ends leaves ports that refuse.
            let _ = serve(listeners, Some(inside), address, parent);
            super::leave()
        }
    }
}

pub(super) use back::start_back;

/// Each port and each connection takes some.
fn more_descriptors() {
    let limit = process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let _ = process::setrlimit(Resource::Nofile, raised);
}

fn serve(
    listeners: Vec<Listener>,
    inside: Option<&OwnedFd>,
    address: Ipv4Addr,
    parent: Pid,
) -> Outcome<Infallible> {
    super::belong_to(parent)?;
    forget_streams().during("close streams")?;
    let sockets = listeners.iter().map(|listener| listener.socket.as_raw_fd());
    let kept = sockets.chain(inside.map(|inside| inside.as_raw_fd()));
    sys::close_all_but(&kept.collect::<Vec<_>>()).during("close descriptors")?;
    if let Some(inside) = inside {
        enter(inside)?;
    }
    let mut events = Events::new(listeners, address).during("watch ports")?;
    loop {
        events.turn().during("pass on what comes to published ports")?;
    }
}

fn enter(inside: &OwnedFd) -> Outcome<()> {
    thread::move_into_link_name_space(inside.as_fd(), Some(LinkNameSpaceType::Network))
        .during("enter the network of the container")
}

/// Whoever reads what the container writes waits until the last process has closed it.
fn forget_streams() -> io::Result<()> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let null = openat(CWD, "/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(rustix::stdio::dup2_stderr(&null)?)
}

/// What a number that the kernel tells stands for.
enum Watched {
    Listener(usize),
    Connection(Box<Connection>),
    Sender(usize, SocketAddr),
}

struct Events {
    epoll: OwnedFd,
    watched: HashMap<u64, Watched>,
    next: u64,
    listeners: Vec<Listener>,
    senders: Vec<Senders>,
    address: Ipv4Addr,
    spare: Spare,
    /// Connections whose turn is not over because others had to wait.
    ready: Vec<u64>,
    buffer: Vec<u8>,
    tidied: Instant,
    lull: Lull,
}

impl Events {
    fn new(listeners: Vec<Listener>, address: Ipv4Addr) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let senders = listeners.iter().map(|_| Senders::default()).collect();
        let any_udp = listeners.iter().any(|listener| listener.bound.protocol == Protocol::Udp);
        let mut events = Self {
            epoll,
            watched: HashMap::new(),
            next: 0,
            listeners: vec![],
            senders,
            address,
            spare: Spare::default(),
            ready: vec![],
            buffer: vec![0; if any_udp { udp::LARGEST } else { 0 }],
            tidied: Instant::now(),
            lull: Lull::default(),
        };
        for (index, listener) in listeners.iter().enumerate() {
            let number = events.number();
            watch(&events.epoll, &listener.socket, number, epoll::EventFlags::IN)?;
            events.watched.insert(number, Watched::Listener(index));
        }
        events.listeners = listeners;
        Ok(events)
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Waits for something to happen and deals with it.
    fn turn(&mut self) -> io::Result<()> {
        let idle = self.lull.most().unwrap_or(TIDY);
        let wait = if self.ready.is_empty() { idle } else { Duration::ZERO };
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        let mut told = Vec::with_capacity(256);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut told), Some(&wait)) {
            Err(Errno::INTR) => {}
            done => drop(done?),
        }
        let mut numbers: Vec<u64> = std::mem::take(&mut self.ready);
        numbers.extend(told.iter().map(|event| event.data.u64()));
        self.lull.waited(numbers.is_empty());
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            self.step(number);
        }
        if self.tidied.elapsed() > TIDY {
            self.tidy();
        }
        Ok(())
    }

    fn step(&mut self, number: u64) {
        match self.watched.get_mut(&number) {
            None => {}
            Some(Watched::Connection(connection)) => match connection.step(&mut self.spare) {
                Step::Waits => {}
                Step::Goes => self.ready.push(number),
                // Its sockets leave the kernel's list as they are closed.
                Step::Done => drop(self.watched.remove(&number)),
            },
            Some(Watched::Listener(index)) => {
                let index = *index;
                match self.listeners[index].bound.protocol {
                    Protocol::Tcp => self.accept(index),
                    Protocol::Udp => self.receive(index),
                }
            }
            Some(Watched::Sender(index, address)) => {
                let (index, address) = (*index, *address);
                let listener = &self.listeners[index].socket;
                self.senders[index].answer(listener, address, &mut self.buffer);
            }
        }
    }

    fn target(&self, index: usize) -> SocketAddr {
        SocketAddr::from((self.address, self.listeners[index].bound.container))
    }

    fn accept(&mut self, index: usize) {
        for _ in 0..ACCEPTED {
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            match net::accept_with(&self.listeners[index].socket, flags) {
                Ok(client) => {
                    // A client that cannot be served is closed, as it is where nobody listens.
                    let _ = self.connect(client, self.target(index));
                }
                Err(Errno::AGAIN) => return,
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    // It stays in the queue until another one is done.
                    std::thread::sleep(Duration::from_millis(5));
                    return;
                }
                Err(_) => {}
            }
        }
    }

    fn connect(&mut self, client: OwnedFd, target: SocketAddr) -> io::Result<()> {
        let server = socket(AddressFamily::INET, Protocol::Tcp)?;
        for side in [&client, &server] {
            net::sockopt::set_tcp_nodelay(side, true)?;
        }
        match net::connect(&server, &target) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let number = self.number();
        let both = epoll::EventFlags::IN
            | epoll::EventFlags::OUT
            | epoll::EventFlags::RDHUP
            | epoll::EventFlags::ET;
        watch(&self.epoll, &client, number, both)?;
        watch(&self.epoll, &server, number, both)?;
        self.watched.insert(number, Watched::Connection(Box::new(Connection::new(client, server))));
        Ok(())
    }

    fn receive(&mut self, index: usize) {
        let target = self.target(index);
        let Self { epoll, watched, next, listeners, senders, buffer, .. } = self;
        let mut add = |socket: &OwnedFd, address| {
            *next += 1;
            watch(epoll, socket, *next, epoll::EventFlags::IN)?;
            watched.insert(*next, Watched::Sender(index, address));
            Ok(())
        };
        senders[index].receive(&listeners[index].socket, target, buffer, &mut add);
    }

    fn tidy(&mut self) {
        self.tidied = Instant::now();
        self.senders.iter_mut().for_each(Senders::tidy);
        let senders = &self.senders;
        self.watched.retain(|_, watched| match watched {
            Watched::Sender(index, address) => senders[*index].knows(address),
            _ => true,
        });
    }
}

fn watch(
    epoll: &OwnedFd,
    socket: &OwnedFd,
    number: u64,
    flags: epoll::EventFlags,
) -> io::Result<()> {
    Ok(epoll::add(epoll, socket, epoll::EventData::new_u64(number), flags)?)
}
