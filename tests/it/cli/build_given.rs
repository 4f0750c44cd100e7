//! What `build` is given (contexts from elsewhere, caches) and gives out (`--output`, `--check`, `--print`).

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::build_add::{repository, server, tar};
use crate::support::registry::{Answer, FakeRegistry};
use crate::support::{Said, Sandbox};

/// Runs `mls` with `input` on standard input.
fn fed(sandbox: &Sandbox, args: &[&str], input: &[u8]) -> Said {
    let mut command = sandbox.command(args);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What is refused early is not read to its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    Said::new(child.wait_with_output().unwrap(), &sandbox.path())
}

const FILE: &str = "FROM scratch\nCOPY . /\n";

#[test]
fn a_context_comes_as_an_archive_on_standard_input() {
    let sandbox = Sandbox::with_store();
    let plain = tar(&[
        ("Dockerfile", FILE),
        (".dockerignore", "skipped\nd/*\n!d/kept\n"),
        ("a", "1"),
        ("skipped", "1"),
        ("d/kept", "1"),
        ("d/gone", "1"),
    ]);
    let mut packed = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::best());
    packed.write_all(&plain).unwrap();
    let packed = packed.finish().unwrap();
    for input in [plain, zstd::encode_all(&packed[..0], 1).unwrap(), packed] {
        let said = fed(&sandbox, &["build", "-t", "x", "-"], &input);
        if said.code() != 0 {
            // An empty frame is no archive, and no Dockerfile either.
            assert!(said.code() == 2 && said.stderr().contains("-:1"), "{said}");
            continue;
        }
        let _ = fs::remove_dir_all(sandbox.path().join("out"));
        sandbox.ok(["checkout", "x", "out"]);
        let mut names: Vec<String> = fs::read_dir(sandbox.path().join("out"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [".dockerignore", "Dockerfile", "a", "d"]);
        assert!(!sandbox.path().join("out/d/gone").exists());
        assert!(sandbox.path().join("out/d/kept").exists());
    }
    let said = fed(&sandbox, &["build", "-"], b"FROM scratch\nLABEL a=b\n");
    assert_eq!(said.code(), 0, "{said}");
    sandbox.write("in/a", "1");
    let said = fed(&sandbox, &["build", "-t", "y", "-f", "-", "in"], FILE.as_bytes());
    assert_eq!(said.code(), 0, "{said}");
    sandbox.ok(["checkout", "y", "/a", "y"]);
}

#[test]
fn d01_an_archive_as_a_context_leads_nowhere_out_of_it() {
    let sandbox = Sandbox::with_store();
    let up = tar(&[("Dockerfile", FILE), ("../x", "1")]);
    let said = fed(&sandbox, &["build", "-"], &up);
    assert_eq!(said.code(), 12, "{said}");
    let link = tar(&[("Dockerfile", "FROM scratch\nCOPY l/passwd /\n"), ("l", "->/etc")]);
    let said = fed(&sandbox, &["build", "-"], &link);
    assert!(said.code() == 1 && said.stderr().contains("no `l/passwd`"), "{said}");
    let said = fed(&sandbox, &["build", "-f", "../../etc/passwd", "-"], &up[..0]);
    assert_eq!(said.code(), 2, "{said}");
}

#[test]
fn a_context_comes_from_the_web_and_out_of_a_repository() {
    let Some((sandbox, served)) = repository("contexts") else { return };
    sandbox.write("repo/sub/Dockerfile", "FROM scratch\nCOPY s /s\n");
    sandbox.git(["-C", "repo", "add", "."]);
    sandbox.git(["-C", "repo", "commit", "-qm", "three"]);
    sandbox.git(["-C", "bare.git", "fetch", "-q", "../repo", "main:main"]);
    sandbox.git(["-C", "bare.git", "update-server-info"]);
    sandbox.ok(["build", "-t", "git", &format!("http://{}/bare.git#main:sub", served.host())]);
    sandbox.ok(["checkout", "git", "/s", "git"]);
    let archive = tar(&[("Dockerfile", FILE), ("a", "1")]);
    let web = server(move |asked| match asked.path.as_str() {
        "/Dockerfile" => Answer::of(200).body("FROM scratch\nLABEL a=b\n"),
        _ => Answer::of(200).body(archive.clone()),
    });
    sandbox.ok(["build", &format!("http://{}/Dockerfile", web.host())]);
    sandbox.ok(["build", "-t", "web", &format!("http://{}/x.tgz", web.host())]);
    sandbox.ok(["checkout", "web", "/a", "web"]);
    // The same under names of their own.
    sandbox.write("n/Dockerfile", "FROM scratch\nCOPY --from=r /s /s\nCOPY --from=t /a /a\n");
    let (r, t) = (
        format!("r=http://{}/bare.git#:sub", served.host()),
        format!("t=http://{}/x.tar", web.host()),
    );
    sandbox.ok(["build", "--build-context", &r, "--build-context", &t, "-o", "named", "n"]);
    assert_eq!(
        (sandbox.read("named/s"), sandbox.read("named/a")),
        (b"sub".to_vec(), b"1".to_vec())
    );
    for (place, code) in [("x=ftp://h/x", 2), ("x=oci-layout://none", 5), ("x=ssh://-o/x", 2)] {
        assert_eq!(sandbox.mls(["build", "--build-context", place, "n"]).code(), code, "{place}");
    }
}

