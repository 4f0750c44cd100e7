//! The machine while a command runs, as metrics under MLflow's names.

use std::collections::{HashMap, HashSet};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use nvml_wrapper::Nvml;
use sysinfo::{Disks, Networks, Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::base::Clock;
use crate::track::{Point, Value};

type Samples = Vec<(String, Point)>;

/// A thread that looks at the machine every so often.
#[derive(Debug)]
pub struct Sampler {
    stop: Sender<()>,
    samples: Receiver<Samples>,
    thread: JoinHandle<()>,
}

impl Sampler {
    /// Begins to look at the machine and at the processes that descend from `pid`.
    pub fn start(every: Duration, pid: u32, clock: Clock) -> Self {
        let (stop, stopped) = bounded(1);
        let (sender, samples) = unbounded();
        let thread = std::thread::spawn(move || {
            let mut machine = Machine::new(pid);
            // Use of the CPU is measured between two looks.
            let mut wait = sysinfo::MINIMUM_CPU_UPDATE_INTERVAL.min(every);
            for step in 0.. {
                let ended = stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
                // The last look at a command that was long enough for others would find it gone.
                if !ended || step == 0 {
                    let _ = sender.send(machine.sample(step, clock.now()));
                }
                if ended {
                    return;
                }
                wait = every;
            }
        });
        Self { stop, samples, thread }
    }

    /// Returns what was seen since the last time.
    pub fn samples(&self) -> Samples {
        self.samples.try_iter().flatten().collect()
    }

    /// Ends the thread and returns the rest.
    pub fn stop(self) -> Samples {
        let _ = self.stop.send(());
        let _ = self.thread.join();
        self.samples.try_iter().flatten().collect()
    }
}

struct Machine {
    root: Pid,
    system: System,
    disks: Disks,
    networks: Networks,
    nvml: Option<Nvml>,
    received: u64,
    transmitted: u64,
}

impl Machine {
    fn new(pid: u32) -> Self {
        let mut system = System::new();
        system.refresh_cpu_usage();
        let mut machine = Self {
            root: Pid::from_u32(pid),
            system,
            disks: Disks::new_with_refreshed_list(),
            networks: Networks::new_with_refreshed_list(),
            nvml: Nvml::init().ok(),
            received: 0,
            transmitted: 0,
        };
        machine.refresh_processes();
        machine
    }

    fn refresh_processes(&mut self) {
        let what =
            ProcessRefreshKind::nothing().with_memory().with_cpu().with_exe(UpdateKind::Never);
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, what.without_tasks());
    }

    fn sample(&mut self, step: i64, time: i64) -> Samples {
        let mut seen = Vec::new();
        self.processor_and_memory(&mut seen);
        self.processes(&mut seen);
        self.disk(&mut seen);
        self.network(&mut seen);
        self.gpus(&mut seen);
        let point = |value| Point { step, time, value: Value(value) };
        seen.into_iter().map(|(name, value)| (format!("system/{name}"), point(value))).collect()
    }

    fn processor_and_memory(&mut self, seen: &mut Vec<(String, f64)>) {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory();
        let (used, total) = (self.system.used_memory(), self.system.total_memory());
        push(seen, "cpu_utilization_percentage", f64::from(self.system.global_cpu_usage()));
        push(seen, "system_memory_usage_megabytes", megabytes(used));
        push(seen, "system_memory_usage_percentage", percentage(used, total));
    }

    /// The command and all that it has started, as far as they are its descendants still.
    fn processes(&mut self, seen: &mut Vec<(String, f64)>) {
        self.refresh_processes();
        let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
        for (pid, process) in self.system.processes() {
            children.entry(process.parent().unwrap_or(Pid::from_u32(0))).or_default().push(*pid);
        }
        let mut family = HashSet::new();
        let mut open = vec![self.root];
        while let Some(pid) = open.pop() {
            if family.insert(pid) {
                open.extend(children.get(&pid).into_iter().flatten());
            }
        }
        let members = || family.iter().filter_map(|pid| self.system.process(*pid));
        push(
            seen,
            "process_memory_usage_megabytes",
            megabytes(members().map(|p| p.memory()).sum()),
        );
        let used: f32 = members().map(|process| process.cpu_usage()).sum();
        push(seen, "process_cpu_utilization_percentage", f64::from(used));
    }

    fn disk(&mut self, seen: &mut Vec<(String, f64)>) {
        self.disks.refresh(true);
        let root = self.disks.iter().find(|disk| disk.mount_point() == std::path::Path::new("/"));
        if let Some(disk) = root.or(self.disks.iter().next()) {
            let used = disk.total_space().saturating_sub(disk.available_space());
            push(seen, "disk_usage_percentage", percentage(used, disk.total_space()));
            push(seen, "disk_usage_megabytes", megabytes(used));
            push(seen, "disk_available_megabytes", megabytes(disk.available_space()));
        }
    }

    /// What came and went since the run began.
    fn network(&mut self, seen: &mut Vec<(String, f64)>) {
        self.networks.refresh(true);
        for network in self.networks.values() {
            self.received += network.received();
            self.transmitted += network.transmitted();
        }
        push(seen, "network_receive_megabytes", megabytes(self.received));
        push(seen, "network_transmit_megabytes", megabytes(self.transmitted));
    }

    fn gpus(&self, seen: &mut Vec<(String, f64)>) {
        let Some(nvml) = &self.nvml else { return };
        for index in 0..nvml.device_count().unwrap_or(0) {
            let Ok(device) = nvml.device_by_index(index) else { continue };
            let name = |what: &str| format!("gpu_{index}_{what}");
            if let Ok(memory) = device.memory_info() {
                push(seen, &name("memory_usage_megabytes"), megabytes(memory.used));
                push(seen, &name("memory_usage_percentage"), percentage(memory.used, memory.total));
            }
            if let Ok(used) = device.utilization_rates() {
                push(seen, &name("utilization_percentage"), f64::from(used.gpu));
            }
            if let Ok(milliwatts) = device.power_usage() {
                push(seen, &name("power_usage_watts"), f64::from(milliwatts) / 1000.0);
                if let Ok(limit) = device.enforced_power_limit() {
                    let share = percentage(u64::from(milliwatts), u64::from(limit));
                    push(seen, &name("power_usage_percentage"), share);
                }
            }
        }
    }
}

fn push(seen: &mut Vec<(String, f64)>, name: &str, value: f64) {
    seen.push((name.to_owned(), (value * 100.0).round() / 100.0));
}

/// MLflow's megabytes are millions of bytes.
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn percentage(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
