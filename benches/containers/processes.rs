//! What processes hold and spend, as the kernel tells it of those that run.

use std::path::Path;

use crate::tools::sh;

/// Megabytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) resident: f64,
    /// Of it, what no other process has.
    pub(crate) own: f64,
    /// Of it, its own and a fair part of what several have.
    pub(crate) part: f64,
}

/// Returns the number of the process that stands behind a container: the parent of its first one.
pub(crate) fn supervisor(folder: &Path, mls: &str, name: &str) -> u32 {
    let text = sh(folder, &format!("{mls} inspect {name}"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let one = if value.is_array() { &value[0] } else { &value };
    let first = one["State"]["Pid"].as_u64().unwrap();
    stat(first as u32).unwrap()[1].parse().unwrap()
}

/// Returns the processes that pass on what comes to the ports of a container.
pub(crate) fn relays(supervisor: u32) -> Vec<u32> {
    children(supervisor)
        .into_iter()
        .filter(|pid| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.starts_with(b"mls\0"))
        })
        .collect()
}

/// Returns the processes that a process has started and that still live.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let text = text.unwrap_or_default();
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Returns the fields of a process behind its name.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

/// Returns the CPU seconds of a process and of its children that have ended.
pub(crate) fn cpu(pid: u32) -> f64 {
    let fields = stat(pid).unwrap_or_default();
    let ticks = fields.iter().skip(11).take(4).filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Returns the largest of each that any of the processes has.
pub(crate) fn largest(processes: &[u32]) -> Memory {
    processes.iter().copied().map(memory).fold(Memory::default(), |most, one| Memory {
        resident: most.resident.max(one.resident),
        own: most.own.max(one.own),
        part: most.part.max(one.part),
    })
}

fn memory(pid: u32) -> Memory {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let of = |name: &str| -> f64 {
        let lines = text.lines().filter_map(|line| line.strip_prefix(name));
        let sum: f64 =
            lines.filter_map(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok()).sum();
        sum / 1024.0
    };
    Memory {
        resident: of("Rss:"),
        own: of("Private_Dirty:") + of("Private_Clean:"),
        part: of("Pss:"),
    }
}
