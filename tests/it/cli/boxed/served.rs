//! Servers in containers under load, images of other builders, and programs of a real system.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::Boxed;
use crate::cli::contained::soon;
use crate::proof::{count, tell};

/// Asks for the page as a client that has all the time; returns its last line.
fn page(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(20)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
}

fn address(boxed: &Boxed, name: &str) -> SocketAddr {
    let ports = boxed.sandbox.json(["port", name]);
    let port = ports[0]["host_port"].as_u64().unwrap();
    SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()))
}

#[test]
fn proof_a_server_answers_hundreds_at_once_beside_slow_ones_and_after_it_was_started_anew() {
    let Some(boxed) = Boxed::new("a server under load") else { return };
    let server = "echo page > /tmp/index.html; exec httpd -f -p 80 -h /tmp";
    let start = ["run", "-d", "--name", "web", "-p", "127.0.0.1::80", "box", "sh", "-c", server];
    let said = boxed.mls(&start);
    if said.code() != 0 {
        return tell(&format!("skipped: a server under load: {}", said.stderr()));
    }
    let at = address(&boxed, "web");
    soon("it answers", || page(at).as_deref() == Some("page"));
    // Those who begin and do not go on hold their connection, and nobody else's.
    let slow: Vec<TcpStream> = (0..count(200, 60))
        .filter_map(|_| {
            let mut stream = TcpStream::connect(at).ok()?;
            stream.write_all(b"GET / HT").ok()?;
            Some(stream)
        })
        .collect();
    let (answered, wanted) = (AtomicUsize::new(0), count(4000, 250));
    thread::scope(|scope| {
        for _ in 0..250 {
            scope.spawn(|| {
                for _ in 0..wanted / 250 {
                    answered.fetch_add(
                        usize::from(page(at).as_deref() == Some("page")),
                        Ordering::Relaxed,
                    );
                }
            });
        }
    });
    assert_eq!(answered.into_inner(), wanted, "with {} slow ones", slow.len());
    drop(slow);
    // Started anew under load: whoever asks then is refused or answered, and not left waiting; the port stays.
    let (over, after) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    if page(at).is_none() {
                        thread::sleep(Duration::from_millis(5));
                    }
                }
            });
        }
        for _ in 0..count(20, 2) {
            assert_eq!(boxed.mls(&["restart", "-t", "0", "web"]).code(), 0);
            let at = address(&boxed, "web");
            soon("it answers again", || page(at).is_some());
            after.fetch_add(1, Ordering::Relaxed);
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(boxed.mls(&["rm", "-f", "web"]).code(), 0);
    assert!(TcpStream::connect(at).is_err());
    tell(&format!("proof: a server under load: answered={wanted} restarts={}", after.into_inner()));
}

#[test]
fn images_of_buildah_and_podman_run_as_they_do_there() {
    let Some(boxed) = Boxed::of_root("images of buildah and podman") else { return };
    let top = boxed.sandbox.home();
    let call = |program: &str, args: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(["--storage-driver", "vfs", "--root"])
            .arg(top.join("root"))
            .arg("--runroot")
            .arg(top.join("run"));
        let output =
            command.args(args).current_dir(&top).output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    };
    let busybox = crate::container::busybox().unwrap();
    let made = || -> Result<(), String> {
        let id = call("buildah", &["from", "scratch"])?;
        call(
            "buildah",
            &["copy", "--chmod", "755", &id, busybox.to_str().unwrap(), "/bin/busybox"],
        )?;
        let entry = r#"["/bin/busybox", "sh", "-c"]"#;
        let script = "echo $GREETING from $(pwd) as $(id -u)";
        call(
            "buildah",
            &[
                "config",
                "--entrypoint",
                entry,
                "--cmd",
                &format!("'{script}'"),
                "--env",
                "GREETING=hello",
                "--env",
                "PATH=/bin",
                "--workingdir",
                "/here",
                "--user",
                "7:8",
                "--stop-signal",
                "USR1",
                &id,
            ],
        )?;
        call("buildah", &["copy", &id, busybox.to_str().unwrap(), "/bin/sh"])?;
        call("buildah", &["commit", "-q", &id, "oci-archive:one.tar:made:1"])?;
        call("buildah", &["commit", "-q", "--format", "docker", &id, "made:2"])?;
        call("podman", &["save", "-q", "-o", "two.tar", "made:2"]).map(drop)
    };
    if let Err(why) = made() {
        return tell(&format!("skipped: images of buildah and podman: {why}"));
    }
    for (archive, name) in [("one.tar", "made:1"), ("two.tar", "made:2")] {
        let path = top.join(archive);
        let said = boxed.mls(&["load", "-i", path.to_str().unwrap()]);
        assert_eq!(said.code(), 0, "{said}");
        let images = boxed.mls(&["images"]).stdout();
        let name = if boxed.mls(&["inspect", name]).code() == 0 {
            name.to_owned()
        } else {
            format!("localhost/{name}")
        };
        let run = |more: &[&str]| {
            boxed.mls(&[&["run", "--rm", "--network", "none", &name], more].concat())
        };
        let said = run(&["/bin/busybox echo $GREETING from $PWD"]);
        assert_eq!(said.stdout(), "hello from /here\n", "{said} {images}");
        assert_eq!(run(&["exec /bin/busybox id -u"]).stdout(), "7\n");
        assert_eq!(run(&["exit 9"]).code(), 9);
        assert_eq!(boxed.mls(&["create", "--name", "one", &name]).code(), 0);
        let signal = boxed.sandbox.json(["inspect", "one"])[0]["Config"]["StopSignal"].clone();
        assert!(signal == "10" || signal == "SIGUSR1", "{signal}");
        assert_eq!(boxed.mls(&["rm", "one"]).code(), 0);
    }
}

