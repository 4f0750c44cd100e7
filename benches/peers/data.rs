//! Inputs that repeat: Gaussian weights, an edit of them, and a folder of small texts.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Two independent normal numbers, by Box and Muller.
    fn normal(&mut self) -> [f64; 2] {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        let angle = std::f64::consts::TAU * self.unit();
        [radius * angle.cos(), radius * angle.sin()]
    }
}

/// Values per tensor: each has a spread of its own, as layers do.
const TENSOR: usize = 1 << 20;

fn weights(bytes: usize, width: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut all = Vec::with_capacity(bytes);
    let mut spread = 0.02;
    for index in 0..bytes / width / 2 {
        if index * 2 % TENSOR == 0 {
            spread = 0.01 + 0.05 * random.unit();
        }
        for value in random.normal() {
            let bits = ((value * spread) as f32).to_bits();
            match width {
                4 => all.extend_from_slice(&bits.to_le_bytes()),
                // bfloat16 is the upper half, rounded to nearest even.
                _ => {
                    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
                    all.extend_from_slice(&(rounded as u16).to_le_bytes());
                }
            }
        }
    }
    all
}

fn once(path: &Path, make: impl FnOnce() -> Vec<u8>) {
    if !path.exists() {
        let part = path.with_extension("part");
        std::fs::write(&part, make()).unwrap();
        std::fs::rename(part, path).unwrap();
    }
}

/// float32 weights, and the same with 1 % changed in three places and 1 MiB inserted.
pub(crate) fn float32(folder: &Path, mib: usize) -> (PathBuf, PathBuf) {
    let first = folder.join(format!("float32-{mib}.bin"));
    let second = folder.join(format!("float32-{mib}-edited.bin"));
    once(&first, || weights(mib << 20, 4, 1));
    once(&second, || edited(&std::fs::read(&first).unwrap()));
    (first, second)
}

fn edited(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let part = (bytes.len() / 300) & !3;
    for (index, fresh) in weights(part * 3, 4, 2).chunks_exact(part).enumerate() {
        let at = (bytes.len() / 4 * (index + 1)) & !3;
        bytes[at..at + part].copy_from_slice(fresh);
    }
    let middle = (bytes.len() / 8 * 3) & !3;
    bytes.splice(middle..middle, weights(1 << 20, 4, 3));
    bytes
}

pub(crate) fn bfloat16(folder: &Path, mib: usize) -> PathBuf {
    let path = folder.join(format!("bfloat16-{mib}.bin"));
    once(&path, || weights(mib << 20, 2, 4));
    path
}

/// 10,000 texts of 0.5 to 20 KiB in 100 folders, about 55 MB.
pub(crate) fn texts(folder: &Path) -> PathBuf {
    let path = folder.join("texts");
    if !path.exists() {
        let part = folder.join("texts.part");
        let _ = std::fs::remove_dir_all(&part);
        let mut random = Random(5);
        let words = vocabulary(&mut random);
        for number in 0..10_000 {
            let at = part.join(format!("d{:02}", number % 100));
            std::fs::create_dir_all(&at).unwrap();
            let size = (512.0 * 40f64.powf(random.unit())) as usize;
            let mut file = std::fs::File::create(at.join(format!("f{number:05}.txt"))).unwrap();
            file.write_all(text(&mut random, &words, size).as_bytes()).unwrap();
        }
        std::fs::rename(part, &path).unwrap();
    }
    path
}

/// Words of 2 to 10 letters, common letters more often.
fn vocabulary(random: &mut Random) -> Vec<String> {
    let letters = b"eeeeetttaaaooiinnsshhrrdlcumwfgypbvk";
    let word = |random: &mut Random| {
        let length = 2 + random.next() as usize % 9;
        (0..length).map(|_| char::from(letters[random.next() as usize % letters.len()])).collect()
    };
    (0..5_000).map(|_| word(random)).collect()
}

/// Words by Zipf's law; some sentences are said again, as in real text.
fn text(random: &mut Random, words: &[String], size: usize) -> String {
    let mut text = String::with_capacity(size + 128);
    let mut sentences: Vec<std::ops::Range<usize>> = Vec::new();
    while text.len() < size {
        if random.unit() < 0.26 && !sentences.is_empty() {
            let again = sentences[random.next() as usize % sentences.len()].clone();
            let again = text[again].to_owned();
            text.push_str(&again);
            continue;
        }
        let start = text.len();
        for _ in 0..4 + random.next() % 9 {
            let rank = (words.len() as f64).powf(random.unit()) as usize - 1;
            text.push_str(&words[rank.min(words.len() - 1)]);
            text.push(' ');
        }
        text.push_str(if random.unit() < 0.3 { ".\n" } else { ", " });
        sentences.push(start..text.len());
    }
    text.truncate(size);
    text
}
