//! What a plan is made of.

use mls::image::build::Error;
use mls::image::build::plan::{Action, Base, Copy, Found, Source, Wanted, make};
use mls::image::dockerfile::{MountKind, parse};
use mls::image::platform::Platform;

use crate::image::plan::{args, config, history, options, plan, plan_on, plan_with, refused, runs};

fn copies(text: &str) -> Vec<Copy> {
    let plan = plan(text);
    let steps = plan.stages[plan.target].steps.iter();
    let copies = steps.filter_map(|step| match &step.action {
        Action::Copy(copy) => Some((**copy).clone()),
        _ => None,
    });
    copies.collect()
}

#[test]
fn only_what_the_target_needs_is_planned() {
    let text = "FROM a AS one\nRUN 1\nFROM b AS two\nRUN 2\nFROM scratch AS three\nCOPY --from=one /x /\n\
        COPY --from=img /y /\nRUN --mount=from=one,target=/m z\nFROM three\n";
    let plan = plan(text);
    let names: Vec<&str> = plan.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["one", "img", "three", "stage-3"]);
    assert_eq!(plan.target, 3);
    assert_eq!(plan.stages[2].reads, [0, 1]);
    assert_eq!(plan.stages[3].base, Base::Stage(2));
    assert_eq!(plan.stages[2].base, Base::Scratch);
    let mut only = options();
    for (target, count) in [("ONE", 1), ("1", 1), ("three", 3)] {
        only.target = Some(target.to_owned());
        assert_eq!(plan_with(text, &only).unwrap().stages.len(), count, "{target}");
    }
    only.target = Some("thre".to_owned());
    let Error::NoStage { near, .. } = plan_with(text, &only).unwrap_err() else { panic!() };
    assert_eq!(near, ["three"]);
    only.target = None;
    only.all_stages = true;
    assert_eq!(plan_with(text, &only).unwrap().stages.len(), 5);
}

#[test]
fn each_base_is_asked_for_once() {
    let file = parse(b"ARG V=1\nFROM a:$V AS x\nFROM --platform=linux/arm64 a:$V AS y\nFROM a:1\nCOPY --from=x / /\nCOPY --from=y / /\nCOPY --from=a:1 / /\n").unwrap();
    let mut asked = vec![];
    let made = make(&file, &options(), &mut |wanted: &Wanted| -> Result<Found, Error> {
        asked.push((wanted.name.clone(), wanted.platform.to_string()));
        Ok(Found::Context)
    });
    assert_eq!(made.unwrap().stages.len(), 4);
    assert_eq!(asked, [("a:1".into(), "linux/amd64".into()), ("a:1".into(), "linux/arm64".into())]);
}

