//! The flags of `run` and `create`, with Docker's names and meaning.

use std::path::{Path, PathBuf};

use mls::container::{Limits, Network, Security, Spec, Swap};
use mls::image::platform::Platform;
use mls::image::start::{self, Options};

use super::connected::{Connected, profile};
use super::mounts::Wanted;
use super::{recorded, values};
use crate::cli::args;
use crate::cli::error::CommandError;
use crate::cli::session::Session;

/// What a container is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct Asked {
    /// The image: a name, or the beginning of its id
    pub(crate) image: String,
    /// The command and its arguments, instead of the image's own
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
    /// Name the container
    #[arg(long)]
    name: Option<String>,
    /// Let the command read what is typed here
    #[arg(short, long)]
    pub(crate) interactive: bool,
    /// Give it a terminal
    #[arg(short, long)]
    pub(crate) tty: bool,
    /// Remove the container when it has ended
    #[arg(long)]
    rm: bool,
    /// Run this program in place of the image's entry point
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// Set a variable; a name alone takes its value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Set the variables of a file, one a line
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// Show a folder or a volume inside: SOURCE:TARGET[:ro]
    #[arg(short, long, value_name = "SOURCE:TARGET")]
    volume: Vec<String>,
    /// The same in words: type=bind,source=DIR,target=DIR[,readonly]
    #[arg(long, value_name = "FIELDS")]
    mount: Vec<String>,
    /// Show an empty folder in memory: TARGET[:size=64m,mode=1777]
    #[arg(long, value_name = "TARGET")]
    tmpfs: Vec<String>,
    /// Begin in this folder
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// Run as this user: name or number, with `:group`
    #[arg(short, long)]
    user: Option<String>,
    /// Be in this group, too
    #[arg(long, value_name = "GROUP")]
    group_add: Vec<String>,
    /// Name the machine that it seems to be
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
    /// Add a line to /etc/hosts: NAME:ADDRESS, where `host-gateway` is this machine
    #[arg(long, value_name = "NAME:ADDRESS")]
    add_host: Vec<String>,
    /// Ask this name server
    #[arg(long, value_name = "ADDRESS")]
    dns: Vec<std::net::IpAddr>,
    /// The network: `private`, `host` or `none`
    #[arg(long, alias = "net", value_name = "NETWORK", default_value = "private")]
    network: String,
    #[command(flatten)]
    connected: Connected,
    /// Have a process 1 that looks after others
    #[arg(long)]
    init: bool,
    /// Forbid changes to its files, but in volumes
    #[arg(long)]
    read_only: bool,
    /// Bytes in /dev/shm, as `64m`
    #[arg(long, value_name = "BYTES")]
    shm_size: Option<String>,
    /// Shared memory and queues: `private`, or the host's: `host`
    #[arg(long, value_name = "WHOSE", default_value = "private", hide_default_value = true)]
    ipc: String,
    /// Bytes of memory, as `512m`
    #[arg(short, long, value_name = "BYTES")]
    memory: Option<String>,
    /// Bytes of memory and swap together; -1 for no limit
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    memory_swap: Option<String>,
    /// Processors, as `1.5`
    #[arg(long, value_name = "NUMBER")]
    cpus: Option<String>,
    /// The processors that it may run on, as `0-3,5`
    #[arg(long, value_name = "LIST")]
    cpuset_cpus: Option<String>,
    /// Processes and threads
    #[arg(long, value_name = "NUMBER")]
    pids_limit: Option<u64>,
    /// A limit of the shell's: nofile=1024:2048; never more than there is here
    #[arg(long, value_name = "NAME=SOFT[:HARD]")]
    ulimit: Vec<String>,
    /// How soon it is killed for want of memory, from -1000 to 1000
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    oom_score_adj: Option<i32>,
    /// Give it a right, as `NET_ADMIN`, or `ALL`
    #[arg(long, value_name = "RIGHT")]
    cap_add: Vec<String>,
    /// Take a right away, or `ALL`
    #[arg(long, value_name = "RIGHT")]
    cap_drop: Vec<String>,
    /// Give it all rights
    #[arg(long)]
    privileged: bool,
    /// no-new-privileges, seccomp=unconfined, or seccomp=FILE with a profile in Docker's form
    #[arg(long, value_name = "OPTION")]
    security_opt: Vec<String>,
    /// Set a label
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    /// Start it anew when it ends: no, on-failure[:N], always or unless-stopped
    #[arg(long, value_name = "WHEN", default_value = "no", hide_default_value = true)]
    restart: String,
    /// The signal that asks it to end [default: TERM]
    #[arg(long, value_name = "SIGNAL")]
    stop_signal: Option<String>,
    /// Seconds until what does not end is killed; -1 for never [default: 10]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    stop_timeout: Option<i64>,
    /// Where the log goes: `local` or `none`
    #[arg(long, value_name = "DRIVER")]
    log_driver: Option<String>,
    /// How much of the log is kept: max-size=16m, max-file=2
    #[arg(long, value_name = "OPTION")]
    log_opt: Vec<String>,
    /// Write the container's id to a file that is not there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) cidfile: Option<PathBuf>,
    /// Get the image: `missing`, `always` or `never`
    #[arg(long, value_name = "WHEN", default_value = "missing", hide_default_value = true)]
    pub(crate) pull: String,
    /// Use the image for this machine, as `linux/arm64`
    #[arg(long, value_parser = args::platform)]
    pub(crate) platform: Option<Platform>,
    /// Run a command of `commit-run`: with what its variables name
    #[arg(long, hide = true)]
    for_run: bool,
    /// Say more; twice for even more
    #[arg(long = "verbose", action = clap::ArgAction::Count, hide = true)]
    verbose: u8,
}

