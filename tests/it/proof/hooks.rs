//! A hub that is killed while it changes its registry: webhooks are told of every change that was made, and of no other.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use mls::base::Clock;
use mls::model::registry;
use mls::store::{Context, Store};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use super::uploads::Hub;
use super::{Dice, count, mls, succeed, tell};

const API: &str = "/api/2.0/mlflow";

/// What receivers got: each change by its own words, and how many messages came twice.
#[derive(Debug, Default)]
struct Told {
    changes: BTreeSet<String>,
    deliveries: BTreeSet<String>,
    twice: usize,
}

/// Starts a receiver that takes whatever it gets.
fn receiver() -> (SocketAddr, Arc<Mutex<Told>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let told = Arc::<Mutex<Told>>::default();
    let all = Arc::clone(&told);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let told = Arc::clone(&told);
            thread::spawn(move || take(stream, &told));
        }
    });
    (address, all)
}

/// Takes one message, unless its sender ends in the middle of it.
fn take(mut stream: TcpStream, told: &Mutex<Told>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut line, mut length, mut id) = (String::new(), 0, String::new());
    while reader.read_line(&mut line).ok()? > 2 {
        let (name, value) = line.trim_end().split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-mlflow-delivery-id" => id = value.to_owned(),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let message: Value = serde_json::from_slice(&body).unwrap();
    let mut told = told.lock().unwrap();
    told.changes.insert(words(&message));
    told.twice += usize::from(!told.deliveries.insert(id));
    drop(told);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()
}

/// Says what a message is about as [`Change`] and [`kept`] do.
fn words(message: &Value) -> String {
    let of = |name: &str| message["data"][name].as_str().unwrap_or_default().to_owned();
    let what = match message["entity"].as_str().unwrap() {
        "registered_model" => String::new(),
        "model_version" => of("source"),
        "model_version_alias" => format!("@{}", of("alias")),
        "model_version_tag" => format!("{}={}", of("key"), of("value")),
        other => panic!("nobody asked for {other}"),
    };
    format!("{} {what}", of("name"))
}

/// What the store holds, in the same words.
fn kept(store: &Store) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    for entry in registry::list(store).unwrap() {
        let name = entry.name();
        kept.insert(format!("{name} "));
        kept.extend(entry.aliases().map(|(alias, _)| format!("{name} @{alias}")));
        for version in entry.versions(store).unwrap() {
            kept.insert(format!("{name} {}", version.model.source));
            let tags = version.about.tags.iter();
            kept.extend(tags.map(|(key, value)| format!("{name} {key}={value}")));
        }
    }
    kept
}

/// Makes one change; returns its words if the hub has acknowledged it.
fn change(client: &Client, url: &str, model: &str, unique: &str, kind: u64) -> Option<String> {
    let (path, body, what) = match kind {
        0 => {
            let name = format!("{model}-{unique}");
            ("/registered-models/create", json!({"name": name}), None)
        }
        1 => {
            let source = format!("s3://bucket/{unique}");
            let body = json!({"name": model, "source": source});
            ("/model-versions/create", body, Some(source))
        }
        2 => {
            let body = json!({"name": model, "version": "1", "alias": unique});
            ("/registered-models/alias", body, Some(format!("@{unique}")))
        }
        _ => {
            let body = json!({"name": model, "version": "1", "key": unique, "value": "x"});
            ("/model-versions/set-tag", body, Some(format!("{unique}=x")))
        }
    };
    let answer = client.post(format!("{url}{API}{path}")).json(&body).send().ok()?;
    assert!(answer.status().is_success(), "{}", answer.text().unwrap());
    let name = body["name"].as_str().unwrap();
    Some(format!("{name} {}", what.unwrap_or_default()))
}

/// Three clients change the registry until the hub is killed; returns what was acknowledged.
fn round(hub: Hub, dice: &mut Dice, number: usize) -> BTreeSet<String> {
    let (url, model) = (format!("http://{}", hub.address), format!("model-{number}"));
    let client = Client::builder().no_proxy().build().unwrap();
    let mut acknowledged = BTreeSet::new();
    acknowledged.extend(change(&client, &url, "model", &number.to_string(), 0));
    acknowledged.extend(change(&client, &url, &model, "first", 1));
    let delay = Duration::from_micros(dice.below(150_000));
    let first = dice.below(4);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..3_u64)
            .map(|who| {
                let (client, url, model) = (&client, &url, &model);
                let one = move |step| {
                    let kind = (first + who + step) % 4;
                    change(client, url, model, &format!("c{who}-{step}"), kind)
                };
                scope.spawn(move || (0..).map_while(one).collect::<Vec<_>>())
            })
            .collect();
        // The moment itself is what is drawn at random here.
        thread::sleep(delay);
        hub.kill();
        acknowledged.extend(clients.into_iter().flat_map(|client| client.join().unwrap()));
    });
    acknowledged
}

#[test]
fn x04_webhooks_are_told_of_every_change_of_a_hub_that_is_killed_and_of_no_other() {
    let folder = tempfile::tempdir().unwrap();
    succeed(&mut mls(folder.path(), &["init"]));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (address, told) = receiver();
    let mut dice = Dice::new("webhooks of a killed hub");
    let start = || Hub::start(folder.path(), &["--allow-private-webhooks"]);
    let hub = start();
    let events = [
        ("REGISTERED_MODEL", "CREATED"),
        ("MODEL_VERSION", "CREATED"),
        ("MODEL_VERSION_ALIAS", "CREATED"),
        ("MODEL_VERSION_TAG", "SET"),
    ];
    let events: Vec<Value> =
        events.iter().map(|(of, done)| json!({"entity": of, "action": done})).collect();
    let hook = json!({"name": "hook", "url": format!("http://{address}/"), "events": events});
    let client = Client::builder().no_proxy().build().unwrap();
    let made = client.post(format!("http://{}{API}/webhooks", hub.address)).json(&hook).send();
    assert!(made.unwrap().status().is_success());
    hub.kill();
    let (kills, mut acknowledged) = (count(200, 8), BTreeSet::new());
    for number in 0..kills {
        acknowledged.extend(round(start(), &mut dice, number));
    }
    let hub = start();
    let context =
        Context { actor: "ada".to_owned(), command: "test".to_owned(), clock: Clock::System };
    let store = Store::open(&folder.path().join(".mlstore"), context).unwrap();
    let kept = kept(&store);
    assert!(acknowledged.is_subset(&kept), "an acknowledged change is lost");
    let until = Instant::now() + Duration::from_secs(300);
    while !kept.is_subset(&told.lock().unwrap().changes) {
        let missing =
            || kept.difference(&told.lock().unwrap().changes).cloned().collect::<Vec<_>>();
        assert!(Instant::now() < until, "nobody was told of {:?}", missing());
        thread::sleep(Duration::from_millis(5));
    }
    hub.kill();
    let told = told.lock().unwrap();
    let untrue: Vec<_> = told.changes.difference(&kept).collect();
    assert!(untrue.is_empty(), "told of what is not: {untrue:?}");
    tell(&format!(
        "proof: webhooks kills={kills} acknowledged={} made={} told={} twice={} lost=0",
        acknowledged.len(),
        kept.len(),
        told.changes.len(),
        told.twice
    ));
}
