//! The main job on real data in a new folder: each command shown as it is typed, then run, then its output.

use std::fs::{self, Permissions};
use std::io::{self, BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mls::{base, container};
use rustix::process::{Pid, Signal, kill_process};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{HEADER, LABEL, LITERAL, paint};
use crate::cli::ui::Ui;

/// See the main job done on a real data set
///
/// Makes a folder with measurements of 344 penguins and a training program of shell and awk, and does there what you
/// would do: record two training runs, compare them, push them to another store, clone that, check a model out, build
/// an image with it and run that, register a model, and serve the store on a free port of this machine for a moment.
/// Every command is shown as you would type it. Nothing outside of the folder is touched.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls quickstart", "work in `mls-quickstart`, or `mls-quickstart-2` where that is taken"),
        ("mls quickstart /tmp/penguins", "work in a folder of your choice, new or empty"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotAllowed, Exit::NoSpace],
))]
pub(crate) struct Args {
    /// The folder to work in; it must be new or empty
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// What the folder begins with; `fixtures/quickstart/README.md` names the source and licence of each.
const FILES: [(&str, &[u8], u32); 5] = [
    ("penguins.csv", include_bytes!("../../../fixtures/quickstart/penguins.csv"), 0o644),
    ("train.sh", include_bytes!("../../../fixtures/quickstart/train.sh"), 0o644),
    ("Dockerfile", include_bytes!("../../../fixtures/quickstart/Dockerfile"), 0o644),
    ("birds.onnx", include_bytes!("../../../fixtures/models/penguins.onnx"), 0o644),
    ("README.md", include_bytes!("../../../fixtures/quickstart/README.md"), 0o644),
];

/// The program inside of the image, for machines that it is built for.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const SCORE: Option<&[u8]> =
    Some(include_bytes!("../../../fixtures/quickstart/score/score.x86_64"));
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const SCORE: Option<&[u8]> =
    Some(include_bytes!("../../../fixtures/quickstart/score/score.aarch64"));
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
const SCORE: Option<&[u8]> = None;

/// Where the commands run; the stores that it is shared with lie beside it.
const WORK: &str = "penguins";

/// What is said before a command, and the command as it is typed.
type Step = (&'static str, &'static str);

/// Runs, and stores that exchange them.
const RUNS: &[Step] = &[
    ("A store is a folder. This one keeps what you record here.", "mls init"),
    (
        "Record a run: a program in any language, here shell and awk. It learns slowly.",
        "mls commit-run -e penguins -n slow -p held_out=1/3 -d penguins=penguins.csv -- sh train.sh lr=0.01",
    ),
    (
        "Once more, with larger steps.",
        "mls commit-run -e penguins -n quick -p held_out=1/3 -d penguins=penguins.csv -- sh train.sh lr=0.1",
    ),
    ("Which run knows the birds it has not seen?", "mls runs"),
    ("What else differs? `@` is the last run, `@~1` the one before it.", "mls diff-runs @~1 @"),
    ("How did they get there?", "mls plot @~1 @ -m test_loss"),
    ("A second store, as a colleague or a backup would have it.", "mls init ../shared"),
    ("", "mls remote add origin ../shared"),
    ("Only what is missing there travels.", "mls push origin"),
    ("The colleague takes a copy,", "mls clone ../shared ../colleague"),
    ("writes the model out,", "mls -C ../colleague checkout quick model.json ../from-colleague"),
    (
        "and it is, byte by byte, what training it again gives, with or without mls.",
        "sh train.sh lr=0.1 >/dev/null && cmp out/model.json ../from-colleague/model.json && echo the same",
    ),
    ("Is everything there and intact?", "mls -C ../colleague fsck --read-data"),
];

/// An image, for machines that can make containers.
const IMAGES: &[Step] = &[
    (
        "The model becomes an image, beside a program of 4 KiB that reads it. The first stage tests it.",
        "cat Dockerfile",
    ),
    ("", "mls checkout quick model.json ."),
    ("", "mls build -t penguins:1 ."),
    ("", "mls images"),
    ("Which line made which layer?", "mls history penguins:1"),
    (
        "Images travel like runs, with `--all` also what the build keeps for the next time.",
        "mls push origin --all",
    ),
    (
        "A colleague clones that and builds the same image without running a step.",
        "mls clone --all ../shared ../builder",
    ),
    ("", "mls -C ../builder build -t penguins:1 ../penguins"),
    (
        "The image runs, without a daemon: a bird goes in, its species comes out.",
        "echo 39.1,18.7,181,3750 | mls run --rm -i --network none --entrypoint /score penguins:1",
    ),
    (
        "In the background it is a server.",
        "mls run -d --name birds --network host penguins:1 listen PORT",
    ),
    ("", "mls ps"),
    ("", "echo 47.5,14.2,209,4600 | mls exec -i birds /score"),
    ("", "mls logs birds"),
    ("", "mls stop birds && mls rm birds"),
];

/// A model made elsewhere.
const MODELS: &[Step] = &[
    (
        "Models have numbers and names. What this one is, its content tells: ONNX, made by scikit-learn.",
        "mls model register birds birds.onnx --alias champion",
    ),
    ("", "mls show birds@champion"),
    ("", "head -4 penguins.csv | cut -d, -f3-6 >birds.csv"),
    (
        "It scores files, and over HTTP: `mls serve birds@champion` answers MLflow's protocol.",
        "mls predict birds@champion -i birds.csv",
    ),
];

/// The store of a team on the network.
const HUB: &[Step] = &[
    (
        "A team's server: MLflow's clients log to it, stores push to it and pull from it.",
        "mls -C ../shared hub --port PORT &",
    ),
    ("A copy over the network is the same.", "mls clone http://127.0.0.1:PORT ../over-http"),
    ("", "mls -C ../over-http runs"),
];

const NO_IMAGES: &str = "\n# Images are left out: this machine makes no containers for us; `mls doctor` says what is missing.";

const NEXT: &str = "\
mls show quick                            one run with all that was recorded
mls runs 'metrics.test_accuracy > 0.95'   MLflow's search grammar
mls commit-run -- python train.py         your own program: what it writes to $MLS_RUN_DIR is kept, and what MLflow logs
mls hub                                   then MLFLOW_TRACKING_URI=http://127.0.0.1:5000 for all your MLflow code
mls log                                   all that was done; `mls undo` takes the last thing back
mls help                                  all commands";

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if session.ui.format != Format::Table {
        let why = "`quickstart` shows commands to a person and has no other form";
        return Err(CommandError::usage(why));
    }
    let folder = match &args.folder {
        Some(folder) => empty(&session.settings.folder.join(folder))?,
        None => fresh(&session.settings.folder)?,
    };
    let ui = &session.ui;
    let work = prepare(&folder).map_err(|error| cannot_write(&folder, error))?;
    say(
        ui,
        HEADER,
        "# The folder: measurements of 344 penguins, and a program that learns from them.",
    )?;
    typed(ui, &format!("cd {}", work.display()))?;
    step(ui, &work, "", "ls")?;
    steps(ui, &work, RUNS)?;
    match SCORE.is_some().then(|| container::support().namespaces) {
        Some(Ok(_)) => steps(ui, &work, IMAGES)?,
        _ => say(ui, HEADER, NO_IMAGES)?,
    }
    steps(ui, &work, MODELS)?;
    steps(ui, &work, HUB)?;
    say(ui, HEADER, "\n# What next? All of this is yours to try:")?;
    typed(ui, &format!("cd {}", work.display()))?;
    ui.data(format!("{NEXT}\n").as_bytes())
}

