//! S12: something between a store and its hub answers in its stead: fails, is late, cuts off, or tells what was true once.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use mls::remote::{Error, Reason};

use super::link::{Way, reached};
use super::*;

/// What is done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Pass,
    /// It does not reach the hub, and this is the answer.
    Say(&'static str),
    /// The hub does what it is asked, and this is the answer.
    DoneAndSay(&'static str),
    /// The answer ends in the middle, and its head says that it is longer.
    Half,
    /// The first answer that was given to the same question.
    Old,
}

type Plan = dyn Fn(&str, usize) -> Deed + Send + Sync;

/// A balancer before a hub; its plan is asked with the kind of a request, and how many of that kind came before.
struct Balancer {
    address: SocketAddr,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

const BUSY: &str =
    "HTTP/1.1 503 X\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const FAILED: &str = "HTTP/1.1 500 X\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
const GATEWAY: &str = "HTTP/1.1 502 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const LATE: &str = "HTTP/1.1 504 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
const XML: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 36\r\nConnection: close\r\n\r\n<Error><Code>SlowDown</Code></Error>";
const CONFLICT: &str = "HTTP/1.1 409 X\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
const CONDITION: &str = "HTTP/1.1 412 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

impl Balancer {
    fn new(pair: &Pair, plan: impl Fn(&str, usize) -> Deed + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<HashMap<String, usize>>>::default();
        let (counts, to) = (Arc::clone(&asked), pair.served.as_ref().unwrap().address());
        let (plan, old): (Arc<Plan>, _) = (Arc::new(plan), Arc::<Mutex<HashMap<_, _>>>::default());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (counts, plan, old) =
                    (Arc::clone(&counts), Arc::clone(&plan), Arc::clone(&old));
                thread::spawn(move || serve_one(client, to, &counts, &*plan, &old));
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn go(&self, way: Way, pair: &Pair) -> Result<(), Error> {
        way.go(pair, &self.url())
    }

    /// Returns how often each kind of question was asked.
    fn asked(&self) -> HashMap<String, usize> {
        self.asked.lock().unwrap().clone()
    }
}

/// Serves one request on a connection; no other follows there.
fn serve_one(
    mut client: TcpStream,
    to: SocketAddr,
    counts: &Mutex<HashMap<String, usize>>,
    plan: &Plan,
    old: &Mutex<HashMap<String, Vec<u8>>>,
) -> Option<()> {
    let mut head = vec![];
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let mut words = head.split([' ', '/', '?', '\r']).filter(|word| !word.is_empty());
    let (method, what) = (words.next()?, words.nth(2)?);
    let kind = format!("{method} {what}");
    let before = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(kind.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let deed = plan(&kind, before);
    let known = old.lock().unwrap().get(&kind).cloned();
    let answer = match (deed, known) {
        (Deed::Say(answer), _) => {
            drain(&mut client, &head);
            answer.as_bytes().to_vec()
        }
        (Deed::Old, Some(answer)) => answer,
        (deed, _) => {
            let answer = forward(&client, &head, to)?;
            old.lock().unwrap().entry(kind).or_insert_with(|| answer.clone());
            match deed {
                Deed::DoneAndSay(instead) => instead.as_bytes().to_vec(),
                Deed::Half => {
                    let body = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
                    answer[..body + (answer.len() - body) / 2].to_vec()
                }
                _ => answer,
            }
        }
    };
    client.write_all(&answer).ok()?;
    let _ = client.shutdown(Shutdown::Write);
    // Until the client is done: a connection that is closed with bytes unread takes the answer with it.
    let _ = std::io::copy(&mut client, &mut std::io::sink());
    Some(())
}

/// Reads the body of a request that says how long it is.
fn drain(client: &mut TcpStream, head: &str) {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<u64>().unwrap())
    });
    let _ = std::io::copy(&mut client.take(length.unwrap_or(0)), &mut std::io::sink());
}

/// Has the hub answer, on a connection of its own.
fn forward(client: &TcpStream, head: &str, to: SocketAddr) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(to).ok()?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    server.write_all(head.as_bytes()).ok()?;
    let (mut body, mut up) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut body, &mut up));
    let mut answer = vec![];
    server.read_to_end(&mut answer).ok()?;
    Some(answer)
}

const WAYS: [Way; 3] = [Way::Push, Way::Fetch, Way::Clone];

/// All that is asked in a way, one kind after the other.
fn kinds(way: Way) -> Vec<String> {
    let (pair, _) = way.prepare();
    let balancer = Balancer::new(&pair, |_, _| Deed::Pass);
    balancer.go(way, &pair).unwrap();
    let mut kinds: Vec<String> = balancer.asked().into_keys().collect();
    kinds.sort();
    kinds
}

