//! `RUN` and its mounts.

use super::ast::{Command, Mount, MountFlag, MountKind, Network, Run, Security, Sharing};
use super::error::Fault;
use super::flags::{Flags, fault};
use super::instruction::Source;
use super::words::Flag;
use crate::base::near;

/// What a mount may say; the words of a key that has several stand next to each other.
const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "readwrite",
    "rw",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "env",
];

/// Reads a `RUN`.
pub(super) fn read(source: Source<'_>, flags: &Flags) -> Result<Run, Fault> {
    let command = source.command()?;
    let script = match source.docs.as_slice() {
        [only] => only.begin == source.rest && source.text[only.end..].trim().is_empty(),
        _ => false,
    };
    let mounts = flags.all("mount").map(mount_flag).collect::<Result<_, _>>()?;
    Ok(Run {
        command: if source.docs.is_empty() {
            command
        } else {
            Command::Shell(source.rest().to_owned())
        },
        heredocs: source.docs.into_iter().map(|opening| opening.heredoc).collect(),
        script,
        mounts,
        network: network(flags)?,
        security: security(flags)?,
        devices: flags.texts("device"),
    })
}

fn network(flags: &Flags) -> Result<Network, Fault> {
    let Some(flag) = flags.find("network") else { return Ok(Network::Default) };
    match flag.value.as_deref() {
        Some("default") => Ok(Network::Default),
        Some("none") => Ok(Network::None),
        Some("host") => Ok(Network::Host),
        other => Err(closed(flag, other, &["default", "none", "host"])),
    }
}

fn security(flags: &Flags) -> Result<Security, Fault> {
    let Some(flag) = flags.find("security") else { return Ok(Security::Sandbox) };
    match flag.value.as_deref() {
        Some("sandbox") => Ok(Security::Sandbox),
        Some("insecure") => Ok(Security::Insecure),
        other => Err(closed(flag, other, &["sandbox", "insecure"])),
    }
}

fn closed(flag: &Flag, value: Option<&str>, known: &[&str]) -> Fault {
    let value = value.unwrap_or_default();
    let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    let (last, rest) = words.split_last().expect("there are some");
    let reason = format!("`--{}` is {} or {last}, not `{value}`", flag.name, rest.join(", "));
    fault(flag, reason).near(near::matches(value, known.iter().copied()))
}

/// Splits a mount at its commas and checks the keys; values are read once variables are replaced, or now where it has none.
fn mount_flag(flag: &Flag) -> Result<MountFlag, Fault> {
    let text = flag.value.clone().unwrap_or_default();
    let mut fields = vec![];
    for field in commas(&text) {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value.to_owned())),
            None => (field.to_ascii_lowercase(), None),
        };
        if !KEYS.contains(&key.as_str()) {
            let reason = format!("a mount has no `{key}`");
            return Err(fault(flag, reason).near(near::matches(&key, KEYS)));
        }
        let switch = ["readonly", "ro", "readwrite", "rw", "required"].contains(&key.as_str());
        if value.is_none() && !switch {
            return Err(fault(flag, format!("`{key}` of a mount needs a value: `{key}=…`")));
        }
        if key == "from" && value.as_deref().is_some_and(|value| value.contains('$')) {
            let reason = "`from` of a mount takes no variable; name a stage `FROM $… AS name` and mount that";
            return Err(fault(flag, reason));
        }
        fields.push((key, value));
    }
    let mount = MountFlag { text, fields };
    if !mount.text.contains('$') {
        let read = mount.read(&mut |value| Ok(value.to_owned()));
        read.map_err(|inner| fault(flag, inner.reason).near(inner.near))?;
    }
    Ok(mount)
}

/// Splits at commas; a field in double quotes may hold some.
fn commas(text: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields.last_mut().expect("there is one").push(c),
        }
    }
    fields
}

/// A mount that is being read; nothing is decided before the last field.
#[derive(Default)]
struct Draft {
    kind: Option<MountKind>,
    read_only: Option<bool>,
    required: Option<bool>,
    sharing: Option<Sharing>,
    target: Option<String>,
    source: Option<String>,
    from: Option<String>,
    id: Option<String>,
    size: Option<u64>,
    mode: Option<u32>,
    uid: Option<u32>,
    gid: Option<u32>,
    env: Option<String>,
}

impl MountFlag {
    /// Reads it, with what `expand` makes of the values.
    pub(crate) fn read(
        &self,
        expand: &mut dyn FnMut(&str) -> Result<String, Fault>,
    ) -> Result<Mount, Fault> {
        let mut draft = Draft::default();
        for (key, value) in &self.fields {
            let value = value.as_deref().map(&mut *expand).transpose()?;
            draft
                .take(key, value)
                .map_err(|(reason, near)| Fault::new(0, self.text.len(), reason).near(near))?;
        }
        draft.finish().map_err(|reason| Fault::new(0, self.text.len(), reason))
    }
}

