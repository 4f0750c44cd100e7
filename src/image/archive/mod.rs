//! Images in files: what `docker save`, `podman save` and `skopeo copy` write and read.
//!
//! ```text
//! docker-archive   manifest.json: config, tags and layers of each image; layers as plain tars. Digests of manifests are lost
//! oci-archive      a tar of the layout below
//! oci-layout       oci-layout, index.json, blobs/<algorithm>/<digits>: manifests and layers as they travel
//! ```

mod compose;
mod docker;
mod layout;
mod load;
mod plain;
mod save;
mod sink;
mod source;
mod unpack;

pub(in crate::image) use load::named;
pub(in crate::image) use sink::Sink;
pub(in crate::image) use source::Source;

pub use compose::{Files, compose};
pub use load::{Loaded, load, load_apart};
pub use plain::{Import, import};
pub use save::{Format, save, save_layout};
pub use source::Input;
pub(in crate::image) use unpack::unpack;

/// What says that a folder is a layout.
pub(in crate::image) const VERSION: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

pub(in crate::image) const LAYOUT: &str = "oci-layout";
pub(in crate::image) const INDEX: &str = "index.json";
pub(in crate::image) const MANIFEST: &str = "manifest.json";

/// Under which key an index says what an image is called (image-spec, annotations.md), and how containerd and Docker say it.
pub(in crate::image) const NAME: &str = "org.opencontainers.image.ref.name";
pub(in crate::image) const FULL_NAME: &str = "io.containerd.image.name";

/// Returns the path of a blob in a layout.
pub(in crate::image) fn blob_path(digest: &crate::remote::registry::Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}
