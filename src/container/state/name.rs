//! Ids and names, as Docker gives them.

use crate::container::Error;

const ADJECTIVES: &[&str] = &[
    "admiring",
    "agile",
    "amber",
    "blissful",
    "bold",
    "brave",
    "bright",
    "calm",
    "clever",
    "cool",
    "daring",
    "dazzling",
    "eager",
    "elegant",
    "epic",
    "fervent",
    "focused",
    "frosty",
    "gallant",
    "gentle",
    "gifted",
    "happy",
    "hopeful",
    "humble",
    "jolly",
    "keen",
    "kind",
    "lucid",
    "merry",
    "modest",
    "nifty",
    "noble",
    "patient",
    "practical",
    "quiet",
    "quirky",
    "relaxed",
    "serene",
    "sharp",
    "silent",
    "steady",
    "stoic",
    "sunny",
    "swift",
    "tender",
    "upbeat",
    "vibrant",
    "vivid",
    "warm",
    "wise",
    "witty",
    "zealous",
    "zen",
];

/// People to whom computing and learning machines owe something.
const PEOPLE: &[&str] = &[
    "babbage",
    "backus",
    "bayes",
    "bellman",
    "boole",
    "church",
    "conway",
    "curie",
    "dijkstra",
    "engelbart",
    "erdos",
    "euler",
    "fei",
    "feynman",
    "fisher",
    "floyd",
    "galois",
    "gauss",
    "godel",
    "goodall",
    "gosset",
    "hamilton",
    "hamming",
    "hebb",
    "hinton",
    "hoare",
    "hopper",
    "huffman",
    "johnson",
    "kalman",
    "keller",
    "knuth",
    "kolmogorov",
    "lamport",
    "lecun",
    "liskov",
    "lovelace",
    "markov",
    "mccarthy",
    "mcculloch",
    "minsky",
    "nash",
    "neumann",
    "noether",
    "pearl",
    "perlman",
    "pitts",
    "ritchie",
    "rosenblatt",
    "samuel",
    "shannon",
    "simon",
    "solomonoff",
    "thompson",
    "turing",
    "vapnik",
    "wiener",
    "wozniak",
    "zuse",
];

/// As Docker: a longer one is no name of a file either.
const LONGEST: usize = 128;

/// Refuses what Docker would not take as a name.
pub fn check(name: &str) -> Result<(), Error> {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let bytes = name.as_bytes();
    let sound = bytes.len() >= 2
        && bytes.len() <= LONGEST
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().copied().all(inner);
    match sound {
        true => Ok(()),
        false => Err(Error::Invalid(format!(
            "`{}` is no name for a container: only letters, digits, `_`, `.` and `-`, from 2 to {LONGEST}",
            name.chars().take(200).collect::<String>().escape_debug()
        ))),
    }
}

/// Returns 64 random hex digits, of which the first twelve are no number: as a host name they are to be a name.
pub fn random_id() -> String {
    loop {
        let id: String = bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        if !id[..12].bytes().all(|byte| byte.is_ascii_digit()) {
            return id;
        }
    }
}

/// Returns two random words that are not `taken`, with a number where words do not suffice.
pub(super) fn random(taken: impl Fn(&str) -> bool) -> String {
    for round in 0.. {
        let [a, b, c, d, number] = bytes::<5>();
        let pick = |words: &[&'static str], high: u8, low: u8| {
            words[usize::from(u16::from_be_bytes([high, low])) % words.len()]
        };
        let mut name = format!("{}_{}", pick(ADJECTIVES, a, b), pick(PEOPLE, c, d));
        if round > 4 {
            name.push_str(&(u32::from(number) + 256 * round).to_string());
        }
        if !taken(&name) {
            return name;
        }
    }
    unreachable!("numbers do not end")
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut random = [0; N];
    getrandom::fill(&mut random).expect("the system has randomness");
    random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_docker() {
        for good in ["ab", "a-b_c.d", "0x", "bold_turing"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "a", ".ab", "-ab", "a/b", "a b", "ä1", "a\n", "../x"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&"a".repeat(129)).is_err());
    }

    #[test]
    fn a_name_is_made_that_nobody_has() {
        assert!(check(&random(|_| false)).is_ok());
        let name = random(|name| !name.ends_with(|last: char| last.is_ascii_digit()));
        assert!(check(&name).is_ok(), "{name}");
        assert_eq!(random_id().len(), 64);
    }
}
