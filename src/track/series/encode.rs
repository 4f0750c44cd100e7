//! Points in, bytes out.

use crate::track::Point;

use super::MAGIC;

/// Encodes metrics that are in order of their keys, each with at least one point, its points in order.
pub fn encode(metrics: &[(String, Vec<Point>)]) -> Vec<u8> {
    let total: usize = metrics.iter().map(|(key, points)| key.len() + 4 + 12 * points.len()).sum();
    let mut bytes = Vec::with_capacity(16 + total);
    bytes.extend_from_slice(MAGIC);
    varint(&mut bytes, metrics.len() as u64);
    for (key, points) in metrics {
        varint(&mut bytes, key.len() as u64);
        bytes.extend_from_slice(key.as_bytes());
        varint(&mut bytes, points.len() as u64);
        differences(&mut bytes, points.iter().map(|point| point.step));
        differences(&mut bytes, points.iter().map(|point| point.time));
        for plane in 0..8 {
            let byte = |point: &Point| (point.value.0.to_bits() >> (8 * plane)) as u8;
            bytes.extend(points.iter().map(byte));
        }
    }
    bytes
}

fn differences(bytes: &mut Vec<u8>, numbers: impl Iterator<Item = i64>) {
    let mut before = 0_i64;
    for number in numbers {
        let difference = number.wrapping_sub(before);
        varint(bytes, ((difference << 1) ^ (difference >> 63)) as u64);
        before = number;
    }
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
