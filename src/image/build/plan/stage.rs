//! One stage, instruction by instruction: what is set so far, and the step that each instruction is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::value::{Action, Options, Step};
use super::{history, settings};
use crate::base::near;
use crate::image::config::{Config, Settings as Execution};
use crate::image::dockerfile::lint::{Rule, Settings, Warning};
use crate::image::dockerfile::vars::{Expanded, Style, expand};
use crate::image::dockerfile::{Error, Fault, File, Instruction, Kind, Lines};
use crate::image::platform::Platform;

/// Where programs are looked for in an image that does not say.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a stage has come to.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) config: Config,
    pub(super) platform: Platform,
    /// Of `ENV` and `ARG`, in the order in which they were first set.
    pub(super) variables: Vec<(String, String)>,
    /// Every `ARG` so far, with its value.
    pub(super) arguments: Vec<(String, Option<String>)>,
    /// Where each stands in `variables`, and in the environment of the config.
    index: HashMap<String, usize>,
    env: HashMap<String, usize>,
    /// How much a plan holds because of it: lines that are inherited, and those that commands are given.
    pub(super) lines: usize,
    workdir_set: bool,
    /// The base could not be asked: its variables are not known.
    unknown: bool,
}

impl State {
    /// Returns the state of `FROM scratch`.
    pub(super) fn empty(platform: &Platform) -> Self {
        let config = Execution { working_dir: "/".to_owned(), ..Execution::default() };
        Self::begin(Config { config, ..Config::default() }, platform)
    }

    /// Returns the state of a base that cannot be asked.
    pub(super) fn unknown(platform: &Platform) -> Self {
        Self { unknown: true, ..Self::empty(platform) }
    }

    /// Returns the state of an image that is built upon.
    pub(super) fn of_image(config: &Config, platform: &Platform) -> Self {
        let mut config = config.clone();
        config.created = None;
        config.config.on_build.clear();
        config.rootfs.diff_ids.clear();
        let folder = &mut config.config.working_dir;
        if !folder.is_empty() {
            *folder = settings::joined("/", folder);
        }
        Self::begin(config, platform)
    }

    fn begin(mut config: Config, platform: &Platform) -> Self {
        config.os.clone_from(&platform.os);
        config.architecture.clone_from(&platform.architecture);
        config.variant = Some(platform.variant.clone()).filter(|variant| !variant.is_empty());
        if !config.config.env.iter().any(|pair| pair.starts_with("PATH=")) {
            config.config.env.push(PATH.to_owned());
        }
        let mut state = Self {
            config,
            platform: platform.clone(),
            variables: vec![],
            arguments: vec![],
            index: HashMap::new(),
            env: HashMap::new(),
            lines: 0,
            workdir_set: false,
            unknown: false,
        };
        let names = state.config.config.env.iter().enumerate();
        let names = names.map(|(place, pair)| (name_of(pair).to_owned(), place));
        state.env = names.collect();
        state.take_env();
        state.lines = state.inherited();
        state
    }

    /// Returns the state of a stage that begins with this one: all but the triggers goes along.
    pub(super) fn child(&self) -> Self {
        let mut child = self.clone();
        child.config.config.on_build.clear();
        child.take_env();
        child.lines = child.inherited();
        child
    }

    fn inherited(&self) -> usize {
        1 + self.config.history.len() + self.variables.len() + self.arguments.len()
    }

