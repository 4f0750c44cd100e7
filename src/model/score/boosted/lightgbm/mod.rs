//! LightGBM: trees and trees with lines in their leaves, from its text of version 3 and 4.

mod lines;
mod objective;
mod text;
mod tree;

use super::{Body, Boosted, bad, features};
use crate::model::score::trees::{Builder, Ensemble, Leaves};
use crate::model::score::{Data, Element, Error, Manner};
use lines::Lines;
use objective::Transform;
use text::Section;

/// Numbers a row may be answered with.
const MOST_GROUPS: usize = 1 << 16;

#[derive(Debug)]
struct Lightgbm {
    groups: usize,
    features: usize,
    sums: Ensemble<f64>,
    /// What the leaves of linear trees add beside their constants.
    lines: Option<Lines>,
    /// Of random forests: how many trees a sum is divided by.
    average: Option<f64>,
    transform: Transform,
}

impl Body for Lightgbm {
    fn answer(&self, x: &Data, rows: usize) -> Data {
        let Data::F64(x) = x else { return Data::F64(vec![]) };
        let mut all = vec![0.0; rows * self.groups];
        match &self.lines {
            None => self.sums.add(x, self.features, &mut all),
            Some(lines) => self.sums.forest.each_leaf(x, self.features, &mut |row, leaf| {
                let x = &x[row * self.features..][..self.features];
                all[row * self.groups + lines.group(leaf)] += lines.at(leaf, x);
            }),
        }
        if let Some(trees) = self.average {
            all.iter_mut().for_each(|sum| *sum /= trees);
        }
        self.transform.apply(&mut all, self.groups);
        Data::F64(all)
    }

    fn cost(&self) -> u64 {
        50 + self.sums.forest.steps() * 3
    }
}

/// Reads the text.
pub(super) fn load(bytes: &[u8], manner: Manner) -> Result<Boosted, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| bad("it is no text"))?;
    let (head, trees) = text::sections(text)?;
    let features = features(head.number("max_feature_idx")?.saturating_add(1))?;
    let groups = head.number("num_tree_per_iteration").or_else(|_| head.number("num_class"))?;
    if groups == 0 || groups > MOST_GROUPS {
        return Err(bad(format!("{groups} numbers a row")));
    }
    let body = Lightgbm {
        transform: match manner {
            Manner::Margins => Transform::Identity,
            _ => Transform::of(head.find("objective").unwrap_or_default())?,
        },
        average: head.has("average_output").then(|| (trees.len() / groups) as f64),
        ..sums(&trees, features, groups)?
    };
    let columns = (groups > 1).then_some(groups);
    let (takes, gives) = ((Element::F64, features), (Element::F64, columns));
    // The library goes by the order of columns: names in the file are not those of the table, but for blanks.
    Ok(Boosted::new(takes, gives, vec![], Box::new(body)))
}

fn sums(trees: &[Section<'_>], features: usize, groups: usize) -> Result<Lightgbm, Error> {
    let mut builder = Builder::new(features);
    let (mut values, mut targets) = (vec![], vec![]);
    let mut lines = Lines::default();
    for (at, tree) in trees.iter().enumerate() {
        let branches = tree::branches(tree, &mut values)?;
        builder.add(&branches, 0)?;
        targets.resize(values.len(), (at % groups) as u32);
        lines.read(tree, &values, features)?;
    }
    let lines = lines.finish(&targets);
    let leaves = match groups {
        1 => Leaves::dense(values),
        _ => Leaves::single(values, targets),
    };
    let sums = Ensemble::sum(builder.finish(), leaves, groups);
    let transform = Transform::Identity;
    Ok(Lightgbm { groups, features, sums, lines, average: None, transform })
}
