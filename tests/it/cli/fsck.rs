use std::fs;

use crate::support::Sandbox;
use crate::support::recorded::run;

/// Flips one bit in the middle of the largest pack.
fn damage(sandbox: &Sandbox) {
    let packs =
        fs::read_dir(sandbox.store().join("packs")).unwrap().map(|entry| entry.unwrap().path());
    let largest = packs
        .filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::remove_file(&largest).unwrap();
    fs::write(&largest, bytes).unwrap();
}

#[test]
fn a_sound_store_is_sound() {
    let sandbox = Sandbox::with_store();
    sandbox.record(&run("bold-fox-12"));
    insta::assert_snapshot!(sandbox.mls(["fsck"]), @"
    exit 0
    --- stdout
    sound 3 objects, 0 of them chunks; 2 refs
    ");
    insta::assert_snapshot!(sandbox.mls(["fsck", "--read-data", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {
      "ok": true,
      "checked": {
        "objects": 3,
        "chunks": 0,
        "refs": 2
      },
      "problems": [],
      "mended": []
    }
    "#);
}

#[test]
fn x01_damage_is_named_with_what_it_belongs_to_and_has_its_own_exit_code() {
    let sandbox = Sandbox::fixed_with_store();
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    // Bytes that do not compress, so that the flipped bit is in them.
    let noise: Vec<u8> =
        (0u32..4000).flat_map(|n| *mls::base::Digest::of(&n.to_le_bytes()).as_bytes()).collect();
    let artifact = writer.blob(&noise).unwrap();
    writer.commit(vec![]).unwrap();
    sandbox.record(&mls::track::Run { artifacts: Some(artifact), ..run("bold-fox-12") });
    damage(&sandbox);
    insta::assert_snapshot!(sandbox.mls(["fsck", "--read-data"]), @"
    exit 6
    --- stdout
    damaged file `[TOP]/work/.mlstore/packs/[ID].pack`: object [ID] holds other bytes
      needed by runs/[RUN]
    --- stderr
    error: found 1 problem
    hint: Run `mls fsck --repair` to mend what can be mended.
    ");
    let said = sandbox.mls(["fsck", "--read-data", "--format", "json"]);
    assert_eq!((said.code(), said.stderr().as_str()), (6, ""));
    assert!(said.stdout().contains("\"ok\": false"), "{said}");
}

#[test]
fn x01_a_lost_database_is_made_again_from_the_packs() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    for name in ["meta.db", "meta.db-wal", "meta.db-shm"] {
        let _ = fs::remove_file(sandbox.store().join(name));
    }
    assert_eq!(sandbox.mls(["fsck"]).code(), 6);
    insta::assert_snapshot!(sandbox.mls(["fsck", "--repair"]), @"
    exit 0
    --- stdout
    mended `meta.db`: 2 refs and 1 operation were found in the packs
    sound 3 objects, 0 of them chunks; 2 refs
    ");
    assert_eq!(sandbox.ok(["cat-file", "--type", "bold-fox-12"]), "run");
}

#[test]
fn a_dry_run_mends_nothing() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    fs::remove_file(sandbox.store().join("meta.db")).unwrap();
    let _ = fs::remove_file(sandbox.store().join("meta.db-wal"));
    assert_eq!(sandbox.mls(["fsck", "--repair", "--dry-run"]).code(), 6);
}

#[test]
fn x01_lost_content_comes_back_from_a_remote() {
    let sandbox = Sandbox::with_store();
    sandbox.write("out/model.bin", "weights that matter");
    sandbox.ok(["-q", "commit-run", "-a", "out"]);
    sandbox.ok(["init", "hub"]);
    sandbox.ok(["remote", "add", "origin", "hub"]);
    sandbox.ok(["push"]);
    let packs = std::fs::read_dir(sandbox.store().join("packs")).unwrap();
    for pack in packs.map(|entry| entry.unwrap().path()) {
        if pack.extension().is_some_and(|extension| extension == "pack") {
            std::fs::remove_file(&pack).unwrap();
        }
    }
    assert_eq!(sandbox.mls(["fsck"]).code(), 6);
    let mended = sandbox.ok(["fsck", "--repair"]);
    assert!(mended.contains("fetched again from `origin`"), "{mended}");
    sandbox.ok(["fsck", "--read-data"]);
    assert_eq!(sandbox.json(["runs"]).as_array().unwrap().len(), 1);
}
