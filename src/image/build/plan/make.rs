//! From a file to a plan: which stages are needed, what their bases are, and what each of them comes to.

use std::collections::{BTreeMap, BTreeSet};

use super::arguments::{self, Arguments};
use super::stage::{Maker, State};
use super::value::{Base, Found, Options, Plan, Stage, Wanted};
use crate::base::near;
use crate::image::build::Error;
use crate::image::dockerfile::lint::{self, Rule, Settings, Warning};
use crate::image::dockerfile::vars::{Style, expand};
use crate::image::dockerfile::{self, File, Instruction, Kind, Lines, trigger};
use crate::image::platform::Platform;

/// Makes the plan of a build.
///
/// `find` tells what a base that is no stage of the file came to; it is asked once for each name and platform, and only
/// for those that the target needs. Triggers (`ONBUILD`) of what it finds become steps.
pub fn make<E: From<Error>>(
    file: &File,
    options: &Options,
    find: &mut dyn FnMut(&Wanted) -> Result<Found, E>,
) -> Result<Plan, E> {
    let target = target(file, options)?;
    let mut outline = Outline::new(file, options).map_err(Error::from)?;
    outline.explore(target, find)?;
    Ok(outline.plan(target).map_err(Error::from)?)
}

fn target(file: &File, options: &Options) -> Result<usize, Error> {
    let Some(name) = &options.target else { return Ok(file.stages.len() - 1) };
    let lower = name.to_lowercase();
    let names = || file.stages.iter().filter_map(|stage| stage.from.name.as_deref());
    let named = file.stages.iter().rposition(|stage| stage.from.name.as_ref() == Some(&lower));
    let numbered = || name.parse().ok().filter(|number| *number < file.stages.len());
    named.or_else(numbered).ok_or_else(|| Error::NoStage {
        name: name.clone(),
        near: near::matches(name, names()),
        known: names().map(str::to_owned).collect(),
    })
}

/// Where a stage or a `--from` leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Scratch,
    /// A stage of the file, by its number.
    Stage(usize),
    /// A name for `find`, and the platform it is wanted for.
    Named(String, Platform),
}

/// What is known of a file before it is planned.
struct Outline<'a> {
    file: &'a File,
    options: &'a Options,
    settings: Settings,
    globals: Arguments,
    /// Each stage's base and platform.
    bases: Vec<(Origin, Platform)>,
    /// The last stage of each name.
    names: BTreeMap<&'a str, usize>,
    /// The stages that are needed, with the instructions that their bases bring along.
    needed: BTreeMap<usize, Vec<Instruction>>,
    found: BTreeMap<Origin, (Found, Lines)>,
}

impl<'a> Outline<'a> {
    fn new(file: &'a File, options: &'a Options) -> Result<Self, dockerfile::Error> {
        let globals = arguments::global(file, options, true)?;
        let mut outline = Self {
            file,
            options,
            settings: settings(file, options)?,
            globals,
            bases: vec![],
            names: BTreeMap::new(),
            needed: BTreeMap::new(),
            found: BTreeMap::new(),
        };
        for (number, stage) in file.stages.iter().enumerate() {
            let base = outline.base(stage)?;
            outline.bases.push(base);
            if let Some(name) = &stage.from.name {
                outline.names.insert(name, number);
            }
        }
        Ok(outline)
    }

    fn target_platform(&self) -> &Platform {
        self.options.platform.as_ref().unwrap_or(&self.options.build_platform)
    }

    fn word(&self, word: &str, stage: &dockerfile::Stage) -> Result<String, dockerfile::Error> {
        let get = |name: &str| self.globals.get(name).map(String::as_str);
        let expanded = expand(word, Style::word(self.file.directives.escape), &get);
        let wrong = |fault| dockerfile::Error::in_word(fault, word, &stage.text, stage.at);
        let text = expanded.map_err(wrong)?.text;
        match text.is_empty() {
            true => {
                let fault =
                    dockerfile::Fault::new(0, word.len(), format!("`{word}` comes to nothing"));
                Err(wrong(fault))
            }
            false => Ok(text),
        }
    }

