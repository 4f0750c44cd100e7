//! A process in a box: knows a root folder and not an image.
//!
//! ```text
//! mls build ── enter_namespace ── threads ── run(&Spec)
//!                                             │  socket: the Spec down, what became of it up; pipes: the output
//!                                        mls __container      fresh, single-threaded: control group, waits, tidies
//!                                             │  fork into a new pid namespace
//!                                        process 1            namespaces, mounts, filter, rights; then exec
//! ```
//!
//! What is to run is a [`Spec`]. It is carried out by a fresh, single-threaded process (the program runs itself again), since
//! namespaces and rights belong to a thread and a fork of a program with threads may not allocate.
//!
//! The runtime is our own and not the `libcontainer` crate. That one drops the rights that a filter without
//! `no_new_privs` needs before its last hook, gives up where an ordinary user may not write control groups of version 1,
//! and mounts by path; here every mount is made of a file descriptor onto a file descriptor, so that nothing in the root
//! folder, however it changes meanwhile, leads outside.

mod beneath;
mod call;
mod capability;
pub mod cdi;
mod cgroup;
pub mod copy;
mod devices;
mod error;
mod event;
mod failure;
mod helper;
mod hook;
mod host_devices;
mod init;
mod logs;
mod lull;
mod mount;
mod namespace;
mod network;
mod process;
mod program;
mod rootfs;
mod run;
mod seccomp;
mod spec;
mod state;
mod streams;
mod supervisor;
mod support;
mod surroundings;
mod sys;
mod tail;
mod talk;
mod top;
mod user;
mod volume;
mod wire;

pub use call::{Claim, Connection, Said, Start, Writer};
pub use cgroup::{Groups, Stats};
pub use devices::Device;
pub use error::Error;
pub use event::Event;
pub use helper::{close_inherited, serve_helper};
pub use namespace::enter_namespace;
pub use network::{Bound, Choice, Port, Protocol};
pub use run::{HELPER, Stream, run, run_by};
pub use spec::{Exit, Limits, Mount, Network, Security, Source, Spec, Started, Status, Swap, User};
pub use state::{
    Config, Container, Containers, Life, LogLimits, Restart, State, Volume, check_name, random_id,
};
pub use supervisor::{Line, SUPERVISOR, serve_supervisor};
pub use support::{PROBE, Support, serve_probe, support};
pub use sys::{give_back_memory, map_sealed};
pub use talk::{Exec, ExecUser};
pub use top::Process;
pub use user::Found;
pub use volume::{About, Named, Volumes};
