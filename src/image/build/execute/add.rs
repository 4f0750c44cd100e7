//! ADD as a step: files of the context, files on the web and repositories; archives are unpacked.

use std::collections::BTreeSet;
use std::io::Read;

use super::stage::{Made, Running};
use crate::base::Digest;
use crate::image::build;
use crate::image::build::context::{Context, Folder};
use crate::image::build::copy::{self, Picked, Sources};
use crate::image::build::plan::{Add, Copy, Step};
use crate::image::build::source::{Fetching, Origin, Repository, archive, git, web};
use crate::image::build::tree::{Body, Item, Tree};
use crate::image::layer::{self, Entry, Kind, Sparse, Time};
use crate::image::rootfs::{self, View};
use crate::image::{Error, build::state::State};
use crate::remote::registry::ParseDigestError;

/// The mode of a file from the web.
const FETCHED: u32 = 0o600;

/// What the sources of one ADD came to.
#[derive(Default)]
struct Gathered {
    sources: Sources,
    /// Which of what is picked is an archive to be unpacked.
    archives: BTreeSet<usize>,
    /// Of files from the web; the age of other files is no part of a key.
    times: Vec<i64>,
}

impl Running<'_> {
    pub(super) fn add(&mut self, step: &Step, copy: &Copy, add: &Add) -> Result<Made, Error> {
        let folder = match self.build.context {
            Some(Context::Folder(folder)) => Some(folder),
            _ => None,
        };
        let mut gathered = self.gather(copy, add)?;
        self.put_inline(copy, &mut gathered.sources);
        let seen = gathered.sources.seen();
        let read = || -> Result<_, Error> {
            let mut writer = self.build.store.writer()?;
            if let Some(folder) = folder {
                folder.read(&mut writer, &seen, self.build.progress)?;
            }
            Ok(writer)
        };
        let begun = match folder {
            Some(folder) if folder.unread(&seen) > 0 => Some(read()?),
            _ => None,
        };
        let key = self.add_key(copy, &gathered);
        if let Some(made) = self.cached(&key)? {
            return Ok(made);
        }
        // What is known may have been collected meanwhile.
        let mut writer = begun.map_or_else(read, Ok)?;
        if !gathered.archives.is_empty() {
            // What an archive holds is read from the store, so that it is what the key says.
            writer.commit(vec![])?;
            self.unpack(&mut gathered)?;
            writer = read()?;
        }
        let added = self.layer(&mut writer, copy, &gathered.sources, folder)?;
        self.keep(writer, &added, &[key], &step.text)
    }

    fn add_key(&self, copy: &Copy, gathered: &Gathered) -> Digest {
        let mut key = self.key(copy);
        key.text("add");
        key.digest(gathered.sources.digest());
        key.value(&(&gathered.archives, &gathered.times));
        key.finish()
    }

    fn fetching(&self) -> Fetching<'_> {
        Fetching {
            store: self.build.store,
            access: &self.build.options.access,
            progress: self.build.progress,
            cancelled: self.build.cancelled,
        }
    }

    /// Finds, or fetches, all sources.
    fn gather(&self, copy: &Copy, add: &Add) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        for path in &copy.paths {
            let origin = Origin::of(path)
                .map_err(|reason| build::Error::BadAddress { address: path.clone(), reason })?;
            match origin {
                Origin::Local => self.local(copy, add, path, &mut gathered)?,
                Origin::Web(address) => self.web(add, &address, &mut gathered)?,
                Origin::Git(repository) => self.git(copy, add, repository, &mut gathered)?,
            }
        }
        Ok(gathered)
    }

    fn local(
        &self,
        copy: &Copy,
        add: &Add,
        path: &str,
        gathered: &mut Gathered,
    ) -> Result<(), Error> {
        let view;
        let (tree, folder) = match self.build.context {
            Some(Context::Folder(folder)) => (Tree::Folder(folder), Some(folder)),
            Some(context) => {
                let state = context.state(self.build.store, self.build.progress)?;
                view = View::of(self.build.store, &state.links())?;
                (Tree::View(&view), None)
            }
            None => {
                view = View::empty();
                (Tree::View(&view), None)
            }
        };
        let paths = [path.to_owned()];
        let found = copy::select(&tree, "the build context", &paths, copy.parents, &copy.exclude)?;
        for picked in found.picked {
            let unpacks = add.unpack != Some(false) && picked.top.kind == Kind::File;
            if unpacks && archive::is_archive(self.content(&picked.top, folder)?) {
                gathered.archives.insert(gathered.sources.picked.len());
            }
            gathered.sources.picked.push(picked);
        }
        Ok(())
    }

    fn web(&self, add: &Add, address: &str, gathered: &mut Gathered) -> Result<(), Error> {
        let checksum = add.checksum.as_deref().map(str::parse).transpose();
        let checksum = checksum.map_err(|error: ParseDigestError| build::Error::BadAddress {
            address: address.to_owned(),
            reason: error.to_string(),
        })?;
        let fetched = web::fetch(&self.fetching(), address, checksum.as_ref())?;
        let time = fetched.time();
        let mtime = Time { seconds: time, nanoseconds: 0 };
        let mut item = Item::file(&fetched.name(address), FETCHED, mtime, vec![]);
        if fetched.size > 0 {
            let content = rootfs::Content { link: fetched.content, sparse: None };
            item.body = Body::Stored(Some(content), fetched.size);
        }
        if add.unpack == Some(true) && archive::is_archive(self.content(&item, None)?) {
            gathered.archives.insert(gathered.sources.picked.len());
        }
        gathered.times.push(time);
        gathered.sources.picked.push(item.into());
        Ok(())
    }

    fn git(
        &self,
        copy: &Copy,
        add: &Add,
        mut repository: Repository,
        gathered: &mut Gathered,
    ) -> Result<(), Error> {
        repository.keep_git_dir = add.keep_git_dir.or(repository.keep_git_dir);
        repository.commit = add.checksum.clone().or(repository.commit);
        let secrets = &self.build.options.secrets;
        let state = git::fetch(&self.fetching(), &repository, secrets)?;
        let view = View::of(self.build.store, &state.links())?;
        let all = [".".to_owned()];
        let found = copy::select(&Tree::View(&view), "the repository", &all, false, &copy.exclude)?;
        gathered.sources.picked.extend(found.picked);
        Ok(())
    }

    /// Opens what a file holds: on disk where it is in a folder, else in the store.
    fn content<'c>(
        &'c self,
        item: &Item,
        folder: Option<&Folder>,
    ) -> Result<Box<dyn Read + Send + 'c>, Error> {
        match (&item.body, folder) {
            (Body::Seen(_, path), Some(folder)) => Ok(Box::new(folder.file(path)?)),
            _ => Ok(Box::new(layer::file(self.build.store, &stored(item))?)),
        }
    }

    /// Puts what is in archives in their place.
    fn unpack(&self, gathered: &mut Gathered) -> Result<(), Error> {
        for place in &gathered.archives {
            let picked = &mut gathered.sources.picked[*place];
            let entry = stored(&picked.top);
            let content = entry.content.map(|link| link.digest);
            let input = layer::file(self.build.store, &entry)?;
            let layer = archive::layer(&self.fetching(), content, input)?;
            let state = State { layers: vec![layer], history: vec![] };
            let view = View::of(self.build.store, &state.links())?;
            let all = [".".to_owned()];
            let found = copy::select(&Tree::View(&view), "the archive", &all, false, &[])?;
            for root in found.picked {
                *picked = Picked { unpacked: true, ..root };
            }
        }
        Ok(())
    }
}

/// Returns a file as an entry whose content is in the store.
fn stored(item: &Item) -> Entry {
    let mut entry = Entry::new(&item.path[..], item.kind, item.mode);
    entry.size = item.size();
    match &item.body {
        Body::Seen(seen, _) => entry.content = seen.content(),
        Body::Stored(Some(content), _) => {
            entry.content = Some(content.link);
            entry.sparse = content.sparse.clone().map(|map| Sparse { map: map.into_vec() });
        }
        Body::Stored(None, _) | Body::Bytes(_) | Body::Nothing => {}
    }
    entry
}