#[test]
fn s12_failures_that_pass_are_waited_out_and_those_that_stay_are_told() {
    for way in WAYS {
        let (pair, link) = way.prepare();
        let balancer = Balancer::new(&pair, |_, before| match before {
            0 => Deed::Say(BUSY),
            1 => Deed::Say(FAILED),
            2 => Deed::Say(GATEWAY),
            3 => Deed::Say(LATE),
            _ => Deed::Pass,
        });
        balancer.go(way, &pair).unwrap_or_else(|error| panic!("{way:?}: {error}"));
        way.arrived(&pair, link);
        for kind in kinds(way) {
            let (pair, _) = way.prepare();
            let named = kind.clone();
            let stays = Balancer::new(&pair, move |asked, _| match asked == named {
                true => Deed::Say(BUSY),
                false => Deed::Pass,
            });
            let failed = stays.go(way, &pair).unwrap_err();
            assert!(matches!(failed, Error::Unreachable { .. }), "{way:?} {kind}: {failed:?}");
            assert!(stays.asked()[&kind] <= 6 * 8, "{kind}: {}", stays.asked()[&kind]);
            way.moved_nothing(&pair);
        }
    }
}

#[test]
fn s12_an_error_that_says_200_is_never_taken_for_an_answer() {
    for way in WAYS {
        for kind in kinds(way) {
            for page in [PAGE, XML] {
                let (pair, link) = way.prepare();
                let named = kind.clone();
                let balancer = Balancer::new(&pair, move |asked, before| {
                    match asked == named && before == 0 {
                        true => Deed::Say(page),
                        false => Deed::Pass,
                    }
                });
                if let Err(error) = balancer.go(way, &pair) {
                    let told = matches!(error, Error::NoHub { .. } | Error::Nonsense { .. });
                    assert!(told, "{way:?} {kind}: {error:?}");
                    way.moved_nothing(&pair);
                    balancer.go(way, &pair).unwrap();
                }
                way.arrived(&pair, link);
            }
        }
    }
}

#[test]
fn s12_an_answer_that_ends_before_its_length_is_asked_for_again() {
    for way in WAYS {
        let (pair, link) = way.prepare();
        let balancer = Balancer::new(&pair, |_, before| match before {
            0 => Deed::Half,
            _ => Deed::Pass,
        });
        balancer.go(way, &pair).unwrap_or_else(|error| panic!("{way:?}: {error}"));
        way.arrived(&pair, link);
    }
}

#[test]
fn s12_a_push_that_was_decided_on_refs_of_old_overwrites_nothing() {
    for force_with_lease in [false, true] {
        let pair = Pair::new();
        commit(&pair.here, "notes/a", "first", 1);
        let balancer = Balancer::new(&pair, |kind, _| match kind {
            "GET refs" => Deed::Old,
            _ => Deed::Pass,
        });
        // What it tells from here on: there is nothing.
        let peer = reached(&balancer.url());
        assert_eq!(peer.refs().unwrap().refs, vec![]);
        pair.push().unwrap();
        let stale = Balancer::new(&pair, |kind, _| match kind {
            "GET refs" => Deed::Old,
            _ => Deed::Pass,
        });
        assert_eq!(reached(&stale.url()).refs().unwrap().refs.len(), 1);
        let (other, _) = pair.clone_to("other");
        let theirs = edit(&other, "notes/a", "theirs");
        push_from(&other, &pair.peer()).unwrap();
        edit(&pair.here, "notes/a", "ours");
        for url in [balancer.url(), stale.url()] {
            let options =
                Push { select: &everything, prune: false, force_with_lease, dry_run: false };
            let failed =
                remote::push(&pair.here, &reached(&url), Some("origin"), &options, &Silent);
            let Err(Error::Refused(refused)) = &failed else { panic!("{failed:?}") };
            let reason = refused[0].reason;
            assert!(matches!(reason, Reason::Stale | Reason::Diverged), "{reason:?}");
            assert_eq!(get(&pair.hub, "notes/a"), Some(theirs));
        }
        // Fetched from there, the past is not taken for news.
        pair.fetch().unwrap();
        let failed = fetch_into(&pair.here, &reached(&stale.url()), false).unwrap();
        assert_eq!(failed.refused.len(), 1, "{failed:?}");
        assert_eq!(get(&pair.here, "remotes/origin/notes/a"), Some(theirs));
    }
}

#[test]
fn s12_an_answer_to_the_swap_that_is_not_the_hubs_own_decides_nothing() {
    for (deed, done) in [
        (Deed::Say(CONFLICT), false),
        (Deed::Say(CONDITION), false),
        (Deed::DoneAndSay(CONFLICT), true),
        (Deed::DoneAndSay(CONDITION), true),
        (Deed::DoneAndSay(PAGE), true),
    ] {
        let (pair, link) = Way::Push.prepare();
        let balancer = Balancer::new(&pair, move |kind, before| match (kind, before) {
            ("POST refs", 0) => deed,
            _ => Deed::Pass,
        });
        let said = balancer.go(Way::Push, &pair);
        assert_eq!(get(&pair.hub, "notes/a").is_some(), done || said.is_ok(), "{deed:?}");
        balancer.go(Way::Push, &pair).unwrap();
        Way::Push.arrived(&pair, link);
    }
    // What may pass is asked again, and the hub knows what it has done.
    for answer in [BUSY, FAILED, LATE] {
        let (pair, link) = Way::Push.prepare();
        let balancer = Balancer::new(&pair, move |kind, before| match (kind, before) {
            ("POST refs", 0) => Deed::DoneAndSay(answer),
            _ => Deed::Pass,
        });
        balancer.go(Way::Push, &pair).unwrap();
        Way::Push.arrived(&pair, link);
        assert_eq!(mls::store::operation::log(&pair.hub, None, None, 9).unwrap().len(), 1);
    }
}
