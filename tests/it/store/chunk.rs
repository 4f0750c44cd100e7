//! Cuts stay where they are, now and in later versions, and no head of a file leads them astray.

use mls::store::chunk::{self, Cutter, MAX, MIN, Region, regions};
use mls::store::codec::Hint;
use proptest::prelude::*;

use super::noise;

fn lengths(mut bytes: &[u8]) -> Vec<usize> {
    let mut lengths = vec![];
    while !bytes.is_empty() {
        let length = chunk::length(bytes);
        lengths.push(length);
        bytes = &bytes[length..];
    }
    lengths
}

/// As [`lengths`], with the bytes arriving in pieces of `piece` bytes.
fn streamed(bytes: &[u8], regions: Vec<Region>, piece: usize) -> Vec<usize> {
    let (mut cutter, mut lengths, mut begin, mut end) = (Cutter::new(regions), vec![], 0, 0);
    loop {
        match cutter.next(&bytes[begin..end], end == bytes.len()) {
            Some((length, _)) => {
                lengths.push(length);
                begin += length;
            }
            None if end == bytes.len() => return lengths,
            None => end = bytes.len().min(end + piece),
        }
    }
}

#[test]
fn golden_boundaries_have_not_moved() {
    let text: Vec<u8> = (0..120_000)
        .flat_map(|line| format!("{line},{}\n", line * 7 % 1_000).into_bytes())
        .collect();
    let inputs = [
        ("noise", noise("mls golden boundaries", 3 << 20)),
        ("text", text),
        ("zeros", vec![0; 1 << 20]),
    ];
    let mut found = String::new();
    for (name, bytes) in inputs {
        let lengths: Vec<String> = lengths(&bytes).iter().map(usize::to_string).collect();
        found += &format!("{name} {} {}\n", bytes.len(), lengths.join(" "));
    }
    assert_eq!(found, include_str!("../../../fixtures/boundaries.txt"));
}

#[test]
fn chunks_are_64_kib_on_average_and_never_out_of_bounds() {
    let lengths = lengths(&noise("average", 16 << 20));
    let (last, others) = lengths.split_last().unwrap();
    assert!(others.iter().all(|length| (MIN..=MAX).contains(length)) && *last <= MAX);
    let average = (16 << 20) / lengths.len();
    assert!((56 << 10..72 << 10).contains(&average), "{average}");
}

#[test]
fn an_insertion_changes_the_chunks_around_it_only() {
    let before = noise("insertion", 4 << 20);
    let mut after = before.clone();
    after.splice(1_000_001..1_000_001, *b"seven b");
    let cut = |bytes: &[u8]| -> Vec<blake3::Hash> {
        let mut at = 0;
        let slice = |length| {
            at += length;
            blake3::hash(&bytes[at - length..at])
        };
        lengths(bytes).into_iter().map(slice).collect()
    };
    let (before, after) = (cut(&before), cut(&after));
    let fresh = after.iter().filter(|chunk| !before.contains(chunk)).count();
    assert!((1..=3).contains(&fresh), "{fresh} of {}", after.len());
}

/// A safetensors file with this JSON head and so many bytes of data.
fn safetensors(json: &str, data: usize) -> Vec<u8> {
    let mut file = (json.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(json.as_bytes());
    file.extend(noise("tensors", data));
    file
}

const TWO: &str = r#"{"__metadata__":{"format":"pt"},
    "b":{"dtype":"BF16","shape":[100000],"data_offsets":[400001,600001]},
    "a":{"dtype":"F32","shape":[100000],"data_offsets":[0,400000]},
    "tiny":{"dtype":"U8","shape":[1],"data_offsets":[400000,400001]}}"#;

