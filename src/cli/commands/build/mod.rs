//! `mls build`: reads what the user gives, makes the plan, shows it or carries it out.

mod begin;
mod cache;
mod check;
mod given;
mod output;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mls::image::build::bases::Bases;
use mls::image::build::execute::{self, Build};
use mls::image::build::plan::{self, Action, Found, Plan, Wanted};
use mls::image::build::result;
use mls::image::build::source::Fetching;
use mls::image::{Error, catalog, dockerfile, pull};
use mls::remote::registry::{self, Reference};
use mls::store::{Link, Store};

use crate::cli::args::DryRun;
use crate::cli::build_view::BuildView;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{help, interrupt, sharing};
use begin::{Begin, Beginning};
use given::Given;
use output::{Outcome, Output};

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
        ("mls build -t reg.example.com/team/train:1 --push .", "build an image and push it"),
        ("mls build -o out .", "write the files that it comes to into a folder"),
        ("mls build https://example.com/team/repo.git#v1:docker", "build what a repository holds"),
        ("mls build --check .", "say what had better be written otherwise"),
        ("mls build --dry-run .", "show the plan and do nothing"),
    ],
    &[Exit::NotFound, Exit::Network],
))]
pub(crate) struct Args {
    /// A folder; a Dockerfile, whose folder is meant; the URL of a repository, an archive or a Dockerfile; `-` for an archive or a Dockerfile on standard input
    #[arg(value_name = "CONTEXT|DOCKERFILE", default_value = ".")]
    context: PathBuf,
    /// Name the image; may be repeated
    #[arg(short, long = "tag", value_name = "NAME")]
    tags: Vec<String>,
    /// Read this Dockerfile, of a context from elsewhere the one in it; `-` for standard input [default: Dockerfile in the context]
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Set an ARG; a name alone takes its value from the environment
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    build_args: Vec<String>,
    /// Another context by a name for FROM and --from: NAME=FOLDER, a repository, the URL of an archive, docker-image://IMAGE or oci-layout://FOLDER
    #[arg(long = "build-context", value_name = "NAME=PLACE")]
    contexts: Vec<String>,
    /// Build this stage and what it needs
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// Set a label of the image
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = crate::cli::args::pair)]
    labels: Vec<(String, String)>,
    /// Take over what other builds have done: a remote, the address of a store, or type=registry,ref=IMAGE
    #[arg(long, value_name = "PLACE")]
    cache_from: Vec<String>,
    /// Give others what was done here: a remote, the address of a store, or type=registry,ref=IMAGE
    #[arg(long, value_name = "PLACE")]
    cache_to: Vec<String>,
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
    /// Push the image under all of its names, as `-o type=registry` does
    #[arg(long)]
    push: bool,
    /// Keep the image in this store, as is done anyway unless another output is asked for; `-o type=docker`
    #[arg(long)]
    load: bool,
    /// Give out what was built: a folder, `-` for a tar on standard output, type=registry, or type=local|tar|oci|docker,dest=PATH
    #[arg(short, long = "output", value_name = "OUTPUT")]
    outputs: Vec<String>,
    /// Look for what had better be written otherwise, in all stages, and build nothing
    #[arg(long, conflicts_with_all = ["print", "dry_run"])]
    check: bool,
    /// Show the plan and build nothing, as --dry-run does
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    dry_run: DryRun,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    // Before the first thread: what is mounted ends with this process.
    let namespace = mls::container::enter_namespace();
    let given = Given::read(session, args)?;
    let (tags, outputs) = (tags(args)?, output::read(session, args)?);
    let store = session.store()?;
    let stopped = stopped();
    let cancelled = || stopped.load(Ordering::Relaxed);
    let fetching = Fetching {
        store: &store,
        access: &given.options.access,
        progress: session.ui.progress(),
        cancelled: &cancelled,
    };
    let base = &session.settings.folder;
    let secrets = &given.options.secrets;
    let keep_git_dir = given.keeps_git_dir()?;
    let beginning = Begin { base, args, fetching, secrets, keep_git_dir }.all()?;
    let (bases, plan) = plan(session, args, &store, &given, &beginning)?;
    if args.check {
        return check::answer(session, &beginning.name, &beginning.text, &plan.warnings);
    }
    plan.notes.iter().for_each(|note| session.ui.warn(note));
    if args.dry_run.dry_run || args.print {
        return session.ui.answer(&plan, || plan.tree());
    }
    let warn = || plan.warnings.iter().for_each(|one| session.ui.warn(&one.to_string()));
    if !plan.failing.is_empty() {
        warn();
        let rules = plan.failing.iter().map(|rule| rule.name()).collect();
        return Err(Error::from(mls::image::build::Error::Checks(rules)).into());
    }
    if let (Err(error), true) = (namespace, has_commands(&plan)) {
        return Err(Error::from(error).into());
    }
    cache::import(session, &store, &args.cache_from)?;
    let finished = execute::run(&Build {
        store: &store,
        plan: &plan,
        file: &beginning.name,
        context: beginning.context.as_ref(),
        contexts: &beginning.named.contexts,
        bases: &bases.states,
        options: &given.options,
        watch: &BuildView::new(&session.ui),
        progress: &mls::base::Silent,
        cancelled: &cancelled,
    })?;
    warn();
    let (stage, state) = (&plan.stages[plan.target], &finished[plan.target].state);
    let epoch = given.options.epoch;
    // Where only its files are wanted, an image is made for its names alone.
    let takes = outputs.is_empty() || outputs.iter().any(Output::takes_image) || !tags.is_empty();
    let built = takes.then(|| result::write(&store, stage, state, &tags, epoch)).transpose()?;
    let outcome = Outcome { store: &store, state, epoch, tags: &tags, built: built.as_ref() };
    for output in &outputs {
        outcome.give(session, output)?;
    }
    cache::export(session, &store, &args.cache_to, &finished, built.as_ref())?;
    let told = outputs.iter().any(Output::takes_stdout);
    built.map_or(Ok(()), |built| report::built(session, args, &tags, &built, !told))
}

