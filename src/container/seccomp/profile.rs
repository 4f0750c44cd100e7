//! Profiles of others, in Docker's form and that of the OCI runtime specification.
//!
//! Programs of 32 bits are let through where it names their architecture beside the machine's own, and killed elsewhere.

use std::collections::BTreeMap;

use rustix::thread::CapabilitySet;
use serde::Deserialize;

use super::names::Abi;
use super::program::{self, Condition, Instruction, Rule, Rules, Test};
use crate::container::capability;

/// Docker's own has 16 kilobytes.
const LARGEST: usize = 1 << 20;
/// A call has no more arguments.
const ARGUMENTS: u32 = 6;
#[cfg(target_arch = "x86_64")]
const ARCHITECTURES: [&str; 2] = ["amd64", "x86_64"];
#[cfg(target_arch = "x86_64")]
const OWN: &str = "SCMP_ARCH_X86_64";
#[cfg(not(target_arch = "x86_64"))]
const ARCHITECTURES: [&str; 2] = ["arm64", "aarch64"];
#[cfg(not(target_arch = "x86_64"))]
const OWN: &str = "SCMP_ARCH_AARCH64";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    default_action: String,
    default_errno_ret: Option<u32>,
    /// In the form of the OCI runtime specification.
    architectures: Option<Vec<String>>,
    /// In Docker's.
    arch_map: Option<Vec<Architecture>>,
    syscalls: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Architecture {
    architecture: String,
    sub_architectures: Option<Vec<String>>,
}