impl Asked {
    /// Tells whether the container goes when it has ended.
    pub(crate) fn removes(&self) -> bool {
        self.rm
    }

    /// Returns what is to be made of the image.
    pub(crate) fn options(&self, session: &Session) -> Result<Options, CommandError> {
        let base = &session.settings.folder;
        let mut wanted = Wanted::default();
        self.volume.iter().try_for_each(|text| wanted.volume(base, text))?;
        self.mount.iter().try_for_each(|text| wanted.mount(base, text))?;
        self.tmpfs.iter().try_for_each(|text| wanted.memory(text))?;
        if let Some(name) = &self.name {
            mls::container::check_name(name)?;
        }
        if values::host_ipc(&self.ipc)? {
            wanted.share_memory();
        }
        let restart = values::restart(&self.restart)?;
        if self.rm && restart != mls::container::Restart::No {
            return Err(CommandError::usage("`--rm` and `--restart` contradict each other"));
        }
        let mut options = Options {
            name: self.name.clone(),
            image: self.image.clone(),
            platform: self.platform.clone(),
            entrypoint: self
                .entrypoint
                .as_ref()
                .map(|one| if one.is_empty() { vec![] } else { vec![one.clone()] }),
            command: self.command.clone(),
            env: values::env(base, &self.env_file, &self.env)?,
            cwd: self.workdir.clone(),
            user: self.user.clone(),
            groups: self.group_add.clone(),
            hostname: self.hostname.clone(),
            host_name: own_name(),
            labels: values::labels(&self.label),
            publish_all: self.connected.publish_all,
            volumes: wanted.volumes,
            terminal: self.tty,
            open_input: self.interactive,
            stop_signal: self.stop_signal.as_deref().map(read_signal).transpose()?,
            stop_timeout: self.stop_timeout,
            restart,
            auto_remove: self.rm,
            log: values::log(self.log_driver.as_deref(), &self.log_opt)?,
            spec: Spec { mounts: wanted.mounts, ..self.spec(base)? },
        };
        if self.for_run {
            recorded::join(base, session.settings.store.as_deref(), &mut options);
        }
        Ok(options)
    }

    fn spec(&self, base: &Path) -> Result<Spec, CommandError> {
        let mut spec = Spec {
            read_only: self.read_only,
            init: self.init,
            host_ipc: values::host_ipc(&self.ipc)?,
            network: match self.network.as_str() {
                "host" => Network::Host,
                "none" => Network::None,
                "private" | "bridge" | "default" => Network::Private,
                other => {
                    let what = format!("`{}` is no network", other.escape_debug());
                    return Err(
                        CommandError::usage(what).hint("There are `private`, `host` and `none`.")
                    );
                }
            },
            dns: self.dns.clone(),
            security: self.security(base)?,
            limits: self.limits()?,
            ..Spec::default()
        };
        for text in &self.add_host {
            match values::host(text)? {
                (name, Some(address)) => spec.hosts.push((name, address)),
                (name, None) => spec.host_names.push(name),
            }
        }
        self.connected.apply(&mut spec)?;
        Ok(spec)
    }

    fn security(&self, base: &Path) -> Result<Security, CommandError> {
        let mut security = Security {
            privileged: self.privileged,
            add: self.cap_add.clone(),
            drop: self.cap_drop.clone(),
            ..Security::default()
        };
        for option in &self.security_opt {
            match option.replacen(':', "=", 1).as_str() {
                "no-new-privileges" | "no-new-privileges=true" => {
                    security.no_new_privileges = true;
                }
                "no-new-privileges=false" | "label=disable" | "apparmor=unconfined" => {}
                "seccomp=unconfined" => security.unfiltered = true,
                "seccomp=builtin" => {}
                other if other.starts_with("seccomp=") => {
                    let path = base.join(&other["seccomp=".len()..]);
                    security.profile = Some(profile(&path)?);
                }
                other => {
                    let what = format!("`{}` is no option of security", other.escape_debug());
                    return Err(CommandError::usage(what).hint(
                        "There are `no-new-privileges`, `seccomp=unconfined` and `seccomp=FILE`.",
                    ));
                }
            }
        }
        Ok(security)
    }

    fn limits(&self) -> Result<Limits, CommandError> {
        let bytes = |text: &Option<String>| text.as_deref().map(values::bytes).transpose();
        let ulimits = self.ulimit.iter().map(|text| values::ulimit(text));
        Ok(Limits {
            memory: self.memory.as_deref().map(values::memory).transpose()?.flatten(),
            swap: match self.memory_swap.as_deref() {
                None => None,
                Some("-1") => Some(Swap::Unlimited),
                Some(text) => Some(Swap::Total(values::bytes(text)?)),
            },
            cpu: self.cpus.as_deref().map(values::processors).transpose()?,
            processors: self.cpuset_cpus.clone(),
            processes: self.pids_limit,
            out_of_memory_score: self.oom_score_adj,
            shared_memory: bytes(&self.shm_size)?,
            resources: ulimits.collect::<Result<_, _>>()?,
        })
    }
}

fn own_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Reads a signal by name or number.
pub(crate) fn read_signal(text: &str) -> Result<i32, CommandError> {
    start::signal(text).ok_or_else(|| {
        CommandError::usage(format!("`{}` is no signal", text.escape_debug()))
            .hint("Name one as `TERM`, `SIGTERM` or `15`.")
    })
}
