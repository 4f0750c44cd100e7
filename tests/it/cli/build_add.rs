//! `build` with ADD: archives of the context, files on the web, repositories; and what is hostile among them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::registry::{Answer, Asked, FakeRegistry};
use crate::support::{Said, Sandbox};

/// Builds `lines` upon nothing and writes what came of it to `out`.
fn built(sandbox: &Sandbox, lines: &str) -> Said {
    let said = build(sandbox, lines);
    assert_eq!(said.code(), 0, "{said}");
    let _ = fs::remove_dir_all(sandbox.path().join("out"));
    sandbox.ok(["checkout", "x", "out"]);
    said
}

fn build(sandbox: &Sandbox, lines: &str) -> Said {
    sandbox.write("Dockerfile", format!("FROM scratch\n{lines}\n"));
    sandbox.mls(["build", "-t", "x", "."])
}

/// Makes an archive of these files, an entry that is a symlink where the text begins with `->`.
pub(super) fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(vec![]);
    for (path, text) in entries {
        let mut header = tar::Header::new_ustar();
        let name = &mut header.as_old_mut().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_mode(0o640);
        header.set_uid(7);
        header.set_gid(8);
        header.set_mtime(1_700_000_000);
        header.set_size(0);
        match text.strip_prefix("->") {
            Some(target) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_link_name_literal(target).unwrap();
                header.set_cksum();
                tar.append(&header, &[][..]).unwrap();
            }
            None => {
                header.set_size(text.len() as u64);
                header.set_cksum();
                tar.append(&header, text.as_bytes()).unwrap();
            }
        }
    }
    tar.into_inner().unwrap()
}

/// Serves what `script` says of a path, and counts what was asked.
pub(super) fn server(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> FakeRegistry {
    FakeRegistry::new(move |asked, _| Some(script(asked)))
}

#[test]
fn an_archive_of_the_context_is_unpacked_by_what_it_is_and_not_by_its_name() {
    let sandbox = Sandbox::with_store();
    let plain = tar(&[("a", "one"), ("d/b", "two"), ("l", "->d/b")]);
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packed.write_all(&plain).unwrap();
    sandbox.write("plain.txt", &plain);
    sandbox.write("gz", packed.finish().unwrap());
    sandbox.write("bz2", {
        let mut packed = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::fast());
        packed.write_all(&plain).unwrap();
        packed.finish().unwrap()
    });
    sandbox.write("xz", {
        let mut packed = liblzma::write::XzEncoder::new(vec![], 0);
        packed.write_all(&plain).unwrap();
        packed.finish().unwrap()
    });
    sandbox.write("zst", zstd::encode_all(&plain[..], 1).unwrap());
    sandbox.write("none.tar.gz", "no archive");
    sandbox.write("folder/plain.tar", &plain);
    let lines = "ADD plain.txt /plain\nADD gz bz2 /two/\nADD xz /xz\nADD --chown=5:6 --chmod=777 zst /zst/\n\
        ADD none.tar.gz /none/\nADD --unpack=false gz /kept\nADD folder /folder/\nADD <<END /inline\nx\nEND";
    built(&sandbox, lines);
    let meta = |path: &str| {
        let meta = fs::symlink_metadata(sandbox.path().join("out").join(path)).unwrap();
        (meta.uid(), meta.gid(), meta.mode() & 0o7777, meta.mtime())
    };
    let text = |path: &str| fs::read_to_string(sandbox.path().join("out").join(path)).unwrap();
    for folder in ["plain", "two", "xz", "zst"] {
        assert_eq!(
            (text(&format!("{folder}/a")), text(&format!("{folder}/l"))),
            ("one".into(), "two".into())
        );
    }
    if rustix::process::getuid().is_root() {
        assert_eq!(meta("plain/d/b"), (7, 8, 0o640, 1_700_000_000));
        // As in BuildKit since 0.23: the owner is for all of it, the mode for none.
        assert_eq!(meta("zst/a"), (5, 6, 0o640, 1_700_000_000));
    }
    assert_eq!((text("none/none.tar.gz"), text("inline")), ("no archive".into(), "x\n".into()));
    assert_eq!(fs::read(sandbox.path().join("out/kept")).unwrap(), sandbox.read("gz"));
    assert_eq!(fs::read(sandbox.path().join("out/folder/plain.tar")).unwrap(), plain);
    let again = sandbox.mls(["build", "-t", "x", "."]);
    assert!(again.code() == 0 && !again.stderr().contains("DONE"), "{again}");
}

