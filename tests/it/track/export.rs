use std::collections::BTreeMap;
use std::process::Command;

use mls::track::export::{self, Form, Record};
use mls::track::{Status, Value};

fn record(id: char, name: &str) -> Record {
    Record {
        id: id.to_string().repeat(32),
        name: name.to_owned(),
        experiment: "Default".to_owned(),
        status: Status::Finished,
        started_at: 1_795_351_006_429,
        ended_at: (id != 'b').then_some(1_795_351_009_000),
        params: BTreeMap::from([("lr".to_owned(), "-1e-3".to_owned())]),
        metrics: BTreeMap::from([("loss".to_owned(), Value(0.25))]),
        tags: BTreeMap::new(),
        artifacts: None,
    }
}

fn records() -> Vec<Record> {
    let mut second = record('b', "=cmd|' /C calc'!A0");
    second.params.insert("note".to_owned(), "two\nlines, \"quoted\"".to_owned());
    second.metrics = BTreeMap::from([
        ("acc".to_owned(), Value(f64::NAN)),
        ("max".to_owned(), Value(f64::NEG_INFINITY)),
    ]);
    second.tags.insert("team".to_owned(), "@vision".to_owned());
    vec![record('a', "bold-fox-12"), second]
}

fn written(form: Form, records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    let count = export::write(form, &mut out, |take| records.iter().cloned().try_for_each(take));
    assert_eq!(count.unwrap(), records.len() as u64);
    out
}

fn text(form: Form, records: &[Record]) -> String {
    String::from_utf8(written(form, records)).unwrap()
}

#[test]
fn h14_csv_has_a_column_for_every_key_and_no_formula() {
    insta::assert_snapshot!(text(Form::Csv, &records()), @r#"
    id,name,experiment,status,started_at,ended_at,params.lr,params.note,metrics.acc,metrics.loss,metrics.max,tags.team
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,bold-fox-12,Default,FINISHED,2026-11-22T12:36:46.429Z,2026-11-22T12:36:49.000Z,-1e-3,,,0.25,,
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,'=cmd|' /C calc'!A0,Default,FINISHED,2026-11-22T12:36:46.429Z,,-1e-3,"two
    lines, ""quoted""",NaN,,-Infinity,'@vision
    "#);
}

#[test]
fn json_is_one_strict_document_and_jsonl_one_a_line() {
    let document: serde_json::Value = serde_json::from_str(&text(Form::Json, &records())).unwrap();
    assert_eq!(document[1]["metrics"]["max"], "-Infinity");
    assert_eq!(document[1]["metrics"]["acc"], "NaN");
    assert_eq!(document[1]["name"], "=cmd|' /C calc'!A0");
    assert_eq!(document[0]["started_at"], "2026-11-22T12:36:46.429Z");
    assert!(document[1]["ended_at"].is_null() && document[1]["artifacts"].is_null());
    let lines = text(Form::Jsonl, &records());
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document, serde_json::Value::Array(lines));
}

#[test]
fn no_runs_are_an_empty_document_of_each_form() {
    assert_eq!(text(Form::Json, &[]), "[]\n");
    assert_eq!(text(Form::Jsonl, &[]), "");
    assert_eq!(text(Form::Csv, &[]), "id,name,experiment,status,started_at,ended_at\n");
    assert_eq!(&written(Form::Parquet, &[])[..4], b"PAR1");
}

#[test]
fn parquet_reads_back_what_was_written() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let bytes = parquet_bytes(written(Form::Parquet, &records()));
    let reader = SerializedFileReader::new(bytes).unwrap();
    let rows: Vec<BTreeMap<String, Field>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(k, v)| (k.clone(), v.clone())).collect())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["name"], Field::Str("bold-fox-12".to_owned()));
    assert_eq!(rows[0]["metrics.loss"], Field::Double(0.25));
    assert_eq!(rows[0]["started_at"], Field::TimestampMillis(1_795_351_006_429));
    assert_eq!(rows[0]["tags.team"], Field::Null);
    assert_eq!(rows[1]["ended_at"], Field::Null);
    assert_eq!(rows[1]["metrics.max"], Field::Double(f64::NEG_INFINITY));
    assert_eq!(rows[1]["params.note"], Field::Str("two\nlines, \"quoted\"".to_owned()));
}

fn parquet_bytes(bytes: Vec<u8>) -> impl parquet::file::reader::ChunkReader + 'static {
    let file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut &file, &bytes).unwrap();
    file
}

#[test]
fn more_runs_than_a_row_group_holds_are_all_written() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let base = record('a', "many");
    let mut out = Vec::new();
    let count = export::write(Form::Parquet, &mut out, |take| {
        (0..120_000).try_for_each(|index| {
            let mut record = base.clone();
            record.metrics.insert("index".to_owned(), Value(f64::from(index)));
            take(record)
        })
    });
    assert_eq!(count.unwrap(), 120_000);
    let reader = SerializedFileReader::new(parquet_bytes(out)).unwrap();
    assert!(reader.num_row_groups() > 1);
    assert_eq!(reader.metadata().file_metadata().num_rows(), 120_000);
}

#[test]
fn an_error_of_the_reader_stops_the_export() {
    let failing = |_: &mut export::Take<'_>| {
        Err(export::Error::Read(mls::track::Error::NoRun("gone".to_owned())))
    };
    for form in [Form::Csv, Form::Json, Form::Jsonl, Form::Parquet] {
        assert!(export::write(form, &mut Vec::new(), failing).is_err(), "{form:?}");
    }
}

/// The foreign reader, where it is installed.
#[test]
fn pyarrow_reads_the_same_values() {
    const SCRIPT: &str = "
import sys, math
try:
    import pyarrow.parquet as pq
except ImportError:
    print('skip'); sys.exit()
t = pq.read_table(sys.argv[1])
rows = t.to_pylist()
assert rows[0]['metrics.loss'] == 0.25, rows
assert rows[0]['started_at'].isoformat() == '2026-11-22T12:36:46.429000+00:00', rows
assert math.isnan(rows[1]['metrics.acc']) and rows[0]['metrics.acc'] is None, rows
assert rows[1]['params.note'].startswith('two'), rows
print('good')
";
    let python = ["MLS_TEST_PYTHON"].iter().find_map(std::env::var_os).unwrap_or("python3".into());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.parquet");
    std::fs::write(&file, written(Form::Parquet, &records())).unwrap();
    let Ok(output) = Command::new(python).arg("-c").arg(SCRIPT).arg(&file).output() else {
        eprintln!("skipped: no python3");
        return;
    };
    match String::from_utf8_lossy(&output.stdout).trim() {
        "skip" => eprintln!("skipped: python3 has no pyarrow (pip install pyarrow)"),
        said => assert_eq!(said, "good", "{}", String::from_utf8_lossy(&output.stderr)),
    }
}
