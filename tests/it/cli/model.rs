use mls::model::registry::{self, NewVersion};

use super::models::with_models;
use crate::support::Sandbox;

#[test]
fn an_alias_is_set_moved_and_taken_off() {
    let sandbox = with_models();
    insta::assert_snapshot!(sandbox.mls(["model", "alias", "iris@v1", "champion"]), @"
    exit 0
    --- stderr
    `iris@champion` means version 1.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "alias", "iris@champion", "best"]), @"
    exit 0
    --- stderr
    `iris@best` means version 1.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "unalias", "iris@champion"]), @"
    exit 0
    --- stderr
    Took off `iris@champion`.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "unalias", "iris", "champion"]), @"
    exit 5
    --- stderr
    error: model `iris` has no alias `champion`
    hint: `iris` has best.
    ");
    sandbox.ok(["model", "unalias", "iris", "best"]);
    insta::assert_snapshot!(sandbox.mls(["model", "alias", "iris@v9", "x"]), @"
    exit 5
    --- stderr
    error: no version 9 of model `iris`
    hint: `iris` has versions 1 to 2; run `mls models iris`.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "alias", "iris", "x"]), @"
    exit 2
    --- stderr
    error: `iris` names no version
    hint: Write it as `iris@v3`.
    ");
    insta::assert_snapshot!(sandbox.mls(["model", "alias", "iris@v1", "v7"]), @"
    exit 2
    --- stderr
    error: `v7` is no alias name: it means a number
    ");
}