#[test]
fn arguments_and_variables_have_their_scopes() {
    let env = |text: &str, list: &[(&str, &str)]| {
        let mut options = options();
        options.build_args = args(list);
        let plan = plan_with(text, &options).unwrap();
        let mut env = runs(&plan).last().unwrap().env.clone();
        env.retain(|pair| !pair.starts_with("PATH="));
        (env.join(" "), history(&plan).last().unwrap().clone())
    };
    for (text, list, expected, told) in [
        ("ARG A=1\nFROM x\nRUN y", vec![], "", "RUN /bin/sh -c y # buildkit"),
        ("ARG A=1\nFROM x\nARG A\nRUN y", vec![], "A=1", "RUN |1 A=1 /bin/sh -c y # buildkit"),
        (
            "ARG A=1\nFROM x\nARG A\nRUN y",
            vec![("A", "2")],
            "A=2",
            "RUN |1 A=2 /bin/sh -c y # buildkit",
        ),
        ("ARG A=1\nFROM x\nARG A=3\nRUN y", vec![], "A=3", "RUN |1 A=3 /bin/sh -c y # buildkit"),
        ("FROM x\nARG A\nRUN y", vec![], "", "RUN |1 A= /bin/sh -c y # buildkit"),
        (
            "FROM x\nARG A=1\nENV A=2\nRUN y",
            vec![("A", "3")],
            "A=2",
            "RUN |1 A=2 /bin/sh -c y # buildkit",
        ),
        (
            "FROM x\nENV a=hi\nENV a=bye b=$a\nRUN y",
            vec![],
            "a=bye b=hi",
            "RUN /bin/sh -c y # buildkit",
        ),
        (
            "FROM x AS a\nARG A=1\nENV B=2\nFROM a\nRUN y",
            vec![],
            "A=1 B=2",
            "RUN |1 A=1 /bin/sh -c y # buildkit",
        ),
        ("FROM x AS a\nARG A=1\nFROM x\nRUN y", vec![], "", "RUN /bin/sh -c y # buildkit"),
        (
            "FROM x\nARG TARGETARCH\nARG BUILDPLATFORM\nRUN y",
            vec![],
            "TARGETARCH=amd64 BUILDPLATFORM=linux/amd64",
            "RUN |2 TARGETARCH=amd64 BUILDPLATFORM=linux/amd64 /bin/sh -c y # buildkit",
        ),
        ("FROM x\nRUN y", vec![("HTTP_PROXY", "p")], "", "RUN /bin/sh -c y # buildkit"),
        (
            "FROM x\nARG HTTP_PROXY\nRUN y",
            vec![("HTTP_PROXY", "p")],
            "HTTP_PROXY=p",
            "RUN |1 HTTP_PROXY=p /bin/sh -c y # buildkit",
        ),
        (
            "FROM x\nARG A=1 B=$A C\nRUN y",
            vec![],
            "A=1 B=1",
            "RUN |3 A=1 B=1 C= /bin/sh -c y # buildkit",
        ),
    ] {
        assert_eq!(env(text, &list), (expected.to_owned(), told.to_owned()), "{text} {list:?}");
    }
    let mut options = options();
    options.build_args = args(&[("HTTP_PROXY", "p"), ("VERSIN", "1"), ("SOURCE_DATE_EPOCH", "0")]);
    let plan = plan_with("FROM x\nARG VERSION\nRUN y", &options).unwrap();
    assert_eq!(runs(&plan)[0].proxy, ["HTTP_PROXY=p"]);
    assert_eq!(
        plan.notes,
        ["The build argument `VERSIN` is not used: no ARG names it. There is `VERSION`."]
    );
}

#[test]
fn from_is_read_with_the_arguments_before_it() {
    let mut options = options();
    options.platform = Some(Platform::of("linux", "arm64", ""));
    let planned = plan_with(
        "ARG R=reg.example.com\nARG N=${R}/team/x\nFROM --platform=$BUILDPLATFORM $N:${T:-1} AS a\nFROM $N\nCOPY --from=a / /\n",
        &options,
    )
    .unwrap();
    let Base::Image { name, .. } = &planned.stages[0].base else { panic!() };
    assert_eq!(name, "reg.example.com/team/x:1");
    assert_eq!(planned.stages[0].platform.to_string(), "linux/amd64");
    assert_eq!(planned.stages[1].platform.to_string(), "linux/arm64");
    assert_eq!(planned.stages[1].config.architecture, "arm64");
    assert_eq!(refused("ARG A\nFROM $A\n"), "line 2: `$A` comes to nothing");
    assert_eq!(
        refused("FROM --platform=a/b/c/d x\n"),
        "line 1: `a/b/c/d` is no platform such as `linux/amd64`"
    );
    assert_eq!(refused("FROM ${A:?set-it}\n"), "line 1: A: set-it");
    assert_eq!(
        refused("FROM x\nARG S\nCOPY --from=$S a b\n"),
        "line 3: `--from` takes no variable; name a stage `FROM $… AS name` and copy from that"
    );
    assert_eq!(
        refused("FROM x\nCOPY --from=3 a b\n"),
        "line 2: there is no stage 3: the file has 1"
    );
}

#[test]
fn contexts_of_the_user_stand_in_for_images_and_stages() {
    let file =
        parse(b"FROM x AS base\nRUN gone\nFROM base\nRUN --mount=from=ctx,target=/c y\n").unwrap();
    let mut options = options();
    options.contexts = vec!["base".to_owned(), "ctx".to_owned()];
    let plan =
        make(&file, &options, &mut |_: &Wanted| -> Result<Found, Error> { Ok(Found::Context) })
            .unwrap();
    assert_eq!(plan.stages[0].base, Base::Context("base".to_owned()));
    assert!(plan.stages[0].steps.is_empty());
    assert_eq!(plan.stages[1].base, Base::Context("ctx".to_owned()));
}

