//! Kept bytes of layers, made small and made again.

use std::io::Write as _;
use std::process::Stdio;

use mls::image::catalog;
use mls::image::{Content, Image};
use mls::remote::registry::Digest;

use super::registry::real::layout;
use crate::server::oci::tools::{run, there};
use crate::support::Sandbox;
use crate::support::registry::TAR;

/// A tar of text, of programs and of noise: a program that is not optimized takes its time over it.
fn tar() -> Vec<u8> {
    let program = std::fs::read(env!("CARGO_BIN_EXE_mls")).unwrap();
    let times = crate::proof::count(20, 1);
    let text: Vec<u8> = (0..6_000 * times as u32)
        .flat_map(|n| format!("{} word {:x}\n", n % 977, n.wrapping_mul(n)).into_bytes())
        .collect();
    let mut tar = tar::Builder::new(vec![]);
    for (name, content) in [
        ("text", text.as_slice()),
        ("program", &program[1 << 20..(1 << 20) + 150_000 * times]),
        ("noise", &crate::remote::registry::noise("squeeze", 40_000)),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Packs with a program; nothing where that is not installed.
fn packed(sandbox: &Sandbox, program: &str, args: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut command = sandbox.program(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        crate::proof::tell(&format!("skipped: {program} is not installed"));
        return None;
    };
    let mut input = child.stdin.take().unwrap();
    let out = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(bytes).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(out.status.success());
    Some(out.stdout)
}

fn image(sandbox: &Sandbox, name: &str) -> Image {
    catalog::resolve(&sandbox.open(), name).unwrap().image
}

#[test]
fn t06_proof_what_gzip_skopeo_and_python_packed_needs_a_hundredth_and_comes_back_to_the_bit() {
    let sandbox = Sandbox::with_store();
    let tar = tar();
    let python =
        "import gzip,sys;sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read(),9))";
    let mut names = vec![];
    let mut add = |name: &'static str, bytes: Vec<u8>| {
        let pack = |_: &[u8]| bytes.clone();
        let digest = layout(&sandbox.path().join(name), &tar, &format!("{TAR}+gzip"), pack);
        sandbox.ok(["load", "-i", name]);
        sandbox.ok(["tag", "train:1", &format!("{name}:1")]);
        names.push((name, digest, bytes));
    };
    for (name, program, args) in
        [("usual", "gzip", &["-6", "-n"][..]), ("python", "python3", &["-c", python])]
    {
        if let Some(bytes) = packed(&sandbox, program, args, &tar) {
            add(name, bytes);
        }
    }
    if there("skopeo") {
        layout(&sandbox.path().join("plain"), &tar, TAR, <[u8]>::to_vec);
        let to = "oci:theirs:train:1";
        run(&sandbox, "skopeo", &["copy", "--insecure-policy", "oci:plain:train:1", to]);
        let mut all: Vec<Vec<u8>> = std::fs::read_dir(sandbox.path().join("theirs/blobs/sha256"))
            .unwrap()
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        all.sort_by_key(Vec::len);
        add("skopeo", all.pop().unwrap());
    }
    let before: usize = names.iter().map(|(_, _, bytes)| bytes.len()).sum();
    let answer = sandbox.json(["gc", "--squeeze"]);
    let squeezed = &answer["squeezed"];
    assert_eq!((&squeezed["layers"], &squeezed["left_layers"]), (&names.len().into(), &0.into()));
    assert_eq!(squeezed["before_bytes"], before);
    let after = squeezed["after_bytes"].as_u64().unwrap() as usize;
    assert!(after * 30 < before, "{after} of {before}");
    for (name, digest, bytes) in &names {
        let image = image(&sandbox, &format!("{name}:1"));
        assert_eq!(image.digest, *digest);
        let layer = image.blobs.iter().find(|blob| blob.content.layer().is_some()).unwrap();
        assert!(matches!(layer.content, Content::Record { .. }), "{name}: {:?}", layer.content);
        let back = format!("back-{name}");
        sandbox.ok(["save", "--format", "oci-layout", &format!("{name}:1"), "-o", &back]);
        let path = format!("{back}/blobs/sha256/{}", Digest::of(bytes).hex());
        assert!(sandbox.read(path) == *bytes, "{name}");
    }
    assert_eq!(sandbox.json(["du"])["kept_bytes"], 0);
    assert_eq!(sandbox.json(["gc", "--squeeze"])["squeezed"]["layers"], 0, "once is enough");
    sandbox.ok(["-c", "gc.history=0", "gc", "--grace", "0"]);
    assert_eq!(sandbox.mls(["fsck", "--read-data"]).code(), 0);
}

#[test]
fn what_our_own_compressor_made_needs_nothing_and_what_nobody_makes_stays() {
    let sandbox = Sandbox::with_store();
    let tar = tar();
    let zstd = |level| move |bytes: &[u8]| zstd::encode_all(bytes, level).unwrap();
    let ours = |bytes: &[u8]| {
        let mut all = vec![];
        let how = mls::image::layer::Compression::Zstd;
        std::io::copy(&mut mls::image::layer::Compressed::new(bytes, how, how.level()), &mut all)
            .unwrap();
        all
    };
    layout(&sandbox.path().join("ours"), &tar, &format!("{TAR}+zstd"), ours);
    layout(&sandbox.path().join("theirs"), &tar, &format!("{TAR}+zstd"), zstd(7));
    for name in ["ours", "theirs"] {
        sandbox.ok(["load", "-i", name]);
        sandbox.ok(["tag", "train:1", &format!("{name}:1")]);
    }
    let squeezed = &sandbox.json(["gc", "--squeeze"])["squeezed"];
    assert_eq!((&squeezed["layers"], &squeezed["left_layers"]), (&1.into(), &1.into()));
    assert_eq!(squeezed["after_bytes"], 0);
    for name in ["ours", "theirs"] {
        let back = format!("back-{name}");
        sandbox.ok(["save", "--format", "oci-layout", &format!("{name}:1"), "-o", &back]);
    }
    assert_eq!(sandbox.mls(["fsck"]).code(), 0);
}
