//! Delivery: in the background, signed, tried again where that may help.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::address::{Reach, Target};
use super::event::Event;
use super::pending::{self, Pending};
use super::table::{self, Hook, Secret};
use crate::base::time;
use crate::store::{self, Store};

/// How long one attempt may take, from the connection to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// So much of an answer is read.
const LONGEST_ANSWER: usize = 64 << 10;
/// Attempts after the first, as many as MLflow makes.
const RETRIES: u32 = 3;
/// No wait between attempts is longer, whatever the receiver asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Deliveries that are under way at once, and those that wait for their turn or their next attempt.
const AT_ONCE: usize = 16;
const WAITING: usize = 2000;

/// Who delivers; all deliveries of a server share one.
#[derive(Debug)]
pub(in crate::server) struct Courier {
    reach: Reach,
    /// The wait before the second attempt; each later one is twice as long.
    pause: Duration,
    waiting: Arc<Semaphore>,
    under_way: Arc<Semaphore>,
}

/// A message, ready to be sent again and again.
#[derive(Debug)]
struct Message {
    url: String,
    timestamp: String,
    signature: Option<String>,
    pending: Pending,
}

/// What came of one attempt.
enum Outcome {
    Answered(StatusCode, Option<Duration>),
    Failed(String),
    /// It leads where it must not: trying again would not help.
    Refused(String),
}

