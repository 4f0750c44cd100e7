//! S01, S03, S04: what another store sends is not what it says.

use mls::base::Digest;
use mls::remote::Error;
use mls::store::codec::Codec;
use mls::store::{self, Frame, Part, Writer};

use super::*;

/// Writes an object under a link that need not be its own.
fn forge(writer: &mut Writer<'_>, link: Link, bytes: &[u8]) -> Link {
    let len = bytes.len() as u32;
    let objects = vec![Part { link, start: 0, len }];
    let frame = Frame { codec: Codec::Raw, raw_len: len, stored: bytes.to_vec(), objects };
    writer.frame(&frame).unwrap();
    link
}

fn commit_parts(mut writer: Writer<'_>, parts: Vec<Link>) {
    let node = writer.node(&Note { parts, ..Note::default() }).unwrap();
    writer.commit(vec![set("runs/a", node)]).unwrap();
}

fn is_damage(outcome: Result<remote::Report, Error>) -> bool {
    matches!(
        outcome,
        Err(Error::Store(store::Error::Damaged { .. } | store::Error::Malformed { .. })
            | Error::Rejected { .. })
    )
}

#[test]
fn s01_a_blob_with_other_bytes_than_its_id_says_is_refused() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let lie = forge(&mut writer, Link::blob(Digest::of(b"promised")), b"delivered");
    commit_parts(writer, vec![lie]);
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s01_a_forged_blob_in_a_pack_that_is_wanted_whole_is_refused() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let mut parts = vec![forge(&mut writer, Link::blob(Digest::of(b"promised")), b"delivered")];
    parts.extend((0..900).map(|i| writer.blob(&noise(&format!("{i}"), 60_000)).unwrap()));
    commit_parts(writer, parts);
    let foreign = Peer::open(&pair.url(), context(), Trust::Any).unwrap();
    assert!(is_damage(fetch_into(&pair.here, &foreign, false)));
    is_untouched(&pair.here);
}

#[test]
fn s01_a_damaged_pack_of_ones_own_is_not_shared() {
    let pair = Pair::new();
    commit(&pair.hub, "runs/a", "content", 40);
    let packs = std::fs::read_dir(pair.hub.folder().join("packs")).unwrap();
    let mut packs = packs.map(|entry| entry.unwrap().path());
    let pack = packs.find(|path| path.extension().is_some_and(|e| e == "pack")).unwrap();
    let mut bytes = std::fs::read(&pack).unwrap();
    let middle = bytes.len() / 3; // in a blob: records are read before anything travels
    bytes[middle] ^= 1;
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, bytes).unwrap();
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s01_a_node_with_other_bytes_than_its_id_says_is_refused() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let bytes = store::object::encode(&Note::default()).unwrap();
    let lie = forge(&mut writer, Link::node(Digest::of(b"promised")), &bytes);
    writer.commit(vec![set("runs/a", lie)]).unwrap();
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s01_bytes_that_are_no_record_do_not_pass_for_one() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let rubbish = b"\xff\xffno record";
    let lie = forge(&mut writer, Link::node(Digest::of(rubbish)), rubbish);
    commit_parts(writer, vec![lie]);
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s01_one_id_with_two_contents_is_refused_unless_the_true_one_is_found() {
    let pair = Pair::new();
    let (truth, lie) = (noise("truth", 500), noise("lie", 500));
    let link = Link::blob(Digest::of(&truth));
    let mut writer = pair.hub.writer().unwrap();
    forge(&mut writer, link, &lie);
    commit_parts(writer, vec![link]);
    let mut writer = pair.hub.writer().unwrap();
    forge(&mut writer, link, &truth);
    writer.commit(vec![]).unwrap();
    match pair.fetch() {
        Ok(_) => assert_eq!(pair.here.read(&link).unwrap(), truth),
        outcome => {
            assert!(is_damage(outcome));
            is_untouched(&pair.here);
        }
    }
}

#[test]
fn s03_a_frame_that_lies_about_its_length_is_refused() {
    for raw_len in [0, 5, 4_000, 16_000_000] {
        let pair = Pair::new();
        let mut writer = pair.hub.writer().unwrap();
        let bytes = noise("frame", 1000);
        let link = Link::blob(Digest::of(&bytes));
        let stored = zstd::bulk::compress(&bytes, 1).unwrap();
        let objects = vec![Part { link, start: 0, len: raw_len }];
        let frame = Frame { codec: Codec::Zstd, raw_len, stored, objects };
        writer.frame(&frame).unwrap();
        commit_parts(writer, vec![link]);
        assert!(is_damage(pair.fetch()), "{raw_len}");
        is_untouched(&pair.here);
    }
}

