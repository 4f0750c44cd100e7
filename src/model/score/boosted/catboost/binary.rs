//! CatBoost's binary form: `CBM1`, the size of what follows, and a FlatBuffer. Numbers of fields are those of its schema.

use super::flat::Table;
use super::parts::{Feature, Grove, Info, Params, Parts, Split};
use crate::model::score::boosted::{Boosted, bad, unsupported};
use crate::model::score::{Error, Manner};

/// Fields of the core.
const TREES: usize = 1;
const INFO: usize = 2;
const MODEL_PARTS: usize = 3;

/// Fields of the trees.
const DIMENSION: usize = 0;
const SPLITS: usize = 1;
const SIZES: usize = 2;
const FLOATS: usize = 5;
/// Categories, those of one hot, counters, texts, estimates of those, embeddings.
const OTHERS: [usize; 6] = [4, 6, 7, 12, 13, 18];
const VALUES: usize = 8;
const STEPS: usize = 10;
const LEAVES: usize = 11;
const SCALE: usize = 14;
const BIAS: usize = 15;
const BIASES: usize = 16;

/// Fields of a feature of floats.
const FLAT_INDEX: usize = 2;
const BORDERS: usize = 3;
const NAME: usize = 4;
const MISSING: usize = 5;
/// Of what is missing: above all borders.
const AS_TRUE: i8 = 2;

/// Reads the binary form.
pub(in crate::model::score::boosted) fn load(
    bytes: &[u8],
    manner: Manner,
) -> Result<Boosted, Error> {
    let core = bytes.strip_prefix(b"CBM1").and_then(|rest| {
        let (size, rest) = rest.split_first_chunk()?;
        rest.get(..u32::from_le_bytes(*size) as usize)
    });
    let core = core.ok_or_else(|| bad("it is cut off"))?;
    let root = Table::root(core).ok_or_else(|| bad("it is cut off"))?;
    let trees = root.table(TREES).ok_or_else(|| bad("it has no trees"))?;
    if OTHERS.iter().any(|field| trees.count(*field, 4) > 0) || root.count(MODEL_PARTS, 4) > 0 {
        return Err(unsupported("categorical features", "only the library itself reads them"));
    }
    let (features, splits) = features(&trees, core.len())?;
    let biases = trees.list(BIASES, f64::from_le_bytes);
    let parts = Parts {
        features,
        groups: usize::try_from(trees.i32(DIMENSION).unwrap_or(0)).unwrap_or(0),
        scale: trees.f64(SCALE).unwrap_or(1.0),
        bias: if biases.is_empty() { vec![trees.f64(BIAS).unwrap_or(0.0)] } else { biases },
        info: info(&root),
    };
    let grove = Grove::new(parts)?;
    let chosen: Option<Vec<Split>> = trees
        .list(SPLITS, i32::from_le_bytes)
        .into_iter()
        .map(|split| splits.get(usize::try_from(split).ok()?).copied())
        .collect();
    let steps = trees.list(STEPS, |[a, b, c, d]: [u8; 4]| {
        [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])]
    });
    // A node that is a leaf has no split worth the name.
    let chosen = match (chosen, steps.is_empty()) {
        (Some(chosen), _) => chosen,
        (None, _) => return Err(bad("a split that is not there")),
    };
    if steps.is_empty() {
        levels(grove, &trees, &chosen, manner)
    } else {
        nodes(grove, &trees, &chosen, &steps, manner)
    }
}

/// Returns the features, and all splits there may be: borders of the first feature, of the second, …
fn features(trees: &Table<'_>, size: usize) -> Result<(Vec<Feature>, Vec<Split>), Error> {
    let (mut features, mut splits) = (vec![], vec![]);
    // Tables may lie over one another in a file that means harm: together they are no larger than it.
    let mut room = size;
    for (at, feature) in trees.tables(FLOATS).enumerate() {
        let name = feature.text(NAME).unwrap_or_default();
        let taken = name.len() + 4 * feature.count(BORDERS, 4);
        room = room.checked_sub(taken).ok_or_else(|| bad("features larger than the file"))?;
        let column = feature.i32(FLAT_INDEX).and_then(|column| usize::try_from(column).ok());
        features.push(Feature {
            column: column.ok_or_else(|| bad("a feature without a column"))?,
            name: name.to_owned(),
            missing_is_high: feature.i8(MISSING) == Some(AS_TRUE),
        });
        let borders = feature.list(BORDERS, f32::from_le_bytes).into_iter();
        splits.extend(borders.map(|border| Split { feature: at, border }));
    }
    Ok((features, splits))
}

fn info(root: &Table<'_>) -> Info {
    let mut info = Info::default();
    for pair in root.tables(INFO) {
        let value = pair.text(1).unwrap_or_default();
        match pair.text(0) {
            Some("params") => {
                info.params = serde_json::from_str::<Params>(value).unwrap_or_default();
            }
            Some("class_params") => {
                info.class_params = serde_json::from_str(value).unwrap_or_default();
            }
            _ => {}
        }
    }
    info
}

/// Reads trees with one split a level.
fn levels(
    mut grove: Grove,
    trees: &Table<'_>,
    mut splits: &[Split],
    manner: Manner,
) -> Result<Boosted, Error> {
    let values = trees.list(VALUES, f64::from_le_bytes);
    let (most, mut leaves) = (values.len() / grove.parts.groups, 0);
    for size in trees.list(SIZES, i32::from_le_bytes) {
        let own = usize::try_from(size).ok().and_then(|size| splits.split_at_checked(size));
        let (own, rest) = own.ok_or_else(|| bad("a tree without its splits"))?;
        splits = rest;
        leaves += grove.add_level(own, leaves)?;
        if leaves > most {
            return Err(bad("a tree without the values of its leaves"));
        }
    }
    grove.finish(values, leaves, manner)
}

/// Reads trees with a split a node.
fn nodes(
    mut grove: Grove,
    trees: &Table<'_>,
    splits: &[Split],
    steps: &[[u16; 2]],
    manner: Manner,
) -> Result<Boosted, Error> {
    let (values, groups) = (trees.list(VALUES, f64::from_le_bytes), grove.parts.groups);
    let leaves = trees.list(LEAVES, u32::from_le_bytes);
    if [splits.len(), leaves.len()] != [steps.len(); 2] {
        return Err(bad("lists of nodes of different lengths"));
    }
    let mut start = 0_usize;
    for size in trees.list(SIZES, i32::from_le_bytes) {
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
        let own = end.filter(|end| *end > start && *end <= steps.len());
        let end = own.ok_or_else(|| bad("a tree without its nodes"))?;
        let node = |at: usize| {
            let place = leaves[at] as usize;
            let is_inner = !steps[at].contains(&0);
            let is_there = place.is_multiple_of(groups) && place + groups <= values.len();
            match is_there || is_inner {
                true if is_inner => Ok((splits[at], steps[at], 0)),
                true => Ok((splits[at], steps[at], (place / groups) as u32)),
                false => Err(bad("a leaf without its values")),
            }
        };
        let own: Result<Vec<_>, Error> = (start..end).map(node).collect();
        grove.add_nodes(&own?)?;
        start = end;
    }
    let count = values.len() / groups;
    grove.finish(values, count, manner)
}
