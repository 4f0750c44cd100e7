//! An image becomes a container: what the image says and what the user says, put together; layers unpacked and mounted.
//!
//! ```text
//! image + Options ──► create   containers/<id>: its config; what it holds is kept by gc, whatever becomes of the name
//! container       ──► start    layers in the cache ─► overlay at containers/<id>/root ─► a supervisor
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use crate::base::Progress;
use crate::container::copy::Root;
use crate::container::{
    Claim, Config as Asked, Connection, Container, Containers, LogLimits, Mount, Network, Port,
    Restart, Source, Spec, Start, Started, User, Volume,
};
use crate::image::catalog::{self, Found};
use crate::image::config::Settings;
use crate::image::platform::Platform;
use crate::image::rootfs::{self, Lowers, Stubs, Upper};
use crate::image::{Error, Image};
use crate::store::{Link, Store};

/// An image that wants more folders of the machine means no good.
const MAX_VOLUMES: usize = 1000;

/// What the user says of a container; nothing where the image is to say it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub name: Option<String>,
    /// What the image is called in listings.
    pub image: String,
    pub platform: Option<Platform>,
    pub entrypoint: Option<Vec<String>>,
    pub command: Vec<String>,
    /// `NAME=value`, later ones first in effect.
    pub env: Vec<String>,
    pub cwd: Option<String>,
    pub user: Option<String>,
    pub groups: Vec<String>,
    pub hostname: Option<String>,
    /// On the host's network a container has the host's name.
    pub host_name: String,
    pub labels: BTreeMap<String, String>,
    /// Whether every port that the image exposes is published.
    pub publish_all: bool,
    pub volumes: Vec<Volume>,
    pub terminal: bool,
    pub open_input: bool,
    pub stop_signal: Option<i32>,
    pub stop_timeout: Option<i64>,
    pub restart: Restart,
    pub auto_remove: bool,
    pub log: LogLimits,
    /// The rest: network, limits, mounts, rights.
    pub spec: Spec,
}

/// Where Docker looks for programs where an image does not say.
pub(super) const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Seconds, as Docker.
const STOP_TIMEOUT: i64 = 10;

/// Returns the containers of a store.
pub fn containers(store: &Store) -> Containers {
    Containers::new(store.folder().join("containers"))
}

/// Makes a container of an image. It does not run.
pub fn create(store: &Store, found: &Found, options: Options) -> Result<Container, Error> {
    // Until the container itself holds the image, this does.
    let writer = store.writer()?;
    let asked = plan(store, found, options)?;
    let object = found.link.digest;
    let container = containers(store).create(asked, |asked, folder| {
        finish(asked);
        crate::base::fs::write_derived(&folder.join("holds"), format!("{object}\n").as_bytes())
    })?;
    drop(writer);
    Ok(container)
}

/// Returns what [`create`] makes, but for what goes by the id.
pub fn plan(store: &Store, found: &Found, options: Options) -> Result<Asked, Error> {
    let platform = options.platform.clone().unwrap_or_else(Platform::host);
    let image = catalog::select(store, &found.image, &platform)?;
    let settings = catalog::config_of(store, &image)?.config;
    let image_id = catalog::id(store, &image)?.to_string();
    asked(&settings, options, store.now(), image_id, &platform)
}

/// Adds what goes by the id.
fn finish(asked: &mut Asked) {
    if asked.spec.hostname.is_empty() {
        asked.spec.hostname = asked.id[..12].to_owned();
    }
    let hostname = format!("HOSTNAME={}", asked.spec.hostname);
    if !asked.spec.env.iter().any(|line| line.starts_with("HOSTNAME=")) {
        asked.spec.env.push(hostname);
    }
}

/// Publishes what the image exposes and nobody has published yet.
fn publish(settings: &Settings, spec: &mut Spec) -> Result<(), Error> {
    for text in settings.exposed_ports.keys() {
        for port in Port::exposed(text)? {
            let is_it =
                |one: &Port| (one.container, one.protocol) == (port.container, port.protocol);
            if !spec.ports.iter().any(is_it) {
                spec.ports.push(port);
            }
        }
    }
    Ok(())
}

/// Returns the groups that devices need.
fn numbers(spec: &Spec) -> Vec<String> {
    spec.user.groups.iter().map(u32::to_string).collect()
}

