use mls::server::token::{self, Keys, Secret};
use mls::server::{Lines, Options, Right, rows};

use crate::support::{Reply, Served};

/// What anyone may ask, whatever is set.
const PUBLIC: [&str; 3] = ["/health", "/healthz", "/version"];

fn guarded() -> Served {
    Served::with(Options { keys: Some(Keys::Stored), ..Options::default() })
}

fn add(served: &Served, name: &str, right: Right) -> Secret {
    token::add(&served.store(), name, right, None).unwrap().1
}

fn bearer(secret: &Secret) -> String {
    format!("Bearer {}", secret.reveal())
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{user}:{password}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// Returns a path as a client would send it.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn h06_only_constants_are_public() {
    let public = rows().into_iter().filter(|row| row.right == Right::None);
    let mut public: Vec<String> =
        public.map(|row| format!("{} {}", row.method, row.path)).collect();
    public.sort();
    // Where clients of the registry come with a secret, which is looked at there.
    public.retain(|route| !route.ends_with(" /v2/token"));
    assert_eq!(public, PUBLIC.map(|path| format!("GET {path}")));
}

#[test]
fn h06_no_form_of_a_route_opens_without_its_right() {
    let served = guarded();
    let (_, ended) = token::add(&served.store(), "ended", Right::Admin, Some(1)).unwrap();
    let read = add(&served, "reader", Right::Read);
    let unknown = Secret::new();
    let mut asked = 0;
    for row in rows().into_iter().filter(|row| row.right != Right::None) {
        let path = concrete(&row.path);
        let method = row.method.as_str();
        let mut credentials = vec![
            None,
            Some(bearer(&unknown)),
            Some(bearer(&ended)),
            Some(basic("admin", unknown.reveal())),
            Some("Bearer".to_owned()),
            Some("Negotiate x".to_owned()),
        ];
        if row.right > Right::Read {
            credentials.push(Some(bearer(&read)));
            credentials.push(Some(basic("", read.reveal())));
        }
        for credential in credentials {
            let header = credential.as_deref().map(|value| ("Authorization", value));
            let headers: Vec<_> = header.into_iter().collect();
            let reply = served.send(method, &path, &headers, b"");
            let is_reader = credential
                .as_ref()
                .is_some_and(|text| *text == bearer(&read) || *text == basic("", read.reveal()));
            // Guesses of one address are many here.
            let wanted: &[u16] = if is_reader { &[403] } else { &[401, 429] };
            assert!(
                wanted.contains(&reply.status),
                "{method} {path} {credential:?}: {}",
                reply.status
            );
            asked += 1;
        }
        for (method, target) in disguises(method, &path) {
            let reply = served.send(&method, &target, &[], b"");
            assert!((400..500).contains(&reply.status), "{method} {target}: {}", reply.status);
            assert!(reply.status != 404, "{method} {target} tells that there is no such path");
            asked += 1;
        }
    }
    println!("{asked} requests");
}

/// Returns ways to write a request that another server before this one, or this one, may read differently.
fn disguises(method: &str, path: &str) -> Vec<(String, String)> {
    let targets = [
        format!("/{path}"),
        path.replace("/mlflow", "//mlflow"),
        path.replacen('/', "/%2f", 2),
        path.to_uppercase(),
        format!("{path};x"),
        format!("{path}/"),
        format!("{path}/..;/health"),
        format!("/health/..{path}"),
        format!("/.{path}"),
        format!("{path}%00"),
        format!("{path}?x=/health"),
        format!("http://localhost{path}"),
    ];
    let mut all: Vec<_> = targets.into_iter().map(|target| (method.to_owned(), target)).collect();
    for other in ["HEAD", "OPTIONS", "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "X-MLS"] {
        all.push((other.to_owned(), path.to_owned()));
    }
    all
}

#[test]
fn h07_a_token_is_taken_as_mlflow_sends_it_and_not_in_an_address() {
    let served = guarded();
    let secret = add(&served, "me", Right::Read);
    let ask = |header: Option<String>, target: &str| {
        let headers: Vec<_> =
            header.iter().map(|value| ("Authorization", value.as_str())).collect();
        served.send("GET", target, &headers, b"")
    };
    for header in [
        bearer(&secret),
        basic("anyone", secret.reveal()),
        basic("", secret.reveal()),
        format!("bearer  {}", secret.reveal()),
    ] {
        assert_eq!(ask(Some(header), "/metrics").status, 200);
    }
    let refused = ask(None, "/metrics");
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Basic realm=\"mlflow\""));
    let target = format!("/metrics?token={}", secret.reveal());
    assert_eq!(ask(Some(bearer(&secret)), &target).status, 400);
    assert_eq!(ask(None, &target).status, 400);
    let mlflow = ask(None, "/api/3.0/mlflow/server-info");
    assert_eq!((mlflow.status, &mlflow.json()["error_code"]), (401, &"UNAUTHENTICATED".into()));
    let two = [("Authorization", bearer(&secret)), ("Authorization", bearer(&secret))];
    let two = two.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(served.send("GET", "/metrics", &two, b"").status, 401);
}

#[test]
fn h07_guessing_is_slowed_down_and_locks_nobody_else_out() {
    let served = guarded();
    let secret = add(&served, "me", Right::Read);
    let guess = || {
        let wrong = bearer(&Secret::new());
        served.send("GET", "/metrics", &[("Authorization", &wrong)], b"").status
    };
    assert!((0..20).all(|_| guess() == 401));
    assert_eq!(guess(), 429);
    let good = bearer(&secret);
    assert_eq!(served.send("GET", "/metrics", &[("Authorization", &good)], b"").status, 200);
    // A client without any token is told how to get one, whoever guesses beside it.
    assert_eq!(served.get("/metrics").status, 401);
}

