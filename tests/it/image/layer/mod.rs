//! Layers in a store: what goes in comes back byte for byte, and what lies goes nowhere.

mod compressed;
mod corpus;
mod hostile;
mod made;

use std::io::Read;

use mls::base::Silent;
use mls::image::Content;
use mls::image::layer::{self, Added, Entry, Error, Options};
use mls::remote::registry::Digest;
use mls::store::{Change, Expected, Store};

/// Adds a layer and commits it.
fn add(store: &Store, bytes: &[u8], options: &Options) -> Result<Added, Error> {
    let mut writer = store.writer()?;
    let added = layer::add(&mut writer, bytes, options, &Silent)?;
    let name = format!("cache/layer/{}", added.link.digest);
    writer.commit(vec![Change { name, expected: Expected::Any, new: Some(added.link) }])?;
    Ok(added)
}

/// Adds a layer that nothing is known of; returns its entries, once its tar has come back.
fn told(bytes: &[u8]) -> Result<Vec<Entry>, Error> {
    told_with(bytes, &Options::default())
}

fn told_with(bytes: &[u8], options: &Options) -> Result<Vec<Entry>, Error> {
    STORE.with(|(_, store)| told_in(store, bytes, options))
}

thread_local! {
    /// One for all that a test asks about: making one takes longer than most questions.
    static STORE: (tempfile::TempDir, Store) = {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::store(folder.path());
        (folder, store)
    };
}

fn told_in(store: &Store, bytes: &[u8], options: &Options) -> Result<Vec<Entry>, Error> {
    let added = add(store, bytes, options)?;
    if let Content::Tar(_) = added.content {
        assert_eq!(tar_of(store, &added), bytes);
        assert_eq!(added.digest, Digest::with(added.digest.algorithm(), bytes));
    }
    assert_eq!(added.layer.diff_id, Digest::of(&tar_of(store, &added)));
    let entries: Vec<Entry> = layer::entries(store, &added.link)?.collect::<Result<_, _>>()?;
    assert_eq!(entries.len() as u64, added.layer.entries);
    Ok(entries)
}

/// Returns the tar of a layer.
fn tar_of(store: &Store, added: &Added) -> Vec<u8> {
    let mut bytes = vec![];
    layer::open(store, &added.link).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Returns a header that says so, its checksum included.
fn header(name: &str, flag: u8, size: u64) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    block
}

/// Gives a header the checksum that it has.
fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Returns a header and its content, padded.
fn member(name: &str, flag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, flag, content.len() as u64).to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// Returns an extended header with these records.
fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let record = |(key, value): &(&str, &str)| {
        let rest = key.len() + value.len() + 3;
        let length = (1..).find(|n: &usize| rest + n.to_string().len() == *n).unwrap();
        format!("{length} {key}={value}\n")
    };
    let text: String = records.iter().map(record).collect();
    member("PaxHeaders/x", b'x', text.as_bytes())
}

/// Puts parts together and ends them as an archive.
fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = parts.concat();
    bytes.extend_from_slice(&[0; 1024]);
    bytes
}

fn paths(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect()
}
