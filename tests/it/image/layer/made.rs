use std::io::Read;

use mls::image::layer::{self, Added, Compressed, Compression, Entry, Kind, Maker, Time, sort};
use mls::image::{Blob, Content};
use mls::remote::registry::Digest;
use mls::store::{Change, Expected, Store};

use super::{tar_of, told};
use crate::store::{noise, store};

fn files() -> Vec<(Entry, Vec<u8>)> {
    let mut files: Vec<(Entry, Vec<u8>)> =
        [("a", 0), ("b", 10), ("big", 3 << 20), ("mid", 100_000)]
            .map(|(name, length)| {
                (
                    Entry { size: length as u64, ..Entry::new(name, Kind::File, 0o644) },
                    noise(name, length),
                )
            })
            .into();
    let long = "long/".repeat(60);
    let bare = |entry: Entry| (entry, vec![]);
    files.push(bare(Entry { uid: 3_000_000, ..Entry::new("dir/", Kind::Directory, 0o4755) }));
    files.push(bare(Entry::new(format!("{long}name"), Kind::Fifo, 0o600)));
    files.push(bare(Entry {
        link: "x".repeat(200).into(),
        ..Entry::new("l", Kind::Symlink, 0o777)
    }));
    files.push(bare(Entry { link: b"b".to_vec(), ..Entry::new("z", Kind::HardLink, 0o644) }));
    files.push(bare(Entry { device: (5, 1), ..Entry::new("tty", Kind::CharDevice, 0o666) }));
    let xattrs = [(b"user.x".to_vec(), b"\0=\n".to_vec())].into();
    files.push(bare(Entry { xattrs, ..Entry::new(b"n\xe9", Kind::File, 0o644) }));
    let before = Time { seconds: -5, nanoseconds: 0 };
    files.push(bare(Entry { mtime: before, ..Entry::new("old", Kind::File, 0o644) }));
    files
}

fn make(store: &Store, epoch: Option<i64>, change: impl Fn(&mut Entry)) -> Added {
    let mut writer = store.writer().unwrap();
    let mut maker = Maker::begin(&mut writer, epoch);
    for (mut entry, content) in files() {
        change(&mut entry);
        maker.file(&entry, &content[..]).unwrap();
    }
    let added = maker.finish().unwrap();
    let name = "cache/made".to_owned();
    writer.commit(vec![Change { name, expected: Expected::Any, new: Some(added.link) }]).unwrap();
    added
}

#[test]
fn a_layer_made_here_says_what_it_was_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let added = make(&store, None, |_| {});
    let tar = tar_of(&store, &added);
    assert_eq!(Digest::of(&tar), added.layer.diff_id);
    assert_eq!(tar.len() as u64, added.size);
    let mut found = told(&tar).unwrap();
    let content: Vec<_> = found.iter_mut().map(|entry| entry.content.take()).collect();
    assert_eq!(found, files().into_iter().map(|(entry, _)| entry).collect::<Vec<_>>());
    assert!(content[0].is_none() && content[2].is_some());
}

#[test]
fn the_same_files_make_the_same_layer_whatever_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let late = |seconds| move |entry: &mut Entry| entry.mtime = Time { seconds, nanoseconds: 7 };
    let [one, other, plain] = [
        make(&store, Some(100), late(1_000)),
        make(&store, Some(100), late(2_000)),
        make(&store, None, late(2_000)),
    ];
    assert_eq!(one, other);
    assert_ne!(one.layer.diff_id, plain.layer.diff_id);
    // Tells when what is made here changes: then caches of builds are worth nothing.
    insta::assert_snapshot!(one.layer.diff_id, @"sha256:55c0d5eec263cfcff090eaac278327d9e82e0980a2f9851520ae7fe2b8b2d894");
}

