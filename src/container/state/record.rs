//! What is written of a container: what was asked for, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::container::{Exit, Spec, Started};

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// 64 hex digits; given by [`super::Containers::create`].
    pub id: String,
    pub name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    /// As the user wrote it.
    pub image: String,
    pub image_id: String,
    /// What runs, and in what surroundings; its root is known when it is mounted.
    pub spec: Spec,
    /// As `--user` or the image has it; looked up in the mounted root.
    pub user: String,
    /// `--group-add`, names or numbers.
    pub groups: Vec<String>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub labels: BTreeMap<String, String>,
    pub exposed: Vec<String>,
    pub platform: String,
    pub terminal: bool,
    pub open_input: bool,
    pub stop_signal: i32,
    /// Seconds until what does not stop is killed; negative for never.
    pub stop_timeout: i64,
    pub restart: Restart,
    /// `--rm`.
    pub auto_remove: bool,
    pub volumes: Vec<Volume>,
    pub log: LogLimits,
    pub detach_keys: Option<String>,
}

/// A folder that outlives containers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    pub name: String,
    pub target: String,
    pub read_only: bool,
    /// Made for this container alone, and removed with it by `rm -v` and `--rm`.
    pub anonymous: bool,
    /// Whether what the image has there is copied into it when it is empty.
    pub copy: bool,
}

/// How much of a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLimits {
    /// Bytes of one file.
    pub size: u64,
    pub files: u32,
    /// `--log-driver none`.
    pub none: bool,
}

impl Default for LogLimits {
    /// A container that never stops talking takes this much of a disk and no more.
    fn default() -> Self {
        Self { size: 16 << 20, files: 2, none: false }
    }
}

/// When a supervisor starts its container anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Restart {
    #[default]
    No,
    /// Where it failed; at most so often, if a number is given.
    OnFailure(Option<u32>),
    Always,
    UnlessStopped,
}

/// What became of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub life: Life,
    /// Of what runs; the number of the first process is 0 where there is none.
    pub facts: Started,
    /// When that one began, in ticks since the machine did: with `boot`, no other process has ever had both.
    pub pid_started: u64,
    pub supervisor: u32,
    pub boot: String,
    pub exit_code: i32,
    pub out_of_memory: bool,
    /// Why it could not be started.
    pub error: String,
    pub started: Option<i64>,
    pub finished: Option<i64>,
    pub restarts: u32,
    /// Whether the user stopped it: `unless-stopped` then stays stopped after a reboot.
    pub stopped: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Life {
    #[default]
    Created,
    Running,
    Paused,
    /// Between its end and its next beginning.
    Restarting,
    Exited,
}

impl Life {
    /// Tells whether there must be a supervisor.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }

    /// Returns Docker's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
        }
    }
}

impl State {
    /// Nobody was there to see it: killed with its supervisor, or gone with the machine.
    pub(super) fn end_unseen(&mut self) {
        let same_boot = self.boot == boot();
        self.life = Life::Exited;
        self.exit_code = if same_boot { 128 + libc::SIGKILL } else { 255 };
        self.error = match same_boot {
            true => "its supervisor was killed".to_owned(),
            false => "the machine was started anew".to_owned(),
        };
        self.facts = Started::default();
    }

    pub(in crate::container) fn end(&mut self, exit: &Exit, now: i64) {
        self.life = Life::Exited;
        self.exit_code = exit.code();
        self.out_of_memory = exit.out_of_memory;
        self.finished = Some(now);
        self.facts = Started::default();
    }
}

/// Changes with each start of the machine; empty where the system does not tell.
pub(in crate::container) fn boot() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

impl Restart {
    /// Tells whether a container that ended by itself is started anew.
    pub(in crate::container) fn wants(self, exit: &Exit, restarts: u32) -> bool {
        match self {
            Self::No => false,
            Self::Always | Self::UnlessStopped => true,
            Self::OnFailure(most) => exit.code() != 0 && most.is_none_or(|most| restarts < most),
        }
    }

    /// Tells whether it is started after the machine was.
    pub fn wants_after_boot(self, state: &State) -> bool {
        match self {
            Self::Always => true,
            Self::UnlessStopped => !state.stopped,
            Self::OnFailure(_) => state.exit_code != 0 && !state.stopped,
            Self::No => false,
        }
    }
}