/// Becomes true when the user wants the build to end.
fn stopped() -> Arc<AtomicBool> {
    let signals = interrupt::take();
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    std::thread::spawn(move || {
        if signals.recv().is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    stopped
}

/// Makes the plan, with the images that it begins with. Checks go on where one is not to be had without the network.
fn plan(
    session: &Session,
    args: &Args,
    store: &Store,
    given: &Given,
    beginning: &Beginning,
) -> Result<(Bases, Plan), CommandError> {
    let wrong = |error| match error {
        Error::Dockerfile(error) | Error::Build(mls::image::build::Error::Dockerfile(error)) => {
            CommandError::in_dockerfile(&beginning.name, &error)
        }
        error => error.into(),
    };
    let file = dockerfile::parse(&beginning.text).map_err(|error| wrong(error.into()))?;
    let named = &beginning.named;
    let mut bases = Bases::default();
    let access = sharing::access(session);
    let options = given.plan_options(args, named.names(), beginning.ignore.clone())?;
    let mut find = |wanted: &Wanted| -> Result<Found, Error> {
        if named.contexts.contains_key(&wanted.name) {
            return Ok(Found::Context);
        }
        if let Some(image) = named.image(&wanted.name) {
            let image = catalog::select(store, image, &wanted.platform)?;
            return bases.add(store, &image);
        }
        let wanted = named.renamed(wanted);
        if args.check {
            let found = bases.find(store, &wanted, &mut |_, _| Ok(None));
            return Ok(found.unwrap_or(Found::Unknown));
        }
        bases.find(store, &wanted, &mut |reference, wanted| {
            fetch(session, store, &access, args.pull, reference, wanted)
        })
    };
    let plan = plan::make(&file, &options, &mut find).map_err(wrong)?;
    Ok((bases, plan))
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
