//! The way out of root's private network by `nft`, in a network of the test's own that has nothing else.

use super::Boxed;
use crate::proof::tell;

/// Hides `iptables`, and makes an outside that knows no way back to containers: only who is masqueraded hears an answer.
const OUTSIDE: &str = r#"
set -e
PATH=$PATH:/usr/sbin:/sbin
mkdir -p /run/mls
mount -t tmpfs none /run/mls
iptables=$(command -v iptables || true)
if [ -n "$iptables" ]; then mount --bind /dev/null "$(readlink -f "$iptables")"; fi
ip link set lo up
unshare -n sleep 1000 &
other=$!
trap 'kill $other' EXIT
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
ip link add out type veth peer name eth0 netns $other
ip addr add 192.0.2.1/24 dev out
ip link set out up
nsenter -t $other -n ip addr add 192.0.2.2/24 dev eth0
nsenter -t $other -n ip link set eth0 up
mkdir -p site
echo outside > site/index.html
nsenter -t $other -n busybox httpd -f -p 192.0.2.2:80 -h site &
trap "kill $other $!" EXIT
"$0" run --rm box sh -c 'for i in 1 2 3 4 5; do printf "GET / HTTP/1.0\r\n\r\n" | nc -w 2 192.0.2.2 80 && break; sleep 0.2; done' | tail -n 1
"$0" run --rm box sh -c 'ip -4 route | head -n 1 | cut -d" " -f1'
nft list table ip mls | grep -c masquerade
"#;

#[test]
fn without_iptables_the_way_out_is_made_by_nft() {
    let Some(boxed) = Boxed::of_root("the way out by nft") else { return };
    let found = |tool: &str| {
        ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
            .iter()
            .any(|folder| std::path::Path::new(folder).join(tool).exists())
    };
    if let Some(missing) = ["nft", "ip", "nsenter", "busybox"].into_iter().find(|tool| !found(tool))
    {
        return tell(&format!("skipped: the way out by nft: no `{missing}`"));
    }
    let mut command = boxed.sandbox.program("unshare");
    command.args(["-m", "-n", "sh", "-c", OUTSIDE, env!("CARGO_BIN_EXE_mls")]);
    let said = boxed.sandbox.finish(command);
    if said.stderr().contains("Could not process rule") {
        return tell(&format!("skipped: the way out by nft: {}", said.stderr()));
    }
    assert_eq!(said.stdout(), "outside\ndefault\n1\n", "{said}");
}
