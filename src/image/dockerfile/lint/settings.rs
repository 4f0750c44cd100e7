//! `# check=skip=A,B;error=true;experimental=all`: which checks are asked, and what a finding means.

use super::{Rule, Warning};
use crate::base::near;

/// Which checks are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    skipped: Vec<Rule>,
    skip_all: bool,
    experimental: Vec<Rule>,
    all_experimental: bool,
    /// A finding fails the build.
    pub error: bool,
}

impl Settings {
    /// Reads the value of the directive, or of the build argument `BUILDKIT_DOCKERFILE_CHECK`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut settings = Self::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((key, value)) = part.split_once('=') else {
                return Err(format!("`{part}` is no setting of checks: `skip=…`, `error=true`"));
            };
            let value = value.trim();
            match key.trim() {
                "skip" if value == "all" => settings.skip_all = true,
                "skip" => settings.skipped = rules(value)?,
                "experimental" if value == "all" => settings.all_experimental = true,
                "experimental" => settings.experimental = rules(value)?,
                "error" => settings.error = truth(value)?,
                other => return Err(format!("checks have no setting `{other}`")),
            }
        }
        Ok(settings)
    }

    /// Returns the settings for an instruction behind `comments`, of which one may be `check=skip=…`.
    pub fn with_comments(&self, comments: &[String]) -> Self {
        let mut merged = self.clone();
        for comment in comments {
            let Some(text) = comment.strip_prefix("check=") else { continue };
            // One that cannot be read is a comment.
            if let Ok(own) = Self::parse(text) {
                merged.skipped.extend(own.skipped);
                merged.experimental.extend(own.experimental);
                merged.skip_all |= own.skip_all;
                merged.all_experimental |= own.all_experimental;
            }
        }
        merged
    }

    /// Tells whether what `rule` finds is told.
    pub fn asks(&self, rule: Rule) -> bool {
        if self.skip_all || self.skipped.contains(&rule) {
            return false;
        }
        !rule.is_experimental() || self.all_experimental || self.experimental.contains(&rule)
    }

    /// Returns the rules that make the build fail, each once.
    pub fn failing(&self, warnings: &[Warning]) -> Vec<Rule> {
        let mut rules: Vec<Rule> = warnings.iter().map(|warning| warning.rule).collect();
        rules.sort();
        rules.dedup();
        if self.error { rules } else { vec![] }
    }
}

fn rules(text: &str) -> Result<Vec<Rule>, String> {
    let named = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let read = named.map(|name| {
        let found = Rule::ALL.into_iter().find(|rule| rule.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names: Vec<String> = Rule::ALL.into_iter().map(Rule::name).collect();
            match near::matches(name, names.iter().map(String::as_str)).first() {
                Some(near) => format!("there is no check `{name}` (did you mean `{near}`?)"),
                None => format!("there is no check `{name}`"),
            }
        })
    });
    read.collect()
}

fn truth(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" => Ok(true),
        "0" | "f" | "false" => Ok(false),
        _ => Err(format!("`error` is `true` or `false`, not `{text}`")),
    }
}
