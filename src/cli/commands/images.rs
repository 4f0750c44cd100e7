use std::collections::{BTreeMap, HashSet};

use globset::GlobBuilder;
use mls::base::{size::human, time};
use mls::image::Error as ImageError;
use mls::image::catalog::{self, Found};
use mls::image::config::Config;
use mls::image::platform::Platform;
use mls::remote::registry::{Digest, Reference};
use mls::store::{Link, Store};
use serde_json::{Value, json};

use crate::cli::error::CommandError;
use crate::cli::help;
use crate::cli::session::Session;
use crate::cli::style::{LABEL, LITERAL};
use crate::cli::table::{Cell, Column, Table};

/// List images
///
/// SIZE is what the layers take unpacked; UNIQUE is what of it no other image, run or model has. An image that lost its
/// name is shown with `<none>`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls images", "list all images, newest first"),
        ("mls images train", "list the tags of one name"),
        ("mls images --filter label=stage=prod --filter since=train:1", "list some"),
        ("mls images --format json", "list them for a script"),
    ],
    &[],
))]
pub(crate) struct Args {
    /// List images of this name, or of this name and tag
    name: Option<String>,
    /// List images of an index too, and those known by their digest alone
    #[arg(short, long)]
    all: bool,
    /// Show digests of manifests
    #[arg(long)]
    digests: bool,
    /// Show ids in full
    #[arg(long)]
    no_trunc: bool,
    /// Only images for which this holds: reference=GLOB, dangling=true, label=KEY[=VALUE], before=IMAGE, since=IMAGE
    #[arg(short, long = "filter", value_name = "KEY=VALUE")]
    filters: Vec<String>,
}

/// An image under one of its names, looked into.
struct Listed {
    found: Found,
    id: Digest,
    config: Option<Config>,
    /// Whether no tag names it.
    dangling: bool,
    size: u64,
}

impl Listed {
    fn created(&self) -> Option<i64> {
        self.config.as_ref().and_then(Config::created)
    }

    /// Returns repository and tag, as far as it has any.
    fn name(&self) -> (String, String) {
        let none = || "<none>".to_owned();
        let name = &self.found.name;
        let repository = Some(name.name.clone()).filter(|name| !name.is_empty());
        (repository.unwrap_or_else(none), name.tag.clone().unwrap_or_else(none))
    }
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let store = session.store()?;
    let filters = Filters::read(&store, args)?;
    let mut images = look_at(&store, args.all)?;
    images.retain(|image| filters.keep(image));
    images.sort_by_key(|image| (std::cmp::Reverse(image.created()), image.found.ref_name.clone()));
    if session.ui.quiet {
        return ids(session, &images, args.no_trunc);
    }
    let all: Vec<Link> = {
        let every = look_at(&store, false)?;
        let mut links: Vec<Link> = every.iter().map(|image| image.found.link).collect();
        links.sort();
        links.dedup();
        links
    };
    let unique = catalog::unique_sizes(&store, &all)?;
    let table = table(&images, &unique, args, store.now());
    let values: Vec<Value> = images.iter().map(|image| as_json(image, &unique)).collect();
    session.ui.list(&table, &values, "There are no images.")
}

/// Returns the images, one for each name; those without a tag only where no tag and no index leads to them, unless `all`.
fn look_at(store: &Store, all: bool) -> Result<Vec<Listed>, CommandError> {
    let found = catalog::list(store)?;
    let tagged: HashSet<Link> =
        found.iter().filter(|one| one.name.tag.is_some()).map(|one| one.link).collect();
    let below: HashSet<Link> =
        found.iter().flat_map(|one| one.image.manifests.iter().map(|child| child.image)).collect();
    let mut seen = HashSet::new();
    let mut images = vec![];
    for one in found {
        let untagged = one.name.tag.is_none();
        let known = tagged.contains(&one.link) || below.contains(&one.link);
        if !all && untagged && (known || !seen.insert(one.link)) {
            continue;
        }
        images.push(listed(store, one, untagged && !known)?);
    }
    Ok(images)
}

