//! The registry: models by name, their versions by number, aliases. Every change is one operation of the store.
//!
//! A change reads what is there, makes its records, and moves the refs only if nothing came between; otherwise it
//! begins again. So numbers are given once, whoever else registers at the same time.

mod alias;
mod change;
mod event;
mod names;
mod renumber;
mod versions;

use std::collections::BTreeMap;

use crate::base::near;
use crate::model::Error;
use crate::model::name::{self, Reference, Which};
use crate::model::node::{About, Alias, Model, Registered, Stage, is_prompt};
use crate::store::{Link, Ref, Store, object, refs};

pub use alias::{before as alias_before, remove as remove_alias, roll_back, set as set_alias};
pub use change::Tags;
pub use event::{Event, Hear, Registry};
pub use names::{New, create, describe, remove, rename, tag};
pub use renumber::{RENUMBERED_TAG, renumber};
pub use versions::{
    NewVersion, describe as describe_version, register, remove as remove_version, set_stage,
    tag as tag_version,
};

/// A model as it is now: its record, which versions it has, and its aliases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub registered: Registered,
    /// Nothing where versions came here without the record of their model.
    link: Option<Link>,
    versions: BTreeMap<u64, Place>,
    aliases: BTreeMap<String, (Link, u64)>,
}

/// Where the records of a version are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    model: Link,
    about: Option<Link>,
}

/// One version, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub name: String,
    pub number: u64,
    /// What the version is; the same in every store.
    pub id: Link,
    pub model: Model,
    pub about: About,
}

/// Returns the model called `name`.
pub fn get(store: &Store, name: &str) -> Result<Entry, Error> {
    match find(store, name)? {
        Some(entry) => Ok(entry),
        None => Err(unknown(store, name)?),
    }
}

/// Returns the model called `name`, if there is one.
pub fn find(store: &Store, name: &str) -> Result<Option<Entry>, Error> {
    if name::check(name).is_err() {
        return Ok(None);
    }
    Ok(record(store, name)?.filter(Entry::is_there))
}

/// Returns all models, in order of their names.
pub fn list(store: &Store) -> Result<Vec<Entry>, Error> {
    let all = refs::list(store, "models/")?;
    let mut entries = vec![];
    for refs in all.chunk_by(|a, b| part(&a.name) == part(&b.name)) {
        let Some(name) = part(&refs[0].name).and_then(name::decode) else { continue };
        entries.extend(read(store, &name, refs)?.filter(Entry::is_there));
    }
    entries.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(entries)
}

/// Returns the version that `reference` means.
pub fn resolve(store: &Store, reference: &Reference) -> Result<Version, Error> {
    let entry = get(store, &reference.name)?;
    let number = entry.number(&reference.which)?;
    entry.version(store, number)
}

/// Returns the refs, or the folder of refs, that tell what happened to a model, a version or an alias.
pub fn history(name: &str, which: &Which) -> Vec<String> {
    match which {
        Which::Latest => vec![name::folder(name).trim_end_matches('/').to_owned()],
        Which::Number(number) => vec![version_ref(name, *number), about_ref(name, *number)],
        Which::Alias(alias) => vec![alias_ref(name, alias)],
    }
}

/// Returns the failure to find a model, with the names that were probably meant.
fn unknown(store: &Store, name: &str) -> Result<Error, Error> {
    let all = list(store)?;
    let near = near::matches(name, all.iter().map(Entry::name));
    Ok(Error::NoModel { name: name.chars().take(300).collect(), near })
}

/// Returns the record of a model, whether it is there or was deleted.
fn record(store: &Store, name: &str) -> Result<Option<Entry>, Error> {
    read(store, name, &refs::list(store, &name::folder(name))?)
}

/// Reads a model from all the refs in its folder.
fn read(store: &Store, name: &str, refs: &[Ref]) -> Result<Option<Entry>, Error> {
    let mut registered = None;
    let mut versions: BTreeMap<u64, Place> = BTreeMap::new();
    let (mut abouts, mut aliases) = (vec![], BTreeMap::new());
    for Ref { name, target } in refs {
        match Role::of(name) {
            Some((_, Role::Registered)) => registered = Some(*target),
            Some((_, Role::Model(number))) => {
                versions.insert(number, Place { model: *target, about: None });
            }
            Some((_, Role::About(number))) => abouts.push((number, *target)),
            Some((_, Role::Alias(alias))) => {
                let number = store.read_node::<Alias>(target)?.version;
                aliases.insert(alias, (*target, number));
            }
            None => {}
        }
    }
    for (number, about) in abouts {
        if let Some(place) = versions.get_mut(&number) {
            place.about = Some(about);
        }
    }
    let record = match registered {
        Some(link) => store.read_node::<Registered>(&link)?,
        None => match versions.last_key_value() {
            Some((last, place)) => orphaned(name, *last, &store.read_node(&place.model)?),
            None => return Ok(None),
        },
    };
    Ok(Some(Entry { registered: record, link: registered, versions, aliases }))
}

/// A record for versions that came without one.
fn orphaned(name: &str, last: u64, model: &Model) -> Registered {
    Registered {
        name: name.to_owned(),
        created: model.created,
        updated: model.created,
        description: None,
        tags: BTreeMap::new(),
        last,
        deleted: None,
        renamed: None,
        edited: model.created,
        previous: vec![],
    }
}

impl Entry {
    pub fn name(&self) -> &str {
        &self.registered.name
    }

    fn is_there(&self) -> bool {
        self.registered.deleted.is_none()
    }

