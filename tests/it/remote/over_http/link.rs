//! S13: a link that is cut off, goes dead, spoils what passes, or carries something that is no hub.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use mls::remote::{Error, Web};

use super::*;
use crate::proof::{count, tell};
use crate::support::proxy::{Harm, Proxy};

/// Impatient, so that tests need not wait.
fn web() -> Web {
    Web { pause: Duration::from_millis(2), ..Web::default() }
}

fn through(proxy: &Proxy, web: &Web) -> Peer {
    connect(&proxy.url(), web)
}

fn connect(url: &str, web: &Web) -> Peer {
    let url = Url::parse(url, Path::new("/")).unwrap();
    Peer::connect(&url, context(), Trust::Own, web).unwrap()
}

/// Returns what answers at `url`, asked without patience.
pub(super) fn reached(url: &str) -> Peer {
    connect(url, &web())
}

fn proxy(pair: &Pair, harm: Harm) -> Proxy {
    Proxy::new(pair.served.as_ref().unwrap().address(), harm)
}

fn clone_through(pair: &Pair, address: &str) -> Result<Store, Error> {
    let url = Url::parse(address, Path::new("/")).unwrap();
    let folder = pair.path("clone").join(".mlstore");
    let options = remote::Clone { select: &everything, accept: &anything, fields: &[] };
    remote::clone(&reached(address), &url, &folder, context(), &options, &Silent)
        .map(|(store, _)| store)
}

/// One of the three ways of moving content, as a pair of: what there is before, and what is done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Push,
    Fetch,
    Clone,
}

impl Way {
    pub(super) fn prepare(self) -> (Pair, Link) {
        let pair = Pair::new();
        let link = match self {
            Self::Push => commit(&pair.here, "notes/a", "content", 30),
            Self::Fetch | Self::Clone => commit(&pair.hub, "notes/a", "content", 30),
        };
        (pair, link)
    }

    pub(super) fn go(self, pair: &Pair, url: &str) -> Result<(), Error> {
        match self {
            Self::Push => push_from(&pair.here, &reached(url)).map(|_| ()),
            Self::Fetch => fetch_into(&pair.here, &reached(url), false).map(|_| ()),
            Self::Clone => clone_through(pair, url).map(|clone| is_sound(&clone)),
        }
    }

    /// Checks that all has arrived where it should.
    pub(super) fn arrived(self, pair: &Pair, link: Link) {
        let (store, name) = match self {
            Self::Push => (&pair.hub, "notes/a"),
            Self::Fetch => (&pair.here, "remotes/origin/notes/a"),
            Self::Clone => return,
        };
        assert_eq!(get(store, name), Some(link));
        is_sound(store);
    }

    /// Checks that nobody can see anything of it.
    pub(super) fn moved_nothing(self, pair: &Pair) {
        match self {
            Self::Push => assert_eq!(refs::list(&pair.hub, "").unwrap(), vec![]),
            Self::Fetch => is_untouched(&pair.here),
            Self::Clone => assert!(!pair.path("clone").join(".mlstore").exists()),
        }
    }
}

/// Cuts the link at bytes spread over the whole of a transfer.
fn survive_cuts(way: Way) {
    let (pair, _) = way.prepare();
    let whole = proxy(&pair, Harm::None);
    way.go(&pair, &whole.url()).unwrap();
    let bytes = whole.passed();
    let cuts = count(67, 6) as u64;
    for cut in 0..cuts {
        let at = bytes * cut / cuts + cut % 7;
        let (pair, link) = way.prepare();
        let link_of = proxy(&pair, Harm::Cut(at));
        way.go(&pair, &link_of.url())
            .unwrap_or_else(|error| panic!("{way:?} cut at {at}: {error}"));
        way.arrived(&pair, link);
        let again = link_of.passed();
        assert!(again < bytes * 2, "{way:?} cut at {at} moved {again} bytes instead of {bytes}");
    }
    tell(&format!("proof: http {way:?} cuts={cuts} bytes={bytes} lost=0 corrupt=0"));
}

#[test]
fn s13_proof_a_push_cut_off_at_any_byte_goes_on_over_http() {
    survive_cuts(Way::Push);
}

#[test]
fn s13_proof_a_fetch_cut_off_at_any_byte_goes_on_over_http() {
    survive_cuts(Way::Fetch);
}

#[test]
fn s13_proof_a_clone_cut_off_at_any_byte_goes_on_over_http() {
    survive_cuts(Way::Clone);
}

