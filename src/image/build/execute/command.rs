//! RUN as a step: the layers mounted, the command run in a container, and what it changed taken as a layer.

use std::collections::VecDeque;
use std::path::Path;

use super::mounts::Prepared;
use super::stage::{Made, Running};
use crate::base::Digest;
use crate::container::{self, Network, Spec, Status, Stream};
use crate::image::Error;
use crate::image::build;
use crate::image::build::cache::Key;
use crate::image::build::copy::find_runner;
use crate::image::build::plan::{Run, Step};
use crate::image::dockerfile;
use crate::image::layer::Maker;
use crate::image::rootfs::{self, Mounted, Stubs};

/// Of what a failed command wrote, so many lines are shown at the end.
const TAIL: usize = 25;

/// Of a step's output, so much is shown: as much as BuildKit shows.
const MAX_SHOWN: usize = 2 << 20;

/// What is shown instead of the rest.
const CLIPPED: &[u8] = b"\n[output clipped, log limit 2MiB reached]\n";

/// A line of output is kept up to here.
const MAX_LINE: usize = 2000;

impl Running<'_> {
    pub(super) fn command(&mut self, step: &Step, run: &Run, number: usize) -> Result<Made, Error> {
        let mut key = self.run_key(run);
        self.put_contents(&mut key, run)?;
        let key = key.finish();
        if let Some(made) = self.cached(&key)? {
            return Ok(made);
        }
        self.execute(step, run, number, key)
    }

    fn run_key(&self, run: &Run) -> Key {
        let mut key = Key::new("run");
        key.digest(self.state.id());
        let Run { args, env, cwd, user, network, security, devices, script, hostname, .. } = run;
        key.value(&(args, env, cwd, user, network, security));
        key.value(&(devices, script, hostname, self.build.options.epoch));
        key.value(&self.stage.platform);
        let hosts: Vec<&String> = self.build.options.hosts.iter().map(|(name, _)| name).collect();
        key.value(&hosts);
        for planned in &run.mounts {
            // What is in a cache, and whose turn it is there, does not count; nor does a secret.
            let mut mount = planned.mount.clone();
            mount.sharing = <_>::default();
            mount.from = None;
            if matches!(mount.kind, dockerfile::MountKind::Cache) {
                mount.id = None;
            }
            key.value(&mount);
        }
        key
    }

    /// Adds the content that the command finds in its mounts.
    fn put_contents(&self, key: &mut Key, run: &Run) -> Result<(), Error> {
        for mount in &run.mounts {
            if let Some(source) = mount.reads {
                key.digest(self.mounted_content(source, mount.mount.source.as_deref())?);
            }
        }
        Ok(())
    }

    fn execute(
        &mut self,
        step: &Step,
        run: &Run,
        number: usize,
        key: Digest,
    ) -> Result<Made, Error> {
        let store = self.build.store;
        let lowers = self.unpacked(&self.state.links())?;
        let mounted = Mounted::new(&lowers, &store.folder().join("cache/mounts"))?;
        let prepared = self.prepare(run)?;
        let spec = self.spec(run, mounted.path(), &prepared)?;
        self.contained(&spec, number)?;
        let mut stubs = Stubs::default();
        spec.mounts.iter().for_each(|mount| stubs.add(Path::new(&mount.target)));
        drop(prepared);
        let mut writer = store.writer()?;
        let mut maker = Maker::begin(&mut writer, self.build.options.epoch);
        rootfs::changes(&mounted, self.view()?, &stubs)?.write(&mut maker)?;
        let added = maker.finish()?;
        mounted.close()?;
        self.keep(writer, &added, &[key], &step.text)
    }

    pub(super) fn unpacked(&self, layers: &[crate::store::Link]) -> Result<rootfs::Lowers, Error> {
        let cache = self.build.store.folder().join("cache/layers");
        Ok(rootfs::unpack(self.build.store, layers, &cache, self.build.progress)?)
    }

    fn spec(&mut self, run: &Run, root: &Path, prepared: &Prepared) -> Result<Spec, Error> {
        let insecure = run.security == dockerfile::Security::Insecure;
        let mut env = run.env.clone();
        env.extend(run.proxy.iter().cloned());
        env.extend(prepared.env.iter().cloned());
        Ok(Spec {
            root: root.to_owned(),
            args: run.args.clone(),
            env,
            cwd: run.cwd.clone(),
            user: self.user(&run.user)?,
            hostname: run.hostname.clone().unwrap_or_else(|| "buildkitsandbox".to_owned()),
            network: match run.network {
                dockerfile::Network::None => Network::None,
                dockerfile::Network::Default | dockerfile::Network::Host => Network::Host,
            },
            hosts: self.build.options.hosts.clone(),
            mounts: prepared.mounts.clone(),
            security: container::Security { privileged: insecure, ..<_>::default() },
            ..Spec::default()
        })
    }

    fn user(&mut self, text: &str) -> Result<container::User, Error> {
        let store = self.build.store;
        let view = self.view()?;
        let (owner, groups) = find_runner(store, view, text)?;
        Ok(container::User { uid: owner.uid, gid: owner.gid, groups })
    }

    /// Runs the command; a failure comes with the end of what it wrote.
    fn contained(&self, spec: &Spec, number: usize) -> Result<(), Error> {
        let mut tail = Tail::default();
        let watch = self.build.watch;
        let mut shown = 0;
        let mut output = |stream: Stream, bytes: &[u8]| {
            tail.push(bytes);
            match shown + bytes.len() {
                _ if shown > MAX_SHOWN => return,
                all if all > MAX_SHOWN => watch.output(number, stream, CLIPPED),
                _ => watch.output(number, stream, bytes),
            }
            shown += bytes.len();
        };
        let cancelled = || (self.build.cancelled)() || self.board.has_failed();
        let exit = container::run(spec, &mut output, &cancelled)?;
        let how = match exit.status {
            Status::Code(0) => return Ok(()),
            Status::Code(code) => format!("exit code {code}"),
            Status::Signal(signal) => format!("signal {signal}"),
        };
        let how = if exit.out_of_memory { format!("{how}: out of memory") } else { how };
        Err(build::Error::Command { how, output: tail.lines() }.into())
    }
}

/// The last lines of what a command writes.
#[derive(Debug, Default)]
struct Tail {
    lines: VecDeque<Vec<u8>>,
    open: bool,
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !self.open {
                self.lines.push_back(vec![]);
            }
            if let Some(line) = self.lines.back_mut() {
                let room = MAX_LINE.saturating_sub(line.len()).min(piece.len());
                line.extend_from_slice(&piece[..room]);
            }
            self.open = !piece.ends_with(b"\n");
        }
        let surplus = self.lines.len().saturating_sub(TAIL);
        self.lines.drain(..surplus);
    }

    fn lines(&self) -> Vec<String> {
        let text = |line: &Vec<u8>| String::from_utf8_lossy(line).trim_end().to_owned();
        self.lines.iter().map(text).collect()
    }
}
