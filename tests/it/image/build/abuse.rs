//! Dockerfiles and contexts that mean harm: ABUSE D01 to D04, D08 and D10 in real builds.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::lab::Lab;
use crate::container::on_this_machine;
use crate::proof::{count, tell};

/// What must never be found in a store.
const SECRET: &str = "hidden-from-all-4711";

impl Lab {
    /// Fails where `secret` is in anything that the store has: objects, database, what is kept beside them.
    #[track_caller]
    pub(crate) fn lacks(&self, secret: &str) {
        let has = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        let store = self.store();
        let mut objects = 0;
        for link in store.find("").unwrap() {
            objects += 1;
            assert!(!has(&store.read(&link).unwrap()), "{} has it", link.digest);
        }
        assert!(objects > 10, "{objects}");
        let mut open = vec![self.sandbox.store()];
        while let Some(path) = open.pop() {
            for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap()) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file() {
                    let found = fs::read(entry.path()).unwrap_or_default();
                    assert!(!has(&found), "{} has it", entry.path().display());
                }
            }
        }
    }
}

#[test]
fn d01_nothing_outside_of_the_context_is_copied() {
    let Some(lab) = Lab::new("D01: contexts") else { return };
    lab.sandbox.write("secret", SECRET);
    let context = lab.context("c", "FROM base\nCOPY dir /d\n");
    fs::create_dir(context.join("dir")).unwrap();
    symlink("../../secret", context.join("dir/up")).unwrap();
    symlink(lab.path().join("secret"), context.join("dir/away")).unwrap();
    symlink("..", context.join("out")).unwrap();
    assert_eq!(lab.build("c", &[]).code(), 0);
    let tree = lab.read("c").tree;
    assert_eq!((tree["d/up"].kind, tree["d/up"].content.as_str()), ("symlink", "../../secret"));
    let sources = [
        "../secret",
        "/../secret",
        "dir/../../secret",
        "dir/up",
        "dir/away",
        "out/secret",
        "o*/secret",
        "/etc/shadow",
        "./../../../../../../etc/shadow",
    ];
    for source in sources {
        let text = format!("FROM base\nCOPY {source} /x/\n");
        fs::write(context.join("Dockerfile"), text).unwrap();
        assert_eq!(lab.build("c", &[]).code(), 1, "{source}");
    }
    // The context itself may be a symlink; that is the user's own word.
    fs::write(context.join("Dockerfile"), "FROM base\nCOPY dir /d\n").unwrap();
    symlink("c", lab.path().join("linked")).unwrap();
    assert_eq!(lab.build("linked", &[]).code(), 0);
    lab.lacks(SECRET);
}