    fn take_env(&mut self) {
        for pair in self.config.config.env.clone() {
            let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
            self.set(name, value);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.index.get(name).map(|place| self.variables[*place].1.as_str())
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.index.get(name) {
            Some(place) => value.clone_into(&mut self.variables[*place].1),
            None => {
                self.index.insert(name.to_owned(), self.variables.len());
                self.variables.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// Sets a variable in the config, for containers of the image.
    pub(super) fn set_env(&mut self, name: &str, pair: String) {
        let env = &mut self.config.config.env;
        match self.env.get(name) {
            Some(place) => env[*place] = pair,
            None => {
                self.env.insert(name.to_owned(), env.len());
                env.push(pair);
            }
        }
    }

    /// Returns the folder that relative paths begin at.
    pub(super) fn cwd(&self) -> &str {
        match self.config.config.working_dir.as_str() {
            "" => "/",
            folder => folder,
        }
    }

    /// Returns `line` as the words that the shell in force is started with.
    pub(super) fn with_shell(&self, line: &str) -> Vec<String> {
        let own = self.config.config.shell.as_deref().filter(|shell| !shell.is_empty());
        let mut words = match own {
            Some(shell) => shell.to_vec(),
            None => vec!["/bin/sh".to_owned(), "-c".to_owned()],
        };
        words.push(line.to_owned());
        words
    }
}

fn name_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

/// Finds the place in the plan of what an instruction reads.
pub(super) type Places<'a> = dyn Fn(&str, &Instruction) -> Result<usize, Error> + 'a;

/// Makes the steps of one stage.
pub(super) struct Maker<'a> {
    file: &'a File,
    pub(super) options: &'a Options,
    globals: &'a BTreeMap<String, String>,
    settings: &'a Settings,
    pub(super) state: State,
    pub(super) places: &'a Places<'a>,
    steps: Vec<Step>,
    pub(super) reads: BTreeSet<usize>,
    warnings: Vec<Warning>,
    /// Where `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stood last.
    last: BTreeMap<&'static str, Lines>,
}

/// What an instruction comes to.
pub(super) type Done = (Action, Option<crate::image::config::Step>);

impl<'a> Maker<'a> {
    pub(super) fn new(
        file: &'a File,
        options: &'a Options,
        globals: &'a BTreeMap<String, String>,
        settings: &'a Settings,
        state: State,
        places: &'a Places<'a>,
    ) -> Self {
        Self {
            file,
            options,
            globals,
            settings,
            state,
            places,
            steps: vec![],
            reads: BTreeSet::new(),
            warnings: vec![],
            last: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Step>, State, BTreeSet<usize>, Vec<Warning>) {
        (self.steps, self.state, self.reads, self.warnings)
    }

    /// Takes one instruction.
    pub(super) fn take(&mut self, one: &Instruction, onbuild: bool) -> Result<(), Error> {
        let (action, history) = self.done(one)?;
        self.state.config.history.extend(history.clone());
        self.steps.push(Step { at: one.at, text: one.text.clone(), onbuild, action, history });
        Ok(())
    }

    fn done(&mut self, one: &Instruction) -> Result<Done, Error> {
        let line = match &one.kind {
            Kind::Run(run) => return self.run(one, run),
            Kind::Copy(copy) => return self.copy(one, copy),
            Kind::Add(add) => return self.add(one, add),
            Kind::Workdir(folder) => return self.workdir(one, folder),
            Kind::Onbuild(text) => {
                self.state.config.config.on_build.push(text.clone());
                return Ok((Action::Config, None));
            }
            Kind::Arg(arguments) => self.arguments(one, arguments)?,
            Kind::Env(pairs) => self.env(one, pairs)?,
            Kind::Label(pairs) => self.label(one, pairs)?,
            Kind::Cmd(command) => self.cmd(one, command),
            Kind::Entrypoint(command) => self.entrypoint(one, command),
            Kind::Expose(ports) => self.expose(one, ports)?,
            Kind::Healthcheck(check) => self.healthcheck(one, check),
            Kind::Maintainer(name) => self.maintainer(one, name),
            Kind::Shell(words) => self.shell(words),
            Kind::Stopsignal(signal) => self.stopsignal(one, signal)?,
            Kind::User(user) => self.user(one, user)?,
            Kind::Volume(folders) => self.volume(one, folders)?,
        };
        Ok((Action::Config, Some(history::line(line, false, false))))
    }

    fn workdir(&mut self, one: &Instruction, folder: &str) -> Result<Done, Error> {
        let folder = self.word(one, folder)?;
        if !self.state.workdir_set && !folder.starts_with('/') {
            let message = format!(
                "Relative workdir {folder:?} can have unexpected results if the base image changes"
            );
            self.warn(one, Rule::WorkdirRelativePath, message);
        }
        self.state.workdir_set = true;
        let path = settings::joined(self.state.cwd(), &folder);
        self.state.config.config.working_dir.clone_from(&path);
        let history = history::line(format!("WORKDIR {path}"), path != "/", false);
        let user = self.state.config.config.user.clone();
        let action = if path == "/" { Action::Config } else { Action::Workdir { path, user } };
        Ok((action, Some(history)))
    }

    /// Replaces the variables of a word, as they were before the instruction.
    pub(super) fn expand(&mut self, one: &Instruction, word: &str) -> Result<Expanded, Error> {
        self.expand_as(one, word, Style::word(self.file.directives.escape))
    }

    pub(super) fn expand_as(
        &mut self,
        one: &Instruction,
        word: &str,
        style: Style,
    ) -> Result<Expanded, Error> {
        let get = |name: &str| self.state.get(name);
        let expanded = expand(word, style, &get)
            .map_err(|fault| Error::in_word(fault, word, &one.text, one.at))?;
        for name in &expanded.unmatched {
            self.undefined(one, name);
        }
        Ok(expanded)
    }

    pub(super) fn word(&mut self, one: &Instruction, word: &str) -> Result<String, Error> {
        Ok(self.expand(one, word)?.text)
    }

    pub(super) fn words(
        &mut self,
        one: &Instruction,
        words: &[String],
    ) -> Result<Vec<String>, Error> {
        words.iter().map(|word| self.word(one, word)).collect()
    }

    fn undefined(&mut self, one: &Instruction, name: &str) {
        let declared = self.state.arguments.iter().any(|(known, _)| known == name);
        if declared || self.state.unknown {
            return;
        }
        let known = self.state.variables.iter().map(|(known, _)| known.as_str());
        let hint = match near::matches(name, known).first() {
            Some(near) => format!(" (did you mean ${near}?)"),
            None => String::new(),
        };
        self.warn(one, Rule::UndefinedVar, format!("Usage of undefined variable '${name}'{hint}"));
    }

    pub(super) fn warn(&mut self, one: &Instruction, rule: Rule, message: impl Into<String>) {
        self.warn_at(one, rule, one.at, message);
    }

    fn warn_at(&mut self, one: &Instruction, rule: Rule, at: Lines, message: impl Into<String>) {
        if self.settings.with_comments(&one.comments).asks(rule) {
            let warning = Warning::new(rule, at, message);
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// Notes an instruction of which only the last counts.
    pub(super) fn only_once(&mut self, one: &Instruction, word: &'static str) {
        if let Some(before) = self.last.insert(word, one.at) {
            let message = format!(
                "Multiple {word} instructions should not be used in the same stage because only the last one will be used"
            );
            self.warn_at(one, Rule::MultipleInstructionsDisallowed, before, message);
        }
    }

    pub(super) fn has_seen(&self, word: &str) -> bool {
        self.last.contains_key(word)
    }

    pub(super) fn global(&self, name: &str) -> Option<&String> {
        self.globals.get(name)
    }

    pub(super) fn wrong(&self, one: &Instruction, word: &str, reason: impl Into<String>) -> Error {
        Error::in_word(Fault::new(0, word.len(), reason), word, &one.text, one.at)
    }
}
