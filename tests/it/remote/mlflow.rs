use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use mls::remote::mlflow::{Access, Error, Server};

/// Gives one raw answer after the other; hands over what was asked.
fn answers(raw: Vec<String>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = mpsc::channel();
    thread::spawn(move || {
        for answer in raw {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap();
            let _ = tell.send(String::from_utf8_lossy(&head[..length]).into_owned());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn access() -> Access {
    Access { token: Some("secret".to_owned()), user: None, password: None }
}

#[test]
fn h09_a_token_goes_to_the_server_and_to_no_other() {
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (url, asked) = answers(vec![ok("{}"), elsewhere.to_owned()]);
    let server = Server::new(&url, &access()).unwrap();
    server.get("/x", &[("a b", "c&d")]).unwrap();
    let head = asked.recv().unwrap().to_lowercase();
    assert!(head.contains("authorization: bearer secret"), "{head}");
    assert!(head.starts_with("get /x?a+b=c%26d "), "{head}");
    let refused = server.get("/x", &[]).unwrap_err();
    assert!(matches!(refused, Error::Refused { status: 302, .. }), "{refused}");
    assert!(!refused.to_string().contains("secret"));
}

#[test]
fn a_user_in_the_address_is_sent_and_not_shown() {
    let (url, asked) = answers(vec![ok("{}")]);
    let server = Server::new(&url.replace("//", "//ada:p%40ss@"), &access()).unwrap();
    assert_eq!(server.address(), url);
    server.get("/", &[]).unwrap();
    assert!(asked.recv().unwrap().to_lowercase().contains("authorization: basic ywrhonbac3m="));
    assert!(matches!(Server::new("ftp://x", &access()), Err(Error::BadAddress(_))));
}

#[test]
fn nonsense_is_an_error_and_a_cut_answer_is_asked_for_again() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{\"half\":";
    let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (url, asked) =
        answers(vec![cut.to_owned(), busy.to_owned(), ok("{\"whole\": 1}"), ok("<html>")]);
    let server = Server::new(&url, &Access::default()).unwrap();
    assert_eq!(server.get("/", &[]).unwrap()["whole"], 1);
    assert_eq!(asked.try_iter().count(), 3);
    assert!(matches!(server.get("/", &[]), Err(Error::Nonsense { .. })));
    let message = "{\"error_code\": \"X\", \"message\": \"no\\u001b[31m run\"}";
    let (url, _asked) = answers(vec![format!(
        "HTTP/1.1 404 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{message}",
        message.len()
    )]);
    let refused = Server::new(&url, &Access::default()).unwrap().get("/", &[]).unwrap_err();
    assert!(refused.to_string().ends_with("404 no\\u{1b}[31m run"), "{refused}");
}