fn asked(
    settings: &Settings,
    options: Options,
    created: i64,
    image_id: String,
    platform: &Platform,
) -> Result<Asked, Error> {
    let (entrypoint, command) = command(settings, &options);
    let mut spec = options.spec.clone();
    spec.args = entrypoint.iter().chain(&command).cloned().collect();
    if spec.args.is_empty() {
        return Err(Error::NoCommand(options.image));
    }
    // What devices want to be known.
    let of_devices = std::mem::take(&mut spec.env);
    spec.env = env(settings, &options);
    spec.env.extend(of_devices);
    if options.publish_all {
        publish(settings, &mut spec)?;
    }
    spec.cwd = options.cwd.unwrap_or_else(|| settings.working_dir.clone());
    if spec.cwd.is_empty() {
        "/".clone_into(&mut spec.cwd);
    }
    spec.hostname = match (options.hostname, spec.network) {
        (Some(name), _) => name,
        (None, Network::Host) => options.host_name,
        (None, _) => String::new(),
    };
    spec.accounted = true;
    let stop_signal = match options.stop_signal {
        Some(signal) => signal,
        None => match settings.stop_signal.as_deref() {
            Some(text) if !text.is_empty() => signal(text).ok_or_else(|| {
                Error::BadConfig(format!("`{}` is no signal", text.escape_debug()))
            })?,
            _ => libc::SIGTERM,
        },
    };
    let mut labels = settings.labels.clone();
    labels.extend(options.labels);
    Ok(Asked {
        name: options.name.unwrap_or_default(),
        created,
        image: options.image,
        image_id,
        user: options.user.unwrap_or_else(|| settings.user.clone()),
        groups: options.groups.into_iter().chain(numbers(&spec)).collect(),
        entrypoint,
        command,
        labels,
        exposed: settings.exposed_ports.keys().cloned().collect(),
        platform: platform.to_string(),
        terminal: options.terminal,
        open_input: options.open_input,
        stop_signal,
        stop_timeout: options.stop_timeout.or(settings.stop_timeout).unwrap_or(STOP_TIMEOUT),
        restart: options.restart,
        auto_remove: options.auto_remove,
        volumes: volumes(settings, &spec, options.volumes)?,
        log: options.log,
        spec,
        ..Asked::default()
    })
}

/// An entry point of the user's does away with the image's command.
fn command(settings: &Settings, options: &Options) -> (Vec<String>, Vec<String>) {
    match &options.entrypoint {
        Some(entrypoint) => (entrypoint.clone(), options.command.clone()),
        None => {
            let entrypoint = settings.entrypoint.clone().unwrap_or_default();
            let command = match options.command.is_empty() {
                true => settings.cmd.clone().unwrap_or_default(),
                false => options.command.clone(),
            };
            (entrypoint, command)
        }
    }
}

fn env(settings: &Settings, options: &Options) -> Vec<String> {
    let mut env = Variables::default();
    env.set(PATH);
    if options.terminal {
        env.set("TERM=xterm");
    }
    // A line without `=` in an image says nothing; one of the user's takes a variable away.
    settings.env.iter().filter(|line| line.contains('=')).for_each(|line| env.set(line));
    for line in &options.env {
        match line.contains('=') {
            true => env.set(line),
            false => env.remove(line),
        }
    }
    env.lines.into_iter().flatten().collect()
}

/// Lines such as `PATH=/bin`, one for each name: images may have a hundred thousand.
#[derive(Default)]
struct Variables {
    lines: Vec<Option<String>>,
    places: HashMap<String, usize>,
}

impl Variables {
    fn set(&mut self, line: &str) {
        let name = line.split('=').next().unwrap_or_default();
        match self.places.get(name) {
            Some(place) => self.lines[*place] = Some(line.to_owned()),
            None => {
                self.places.insert(name.to_owned(), self.lines.len());
                self.lines.push(Some(line.to_owned()));
            }
        }
    }

    fn remove(&mut self, name: &str) {
        if let Some(place) = self.places.remove(name) {
            self.lines[place] = None;
        }
    }
}