    /// Returns the numbers of its versions, lowest first.
    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.versions.keys().copied()
    }

    /// Returns what its version `number` is, without reading it.
    pub fn id(&self, number: u64) -> Option<Link> {
        self.versions.get(&number).map(|place| place.model)
    }

    /// Returns its aliases with the numbers that they stand for.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, u64)> {
        let aliases = self.aliases.iter().map(|(alias, (_, number))| (alias.as_str(), *number));
        aliases.filter(|(_, number)| self.versions.contains_key(number))
    }

    /// Returns the aliases of its version `number`.
    pub fn aliases_of(&self, number: u64) -> Vec<String> {
        self.aliases().filter(|(_, of)| *of == number).map(|(alias, _)| alias.to_owned()).collect()
    }

    /// Tells whether it is a prompt: to MLflow a model with a certain tag.
    pub fn is_prompt(&self) -> bool {
        is_prompt(&self.registered.tags)
    }

    /// Returns the number that is meant; the version is there.
    pub fn number(&self, which: &Which) -> Result<u64, Error> {
        let name = || self.name().to_owned();
        match which {
            Which::Latest => self.numbers().next_back().ok_or_else(|| Error::NoVersions(name())),
            Which::Number(number) if self.versions.contains_key(number) => Ok(*number),
            Which::Number(number) => Err(self.no_version(*number)),
            Which::Alias(alias) => match self.aliases.get(alias) {
                Some((_, number)) if self.versions.contains_key(number) => Ok(*number),
                _ => Err(Error::NoAlias {
                    name: name(),
                    alias: alias.clone(),
                    known: self.aliases().map(|(alias, _)| alias.to_owned()).collect(),
                }),
            },
        }
    }

    /// Reads its version `number`.
    pub fn version(&self, store: &Store, number: u64) -> Result<Version, Error> {
        let place = self.versions.get(&number).ok_or_else(|| self.no_version(number))?;
        let model: Model = store.read_node(&place.model)?;
        let about = match &place.about {
            Some(link) => store.read_node(link)?,
            None => model.about(),
        };
        Ok(Version { name: self.name().to_owned(), number, id: place.model, model, about })
    }

    /// Reads all of its versions, lowest number first.
    pub fn versions(&self, store: &Store) -> Result<Vec<Version>, Error> {
        self.numbers().map(|number| self.version(store, number)).collect()
    }

    /// Reads the version with the highest number of each stage, lowest number first.
    ///
    /// Only versions of which something was said can be in a stage, so the others are not read.
    pub fn latest(&self, store: &Store) -> Result<Vec<Version>, Error> {
        let mut latest: BTreeMap<Stage, u64> = BTreeMap::new();
        for (number, place) in self.versions.iter().rev() {
            let stage = match &place.about {
                Some(link) => store.read_node::<About>(link)?.stage,
                None => Stage::None,
            };
            latest.entry(stage).or_insert(*number);
        }
        let mut numbers: Vec<u64> = latest.into_values().collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| self.version(store, number)).collect()
    }

    fn no_version(&self, number: u64) -> Error {
        let known = self.numbers().collect();
        Error::NoVersion { name: self.name().to_owned(), number, known }
    }
}

impl Version {
    /// Returns the name of the ref that points at what it is.
    pub fn ref_name(&self) -> String {
        version_ref(&self.name, self.number)
    }

    /// Returns how the user writes it.
    pub fn reference(&self) -> Reference {
        Reference { name: self.name.clone(), which: Which::Number(self.number) }
    }
}

/// What a ref in the folder of a model says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Registered,
    Model(u64),
    About(u64),
    Alias(String),
}

impl Role {
    /// Returns the name of the model of a ref and what the ref says of it; nothing for any other ref.
    pub fn of(reference: &str) -> Option<(String, Self)> {
        let (part, own) = reference.strip_prefix("models/")?.split_once('/')?;
        Some((name::decode(part)?, Self::parse(own)?))
    }

    fn parse(own: &str) -> Option<Self> {
        if own == REGISTERED {
            return Some(Self::Registered);
        }
        if let Some(part) = own.strip_prefix('@') {
            let alias = percent_encoding::percent_decode_str(part).decode_utf8().ok()?.into_owned();
            let canonical = name::check_alias(&alias).is_ok() && name::part_of_alias(&alias) == own;
            return canonical.then_some(Self::Alias(alias));
        }
        let (text, about) = own.strip_suffix(ABOUT).map_or((own, false), |text| (text, true));
        let number = name::number(text).filter(|number| format!("v{number}") == text)?;
        Some(if about { Self::About(number) } else { Self::Model(number) })
    }
}

/// Tells whether the bytes of a record are what a ref of this name may point at: one that is not would keep the registry
/// from being read.
pub fn fits(reference: &str, bytes: &[u8]) -> bool {
    let Some((name, role)) = Role::of(reference) else { return false };
    match role {
        Role::Registered => {
            object::decode::<Registered>(bytes).is_ok_and(|record| record.name == name)
        }
        Role::Model(_) => object::decode::<Model>(bytes).is_ok(),
        Role::About(_) => object::decode::<About>(bytes).is_ok(),
        Role::Alias(_) => object::decode::<Alias>(bytes).is_ok(),
    }
}

const REGISTERED: &str = "registered";
const ABOUT: &str = ".about";

fn registered_ref(name: &str) -> String {
    format!("{}{REGISTERED}", name::folder(name))
}

fn version_ref(name: &str, number: u64) -> String {
    format!("{}v{number}", name::folder(name))
}

fn about_ref(name: &str, number: u64) -> String {
    format!("{}v{number}{ABOUT}", name::folder(name))
}

fn alias_ref(name: &str, alias: &str) -> String {
    format!("{}{}", name::folder(name), name::part_of_alias(alias))
}

/// The part of a ref that stands for the model.
fn part(reference: &str) -> Option<&str> {
    reference.strip_prefix("models/")?.split_once('/').map(|(part, _)| part)
}