fn listed(store: &Store, found: Found, dangling: bool) -> Result<Listed, CommandError> {
    let id = catalog::id(store, &found.image)?;
    let config = match catalog::select(store, &found.image, &Platform::host()) {
        Ok(image) => catalog::config(store, &image)?,
        Err(ImageError::NoPlatform { .. } | ImageError::MissingBlob(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let size = catalog::size(store, &found.image)?;
    Ok(Listed { found, id, config, dangling, size })
}

fn ids(session: &Session, images: &[Listed], full: bool) -> Result<(), CommandError> {
    let mut shown: Vec<String> = vec![];
    for image in images {
        let id = if full { image.id.to_string() } else { image.id.short() };
        if !shown.contains(&id) {
            shown.push(id);
        }
    }
    match session.ui.format.is_json() {
        true => session.ui.list(&Table::default(), &shown, ""),
        false => {
            session.ui.data(shown.iter().map(|id| format!("{id}\n")).collect::<String>().as_bytes())
        }
    }
}

fn table(images: &[Listed], unique: &BTreeMap<Link, u64>, args: &Args, now: i64) -> Table {
    let mut columns = vec![Column::new("repository").cut(), Column::new("tag").cut()];
    columns.extend(args.digests.then(|| Column::new("digest")));
    columns.extend([
        Column::new("id").title("IMAGE ID"),
        Column::new("created"),
        Column::new("size").right(),
        Column::new("unique").right(),
    ]);
    let mut table = Table::new(columns);
    let bytes = |bytes: u64| Cell::new(human(bytes)).raw(bytes.to_string());
    for image in images {
        let (repository, tag) = image.name();
        let id = if args.no_trunc { image.id.to_string() } else { image.id.short() };
        let created = image.created();
        let mut row: Vec<Cell> = vec![Cell::new(repository).style(LITERAL), tag.into()];
        row.extend(args.digests.then(|| Cell::new(image.found.image.digest.to_string())));
        row.extend([
            Cell::new(id).raw(image.id.to_string()),
            Cell::new(created.map(|at| time::ago(at, now)).unwrap_or_default())
                .raw(created.map(time::rfc3339).unwrap_or_default())
                .style(LABEL),
            bytes(image.size),
            bytes(unique.get(&image.found.link).copied().unwrap_or(0)),
        ]);
        table.row(row);
    }
    table
}

fn as_json(image: &Listed, unique: &BTreeMap<Link, u64>) -> Value {
    json!({
        "ref": image.found.name.text(),
        "id": image.id.to_string(),
        "digest": image.found.image.digest.to_string(),
        "created_at": image.created().map(time::rfc3339),
        "size": image.size,
        "unique_size": unique.get(&image.found.link).copied().unwrap_or(0),
    })
}

/// What an image must be to be listed. Several of one key: any of them; several keys: all of them, as with Docker.
#[derive(Default)]
struct Filters {
    references: Vec<(globset::GlobMatcher, bool)>,
    dangling: Option<bool>,
    labels: Vec<(String, Option<String>)>,
    before: Option<i64>,
    since: Option<i64>,
    name: Option<Reference>,
}

impl Filters {
    fn read(store: &Store, args: &Args) -> Result<Self, CommandError> {
        let mut filters = Self::default();
        if let Some(name) = &args.name {
            let bad =
                |error: mls::remote::registry::ParseReferenceError| CommandError::usage(error);
            match name.contains(['*', '?', '[']) {
                true => filters.references.push(glob(name)?),
                false => filters.name = Some(name.parse().map_err(bad)?),
            }
        }
        for filter in &args.filters {
            let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
            match key {
                "reference" => filters.references.push(glob(value)?),
                "dangling" => filters.dangling = Some(truth(value)?),
                "label" => {
                    let (key, value) = match value.split_once('=') {
                        Some((key, value)) => (key, Some(value.to_owned())),
                        None => (value, None),
                    };
                    filters.labels.push((key.to_owned(), value));
                }
                "before" => filters.before = created(store, value)?,
                "since" => filters.since = created(store, value)?,
                _ => {
                    let what = format!("no filter `{}`", key.escape_debug());
                    return Err(CommandError::usage(what).hint(
                        "There are `reference`, `dangling`, `label`, `before` and `since`.",
                    ));
                }
            }
        }
        Ok(filters)
    }

    fn keep(&self, image: &Listed) -> bool {
        let (repository, tag) = image.name();
        let full = format!("{repository}:{tag}");
        let short = image.found.name.reference().map(|name| name.familiar()).unwrap_or_default();
        let matches = |(glob, with_tag): &(globset::GlobMatcher, bool)| {
            let cut = |text: &str| match text.rsplit_once(':') {
                Some((name, tag)) if !with_tag && !tag.contains('/') => name.to_owned(),
                _ => text.to_owned(),
            };
            glob.is_match(cut(&full)) || glob.is_match(cut(&short))
        };
        let labels = image.config.as_ref().map(|config| &config.config.labels);
        let labelled = |(key, value): &(String, Option<String>)| {
            let own = labels.and_then(|labels| labels.get(key));
            own.is_some_and(|own| value.as_ref().is_none_or(|value| value == own))
        };
        (self.references.is_empty() || self.references.iter().any(matches))
            && self.dangling.is_none_or(|wanted| wanted == image.dangling)
            && self.labels.iter().all(labelled)
            && self.before.is_none_or(|before| image.created().is_some_and(|own| own < before))
            && self.since.is_none_or(|since| image.created().is_some_and(|own| own > since))
            && self.name.as_ref().is_none_or(|name| is_named(image, name))
    }
}

fn is_named(image: &Listed, wanted: &Reference) -> bool {
    let Some(own) = image.found.name.reference() else { return false };
    let same = own.name() == wanted.name() || own.qualified().name() == wanted.qualified().name();
    same && wanted.tag().is_none_or(|tag| own.tag() == Some(tag))
        && wanted.digest().is_none_or(|digest| image.found.image.digest == *digest)
}

/// A `*` stays within one part of a name, as with Docker; a pattern without a tag is for all of them.
fn glob(text: &str) -> Result<(globset::GlobMatcher, bool), CommandError> {
    let glob =
        GlobBuilder::new(text).literal_separator(true).build().map_err(CommandError::usage)?;
    let with_tag = text.rsplit('/').next().is_some_and(|last| last.contains(':'));
    Ok((glob.compile_matcher(), with_tag))
}

fn truth(text: &str) -> Result<bool, CommandError> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(CommandError::usage("filter `dangling` takes `true` or `false`")),
    }
}

fn created(store: &Store, name: &str) -> Result<Option<i64>, CommandError> {
    let found = catalog::resolve(store, name)?;
    let image = listed(store, found, false)?;
    Ok(Some(image.created().unwrap_or(0)))
}
