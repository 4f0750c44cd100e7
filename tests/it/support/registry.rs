//! A registry that does what a test tells it: sound where nothing is said, and as hostile as a closure makes it.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use mls::remote::registry::Digest;
use serde_json::{Value, json};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const TAR: &str = "application/vnd.oci.image.layer.v1.tar";

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The connection ends after so many bytes of the body.
    pub(crate) cut: Option<usize>,
}

type Script = dyn Fn(&Asked, &Content) -> Option<Answer> + Send + Sync;

/// What a registry holds.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) blobs: Mutex<HashMap<String, Vec<u8>>>,
    /// By tag and by digest: media type and bytes.
    pub(crate) manifests: Mutex<HashMap<String, (String, Vec<u8>)>>,
    uploads: Mutex<HashMap<String, Vec<u8>>>,
    /// How many uploads have begun: their names are never used again.
    begun: AtomicUsize,
    pub(crate) asked: Mutex<Vec<Asked>>,
}

/// Listens until the test ends.
pub(crate) struct FakeRegistry {
    pub(crate) address: SocketAddr,
    pub(crate) content: Arc<Content>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.path.contains(part)
    }
}

impl Answer {
    pub(crate) fn of(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl Content {
    pub(crate) fn blob(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        self.blobs.lock().unwrap().insert(digest.to_string(), bytes.to_vec());
        digest
    }

    pub(crate) fn manifest(&self, tag: &str, media_type: &str, value: &Value) -> Value {
        let bytes = value.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let described = json!({"mediaType": media_type, "digest": digest, "size": bytes.len()});
        let mut manifests = self.manifests.lock().unwrap();
        for name in [tag.to_owned(), digest.to_string()] {
            manifests.insert(name, (media_type.to_owned(), bytes.clone()));
        }
        described
    }

    /// Keeps an image of plain layers under a tag; returns its descriptor.
    pub(crate) fn image(&self, tag: &str, layers: &[Vec<u8>]) -> Value {
        let diff_ids: Vec<Digest> = layers.iter().map(|layer| self.blob(layer)).collect();
        let config = json!({"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let config = config.to_string().into_bytes();
        let layers: Vec<Value> = layers
            .iter()
            .map(
                |layer| json!({"mediaType": TAR, "digest": Digest::of(layer), "size": layer.len()}),
            )
            .collect();
        let config =
            json!({"mediaType": CONFIG, "digest": self.blob(&config), "size": config.len()});
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config,
            "layers": layers});
        self.manifest(tag, MANIFEST, &manifest)
    }

    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.is(method, part)).count()
    }

    /// Answers as a sound registry does.
    pub(crate) fn answer(&self, asked: &Asked) -> Answer {
        let path = asked.path.split('?').next().unwrap();
        let last = path.rsplit('/').next().unwrap();
        match asked.method.as_str() {
            "GET" | "HEAD" if path == "/v2/" => Answer::of(200).body("{}"),
            "GET" | "HEAD" if path.contains("/manifests/") => {
                match self.manifests.lock().unwrap().get(last) {
                    Some((media_type, bytes)) => Answer::of(200)
                        .with("Content-Type", media_type)
                        .with("Docker-Content-Digest", Digest::of(bytes))
                        .body(bytes.clone()),
                    None => Answer::of(404),
                }
            }
            "GET" if path.contains("/blobs/uploads/") => {
                match self.uploads.lock().unwrap().get(last) {
                    Some(bytes) => Answer::of(204)
                        .with("Range", format!("0-{}", bytes.len().saturating_sub(1)))
                        .with("Location", path),
                    None => Answer::of(404),
                }
            }
            "GET" | "HEAD" if path.contains("/blobs/") => {
                match self.blobs.lock().unwrap().get(last) {
                    Some(bytes) => ranged(asked, bytes),
                    None => Answer::of(404),
                }
            }
            "POST" => {
                let id = self.begun.fetch_add(1, Ordering::Relaxed).to_string();
                self.uploads.lock().unwrap().insert(id.clone(), vec![]);
                Answer::of(202).with("Location", format!("{path}{id}?state=x"))
            }
            "PATCH" => {
                let mut uploads = self.uploads.lock().unwrap();
                let bytes = uploads.entry(last.to_owned()).or_default();
                bytes.extend_from_slice(&asked.body);
                Answer::of(202)
                    .with("Location", path)
                    .with("Range", format!("0-{}", bytes.len().saturating_sub(1)))
            }
            "PUT" if path.contains("/blobs/uploads/") => {
                let mut bytes = self.uploads.lock().unwrap().remove(last).unwrap_or_default();
                bytes.extend_from_slice(&asked.body);
                let told = asked.path.split("digest=").nth(1).unwrap_or("").replace("%3A", ":");
                match self.blob(&bytes).to_string() == told {
                    true => Answer::of(201).with("Docker-Content-Digest", told),
                    false => Answer::of(400),
                }
            }
            "PUT" => {
                let value = (asked.header("content-type").to_owned(), asked.body.clone());
                let digest = Digest::of(&asked.body).to_string();
                let mut manifests = self.manifests.lock().unwrap();
                manifests.insert(last.to_owned(), value.clone());
                manifests.insert(digest.clone(), value);
                Answer::of(201).with("Docker-Content-Digest", digest)
            }
            _ => Answer::of(405),
        }
    }
}

fn ranged(asked: &Asked, bytes: &[u8]) -> Answer {
    let range = asked.header("range");
    match range.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-')?.parse().ok()) {
        Some(from) if from < bytes.len() => Answer::of(206)
            .with("Content-Range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len()))
            .body(&bytes[from..]),
        _ => Answer::of(200).body(bytes),
    }
}

impl FakeRegistry {
    pub(crate) fn sound() -> Self {
        Self::new(|_, _| None)
    }

    /// Begins to listen; what `script` does not answer is answered soundly.
    pub(crate) fn new(
        script: impl Fn(&Asked, &Content) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let content = Arc::new(Content::default());
        let (script, shared): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&content));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, content) = (Arc::clone(&script), Arc::clone(&shared));
                thread::spawn(move || serve(stream, &*script, &content));
            }
        });
        Self { address, content }
    }

    /// Returns the host as it stands in names of images.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }
}

fn serve(stream: TcpStream, script: &Script, content: &Content) -> Option<()> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let mut output = stream;
    loop {
        let asked = read(&mut input)?;
        content.asked.lock().unwrap().push(asked.clone());
        let answer = script(&asked, content).unwrap_or_else(|| content.answer(&asked));
        let mut head = format!("HTTP/1.1 {} X\r\n", answer.status);
        let told = answer.headers.iter().any(|(name, _)| name == "Content-Length");
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !told {
            head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
        }
        output.write_all(format!("{head}\r\n").as_bytes()).ok()?;
        if asked.method != "HEAD" {
            let end = answer.cut.unwrap_or(answer.body.len());
            output.write_all(&answer.body[..end]).ok()?;
        }
        if answer.cut.is_some() || told {
            let _ = output.shutdown(std::net::Shutdown::Both);
            return None;
        }
    }
}

fn read(input: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![];
    if headers.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
        loop {
            let mut line = String::new();
            input.read_line(&mut line).ok()?;
            let size = u64::from_str_radix(line.trim(), 16).ok()?;
            input.take(size).read_to_end(&mut body).ok()?;
            input.read_line(&mut line).ok()?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = headers.get("content-length") {
        input.take(length.parse().ok()?).read_to_end(&mut body).ok()?;
    }
    Some(Asked { method, path, headers, body })
}
