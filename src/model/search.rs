//! Finding models and versions: filter, order, one page of the answers.

use std::fmt;

use crate::model::filter::{Filter, Searched, Subject};
use crate::model::node::is_prompt;
use crate::model::order::{self, Keys, compare};
use crate::model::registry::{self, Entry, Version};
use crate::model::{Error, Which};
use crate::store::Store;

/// What is wanted.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// MLflow's grammar; empty for everything but prompts.
    pub filter: &'a str,
    pub order_by: &'a [String],
    /// Tells of a name whether its model is looked at.
    pub among: &'a dyn Fn(&str) -> bool,
    pub offset: usize,
    pub limit: usize,
}

impl Default for Query<'_> {
    fn default() -> Self {
        Self { filter: "", order_by: &[], among: &|_| true, offset: 0, limit: usize::MAX }
    }
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { filter, order_by, offset, limit, .. } = self;
        write!(f, "Query {{ filter: {filter:?}, order_by: {order_by:?}, {offset}, {limit} }}")
    }
}

/// Some of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Whether there are more behind these.
    pub more: bool,
}

/// Finds models.
pub fn models(store: &Store, query: &Query<'_>) -> Result<Page<Entry>, Error> {
    let filter = Filter::parse(query.filter, Subject::Models)?;
    let orders = order::parse(query.order_by, Subject::Models)?;
    let mut found = entries(store, &filter, query)?;
    found.retain(|entry| filter.holds(entry));
    found.sort_by(|a, b| compare(&orders, a.keys(), b.keys()));
    Ok(page(found, query))
}

/// Finds versions of models.
pub fn versions(store: &Store, query: &Query<'_>) -> Result<Page<Version>, Error> {
    let filter = Filter::parse(query.filter, Subject::Versions)?;
    let orders = order::parse(query.order_by, Subject::Versions)?;
    let mut found = vec![];
    for entry in entries(store, &filter, query)? {
        let of_prompt = entry.is_prompt();
        for number in entry.numbers() {
            let version = entry.version(store, number)?;
            if filter.holds(&OfModel { version: &version, of_prompt }) {
                found.push(version);
            }
        }
    }
    found.sort_by(|a, b| compare(&orders, a.keys(), b.keys()));
    Ok(page(found, query))
}

/// Returns the version that `which` means and its entry, in one look at the store.
pub fn version(store: &Store, name: &str, which: &Which) -> Result<(Entry, Version), Error> {
    let entry = registry::get(store, name)?;
    let version = entry.version(store, entry.number(which)?)?;
    Ok((entry, version))
}

/// The models that can be among the answers; clients mostly ask for one by its name.
fn entries(store: &Store, filter: &Filter, query: &Query<'_>) -> Result<Vec<Entry>, Error> {
    let mut found = match filter.name() {
        Some(name) => registry::find(store, name)?.into_iter().collect(),
        None => registry::list(store)?,
    };
    found.retain(|entry| (query.among)(entry.name()));
    Ok(found)
}

fn page<T>(mut found: Vec<T>, query: &Query<'_>) -> Page<T> {
    let start = query.offset.min(found.len());
    let more = found.len() - start > query.limit;
    found.truncate(start.saturating_add(query.limit));
    Page { items: found.split_off(start), more }
}

/// A version, and whether its model is a prompt: then all its versions are.
struct OfModel<'a> {
    version: &'a Version,
    of_prompt: bool,
}

impl Entry {
    fn keys(&self) -> Keys<'_> {
        let record = &self.registered;
        Keys { name: &record.name, number: 0, created: record.created, updated: record.updated }
    }
}

impl Version {
    fn keys(&self) -> Keys<'_> {
        Keys {
            name: &self.name,
            number: self.number,
            created: self.model.created,
            updated: self.about.updated,
        }
    }
}

impl Searched for Entry {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.registered.tags.get(key).map(String::as_str)
    }

    fn is_prompt(&self) -> bool {
        Self::is_prompt(self)
    }

    fn number(&self) -> Option<u64> {
        None
    }

    fn run(&self) -> Option<&str> {
        None
    }

    fn source(&self) -> Option<&str> {
        None
    }
}

impl Searched for OfModel<'_> {
    fn name(&self) -> &str {
        &self.version.name
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.version.about.tags.get(key).map(String::as_str)
    }

    fn is_prompt(&self) -> bool {
        self.of_prompt || is_prompt(&self.version.about.tags)
    }

    fn number(&self) -> Option<u64> {
        Some(self.version.number)
    }

    fn run(&self) -> Option<&str> {
        self.version.model.run.as_deref()
    }

    fn source(&self) -> Option<&str> {
        Some(&self.version.model.source)
    }
}