/// Adds a volume without a name for each place that the image wants one at and the user gives none for.
fn volumes(
    settings: &Settings,
    spec: &Spec,
    mut volumes: Vec<Volume>,
) -> Result<Vec<Volume>, Error> {
    let count = settings.volumes.len();
    if count > MAX_VOLUMES {
        let reason = format!("it wants {count} volumes, and {MAX_VOLUMES} at most are made");
        return Err(Error::BadConfig(reason));
    }
    let clean = |path: &str| format!("/{}", path.trim_matches('/'));
    let mounts = spec.mounts.iter().map(|mount| &mount.target);
    let given = mounts.chain(volumes.iter().map(|volume| &volume.target));
    let mut known: HashSet<String> = given.map(|target| clean(target)).collect();
    for target in settings.volumes.keys().filter(|target| target.starts_with('/')) {
        let target = clean(target);
        if known.insert(target.clone()) {
            volumes.push(Volume { target, anonymous: true, copy: true, ..Volume::default() });
        }
    }
    for volume in volumes.iter_mut().filter(|volume| volume.name.is_empty()) {
        volume.name = crate::container::random_id();
    }
    Ok(volumes)
}

/// Reads the name or number of a signal: `TERM`, `SIGTERM`, `15`, `RTMIN+3`.
pub fn signal(text: &str) -> Option<i32> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Ok(number) = name.parse::<i32>() {
        return (1..=64).contains(&number).then_some(number);
    }
    if let Some(rest) = name.strip_prefix("RTMIN") {
        let offset = if rest.is_empty() { 0 } else { rest.strip_prefix('+')?.parse().ok()? };
        return (0..=30).contains(&offset).then_some(34 + offset);
    }
    let known = SIGNALS.iter().find(|(known, _)| *known == name);
    known.map(|(_, number)| *number)
}

const SIGNALS: [(&str, i32); 30] = [
    ("HUP", libc::SIGHUP),
    ("INT", libc::SIGINT),
    ("QUIT", libc::SIGQUIT),
    ("ILL", libc::SIGILL),
    ("TRAP", libc::SIGTRAP),
    ("ABRT", libc::SIGABRT),
    ("BUS", libc::SIGBUS),
    ("FPE", libc::SIGFPE),
    ("KILL", libc::SIGKILL),
    ("USR1", libc::SIGUSR1),
    ("SEGV", libc::SIGSEGV),
    ("USR2", libc::SIGUSR2),
    ("PIPE", libc::SIGPIPE),
    ("ALRM", libc::SIGALRM),
    ("TERM", libc::SIGTERM),
    ("STKFLT", libc::SIGSTKFLT),
    ("CHLD", libc::SIGCHLD),
    ("CONT", libc::SIGCONT),
    ("STOP", libc::SIGSTOP),
    ("TSTP", libc::SIGTSTP),
    ("TTIN", libc::SIGTTIN),
    ("TTOU", libc::SIGTTOU),
    ("URG", libc::SIGURG),
    ("XCPU", libc::SIGXCPU),
    ("XFSZ", libc::SIGXFSZ),
    ("VTALRM", libc::SIGVTALRM),
    ("PROF", libc::SIGPROF),
    ("WINCH", libc::SIGWINCH),
    ("IO", libc::SIGIO),
    ("PWR", libc::SIGPWR),
];

/// Starts a container that does not run. The process must be one that may mount: see
/// [`crate::container::enter_namespace`].
pub fn start(
    store: &Store,
    container: &Container,
    mut start: Start,
    progress: &dyn Progress,
) -> Result<(Started, Connection), Error> {
    let claim = container.claim()?;
    let config = container.config()?;
    let lowers = unpacked(store, container, &config, progress)?;
    let upper = if config.auto_remove { Upper::Derived } else { Upper::Kept };
    rootfs::mount_in(&lowers, container.folder(), upper)?;
    let mut spec = config.spec.clone();
    spec.root = absolute(&container.folder().join("root"));
    spec.user = user(&spec.root, &config)?;
    for volume in &config.volumes {
        let folder = filled(store, volume, &spec.root)?;
        if volume.anonymous {
            start.own_volumes.push(folder.display().to_string());
        }
        spec.mounts.push(Mount {
            target: volume.target.clone(),
            source: Source::Bind(folder),
            read_only: volume.read_only,
        });
    }
    Ok(container.start(claim, &config, spec, start)?)
}

/// The files of a container that does not run are mounted for as long as this lives, and nobody starts or removes it.
#[derive(Debug)]
pub struct Opened {
    _claim: Claim,
    _lowers: Lowers,
}