#[test]
fn d01_proof_a_folder_that_becomes_a_link_while_it_is_read_leads_nowhere() {
    let Some(lab) = Lab::new("D01: swaps") else { return };
    for name in ["outside/deep/file", "outside/file"] {
        lab.sandbox.write(name, SECRET);
    }
    for name in ["c/dir/deep/file", "c/dir/file"] {
        lab.sandbox.write(name, "harmless");
    }
    let context = lab.context("c", "FROM base\nCOPY dir /d\n");
    let done = AtomicBool::new(false);
    let (mut built, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            symlink("../outside", context.join("link")).unwrap();
            while !done.load(Ordering::Relaxed) {
                // Both are always there, under one name or the other.
                let how = rustix::fs::RenameFlags::EXCHANGE;
                let (at, folder) = (rustix::fs::CWD, context.join("dir"));
                rustix::fs::renameat_with(at, folder, at, context.join("link"), how).unwrap();
            }
        });
        for number in 0..count(400, 12) {
            // Another name in it each time, so that it is looked at anew.
            let label = format!("n={number}");
            match lab.build("c", &["--no-cache", "--label", &label]).code() {
                0 => built += 1,
                _ => refused += 1,
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    lab.lacks(SECRET);
    tell(&format!("proof: d01-swaps built={built} refused={refused} escaped=0"));
}

#[test]
fn d02_links_of_an_image_stay_in_it() {
    let Some(lab) = Lab::new("D02: links") else { return };
    let secret = lab.sandbox.write("secret", SECRET);
    let away = lab.path().display().to_string();
    lab.context("img", &format!("FROM base\nRUN ln -s / /link && ln -s {away} /away\n"));
    assert_eq!(lab.build("img", &[]).code(), 0);
    let path = secret.display();
    for source in [format!("/link{path}"), "/away/secret".to_owned()] {
        lab.context("c", &format!("FROM base\nCOPY --from=img {source} /x\n"));
        assert_eq!(lab.build("c", &[]).code(), 1, "{source}");
    }
    lab.context("c", "FROM base\nCOPY --from=img /link/etc/group /x\n");
    assert_eq!(lab.build("c", &[]).code(), 0);
    lab.context(
        "c",
        &format!(
            "FROM base\nRUN --mount=from=img,source=/link,target=/m test -e /m/bin/busybox && \
             test ! -e /m{path} && ls -d /m/link/bin\n\
             RUN --mount=type=cache,from=img,source=/link,target=/m test ! -e /m{path}\n"
        ),
    );
    let said = lab.build("c", &[]);
    assert_eq!(said.code(), 0, "{said}");
    lab.context("c", "FROM base\nRUN --mount=from=img,source=/away,target=/m cat /m/secret\n");
    assert_eq!(lab.build("c", &[]).code(), 1);
    lab.lacks(SECRET);
}

#[test]
fn d03_proof_two_stages_that_swap_links_in_a_shared_cache_reach_no_host_path() {
    let Some(lab) = Lab::new("D03: races") else { return };
    let secret = lab.sandbox.write("secret", SECRET);
    let path = secret.display();
    let steps = count(400, 8);
    let looks: String = (0..steps)
        .map(|number| {
            format!(
                "RUN --mount=type=cache,id=x,source=sub,target=/s --mount=type=cache,id=x,target=/s/sub \
                 : {number}; ! cat /s{path} /s/secret /s/sub{path} /s/sub/secret\n"
            )
        })
        .collect();
    let away = lab.path().display().to_string();
    let swap = format!(
        "for i in $(seq {}); do rm -rf /c/sub; ln -s / /c/sub; rm -rf /c/sub; ln -s {away} /c/sub; \
         rm /c/sub; mkdir /c/sub; done",
        steps * 150
    );
    lab.context(
        "c",
        &format!(
            "FROM base AS a\nRUN --mount=type=cache,id=x,target=/c {swap}; true\n\
             FROM base AS b\n{looks}\
             FROM base\nCOPY --from=a /etc/group /a\nCOPY --from=b /etc/group /b\n"
        ),
    );
    let said = lab.build("c", &[]);
    assert!(!said.stderr().contains(SECRET), "{said}");
    assert!([0, 1].contains(&said.code()), "{said}");
    lab.lacks(SECRET);
    tell(&format!("proof: d03-mounts={steps} escaped=0"));
}

#[test]
fn d04_the_stub_of_a_mount_is_removed_in_the_image_only() {
    let Some(lab) = Lab::new("D04: stubs") else { return };
    let folder = lab.path().join("host");
    fs::create_dir(&folder).unwrap();
    let host = folder.display();
    for name in ["y", "z"] {
        lab.sandbox.write(format!("host/{name}"), "");
    }
    fs::create_dir(folder.join("empty")).unwrap();
    lab.context(
        "c",
        &format!(
            "FROM base\nRUN mkdir -p /x/real && ln -s {host} /x/link\n\
             RUN --mount=type=tmpfs,target=/x/real/y mv /x /was && mkdir -p /x && ln -s {host} /x/real\n\
             RUN --mount=type=tmpfs,target=/x/link/empty true\n\
             RUN --mount=type=tmpfs,target=/x/link/z true\n"
        ),
    );
    let said = lab.build("c", &[]);
    assert!([0, 1].contains(&said.code()), "{said}");
    for name in ["y", "z", "empty"] {
        assert!(folder.join(name).exists(), "{name}\n{said}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
}

#[test]
fn d08_a_secret_is_in_no_object_and_in_nothing_that_is_kept() {
    let Some(lab) = Lab::new("D08: secrets") else { return };
    lab.sandbox.write("c/s", SECRET);
    lab.sandbox.write("c/.dockerignore", "*\n!.mlstore\n!.git\n!ok\n");
    lab.sandbox.write("c/ok", "ok");
    lab.context(
        "c",
        "FROM base AS one\nRUN --mount=type=secret,id=s wc -c < /run/secrets/s > /size\n\
         RUN --mount=type=secret,id=s,env=TOKEN test -n \"$TOKEN\"\n\
         RUN --mount=type=secret,id=s,target=/etc/token,mode=0444,uid=5 cat /etc/token | wc -c\n\
         FROM one\nCOPY --from=one /size /n\nCOPY . /all\n",
    );
    let said = lab.build("c", &["--secret", "id=s,src=c/s"]);
    assert_eq!(said.code(), 0, "{said}");
    assert!(!said.to_string().contains(SECRET));
    let tree = lab.read("c").tree;
    assert!(tree.contains_key("all/ok") && !tree.contains_key("all/s"));
    lab.lacks(SECRET);
    // A failed step keeps it to itself as well.
    lab.context("c", "FROM base\nRUN --mount=type=secret,id=s cp /run/secrets/s /kept && false\n");
    assert_eq!(lab.build("c", &["--secret", "id=s,src=c/s"]).code(), 1);
    lab.lacks(SECRET);
}

#[test]
fn d08_a_store_in_the_context_is_never_copied_into_itself() {
    let Some(lab) = Lab::new("D08: stores") else { return };
    lab.sandbox.write("Dockerfile", "FROM base\nCOPY . /all\n");
    lab.sandbox.write(".dockerignore", "base\n!.mlstore\n");
    let said = lab.sandbox.mls(["build", "-t", "c", "."]);
    assert_eq!(said.code(), 0, "{said}");
    let tree = lab.read("c").tree;
    assert!(tree.contains_key("all/Dockerfile"));
    assert!(!tree.keys().any(|path| path.contains(".mlstore")));
}

#[test]
fn d10_a_command_changes_nothing_but_its_layer_and_leaves_no_process() {
    let Some(lab) = Lab::new("D10: commands") else { return };
    lab.sandbox.write("c/kept", "as it was");
    let cases = [
        ("RUN --mount=type=bind,target=/c,rw echo lost > /c/kept; echo new > /c/new", 0),
        ("RUN --mount=type=bind,target=/c echo lost > /c/kept", 1),
        ("RUN (setsid sleep 4412 &) ; sleep 4412 & (sleep 4412 & sleep 4412 &) ; true", 0),
        ("RUN kill -9 1; kill -9 -1; true", 137),
        ("RUN rm -rf --no-preserve-root / 2>/dev/null; true", 0),
        ("RUN exec rm -rf /bin /usr /etc/deep", 0),
    ];
    for (line, code) in cases {
        lab.context("c", &format!("FROM base\n{line}\n"));
        let said = lab.build("c", &[]);
        match code {
            137 => assert!([0, 1].contains(&said.code()), "{line}: {said}"),
            code => assert_eq!(said.code(), code, "{line}: {said}"),
        }
        assert!(!on_this_machine("sleep 4412"), "{line}");
    }
    let kept = |name: &str| fs::read_to_string(lab.path().join("c").join(name)).ok();
    assert_eq!((kept("kept").as_deref(), kept("new")), (Some("as it was"), None));
    assert!(Path::new("/bin/sh").exists());
    assert_eq!(lab.sandbox.mls(["fsck"]).code(), 0);
    // What was removed is whiteouts; the base has lost nothing.
    lab.context("c", "FROM base\nRUN test -e /etc/passwd\n");
    assert_eq!(lab.build("c", &[]).code(), 0);
}

#[test]
fn d10_a_tag_is_a_name_and_nothing_else() {
    let Some(lab) = Lab::new("D10: tags") else { return };
    lab.context("c", "FROM base\nLABEL a=b\n");
    for tag in ["--privileged", "a\nb", "../../x", "", "a b", "a/../b", "/a", "A:b:c", "a:../b"] {
        let said = lab.sandbox.mls(["build", "--tag", tag, "c"]);
        assert!([1, 2].contains(&said.code()), "{tag:?}: {said}");
        assert!(!said.stderr().contains("DONE"), "{tag:?}: {said}");
    }
    assert_eq!(lab.sandbox.mls(["images"]).stdout().lines().count(), 2);
}

#[test]
fn a_step_that_fills_the_disk_fails_and_the_next_does_not() {
    let Some(lab) = Lab::new("full disks") else { return };
    let small = lab.path().join("small");
    let Some(_mounted) = crate::proof::disk::tmpfs(small.clone(), "size=96m") else { return };
    let mls = |args: &[&str]| {
        let mut command = lab.sandbox.command(args);
        command.current_dir(&small);
        lab.sandbox.finish(command)
    };
    assert_eq!(mls(&["init"]).code(), 0);
    lab.sandbox.ok(["save", "base", "-o", "small/base.tar"]);
    assert_eq!(mls(&["load", "-i", "base.tar"]).code(), 0);
    fs::remove_file(small.join("base.tar")).unwrap();
    lab.context("c", "FROM base\nRUN dd if=/dev/zero of=/big bs=1M\n");
    let said = mls(&["build", "-t", "c", "../c"]);
    assert_eq!(said.code(), 1, "{said}");
    assert!(said.stderr().contains("No space left"), "{said}");
    lab.context("c", "FROM base\nRUN dd if=/dev/urandom of=/big bs=1M count=50\n");
    let said = mls(&["build", "-t", "c", "../c"]);
    assert_ne!(said.code(), 0, "{said}");
    assert!(said.stderr().to_lowercase().contains("no space"), "{said}");
    lab.context("c", "FROM base\nRUN echo small > /small\n");
    let said = mls(&["build", "-t", "c", "../c"]);
    assert_eq!(said.code(), 0, "{said}");
    assert_eq!(mls(&["fsck"]).code(), 0);
}

#[test]
fn of_a_hundred_megabytes_of_output_two_are_shown() {
    let Some(lab) = Lab::new("output") else { return };
    for (line, end) in [("yes so much to say", ""), ("tr '\\0' x < /dev/zero", "")] {
        let script = format!("{line} | head -c 104857600; echo the end{end}");
        lab.context("c", &format!("FROM base\nRUN {script}\nRUN {script}; exit 3\n"));
        let mut command = lab.sandbox.command(["build", "-t", "c", "c"]);
        command.stderr(Stdio::piped());
        let said = lab.sandbox.finish(command);
        assert_eq!(said.code(), 1);
        let shown = said.stderr();
        assert!(shown.len() < 14 << 20, "{}", shown.len());
        assert!(shown.contains("[output clipped, log limit 2MiB reached]"));
        // Of what failed, the end is told.
        assert!(shown.contains("the end"), "{}", &shown[shown.len() - 400..]);
    }
}