/// Goes through `steps`; a server among them ends with the last of them.
fn steps(ui: &Ui, work: &Path, steps: &[Step]) -> Result<(), CommandError> {
    let port = free_port().map_err(|error| cannot_start("mls hub", error))?;
    let mut served = vec![];
    for (about, line) in steps {
        let line = line.replace("PORT", &port.to_string());
        match line.strip_suffix(" &") {
            Some(server) => served.push(serve(ui, work, about, server)?),
            None => step(ui, work, about, &line)?,
        }
    }
    Ok(())
}

fn step(ui: &Ui, work: &Path, about: &str, line: &str) -> Result<(), CommandError> {
    introduce(ui, about, line)?;
    // The line runs as it is shown, also where this program is not on the path or not called `mls`.
    let status = shell(work, &format!("mls() {{ \"$MLS_QUICKSTART\" \"$@\"; }}\n{line}"))
        .and_then(|mut shell| shell.status())
        .map_err(|error| cannot_start(line, error))?;
    match status.success() {
        true => Ok(()),
        false => Err(CommandError::new(Exit::Failed, format!("`{line}` ended with {status}"))),
    }
}

/// A server in the background; it is told to end, and awaited.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// Starts a server and shows the line by which it says that it is ready.
fn serve(ui: &Ui, work: &Path, about: &str, line: &str) -> Result<Server, CommandError> {
    introduce(ui, about, &format!("{line} &"))?;
    // Without a shell in between, so that it is the server that is told to end.
    let words = line.strip_prefix("mls").unwrap_or(line);
    let server = shell(work, &format!("exec \"$MLS_QUICKSTART\"{words}"))
        .and_then(|mut shell| shell.stdout(Stdio::piped()).spawn());
    let mut server = Server(server.map_err(|error| cannot_start(line, error))?);
    let mut ready = String::new();
    if let Some(stdout) = server.0.stdout.take() {
        BufReader::new(stdout).read_line(&mut ready)?;
    }
    match ready.is_empty() {
        true => Err(CommandError::new(Exit::Failed, format!("`{line}` did not begin to serve"))),
        false => ui.data(ready.as_bytes()).map(|()| server),
    }
}

