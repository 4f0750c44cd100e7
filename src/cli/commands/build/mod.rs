//! `mls build`: reads what the user gives, makes the plan, shows it or carries it out.

mod given;
mod report;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mls::image::build::bases::Bases;
use mls::image::build::context::{Context, Folder};
use mls::image::build::execute::{self, Build};
use mls::image::build::ignore::{self, Ignore};
use mls::image::build::plan::{self, Action, Found, Plan, Wanted};
use mls::image::build::result;
use mls::image::{Error, catalog, dockerfile, pull};
use mls::remote::registry::{self, Reference};
use mls::store::{Link, Store};

use crate::cli::args::DryRun;
use crate::cli::build_view::BuildView;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, interrupt, sharing};
use given::Given;

/// Build an image from a Dockerfile
///
/// Steps whose inputs are as before come from the cache, which is part of the store: it is pushed with `mls push --all`
/// and cloned. Files that have not changed are not read again. Nothing runs in the background.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::writes(
    &[
        ("mls build -t train:1 .", "build the Dockerfile of this folder, with the folder as context"),
        ("mls build Dockerfile", "the same, without a name"),
        ("mls build -f docker/Dockerfile --target test .", "build one stage of another Dockerfile"),
        ("mls build --build-arg VERSION=3 --secret id=token,src=token.txt .", "give it values and secrets"),
        ("mls build --dry-run .", "show the plan and do nothing"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    /// A folder; a Dockerfile, whose folder is meant; or `-` for a Dockerfile on standard input
    #[arg(value_name = "CONTEXT|DOCKERFILE", default_value = ".")]
    context: PathBuf,
    /// Name the image; may be repeated
    #[arg(short, long = "tag", value_name = "NAME")]
    tags: Vec<String>,
    /// Read this Dockerfile; `-` for standard input [default: Dockerfile in the context]
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Set an ARG; a name alone takes its value from the environment
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    build_args: Vec<String>,
    /// Another folder or image by a name for FROM and --from: NAME=FOLDER or NAME=docker-image://IMAGE
    #[arg(long = "build-context", value_name = "NAME=PLACE")]
    contexts: Vec<String>,
    /// Build this stage and what it needs
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// Set a label of the image
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = crate::cli::args::pair)]
    labels: Vec<(String, String)>,
    /// Do all steps, whatever was done before
    #[arg(long)]
    no_cache: bool,
    /// Do all steps of this stage
    #[arg(long = "no-cache-filter", value_name = "STAGE", value_delimiter = ',')]
    no_cache_stages: Vec<String>,
    /// Build for this machine, as `linux/arm64`
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Ask registries for newer base images
    #[arg(long)]
    pull: bool,
    /// Show a secret to steps that mount it: id=ID,src=FILE or id=ID,env=NAME
    #[arg(long = "secret", value_name = "SECRET")]
    secrets: Vec<String>,
    /// Let steps that mount it use an agent: `default`, or ID=SOCKET
    #[arg(long = "ssh", value_name = "ID[=SOCKET]")]
    agents: Vec<String>,
    /// Add a line to /etc/hosts of steps: NAME:ADDRESS
    #[arg(long = "add-host", value_name = "NAME:ADDRESS")]
    hosts: Vec<String>,
    /// The network of steps that name none: default, none or host
    #[arg(long, value_name = "NETWORK", default_value = "default")]
    network: String,
    /// Allow what a Dockerfile may only ask for: security.insecure or network.host
    #[arg(long, value_name = "RIGHT")]
    allow: Vec<String>,
    /// Write the image's id to a file
    #[arg(long, value_name = "FILE")]
    iidfile: Option<PathBuf>,
    /// Write what was built to a file, as JSON
    #[arg(long, value_name = "FILE")]
    metadata_file: Option<PathBuf>,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // Before the first thread: what is mounted ends with this process.
    let namespace = mls::container::enter_namespace();
    let given = Given::read(session, args)?;
    let tags = tags(args)?;
    let file =
        dockerfile::parse(&given.text).map_err(|error| CommandError::from(Error::from(error)))?;
    let store = session.store()?;
    let (context, contexts) = contexts(&store, &given)?;
    let mut bases = Bases::default();
    let access = sharing::access(session);
    let options = given.plan_options(args, &contexts)?;
    let plan = plan::make(&file, &options, &mut |wanted: &Wanted| {
        if contexts.contains_key(&wanted.name) {
            return Ok(Found::Context);
        }
        let wanted = given.renamed(wanted);
        bases.find(&store, &wanted, &mut |reference, wanted| {
            fetch(session, &store, &access, args.pull, reference, wanted)
        })
    })?;
    plan.notes.iter().for_each(|note| session.ui.warn(note));
    if args.dry_run.dry_run {
        return session.ui.answer(&plan, || plan.tree());
    }
    if let (Err(error), true) = (namespace, has_commands(&plan)) {
        return Err(Error::from(error).into());
    }
    let built =
        build(session, &store, &plan, (&given, context.as_ref(), &contexts), &bases, &tags)?;
    plan.warnings.iter().for_each(|warning| session.ui.warn(&warning.to_string()));
    report::built(session, args, &tags, &built)
}

