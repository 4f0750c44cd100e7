//! What `RUN --mount` shows to a command: nothing of it is in the layer, and nothing of the host is in reach of it.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;

use super::stage::Running;
use crate::base::{self, Digest};
use crate::container::{Mount, Source as Place};
use crate::image::Error;
use crate::image::build;
use crate::image::build::cache::{Key, lock};
use crate::image::build::context::Context;
use crate::image::build::copy;
use crate::image::build::plan::{PlannedMount, Run, Source};
use crate::image::build::shelves;
use crate::image::build::tree::Tree;
use crate::image::dockerfile::{MountKind, Sharing};
use crate::image::rootfs::{Mounted, View};
use crate::store::Link;

/// So many private copies of a cache are kept.
const MAX_PRIVATE: usize = 64;

/// Mounts that are ready, and what must stay until the command is over.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) mounts: Vec<Mount>,
    /// Variables that go with them.
    pub(super) env: Vec<String>,
    held: Vec<Mounted>,
    locks: Vec<File>,
}

impl Running<'_> {
    /// Returns a digest of what a mount shows.
    pub(super) fn mounted_content(
        &self,
        source: Source,
        path: Option<&str>,
    ) -> Result<Digest, Error> {
        let path = [path.unwrap_or("/").to_owned()];
        let digest = |tree: &Tree<'_>, name: &str| copy::select(tree, name, &path, false, &[]);
        let context = match source {
            Source::Stage(place) => {
                let other = self.board.finished(place);
                let tree = Tree::View(other.view(self.build.store)?);
                return Ok(digest(&tree, "the stage")?.digest());
            }
            Source::Context => self.build.context,
        };
        match context {
            Some(Context::Folder(folder)) => {
                let sources = digest(&Tree::Folder(folder), "the build context")?;
                let seen = sources.seen();
                if folder.unread(&seen) > 0 {
                    let mut writer = self.build.store.writer()?;
                    folder.read(&mut writer, &seen, self.build.progress)?;
                }
                Ok(sources.digest())
            }
            _ => {
                let view = View::of(self.build.store, &self.source_layers(source)?)?;
                Ok(digest(&Tree::View(&view), "the build context")?.digest())
            }
        }
    }

    /// Returns the layers of what a mount reads.
    fn source_layers(&self, source: Source) -> Result<Vec<Link>, Error> {
        let state = match (source, self.build.context) {
            (Source::Stage(place), _) => self.board.finished(place).state.clone(),
            (Source::Context, Some(context)) => {
                context.state(self.build.store, self.build.progress)?
            }
            (Source::Context, None) => build::state::State::default(),
        };
        Ok(state.links())
    }

    pub(super) fn prepare(&self, run: &Run) -> Result<Prepared, Error> {
        let mut prepared = Prepared::default();
        for mount in &run.mounts {
            self.mount(mount, &mut prepared)?;
        }
        if let Some(script) = &run.script {
            prepared.mounts.push(Mount {
                target: format!("/dev/pipes/{}", script.name),
                source: Place::File {
                    bytes: script.content.clone().into_bytes(),
                    mode: 0o755,
                    uid: 0,
                    gid: 0,
                },
                read_only: true,
            });
        }
        Ok(prepared)
    }

    fn mount(&self, planned: &PlannedMount, prepared: &mut Prepared) -> Result<(), Error> {
        let mount = &planned.mount;
        let target = mount.target.clone().unwrap_or_default();
        let source = match mount.kind {
            MountKind::Bind => {
                let source = planned.reads.unwrap_or(Source::Context);
                let root = self.shown(source, prepared)?;
                Place::Beneath {
                    root,
                    path: mount.source.clone().unwrap_or_else(|| "/".to_owned()),
                }
            }
            MountKind::Cache => {
                let root = self.cache_folder(planned, prepared)?;
                Place::Beneath { root, path: "/".to_owned() }
            }
            MountKind::Tmpfs => {
                let mode = mount.mode.unwrap_or(0o1777);
                Place::Memory { size: mount.size, mode, no_programs: false }
            }
            MountKind::Secret => return self.secret(planned, prepared),
            MountKind::Ssh => return self.agent(planned, prepared),
        };
        prepared.mounts.push(Mount { target, source, read_only: mount.read_only });
        Ok(())
    }

    /// Mounts what a stage or the context holds, with a fresh folder on top that takes what is written there.
    fn shown(&self, source: Source, prepared: &mut Prepared) -> Result<PathBuf, Error> {
        let lowers = self.unpacked(&self.source_layers(source)?)?;
        let mounted = Mounted::new(&lowers, &self.build.store.folder().join("cache/mounts"))?;
        let root = mounted.path().to_owned();
        prepared.held.push(mounted);
        Ok(root)
    }

    fn cache_folder(
        &self,
        planned: &PlannedMount,
        prepared: &mut Prepared,
    ) -> Result<PathBuf, Error> {
        let mount = &planned.mount;
        let id = mount.id.as_deref().or(mount.target.as_deref()).unwrap_or_default();
        let mut key = Key::new("cache mount");
        key.text(id);
        key.value(&self.stage.platform);
        let (folder, held) = shelves::hold(self.build.store, &key.finish())?;
        prepared.locks.push(held);
        fs::create_dir_all(&folder).map_err(build::Error::io("make", &folder))?;
        let (number, lock) = match mount.sharing {
            Sharing::Shared => (0, None),
            Sharing::Locked => (0, Some(lock(&folder.join("0.lock"), self.build.cancelled)?)),
            Sharing::Private => private(&folder)?,
        };
        prepared.locks.extend(lock);
        let path = folder.join(number.to_string());
        if !path.exists() {
            make_cache(&path, planned, |from| self.fill(planned, from))?;
        }
        Ok(path)
    }

    /// Copies what a cache begins with, where it begins with something.
    fn fill(&self, planned: &PlannedMount, to: &Path) -> Result<(), Error> {
        let Some(source) = planned.reads else { return Ok(()) };
        let view = View::of(self.build.store, &self.source_layers(source)?)?;
        let path = planned.mount.source.as_deref().unwrap_or("/");
        let placed = copy::placed_below(&view, path)?;
        let mut writer = self.build.store.writer()?;
        let mut maker = crate::image::layer::Maker::begin(&mut writer, None);
        for (entry, body) in placed.sorted() {
            super::copy::write(&mut maker, entry, body, None)?;
        }
        let added = maker.finish()?;
        writer.commit(vec![])?;
        let lowers = self.unpacked(&[added.link])?;
        let mounted = Mounted::new(&lowers, &self.build.store.folder().join("cache/mounts"))?;
        copy_tree(mounted.path(), to).map_err(build::Error::io("fill", to))?;
        Ok(mounted.close()?)
    }

    fn secret(&self, planned: &PlannedMount, prepared: &mut Prepared) -> Result<(), Error> {
        let mount = &planned.mount;
        let id = mount.id.clone().unwrap_or_default();
        let Some(bytes) = self.build.options.secrets.get(&id) else {
            return match mount.required {
                true => Err(build::Error::NoSecret(id).into()),
                false => Ok(()),
            };
        };
        if let Some(name) = &mount.env {
            prepared.env.push(format!("{name}={}", String::from_utf8_lossy(bytes)));
        }
        if mount.env.is_none() || mount.target.is_some() {
            let source = Place::File {
                bytes: bytes.clone(),
                mode: mount.mode.unwrap_or(0o400),
                uid: mount.uid.unwrap_or(0),
                gid: mount.gid.unwrap_or(0),
            };
            let target = mount.target.clone().unwrap_or_else(|| format!("/run/secrets/{id}"));
            prepared.mounts.push(Mount { target, source, read_only: true });
        }
        Ok(())
    }

    fn agent(&self, planned: &PlannedMount, prepared: &mut Prepared) -> Result<(), Error> {
        let mount = &planned.mount;
        let id = mount.id.clone().unwrap_or_else(|| "default".to_owned());
        let Some(socket) = self.build.options.agents.get(&id) else {
            return match mount.required {
                true => Err(build::Error::NoAgent(id).into()),
                false => Ok(()),
            };
        };
        let number = prepared.mounts.iter().filter(|one| one.target.contains("ssh_agent")).count();
        let target =
            mount.target.clone().unwrap_or_else(|| format!("/run/buildkit/ssh_agent.{number}"));
        prepared.env.push(format!("SSH_AUTH_SOCK={target}"));
        let source = Place::Bind(socket.clone());
        prepared.mounts.push(Mount { target, source, read_only: false });
        Ok(())
    }
}

