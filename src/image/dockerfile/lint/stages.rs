//! The checks that the text alone answers: cases of words, names of stages, what stands before `FROM`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, Settings, Warning};
use crate::base::near;
use crate::image::dockerfile::vars::{Expanded, Style, expand};
use crate::image::dockerfile::{Argument, File, Kind, Lines, Stage};
use crate::image::platform::Platform;
use crate::remote::registry::Reference;

/// What `FROM` lines are checked with: the arguments that are set before any stage.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// As they are, and as they would be if the user gave none.
    pub given: &'a BTreeMap<String, String>,
    pub defaults: &'a BTreeMap<String, String>,
    pub host: &'a Platform,
}

struct Checker<'a> {
    settings: Settings,
    own: Settings,
    warnings: &'a mut Vec<Warning>,
}

impl Checker<'_> {
    /// Goes on with the comments before an instruction in mind.
    fn enter(&mut self, comments: &[String]) {
        self.own = self.settings.with_comments(comments);
    }

    fn tell(&mut self, rule: Rule, at: Lines, message: impl Into<String>) {
        if self.own.asks(rule) {
            self.warnings.push(Warning::new(rule, at, message));
        }
    }
}

/// Checks all that needs no plan.
pub fn stages(file: &File, settings: &Settings, scope: Scope<'_>) -> Vec<Warning> {
    let mut warnings = vec![];
    let mut checker =
        Checker { settings: settings.clone(), own: settings.clone(), warnings: &mut warnings };
    for at in &file.empty_continuations {
        checker.tell(Rule::NoEmptyContinuation, *at, "Empty continuation line");
    }
    for global in &file.globals {
        checker.enter(&global.comments);
        describe_arguments(&mut checker, &global.comments, &global.arguments, global.at);
    }
    names(file, &mut checker);
    cases(file, &mut checker);
    for stage in &file.stages {
        checker.enter(&stage.comments);
        base(file, stage, &mut checker, scope);
        platform(stage, &mut checker, scope);
        for instruction in &stage.instructions {
            if let Kind::Arg(arguments) = &instruction.kind {
                checker.enter(&instruction.comments);
                describe_arguments(&mut checker, &instruction.comments, arguments, instruction.at);
            }
        }
    }
    warnings
}

fn names(file: &File, checker: &mut Checker<'_>) {
    let mut seen = BTreeSet::new();
    for stage in &file.stages {
        checker.enter(&stage.comments);
        let Some((written, word)) = &stage.from.written else { continue };
        let name = written.to_ascii_lowercase();
        if *written != name {
            let message = format!("Stage name '{written}' should be lowercase");
            checker.tell(Rule::StageNameCasing, stage.at, message);
        }
        if is_upper(&stage.keyword) != is_upper(word) {
            let message = format!("'{word}' and '{}' keywords' casing do not match", stage.keyword);
            checker.tell(Rule::FromAsCasing, stage.at, message);
        }
        if ["context", "scratch"].contains(&name.as_str()) {
            let message =
                format!("Stage name should not use the same name as reserved stage {name:?}");
            checker.tell(Rule::ReservedStageName, stage.at, message);
        }
        if !seen.insert(name.clone()) {
            let message = format!("Duplicate stage name {name:?}, stage names should be unique");
            checker.tell(Rule::DuplicateStageName, stage.at, message);
        }
        describe(checker, &stage.comments, "FROM", &name, stage.at);
    }
}

fn is_upper(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_ascii_uppercase())
}

fn describe_arguments(
    checker: &mut Checker<'_>,
    comments: &[String],
    arguments: &[Argument],
    at: Lines,
) {
    if let [only] = arguments {
        describe(checker, comments, "ARG", &only.name, at);
    }
}

/// A comment right before a definition is its description, where it begins with its name.
fn describe(checker: &mut Checker<'_>, comments: &[String], word: &str, name: &str, at: Lines) {
    let Some(last) = comments.last() else { return };
    let described = last.split_whitespace().next().is_some_and(|first| first == name);
    if !described && !last.starts_with("check=") {
        let message =
            format!("Comment for {word} should follow the format: `# {name} <description>`");
        checker.tell(Rule::InvalidDefinitionDescription, at, message);
    }
}

