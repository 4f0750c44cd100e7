//! The files of a run or a logged model, as a server lists and hands them out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;

use serde_json::Value;

use super::{Ask, MOST_PAGES, Refusal, fatal, integer, text};
use crate::base::Progress;
use crate::store::tree::{self, Builder, Entry, Target};
use crate::store::{Link, Writer, add, name};
use crate::track::Error;
use crate::track::import::{Gathered, Notes};

/// A server that goes on for ever is stopped here.
const MOST_FILES: usize = 1_000_000;
const MOST_LEVELS: usize = 64;
/// How often a file is asked for whose stream breaks.
const TRIES: usize = 3;

/// The files of one owner, as a server lists and hands them out.
pub(super) struct Files<'a> {
    pub(super) ask: &'a dyn Ask,
    pub(super) owner: String,
    /// A path, and the parameter that names the place in it.
    pub(super) list: (String, &'static str),
    pub(super) get: (String, &'static str),
    pub(super) also: Vec<(&'a str, &'a str)>,
}

impl Files<'_> {
    pub(super) fn gather(
        &self,
        had: Option<&Link>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Gathered, Error> {
        let mut known = BTreeMap::new();
        if let Some(tree) = had {
            tree::walk::<Error>(writer.store(), tree, |path, entry| {
                known.insert(path.to_vec(), entry.clone());
                Ok(())
            })?;
        }
        let mut gathered = Gathered::default();
        let mut builder = Builder::default();
        for (path, size) in self.listed(notes)? {
            let before = known.get(path.as_bytes()).filter(|entry| Some(entry.size) == size);
            let entry = match before.filter(|entry| entry.content().is_some()) {
                Some(entry) => entry.clone(),
                None => match self.bring(&path, size, writer, notes, progress)? {
                    Some(entry) => entry,
                    None => continue,
                },
            };
            gathered.files += 1;
            gathered.bytes += entry.size;
            builder.insert(path.as_bytes(), entry)?;
        }
        if !builder.is_empty() {
            gathered.tree = Some(builder.write(writer)?);
        }
        Ok(gathered)
    }

    /// Lists all files with their sizes. A name that leads out is told and left out.
    fn listed(&self, notes: &Notes) -> Result<Vec<(String, Option<u64>)>, Error> {
        let mut files = vec![];
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let mut token = String::new();
            for _ in 0..MOST_PAGES {
                let mut query = self.also.clone();
                query.push((self.list.1, &folder));
                if !token.is_empty() {
                    query.push(("page_token", &token));
                }
                let page = match self.ask.get(&self.list.0, &query) {
                    Ok(page) => page,
                    Err(Refusal::Failed(words) | Refusal::Missing(words)) => {
                        let what = format!("artifacts of {} in `{folder}`", self.owner);
                        notes.skip(what, words);
                        break;
                    }
                    Err(denied) => return Err(fatal(denied)),
                };
                for item in page["files"].as_array().into_iter().flatten() {
                    let path = text(item, "path").unwrap_or_default();
                    match within(&folder, &path) {
                        Err(why) => self.skip(&path, why, notes),
                        Ok(()) if item["is_dir"] == Value::Bool(true) => open.push(path),
                        Ok(()) => {
                            let size = integer(item, "file_size").map(|size| size as u64);
                            files.push((path, size));
                        }
                    }
                }
                if files.len() + open.len() > MOST_FILES {
                    return Err(Error::SourceFailed(format!(
                        "{} has files without end",
                        self.owner
                    )));
                }
                match page["next_page_token"].as_str() {
                    None | Some("") => break,
                    Some(next) if next == token => break,
                    Some(next) => next.clone_into(&mut token),
                }
            }
        }
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        Ok(files)
    }

    fn skip(&self, path: &str, why: impl Into<String>, notes: &Notes) {
        let shown: String = path.chars().take(200).collect();
        notes.skip(format!("artifact `{}` of {}", shown.escape_debug(), self.owner), why);
    }

    /// Brings one file; none where the server does not have it after all.
    fn bring(
        &self,
        path: &str,
        size: Option<u64>,
        writer: &mut Writer<'_>,
        notes: &Notes,
        progress: &dyn Progress,
    ) -> Result<Option<Entry>, Error> {
        let mut query = self.also.clone();
        query.push((self.get.1, path));
        let mut last = String::new();
        for _ in 0..TRIES {
            let stream = match self.ask.file(&self.get.0, &query) {
                Ok(stream) => stream,
                Err(Refusal::Denied(words)) => return Err(Error::SourceDenied(words)),
                Err(Refusal::Missing(words) | Refusal::Failed(words)) => {
                    self.skip(path, words, notes);
                    return Ok(None);
                }
            };
            let mut broken = None;
            let added = add::reader(writer, Watched { stream, broken: &mut broken }, progress);
            match (added, broken) {
                (Ok(added), None) if size.is_none_or(|size| size == added.size) => {
                    let target = Target::Content(added.link);
                    let entry = Entry { name: vec![], mode: tree::FILE, size: added.size, target };
                    return Ok(Some(entry));
                }
                (Ok(added), None) => {
                    last.clear();
                    write!(last, "{} bytes came of {}", added.size, size.unwrap_or_default())
                        .expect("a String takes all");
                }
                (_, Some(reason)) => last = reason,
                (Err(error), None) => return Err(error.into()),
            }
        }
        self.skip(path, last, notes);
        Ok(None)
    }
}

/// A stream that remembers why it broke: that is not the store's fault.
struct Watched<'a> {
    stream: Box<dyn Read + Send + 'a>,
    broken: &'a mut Option<String>,
}

impl Read for Watched<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(to);
        if let Err(error) = &read {
            *self.broken = Some(error.to_string());
        }
        read
    }
}

/// Tells whether a path is directly or further below `folder`, and could be written by us.
fn within(folder: &str, path: &str) -> Result<(), &'static str> {
    let inside = match folder {
        "" => path,
        folder => path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or("it is not in the folder that was listed")?,
    };
    let names: Vec<&str> = inside.split('/').collect();
    match path.split('/').count() > MOST_LEVELS {
        true => Err("it is nested too deep"),
        false if names.iter().all(|part| name::check_foreign(part.as_bytes()).is_ok()) => Ok(()),
        false => Err("its name leads elsewhere"),
    }
}
