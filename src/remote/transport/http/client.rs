//! Asking a hub: one question, tried again where that makes sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::remote::connect::{self, Tls, Watch, jitter, retry_after};
use crate::remote::transport::http::fault::{self, Fault};
use crate::remote::transport::http::web::{Credential, Web};
use crate::remote::{Error, Url, wire};
use crate::store::Link;

/// The longest answer that is held in memory.
const MAX_ANSWER: u64 = 1 << 30;

/// Tries of one question, and of the very first one.
const TRIES: u32 = 6;
const FIRST_TRIES: u32 = 3;
/// Tries that may end because nothing moves: each takes its time.
const STALLS: u32 = 2;
/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// A question to a hub.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Vec<u8>,
    slow: bool,
}

impl Ask {
    pub(super) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), body: vec![], slow: false }
    }

    pub(super) fn post(path: &str, body: Vec<u8>) -> Self {
        Self { method: Method::POST, path: path.to_owned(), body, slow: false }
    }

    /// Says that the hub has to work for the answer.
    pub(super) fn slow(self) -> Self {
        Self { slow: true, ..self }
    }
}

/// Connections to one hub.
pub(super) struct Client {
    address: String,
    http: reqwest::Client,
    runtime: Runtime,
    pub(super) stall: Duration,
    pause: Duration,
    pub(super) streams: usize,
    /// Whether the hub has answered once.
    met: AtomicBool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Client").field(&self.address).finish()
    }
}

impl Client {
    pub(super) fn new(url: &Url, web: &Web) -> Result<Self, Error> {
        let address = url.as_str().to_owned();
        let failed = |reason: String| Error::Unreachable { address: address.clone(), reason };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("mls-http")
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let http = connect(url, web).map_err(failed)?;
        Ok(Self {
            address,
            http,
            runtime,
            stall: web.stall,
            pause: web.pause,
            streams: web.streams.clamp(1, 16),
            met: AtomicBool::new(false),
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Asks and returns the whole answer.
    pub(super) fn ask(&self, ask: &Ask) -> Result<Vec<u8>, Error> {
        self.tried(&mut || self.wait(self.answer(ask)))
    }

    async fn answer(&self, ask: &Ask) -> Result<Vec<u8>, Fault> {
        let request = self.request(ask.method.clone(), &ask.path).body(ask.body.clone());
        let mut response = self.send(request, ask.slow).await?;
        let mut watch = Watch::new(self.stall);
        let mut bytes = vec![];
        while let Some(chunk) = watch.next(&mut response).await? {
            if bytes.len() as u64 + chunk.len() as u64 > MAX_ANSWER {
                return Err(Fault::Final(self.nonsense("an answer without end")));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Asks which objects are there, as many at once as one question may name.
    pub(super) fn have(&self, links: &[Link]) -> Result<Vec<bool>, Error> {
        let mut order: Vec<usize> = (0..links.len()).collect();
        order.sort_by_key(|place| links[*place]);
        let mut there = vec![false; links.len()];
        for batch in order.chunks(wire::BATCH) {
            let ids = wire::ids(batch.iter().map(|place| &links[*place])).into_vec();
            let bits = self.ask(&Ask::post("have", ids).slow())?;
            if bits.len() != batch.len().div_ceil(8) {
                return Err(self.nonsense("which objects it has"));
            }
            for (bit, place) in batch.iter().enumerate() {
                there[*place] = bits[bit / 8] & (1 << (bit % 8)) != 0;
            }
        }
        Ok(there)
    }

    /// Begins a request for a path below `/mls/v1`.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/mls/v1/{path}", self.address))
    }

    /// Sends a request; what is no success is a fault.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        slow: bool,
    ) -> Result<Response, Fault> {
        let patience = if slow { self.stall * 20 } else { self.stall };
        let answer = timeout(patience, request.send()).await;
        let response =
            answer.map_err(|_| Fault::Stalled(patience))?.map_err(|error| Fault::of(&error))?;
        self.met.store(true, Ordering::Relaxed);
        match response.status().is_success() {
            true => Ok(response),
            false => Err(self.refusal(response).await),
        }
    }

    async fn refusal(&self, mut response: Response) -> Fault {
        let (status, after) = (response.status(), retry_after(response.headers()));
        let mut body = vec![];
        while let Ok(Ok(Some(chunk))) = timeout(self.stall, response.chunk()).await {
            body.extend_from_slice(&chunk);
            if body.len() > 1 << 20 && status != StatusCode::CONFLICT || body.len() > 64 << 20 {
                break;
            }
        }
        fault::of_status(&self.address, status, after, &body)
    }

    /// Runs a future on this thread while the connections are served by another.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Tries until it works or makes no sense any more; a try that got further than the last one is the first again.
    pub(super) fn tried<T>(&self, work: &mut dyn FnMut() -> Result<T, Fault>) -> Result<T, Error> {
        let mut attempt = Attempt::new(self);
        loop {
            match work() {
                Ok(value) => return Ok(value),
                Err(fault) => attempt.failed(fault)?,
            }
        }
    }

    pub(super) fn nonsense(&self, what: &str) -> Error {
        Error::Nonsense { address: self.address.clone(), reason: what.to_owned() }
    }

    pub(super) fn not_a_hub(&self) -> Error {
        let reason = "what answers there is something else".to_owned();
        Error::NoHub { address: self.address.clone(), reason }
    }
}

/// The tries of one question.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    client: &'a Client,
    tries: u32,
    stalls: u32,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client, tries: 0, stalls: 0 }
    }

    /// Says that something has moved: what fails next fails for the first time.
    pub(super) fn progressed(&mut self) {
        (self.tries, self.stalls) = (0, 0);
    }

    /// Waits for the next try, or gives up.
    pub(super) fn failed(&mut self, fault: Fault) -> Result<(), Error> {
        let client = self.client;
        self.tries += 1;
        self.stalls += u32::from(matches!(fault, Fault::Stalled(_)));
        let most = if client.met.load(Ordering::Relaxed) { TRIES } else { FIRST_TRIES };
        let after = match &fault {
            Fault::Final(_) => return Err(fault.give_up(&client.address)),
            Fault::Later { after, .. } => *after,
            _ => None,
        };
        if self.tries >= most || self.stalls >= STALLS {
            return Err(fault.give_up(&client.address));
        }
        let pause = client.pause * 2_u32.pow(self.tries - 1);
        std::thread::sleep(after.unwrap_or_else(|| jitter(pause)).min(MAX_PAUSE));
        Ok(())
    }
}

fn connect(url: &Url, web: &Web) -> Result<reqwest::Client, String> {
    let mut headers = HeaderMap::new();
    if let Some(credential) = &web.credential {
        headers.insert(AUTHORIZATION, authorization(credential)?);
    }
    let tls = if url.as_str().starts_with("https:") { Tls::Verified } else { Tls::None };
    connect::builder(web, tls)?.default_headers(headers).build().map_err(|error| error.to_string())
}

fn authorization(credential: &Credential) -> Result<HeaderValue, String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let text = match credential {
        Credential::Token(token) => format!("Bearer {token}"),
        Credential::Password { user, password } => {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        }
    };
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| "the token has characters that no token has".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}
