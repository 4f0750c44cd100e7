//! What is linked into the program: how many packages, and under which licences.
//! `.deny.toml` says the same for those who have `cargo deny`.

use std::collections::BTreeSet;
use std::process::Command;

/// More than this and somebody should ask what the newest one buys. HTTP, TLS and what they stand on are 120 of them, many
/// for systems that this build is not for.
const CEILING: usize = 500;

const ALLOWED: [&str; 13] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "MPL-2.0",
    "bzip2-1.0.6",
];

#[test]
fn the_number_of_packages_stays_under_its_ceiling() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).unwrap();
    let packages = lock.lines().filter(|line| *line == "[[package]]").count();
    assert!(packages <= CEILING, "Cargo.lock lists {packages} packages, the ceiling is {CEILING}");
}

#[test]
fn every_linked_package_has_a_licence_we_may_ship() {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version=1"])
        .arg(format!("--filter-platform={host}"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let linked: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let refused: Vec<String> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| linked.contains(package["id"].as_str().unwrap_or_default()))
        .map(|package| (package["name"].to_string(), package["license"].as_str().unwrap_or("none")))
        .filter(|(_, licence)| !may_ship(licence))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

/// An SPDX expression holds where each part of an AND offers one allowed licence.
fn may_ship(expression: &str) -> bool {
    expression
        .replace('/', " OR ")
        .replace(['(', ')'], "")
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|licence| ALLOWED.contains(&licence.trim())))
}

#[test]
fn an_expression_holds_where_each_part_offers_an_allowed_licence() {
    for (expression, expected) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0-only OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("none", false),
    ] {
        assert_eq!(may_ship(expression), expected, "{expression}");
    }
}
