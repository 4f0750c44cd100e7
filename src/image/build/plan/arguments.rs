//! The arguments that are set before any stage: those of the platform, those of `ARG` before `FROM`, those of the user.

use std::collections::BTreeMap;

use crate::base::near;
use crate::image::build::plan::Options;
use crate::image::dockerfile::vars::{Style, expand};
use crate::image::dockerfile::{Error, File, Kind};
use crate::image::platform::Platform;

/// Set for every command without being declared, and no part of its cache key.
const PROXIES: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Read by the builder itself.
const OWN: [&str; 9] = [
    "BUILDKIT_SYNTAX",
    "BUILDKIT_INLINE_CACHE",
    "BUILDKIT_MULTI_PLATFORM",
    "BUILDKIT_SANDBOX_HOSTNAME",
    "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
    "BUILDKIT_CACHE_MOUNT_NS",
    "BUILDKIT_BUILD_NAME",
    "BUILDKIT_DOCKERFILE_CHECK",
    "SOURCE_DATE_EPOCH",
];

/// Arguments by their names.
pub(super) type Arguments = BTreeMap<String, String>;

/// Returns what the platform sets, unless the user sets it.
fn of_platform(options: &Options) -> Arguments {
    let build = &options.build_platform;
    let target = options.platform.as_ref().unwrap_or(build);
    let stage = options.target.clone().unwrap_or_else(|| "default".to_owned());
    let mut all = Arguments::from([("TARGETSTAGE".to_owned(), stage)]);
    for (prefix, platform) in [("BUILD", build), ("TARGET", target)] {
        let Platform { os, architecture, variant } = platform;
        for (name, value) in [
            ("PLATFORM", platform.to_string()),
            ("OS", os.clone()),
            ("OSVERSION", String::new()),
            ("ARCH", architecture.clone()),
            ("VARIANT", variant.clone()),
        ] {
            all.insert(format!("{prefix}{name}"), value);
        }
    }
    for (name, value) in &mut all {
        if let Some(given) = options.build_args.get(name) {
            value.clone_from(given);
        }
    }
    all
}

/// Returns the arguments that `FROM` sees, with those that the user gives, or as if none were given.
pub(super) fn global(file: &File, options: &Options, given: bool) -> Result<Arguments, Error> {
    let mut all = of_platform(options);
    let style = Style::word(file.directives.escape);
    for global in &file.globals {
        for argument in &global.arguments {
            let own = options.build_args.get(&argument.name).filter(|_| given);
            let value = match (own, &argument.default) {
                (Some(own), _) => own.clone(),
                (None, None) => continue,
                (None, Some(default)) => {
                    let get = |name: &str| all.get(name).map(String::as_str);
                    let expanded = expand(default, style, &get);
                    expanded
                        .map_err(|fault| Error::in_word(fault, default, &global.text, global.at))?
                        .text
                }
            };
            all.insert(argument.name.clone(), value);
        }
    }
    Ok(all)
}

/// Returns the proxies that the user gives, as `NAME=value`.
pub(super) fn proxies(options: &Options) -> Vec<String> {
    let given = options.build_args.iter().filter(|(name, _)| PROXIES.contains(&name.as_str()));
    given.map(|(name, value)| format!("{name}={value}")).collect()
}

/// Says which of the given arguments no `ARG` names.
pub(super) fn unused(file: &File, options: &Options) -> Vec<String> {
    let of_stages = file.stages.iter().flat_map(|stage| &stage.instructions);
    let of_stages = of_stages.filter_map(|instruction| match &instruction.kind {
        Kind::Arg(arguments) => Some(arguments),
        _ => None,
    });
    let all = file.globals.iter().map(|global| &global.arguments).chain(of_stages);
    let declared: Vec<&str> = all.flatten().map(|argument| argument.name.as_str()).collect();
    let platform = of_platform(options);
    let known = |name: &str| {
        PROXIES.contains(&name)
            || OWN.contains(&name)
            || platform.contains_key(name)
            || declared.contains(&name)
    };
    let unused = options.build_args.keys().filter(|name| !known(name));
    let told = unused.map(|name| match near::matches(name, declared.iter().copied()).first() {
        Some(near) => {
            format!("The build argument `{name}` is not used: no ARG names it. There is `{near}`.")
        }
        None => format!("The build argument `{name}` is not used: no ARG names it."),
    });
    told.collect()
}
