//! The registry of the hub, row by row of the distribution specification, and with the tools that people have.

mod conformance;
mod hostile;
mod login;
pub(crate) mod matrix;
mod rows;
pub(crate) mod tools;

use mls::remote::registry::Digest;
use serde_json::{Value, json};

use crate::support::{Reply, Served};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// Uploads a blob at once; returns its digest.
pub(crate) fn upload(served: &Served, repository: &str, bytes: &[u8]) -> Digest {
    let digest = Digest::of(bytes);
    let target = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
    let reply = served.send("POST", &target, &[], bytes);
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    digest
}

pub(crate) fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": Digest::of(bytes), "size": bytes.len()})
}

/// Returns a manifest of blobs that are uploaded for it.
pub(crate) fn manifest(
    served: &Served,
    repository: &str,
    config: &[u8],
    layers: &[&[u8]],
) -> Value {
    upload(served, repository, config);
    for layer in layers {
        upload(served, repository, layer);
    }
    let layers: Vec<Value> =
        layers.iter().map(|layer| descriptor("application/octet-stream", layer)).collect();
    json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIG, config), "layers": layers,
    })
}

pub(crate) fn put(served: &Served, repository: &str, which: &str, manifest: &Value) -> Reply {
    let media_type = manifest["mediaType"].as_str().unwrap_or(MANIFEST).to_owned();
    let target = format!("/v2/{repository}/manifests/{which}");
    served.send("PUT", &target, &[("Content-Type", &media_type)], manifest.to_string().as_bytes())
}

pub(crate) fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}
