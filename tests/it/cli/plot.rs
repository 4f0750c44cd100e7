use crate::support::{Sandbox, Trained};

fn two() -> Sandbox {
    let sandbox = Sandbox::with_store();
    let loss = |factor: f64| (0..20).map(|step| factor / (1.0 + f64::from(step))).collect();
    for (number, name, factor) in [(1, "bold-fox-12", 2.0), (2, "calm-owl-7", 3.0)] {
        let metrics = vec![
            ("loss", loss(factor)),
            ("train/acc", vec![0.1 * factor, 0.2 * factor]),
            ("test_acc", vec![0.25 * factor]),
            ("system/cpu", vec![1.0, 2.0]),
        ];
        Trained { number, name, metrics, ..Trained::default() }.put(&sandbox);
    }
    sandbox
}

#[test]
fn the_curves_of_two_runs_are_drawn_into_the_terminal() {
    insta::assert_snapshot!(two().mls(["plot", "bold-fox-12", "calm-owl-7", "-m", "loss"]), @"
    exit 0
    --- stdout
    loss
    3.0 ┤⢣
        │⠘⡄
    2.5 ┤ ⢣
        │ ⠘⡄
        │  ⢣
    2.0 ┤⢆ ⠘⡄
        │⠈⡆ ⢣
        │ ⠸⡀⠘⡄
    1.5 ┤  ⢱ ⠱⡀
        │   ⢇ ⠈⢆
    1.0 ┤   ⠈⢆  ⠣⣀
        │     ⠑A  ⠑⠢⢄⡀
        │       ⠑⠤⣀  ⠈⠑⠒⠤⢄⡀
    0.5 ┤          ⠉⠒⠢⠤⢄⣀⣀⡈B⠒⠒⠢⠤⠤⠤⣀⣀⣀⣀
        │                 ⠈⠉⠉⠉⠑⠒⠒⠒⠤⠤⠤⠤⠭A⠭⠭⣒⣒⣒⣒⣒⣒⣒⡢⠤B⠤⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
      0 ┤                                        ⠈⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉A⠉⠉⠉⠉⠉⠒⠒⠒⠒⠛⠛B⠛⠛⠛⠛⠛⠛⠛
        └┬──────────────────┬──────────────────┬───────────────────┬───────────────
         0                  5                 10                  15           step
      A⠒⠒ bold-fox-12  last 0.1        min 0.1        max 2
      B⠒⠒ calm-owl-7   last 0.15       min 0.15       max 3
    ");
}

#[test]
fn without_a_metric_all_curves_are_drawn_and_the_rest_is_named() {
    let said = two().mls(["plot", "@", "--ascii", "--height", "4", "--width", "50"]);
    insta::assert_snapshot!(said, @"
    exit 0
    --- stdout
    loss
       |*
     2 + *
       |  *********
     0 +           **********************************
       ++-----------+----------+-----------+---------
        0           5         10          15     step
      * calm-ow~  last 0.15       min 0.15       max 3

    train/acc
    0.6 +                                    ********
        |                      **************
    0.4 +        **************
        |********
        ++-------------------------------------------
         0                                       step
      * calm-ow~  last 0.6        min 0.3
    --- stderr
    Not drawn, because they have one point: `test_acc`.
    ");
}

#[test]
fn a_picture_is_written_in_the_form_that_its_name_says() {
    let sandbox = two();
    insta::assert_snapshot!(sandbox.mls(["plot", "@", "@~1", "-m", "loss", "-o", "out.svg"]), @"
    exit 0
    --- stderr
    Drew loss of 2 runs into `out.svg`.
    ");
    assert!(sandbox.read("out.svg").starts_with(b"<svg "));
    sandbox.ok(["plot", "@", "-o", "out.png", "--width", "300"]);
    assert!(sandbox.read("out.png").starts_with(b"\x89PNG"));
    assert!(sandbox.ok(["plot", "@", "-o", "-"]).starts_with("<svg "));
    insta::assert_snapshot!(sandbox.mls(["plot", "@", "-o", "out.jpeg"]), @"
    exit 2
    --- stderr
    error: `out.jpeg` is no name for a picture
    hint: Let it end in `.svg` or `.png`.
    ");
}

#[test]
fn a_metric_that_is_not_there_brings_up_those_that_are() {
    insta::assert_snapshot!(two().mls(["plot", "@", "-m", "los"]), @"
    exit 5
    --- stderr
    error: no metric `los` in the run
    hint: Did you mean `loss`?
    ");
}

#[test]
fn a_pattern_names_several_metrics() {
    let chart = two().json(["plot", "@", "-m", "t*"]);
    let metrics: Vec<&str> =
        chart.as_array().unwrap().iter().map(|one| one["metric"].as_str().unwrap()).collect();
    assert_eq!(metrics, ["test_acc", "train/acc"]);
    assert_eq!(chart[0]["points"][0]["value"], 0.75);
    assert_eq!(chart[0]["run"], "02".repeat(16));
}

#[test]
fn points_have_a_csv_form() {
    insta::assert_snapshot!(two().mls(["plot", "@", "-m", "train/acc", "--format", "csv"]), @"
    exit 0
    --- stdout
    run,name,metric,step,time,value
    [RUN],calm-owl-7,train/acc,0,[TIME],0.30000000000000004
    [RUN],calm-owl-7,train/acc,1,[TIME],0.6000000000000001
    ");
}

#[test]
fn wrong_usage_is_told_before_anything_is_read() {
    let sandbox = Sandbox::new();
    for args in [["--smooth", "1.5"], ["--x", "epoch"], ["--scale", "0"], ["-o", "a.pdf"]] {
        let said = sandbox.mls(["plot", "@"].into_iter().chain(args));
        assert_eq!(said.code(), 2, "{said}");
    }
    let said = sandbox.mls(["plot", "@", "--x", "wall", "--log-x"]);
    assert_eq!(said.code(), 2, "{said}");
}

#[test]
fn a_picture_too_large_to_draw_is_refused() {
    let said = two().mls(["plot", "@", "-o", "a.png", "--width", "20000", "--height", "20000"]);
    insta::assert_snapshot!(said, @"
    exit 2
    --- stderr
    Not drawn, because they have one point: `test_acc`.
    error: a picture of 20000 × 20000 pixels is too large or too small
    hint: Change `--width`, `--height` or `--scale`.
    ");
}

#[test]
fn a_run_without_metrics_has_nothing_to_draw() {
    let sandbox = Sandbox::with_store();
    Trained { number: 1, name: "empty", ..Trained::default() }.put(&sandbox);
    insta::assert_snapshot!(sandbox.mls(["plot", "@"]), @"
    exit 5
    --- stderr
    error: no metrics to draw
    ");
    assert_eq!(sandbox.json(["plot", "@"]), serde_json::json!([]));
}