#[test]
fn content_that_is_in_the_store_is_taken_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let made = make(&store, None, |_| {});
    let entries = layer::entries(&store, &made.link).unwrap();
    let entries: Vec<Entry> = entries.collect::<Result<_, _>>().unwrap();
    let mut writer = store.writer().unwrap();
    let mut maker = Maker::begin(&mut writer, None);
    entries.iter().for_each(|entry| maker.stored(entry).unwrap());
    assert_eq!(maker.finish().unwrap(), made);
}

#[test]
fn a_file_that_is_shorter_or_longer_than_it_was_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    for length in [5_u64, 3 << 20] {
        for found in [length - 1, length + 1] {
            let mut writer = store.writer().unwrap();
            let entry = Entry { size: length, ..Entry::new("a", Kind::File, 0o644) };
            let mut maker = Maker::begin(&mut writer, None);
            assert!(maker.file(&entry, &noise("x", found as usize)[..]).is_err());
        }
    }
}

#[test]
fn a_hard_link_comes_behind_what_it_points_at() {
    let link =
        |path: &str| Entry { link: b"./c/file".to_vec(), ..Entry::new(path, Kind::HardLink, 0) };
    let file = Entry { size: 9, ..Entry::new("c/file", Kind::File, 0o644) };
    let folder = Entry::new("c/", Kind::Directory, 0o755);
    let mut entries = vec![link("d"), file, link("b"), folder, link("a")];
    sort(&mut entries);
    let found: Vec<_> = entries
        .iter()
        .map(|entry| (String::from_utf8_lossy(&entry.path), entry.size, &entry.link[..]))
        .collect();
    let wanted: [(_, _, &[u8]); 5] = [
        ("a".into(), 9, b""),
        ("b".into(), 0, b"a"),
        ("c/".into(), 0, b""),
        ("c/file".into(), 0, b"a"),
        ("d".into(), 0, b"./c/file"),
    ];
    assert_eq!(found, wanted);
}

fn compressed(bytes: &[u8], compression: Compression) -> Vec<u8> {
    let mut packed = vec![];
    layer::compress(bytes, compression, compression.level(), &mut packed).unwrap();
    packed
}

#[test]
fn what_is_compressed_here_is_the_same_everywhere() {
    let text: Vec<u8> =
        (0..700_000_u32).flat_map(|n| n.wrapping_mul(n).to_string().into_bytes()).collect();
    let digest = |compression| Digest::of(&compressed(&text, compression)).to_string();
    // Changes mean another `VERSION` in compress.rs: images that were pushed must keep their digests.
    insta::assert_snapshot!(digest(Compression::Zstd), @"sha256:d3d3ae06de6ed9995d8e2411638fc05bba5aa45a788db798454a482434207ca6");
    insta::assert_snapshot!(digest(Compression::Gzip), @"sha256:f371700e8ae64762cbb271f9c355b3e6649836c7ed49a586427ea5713493c9de");
    for length in [0, 1, 1 << 20, 4 << 20, (4 << 20) + 1] {
        let text = &text[..length];
        let back = zstd::decode_all(&compressed(text, Compression::Zstd)[..]).unwrap();
        assert!(back == text, "{length}");
        let packed = compressed(text, Compression::Gzip);
        let mut back = vec![];
        flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
        assert!(back == text, "{length}");
    }
}

#[test]
fn bytes_that_are_made_again_are_held_against_their_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let layer = make(&store, None, |_| {}).link;
    for compression in [Compression::Zstd, Compression::Gzip] {
        let mut packed = vec![];
        let tar = layer::open(&store, &layer).unwrap();
        layer::compress(tar, compression, compression.level(), &mut packed).unwrap();
        let by = Compressed::<std::io::Empty>::name(compression, compression.level());
        let (digest, size) = (Digest::of(&packed), packed.len() as u64);
        let content = Content::Made { layer, by };
        let read = |digest| {
            let blob = Blob { digest, size, content: content.clone() };
            let mut bytes = vec![];
            layer::blob(&store, &blob).unwrap().read_to_end(&mut bytes).map(|_| bytes)
        };
        assert!(read(digest).unwrap() == packed);
        assert!(read(Digest::of(b"other")).is_err());
    }
}
