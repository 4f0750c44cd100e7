//! A registry, asked through its mirrors and itself; a question is tried again where that makes sense.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response};
use tokio::runtime::{Builder, Runtime};

use crate::remote::connect::{jitter, shown};
use crate::remote::registry::access::Access;
use crate::remote::registry::descriptor::MANIFESTS;
use crate::remote::registry::endpoint::Endpoint;
use crate::remote::registry::fault::Fault;
use crate::remote::registry::request::{Ask, body};
use crate::remote::registry::{Algorithm, Descriptor, Digest, Error};

/// No manifest is larger; registries refuse larger ones.
pub const MAX_MANIFEST: u64 = 4 << 20;

/// Tries that bring nothing further, and tries in all.
const TRIES: u32 = 5;
const ALL_TRIES: u32 = 50;
/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// A tag or a digest: what a manifest is asked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Tag(String),
    Digest(Digest),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => write!(f, "{digest}"),
        }
    }
}

/// A manifest byte for byte, whose digest has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub digest: Digest,
    /// What it came as; its own `mediaType` must be the same, which whoever reads it checks.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A registry. Several threads may ask at once.
pub struct Client {
    registry: String,
    /// Mirrors, and at last the registry itself.
    endpoints: Vec<Endpoint>,
    runtime: Runtime,
    pause: Duration,
    pub(super) stall: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Client").field(&self.registry).finish()
    }
}

impl Client {
    /// Makes ready to ask `registry`: the host of a reference, with its port. Nobody is asked yet.
    pub fn new(registry: &str, access: &Access) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("mls-registry")
            .enable_all()
            .build()
            .map_err(Error::Source)?;
        Ok(Self {
            registry: registry.to_owned(),
            endpoints: Endpoint::all(registry, access)?,
            runtime,
            pause: access.web.pause,
            stall: access.web.stall,
        })
    }

    /// Returns the host that it was made for.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Asks the registry itself whether it is one, and whether it lets us in.
    pub fn ping(&self) -> Result<(), Error> {
        let origin = self.origin();
        self.tried(&mut || {
            self.wait(async {
                let url = origin.url("").await?;
                origin.send(&Ask::new(Method::GET, url, "its first page")).await.map(|_| ())
            })
        })
    }

    /// Fetches a manifest; its bytes have the digest that was asked for, or that the registry says.
    pub fn manifest(&self, repository: &str, target: &Target) -> Result<Manifest, Error> {
        self.read(&mut |endpoint| {
            let what = format!("manifest `{repository}` `{target}`");
            let response =
                self.wait(get_manifest(endpoint, Method::GET, repository, target, &what))?;
            let headers = response.headers().clone();
            let bytes = self.wait(body(self.stall, response, MAX_MANIFEST, &what))?;
            check_manifest(endpoint, target, &what, &headers, bytes)
        })
    }

    /// Asks the registry itself which manifest a tag means; nothing where there is none.
    pub fn find_manifest(
        &self,
        repository: &str,
        target: &Target,
    ) -> Result<Option<Descriptor>, Error> {
        let what = format!("manifest `{repository}` `{target}`");
        let origin = self.origin();
        let answer = self.tried(&mut || match self.wait(get_manifest(
            origin,
            Method::HEAD,
            repository,
            target,
            &what,
        )) {
            Ok(response) => Ok(Some(response.headers().clone())),
            Err(fault) if fault.is(&[404]) => Ok(None),
            Err(fault) => Err(fault),
        })?;
        let Some(headers) = answer else { return Ok(None) };
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let size = text("content-length").and_then(|length| length.parse().ok());
        let digest = match target {
            Target::Digest(digest) => Some(*digest),
            Target::Tag(_) => text("docker-content-digest").and_then(|digest| digest.parse().ok()),
        };
        Ok(digest.zip(size).map(|(digest, size)| {
            Descriptor::new(text("content-type").unwrap_or_default(), digest, size)
        }))
    }

    /// Writes a manifest; what it names must be there already. Returns whether the registry keeps a list of what refers to
    /// its subject.
    pub fn put_manifest(
        &self,
        repository: &str,
        target: &Target,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<bool, Error> {
        let origin = self.origin();
        let what = format!("manifest `{repository}` `{target}`");
        let headers = self.tried(&mut || {
            self.wait(async {
                let url = origin.url(&format!("{repository}/manifests/{target}")).await?;
                let ask = Ask::new(Method::PUT, url, &*what)
                    .scoped(repository, "pull,push")
                    .header(CONTENT_TYPE, media_type)
                    .with_body(bytes.to_vec().into());
                Ok(origin.send(&ask).await?.headers().clone())
            })
        })?;
        let told = headers.get("docker-content-digest").and_then(|told| told.to_str().ok());
        let told = told.and_then(|told| told.parse::<Digest>().ok());
        match told.filter(|told| *told != Digest::with(told.algorithm(), bytes)) {
            Some(_) => {
                Err(origin.lied(&what, "it says to have kept another one").give_up(&self.registry))
            }
            None => Ok(headers.contains_key("oci-subject")),
        }
    }

    pub(super) fn origin(&self) -> &Endpoint {
        self.endpoints.last().expect("the registry itself is one")
    }

    pub(super) fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// Asks the mirrors and then the registry; what one cannot answer, the next is asked.
    pub(super) fn read<T>(
        &self,
        work: &mut dyn FnMut(&Endpoint) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let (origin, mirrors) = self.endpoints.split_last().expect("the registry itself is one");
        for mirror in mirrors {
            if let Ok(found) = work(mirror) {
                return Ok(found);
            }
        }
        self.tried(&mut || work(origin))
    }

    /// Runs a future on this thread while the connections are served by another.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Tries until it works or makes no sense any more.
    pub(super) fn tried<T>(&self, work: &mut dyn FnMut() -> Result<T, Fault>) -> Result<T, Error> {
        let mut attempt = Attempt::new(self);
        loop {
            match work() {
                Ok(value) => return Ok(value),
                Err(fault) => attempt.failed(fault)?,
            }
        }
    }
}

