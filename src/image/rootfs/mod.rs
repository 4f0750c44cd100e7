//! The file system that layers make together: seen without unpacking, unpacked once into the cache, mounted, compared.

mod error;

pub use error::Error;
