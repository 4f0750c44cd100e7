//! The instructions that change the config alone: ARG, ENV, LABEL, CMD, ENTRYPOINT, EXPOSE and their like.

use super::history;
use super::stage::Maker;
use crate::image::config::{Healthcheck, Nothing};
use crate::image::dockerfile::lint::Rule;
use crate::image::dockerfile::{self, Argument, Command, Error, Instruction, Pairs};

/// Returns `path` as seen from `folder`, without `.`, `..` and double slashes.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    let from = if path.starts_with('/') { "" } else { folder };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

impl Maker<'_> {
    pub(super) fn arguments(
        &mut self,
        one: &Instruction,
        all: &[Argument],
    ) -> Result<String, Error> {
        let mut told = String::from("ARG");
        for argument in all {
            let name = &argument.name;
            self.check_secret(one, "ARG", name);
            let given = self.options.build_args.get(name).cloned();
            let value = match (given, &argument.default) {
                (Some(given), _) => Some(given),
                (None, Some(default)) => Some(self.word(one, default)?),
                (None, None) => self.global(name).cloned(),
            };
            told.push(' ');
            told.push_str(name);
            if let Some(value) = &value {
                self.state.set(name, value);
                told.push('=');
                told.push_str(value);
            }
            self.state.arguments.push((name.clone(), value));
        }
        Ok(told)
    }

    /// Replaces the variables of all pairs, as they were before the instruction.
    fn pairs(
        &mut self,
        one: &Instruction,
        pairs: &Pairs,
        word: &str,
    ) -> Result<Vec<(String, String)>, Error> {
        if pairs.legacy {
            let message = format!(
                "\"{word} key=value\" should be used instead of legacy \"{word} key value\" format"
            );
            self.warn(one, Rule::LegacyKeyValueFormat, message);
        }
        let all = pairs.pairs.iter();
        all.map(|(name, value)| Ok((self.word(one, name)?, self.word(one, value)?))).collect()
    }

    pub(super) fn env(&mut self, one: &Instruction, pairs: &Pairs) -> Result<String, Error> {
        let mut told = String::from("ENV");
        for (name, value) in self.pairs(one, pairs, "ENV")? {
            if name.is_empty() {
                return Err(self.wrong(one, "", "the name of a variable comes to nothing"));
            }
            self.check_secret(one, "ENV", &name);
            self.state.set(&name, &value);
            let pair = format!("{name}={value}");
            told.push_str(&format!(" {pair}"));
            self.state.set_env(&name, pair);
        }
        Ok(told)
    }

    pub(super) fn label(&mut self, one: &Instruction, pairs: &Pairs) -> Result<String, Error> {
        let mut told = String::from("LABEL");
        for (name, value) in self.pairs(one, pairs, "LABEL")? {
            told.push_str(&format!(" {name}={value}"));
            self.state.config.config.labels.insert(name, value);
        }
        Ok(told)
    }

    fn command(&mut self, one: &Instruction, command: &Command, word: &'static str) -> Vec<String> {
        self.only_once(one, word);
        match command {
            Command::Exec(words) => words.clone(),
            Command::Shell(line) => {
                if self.state.config.config.shell.is_none() {
                    let message = format!(
                        "JSON arguments recommended for {word} to prevent unintended behavior related to OS signals"
                    );
                    self.warn(one, Rule::JsonArgsRecommended, message);
                }
                self.state.with_shell(line)
            }
        }
    }

    pub(super) fn cmd(&mut self, one: &Instruction, command: &Command) -> String {
        let words = self.command(one, command, "CMD");
        let told = format!("CMD {}", history::quoted(&words));
        self.state.config.config.cmd = Some(words).filter(|words| !words.is_empty());
        self.state.config.config.args_escaped = Some(true);
        told
    }

    /// A command that came with the base is for another entrypoint.
    pub(super) fn entrypoint(&mut self, one: &Instruction, command: &Command) -> String {
        let words = self.command(one, command, "ENTRYPOINT");
        let told = format!("ENTRYPOINT {}", history::quoted(&words));
        self.state.config.config.entrypoint = Some(words).filter(|words| !words.is_empty());
        if !self.has_seen("CMD") {
            self.state.config.config.cmd = None;
        }
        told
    }

    pub(super) fn healthcheck(
        &mut self,
        one: &Instruction,
        check: &dockerfile::Healthcheck,
    ) -> String {
        self.only_once(one, "HEALTHCHECK");
        let some = |number: i64| Some(number).filter(|number| *number != 0);
        let check = Healthcheck {
            test: check.test.clone(),
            interval: some(check.interval),
            timeout: some(check.timeout),
            start_period: some(check.start_period),
            start_interval: some(check.start_interval),
            retries: some(check.retries),
        };
        let told = format!("HEALTHCHECK {}", history::health(&check));
        self.state.config.config.healthcheck = Some(check);
        told
    }

    pub(super) fn maintainer(&mut self, one: &Instruction, name: &str) -> String {
        let message = "Maintainer instruction is deprecated in favor of using label";
        self.warn(one, Rule::MaintainerDeprecated, message);
        self.state.config.author = Some(name.to_owned());
        format!("MAINTAINER {name}")
    }

    pub(super) fn shell(&mut self, words: &[String]) -> String {
        self.state.config.config.shell = Some(words.to_vec());
        format!("SHELL {}", history::plain(words))
    }

    pub(super) fn user(&mut self, one: &Instruction, user: &str) -> Result<String, Error> {
        let user = self.word(one, user)?;
        let told = format!("USER {user}");
        self.state.config.config.user = user;
        Ok(told)
    }

    pub(super) fn volume(
        &mut self,
        one: &Instruction,
        folders: &[String],
    ) -> Result<String, Error> {
        let folders = self.words(one, folders)?;
        if folders.iter().any(String::is_empty) {
            return Err(self.wrong(one, "", "the folder of a volume comes to nothing"));
        }
        let told = format!("VOLUME {}", history::plain(&folders));
        let volumes = folders.into_iter().map(|folder| (folder, Nothing {}));
        self.state.config.config.volumes.extend(volumes);
        Ok(told)
    }

    pub(super) fn stopsignal(&mut self, one: &Instruction, word: &str) -> Result<String, Error> {
        let signal = self.word(one, word)?;
        if !is_signal(&signal) {
            return Err(self.wrong(one, word, format!("`{signal}` is no signal")));
        }
        self.state.config.config.stop_signal = Some(signal.clone());
        Ok(format!("STOPSIGNAL {signal}"))
    }

    pub(super) fn expose(&mut self, one: &Instruction, words: &[String]) -> Result<String, Error> {
        let mut ports = vec![];
        for word in words {
            for port in self.expand(one, word)?.words {
                self.check_port(one, &port);
                ports.extend(exposed(&port).map_err(|reason| self.wrong(one, word, reason))?);
            }
        }
        let told = format!("EXPOSE {}", history::plain(&ports));
        let ports = ports.into_iter().map(|port| (port, Nothing {}));
        self.state.config.config.exposed_ports.extend(ports);
        Ok(told)
    }

    fn check_port(&mut self, one: &Instruction, port: &str) {
        if port.contains(':') {
            let message = format!(
                "EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'"
            );
            self.warn(one, Rule::ExposeInvalidFormat, message);
        }
        let protocol = port.split_once('/').map(|(_, protocol)| protocol).unwrap_or_default();
        if protocol.chars().any(|c| c.is_ascii_uppercase()) {
            let message =
                format!("Defined protocol '{port}' in EXPOSE instruction should be lowercase");
            self.warn(one, Rule::ExposeProtoCasing, message);
        }
    }

    fn check_secret(&mut self, one: &Instruction, word: &str, name: &str) {
        const SECRET: [&str; 10] = [
            "apikey",
            "auth",
            "credential",
            "credentials",
            "key",
            "password",
            "pword",
            "passwd",
            "secret",
            "token",
        ];
        const HARMLESS: [&str; 3] = ["public", "file", "version"];
        let lower = name.to_ascii_lowercase();
        let has = |words: &[&str]| lower.split('_').any(|part| words.contains(&part));
        if has(&SECRET) && !has(&HARMLESS) {
            let message =
                format!("Do not use ARG or ENV instructions for sensitive data ({word} {name:?})");
            self.warn(one, Rule::SecretsUsedInArgOrEnv, message);
        }
    }
}

