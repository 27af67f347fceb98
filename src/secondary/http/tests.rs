use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use super::*;

/// Takes one connection after the other, reads `read` octets of each, and writes the answer.
fn server(read: usize, answers: Vec<Vec<u8>>) -> (SocketAddr, JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 4096];
            let length = if read == 0 { 0 } else { stream.read(&mut request).unwrap() };
            request.truncate(length);
            requests.push(request);
            stream.write_all(&answer).unwrap();
        }
        requests
    });
    (address, thread)
}

fn client(address: SocketAddr) -> Http {
    Http::new(&format!("http://{address}/1.0/"), "x").unwrap().patient(Duration::from_millis(800))
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nX-Id: a\x1bb\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .replace('\x1b', "\t")
    .into_bytes()
}

#[test]
fn where_it_goes() {
    for good in
        ["https://eu.api.ovh.com/1.0", "http://127.0.0.1:8081", "http://[::1]:80/x", "http://localhost/"]
    {
        assert!(Http::new(good, "x").is_ok(), "{good}");
    }
    for bad in [
        "",
        "ovh-eu",
        "http://192.0.2.1/",
        "http://127.0.0.1.example.com/",
        "http://api.example.com",
        "ftp://127.0.0.1/",
        "https://",
        "https://user:pw@host/",
        "https://127.0.0.1@host/",
        "https://host/?a=b",
        "https://host/#a",
        "https://host/a b",
        "https://host/\u{1b}[2J",
        "/path",
    ] {
        let problem = Http::new(bad, "It does not work.").unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Local, "{bad}");
        assert!(!problem.to_string().contains('\u{1b}'), "{problem}");
    }
    let http = Http::new("https://eu.api.ovh.com/1.0/", "x").unwrap();
    assert_eq!(http.url("/vps/a%20b?x=%C3%BC"), "https://eu.api.ovh.com/1.0/vps/a%20b?x=%C3%BC");
    assert_eq!(http.host(), "eu.api.ovh.com");
}

#[test]
fn every_status_is_an_answer_and_redirects_are_not_followed() {
    let answers = ["200 OK", "302 Found\r\nLocation: http://127.0.0.1:1/", "404 No", "503 Oh"];
    let (address, thread) = server(1, answers.iter().map(|status| answer(status, "[1]")).collect());
    let http = client(address);
    for (verb, status) in [(Verb::Get, 200), (Verb::Post, 302), (Verb::Delete, 404), (Verb::Put, 503)] {
        let body = (verb == Verb::Post).then_some(&b"{}"[..]);
        let answer = http.send(verb, "/a%2Fb?c=%20", &[("X-Secret", "s")], body).unwrap();
        assert_eq!((answer.status, answer.json::<Vec<u8>>()), (status, Some(vec![1])));
        assert_eq!(answer.header("x-id").as_deref(), Some("a b"));
        assert_eq!(answer.is_success(), status == 200);
        assert!(!format!("{answer:?}").contains('1'), "{answer:?}");
    }
    let requests: Vec<String> =
        thread.join().unwrap().into_iter().map(|octets| String::from_utf8(octets).unwrap()).collect();
    for (request, verb) in requests.iter().zip(["GET", "POST", "DELETE", "PUT"]) {
        assert!(request.starts_with(&format!("{verb} /1.0/a%2Fb?c=%20 HTTP/1.1\r\n")), "{request}");
        assert!(request.to_ascii_lowercase().contains("x-secret: s\r\n"), "{request}");
    }
}

#[test]
fn what_was_not_sent_is_told_from_what_nobody_knows() {
    // A port that nobody listens on.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for verb in [Verb::Get, Verb::Post] {
        let trouble = client(gone).send(verb, "/", &[], None).unwrap_err();
        assert_eq!(trouble.kind, ProblemKind::NotSent, "{trouble:?}");
    }
    // Reads the request, says nothing; says a part of something; says something else; too much.
    let length = (1 << 20) + 1;
    let much = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", " ".repeat(length));
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "a".repeat(MAX_HEADERS * 3));
    for (said, read) in [
        (&b""[..], ProblemKind::Unknown),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", ProblemKind::Protocol),
        (b"SSH-2.0-OpenSSH\r\n\r\n", ProblemKind::Unknown),
        (much.as_bytes(), ProblemKind::Protocol),
        (endless.as_bytes(), ProblemKind::Unknown),
    ] {
        for verb in [Verb::Get, Verb::Post] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let said = said.to_vec();
            let thread = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 4096]);
                // It may hang up before all is said.
                let _ = stream.write_all(&said);
                listener
            });
            let trouble = client(address).send(verb, "/", &[("X-Key", "geheim")], None).unwrap_err();
            let wanted = if verb.changes() { ProblemKind::Unknown } else { read.clone() };
            assert_eq!(trouble.kind, wanted, "{trouble:?}");
            let problem = trouble.problem("It did not work.");
            assert!(!format!("{problem:?}").contains("geheim"), "{problem:?}");
            assert_eq!(problem.why.contains("may have been carried out"), verb.changes(), "{problem}");
            // Nothing is tried again.
            let listener = thread.join().unwrap();
            listener.set_nonblocking(true).unwrap();
            assert!(listener.accept().is_err());
        }
    }
}

#[test]
fn a_server_that_says_nothing_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let http = client(listener.local_addr().unwrap()).patient(Duration::from_millis(200));
    let begun = std::time::Instant::now();
    let trouble = http.send(Verb::Delete, "/", &[], None).unwrap_err();
    assert_eq!(trouble.kind, ProblemKind::Unknown, "{trouble:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_encrypted_connection_that_does_not_come_about_was_not_sent() {
    let (address, thread) = server(1, vec![answer("200 OK", "")]);
    let http = Http::new(&format!("https://{address}"), "x").unwrap().patient(Duration::from_secs(2));
    let trouble = http.send(Verb::Post, "/", &[], Some(b"{}")).unwrap_err();
    assert_eq!(trouble.kind, ProblemKind::NotSent, "{trouble:?}");
    thread.join().unwrap();
}

#[test]
fn what_http_does_not_take_is_never_sent() {
    let http = Http::new("http://127.0.0.1:9", "x").unwrap();
    let trouble = http.send(Verb::Post, "/", &[("X-Key", "a\nb")], None).unwrap_err();
    assert_eq!(trouble.kind, ProblemKind::Local, "{trouble:?}");
    let trouble = http.send(Verb::Post, "/a b", &[], None).unwrap_err();
    assert_eq!(trouble.kind, ProblemKind::Local, "{trouble:?}");
}

#[test]
fn what_others_say_is_one_short_line() {
    assert_eq!(said(" a\r\n\tb\u{1b}[2J\u{202e} "), "a b␛[2J<U+202E>");
    assert_eq!(said(&"x".repeat(1000)).len(), 303);
    assert_eq!(said(""), "");
}