#[test]
fn h07_behind_a_trusted_proxy_each_client_guesses_for_itself_and_is_logged() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let log = Lines::new(path.reopen().unwrap());
    let start = |proxies: &[&str], log| {
        let proxies = proxies.iter().map(|text| text.parse().unwrap()).collect();
        Served::with(Options { keys: Some(Keys::Stored), proxies, log, ..Options::default() })
    };
    let guess = |served: &Served, client: &str| {
        let wrong = bearer(&Secret::new());
        let headers = [("Authorization", wrong.as_str()), ("X-Forwarded-For", client)];
        served.send("GET", "/metrics", &headers, b"").status
    };
    let served = start(&["127.0.0.1"], Some(log));
    assert!((0..20).all(|_| guess(&served, "198.51.100.1") == 401));
    assert_eq!(guess(&served, "1.1.1.1, 198.51.100.1"), 429);
    assert_eq!(guess(&served, "198.51.100.1, 198.51.100.2"), 401);
    drop(served);
    let log = std::fs::read_to_string(path.path()).unwrap();
    let last: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(last["client"], "198.51.100.2");
    // Nobody else is believed: who is refused cannot become another.
    let served = start(&["10.0.0.0/8"], None);
    assert!((0..20).all(|_| guess(&served, "198.51.100.1") == 401));
    assert_eq!(guess(&served, "198.51.100.2"), 429);
}

#[test]
fn h07_the_log_has_a_line_for_each_request_and_no_token() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let log = Lines::new(path.reopen().unwrap());
    let served =
        Served::with(Options { keys: Some(Keys::Stored), log: Some(log), ..Options::default() });
    let secret = add(&served, "me", Right::Read);
    let (bearer, text) = (bearer(&secret), secret.reveal());
    let headers = [("Authorization", bearer.as_str()), ("User-Agent", text), ("Referer", text)];
    served.send("GET", "/metrics", &headers, b"");
    served.send("GET", &format!("/x/{text}?token={text}"), &[], b"");
    served.send("GET", "/health", &[], b"");
    drop(served);
    let log = std::fs::read_to_string(path.path()).unwrap();
    assert!(!log.contains(text), "{log}");
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (line["status"].as_u64().unwrap(), line["token"].as_str()))
        .collect();
    assert_eq!(seen, [(200, Some("me")), (400, None), (200, None)]);
}

fn raw(served: &Served, request: &str) -> Reply {
    use std::io::Write as _;
    let mut stream = served.connect();
    stream.write_all(request.as_bytes()).unwrap();
    Reply::read(stream)
}

#[test]
fn h04_a_request_for_another_host_is_refused_with_mlflows_sentence() {
    let served = Served::with(Options {
        hosts: vec!["hub.example.com".parse().unwrap()],
        ..Options::default()
    });
    let ask = |target: &str, hosts: &[&str]| {
        let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        raw(&served, &format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"))
    };
    for host in ["localhost", "127.0.0.1:5000", "[::1]:1", "hub.example.com", "HUB.example.com:443"]
    {
        assert_eq!(ask("/metrics", &[host]).status, 200, "{host}");
    }
    for host in ["evil.com", "localhost.", "localhost.evil.com", "10.0.0.1", "", "evil.com:5000"] {
        let reply = ask("/metrics", &[host]);
        assert_eq!(reply.status, 403, "{host}");
        assert_eq!(
            String::from_utf8(reply.body).unwrap(),
            "Invalid Host header - possible DNS rebinding attack detected"
        );
    }
    assert_eq!(ask("/metrics", &[]).status, 403);
    assert_eq!(ask("/metrics", &["localhost", "evil.com"]).status, 400);
    assert_eq!(ask("http://evil.com/metrics", &["localhost"]).status, 403);
    assert_eq!(ask("/health", &["10.1.2.3"]).status, 200);
    let forwarded = "GET /metrics HTTP/1.1\r\nHost: evil.com\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(raw(&served, forwarded).status, 403);
}

#[test]
fn h05_a_page_of_another_site_changes_nothing_and_reads_nothing() {
    let served = Served::new();
    let post = "/api/2.0/mlflow/logged-models/search";
    for (name, value) in [
        ("Origin", "http://evil.com"),
        ("Origin", "null"),
        ("Origin", "http://localhost.evil.com"),
        ("Origin", "http://localhost@evil.com"),
        ("Origin", "https://evil.com#localhost"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let reply = served.send(method, post, &[(name, value)], b"{}");
            assert_eq!(reply.status, 403, "{method} {value}");
            assert_eq!(reply.header("access-control-allow-origin"), None);
        }
        let preflight = [(name, value), ("Access-Control-Request-Method", "POST")];
        let reply = served.send("OPTIONS", post, &preflight, b"");
        assert!(reply.status >= 400, "{value}");
        let reply = served.send("GET", "/version", &[(name, value)], b"");
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, None));
    }
    let own = [("Origin", "http://localhost:8888"), ("Access-Control-Request-Method", "POST")];
    let reply = served.send("OPTIONS", post, &own, b"");
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("http://localhost:8888"));
    let reply = served.send("GET", "/version", &own[..1], b"");
    assert_eq!(reply.header("access-control-allow-origin"), Some("http://localhost:8888"));
}

#[test]
fn h14_every_answer_says_that_it_is_what_it_says_and_belongs_in_no_frame() {
    let served = Served::new();
    for target in ["/version", "/metrics", "/nothing", "/api/2.0/mlflow/nope"] {
        let reply = served.get(target);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(reply.header("x-frame-options"), Some("SAMEORIGIN"), "{target}");
        assert!(reply.header("content-security-policy").is_some(), "{target}");
    }
}
