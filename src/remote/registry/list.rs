//! What a registry lists: tags, and what refers to a manifest; and what it is told to forget.

use std::collections::HashSet;

use reqwest::header::{ACCEPT, HeaderMap, LINK};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::remote::registry::client::{Client, MAX_MANIFEST, Target};
use crate::remote::registry::endpoint::Endpoint;
use crate::remote::registry::fault::Fault;
use crate::remote::registry::request::{Ask, body};
use crate::remote::registry::{Descriptor, Digest, Error};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Lists are not read further (ABUSE R07).
const MAX_PAGES: usize = 1_000;
const MAX_ITEMS: usize = 1_000_000;

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Referrers {
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
}

impl Client {
    /// Returns the tags of a repository.
    pub fn tags(&self, repository: &str) -> Result<Vec<String>, Error> {
        let path = format!("{repository}/tags/list");
        let what = format!("repository `{repository}`");
        self.pages(repository, &path, &what, &mut |bytes| {
            serde_json::from_slice::<Tags>(bytes).ok().map(|page| page.tags.unwrap_or_default())
        })
    }

    /// Returns what says that it belongs to a manifest: signatures, attestations.
    ///
    /// A registry that keeps no such list has one under a tag that clients keep (distribution-spec, referrers tag schema).
    pub fn referrers(
        &self,
        repository: &str,
        subject: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Descriptor>, Error> {
        let path = format!("{repository}/referrers/{subject}");
        let read = |bytes: &[u8]| {
            serde_json::from_slice::<Referrers>(bytes)
                .ok()
                .map(|page| page.manifests.unwrap_or_default())
        };
        let listed = match self.pages(repository, &path, "referrers", &mut |bytes| read(bytes)) {
            Ok(listed) => listed,
            Err(Error::NotFound { .. } | Error::Refused { .. } | Error::Failed { .. }) => {
                match self.manifest(repository, &fallback(subject)) {
                    Ok(index) => read(&index.bytes).unwrap_or_default(),
                    Err(Error::NotFound { .. }) => vec![],
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        // The registry may have left the choice to us.
        let wanted = |found: &Descriptor| {
            artifact_type.is_none_or(|wanted| found.artifact_type.as_deref() == Some(wanted))
        };
        Ok(listed.into_iter().filter(wanted).collect())
    }

    /// Adds a manifest to the list under the fallback tag of its subject, where the registry keeps none.
    pub fn add_referrer(
        &self,
        repository: &str,
        subject: &Digest,
        added: &Descriptor,
    ) -> Result<(), Error> {
        let tag = fallback(subject);
        let mut index = match self.manifest(repository, &tag) {
            Ok(found) => serde_json::from_slice::<Value>(&found.bytes).unwrap_or_default(),
            Err(Error::NotFound { .. }) => Value::Null,
            Err(error) => return Err(error),
        };
        if !index.is_object() {
            index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []});
        }
        let digest = added.digest.to_string();
        let Some(manifests) = index.get_mut("manifests").and_then(Value::as_array_mut) else {
            return Ok(());
        };
        if manifests
            .iter()
            .any(|known| known.get("digest").and_then(Value::as_str) == Some(&digest))
        {
            return Ok(());
        }
        manifests.extend(serde_json::to_value(added));
        let bytes = index.to_string();
        self.put_manifest(repository, &tag, INDEX, bytes.as_bytes()).map(|_| ())
    }

    /// Removes a tag, or a manifest with its tags.
    pub fn delete_manifest(&self, repository: &str, target: &Target) -> Result<(), Error> {
        let what = format!("manifest `{repository}` `{target}`");
        self.delete(repository, &format!("{repository}/manifests/{target}"), &what)
    }

    /// Removes a blob from a repository.
    pub fn delete_blob(&self, repository: &str, digest: &Digest) -> Result<(), Error> {
        self.delete(repository, &format!("{repository}/blobs/{digest}"), &format!("blob {digest}"))
    }

    fn delete(&self, repository: &str, path: &str, what: &str) -> Result<(), Error> {
        let origin = self.origin();
        self.tried(&mut || {
            self.wait(async {
                let ask = Ask::new(Method::DELETE, origin.url(path).await?, what);
                match origin.send(&ask.scoped(repository, "delete")).await {
                    Err(fault) if fault.is(&[405]) => {
                        let reason = "the registry removes nothing".to_owned();
                        Err(Error::Unsupported { what: what.to_owned(), reason }.into())
                    }
                    other => other.map(|_| ()),
                }
            })
        })
    }

    /// Reads a list page by page, as `Link` says.
    fn pages<T>(
        &self,
        repository: &str,
        path: &str,
        what: &str,
        read: &mut dyn FnMut(&[u8]) -> Option<Vec<T>>,
    ) -> Result<Vec<T>, Error> {
        let origin = self.origin();
        let mut next = Some(self.tried(&mut || self.wait(origin.url(path)))?);
        let (mut items, mut seen) = (vec![], HashSet::new());
        while let Some(url) = next {
            let endless = !seen.insert(url.as_str().to_owned()) || seen.len() > MAX_PAGES;
            if endless || items.len() > MAX_ITEMS {
                return Err(origin.nonsense("a list without end").give_up(self.registry()));
            }
            let (headers, bytes) = self.tried(&mut || {
                self.wait(async {
                    let ask = Ask::new(Method::GET, url.clone(), what).scoped(repository, "pull");
                    let response = origin
                        .send(&ask.header(ACCEPT, format!("{INDEX}, application/json")))
                        .await?;
                    let headers = response.headers().clone();
                    Ok((headers, body(self.stall, response, MAX_MANIFEST, what).await?))
                })
            })?;
            let page = read(&bytes);
            let page = page
                .ok_or_else(|| origin.nonsense("a list that is none").give_up(self.registry()))?;
            items.extend(page);
            let link = self.wait(link(origin, &url, &headers));
            next = link.map_err(|fault| fault.give_up(self.registry()))?;
        }
        Ok(items)
    }
}

/// Returns the next page, which must be on the same server.
async fn link(origin: &Endpoint, from: &Url, headers: &HeaderMap) -> Result<Option<Url>, Fault> {
    let Some(text) = headers.get(LINK).and_then(|link| link.to_str().ok()) else { return Ok(None) };
    let target = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let Some((target, rest)) = target else { return Ok(None) };
    if !rest.contains("next") {
        return Ok(None);
    }
    let url = from.join(target).map_err(|_| origin.nonsense("a next page that is nowhere"))?;
    match crate::remote::registry::challenge::same_origin(from, &url) {
        true => Ok(Some(url)),
        false => Err(origin.nonsense("a next page that is elsewhere")),
    }
}

/// `sha256:2cf2…` is kept under the tag `sha256-2cf2…`.
fn fallback(subject: &Digest) -> Target {
    Target::Tag(subject.to_string().replace(':', "-").chars().take(128).collect())
}
