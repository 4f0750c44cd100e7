use std::io::Write;

use flate2::write::GzEncoder;
use mls::image::layer::{Compression, Error, Kind, Limits, Options};
use mls::remote::registry::{Algorithm, Digest};
use proptest::prelude::*;

use super::{add, archive, header, member, paths, pax, seal, told, told_with};
use crate::store::{noise, store};

fn is_malformed(bytes: &[u8]) -> bool {
    matches!(told(bytes), Err(Error::Malformed(_)))
}

#[test]
fn t01_names_are_kept_as_bytes_whatever_they_say() {
    let names = ["../../x", "a/../../x", "/abs", "./../x", "C:\\x", "a\\b"];
    let tar = archive(&names.map(|name| member(name, b'0', b"x")));
    assert_eq!(paths(&told(&tar).unwrap()), names);
}

#[test]
fn t05_a_pax_size_wins_over_the_header() {
    let content = [b'x'; 1024];
    let with = |told: &str, size: u64, content: &[u8]| {
        let rest = [header("a", b'0', size).to_vec(), content.to_vec()].concat();
        archive(&[pax(&[("size", told)]), rest, member("b", b'0', b"y")])
    };
    for (tar, size) in [
        (with("1024", 0, &content), 1024),
        (with("1000", 512, &content), 1000),
        (with("0", 1024, b""), 0),
        (with("512", 1024, &content[..512]), 512),
    ] {
        let entries = told(&tar).unwrap();
        assert_eq!(paths(&entries), ["a", "b"]);
        assert_eq!(entries[0].size, size);
    }
    for lie in ["-1", "9223372036854775808", "18446744073709551616", "x", "1 ", "+1", "0x10"] {
        assert!(is_malformed(&with(lie, 0, b"")), "{lie}");
    }
    let mut block = header("a", b'0', 0);
    for size in [[0xff; 12], [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0], *b"-0000000001\0"] {
        block[124..136].copy_from_slice(&size);
        seal(&mut block);
        assert!(is_malformed(&archive(&[block.to_vec()])), "{size:?}");
    }
}

#[test]
fn t05_links_and_folders_have_no_content_whatever_their_size() {
    for flag in [b'1', b'2', b'3', b'4', b'5', b'6'] {
        let tar = archive(&[header("a", flag, 512).to_vec(), member("b", b'0', b"y")]);
        assert_eq!(paths(&told(&tar).unwrap()), ["a", "b"], "{flag}");
    }
}

#[test]
fn t06_a_pax_header_is_for_the_next_real_entry_and_the_last_one_counts() {
    let long = |name: &[u8]| member("././@LongLink", b'L', name);
    let x = |name| pax(&[("path", name)]);
    let size = |size| pax(&[("size", size)]);
    let file = || member("file", b'0', b"x");
    // The size of `x` is not that of the long name behind it.
    let tar = archive(&[size("1"), long(&[b'n'; 600]), file(), file()]);
    assert_eq!(paths(&told(&tar).unwrap()), ["n".repeat(600).as_str(), "file"]);
    // The last replaces those before it, and adds nothing to them.
    let tar = archive(&[pax(&[("path", "one"), ("size", "9999")]), x("two"), file(), file()]);
    let entries = told(&tar).unwrap();
    assert_eq!(paths(&entries), ["two", "file"]);
    assert_eq!(entries[0].size, 1);
    // A GNU long name wins over a PAX path, in either order.
    for order in [[x("pax"), long(b"gnu\0")], [long(b"gnu\0"), x("pax")]] {
        let tar = archive(&[order.concat(), file()]);
        assert_eq!(paths(&told(&tar).unwrap()), ["gnu"]);
    }
}

#[test]
fn t06_a_global_header_that_others_obey_is_refused() {
    let global = |key, value| {
        let mut bytes = pax(&[(key, value)]);
        let mut block: [u8; 512] = bytes[..512].try_into().unwrap();
        block[156] = b'g';
        seal(&mut block);
        bytes[..512].copy_from_slice(&block);
        archive(&[bytes, member("a", b'0', b"x")])
    };
    assert_eq!(paths(&told(&global("comment", "a commit")).unwrap()), ["a"]);
    for key in ["path", "linkpath", "size", "GNU.sparse.map"] {
        assert!(is_malformed(&global(key, "1")), "{key}");
    }
}

