//! An image on one screen.

use mls::base::{size::human, time};
use mls::image::catalog::{self, Found};
use mls::image::config::Config;
use mls::image::manifest::Manifest;
use mls::image::{Content, Image};
use mls::store::{Link, Store};

use crate::cli::error::CommandError;
use crate::cli::style::{HEADER, LITERAL, paint};
use crate::cli::table::facts;
use crate::cli::text::{self, escaped};

/// Returns all that is known of an image.
pub(super) fn text(store: &Store, link: &Link, image: &Image) -> Result<String, CommandError> {
    let names: Vec<Found> =
        catalog::list(store)?.into_iter().filter(|one| one.link == *link).collect();
    let names: Vec<String> = names.iter().filter_map(|one| one.name.text()).collect();
    let mut head = vec![
        ("Id", paint(LITERAL, &catalog::id(store, image)?.to_string())),
        ("Digest", image.digest.to_string()),
        ("Type", escaped(&image.media_type).into_owned()),
        ("Object", link.to_string()),
        ("Size", human(catalog::size(store, image)?)),
    ];
    let kept: u64 = image
        .blobs
        .iter()
        .filter(|one| matches!(one.content, Content::Kept { .. }))
        .map(|one| one.size)
        .sum();
    if kept > 0 {
        head.push((
            "Kept",
            format!("{} of compressed layers, so that their digests stay", human(kept)),
        ));
    }
    if let Some(before) = image.came_as {
        let why = "its compressed layers were let go";
        head.push(("Came as", format!("{before}  {why}")));
    }
    match catalog::manifest(store, image)? {
        Manifest::Index(index) => {
            let of = |one: &mls::image::manifest::Descriptor| {
                let platform = catalog::platform_of(one)
                    .map_or("for no platform".to_owned(), |own| own.to_string());
                format!("{platform}  {}", one.digest)
            };
            head.push(("Images", index.manifests.iter().map(of).collect::<Vec<_>>().join("\n")));
        }
        Manifest::Image(manifest) => {
            head.push(("Layers", manifest.layers.len().to_string()));
            head.extend(
                manifest.subject.iter().map(|subject| ("Belongs to", subject.digest.to_string())),
            );
        }
    }
    if let Some(config) = catalog::config(store, image)? {
        head.extend(settings(&config, store.now()));
    }
    let title =
        names.first().map_or_else(|| image.digest.short(), |name| escaped(name).into_owned());
    if names.len() > 1 {
        head.push(("Names", escaped(&names.join("  ")).into_owned()));
    }
    Ok(format!("{}\n\n{}", paint(HEADER, &title), facts(head)))
}

fn settings(config: &Config, now: i64) -> Vec<(&'static str, String)> {
    let words = |words: &Option<Vec<String>>| {
        let words = words.as_ref()?.iter().map(|word| text::shell_word(word));
        Some(escaped(&words.collect::<Vec<_>>().join(" ")).into_owned())
    };
    let some = |text: &str| Some(escaped(text).into_owned()).filter(|text| !text.is_empty());
    let labels = config.config.labels.iter().map(|(key, value)| format!("{key}={value}"));
    let own = &config.config;
    let all = [
        (
            "Made",
            config.created().map(|at| format!("{}, {}", time::rfc3339(at), time::ago(at, now))),
        ),
        ("Platform", some(&format!("{}/{}", config.os, config.architecture))),
        ("Entrypoint", words(&own.entrypoint)),
        ("Command", words(&own.cmd)),
        ("User", some(&own.user)),
        ("Folder", some(&own.working_dir)),
        (
            "Environment",
            some(&own.env.join("\n")).map(|_| text::escaped_lines(&own.env.join("\n"))),
        ),
        (
            "Labels",
            Some(text::escaped_lines(&labels.collect::<Vec<_>>().join("\n")))
                .filter(|text| !text.is_empty()),
        ),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