#[test]
fn s13_a_link_that_dies_moves_no_ref_and_the_next_push_sends_only_the_rest() {
    let (pair, link) = Way::Push.prepare();
    let dead = proxy(&pair, Harm::Dead(1_200_000));
    let failed = Way::Push.go(&pair, &dead.url());
    assert!(matches!(failed, Err(Error::Unreachable { .. })), "{failed:?}");
    assert_eq!(get(&pair.hub, "notes/a"), None);
    let rest = proxy(&pair, Harm::None);
    Way::Push.go(&pair, &rest.url()).unwrap();
    Way::Push.arrived(&pair, link);
    assert!(rest.passed() < 1_300_000, "{} bytes were sent again", rest.passed());
}

#[test]
fn s13_a_link_that_swallows_everything_is_given_up_in_time() {
    for way in [Way::Push, Way::Fetch] {
        let (pair, _) = way.prepare();
        let url = proxy(&pair, Harm::Swallow(100));
        let web = Web { stall: Duration::from_millis(200), ..web() };
        let peer = through(&url, &web);
        let failed = match way {
            Way::Push => push_from(&pair.here, &peer),
            _ => fetch_into(&pair.here, &peer, false),
        };
        assert!(matches!(failed, Err(Error::Unreachable { .. })), "{failed:?}");
    }
}

#[test]
fn s01_s13_proof_bytes_that_change_on_the_way_are_never_taken_for_content_over_http() {
    let (pair, _) = Way::Fetch.prepare();
    let whole = proxy(&pair, Harm::None);
    Way::Fetch.go(&pair, &whole.url()).unwrap();
    let bytes = whole.passed();
    for flip in 0..count(60, 8) as u64 {
        let (pair, link) = Way::Fetch.prepare();
        let spoiling = proxy(&pair, Harm::Flip(bytes * flip / count(60, 8) as u64 + flip));
        match Way::Fetch.go(&pair, &spoiling.url()) {
            Ok(()) => Way::Fetch.arrived(&pair, link), // nothing of the content was hit
            Err(_) => is_untouched(&pair.here),
        }
        spoiling.mend();
        Way::Fetch.go(&pair, &spoiling.url()).unwrap();
        Way::Fetch.arrived(&pair, link);
    }
}

#[test]
fn s13_what_is_no_hub_is_told_and_what_it_says_is_shown_escaped_and_short() {
    let page = "<html>\u{1b}[31m\u{202e}login</html>".repeat(1000);
    let json = format!("{{\"error\":{{\"code\":\"x\",\"message\":{page:?}}}}}");
    let json = json.replace("\\u{1b}", "\\u001b").replace("\\u{202e}", "\\u202e");
    for (status, body) in [
        ("200 OK", page.as_str()),
        ("404 Not Found", &page),
        ("302 Found", &page),
        ("400 Bad Request", &json),
    ] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let pair = Pair::new();
        let address = says(answer);
        let peer = Peer::connect(
            &Url::parse(&address, Path::new("/")).unwrap(),
            context(),
            Trust::Own,
            &web(),
        );
        let failed = fetch_into(&pair.here, &peer.unwrap(), false).unwrap_err();
        let words = failed.to_string();
        assert!(words.len() < 1000 && !words.contains(['\u{1b}', '\u{202e}']), "{words:?}");
        match status {
            "400 Bad Request" => assert!(matches!(failed, Error::HubFailed { .. }), "{failed:?}"),
            _ => assert!(matches!(failed, Error::NoHub { .. }), "{failed:?}"),
        }
        is_untouched(&pair.here);
    }
}

#[test]
fn a_hub_that_asks_for_patience_is_asked_again() {
    let pair = Pair::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let to = pair.served.as_ref().unwrap().address();
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().map_while(Result::ok).enumerate() {
            match number {
                0 => answer(
                    client,
                    "HTTP/1.1 503 X\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                ),
                1 => answer(
                    client,
                    "HTTP/1.1 429 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                ),
                _ => {
                    let server = std::net::TcpStream::connect(to).unwrap();
                    let (mut up, mut down) =
                        (client.try_clone().unwrap(), server.try_clone().unwrap());
                    std::thread::spawn(move || std::io::copy(&mut up, &mut { server }));
                    std::thread::spawn(move || std::io::copy(&mut down, &mut { client }));
                }
            }
        }
    });
    let peer =
        Peer::connect(&Url::parse(&url, Path::new("/")).unwrap(), context(), Trust::Own, &web());
    assert_eq!(peer.unwrap().refs().unwrap().refs, vec![]);
}

/// Serves one answer to everybody.
fn says(text: String) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            answer(client, &text);
        }
    });
    url
}

/// Reads the head of a request and answers.
fn answer(mut client: std::net::TcpStream, text: &str) {
    use std::io::{Read as _, Write as _};
    let mut head = vec![];
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let _ = client.write_all(text.as_bytes());
}