impl Profile {
    /// Returns the forms of calls that it is for: the machine's own always.
    fn forms(&self) -> Vec<Abi> {
        let own = self.arch_map.iter().flatten().filter(|one| one.architecture == OWN);
        let below = own.flat_map(|one| one.sub_architectures.iter().flatten());
        let named = below.chain(self.architectures.iter().flatten());
        let named: Vec<Abi> = named.filter_map(|name| Abi::named(name)).collect();
        let wanted = |abi: &Abi| *abi == Abi::Native || named.contains(abi);
        Abi::ALL.iter().copied().filter(wanted).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    names: Vec<String>,
    /// In profiles of before 2017.
    name: Option<String>,
    action: String,
    errno_ret: Option<u32>,
    args: Option<Vec<Argument>>,
    #[serde(default)]
    includes: Terms,
    #[serde(default)]
    excludes: Terms,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Argument {
    index: u32,
    value: u64,
    #[serde(default)]
    value_two: u64,
    op: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Terms {
    caps: Option<Vec<String>>,
    arches: Option<Vec<String>>,
    min_kernel: Option<String>,
}

/// Returns the filter that `text` describes, for a container with these capabilities.
pub(super) fn filter(text: &str, capabilities: CapabilitySet) -> Result<Vec<Instruction>, String> {
    if text.len() > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let profile: Profile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let otherwise = answer(&profile.default_action, profile.default_errno_ret)?;
    let mut rules: Rules<'_> = BTreeMap::new();
    for entry in profile.syscalls.iter().flatten() {
        if !applies(entry, capabilities)? {
            continue;
        }
        let rule = Rule {
            conditions: entry.args.iter().flatten().map(condition).collect::<Result<_, _>>()?,
            answer: answer(&entry.action, entry.errno_ret)?,
        };
        for name in entry.names.iter().chain(&entry.name) {
            rules.entry(name).or_default().push(rule.clone());
        }
    }
    for rules in rules.values_mut() {
        // As libseccomp: what is said of certain arguments comes before what is said of all, and that is said once.
        rules.sort_by_key(|rule| rule.conditions.is_empty());
        let all = rules.iter().position(|rule| rule.conditions.is_empty());
        rules.truncate(all.map_or(rules.len(), |all| all + 1));
    }
    let program = program::compile(&rules, &profile.forms(), otherwise);
    program.ok_or_else(|| "it has too many rules".to_owned())
}

fn answer(action: &str, number: Option<u32>) -> Result<u32, String> {
    let number = number.unwrap_or(libc::EPERM.unsigned_abs());
    if number > 4095 {
        return Err(format!("no error has the number {number}"));
    }
    Ok(match action {
        "SCMP_ACT_ALLOW" => program::ALLOW,
        "SCMP_ACT_LOG" => program::LOG,
        "SCMP_ACT_ERRNO" => program::ERRNO | number,
        "SCMP_ACT_TRACE" => program::TRACE | number,
        "SCMP_ACT_TRAP" => program::TRAP,
        "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" => program::KILL_THREAD,
        "SCMP_ACT_KILL_PROCESS" => program::KILL_PROCESS,
        other => return Err(format!("no action `{}`", other.escape_debug())),
    })
}

fn condition(argument: &Argument) -> Result<Condition, String> {
    let Argument { index, value, value_two, op } = argument;
    if *index >= ARGUMENTS {
        return Err(format!("no argument {index}"));
    }
    let (test, value) = match op.as_str() {
        "SCMP_CMP_EQ" => (Test::Equal, *value),
        "SCMP_CMP_NE" => (Test::NotEqual, *value),
        "SCMP_CMP_LT" => (Test::Less, *value),
        "SCMP_CMP_LE" => (Test::AtMost, *value),
        "SCMP_CMP_GE" => (Test::AtLeast, *value),
        "SCMP_CMP_GT" => (Test::More, *value),
        "SCMP_CMP_MASKED_EQ" => (Test::Masked(*value), *value_two),
        other => return Err(format!("no comparison `{}`", other.escape_debug())),
    };
    Ok(Condition { argument: *index, test, value })
}

fn applies(entry: &Entry, capabilities: CapabilitySet) -> Result<bool, String> {
    let holds = |names: &Option<Vec<String>>| -> Result<Vec<bool>, String> {
        let one = |name: &String| match capability::one_of(name) {
            Some(one) => Ok(capabilities.contains(one)),
            None => Err(format!("no capability `{}`", name.escape_debug())),
        };
        names.iter().flatten().map(one).collect()
    };
    let here = |names: &[String]| names.iter().any(|name| ARCHITECTURES.contains(&name.as_str()));
    let Entry { includes, excludes, .. } = entry;
    let included = holds(&includes.caps)?.into_iter().all(|held| held)
        && includes.arches.as_deref().is_none_or(|names| names.is_empty() || here(names))
        && includes.min_kernel.as_deref().is_none_or(is_kernel);
    let excluded = holds(&excludes.caps)?.into_iter().any(|held| held)
        || excludes.arches.as_deref().is_some_and(here)
        || excludes.min_kernel.as_deref().is_some_and(is_kernel);
    Ok(included && !excluded)
}

/// Tells whether the kernel is at least this one.
fn is_kernel(version: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let parts = text.split(|c: char| !c.is_ascii_digit()).take(2);
        parts.map(|part| part.parse().unwrap_or(0)).collect()
    };
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    numbers(&release) >= numbers(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::seccomp::machine;

    #[test]
    fn profiles_of_docker_s_form_are_read_and_others_refused() {
        let text = r#"{"defaultAction":"SCMP_ACT_ERRNO","archMap":[],"syscalls":[
            {"names":["read","no_such_call"],"action":"SCMP_ACT_ALLOW"},
            {"names":["chroot"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_CHROOT"]}},
            {"names":["mount"],"action":"SCMP_ACT_ERRNO","errnoRet":13,"excludes":{"caps":["CAP_SYS_ADMIN"]}},
            {"names":["socket"],"action":"SCMP_ACT_ALLOW"},
            {"names":["socket"],"action":"SCMP_ACT_ERRNO","errnoRet":22,
             "args":[{"index":0,"value":16,"valueTwo":0,"op":"SCMP_CMP_EQ"}]},
            {"name":"getpid","action":"SCMP_ACT_LOG","args":[]}]}"#;
        let program = filter(text, CapabilitySet::SYS_CHROOT).unwrap();
        let asked = |name: &str, first: u64| {
            let number = Abi::Native.number(name).unwrap();
            machine::answer(&program, Abi::Native, number, [first, 0, 0, 0, 0, 0])
        };
        for (name, first, expected) in [
            ("read", 0, program::ALLOW),
            ("write", 0, program::ERRNO | 1),
            ("chroot", 0, program::ALLOW),
            ("mount", 0, program::ERRNO | 13),
            ("socket", 2, program::ALLOW),
            ("socket", 16, program::ERRNO | 22),
            ("getpid", 0, program::LOG),
        ] {
            assert_eq!(asked(name, first), expected, "{name} {first}");
        }
        for (text, said) in [
            ("{}", "missing field"),
            (r#"{"defaultAction":"SCMP_ACT_NOTIFY"}"#, "no action"),
            (r#"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":5000}"#, "no error"),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],
                   "action":"SCMP_ACT_ALLOW","args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]}]}"#,
                "no argument 6",
            ),
            (
                r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],
                   "action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_NO"]}}]}"#,
                "no capability",
            ),
        ] {
            let found = filter(text, CapabilitySet::empty()).unwrap_err();
            assert!(found.contains(said), "{found}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn programs_of_32_bits_are_let_through_where_a_profile_names_them() {
        for (architectures, expected) in [
            ("", [program::KILL_PROCESS, program::ERRNO | 1]),
            (
                r#""architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],"#,
                [program::ALLOW, program::ERRNO | 1],
            ),
            (
                r#""archMap":[{"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]},
                {"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]}],"#,
                [program::ALLOW, program::ALLOW],
            ),
        ] {
            let text = format!(
                r#"{{"defaultAction":"SCMP_ACT_ERRNO",{architectures}"syscalls":[{{"names":["getpid"],"action":"SCMP_ACT_ALLOW"}}]}}"#
            );
            let program = filter(&text, CapabilitySet::empty()).unwrap();
            let asked =
                |abi: Abi| machine::answer(&program, abi, abi.number("getpid").unwrap(), [0; 6]);
            assert_eq!([Abi::I386, Abi::X32].map(asked), expected, "{architectures}");
            assert_eq!(asked(Abi::Native), program::ALLOW);
        }
    }
}
