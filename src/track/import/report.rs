//! What an import did, and what it could not do.

use std::cell::RefCell;

/// More are counted but not named.
const NAMED: usize = 1000;

/// What was brought in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub experiments: Counts,
    pub runs: Counts,
    pub logged_models: Counts,
    /// Versions of registered models.
    pub versions: Counts,
    /// Files among the artifacts of runs that are new or changed, and their bytes.
    pub artifacts: u64,
    pub artifact_bytes: u64,
    /// What could not be read, and is not here.
    pub skipped: Vec<Skipped>,
    pub skipped_count: u64,
    /// What is worth knowing, and nothing is missing.
    pub remarks: Vec<String>,
}

/// How many of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub what: String,
    pub why: String,
}

/// Collects what is told while an import goes on.
#[derive(Debug, Default)]
pub struct Notes {
    skipped: RefCell<(Vec<Skipped>, u64)>,
    remarks: RefCell<Vec<String>>,
}

impl Notes {
    /// Says that `what` is left out.
    pub fn skip(&self, what: impl Into<String>, why: impl Into<String>) {
        let (named, count) = &mut *self.skipped.borrow_mut();
        *count += 1;
        if named.len() < NAMED {
            named.push(Skipped { what: what.into(), why: why.into() });
        }
    }

    /// Says something that is no loss; the same words are said once.
    pub fn remark(&self, text: impl Into<String>) {
        let (mut remarks, text) = (self.remarks.borrow_mut(), text.into());
        if remarks.len() < NAMED && !remarks.contains(&text) {
            remarks.push(text);
        }
    }

    /// Puts what was told into the report.
    pub fn end(self, report: &mut Report) {
        let (named, count) = self.skipped.into_inner();
        report.skipped.extend(named);
        report.skipped_count += count;
        report.remarks.extend(self.remarks.into_inner());
    }
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, change: Change) {
        match change {
            Change::New => self.new += 1,
            Change::Changed => self.changed += 1,
            Change::Nothing => self.unchanged += 1,
        }
    }
}

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    New,
    Changed,
    Nothing,
}
