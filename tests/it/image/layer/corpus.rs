//! Archives of GNU tar, bsdtar and Python, listed here as Python lists them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use mls::image::layer::{self, Entry, Kind, Options};

use super::{add, tar_of};
use crate::store::{noise, store};

/// Makes a folder with a bit of everything, and archives of it.
const MAKE: &str = r#"
set -e
mkdir -p in/dir/empty "in/$(printf 'n%.0s' $(seq 120))/$(printf 'm%.0s' $(seq 120))"
cd in
echo hello > dir/file; printf '' > dir/nothing; ln dir/file dir/hard; ln -s file dir/soft
ln -s "$(printf 'l%.0s' $(seq 150))" dir/long-link; mkfifo dir/fifo; printf 'x' > "dir/new
line"; printf 'y' > "dir/\303\251"
(cd n*/m*; echo deep > deep); chmod 4755 dir/file; chmod 1777 dir/empty
truncate -s 5M dir/sparse; printf 'mid' | dd of=dir/sparse bs=1 seek=1000000 conv=notrunc status=none
for i in $(seq 40); do printf x | dd of=dir/sparse bs=1 seek=$((i*100000)) conv=notrunc status=none; done
touch -d '1969-12-31 23:00:00.5 UTC' dir/file || true
cd ..
for f in v7 oldgnu gnu ustar pax; do tar --sort=name --format=$f -cf gnu-$f.tar in 2>/dev/null || true; done
tar --format=oldgnu -S -cf sparse-oldgnu.tar in/dir/sparse
for v in 0.0 0.1 1.0; do tar --format=pax --sparse-version=$v -S -cf sparse-$v.tar in/dir/sparse; done
tar --format=pax --numeric-owner --owner=4000000 --group=4000000 -cf ids.tar in/dir
tar -b 20 -cf blocks.tar in/dir
cd in; if command -v bsdtar > /dev/null; then
for f in ustar pax gnutar v7; do bsdtar --format=$f -cf ../bsd-$f.tar dir 2>/dev/null || true; done; fi
"#;

/// Prints of each archive what Python finds in it.
const LIST: &str = r#"
import json, sys, tarfile, os
for name in sorted(os.listdir('.')):
    if not name.endswith('.tar'): continue
    found = []
    with tarfile.open(name, errors='surrogateescape', encoding='utf-8') as tar:
        for m in tar:
            digest = None
            if m.isreg():
                import hashlib; digest = hashlib.sha256(tar.extractfile(m).read()).hexdigest()
            found.append(dict(name=os.fsencode(m.name).hex(), type=m.type.decode('latin1'), mode=m.mode & 0o7777, uid=m.uid, gid=m.gid,
                mtime=int(m.mtime // 1), size=m.size if m.isreg() else 0, link=os.fsencode(m.linkname).hex() if m.issym() or m.islnk() else '', digest=digest))
    print(json.dumps(dict(archive=name, found=found)))
"#;

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Told {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    mode: u32,
    uid: u32,
    gid: u32,
    mtime: i64,
    size: u64,
    link: String,
    digest: Option<String>,
}

fn as_python(store: &mls::store::Store, entry: &Entry) -> Told {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let kind = match (entry.kind, &entry.sparse) {
        (Kind::File, _) => "0",
        (Kind::HardLink, _) => "1",
        (Kind::Symlink, _) => "2",
        (Kind::Directory, _) => "5",
        (Kind::Fifo, _) => "6",
        other => panic!("{other:?}"),
    };
    let digest = (entry.kind == Kind::File).then(|| {
        let mut hasher = mls::remote::registry::Algorithm::Sha256.hasher();
        let mut bytes = vec![];
        std::io::Read::read_to_end(&mut layer::file(store, entry).unwrap(), &mut bytes).unwrap();
        hasher.update(&bytes);
        hasher.finish().hex()
    });
    let name = entry.path.strip_suffix(b"/").unwrap_or(&entry.path);
    Told {
        name: hex(name),
        kind: kind.to_owned(),
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        mtime: entry.mtime.seconds,
        size: entry.size,
        link: hex(&entry.link),
        digest,
    }
}

fn run(folder: &Path, program: &str, args: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new(program).args(args).current_dir(folder).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn t05_archives_of_others_are_listed_as_others_list_them() {
    let folder = tempfile::tempdir().unwrap();
    if run(folder.path(), "tar", &["--version"]).is_none() {
        return println!("skipped: no GNU tar");
    }
    run(folder.path(), "bash", &["-c", MAKE]).unwrap();
    let Some(listed) = run(folder.path(), "python3", &["-c", LIST]) else {
        return println!("skipped: no Python");
    };
    let listed: BTreeMap<String, Vec<Told>> = String::from_utf8(listed)
        .unwrap()
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let found = serde_json::from_value(value["found"].clone()).unwrap();
            (value["archive"].as_str().unwrap().to_owned(), found)
        })
        .collect();
    assert!(listed.len() >= 10, "{:?}", listed.keys());
    let store = store(folder.path());
    for (name, wanted) in listed {
        let bytes = std::fs::read(folder.path().join(&name)).unwrap();
        let added = add(&store, &bytes, &Options::default()).unwrap();
        assert!(tar_of(&store, &added) == bytes, "{name}");
        let entries = layer::entries(&store, &added.link).unwrap();
        for (entry, wanted) in entries.zip(&wanted) {
            let mut found = as_python(&store, &entry.unwrap());
            // Python keeps the flags of sparse and of very old files, which are files all the same.
            if matches!(wanted.kind.as_str(), "S" | "\0") && found.kind == "0" {
                found.kind.clone_from(&wanted.kind);
            }
            assert_eq!(&found, wanted, "{name}");
        }
        assert_eq!(added.layer.entries, wanted.len() as u64, "{name}");
    }
}

#[test]
fn a_layer_that_came_twice_costs_nothing_and_one_that_changed_a_little() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let size = || {
        let packs = std::fs::read_dir(folder.path().join(".mlstore/packs")).unwrap();
        packs.map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let files = |changed: usize| {
        let content = |n: usize| noise(&format!("{n} {}", n == changed), 2000);
        let files: Vec<_> =
            (0..2000).map(|n| super::member(&format!("file {n}"), b'0', &content(n))).collect();
        super::archive(&files)
    };
    add(&store, &files(0), &Options::default()).unwrap();
    let first = size();
    add(&store, &files(0), &Options::default()).unwrap();
    assert!(size() < first + 4096, "{} after {first}", size());
    add(&store, &files(1000), &Options::default()).unwrap();
    assert!(size() < first + 120_000, "{} after {first}", size());
}