async fn get_manifest(
    endpoint: &Endpoint,
    method: Method,
    repository: &str,
    target: &Target,
    what: &str,
) -> Result<Response, Fault> {
    let url = endpoint.url(&format!("{repository}/manifests/{target}")).await?;
    let mut ask = Ask::new(method, url, what).scoped(repository, "pull");
    for media_type in MANIFESTS {
        ask = ask.header(ACCEPT, media_type);
    }
    endpoint.send(&ask).await
}

/// ABUSE R03: what counts is the digest of the bytes that came, each time that they come.
fn check_manifest(
    endpoint: &Endpoint,
    target: &Target,
    what: &str,
    headers: &HeaderMap,
    bytes: Vec<u8>,
) -> Result<Manifest, Fault> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = text("docker-content-digest").map(str::parse::<Digest>).transpose();
    let told = told.map_err(|error| endpoint.lied(what, error.to_string()))?;
    let wanted = match target {
        Target::Digest(digest) => Some(*digest),
        Target::Tag(_) => told,
    };
    let algorithm = wanted.map_or(Algorithm::Sha256, |digest| digest.algorithm());
    let digest = Digest::with(algorithm, &bytes);
    if let Some(wanted) = wanted.filter(|wanted| *wanted != digest) {
        return Err(endpoint.lied(what, format!("its digest is {digest}, not {wanted}")));
    }
    let media_type = text("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    match MANIFESTS.contains(&media_type) {
        true => Ok(Manifest { digest, media_type: media_type.to_owned(), bytes }),
        false => {
            let reason = match media_type.contains("manifest.v1") {
                true => "it is of schema 1, whose digest says nothing of its bytes".to_owned(),
                false => format!("it came as `{}`", shown(media_type)),
            };
            Err(Error::Unsupported { what: what.to_owned(), reason }.into())
        }
    }
}

/// The tries of one piece of work.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    client: &'a Client,
    tries: u32,
    all: u32,
}

impl<'a> Attempt<'a> {
    pub(super) const fn new(client: &'a Client) -> Self {
        Self { client, tries: 0, all: 0 }
    }

    /// Says that something has moved: what fails next fails for the first time.
    pub(super) const fn progressed(&mut self) {
        self.tries = 0;
    }

    /// Waits for the next try, or gives up.
    pub(super) fn failed(&mut self, fault: Fault) -> Result<(), Error> {
        let client = self.client;
        self.tries += 1;
        self.all += 1;
        let Some(after) = fault.pause() else { return Err(fault.give_up(&client.registry)) };
        // Whoever cannot be reached at all is not tried for long.
        let most = if matches!(fault, Fault::Connect(_)) { 2 } else { TRIES };
        if self.tries >= most || self.all >= ALL_TRIES {
            return Err(fault.give_up(&client.registry));
        }
        let pause = client.pause * 2_u32.pow(self.tries - 1);
        std::thread::sleep(after.unwrap_or_else(|| jitter(pause)).min(MAX_PAUSE));
        Ok(())
    }
}
