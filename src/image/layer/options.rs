//! What a layer is held against, and how much of it there may be.

use crate::image::layer::Compression;
use crate::remote::registry::Digest;

/// What is known of a layer before it comes, and where its reading stops.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Of the bytes as they come; its algorithm is the one that is computed.
    pub digest: Option<Digest>,
    /// Of the tar inside.
    pub diff_id: Option<Digest>,
    /// Bytes as they come.
    pub size: Option<u64>,
    /// What the media type says.
    pub compression: Option<Compression>,
    pub limits: Limits,
}

/// How much a layer may be: what is beyond is an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the tar.
    pub bytes: u64,
    /// The tar may be so many times as long as what came of it, once it is longer than [`Limits::free`].
    pub ratio: u64,
    /// Bytes of the tar that need no good ratio: a file of zeros is no attack yet.
    pub free: u64,
    pub entries: u64,
    /// Bytes of one PAX header, long name or sparse map.
    pub record: u64,
    /// Members of a gzip stream. eStargz has one for each file.
    pub members: u64,
    /// Log 2 of the bytes that a zstd frame may look back.
    pub window: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 40,
            ratio: 250,
            free: 4 << 30,
            entries: 5_000_000,
            record: 1 << 20,
            members: 1_000_000,
            window: 27,
        }
    }
}
