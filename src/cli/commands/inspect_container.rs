//! A container as Docker's `inspect` shows it.

use mls::base::time;
use mls::container::{Config, Container, Life, Mount, Network, Restart, Source, State};
use serde_json::{Value, json};

use crate::cli::error::CommandError;

/// What Docker writes where there is no time.
const NEVER: &str = "0001-01-01T00:00:00Z";

pub(super) fn describe(container: &Container) -> Result<Value, CommandError> {
    let (config, state) = (container.config()?, container.state());
    let command = &config.spec.args;
    Ok(json!({
        "Id": container.id(),
        "Created": time::rfc3339(config.created),
        "Path": command.first(),
        "Args": command.get(1..).unwrap_or_default(),
        "State": state_of(&state),
        "Image": config.image_id,
        "ResolvConfPath": "",
        "LogPath": container.folder().join("log"),
        "Name": format!("/{}", config.name),
        "RestartCount": state.restarts,
        "Driver": "overlay",
        "Platform": "linux",
        "HostConfig": host(&config),
        "Mounts": mounts(container, &config),
        "Config": settings(&config),
        "NetworkSettings": network(&state),
    }))
}

fn state_of(state: &State) -> Value {
    let moment = |time: Option<i64>| time.map_or(NEVER.to_owned(), time::rfc3339);
    json!({
        "Status": state.life.as_str(),
        "Running": matches!(state.life, Life::Running | Life::Paused | Life::Restarting),
        "Paused": state.life == Life::Paused,
        "Restarting": state.life == Life::Restarting,
        "OOMKilled": state.out_of_memory,
        "Dead": false,
        "Pid": state.facts.pid,
        "ExitCode": state.exit_code,
        "Error": state.error,
        "StartedAt": moment(state.started),
        "FinishedAt": moment(state.finished),
    })
}

fn host(config: &Config) -> Value {
    let (limits, security) = (&config.spec.limits, &config.spec.security);
    let restart = match config.restart {
        Restart::No => ("no", 0),
        Restart::OnFailure(most) => ("on-failure", most.unwrap_or(0)),
        Restart::Always => ("always", 0),
        Restart::UnlessStopped => ("unless-stopped", 0),
    };
    json!({
        "NetworkMode": network_of(config),
        "IpcMode": if config.spec.host_ipc { "host" } else { "private" },
        "RestartPolicy": { "Name": restart.0, "MaximumRetryCount": restart.1 },
        "AutoRemove": config.auto_remove,
        "Privileged": security.privileged,
        "CapAdd": security.add,
        "CapDrop": security.drop,
        "ReadonlyRootfs": config.spec.read_only,
        "Init": config.spec.init,
        "Memory": limits.memory.unwrap_or(0),
        "NanoCpus": limits.cpu.unwrap_or(0).saturating_mul(1_000_000),
        "CpusetCpus": limits.processors.clone().unwrap_or_default(),
        "PidsLimit": limits.processes,
        "OomScoreAdj": limits.out_of_memory_score.unwrap_or(0),
        "ShmSize": limits.shared_memory.unwrap_or(64 << 20),
        "Ulimits": limits.resources.iter()
            .map(|(name, soft, hard)| json!({ "Name": name, "Soft": soft, "Hard": hard }))
            .collect::<Vec<_>>(),
        "GroupAdd": config.groups,
        "LogConfig": {
            "Type": if config.log.none { "none" } else { "local" },
            "Config": { "max-size": config.log.size.to_string(), "max-file": config.log.files.to_string() },
        },
    })
}

fn network_of(config: &Config) -> &'static str {
    match config.spec.network {
        Network::Host => "host",
        Network::None => "none",
        Network::Private => "private",
    }
}

fn mounts(container: &Container, config: &Config) -> Vec<Value> {
    let shown = |kind: &str, source: String, name: Option<&str>, target: &str, read_only: bool| {
        let mut value = json!({
            "Type": kind,
            "Source": source,
            "Destination": target,
            "Mode": if read_only { "ro" } else { "" },
            "RW": !read_only,
            "Propagation": if kind == "bind" { "rprivate" } else { "" },
        });
        if let Some(name) = name {
            value["Name"] = name.into();
            value["Driver"] = "local".into();
        }
        value
    };
    let store = container.folder().parent().and_then(std::path::Path::parent);
    let bind = |mount: &Mount| match &mount.source {
        Source::Bind(path) => {
            shown("bind", path.display().to_string(), None, &mount.target, mount.read_only)
        }
        _ => shown("tmpfs", String::new(), None, &mount.target, mount.read_only),
    };
    let volumes = config.volumes.iter().map(|volume| {
        let folder = store.map(|store| store.join("volumes").join(&volume.name).join("data"));
        let folder = folder.map(|folder| folder.display().to_string()).unwrap_or_default();
        shown("volume", folder, Some(&volume.name), &volume.target, volume.read_only)
    });
    config.spec.mounts.iter().map(bind).chain(volumes).collect()
}

fn settings(config: &Config) -> Value {
    let exposed: serde_json::Map<String, Value> =
        config.exposed.iter().map(|port| (port.clone(), json!({}))).collect();
    json!({
        "Hostname": config.spec.hostname,
        "User": config.user,
        "AttachStdin": config.open_input,
        "Tty": config.terminal,
        "OpenStdin": config.open_input,
        "Env": config.spec.env,
        "Cmd": config.command,
        "Entrypoint": if config.entrypoint.is_empty() { Value::Null } else { json!(config.entrypoint) },
        "Image": config.image,
        "WorkingDir": config.spec.cwd,
        "Labels": config.labels,
        "ExposedPorts": exposed,
        "StopSignal": config.stop_signal.to_string(),
        "StopTimeout": config.stop_timeout,
    })
}

fn network(state: &State) -> Value {
    let mut ports = serde_json::Map::new();
    for bound in &state.facts.ports {
        let key = format!("{}/{}", bound.container, bound.protocol);
        let entry = ports.entry(key).or_insert_with(|| json!([]));
        if let Some(all) = entry.as_array_mut() {
            all.push(json!({
                "HostIp": bound.address.to_string(),
                "HostPort": bound.host.to_string(),
            }));
        }
    }
    json!({
        "IPAddress": state.facts.address.map(|address| address.to_string()).unwrap_or_default(),
        "Ports": ports,
    })
}
