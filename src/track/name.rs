//! Names for runs that nobody named: `bold-fox-12`.

use crate::track::RunId;

const ADJECTIVES: [&str; 64] = [
    "able", "agile", "amber", "ample", "bold", "brave", "brief", "bright", "brisk", "calm",
    "clean", "clear", "clever", "cool", "cosy", "crisp", "daring", "deft", "eager", "early",
    "fair", "fast", "fine", "firm", "fond", "fresh", "gentle", "glad", "golden", "grand", "happy",
    "honest", "humble", "jolly", "keen", "kind", "lively", "lucid", "lucky", "mellow", "merry",
    "mild", "neat", "noble", "patient", "plain", "polite", "proud", "quick", "quiet", "rapid",
    "ready", "sharp", "silver", "smart", "sound", "spry", "steady", "sunny", "swift", "tidy",
    "vivid", "warm", "wise",
];

const NOUNS: [&str; 64] = [
    "acorn", "aspen", "badger", "beaver", "birch", "bison", "brook", "cedar", "cloud", "cobra",
    "comet", "coral", "crane", "dove", "eagle", "elk", "ember", "falcon", "fern", "finch", "fox",
    "gecko", "grove", "hare", "hawk", "heron", "hill", "ibis", "island", "jay", "koala", "lake",
    "lark", "lemur", "lily", "lynx", "maple", "marten", "meadow", "moose", "moth", "newt", "oak",
    "orca", "otter", "owl", "panda", "pebble", "pine", "planet", "puffin", "raven", "reef",
    "river", "robin", "seal", "spruce", "stork", "swan", "thrush", "tiger", "trout", "willow",
    "wren",
];

/// Makes a run's id: 16 random bytes.
pub fn id() -> RunId {
    RunId::from_bytes(random())
}

/// Makes a name; it may be taken, as any label may.
pub fn name() -> String {
    let [adjective, noun, high, low, ..]: [u8; 16] = random();
    let number = u16::from_be_bytes([high, low]) % 1000;
    let adjective = ADJECTIVES[usize::from(adjective) % ADJECTIVES.len()];
    format!("{adjective}-{}-{number}", NOUNS[usize::from(noun) % NOUNS.len()])
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_word_is_there_twice() {
        for words in [ADJECTIVES, NOUNS] {
            assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        }
    }

    #[test]
    fn two_runs_have_two_ids() {
        assert_ne!(id(), id());
        assert_eq!(name().split('-').count(), 3);
    }
}