    /// Returns what a stage begins with, and its platform.
    fn base(&self, stage: &dockerfile::Stage) -> Result<(Origin, Platform), dockerfile::Error> {
        let name = self.word(&stage.from.base, stage)?;
        let platform = match &stage.from.platform {
            None => self.target_platform().clone(),
            Some(word) => {
                let text = self.word(word, stage)?;
                Platform::parse(&text, &self.options.build_platform).ok_or_else(|| {
                    let reason = format!("`{text}` is no platform such as `linux/amd64`");
                    let fault = dockerfile::Fault::new(0, word.len(), reason);
                    dockerfile::Error::in_word(fault, word, &stage.text, stage.at)
                })?
            }
        };
        let own = stage.from.name.as_ref().filter(|own| self.options.contexts.contains(own));
        let origin = match (own, self.names.get(name.to_lowercase().as_str())) {
            (Some(own), _) => Origin::Named(own.clone(), platform.clone()),
            (None, Some(number)) => {
                return Ok((Origin::Stage(*number), self.bases[*number].1.clone()));
            }
            (None, None) if name == "scratch" => Origin::Scratch,
            (None, None) => Origin::Named(name, platform.clone()),
        };
        Ok((origin, platform))
    }

    /// Tells whether a context of the user stands in for the stage, so that its instructions are not run.
    fn is_replaced(&self, number: usize) -> bool {
        let name = self.file.stages[number].from.name.as_ref();
        name.is_some_and(|name| self.options.contexts.contains(name))
    }

    /// Returns where `--from` of an instruction of stage `number` leads.
    fn from(
        &self,
        name: &str,
        number: usize,
        one: &Instruction,
    ) -> Result<Origin, dockerfile::Error> {
        let wrong = |reason: String, near: Vec<String>| {
            let fault = dockerfile::Fault::new(0, name.len(), reason).near(near);
            dockerfile::Error::in_word(fault, name, &one.text, one.at)
        };
        if name.contains('$') {
            let reason =
                "`--from` takes no variable; name a stage `FROM $… AS name` and copy from that";
            return Err(wrong(reason.to_owned(), vec![]));
        }
        let found = match (self.names.get(name.to_lowercase().as_str()), name.parse::<usize>()) {
            (Some(found), _) => *found,
            (None, Ok(found)) if found < self.file.stages.len() => found,
            (None, Ok(found)) => {
                let count = self.file.stages.len();
                return Err(wrong(
                    format!("there is no stage {found}: the file has {count}"),
                    vec![],
                ));
            }
            (None, Err(_)) if name == "scratch" => return Ok(Origin::Scratch),
            (None, Err(_)) => {
                return Ok(Origin::Named(name.to_owned(), self.target_platform().clone()));
            }
        };
        match found < number {
            true => Ok(Origin::Stage(found)),
            false if found == number => {
                Err(wrong(format!("the stage `{name}` reads itself"), vec![]))
            }
            false => {
                let line = self.file.stages[found].at.first;
                Err(wrong(format!("the stage `{name}` stands later, in line {line}"), vec![]))
            }
        }
    }

    /// Finds what the target needs. Stages read only earlier ones, so the latest that is open is complete.
    fn explore<E: From<Error>>(
        &mut self,
        target: usize,
        find: &mut dyn FnMut(&Wanted) -> Result<Found, E>,
    ) -> Result<(), E> {
        let mut open = BTreeSet::from([target]);
        if self.options.all_stages {
            open.extend(0..self.file.stages.len());
        }
        while let Some(number) = open.pop_last() {
            let origin = self.bases[number].0.clone();
            let at = self.file.stages[number].at;
            self.find(&origin, at, find)?;
            open.extend(stage_of(&origin));
            let triggers = self.triggers(&origin, at).map_err(Error::from)?;
            let own = &self.file.stages[number].instructions;
            let own = if self.is_replaced(number) { &[] } else { own.as_slice() };
            let mut sources = vec![];
            for one in triggers.iter().chain(own) {
                for name in names_read(&one.kind) {
                    sources.push((self.from(name, number, one).map_err(Error::from)?, one.at));
                }
            }
            for (origin, at) in sources {
                self.find(&origin, at, find)?;
                open.extend(stage_of(&origin));
            }
            self.needed.insert(number, triggers);
        }
        Ok(())
    }

    fn find<E: From<Error>>(
        &mut self,
        origin: &Origin,
        at: Lines,
        find: &mut dyn FnMut(&Wanted) -> Result<Found, E>,
    ) -> Result<(), E> {
        if let Origin::Named(name, platform) = origin
            && !self.found.contains_key(origin)
        {
            let wanted = Wanted { name: name.clone(), platform: platform.clone(), at };
            self.found.insert(origin.clone(), (find(&wanted)?, at));
        }
        Ok(())
    }