impl Courier {
    pub(in crate::server) fn new(private: bool, pause: Duration) -> Self {
        Self {
            reach: Reach { private },
            pause,
            waiting: Arc::new(Semaphore::new(WAITING)),
            under_way: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    /// Sends word of an event to all who want it, and does not wait for them: only until it is kept. What fails too often is
    /// dropped, as in MLflow: the registry does not depend on who listens.
    pub(super) fn send(&self, store: &Arc<Store>, event: Event, data: &Value) {
        let Ok(mut hooks) = table::wanting(store, event) else { return };
        hooks.truncate(self.waiting.available_permits());
        let now = store.now();
        let messages: Vec<(Hook, Pending)> =
            hooks.into_iter().map(|hook| (hook, Pending::new(event, data, now))).collect();
        if !messages.is_empty() && pending::add(store, &messages).is_ok() {
            self.bring(store, messages);
        }
    }

    /// Goes on with what a hub before this one has left.
    pub(in crate::server) fn resume(&self, store: &Arc<Store>) {
        if let Ok(messages) = pending::list(store, WAITING) {
            self.bring(store, messages);
        }
    }

    /// Brings messages that are kept. One that finds no room waits for the next start.
    fn bring(&self, store: &Arc<Store>, messages: Vec<(Hook, Pending)>) {
        let Ok(runtime) = Handle::try_current() else { return };
        for (hook, pending) in messages {
            let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else { return };
            // Signed with the time of this attempt: receivers refuse what is old.
            let message = Message::new(&hook, pending, store.now());
            let (reach, pause, under_way) = (self.reach, self.pause, Arc::clone(&self.under_way));
            let store = Arc::clone(store);
            runtime.spawn(async move {
                deliver(&store, &message, (reach, pause), &under_way).await;
                drop(place);
            });
        }
    }

    /// Sends an example once and tells what came of it: the status, or why there is none.
    pub(super) async fn test(&self, hook: &Hook, event: Event, now: i64) -> Result<u16, String> {
        let message = Message::new(hook, Pending::new(event, &event.example(), now), now);
        match attempt(&message, self.reach).await {
            Outcome::Answered(status, _) => Ok(status.as_u16()),
            Outcome::Failed(reason) | Outcome::Refused(reason) => Err(reason),
        }
    }
}

impl Pending {
    fn new(event: Event, data: &Value, now: i64) -> Self {
        let (entity, action) = event.words();
        let at = time::rfc3339(now).replace('Z', "+00:00");
        let body =
            json!({"entity": entity, "action": action, "timestamp": at, "data": data}).to_string();
        Self { id: uuid::Uuid::new_v4().to_string(), body, failed: 0 }
    }
}

impl Message {
    fn new(hook: &Hook, pending: Pending, now: i64) -> Self {
        let timestamp = now.div_euclid(1000).to_string();
        let signature = signature(&hook.secret, &pending.id, &timestamp, &pending.body);
        Self { url: hook.url.clone(), timestamp, signature, pending }
    }
}

/// Signs as MLflow does: HMAC-SHA256 over id, time and body with dots between.
fn signature(secret: &Secret, id: &str, timestamp: &str, body: &str) -> Option<String> {
    if secret.0.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()).expect("any length will do");
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Brings a message, and forgets it: it was taken, or it is given up.
async fn deliver(
    store: &Arc<Store>,
    message: &Message,
    (reach, pause): (Reach, Duration),
    under_way: &Semaphore,
) {
    for retry in message.pending.failed..=RETRIES {
        let outcome = {
            let Ok(_turn) = under_way.acquire().await else { return };
            attempt(message, reach).await
        };
        let asked = match outcome {
            Outcome::Answered(status, after) if may_pass(status) => after,
            Outcome::Failed(_) => None,
            Outcome::Answered(..) | Outcome::Refused(_) => break,
        };
        note(store, message, pending::note_failure).await;
        if retry < RETRIES {
            let usual = pause * 2_u32.pow(retry) + jitter(pause);
            tokio::time::sleep(asked.unwrap_or(usual).min(LONGEST_PAUSE)).await;
        }
    }
    note(store, message, pending::remove).await;
}

/// Writes down what became of a message; what cannot be written is brought once more at worst.
async fn note(
    store: &Arc<Store>,
    message: &Message,
    write: impl FnOnce(&Store, &str) -> Result<(), store::Error> + Send + 'static,
) {
    let (store, id) = (Arc::clone(store), message.pending.id.clone());
    let _ = tokio::task::spawn_blocking(move || write(&store, &id)).await;
}

/// Receivers that fail together shall not be tried together.
fn jitter(pause: Duration) -> Duration {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    pause * u32::from(byte[0]) / 256
}

/// Tells whether a failure may pass by itself.
fn may_pass(status: StatusCode) -> bool {
    [429, 500, 502, 503, 504].contains(&status.as_u16())
}

async fn attempt(message: &Message, reach: Reach) -> Outcome {
    let url = message.url.clone();
    // Checked at each attempt: names move.
    let target = match tokio::task::spawn_blocking(move || reach.check(&url)).await {
        Ok(Ok(target)) => target,
        Ok(Err(reason)) => return Outcome::Refused(reason),
        Err(_) => return Outcome::Refused("the address could not be checked".to_owned()),
    };
    match tokio::time::timeout(PATIENCE, post(message, &target)).await {
        Ok(Ok((status, after))) => Outcome::Answered(status, after),
        Ok(Err(error)) => Outcome::Failed(words(&error)),
        Err(_) => Outcome::Failed(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

async fn post(
    message: &Message,
    target: &Target,
) -> Result<(StatusCode, Option<Duration>), reqwest::Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A client of its own: it knows these addresses alone, follows nothing and asks no proxy.
    let client = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .resolve_to_addrs(&target.host, &target.addresses)
        .user_agent(concat!("mls/", env!("CARGO_PKG_VERSION")))
        .build()?;
    let mut request = client
        .post(target.url.clone())
        .header("Content-Type", "application/json")
        .header("X-MLflow-Delivery-Id", &message.pending.id)
        .header("X-MLflow-Timestamp", &message.timestamp)
        .body(message.pending.body.clone());
    if let Some(signature) = &message.signature {
        request = request.header("X-MLflow-Signature", signature);
    }
    let mut answer = request.send().await?;
    let status = answer.status();
    let after =
        answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
    // The end of a short answer is polite to wait for; of a long one it is not.
    let mut read = 0;
    while let Some(part) = answer.chunk().await? {
        read += part.len();
        if read > LONGEST_ANSWER {
            break;
        }
    }
    Ok((status, after.map(Duration::from_secs)))
}

/// Says why there was no answer, without the address, which may hold a secret.
fn words(error: &reqwest::Error) -> String {
    match error {
        _ if error.is_timeout() => "the receiver took too long".to_owned(),
        _ if error.is_connect() => "could not connect to the receiver".to_owned(),
        _ => "the receiver broke the connection off".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_mlflow_makes() {
        // hmac.new(b"secret", b"id.1.{}", hashlib.sha256), base64.
        let made = signature(&Secret("secret".to_owned()), "id", "1", "{}");
        assert_eq!(made.as_deref(), Some("v1,490pAcC1LQ1k1cOcmH0da199+A88OKCj0Io4WnJlp68="));
        assert_eq!(signature(&Secret::default(), "id", "1", "{}"), None);
    }
}
