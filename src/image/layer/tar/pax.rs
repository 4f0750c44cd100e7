//! PAX records: `length key=value\n`, which say what a header has no room for.

use std::collections::BTreeMap;

use super::sparse::{self, Map};
use crate::image::layer::{Error, Time};

/// What one extended header says of the next entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mtime: Option<Time>,
    pub(super) xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) sparse: Sparse,
}

/// GNU's three ways to say where a file has holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sparse {
    pub(super) major: Option<Vec<u8>>,
    pub(super) minor: Option<Vec<u8>>,
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// Of 0.0, whose records come again and again, or of 0.1.
    pub(super) map: Option<Map>,
    /// The offset of 0.0 whose length is still to come.
    open: Option<u64>,
}

impl Pax {
    pub(super) fn read(records: &[u8]) -> Result<Self, Error> {
        let mut pax = Self::default();
        each(records, |key, value| pax.take(key, value))?;
        match pax.sparse.open {
            Some(_) => Err(bad("a sparse map is incomplete")),
            None => Ok(pax),
        }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        let repeated = matches!(key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes");
        // An empty value takes back what was said before.
        let given = !value.is_empty();
        match key {
            b"path" => self.path = given.then(|| value.to_owned()),
            b"linkpath" => self.link = given.then(|| value.to_owned()),
            b"size" => self.size = given.then(|| size(value)).transpose()?,
            b"uid" => self.uid = given.then(|| id(value)).transpose()?,
            b"gid" => self.gid = given.then(|| id(value)).transpose()?,
            b"mtime" => self.mtime = given.then(|| time(value)).transpose()?,
            _ if key.starts_with(b"GNU.sparse.") && (given || repeated) => {
                self.sparse.take(&key[11..], value)?;
            }
            _ => {
                if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                    self.xattrs.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(())
    }
}

impl Sparse {
    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        match (key, self.open) {
            (b"offset", None) => self.open = Some(size(value)?),
            (b"numbytes", Some(offset)) => {
                self.map.get_or_insert_default().push((offset, size(value)?));
                self.open = None;
            }
            (b"offset" | b"numbytes", _) => return Err(bad("a sparse map is out of order")),
            (b"map", _) => self.map = Some(sparse::commas(value)?),
            (b"major", _) => self.major = Some(value.to_owned()),
            (b"minor", _) => self.minor = Some(value.to_owned()),
            (b"name", _) => self.name = Some(value.to_owned()),
            (b"size" | b"realsize", _) => self.size = Some(size(value)?),
            _ => {}
        }
        Ok(())
    }
}

/// Checks a global header. What it says is ignored, as Docker ignores it; what others would obey to tell where the next
/// entry begins or what it is called is refused.
pub(super) fn check_global(records: &[u8]) -> Result<(), Error> {
    each(records, |key, _| match key {
        b"path" | b"linkpath" | b"size" => Err(bad("a global header sets a path or a size")),
        _ if key.starts_with(b"GNU.sparse.") => Err(bad("a global header says where holes are")),
        _ => Ok(()),
    })
}

/// Takes records apart.
fn each(
    mut records: &[u8],
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    while !records.is_empty() {
        let space = records.iter().take(20).position(|byte| *byte == b' ');
        let space = space.ok_or_else(|| bad("a PAX record has no length"))?;
        let length = decimal(&records[..space]).ok_or_else(|| bad("a PAX record has no length"))?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > records.len() || length < space + 3 || records[length - 1] != b'\n' {
            return Err(bad("the length of a PAX record is wrong"));
        }
        let record = &records[space + 1..length - 1];
        let equals = record.iter().position(|byte| *byte == b'=');
        let equals = equals.ok_or_else(|| bad("a PAX record has no value"))?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        let text = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname" | b"GNU.sparse.name");
        if key.is_empty() || key.contains(&0) || (text && value.contains(&0)) {
            return Err(bad("a PAX record holds a NUL, or has no key"));
        }
        take(key, value)?;
        records = &records[length..];
    }
    Ok(())
}

fn size(value: &[u8]) -> Result<u64, Error> {
    let size = decimal(value).filter(|size| i64::try_from(*size).is_ok());
    size.ok_or_else(|| bad(&format!("`{}` is no size", value.escape_ascii())))
}

fn id(value: &[u8]) -> Result<u32, Error> {
    let id = decimal(value).and_then(|id| u32::try_from(id).ok());
    id.ok_or_else(|| bad(&format!("`{}` is no user or group", value.escape_ascii())))
}

/// Reads digits and nothing else.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// Reads seconds with a fraction, of which nine digits count.
fn time(value: &[u8]) -> Result<Time, Error> {
    let wrong = || bad(&format!("`{}` is no time", value.escape_ascii()));
    let (negative, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let fraction = digits.get(point + 1..).unwrap_or_default();
    let seconds =
        decimal(&digits[..point]).and_then(|n| i64::try_from(n).ok()).ok_or_else(wrong)?;
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(wrong());
    }
    let nanoseconds = (0..9).fold(0, |sum, place| {
        sum * 10 + u32::from(fraction.get(place).map_or(0, |digit| digit - b'0'))
    });
    Ok(match (negative, nanoseconds) {
        (false, _) => Time { seconds, nanoseconds },
        (true, 0) => Time { seconds: -seconds, nanoseconds },
        (true, _) => Time { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds },
    })
}

fn bad(reason: &str) -> Error {
    Error::Malformed(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_count_backwards() {
        let cases = [
            ("0", Some((0, 0))),
            ("12.5", Some((12, 500_000_000))),
            ("12.", Some((12, 0))),
            ("-1.25", Some((-2, 750_000_000))),
            ("-1", Some((-1, 0))),
            ("1.1234567899", Some((1, 123_456_789))),
            ("", None),
            ("-", None),
            (".5", None),
            ("1.-5", None),
            ("9223372036854775808", None),
        ];
        for (text, wanted) in cases {
            let wanted = wanted.map(|(seconds, nanoseconds)| Time { seconds, nanoseconds });
            assert_eq!(time(text.as_bytes()).ok(), wanted, "{text}");
        }
    }

    #[test]
    fn t05_records_that_lie_are_refused() {
        for records in [
            "11 size=-1\n",
            "26 size=9223372036854775808\n",
            "10 size=x\n",
            "99 size=1\n",
            "9 size=10\n",
            "0 \n",
            "5 a=\n6 b=1\n7",
            "9 path=\0\n",
            "6 =ab\n",
            "x path=a\n",
            "22 GNU.sparse.offset=1\n",
            "24 GNU.sparse.numbytes=1\n",
        ] {
            assert!(Pax::read(records.as_bytes()).is_err(), "{records:?}");
        }
        assert!(Pax::read(b"11 size=12\n").is_ok_and(|pax| pax.size == Some(12)));
    }
}
