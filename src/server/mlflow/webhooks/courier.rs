//! Delivery: in the background, signed, tried again where that may help.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode, redirect};
use sha2::Sha256;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task;

use super::address::{Reach, Target};
use super::event::Event;
use super::pending::{self, Kept, Pending};
use super::table::{Hook, Secret};
use crate::store::{self, Store};

/// How long one attempt may take, from the connection to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// So much of an answer is read.
const LONGEST_ANSWER: usize = 64 << 10;
/// Attempts after the first, as many as MLflow makes.
const RETRIES: u32 = 3;
/// No wait between attempts is longer, whatever the receiver asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Deliveries that are under way at once, and those that wait in memory for their turn or their next attempt.
const AT_ONCE: usize = 16;
const WAITING: usize = 2000;
/// So many messages are kept at most: what happens then is told to nobody, so that receivers that are gone fill no disk.
const KEPT: usize = 100_000;

/// Who delivers; all deliveries of a server share one.
#[derive(Debug, Clone)]
pub(in crate::server) struct Courier(Arc<Shop>);

#[derive(Debug)]
struct Shop {
    reach: Reach,
    /// The wait before the second attempt; each later one is twice as long.
    pause: Duration,
    turns: Semaphore,
    bag: Mutex<Bag>,
}

/// What there is to deliver, as far as this server knows.
#[derive(Debug, Default)]
struct Bag {
    /// Ids of the messages that are being delivered.
    taken: HashSet<String>,
    /// How many messages are kept in the store, these included.
    kept: usize,
    /// Whether some of them found no place here.
    more: bool,
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
        let (reach, turns) = (Reach { private }, Semaphore::new(AT_ONCE));
        Self(Arc::new(Shop { reach, pause, turns, bag: Mutex::default() }))
    }

    pub(super) fn reach(&self) -> Reach {
        self.0.reach
    }

    /// Returns how many more messages may be kept.
    pub(super) fn room(&self) -> usize {
        KEPT.saturating_sub(self.bag().kept)
    }

    /// Delivers messages that have been kept, and does not wait for it: the registry does not depend on who listens.
    pub(super) fn send(&self, store: &Arc<Store>, mut messages: Vec<Kept>) {
        let mut bag = self.bag();
        bag.kept += messages.len();
        messages.retain(|(_, pending)| bag.take(&pending.id));
        drop(bag);
        self.bring(store, messages);
    }

    /// Goes on with all that is kept, as by a hub before this one.
    pub(in crate::server) fn resume(&self, store: &Arc<Store>) {
        let Ok(()) = pending::forget(store) else { return };
        let mut bag = self.bag();
        // Nobody is done with a message while this looks, so none is taken up that was delivered meanwhile.
        let Ok(mut messages) = pending::list(store, WAITING) else { return };
        messages.retain(|(_, pending)| bag.take(&pending.id));
        bag.kept = pending::count(store).unwrap_or(bag.kept);
        bag.more = bag.kept > bag.taken.len();
        drop(bag);
        self.bring(store, messages);
    }

    fn bring(&self, store: &Arc<Store>, messages: Vec<Kept>) {
        let Ok(runtime) = Handle::try_current() else { return };
        for (hook, pending) in messages {
            // Signed with the time of this attempt: receivers refuse what is old.
            let message = Message::new(&hook, pending, store.now());
            let (courier, store) = (self.clone(), Arc::clone(store));
            runtime.spawn(async move {
                let forgotten = deliver(&store, &message, &courier.0).await;
                let more = courier.bag().leave(&message.pending.id, forgotten);
                if more {
                    let _ = task::spawn_blocking(move || courier.resume(&store)).await;
                }
            });
        }
    }

    fn bag(&self) -> MutexGuard<'_, Bag> {
        self.0.bag.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an example once and tells what came of it: the status, or why there is none.
    pub(super) async fn test(&self, hook: &Hook, event: Event, now: i64) -> Result<u16, String> {
        let message = Message::new(hook, Pending::new(event, &event.example(), now), now);
        match attempt(&message, self.0.reach).await {
            Outcome::Answered(status, _) => Ok(status.as_u16()),
            Outcome::Failed(reason) | Outcome::Refused(reason) => Err(reason),
        }
    }
}

impl Bag {
    /// Takes a message up. One that is taken already is not taken twice; one that finds no place is looked for later.
    fn take(&mut self, id: &str) -> bool {
        if self.taken.contains(id) {
            return false;
        }
        let room = self.taken.len() < WAITING;
        self.more |= !room;
        room && self.taken.insert(id.to_owned())
    }

    /// Is done with a message; returns whether it is time to look for those that found no place.
    fn leave(&mut self, id: &str, forgotten: bool) -> bool {
        self.taken.remove(id);
        self.kept = self.kept.saturating_sub(usize::from(forgotten));
        self.taken.len() <= WAITING / 2 && std::mem::take(&mut self.more)
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

/// Brings a message, and forgets it: it was taken, or it is given up. Returns whether it is forgotten.
async fn deliver(store: &Arc<Store>, message: &Message, shop: &Shop) -> bool {
    for retry in message.pending.failed..=RETRIES {
        let outcome = {
            let Ok(_turn) = shop.turns.acquire().await else { return false };
            attempt(message, shop.reach).await
        };
        let asked = match outcome {
            Outcome::Answered(status, after) if may_pass(status) => after,
            Outcome::Failed(_) => None,
            Outcome::Answered(..) | Outcome::Refused(_) => break,
        };
        note(store, message, pending::note_failure).await;
        if retry < RETRIES {
            let usual = shop.pause * 2_u32.pow(retry) + jitter(shop.pause);
            tokio::time::sleep(asked.unwrap_or(usual).min(LONGEST_PAUSE)).await;
        }
    }
    note(store, message, pending::remove).await
}

/// Writes down what became of a message; what cannot be written is brought once more at worst.
async fn note(
    store: &Arc<Store>,
    message: &Message,
    write: impl FnOnce(&Store, &str) -> Result<(), store::Error> + Send + 'static,
) -> bool {
    let (store, id) = (Arc::clone(store), message.pending.id.clone());
    matches!(task::spawn_blocking(move || write(&store, &id)).await, Ok(Ok(())))
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
    let target = match task::spawn_blocking(move || reach.check(&url)).await {
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

    #[test]
    fn what_finds_no_place_is_looked_for_when_half_of_them_are_free() {
        let mut bag = Bag { kept: WAITING + 1, ..Bag::default() };
        let ids: Vec<String> = (0..=WAITING).map(|number| number.to_string()).collect();
        let given = ids.iter().filter(|id| bag.take(id)).count();
        assert_eq!((given, bag.more, bag.take("0")), (WAITING, true, false));
        let left: Vec<bool> = ids[..WAITING].iter().map(|id| bag.leave(id, true)).collect();
        assert_eq!(left.iter().position(|time| *time), Some(WAITING / 2 - 1));
        assert_eq!(left.iter().filter(|time| **time).count(), 1);
        assert_eq!((bag.kept, bag.taken.len()), (1, 0));
        assert!(bag.take("0") && !bag.leave("0", false));
        assert_eq!(bag.kept, 1);
    }
}
