//! Docker-archives that images are carried to: configs, and layers as plain tars.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::NamedTempFile;

use super::archived::scratch;
use super::files::{new_tar, unwritten};
use super::origin::Origin;
use super::stream;
use super::target::Target;
use crate::base::{Progress, Task};
use crate::image::archive::{MANIFEST, Sink, unpack};
use crate::image::config::{self, Config};
use crate::image::manifest::{Descriptor, ImageManifest, Manifest, media};
use crate::image::{Error, layer};
use crate::remote::registry::{Digest, Manifest as Bytes, Reference};

/// An archive that is being written.
pub(super) struct Plain {
    sink: Sink<BufWriter<File>>,
    tar: NamedTempFile,
    path: PathBuf,
    name: Option<Reference>,
    items: Vec<serde_json::Value>,
    sent: u64,
}

impl Plain {
    pub(super) fn new(path: &Path, name: Option<&Reference>) -> Result<Self, Error> {
        let (sink, tar) = new_tar(path)?;
        let name = name.map(Reference::or_latest);
        Ok(Self { sink, tar, path: path.to_owned(), name, items: vec![], sent: 0 })
    }

    /// Writes a layer unpacked, once it is known that it is what the config says.
    fn layer(
        &mut self,
        origin: &dyn Origin,
        blob: &Descriptor,
        diff_id: &Digest,
    ) -> Result<String, Error> {
        let name = format!("{}.tar", diff_id.hex());
        if self.sink.has(&name, 0) {
            return Ok(name);
        }
        let failed = layer::Error::io("unpack a layer");
        let unpacked = || -> io::Result<(File, u64)> {
            let input = stream::checked(origin, blob).map_err(io::Error::other)?;
            let plain = unpack(io::BufReader::with_capacity(1 << 16, input))?;
            let mut file = scratch().map_err(io::Error::other)?;
            let size = io::copy(&mut layer::Checked::new(plain, *diff_id), &mut file)?;
            file.rewind()?;
            Ok((file, size))
        };
        let (file, size) = unpacked()
            .map_err(|error| origin.cause(&blob.digest).unwrap_or_else(|| failed(error).into()))?;
        self.sink.file(&name, size, file).map_err(unwritten)?;
        self.sent += blob.size;
        Ok(name)
    }
}

/// Returns what can be in a docker-archive: one image that runs.
pub(super) fn runnable(manifest: &Manifest) -> Result<&ImageManifest, Error> {
    let Manifest::Image(manifest) = manifest else {
        let reason = "a docker-archive holds no index: choose one image of it";
        return Err(Error::BadArchive(reason.to_owned()));
    };
    match media::is_config(&manifest.config.media_type) {
        true => Ok(manifest),
        false => Err(Error::NotRunnable(manifest.config.media_type.clone())),
    }
}

impl Target for Plain {
    fn has(&mut self, _manifest: &Bytes) -> Result<bool, Error> {
        Ok(false)
    }

    fn take(
        &mut self,
        origin: &dyn Origin,
        (_, manifest): (&Bytes, &Manifest),
        _blobs: &[&Descriptor],
        named: bool,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let manifest = runnable(manifest)?;
        let mut bytes = vec![];
        let input = stream::checked(origin, &manifest.config)?.take(config::MAX_BYTES + 1);
        { input }.read_to_end(&mut bytes).map_err(layer::Error::io("read the config"))?;
        let config = Config::parse(&bytes)?;
        config.check_layers(manifest.layers.len())?;
        let config_name = format!("{}.json", Digest::of(&bytes).hex());
        self.sink.file(&config_name, bytes.len() as u64, bytes.as_slice()).map_err(unwritten)?;
        let mut layers = vec![];
        for (blob, diff_id) in manifest.layers.iter().zip(&config.rootfs.diff_ids) {
            layers.push(self.layer(origin, blob, diff_id)?);
            progress.advance(Task::Send, blob.size);
        }
        let tags: Vec<String> =
            self.name.iter().filter(|_| named).map(ToString::to_string).collect();
        self.items.push(json!({"Config": config_name, "RepoTags": tags, "Layers": layers}));
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        let bytes = serde_json::to_vec(&self.items).expect("made of texts");
        self.sink.file(MANIFEST, bytes.len() as u64, bytes.as_slice()).map_err(unwritten)?;
        self.sink.finish().map_err(unwritten)?;
        self.tar.persist(self.path).map_err(|error| unwritten(error.error))?;
        Ok(self.sent)
    }
}
