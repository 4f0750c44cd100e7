//! Networks of containers: what is seen inside, and what reaches them from outside.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mls::container::{Mount, Network, Port, Source, Spec};

use super::{Root, run, run_until};
use crate::proof::tell;

const ECHO: &str = "MLS_TEST_ECHO";

/// Not a test: a server in a container that says what it is told.
#[test]
#[ignore = "started by a test below"]
fn echo() {
    let Some(port) = std::env::var(ECHO).ok().and_then(|port| port.parse().ok()) else { return };
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map(Result::unwrap) {
            std::thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
        }
    });
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap();
    let mut buffer = [0; 2048];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let _ = socket.send_to(&buffer[..length], from);
    }
}

const ECHOES: &str = "/it --exact container::network::echo --ignored > /dev/null";

/// Gives a container what it needs to run [`echo`].
fn echoing(mut spec: Spec) -> Spec {
    spec.env.push(format!("{ECHO}=53"));
    let bind = |(target, path): (&str, PathBuf)| Mount {
        target: target.to_owned(),
        source: Source::Bind(path),
        read_only: true,
    };
    let program = ("/it", std::env::current_exe().unwrap());
    let libraries = ["/lib", "/lib64"].map(|path| (path, PathBuf::from(path)));
    spec.mounts.extend(libraries.into_iter().filter(|(_, path)| path.exists()).map(bind));
    spec.mounts.push(bind(program));
    spec
}

/// A port of this machine that nobody listens at.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap().local_addr().unwrap().port()
}

fn private(root: &Root, script: &str, ports: &[String]) -> Spec {
    let ports = ports.iter().flat_map(|text| Port::parse(text).unwrap()).collect();
    Spec { network: Network::Private, ports, ..root.sh(script) }
}

/// Connects as soon as something answers, and returns what it says to `question`.
fn ask(address: SocketAddr, question: &[u8]) -> Vec<u8> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let mut answer = vec![];
        let asked = TcpStream::connect(address).and_then(|mut stream| {
            stream.write_all(question)?;
            stream.shutdown(std::net::Shutdown::Write)?;
            stream.read_to_end(&mut answer)
        });
        if asked.is_ok() && !answer.is_empty() {
            return answer;
        }
        assert!(Instant::now() < until, "nothing answers at {address}: {asked:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs `spec` for as long as `during` takes.
fn while_it_runs<T>(spec: &Spec, during: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let running = scope.spawn(|| run_until(spec, &|| done.load(Ordering::Relaxed)));
        // However it ends, the other thread is told.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(during));
        done.store(true, Ordering::Relaxed);
        let ran = running.join().unwrap();
        result.unwrap_or_else(|_| panic!("{ran:?}"))
    })
}

#[test]
fn a_private_network_has_an_address_a_gateway_and_names() {
    let Some(root) = Root::new("a private network") else { return };
    let mut spec = private(
        &root,
        "ip -o -4 addr show eth0 | grep -o 'inet [0-9.]*'; route -n | grep -c '^0.0.0.0'; \
         cat /etc/hosts | grep -c -E '^[0-9.]+\tbox$'; ip link show | grep -c mls0; \
         grep -E 'machine$' /etc/hosts",
        &[],
    );
    spec.host_names = vec!["machine".to_owned()];
    let said = run(&spec).ok();
    let lines: Vec<&str> = said.lines().collect();
    let address: Ipv4Addr = lines[0].strip_prefix("inet ").unwrap().parse().unwrap();
    assert!(address.is_private(), "{said}");
    assert_eq!(lines[1..4], ["1", "1", "0"], "{said}");
    let gateway = lines[4].split_whitespace().next().unwrap();
    assert!(gateway.parse::<Ipv4Addr>().unwrap().is_private(), "{said}");
    // The address was given back, and nothing is left of the cable.
    let left = fs::exists(format!("/run/mls/network/{address}")).unwrap();
    assert!(!left, "{address}");
}

#[test]
fn c11_a_published_port_is_bound_where_it_was_asked_for_and_one_in_use_is_refused() {
    let Some(root) = Root::new("a published port") else { return };
    let (here, everywhere, datagrams) = (free_port(), free_port(), free_port());
    let ports =
        [format!("127.0.0.1:{here}:80"), format!("{everywhere}:80"), format!("{datagrams}:53/udp")];
    let server = format!("{ECHOES} & echo page > /tmp/index.html; httpd -f -p 80 -h /tmp");
    let spec = echoing(private(&root, &server, &ports));
    let question = b"GET / HTTP/1.0\r\n\r\n";
    while_it_runs(&spec, || {
        for (address, port) in [([127, 0, 0, 1], here), ([127, 0, 0, 1], everywhere)] {
            let answer = ask(SocketAddr::from((address, port)), question);
            assert!(String::from_utf8(answer).unwrap().ends_with("page\n"));
        }
        assert!(TcpStream::connect(("127.0.0.2", here)).is_err());
        assert!(TcpStream::connect(("127.0.0.2", everywhere)).is_ok());
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut buffer = [0; 64];
        let answered = (0..50).any(|_| {
            socket.send_to(b"ping", ("127.0.0.1", datagrams)).unwrap();
            socket.recv(&mut buffer).is_ok_and(|length| &buffer[..length] == b"ping")
        });
        assert!(answered, "no datagram came back");
        let twice = run(&private(&root, "true", &[format!("{everywhere}:80")]));
        assert!(twice.error().contains("something else listens there"), "{twice:?}");
    });
    assert!(TcpStream::connect(("127.0.0.1", everywhere)).is_err(), "the port is still open");
}

