use mls::track::{Code, Command, Dataset, Run};

use crate::support::Sandbox;
use crate::support::recorded::run;

fn family() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    let data = |name: &str| Dataset {
        name: name.to_owned(),
        digest: mls::base::Digest::of(name.as_bytes()).to_string(),
        source: None,
        context: Some("train".to_owned()),
        size: Some(2048),
        content: None,
        details: Default::default(),
        tags: Default::default(),
    };
    let parent = run("bold-fox-12");
    let tree = sandbox.tree(&[("model.bin", "weights")]);
    let code = Code {
        commit: Some("a1b2c3d4e5f6a7b8".to_owned()),
        branch: Some("main".to_owned()),
        ..Code::default()
    };
    sandbox.record(&Run {
        started: parent.started - 1000,
        datasets: vec![data("iris.csv")],
        code: Some(code.clone()),
        ..parent.clone()
    });
    sandbox.record(&Run {
        parent: Some(parent.id),
        datasets: vec![data("iris.csv")],
        artifacts: Some(tree),
        code: Some(code),
        command: Some(Command {
            args: vec!["./train".to_owned()],
            cwd: "/x".to_owned(),
            exit_code: Some(0),
            signal: None,
            image: None,
        }),
        ..run("calm-owl-7")
    });
    sandbox
}

#[test]
fn what_a_run_came_from_is_a_tree() {
    insta::assert_snapshot!(family().mls(["lineage", "@"]), @"
    exit 0
    --- stdout
    run  [SHORT]  calm-owl-7
    ├── command  ./train
    ├── code  [SHORT]  on main
    ├── data  [SHORT]  iris.csv, 2.0 KiB
    ├── artifacts  [SHORT]
    └── run  [SHORT]  bold-fox-12
        ├── code  [SHORT]  on main
        └── data  [SHORT]  iris.csv, 2.0 KiB
    ");
}

#[test]
fn graphviz_gets_the_graph() {
    insta::assert_snapshot!(family().mls(["lineage", "@", "--format", "dot"]), @r#"
    exit 0
    --- stdout
    digraph lineage {
      rankdir=RL;
      node [shape=box, fontname="sans-serif"];
      n0 [label="run [SHORT] calm-owl-7"];
      n1 [label="command ./train"];
      n2 [label="code [SHORT] on main"];
      n3 [label="data [SHORT] iris.csv, 2.0 KiB"];
      n4 [label="artifacts [SHORT]"];
      n5 [label="run [SHORT] bold-fox-12"];
      n0 -> n1 [label="command"];
      n0 -> n2 [label="code"];
      n0 -> n3 [label="train"];
      n0 -> n4 [label="artifacts"];
      n0 -> n5 [label="parent"];
      n5 -> n2 [label="code"];
      n5 -> n3 [label="train"];
    }
    "#);
}

#[test]
fn scripts_get_nodes_and_edges() {
    let graph = family().json(["lineage", "@"]);
    assert_eq!(graph["nodes"][0]["kind"], "run", "{graph}");
    assert_eq!(graph["edges"].as_array().unwrap().len(), 7, "{graph}");
}

#[test]
fn only_runs_and_models_came_from_something() {
    let sandbox = family();
    insta::assert_snapshot!(sandbox.mls(["lineage", "experiments/854407830950488564"]), @"
    exit 2
    --- stderr
    error: `experiments/854407830950488564` is neither a run nor a model nor an image
    hint: Only of runs, models and images it is known what they came from.
    ");
}
