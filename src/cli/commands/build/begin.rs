//! What a build begins with: the Dockerfile, its context, and contexts by other names.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use mls::image::archive::{self, Input};
use mls::image::build::context::{self, Context, Folder, Given};
use mls::image::build::ignore::{self, Ignore};
use mls::image::build::plan::Wanted;
use mls::image::build::source::{Fetching, Origin, git};
use mls::image::build::state::State;
use mls::image::rootfs::View;
use mls::image::{Error, Image};
use mls::remote::registry::Reference;
use mls::store::Store;

use super::Args;
use crate::cli::error::{CommandError, Exit, of_io};

/// No Dockerfile, ignore file or secret is larger.
const MAX_FILE: u64 = 16 << 20;

/// The names of Dockerfiles, in the order in which they are looked for.
const NAMES: [&str; 3] = ["Dockerfile", "dockerfile", "Containerfile"];

/// What a build begins with.
pub(super) struct Beginning {
    pub(super) text: Vec<u8>,
    /// The Dockerfile as messages name it.
    pub(super) name: String,
    /// Nothing where the Dockerfile came alone.
    pub(super) context: Option<Context>,
    pub(super) ignore: Ignore,
    pub(super) named: Named,
}

/// `--build-context`, by name.
#[derive(Default)]
pub(super) struct Named {
    pub(super) contexts: BTreeMap<String, Context>,
    /// The image's own name.
    images: BTreeMap<String, String>,
    /// Out of a layout.
    loaded: BTreeMap<String, Image>,
}

impl Named {
    /// Returns all names.
    pub(super) fn names(&self) -> Vec<String> {
        let all = self.contexts.keys().chain(self.images.keys()).chain(self.loaded.keys());
        all.cloned().collect()
    }

    /// Returns the image that a name stands for, where it came out of a layout.
    pub(super) fn image(&self, name: &str) -> Option<&Image> {
        self.loaded.get(name)
    }

    /// Returns what is wanted under the name of the image that a named context stands for.
    pub(super) fn renamed(&self, wanted: &Wanted) -> Wanted {
        let name = self.images.get(&wanted.name).unwrap_or(&wanted.name).clone();
        Wanted { name, ..wanted.clone() }
    }
}

/// Gets all of it: reads folders and standard input, fetches what is elsewhere.
pub(super) struct Begin<'a> {
    pub(super) base: &'a Path,
    pub(super) args: &'a Args,
    pub(super) fetching: Fetching<'a>,
    pub(super) secrets: &'a BTreeMap<String, Vec<u8>>,
    /// Whether a repository that is the context keeps its `.git`, where the address does not say.
    pub(super) keep_git_dir: Option<bool>,
}

