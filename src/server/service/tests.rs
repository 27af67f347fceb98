//! What the service lets nobody do. What clients can do with it is tested with clients.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::*;

fn service() -> Handle {
    let name = Name::parse(b"ns3.secondary.example.", None).unwrap();
    start(Options::new(name, Ipv4Addr::new(198, 51, 100, 53))).unwrap()
}

fn ask(service: &Handle, request: &str) -> String {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn who_does_not_sign_gets_nothing() {
    let service = service();
    let key = service.credentials.application_key.clone();
    let consumer = String::from_utf8(service.credentials.consumer_key.octets().to_vec()).unwrap();
    let now = gate::now(&service.shared.lock());
    for (headers, status) in [
        (String::new(), "401"),
        ("X-Ovh-Application: x\r\n".into(), "403"),
        (format!("X-Ovh-Application: {key}\r\n"), "401"),
        (format!("X-Ovh-Application: {key}\r\nX-Ovh-Consumer: x\r\n"), "403"),
        (format!("X-Ovh-Application: {key}\r\nX-Ovh-Consumer: {consumer}\r\n"), "400"),
        (format!("X-Ovh-Application: {key}\r\nX-Ovh-Consumer: {consumer}\r\nX-Ovh-Timestamp: 5\r\n"), "400"),
        (
            format!(
                "X-Ovh-Application: {key}\r\nX-Ovh-Consumer: {consumer}\r\nX-Ovh-Timestamp: {now}\r\n\
                 X-Ovh-Signature: $1$0000000000000000000000000000000000000000\r\n"
            ),
            "400",
        ),
        ("Authorization: Bearer x\r\n".into(), "401"),
        (format!("Authorization: Bearer x\r\nX-Ovh-Application: {key}\r\n"), "400"),
    ] {
        let answer = ask(&service, &format!("GET /1.0/vps HTTP/1.1\r\nHost: x\r\n{headers}\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{headers}: {answer}");
    }
    assert_eq!(service.counts().requests, 9);
}

#[test]
fn what_is_no_request_ends_its_connection_only() {
    let service = service();
    let long = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(40_000));
    for request in [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / SMTP\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nx",
        "\u{e4}",
        &long,
    ] {
        let answer = ask(&service, request);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    let time = ask(&service, "GET /1.0/auth/time HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(time.starts_with("HTTP/1.1 200 "), "{time}");
    assert!(ask(&service, "GET /1.0/vps%2 HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 401 "));
    assert!(ask(&service, "GET /2.0 HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

#[test]
fn credentials_are_never_shown() {
    let service = service();
    let shown = format!("{:?}", service.credentials);
    let secret = String::from_utf8(service.credentials.application_secret.octets().to_vec()).unwrap();
    assert!(!shown.contains(&secret), "{shown}");
}
