//! The service's socket: one request a connection. Everything is bounded: connections at a time, the size of a request,
//! and how long anybody may dawdle.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Shared;
use super::calls::answer;

/// Connections at a time; what is beyond is closed at once.
const MAX_CONNECTIONS: usize = 64;
/// A request line with its headers.
const MAX_HEAD: usize = 16 << 10;
const MAX_BODY: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// A request as it came.
pub(super) struct Request {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A header that stands there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        let first = found.next().map(|(_, value)| value.as_str());
        first.filter(|_| found.next().is_none())
    }

    pub fn has_header_like(&self, start: &str) -> bool {
        self.headers.iter().any(|(name, _)| name.starts_with(start))
    }

    /// The path without its query, and the query.
    pub fn parts(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

/// What goes back.
#[derive(Debug)]
pub(super) enum Reply {
    Json(u16, String),
    Html(u16, String),
    /// Only the beginning of a body.
    Cut(u16, String),
    /// The connection is closed.
    Nothing,
}

/// Serves until the service stops.
pub(super) fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else {
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        if open.fetch_add(1, Ordering::SeqCst) >= MAX_CONNECTIONS {
            open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (shared, counted) = (Arc::clone(shared), Arc::clone(&open));
        let started = std::thread::Builder::new().name("embedded-service".into()).spawn(move || {
            // Whatever goes wrong on a connection ends it, and nothing else.
            let _ = exchange(stream, &shared);
            counted.fetch_sub(1, Ordering::SeqCst);
        });
        if started.is_err() {
            open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn exchange(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let reply = match read_request(&mut stream)? {
        Some(request) => answer(shared, &request),
        None => Reply::Html(400, "<h1>Bad Request</h1>".into()),
    };
    write_reply(&mut stream, &reply)
}

/// `None` for what is no request.
fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let deadline = Instant::now() + PATIENCE;
    let mut octets = Vec::new();
    let head_end = loop {
        if let Some(at) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if octets.len() > MAX_HEAD || !read_more(stream, &mut octets, deadline)? {
            return Ok(None);
        }
    };
    let mut body = octets.split_off(head_end + 4);
    let Some(mut request) = read_head(&octets) else { return Ok(None) };
    let length = match request.header("content-length") {
        Some(length) => length.parse().ok().filter(|length| *length <= MAX_BODY),
        None if request.has_header_like("transfer-encoding") => None,
        None => Some(0),
    };
    let Some(length) = length else { return Ok(None) };
    while body.len() < length {
        if !read_more(stream, &mut body, deadline)? {
            return Ok(None);
        }
    }
    body.truncate(length);
    request.body = body;
    Ok(Some(request))
}

/// Is there more?
fn read_more(stream: &mut TcpStream, octets: &mut Vec<u8>, deadline: Instant) -> io::Result<bool> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    stream.set_read_timeout(Some(left))?;
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer)?;
    octets.extend_from_slice(buffer.get(..length).unwrap_or_default());
    Ok(length > 0)
}

fn read_head(octets: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(octets).ok()?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return None;
    }
    let headers = lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect::<Option<_>>()?;
    Some(Request { method: method.into(), target: target.into(), headers, body: Vec::new() })
}

fn write_reply(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let (status, media, body, more) = match reply {
        Reply::Nothing => return Ok(()),
        Reply::Json(status, body) => (status, "application/json; charset=utf-8", body, 0),
        Reply::Html(status, body) => (status, "text/html", body, 0),
        Reply::Cut(status, body) => (status, "application/json; charset=utf-8", body, 100),
    };
    let mut octets = format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {media}\r\nContent-Length: {}\r\nX-OVH-QUERYID: FR.ws-1.{:08x}\r\n\
         Connection: close\r\n\r\n",
        super::words::reason(*status),
        body.len() + more,
        crc32fast::hash(body.as_bytes()),
    )
    .into_bytes();
    octets.extend_from_slice(body.as_bytes());
    stream.write_all(&octets)
}
