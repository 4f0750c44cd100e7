use crate::support::Sandbox;

#[test]
fn the_answer_is_that_of_b3sum() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "hello\n");
    sandbox.write("empty", "");
    // What `b3sum a.txt empty` prints.
    assert_eq!(
        sandbox.ok(["hash", "a.txt", "empty"]),
        "8e4c7c1b99dbfd50e7a95185fead5ee1448fa904a2fdd778eaf5f2dbfd629a99  a.txt\n\
         af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262  empty"
    );
}

#[test]
fn t13_a_name_with_a_line_end_is_written_as_b3sum_writes_it() {
    let sandbox = Sandbox::new();
    sandbox.write("a\n\\b", "");
    let line = sandbox.ok(["hash", "a\n\\b"]);
    assert!(line.starts_with('\\') && line.ends_with("  a\\n\\\\b"), "{line}");
}

#[test]
fn standard_input_is_hashed_too() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.program("sh");
    command.args(["-c", "printf 'hello\\n' | \"$0\" hash -"]).arg(env!("CARGO_BIN_EXE_mls"));
    let said = sandbox.finish(command);
    assert_eq!(
        said.stdout(),
        "8e4c7c1b99dbfd50e7a95185fead5ee1448fa904a2fdd778eaf5f2dbfd629a99  -\n"
    );
}

#[test]
fn a_file_that_is_not_there_is_not_found() {
    insta::assert_snapshot!(Sandbox::new().mls(["hash", "nothing"]), @"
    exit 5
    --- stderr
    error: could not read `nothing`
    cause: No such file or directory
    ");
}

#[test]
fn a_folder_has_no_hash() {
    insta::assert_snapshot!(Sandbox::new().mls(["hash", "."]), @"
    exit 1
    --- stderr
    error: could not read `.`
    cause: Is a directory
    ");
}
