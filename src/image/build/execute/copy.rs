//! COPY as a step, and what ADD shares with it.

use super::stage::{Made, Running};
use crate::base::Digest;
use crate::image::build;
use crate::image::build::cache::Key;
use crate::image::build::context::{Context, Folder, Listing};
use crate::image::build::copy::{self, Chmod, Placed, Placing, Sources};
use crate::image::build::plan::{Copy, Source, Step};
use crate::image::build::tree::{Body, Item, Tree};
use crate::image::layer::{Added, Entry, Maker, Sparse, Time};
use crate::image::{Error, rootfs};
use crate::store::Writer;

impl Running<'_> {
    pub(super) fn copy(&mut self, step: &Step, copy: &Copy) -> Result<Made, Error> {
        if let Some(add) = copy.add.as_ref().filter(|_| !copy.paths.is_empty()) {
            return self.add(step, copy, add);
        }
        match copy.source {
            Source::Stage(place) => self.copy_from_stage(step, copy, place),
            Source::Context => match self.build.context {
                Some(Context::Folder(folder)) => self.copy_from_folder(step, copy, folder),
                Some(context) => {
                    let state = context.state(self.build.store, self.build.progress)?;
                    let view = rootfs::View::of(self.build.store, &state.links())?;
                    self.copy_from_view(step, copy, &view, "the build context", None)
                }
                None => {
                    let view = rootfs::View::empty();
                    self.copy_from_view(step, copy, &view, "an empty build context", None)
                }
            },
        }
    }

    fn copy_from_stage(&mut self, step: &Step, copy: &Copy, place: usize) -> Result<Made, Error> {
        let other = self.board.finished(place);
        let mut key = self.key(copy);
        key.text("stage");
        key.digest(other.state.id());
        let fast = key.finish();
        if let Some(made) = self.cached(&fast)? {
            return Ok(made);
        }
        let view = other.view(self.build.store)?;
        let name = format!("stage `{}`", self.build.plan.stages[place].name);
        self.copy_from_view(step, copy, view, &name, Some(fast))
    }

    fn copy_from_view(
        &mut self,
        step: &Step,
        copy: &Copy,
        view: &rootfs::View,
        name: &str,
        fast: Option<Digest>,
    ) -> Result<Made, Error> {
        let tree = Tree::View(view);
        let sources = self.sources(&tree, name, copy)?;
        let key = self.content_key(copy, &sources);
        if let Some(made) = self.cached(&key)? {
            if let Some(fast) = fast {
                self.alias(fast, &made, &step.text)?;
            }
            return Ok(made);
        }
        let keys: Vec<Digest> = fast.into_iter().chain([key]).collect();
        let mut writer = self.build.store.writer()?;
        let added = self.layer(&mut writer, copy, &sources, None)?;
        self.keep(writer, &added, &keys, &step.text)
    }

    fn copy_from_folder(
        &mut self,
        step: &Step,
        copy: &Copy,
        folder: &Folder,
    ) -> Result<Made, Error> {
        let tree = Tree::Folder(folder);
        let sources = self.sources(&tree, "the build context", copy)?;
        let [seen, large] = folder.split(sources.seen());
        if !large.is_empty() {
            return self.copy_large(step, copy, folder, (&sources, &seen));
        }
        let mut begun = None;
        if folder.unread(&seen) > 0 {
            let mut writer = self.build.store.writer()?;
            folder.read(&mut writer, &seen, self.build.progress)?;
            begun = Some(writer);
        }
        let key = self.content_key(copy, &sources);
        if let Some(made) = self.cached(&key)? {
            return Ok(made);
        }
        let mut writer = match begun {
            Some(writer) => writer,
            None => {
                let mut writer = self.build.store.writer()?;
                // What is known may have been collected meanwhile.
                folder.read(&mut writer, &seen, self.build.progress)?;
                writer
            }
        };
        let added = self.layer(&mut writer, copy, &sources, Some(folder))?;
        self.keep(writer, &added, &[key], &step.text)
    }

    /// Copies where large files have not been read: this is done once, into the layer. What it is known by comes afterwards.
    fn copy_large(
        &mut self,
        step: &Step,
        copy: &Copy,
        folder: &Folder,
        (sources, small): (&Sources, &Listing),
    ) -> Result<Made, Error> {
        let mut writer = self.build.store.writer()?;
        folder.read(&mut writer, small, self.build.progress)?;
        let added = self.layer(&mut writer, copy, sources, Some(folder))?;
        let key = self.content_key(copy, sources);
        match self.cached(&key)? {
            Some(made) => Ok(made),
            None => self.keep(writer, &added, &[key], &step.text),
        }
    }

    /// Finds what is copied: files of the tree, and those that the Dockerfile holds itself.
    fn sources(&self, tree: &Tree<'_>, name: &str, copy: &Copy) -> Result<Sources, Error> {
        let mut sources = match copy.paths.is_empty() {
            true => Sources::default(),
            false => copy::select(tree, name, &copy.paths, copy.parents, &copy.exclude)?,
        };
        self.put_inline(copy, &mut sources);
        Ok(sources)
    }

    /// Adds the files that the Dockerfile holds itself.
    pub(super) fn put_inline(&self, copy: &Copy, sources: &mut Sources) {
        for heredoc in &copy.inline {
            let bytes = heredoc.content.clone().into_bytes();
            let item = Item::file(&heredoc.name, 0o644, Time::default(), bytes);
            sources.picked.push(item.into());
        }
    }

    /// Begins the key of a copy: all but what is copied.
    pub(super) fn key(&self, copy: &Copy) -> Key {
        let mut key = Key::new("copy");
        match copy.link {
            true => key.text("link"),
            false => key.digest(self.state.id()),
        }
        let Copy { paths, destination, chown, chmod, link, parents, exclude, add, .. } = copy;
        let inline: Vec<_> = copy.inline.iter().map(|file| (&file.name, &file.content)).collect();
        key.value(&(paths, inline, destination, chown, chmod));
        key.value(&(link, parents, exclude, add, self.build.options.epoch));
        key
    }

    fn content_key(&self, copy: &Copy, sources: &Sources) -> Digest {
        let mut key = self.key(copy);
        key.text("content");
        key.digest(sources.digest());
        key.finish()
    }

    /// Makes the layer. Files on disk have been read by this writer, or are in the store.
    pub(super) fn layer(
        &mut self,
        writer: &mut Writer<'_>,
        copy: &Copy,
        sources: &Sources,
        folder: Option<&Folder>,
    ) -> Result<Added, Error> {
        let placed = self.placed(copy, sources)?;
        let mut maker = Maker::begin(writer, self.build.options.epoch);
        for (entry, body) in placed.sorted() {
            write(&mut maker, entry, body, folder)?;
        }
        Ok(maker.finish()?)
    }

    fn placed(&mut self, copy: &Copy, sources: &Sources) -> Result<Placed, Error> {
        let store = self.build.store;
        let chmod = match &copy.chmod {
            Some(text) => {
                Some(Chmod::parse(text).ok_or_else(|| build::Error::BadMode(text.clone()))?)
            }
            None => None,
        };
        let many = sources.picked.len() > 1;
        let is_folder = copy.destination.ends_with('/');
        if many && !is_folder && copy.paths.len() + copy.inline.len() > 1 {
            return Err(build::Error::NotOneSource(sources.picked.len()).into());
        }
        let view = self.view()?;
        let owner = copy.chown.as_ref().map(|text| copy::find_owner(store, view, text));
        let placing = Placing {
            destination: &copy.destination,
            owner: owner.transpose()?,
            chmod,
            link: copy.link,
            many,
        };
        let mut placed = Placed::default();
        for picked in &sources.picked {
            copy::place(view, picked, &placing, &mut placed)?;
        }
        Ok(placed)
    }
}