#[test]
fn what_is_built_goes_where_it_is_wanted() {
    let sandbox = Sandbox::with_store();
    sandbox.write("a", "1");
    sandbox.write("Dockerfile", "FROM scratch\nCOPY a /d/a\nCOPY a /d/b\n");
    sandbox.write("out/kept", "mine");
    for _ in 0..2 {
        sandbox.ok(["build", "-o", "out", "."]);
    }
    assert_eq!(
        (sandbox.read("out/d/b"), sandbox.read("out/kept")),
        (b"1".to_vec(), b"mine".to_vec())
    );
    assert_eq!(sandbox.ok(["images", "-q"]), "");
    let mut command = sandbox.command(["build", "-o", "-", "."]);
    let tar = command.output().unwrap().stdout;
    sandbox.ok(["build", "-o", "type=tar,dest=out.tar", "."]);
    assert_eq!(sandbox.read("out.tar"), tar);
    let mut names = vec![];
    for entry in tar::Archive::new(&tar[..]).entries().unwrap() {
        names.push(entry.unwrap().path().unwrap().display().to_string());
    }
    assert_eq!(names, ["d", "d/a", "d/b"]);
    let id = sandbox.ok([
        "build",
        "-t",
        "x:1",
        "-o",
        "type=oci,dest=x.oci",
        "-o",
        "type=docker,dest=x.docker",
        ".",
    ]);
    for archive in ["x.oci", "x.docker"] {
        sandbox.ok(["rmi", "x:1"]);
        sandbox.ok(["load", "-i", archive]);
        assert_eq!(sandbox.json(["inspect", "x:1"])[0]["Id"], id);
    }
    // A layout is a base, and its names move no tag here.
    sandbox.ok(["rmi", "x:1"]);
    fs::create_dir(sandbox.path().join("layout")).unwrap();
    tar::Archive::new(&sandbox.read("x.oci")[..]).unpack(sandbox.path().join("layout")).unwrap();
    sandbox.write("n/Dockerfile", "FROM base\nCOPY --from=base /d/a /c\n");
    sandbox.ok(["build", "--build-context", "base=oci-layout://layout:1", "-o", "based", "n"]);
    assert_eq!(
        (sandbox.read("based/d/a"), sandbox.read("based/c")),
        (b"1".to_vec(), b"1".to_vec())
    );
    assert_eq!(sandbox.mls(["inspect", "x:1"]).code(), 5);
    for bad in ["type=x", "type=local", "dest=x", "type=tar,tar=x", "-,-"] {
        let said = sandbox.mls(["build", "-o", bad, "-o", "-", "-o", "-", "."]);
        assert_eq!(said.code(), 2, "{bad}: {said}");
    }
}

