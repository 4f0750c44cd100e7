//! The same files as a tar, on their way from or to another program.

use std::io::{self, Read, Write};

use tar::{Archive, Builder, EntryType, Header};

use super::target::{Source, failed};
use super::{Attribute, Copied, Item, Kind, LeftOut, shown};
use crate::container::Error;

/// Before the names of extended attributes in a tar, as GNU tar, Go and Docker have them.
const ATTRIBUTE: &str = "SCHILY.xattr.";

/// Writes items as a tar.
pub struct Packer<W: Write> {
    builder: Builder<W>,
    /// What stands before all paths.
    top: Vec<u8>,
}

impl<W: Write> std::fmt::Debug for Packer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl<W: Write> Packer<W> {
    /// Begins a tar of `source`, under the name that this has.
    pub fn new(to: W, source: &Source) -> Self {
        let top = if source.content { b".".to_vec() } else { source.name.clone() };
        Self { builder: Builder::new(to), top }
    }

    pub fn put(&mut self, item: Item<'_>) -> Result<(), Error> {
        let path = self.path(&item.path);
        self.append(&path, item).map_err(failed("write the archive with", &path))
    }

    pub fn finish(self) -> Result<W, Error> {
        let done = self.builder.into_inner().and_then(|mut to| to.flush().map(|()| to));
        done.map_err(failed("write", b"the archive"))
    }

    fn path(&self, path: &[u8]) -> Vec<u8> {
        match path.is_empty() {
            true => self.top.clone(),
            false => [&self.top, &b"/"[..], path].concat(),
        }
    }

    fn append(&mut self, path: &[u8], item: Item<'_>) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_mode(item.mode);
        header.set_uid(item.owner.0.into());
        header.set_gid(item.owner.1.into());
        header.set_mtime(u64::try_from(item.time.0).unwrap_or(0));
        header.set_size(0);
        self.attributes(&item.attributes)?;
        match item.kind {
            Kind::File => {
                header.set_entry_type(EntryType::Regular);
                header.set_size(item.size);
                // The header comes first: a file that changes meanwhile is cut, or filled up with zeros.
                let content: Box<dyn Read + '_> = match item.content {
                    Some(content) => Box::new(content),
                    None => Box::new(io::empty()),
                };
                let content = content.chain(io::repeat(0)).take(item.size);
                self.builder.append_data(&mut header, os(path), content)
            }
            Kind::Folder => {
                header.set_entry_type(EntryType::Directory);
                let path = [path, b"/"].concat();
                self.builder.append_data(&mut header, os(&path), io::empty())
            }
            Kind::Fifo => {
                header.set_entry_type(EntryType::Fifo);
                self.builder.append_data(&mut header, os(path), io::empty())
            }
            Kind::Device { block, major, minor } => {
                header.set_entry_type(if block { EntryType::Block } else { EntryType::Char });
                header.set_device_major(major)?;
                header.set_device_minor(minor)?;
                self.builder.append_data(&mut header, os(path), io::empty())
            }
            Kind::Symlink(to) => {
                header.set_entry_type(EntryType::Symlink);
                self.builder.append_link(&mut header, os(path), os(&to))
            }
            Kind::HardLink(to) => {
                header.set_entry_type(EntryType::Link);
                let to = self.path(&to);
                self.builder.append_link(&mut header, os(path), os(&to))
            }
        }
    }

    fn attributes(&mut self, all: &[Attribute]) -> io::Result<()> {
        let key = |one: &Attribute| {
            std::str::from_utf8(&one.name).ok().map(|name| format!("{ATTRIBUTE}{name}"))
        };
        let all: Vec<(String, &[u8])> =
            all.iter().filter_map(|one| Some((key(one)?, &one.value[..]))).collect();
        self.builder.append_pax_extensions(all.iter().map(|(key, value)| (&**key, *value)))
    }
}

/// Hands the files of a tar to `take`. Paths that lead out of where they are unpacked are refused.
pub fn unpack(
    from: impl Read,
    take: &mut dyn FnMut(Item<'_>) -> Result<(), Error>,
) -> Result<Copied, Error> {
    let unsound = |error| failed("read", b"the archive")(error);
    let mut archive = Archive::new(from);
    let mut copied = Copied::default();
    for entry in archive.entries().map_err(unsound)? {
        let mut entry = entry.map_err(unsound)?;
        let raw = entry.path_bytes().into_owned();
        let Some(path) = clean(&raw)? else { continue };
        let link = entry.link_name_bytes().map(std::borrow::Cow::into_owned);
        let kind = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::Fifo => Kind::Fifo,
            EntryType::Symlink => Kind::Symlink(link.unwrap_or_default()),
            EntryType::Link => match clean(&link.unwrap_or_default())? {
                Some(to) => Kind::HardLink(to),
                None => continue,
            },
            kind @ (EntryType::Char | EntryType::Block) => {
                let number = |number: io::Result<Option<u32>>| Ok(number?.unwrap_or(0));
                let (major, minor) = (entry.header().device_major(), entry.header().device_minor());
                let major = number(major).map_err(unsound)?;
                let minor = number(minor).map_err(unsound)?;
                Kind::Device { block: kind == EntryType::Block, major, minor }
            }
            _ => continue,
        };
        let (attributes, lost) = attributes(&mut entry).map_err(unsound)?;
        copied.left_out.extend(lost.then(|| LeftOut::new(&path, "attributes")));
        let header = entry.header();
        let number = |number: io::Result<u64>| {
            number.ok().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
        };
        let item = Item {
            path,
            mode: header.mode().unwrap_or(0o644) & 0o7777,
            owner: (number(header.uid()), number(header.gid())),
            time: (header.mtime().ok().and_then(|time| i64::try_from(time).ok()).unwrap_or(0), 0),
            size: if kind == Kind::File { entry.size() } else { 0 },
            kind,
            attributes,
            content: None,
        };
        copied.files += 1;
        copied.bytes += item.size;
        match item.kind {
            Kind::File => take(Item { content: Some(&mut entry), ..item })?,
            _ => take(item)?,
        }
    }
    Ok(copied)
}

/// Returns the extended attributes that an entry names, and whether there are others that cannot be read.
fn attributes(entry: &mut tar::Entry<'_, impl Read>) -> io::Result<(Vec<Attribute>, bool)> {
    let (mut found, mut lost) = (vec![], false);
    for extension in entry.pax_extensions()?.into_iter().flatten() {
        let Ok(extension) = extension else {
            lost = true;
            continue;
        };
        if let Some(name) = extension.key_bytes().strip_prefix(ATTRIBUTE.as_bytes()) {
            let value = extension.value_bytes().to_vec();
            found.push(Attribute { name: name.to_vec(), value });
        }
    }
    Ok((found, lost))
}

/// Returns a path without `.` and slashes too many; nothing for the folder itself.
fn clean(path: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let names: Vec<&[u8]> =
        path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b".")).collect();
    match names.contains(&&b".."[..]) || path.contains(&0) {
        true => Err(Error::Invalid(format!(
            "the archive has an entry `{}`, which leads out of it",
            shown(path)
        ))),
        false => Ok(Some(names.join(&b'/')).filter(|path| !path.is_empty())),
    }
}

fn os(path: &[u8]) -> &std::path::Path {
    use std::os::unix::ffi::OsStrExt as _;
    std::path::Path::new(std::ffi::OsStr::from_bytes(path))
}
