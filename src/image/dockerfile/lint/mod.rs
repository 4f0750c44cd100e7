//! BuildKit's checks: what a Dockerfile may say and had better not. Those that need no more than the text are in
//! [`stages`]; those that need what a variable holds are asked while a plan is made.

mod settings;
mod stages;

use std::fmt;

use serde::Serialize;

use super::ast::Lines;

pub use settings::Settings;
pub use stages::{Scope, stages};

/// The checks, by BuildKit's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Rule {
    ConsistentInstructionCasing,
    CopyIgnoredFile,
    DuplicateStageName,
    ExposeInvalidFormat,
    ExposeProtoCasing,
    FromAsCasing,
    FromPlatformFlagConstDisallowed,
    InvalidBaseImagePlatform,
    InvalidDefaultArgInFrom,
    InvalidDefinitionDescription,
    #[serde(rename = "JSONArgsRecommended")]
    JsonArgsRecommended,
    LegacyKeyValueFormat,
    MaintainerDeprecated,
    MultipleInstructionsDisallowed,
    NoEmptyContinuation,
    RedundantTargetPlatform,
    ReservedStageName,
    SecretsUsedInArgOrEnv,
    StageNameCasing,
    UndefinedArgInFrom,
    UndefinedVar,
    WorkdirRelativePath,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub rule: Rule,
    pub at: Lines,
    pub message: String,
}

impl Rule {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 22] = [
        Self::ConsistentInstructionCasing,
        Self::CopyIgnoredFile,
        Self::DuplicateStageName,
        Self::ExposeInvalidFormat,
        Self::ExposeProtoCasing,
        Self::FromAsCasing,
        Self::FromPlatformFlagConstDisallowed,
        Self::InvalidBaseImagePlatform,
        Self::InvalidDefaultArgInFrom,
        Self::InvalidDefinitionDescription,
        Self::JsonArgsRecommended,
        Self::LegacyKeyValueFormat,
        Self::MaintainerDeprecated,
        Self::MultipleInstructionsDisallowed,
        Self::NoEmptyContinuation,
        Self::RedundantTargetPlatform,
        Self::ReservedStageName,
        Self::SecretsUsedInArgOrEnv,
        Self::StageNameCasing,
        Self::UndefinedArgInFrom,
        Self::UndefinedVar,
        Self::WorkdirRelativePath,
    ];

    /// Returns BuildKit's name for it.
    pub fn name(self) -> String {
        match self {
            Self::JsonArgsRecommended => "JSONArgsRecommended".to_owned(),
            other => format!("{other:?}"),
        }
    }

    /// Tells whether it is asked only where the file or the user names it.
    pub const fn is_experimental(self) -> bool {
        matches!(self, Self::InvalidDefinitionDescription)
    }

    /// Returns where it is explained; not all are.
    pub fn page(self) -> Option<String> {
        if self == Self::InvalidBaseImagePlatform {
            return None;
        }
        let mut slug = String::new();
        let name = self.name().replace("JSON", "Json");
        for c in name.chars() {
            if c.is_ascii_uppercase() && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(c.to_ascii_lowercase());
        }
        Some(format!("https://docs.docker.com/go/dockerfile/rule/{slug}/"))
    }

    /// Returns what it is about.
    pub const fn description(self) -> &'static str {
        match self {
            Self::ConsistentInstructionCasing => {
                "Instructions are written in one case, upper or lower"
            }
            Self::CopyIgnoredFile => "A file that .dockerignore leaves out cannot be copied",
            Self::DuplicateStageName => "Every stage has a name of its own",
            Self::ExposeInvalidFormat => "EXPOSE names a port, not an address or a mapping",
            Self::ExposeProtoCasing => "The protocol of a port is written in lower case",
            Self::FromAsCasing => "FROM and AS are written in one case",
            Self::FromPlatformFlagConstDisallowed => "The platform of a FROM is no constant",
            Self::InvalidBaseImagePlatform => "A base is for the platform that is built for",
            Self::InvalidDefaultArgInFrom => "The defaults of ARG make a name of an image",
            Self::InvalidDefinitionDescription => {
                "A comment right before an ARG or a stage begins with its name"
            }
            Self::JsonArgsRecommended => "CMD and ENTRYPOINT are arrays, so that signals arrive",
            Self::LegacyKeyValueFormat => "A name and its value are joined by `=`",
            Self::MaintainerDeprecated => "The maintainer is a label",
            Self::MultipleInstructionsDisallowed => {
                "Only the last of several such instructions counts"
            }
            Self::NoEmptyContinuation => "No empty line stands inside an instruction",
            Self::RedundantTargetPlatform => "The platform built for is the default",
            Self::ReservedStageName => "`scratch` and `context` are no names for stages",
            Self::SecretsUsedInArgOrEnv => "A secret is no argument and no variable",
            Self::StageNameCasing => "Names of stages are written in lower case",
            Self::UndefinedArgInFrom => "FROM uses arguments that are declared",
            Self::UndefinedVar => "A variable is set before it is used",
            Self::WorkdirRelativePath => "The first WORKDIR is absolute",
        }
    }
}

impl Warning {
    pub fn new(rule: Rule, at: Lines, message: impl Into<String>) -> Self {
        Self { rule, at, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (line {})", self.rule.name(), self.message, self.at.first)
    }
}