#[test]
fn the_config_comes_to_what_the_instructions_say() {
    let all = config(
        "FROM scratch\nENV A=1\nENV B 2 3\nLABEL a=b c=\"d e\"\nLABEL a=z\nEXPOSE 80 53/udp 8000-8002/tcp\nVOLUME /v [\"x\"]\n\
        USER me:us\nWORKDIR /a\nWORKDIR ../b/./c/\nSTOPSIGNAL SIGUSR1\nSHELL [\"/bin/bash\", \"-c\"]\nCMD run me\n\
        ENTRYPOINT [\"/e\"]\nONBUILD RUN x\nHEALTHCHECK --interval=5s CMD y\n",
    );
    assert_eq!(
        all.env,
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=1", "B=2 3"]
    );
    assert_eq!(
        all.labels.into_iter().collect::<Vec<_>>(),
        [("a".into(), "z".into()), ("c".into(), "d e".into())]
    );
    assert_eq!(
        all.exposed_ports.into_keys().collect::<Vec<_>>(),
        ["53/udp", "80/tcp", "8000/tcp", "8001/tcp", "8002/tcp"]
    );
    assert_eq!(all.volumes.into_keys().collect::<Vec<_>>(), ["/v", "[x]"]);
    assert_eq!((all.user.as_str(), all.working_dir.as_str()), ("me:us", "/b/c"));
    assert_eq!(all.stop_signal.as_deref(), Some("SIGUSR1"));
    assert_eq!(all.cmd.unwrap(), ["/bin/bash", "-c", "run me"]);
    assert_eq!(all.entrypoint.unwrap(), ["/e"]);
    assert_eq!(all.on_build, ["RUN x"]);
    let health = all.healthcheck.unwrap();
    assert_eq!(
        (health.test, health.interval, health.retries),
        (vec!["CMD-SHELL".to_owned(), "y".to_owned()], Some(5_000_000_000), None)
    );
    assert_eq!(config("FROM scratch\n").working_dir, "/");
}

#[test]
fn an_entrypoint_takes_away_the_command_of_the_base_alone() {
    let base = r#"{"os":"linux","config":{"Cmd":["old"],"Entrypoint":["e"]}}"#;
    let cmd = |text: &str| {
        let plan = plan_on(text, &options(), base).unwrap();
        plan.stages[plan.target].config.config.cmd.clone().map(|words| words.join(" "))
    };
    assert_eq!(cmd("FROM x\n").as_deref(), Some("old"));
    assert_eq!(cmd("FROM x\nENTRYPOINT [\"a\"]\n"), None);
    assert_eq!(cmd("FROM x\nCMD [\"b\"]\nENTRYPOINT [\"a\"]\n").as_deref(), Some("b"));
    assert_eq!(cmd("FROM x\nENTRYPOINT [\"a\"]\nCMD [\"b\"]\n").as_deref(), Some("b"));
    assert_eq!(cmd("FROM x AS y\nCMD [\"b\"]\nFROM y\nENTRYPOINT [\"a\"]\n"), None);
}

