//! Programs of 32 bits, which Docker's filter lets through, and which may do no more than others.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::Boxed;
use crate::proof::tell;

/// Returns a program for i386; nothing, having said why, where none can be made or run.
fn program(folder: &Path) -> Option<Vec<u8>> {
    let skipped = |why: String| {
        tell(&format!("skipped: programs of 32 bits: {why}"));
        None
    };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/boxed/i386.s");
    let (object, to) = (folder.join("i386.o"), folder.join("i386"));
    let mut assembler = Command::new("as");
    assembler.arg("--32").arg("-o").args([&object, &source]);
    let mut linker = Command::new("ld");
    linker.args(["-m", "elf_i386", "-o"]).args([&to, &object]);
    for mut command in [assembler, linker] {
        match command.output() {
            Ok(output) if output.status.success() => {}
            Ok(output) => return skipped(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => return skipped(format!("{command:?}: {error}")),
        }
    }
    match Command::new(&to).output() {
        Ok(output) if output.stdout == b"32 bits\n" => Some(std::fs::read(to).unwrap()),
        other => skipped(format!("this kernel runs none: {other:?}")),
    }
}

#[test]
fn c06_programs_of_32_bits_run_behind_the_same_filter() {
    let Some(boxed) = Boxed::new("programs of 32 bits") else { return };
    let Some(program) = program(&boxed.sandbox.home()) else { return };
    boxed.image("old", &json!({"Cmd": ["/bin/old"]}), |layer| {
        layer.file("bin/old", 0o755, &program);
    });
    let run = |flags: &[&str]| {
        let said = boxed.mls(&[&["run", "--rm", "--network", "none"], flags, &["old"]].concat());
        assert_eq!(said.stdout(), "32 bits\n", "{flags:?}: {said}");
        said.code()
    };
    let refused = 1; // EPERM
    assert_eq!(run(&[]), refused);
    assert_eq!(run(&["--cap-add", "ALL"]), refused);
    assert_ne!(run(&["--security-opt", "seccomp=unconfined"]), refused);
    // One that a user's profile does not name is killed at its first call, by SIGSYS.
    let profile = r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}"#;
    boxed.sandbox.write("profile.json", profile);
    let killed = boxed.mls(&["run", "--rm", "--security-opt", "seccomp=profile.json", "old"]);
    assert_eq!((killed.code(), killed.stdout().as_str()), (159, ""), "{killed}");
}
