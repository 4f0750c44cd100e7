use std::sync::atomic::{AtomicUsize, Ordering};

use mls::base::Silent;
use mls::remote::registry::{Digest, How, Upload};

use super::{client, noise};
use crate::support::registry::{Answer, Asked, Content, FakeRegistry};

fn upload<'a>(bytes: &'a Vec<u8>, known: bool, from: &'a [String]) -> Upload<'a> {
    let known = known.then(|| (Digest::of(bytes), bytes.len() as u64));
    Upload { source: bytes, known, from, progress: &Silent }
}

#[test]
fn a_blob_goes_whole_or_in_one_stream_and_not_again() {
    let registry = FakeRegistry::sound();
    let client = client(&registry, None);
    for (size, known) in
        [(0, true), (1000, true), (3_000_000, true), (3_000_000, false), (0, false)]
    {
        let bytes = noise(&format!("{size} {known}"), size);
        let sent = client.upload("a/b", &upload(&bytes, known, &[])).unwrap();
        assert_eq!((sent.digest, sent.size), (Digest::of(&bytes), size as u64));
        assert_eq!(registry.content.blobs.lock().unwrap()[&sent.digest.to_string()], bytes);
        let again = client.upload("a/b", &upload(&bytes, true, &[])).unwrap();
        assert_eq!(again.how, How::WasThere);
    }
}

#[test]
fn a_blob_of_another_repository_is_borrowed() {
    let registry = FakeRegistry::new(|asked: &Asked, _| {
        asked.path.contains("mount=sha256:").then(|| Answer::of(201).with("Location", "/x"))
    });
    let bytes = noise("mounted", 1_000_000);
    let from = ["other/repo".to_owned()];
    let sent = client(&registry, None).upload("a/b", &upload(&bytes, true, &from)).unwrap();
    assert_eq!(sent.how, How::Mounted);
    assert_eq!(registry.content.count("PATCH", ""), 0);
}

#[test]
fn an_upload_that_is_cut_off_goes_on_where_the_registry_has_it() {
    for known in [true, false] {
        let cuts = AtomicUsize::new(0);
        let registry = FakeRegistry::new(move |asked: &Asked, content: &Content| {
            // What came is kept, and the answer is lost on the way.
            let first = asked.method == "PATCH" && cuts.fetch_add(1, Ordering::SeqCst) == 0;
            first.then(|| {
                let half = Asked { body: asked.body[..1_000_000].to_vec(), ..asked.clone() };
                content.answer(&half);
                Answer::of(503)
            })
        });
        let bytes = noise("resumed", 3_000_000);
        let sent = client(&registry, None).upload("a/b", &upload(&bytes, known, &[])).unwrap();
        assert_eq!(sent.digest, Digest::of(&bytes));
        let asked = registry.content.asked.lock().unwrap().clone();
        let patches: Vec<_> = asked.iter().filter(|asked| asked.method == "PATCH").collect();
        assert_eq!(patches.len(), 2);
        assert_eq!(patches[1].body.len(), 2_000_000, "what is there is not sent again");
    }
}

#[test]
fn a_registry_that_takes_no_whole_blob_gets_chunks() {
    let registry =
        FakeRegistry::new(|asked: &Asked, _| (asked.body.len() > 9 << 20).then(|| Answer::of(413)));
    let bytes = noise("chunks", 20 << 20);
    let sent = client(&registry, None).upload("a/b", &upload(&bytes, true, &[])).unwrap();
    assert_eq!(registry.content.blobs.lock().unwrap()[&sent.digest.to_string()], bytes);
    let asked = registry.content.asked.lock().unwrap().clone();
    let ranges: Vec<&str> = asked
        .iter()
        .filter(|asked| asked.method == "PATCH" && asked.body.len() <= 9 << 20)
        .map(|asked| asked.header("content-range"))
        .collect();
    assert_eq!(ranges, ["0-8388607", "8388608-16777215", "16777216-20971519"]);
}
