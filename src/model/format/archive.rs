//! Models that are zip archives: of torch, Keras, skops and numpy. Every member is looked at by content, whatever it is called.

use serde_json::Value;

use super::bytes::Source;
use super::pickle::{self, Import, Verdict};
use super::zip::{self, Member};
use super::{Budget, Fault, Format, Report, npy};

/// The schema of skops, the configuration of Keras.
const LARGEST_JSON: u64 = 64 << 20;
/// Enough to tell what a member is.
const HEAD: u64 = 64;
/// What was not read to its end.
const UNREAD: &str = "not read to its end";

/// Reads an archive; nothing where the file is none.
pub(super) fn read(source: &mut dyn Source, budget: Budget) -> Result<Option<Report>, Fault> {
    let Some(members) = zip::directory(source)? else { return Ok(None) };
    let mut report = Report::of(kind(&members));
    match report.format {
        Format::Skops => skops(source, &members, &mut report)?,
        Format::KerasZip => keras(source, &members, &mut report)?,
        Format::Torch | Format::TorchScript => report.tensors = storages(source, &members)?,
        _ => {}
    }
    for member in &members {
        look_into(source, member, budget, &mut report)?;
    }
    Ok(Some(report))
}

fn kind(members: &[Member]) -> Format {
    let has = |name: &str| members.iter().any(|member| member.name == name);
    let ends = |end: &str| members.iter().any(|member| member.name.ends_with(end));
    let inside = |part: &str| members.iter().any(|member| member.name.contains(part));
    match () {
        () if has("schema.json") => Format::Skops,
        () if has("config.json") && has("metadata.json") => Format::KerasZip,
        () if ends("/constants.pkl") && inside("/code/") => Format::TorchScript,
        () if ends("/data.pkl") || has("data.pkl") => Format::Torch,
        () if !members.is_empty() && members.iter().all(|member| member.name.ends_with(".npy")) => {
            Format::Numpy
        }
        () => Format::Zip,
    }
}

/// Finds pickles in a member, and archives in archives.
fn look_into(
    source: &mut dyn Source,
    member: &Member,
    budget: Budget,
    report: &mut Report,
) -> Result<(), Fault> {
    let unread = |report: &mut Report| {
        report.imports.push(Import::of(&member.name, UNREAD, Verdict::Unknown));
    };
    let head = match member.head(source, HEAD) {
        Ok(head) => head,
        Err(Fault::Io(error)) if Fault::is_ours(&error) => return Err(Fault::Io(error)),
        Err(_) => {
            unread(report);
            return Ok(());
        }
    };
    let is_archive = head.starts_with(b"PK\x03\x04");
    let is_other = [&b"7z\xbc\xaf"[..], b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"];
    let named = std::path::Path::new(&member.name)
        .extension()
        .is_some_and(|end| ["pkl", "pickle", "PKL"].iter().any(|known| end == *known));
    let may_be_pickle = named || pickle::may_begin(&head);
    if !is_archive && !may_be_pickle && !head.starts_with(npy::MAGIC) {
        if is_other.iter().any(|magic| head.starts_with(magic)) {
            unread(report);
        }
        return Ok(());
    }
    let Some(budget) = budget.deeper() else {
        unread(report);
        return Ok(());
    };
    let found = match member.open(source) {
        Ok(mut bytes) => super::nested(&mut bytes, budget),
        Err(Fault::Io(error)) if Fault::is_ours(&error) => return Err(Fault::Io(error)),
        Err(error) => Err(error),
    };
    match found {
        Ok(imports) => report.imports.extend(imports),
        Err(_) => unread(report),
    }
    Ok(())
}

/// skops names every type that it will make: those are its imports.
fn skops(source: &mut dyn Source, members: &[Member], report: &mut Report) -> Result<(), Fault> {
    let Some(member) = members.iter().find(|member| member.name == "schema.json") else {
        return Ok(());
    };
    let bytes = member.head(source, LARGEST_JSON)?;
    let schema: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Fault::bad(format!("its schema: {error}")))?;
    let mut waiting = vec![&schema];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(fields) => {
                let text = |key: &str| fields.get(key).and_then(Value::as_str);
                if let (Some(module), Some(class)) = (text("__module__"), text("__class__")) {
                    report.imports.push(Import::judged(module, class));
                }
                waiting.extend(fields.values());
            }
            _ => {}
        }
    }
    let version = schema.get("_skops_version").and_then(Value::as_str);
    report.facts.extend(version.map(|text| ("skops".to_owned(), text.to_owned())));
    Ok(())
}

/// A Lambda layer of Keras is code.
fn keras(source: &mut dyn Source, members: &[Member], report: &mut Report) -> Result<(), Fault> {
    for name in ["config.json", "metadata.json"] {
        let Some(member) = members.iter().find(|member| member.name == name) else { continue };
        let bytes = member.head(source, LARGEST_JSON)?;
        let json: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Fault::bad(format!("its {name}: {error}")))?;
        let version = json.get("keras_version").and_then(Value::as_str);
        report.facts.extend(version.map(|text| ("keras".to_owned(), text.to_owned())));
        if super::has_lambda(&bytes) {
            report.imports.push(Import::of("keras.layers", "Lambda", Verdict::Dangerous));
        }
    }
    Ok(())
}

/// The storages of torch, each a member: their shapes stand in the pickle, which nobody runs here.
fn storages(source: &mut dyn Source, members: &[Member]) -> Result<Vec<super::Tensor>, Fault> {
    let mut tensors = vec![];
    for member in members {
        let parts: Vec<&str> = member.name.rsplitn(3, '/').collect();
        let is_storage = matches!(parts[..], [key, "data", ..] if !key.contains('.'));
        if is_storage {
            let place = member.stored(source)?;
            tensors.push(super::Tensor {
                name: parts[..2].iter().rev().copied().collect::<Vec<_>>().join("/"),
                dtype: "bytes".to_owned(),
                shape: vec![member.size],
                size: Some(member.size),
                place,
                ..super::Tensor::default()
            });
        }
    }
    Ok(tensors)
}
