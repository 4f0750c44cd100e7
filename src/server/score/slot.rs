//! Which version answers for a model: the one that was named, the one that an alias has come to mean, or another that a
//! share of the requests goes to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::error::Error;
use super::lane::{Lane, Pace};
use super::load::{Loading, load};
use super::metrics::Ledger;
use crate::model::name::number;
use crate::model::{Reference, Version, registry};
use crate::store::Store;

/// A version that answers; what `asked` means may change while it does.
#[derive(Debug)]
pub(in crate::server::score) struct Seat {
    pub(in crate::server::score) asked: Reference,
    lane: RwLock<Arc<Lane>>,
}

impl Seat {
    fn new(asked: Reference, lane: Arc<Lane>) -> Self {
        Self { asked, lane: RwLock::new(lane) }
    }

    pub(in crate::server::score) fn lane(&self) -> Arc<Lane> {
        Arc::clone(&self.lane.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets another version answer from here on; returns the one that did. It goes on with what it has begun.
    pub(in crate::server::score) fn seat(&self, lane: Arc<Lane>) -> Arc<Lane> {
        let mut seated = self.lane.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut seated, lane)
    }
}

/// A share of the requests that another version answers.
#[derive(Debug)]
struct Canary {
    seat: Seat,
    percent: u32,
    turn: AtomicU32,
}

impl Canary {
    /// Tells whether this request is one of its share: of each hundred exactly so many, spread evenly.
    fn is_due(&self) -> bool {
        // 61 and 100 have no divisor in common: the steps come by each of the hundred once.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % 100;
        turn * 61 % 100 < self.percent
    }
}

/// A model as it was named when the server was started.
#[derive(Debug)]
pub(in crate::server::score) struct Slot {
    main: Seat,
    canary: Option<Canary>,
    shadow: Option<Seat>,
}

/// Who answers a request, and who is asked besides.
#[derive(Debug)]
pub(in crate::server::score) struct Picked {
    pub(in crate::server::score) lane: Arc<Lane>,
    pub(in crate::server::score) shadow: Option<Arc<Lane>>,
}

impl Slot {
    fn pick(&self) -> Picked {
        let due = self.canary.as_ref().filter(|canary| canary.is_due());
        let lane = due.map_or_else(|| self.main.lane(), |canary| canary.seat.lane());
        Picked { lane, shadow: self.shadow.as_ref().map(Seat::lane) }
    }

    /// Whoever is asked besides is not missed.
    fn is_ready(&self) -> bool {
        let canary = self.canary.as_ref().map(|canary| &canary.seat);
        std::iter::once(&self.main).chain(canary).all(|seat| seat.lane().is_ready())
    }

    fn seats(&self) -> impl Iterator<Item = &Seat> {
        let canary = self.canary.as_ref().map(|canary| &canary.seat);
        std::iter::once(&self.main).chain(canary).chain(self.shadow.as_ref())
    }
}

/// Versions that answer a share of a model's requests, or are asked besides.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// With how many of a hundred requests each answers.
    pub canaries: Vec<(Reference, u32)>,
    pub shadows: Vec<Reference>,
}

/// All that is served. The first answers where no name is given.
#[derive(Debug)]
pub(in crate::server::score) struct Shelf(Vec<Slot>);

impl Shelf {
    /// Loads all that is named.
    pub(in crate::server::score) fn load(
        maker: &Maker,
        models: &[Reference],
        beside: &Beside,
        tell: &dyn Fn(&str),
    ) -> Result<Self, Error> {
        let seat = |asked: &Reference| {
            let version = registry::resolve(&maker.store, asked)?;
            Ok::<_, Error>(Seat::new(asked.clone(), maker.lane(&version, tell)?))
        };
        let mut slots = vec![];
        for asked in models {
            slots.push(Slot { main: seat(asked)?, canary: None, shadow: None });
        }
        let find = |slots: &mut Vec<Slot>, asked: &Reference| {
            let found = slots.iter().position(|slot| slot.main.asked.name == asked.name);
            found.ok_or_else(|| Error::Beside { version: asked.to_string() })
        };
        for (asked, percent) in &beside.canaries {
            let place = find(&mut slots, asked)?;
            let canary = Canary { seat: seat(asked)?, percent: *percent, turn: AtomicU32::new(0) };
            slots[place].canary = Some(canary);
        }
        for asked in &beside.shadows {
            let place = find(&mut slots, asked)?;
            slots[place].shadow = Some(seat(asked)?);
        }
        Ok(Self(slots))
    }

    /// Returns each version that answers once, in the order of the models.
    pub(in crate::server::score) fn lanes(&self) -> Vec<Arc<Lane>> {
        let mut lanes: Vec<Arc<Lane>> = vec![];
        for seat in self.seats() {
            let lane = seat.lane();
            let same = |one: &Arc<Lane>| one.loaded.reference() == lane.loaded.reference();
            if !lanes.iter().any(same) {
                lanes.push(lane);
            }
        }
        lanes
    }

    /// Tells whether each model has somebody to answer.
    pub(in crate::server::score) fn is_ready(&self) -> bool {
        self.0.iter().all(Slot::is_ready)
    }

    pub(in crate::server::score) fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.0.iter().flat_map(Slot::seats)
    }

    /// Returns who answers for a model as it stands in an address, `iris`, `iris@v3`, `iris@3` or `iris@champion`; for the
    /// first where there is no name.
    pub(in crate::server::score) fn pick(&self, text: Option<&str>) -> Option<Picked> {
        let Some(text) = text else { return self.0.first().map(Slot::pick) };
        if let Some(slot) = self.0.iter().find(|slot| slot.main.asked.name == text) {
            return Some(slot.pick());
        }
        let (name, version) = text.rsplit_once('@')?;
        self.version(name, version)
    }

    /// Returns who answers for a version of a model: a number, or an alias that it was named by.
    pub(in crate::server::score) fn version(&self, name: &str, version: &str) -> Option<Picked> {
        let wanted = number(version).or_else(|| version.parse().ok());
        let asked = Reference::parse(&format!("{name}@{version}"));
        let found = self.seats().find(|seat| match wanted {
            Some(wanted) => {
                let lane = seat.lane();
                lane.loaded.name == name && lane.loaded.number == wanted
            }
            None => seat.asked == asked,
        });
        found.map(|seat| Picked { lane: seat.lane(), shadow: None })
    }
}

/// Makes lanes of versions.
#[derive(Debug)]
pub(in crate::server::score) struct Maker {
    pub(in crate::server::score) store: Store,
    pub(in crate::server::score) loading: Loading,
    pub(in crate::server::score) pace: Pace,
    pub(in crate::server::score) ledger: Arc<Ledger>,
}

impl Maker {
    /// Loads a version, each byte of it verified.
    pub(in crate::server::score) fn lane(
        &self,
        version: &Version,
        tell: &dyn Fn(&str),
    ) -> Result<Arc<Lane>, Error> {
        let loaded = load(&self.store, version, &self.loading, tell)?;
        let at_once = loaded.workers().map_or(self.pace.at_once, |workers| workers.count);
        let pace = Pace { at_once: at_once.max(1), ..self.pace.clone() };
        let numbers = self.ledger.of(&loaded.name, loaded.number);
        Ok(Arc::new(Lane::new(loaded, numbers, &pace)))
    }
}
