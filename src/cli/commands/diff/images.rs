//! Two images side by side: config, layers, files.

use std::collections::BTreeSet;

use mls::base::size::human;
use mls::base::unified;
use mls::image::catalog::{self, Found};
use mls::image::layer::Layer;
use mls::image::platform::Platform;
use mls::image::rootfs::{self, Difference, Inode, Kind, View};
use mls::store::Store;
use serde_json::{Value, json};

use super::coloured;
use crate::cli::args::Format;
use crate::cli::error::CommandError;
use crate::cli::session::Session;
use crate::cli::style::{BAD, GOOD, WARNING};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{json, text};

/// One of the two.
struct Side {
    config: String,
    layers: Vec<Layer>,
    view: View,
}

impl Side {
    fn of(store: &Store, found: &Found) -> Result<Self, CommandError> {
        let chosen = catalog::select(store, &found.image, &Platform::host())?;
        let config = catalog::config_of(store, &chosen)?;
        let links = catalog::layers(store, &chosen)?;
        let layers =
            links.iter().map(|link| store.read_node(link)).collect::<Result<Vec<Layer>, _>>()?;
        // Layers and how they were made have places of their own; of the rest, each key is a line.
        let mut value = serde_json::to_value(&config)?;
        if let Some(map) = value.as_object_mut() {
            ["rootfs", "history", "created"].iter().for_each(|key| drop(map.remove(*key)));
        }
        let config = json::document(&value)? + "\n";
        Ok(Self { config, layers, view: View::of(store, &links)? })
    }
}

/// Shows how two images differ: config, layers, files. Returns whether they do.
pub(super) fn run(
    session: &Session,
    store: &Store,
    (old, old_name): (&Found, &str),
    (new, new_name): (&Found, &str),
) -> Result<bool, CommandError> {
    let (a, b) = (Side::of(store, old)?, Side::of(store, new)?);
    let config = unified(&a.config, &b.config, [old_name, new_name]);
    let ids = |side: &Side| -> BTreeSet<String> {
        side.layers.iter().map(|layer| layer.diff_id.to_string()).collect()
    };
    let (old_ids, new_ids) = (ids(&a), ids(&b));
    let only = |side: &Side, other: &BTreeSet<String>| -> Vec<(String, u64)> {
        let layers = side.layers.iter().map(|layer| (layer.diff_id.to_string(), layer.size));
        layers.filter(|(id, _)| !other.contains(id)).collect()
    };
    let (removed, added) = (only(&a, &new_ids), only(&b, &old_ids));
    let files = rootfs::diff(&a.view, &b.view)?;
    let differs = !config.is_empty()
        || !files.is_empty()
        || a.layers.iter().map(|l| &l.diff_id).ne(b.layers.iter().map(|l| &l.diff_id));
    if session.ui.format != Format::Table {
        let layer = |(id, size): &(String, u64)| json!({"diff_id": id, "size": size});
        let files: Vec<Value> = files.iter().map(file_json).collect();
        let answer = json!({
            "same": !differs,
            "config": if config.is_empty() { Value::Null } else { config.into() },
            "layers": {
                "common": old_ids.intersection(&new_ids).count(),
                "removed": removed.iter().map(layer).collect::<Vec<_>>(),
                "added": added.iter().map(layer).collect::<Vec<_>>(),
            },
            "files": files,
        });
        session.ui.answer(&answer, String::new)?;
        return Ok(differs);
    }
    if !differs {
        session.ui.note("There is no difference.");
        return Ok(false);
    }
    session.ui.print(&coloured(&config))?;
    let mut table = Table::new([
        Column::new("change"),
        Column::new("old_size").title("OLD SIZE").right(),
        Column::new("new_size").title("NEW SIZE").right(),
        Column::new("mode"),
        Column::new("path").cut(),
    ]);
    for (list, word, style) in [(&removed, "removed", BAD), (&added, "added", GOOD)] {
        for (id, size) in list {
            let size = || Cell::new(human(*size)).raw(size.to_string());
            let (old, new) = match word {
                "removed" => (size(), Cell::new("")),
                _ => (Cell::new(""), size()),
            };
            table.row([
                Cell::new(word).style(style),
                old,
                new,
                Cell::new(""),
                Cell::new(format!("layer {}", short(id))),
            ]);
        }
    }
    files.iter().for_each(|difference| table.row(row(difference)));
    session.ui.list(&table, &[] as &[Value], "The files are the same.")?;
    Ok(true)
}

fn short(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, hex)| &hex[..12])
}

fn row(difference: &Difference) -> [Cell; 5] {
    let word = difference.change();
    let style = match word {
        "added" => GOOD,
        "removed" => BAD,
        _ => WARNING,
    };
    let size = |inode: &Option<Inode>| match inode {
        Some(inode) if inode.kind == Kind::File => {
            Cell::new(human(inode.size)).raw(inode.size.to_string())
        }
        _ => Cell::new(""),
    };
    let mode = |inode: &Inode| format!("{:04o} {}:{}", inode.mode, inode.uid, inode.gid);
    let modes = match (&difference.old, &difference.new) {
        (Some(old), Some(new)) if mode(old) != mode(new) => {
            format!("{} → {}", mode(old), mode(new))
        }
        _ => String::new(),
    };
    [
        Cell::new(word).style(style),
        size(&difference.old),
        size(&difference.new),
        Cell::new(modes),
        Cell::new(format!("/{}", text::name(&difference.path))),
    ]
}

fn file_json(difference: &Difference) -> Value {
    let side = |inode: &Option<Inode>| inode.as_ref().map(inode_json);
    json!({
        "path": format!("/{}", text::name(&difference.path)),
        "change": difference.change(),
        "old": side(&difference.old),
        "new": side(&difference.new),
    })
}

fn inode_json(inode: &Inode) -> Value {
    let kind = match inode.kind {
        Kind::File => "file",
        Kind::Folder => "folder",
        Kind::Symlink => "symlink",
        Kind::CharDevice | Kind::BlockDevice => "device",
        Kind::Fifo => "fifo",
    };
    json!({
        "kind": kind,
        "mode": format!("{:04o}", inode.mode),
        "uid": inode.uid,
        "gid": inode.gid,
        "size": inode.size,
        "symlink": (inode.kind == Kind::Symlink).then(|| text::name(&inode.target)),
    })
}
