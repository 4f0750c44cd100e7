//! COPY and ADD.

use super::history;
use super::settings::joined;
use super::stage::{Done, Maker};
use super::value::{Action, Add, Copy, Source};
use crate::image::build::ignore::clean;
use crate::image::build::source::{Origin, check_commit};
use crate::image::dockerfile::lint::Rule;
use crate::image::dockerfile::vars::Style;
use crate::image::dockerfile::{self, Error, Heredoc, Instruction};
use crate::remote::registry::Digest;

/// What both have, variables still in it.
struct Files<'a> {
    word: &'static str,
    sources: &'a [String],
    heredocs: &'a [Heredoc],
    destination: &'a str,
    chown: Option<&'a str>,
    chmod: Option<&'a str>,
    exclude: &'a [String],
    link: bool,
    parents: bool,
}

impl Maker<'_> {
    pub(super) fn copy(
        &mut self,
        one: &Instruction,
        copy: &dockerfile::Copy,
    ) -> Result<Done, Error> {
        let source = match &copy.from {
            None => Source::Context,
            Some(name) => {
                let place = (self.places)(name, one)?;
                self.reads.insert(place);
                Source::Stage(place)
            }
        };
        let files = Files {
            word: "COPY",
            sources: &copy.sources,
            heredocs: &copy.heredocs,
            destination: &copy.destination,
            chown: copy.chown.as_deref(),
            chmod: copy.chmod.as_deref(),
            exclude: &copy.exclude,
            link: copy.link,
            parents: copy.parents,
        };
        let (copy, told) = self.files(one, files, source)?;
        if let Some(remote) = copy.paths.iter().find(|path| is_remote(path)) {
            return Err(self.wrong(one, remote, "COPY fetches nothing; ADD does"));
        }
        Ok(done(copy, told))
    }

    pub(super) fn add(&mut self, one: &Instruction, add: &dockerfile::Add) -> Result<Done, Error> {
        let files = Files {
            word: "ADD",
            sources: &add.sources,
            heredocs: &add.heredocs,
            destination: &add.destination,
            chown: add.chown.as_deref(),
            chmod: add.chmod.as_deref(),
            exclude: &add.exclude,
            link: add.link,
            parents: false,
        };
        let (mut copy, told) = self.files(one, files, Source::Context)?;
        let checksum = self.optional(one, add.checksum.as_deref())?;
        for path in &copy.paths {
            Origin::of(path).map_err(|reason| self.wrong(one, path, reason))?;
        }
        if let Some(checksum) = &checksum {
            check_sum(checksum, &copy.paths).map_err(|reason| self.wrong(one, checksum, reason))?;
        }
        copy.add = Some(Add { checksum, keep_git_dir: add.keep_git_dir, unpack: add.unpack });
        Ok(done(copy, told))
    }

    fn optional(&mut self, one: &Instruction, word: Option<&str>) -> Result<Option<String>, Error> {
        let word = word.map(|word| self.word(one, word)).transpose()?;
        Ok(word.filter(|word| !word.is_empty()))
    }

    fn files(
        &mut self,
        one: &Instruction,
        files: Files<'_>,
        source: Source,
    ) -> Result<(Copy, String), Error> {
        let chown = self.optional(one, files.chown)?;
        let chmod = self.optional(one, files.chmod)?;
        if let Some(mode) = chmod.as_deref().filter(|mode| !is_octal(mode)) {
            return Err(self.wrong(one, mode, format!("`{mode}` is no mode up to 7777")));
        }
        let paths = self.words(one, files.sources)?;
        if source == Source::Context {
            self.check_ignored(one, files.word, &paths);
        }
        let written = self.word(one, files.destination)?;
        let mut inline = vec![];
        for doc in files.heredocs {
            inline.push(self.heredoc(one, doc)?);
        }
        let mut told = String::from(files.word);
        if files.parents {
            told.push_str(" --parents");
        }
        for (name, value) in [("chown", &chown), ("chmod", &chmod)] {
            if let Some(value) = value {
                told.push_str(&format!(" --{name}={value}"));
            }
        }
        paths.iter().for_each(|path| told.push_str(&format!(" {path}")));
        inline.iter().for_each(|doc| told.push_str(&format!(" <<{}", doc.name)));
        told.push_str(&format!(" {written}"));
        let copy = Copy {
            source,
            paths,
            inline,
            destination: self.destination(&written),
            chown,
            chmod,
            link: files.link,
            parents: files.parents,
            exclude: self.words(one, files.exclude)?,
            add: None,
        };
        Ok((copy, told))
    }

    fn check_ignored(&mut self, one: &Instruction, word: &str, paths: &[String]) {
        for path in paths.iter().filter(|path| !is_remote(path)) {
            let cleaned = clean(&format!("/{path}"));
            let below = &cleaned.as_bytes()[1..];
            // The root itself is there, whatever is left out of it.
            if !below.is_empty() && self.options.ignore.ignores_path(below) {
                let word = if word == "ADD" { "Add" } else { "Copy" };
                let message =
                    format!("Attempting to {word} file {path:?} that is excluded by .dockerignore");
                self.warn(one, Rule::CopyIgnoredFile, message);
            }
        }
    }

    fn heredoc(&mut self, one: &Instruction, doc: &Heredoc) -> Result<Heredoc, Error> {
        let content = match doc.expand {
            true => self.expand_as(one, &doc.text(), Style::heredoc())?.text,
            false => doc.text(),
        };
        Ok(Heredoc { content, chomp: false, ..doc.clone() })
    }

    /// Returns it as an absolute path, with the slash at its end that says that it is a folder.
    fn destination(&self, written: &str) -> String {
        let path = joined(self.state.cwd(), written);
        let folder =
            matches!(written, "" | ".") || written.ends_with('/') || written.ends_with("/.");
        match folder && path != "/" {
            true => format!("{path}/"),
            false => path,
        }
    }
}

fn done(copy: Copy, told: String) -> Done {
    (Action::Copy(Box::new(copy)), Some(history::line(told, true, true)))
}

/// A number is octal and no more than four digits say; what is no number is read as `u+x` by whoever applies it.
fn is_octal(mode: &str) -> bool {
    match mode.chars().all(|c| c.is_ascii_digit()) {
        true => u32::from_str_radix(mode, 8).is_ok_and(|mode| mode <= 0o7777),
        false => true,
    }
}

fn is_remote(path: &str) -> bool {
    !matches!(Origin::of(path), Ok(Origin::Local))
}

/// A file on the web has a digest, a repository a commit, and nothing else has any.
fn check_sum(checksum: &str, paths: &[String]) -> Result<(), String> {
    match paths {
        [path] => match Origin::of(path)? {
            Origin::Web(_) => match checksum.parse::<Digest>() {
                Ok(_) => Ok(()),
                Err(_) => Err(format!("`{checksum}` is no digest such as `sha256:…`")),
            },
            Origin::Git(_) => check_commit(checksum),
            Origin::Local => Err(ONE_SOURCE.to_owned()),
        },
        _ => Err(ONE_SOURCE.to_owned()),
    }
}

const ONE_SOURCE: &str = "`--checksum` goes with one URL or one repository, and nothing else";
