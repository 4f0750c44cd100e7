use std::io::{BufWriter, IsTerminal as _};
use std::os::unix::ffi::OsStrExt as _;

use mls::base::size::human;
use mls::container::Container;
use mls::container::copy::{Copied, LeftOut, Packer, Root, Source, Target, unpack};
use mls::image::start::{self, Opened};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::commands::export::Stdout;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{contained, help, text};

/// Copy files into a container or out of it
///
/// One of SOURCE and TARGET is CONTAINER:PATH, the other a path here, or `-` for a tar through standard input or output. The
/// container may run or not. As with Docker: a folder goes into a folder that is there, with `/.` behind it only what is in
/// it; what is not there gets the name; a link is copied as one. What goes in is root's, what comes out is yours.
/// Programs keep the rights that `setcap` gave them where they keep their owners, as with `-a`; sockets are left out, and
/// devices stay inside. A path here with `:` in it begins with `/` or `./`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls cp web:/var/log/app.log .", "take a file out"),
        ("mls cp ./site/. web:/srv/www", "put what is in a folder into another"),
        ("mls cp web:/etc - | tar -t", "take a folder out as a tar"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotAllowed, Exit::NotFound, Exit::NoSpace, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// What to copy
    source: String,
    /// Where to
    target: String,
    /// Keep owners
    #[arg(short, long)]
    archive: bool,
    /// Copy what a link leads to and not the link
    #[arg(short = 'L', long)]
    follow_link: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

/// One end of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End<'a> {
    Here(&'a str),
    Inside(&'a str, &'a str),
    Stream,
}

impl<'a> End<'a> {
    fn read(text: &'a str) -> Self {
        match text.split_once(':') {
            _ if text == "-" => Self::Stream,
            Some((name, path)) if !name.is_empty() && !text.starts_with(['/', '.']) => {
                Self::Inside(name, path)
            }
            _ => Self::Here(text),
        }
    }
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let (from, to) = (End::read(&args.source), End::read(&args.target));
    match (from, to) {
        (End::Inside(name, path), End::Here(target)) => {
            let open = open(session, name, false)?;
            let source = Source::find(&open.root, path.as_bytes(), args.follow_link)?;
            out(session, args, &source, target)
        }
        (End::Inside(name, path), End::Stream) => {
            let open = open(session, name, false)?;
            let source = Source::find(&open.root, path.as_bytes(), args.follow_link)?;
            pack(session, args, &source)
        }
        (End::Here(source), End::Inside(name, path)) => {
            let open = open(session, name, true)?;
            let here = Root::here()?;
            let source = Source::find(&here, &absolute(session, source), args.follow_link)?;
            let target = Target::find(&open.root, path.as_bytes(), &source)?;
            copy(session, args, &source, target)
        }
        (End::Stream, End::Inside(name, path)) => {
            let open = open(session, name, true)?;
            let mut ground = Target::folder(&open.root, path.as_bytes())?.keep_owners(true);
            let dry_run = args.dry_run.dry_run;
            let mut copied = unpack(std::io::stdin().lock(), &mut |item| match dry_run {
                true => Ok(()),
                false => ground.put(item),
            })?;
            copied.left_out.extend(ground.finish()?);
            tell(session, args, &copied)
        }
        (End::Inside(..), End::Inside(..)) => {
            Err(CommandError::usage("files are not copied from one container to another")
                .hint("Copy them here first, or pipe `mls cp A:PATH -` into `mls cp - B:PATH`."))
        }
        _ => Err(CommandError::usage("neither of the two is a container's")
            .hint("Write CONTAINER:PATH for one of them, as `mls cp web:/etc/hosts .`.")),
    }
}

/// A container's files, for as long as this lives.
struct Open {
    root: Root,
    _mounted: Option<Opened>,
}

/// Opens the files of a container, which must be done before the first thread.
fn open(session: &Session, name: &str, write: bool) -> Result<Open, CommandError> {
    let container = contained::containers(session)?.find(name)?;
    if write && container.config()?.spec.read_only {
        let what = format!("the files of `{}` are read-only", text::escaped(name));
        return Err(CommandError::new(Exit::Conflict, what)
            .hint("It was made with `--read-only`; copy into one of its volumes from outside."));
    }
    match Root::of_running(&container) {
        Ok(root) => Ok(Open { root, _mounted: None }),
        Err(mls::container::Error::NotRunning(_)) => mounted(session, &container),
        Err(error) => Err(error.into()),
    }
}

fn mounted(session: &Session, container: &Container) -> Result<Open, CommandError> {
    contained::enter()?;
    let store = session.store()?;
    let (opened, root) = start::open(&store, container, session.ui.progress())?;
    Ok(Open { root, _mounted: Some(opened) })
}

/// Returns a path here as one from the root; what stands at its end says something, and stays.
fn absolute(session: &Session, path: &str) -> Vec<u8> {
    let folder = session.settings.folder.as_os_str().as_bytes();
    match path.starts_with('/') {
        true => path.as_bytes().to_vec(),
        false => [folder, b"/", path.as_bytes()].concat(),
    }
}

fn out(session: &Session, args: &Args, source: &Source, target: &str) -> Result<(), CommandError> {
    let here = Root::here()?;
    let target = Target::find(&here, &absolute(session, target), source)?;
    copy(session, args, source, target)
}

fn copy(
    session: &Session,
    args: &Args,
    source: &Source,
    mut target: Target,
) -> Result<(), CommandError> {
    target.ground = target.ground.keep_owners(args.archive);
    let dry_run = args.dry_run.dry_run;
    let mut copied = source.walk(&mut |item| if dry_run { Ok(()) } else { target.put(item) })?;
    copied.left_out.extend(target.ground.finish()?);
    tell(session, args, &copied)
}

fn pack(session: &Session, args: &Args, source: &Source) -> Result<(), CommandError> {
    if args.dry_run.dry_run {
        return tell(session, args, &source.walk(&mut |_| Ok(()))?);
    }
    if std::io::stdout().is_terminal() {
        let cause = "a tar is no text for a terminal";
        return Err(CommandError::usage(cause).hint("Send it into a file or another program."));
    }
    let mut out = Stdout { session, kept: Ok(()) };
    let mut packer = Packer::new(BufWriter::with_capacity(1 << 17, &mut out), source);
    let walked = source.walk(&mut |item| packer.put(item));
    let finished = walked.and_then(|copied| packer.finish().map(|_| copied));
    // What the terminal or the pipe said tells more than the error that it led to.
    out.kept?;
    left_out(session, &finished?);
    Ok(())
}

fn tell(session: &Session, args: &Args, copied: &Copied) -> Result<(), CommandError> {
    left_out(session, copied);
    if session.ui.format.is_json() {
        let answer = json!({
            "files": copied.files,
            "bytes": copied.bytes,
            "left_out": copied.left_out.iter()
                .map(|one| json!({"path": one.path, "what": one.what}))
                .collect::<Vec<_>>(),
        });
        return session.ui.answer(&answer, String::new);
    }
    let count = text::count(copied.files, "file");
    let verb = if args.dry_run.dry_run { "Would copy" } else { "Copied" };
    session.ui.note(&format!("{verb} {count}, {}.", human(copied.bytes)));
    Ok(())
}

fn left_out(session: &Session, copied: &Copied) {
    if let Some(first) = copied.left_out.first() {
        let more = copied.left_out.len() - 1;
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let LeftOut { path, what } = first;
        session.ui.warn(&format!("what cannot be kept is left out: `{path}` ({what}){rest}"));
    }
}
