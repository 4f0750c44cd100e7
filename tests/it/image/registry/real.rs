//! Debian's docker-registry, with a login and a certificate of its own, through the program.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mls::remote::registry::Digest;
use serde_json::json;

use crate::support::Sandbox;
use crate::support::registry::TAR;

/// `ada` with the password `secret`, as htpasswd writes it.
const HTPASSWD: &str = "ada:$2b$05$yzv50jZL4cnTzzJZiO6p9eheur3LCXNk8LiTCD8kUDQ/viVVqvZqW\n";

/// A registry that ends with the test.
pub(super) struct Registry {
    child: Child,
    pub(super) host: String,
    folder: tempfile::TempDir,
    certificate: std::path::PathBuf,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Registry {
    /// Starts it; nothing where it is not installed.
    pub(super) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = folder.path().join("cert.pem");
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        fs::write(folder.path().join("htpasswd"), HTPASSWD).unwrap();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let top = folder.path().display();
        let config = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {top}/data\nhttp:\n  addr: {free}\n  tls:\n    \
             certificate: {top}/cert.pem\n    key: {top}/key.pem\nauth:\n  htpasswd:\n    realm: x\n    path: {top}/htpasswd\n"
        );
        let path = folder.path().join("config.yml");
        fs::write(&path, config).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            crate::proof::tell("skipped: docker-registry is not installed");
            return None;
        };
        for _ in 0..200 {
            if TcpStream::connect(free).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        let host = format!("localhost:{}", free.port());
        Some(Self { child, host, folder, certificate })
    }

    /// Returns all files that it keeps.
    pub(super) fn kept(&self) -> Vec<std::path::PathBuf> {
        let (mut files, mut open) = (vec![], vec![self.folder.path().join("data")]);
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.path() {
                    path if path.is_dir() => open.push(path),
                    path => files.push(path),
                }
            }
        }
        files.sort();
        files
    }

    pub(super) fn command(&self, sandbox: &Sandbox, args: &[&str]) -> Command {
        let mut command = sandbox.command(args);
        command.env("MLS_CA_FILE", &self.certificate);
        command
    }

    pub(super) fn said(&self, sandbox: &Sandbox, args: &[&str]) -> crate::support::Said {
        sandbox.finish(self.command(sandbox, args))
    }

    pub(super) fn login(&self, sandbox: &Sandbox, password: &str) -> i32 {
        sandbox.write("password", password);
        let mut command =
            self.command(sandbox, &["login", &self.host, "-u", "ada", "--password-stdin"]);
        command.stdin(fs::File::open(sandbox.path().join("password")).unwrap());
        sandbox.finish(command).code()
    }
}

/// Copies with skopeo; fails where it is not installed.
pub(super) fn skopeo(registry: &Registry, from: &str, to: &str) -> Option<()> {
    let creds = ["--src-creds", "--dest-creds"];
    let mut command = Command::new("skopeo");
    command.args([
        "copy",
        "--preserve-digests",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
    ]);
    for (flag, place) in creds.iter().zip([from, to]) {
        if place.starts_with("docker://") {
            command.args([flag, "ada:secret"]);
        }
    }
    let _ = registry;
    let done = command.args([from, to]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match done {
        Ok(status) => status.success().then_some(()),
        Err(_) => {
            crate::proof::tell("skipped: skopeo is not installed");
            None
        }
    }
}

/// Writes an OCI layout with one image of one layer, packed by `pack`; returns the digest of its manifest.
pub(crate) fn layout(
    folder: &Path,
    tar: &[u8],
    media_type: &str,
    pack: impl Fn(&[u8]) -> Vec<u8>,
) -> Digest {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let keep = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::of(bytes);
        fs::write(blobs.join(digest.hex()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    };
    let layer = keep(media_type, &pack(tar));
    let config = json!({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": [Digest::of(tar)]}});
    let config = keep(crate::support::registry::CONFIG, config.to_string().as_bytes());
    let manifest = json!({"schemaVersion": 2, "mediaType": crate::support::registry::MANIFEST,
        "config": config, "layers": [layer]});
    let bytes = format!("{manifest:#}");
    let mut manifest = keep(crate::support::registry::MANIFEST, bytes.as_bytes());
    manifest["annotations"] = json!({"org.opencontainers.image.ref.name": "train:1"});
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    Digest::of(bytes.as_bytes())
}

/// Packs as a single member of gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::new(5));
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn an_image_of_skopeo_comes_and_goes_with_its_digest_over_tls_and_with_a_login() {
    let Some(registry) = Registry::start() else { return };
    let sandbox = Sandbox::with_store();
    let tar = super::tar("etc/hello", &crate::remote::registry::noise("real", 700_000));
    layout(&sandbox.path().join("oci"), &tar, &format!("{TAR}+gzip"), gzip);
    let source = format!("docker://{}/team/train:1", registry.host);
    let from = format!("oci:{}", sandbox.path().join("oci").display());
    if skopeo(&registry, &from, &source).is_none() {
        return;
    }
    let image = format!("{}/team/train:1", registry.host);
    let refused = registry.said(&sandbox, &["pull", &image]);
    assert_eq!(refused.code(), 4, "{refused}");
    assert_eq!(registry.login(&sandbox, "wrong"), 4);
    assert_eq!(registry.login(&sandbox, "secret\n"), 0);
    let pulled = registry.said(&sandbox, &["pull", "-q", &image]);
    assert_eq!(pulled.code(), 0, "{pulled}");
    let elsewhere = format!("{}/other/train:2", registry.host);
    let pushed = registry.said(&sandbox, &["push", "-q", &image, &elsewhere]);
    assert_eq!((pushed.code(), pushed.stdout()), (0, pulled.stdout()), "{pushed}");
    let back = sandbox.path().join("back");
    let back = format!("dir:{}", back.display());
    skopeo(&registry, &format!("docker://{elsewhere}"), &back).unwrap();
    let manifest = mls::remote::registry::Digest::of(&sandbox.read("back/manifest.json"));
    assert_eq!(pulled.stdout().trim(), manifest.to_string());
    let packed = registry.said(&sandbox, &["push", &image, &elsewhere, "--compression", "gzip"]);
    assert_eq!(packed.code(), 0, "what came compressed goes as it came: {packed}");
    let missing = format!("{}/team/none:1", registry.host);
    assert_eq!(registry.said(&sandbox, &["pull", &missing]).code(), 5);
    assert_eq!(registry.said(&sandbox, &["logout", &registry.host]).code(), 0);
    assert_eq!(registry.said(&sandbox, &["pull", &image]).code(), 4);
}
