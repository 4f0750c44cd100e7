//! A container becomes an image: what it has changed is one more layer, and how it was to run is how the image runs.

use crate::base::time;
use crate::container::{Config as Asked, Container};
use crate::image::assemble::Assembled;
use crate::image::build::bases::Bases;
use crate::image::build::plan::Found;
use crate::image::build::state::State;
use crate::image::config::{Config, Settings, Step};
use crate::image::layer::Maker;
use crate::image::rootfs::{self, View};
use crate::image::{Error, catalog, start};
use crate::remote::registry::{Digest, Reference};
use crate::store::{Link, Store};

/// What is said of the image beside what the container says.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub reference: Option<Reference>,
    pub author: Option<String>,
    pub message: Option<String>,
}

/// An image that was made of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    pub link: Link,
    /// Of the manifest.
    pub digest: Digest,
    /// Of the config: what Docker calls the image.
    pub id: Digest,
    /// Bytes of the layer that was added.
    pub size: u64,
}

/// Makes an image of a container, which should be held still if it runs; `change` has the last word on how it runs.
pub fn commit<E: From<Error>>(
    store: &Store,
    container: &Container,
    options: &Options,
    change: impl FnOnce(&mut Settings) -> Result<(), E>,
) -> Result<Committed, E> {
    let asked = container.config().map_err(Error::from)?;
    let (mut config, state) = base(store, container, &asked)?;
    config.config = settings(&config.config, &asked);
    change(&mut config.config)?;
    let committed = write(store, container, &asked, options, (config, state))?;
    container.tell("commit", &[("imageID", &committed.id.to_string())]);
    Ok(committed)
}

fn base(store: &Store, container: &Container, asked: &Asked) -> Result<(Config, State), Error> {
    let image = start::image(store, container, asked)?;
    let mut bases = Bases::default();
    match bases.add(store, &image)? {
        Found::Image { key, config } => {
            Ok((*config, bases.states.remove(&key).unwrap_or_default()))
        }
        _ => Err(Error::NotRunnable(image.media_type)),
    }
}

fn write(
    store: &Store,
    container: &Container,
    asked: &Asked,
    options: &Options,
    (mut config, mut state): (Config, State),
) -> Result<Committed, Error> {
    let mut writer = store.writer()?;
    let below = View::of(store, &state.links())?;
    let mut maker = Maker::begin(&mut writer, None);
    rootfs::changes_in(container.folder(), &below, &start::stubs(asked))?.write(&mut maker)?;
    let added = maker.finish()?;
    let size = added.size;
    state.layers.push(added.into());
    let created = time::rfc3339_short(store.now());
    state.history.push(Step {
        created: Some(created.clone()),
        created_by: Some(asked.spec.args.join(" ")),
        author: options.author.clone(),
        comment: options.message.clone(),
        empty_layer: false,
    });
    config.created = Some(created);
    config.author = options.author.clone().or(config.author.take());
    config.history = state.history;
    let assembled = Assembled::new(config, &state.layers);
    let link = assembled.write(&mut writer)?;
    let Assembled { id, digest, .. } = assembled;
    writer.commit(vec![catalog::keep(options.reference.as_ref(), link, &digest)?])?;
    Ok(Committed { link, digest, id, size })
}

/// Returns how an image runs whose containers are to run as this one was to.
fn settings(base: &Settings, asked: &Asked) -> Settings {
    let some = |words: &[String]| Some(words.to_vec()).filter(|words| !words.is_empty());
    let of_image = |name: &str| base.env.iter().any(|line| line.split('=').next() == Some(name));
    // These every container has; they are no wish of anybody's.
    let own = |line: &&String| match line.split_once('=') {
        Some(("HOSTNAME", value)) => !of_image("HOSTNAME") && value == asked.spec.hostname,
        Some(("TERM", "xterm")) => asked.terminal && !of_image("TERM"),
        Some(("PATH", _)) => **line == start::PATH && !of_image("PATH"),
        _ => false,
    };
    Settings {
        user: asked.user.clone(),
        env: asked.spec.env.iter().filter(|line| !own(line)).cloned().collect(),
        entrypoint: some(&asked.entrypoint),
        cmd: some(&asked.command),
        working_dir: match (base.working_dir.as_str(), asked.spec.cwd.as_str()) {
            ("", "/") => String::new(),
            (_, cwd) => cwd.to_owned(),
        },
        labels: asked.labels.clone(),
        ..base.clone()
    }
}
