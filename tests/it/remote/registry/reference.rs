use mls::remote::registry::{Digest, Reference};
use proptest::prelude::*;

const HEX: &str = "86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa";

fn parse(text: &str) -> Reference {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The cases of Docker's own tests (distribution/reference): text; registry, repository and tag as Docker completes them.
#[test]
fn r11_names_are_taken_apart_as_docker_does() {
    for (text, registry, repository, tag) in [
        ("test_com", "docker.io", "library/test_com", None),
        ("test.com:tag", "docker.io", "library/test.com", Some("tag")),
        ("test.com:5000", "docker.io", "library/test.com", Some("5000")),
        ("test.com/repo:tag", "test.com", "repo", Some("tag")),
        ("test:5000/repo", "test:5000", "repo", None),
        ("test:5000/repo:tag", "test:5000", "repo", Some("tag")),
        ("lowercase:Uppercase", "docker.io", "library/lowercase", Some("Uppercase")),
        (
            "sub-dom1.foo.com/bar/baz/quux:some-long-tag",
            "sub-dom1.foo.com",
            "bar/baz/quux",
            Some("some-long-tag"),
        ),
        (
            "b.gcr.io/test.example.com/my-app:test.example.com",
            "b.gcr.io",
            "test.example.com/my-app",
            Some("test.example.com"),
        ),
        ("xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", Some("xn--n3h.com")),
        ("foo_bar.com:8080", "docker.io", "library/foo_bar.com", Some("8080")),
        ("foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", Some("8080")),
        ("192.168.1.1", "docker.io", "library/192.168.1.1", None),
        ("192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", Some("5050")),
        ("[2001:db8::1]/repo", "[2001:db8::1]", "repo", None),
        ("[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", Some("tag")),
        ("[2001:db8::]:5000/repo", "[2001:db8::]:5000", "repo", None),
        ("[::1]:5000/repo", "[::1]:5000", "repo", None),
        ("localhost/repo", "localhost", "repo", None),
        ("docker/docker", "docker.io", "docker/docker", None),
        ("library/debian", "docker.io", "library/debian", None),
        ("docker.io/debian", "docker.io", "library/debian", None),
        ("index.docker.io/debian", "docker.io", "library/debian", None),
        ("index.docker.io/fooo/bar", "docker.io", "fooo/bar", None),
        ("docker.io/library/foo/bar", "docker.io", "library/foo/bar", None),
        ("DOCKER/docker", "DOCKER", "docker", None),
        ("docker---rules/docker", "docker.io", "docker---rules/docker", None),
        ("dock__er/docker", "docker.io", "dock__er/docker", None),
        ("d/docker", "docker.io", "d/docker", None),
        (
            "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
            "docker.io",
            "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
            None,
        ),
        (&format!("docker.io/{HEX}"), "docker.io", &format!("library/{HEX}"), None),
        (
            &format!("{}a:tag-puts-this-over-max", "a/".repeat(127)),
            "docker.io",
            &format!("{}a", "a/".repeat(127)),
            Some("tag-puts-this-over-max"),
        ),
    ] {
        let found = parse(text).qualified();
        assert_eq!(found.registry(), Some(registry), "{text}");
        assert_eq!(found.repository(), repository, "{text}");
        assert_eq!(found.tag(), tag, "{text}");
        assert_eq!(parse(&found.to_string()), found, "{text}");
    }
}

#[test]
fn r11_what_docker_refuses_is_refused() {
    let long_host = format!("{}.example.com/x", "a".repeat(250));
    for text in [
        "",
        ":justtag",
        &format!("@sha256:{HEX}"),
        "repo@sha256:ffffffffffffffffffffffffffffffffff",
        &format!("validname@invaliddigest:{HEX}"),
        "Uppercase:tag",
        "test:5000/Uppercase/lowercase:tag",
        &format!("{}a:tag", "a/".repeat(128)),
        "aa/asdf$$^/aa",
        "[2001:db8::1]",
        "[2001:db8::1]:5000",
        "[2001:db8::1]:tag",
        "[fe80::1%eth0]:5000/repo",
        "[fe80::1%@invalidzone]:5000/repo",
        "[2001:db8:3:4::192.0.2.33]:5000/debian",
        "[::1]x/repo",
        "[::1]:/repo",
        "[::1/repo",
        "fc00::1:5000/debian",
        "https://github.com/docker/docker",
        "docker/Docker",
        "-docker",
        "-docker/docker",
        "docker-/docker",
        "-docker.io/docker/docker",
        "docker.io/docker///docker",
        "____/____",
        "_docker/_docker",
        "dock..er/docker",
        "dock_.er/docker",
        "dock-.er/docker",
        "dock___er/docker",
        "docker/",
        "/docker",
        HEX,
        "busybox:-foo",
        "busybox:.foo",
        "busybox:",
        // ABUSE R11
        "../",
        "../x",
        "a/../b",
        "a//b",
        "_catalog",
        "a%2fb",
        "a/b%2f",
        "evil.com:80@good",
        "evil.com:80@good/x",
        "user@host.example/x",
        "user:password@host.example/x",
        "host.example:99999/x",
        "host.example:0x50/x",
        "host.example:/x",
        &format!("x:{}", "t".repeat(129)),
        &format!("x@sha256:{HEX}@sha256:{HEX}"),
        &format!("x@sha256:{HEX}:tag"),
        &format!("{}/x", "a".repeat(300)),
        &long_host,
        "x\0",
        "x y",
        "ä/b",
    ] {
        assert!(text.parse::<Reference>().is_err(), "{text}");
    }
}

#[test]
fn r11_a_name_prints_in_full_and_as_people_know_it() {
    let digest = format!("busybox:latest@sha256:{HEX}");
    for (text, full, familiar) in [
        ("ubuntu", "docker.io/library/ubuntu:latest", "ubuntu"),
        ("docker.io/library/ubuntu:1", "docker.io/library/ubuntu:1", "ubuntu:1"),
        ("fooo/bar", "docker.io/fooo/bar:latest", "fooo/bar"),
        ("docker.io/library/foo/bar:1", "docker.io/library/foo/bar:1", "library/foo/bar:1"),
        (
            "127.0.0.1:8000/privatebase",
            "127.0.0.1:8000/privatebase:latest",
            "127.0.0.1:8000/privatebase",
        ),
        ("Foo/bar", "Foo/bar:latest", "Foo/bar"),
        (&digest, &format!("docker.io/library/{digest}"), &digest),
    ] {
        assert_eq!(
            (parse(text).full(), parse(text).familiar()),
            (full.to_owned(), familiar.to_owned())
        );
    }
    assert_eq!(parse("train:1").registry(), None, "a name of this store");
    let pinned = parse("a.b/c:1").with_digest(Digest::of(b""));
    assert_eq!(pinned.tag(), None);
    assert_eq!(pinned.or_latest(), pinned);
    assert_eq!(pinned.with_tag("x").unwrap().to_string(), "a.b/c:x");
    assert!(pinned.with_tag("-x").is_err());
}

proptest! {
    #[test]
    fn r11_no_text_makes_a_panic_and_what_is_taken_is_printed_again(text in "[a-zA-Z0-9:@/._\\[\\]%-]{0,60}|\\PC{0,40}") {
        if let Ok(found) = text.parse::<Reference>() {
            prop_assert_eq!(found.to_string().parse::<Reference>().unwrap(), found.clone());
            prop_assert_eq!(found.familiar().parse::<Reference>().unwrap().qualified(), found.qualified());
            prop_assert_eq!(found.full().parse::<Reference>().unwrap().full(), found.full());
            prop_assert!(!found.repository().contains(".."));
        }
    }
}
