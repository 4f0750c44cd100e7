//! Tables in parquet.

use parquet::file::reader::{ChunkReader, FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use super::cells::{Cell, Cells};
use super::frame::Frame;
use super::json::MOST_COLUMNS;

/// Reads a table piece by piece.
pub(in crate::server::score) struct Reader {
    rows: Box<dyn Iterator<Item = parquet::errors::Result<Row>>>,
    names: Vec<String>,
}

impl Reader {
    /// Reads the end of the file, where its columns are named.
    pub(in crate::server::score) fn new<R: ChunkReader + 'static>(from: R) -> Result<Self, String> {
        let file = SerializedFileReader::new(from).map_err(|error| error.to_string())?;
        let schema = file.metadata().file_metadata().schema();
        let fields = schema.get_fields();
        if let Some(nested) =
            fields.iter().find(|field| matches!(field.as_ref(), Type::GroupType { .. }))
        {
            return Err(format!(
                "column `{}` holds lists or objects",
                nested.name().escape_debug()
            ));
        }
        if fields.len() > MOST_COLUMNS {
            return Err("too many columns".to_owned());
        }
        let names = fields.iter().map(|field| field.name().to_owned()).collect();
        let rows = Box::new(parquet::record::reader::RowIter::from_file_into(Box::new(file)));
        Ok(Self { rows, names })
    }

    /// Returns the next rows, at most `most`; nothing after the last.
    pub(in crate::server::score) fn next(&mut self, most: usize) -> Result<Option<Frame>, String> {
        // The index that pandas adds is no column.
        let own = |name: &str| !(name.starts_with("__index_level_") && name.ends_with("__"));
        let mut columns: Vec<(String, Cells)> =
            self.names.iter().map(|name| (name.clone(), Cells::default())).collect();
        let mut rows = 0;
        for row in self.rows.by_ref().take(most) {
            let row = row.map_err(|error| error.to_string())?;
            for ((_, field), (_, cells)) in row.get_column_iter().zip(&mut columns) {
                cells.push(cell(field));
            }
            rows += 1;
        }
        columns.retain(|(name, _)| own(name));
        Ok((rows > 0).then_some(Frame { columns, rows }))
    }
}

fn cell(field: &Field) -> Cell {
    match field {
        Field::Null => Cell::Null,
        Field::Bool(one) => Cell::Bool(*one),
        Field::Byte(one) => Cell::Int((*one).into()),
        Field::Short(one) => Cell::Int((*one).into()),
        Field::Int(one) | Field::Date(one) => Cell::Int((*one).into()),
        Field::Long(one) => Cell::Int(*one),
        Field::UByte(one) => Cell::Int((*one).into()),
        Field::UShort(one) => Cell::Int((*one).into()),
        Field::UInt(one) => Cell::Int((*one).into()),
        Field::ULong(one) => i64::try_from(*one).map_or(Cell::Float(*one as f64), Cell::Int),
        Field::Float16(one) => Cell::Float(one.to_f64()),
        Field::Float(one) => Cell::Float((*one).into()),
        Field::Double(one) => Cell::Float(*one),
        Field::Str(one) => Cell::Text(one.clone()),
        Field::Bytes(one) => Cell::Text(String::from_utf8_lossy(one.data()).into_owned()),
        Field::TimestampMillis(one) => Cell::Int(one.saturating_mul(1_000_000)),
        Field::TimestampMicros(one) => Cell::Int(one.saturating_mul(1000)),
        _ => Cell::Nested,
    }
}