type Wrong = (String, Vec<String>);

impl Draft {
    fn take(&mut self, key: &str, value: Option<String>) -> Result<(), Wrong> {
        let text = value.clone().unwrap_or_default();
        match key {
            "type" => self.kind = Some(kind(&text)?),
            "from" => self.from = filled(value),
            "source" | "src" => self.source = filled(value),
            "target" | "dst" | "destination" => self.target = filled(value),
            "readonly" | "ro" => self.read_only = Some(truth(key, value)?),
            "readwrite" | "rw" => self.read_only = Some(!truth(key, value)?),
            "required" => self.required = Some(truth(key, value)?),
            "id" => self.id = filled(value),
            "env" => self.env = filled(value),
            "sharing" => self.sharing = Some(sharing(&text)?),
            "size" => self.size = Some(size(&text)?),
            "mode" => self.mode = Some(number(key, &text, 8)?),
            "uid" => self.uid = Some(number(key, &text, 10)?),
            _ => self.gid = Some(number(key, &text, 10)?),
        }
        Ok(())
    }

    fn finish(self) -> Result<Mount, String> {
        let kind = self.kind.unwrap_or(MountKind::Bind);
        let name = kind.name();
        let (secret, ssh) = (kind == MountKind::Secret, kind == MountKind::Ssh);
        let cache = kind == MountKind::Cache;
        let owned = secret || ssh || cache;
        let only = |is: bool, allowed: bool, key: &str| match is && !allowed {
            true => Err(format!("a {name} mount has no `{key}`")),
            false => Ok(()),
        };
        only(self.mode.is_some(), owned, "mode")?;
        only(self.uid.is_some(), owned, "uid")?;
        only(self.gid.is_some(), owned, "gid")?;
        only(self.required.is_some(), secret || ssh, "required")?;
        only(self.size.is_some(), kind == MountKind::Tmpfs, "size")?;
        only(self.sharing.is_some(), cache, "sharing")?;
        only(self.from.is_some(), !secret && !ssh, "from")?;
        only(self.env.is_some(), secret, "env")?;
        if secret && self.source.is_some() && self.id.is_some() {
            return Err("a secret has an `id` or a `source`, not both".to_owned());
        }
        if secret && self.source.is_none() && self.id.is_none() && self.target.is_none() {
            return Err("a secret mount needs an `id`".to_owned());
        }
        Ok(Mount {
            kind,
            target: self.target,
            source: self.source,
            from: self.from,
            read_only: self
                .read_only
                .unwrap_or(!matches!(kind, MountKind::Cache | MountKind::Tmpfs)),
            id: self.id,
            sharing: self.sharing.unwrap_or_default(),
            required: self.required.unwrap_or(false),
            size: self.size,
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            env: self.env,
        })
    }
}

impl MountKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Cache => "cache",
            Self::Tmpfs => "tmpfs",
            Self::Secret => "secret",
            Self::Ssh => "ssh",
        }
    }
}

fn filled(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

fn kind(text: &str) -> Result<MountKind, Wrong> {
    use MountKind as K;
    let all = [K::Bind, K::Cache, K::Tmpfs, K::Secret, K::Ssh];
    let found = all.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let near = near::matches(text, all.map(K::name));
        (format!("the type of a mount is bind, cache, tmpfs, secret or ssh, not `{text}`"), near)
    })
}

fn sharing(text: &str) -> Result<Sharing, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "shared" => Ok(Sharing::Shared),
        "private" => Ok(Sharing::Private),
        "locked" => Ok(Sharing::Locked),
        _ => {
            let near = near::matches(text, ["shared", "private", "locked"]);
            Err((format!("`sharing` is shared, private or locked, not `{text}`"), near))
        }
    }
}

fn truth(key: &str, value: Option<String>) -> Result<bool, Wrong> {
    match value.as_deref() {
        None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(true),
        Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(false),
        Some(other) => Err((format!("`{key}` is `true` or `false`, not `{other}`"), vec![])),
    }
}

fn number(key: &str, text: &str, base: u32) -> Result<u32, Wrong> {
    let plain = text.chars().all(|c| c.is_ascii_digit());
    let number = u32::from_str_radix(text, base).ok().filter(|_| plain);
    let sort = if base == 8 { "an octal number" } else { "a number" };
    number.ok_or_else(|| (format!("`{key}` is {sort}, not `{text}`"), vec![]))
}

/// Reads `512`, `64m`, `1.5GiB`; units are powers of 1024.
fn size(text: &str) -> Result<u64, Wrong> {
    let wrong = || (format!("`size` is a number of bytes such as `64m`, not `{text}`"), vec![]);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().map_err(|_| wrong())?;
    let unit = text[end..].trim().to_ascii_lowercase();
    let power = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return Err(wrong()),
    };
    let bytes = number * 1024_f64.powi(power);
    if (0.0..9.0e18).contains(&bytes) { Ok(bytes as u64) } else { Err(wrong()) }
}