/// Puts one entry into a layer, with its content.
pub(in crate::image::build) fn write(
    maker: &mut Maker<'_, '_>,
    mut entry: Entry,
    body: Body,
    folder: Option<&Folder>,
) -> Result<(), Error> {
    match (body, folder) {
        (Body::Bytes(bytes), _) => drop(maker.file(&entry, &bytes[..])?),
        (Body::Stored(Some(content), _), _) => {
            entry.content = Some(content.link);
            entry.sparse = content.sparse.map(|map| Sparse { map: map.into_vec() });
            maker.stored(&entry)?;
        }
        (Body::Seen(seen, path), Some(folder)) if entry.size > 0 => {
            let Some(link) = seen.content() else {
                return folder.take(maker, &entry, &seen, &path);
            };
            match maker.writer().wrote(&link) {
                // What is not committed cannot be read from the store; that it still is the same is checked.
                true => {
                    let found = maker.file(&entry, folder.file(&path)?)?;
                    if found.is_some_and(|found| found != link) {
                        let path = folder.full(&path);
                        return Err(crate::store::Error::ChangedWhileRead(path).into());
                    }
                }
                false => {
                    entry.content = Some(link);
                    maker.stored(&entry)?;
                }
            }
        }
        _ => maker.stored(&entry)?,
    }
    Ok(())
}
