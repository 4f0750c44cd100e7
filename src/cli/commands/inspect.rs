use mls::container::Error as ContainerError;
use mls::image::catalog::{self, Found};
use mls::image::config::raw_settings;
use mls::image::manifest::Manifest;
use mls::image::{Error as ImageError, Image};
use mls::remote::registry::Reference;
use mls::store::Store;
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::commands::history::platform;
use crate::cli::commands::inspect_container;
use crate::cli::contained;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::json;
use crate::cli::session::Session;

/// Show all that is known of images and containers, as Docker's JSON array
///
/// A container goes before an image of the same name.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls inspect train:1", "show an image"),
        ("mls inspect web | jq '.[0].State.Pid'", "take something out of a container's"),
        ("mls inspect train:1 | jq '.[0].Config.Env'", "take something out of it"),
    ],
    &[Exit::Conflict, Exit::NotFound],
))]
pub(crate) struct Args {
    /// Containers by name or id; images by name, id or digest
    #[arg(required = true)]
    names: Vec<String>,
    /// Show the image for this platform, where there are several
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let platform = platform(args.platform.as_deref())?;
    let containers = contained::containers(session)?;
    let store = session.store()?;
    let all = catalog::list(&store)?;
    let mut answers = vec![];
    for name in &args.names {
        let image_only = args.platform.is_some() || name.starts_with("image:");
        match containers.find(name) {
            Ok(container) if !image_only => {
                answers.push(inspect_container::describe(&container)?);
                continue;
            }
            Err(error @ ContainerError::Ambiguous { .. })
                if catalog::resolve(&store, name).is_err() =>
            {
                return Err(error.into());
            }
            _ => {}
        }
        let found = catalog::resolve(&store, name)?;
        let chosen = match catalog::select(&store, &found.image, &platform) {
            Ok(chosen) => chosen,
            // An index of attestations, or for other machines, is something too.
            Err(ImageError::NoPlatform { .. } | ImageError::MissingBlob(_))
                if args.platform.is_none() =>
            {
                found.image.clone()
            }
            Err(error) => return Err(error.into()),
        };
        answers.push(describe(&store, &all, &found, &chosen)?);
    }
    match session.ui.format {
        Format::Table | Format::Json => {
            session.ui.data((json::document(&answers)? + "\n").as_bytes())
        }
        _ => session.ui.list(&Default::default(), &answers, ""),
    }
}

fn describe(
    store: &Store,
    all: &[Found],
    found: &Found,
    image: &Image,
) -> Result<Value, CommandError> {
    let same = || all.iter().filter(|one| one.link == found.link);
    let tags: Vec<String> =
        same().filter(|one| one.name.tag.is_some()).filter_map(|one| one.name.text()).collect();
    let mut digests: Vec<String> = same()
        .filter_map(|one| one.name.reference())
        .map(|name: Reference| name.with_digest(found.image.digest).to_string())
        .collect();
    digests.sort();
    digests.dedup();
    let (manifest, config) = (catalog::manifest(store, image)?, catalog::config(store, image)?);
    let settings = catalog::config_bytes(store, image)?.and_then(|bytes| raw_settings(&bytes));
    let mut answer = json!({
        "Id": catalog::id(store, image)?.to_string(),
        "RepoTags": tags,
        "RepoDigests": digests,
        "Parent": "",
        "Comment": config.as_ref().and_then(|config| config.history.last()?.comment.clone()).unwrap_or_default(),
        "Created": config.as_ref().and_then(|config| config.created.clone()),
        "Author": config.as_ref().and_then(|config| config.author.clone()).unwrap_or_default(),
        "Config": settings.unwrap_or_else(|| json!({})),
        "Architecture": config.as_ref().map(|config| config.architecture.clone()),
        "Os": config.as_ref().map(|config| config.os.clone()),
        "Size": catalog::size(store, image)?,
        "RootFS": {
            "Type": "layers",
            "Layers": config.iter().flat_map(|config| &config.rootfs.diff_ids).map(ToString::to_string).collect::<Vec<_>>(),
        },
        "Metadata": { "LastTagTime": "0001-01-01T00:00:00Z" },
        "Descriptor": {
            "mediaType": found.image.media_type,
            "digest": found.image.digest.to_string(),
            "size": store.size(&found.image.manifest)?,
        },
        "Object": found.link.to_string(),
    });
    if let Some(variant) = config.and_then(|config| config.variant) {
        answer["Variant"] = variant.into();
    }
    if !manifest.annotations().is_empty() {
        answer["Annotations"] = json!(manifest.annotations());
    }
    // A registry knows it by this digest, and by the other one once it is pushed.
    if let Some(before) = found.image.came_as {
        answer["CameAs"] = before.to_string().into();
    }
    if let Manifest::Index(index) = &manifest {
        answer["Manifests"] = json!(index.manifests);
    }
    Ok(answer)
}
