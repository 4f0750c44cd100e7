//! The file system that layers make together: as the specification says, as others make it, and nowhere else.

mod changes;
mod hostile;
mod mount;
mod peers;
mod unpack;
mod view;

use std::path::Path;
use std::process::Command;

use mls::base::Silent;
use mls::image::layer::{self, Entry, Kind, Maker};
use mls::image::rootfs::{self, Error, View};
use mls::store::{Change, Expected, Link, Store};

use super::trees::{self, Tree, of_disk as tree_of_disk, same};

/// A folder with a store in it, and room beside.
struct Lab {
    top: tempfile::TempDir,
    store: Store,
}

impl Lab {
    fn new() -> Self {
        let top = tempfile::Builder::new().prefix("mls-rootfs-").tempdir().unwrap();
        let store = crate::store::store(top.path());
        Self { top, store }
    }

    fn path(&self) -> &Path {
        self.top.path()
    }

    /// Adds a tar as a layer.
    fn tar(&self, bytes: &[u8]) -> Link {
        let mut writer = self.store.writer().unwrap();
        let added = layer::add(&mut writer, bytes, &layer::Options::default(), &Silent).unwrap();
        keep(writer, added.link);
        added.link
    }

    /// Makes a layer of entries, in their order; a file's content is what stands beside.
    fn layer(&self, entries: &[(Entry, &[u8])]) -> Link {
        let mut bytes = vec![];
        for (entry, content) in entries {
            bytes.extend(member(entry, content));
        }
        bytes.extend([0; 1024]);
        self.tar(&bytes)
    }

    fn view(&self, layers: &[Link]) -> Result<View, Error> {
        View::of(&self.store, layers)
    }

    fn unpack(&self, layers: &[Link]) -> Result<rootfs::Lowers, Error> {
        rootfs::unpack(&self.store, layers, &self.path().join("layers"), &Silent)
    }

    /// Mounts layers.
    fn mount(&self, layers: &[Link]) -> rootfs::Mounted {
        let lowers = self.unpack(layers).unwrap();
        rootfs::Mounted::new(&lowers, &self.path().join("mounts")).unwrap()
    }

    /// Makes a layer of what was changed.
    fn commit(&self, mounted: &rootfs::Mounted, layers: &[Link]) -> Link {
        let view = self.view(layers).unwrap();
        let changes = rootfs::changes(mounted, &view, &rootfs::Stubs::default()).unwrap();
        let mut writer = self.store.writer().unwrap();
        let mut maker = Maker::begin(&mut writer, None);
        changes.write(&mut maker).unwrap();
        let added = maker.finish().unwrap();
        keep(writer, added.link);
        added.link
    }
}

fn keep(writer: mls::store::Writer<'_>, link: Link) {
    let name = format!("cache/build/{}", link.digest);
    writer.commit(vec![Change { name, expected: Expected::Any, new: Some(link) }]).unwrap();
}

fn file(path: &str, content: &'static str) -> (Entry, &'static [u8]) {
    let entry = Entry { size: content.len() as u64, ..Entry::new(path, Kind::File, 0o644) };
    (entry, content.as_bytes())
}

fn folder(path: &str) -> (Entry, &'static [u8]) {
    (Entry::new(path, Kind::Directory, 0o755), b"")
}

fn link(path: &str, kind: Kind, target: &str) -> (Entry, &'static [u8]) {
    (Entry { link: target.into(), ..Entry::new(path, kind, 0o777) }, b"")
}

fn symlink(path: &str, target: &str) -> (Entry, &'static [u8]) {
    link(path, Kind::Symlink, target)
}

fn hard_link(path: &str, target: &str) -> (Entry, &'static [u8]) {
    link(path, Kind::HardLink, target)
}

/// An entry as a tar says it, whatever it says: no writer that means well would.
fn member(entry: &Entry, content: &[u8]) -> Vec<u8> {
    let mut records: Vec<(Vec<u8>, Vec<u8>)> = vec![];
    for (name, value) in &entry.xattrs {
        records.push(([b"SCHILY.xattr.", &name[..]].concat(), value.clone()));
    }
    records.push((b"path".to_vec(), entry.path.clone()));
    if !entry.link.is_empty() {
        records.push((b"linkpath".to_vec(), entry.link.clone()));
    }
    let time = format!("{}.{:09}", entry.mtime.seconds, entry.mtime.nanoseconds);
    records.push((b"mtime".to_vec(), time.into_bytes()));
    let mut text = vec![];
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let length = (1..).find(|n: &usize| rest + n.to_string().len() == *n).unwrap();
        text.extend(format!("{length} ").as_bytes());
        text.extend([&key[..], b"=", &value[..], b"\n"].concat());
    }
    let flag = match entry.kind {
        Kind::File => b'0',
        Kind::HardLink => b'1',
        Kind::Symlink => b'2',
        Kind::CharDevice => b'3',
        Kind::BlockDevice => b'4',
        Kind::Directory => b'5',
        Kind::Fifo => b'6',
        Kind::Other(flag) => flag,
    };
    let mut bytes = block(&Entry::new("pax", Kind::File, 0o644), b'x', text.len());
    bytes.extend(padded(&text));
    bytes.extend(block(entry, flag, content.len()));
    bytes.extend(padded(content));
    bytes
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(512), 0);
    padded
}

fn block(entry: &Entry, flag: u8, size: usize) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..1].copy_from_slice(b"x");
    let octal = |number: u64, width: usize| format!("{number:0width$o}\0", width = width - 1);
    let mut field = |at: usize, width: usize, number: u64| match number < 0o10_000_000 || width > 8
    {
        true => block[at..at + width].copy_from_slice(octal(number, width).as_bytes()),
        false => {
            block[at] = 0x80;
            block[at + 4..at + 8].copy_from_slice(&(number as u32).to_be_bytes());
        }
    };
    field(100, 8, entry.mode.into());
    field(124, 12, size as u64);
    field(136, 12, 0);
    field(329, 8, entry.device.0.into());
    field(337, 8, entry.device.1.into());
    field(108, 8, entry.uid.into());
    field(116, 8, entry.gid.into());
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether `program` is installed; says so where it is not.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn has(program: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("command -v {program}")).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: `{program}` is not installed");
    }
    found
}

fn tree_of_view(lab: &Lab, view: &View) -> Tree {
    trees::of_view(&lab.store, view)
}
