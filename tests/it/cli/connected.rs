//! What containers are connected to, as the flags say it: ports, devices, GPUs, profiles; what they use.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::contained::{sandbox, soon};

const SERVER: &str = "echo page > /tmp/index.html; httpd -f -p 80 -h /tmp";

fn page(port: u64) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).ok()?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
}

#[test]
fn a_published_port_is_listed_answers_and_is_held_still() {
    let Some(sandbox) = sandbox("a published port") else { return };
    sandbox.ok(["run", "-d", "--name", "web", "-p", "127.0.0.1::80", "box", "sh", "-c", SERVER]);
    let ports = sandbox.json(["port", "web"]);
    let port = ports[0]["host_port"].as_u64().unwrap();
    assert_eq!(
        sandbox.ok(["port", "web", "80"]).lines().last().unwrap(),
        format!("80/tcp  127.0.0.1:{port}")
    );
    assert_eq!(sandbox.mls(["port", "web", "81"]).code(), 5);
    soon("the page is there", || page(port).as_deref() == Some("page"));
    let again = format!("127.0.0.1:{port}:80");
    let twice = sandbox.mls(["run", "--rm", "-p", &again, "box", "true"]);
    assert_eq!(twice.code(), 125);
    assert!(twice.stderr().contains("something else listens there"), "{}", twice.stderr());
    let stats = sandbox.json(["stats", "--no-stream"]);
    assert_eq!(stats[0]["name"], "web", "{stats}");
    sandbox.ok(["rm", "-f", "web"]);
    assert_eq!(page(port), None);
}

#[test]
fn devices_profiles_and_gpus_are_asked_for_as_docker_does() {
    let Some(sandbox) = sandbox("devices of a container") else { return };
    let device = [
        "run",
        "--rm",
        "--device",
        "/dev/zero:/dev/mine",
        "box",
        "sh",
        "-c",
        "head -c3 /dev/mine | wc -c",
    ];
    assert_eq!(sandbox.ok(device), "3");
    fs::write(
        sandbox.path().join("profile.json"),
        r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":13}]}"#,
    )
    .unwrap();
    let made = |option: &str| {
        sandbox
            .mls([
                "run",
                "--rm",
                "--network",
                "none",
                "--security-opt",
                option,
                "box",
                "mkdir",
                "/x",
            ])
            .code()
    };
    assert_eq!([made("seccomp=profile.json"), made("seccomp=unconfined")], [1, 0]);
    fs::write(sandbox.path().join("profile.json"), "{").unwrap();
    assert_eq!(made("seccomp=profile.json"), 125);
    assert_eq!(made("seccomp=nothing.json"), 125);
    fs::write(sandbox.path().join("profile.json"), vec![b' '; (1 << 20) + 1]).unwrap();
    let large = ["run", "--rm", "--security-opt", "seccomp=profile.json", "box", "true"];
    let large = sandbox.mls(large);
    assert!(large.code() == 2 && large.stderr().contains("larger than"), "{large}");
    let gpus = sandbox.mls(["run", "--rm", "--device", "nobody.com/gpu=7", "box", "true"]);
    assert!(gpus.stderr().contains("`nobody.com/gpu=7` cannot be had here"), "{}", gpus.stderr());
    assert_eq!(sandbox.mls(["run", "--rm", "-p", "70000:80", "box", "true"]).code(), 2);
}