fn build(
    session: &Session,
    store: &Store,
    plan: &Plan,
    (given, context, contexts): (&Given, Option<&Context>, &BTreeMap<String, Context>),
    bases: &Bases,
    tags: &[Reference],
) -> Result<result::Built, CommandError> {
    let signals = interrupt::take();
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    std::thread::spawn(move || {
        if signals.recv().is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    let view = BuildView::new(&session.ui);
    let finished = execute::run(&Build {
        store,
        plan,
        file: &given.name,
        context,
        contexts,
        bases: &bases.states,
        options: &given.options,
        watch: &view,
        progress: &mls::base::Silent,
        cancelled: &|| stopped.load(Ordering::Relaxed),
    })?;
    let stage = &plan.stages[plan.target];
    let state = &finished[plan.target].state;
    Ok(result::write(store, stage, state, tags, given.options.epoch)?)
}

fn tags(args: &Args) -> Result<Vec<Reference>, CommandError> {
    let mut tags = vec![];
    for tag in &args.tags {
        let reference: Reference = tag.parse().map_err(registry::Error::from)?;
        if reference.digest().is_some() {
            return Err(CommandError::usage("a tag cannot have a digest")
                .hint("Leave out all from `@` on: what an image is, decides its digest."));
        }
        tags.push(reference.or_latest());
    }
    Ok(tags)
}

/// Tells whether anything of the plan runs in a container.
fn has_commands(plan: &Plan) -> bool {
    let mut steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    steps.any(|step| matches!(step.action, Action::Run(_)))
}

/// Opens the folders that are copied from.
fn contexts(
    store: &Store,
    given: &Given,
) -> Result<(Option<Context>, BTreeMap<String, Context>), CommandError> {
    let open = |folder: &PathBuf, lines: &str| -> Result<Context, CommandError> {
        let ignored = Ignore::new(ignore::lines(lines)).map_err(mls::image::build::Error::from)?;
        Ok(Context::Folder(Folder::open(store, folder, ignored)?))
    };
    let context = given.folder.as_ref().map(|folder| open(folder, &given.ignore)).transpose()?;
    let mut named = BTreeMap::new();
    for (name, folder) in &given.folders {
        named.insert(name.clone(), open(folder, "")?);
    }
    Ok((context, named))
}

/// Gets a base from its registry where it is not here, or may be newer there.
fn fetch(
    session: &Session,
    store: &Store,
    access: &registry::Access,
    newer: bool,
    reference: &Reference,
    wanted: &Wanted,
) -> Result<Option<Link>, Error> {
    if !newer && let Some(found) = catalog::find(store, reference)? {
        return Ok(Some(found.link));
    }
    let options = pull::Options { platform: Some(wanted.platform.clone()), ..<_>::default() };
    let pulled = pull::pull(store, reference, access, &options, session.ui.progress())?;
    Ok(Some(pulled.link))
}
