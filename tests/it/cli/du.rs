use crate::support::Sandbox;
use crate::support::recorded::run;

#[test]
fn an_empty_store_takes_nothing() {
    insta::assert_snapshot!(Sandbox::with_store().mls(["du"]), @"
    exit 0
    --- stdout
    Logical  0 B
    Unique   0 B  sharing saves 0 B (0 %)
    Stored   0 B  compression saves 0 B (0 %)
    On disk  0 B in 0 packs
    Objects  0, 0 of them chunks
    ");
}

#[test]
fn kinds_are_listed_with_what_is_saved() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    sandbox.record(&run("calm-owl-7"));
    insta::assert_snapshot!(sandbox.mls(["du"]), @"
    exit 0
    --- stdout
    Logical  918 B
    Unique   918 B  sharing saves 0 B (0 %)
    Stored   725 B  compression saves 193 B (21 %)
    On disk  1.2 KiB in 2 packs
    Objects  5, 0 of them chunks

    NAME         REFS  LOGICAL  UNIQUE  STORED
    history         0    458 B   458 B   364 B
    runs            2    377 B   377 B   301 B
    experiments     1     83 B    83 B    60 B
    ");
}

#[test]
fn what_is_shared_counts_once_where_it_is_unique() {
    let sandbox = Sandbox::fixed_with_store();
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    let shared = writer.blob(&[7; 100_000]).unwrap();
    writer.commit(vec![]).unwrap();
    let with = |name: &str| mls::track::Run { artifacts: Some(shared), ..run(name) };
    sandbox.record(&with("a"));
    sandbox.record(&with("b"));
    let du = sandbox.json(["du", "--names"]);
    let kind = &du["by_kind"]["runs"];
    assert!(kind["logical_bytes"].as_u64().unwrap() > 200_000, "{du}");
    assert!(kind["unique_bytes"].as_u64().unwrap() < 102_000, "{du}");
    assert!(kind["stored_bytes"].as_u64().unwrap() < 2000, "{du}");
    assert_eq!(du["by_name"].as_object().unwrap().len(), 3, "{du}");
    assert!(du["disk_bytes"].as_u64() >= du["stored_bytes"].as_u64(), "{du}");
}

#[test]
fn a_spreadsheet_gets_bytes() {
    let sandbox = Sandbox::fixed_with_store();
    sandbox.record(&run("bold-fox-12"));
    let csv = sandbox.ok(["du", "--format", "csv"]);
    assert!(
        csv.starts_with("name,refs,logical,unique,stored\n") && csv.contains("\nruns,1,"),
        "{csv}"
    );
}