#[test]
fn d06_an_archive_stays_below_its_destination() {
    let sandbox = Sandbox::with_store();
    let secret = sandbox.write("../secret", "host");
    for (name, entries) in [("up", &[("../x", "1")][..]), ("through", &[("a/../../x", "1")])] {
        sandbox.write("a.tar", tar(entries));
        let said = build(&sandbox, "ADD a.tar /d/");
        assert_eq!(said.code(), 1, "{name}: {said}");
        assert!(said.stderr().contains("Dockerfile:2: `ADD a.tar /d/` failed"), "{name}: {said}");
    }
    // Links are followed in the archive only, and an absolute name begins at the destination.
    let outside = secret.parent().unwrap().display().to_string();
    sandbox.write("a.tar", tar(&[("l", &format!("->{outside}")), ("l/x", "1"), ("/abs", "2")]));
    built(&sandbox, "ADD a.tar /d/");
    assert_eq!(fs::read_to_string(secret).unwrap(), "host");
    assert!(!Path::new(&outside).join("x").exists());
    assert_eq!(sandbox.read("out/d/abs"), b"2");
}

#[test]
fn d06_an_archive_that_unpacks_to_far_too_much_is_given_up() {
    let sandbox = Sandbox::with_store();
    let mut packed = zstd::Encoder::new(vec![], 1).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("zeros").unwrap();
    header.set_size(7 << 30);
    header.set_cksum();
    packed.write_all(header.as_bytes()).unwrap();
    // What stops it is the size that the tar tells, or the first gibibytes; never all of it.
    packed.write_all(&vec![0; 1 << 20]).unwrap();
    sandbox.write("bomb", packed.finish().unwrap());
    let said = build(&sandbox, "ADD bomb /");
    assert_eq!(said.code(), 1, "{said}");
    assert!(said.stderr().contains("cut off"), "{said}");
}

#[test]
fn a_file_on_the_web_is_fetched_once_and_asked_for_by_what_the_server_said() {
    let sandbox = Sandbox::with_store();
    let served = server(|asked| match (asked.path.as_str(), asked.header("if-none-match")) {
        ("/d/f.txt", "\"1\"") => Answer::of(304),
        ("/d/f.txt", _) => Answer::of(200)
            .with("ETag", "\"1\"")
            .with("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT")
            .body("web"),
        ("/moved", _) => Answer::of(302).with("Location", "/d/f.txt"),
        ("/", _) => {
            Answer::of(200).with("Content-Disposition", "attachment; filename=\"named\"").body("n")
        }
        _ => Answer::of(404),
    });
    let host = served.host();
    let lines =
        format!("ADD http://{host}/d/f.txt http://{host}/ /d/\nADD http://{host}/moved /one");
    built(&sandbox, &lines);
    let meta = fs::metadata(sandbox.path().join("out/d/f.txt")).unwrap();
    assert_eq!((meta.mode() & 0o7777, meta.mtime()), (0o600, 1_700_000_000));
    assert_eq!(
        (sandbox.read("out/d/named"), sandbox.read("out/one")),
        (b"n".to_vec(), b"web".to_vec())
    );
    let again = sandbox.mls(["build", "-t", "x", "."]);
    assert!(again.code() == 0 && !again.stderr().contains("DONE"), "{again}");
    let gone = build(&sandbox, &format!("ADD http://{host}/gone /"));
    assert_eq!(gone.code(), 1);
    assert!(gone.stderr().contains(&format!("`http://{host}/gone` says no: HTTP 404")), "{gone}");
}

#[test]
fn a_checksum_is_held_against_the_file_and_makes_the_network_needless() {
    let sandbox = Sandbox::with_store();
    let served = server(|_| Answer::of(200).body("web"));
    let address = format!("http://{}/f", served.host());
    let digest = mls::remote::registry::Digest::of(b"web");
    built(&sandbox, &format!("ADD --checksum={digest} {address} /f"));
    let count = served.content.count("GET", "/f");
    built(&sandbox, &format!("ADD --checksum={digest} {address} /other"));
    assert_eq!(served.content.count("GET", "/f"), count);
    let other = mls::remote::registry::Digest::of(b"other");
    let said = build(&sandbox, &format!("ADD --checksum={other} {address} /f"));
    assert_eq!(said.code(), 1);
    assert!(said.stderr().contains(&format!("`{address}` is {digest}, not {other}")), "{said}");
    for (line, reason) in [
        (format!("ADD --checksum=md5:1 {address} /f"), "is no digest such as"),
        ("ADD --checksum=sha256:1 Dockerfile /f".to_owned(), "goes with one URL or one repository"),
    ] {
        let said = build(&sandbox, &line);
        assert!(
            said.code() == 2
                && said.stderr().contains("Dockerfile:2: ")
                && said.stderr().contains(reason),
            "{said}"
        );
    }
}