#[test]
fn t06_an_unknown_or_lying_sparse_file_is_refused() {
    let sparse = |records: &[(&str, &str)], content: &[u8]| {
        archive(&[pax(records), member("a", b'0', content)])
    };
    let version = |major, minor| [("GNU.sparse.major", major), ("GNU.sparse.minor", minor)];
    for (major, minor) in [("2", "0"), ("1", "1"), ("0", "2"), ("x", "0")] {
        assert!(is_malformed(&sparse(&version(major, minor), b"1\n")), "{major}.{minor}");
    }
    let map = |map, size| [("GNU.sparse.map", map), ("GNU.sparse.size", size)];
    assert!(told(&sparse(&map("0,1,5,1", "10"), b"xy")).is_ok());
    for (text, size) in
        [("0,1,0,1", "10"), ("5,1,0,1", "10"), ("0,1,9,2", "10"), ("0,1", "10"), ("0,1,5", "10")]
    {
        assert!(is_malformed(&sparse(&map(text, size), b"xy")), "{text}");
    }
    for lines in ["x\n", "1\nx\n1\n", "99999999999999999999\n", "1\n0\n9\n"] {
        let mut content = lines.as_bytes().to_vec();
        content.resize(512, 0);
        let told = [version("1", "0").to_vec(), vec![("GNU.sparse.realsize", "9")]].concat();
        assert!(is_malformed(&sparse(&told, &content)), "{lines:?}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], flate2::Compression::new(9));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn limited(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = Options::default();
    change(&mut options.limits);
    options
}

#[test]
fn t09_a_bomb_stops_at_its_cap() {
    let zeros = archive(&[member("a", b'0', &vec![0; 8 << 20])]);
    let too_much = |bytes: &[u8], options: &Options| {
        matches!(told_with(bytes, options), Err(Error::TooMuch { .. }))
    };
    let ratio = limited(|limits| {
        limits.free = 1 << 20;
        limits.ratio = 100;
    });
    let bytes = limited(|limits| limits.bytes = 1 << 20);
    for packed in [gzip(&zeros), zstd::encode_all(&zeros[..], 3).unwrap()] {
        assert!(told(&packed).is_ok());
        assert!(too_much(&packed, &ratio));
        assert!(too_much(&packed, &bytes));
    }
    assert!(too_much(&zeros, &bytes));
    let empty = archive(&vec![member("a", b'0', b""); 11]);
    assert!(too_much(&empty, &limited(|limits| limits.entries = 10)));
    let members = [vec![gzip(b""); 100].concat(), gzip(&empty)].concat();
    assert!(told(&members).is_ok());
    assert!(too_much(&members, &limited(|limits| limits.members = 100)));
}

#[test]
fn t09_headers_are_as_long_as_a_header_may_be() {
    for flag in [b'x', b'g', b'L', b'K'] {
        let tar = header("a", flag, 1 << 30).to_vec();
        assert!(matches!(told(&tar), Err(Error::TooMuch { .. })), "{flag}");
    }
    // Each is short; there are many.
    let tar = archive(&[pax(&[("comment", "x")]).repeat(5000), member("a", b'0', b"x")]);
    assert_eq!(paths(&told(&tar).unwrap()), ["a"]);
}

#[test]
fn t09_a_zstd_window_has_a_bound() {
    let mut encoder = zstd::Encoder::new(vec![], 1).unwrap();
    encoder.window_log(28).unwrap();
    encoder.write_all(&archive(&[member("a", b'0', &noise("w", 1 << 20))])).unwrap();
    let packed = encoder.finish().unwrap();
    assert!(matches!(told(&packed), Err(Error::Malformed(_))));
}

#[test]
fn t11_a_tar_that_is_cut_off_is_refused_at_every_block() {
    let tar = archive(&[
        member("././@LongLink", b'L', &[b'n'; 600]),
        member("a", b'0', &noise("a", 1500)),
        pax(&[("path", "b")]),
        member("x", b'0', b"x"),
        member("dir/", b'5', b""),
    ]);
    assert!(told(&tar).is_ok());
    for at in (0..tar.len()).step_by(512) {
        assert!(is_malformed(&tar[..at]), "{at}");
        assert!(is_malformed(&tar[..at + 100]), "{at} and a little");
        assert!(is_malformed(&gzip(&tar[..at])), "{at} in gzip");
    }
    for packed in [gzip(&tar), zstd::encode_all(&tar[..], 3).unwrap()] {
        assert!((1..packed.len()).step_by(7).all(|at| told(&packed[..at]).is_err()));
    }
    // A digest vouches for one that was never ended.
    let open = &tar[..tar.len() - 1024];
    let known = Options { digest: Some(Digest::of(open)), ..Options::default() };
    assert_eq!(told_with(open, &known).unwrap().len(), 3);
}

#[test]
fn t11_what_is_behind_the_end_is_kept_and_says_nothing() {
    let one = archive(&[member("a", b'0', b"x")]);
    for rest in [b"garbage".to_vec(), one.clone(), noise("rest", 200_000), vec![0; 9 << 20]] {
        let tar = [one.clone(), rest].concat();
        assert_eq!(paths(&told(&tar).unwrap()), ["a"]);
    }
    let mut padded = one.clone();
    padded[520..600].fill(b'p');
    assert_eq!(told(&padded).unwrap()[0].size, 1);
    let mut wrong = one.clone();
    wrong[0] = b'b';
    assert!(is_malformed(&wrong), "its checksum does not hold");
    let lone = [member("a", b'0', b"x"), vec![0; 512], member("b", b'0', b"x")];
    assert!(is_malformed(&archive(&lone)));
}

#[test]
fn t12_what_is_not_what_it_should_be_is_named() {
    let tar = archive(&[member("a", b'0', &noise("a", 100_000))]);
    let packed = gzip(&tar);
    let other = Digest::of(b"other");
    let mismatch = |bytes: &[u8], options: Options| match told_with(bytes, &options) {
        Err(Error::Mismatch { what, .. }) => what.to_owned(),
        Err(Error::WrongCompression { .. }) => "compression".to_owned(),
        other => format!("{other:?}"),
    };
    let none = Options::default;
    for bytes in [&tar, &packed] {
        assert_eq!(mismatch(bytes, Options { digest: Some(other), ..none() }), "digest");
        assert_eq!(mismatch(bytes, Options { diff_id: Some(other), ..none() }), "diff id");
        for size in [600, bytes.len() as u64 - 1, bytes.len() as u64 + 1] {
            assert_eq!(mismatch(bytes, Options { size: Some(size), ..none() }), "size");
        }
        let zstd = Some(Compression::Zstd);
        assert_eq!(mismatch(bytes, Options { compression: zstd, ..none() }), "compression");
        let sound = Options {
            digest: Some(Digest::with(Algorithm::Sha512, bytes)),
            diff_id: Some(Digest::of(&tar)),
            size: Some(bytes.len() as u64),
            ..none()
        };
        assert!(told_with(bytes, &sound).is_ok());
    }
}

#[test]
fn t12_what_failed_leaves_nothing_to_see() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let tar = archive(&[member("a", b'0', &noise("a", 3 << 20))]);
    let known = Options { digest: Some(Digest::of(b"other")), ..Options::default() };
    assert!(add(&store, &tar, &known).is_err());
    let packs = std::fs::read_dir(folder.path().join(".mlstore/packs")).unwrap();
    let packs = packs.filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "pack")
    });
    assert_eq!(packs.count(), 0);
    let incoming = folder.path().join(".mlstore/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[test]
fn t13_names_are_bytes_of_any_kind_but_nul() {
    let names = ["new\nline", "\u{1b}[31mred", "\u{202e}txt.exe", "é", "e\u{301}", "A", "a"];
    let tar = archive(&names.map(|name| member(name, b'0', b"x")));
    assert_eq!(paths(&told(&tar).unwrap()), names);
    let mut block = header("x", b'0', 0);
    block[..4].copy_from_slice(b"\xff\xfe/\x80");
    seal(&mut block);
    assert_eq!(told(&archive(&[block.to_vec()])).unwrap()[0].path, b"\xff\xfe/\x80");
    assert!(is_malformed(&archive(&[pax(&[("path", "a\0b")]), member("x", b'0', b"")])));
    let long = "d/".repeat(3000);
    let tar = archive(&[pax(&[("path", &long)]), member("x", b'5', b"")]);
    let entries = told(&tar).unwrap();
    assert_eq!((entries[0].path.len(), entries[0].kind), (6000, Kind::Directory));
}

/// Anything that begins as a tar might.
fn odd_archive() -> impl Strategy<Value = Vec<u8>> {
    let flag = prop::sample::select(&b"\x000123456gxLKS7VDX"[..]);
    let content = prop::collection::vec(any::<u8>(), 0..1500);
    let part =
        (flag, content, 0_u64..2000, any::<bool>()).prop_map(|(flag, bytes, size, honest)| {
            match honest {
                true => member("name", flag, &bytes),
                false => [header("name", flag, size).to_vec(), bytes].concat(),
            }
        });
    prop::collection::vec(part, 0..6).prop_map(|parts| archive(&parts))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_is_refused_or_comes_back(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4096),
        odd_archive(),
        odd_archive().prop_map(|tar| gzip(&tar)),
    ], hole in any::<prop::sample::Index>(), spoil in any::<Option<u8>>()) {
        let mut bytes = bytes;
        if let (Some(byte), false) = (spoil, bytes.is_empty()) {
            let at = hole.index(bytes.len());
            bytes[at] = byte;
        }
        // Asserts that what is taken comes back.
        let _ = told(&bytes);
    }
}
