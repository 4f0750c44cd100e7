//! `mls model image`.

use std::path::{Path, PathBuf};

use mls::base::{fs, program, size};
use mls::image::archive::{self, Files, Import};
use mls::image::config::{Healthcheck, Nothing, Settings};
use mls::image::platform::Platform;
use mls::model::{Version, registry};
use mls::remote::registry::{self as images, Reference};
use mls::remote::{self, Peer, Push, Url};
use mls::server::score;
use mls::store::{Store, Trust};
use serde_json::json;

use crate::cli::args::DryRun;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, scoring, thing};

/// Make a container image that serves a version, and holds nothing else
///
/// In it are `mls serve` without the other commands (the program `mls-serve`, which is installed beside `mls`), the loader
/// and the libraries it is linked with, and a store with the version alone: its run comes along, as it does to any other store. It serves as an ordinary user on port 5001 of all addresses, to whoever can reach
/// it; arguments behind the image's name take the place of `--insecure`, `--token-file tokens.txt` for one. The health
/// check is `mls serve --probe`. A model that only Python runs needs an image with Python.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls model image iris@v3 -t iris:3", "make the image"),
        ("mls run -p 5001:5001 iris:3", "serve from it; so does `podman run` once it is pushed or saved"),
    ],
    &[Exit::NotFound, Exit::Damaged, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The version: `iris@v3`, `iris@champion`, or `iris` for the latest
    #[arg(value_name = "NAME@V")]
    version: String,
    /// The name that the image gets; the tag is `latest` where none is given
    #[arg(short, long, value_name = "REF")]
    tag: String,
    #[command(flatten)]
    dry_run: DryRun,
}

/// Nobody else's number on most machines: what `nonroot` is in images made of nothing.
const USER: u32 = 65532;
const PORT: u16 = 5001;
/// `mls` with one command.
const SMALL: &str = "mls-serve";
/// What each of them says of itself.
const VERSION: &str = concat!("mls ", env!("CARGO_PKG_VERSION"), "\n");
/// Where the store is in the image.
const STORE: &str = "srv/.mlstore";
/// Nanoseconds.
const SECOND: i64 = 1_000_000_000;

pub(super) fn run(session: &Session, store: &Store, args: &Args) -> Result<(), CommandError> {
    let reference: Reference = args.tag.parse().map_err(images::Error::from)?;
    if reference.digest().is_some() {
        return Err(CommandError::usage(
            "what an image is, decides its digest: it cannot be given",
        ));
    }
    let version = registry::resolve(store, &thing::reference(store, &args.version)?)?;
    let engine = score::check_native(store, &version, scoring::PROGRAM.into())?;
    let folder = tempfile::Builder::new().prefix("image-").tempdir_in(store.folder());
    let folder = folder.map_err(|error| CommandError::unwritten(store.folder(), error))?;
    apart(session, store, &version, &folder.path().join("store"))?;
    let mut model = Files::new(&format!("mls model image {}", version.reference()));
    model.folder("srv", 0o755, USER);
    model.tree(STORE, &folder.path().join("store"), USER)?;
    let layers = [system(&serving(session), &folder.path().join("mls"))?, model];
    let reference = reference.or_latest();
    let import = Import {
        reference: Some(reference.clone()),
        settings: settings(&version),
        platform: Platform::default(),
        comment: String::new(),
    };
    let dry_run = args.dry_run.dry_run;
    let (id, bytes) = archive::compose(store, &layers, &import, dry_run)?;
    let verb = if dry_run { "Would make" } else { "Made" };
    session.ui.note(&format!(
        "{verb} `{reference}`, {}: {} on {engine}.",
        size::human(bytes),
        version.reference()
    ));
    let answer = json!({
        "ref": reference.to_string(),
        "id": id.to_string(),
        "model": version.reference().to_string(),
        "bytes": bytes,
    });
    session.ui.answer(&answer, || format!("{id}\n"))
}

/// Makes a store that holds a version and what it leads to.
fn apart(
    session: &Session,
    store: &Store,
    version: &Version,
    folder: &Path,
) -> Result<(), CommandError> {
    drop(Store::init(folder, session.context())?);
    let url = Url::parse(&folder.to_string_lossy(), folder)?;
    let peer = Peer::open(&url, session.context(), Trust::Own)?;
    let name = version.ref_name();
    let options = Push {
        select: &|_, found| Ok(found.name == name),
        prune: false,
        force_with_lease: false,
        dry_run: false,
    };
    remote::push(store, &peer, None, &options, session.ui.progress())?;
    Ok(())
}

/// Returns the program that serves in the image: the small one of this version, else this one.
fn serving(session: &Session) -> PathBuf {
    let small = program::beside(SMALL).filter(|file| {
        let version = std::process::Command::new(file).arg("--version").output();
        version.is_ok_and(|told| told.stdout == VERSION.as_bytes())
    });
    small.unwrap_or_else(|| {
        session.ui.note(&format!(
            "`{SMALL}` of this version is not beside this program, so the image holds all of `mls` and is twice as \
             large: `cargo build --release` and `cargo install` make both."
        ));
        PathBuf::from(program::OWN)
    })
}

/// Returns the layer that all images with one `program` have in common; `bare` is where it is put together.
fn system(program: &Path, bare: &Path) -> Result<Files, CommandError> {
    let needs = program::needs(program).map_err(|error| {
        let what = program.display();
        CommandError::new(Exit::Failed, format!("cannot tell what `{what}` needs: {error}"))
    })?;
    let mut files = Files::new(concat!("mls ", env!("CARGO_PKG_VERSION")));
    let unwritten = |error| CommandError::unwritten(bare, error);
    program::bare(program).and_then(|bytes| fs::write_derived(bare, &bytes)).map_err(unwritten)?;
    files.file("mls", bare, 0o755, 0);
    for (name, file) in &needs.libraries {
        files.file(&format!("lib/{name}"), file, 0o755, 0);
    }
    if let Some((wanted, file)) = &needs.loader
        && !needs.libraries.keys().any(|name| *wanted == Path::new("/lib").join(name))
    {
        files.file(&wanted.to_string_lossy(), file, 0o755, 0);
    }
    files.folder("tmp", 0o1777, 0);
    Ok(files)
}

fn settings(version: &Version) -> Settings {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let reference = version.reference().to_string();
    let label = |name: &str, value: String| (format!("org.opencontainers.image.{name}"), value);
    Settings {
        user: format!("{USER}:{USER}"),
        exposed_ports: [(format!("{PORT}/tcp"), Nothing {})].into(),
        env: words(&["PATH=/", "LD_LIBRARY_PATH=/lib", "MLS_STORE=/srv/.mlstore", "HOME=/srv"]),
        entrypoint: Some(words(&["/mls", "serve", &reference, "--host", "0.0.0.0"])),
        cmd: Some(words(&["--insecure"])),
        healthcheck: Some(Healthcheck {
            test: words(&["CMD", "/mls", "serve", "--probe"]),
            interval: Some(10 * SECOND),
            timeout: Some(3 * SECOND),
            start_period: Some(5 * SECOND),
            retries: Some(3),
            ..Healthcheck::default()
        }),
        working_dir: "/srv".to_owned(),
        labels: [
            label("title", version.name.clone()),
            label("version", version.number.to_string()),
            label("revision", version.id.to_string()),
        ]
        .into(),
        ..Settings::default()
    }
}
