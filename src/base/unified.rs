//! How two texts differ, line by line, as `diff -u` shows it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use similar::algorithms::{Capture, Compact, Replace, histogram};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffOp, group_diff_ops};

/// Lines that are shown around a change.
const CONTEXT: usize = 3;

/// A pair of texts that is not done by then is shown as replaced in larger pieces.
const PATIENCE: Duration = Duration::from_millis(500);

/// Returns the unified diff of two texts, empty where they are alike; `names` stand at its head.
///
/// One algorithm and one type of line: each further one would be 80 KB of program.
pub fn unified(old: &str, new: &str, names: [&str; 2]) -> String {
    let (old, new) = (split(old), split(new));
    let mut text = String::new();
    for hunk in group_diff_ops(changes(&old, &new), CONTEXT) {
        if text.is_empty() {
            text = format!("--- {}\n+++ {}\n", names[0], names[1]);
        }
        let _ = writeln!(text, "{}", UnifiedHunkHeader::new(&hunk)); // a String takes everything
        hunk.iter().for_each(|change| show(change, &old, &new, &mut text));
    }
    text
}

/// Splits a text behind its line ends.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn changes(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut ops = Compact::new(Replace::new(Capture::new()), old, new);
    let (all_old, all_new) = (0..old.len(), 0..new.len());
    let deadline = Instant::now().checked_add(PATIENCE);
    let Ok(()) = histogram::diff_deadline(&mut ops, old, all_old, new, all_new, deadline);
    ops.into_inner().into_inner().into_ops()
}

fn show(change: &DiffOp, old: &[&str], new: &[&str], text: &mut String) {
    for (tag, lines) in change.iter_slices(old, new) {
        let sign = match tag {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        for line in lines {
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn what_differs_stands_between_three_lines_of_what_does_not() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = old.replace('5', "five");
        let diff = "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(unified(old, &new, ["a", "b"]), diff);
        assert_eq!(unified(old, old, ["a", "b"]), "");
    }

    #[test]
    fn a_last_line_without_an_end_is_told() {
        let diff = "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n";
        assert_eq!(unified("x", "x\n", ["a", "b"]), diff);
        assert_eq!(unified("", "x\n", ["a", "b"]), "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
    }
}