impl Begin<'_> {
    pub(super) fn all(&self) -> Result<Beginning, CommandError> {
        let mut beginning = self.main()?;
        beginning.named = self.named()?;
        Ok(beginning)
    }

    fn store(&self) -> &Store {
        self.fetching.store
    }

    /// Returns whether the Dockerfile is to be read from standard input, and its name otherwise.
    fn file(&self) -> (bool, Option<&Path>) {
        match self.args.file.as_deref() {
            Some(file) if file.as_os_str() == "-" => (true, None),
            other => (false, other),
        }
    }

    fn main(&self) -> Result<Beginning, CommandError> {
        let stdin = self.args.context.as_os_str() == OsStr::new("-");
        if stdin && self.file().0 {
            return Err(CommandError::usage("standard input cannot be context and Dockerfile"));
        }
        if stdin {
            let given = context::stream(&self.fetching, std::io::stdin())?;
            return self.elsewhere(given, "-");
        }
        let text = self.args.context.to_str().unwrap_or_default();
        match origin(text)? {
            Origin::Web(address) => {
                let given = context::from_web(&self.fetching, &address)?;
                self.elsewhere(given, &address)
            }
            Origin::Git(mut repository) => {
                repository.keep_git_dir = repository.keep_git_dir.or(self.keep_git_dir);
                let state = git::fetch(&self.fetching, &repository, self.secrets)?;
                self.elsewhere(Given::Layers(state), &repository.name())
            }
            Origin::Local => self.local(),
        }
    }

    fn local(&self) -> Result<Beginning, CommandError> {
        let place = self.base.join(&self.args.context);
        let meta = fs::metadata(&place).map_err(|error| unread(&place, error))?;
        let (from_input, named) = self.file();
        let named = named.map(|file| self.base.join(file));
        let (folder, file) = match meta.is_dir() {
            true => {
                let file = match named {
                    None if !from_input => Some(dockerfile_in(&place)?),
                    named => named,
                };
                (Some(place), file)
            }
            false => {
                let folder = place.parent().map(Path::to_owned);
                (folder, (!from_input).then(|| named.unwrap_or(place)))
            }
        };
        let (text, name) = match &file {
            None => (input()?, "-".to_owned()),
            Some(path) => (read(path)?, shown(self.base, path)),
        };
        let ignore = read_ignore(&ignore_file(folder.as_deref(), file.as_deref())?)?;
        let open = |folder: &PathBuf| Folder::open(self.store(), folder, ignore.clone());
        let context = folder.as_ref().map(open).transpose()?.map(Context::Folder);
        Ok(Beginning { text, name, context, ignore, named: Named::default() })
    }

    /// Begins with what came as a whole.
    fn elsewhere(&self, given: Given, place: &str) -> Result<Beginning, CommandError> {
        let state = match given {
            Given::Layers(state) => state,
            Given::Dockerfile(text) => {
                let (name, ignore) = (place.to_owned(), Ignore::default());
                let named = Named::default();
                return Ok(Beginning { text, name, context: None, ignore, named });
            }
        };
        let store = self.store();
        let view = View::of(store, &state.links()).map_err(Error::from)?;
        let read = |path: &str| -> Result<Option<Vec<u8>>, CommandError> {
            Ok(view.read(store, path.as_bytes(), MAX_FILE).map_err(Error::from)?)
        };
        let (from_input, named) = self.file();
        let named = named.map(|file| file.to_string_lossy().into_owned());
        let candidates = named.map_or(NAMES.map(str::to_owned).to_vec(), |file| vec![file]);
        let mut found =
            from_input.then(|| input().map(|text| (text, "-".to_owned()))).transpose()?;
        for name in candidates.iter().filter(|_| !from_input) {
            if found.is_none() {
                found = read(name)?.map(|text| (text, name.clone()));
            }
        }
        let Some((text, name)) = found else {
            let what = format!("no `{}` in `{place}`", candidates[0]);
            return Err(CommandError::new(Exit::NotFound, what)
                .hint("Name the Dockerfile as it is called there with `-f FILE`."));
        };
        let own = read(&format!("{name}.dockerignore"))?;
        let lines = own.map_or_else(|| read(".dockerignore"), |own| Ok(Some(own)))?;
        let ignore = read_ignore(&String::from_utf8_lossy(&lines.unwrap_or_default()))?;
        let context = Some(Context::Layers(context::without(store, state, &ignore)?));
        Ok(Beginning { text, name, context, ignore, named: Named::default() })
    }

    fn named(&self) -> Result<Named, CommandError> {
        let mut named = Named::default();
        for text in &self.args.contexts {
            let Some((name, place)) = text.split_once('=') else {
                return Err(CommandError::usage("a build context is written NAME=PLACE"));
            };
            let name = name.to_ascii_lowercase();
            if let Some(image) = place.strip_prefix("docker-image://") {
                named.images.insert(name, image.to_owned());
            } else if let Some(layout) = place.strip_prefix("oci-layout://") {
                named.loaded.insert(name, self.layout(layout)?);
            } else {
                named.contexts.insert(name, self.place(place)?);
            }
        }
        Ok(named)
    }

    fn place(&self, place: &str) -> Result<Context, CommandError> {
        let layers = |state: State| Ok(Context::Layers(state));
        match origin(place)? {
            Origin::Git(repository) => {
                layers(git::fetch(&self.fetching, &repository, self.secrets)?)
            }
            Origin::Web(address) => match context::from_web(&self.fetching, &address)? {
                Given::Layers(state) => layers(state),
                Given::Dockerfile(_) => {
                    let what = format!("`{address}` is no archive, which a build context is");
                    Err(CommandError::new(Exit::Failed, what))
                }
            },
            Origin::Local => match place.split_once("://") {
                Some((scheme, _)) => {
                    let what = format!("`{scheme}://` is no place for a build context");
                    Err(CommandError::usage(what).hint(PLACES))
                }
                None => {
                    let folder = self.base.join(place);
                    Ok(Context::Folder(Folder::open(self.store(), &folder, Ignore::default())?))
                }
            },
        }
    }

    /// Loads `FOLDER[:TAG][@DIGEST]` without a name in this store.
    fn layout(&self, text: &str) -> Result<Image, CommandError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (rest, None),
        };
        let path = self.base.join(path);
        fs::metadata(&path).map_err(|error| unread(&path, error))?;
        let loaded = archive::load_apart(self.store(), Input::Path(&path), self.fetching.progress)?;
        let only = loaded.len() == 1 && tag.is_none();
        let fits = |one: &archive::Loaded| match (digest, tag) {
            (Some(digest), _) => one.image.digest.to_string() == digest,
            (None, Some(tag)) => {
                one.reference.as_ref().and_then(Reference::tag).is_some_and(|own| own == tag)
            }
            (None, None) => {
                only || one.reference.as_ref().and_then(Reference::tag) == Some("latest")
            }
        };
        let found = loaded.into_iter().find(fits).map(|one| one.image);
        found.ok_or_else(|| {
            let what = format!("`{}` holds no such image, or more than one", text.escape_debug());
            CommandError::new(Exit::NotFound, what)
                .hint("Say which: `oci-layout://FOLDER:TAG`, or `oci-layout://FOLDER@sha256:…`.")
        })
    }
}

