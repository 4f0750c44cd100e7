use mls::model::registry::{self, New, NewVersion};

use crate::support::Sandbox;

/// A store with a model of two versions, the second made from a run's artifacts.
pub(crate) fn with_models() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    let mut run = crate::support::recorded::run("bold-fox-12");
    run.artifacts = Some(sandbox.tree(&[("model/MLmodel", "flavors: {}\n"), ("log.txt", "x")]));
    sandbox.record(&run);
    let store = sandbox.open();
    registry::create(&store, "iris", &New::default()).unwrap();
    for source in ["s3://bucket/iris".to_owned(), format!("runs:/{}/model", run.id)] {
        let run = source.starts_with("runs").then(|| run.id.to_string());
        let new = NewVersion { source, run, ..NewVersion::default() };
        registry::register(&store, "iris", &new).unwrap();
    }
    registry::set_alias(&store, "iris", "champion", 2).unwrap();
    sandbox
}

#[test]
fn models_and_their_versions_are_listed() {
    let sandbox = with_models();
    insta::assert_snapshot!(sandbox.mls(["models"]), @"
    exit 0
    --- stdout
    NAME  VERSIONS  LATEST  ALIASES      UPDATED  DESCRIPTION
    iris         2  v2      champion=v2  [AGO]
    ");
    insta::assert_snapshot!(sandbox.mls(["models", "iris"]), @"
    exit 0
    --- stdout
    VERSION  ALIASES   STAGE  RUN           SIZE  CREATED  SOURCE
    v2       champion         [SHORT]  12 B  [AGO]   runs:/[RUN]/model
    v1                                            [AGO]   s3://bucket/iris
    ");
    insta::assert_snapshot!(sandbox.mls(["models", "irs"]), @"
    exit 5
    --- stderr
    error: no model `irs`
    hint: Did you mean `iris`?
    ");
    insta::assert_snapshot!(sandbox.mls(["models", "--prompts"]), @"
    exit 0
    --- stderr
    There are no prompts.
    ");
}

#[test]
fn the_json_of_models_is_what_scripts_rely_on() {
    let sandbox = with_models();
    let models = sandbox.json(["models"]);
    assert_eq!(models[0]["name"], "iris");
    assert_eq!(models[0]["aliases"], serde_json::json!({"champion": 2}));
    let version = &models[0]["versions"][1];
    assert_eq!((&version["version"], &version["ref"]), (&2.into(), &"iris@v2".into()));
    assert_eq!(version["aliases"], serde_json::json!(["champion"]));
    assert_eq!(version["size"], 12);
    assert_eq!(version["flavors"], serde_json::json!([]));
    assert_eq!(version["run"].as_str().unwrap().len(), 32);
    assert_eq!(version["id"].as_str().unwrap().len(), 64);
    assert_eq!(version["created_at"], "2026-11-22T12:00:00.000Z");
    assert_eq!(models[0]["versions"][0]["size"], serde_json::Value::Null);
    assert_eq!(sandbox.json(["models", "iris"]), models);
}
