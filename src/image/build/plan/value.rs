//! A plan and what it is made from, as types.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::image::build::ignore::Ignore;
use crate::image::config::{self, Config};
use crate::image::dockerfile::lint::{Rule, Warning};
use crate::image::dockerfile::{Heredoc, Lines, Mount, Network, Security};
use crate::image::platform::Platform;

/// The stages in an order in which each comes after those it reads. Stages that do not read each other may run at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    pub stages: Vec<Stage>,
    /// The stage that becomes the image, by its place in `stages`.
    pub target: usize,
    /// What is worth a word although the build goes on: unused build arguments, a foreign front end.
    pub notes: Vec<String>,
    /// What BuildKit's checks say of the file.
    pub warnings: Vec<Warning>,
    /// The checks among them that keep the file from being built (`# check=error=true`).
    pub failing: Vec<Rule>,
}

/// A stage, or an image that only `--from` names: a stage without steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Its name, or `stage-N` as BuildKit counts them.
    pub name: String,
    /// The line of its `FROM`; of the instruction that names it where it has none.
    pub at: Lines,
    pub platform: Platform,
    pub base: Base,
    pub steps: Vec<Step>,
    /// What the last step leaves: the config of the image it would be, layers (`rootfs`) and times left out. Its history is
    /// the base's followed by that of the steps.
    pub config: Config,
    /// The stages this one reads, by their places in the plan: its base, `COPY --from`, mounts.
    pub reads: Vec<usize>,
    /// `--no-cache`, or `--no-cache-filter` names it.
    pub no_cache: bool,
}

/// What a stage begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    Scratch,
    /// Another stage of the plan.
    Stage(usize),
    /// An image, by the name as the file has it once variables are replaced; the key of [`Found::Image`] says what it came to.
    Image {
        name: String,
        key: String,
    },
    /// A folder, tar or repository given by `--build-context`, by the context's name.
    Context(String),
}

/// A base to be found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// As the file has it, variables replaced.
    pub name: String,
    pub platform: Platform,
    /// The instruction that wants it.
    pub at: Lines,
}

/// What a name after `FROM` or `--from` came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// An image with its config, and whatever the executor needs to find it again: its manifest's digest.
    Image { key: String, config: Box<Config> },
    /// A folder, tar or repository given by `--build-context`. One that is an image is [`Found::Image`].
    Context,
    /// Nothing that can be asked now: `--check` goes on without it.
    Unknown,
}

/// Something to do, or to note in the config.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    pub at: Lines,
    /// The instruction as written.
    pub text: String,
    /// Comes from an `ONBUILD` of the base.
    pub onbuild: bool,
    pub action: Action,
    /// Its line in the history of the image, without a time.
    pub history: Option<config::Step>,
}

/// What is to be done. All words are final: variables replaced, paths absolute where the file system begins at `/`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Only the config changes.
    Config,
    /// A folder is made with its parents, mode 0755, owned by `user`.
    Workdir {
        path: String,
        user: String,
    },
    Run(Box<Run>),
    Copy(Box<Copy>),
}

/// A command to run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// With the shell in front where it is one for a shell.
    pub args: Vec<String>,
    /// `NAME=value` of `ENV` and of the arguments in sight, in their order.
    pub env: Vec<String>,
    /// Given to the command, but no part of its cache key and not in the history: the proxies.
    pub proxy: Vec<String>,
    pub cwd: String,
    /// As in the config: names or numbers; empty for root.
    pub user: String,
    pub network: Network,
    pub security: Security,
    pub mounts: Vec<PlannedMount>,
    pub devices: Vec<String>,
    /// A script with its own `#!`, to be found read-only at `/dev/pipes/NAME`, mode 0755.
    pub script: Option<Script>,
    pub hostname: Option<String>,
}

/// A file that a command finds at `/dev/pipes/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Script {
    pub name: String,
    pub content: String,
}

/// A mount, and the stage it reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedMount {
    /// Its target is absolute, its id filled in.
    #[serde(flatten)]
    pub mount: Mount,
    /// Nothing for what is no part of an image: caches, secrets, agents, memory.
    pub reads: Option<Source>,
}

/// Where files come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The build context.
    Context,
    /// A stage of the plan, by its place.
    Stage(usize),
}

/// Files to copy: `COPY` and `ADD`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Copy {
    pub source: Source,
    /// Patterns below the source, URLs and repositories (`ADD` only).
    pub paths: Vec<String>,
    /// Files given in the Dockerfile, variables replaced.
    pub inline: Vec<Heredoc>,
    /// Absolute. Ends with `/` where it was written so: then it is a folder.
    pub destination: String,
    pub chown: Option<String>,
    pub chmod: Option<String>,
    pub link: bool,
    pub parents: bool,
    pub exclude: Vec<String>,
    /// What `ADD` does beyond copying.
    pub add: Option<Add>,
}

/// What `ADD` does beyond copying.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Add {
    pub checksum: Option<String>,
    pub keep_git_dir: Option<bool>,
    /// Local archives are unpacked where nothing is said; those from a URL only where it is `true`.
    pub unpack: Option<bool>,
}

/// What a plan depends on beside the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The last stage where nothing is said.
    pub target: Option<String>,
    /// `--build-arg`, values resolved.
    pub build_args: BTreeMap<String, String>,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
    /// `--platform`; the machine's where nothing is said.
    pub platform: Option<Platform>,
    /// What the machine is.
    pub build_platform: Platform,
    pub no_cache: bool,
    /// `--no-cache-filter`.
    pub no_cache_stages: Vec<String>,
    /// What the context leaves out.
    pub ignore: Ignore,
    /// Names given by `--build-context`, which win over images and stages.
    pub contexts: Vec<String>,
    /// `--allow security.insecure`: without it, a step that asks for it is refused.
    pub allow_insecure: bool,
    /// `--allow network.host`.
    pub allow_host_network: bool,
    /// Every stage is planned, not only those that the target needs: `--check`.
    pub all_stages: bool,
    /// `--network`, for steps that say nothing.
    pub network: Network,
}