#[test]
fn chunks_begin_and_end_with_large_tensors() {
    let file = safetensors(TWO, 700_000);
    let data = 8 + TWO.len() as u64;
    let found = regions(&file);
    let expected = [
        Region { start: data, end: data + 400_000, hint: Hint::Float { origin: data } },
        Region {
            start: data + 400_001,
            end: data + 600_001,
            hint: Hint::Half { origin: data + 400_001 },
        },
    ];
    assert_eq!(found, expected);
    let mut cuts = vec![0];
    for length in streamed(&file, found, file.len()) {
        cuts.push(cuts[cuts.len() - 1] + length as u64);
    }
    for border in expected.iter().flat_map(|region| [region.start, region.end]) {
        assert!(cuts.contains(&border), "{border} in {cuts:?}");
    }
}

#[test]
fn an_npy_file_is_cut_behind_its_head() {
    let dict =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': (500000,), }}{:>50}\n", "");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend_from_slice(&(dict.len() as u16).to_le_bytes());
    file.extend_from_slice(dict.as_bytes());
    let start = file.len() as u64;
    file.resize(2_000_000, 0);
    let hint = Hint::Float { origin: start };
    assert_eq!(regions(&file), [Region { start, end: u64::MAX, hint }]);
}

#[test]
fn heads_that_lie_give_no_regions() {
    let with = |a: &str| format!(r#"{{"a":{{"dtype":"F32","shape":[1],"data_offsets":{a}}}}}"#);
    for offsets in [
        "[20000,10]",
        "[18446744073709551615,18446744073709551615]",
        "[-1,20000]",
        "[0]",
        "\"x\"",
        "{}",
    ] {
        let file = safetensors(&with(offsets), 100_000);
        assert_eq!(regions(&file), [], "{offsets}");
    }
    let overlap = r#"{"a":{"dtype":"F32","data_offsets":[0,50000]},"b":{"dtype":"F32","data_offsets":[40000,90000]}}"#;
    let file = safetensors(overlap, 100_000);
    assert_eq!(regions(&file), []);
    let mut long = safetensors("{}", 100_000);
    for length in [u64::MAX, u64::MAX - 7, 1 << 40, 0, 1, 100_001] {
        long[..8].copy_from_slice(&length.to_le_bytes());
        assert_eq!(regions(&long), [], "{length}");
    }
    let deep = "[".repeat(100_000);
    let file = safetensors(&format!("{{\"a\":{deep}"), 10);
    assert_eq!(regions(&file), []);
    for head in [
        b"\x93NUMPY\x01\x00\xff\xff{".as_slice(),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
        b"\x93NUMPY\x01\x00\x00\x00",
        b"\x93NUMPY",
    ] {
        assert_eq!(regions(head), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn cuts_do_not_depend_on_how_the_bytes_arrive(seed in "[a-z]{4}", length in 1..600_000_usize, piece in 1_000..300_000_usize) {
        let bytes = noise(&seed, length);
        prop_assert_eq!(streamed(&bytes, vec![], piece), lengths(&bytes));
    }

    #[test]
    fn cuts_at_tensors_cover_every_byte_once(starts in prop::collection::btree_set(0..500_000_u64, 0..8), piece in 1_000..300_000_usize) {
        let bytes = noise("regions", 500_000);
        let starts: Vec<u64> = starts.into_iter().collect();
        let regions = starts.windows(2).map(|pair| Region { start: pair[0], end: pair[1], hint: Hint::Any }).collect();
        let lengths = streamed(&bytes, regions, piece);
        prop_assert!(lengths.iter().all(|length| (1..=MAX).contains(length)));
        prop_assert_eq!(lengths.iter().sum::<usize>(), bytes.len());
    }

    #[test]
    fn no_head_makes_the_search_for_tensors_panic(mut head in any::<Vec<u8>>(), kind in 0..3) {
        if kind == 1 {
            head.splice(0..0, *b"\x93NUMPY");
        }
        if kind == 2 && head.len() > 8 {
            let length = head.len() as u64 - 8;
            head[..8].copy_from_slice(&length.to_le_bytes());
        }
        let found = regions(&head);
        prop_assert!(found.iter().all(|region| region.start < region.end));
    }
}
