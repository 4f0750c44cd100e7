use mls::track::series::{self, MAX_POINTS, decode, encode};
use mls::track::{Point, Value};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(0.0),
    ]
}

fn points() -> impl Strategy<Value = Vec<Point>> {
    let point = (any::<i64>(), any::<i64>(), value())
        .prop_map(|(step, time, value)| series::plain(Point { step, time, value: Value(value) }));
    proptest::collection::vec(point, 1..40).prop_map(|mut points| {
        points.sort_by(series::order);
        points.dedup_by(|a, b| series::order(a, b).is_eq());
        points
    })
}

type Bits = Vec<(i64, i64, u64)>;

fn bits(metrics: &[(String, Vec<Point>)]) -> Vec<(String, Bits)> {
    let point = |point: &Point| (point.step, point.time, point.value.0.to_bits());
    metrics.iter().map(|(key, p)| (key.clone(), p.iter().map(point).collect())).collect()
}

proptest! {
    #[test]
    fn points_read_back_to_the_last_bit(
        metrics in proptest::collection::btree_map("[a-zé/_ ]{1,12}", points(), 0..6),
    ) {
        let metrics: Vec<_> = metrics.into_iter().collect();
        let back = decode(&encode(&metrics)).unwrap();
        prop_assert_eq!(bits(&metrics), bits(&back));
    }

    #[test]
    fn hostile_bytes_are_an_error_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut segment = b"MLSM\x01".to_vec();
        segment.extend(bytes);
        if let Ok(metrics) = decode(&segment) {
            prop_assert_eq!(encode(&metrics), segment, "what is accepted has one encoding");
        }
    }

    #[test]
    fn x01_a_segment_that_is_cut_off_is_an_error(points in points(), at in any::<prop::sample::Index>()) {
        let bytes = encode(&[("loss".to_owned(), points)]);
        prop_assert!(decode(&bytes[..at.index(bytes.len())]).is_err());
    }
}

#[test]
fn a_lying_count_allocates_nothing() {
    // One metric `a` that says it has 2^63 points; and 2^63 metrics.
    let many_points = b"MLSM\x01\x01\x01a\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
    let many_metrics = b"MLSM\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
    assert!(decode(many_points).is_err());
    assert!(decode(many_metrics).is_err());
}

#[test]
fn a_segment_of_another_version_is_refused() {
    assert!(decode(b"MLSM\x02\x00").is_err());
    assert!(decode(b"").is_err());
    assert!(decode(b"MLSM\x01\x00").unwrap().is_empty());
}

#[test]
fn a_full_segment_of_a_usual_series_is_small() {
    let point = |index: usize| Point {
        step: index as i64,
        time: 1_795_351_006_429 + 37 * index as i64,
        value: Value(1.0 / (1.0 + index as f64)),
    };
    let points: Vec<Point> = (0..MAX_POINTS).map(point).collect();
    let bytes = encode(&[("loss".to_owned(), points)]);
    assert!(bytes.len() < 11 * MAX_POINTS, "{}", bytes.len());
}
