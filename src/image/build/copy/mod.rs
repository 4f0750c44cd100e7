//! COPY and ADD: what is copied (`select.rs`), where it goes (`place.rs`), and the layer that comes of it.

mod chmod;
mod owner;
mod place;
mod select;

pub use chmod::Chmod;
pub use owner::{Owner, find as find_owner, find_runner};
pub use place::{Placed, Placing, make_folder, place, placed_below};
pub use select::{Parents, Picked, Sources, select, select_but};
