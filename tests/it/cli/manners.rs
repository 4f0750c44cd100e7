//! What holds for every command: help, errors, forms of answers.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use crate::support::{Said, Sandbox};

#[test]
fn alone_it_shows_its_commands_in_groups() {
    let sandbox = Sandbox::new();
    let alone = sandbox.mls::<&str>([]);
    assert_eq!(alone.code(), 0);
    assert!(alone.stdout().contains("\nProgram:\n  quickstart"), "{alone}");
    assert_eq!(sandbox.mls(["-h"]).stdout(), alone.stdout());
}

#[test]
fn the_long_help_has_examples_and_exit_codes() {
    let help = Sandbox::new().ok(["config", "--help"]);
    assert!(help.contains("Examples:\n  mls config list\n"), "{help}");
    assert!(
        help.contains("Exit status:\n    0  done\n    1  failed, or the answer is no\n"),
        "{help}"
    );
    assert!(help.contains("-C <DIR>"), "{help}");
}

#[test]
fn a_mistyped_command_is_wrong_usage_and_the_right_one_is_named() {
    insta::assert_snapshot!(Sandbox::new().mls(["confgi", "list"]), @"
    exit 2
    --- stderr
    error: no command `confgi`
    hint: Did you mean `config`, `login` or `container`?
    ");
}

#[test]
fn a_mistyped_flag_is_wrong_usage_and_the_right_one_is_named() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "list", "--fromat", "json"]), @"
    exit 2
    --- stderr
    error: unexpected argument `--fromat`
    hint: Did you mean `--format`?
    ");
}

#[test]
fn a_missing_argument_points_at_the_help_of_its_command() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "set", "gc.grace"]), @"
    exit 2
    --- stderr
    error: missing `<VALUE>`
    hint: Run `mls config set --help` to see how it is used.
    ");
}

#[test]
fn a_value_that_is_none_of_the_possible_ones_is_wrong_usage() {
    insta::assert_snapshot!(Sandbox::new().mls(["config", "list", "--format", "xml"]), @"
    exit 2
    --- stderr
    error: `xml` is no value for `--format <FORMAT>`; it is one of `table`, `json`, `jsonl`, `csv`
    hint: Run `mls config list --help` to see how it is used.
    ");
}

#[test]
fn for_json_an_error_is_json() {
    insta::assert_snapshot!(Sandbox::new().mls(["confgi", "--format", "json"]), @r#"
    exit 2
    --- stderr
    {"error":{"code":2,"message":"no command `confgi`","causes":[],"hint":"Did you mean `config`, `login` or `container`?"}}
    "#);
}

#[test]
fn global_flags_stand_before_or_after_the_verb() {
    let sandbox = Sandbox::new();
    let before = sandbox.ok(["-c", "gc.grace=2d", "--format", "json", "config", "get", "gc.grace"]);
    let after = sandbox.ok(["config", "get", "gc.grace", "--format", "json", "-c", "gc.grace=2d"]);
    assert_eq!(before, after);
}

#[test]
fn a_folder_that_is_not_there_is_not_found() {
    insta::assert_snapshot!(Sandbox::new().mls(["-C", "nowhere", "config", "list"]), @"
    exit 5
    --- stderr
    error: could not go to `nowhere`
    cause: No such file or directory
    ");
}

#[test]
fn colour_comes_only_where_it_is_wanted() {
    let sandbox = Sandbox::new();
    let colored = |args: &[&str], variable: Option<(&str, &str)>| {
        let mut command = sandbox.command(args);
        command.envs(variable);
        sandbox.finish(command).stdout().contains('\u{1b}')
    };
    assert!(!colored(&["config", "list"], None));
    assert!(colored(&["config", "list", "--color", "always"], None));
    assert!(colored(&["config", "list"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!colored(&["config", "list", "--color=never"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(colored(&["config", "list", "--color=always"], Some(("NO_COLOR", "1"))));
}

/// Has standard input hashed, which comes with a pause that is long enough for progress to be told.
fn hashed_slowly(sandbox: &Sandbox, flags: &[&str]) -> Said {
    let mut command = sandbox.command([flags, &["hash", "-"]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for _ in 0..2 {
        input.write_all(&[7; 1 << 20]).unwrap();
        std::thread::sleep(Duration::from_millis(600));
    }
    drop(input);
    Said::new(child.wait_with_output().unwrap(), &sandbox.path())
}

#[test]
fn progress_is_told_in_lines_where_they_are_asked_for_and_never_into_a_pipe_otherwise() {
    let sandbox = Sandbox::new();
    let told = hashed_slowly(&sandbox, &["--progress", "plain"]);
    assert!(told.stderr().contains("Hashing: 2.0 MiB, "), "{told}");
    assert!(told.stderr().trim_end().ends_with("/s"), "{told}");
    for flags in [&[][..], &["--progress", "none"]] {
        let quiet = hashed_slowly(&sandbox, flags);
        assert_eq!(quiet.stderr(), "", "{flags:?}");
        assert_eq!(quiet.stdout(), told.stdout());
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.program("sh");
    command.args(["-c", "\"$0\" completions bash | head -n 1"]).arg(env!("CARGO_BIN_EXE_mls"));
    let said = sandbox.finish(command);
    assert_eq!((said.code(), said.stderr().as_str()), (0, ""), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn x05_an_answer_that_finds_no_room_is_no_success() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.program("sh");
    command.args(["-c", "\"$0\" config list > /dev/full"]).arg(env!("CARGO_BIN_EXE_mls"));
    insta::assert_snapshot!(sandbox.finish(command), @"
    exit 8
    --- stderr
    error: could not write the answer
    cause: No space left on device
    ");
}
