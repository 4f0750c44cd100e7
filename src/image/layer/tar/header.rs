//! One block of 512 bytes, and its fields.

use std::ops::Range;

use super::BLOCK;
use crate::image::layer::Error;

/// A header whose checksum holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a>(&'a [u8; BLOCK]);

/// Who made the header: it decides what the bytes behind the magic mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    V7,
    Ustar,
    Star,
    Gnu,
}

pub(super) const NAME: Range<usize> = 0..100;
pub(super) const MODE: Range<usize> = 100..108;
pub(super) const UID: Range<usize> = 108..116;
pub(super) const GID: Range<usize> = 116..124;
pub(super) const SIZE: Range<usize> = 124..136;
pub(super) const MTIME: Range<usize> = 136..148;
pub(super) const CHECKSUM: Range<usize> = 148..156;
pub(super) const FLAG: usize = 156;
pub(super) const LINK: Range<usize> = 157..257;
pub(super) const MAGIC: Range<usize> = 257..265;
pub(super) const MAJOR: Range<usize> = 329..337;
pub(super) const MINOR: Range<usize> = 337..345;
pub(super) const PREFIX: Range<usize> = 345..500;

impl<'a> Header<'a> {
    pub(super) fn read(block: &'a [u8; BLOCK]) -> Result<Self, Error> {
        let header = Self(block);
        let told = header.number(CHECKSUM, "checksum")?;
        let (unsigned, signed) = checksums(block);
        // Some old programs added up signed bytes.
        match told == unsigned || told == signed {
            true => Ok(header),
            false => Err(Error::Malformed("a header's checksum does not hold".to_owned())),
        }
    }

    /// Takes a block for its fields alone.
    pub(super) fn unchecked(block: &'a [u8; BLOCK]) -> Self {
        Self(block)
    }

    pub(super) fn bytes(&self) -> &'a [u8; BLOCK] {
        self.0
    }

    pub(super) fn flag(&self) -> u8 {
        self.0[FLAG]
    }

    pub(super) fn format(&self) -> Format {
        match &self.0[MAGIC] {
            b"ustar  \0" => Format::Gnu,
            magic if &magic[..6] != b"ustar\0" => Format::V7,
            _ if &self.0[508..] == b"tar\0" => Format::Star,
            _ => Format::Ustar,
        }
    }

    /// Returns a field up to its first NUL.
    pub(super) fn text(&self, field: Range<usize>) -> &'a [u8] {
        until_nul(&self.0[field])
    }

    /// Returns the name with the prefix that ustar puts before it.
    pub(super) fn path(&self) -> Vec<u8> {
        let prefix = match self.format() {
            Format::Ustar => self.text(PREFIX),
            Format::Star => self.text(PREFIX.start..PREFIX.start + 131),
            Format::V7 | Format::Gnu => b"",
        };
        match prefix.is_empty() {
            true => self.text(NAME).to_owned(),
            false => [prefix, b"/", self.text(NAME)].concat(),
        }
    }

    /// Returns a number: octal digits, or 256 to the base where the first bit is set.
    pub(super) fn number(&self, field: Range<usize>, what: &str) -> Result<i64, Error> {
        let bytes = &self.0[field];
        let number = match bytes[0] & 0x80 {
            0 => octal(bytes),
            _ => binary(bytes),
        };
        number.ok_or_else(|| Error::Malformed(format!("{what} is no number")))
    }

    /// Returns a number that cannot be below zero.
    pub(super) fn unsigned(&self, field: Range<usize>, what: &str) -> Result<u64, Error> {
        let number = self.number(field, what)?;
        u64::try_from(number).map_err(|_| Error::Malformed(format!("{what} is {number}")))
    }
}

pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// Returns the sum of all bytes, the checksum itself counted as spaces; and the same with signed bytes.
pub(super) fn checksums(block: &[u8; BLOCK]) -> (i64, i64) {
    let sum = |of: fn(u8) -> i64| {
        let others = block[..CHECKSUM.start].iter().chain(&block[CHECKSUM.end..]);
        others.map(|byte| of(*byte)).sum::<i64>() + 8 * i64::from(b' ')
    };
    (sum(i64::from), sum(|byte| i64::from(byte.cast_signed())))
}

fn octal(bytes: &[u8]) -> Option<i64> {
    let text = bytes.trim_ascii_start();
    let start = text.iter().position(|byte| !matches!(byte, b' ' | 0)).unwrap_or(text.len());
    let text = until_nul(&text[start..]).trim_ascii_end();
    text.iter().try_fold(0_i64, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    })
}

/// Two's complement, most significant byte first; the bit that tells it apart from octal is not part of it.
fn binary(bytes: &[u8]) -> Option<i64> {
    let invert = if bytes[0] & 0x40 == 0 { 0 } else { 0xff };
    let first = (bytes[0] ^ invert) & 0x7f;
    let rest = bytes[1..].iter().map(|byte| byte ^ invert);
    let number = std::iter::once(first)
        .chain(rest)
        .try_fold(0_i64, |sum, byte| sum.checked_mul(256)?.checked_add(i64::from(byte)))?;
    Some(if invert == 0 { number } else { !number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        let cases: [(&[u8], Option<i64>); 13] = [
            (b"0000644\0", Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"77777777", Some(0o77777777)),
            (b"0000008\0", None),
            (b"-000001\0", None),
            (b"12 34567", None),
            (b"\x80\0\0\0\0\0\x01\0", Some(256)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1)),
            (b"\xff\xff\xff\xff\xff\xff\xff\x00", Some(-256)),
            (b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", Some(i64::MAX)),
            (b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None),
            (b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", Some(i64::MIN)),
        ];
        for (bytes, wanted) in cases {
            let found = if bytes[0] & 0x80 == 0 { octal(bytes) } else { binary(bytes) };
            assert_eq!(found, wanted, "{bytes:x?}");
        }
    }
}