/// Mounts the files of a container that does not run, with its volumes and what else of this machine it sees. The process
/// must be one that may mount, with mounts of its own: they go with it.
pub fn open(
    store: &Store,
    container: &Container,
    progress: &dyn Progress,
) -> Result<(Opened, Root), Error> {
    let claim = container.claim()?;
    let config = container.config()?;
    let lowers = unpacked(store, container, &config, progress)?;
    let upper = if config.auto_remove { Upper::Derived } else { Upper::Kept };
    rootfs::mount_in(&lowers, container.folder(), upper)?;
    let path = absolute(&container.folder().join("root"));
    let root = Root::at(&path)?;
    for mount in &config.spec.mounts {
        if let Source::Bind(source) = &mount.source {
            root.show(source, &mount.target, mount.read_only)?;
        }
    }
    for volume in &config.volumes {
        root.show(&filled(store, volume, &path)?, &volume.target, volume.read_only)?;
    }
    Ok((Opened { _claim: claim, _lowers: lowers }, root))
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Returns the layers of a container's image as folders, by what the container holds: its name may be another's by now.
pub fn unpacked(
    store: &Store,
    container: &Container,
    config: &Asked,
    progress: &dyn Progress,
) -> Result<Lowers, Error> {
    let layers = layers(store, container, config)?;
    Ok(rootfs::unpack(store, &layers, &store.folder().join("cache/layers"), progress)?)
}

/// Returns the layers of a container's image, lowest first.
pub fn layers(store: &Store, container: &Container, config: &Asked) -> Result<Vec<Link>, Error> {
    catalog::layers(store, &image(store, container, config)?)
}

/// Returns the image that a container was made of.
pub fn image(store: &Store, container: &Container, config: &Asked) -> Result<Image, Error> {
    let path = container.folder().join("holds");
    let failed =
        |source| crate::container::Error::Io { action: "read", path: path.clone(), source };
    let held = std::fs::read_to_string(&path).map_err(failed)?;
    let digest = held.lines().next().and_then(|line| line.parse().ok());
    let broken = || failed(std::io::ErrorKind::InvalidData.into());
    let image: Image = store.read_node(&Link::node(digest.ok_or_else(broken)?))?;
    let platform = Platform::parse(&config.platform, &Platform::host());
    catalog::select(store, &image, &platform.unwrap_or_else(Platform::host))
}

/// Returns what is made in a container to mount upon: no change of its own.
pub fn stubs(config: &Asked) -> Stubs {
    let mut stubs = Stubs::default();
    let mounts = config.spec.mounts.iter().map(|mount| &mount.target);
    let volumes = config.volumes.iter().map(|volume| &volume.target);
    mounts.chain(volumes).for_each(|target| stubs.add(Path::new(target)));
    stubs
}

/// Looks the user up where its names mean something.
fn user(root: &Path, config: &Asked) -> Result<User, Error> {
    let mut user = User::find(root, &config.user)?.user;
    for group in &config.groups {
        let group = User::find(root, &format!("0:{group}"))?.user.gid;
        user.groups.push(group);
    }
    Ok(user)
}

/// Returns the folder of a volume; one that is new, or empty, gets what the image has in its place.
fn filled(store: &Store, volume: &Volume, root: &Path) -> Result<std::path::PathBuf, Error> {
    let volumes = crate::container::Volumes::new(store.folder().join("volumes"));
    let known = volumes.create(&volume.name, volume.anonymous, store.now())?;
    if volume.copy {
        known.fill(root, &volume.target)?;
    }
    Ok(absolute(&known.folder()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_known_by_name_and_number() {
        for (text, number) in [
            ("TERM", Some(15)),
            ("sigterm", Some(15)),
            ("9", Some(9)),
            ("SIGRTMIN+3", Some(37)),
            ("RTMIN", Some(34)),
            ("0", None),
            ("65", None),
            ("-1", None),
            ("SIGNONE", None),
            ("", None),
        ] {
            assert_eq!(signal(text), number, "{text}");
        }
    }

    #[test]
    fn what_the_user_says_goes_before_what_the_image_says() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let settings = Settings {
            entrypoint: Some(words(&["/e"])),
            cmd: Some(words(&["c", "d"])),
            env: words(&["A=1", "B=2", "broken"]),
            ..Settings::default()
        };
        let both = |options: &Options| command(&settings, options);
        let mut options = Options::default();
        assert_eq!(both(&options), (words(&["/e"]), words(&["c", "d"])));
        options.command = words(&["x"]);
        assert_eq!(both(&options), (words(&["/e"]), words(&["x"])));
        options.entrypoint = Some(words(&["/f"]));
        options.command.clear();
        assert_eq!(both(&options), (words(&["/f"]), vec![]));
        options.env = words(&["A=3", "C=4", "B"]);
        assert_eq!(env(&settings, &options), words(&[PATH, "A=3", "C=4"]) as Vec<String>);
    }
}
