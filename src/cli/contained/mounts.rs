//! `-v`, `--mount` and `--tmpfs`: what a container sees beside its image.

use std::path::Path;

use mls::container::{Mount, Source, Volume};

use super::values::bytes;
use crate::cli::error::{CommandError, Exit};

/// What the user wants to be seen inside.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) mounts: Vec<Mount>,
    pub(super) volumes: Vec<Volume>,
}

fn wrong(text: &str, why: &str) -> CommandError {
    CommandError::usage(format!("`{}` is no mount: {why}", text.escape_debug()))
}

impl Wanted {
    /// Has the host's shared memory and queues, but where something else is to be seen there.
    pub(super) fn share_memory(&mut self) {
        for folder in ["/dev/shm", "/dev/mqueue"] {
            if !self.mounts.iter().any(|mount| mount.target == folder) && Path::new(folder).is_dir()
            {
                let source = Source::Bind(folder.into());
                self.mounts.push(Mount { target: folder.to_owned(), source, read_only: false });
            }
        }
    }

    /// Reads `[SOURCE:]TARGET[:OPTIONS]`.
    pub(super) fn volume(&mut self, base: &Path, text: &str) -> Result<(), CommandError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, options) = match parts[..] {
            [target] => (None, target, ""),
            [source, target] => (Some(source), target, ""),
            [source, target, options] => (Some(source), target, options),
            _ => return Err(wrong(text, "write SOURCE:TARGET[:ro]")),
        };
        let (mut read_only, mut copy) = (false, true);
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option {
                "ro" => read_only = true,
                "rw" | "z" | "Z" | "rprivate" | "private" | "cached" | "delegated"
                | "consistent" => {}
                "nocopy" => copy = false,
                _ => return Err(wrong(text, &format!("`{option}` is no option"))),
            }
        }
        check_target(text, target)?;
        match source {
            Some(path) if is_path(path) => self.bind(base, text, path, target, read_only, true),
            Some("") => Err(wrong(text, "the source is empty")),
            name => self.named(text, name.unwrap_or_default(), target, read_only, copy),
        }
    }

    /// As Docker: with `-v` a folder that is missing is made, with `--mount` it is not.
    fn bind(
        &mut self,
        base: &Path,
        text: &str,
        path: &str,
        target: &str,
        read_only: bool,
        make: bool,
    ) -> Result<(), CommandError> {
        let path = base.join(path);
        if make && !path.exists() {
            std::fs::create_dir_all(&path)
                .map_err(|error| CommandError::unwritten(&path, error))?;
        }
        if !path.exists() {
            let what = format!("`{}` does not exist", path.display());
            return Err(CommandError::new(Exit::NotFound, what).hint(format!("`{text}` needs it.")));
        }
        let source = Source::Bind(path);
        self.mounts.push(Mount { target: target.to_owned(), source, read_only });
        Ok(())
    }

    fn named(
        &mut self,
        text: &str,
        name: &str,
        target: &str,
        read_only: bool,
        copy: bool,
    ) -> Result<(), CommandError> {
        if !name.is_empty() && mls::container::check_name(name).is_err() {
            return Err(wrong(text, "a path begins with `/` or `.`, and a volume has a name"));
        }
        self.volumes.push(Volume {
            name: name.to_owned(),
            target: target.to_owned(),
            read_only,
            anonymous: name.is_empty(),
            copy,
        });
        Ok(())
    }

    /// Reads `type=bind,source=…,target=…[,readonly]`, `type=volume,…` or `type=tmpfs,…`.
    pub(super) fn mount(&mut self, base: &Path, text: &str) -> Result<(), CommandError> {
        let (mut kind, mut source, mut target) = ("volume", "", "");
        let (mut read_only, mut size, mut mode, mut copy) = (false, None, None, true);
        for field in text.split(',') {
            let (key, value) = field.split_once('=').unwrap_or((field, "true"));
            let on = matches!(value, "true" | "1" | "");
            match key.to_ascii_lowercase().as_str() {
                "type" => kind = value,
                "source" | "src" => source = value,
                "target" | "destination" | "dst" => target = value,
                "readonly" | "ro" => read_only = on,
                "tmpfs-size" => size = Some(bytes(value)?),
                "tmpfs-mode" => mode = Some(octal(text, value)?),
                "volume-nocopy" => copy = !on,
                "bind-propagation" | "consistency" | "bind-nonrecursive" => {}
                _ => return Err(wrong(text, &format!("`{key}` says nothing"))),
            }
        }
        check_target(text, target)?;
        match kind {
            "bind" if source.is_empty() => Err(wrong(text, "the source is missing")),
            "bind" => self.bind(base, text, source, target, read_only, false),
            "volume" => self.named(text, source, target, read_only, copy),
            "tmpfs" => {
                let mode = mode.unwrap_or(0o1777);
                let source = Source::Memory { size, mode, no_programs: false };
                self.mounts.push(Mount { target: target.to_owned(), source, read_only });
                Ok(())
            }
            other => Err(wrong(text, &format!("`{other}` is no type: bind, volume or tmpfs"))),
        }
    }

    /// Reads `TARGET[:size=…,mode=…,ro,noexec]`.
    pub(super) fn memory(&mut self, text: &str) -> Result<(), CommandError> {
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        let (mut size, mut mode, mut read_only, mut no_programs) = (None, 0o1777, false, false);
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("size", value)) => size = Some(bytes(value)?),
                Some(("mode", value)) => mode = octal(text, value)?,
                None if option == "ro" => read_only = true,
                None if option == "noexec" => no_programs = true,
                // What is asked for with `suid` or `dev` it has not.
                None if ["rw", "exec", "nosuid", "nodev"].contains(&option) => {}
                _ => return Err(wrong(text, &format!("`{option}` is no option"))),
            }
        }
        check_target(text, target)?;
        let source = Source::Memory { size, mode, no_programs };
        self.mounts.push(Mount { target: target.to_owned(), source, read_only });
        Ok(())
    }
}

fn check_target(text: &str, target: &str) -> Result<(), CommandError> {
    match target.starts_with('/') && !target.trim_matches('/').is_empty() {
        true => Ok(()),
        false => Err(wrong(text, "the place inside is a path from `/`, and not `/` itself")),
    }
}

fn octal(text: &str, value: &str) -> Result<u32, CommandError> {
    u32::from_str_radix(value, 8).map_err(|_| wrong(text, "a mode is written as `1777`"))
}

fn is_path(source: &str) -> bool {
    source.starts_with(['/', '.']) || source.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Wanted, String> {
        let mut wanted = Wanted::default();
        wanted
            .volume(Path::new("/tmp"), text)
            .map(|()| wanted)
            .map_err(|error| error.message().unwrap_or_default())
    }

    #[test]
    fn volumes_and_paths_are_told_apart() {
        let wanted = read("/tmp:/x:ro").unwrap();
        assert!(wanted.mounts[0].read_only && wanted.volumes.is_empty());
        let wanted = read("data:/x").unwrap();
        assert_eq!((wanted.volumes[0].name.as_str(), wanted.volumes[0].anonymous), ("data", false));
        assert!(read("/x").unwrap().volumes[0].anonymous);
        for bad in ["", ":/x", "a:b", "/tmp:/", "/tmp:/x:nonsense", "a:/b:ro:x", "-v:/x", "/tmp:x"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
