//! Plans that mean ill.

use std::time::{Duration, Instant};

use crate::image::plan::{options, plan, plan_with, refused};

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn d09_stages_that_read_each_other_in_a_circle_are_refused() {
    let line = refused("FROM x AS a\nCOPY --from=b /x /\nFROM x AS b\nCOPY --from=a /x /\n");
    assert_eq!(line, "line 2: the stage `b` stands later, in line 3");
    assert_eq!(refused("FROM x AS a\nCOPY --from=a /x /\n"), "line 2: the stage `a` reads itself");
    assert_eq!(
        refused("FROM x\nRUN --mount=from=0,target=/x y\n"),
        "line 2: the stage `0` reads itself"
    );
    // Its own name behind FROM is an image's.
    assert_eq!(plan("FROM a AS a\n").stages.len(), 1);
}

#[test]
fn d09_a_hundred_thousand_stages_on_each_other_are_planned() {
    let text: String = (0..100_000_u32)
        .map(|n| {
            format!("FROM {} AS s{n}\n", if n == 0 { "x".into() } else { format!("s{}", n - 1) })
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(plan(&text).stages.len(), 100_000);
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}

#[test]
fn d09_stages_that_repeat_each_other_without_end_are_refused() {
    let text: String = (0..10_000_u32)
        .map(|n| {
            format!(
                "FROM {} AS s{n}\nENV a{n}=1\n",
                if n == 0 { "x".into() } else { format!("s{}", n - 1) }
            )
        })
        .collect();
    let begin = Instant::now();
    assert!(refused(&text).contains("repeat more than 2000000 lines of each other"));
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}

#[test]
fn d09_a_hundred_thousand_variables_are_set() {
    let text: String = (0..100_000).map(|n| format!("ENV a{n}=$a{}\n", n / 2)).collect();
    let begin = Instant::now();
    assert_eq!(plan(&format!("FROM x\n{text}")).stages[0].steps.len(), 100_000);
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}

#[test]
fn d09_variables_that_double_each_other_are_refused_with_their_line() {
    let text: String = (1..60).map(|n| format!("ENV a{n}=$a{}$a{}\n", n - 1, n - 1)).collect();
    let told = refused(&format!("FROM x\nENV a0=0123456789\n{text}"));
    assert!(told.starts_with("line 21: this comes to more than 4194304 bytes"), "{told}");
}

#[test]
fn d05_what_leaves_the_sandbox_takes_a_word_of_the_user() {
    let text = "FROM x\nRUN --security=insecure y\n";
    assert_eq!(refused(text), "line 2: `--security=insecure` takes `--allow security.insecure`");
    let mut allowed = options();
    allowed.allow_insecure = true;
    assert!(plan_with(text, &allowed).is_ok());
    let text = "FROM x\nRUN --network=host y\n";
    assert_eq!(refused(text), "line 2: `--network=host` takes `--allow network.host`");
    assert_eq!(refused("FROM x\nRUN --device=a/b=c y\n"), "line 2: devices are not supported");
    assert_eq!(
        refused("FROM x\nRUN --mount=type=tmpfs,target=/ y\n"),
        "line 2: a mount takes a `target` other than `/`"
    );
    assert_eq!(
        refused("FROM x\nARG A=/x/..\nRUN --mount=type=tmpfs,target=$A y\n"),
        "line 3: a mount takes a `target` other than `/`"
    );
    assert_eq!(
        refused("FROM x\nARG T=devpts\nRUN --mount=type=$T,target=/x y\n"),
        "line 3: the type of a mount is bind, cache, tmpfs, secret or ssh, not `devpts`"
    );
}

#[test]
fn d07_a_foreign_front_end_is_warned_of_once() {
    let notes = plan("# syntax=evil/front:1\nFROM x\nFROM y\n").notes;
    assert_eq!(
        notes,
        ["The front end `evil/front:1` is not fetched; the file is read as a Dockerfile."]
    );
    assert!(plan("# syntax=docker/dockerfile:1\nFROM x\n").notes.is_empty());
}

#[test]
fn d09_a_chain_of_triggers_ends() {
    let base = r#"{"os":"linux","config":{"OnBuild":["ONBUILD RUN x"]}}"#;
    let error = crate::image::plan::plan_on("FROM x\n", &options(), base).unwrap_err();
    assert_eq!(error.to_string(), "line 1: an ONBUILD of the base is ONBUILD, which is no trigger");
}
