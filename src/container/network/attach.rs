//! Puts a container into its network, and takes it apart in the end.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::net::{AddressFamily, SocketType};
use rustix::process::{self, Pid, WaitOptions};
use rustix::thread::{self, LinkNameSpaceType, UnshareFlags};

use super::bridge::Cable;
use super::pasta::{self, Wanted};
use super::port::Bound;
use super::{port, relay};
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::{Network, Spec, surroundings, sys};

/// What a container is connected to, for as long as it runs.
#[derive(Debug, Default)]
pub(in crate::container) struct Attached {
    namespace: Option<OwnedFd>,
    /// Where it is reached from this machine.
    pub(in crate::container) address: Option<IpAddr>,
    pub(in crate::container) ports: Vec<Bound>,
    /// Sentences for the user.
    pub(in crate::container) notes: Vec<String>,
    /// Lines of `/etc/hosts`.
    hosts: Vec<(String, IpAddr)>,
    dns: Vec<IpAddr>,
    cable: Option<Cable>,
    processes: Vec<Pid>,
}

/// Refuses what no machine could do.
pub(in crate::container) fn validate(spec: &Spec) -> Outcome<()> {
    port::validate(&spec.ports)?;
    if spec.network == Network::None && !spec.ports.is_empty() {
        let why = "a container without a network publishes no ports";
        return Err(Failure::Invalid(why.to_owned()));
    }
    Ok(())
}

impl Attached {
    /// Makes the network that `spec` asks for.
    ///
    /// For a process with one thread, before it makes a namespace for processes: those it starts here are not to be in that.
    pub(in crate::container) fn create(spec: &Spec, rootless: bool) -> Outcome<Self> {
        let _ = children_beside(); // Only where one that has ended was left there is it needed.
        let mut made = Self::default();
        let done = match spec.network {
            Network::Host => made.host(spec),
            // The first process makes that itself.
            Network::None if spec.reach.is_empty() => Ok(()),
            Network::None => made.namespace().and_then(|()| made.reach(spec)),
            Network::Private => made.private(spec, rootless),
        };
        match done {
            Ok(()) => Ok(made),
            Err(failure) => {
                made.remove();
                Err(failure)
            }
        }
    }

    fn host(&mut self, spec: &Spec) -> Outcome<()> {
        if !spec.ports.is_empty() {
            let note = "The container has the host's network, so no ports are published.";
            self.notes.push(note.to_owned());
        }
        self.name_host(spec, Some(Ipv4Addr::LOCALHOST))
    }

    fn private(&mut self, spec: &Spec, rootless: bool) -> Outcome<()> {
        self.namespace()?;
        let (own, gateway) = if rootless { self.pasta(spec)? } else { self.bridge()? };
        self.reach(spec)?;
        self.name_host(spec, gateway)?;
        if let Some(address) = own {
            self.hosts.push((spec.hostname.clone(), address));
        }
        let Some(namespace) = &self.namespace else { return Ok(()) };
        if !spec.ports.is_empty() {
            let server = match self.address {
                Some(IpAddr::V4(address)) => address,
                _ => Ipv4Addr::LOCALHOST,
            };
            let relay = relay::start(&spec.ports, namespace, server)?;
            self.processes.push(relay.pid);
            self.ports = relay.ports;
        }
        Ok(())
    }

    fn reach(&mut self, spec: &Spec) -> Outcome<()> {
        if let (Some(namespace), false) = (&self.namespace, spec.reach.is_empty()) {
            self.processes.push(relay::start_back(&spec.reach, namespace)?);
        }
        Ok(())
    }

    /// Tells whether there is a network already.
    pub(in crate::container) fn is_made(&self) -> bool {
        self.namespace.is_some()
    }

