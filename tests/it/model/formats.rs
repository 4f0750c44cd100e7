//! Files that lie about what they are, and pickles that would do harm: refused or shown, within bounds, and nothing is run.

use std::io::{Cursor, Write as _};

use mls::model::format::{self, Fault, Format, Report, Verdict};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Result<Report, Fault> {
    format::recognize(&mut Cursor::new(bytes))
}

fn refused(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(Fault::Bad(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A safetensors file with this header and so many bytes of data.
fn safetensors(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(std::iter::repeat_n(7, data));
    bytes
}

/// A zip archive of stored members, with a wrong checksum and odd flags: a reader that minds them sees nothing.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (vec![], vec![]);
    for (name, bytes) in members {
        let at = file.len() as u32;
        let size = (bytes.len() as u32).to_le_bytes();
        let mut common = vec![20, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef];
        common.extend(size.iter().chain(&size));
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        file.extend(b"PK\x03\x04".iter().chain(&common).chain(name.as_bytes()).chain(*bytes));
        directory.extend(b"PK\x01\x02\x14\0".iter().chain(&common));
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, length) = (file.len() as u32, directory.len() as u32);
    let count = (members.len() as u16).to_le_bytes();
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0".iter().chain(&count).chain(&count));
    file.extend(length.to_le_bytes().iter().chain(&at.to_le_bytes()));
    file.extend([0, 0]);
    file
}

/// `os.system("touch canary")` in several spellings.
fn evil() -> Vec<(&'static str, Vec<u8>)> {
    let call = |import: &[u8]| [b"\x80\x02", import, b"X\x0c\0\0\0touch canary\x85R."].concat();
    vec![
        ("global", call(b"cos\nsystem\n")),
        ("posix", call(b"cposix\nsystem\n")),
        ("stack", call(b"\x8c\x02os\x8c\x06system\x93")),
        ("memo", call(b"\x8c\x06system\x94\x8c\x02os\x940h\x01h\0\x93")),
        ("builtins", call(b"c__builtin__\neval\n")),
        ("protocol 0", b"cos\nsystem\n(S'touch canary'\ntR.".to_vec()),
        ("inst", b"(S'touch canary'\nios\nsystem\n.".to_vec()),
        ("obj", b"(cos\nsystem\nX\x0c\0\0\0touch canaryo.".to_vec()),
        ("broken behind it", call(b"cos\nsystem\n")[..25].to_vec()),
        ("extension", call(b"\x82\x07")),
        ("attribute", call(b"cbuiltins\ngetattr\n")),
        ("dotted", call(b"\x8c\x07sklearn\x8c\x13externals.os.system\x93")),
        ("runstring", call(b"cnumpy.testing._private.utils\nrunstring\n")),
        ("escaped", b"V\\u006fs\nVsystem\n\x93(VX\ntR.".to_vec()),
        ("second", [b"\x80\x02N.".as_slice(), &call(b"cos\nsystem\n")].concat()),
    ]
}

#[test]
fn m01_what_a_pickle_would_do_is_seen_however_it_is_spelled() {
    for (how, bytes) in evil() {
        let report = read(&bytes).unwrap();
        assert_eq!(report.format, Format::Pickle, "{how}");
        assert_eq!(report.imports[0].verdict, Verdict::Dangerous, "{how}: {:?}", report.imports);
    }
    assert!(!std::path::Path::new("canary").exists());
}

#[test]
fn m02_a_pickle_is_found_where_it_hides() {
    let (_, bytes) = evil().remove(0);
    let mut packed = gzipped(&bytes);
    let mut npy = b"\x93NUMPY\x01\0\x3e\0".to_vec();
    npy.extend(
        format!("{:<61}\n", "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }").bytes(),
    );
    npy.extend(&bytes);
    let tensors = safetensors("{}", 0);
    for (how, file) in [
        ("torch", zip(&[("a/data.pkl", &bytes), ("a/data/0", b"1234"), ("a/version", b"3")])),
        ("upper case", zip(&[("a/DATA.PKL", &bytes)])),
        ("no name", zip(&[("weights.bin", &bytes)])),
        ("zip in zip", zip(&[("x.bin", &zip(&[("y.txt", &bytes)]))])),
        ("objects of numpy", npy.clone()),
        ("objects in npz", zip(&[("arr.npy", &npy)])),
        ("packed", std::mem::take(&mut packed)),
        ("behind another format", [tensors.as_slice(), &[]].concat()),
    ] {
        let report = read(&file).unwrap();
        let is_found = report.imports.first().is_some_and(|one| one.verdict == Verdict::Dangerous);
        assert_eq!(is_found, how != "behind another format", "{how}: {report:?}");
    }
    // An archive that another reader would find at the end of a file that seems harmless.
    let head = b"tree\nversion=v4\nfeature_names=a b\n\n".as_slice();
    let report = read(&[head, &zip(&[("data.pkl", &bytes)])].concat()).unwrap();
    assert_eq!(report.format, Format::LightgbmText);
    assert_eq!(report.imports[0].verdict, Verdict::Dangerous);
    let unread = read(&zip(&[("a.bin", b"7z\xbc\xaf\x27\x1c rest")])).unwrap();
    assert_eq!(unread.imports[0].verdict, Verdict::Unknown);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn m02_texts_are_no_pickles() {
    for text in [
        "channels:\n- conda-forge\n",
        "catboost==1.2\nnumpy\n",
        "class,os\n1,2\n",
        "",
        "N",
        "(a)\n",
        "import os\nsystem\n",
    ] {
        let report = read(text.as_bytes()).unwrap();
        assert_eq!((report.format, report.imports.len()), (Format::Plain, 0), "{text:?}");
    }
}

#[test]
fn m06_safetensors_that_lie_are_refused() {
    let good =
        r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"format":"np"}}"#;
    let report = read(&safetensors(good, 8)).unwrap();
    assert_eq!((report.tensors[0].shape.as_slice(), report.tensors[0].size), (&[2][..], Some(8)));
    let one = |shape: &str, offsets: &str| {
        format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    for (header, data, reason) in [
        (one("[2]", "[0,8]"), 9, "do not fill"),
        (one("[2]", "[0,8]"), 7, "do not fill"),
        (one("[2]", "[4,12]"), 12, "lies wrong"),
        (one("[3]", "[0,8]"), 8, "lies wrong"),
        (one("[4294967296,4294967296,4294967296]", "[0,8]"), 8, "lies wrong"),
        (one("[2]", "[8,0]"), 8, "lies wrong"),
        (one("[2]", "[0,18446744073709551615]"), 8, "lies wrong"),
        (one("[2]", "[0,8]").replace("F32", "F33"), 8, "unknown type"),
        (good.replace("}}", "}") + "", 8, "header"),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#.to_owned(),
            8,
            "stands twice",
        ),
    ] {
        let said = refused(&safetensors(&header, data));
        assert!(said.contains(reason), "{header}: {said}");
    }
    let mut long = safetensors(good, 8);
    long[..8].copy_from_slice(&(1_u64 << 63).to_le_bytes());
    assert_eq!(read(&long).unwrap().format, Format::Plain);
}

#[test]
fn m06_gguf_that_lies_is_refused() {
    let head = |tensors: u64, pairs: u64| {
        [b"GGUF\x03\0\0\0".as_slice(), &tensors.to_le_bytes(), &pairs.to_le_bytes()].concat()
    };
    let text = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat();
    let pair = |kind: u32, value: &[u8]| [&text("k")[..], &kind.to_le_bytes(), value].concat();
    let long = (u64::MAX / 2).to_le_bytes();
    let tensor = |dimensions: u32, shape: &[u64]| {
        let mut bytes = [&text("t")[..], &dimensions.to_le_bytes()].concat();
        shape.iter().for_each(|length| bytes.extend(length.to_le_bytes()));
        bytes.extend([0; 12]);
        bytes.extend([0; 64]);
        bytes
    };
    for (how, bytes) in [
        ("counts", head(u64::MAX, 0)),
        ("pairs", head(0, 1 << 40)),
        ("a text", [head(0, 1), pair(8, &long)].concat()),
        ("an array", [head(0, 1), pair(9, &[&[4, 0, 0, 0][..], &long].concat())].concat()),
        (
            "arrays in arrays",
            [head(0, 1), pair(9, &[9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0].repeat(50))].concat(),
        ),
        ("dimensions", [head(1, 0), tensor(u32::MAX, &[])].concat()),
        ("a shape", [head(1, 0), tensor(3, &[1 << 40, 1 << 40, 1 << 40])].concat()),
        ("beyond the end", [head(1, 0), tensor(1, &[1 << 20])].concat()),
        ("a version", b"GGUF\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
        (
            "alignment",
            [
                head(0, 1),
                [&text("general.alignment")[..], &4_u32.to_le_bytes(), &[0, 0, 0, 0x80]].concat(),
            ]
            .concat(),
        ),
    ] {
        let said = refused(&bytes);
        assert!(!said.is_empty(), "{how}");
    }
}

#[test]
fn m06_a_pickle_that_grows_without_end_is_read_within_bounds() {
    let mut deep = b"\x80\x02".to_vec();
    deep.extend(b"]q\0".repeat(200_000));
    deep.extend(b"\x85".repeat(300_000));
    deep.push(b'.');
    assert_eq!(read(&deep).unwrap().format, Format::Pickle);
    let long = b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec();
    assert_eq!(read(&long).unwrap().imports[0].name, "not read to its end");
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(magic in 0..9_usize, rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let magics: [&[u8]; 9] = [b"GGUF\x03\0\0\0", b"\x80\x04", b"PK\x03\x04", b"\x93NUMPY\x01\0", b"{L\0\0\0\0\0\0\0\x07learner{",
            b"\x20\0\0\0\0\0\0\0{", b"\x08\x07", b"tree\nversion=v", b""];
        let _ = read(&[magics[magic], &rest].concat());
    }

    #[test]
    fn no_pickle_makes_the_machine_panic(operations in prop::collection::vec(prop::sample::select(
        b"()].}NacistdlboRq\0\x01h\x85\x86\x87\x93\x94\x81\x92\x8c\x02osKJMX\x90\x91\x8f\x95p0\n12ge".to_vec()), 0..300)) {
        let _ = read(&[b"\x80\x04".as_slice(), &operations].concat());
    }
}

#[test]
fn networks_archives_and_what_xgboost_wrote_of_old_are_told_by_content() {
    let empty = b"\x80\x02).".as_slice();
    let script =
        zip(&[("net/data.pkl", empty), ("net/code/net.py", b""), ("net/constants.pkl", empty)]);
    let torch = zip(&[("net/data.pkl", empty), ("net/data/0", b"\0\0\0\0")]);
    let config = br#"{"class_name": "Sequential", "config": {"layers": []}}"#.as_slice();
    let keras =
        zip(&[("metadata.json", b"{}"), ("config.json", config), ("model.weights.h5", b"")]);
    let hdf5 = |more: &[u8]| [b"\x89HDF\r\n\x1a\n", &[0; 40][..], more].concat();
    let mut old = vec![0; 136];
    old[4] = 3;
    old.extend(15_u64.to_le_bytes());
    old.extend(b"binary:logistic");
    let cases = [
        (script, Format::TorchScript),
        (torch, Format::Torch),
        (keras, Format::KerasZip),
        (hdf5(b"keras_version\x002.4"), Format::KerasHdf5),
        (hdf5(b"no network"), Format::Hdf5),
        ([b"binf", &old[..]].concat(), Format::XgboostBinary),
        (old, Format::XgboostBinary),
        (b"plain words\n".to_vec(), Format::Plain),
        (vec![], Format::Plain),
    ];
    for (bytes, format) in cases {
        assert_eq!(read(&bytes).map(|report| report.format).ok(), Some(format));
    }
}