    /// Returns the instructions that a base asks to be run first.
    fn triggers(&self, origin: &Origin, at: Lines) -> Result<Vec<Instruction>, dockerfile::Error> {
        let texts: Vec<&String> = match origin {
            Origin::Scratch => vec![],
            Origin::Stage(number) => {
                let all = self.file.stages[*number].instructions.iter();
                all.filter_map(|one| match &one.kind {
                    Kind::Onbuild(text) => Some(text),
                    _ => None,
                })
                .collect()
            }
            Origin::Named(..) => match self.found.get(origin) {
                Some((Found::Image { config, .. }, _)) => config.config.on_build.iter().collect(),
                _ => vec![],
            },
        };
        texts.into_iter().map(|text| trigger(text, at)).collect()
    }

    fn plan(mut self, target: usize) -> Result<Plan, dockerfile::Error> {
        let mut notes = arguments::unused(self.file, self.options);
        if let Some(foreign) = self.file.directives.foreign() {
            notes.insert(
                0,
                format!(
                    "The front end `{foreign}` is not fetched; the file is read as a Dockerfile."
                ),
            );
        }
        let warnings = self.static_warnings()?;
        let mut work =
            Work { lines: 0, stages: vec![], states: vec![], places: BTreeMap::new(), warnings };
        for (number, triggers) in std::mem::take(&mut self.needed) {
            self.plan_stage(number, &triggers, &mut work)?;
        }
        let Work { mut stages, places, mut warnings, .. } = work;
        let target = places[&Origin::Stage(target)];
        stages[target].config.config.labels.extend(self.options.labels.clone());
        warnings.sort_by_key(|warning| warning.at);
        let failing = self.settings.failing(&warnings);
        Ok(Plan { stages, target, notes, warnings, failing })
    }

    fn static_warnings(&self) -> Result<Vec<Warning>, dockerfile::Error> {
        // Where the defaults alone make no sense, the user has given what does.
        let defaults = arguments::global(self.file, self.options, false);
        let defaults = defaults.unwrap_or_else(|_| self.globals.clone());
        let host = &self.options.build_platform;
        let scope = lint::Scope { given: &self.globals, defaults: &defaults, host };
        Ok(lint::stages(self.file, &self.settings, scope))
    }

    fn plan_stage(
        &self,
        number: usize,
        triggers: &[Instruction],
        work: &mut Work,
    ) -> Result<(), dockerfile::Error> {
        let stage = &self.file.stages[number];
        let (origin, platform) = &self.bases[number];
        let own = if self.is_replaced(number) { &[] } else { stage.instructions.as_slice() };
        for one in triggers.iter().chain(own) {
            for name in names_read(&one.kind) {
                let origin = self.from(name, number, one)?;
                self.plan_named(&origin, name, work);
            }
        }
        let state = self.begin(origin, platform, work);
        self.check_platform(stage, origin, platform, &mut work.warnings);
        let places = |name: &str, one: &Instruction| {
            self.from(name, number, one).map(|origin| work.places[&origin])
        };
        let mut maker =
            Maker::new(self.file, self.options, &self.globals, &self.settings, state, &places);
        for one in triggers {
            maker.take(one, true)?;
        }
        for one in own {
            maker.take(one, false)?;
        }
        let (steps, state, mut reads, warnings) = maker.finish();
        work.lines += state.lines;
        if work.lines > MOST_LINES {
            let reason =
                format!("the stages up to here repeat more than {MOST_LINES} lines of each other");
            let fault = dockerfile::Fault::new(0, stage.text.len(), reason);
            return Err(dockerfile::Error::in_word(fault, &stage.text, &stage.text, stage.at));
        }
        let base = self.planned_base(origin, work);
        reads.extend(match base {
            Base::Stage(place) => Some(place),
            _ => None,
        });
        let name = stage.from.name.clone().unwrap_or_else(|| format!("stage-{number}"));
        let no_cache = self.options.no_cache || self.options.no_cache_stages.contains(&name);
        work.warnings.extend(warnings);
        work.places.insert(Origin::Stage(number), work.stages.len());
        work.stages.push(Stage {
            name,
            at: stage.at,
            platform: state.platform.clone(),
            base,
            steps,
            config: state.config.clone(),
            reads: reads.into_iter().collect(),
            no_cache,
        });
        work.states.push(state);
        Ok(())
    }

