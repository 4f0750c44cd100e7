//! What the user reads when a Dockerfile is wrong: file and line, the line itself, and what helps.

use crate::support::Sandbox;

/// What each Dockerfile is told. Exit codes: 2 for what is written wrong, 1 for what cannot be done.
const CASES: [(&str, &str, u8, &str); 30] = [
    (
        "an_unknown_instruction",
        "FROM scratch\nCOPPY a b\n",
        2,
        r#"error: Dockerfile:2: there is no instruction `COPPY`
    2 | COPPY a b
      | ^^^^^
hint: Did you mean `COPY`?
"#,
    ),
    (
        "no_from",
        "COPY a b\n",
        2,
        r#"error: Dockerfile:1: COPY stands before the first FROM, where only ARG may
    1 | COPY a b
      | ^^^^
"#,
    ),
    (
        "nothing",
        "\n# only words\n",
        2,
        r#"error: Dockerfile:2: no instruction in the file
"#,
    ),
    (
        "an_unknown_flag",
        "FROM scratch\nCOPY --form=x a b\n",
        2,
        r#"error: Dockerfile:2: COPY has no flag `--form`
    2 | COPY --form=x a b
      |      ^^^^^^^^
hint: Did you mean `--from`?
"#,
    ),
    (
        "a_flag_twice",
        "FROM scratch\nCOPY --chown=1 --chown=2 a b\n",
        2,
        r#"error: Dockerfile:2: the flag `--chown` stands here twice
    2 | COPY --chown=1 --chown=2 a b
      |                ^^^^^^^^^
"#,
    ),
    (
        "too_few_words",
        "FROM scratch\nCOPY a\n",
        2,
        r#"error: Dockerfile:2: COPY needs what to copy and where to
    2 | COPY a
      |      ^
"#,
    ),
    (
        "a_mount_of_no_type",
        "FROM scratch\nRUN --mount=type=bond x\n",
        2,
        r#"error: Dockerfile:2: the type of a mount is bind, cache, tmpfs, secret or ssh, not `bond`
    2 | RUN --mount=type=bond x
      |     ^^^^^^^^^^^^^^^^^
hint: Did you mean `bind`?
"#,
    ),
    (
        "a_mount_with_an_unknown_key",
        "FROM scratch\nRUN --mount=type=cache,taget=/x true\n",
        2,
        r#"error: Dockerfile:2: a mount has no `taget`
    2 | RUN --mount=type=cache,taget=/x true
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: Did you mean `target`?
"#,
    ),
    (
        "a_heredoc_without_end",
        "FROM scratch\nCOPY <<END /x\ntext\n",
        2,
        r#"error: Dockerfile:2: no line `END` ends the heredoc that begins here
    2 | COPY <<END /x
      |      ^^^^^
"#,
    ),
    (
        "a_name_for_no_stage",
        "FROM scratch AS 1x\n",
        2,
        r#"error: Dockerfile:1: the name of a stage begins with a letter; letters, digits, `-`, `_` and `.` follow
    1 | FROM scratch AS 1x
      |                 ^^
"#,
    ),
    (
        "a_variable_that_must_be_set",
        "FROM scratch\nENV A=${B:?no_B}\n",
        2,
        r#"error: Dockerfile:2: B: no_B
    2 | ENV A=${B:?no_B}
      |       ^^^^^^^^^^
"#,
    ),
    (
        "a_substitution_that_is_none",
        "FROM scratch\nENV A=${B:X}\n",
        2,
        r#"error: Dockerfile:2: `:X` says nothing in `${B…}`
    2 | ENV A=${B:X}
      |       ^^^^^
"#,
    ),
    (
        "a_stage_that_stands_later",
        "FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nFROM a\n",
        2,
        r#"error: Dockerfile:2: the stage `b` stands later, in line 3
    2 | COPY --from=b /x /x
      |             ^
"#,
    ),
    (
        "a_stage_that_reads_itself",
        "FROM scratch AS a\nCOPY --from=a /x /x\n",
        2,
        r#"error: Dockerfile:2: the stage `a` reads itself
    2 | COPY --from=a /x /x
      |             ^
"#,
    ),
    (
        "a_number_of_no_stage",
        "FROM scratch\nCOPY --from=7 /x /x\n",
        2,
        r#"error: Dockerfile:2: there is no stage 7: the file has 1
    2 | COPY --from=7 /x /x
      |             ^
"#,
    ),
    (
        "a_mode_that_is_none",
        "FROM scratch\nCOPY --chmod=99 there /x\n",
        2,
        r#"error: Dockerfile:2: `99` is no mode up to 7777
    2 | COPY --chmod=99 there /x
      |              ^^
"#,
    ),
    (
        "a_port_that_is_none",
        "FROM scratch\nEXPOSE 80/tpc\n",
        2,
        r#"error: Dockerfile:2: `tpc` is no protocol: tcp, udp, sctp
    2 | EXPOSE 80/tpc
      |        ^^^^^^
"#,
    ),
    (
        "a_signal_that_is_none",
        "FROM scratch\nSTOPSIGNAL SIGFOO\n",
        2,
        r#"error: Dockerfile:2: `SIGFOO` is no signal
    2 | STOPSIGNAL SIGFOO
      |            ^^^^^^
"#,
    ),
    (
        "a_shell_without_brackets",
        "FROM scratch\nSHELL bash -c\n",
        2,
        r#"error: Dockerfile:2: SHELL needs an array such as ["/bin/sh", "-c"]
    2 | SHELL bash -c
      |       ^^^^^^^
"#,
    ),
    (
        "a_trigger_of_a_trigger",
        "FROM scratch\nONBUILD ONBUILD RUN x\n",
        2,
        r#"error: Dockerfile:2: ONBUILD may not stand behind ONBUILD
    2 | ONBUILD ONBUILD RUN x
      |         ^^^^^^^
"#,
    ),
    (
        "a_directive_twice",
        "# escape=`\n# escape=\\\nFROM scratch\n",
        2,
        r#"error: Dockerfile:2: the directive `escape` stands here twice
    2 | # escape=\
      | ^^^^^^^^^^
"#,
    ),
    (
        "a_check_that_is_none",
        "# check=skip=Nothing\nFROM scratch\n",
        2,
        r#"error: Dockerfile:1: there is no check `Nothing`
    1 | # check=skip=Nothing
      |         ^^^^^^^^^^^^
"#,
    ),
    (
        "a_base_that_comes_to_nothing",
        "ARG BASE\nFROM $BASE\n",
        2,
        r#"error: Dockerfile:2: `$BASE` comes to nothing
    2 | FROM $BASE
      |      ^^^^^
"#,
    ),
    (
        "a_right_that_was_not_given",
        "FROM scratch\nRUN --security=insecure x\n",
        2,
        r#"error: Dockerfile:2: `--security=insecure` takes `--allow security.insecure`
    2 | RUN --security=insecure x
      |     ^^^^^^^^^^^^^^^^^^^
"#,
    ),
    (
        "a_source_that_is_not_there",
        "FROM scratch\nCOPY thre /x\n",
        1,
        r#"error: Dockerfile:2: `COPY thre /x` failed
cause: no `thre` in the build context
hint: Did you mean `there`?
"#,
    ),
    (
        "a_source_that_is_ignored",
        "FROM scratch\nCOPY ignored /x\n",
        1,
        r#"error: Dockerfile:2: `COPY ignored /x` failed
cause: `ignored` is left out of the context by its ignore file
hint: An exception helps: a line with `!` before the path, after the others.
"#,
    ),
    (
        "sources_that_need_a_folder",
        "FROM scratch\nCOPY there folder /x\n",
        1,
        r#"error: Dockerfile:2: `COPY there folder /x` failed
cause: 2 sources need a destination that ends with `/`
"#,
    ),
    (
        "an_owner_that_nobody_knows",
        "FROM scratch\nCOPY --chown=bob there /x\n",
        1,
        r#"error: Dockerfile:2: `COPY --chown=bob there /x` failed
cause: there is no user `bob` in /etc/passwd of the image
hint: Write a number, or make the user in a step before.
"#,
    ),
    (
        "a_checksum_of_a_file",
        "FROM scratch\nADD --checksum=sha256:0 there /x\n",
        2,
        r#"error: Dockerfile:2: `--checksum` goes with one URL or one repository, and nothing else
    2 | ADD --checksum=sha256:0 there /x
      |                ^^^^^^^^
"#,
    ),
    (
        "a_copy_from_the_web",
        "FROM scratch\nCOPY https://h/x /x\n",
        2,
        r#"error: Dockerfile:2: COPY fetches nothing; ADD does
    2 | COPY https://h/x /x
      |      ^^^^^^^^^^^
"#,
    ),
];

#[test]
fn an_error_names_file_and_line_shows_it_and_says_what_helps() {
    let sandbox = Sandbox::with_store();
    sandbox.write("there", "x");
    sandbox.write("ignored", "x");
    sandbox.write(".dockerignore", "ignored\n");
    sandbox.write("folder/x", "x");
    for (name, file, code, told) in CASES {
        sandbox.write("Dockerfile", file);
        let said = sandbox.mls(["build", "."]);
        let stderr = said.stderr();
        let errors: Vec<&str> = stderr.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            (errors.join("\n"), said.code()),
            (told.trim_end().to_owned(), code.into()),
            "{name}"
        );
    }
}
