//! Dockerfiles, row by row of what the language has.

use mls::image::dockerfile::{
    Command, Error, File, Heredoc, Instruction, Kind, Lines, MountFlag, Run, parse, trigger,
};
use proptest::prelude::*;

fn file(text: &str) -> File {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}\n{error:?}"))
}

/// Reads one instruction behind a `FROM`.
fn one(text: &str) -> Instruction {
    let mut file = file(&format!("FROM a\n{text}"));
    let mut instructions = file.stages.remove(0).instructions;
    assert_eq!(instructions.len(), 1, "{text}");
    instructions.remove(0)
}

fn refused(text: &str) -> Error {
    parse(format!("FROM a\n{text}").as_bytes()).expect_err(text)
}

fn run(text: &str) -> Run {
    match one(text).kind {
        Kind::Run(run) => run,
        other => panic!("{other:?}"),
    }
}

fn shell(text: &str) -> String {
    match run(text).command {
        Command::Shell(line) => line,
        other => panic!("{other:?}"),
    }
}

#[test]
fn directives_stand_at_the_very_top() {
    let read =
        file("# syntax=docker/dockerfile:1\n#  ESCAPE = `\n# check=skip=all;error=true\nFROM a\n");
    assert_eq!(read.directives.escape, '`');
    assert_eq!(read.directives.syntax.unwrap().0, "docker/dockerfile:1");
    assert_eq!(
        read.directives.check.unwrap(),
        ("skip=all;error=true".into(), Lines { first: 3, last: 3 })
    );
    for ended in ["# hello\n", "\n", "FROM x\n", "# unknown=x\n"] {
        assert_eq!(
            file(&format!("{ended}# escape=`\nFROM a\n")).directives.escape,
            '\\',
            "{ended}"
        );
    }
    let error = parse(b"# escape=`\n# Escape=\\\nFROM a\n").unwrap_err();
    assert_eq!(
        (error.line, error.reason.as_str()),
        (2, "the directive `escape` stands here twice")
    );
    let error = parse(b"# escape=x\nFROM a\n").unwrap_err();
    assert_eq!((error.line, error.column), (1, 10));
}

#[test]
fn lines_go_on_behind_an_escape() {
    assert_eq!(shell("RUN a \\\n  b \\  \n# gone\n   # gone too\nc"), "a   b c");
    assert_eq!(shell("RUN a \\\\\n"), r"a \\");
    assert_eq!(shell("RUN a \\\r\nb\r\n"), "a b");
    assert_eq!(shell("RUN a \\"), "a");
    assert_eq!(shell("\\\nRUN a"), "a");
    assert_eq!(shell("  RUN a # no comment"), "a # no comment");
    let read = file("FROM a\nRUN a \\\n\nb\n");
    assert_eq!(read.empty_continuations, [Lines { first: 2, last: 4 }]);
    let read = file("# escape=`\nFROM a\nRUN dir C:\\ `\n x\n");
    let Kind::Run(run) = &read.stages[0].instructions[0].kind else { panic!() };
    assert_eq!(run.command, Command::Shell(r"dir C:\  x".into()));
}

#[test]
fn lines_and_comments_are_remembered() {
    let read = file("\u{feff}# a\n\n# base the base\nfrom a as Base\n# x\n#\n# y\nRUN a \\\n b\n");
    let stage = &read.stages[0];
    assert_eq!(
        (stage.comments.as_slice(), stage.keyword.as_str()),
        (&["base the base".to_owned()][..], "from")
    );
    assert_eq!(stage.from.name.as_deref(), Some("base"));
    assert_eq!(stage.from.written, Some(("Base".into(), "as".into())));
    let run = &stage.instructions[0];
    assert_eq!(run.comments, ["y"]);
    assert_eq!(run.at, Lines { first: 8, last: 9 });
    assert_eq!(run.text, "RUN a  b");
}

