//! Values of one column as a request gives them, before anybody says what type they should have.

/// Values one after the other; the type is the narrowest that takes all, as pandas finds it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server::score) enum Cells {
    /// Nothing but missing values so far.
    Nulls(usize),
    Bools(Vec<bool>),
    Ints(Vec<i64>),
    /// A missing value is NaN.
    Floats(Vec<f64>),
    Texts(Vec<String>),
    /// Of several types.
    Mixed(Vec<Cell>),
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::server::score) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A list or an object where a single value should be.
    Nested,
}

impl Default for Cells {
    fn default() -> Self {
        Self::Nulls(0)
    }
}

impl Cells {
    pub(in crate::server::score) fn len(&self) -> usize {
        match self {
            Self::Nulls(count) => *count,
            Self::Bools(all) => all.len(),
            Self::Ints(all) => all.len(),
            Self::Floats(all) => all.len(),
            Self::Texts(all) => all.len(),
            Self::Mixed(all) => all.len(),
        }
    }

    pub(in crate::server::score) fn push(&mut self, cell: Cell) {
        match (&mut *self, cell) {
            (Self::Nulls(count), Cell::Null) => *count += 1,
            (Self::Floats(all), Cell::Float(one)) => all.push(one),
            (Self::Ints(all), Cell::Int(one)) => all.push(one),
            (Self::Floats(all), Cell::Int(one)) => all.push(one as f64),
            (Self::Floats(all), Cell::Null) => all.push(f64::NAN),
            (Self::Bools(all), Cell::Bool(one)) => all.push(one),
            (Self::Texts(all), Cell::Text(one)) => all.push(one),
            (Self::Mixed(all), cell) => all.push(cell),
            (_, cell) => self.widen(cell),
        }
    }

    /// Takes a value that is not of the type so far.
    #[cold]
    fn widen(&mut self, cell: Cell) {
        let before = std::mem::take(self);
        *self = match (before, cell) {
            (Self::Nulls(0), Cell::Float(one)) => Self::Floats(vec![one]),
            (Self::Nulls(0), Cell::Int(one)) => Self::Ints(vec![one]),
            (Self::Nulls(0), Cell::Bool(one)) => Self::Bools(vec![one]),
            (Self::Nulls(0), Cell::Text(one)) => Self::Texts(vec![one]),
            (Self::Nulls(count), Cell::Float(one)) => Self::after_nulls(count, one),
            (Self::Nulls(count), Cell::Int(one)) => Self::after_nulls(count, one as f64),
            (Self::Ints(all), Cell::Float(one)) => Self::floats(all, one),
            (Self::Ints(all), Cell::Null) => Self::floats(all, f64::NAN),
            (before, cell) => {
                let mut all = before.into_mixed();
                all.push(cell);
                Self::Mixed(all)
            }
        };
    }

    fn after_nulls(count: usize, one: f64) -> Self {
        let mut all = vec![f64::NAN; count];
        all.push(one);
        Self::Floats(all)
    }

    fn floats(all: Vec<i64>, one: f64) -> Self {
        let mut floats = Vec::with_capacity(all.len() * 2);
        floats.extend(all.into_iter().map(|one| one as f64));
        floats.push(one);
        Self::Floats(floats)
    }

    /// Returns the values one by one.
    pub(in crate::server::score) fn into_mixed(self) -> Vec<Cell> {
        match self {
            Self::Nulls(count) => vec![Cell::Null; count],
            Self::Bools(all) => all.into_iter().map(Cell::Bool).collect(),
            Self::Ints(all) => all.into_iter().map(Cell::Int).collect(),
            Self::Floats(all) => all.into_iter().map(Cell::Float).collect(),
            Self::Texts(all) => all.into_iter().map(Cell::Text).collect(),
            Self::Mixed(all) => all,
        }
    }

    /// Adds missing values until there are `count`.
    pub(in crate::server::score) fn fill(&mut self, count: usize) {
        while self.len() < count {
            self.push(Cell::Null);
        }
    }
}
