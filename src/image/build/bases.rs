//! The images that stages begin with.

use std::collections::BTreeMap;

use crate::image::assemble::Held;
use crate::image::build::plan::{Found, Wanted};
use crate::image::build::state::State;
use crate::image::manifest::Manifest;
use crate::image::{Error, Image, catalog};
use crate::remote::registry::Reference;
use crate::store::{Link, Store};

/// What the images that a plan asks for came to, by the keys that the plan keeps of them.
#[derive(Debug, Default)]
pub struct Bases {
    pub states: BTreeMap<String, State>,
}

/// Gets an image that is not in the store, or may be newer elsewhere; returns what its name points at then.
pub type Fetch<'f> = dyn FnMut(&Reference, &Wanted) -> Result<Option<Link>, Error> + 'f;

impl Bases {
    /// Answers a plan that asks for an image by name.
    pub fn find(
        &mut self,
        store: &Store,
        wanted: &Wanted,
        fetch: &mut Fetch<'_>,
    ) -> Result<Found, Error> {
        let reference: Reference = wanted.name.parse().map_err(|error| Error::BadName {
            name: wanted.name.clone(),
            reason: format!("{error}"),
        })?;
        let image: Image = match fetch(&reference, wanted)? {
            Some(link) => store.read_node(&link)?,
            None => catalog::resolve(store, &wanted.name)?.image,
        };
        let image = catalog::select(store, &image, &wanted.platform)?;
        self.add(store, &image)
    }

    /// Takes an image as it is.
    pub fn add(&mut self, store: &Store, image: &Image) -> Result<Found, Error> {
        let config = catalog::config_of(store, image)?;
        let Manifest::Image(manifest) = catalog::manifest(store, image)? else {
            return Err(Error::NotRunnable(image.media_type.clone()));
        };
        let mut layers = vec![];
        for (descriptor, diff_id) in manifest.layers.iter().zip(&config.rootfs.diff_ids) {
            let blob = image.blobs.iter().find(|blob| blob.digest == descriptor.digest);
            let blob = blob.ok_or(Error::MissingBlob(descriptor.digest))?;
            let link = blob.content.layer().ok_or(Error::MissingBlob(descriptor.digest))?;
            layers.push(Held {
                link,
                diff_id: *diff_id,
                digest: descriptor.digest,
                size: descriptor.size,
                content: blob.content.clone(),
                media_type: Some(descriptor.media_type.clone()),
            });
        }
        let key = image.digest.to_string();
        self.states.insert(key.clone(), State { layers, history: config.history.clone() });
        Ok(Found::Image { key, config: Box::new(config) })
    }
}