#[test]
fn what_is_no_array_is_a_line_for_the_shell() {
    assert_eq!(run(r#"RUN ["a", "b c"]"#).command, Command::Exec(vec!["a".into(), "b c".into()]));
    assert_eq!(
        run(r#"RUN ["a",  "\u0041"]  "#).command,
        Command::Exec(vec!["a".into(), "A".into()])
    );
    assert_eq!(run("RUN []").command, Command::Exec(vec![]));
    for line in [r#"["a", "b""#, "['a']", "[ -f x ]", r#"["a"] x"#, r#"["a\d"]"#] {
        assert_eq!(shell(&format!("RUN {line}")), line);
    }
    assert_eq!(refused(r#"RUN ["a", 1]"#).reason, "the array may hold texts only; `1` is none");
}

#[test]
fn heredocs_are_found_in_every_form() {
    let docs = |text: &str| -> Vec<(String, String, bool, bool, u32)> {
        let parts = |doc: Heredoc| (doc.name, doc.content, doc.expand, doc.chomp, doc.descriptor);
        match one(text).kind {
            Kind::Run(run) => run.heredocs.into_iter().map(parts).collect(),
            Kind::Copy(copy) => copy.heredocs.into_iter().map(parts).collect(),
            Kind::Add(add) => add.heredocs.into_iter().map(parts).collect(),
            other => panic!("{other:?}"),
        }
    };
    let doc = |name: &str, content: &str, expand, chomp, fd| {
        (name.to_owned(), content.to_owned(), expand, chomp, fd)
    };
    for (text, expected) in [
        ("RUN <<EMPTY\nEMPTY", vec![doc("EMPTY", "", true, false, 0)]),
        ("RUN 3<<E\nE\n", vec![doc("E", "", true, false, 3)]),
        ("RUN <<E\n\tfoo\n\tbar\nE\n", vec![doc("E", "\tfoo\n\tbar\n", true, false, 0)]),
        ("RUN <<-E\n\tbaz\n\tE\n", vec![doc("E", "\tbaz\n", true, true, 0)]),
        ("RUN <<-'E'\n\tdon't $NAME\nE\n", vec![doc("E", "\tdon't $NAME\n", false, true, 0)]),
        (
            "RUN <<E\n# inside\nx # y \\\nE\n",
            vec![doc("E", "# inside\nx # y \\\n", true, false, 0)],
        ),
        (
            "COPY <<A <<B /d/\n1\nA\n2\nB\n",
            vec![doc("A", "1\n", true, false, 0), doc("B", "2\n", true, false, 0)],
        ),
        (
            "COPY <<X <<Y /d/\nY\nX\nX\nY\n",
            vec![doc("X", "Y\n", true, false, 0), doc("Y", "X\n", true, false, 0)],
        ),
        ("ADD <<file.txt /d\nhello\nfile.txt\n", vec![doc("file.txt", "hello\n", true, false, 0)]),
        ("RUN <<eo'f'\nx\neof\n", vec![doc("eof", "x\n", false, false, 0)]),
        ("RUN <<eo\\'f\nx\neo'f\n", vec![doc("eo'f", "x\n", true, false, 0)]),
        ("RUN <<'e'o\\'f\nx\neo'f\n", vec![doc("eo'f", "x\n", false, false, 0)]),
        ("RUN <<'one two'\nx\none two\n", vec![doc("one two", "x\n", false, false, 0)]),
        ("COPY <<'one two' /d/\nx\none two\n", vec![doc("one two", "x\n", false, false, 0)]),
        ("RUN <<$E\n$E\n", vec![doc("$E", "", true, false, 0)]),
        ("RUN <<  E\nE\n", vec![doc("E", "", true, false, 0)]),
        ("RUN <<- E\nE\n", vec![doc("E", "", true, true, 0)]),
        ("RUN << -E\n-E\n", vec![doc("-E", "", true, false, 0)]),
        ("RUN cat <<E  > foo\nE\n", vec![doc("E", "", true, false, 0)]),
        ("RUN cat <<E | \\\n tr a b\nx\nE\n", vec![doc("E", "x\n", true, false, 0)]),
        ("RUN <<E\r\nx\r\nE\r\n", vec![doc("E", "x\r\n", true, false, 0)]),
        ("RUN \"<<E\"", vec![]),
        ("RUN '<<E'", vec![]),
        ("RUN cat <<<E", vec![]),
        ("RUN a<<E", vec![]),
        ("RUN it's <<E", vec![]),
        ("RUN [\"<<E\"]", vec![]),
        ("RUN <<", vec![]),
    ] {
        assert_eq!(docs(text), expected, "{text}");
    }
    assert!(run("RUN <<E\nx\nE\n").script);
    assert!(!run("RUN <<E cat\nx\nE\n").script);
    assert!(!run("RUN cat <<E\nx\nE\n").script);
    assert_eq!(shell("RUN --network=none <<E cat\nx\nE\n"), "<<E cat");
    assert!(matches!(one("USER <<X").kind, Kind::User(user) if user == "<<X"));
    assert_eq!(refused("RUN <<'E\nE\n").reason, "this quote is not closed");
    assert_eq!(
        refused("COPY a <<E\nE\n").reason,
        "COPY cannot write to a heredoc: the last word is where to"
    );
}

#[test]
fn flags_come_first_and_end_with_two_dashes() {
    let Kind::Copy(copy) = one(
        "COPY --from=b --chown=\"1:2\" --chmod=u+x --link --parents=false --exclude=a --exclude='b c' x y z/",
    )
    .kind else {
        panic!()
    };
    assert_eq!((copy.from.as_deref(), copy.chown.as_deref()), (Some("b"), Some("1:2")));
    assert_eq!((copy.link, copy.parents), (true, false));
    assert_eq!(copy.exclude, ["a", "b c"]);
    assert_eq!(
        (copy.sources, copy.destination),
        (vec!["x".to_owned(), "y".to_owned()], "z/".to_owned())
    );
    assert_eq!(shell("RUN -- --x y"), "--x y");
    assert_eq!(shell("RUN --network=host -- y"), "y");
    assert_eq!(shell("RUN a --network=host"), "a --network=host");
    let error = refused("COPY --chwon=1 a b");
    assert_eq!(
        (error.reason.as_str(), error.near),
        ("COPY has no flag `--chwon`", vec!["--chown".to_owned()])
    );
    assert_eq!((error.line, error.column, error.length), (2, 6, 9));
    assert_eq!(refused("COPY --link=x a b").reason, "`--link` is `true` or `false`");
    assert_eq!(refused("ADD --from=x a b").reason, "ADD has no flag `--from`");
    assert_eq!(refused("ENV --x a=b").reason, "ENV has no flags, so no `--x`");
}

#[test]
fn mounts_are_read_when_their_variables_are_known() {
    let mount =
        |text: &str| -> MountFlag { run(&format!("RUN --mount={text} x")).mounts.remove(0) };
    assert_eq!(
        mount("type=cache,target=$HOME/.c,uid=$U").fields[2],
        ("uid".into(), Some("$U".into()))
    );
    assert_eq!(mount("type=bind,\\\"source=a,b\\\",TARGET=/x,ro").fields.len(), 4);
    assert_eq!(mount("type=tmpfs,target=/x,size=1.5g").fields.len(), 3);
    for (text, reason) in [
        (
            "type=cahce,target=/x",
            "the type of a mount is bind, cache, tmpfs, secret or ssh, not `cahce`",
        ),
        ("type=cache,target=/x,sharing=all", "`sharing` is shared, private or locked, not `all`"),
        ("type=cache,target=/x,required", "a cache mount has no `required`"),
        ("type=tmpfs,target=/x,size=big", "`size` is a number of bytes such as `64m`, not `big`"),
        ("type=secret", "a secret mount needs an `id`"),
        ("type=secret,id=a,source=b", "a secret has an `id` or a `source`, not both"),
        ("type=bind,target=/x,ro=maybe", "`ro` is `true` or `false`, not `maybe`"),
        ("target", "`target` of a mount needs a value: `target=…`"),
    ] {
        assert_eq!(refused(&format!("RUN --mount={text} x")).reason, reason, "{text}");
    }
}

#[test]
fn names_and_values_are_read_in_both_forms() {
    let pairs = |text: &str| match one(text).kind {
        Kind::Env(pairs) | Kind::Label(pairs) => (pairs.pairs, pairs.legacy),
        other => panic!("{other:?}"),
    };
    let own = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    for (text, expected, legacy) in [
        ("ENV a=b c=\"d e\" f=g\\ h", own(&[("a", "b"), ("c", "\"d e\""), ("f", "g\\ h")]), false),
        ("ENV a b c=d", own(&[("a", "b c=d")]), true),
        ("ENV a=", own(&[("a", "")]), false),
        ("LABEL \"a b\"=c", own(&[("\"a b\"", "c")]), false),
        ("LABEL a.b=c \\\n  d='e f'", own(&[("a.b", "c"), ("d", "'e f'")]), false),
        ("LABEL a   b  c", own(&[("a", "b  c")]), true),
    ] {
        assert_eq!(pairs(text), (expected, legacy), "{text}");
    }
    assert_eq!(refused("ENV a").reason, "ENV needs a value: `a=…`");
    assert_eq!(
        refused("ENV a=b c").reason,
        "`c` has no `=`: after the first `name=value`, all are so"
    );
    assert_eq!(refused("LABEL =b").reason, "a name is missing before `=`");
    assert_eq!(refused("ENV").reason, "ENV needs a name and a value");
    let Kind::Arg(arguments) = one("ARG A=1 B C=\"x y\"").kind else { panic!() };
    let read: Vec<_> =
        arguments.iter().map(|one| (one.name.as_str(), one.default.as_deref())).collect();
    assert_eq!(read, [("A", Some("1")), ("B", None), ("C", Some("\"x y\""))]);
}

#[test]
fn the_rest_is_read_too() {
    assert!(
        matches!(one("EXPOSE 9 80/tcp 8000-8005/udp").kind, Kind::Expose(ports) if ports == ["80/tcp", "8000-8005/udp", "9"])
    );
    assert!(
        matches!(one(r#"VOLUME ["/a b", "/c"]"#).kind, Kind::Volume(folders) if folders == ["/a b", "/c"])
    );
    assert!(matches!(one("VOLUME /a /b").kind, Kind::Volume(folders) if folders == ["/a", "/b"]));
    assert!(matches!(one("WORKDIR /a b ").kind, Kind::Workdir(folder) if folder == "/a b"));
    assert!(matches!(one("user 1:2").kind, Kind::User(user) if user == "1:2"));
    assert!(
        matches!(one("STOPSIGNAL SIGTERM").kind, Kind::Stopsignal(signal) if signal == "SIGTERM")
    );
    assert!(matches!(one("MAINTAINER a <b>").kind, Kind::Maintainer(name) if name == "a <b>"));
    assert!(matches!(one(r#"SHELL ["a"]"#).kind, Kind::Shell(words) if words == ["a"]));
    assert!(matches!(one("CMD a b").kind, Kind::Cmd(Command::Shell(line)) if line == "a b"));
    assert!(
        matches!(one("ENTRYPOINT []").kind, Kind::Entrypoint(Command::Exec(words)) if words.is_empty())
    );
    assert_eq!(refused("SHELL a").reason, r#"SHELL needs an array such as ["/bin/sh", "-c"]"#);
    assert_eq!(refused("SHELL []").reason, r#"SHELL needs an array such as ["/bin/sh", "-c"]"#);
    assert_eq!(refused("VOLUME [\" \"]").reason, "VOLUME needs a folder");
    assert_eq!(refused("WORKDIR").reason, "WORKDIR needs a folder");
    assert_eq!(refused("COPY a").reason, "COPY needs what to copy and where to");
    assert_eq!(refused("EXPOSE").reason, "EXPOSE needs a port");
}

#[test]
fn health_is_checked_with_times_or_not_at_all() {
    let health = |text: &str| match one(text).kind {
        Kind::Healthcheck(health) => health,
        other => panic!("{other:?}"),
    };
    let full = health(
        "HEALTHCHECK --interval=1m30s --timeout=5s --start-period=0s --start-interval=500ms --retries=4 CMD curl x",
    );
    assert_eq!(full.test, ["CMD-SHELL", "curl x"]);
    assert_eq!((full.interval, full.timeout, full.retries), (90_000_000_000, 5_000_000_000, 4));
    assert_eq!((full.start_period, full.start_interval), (0, 500_000_000));
    assert_eq!(health(r#"HEALTHCHECK CMD ["a", "b"]"#).test, ["CMD", "a", "b"]);
    assert_eq!(health("healthcheck none").test, ["NONE"]);
    assert_eq!(refused("HEALTHCHECK NONE x").reason, "HEALTHCHECK NONE takes nothing more");
    assert_eq!(
        refused("HEALTHCHECK curl x").reason,
        "HEALTHCHECK is `CMD` with a command, or `NONE`"
    );
    assert_eq!(
        refused("HEALTHCHECK --interval=3 CMD x").reason,
        "`--interval` is a time such as `30s` or `1m30s`"
    );
    assert_eq!(refused("HEALTHCHECK --timeout=1us CMD x").reason, "`--timeout` is at least 1ms");
    assert_eq!(
        refused("HEALTHCHECK --retries=-1 CMD x").reason,
        "`--retries` is a whole number, not less than 0"
    );
}

#[test]
fn a_trigger_is_kept_as_text_and_read_where_it_fires() {
    let Kind::Onbuild(text) = one("ONBUILD RUN --network=none <<E cat\nx\nE\n").kind else {
        panic!()
    };
    assert_eq!(text, "RUN --network=none <<E cat\nx\nE");
    let at = Lines { first: 7, last: 7 };
    let read = trigger(&text, at).unwrap();
    assert_eq!(read.at, at);
    assert!(matches!(read.kind, Kind::Run(run) if run.heredocs[0].content == "x\n"));
    assert_eq!(trigger("FROM x", at).unwrap_err().line, 7);
    assert_eq!(trigger("RUN a\nRUN b", at).unwrap_err().line, 7);
    assert_eq!(refused("ONBUILD FROM x").reason, "FROM may not stand behind ONBUILD");
    assert_eq!(refused("ONBUILD RUN --x y").reason, "RUN has no flag `--x`");
    assert_eq!(refused("ONBUILD").reason, "ONBUILD needs an instruction");
}

#[test]
fn only_arg_stands_before_the_first_from() {
    let read = file("ARG A=1\nARG B\nFROM --platform=$BUILDPLATFORM x:$A\nFROM y\n");
    assert_eq!(read.globals.len(), 2);
    assert_eq!(read.stages.len(), 2);
    assert_eq!(read.stages[0].from.platform.as_deref(), Some("$BUILDPLATFORM"));
    for (text, reason) in [
        ("RUN x\n", "RUN stands before the first FROM, where only ARG may"),
        ("ARG A\n", "no FROM: there is no stage to build"),
        ("", "the file is empty"),
        ("# a\n\n", "no instruction in the file"),
        ("FROM\n", "FROM needs an image"),
        ("FROM a b\n", "FROM takes an image, and `AS name` where the stage has a name"),
        (
            "FROM a AS 1b\n",
            "the name of a stage begins with a letter; letters, digits, `-`, `_` and `.` follow",
        ),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn a_place_in_a_line_that_goes_on_is_that_of_its_own_line() {
    let error = refused("COPY a \\\n  # comment\n  --x \\\n b <<'E\n");
    assert_eq!((error.line, error.column, error.quoted.as_str()), (5, 6, " b <<'E"));
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "(FROM|RUN|COPY|ENV|ONBUILD|<<|EOF|--mount=|\\\\\n|[ a-z=\"'\\[\\]{}$,#`-]|\n){0,60}") {
        let _ = parse(text.as_bytes());
        let _ = parse(format!("FROM a\n{text}").as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }
}