#[test]
fn history_is_written_as_buildkit_writes_it() {
    let plan = plan(
        "FROM scratch\nARG A=1 B\nENV X=\"a b\" Y=2\nLABEL l=1\nMAINTAINER me\nWORKDIR /w\nWORKDIR /\nRUN echo $X\nRUN [\"a\", \"b c\"]\n\
        RUN <<E\necho 1\nE\nRUN <<-E cat\n\t2\n\tE\nRUN <<E\n#!/bin/x\n3\nE\nCOPY --chown=1:2 --chmod=755 --parents $Y b /d/\n\
        COPY <<f.txt <<g /x/\n$X\nf.txt\n2\ng\nADD a.tar .\nUSER u\nVOLUME /a /b\nEXPOSE 80 81/udp\nSTOPSIGNAL 9\nSHELL [\"/bin/b\", \"-c\"]\n\
        CMD x \"y\"\nENTRYPOINT [\"a\"]\nHEALTHCHECK --interval=90s CMD z\nONBUILD RUN x\n",
    );
    let stage = &plan.stages[0];
    let lines: Vec<String> = stage
        .config
        .history
        .iter()
        .map(|line| {
            let layer = if line.empty_layer { ' ' } else { '*' };
            assert_eq!(line.comment.as_deref(), Some("buildkit.dockerfile.v0"));
            format!("{layer} {}", line.created_by.as_ref().unwrap())
        })
        .collect();
    let expected = [
        "  ARG A=1 B",
        "  ENV X=a b Y=2",
        "  LABEL l=1",
        "  MAINTAINER me",
        "* WORKDIR /w",
        "  WORKDIR /",
        "* RUN |2 A=1 B= /bin/sh -c echo $X # buildkit",
        "* RUN |2 A=1 B= a b c # buildkit",
        "* RUN |2 A=1 B= /bin/sh -c echo 1\n # buildkit",
        "* RUN |2 A=1 B= /bin/sh -c <<-E cat\n\t2\nE # buildkit",
        "* RUN |2 A=1 B= /bin/sh -c /dev/pipes/E # buildkit",
        "* COPY --parents --chown=1:2 --chmod=755 2 b /d/ # buildkit",
        "* COPY <<f.txt <<g /x/ # buildkit",
        "* ADD a.tar . # buildkit",
        "  USER u",
        "  VOLUME [/a /b]",
        "  EXPOSE [80/tcp 81/udp]",
        "  STOPSIGNAL 9",
        "  SHELL [/bin/b -c]",
        "  CMD [\"/bin/b\" \"-c\" \"x \\\"y\\\"\"]",
        "  ENTRYPOINT [\"a\"]",
        "  HEALTHCHECK {Test:[CMD-SHELL z] Interval:1m30s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}",
    ];
    assert_eq!(lines, expected);
    assert_eq!(stage.config.author.as_deref(), Some("me"));
    let runs = runs(&plan);
    assert_eq!(runs[2].args, ["/bin/sh", "-c", "echo 1\n"]);
    let script = runs[4].script.as_ref().unwrap();
    assert_eq!((script.name.as_str(), script.content.as_str()), ("E", "#!/bin/x\n3\n"));
}

#[test]
fn what_is_copied_has_its_final_words() {
    let zeros = format!("sha256:{}", "0".repeat(64));
    let all = copies(&format!(
        "FROM x\nARG A=a\nENV D=/d B=\"x y\"\nWORKDIR /w/\nCOPY $A \"$B\" $D/\nCOPY a b\nCOPY a .\nCOPY a ../c/\nCOPY a /\n\
        COPY <<E <<'F' /h/\n$A \"q\"\nE\n$A\nF\nADD --checksum={zeros} --unpack --exclude=$A https://x/y /z\n",
    ));
    assert_eq!(all[0].paths, ["a", "x y"]);
    let to: Vec<&str> = all.iter().map(|copy| copy.destination.as_str()).collect();
    assert_eq!(to, ["/d/", "/w/b", "/w/", "/c/", "/", "/h/", "/z"]);
    let inline: Vec<&str> = all[5].inline.iter().map(|doc| doc.content.as_str()).collect();
    assert_eq!(inline, ["a \"q\"\n", "$A\n"]);
    let add = all[6].add.as_ref().unwrap();
    assert_eq!((add.checksum.as_deref(), add.unpack), (Some(zeros.as_str()), Some(true)));
    assert_eq!(all[6].exclude, ["a"]);
    assert_eq!(all[0].source, Source::Context);
    assert_eq!(refused("FROM x\nCOPY https://a b\n"), "line 2: COPY fetches nothing; ADD does");
    assert_eq!(refused("FROM x\nCOPY --chmod=99 a b\n"), "line 2: `99` is no mode up to 7777");
    assert_eq!(
        refused("FROM x\nADD --checksum=sha256:0 a b\n"),
        "line 2: `--checksum` goes with one URL or one repository, and nothing else"
    );
}

