//! What is encoded is read back; what was never encoded is refused.

use mls::store::codec::{Codec, Hint, decode, encode};
use proptest::prelude::*;

/// Numbers like the weights of a network: small, of either sign, most of them near zero.
fn weights(count: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f32>() * 0.02).collect()
}

fn floats(count: usize) -> Vec<u8> {
    weights(count).iter().flat_map(|weight| weight.to_le_bytes()).collect()
}

fn halves(count: usize) -> Vec<u8> {
    weights(count).iter().flat_map(|weight| weight.to_le_bytes()[2..].to_vec()).collect()
}

#[track_caller]
fn ratio(bytes: &[u8], hint: Hint, wanted: Codec) -> f64 {
    let (codec, stored) = encode(bytes, hint);
    assert_eq!(codec, wanted);
    assert!(decode(codec, &stored, bytes.len()).expect("just encoded") == bytes);
    stored.len() as f64 / bytes.len() as f64
}

#[test]
fn float32_weights_lose_a_seventh() {
    assert!(ratio(&floats(16_000), Hint::Any, Codec::Plane4) < 0.86);
    assert!(ratio(&floats(16_000), Hint::Float { origin: 0 }, Codec::Plane4) < 0.86);
}

#[test]
fn bfloat16_weights_lose_nearly_a_third() {
    assert!(ratio(&halves(32_000), Hint::Any, Codec::Plane2) < 0.71);
    assert!(ratio(&halves(32_000), Hint::Half { origin: 2 }, Codec::Plane2) < 0.71);
}

#[test]
fn numbers_are_found_wherever_the_first_one_begins() {
    let bytes = floats(16_000);
    for shift in 1..4 {
        assert!(ratio(&bytes[shift..], Hint::Any, Codec::Plane4) < 0.86);
        assert!(
            ratio(&bytes[shift..], Hint::Float { origin: 4 - shift as u64 }, Codec::Plane4) < 0.86
        );
    }
}

#[test]
fn text_goes_to_zstd_and_noise_stays_as_it_is() {
    let text = b"step,loss,accuracy\n".repeat(1_000);
    assert!(ratio(&text, Hint::Any, Codec::Zstd) < 0.1);
    let noise: Vec<u8> =
        (0_u32..4_000).flat_map(|i| *blake3::hash(&i.to_le_bytes()).as_bytes()).collect();
    assert_eq!(ratio(&noise, Hint::Any, Codec::Raw), 1.0);
    assert_eq!(ratio(&noise, Hint::Float { origin: 0 }, Codec::Raw), 1.0);
    assert!(ratio(b"", Hint::Any, Codec::Raw).is_nan());
}

#[test]
fn a_frame_cannot_make_the_reader_allocate_more_than_an_object_may_have() {
    assert!(decode(Codec::Raw, b"x", usize::MAX).is_err());
    assert!(decode(Codec::Zstd, b"x", (16 << 20) + 1).is_err());
    // A bomb: it decodes to far more than it was said to hold.
    let (codec, bomb) = encode(&vec![0; 1 << 20], Hint::Any);
    assert!(decode(codec, &bomb, 1_000).is_err());
    assert!(decode(codec, &bomb, (1 << 20) + 1).is_err());
}

fn hints() -> impl Strategy<Value = Hint> {
    let origin = 0..8_u64;
    prop_oneof![
        Just(Hint::Any),
        origin.clone().prop_map(|origin| Hint::Half { origin }),
        origin.prop_map(|origin| Hint::Float { origin }),
    ]
}

fn codecs() -> impl Strategy<Value = Codec> {
    (0..4_u8).prop_map(|number| Codec::from_number(number).expect("one of four"))
}

proptest! {
    #[test]
    fn whatever_is_encoded_reads_back(bytes in prop::collection::vec(0..20_u8, 0..600), hint in hints()) {
        let (codec, stored) = encode(&bytes, hint);
        prop_assert_eq!(decode(codec, &stored, bytes.len()).unwrap(), bytes);
    }

    #[test]
    fn s03_no_stored_bytes_make_a_reader_panic(codec in codecs(), stored in any::<Vec<u8>>(), length in 0..300_usize) {
        if let Ok(bytes) = decode(codec, &stored, length) {
            prop_assert_eq!(bytes.len(), length);
        }
    }

    #[test]
    fn s03_damaged_planes_are_refused_or_of_the_right_length(at in 0..5_000_usize, bit in 0..8, cut in 0..5_000_usize) {
        let (codec, mut stored) = encode(&floats(1_600), Hint::Any);
        let at = at % stored.len();
        stored[at] ^= 1_u8 << bit;
        stored.truncate(cut.max(at + 1));
        if let Ok(bytes) = decode(codec, &stored, 6_400) {
            prop_assert_eq!(bytes.len(), 6_400);
        }
    }
}