#[test]
fn models_and_versions_are_tagged_and_described() {
    let sandbox = with_models();
    sandbox.ok(["model", "tag", "iris", "team=plants"]);
    sandbox.ok(["model", "tag", "iris@v2", "ok=yes", "by=ada"]);
    sandbox.ok(["model", "tag", "iris@v2", "--untag", "by"]);
    sandbox.ok(["model", "describe", "iris", "Flowers"]);
    sandbox.ok(["model", "describe", "iris@champion", "The good one"]);
    let model = &sandbox.json(["models"])[0];
    assert_eq!(
        (&model["tags"]["team"], &model["description"]),
        (&"plants".into(), &"Flowers".into())
    );
    let version = &model["versions"][1];
    assert_eq!(version["tags"], serde_json::json!({"ok": "yes"}));
    assert_eq!(version["description"], "The good one");
    insta::assert_snapshot!(sandbox.mls(["show", "iris@champion"]), @"
    exit 0
    --- stdout
    iris@v2
    [ID]

    Registered   [TIME], [AGO]
    Aliases      champion
    Source       runs:/[RUN]/model
    Run          [RUN]
    Content      1 file, 12 B
    Description  The good one
    Model        Flowers

    TAG  VALUE
    ok   yes
    ");
    assert_eq!(sandbox.mls(["model", "tag", "iris"]).code(), 2);
}

#[test]
fn a_model_is_removed_only_when_that_is_meant_and_comes_back() {
    let sandbox = with_models();
    insta::assert_snapshot!(sandbox.mls(["model", "rm", "iris"]), @"
    exit 3
    --- stderr
    error: model `iris` has 2 versions
    hint: Add `-y` to remove it with all of them, or name one, as in `NAME@v3`.
    ");
    sandbox.ok(["model", "rm", "iris@v1"]);
    insta::assert_snapshot!(sandbox.mls(["model", "rm", "iris", "-y"]), @"
    exit 0
    --- stderr
    Removed model `iris` with 1 version.
    ");
    assert_eq!(sandbox.mls(["models", "iris"]).code(), 5);
    sandbox.ok(["undo"]);
    assert_eq!(sandbox.json(["models"])[0]["aliases"]["champion"], 2);
    insta::assert_snapshot!(sandbox.mls(["log"]), @"
    exit 0
    --- stdout
    OP  WHEN    WHO      CHANGES                               COMMAND
     8  [AGO]  ada@[HOST]   +2 models                             mls undo
     7  [AGO]  ada@[HOST]   -2 models                             mls model rm iris -y
     6  [AGO]  ada@[HOST]   -model iris@v1                        mls model rm iris@v1
     5  [AGO]  ada@lab  +model iris@champion                  mls test
     4  [AGO]  ada@lab  +model iris@v2                        mls test
     3  [AGO]  ada@lab  +model iris@v1                        mls test
     2  [AGO]  ada@lab  +model iris                           mls test
     1  [AGO]  ada@lab  +run [SHORT]  +experiment churn  mls test
    ");
    insta::assert_snapshot!(sandbox.mls(["log", "iris@champion"]), @"
    exit 0
    --- stdout
    OP  WHEN    WHO      CHANGES               COMMAND
     8  [AGO]  ada@[HOST]   +2 models             mls undo
     7  [AGO]  ada@[HOST]   -2 models             mls model rm iris -y
     5  [AGO]  ada@lab  +model iris@champion  mls test
    ");
    insta::assert_snapshot!(sandbox.mls(["log", "iris@v1"]), @"
    exit 0
    --- stdout
    OP  WHEN    WHO      CHANGES         COMMAND
     6  [AGO]  ada@[HOST]   -model iris@v1  mls model rm iris@v1
     3  [AGO]  ada@lab  +model iris@v1  mls test
    ");
}

#[test]
fn a_model_is_renamed() {
    let sandbox = with_models();
    insta::assert_snapshot!(sandbox.mls(["model", "rename", "iris", "my flowers"]), @"
    exit 0
    --- stderr
    Renamed model `iris` to `my flowers`.
    ");
    assert_eq!(sandbox.json(["models"])[0]["versions"][1]["ref"], "my flowers@v2");
    assert_eq!(sandbox.mls(["model", "rename", "iris", "x"]).code(), 5);
    assert_eq!(sandbox.mls(["model", "rename", "my flowers", "a/b"]).code(), 2);
    sandbox.ok(["log", "my flowers"]);
}

#[test]
fn a_version_is_shown_followed_back_and_written_out() {
    let sandbox = with_models();
    insta::assert_snapshot!(sandbox.mls(["lineage", "iris@v2"]), @"
    exit 0
    --- stdout
    model  [SHORT]  iris@v2
    ├── run  [SHORT]  bold-fox-12
    │   └── artifacts  [SHORT]
    └── content  [SHORT]
    ");
    sandbox.ok(["checkout", "iris@champion", "out"]);
    assert_eq!(sandbox.read("out/MLmodel"), b"flavors: {}\n");
    insta::assert_snapshot!(sandbox.mls(["ls", "iris@v2"]), @"
    exit 0
    --- stdout
    MODE  SIZE  ID            NAME
    file  12 B  [SHORT]  MLmodel
    ");
    insta::assert_snapshot!(sandbox.mls(["checkout", "iris@v1", "out2"]), @"
    exit 5
    --- stderr
    error: the content of `iris@v1` is not in this store: its source is `s3://bucket/iris`
    ");
    assert_eq!(sandbox.json(["show", "iris"])["type"], "model");
    assert_eq!(sandbox.json(["show", "model:iris@v2"])["type"], "model");
    // A run may have the same name: then the kind must be said.
    let run = crate::support::recorded::run("iris");
    sandbox.record(&run);
    insta::assert_snapshot!(sandbox.mls(["show", "iris"]), @"
    exit 3
    --- stderr
    error: `iris` may be any of 2 things
    hint: Give more of it: `run:iris`, `model:iris`.
    ");
    sandbox.ok(["show", "run:iris"]);
    sandbox.ok(["show", "model:iris"]);
    sandbox.ok(["show", "iris@v1"]);
}

#[test]
fn a_dry_run_changes_no_model() {
    let sandbox = with_models();
    let before = sandbox.json(["models"]);
    for args in [
        &["alias", "iris@v1", "champion"][..],
        &["unalias", "iris@champion"],
        &["tag", "iris", "a=b"],
        &["describe", "iris", "x"],
        &["rm", "iris@v1"],
        &["rm", "iris"],
        &["rename", "iris", "x"],
    ] {
        let args = [&["model"][..], args, &["--dry-run"]].concat();
        sandbox.ok(args);
    }
    assert_eq!(sandbox.json(["models"]), before);
}

#[test]
fn models_travel_and_both_sides_keep_what_they_say() {
    let sandbox = with_models();
    sandbox.ok(["init", "hub"]);
    sandbox.ok(["remote", "add", "origin", "hub"]);
    sandbox.ok(["push"]);
    sandbox.ok(["clone", "hub", "laptop"]);
    let laptop = |args: &[&str]| sandbox.ok([&["-C", "laptop"][..], args].concat());
    assert!(laptop(&["models", "iris"]).contains("champion"));
    laptop(&["checkout", "iris@champion", "there"]);
    assert_eq!(sandbox.read("laptop/there/MLmodel"), b"flavors: {}\n");
    // Both say something else of the same model and the same version.
    laptop(&["model", "tag", "iris@v2", "from=laptop"]);
    laptop(&["model", "describe", "iris", "words"]);
    laptop(&["push"]);
    sandbox.ok(["model", "tag", "iris@v2", "from2=desk"]);
    assert_eq!(sandbox.mls(["push"]).code(), 3);
    sandbox.ok(["pull"]);
    let model = &sandbox.json(["models"])[0];
    assert_eq!(
        model["versions"][1]["tags"],
        serde_json::json!({"from": "laptop", "from2": "desk"})
    );
    assert_eq!(model["description"], "words");
    sandbox.ok(["push"]);
    sandbox.ok(["show", "origin/iris@champion"]);
    sandbox.ok(["show", "origin/iris@v2"]);
}

#[test]
fn a_version_whose_number_the_remote_gave_to_another_gets_the_next_free_one_on_pull() {
    let sandbox = Sandbox::fixed_with_store();
    let hub = sandbox.path().join("hub/.mlstore");
    sandbox.ok(["init", "hub"]);
    sandbox.ok(["remote", "add", "origin", "hub"]);
    let register = |store: &mls::store::Store, source: &str| {
        if registry::find(store, "iris").unwrap().is_none() {
            registry::create(store, "iris", &registry::New::default()).unwrap();
        }
        let new = NewVersion { source: source.to_owned(), ..NewVersion::default() };
        registry::register(store, "iris", &new).unwrap()
    };
    let (here, there) = (sandbox.open(), sandbox.open_at(&hub));
    register(&here, "s3://bucket/both");
    sandbox.ok(["push"]);
    for source in ["s3://bucket/mine-2", "s3://bucket/mine-3"] {
        register(&here, source);
    }
    for source in ["s3://bucket/theirs-2", "s3://bucket/theirs-3", "s3://bucket/theirs-4"] {
        register(&there, source);
    }
    registry::remove_version(&there, "iris", 4).unwrap();
    sandbox.ok(["model", "alias", "iris@v2", "candidate"]);
    sandbox.ok(["model", "tag", "iris@v3", "mood=good"]);
    sandbox.ok(["-C", "hub", "model", "alias", "iris@v3", "champion"]);
    sandbox.ok(["-C", "hub", "model", "tag", "iris@v3", "mood=theirs"]);
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 3
    --- stderr
    error: `models/iris/v2` and 2 more refs were refused: it may never change, and the stores mean different things by it
    hint: Run `mls pull` first: the other store's numbers count, and yours gets the next free one.
    ");
    insta::assert_snapshot!(sandbox.mls(["pull"]), @"
    exit 0
    --- stderr
    warning: `iris@v2` is `iris@v5` from now on: the other store gave its number to another version
    warning: `iris@v3` is `iris@v6` from now on: the other store gave its number to another version
    From [TOP]/work/hub
     * [new]         models/iris/@champion
       [SHORT]..[SHORT]  models/iris/registered (merged)
     * [new]         models/iris/v2
     * [new]         models/iris/v3
     * [new]         models/iris/v3.about
    Moved 5 objects, 400 B.
    ");
    let model = &sandbox.json(["models"])[0];
    let told: Vec<String> = model["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| format!("{} {} {}", version["ref"], version["source"], version["tags"]))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "iris@v1" "s3://bucket/both" {}
    "iris@v2" "s3://bucket/theirs-2" {}
    "iris@v3" "s3://bucket/theirs-3" {"mood":"theirs"}
    "iris@v5" "s3://bucket/mine-2" {"mls.renumbered_from":"2"}
    "iris@v6" "s3://bucket/mine-3" {"mls.renumbered_from":"3","mood":"good"}
    "#);
    assert_eq!(model["aliases"], serde_json::json!({"candidate": 5, "champion": 3}));
    insta::assert_snapshot!(sandbox.mls(["push"]), @"
    exit 0
    --- stderr
    To [TOP]/work/hub
     * [new]         models/iris/@candidate
       [SHORT]..[SHORT]  models/iris/registered
     * [new]         models/iris/v5
     * [new]         models/iris/v5.about
     * [new]         models/iris/v6
     * [new]         models/iris/v6.about
    Moved 6 objects, 617 B.
    ");
    insta::assert_snapshot!(sandbox.mls(["pull"]), @"
    exit 0
    --- stderr
    Everything is up to date.
    ");
    assert_eq!(sandbox.json(["-C", "hub", "models"])[0]["versions"].as_array().unwrap().len(), 5);
    assert_eq!(register(&here, "s3://bucket/next").number, 7);
}