#[test]
fn mounts_have_their_places() {
    let plan = plan(
        "FROM x AS s\nFROM x\nARG U=7\nWORKDIR /w\nRUN --mount=target=m --mount=type=cache,target=/c,uid=$U --mount=type=secret,id=a/b \
        --mount=type=secret,id=t,env=T --mount=type=ssh --mount=type=ssh,id=k --mount=type=tmpfs,target=/t,size=1k \
        --mount=from=s,source=/x,target=/y,rw --mount=type=secret,target=/p/q y\n",
    );
    let mounts = &runs(&plan)[0].mounts;
    let shown: Vec<_> = mounts
        .iter()
        .map(|one| {
            (
                one.mount.target.clone().unwrap_or_default(),
                one.mount.id.clone().unwrap_or_default(),
                one.reads,
                one.mount.read_only,
            )
        })
        .collect();
    let own = |target: &str, id: &str, reads, read_only| {
        (target.to_owned(), id.to_owned(), reads, read_only)
    };
    assert_eq!(
        shown,
        [
            own("/w/m", "", Some(Source::Context), true),
            own("/c", "/c", None, false),
            own("/run/secrets/b", "a/b", None, true),
            own("", "t", None, true),
            own("/run/buildkit/ssh_agent.0", "default", None, true),
            own("/run/buildkit/ssh_agent.1", "k", None, true),
            own("/t", "", None, false),
            own("/y", "", Some(Source::Stage(0)), false),
            own("/p/q", "q", None, true),
        ]
    );
    assert_eq!(mounts[1].mount.uid, Some(7));
    let build_args = args(&[("BUILDKIT_CACHE_MOUNT_NS", "mine")]);
    let apart = mls::image::build::plan::Options { build_args, ..options() };
    let apart = plan_with("FROM x\nRUN --mount=type=cache,target=/c y\n", &apart).unwrap();
    assert_eq!(runs(&apart)[0].mounts[0].mount.id.as_deref(), Some("mine//c"));
    assert_eq!((mounts[6].mount.kind, mounts[6].mount.size), (MountKind::Tmpfs, Some(1024)));
}

#[test]
fn triggers_run_first_and_once() {
    let base = r#"{"os":"linux","config":{"OnBuild":["COPY --from=one /a /","RUN $A"],"Env":["A=b","PATH=/p"]},
        "history":[{"created_by":"old"}]}"#;
    let text = "FROM scratch AS one\nFROM x AS two\nONBUILD RUN later\nRUN own\nFROM two\n";
    let plan = plan_on(text, &options(), base).unwrap();
    let two = &plan.stages[1];
    let steps: Vec<_> =
        two.steps.iter().map(|step| (step.text.as_str(), step.onbuild, step.at.first)).collect();
    assert_eq!(
        steps,
        [
            ("COPY --from=one /a /", true, 2),
            ("RUN $A", true, 2),
            ("ONBUILD RUN later", false, 3),
            ("RUN own", false, 4)
        ]
    );
    assert_eq!(two.reads, [0]);
    let three = &plan.stages[2];
    assert_eq!((three.steps[0].text.as_str(), three.steps[0].onbuild), ("RUN later", true));
    assert!(three.config.config.on_build.is_empty());
    assert_eq!(history(&plan)[0], "old");
    assert_eq!(three.config.config.env, ["A=b", "PATH=/p"]);
}

#[test]
fn labels_of_the_user_are_the_target_s() {
    let mut options = options();
    options.labels = args(&[("k", "v")]);
    let plan = plan_with("FROM x AS a\nFROM a\n", &options).unwrap();
    assert!(plan.stages[0].config.config.labels.is_empty());
    assert_eq!(plan.stages[1].config.config.labels["k"], "v");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, told) in [
        ("FROM x\nSTOPSIGNAL SIGFOO\n", "line 2: `SIGFOO` is no signal"),
        ("FROM x\nEXPOSE 70000\n", "line 2: `70000` is no port"),
        ("FROM x\nEXPOSE 90-80\n", "line 2: `90-80` ends before it begins"),
        ("FROM x\nEXPOSE 80/http\n", "line 2: `http` is no protocol: tcp, udp, sctp"),
        ("FROM x\nENV a=$\u{7b}b\n", "line 2: this `${` has no `}`"),
        ("FROM x\nWORKDIR 'a\n", "line 2: this single quote is not closed"),
        ("FROM x\nVOLUME $A\n", "line 2: the folder of a volume comes to nothing"),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn a_plan_is_shown_as_a_tree() {
    let plan = plan(
        "FROM x AS build\nENV a=1\nRUN make all\nFROM scratch\nWORKDIR /app\nCOPY --from=build /o <<n .\n1\nn\nCMD [\"/o\"]\n",
    );
    insta::assert_snapshot!(plan.tree(), @"
    build (linux/amd64)
    ├─ from the image x (sha256:x)
    ├─   3  RUN /bin/sh -c make all
    └─ 1 setting
    stage-1 (linux/amd64)  ◄ target
    ├─ from nothing
    ├─   5  WORKDIR /app
    ├─   6  COPY /o <<n /app/  (reads build)
    └─ 1 setting
    ");
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["stages"][1]["steps"][1]["action"]["do"], "copy");
    assert_eq!(json["target"], 1);
}
