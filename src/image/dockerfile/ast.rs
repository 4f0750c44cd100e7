//! What a Dockerfile says, instruction by instruction. Words are as written: variables and quotes are still in them.

/// Lines of the file, counted from 1; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Lines {
    pub first: usize,
    pub last: usize,
}

/// A whole Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub directives: Directives,
    /// The `ARG`s before the first `FROM`.
    pub globals: Vec<Global>,
    pub stages: Vec<Stage>,
    /// Where empty lines stand between the lines of one instruction.
    pub empty_continuations: Vec<Lines>,
}

/// What stands at the very top, as `# key=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directives {
    /// Another front end, which is named but never fetched.
    pub syntax: Option<(String, Lines)>,
    /// `\` or a backtick.
    pub escape: char,
    pub check: Option<(String, Lines)>,
}

/// An `ARG` before the first `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Global {
    pub at: Lines,
    pub text: String,
    pub keyword: String,
    pub comments: Vec<String>,
    pub arguments: Vec<Argument>,
}

/// A `FROM` and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub at: Lines,
    /// The `FROM` line as written, continuations joined.
    pub text: String,
    /// `FROM` as written.
    pub keyword: String,
    /// The comment lines right before it.
    pub comments: Vec<String>,
    pub from: From,
    pub instructions: Vec<Instruction>,
}

/// `FROM [--platform=P] base [AS name]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    pub base: String,
    pub platform: Option<String>,
    /// Lower-cased, as stages are found by it.
    pub name: Option<String>,
    /// The name and `AS` as written.
    pub written: Option<(String, String)>,
}

/// One instruction of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    pub at: Lines,
    /// As written, continuations joined, without heredocs: what history and messages quote.
    pub text: String,
    /// The first word as written.
    pub keyword: String,
    /// The comment lines right before it.
    pub comments: Vec<String>,
    pub kind: Kind,
}

/// What an instruction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Add(Add),
    Arg(Vec<Argument>),
    Cmd(Command),
    Copy(Copy),
    Entrypoint(Command),
    Env(Pairs),
    Expose(Vec<String>),
    Healthcheck(Healthcheck),
    Label(Pairs),
    Maintainer(String),
    /// The trigger as text, heredocs included; [`crate::image::dockerfile::trigger`] reads it.
    Onbuild(String),
    Run(Run),
    Shell(Vec<String>),
    Stopsignal(String),
    User(String),
    Volume(Vec<String>),
    Workdir(String),
}

/// `NAME[=default]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    pub name: String,
    pub default: Option<String>,
}

/// A command in one of its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A line for the shell in force.
    Shell(String),
    /// Words for `execve`; may be none.
    Exec(Vec<String>),
}

/// Keys and values of `ENV` and `LABEL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    pub pairs: Vec<(String, String)>,
    /// Written as `KEY value to the end of the line`.
    pub legacy: bool,
}

/// `<<NAME` and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Heredoc {
    /// The delimiter without quotes; also the name of the file that COPY and ADD make.
    pub name: String,
    /// Variables are replaced; not with a quoted delimiter.
    pub expand: bool,
    /// `<<-`: tabs at the start of lines go.
    pub chomp: bool,
    /// Of `3<<NAME`; 0 where none is named.
    pub descriptor: u32,
    /// With every line's end.
    pub content: String,
}

/// `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub command: Command,
    pub heredocs: Vec<Heredoc>,
    /// One heredoc is all there is: its content is the script.
    pub script: bool,
    pub mounts: Vec<MountFlag>,
    pub network: Network,
    pub security: Security,
    pub devices: Vec<String>,
}

/// `--network`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    #[default]
    Default,
    None,
    Host,
}

/// `--security`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    #[default]
    Sandbox,
    Insecure,
}

/// One `--mount` as written: variables may stand in any value, so that only a plan can tell what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountFlag {
    pub text: String,
    /// Keys in lower case, all of them known.
    pub fields: Vec<(String, Option<String>)>,
}

/// One mount of a `RUN`, read once variables are replaced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mount {
    pub kind: MountKind,
    /// Absolute only in a plan; nothing where the kind has a place of its own.
    pub target: Option<String>,
    pub source: Option<String>,
    /// A stage, an image or a named context; the build context where nothing is said.
    pub from: Option<String>,
    pub read_only: bool,
    /// Of a cache, a secret or an agent.
    pub id: Option<String>,
    pub sharing: Sharing,
    pub required: bool,
    /// Bytes of a tmpfs.
    pub size: Option<u64>,
    pub mode: Option<u32>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    /// The variable that a secret is given in.
    pub env: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MountKind {
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

/// Who may use a cache at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    #[default]
    Shared,
    Private,
    Locked,
}

/// `COPY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    pub from: Option<String>,
    pub sources: Vec<String>,
    pub heredocs: Vec<Heredoc>,
    pub destination: String,
    pub chown: Option<String>,
    pub chmod: Option<String>,
    pub link: bool,
    pub parents: bool,
    pub exclude: Vec<String>,
}

/// `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    pub sources: Vec<String>,
    pub heredocs: Vec<Heredoc>,
    pub destination: String,
    pub chown: Option<String>,
    pub chmod: Option<String>,
    pub link: bool,
    pub exclude: Vec<String>,
    pub checksum: Option<String>,
    pub keep_git_dir: Option<bool>,
    pub unpack: Option<bool>,
}

/// `HEALTHCHECK`; times in nanoseconds, 0 where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", line]`.
    pub test: Vec<String>,
    pub interval: i64,
    pub timeout: i64,
    pub start_period: i64,
    pub start_interval: i64,
    pub retries: i64,
}
