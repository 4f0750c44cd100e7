//! Which known word a mistyped one was probably meant to be.

/// Returns up to three of `known` that `word` may have been meant to be, nearest first.
pub fn matches<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let word = word.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = word.chars().count().max(candidate.chars().count());
            *distance <= (longer / 3).max(1) || (word.len() >= 3 && candidate.starts_with(&word))
        })
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}

/// Counts the letters to insert, delete, replace or swap with their neighbour to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(80).collect(), b.chars().take(80).collect());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut least = (last[j] + 1)
                .min(row[j - 1] + 1)
                .min(last[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_slip_finds_its_word_and_a_foreign_word_finds_none() {
        let known = ["runs", "remote", "push", "pull", "checkout"];
        for (word, found) in [
            ("rusn", vec!["runs"]),
            ("Remoet", vec!["remote"]),
            ("pul", vec!["pull"]),
            ("check", vec!["checkout"]),
            ("xyzzy", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(matches(word, known), found, "{word}");
        }
    }
}
