//! A process in a box: knows a root folder and not an image.
//!
//! What is to run is a [`Spec`]. It is carried out by a fresh, single-threaded process (the program runs itself again),
//! since what makes a container forks without exec and changes the process it is called from.

mod error;

pub use error::Error;