#[test]
fn what_goes_through_a_published_port_arrives_whole_in_many_connections_at_once() {
    let Some(root) = Root::new("a published port") else { return };
    let port = free_port();
    let spec = echoing(private(&root, ECHOES, &[format!("127.0.0.1:{port}:53")]));
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    while_it_runs(&spec, || {
        ask(address, b"there?");
        std::thread::scope(|scope| {
            for seed in 0..16_u8 {
                scope.spawn(move || {
                    let sent: Vec<u8> = (0..3_000_000_u32)
                        .map(|at| seed ^ at.wrapping_mul(2_654_435_761).to_le_bytes()[3])
                        .collect();
                    let mut stream = TcpStream::connect(address).unwrap();
                    let mut writer = stream.try_clone().unwrap();
                    let mut heard = vec![];
                    std::thread::scope(|inner| {
                        inner.spawn(|| {
                            writer.write_all(&sent).unwrap();
                            writer.shutdown(std::net::Shutdown::Write).unwrap();
                        });
                        stream.read_to_end(&mut heard).unwrap();
                    });
                    assert!(heard == sent, "{} of {} bytes", heard.len(), sent.len());
                });
            }
        });
    });
}

#[test]
fn c11_what_cannot_be_published_is_refused() {
    let Some(root) = Root::new("ports") else { return };
    let spec = Spec { network: Network::None, ..private(&root, "true", &["80".to_owned()]) };
    assert!(run(&spec).error().contains("without a network"));
    let elsewhere = run(&private(&root, "true", &["192.0.2.77:80:80".to_owned()]));
    assert!(elsewhere.error().contains("no such address"), "{elsewhere:?}");
}

const ROOT: &str = "MLS_TEST_NETWORK_OF_USER";
/// Nobody's number on any machine this is likely to run on.
const USER: u32 = 15_001;

/// Not a test: what the ordinary user runs.
#[test]
#[ignore = "started by the test below"]
fn user() {
    let Some(path) = std::env::var_os(ROOT).map(PathBuf::from) else { return };
    let root = Root::at(&path);
    mls::container::enter_namespace().unwrap();
    let port = free_port();
    let server = private(
        &root,
        "echo page > /tmp/index.html; httpd -f -p 80 -h /tmp",
        &[format!("127.0.0.1:{port}:80")],
    );
    let page = while_it_runs(&server, || {
        ask(SocketAddr::from(([127, 0, 0, 1], port)), b"GET / HTTP/1.0\r\n\r\n")
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().port();
    let mut client = private(
        &root,
        // Its input stays open for a while: pasta was seen to lose the end of what is closed at once from both sides.
        &format!("route -n | grep -c '^0.0.0.0'; sleep 3 | nc machine {here}"),
        &[],
    );
    client.host_names = vec!["machine".to_owned()];
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"from outside\n").unwrap();
    });
    let ran = run(&client);
    if ran.exit.is_ok() {
        answering.join().unwrap();
    }
    let page = String::from_utf8(page).unwrap();
    let said = format!(
        "{}\n{}{:?}",
        page.lines().last().unwrap(),
        ran.out,
        ran.exit.map(|exit| exit.code())
    );
    fs::write(path.join("said"), said).unwrap();
}

/// Runs [`user`] as an ordinary user, with a `/dev/net/tun` of this mode; returns what it said.
fn as_user(tun: &str) -> Option<String> {
    let root = Root::new("a network of an ordinary user")?;
    let top = root.path().parent().unwrap().to_owned();
    fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
    let inner = super::again("container::network::user");
    let script = format!(
        "mount -t tmpfs -o mode=755 tun {0} && mknod {0}/tun c 10 200 && chmod {tun} {0}/tun && \
         mount --bind {0}/tun /dev/net/tun && chown -R {USER}:{USER} {1} && \
         exec setpriv --reuid {USER} --regid {USER} --clear-groups unshare --user --map-root-user \"$@\"",
        top.join("tun").display(),
        root.path().display(),
    );
    fs::create_dir(top.join("tun")).unwrap();
    let mut command = std::process::Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script, "sh"]);
    command.arg(inner.get_program()).args(inner.get_args());
    let output = command.env(ROOT, root.path()).current_dir("/").output().unwrap();
    let said = fs::read_to_string(root.path().join("said")).ok();
    if said.is_none() {
        let why = String::from_utf8_lossy(&output.stdout);
        let why = format!("{why}{}", String::from_utf8_lossy(&output.stderr));
        assert!(!why.contains("panicked"), "{why}");
        tell(&format!("skipped: a network of an ordinary user: {}", why.trim()));
    }
    said
}

#[test]
fn an_ordinary_user_s_ports_are_published_without_pasta() {
    let Some(said) = as_user("000") else { return };
    assert!(said.starts_with("page\n"), "{said}");
    assert!(said.contains("`machine` as a name for this machine"), "{said}");
}

#[test]
fn an_ordinary_user_s_containers_reach_the_outside_through_pasta() {
    if !Path::new("/usr/bin/pasta").exists() || !Path::new("/dev/net/tun").exists() {
        return tell("skipped: a network of an ordinary user: no `pasta`, or no `/dev/net/tun`");
    }
    let Some(said) = as_user("666") else { return };
    assert_eq!(said, "page\n1\nfrom outside\nOk(0)");
}