#[test]
fn checks_say_what_they_find_and_may_keep_a_file_from_being_built() {
    let sandbox = Sandbox::with_store();
    sandbox.write(".dockerignore", "secret\n");
    sandbox.write("secret", "1");
    sandbox.write("Dockerfile", "FROM scratch AS x\nCOPY secret /s\nFROM unknown.invalid/y AS Z\n");
    let said = sandbox.mls(["build", "--check", "."]);
    assert_eq!(said.code(), 1);
    insta::assert_snapshot!(said.stdout(), @r#"
    CopyIgnoredFile: Attempting to Copy file "secret" that is excluded by .dockerignore
      Dockerfile:2
      2 | COPY secret /s
      https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/

    StageNameCasing: Stage name 'Z' should be lowercase
      Dockerfile:3
      3 | FROM unknown.invalid/y AS Z
      https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
    "#);
    let mut command =
        sandbox.command(["--format", "json", "build", "--check", "--target", "x", "."]);
    let json: serde_json::Value =
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(json["warnings"].as_array().unwrap().len(), 2, "{json}");
    assert_eq!(
        (&json["ok"], &json["warnings"][0]["rule"]),
        (&false.into(), &"CopyIgnoredFile".into())
    );
    sandbox.write("Dockerfile", "# check=error=true\nFROM scratch\nMAINTAINER me\n");
    let failed = sandbox.mls(["build", "-t", "x", "."]);
    assert_eq!(failed.code(), 1);
    assert!(failed.stderr().contains("fails its own checks: MaintainerDeprecated"), "{failed}");
    sandbox.write(
        "Dockerfile",
        "# check=error=true;skip=MaintainerDeprecated\nFROM scratch\nMAINTAINER me\n",
    );
    sandbox.ok(["build", "-t", "x", "."]);
    assert_eq!(sandbox.mls(["build", "--check", "."]).code(), 0);
    let said = sandbox.mls([
        "build",
        "--print",
        "--build-arg",
        "BUILDKIT_DOCKERFILE_CHECK=error=true",
        ".",
    ]);
    assert_eq!(said.code(), 0);
    insta::assert_snapshot!(said.stdout(), @r"
    stage-0 (linux/amd64)  ◄ target
    ├─ from nothing
    └─ 1 setting
    ");
}

#[test]
fn what_one_store_has_built_another_need_not() {
    let first = Sandbox::with_store();
    let second = Sandbox::with_store();
    let third = Sandbox::with_store();
    let files = |sandbox: &Sandbox| {
        sandbox.write("a", "1");
        sandbox.write(
            "Dockerfile",
            "FROM scratch AS s\nCOPY a /a\nWORKDIR /w\nFROM scratch\nCOPY --from=s / /\n",
        );
    };
    [&first, &second, &third].into_iter().for_each(files);
    let registry = FakeRegistry::sound();
    let image = format!("type=registry,ref={}/team/cache:1", registry.host());
    let peer = second.path().display().to_string();
    let id = first.ok(["build", "-t", "x", "--cache-to", &image, "--cache-to", &peer, "."]);
    let runs_nothing = |said: &Said| {
        assert!(said.code() == 0 && !said.stderr().contains("DONE"), "{said}");
        // Of the time at which it was made first.
        assert_eq!(said.stdout().trim(), id.trim());
    };
    runs_nothing(&second.mls(["build", "-t", "x", "."]));
    runs_nothing(&third.mls(["build", "-t", "x", "--cache-from", &image, "."]));
    // A cache is no image that is listed, and none is no reason not to build.
    assert_eq!(third.json(["images"]).as_array().unwrap().len(), 1);
    let gone = Sandbox::with_store();
    files(&gone);
    let said = gone.mls(["build", "--cache-from", &format!("{}/no/cache:2", registry.host()), "."]);
    assert!(said.code() == 0 && said.stderr().contains("warning: no cache from"), "{said}");
    let from = Sandbox::with_store();
    files(&from);
    runs_nothing(&from.mls(["build", "--cache-from", &first.path().display().to_string(), "."]));
}

#[test]
fn what_is_built_is_pushed_under_all_of_its_names() {
    let sandbox = Sandbox::with_store();
    sandbox.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /d\n");
    let registry = FakeRegistry::sound();
    let names = ["one", "two"].map(|tag| format!("{}/team/x:{tag}", registry.host()));
    let id = sandbox.ok(["build", "-t", &names[0], "-t", &names[1], "--push", "--load", "."]);
    let other = Sandbox::with_store();
    for name in &names {
        other.ok(["pull", name]);
        assert_eq!(other.json(["inspect", name])[0]["Id"], id.trim());
    }
    let sent = registry.content.count("PUT", "/manifests/");
    sandbox.ok(["build", "-t", &names[0], "-o", "type=registry", "."]);
    assert_eq!(registry.content.count("PUT", "/manifests/"), sent, "it was there");
    assert_eq!(sandbox.mls(["build", "--push", "."]).code(), 2, "without a name");
}
