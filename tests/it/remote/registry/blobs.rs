use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use mls::remote::registry::{Access, Client, Descriptor, Digest, Error, Host};

use super::{access, ada, client, noise};
use crate::support::registry::{Answer, Asked, Content, FakeRegistry};

/// Reads a blob to its end.
fn read(client: &Client, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let descriptor = Descriptor::of("x/y", bytes);
    let mut blob = client.blob("a/b", &descriptor, true);
    let failure = blob.failure();
    let mut read = vec![];
    match blob.read_to_end(&mut read) {
        Ok(_) => Ok(read),
        Err(error) => Err(failure.take().unwrap_or_else(|| panic!("{error}"))),
    }
}

fn lying(lie: impl Fn(&Asked, &[u8]) -> Answer + Send + Sync + 'static) -> FakeRegistry {
    FakeRegistry::new(move |asked: &Asked, content: &Content| {
        let blobs = content.blobs.lock().unwrap();
        let digest = asked.path.rsplit('/').next().unwrap();
        asked.is("GET", "/blobs/").then(|| lie(asked, &blobs[digest]))
    })
}

#[test]
fn r02_a_blob_that_is_not_what_was_asked_for_is_refused() {
    let bytes = noise("blob", 100_000);
    let lies: Vec<FakeRegistry> = vec![
        lying(|_, bytes| Answer::of(200).body(noise("other", bytes.len()))),
        lying(|_, bytes| Answer::of(200).body([bytes, b"more"].concat())),
        lying(|_, bytes| Answer::of(200).body(&bytes[..bytes.len() - 1])),
        lying(|_, bytes| Answer::of(200).with("Content-Length", bytes.len() + 5).body(bytes)),
        lying(|_, bytes| Answer::of(200).with("Content-Encoding", "gzip").body(bytes)),
        lying(|_, bytes| {
            let range = format!("bytes 5-{}/{}", bytes.len() - 1, bytes.len());
            Answer::of(206).with("Content-Range", range).body(bytes)
        }),
    ];
    for (number, registry) in lies.iter().enumerate() {
        registry.content.blob(&bytes);
        let outcome = read(&client(registry, None), &bytes);
        assert!(matches!(outcome, Err(Error::Lied { .. })), "{number}: {outcome:?}");
        assert!(
            registry.content.count("GET", "/blobs/") <= 2,
            "{number}: it is not asked for ever"
        );
    }
}

#[test]
fn a_blob_that_is_cut_off_goes_on_where_it_was() {
    for ranges in [true, false] {
        let cuts = AtomicUsize::new(0);
        let registry = FakeRegistry::new(move |asked: &Asked, content: &Content| {
            let mut answer = content.answer(asked);
            if asked.is("GET", "/blobs/") {
                if !ranges && answer.status == 206 {
                    let digest = asked.path.rsplit('/').next().unwrap();
                    answer = Answer::of(200).body(content.blobs.lock().unwrap()[digest].clone());
                }
                let number = cuts.fetch_add(1, Ordering::SeqCst);
                answer.cut = (number < 4).then_some(answer.body.len() / 2);
            }
            Some(answer)
        });
        let bytes = noise("long", 2_000_000);
        registry.content.blob(&bytes);
        assert!(read(&client(&registry, None), &bytes).unwrap() == bytes, "ranges: {ranges}");
    }
}

#[test]
fn a_registry_that_always_cuts_off_is_given_up() {
    let registry = FakeRegistry::new(|asked: &Asked, content: &Content| {
        let cut = asked.is("GET", "/blobs/").then_some(0);
        Some(Answer { cut, ..content.answer(asked) })
    });
    let bytes = noise("x", 1000);
    registry.content.blob(&bytes);
    let outcome = read(&client(&registry, None), &bytes);
    assert!(matches!(outcome, Err(Error::Unreachable { .. })), "{outcome:?}");
    assert!(registry.content.count("GET", "/blobs/") <= 5);
}

#[test]
fn patience_is_had_with_429_and_503_and_ends() {
    for status in [429, 503] {
        let count = AtomicUsize::new(0);
        let registry = FakeRegistry::new(move |asked: &Asked, _| {
            let busy = asked.is("GET", "/blobs/") && count.fetch_add(1, Ordering::SeqCst) < 2;
            busy.then(|| Answer::of(status).with("Retry-After", 0))
        });
        let bytes = noise("x", 1000);
        registry.content.blob(&bytes);
        assert_eq!(read(&client(&registry, None), &bytes).unwrap(), bytes);
        let full = FakeRegistry::new(move |asked: &Asked, _| {
            asked.path.contains("/blobs/").then(|| Answer::of(status).with("Retry-After", 0))
        });
        let outcome = read(&client(&full, None), &bytes);
        assert!(matches!(outcome, Err(Error::Busy { .. } | Error::Failed { .. })), "{outcome:?}");
        assert!(full.content.count("GET", "/blobs/") <= 5);
    }
}

#[test]
fn r06_a_login_does_not_follow_to_another_server() {
    let bytes = noise("elsewhere", 1000);
    let storage = FakeRegistry::sound();
    storage.content.blob(&bytes);
    let to = format!("http://{}/blobs/{}", storage.host(), Digest::of(&bytes));
    let registry = FakeRegistry::new(move |asked: &Asked, _| {
        if asked.header("authorization").is_empty() {
            return Some(Answer::of(401).with("WWW-Authenticate", "Basic realm=\"x\""));
        }
        asked.is("GET", "/blobs/").then(|| Answer::of(307).with("Location", &to))
    });
    assert_eq!(read(&client(&registry, ada()), &bytes).unwrap(), bytes);
    let asked = storage.content.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|asked| asked.header("authorization").is_empty()));
}

#[test]
fn r06_who_is_sent_round_in_circles_or_astray_goes_home() {
    let bytes = noise("x", 10);
    for to in ["", "http://169.254.169.254/x", "file:///etc/passwd", "ftp://127.0.0.1/x"] {
        let registry = FakeRegistry::new(move |asked: &Asked, _| {
            let to = if to.is_empty() { asked.path.clone() } else { to.to_owned() };
            asked.is("GET", "/blobs/").then(|| Answer::of(302).with("Location", to))
        });
        let outcome = read(&client(&registry, None), &bytes);
        assert!(matches!(outcome, Err(Error::Unsafe { .. })), "{to}: {outcome:?}");
        assert!(registry.content.count("GET", "/blobs/") <= 6);
    }
}

#[test]
fn what_a_mirror_lacks_or_spoils_the_registry_gives() {
    let bytes = noise("mirrored", 50_000);
    let registry = FakeRegistry::sound();
    registry.content.blob(&bytes);
    let mirrors = [
        FakeRegistry::sound(),
        FakeRegistry::new(|asked: &Asked, content: &Content| {
            let cut = asked.is("GET", "/blobs/").then_some(1000);
            Some(Answer { cut, ..content.answer(asked) })
        }),
    ];
    mirrors[1].content.blob(&bytes);
    for mirror in &mirrors {
        let host = Host {
            name: registry.host(),
            mirrors: vec![format!("http://{}", mirror.host())],
            ..Host::default()
        };
        let access = Access { hosts: vec![host], ..access(None) };
        let client = Client::new(&registry.host(), &access).unwrap();
        assert!(read(&client, &bytes).unwrap() == bytes);
        assert_eq!(mirror.content.count("GET", "/blobs/"), 1);
    }
}