    fn bridge(&mut self) -> Outcome<(Option<IpAddr>, Option<Ipv4Addr>)> {
        let Some(namespace) = &self.namespace else { return Ok((None, None)) };
        let cable = Cable::plug(namespace)?;
        if let Some(why) = &cable.cut_off {
            self.notes
                .push(format!("The container reaches this machine, but nothing outside: {why}."));
        }
        let (address, gateway) = (IpAddr::V4(cable.address), cable.gateway);
        self.address = Some(address);
        self.cable = Some(cable);
        Ok((Some(address), Some(gateway)))
    }

    fn pasta(&mut self, spec: &Spec) -> Outcome<(Option<IpAddr>, Option<Ipv4Addr>)> {
        let Some(inside) = &self.namespace else { return Ok((None, None)) };
        if let Err(why) = pasta::usable() {
            self.notes.push(format!("The container reaches nothing outside: {why}."));
            return Ok((None, None));
        }
        let host = !spec.host_names.is_empty();
        let names = spec.dns.is_empty() && !surroundings::reaches_a_resolver();
        self.processes.push(pasta::start(&Wanted { inside, host, names })?);
        if names {
            self.dns = vec![pasta::RESOLVER.into()];
        }
        Ok((pasta::address(), if host { pasta::gateway() } else { None }))
    }

    fn name_host(&mut self, spec: &Spec, address: Option<Ipv4Addr>) -> Outcome<()> {
        let Some(address) = address else {
            return match spec.host_names.first() {
                None => Ok(()),
                Some(name) => Err(Failure::Unsupported {
                    what: format!("`{name}` as a name for this machine"),
                    why: "the container cannot reach it".to_owned(),
                }),
            };
        };
        self.hosts.extend(spec.host_names.iter().map(|name| (name.clone(), address.into())));
        Ok(())
    }

    /// Makes a network with nothing but a loopback. A process that may not come back cannot go there itself.
    fn namespace(&mut self) -> Outcome<()> {
        let pipes = io::pipe().and_then(|ready| io::pipe().map(|done| (ready, done)));
        let ((mut ready, tell), (mut hold, done)) = pipes.during("make a pipe")?;
        let Some(pid) = sys::fork().during("make a process for a network")? else {
            drop((ready, done));
            let mut tell = tell;
            if new_network().is_ok() && tell.write_all(&[1]).is_ok() {
                let _ = hold.read(&mut [0]);
            }
            super::leave()
        };
        drop((tell, hold));
        let made = ready
            .read_exact(&mut [0])
            .and_then(|()| fs::File::open(format!("/proc/{}/ns/net", pid.as_raw_nonzero())));
        drop(done);
        let _ = process::waitpid(Some(pid), WaitOptions::empty());
        self.namespace = Some(made.during("make a network")?.into());
        Ok(())
    }

    /// Moves this process into the network, for good.
    pub(in crate::container) fn enter(&self) -> Outcome<()> {
        let Some(namespace) = &self.namespace else { return Ok(()) };
        thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .during("enter the network")
    }

    /// Returns `spec` with what the container is to know of its network.
    pub(in crate::container) fn told(&self, spec: &Spec) -> Spec {
        let mut spec = spec.clone();
        spec.hosts.extend(self.hosts.iter().cloned());
        spec.dns.extend(&self.dns);
        spec
    }

    /// Ends what keeps it.
    pub(in crate::container) fn remove(&mut self) {
        for pid in self.processes.drain(..) {
            super::end(pid);
        }
        self.namespace = None;
        if let Some(cable) = self.cable.take() {
            cable.unplug();
        }
    }
}

/// Has children of this process be where it is itself, and not in the namespace of a container that it began before.
fn children_beside() -> io::Result<()> {
    let own = fs::File::open("/proc/self/ns/pid")?;
    let kind = Some(LinkNameSpaceType::ProcessID);
    Ok(thread::move_into_link_name_space(own.as_fd(), kind)?)
}

fn new_network() -> io::Result<()> {
    sys::unshare(UnshareFlags::NEWNET)?;
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    sys::loopback_up(socket.as_fd())
}