/// Returns the ports that a word exposes: `80`, `80/udp`, `8000-8005`; what is mapped in front of them means nothing.
fn exposed(text: &str) -> Result<Vec<String>, String> {
    let inside = text.rsplit(':').next().unwrap_or(text);
    let (ports, protocol) = match inside.split_once('/') {
        Some((ports, protocol)) => (ports, protocol.to_ascii_lowercase()),
        None => (inside, String::new()),
    };
    let protocol = match protocol.as_str() {
        "" => "tcp",
        known @ ("tcp" | "udp" | "sctp") => known,
        other => return Err(format!("`{other}` is no protocol: tcp, udp, sctp")),
    };
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let number = |text: &str| {
        let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| plain).ok_or_else(|| format!("`{text}` is no port"))
    };
    let (first, last) = (number(first)?, number(last)?);
    match first <= last {
        true => Ok((first..=last).map(|port| format!("{port}/{protocol}")).collect()),
        false => Err(format!("`{ports}` ends before it begins")),
    }
}

/// Tells whether it is the name or the number of a signal.
fn is_signal(text: &str) -> bool {
    const NAMES: [&str; 37] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN", "RTMAX", "UNUSED",
    ];
    if let Ok(number) = text.parse::<i32>() {
        return number > 0;
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let relative = |from: &str, sign: char, most: u8| {
        let rest = name.strip_prefix(from).and_then(|rest| rest.strip_prefix(sign));
        rest.and_then(|rest| rest.parse::<u8>().ok()).is_some_and(|by| (1..=most).contains(&by))
    };
    NAMES.contains(&name) || relative("RTMIN", '+', 15) || relative("RTMAX", '-', 14)
}
