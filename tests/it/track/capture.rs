use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mls::track::capture::{Variables, find_program, git, host, python};
use tempfile::TempDir;

/// Runs the real git, with no settings but these.
fn git(folder: &Path, args: &[&str], input: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    git(path, &["init", "-q", "."], b"");
    fs::write(path.join("train.py"), "print(1)\n").unwrap();
    fs::write(path.join("gone.txt"), "bye\n").unwrap();
    fs::write(path.join("small.bin"), b"\0\x01\x02").unwrap();
    fs::write(path.join(".gitignore"), "ignored\n").unwrap();
    git(path, &["add", "."], b"");
    git(path, &["commit", "-qm", "first"], b"");
    folder
}

fn capture(folder: &Path) -> git::State {
    git::capture(folder, &folder.join(".mlstore"))
}

#[test]
fn git_apply_takes_the_patch_and_makes_the_same_files() {
    let work = repository();
    let path = work.path();
    fs::write(path.join("train.py"), "print(2)\nno newline at the end").unwrap();
    fs::write(path.join("staged.py"), "staged\n").unwrap();
    git(path, &["add", "staged.py"], b"");
    fs::remove_file(path.join("gone.txt")).unwrap();
    fs::write(path.join("small.bin"), b"\0\x09\x02\x03").unwrap();
    fs::create_dir(path.join("sub dir")).unwrap();
    fs::write(path.join("sub dir/größe.py"), "untracked\n").unwrap();
    fs::write(path.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(path.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(path.join("empty"), "").unwrap();
    fs::write(path.join("ignored"), "secret").unwrap();
    fs::create_dir(path.join(".mlstore")).unwrap();
    fs::write(path.join(".mlstore/format"), "1").unwrap();

    let state = capture(&path.join("sub dir"));
    assert_eq!(state.warnings, Vec::<String>::new());
    let code = state.code.unwrap();
    assert_eq!(code.commit.unwrap(), git(path, &["rev-parse", "HEAD"], b""));
    assert_eq!(code.branch.as_deref(), Some("main"));
    assert!(code.dirty);
    let text = String::from_utf8_lossy(&state.patch).into_owned();
    assert!(!text.contains("secret") && !text.contains("mlstore"), "{text}");

    let clone = TempDir::new().unwrap();
    git(clone.path(), &["clone", "-q", path.to_str().unwrap(), "."], b"");
    git(clone.path(), &["apply", "--index", "-"], &state.patch);
    for file in ["train.py", "staged.py", "small.bin", "sub dir/größe.py", "run.sh", "empty"] {
        let same = fs::read(path.join(file)).unwrap() == fs::read(clone.path().join(file)).unwrap();
        assert!(same, "{file}");
    }
    assert!(!clone.path().join("gone.txt").exists());
    let mode = fs::metadata(clone.path().join("run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
}

#[test]
fn a_clean_repository_has_no_patch() {
    let work = repository();
    let state = capture(work.path());
    assert_eq!((state.code.unwrap().dirty, state.patch.len(), state.warnings.len()), (false, 0, 0));
}

#[test]
fn data_is_named_and_stays_out_of_the_patch() {
    let work = repository();
    fs::write(work.path().join("weights.bin"), vec![0; 4096]).unwrap();
    fs::write(work.path().join("large.csv"), "1,2,3\n".repeat(200_000)).unwrap();
    let state = capture(work.path());
    assert!(state.patch.is_empty());
    assert!(state.code.unwrap().dirty);
    assert!(state.warnings[0].contains("large.csv` and 1 more"), "{:?}", state.warnings);
}

#[test]
fn a_folder_without_git_is_no_warning() {
    let folder = TempDir::new().unwrap();
    let state = capture(folder.path());
    assert!(state.code.is_none() && state.warnings.is_empty(), "{state:?}");
}

#[test]
fn a_repository_without_commits_gives_its_files() {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "-q", "."], b"");
    fs::write(folder.path().join("a.py"), "a\n").unwrap();
    let state = capture(folder.path());
    let code = state.code.unwrap();
    assert_eq!((code.commit, code.branch.as_deref()), (None, Some("main")));
    assert!(String::from_utf8_lossy(&state.patch).contains("+a"), "{:?}", state.warnings);
}

#[test]
fn a_broken_repository_warns_and_stops_nothing() {
    for (file, bytes) in [(".git/HEAD", &b"\xff\xfegarbage"[..]), (".git/index", b"DIRCgarbage")] {
        let work = repository();
        fs::write(work.path().join(file), bytes).unwrap();
        let state = capture(work.path());
        assert!(!state.warnings.is_empty() || state.code.is_none(), "{file}: {state:?}");
    }
    let work = repository();
    fs::remove_dir_all(work.path().join(".git/objects")).unwrap();
    fs::create_dir(work.path().join(".git/objects")).unwrap();
    assert!(!capture(work.path()).warnings.is_empty());
}

#[test]
fn the_remote_is_recorded_without_credentials() {
    let work = repository();
    let url = "https://me:secret@example.com/a.git";
    git(work.path(), &["remote", "add", "upstream", url], b"");
    let code = capture(work.path()).code.unwrap();
    assert_eq!(code.remote.as_deref(), Some("https://example.com/a.git"));
}

#[test]
fn the_machine_has_a_name_cores_and_memory() {
    let host = host::capture();
    assert!(!host.arch.is_empty() && host.cores > 0 && host.memory > 0, "{host:?}");
}

fn variables(path: &Path) -> Variables {
    [(OsString::from("PATH"), path.as_os_str().to_owned())].into()
}

fn executable(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

fn virtual_environment(home: &Path) {
    fs::create_dir_all(home.join("bin")).unwrap();
    let packages = home.join("lib/python3.12/site-packages");
    fs::create_dir_all(packages.join("numpy-2.1.0.dist-info")).unwrap();
    fs::create_dir_all(packages.join("numpy")).unwrap();
    fs::write(home.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n").unwrap();
    executable(&home.join("bin/python"), "#!/bin/sh\nexit 1\n");
}

#[test]
fn a_virtual_environment_is_read_without_starting_it() {
    let folder = TempDir::new().unwrap();
    virtual_environment(&folder.path().join(".venv"));
    let bin = folder.path().join(".venv/bin");
    let shebang = format!("#!{}\nprint(1)\n", bin.join("python").display());
    executable(&bin.join("train"), &shebang);
    executable(&bin.join("env-train"), "#!/usr/bin/env python\n");
    executable(&bin.join("uv"), "");
    let commands: [&[&str]; 4] =
        [&["python", "x.py"], &["train"], &["env-train"], &["uv", "run", "x.py"]];
    for args in commands {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let found = python::search(&args, folder.path(), &variables(&bin)).finish();
        let found = found.unwrap_or_else(|| panic!("{args:?}"));
        assert_eq!(found.version, "3.12.4", "{args:?}");
        assert_eq!(found.packages.get("numpy").map(String::as_str), Some("2.1.0"));
    }
}

#[test]
fn another_interpreter_is_asked() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("site/torch-2.5.0.dist-info")).unwrap();
    let answer = format!(
        "#!/bin/sh\nprintf '3.13.1\\0/usr/bin/python3\\0{}/site'\n",
        folder.path().display()
    );
    executable(&folder.path().join("python3"), &answer);
    let args = [OsString::from("./python3")];
    let found = python::search(&args, folder.path(), &variables(folder.path())).finish().unwrap();
    assert_eq!((found.version.as_str(), found.packages["torch"].as_str()), ("3.13.1", "2.5.0"));
}

#[test]
fn a_command_that_is_no_python_has_none() {
    let folder = TempDir::new().unwrap();
    executable(&folder.path().join("tool"), "#!/bin/sh\npython x.py\n");
    for program in ["./tool", "tool", "absent"] {
        let args = [OsString::from(program)];
        assert!(python::search(&args, folder.path(), &variables(folder.path())).finish().is_none());
    }
    assert!(find_program("tool".as_ref(), folder.path(), &variables(folder.path())).is_some());
    assert!(find_program("absent".as_ref(), folder.path(), &variables(folder.path())).is_none());
}
