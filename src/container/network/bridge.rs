//! For root: a cable from the container to the bridge `mls0`, and through it to the outside.
//!
//! ```text
//! container 10.87.0.2 ── eth0 ═══ mls-0-2 ── mls0 10.87.0.1 ── host, masqueraded ──► outside
//! /run/mls/network/lock         held while the bridge is made
//! /run/mls/network/10.87.0.2    locked by the helper of the container that has this address
//! /run/mls/network/outside      the way out has been made for this bridge
//! ```
//!
//! What is made is held by the kernel alone: locks go with their process, cables with the network they lead to. So nothing
//! is left to be cleaned, however a container ends, but the bridge itself.

use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, Mode, OFlags};
use rustix::thread::{self, LinkNameSpaceType};

use super::netlink::{Kernel, Subnet};
use super::outside;
use crate::container::failure::{During as _, Failure, Outcome};

const FOLDER: &str = "/run/mls/network";
pub(super) const BRIDGE: &str = "mls0";
/// Where none of the host's networks lies, tried in this order. Docker begins with 172.17, podman with 10.88.
const SUBNETS: [[u8; 2]; 8] =
    [[10, 87], [10, 86], [10, 85], [10, 84], [172, 29], [172, 28], [192, 168], [10, 127]];
const BITS: u8 = 16;

/// A container's place at the bridge.
#[derive(Debug)]
pub(super) struct Cable {
    pub(super) address: Ipv4Addr,
    pub(super) gateway: Ipv4Addr,
    /// Why nothing outside can be reached.
    pub(super) cut_off: Option<String>,
    lock: Lock,
}

/// A file that is locked for as long as this lives.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    _held: OwnedFd,
}

impl Cable {
    /// Connects the network `inside`, with an address of its own.
    pub(super) fn plug(inside: &OwnedFd) -> Outcome<Self> {
        let failed = |error: io::Error| Failure::Unsupported {
            what: "a private network".to_owned(),
            why: format!("the bridge `{BRIDGE}`: {error}"),
        };
        let kernel = Kernel::open().map_err(failed)?;
        let (bridge, gateway, cut_off) = bridge(&kernel).map_err(failed)?;
        let (address, lock) = address(gateway).during("find an address")?;
        let [_, _, c, d] = address.octets();
        let name = format!("mls-{c}-{d}");
        let made = make(&kernel, &name, bridge, inside, address);
        made.during("connect the container to its network")?;
        configure(inside, Subnet { address, bits: BITS }, gateway.address)
            .during("set up the container's network")?;
        Ok(Self { address, gateway: gateway.address, cut_off, lock })
    }

    /// Gives the address back. What is left of the cable goes with the container's network.
    pub(super) fn unplug(self) {
        let _ = fs::remove_file(&self.lock.path);
    }
}

/// Returns the bridge and its address, made where it is not there.
fn bridge(kernel: &Kernel) -> io::Result<(u32, Subnet, Option<String>)> {
    let _alone = folder_lock()?;
    let (index, subnet) = match kernel.find(BRIDGE)? {
        Some(index) => (index, kernel.addresses()?.into_iter().find(|(link, _)| *link == index)),
        None => {
            kernel.make_bridge(BRIDGE)?;
            (kernel.find(BRIDGE)?.ok_or(io::ErrorKind::NotFound)?, None)
        }
    };
    let subnet = match subnet {
        Some((_, subnet)) => subnet,
        None => {
            let subnet = free_subnet(kernel)?;
            kernel.give(index, subnet)?;
            subnet
        }
    };
    kernel.turn_on(index)?;
    let done = Path::new(FOLDER).join("outside");
    let cut_off = outside::open(subnet, BRIDGE, index, &done);
    Ok((index, subnet, cut_off.err()))
}

fn folder_lock() -> io::Result<OwnedFd> {
    fs::create_dir_all(FOLDER)?;
    let file = open_lock(&Path::new(FOLDER).join("lock"))?;
    rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn open_lock(path: &Path) -> io::Result<OwnedFd> {
    let how = OFlags::CREATE | OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    Ok(rustix::fs::openat(CWD, path, how, Mode::from_raw_mode(0o600))?)
}

fn free_subnet(kernel: &Kernel) -> io::Result<Subnet> {
    let mut taken: Vec<Subnet> =
        kernel.addresses()?.into_iter().map(|(_, subnet)| subnet).collect();
    taken.extend(kernel.routes()?);
    let candidates =
        SUBNETS.map(|[a, b]| Subnet { address: Ipv4Addr::new(a, b, 0, 1), bits: BITS });
    let free = candidates.into_iter().find(|one| !taken.iter().any(|other| one.overlaps(*other)));
    free.ok_or_else(|| io::Error::new(io::ErrorKind::AddrInUse, "every network is taken"))
}

/// Returns an address that no other container has. The first and last are the bridge's and everybody's.
fn address(gateway: Subnet) -> io::Result<(Ipv4Addr, Lock)> {
    let first = gateway.address.to_bits();
    let count = 1_u32 << (32 - u32::from(gateway.bits.clamp(16, 30)));
    for address in (first + 1..first + count - 2).map(Ipv4Addr::from_bits) {
        if let Some(lock) = claim(&Path::new(FOLDER).join(address.to_string()))? {
            return Ok((address, lock));
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "every address is taken"))
}

fn claim(path: &Path) -> io::Result<Option<Lock>> {
    let file = open_lock(path)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::AGAIN) => return Ok(None),
        done => done?,
    }
    // Whoever had it may have removed it between the two; then another may make it again and have it, too.
    let (held, found) = (rustix::fs::fstat(&file)?, rustix::fs::stat(path));
    match found.is_ok_and(|found| (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)) {
        true => Ok(Some(Lock { path: path.to_owned(), _held: file })),
        false => Ok(None),
    }
}

/// Makes the cable. One of this name is that of a container whose network is just being taken apart.
fn make(
    kernel: &Kernel,
    name: &str,
    bridge: u32,
    inside: &OwnedFd,
    address: Ipv4Addr,
) -> io::Result<()> {
    let [a, b, c, d] = address.octets();
    // The same for an address each time, so that no neighbour remembers another.
    let hardware = [0x02, 0x6d, a, b, c, d];
    match kernel.make_cable(name, bridge, inside.as_fd(), hardware) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            kernel.cut(name)?;
            kernel.make_cable(name, bridge, inside.as_fd(), hardware)
        }
        done => done,
    }
}

/// Sets up the container's end, inside.
fn configure(inside: &OwnedFd, subnet: Subnet, gateway: Ipv4Addr) -> io::Result<()> {
    let own = fs::File::open("/proc/self/ns/net")?;
    let kind = Some(LinkNameSpaceType::Network);
    thread::move_into_link_name_space(inside.as_fd(), kind)?;
    let done = configure_here(subnet, gateway);
    thread::move_into_link_name_space(own.as_fd(), kind)?;
    done
}

fn configure_here(subnet: Subnet, gateway: Ipv4Addr) -> io::Result<()> {
    let kernel = Kernel::open()?;
    let index = kernel.find("eth0")?.ok_or(io::ErrorKind::NotFound)?;
    kernel.give(index, subnet)?;
    kernel.turn_on(index)?;
    kernel.route(gateway)
}
