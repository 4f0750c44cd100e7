//! `build` and repositories as servers have them: `git http-backend`, submodules, and what is reached through `ssh`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::Sandbox;
use crate::support::registry::{Answer, Asked, FakeRegistry};

/// Returns a repository with a submodule that has one itself, and git's own server for them; or says why not.
fn served(test: &str) -> Option<(Sandbox, FakeRegistry)> {
    if Command::new("git").arg("--version").output().is_err() {
        crate::proof::tell(&format!("skipped: {test}: no git"));
        return None;
    }
    let sandbox = Sandbox::with_store();
    let top = sandbox.path();
    let server = FakeRegistry::new(move |asked, _| Some(backend(&top, asked)));
    for (name, below) in [("c", None), ("b", Some("c")), ("a", Some("b"))] {
        sandbox.git(["init", "-q", "-b", "main", name]);
        sandbox.write(format!("{name}/{name}.txt"), name);
        if name == "a" {
            sandbox.write("a/Dockerfile", "FROM scratch\nCOPY . /\n");
            sandbox.write("a/dir/Dockerfile", "FROM scratch\nCOPY . /d/\n");
        }
        if let Some(below) = below {
            // As `git submodule add` writes it, which would want to reach it already.
            let module =
                format!("[submodule \"m\"]\n\tpath = deep/m\n\turl = ../../{below}/.git\n");
            sandbox.write(format!("{name}/.gitmodules"), module);
            let commit = sandbox.git(["-C", below, "rev-parse", "HEAD"]);
            let entry = format!("160000,{},deep/m", commit.trim());
            sandbox.git(["-C", name, "update-index", "--add", "--cacheinfo", &entry]);
        }
        sandbox.git(["-C", name, "add", "--all", ":!deep"]);
        sandbox.git(["-C", name, "commit", "-qm", name]);
    }
    sandbox.git(["-C", "a", "tag", "v1"]);
    Some((sandbox, server))
}

/// Answers as a web server does that hands everything to git.
fn backend(top: &Path, asked: &Asked) -> Answer {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", top)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", &asked.method)
        .env("CONTENT_TYPE", asked.header("content-type"))
        .env("HTTP_CONTENT_ENCODING", asked.header("content-encoding"))
        .env("GIT_PROTOCOL", asked.header("git-protocol"))
        .env("CONTENT_LENGTH", asked.body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have answered without reading.
    let _ = child.stdin.take().unwrap().write_all(&asked.body);
    let said = child.wait_with_output().unwrap().stdout;
    let end = said.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let mut answer = Answer::of(200).body(&said[end + 4..]);
    for line in String::from_utf8_lossy(&said[..end]).lines() {
        match line.split_once(": ").unwrap() {
            ("Status", status) => answer.status = status[..3].parse().unwrap(),
            (name, value) => answer.headers.push((name.to_owned(), value.to_owned())),
        }
    }
    answer
}

/// Builds with `environment`; returns the names of all files of the image.
#[track_caller]
fn files(sandbox: &Sandbox, environment: &[(&str, &str)], args: &[&str]) -> Vec<String> {
    let mut command = sandbox.command(["build", "-t", "x"].iter().chain(args));
    command.envs(environment.iter().copied());
    let said = sandbox.finish(command);
    assert_eq!(said.code(), 0, "{said}");
    let out = sandbox.path().join("out");
    let _ = fs::remove_dir_all(&out);
    sandbox.ok(["checkout", "x", "out"]);
    let (mut names, mut open) = (vec![], vec![out.clone()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => open.push(entry.path()),
                false => names.push(entry.path().strip_prefix(&out).unwrap().display().to_string()),
            }
        }
    }
    names.sort();
    names
}

const ALL: [&str; 7] = [
    ".gitmodules",
    "Dockerfile",
    "a.txt",
    "deep/m/.gitmodules",
    "deep/m/b.txt",
    "deep/m/deep/m/c.txt",
    "dir/Dockerfile",
];

#[test]
fn a_context_comes_from_git_s_own_server_with_its_submodules() {
    let Some((sandbox, server)) = served("git over HTTP") else { return };
    let url = format!("http://{}/a/.git", server.host());
    assert_eq!(files(&sandbox, &[], &[&format!("{url}#v1")]), ALL);
    assert!(
        server.content.count("POST", "/b/.git/git-upload-pack") > 0,
        "a submodule was asked for"
    );
    assert_eq!(files(&sandbox, &[], &[&format!("{url}#main:dir")]), ["d/Dockerfile"]);
    let without = format!("{url}?submodules=false");
    assert!(!files(&sandbox, &[], &[&without]).contains(&ALL[4].to_owned()));
    // What git keeps of it comes along on request only.
    let keep = |value| format!("BUILDKIT_CONTEXT_KEEP_GIT_DIR={value}");
    let kept = files(&sandbox, &[], &["--build-arg", &keep("1"), &format!("{url}#v1")]);
    assert!(kept.contains(&".git/HEAD".to_owned()), "{kept:?}");
    let here = ["--build-arg", &keep("true"), &format!("{url}?keep-git-dir=0&tag=v1")];
    assert_eq!(files(&sandbox, &[], &here), ALL, "the address itself has the last word");
    // The same for ADD, into a folder.
    sandbox.write("add/Dockerfile", format!("FROM scratch\nADD {url}#v1 /r/\n"));
    let added = files(&sandbox, &[], &["add"]);
    assert_eq!(added, ALL.iter().map(|name| format!("r/{name}")).collect::<Vec<_>>());
    // What is there is not fetched again.
    let before = server.content.count("POST", "git-upload-pack");
    files(&sandbox, &[], &["add"]);
    let asked = server.content.count("POST", "git-upload-pack") - before;
    assert!(asked <= 1, "the name of the commit was asked for, and no more: {asked}");
}

#[test]
fn a_context_comes_through_the_ssh_that_the_user_has() {
    let Some((sandbox, _)) = served("git over ssh") else { return };
    let script = "#!/bin/sh\necho \"$@\" >> \"$0.log\"\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c \"$1\"\n";
    let program = sandbox.write("bin/ssh", script);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let own = sandbox.write("own/ssh", script);
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
    let top = sandbox.path();
    let path = format!("{}:{}", top.join("bin").display(), std::env::var("PATH").unwrap());
    let scp = format!("git@example.com:{}/a/.git#v1", top.display());
    let url = format!("ssh://git@example.com:2222{}/b/.git?submodules=false", top.display());
    let mut kept = files(&sandbox, &[("PATH", &path)], &[&scp, "--build-arg", "x=y"]);
    kept.retain(|name| name.ends_with(".txt"));
    assert_eq!(kept, ["a.txt", ALL[4], ALL[5]]);
    let log = String::from_utf8(sandbox.read("bin/ssh.log")).unwrap();
    assert!(log.contains("BatchMode=yes") && log.contains("git@example.com"), "{log}");
    let command = format!("{} -i key", own.display());
    sandbox.write("n/Dockerfile", "FROM scratch\nCOPY --from=r /b.txt /\n");
    let context = format!("r={url}");
    let environment = [("GIT_SSH_COMMAND", command.as_str())];
    assert_eq!(files(&sandbox, &environment, &["--build-context", &context, "n"]), ["b.txt"]);
    let log = String::from_utf8(sandbox.read("own/ssh.log")).unwrap();
    assert!(log.contains("-i key") && log.contains("-p 2222"), "{log}");
}
