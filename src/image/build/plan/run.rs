//! RUN and its mounts.

use std::collections::HashSet;

use super::arguments::proxies;
use super::history;
use super::settings::joined;
use super::stage::{Done, Maker};
use super::value::{Action, PlannedMount, Run, Script, Source};
use crate::image::dockerfile::{
    self, Command, Error, Instruction, Mount, MountFlag, MountKind, Network, Security,
};

impl Maker<'_> {
    pub(super) fn run(&mut self, one: &Instruction, run: &dockerfile::Run) -> Result<Done, Error> {
        self.check_rights(one, run)?;
        let mut mounts = vec![];
        for flag in &run.mounts {
            let mount = self.mount(one, flag, &mounts)?;
            mounts.push(mount);
        }
        let (args, script) = self.command_line(run);
        let told = self.told(&args);
        self.state.lines += self.state.variables.len();
        let network = match run.network {
            Network::Default => self.options.network,
            other => other,
        };
        let hostname = self.options.build_args.get("BUILDKIT_SANDBOX_HOSTNAME");
        let run = Run {
            args,
            env: self
                .state
                .variables
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
            proxy: proxies(self.options),
            cwd: self.state.cwd().to_owned(),
            user: self.state.config.config.user.clone(),
            network,
            security: run.security,
            mounts,
            devices: run.devices.clone(),
            script,
            hostname: hostname.cloned(),
        };
        Ok((Action::Run(Box::new(run)), Some(history::line(told, true, true))))
    }

    fn check_rights(&self, one: &Instruction, run: &dockerfile::Run) -> Result<(), Error> {
        if run.security == Security::Insecure && !self.options.allow_insecure {
            let reason = "`--security=insecure` takes `--allow security.insecure`";
            return Err(self.wrong(one, "--security=insecure", reason));
        }
        if run.network == Network::Host && !self.options.allow_host_network {
            let reason = "`--network=host` takes `--allow network.host`";
            return Err(self.wrong(one, "--network=host", reason));
        }
        match run.devices.first() {
            Some(device) => Err(self.wrong(one, device, "devices are not supported")),
            None => Ok(()),
        }
    }

    /// Returns the words to start, and the script that they name.
    fn command_line(&self, run: &dockerfile::Run) -> (Vec<String>, Option<Script>) {
        let line = match &run.command {
            Command::Exec(words) => return (words.clone(), None),
            Command::Shell(line) => line,
        };
        if let ([doc], true) = (run.heredocs.as_slice(), run.script) {
            let content = doc.text();
            if !content.starts_with("#!") {
                return (self.state.with_shell(&content), None);
            }
            let line = format!("/dev/pipes/{}", doc.name);
            return (
                self.state.with_shell(&line),
                Some(Script { name: doc.name.clone(), content }),
            );
        }
        let mut whole = line.clone();
        for doc in &run.heredocs {
            whole.push_str(&format!("\n{}{}", doc.content, doc.name));
        }
        (self.state.with_shell(&whole), None)
    }

    /// Returns the line of the history: the arguments in sight, then the command.
    fn told(&self, args: &[String]) -> String {
        let mut seen = HashSet::new();
        let all = self.state.arguments.iter().map(|(name, _)| name.as_str());
        let names: Vec<&str> = all.filter(|name| seen.insert(*name)).collect();
        let mut told = String::from("RUN ");
        if !names.is_empty() {
            told.push_str(&format!("|{} ", names.len()));
        }
        for name in names {
            told.push_str(&format!("{name}={} ", self.state.get(name).unwrap_or_default()));
        }
        told.push_str(&args.join(" "));
        told
    }

    fn mount(
        &mut self,
        one: &Instruction,
        flag: &MountFlag,
        before: &[PlannedMount],
    ) -> Result<PlannedMount, Error> {
        let mut failed = None;
        let read = flag.read(&mut |value| match self.word(one, value) {
            Ok(value) => Ok(value),
            Err(error) => {
                let fault = dockerfile::Fault::new(0, 0, error.reason.clone());
                failed = Some(error);
                Err(fault)
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let mut mount =
            read.map_err(|fault| Error::in_word(fault, &flag.text, &one.text, one.at))?;
        self.place(one, flag, &mut mount, before)?;
        let reads = match (mount.kind, &mount.from) {
            (MountKind::Bind, None) => Some(Source::Context),
            (MountKind::Bind | MountKind::Cache, Some(name)) => {
                let place = (self.places)(name, one)?;
                self.reads.insert(place);
                Some(Source::Stage(place))
            }
            _ => None,
        };
        Ok(PlannedMount { mount, reads })
    }

    /// Fills in the target and the id.
    fn place(
        &self,
        one: &Instruction,
        flag: &MountFlag,
        mount: &mut Mount,
        before: &[PlannedMount],
    ) -> Result<(), Error> {
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        match mount.kind {
            MountKind::Secret => {
                let target = mount.target.as_deref().map(base);
                let id = mount.source.take().or_else(|| mount.id.take()).or(target);
                let id = id.unwrap_or_default();
                if mount.target.is_none() && mount.env.is_none() {
                    mount.target = Some(format!("/run/secrets/{}", base(&id)));
                }
                mount.id = Some(id);
            }
            MountKind::Ssh => {
                let agents = before.iter().filter(|one| one.mount.kind == MountKind::Ssh).count();
                mount.id.get_or_insert_with(|| "default".to_owned());
                mount.target.get_or_insert_with(|| format!("/run/buildkit/ssh_agent.{agents}"));
            }
            MountKind::Cache => {
                let target = mount.target.clone().unwrap_or_default();
                let id = mount.id.get_or_insert(target);
                if let Some(namespace) = self.options.build_args.get("BUILDKIT_CACHE_MOUNT_NS") {
                    *id = format!("{namespace}/{id}");
                }
            }
            MountKind::Bind | MountKind::Tmpfs => {}
        }
        let given = mount.target.is_some() || mount.env.is_none();
        if given {
            let target = joined(self.state.cwd(), mount.target.as_deref().unwrap_or_default());
            if target == "/" {
                return Err(self.wrong(one, &flag.text, "a mount takes a `target` other than `/`"));
            }
            mount.target = Some(target);
        }
        Ok(())
    }
}