const PLACES: &str = "Name a folder, a repository, the URL of an archive, an image as `docker-image://IMAGE`, or a layout as `oci-layout://FOLDER`.";

fn origin(text: &str) -> Result<Origin, CommandError> {
    Origin::of_context(text).map_err(|reason| {
        CommandError::usage(format!("`{}` is no context: {reason}", text.escape_debug()))
    })
}

fn read_ignore(lines: &str) -> Result<Ignore, CommandError> {
    Ok(Ignore::new(ignore::lines(lines)).map_err(mls::image::build::Error::from)?)
}

fn dockerfile_in(folder: &Path) -> Result<PathBuf, CommandError> {
    let mut paths = NAMES.iter().map(|name| folder.join(name));
    paths.find(|path| path.is_file()).ok_or_else(|| {
        CommandError::new(Exit::NotFound, format!("no Dockerfile in `{}`", folder.display()))
            .hint("Name it with `-f FILE`.")
    })
}

/// `<Dockerfile>.dockerignore` goes before the one in the context.
fn ignore_file(folder: Option<&Path>, file: Option<&Path>) -> Result<String, CommandError> {
    let own = file.map(|file| {
        let mut name = file.as_os_str().to_owned();
        name.push(".dockerignore");
        PathBuf::from(name)
    });
    let common = folder.map(|folder| folder.join(".dockerignore"));
    let found = [own, common].into_iter().flatten().find(|path| path.is_file());
    let bytes = found.map(|path| read(&path)).transpose()?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a file of the user's; one that is no file, or too large, is refused.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let failed = |error| unread(path, error);
    let meta = fs::metadata(path).map_err(failed)?;
    // A pipe is what a shell gives for `<(…)`; it ends.
    if meta.is_dir() || meta.len() > MAX_FILE {
        return Err(too_large(path));
    }
    whole(path, fs::File::open(path).map_err(failed)?)
}

/// Reads to the end; more than a file may have is refused and not cut off.
fn whole(path: &Path, input: impl std::io::Read) -> Result<Vec<u8>, CommandError> {
    let mut bytes = vec![];
    input.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| unread(path, error))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(too_large(path)),
        false => Ok(bytes),
    }
}

fn too_large(path: &Path) -> CommandError {
    CommandError::usage(format!("`{}` is no file of at most 16 MiB", path.display()))
}

fn input() -> Result<Vec<u8>, CommandError> {
    whole(Path::new("-"), std::io::stdin().lock())
}

fn unread(path: &Path, error: std::io::Error) -> CommandError {
    let exit = of_io(&error);
    let cause = mls::store::Error::Io { action: "read", path: path.to_owned(), source: error };
    CommandError::new(exit, cause)
}

/// Returns a path as the user would write it.
fn shown(base: &Path, path: &Path) -> String {
    let path = path.strip_prefix(base).unwrap_or(path);
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
