//! A large base with real programs: Debian as `mmdebstrap` makes it, built upon here and by buildah. Only in the full proof:
//! it takes a mirror, and minutes.

use std::process::Command;

use super::beside_buildah::{Clock, files};
use super::lab::Lab;
use super::peer::Peer;
use crate::proof::{count, tell};

const MIRROR: &str = "deb http://deb.debian.org/debian bookworm main";

const STEPS: &str = r#"FROM base
RUN dpkg -l | wc -l > /packages && python3 -c 'import zlib; open("/py", "w").write(repr(zlib.crc32(b"x")))'
RUN perl -e 'open F, ">/perl"; print F join(",", map {$_ * 2} 1..5)' && useradd -m ada && chmod 4755 /home/ada
RUN mkdir -p /tmp/p/DEBIAN /tmp/p/usr/share/tiny && echo hi > /tmp/p/usr/share/tiny/f && \
    printf 'Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n' > /tmp/p/DEBIAN/control && \
    dpkg-deb -b /tmp/p /tmp/tiny.deb && dpkg -i /tmp/tiny.deb && rm -rf /tmp/p /tmp/tiny.deb /var/log/dpkg.log
RUN rm -rf /usr/share/doc /usr/share/man && mkdir /usr/share/man && find / -xdev -name '*.pyc' -delete
USER ada
WORKDIR /home/ada/w
RUN id -un > who && touch -d 2020-01-01 old && ln old hard && mkfifo pipe
"#;

#[test]
fn proof_a_debian_with_real_packages_is_built_upon_as_buildah_builds_upon_it() {
    let what = "a Debian base";
    if count(1, 0) == 0 {
        return;
    }
    let Some(lab) = Lab::new(what) else { return };
    let made = Command::new("mmdebstrap")
        .args([
            "--quiet",
            "--variant=minbase",
            "--include=python3-minimal",
            "bookworm",
            "debian.tar",
        ])
        .arg(MIRROR)
        .current_dir(lab.path())
        .output();
    if !made.as_ref().is_ok_and(|made| made.status.success()) {
        tell(&format!("skipped: {what}: {made:?}"));
        return;
    }
    lab.sandbox.ok(["import", "image", "debian.tar", "base"]);
    let Some(peer) = Peer::new(&lab, what) else { return };
    let begun = Clock::now();
    let context = lab.context("c", STEPS);
    let said = lab.build("c", &[]);
    assert_eq!(said.code(), 0, "{said}");
    let (ours, theirs) =
        (lab.read("c"), peer.build(&context.join("Dockerfile"), &context, &[]).unwrap());
    let found = files(&ours, &theirs, begun);
    // buildah leaves the places of what it mounts.
    let odd: Vec<&String> = found.iter().filter(|line| !line.contains("etc/hosts")).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    tell(&format!("proof: Debian built upon, {} paths as buildah's", ours.tree.len()));
    assert_eq!(lab.build("c", &[]).stderr().matches("CACHED").count(), 6);
    assert_eq!(lab.sandbox.mls(["fsck", "--read-data"]).code(), 0);
}
