//! Runs as Parquet: texts, 64-bit floats, and moments in milliseconds (UTC); what a run does not have is null.

use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::basic::{
    Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use ::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;

use super::columns::Columns;
use super::{Error, Record, Take};
use crate::track::Value;

/// A row group is closed at this many cells: some 50 MB in memory, whatever the width.
const MOST_CELLS: usize = 1_000_000;

pub(super) fn write(
    out: &mut (impl Write + Send),
    columns: &Columns,
    mut visit: impl FnMut(&mut Take<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(format!("mls {}", env!("CARGO_PKG_VERSION")))
        .build();
    let schema = Arc::new(schema(columns).map_err(failed)?);
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
    let rows = (MOST_CELLS / columns.count()).clamp(100, 50_000);
    let mut group = Group::new(columns);
    let mut count = 0;
    visit(&mut |record| {
        count += 1;
        group.add(columns, record);
        match group.rows >= rows {
            true => group.write(&mut file).map_err(failed),
            false => Ok(()),
        }
    })?;
    if group.rows > 0 {
        group.write(&mut file).map_err(failed)?;
    }
    file.close().map_err(failed)?;
    Ok(count)
}

fn schema(columns: &Columns) -> Result<Type, ParquetError> {
    let text = |name: &str, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_repetition(repetition)
            .build()
    };
    let time = |name: &str, repetition| {
        let unit = TimeUnit::MILLIS;
        Type::primitive_type_builder(name, Physical::INT64)
            .with_logical_type(Some(LogicalType::Timestamp { is_adjusted_to_u_t_c: true, unit }))
            .with_repetition(repetition)
            .build()
    };
    let real = |name: &str| {
        Type::primitive_type_builder(name, Physical::DOUBLE)
            .with_repetition(Repetition::OPTIONAL)
            .build()
    };
    let mut fields = Vec::with_capacity(columns.count());
    for name in &super::columns::FIXED[..4] {
        fields.push(text(name, Repetition::REQUIRED)?);
    }
    fields.push(time("started_at", Repetition::REQUIRED)?);
    fields.push(time("ended_at", Repetition::OPTIONAL)?);
    for key in &columns.params {
        fields.push(text(&format!("params.{key}"), Repetition::OPTIONAL)?);
    }
    for key in &columns.metrics {
        fields.push(real(&format!("metrics.{key}"))?);
    }
    for key in &columns.tags {
        fields.push(text(&format!("tags.{key}"), Repetition::OPTIONAL)?);
    }
    let fields = fields.into_iter().map(Arc::new).collect();
    Type::group_type_builder("runs").with_fields(fields).build()
}

/// The rows that become the next row group, column by column.
struct Group {
    rows: usize,
    columns: Vec<Column>,
}

/// One column's values and, where it may be null, a level for each row: 1 is a value, 0 none.
enum Column {
    Text { values: Vec<ByteArray>, levels: Option<Vec<i16>> },
    Time { values: Vec<i64>, levels: Option<Vec<i16>> },
    Real { values: Vec<f64>, levels: Vec<i16> },
}

impl Group {
    fn new(columns: &Columns) -> Self {
        let text = |levels| Column::Text { values: Vec::new(), levels };
        let optional = || text(Some(Vec::new()));
        let mut all: Vec<Column> = (0..4).map(|_| text(None)).collect();
        all.push(Column::Time { values: Vec::new(), levels: None });
        all.push(Column::Time { values: Vec::new(), levels: Some(Vec::new()) });
        all.extend(columns.params.iter().map(|_| optional()));
        let real = || Column::Real { values: Vec::new(), levels: Vec::new() };
        all.extend(columns.metrics.iter().map(|_| real()));
        all.extend(columns.tags.iter().map(|_| optional()));
        Self { rows: 0, columns: all }
    }

    fn add(&mut self, columns: &Columns, mut record: Record) {
        self.rows += 1;
        let mut cells = self.columns.iter_mut();
        let mut push = |cell: Cell| {
            if let Some(column) = cells.next() {
                column.push(cell);
            }
        };
        push(Cell::Text(Some(record.id)));
        push(Cell::Text(Some(record.name)));
        push(Cell::Text(Some(record.experiment)));
        push(Cell::Text(Some(record.status.as_str().to_owned())));
        push(Cell::Time(Some(record.started_at)));
        push(Cell::Time(record.ended_at));
        for key in &columns.params {
            push(Cell::Text(record.params.remove(key)));
        }
        for key in &columns.metrics {
            push(Cell::Real(record.metrics.get(key).map(|Value(value)| *value)));
        }
        for key in &columns.tags {
            push(Cell::Text(record.tags.remove(key)));
        }
    }

    /// Writes the rows as one group and forgets them.
    fn write(
        &mut self,
        file: &mut SerializedFileWriter<impl Write + Send>,
    ) -> Result<(), ParquetError> {
        let mut group = file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            column.write(&mut writer)?;
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

enum Cell {
    Text(Option<String>),
    Time(Option<i64>),
    Real(Option<f64>),
}

impl Column {
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Text { values, levels }, Cell::Text(text)) => {
                note(levels.as_mut(), text.is_some());
                values.extend(text.map(|text| ByteArray::from(text.into_bytes())));
            }
            (Self::Time { values, levels }, Cell::Time(time)) => {
                note(levels.as_mut(), time.is_some());
                values.extend(time);
            }
            (Self::Real { values, levels }, Cell::Real(real)) => {
                note(Some(levels), real.is_some());
                values.extend(real);
            }
            _ => unreachable!("cells come in the order of the columns"),
        }
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Text { values, levels } => {
                writer.typed::<ByteArrayType>().write_batch(values, levels.as_deref(), None)?;
                values.clear();
                levels.iter_mut().for_each(Vec::clear);
            }
            Self::Time { values, levels } => {
                writer.typed::<Int64Type>().write_batch(values, levels.as_deref(), None)?;
                values.clear();
                levels.iter_mut().for_each(Vec::clear);
            }
            Self::Real { values, levels } => {
                writer.typed::<DoubleType>().write_batch(values, Some(levels), None)?;
                values.clear();
                levels.clear();
            }
        }
        Ok(())
    }
}

fn note(levels: Option<&mut Vec<i16>>, there: bool) {
    if let Some(levels) = levels {
        levels.push(there.into());
    }
}

fn failed(error: ParquetError) -> Error {
    Error::Write(match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    })
}