    /// Adds the stage without steps that an image named by `--from` is.
    fn plan_named(&self, origin: &Origin, name: &str, work: &mut Work) {
        if matches!(origin, Origin::Stage(_)) || work.places.contains_key(origin) {
            return;
        }
        let platform = self.target_platform();
        let state = self.begin(origin, platform, work);
        let at = self.found.get(origin).map_or(self.file.stages[0].at, |(_, at)| *at);
        work.places.insert(origin.clone(), work.stages.len());
        work.stages.push(Stage {
            name: name.to_owned(),
            at,
            platform: platform.clone(),
            base: self.planned_base(origin, work),
            steps: vec![],
            config: state.config.clone(),
            reads: vec![],
            no_cache: false,
        });
        work.states.push(state);
    }

    fn planned_base(&self, origin: &Origin, work: &Work) -> Base {
        match origin {
            Origin::Scratch => Base::Scratch,
            Origin::Stage(_) => Base::Stage(work.places[origin]),
            Origin::Named(name, _) => match self.found.get(origin) {
                Some((Found::Image { key, .. }, _)) => {
                    Base::Image { name: name.clone(), key: key.clone() }
                }
                Some((Found::Context, _)) => Base::Context(name.clone()),
                _ => Base::Image { name: name.clone(), key: String::new() },
            },
        }
    }

    /// Returns what a stage begins with.
    fn begin(&self, origin: &Origin, platform: &Platform, work: &Work) -> State {
        match origin {
            Origin::Scratch => State::empty(self.target_platform()),
            Origin::Stage(_) => work.states[work.places[origin]].child(),
            Origin::Named(..) => match self.found.get(origin) {
                Some((Found::Image { config, .. }, _)) => State::of_image(config, platform),
                Some((Found::Context, _)) => State::empty(platform),
                _ => State::unknown(platform),
            },
        }
    }

    fn check_platform(
        &self,
        stage: &dockerfile::Stage,
        origin: &Origin,
        expected: &Platform,
        warnings: &mut Vec<Warning>,
    ) {
        let Some((Found::Image { config, .. }, _)) = self.found.get(origin) else { return };
        let variant = config.variant.as_deref().unwrap_or_default();
        let actual = Platform::of(&config.os, &config.architecture, variant);
        let differs = actual.os != expected.os || actual.architecture != expected.architecture;
        let asked =
            self.settings.with_comments(&stage.comments).asks(Rule::InvalidBaseImagePlatform);
        if differs && asked && !config.os.is_empty() {
            let name = if let Origin::Named(name, _) = origin { name } else { &stage.from.base };
            let message = format!(
                "Base image {name} was pulled with platform \"{actual}\", expected \"{expected}\" for current build"
            );
            warnings.push(Warning::new(Rule::InvalidBaseImagePlatform, stage.at, message));
        }
    }
}

/// A plan holds no more lines of variables and history in all: stages that build upon each other repeat what they inherit.
const MOST_LINES: usize = 2_000_000;

/// A plan while it is made.
struct Work {
    lines: usize,
    stages: Vec<Stage>,
    states: Vec<State>,
    places: BTreeMap<Origin, usize>,
    warnings: Vec<Warning>,
}

const fn stage_of(origin: &Origin) -> Option<usize> {
    match origin {
        Origin::Stage(number) => Some(*number),
        _ => None,
    }
}

/// Returns the names that an instruction reads from.
fn names_read(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Copy(copy) => copy.from.as_deref().into_iter().collect(),
        Kind::Run(run) => {
            let fields = run.mounts.iter().flat_map(|mount| &mount.fields);
            let from = fields.filter(|(key, _)| key == "from");
            from.filter_map(|(_, value)| value.as_deref()).filter(|name| !name.is_empty()).collect()
        }
        _ => vec![],
    }
}

fn settings(file: &File, options: &Options) -> Result<Settings, dockerfile::Error> {
    if let Some(text) = options.build_args.get("BUILDKIT_DOCKERFILE_CHECK") {
        let at = Lines { first: 1, last: 1 };
        let wrong =
            |reason| dockerfile::Error::in_word(dockerfile::Fault::new(0, 0, reason), "", text, at);
        return Settings::parse(text).map_err(wrong);
    }
    let Some((text, at)) = &file.directives.check else { return Ok(Settings::default()) };
    Settings::parse(text).map_err(|reason| {
        let line = format!("# check={text}");
        dockerfile::Error::in_word(dockerfile::Fault::new(0, text.len(), reason), text, &line, *at)
    })
}