#[test]
fn d06_a_server_leads_nowhere_but_to_the_web_and_sends_no_more_than_it_says() {
    let sandbox = Sandbox::with_store();
    let served = server(|asked| match asked.path.as_str() {
        "/file" => Answer::of(302).with("Location", "file:///etc/passwd"),
        "/cloud" => Answer::of(302).with("Location", "http://169.254.169.254/latest"),
        "/loop" => Answer::of(302).with("Location", "/loop"),
        "/cut" => Answer { cut: Some(3), ..Answer::of(200).body("longer") },
        "/large" => Answer {
            cut: Some(3),
            ..Answer::of(200).with("Content-Length", u64::MAX >> 1).body("abc")
        },
        _ => Answer::of(404),
    });
    let host = served.host();
    for (path, reason) in [
        (format!("http://{host}/file"), "`file` is no way"),
        (format!("http://{host}/cloud"), "an address within this machine or its network"),
        (format!("http://{host}/loop"), "elsewhere more than 10 times"),
        (format!("http://{host}/cut"), "cut off"),
        (format!("http://{host}/large"), "is larger than"),
        ("http://169.254.169.254/latest".to_owned(), "only this machine's neighbours"),
        ("http://127.0.0.1:1/x".to_owned(), "did not answer"),
    ] {
        let said = build(&sandbox, &format!("ADD {path} /x"));
        assert_eq!(said.code(), 1, "{said}");
        assert!(said.stderr().contains(reason), "{reason}: {said}");
    }
}

/// Makes a repository and serves it as plain files, or says why not.
pub(super) fn repository(test: &str) -> Option<(Sandbox, FakeRegistry)> {
    if Command::new("git").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stdout(), "skipped: {test}: no git");
        return None;
    }
    let sandbox = Sandbox::with_store();
    sandbox.git(["init", "-q", "-b", "main", "repo"]);
    sandbox.write("repo/r", "root");
    sandbox.write("repo/sub/s", "sub");
    std::os::unix::fs::symlink("/etc", sandbox.path().join("repo/out")).unwrap();
    let git = |args: &[&str]| sandbox.git([&["-C", "repo"], args].concat());
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    git(&["tag", "-a", "-m", "x", "v1"]);
    sandbox.write("repo/r", "later");
    git(&["commit", "-qam", "two"]);
    sandbox.git(["clone", "-q", "--bare", "repo", "bare.git"]);
    sandbox.git(["-C", "bare.git", "update-server-info"]);
    let folder = sandbox.path();
    let served = server(move |asked| {
        let path = asked.path.split('?').next().unwrap().trim_start_matches('/');
        match fs::read(folder.join(path)) {
            Ok(bytes) => Answer::of(200).body(bytes),
            Err(_) => Answer::of(404),
        }
    });
    Some((sandbox, served))
}

#[test]
fn a_repository_comes_as_the_commit_that_is_meant() {
    let Some((sandbox, served)) = repository("repositories") else { return };
    let url = format!("http://{}/bare.git", served.host());
    let first = sandbox.git(["-C", "repo", "rev-parse", "v1^{commit}"]).trim().to_owned();
    let lines = format!(
        "ADD {url} /main\nADD --checksum={first} {url}#v1 /tag\nADD {url}#main:sub /sub\n\
        ADD --keep-git-dir=true {url}#{first} /commit\nADD {url}?branch=main&subdir=sub /query"
    );
    built(&sandbox, &lines);
    let read = |path: &str| String::from_utf8(sandbox.read(format!("out/{path}"))).unwrap();
    assert_eq!(
        (read("main/r"), read("tag/r"), read("commit/r")),
        ("later".into(), "root".into(), "root".into())
    );
    assert_eq!((read("sub/s"), read("query/s")), ("sub".into(), "sub".into()));
    let out = sandbox.path().join("out");
    assert!(out.join("commit/.git/HEAD").exists() && !out.join("main/.git").exists());
    let meta = fs::metadata(out.join("main/r")).unwrap();
    assert_eq!((meta.mode() & 0o7777, meta.mtime()), (0o644, crate::support::NOON / 1000));
    // The commit that is there already is asked for by its name alone.
    let before = served.content.count("GET", "/objects/");
    let again = sandbox.mls(["build", "-t", "x", "."]);
    assert!(again.code() == 0 && !again.stderr().contains("DONE"), "{again}");
    assert_eq!(served.content.count("GET", "/objects/"), before);
}

#[test]
fn d06_a_repository_leads_to_no_program_and_out_of_no_folder() {
    let Some((sandbox, served)) = repository("hostile repositories") else { return };
    let url = format!("http://{}/bare.git", served.host());
    for (source, code, reason) in [
        ("ssh://-oProxyCommand=touch${IFS}pwned/r.git".to_owned(), 2, "is no name of a server"),
        (format!("{url}#--upload-pack=touch"), 2, "is no branch, tag or commit"),
        (format!("{url}#main:../../.."), 0, ""),
        (format!("{url}#main:out"), 1, "no `out` in the repository"),
        (format!("{url}#nothing"), 1, "there is no `nothing`"),
        (format!("--checksum=0123456789 {url}"), 1, "not 0123456789"),
        (format!("http://{}/none.git", served.host()), 1, "could not be fetched"),
    ] {
        let said = build(&sandbox, &format!("ADD {source} /x/"));
        assert_eq!(said.code(), code, "{source}: {said}");
        assert!(said.stderr().contains(reason), "{source}: {said}");
    }
    sandbox.ok(["checkout", "x", "up"]);
    assert!(!sandbox.path().join("up/x/passwd").exists());
    assert!(!sandbox.path().join("pwned").exists());
}
