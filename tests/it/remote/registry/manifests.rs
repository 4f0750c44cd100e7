use mls::remote::registry::{Descriptor, Digest, Error, Target};
use serde_json::json;

use super::client;
use crate::support::registry::{Answer, Asked, Content, FakeRegistry, INDEX, MANIFEST};

fn tag(name: &str) -> Target {
    Target::Tag(name.to_owned())
}

#[test]
fn r03_a_manifest_has_the_digest_it_was_asked_for_by() {
    let registry = FakeRegistry::new(|asked: &Asked, _| {
        let lies = asked.path.contains("/manifests/");
        lies.then(|| Answer::of(200).with("Content-Type", MANIFEST).body("{\"schemaVersion\":2}"))
    });
    let outcome = client(&registry, None).manifest("a/b", &Target::Digest(Digest::of(b"x")));
    assert!(matches!(outcome, Err(Error::Lied { .. })), "{outcome:?}");
    let told = FakeRegistry::new(|asked: &Asked, content: &Content| {
        let mut answer = content.answer(asked);
        answer.headers.retain(|(name, _)| name != "Docker-Content-Digest");
        Some(answer.with("Docker-Content-Digest", Digest::of(b"something else")))
    });
    told.content.image("1", &[]);
    let outcome = client(&told, None).manifest("a/b", &tag("1"));
    assert!(matches!(outcome, Err(Error::Lied { .. })), "{outcome:?}");
    let bad = FakeRegistry::new(|asked: &Asked, content: &Content| {
        let mut answer = content.answer(asked);
        answer.headers.retain(|(name, _)| name != "Docker-Content-Digest");
        Some(answer.with("Docker-Content-Digest", "sha256:../../etc/x"))
    });
    bad.content.image("1", &[]);
    assert!(client(&bad, None).manifest("a/b", &tag("1")).is_err(), "r01: no digest at all");
}

#[test]
fn r03_schema_1_and_pages_of_text_are_no_manifests() {
    for media_type in [
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "text/html",
        "",
        "application/json",
    ] {
        let registry = FakeRegistry::new(move |asked: &Asked, _| {
            let answer = Answer::of(200).with("Content-Type", media_type).body("{}");
            asked.path.contains("/manifests/").then_some(answer)
        });
        let outcome = client(&registry, None).manifest("a/b", &tag("1"));
        assert!(matches!(outcome, Err(Error::Unsupported { .. })), "{media_type}: {outcome:?}");
    }
}

#[test]
fn r07_a_manifest_of_five_mebibytes_is_not_read() {
    let registry = FakeRegistry::new(|asked: &Asked, _| {
        let long = vec![b' '; 5 << 20];
        let answer = Answer::of(200).with("Content-Type", MANIFEST).body(long);
        asked.path.contains("/manifests/").then_some(answer)
    });
    let outcome = client(&registry, None).manifest("a/b", &tag("1"));
    assert!(matches!(outcome, Err(Error::TooLarge { .. })), "{outcome:?}");
}

#[test]
fn tags_come_page_by_page() {
    let registry = FakeRegistry::new(|asked: &Asked, _| {
        let list = asked.path.contains("/tags/list");
        let answer = match asked.path.contains("last=b") {
            true => Answer::of(200).body(json!({"name": "a/b", "tags": ["c"]}).to_string()),
            false => Answer::of(200)
                .with("Link", "</v2/a/b/tags/list?n=2&last=b>; rel=\"next\"")
                .body(json!({"name": "a/b", "tags": ["a", "b"]}).to_string()),
        };
        list.then_some(answer)
    });
    assert_eq!(client(&registry, None).tags("a/b").unwrap(), ["a", "b", "c"]);
}

#[test]
fn r07_a_list_that_never_ends_or_goes_elsewhere_is_left() {
    for link in
        ["</v2/a/b/tags/list>; rel=\"next\"", "<http://127.0.0.1:1/v2/a/b/tags/list>; rel=\"next\""]
    {
        let registry = FakeRegistry::new(move |asked: &Asked, _| {
            let answer = Answer::of(200).with("Link", link).body("{\"tags\":[\"x\"]}");
            asked.path.contains("/tags/list").then_some(answer)
        });
        let outcome = client(&registry, None).tags("a/b");
        assert!(matches!(outcome, Err(Error::Nonsense { .. })), "{outcome:?}");
    }
}

#[test]
fn referrers_are_found_in_the_list_or_under_the_fallback_tag() {
    let subject = Digest::of(b"subject");
    let signature = Descriptor {
        artifact_type: Some("x/signature".to_owned()),
        ..Descriptor::of(MANIFEST, b"signature")
    };
    let list =
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [signature]}).to_string();
    let new = FakeRegistry::new(move |asked: &Asked, _| {
        let answer = Answer::of(200).with("Content-Type", INDEX).body(list.clone());
        asked.path.contains("/referrers/").then_some(answer)
    });
    let old = FakeRegistry::new(|asked: &Asked, _| {
        asked.path.contains("/referrers/").then(|| Answer::of(404))
    });
    let client_of_old = client(&old, None);
    assert_eq!(client_of_old.referrers("a/b", &subject, None).unwrap(), []);
    client_of_old.add_referrer("a/b", &subject, &signature).unwrap();
    client_of_old.add_referrer("a/b", &subject, &signature).unwrap();
    for registry in [&new, &old] {
        let client = client(registry, None);
        let all = client.referrers("a/b", &subject, Some("x/signature")).unwrap();
        assert_eq!(all, std::slice::from_ref(&signature));
        assert_eq!(client.referrers("a/b", &subject, Some("x/other")).unwrap(), []);
    }
}
