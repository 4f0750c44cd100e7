//! What limits are in the words of each version: a controller, a file, a value.

use super::hierarchy::Version;
use crate::container::{Limits, Swap};

/// How long a share of processors is counted, in microseconds.
const PERIOD: u64 = 100_000;

/// A value to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) controller: &'static str,
    pub(super) file: &'static str,
    pub(super) value: String,
    /// What the container may not start without.
    pub(super) needed: Option<&'static str>,
}

/// Returns what is to be written, in this order.
pub(super) fn settings(limits: &Limits, version: Version) -> Vec<Setting> {
    let two = version == Version::Two;
    let pick = |new, old| if two { new } else { old };
    let set = |controller, file, value, needed| Setting { controller, file, value, needed };
    let processes = limits.processes.unwrap_or(Limits::PROCESSES).to_string();
    let asked = limits.processes.map(|_| "a limit for processes");
    let mut all = vec![set("pids", "pids.max", processes, asked)];
    if let Some(bytes) = limits.memory {
        let file = pick("memory.max", "memory.limit_in_bytes");
        all.push(set("memory", file, bytes.to_string(), Some("a limit for memory")));
    }
    all.extend(swap(limits, two));
    if let Some(thousandths) = limits.cpu {
        let quota = thousandths.saturating_mul(PERIOD / 1000);
        let (file, value) = match two {
            true => ("cpu.max", format!("{quota} {PERIOD}")),
            false => ("cpu.cfs_quota_us", quota.to_string()),
        };
        all.push(set("cpu", file, value, Some("a limit for processors")));
    }
    if let Some(list) = &limits.processors {
        all.push(set("cpuset", "cpuset.cpus", list.clone(), Some("a choice of processors")));
    }
    all
}

/// Version 1 counts memory and swap together, version 2 swap alone. As Docker: as much swap as memory where nobody says,
/// which is left away where swap is not counted.
fn swap(limits: &Limits, two: bool) -> Option<Setting> {
    let memory = limits.memory?;
    let (total, needed) = match limits.swap {
        Some(Swap::Total(bytes)) => (Some(bytes), Some("a limit for swap")),
        Some(Swap::Unlimited) => (None, None),
        None => (Some(memory.saturating_mul(2)), None),
    };
    let value = match (total, two) {
        (Some(bytes), true) => bytes.saturating_sub(memory).to_string(),
        (Some(bytes), false) => bytes.to_string(),
        (None, true) => "max".to_owned(),
        (None, false) => "-1".to_owned(),
    };
    let file = if two { "memory.swap.max" } else { "memory.memsw.limit_in_bytes" };
    Some(Setting { controller: "memory", file, value, needed })
}

/// Says what is wrong with limits on any machine.
pub(crate) fn refuse(limits: &Limits) -> Option<String> {
    let processors = std::thread::available_parallelism().map_or(usize::MAX, usize::from);
    let most = u64::try_from(processors).unwrap_or(u64::MAX).saturating_mul(1000);
    match limits {
        Limits { memory: None, swap: Some(Swap::Total(_)), .. } => {
            Some("a limit for swap needs one for memory".to_owned())
        }
        Limits { memory: Some(memory), swap: Some(Swap::Total(total)), .. } if total < memory => {
            Some("the limit for memory and swap is lower than that for memory".to_owned())
        }
        Limits { memory: Some(0), .. } => Some("a limit for memory of nothing".to_owned()),
        Limits { processes: Some(0), .. } => Some("a limit for processes of none".to_owned()),
        Limits { cpu: Some(share), .. } if *share < 10 || *share > most => {
            Some(format!("a limit for processors is from 0.01 to {processors} here"))
        }
        Limits { processors: Some(list), .. } if !is_list(list) => {
            Some(format!("`{}` is no list of processors as `0-3,5`", list.escape_debug()))
        }
        Limits { out_of_memory_score: Some(score), .. } if !(-1000..=1000).contains(score) => {
            Some("a score for want of memory is from -1000 to 1000".to_owned())
        }
        _ => None,
    }
}

fn is_list(text: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| !text.starts_with('+'));
    text.split(',').all(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        number(first).zip(number(last)).is_some_and(|(first, last)| first <= last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(limits: &Limits, version: Version) -> Vec<String> {
        let line = |one: &Setting| {
            let needed = if one.needed.is_some() { "!" } else { "" };
            format!("{}={}{needed}", one.file, one.value)
        };
        settings(limits, version).iter().map(line).collect()
    }

    #[test]
    fn limits_are_written_in_the_words_of_each_version() {
        let limits = Limits {
            memory: Some(100),
            swap: Some(Swap::Total(150)),
            cpu: Some(1500),
            processors: Some("0-1".to_owned()),
            processes: Some(7),
            ..Limits::default()
        };
        let two = ["pids.max=7!", "memory.max=100!", "memory.swap.max=50!"];
        let rest = ["cpu.max=150000 100000!", "cpuset.cpus=0-1!"];
        assert_eq!(written(&limits, Version::Two), [&two[..], &rest].concat());
        let one = ["pids.max=7!", "memory.limit_in_bytes=100!", "memory.memsw.limit_in_bytes=150!"];
        let rest = ["cpu.cfs_quota_us=150000!", "cpuset.cpus=0-1!"];
        assert_eq!(written(&limits, Version::One), [&one[..], &rest].concat());
        assert_eq!(written(&Limits::default(), Version::Two), ["pids.max=2048"]);
        let memory = Limits { memory: Some(100), ..Limits::default() };
        assert_eq!(written(&memory, Version::Two)[2], "memory.swap.max=100");
        let unlimited = Limits { swap: Some(Swap::Unlimited), ..memory };
        assert_eq!(written(&unlimited, Version::Two)[2], "memory.swap.max=max");
    }

    #[test]
    fn limits_that_are_none_are_refused() {
        let good = Limits { memory: Some(100), ..Limits::default() };
        for (limits, said) in [
            (good.clone(), None),
            (Limits { swap: Some(Swap::Total(99)), ..good.clone() }, Some("lower than")),
            (
                Limits { memory: None, swap: Some(Swap::Total(99)), ..good.clone() },
                Some("needs one"),
            ),
            (Limits { cpu: Some(9), ..good.clone() }, Some("from 0.01")),
            (Limits { cpu: Some(u64::MAX), ..good.clone() }, Some("from 0.01")),
            (Limits { processors: Some("0-".to_owned()), ..good.clone() }, Some("no list")),
            (Limits { processors: Some("1-0\n".to_owned()), ..good.clone() }, Some("no list")),
            (Limits { processors: Some("0,2-3".to_owned()), ..good.clone() }, None),
            (Limits { out_of_memory_score: Some(1001), ..good }, Some("from -1000")),
        ] {
            let found = refuse(&limits);
            assert_eq!(found.is_some(), said.is_some(), "{limits:?}: {found:?}");
            assert!(said.is_none_or(|said| found.unwrap().contains(said)), "{limits:?}");
        }
    }
}