fn introduce(ui: &Ui, about: &str, line: &str) -> Result<(), CommandError> {
    if !about.is_empty() {
        say(ui, HEADER, &format!("\n# {about}"))?;
    }
    typed(ui, line)
}

fn shell(work: &Path, script: &str) -> io::Result<Command> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script])
        .current_dir(work)
        .env("MLS_QUICKSTART", std::env::current_exe()?)
        .env("MLS_PAGER", "cat")
        .env_remove("MLS_STORE")
        .env_remove("MLS_RUN_DIR")
        .stdin(Stdio::null());
    Ok(shell)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn say(ui: &Ui, style: anstyle::Style, text: &str) -> Result<(), CommandError> {
    let text = if ui.colors.stdout { paint(style, text) } else { text.to_owned() };
    ui.data(format!("{text}\n").as_bytes())
}

fn typed(ui: &Ui, line: &str) -> Result<(), CommandError> {
    match ui.colors.stdout {
        true => ui.data(format!("{} {}\n", paint(LABEL, "$"), paint(LITERAL, line)).as_bytes()),
        false => ui.data(format!("$ {line}\n").as_bytes()),
    }
}

/// Returns `folder` where it is new or empty.
fn empty(folder: &Path) -> Result<PathBuf, CommandError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(folder.to_owned()),
        Ok(false) => {
            let what = format!("`{}` is not empty", folder.display());
            Err(CommandError::new(Exit::Conflict, what).hint("Name a folder that is new or empty."))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(folder.to_owned()),
        Err(error) => Err(cannot_write(folder, error)),
    }
}

/// Returns the first of `mls-quickstart`, `mls-quickstart-2`, … that is not there.
fn fresh(folder: &Path) -> Result<PathBuf, CommandError> {
    let names = (1..100).map(|number| match number {
        1 => "mls-quickstart".to_owned(),
        _ => format!("mls-quickstart-{number}"),
    });
    let mut free = names.map(|name| folder.join(name)).filter(|path| !path.exists());
    free.next().ok_or_else(|| {
        CommandError::new(Exit::Conflict, "there are a hundred quickstarts here")
            .hint("Remove some, or name a new folder.")
    })
}

fn prepare(folder: &Path) -> io::Result<PathBuf> {
    let work = folder.join(WORK);
    fs::create_dir_all(&work)?;
    let score = SCORE.map(|program| ("score", program, 0o755));
    for (name, content, mode) in FILES.into_iter().chain(score) {
        base::fs::write_derived(&work.join(name), content)?;
        fs::set_permissions(work.join(name), Permissions::from_mode(mode))?;
    }
    Ok(work)
}

fn cannot_write(folder: &Path, source: io::Error) -> CommandError {
    mls::store::Error::Io { action: "make", path: folder.to_owned(), source }.into()
}

fn cannot_start(line: &str, error: io::Error) -> CommandError {
    CommandError::new(Exit::Failed, format!("could not start `{line}`: {error}"))
}
