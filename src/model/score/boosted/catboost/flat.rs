//! FlatBuffers, as far as a model of CatBoost needs them: every offset is looked at before it is followed.
//!
//! ```text
//! table   i32 back to its vtable, then fields        vtable   u16 own size, u16 size of the table, u16 offset of field 0, …
//! vector  u32 length, then elements                  offset   u32 forward from where it stands
//! ```

/// A table that begins at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Returns where the offset that stands at a place leads.
fn follow(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(u32::from_le_bytes(array(bytes, at)?) as usize)
}

impl<'a> Table<'a> {
    /// Returns the table that the bytes begin with the offset of.
    pub(super) fn root(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { bytes, at: follow(bytes, 0)? })
    }

    /// Returns where a field is; none where the table leaves it out.
    fn field(&self, number: usize) -> Option<usize> {
        let back = i32::from_le_bytes(array(self.bytes, self.at)?);
        let table = usize::try_from(i64::try_from(self.at).ok()? - i64::from(back)).ok()?;
        let size = u16::from_le_bytes(array(self.bytes, table)?);
        let place = 4 + 2 * number;
        if place + 2 > size.into() {
            return None;
        }
        match u16::from_le_bytes(array(self.bytes, table.checked_add(place)?)?) {
            0 => None,
            offset => self.at.checked_add(offset.into()),
        }
    }

    pub(super) fn i8(&self, number: usize) -> Option<i8> {
        Some(i8::from_le_bytes(array(self.bytes, self.field(number)?)?))
    }

    pub(super) fn i32(&self, number: usize) -> Option<i32> {
        Some(i32::from_le_bytes(array(self.bytes, self.field(number)?)?))
    }

    pub(super) fn f64(&self, number: usize) -> Option<f64> {
        Some(f64::from_le_bytes(array(self.bytes, self.field(number)?)?))
    }

    pub(super) fn table(&self, number: usize) -> Option<Self> {
        Some(Self { at: follow(self.bytes, self.field(number)?)?, ..*self })
    }

    /// Returns start and bytes of a vector of elements of a size; empty where it is left out or not all there.
    fn vector(&self, number: usize, size: usize) -> Option<(usize, &'a [u8])> {
        let at = follow(self.bytes, self.field(number)?)?;
        let length = u32::from_le_bytes(array(self.bytes, at)?) as usize;
        let start = at.checked_add(4)?;
        let end = start.checked_add(length.checked_mul(size)?)?;
        Some((start, self.bytes.get(start..end)?))
    }

    /// Returns how many elements of a size a vector has.
    pub(super) fn count(&self, number: usize, size: usize) -> usize {
        self.vector(number, size).map_or(0, |(_, bytes)| bytes.len() / size)
    }

    /// Returns the numbers of a vector.
    pub(super) fn list<const N: usize, T>(&self, number: usize, read: fn([u8; N]) -> T) -> Vec<T> {
        let bytes = self.vector(number, N).map_or(&[][..], |(_, bytes)| bytes);
        bytes.as_chunks().0.iter().map(|chunk| read(*chunk)).collect()
    }

    pub(super) fn text(&self, number: usize) -> Option<&'a str> {
        std::str::from_utf8(self.vector(number, 1)?.1).ok()
    }

    /// Returns the tables of a vector.
    pub(super) fn tables(&self, number: usize) -> impl Iterator<Item = Self> + use<'a> {
        let (bytes, (start, own)) = (self.bytes, self.vector(number, 4).unwrap_or((0, &[])));
        let places = (0..own.len() / 4).map(move |at| start + at * 4);
        places.filter_map(move |place| Some(Self { bytes, at: follow(bytes, place)? }))
    }
}
