//! The machine.

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use crate::track::Environment;

/// Describes this machine; what it does not tell stays empty.
pub fn capture() -> Environment {
    let asked = RefreshKind::nothing()
        .with_cpu(CpuRefreshKind::nothing())
        .with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(asked);
    let cpu = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned());
    Environment {
        host: System::host_name().unwrap_or_default(),
        os: System::long_os_version().unwrap_or_default(),
        arch: System::cpu_arch(),
        cpu: cpu.unwrap_or_default(),
        cores: system.cpus().len() as u64,
        memory: system.total_memory(),
        gpus: gpus(),
        python: None,
    }
}

/// Returns the names of the NVIDIA GPUs; none where their library cannot be loaded.
fn gpus() -> Vec<String> {
    let Ok(nvml) = nvml_wrapper::Nvml::init() else { return Vec::new() };
    let count = nvml.device_count().unwrap_or(0);
    (0..count)
        .filter_map(|index| nvml.device_by_index(index).ok())
        .map(|device| {
            let memory = device.memory_info().map_or(0, |memory| memory.total >> 20);
            format!("{} ({memory} MiB)", device.name().unwrap_or_default())
        })
        .collect()
}
