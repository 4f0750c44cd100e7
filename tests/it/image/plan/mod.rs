//! Plans of builds: scopes, stages, history and config, and what the checks say on the way.

mod abuse;
mod lint;
mod make;

use std::collections::BTreeMap;

use mls::image::build::Error;
use mls::image::build::plan::{self, Action, Found, Options, Plan, Run, Wanted};
use mls::image::config::Config;
use mls::image::dockerfile::parse;
use mls::image::platform::Platform;

/// A machine that does not depend on the one that tests.
fn options() -> Options {
    let build_platform = Platform::of("linux", "amd64", "");
    Options { build_platform, ..Options::default() }
}

fn args(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Every image is as `config` has it.
fn plan_on(text: &str, options: &Options, config: &str) -> Result<Plan, Error> {
    let file = parse(text.as_bytes())?;
    let config = Config::parse(config.as_bytes()).unwrap();
    plan::make(&file, options, &mut |wanted: &Wanted| {
        let key = format!("sha256:{}", wanted.name);
        Ok(Found::Image { key, config: Box::new(config.clone()) })
    })
}

fn plan_with(text: &str, options: &Options) -> Result<Plan, Error> {
    plan_on(text, options, r#"{"os":"linux","architecture":"amd64","config":{}}"#)
}

fn plan(text: &str) -> Plan {
    plan_with(text, &options()).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn refused(text: &str) -> String {
    plan_with(text, &options()).expect_err(text).to_string()
}

/// Returns the config of what the target comes to.
fn config(text: &str) -> mls::image::config::Settings {
    let plan = plan(text);
    plan.stages[plan.target].config.config.clone()
}

/// Returns the lines of the history of what the target comes to.
fn history(plan: &Plan) -> Vec<String> {
    let lines = plan.stages[plan.target].config.history.iter();
    lines.map(|line| line.created_by.clone().unwrap()).collect()
}

fn runs(plan: &Plan) -> Vec<Run> {
    let steps = plan.stages[plan.target].steps.iter();
    let runs = steps.filter_map(|step| match &step.action {
        Action::Run(run) => Some((**run).clone()),
        _ => None,
    });
    runs.collect()
}