#[test]
fn s03_a_frame_that_grows_beyond_all_bounds_is_refused() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let bomb = zstd::bulk::compress(&vec![0; 400 << 20], 1).unwrap();
    let link = Link::blob(Digest::of(b"bomb"));
    let objects = vec![Part { link, start: 0, len: 1000 }];
    writer.frame(&Frame { codec: Codec::Zstd, raw_len: 1000, stored: bomb, objects }).unwrap();
    commit_parts(writer, vec![link]);
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s03_packs_that_were_cut_flipped_or_lengthened_bring_nothing_wrong() {
    let pair = Pair::new();
    commit(&pair.hub, "runs/a", "content", 40);
    let packs = pair.hub.folder().join("packs");
    let find = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
    let pack = std::fs::read_dir(packs)
        .unwrap()
        .map(find)
        .find(|path| path.extension().is_some_and(|extension| extension == "pack"));
    let pack = pack.unwrap();
    let whole = std::fs::read(&pack).unwrap();
    let mut spoiled: Vec<Vec<u8>> = (0..40)
        .map(|i| {
            let mut bytes = whole.clone();
            bytes[whole.len() * i / 40 + 8] ^= 1 << (i % 8);
            bytes
        })
        .collect();
    spoiled.extend([0, 15, 16, 1000, whole.len() - 1].map(|len| whole[..len].to_vec()));
    spoiled.push([&whole[..], b"trailing"].concat());
    std::fs::remove_file(&pack).unwrap();
    for (i, bytes) in spoiled.into_iter().enumerate() {
        std::fs::write(&pack, bytes).unwrap();
        let here = make(pair.folder.path(), &format!("fresh {i}"));
        remote::add(&here, "origin", &pair.url()).unwrap();
        match fetch_into(&here, &pair.peer(), false) {
            Ok(_) => is_sound(&here), // the flipped bit is in nothing that travels
            Err(_) => is_untouched(&here),
        }
    }
}

#[test]
fn s04_a_graph_that_lacks_an_object_moves_no_ref() {
    let pair = Pair::new();
    let missing = [Link::blob(Digest::of(b"x")), Link::node(Digest::of(b"y"))];
    for link in missing {
        commit_parts(pair.hub.writer().unwrap(), vec![link]);
        let outcome = pair.fetch();
        assert!(matches!(outcome, Err(Error::Incomplete { link: l, .. }) if l == link));
        is_untouched(&pair.here);
    }
    let here = Pair::new();
    commit_parts(here.here.writer().unwrap(), vec![missing[0]]);
    assert!(matches!(here.push(), Err(Error::Incomplete { .. })));
    is_untouched(&here.hub);
}

#[test]
fn s04_a_blob_linked_as_a_record_is_refused() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let blob = writer.blob(b"just bytes").unwrap();
    commit_parts(writer, vec![Link::node(blob.digest)]);
    assert!(matches!(pair.fetch(), Err(Error::Incomplete { .. })));
    is_untouched(&pair.here);
}

#[test]
fn s04_a_blob_is_no_target_of_a_ref() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let blob = writer.blob(b"just bytes").unwrap();
    writer.commit(vec![set("runs/a", blob)]).unwrap();
    let report = pair.fetch().unwrap();
    assert_eq!(report.bad_names, ["runs/a"]);
    is_untouched(&pair.here);
}

#[test]
fn s04_forged_nodes_that_lead_to_each_other_end_the_walk() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let (a, b) = (Link::node(Digest::of(b"a")), Link::node(Digest::of(b"b")));
    let node = |to| store::object::encode(&Note { parts: vec![to], ..Note::default() }).unwrap();
    forge(&mut writer, a, &node(b));
    forge(&mut writer, b, &node(a));
    writer.commit(vec![set("runs/a", a)]).unwrap();
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}

#[test]
fn s04_a_tree_as_deep_as_it_is_large_travels_without_recursion() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let mut top = writer.node(&Note::default()).unwrap();
    for _ in 0..5_000 {
        top = writer.node(&Note { parts: vec![top], ..Note::default() }).unwrap();
    }
    writer.commit(vec![set("runs/a", top)]).unwrap();
    assert_eq!(pair.fetch().unwrap().sent.objects, 5_001);
    assert!(pair.here.has(&top).unwrap());
}

#[test]
fn s04_a_record_nested_beyond_reason_is_refused_and_overflows_nothing() {
    let pair = Pair::new();
    let mut writer = pair.hub.writer().unwrap();
    let nested = [vec![0x81; 1_000_000], vec![0x80]].concat();
    let lie = forge(&mut writer, Link::node(Digest::of(&nested)), &nested);
    writer.commit(vec![set("runs/a", lie)]).unwrap();
    assert!(is_damage(pair.fetch()));
    is_untouched(&pair.here);
}