/// Programs of a whole system: this machine's own, shown read-only, so that each test run can afford it.
#[test]
fn a_python_of_debian_serves_from_a_container() {
    let Some(boxed) = Boxed::of_root("Python in a container") else { return };
    if !Path::new("/usr/bin/python3").exists() || !Path::new("/lib64").exists() {
        return tell("skipped: Python in a container: no `/usr/bin/python3`");
    }
    boxed.image("debian", &json!({"Env": ["PATH=/usr/bin"], "Cmd": ["python3", "-m", "http.server", "80"], "WorkingDir": "/srv"}), |layer| {
        layer.link("lib", "usr/lib");
        layer.link("lib64", "usr/lib64");
        layer.file("srv/index.html", 0o644, b"page\n");
    });
    serve(&boxed, &["-v", "/usr:/usr:ro", "debian"]);
}

/// The same of an image that holds the system itself.
#[test]
fn proof_a_debian_image_serves_with_its_own_python() {
    if count(1, 0) == 0 {
        return tell("skipped: a Debian image with Python: only with MLS_PROOF=full");
    }
    let Some(boxed) = Boxed::of_root("a Debian image with Python") else { return };
    let tar = boxed.sandbox.path().join("debian.tar");
    let made = Command::new("mmdebstrap")
        .args(["--variant=minbase", "--include=python3-minimal,python3", "bookworm"])
        .arg(&tar)
        .output();
    if !made.as_ref().is_ok_and(|output| output.status.success()) {
        return tell(&format!("skipped: a Debian image with Python: {made:?}"));
    }
    let serves = "CMD [\"python3\",\"-m\",\"http.server\",\"80\"]";
    let import = ["import", "image", tar.to_str().unwrap(), "debian:1"];
    let said =
        boxed.mls(&[&import[..], &["--change", serves, "--change", "WORKDIR /srv"]].concat());
    assert_eq!(said.code(), 0, "{said}");
    serve(&boxed, &["debian:1"]);
}

fn serve(boxed: &Boxed, image: &[&str]) {
    let said = boxed.mls(&[&["run", "-d", "--name", "py", "-p", "127.0.0.1::80"], image].concat());
    assert_eq!(said.code(), 0, "{said}");
    let at = address(boxed, "py");
    soon("it answers", || page(at).is_some());
    let answered: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..32).map(|_| scope.spawn(|| page(at))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(answered.iter().all(Option::is_some), "{answered:?}");
    let said = boxed.mls(&[
        "exec",
        "py",
        "python3",
        "-c",
        "import socket, os, sqlite3; print(os.getpid() > 1, socket.gethostname() != '')",
    ]);
    assert_eq!(said.stdout(), "True True\n", "{said}");
    assert_eq!(boxed.mls(&["stop", "-t", "5", "py"]).code(), 0);
    assert_eq!(boxed.mls(&["rm", "py"]).code(), 0);
}