/// Takes the first copy of a cache that nobody uses.
fn private(folder: &Path) -> Result<(usize, Option<File>), Error> {
    for number in 1..MAX_PRIVATE {
        let file = open_lock(&folder.join(format!("{number}.lock")))?;
        if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return Ok((number, Some(file)));
        }
    }
    let busy = std::io::Error::from(std::io::ErrorKind::ResourceBusy);
    Err(build::Error::io("lock", folder)(busy).into())
}

fn open_lock(path: &Path) -> Result<File, Error> {
    let options = File::options().read(true).write(true).create(true).truncate(false).open(path);
    Ok(options.map_err(build::Error::io("open", path))?)
}

/// Makes the folder of a cache: whole, or not at all.
fn make_cache(
    path: &Path,
    planned: &PlannedMount,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |error| Error::from(build::Error::io("make", path)(error));
    let parent = path.parent().unwrap_or(path);
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(parent).map_err(failed)?;
    fill(new.path())?;
    let mode = planned.mount.mode.unwrap_or(0o755);
    fs::set_permissions(new.path(), fs::Permissions::from_mode(mode)).map_err(failed)?;
    chown(new.path(), planned.mount.uid, planned.mount.gid).map_err(failed)?;
    match base::fs::rename(new.path(), path) {
        Ok(()) => drop(new.keep()),
        // Another build was first.
        Err(_) if path.exists() => {}
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

/// Copies a folder that nobody else has: `cp` keeps owners, links and attributes.
fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    let status = std::process::Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status()?;
    match status.success() {
        true => Ok(()),
        false => Err(std::io::Error::other("cp failed")),
    }
}
