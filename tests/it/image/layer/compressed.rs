//! Layers as others compress them.

use std::io::{Read, Write};

use flate2::write::GzEncoder;
use mls::image::layer::{self, Options};
use mls::image::{Blob, Content};
use mls::remote::registry::Digest;

use super::{add, archive, member, tar_of};
use crate::store::{noise, store};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A frame that says nothing: zstd:chunked keeps its table of contents in such.
fn skippable(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u32;
    [&0x184d_2a50_u32.to_le_bytes()[..], &length.to_le_bytes(), bytes].concat()
}

#[test]
fn compressed_bytes_come_back_whatever_they_are_made_of() {
    let tar = archive(&[
        member("small", b'0', b"x"),
        member("text", b'0', &b"words and words ".repeat(100_000)),
        member("noise", b'0', &noise("n", 3 << 20)),
    ]);
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
    let (front, back) = tar.split_at(1_000_001);
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let forms = [
        gzip(&tar),
        [gzip(front), gzip(b""), gzip(back)].concat(),
        tar.chunks(9999).flat_map(gzip).collect(),
        zstd(&tar),
        [zstd(front), zstd(back)].concat(),
        [skippable(b"head"), zstd(front), skippable(b"toc"), zstd(back), skippable(b"")].concat(),
    ];
    for bytes in forms {
        let added = add(&store, &bytes, &Options::default()).unwrap();
        let Content::Kept { layer, .. } = added.content else { panic!("{added:?}") };
        assert_eq!((layer, added.digest), (added.link, Digest::of(&bytes)));
        assert_eq!((added.size, added.layer.diff_id), (bytes.len() as u64, Digest::of(&tar)));
        assert!(tar_of(&store, &added) == tar);
        let mut writer = store.writer().unwrap();
        let again = layer::add(&mut writer, &bytes[..], &Options::default(), &mls::base::Silent);
        let (digest, size, content) = (added.digest, added.size, again.unwrap().content);
        writer.commit(vec![]).unwrap();
        let mut back = vec![];
        let blob = Blob { digest, size, content };
        layer::blob(&store, &blob).unwrap().read_to_end(&mut back).unwrap();
        assert!(back == bytes);
    }
}

#[test]
fn garbage_behind_what_is_compressed_is_refused() {
    let tar = archive(&[member("a", b'0', b"x")]);
    for packed in [gzip(&tar), zstd::encode_all(&tar[..], 3).unwrap()] {
        let bytes = [&packed[..], b"garbage"].concat();
        let folder = tempfile::tempdir().unwrap();
        assert!(add(&store(folder.path()), &bytes, &Options::default()).is_err());
    }
}