fn cases(file: &File, checker: &mut Checker<'_>) {
    let words = || {
        file.stages.iter().flat_map(|stage| {
            let own = (&stage.keyword, stage.at, &stage.comments);
            let all = stage.instructions.iter();
            std::iter::once(own).chain(all.map(|one| (&one.keyword, one.at, &one.comments)))
        })
    };
    let count = |keep: fn(&char) -> bool| {
        words().filter(|(word, ..)| word.chars().all(|c| keep(&c))).count()
    };
    let mostly_lower = count(char::is_ascii_lowercase) > count(char::is_ascii_uppercase);
    let (fits, name): (fn(&char) -> bool, _) = match mostly_lower {
        true => (char::is_ascii_lowercase, "lowercase"),
        false => (char::is_ascii_uppercase, "uppercase"),
    };
    for (word, at, comments) in words() {
        if !word.chars().all(|c| fits(&c)) {
            checker.enter(comments);
            let message =
                format!("Command '{word}' should match the case of the command majority ({name})");
            checker.tell(Rule::ConsistentInstructionCasing, at, message);
        }
    }
}

fn read(word: &str, file: &File, variables: &BTreeMap<String, String>) -> Option<Expanded> {
    let get = |name: &str| variables.get(name).map(String::as_str);
    expand(word, Style::word(file.directives.escape), &get).ok()
}

fn base(file: &File, stage: &Stage, checker: &mut Checker<'_>, scope: Scope<'_>) {
    let words = std::iter::once(&stage.from.base).chain(&stage.from.platform);
    let declared: BTreeSet<&str> = file
        .globals
        .iter()
        .flat_map(|global| global.arguments.iter().map(|argument| argument.name.as_str()))
        .collect();
    for expanded in words.filter_map(|word| read(word, file, scope.given)) {
        for name in &expanded.unmatched {
            if declared.contains(name.as_str()) {
                continue;
            }
            let known = declared.iter().copied().chain(scope.given.keys().map(String::as_str));
            let hint = match near::matches(name, known).first() {
                Some(near) => format!(" (did you mean {near}?)"),
                None => String::new(),
            };
            let message = format!("FROM argument '{name}' is not declared{hint}");
            checker.tell(Rule::UndefinedArgInFrom, stage.at, message);
        }
    }
    let named = read(&stage.from.base, file, scope.defaults).map(|expanded| expanded.text);
    if named.is_some_and(|name| name != "scratch" && name.parse::<Reference>().is_err()) {
        let base = &stage.from.base;
        let message =
            format!("Default value for ARG {base} results in empty or invalid base image name");
        checker.tell(Rule::InvalidDefaultArgInFrom, stage.at, message);
    }
}

fn platform(stage: &Stage, checker: &mut Checker<'_>, scope: Scope<'_>) {
    let Some(word) = &stage.from.platform else { return };
    let get = |name: &str| scope.given.get(name).map(String::as_str);
    let Ok(expanded) = expand(word, Style::word('\\'), &get) else { return };
    let only = expanded.matched.len() == 1 && expanded.unmatched.is_empty();
    let target = scope.given.get("TARGETPLATFORM");
    if only && expanded.matched.contains("TARGETPLATFORM") && Some(&expanded.text) == target {
        let message = format!(
            "Setting platform to predefined {word} in FROM is redundant as this is the default behavior"
        );
        checker.tell(Rule::RedundantTargetPlatform, stage.at, message);
    }
    if !expanded.matched.is_empty() || !expanded.unmatched.is_empty() {
        return;
    }
    let Some(constant) = Platform::parse(&expanded.text, scope.host) else { return };
    let name = stage.from.name.as_deref().unwrap_or_default();
    if !name.contains(&constant.os) && !name.contains(&constant.architecture) {
        let text = &expanded.text;
        let message = format!("FROM --platform flag should not use constant value {text:?}");
        checker.tell(Rule::FromPlatformFlagConstDisallowed, stage.at, message);
    }
}
