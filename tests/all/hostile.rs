//! A scripted TCP server on loopback, for everything that a nameserver should not do.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use zonewright::wire::builder::Builder;
use zonewright::wire::reader::Reader;
use zonewright::wire::{MAX_MESSAGE, Section, class, flags};
use zonewright::zone::update::Rcode;
use zonewright::zone::{Name, RecordType, Soa};

/// Longer than any test waits, and short enough for a thread that is left behind.
pub const FOREVER: Duration = Duration::from_secs(30);

/// A record of class IN: owner, type, RDATA.
pub type Record = (Name, RecordType, Box<[u8]>);

/// Starts a server that reads one request from each connection and hands it to `script`. When that returns,
/// the connection is closed. The server lives until the test process ends.
pub fn serve(script: impl Fn(&[u8], &mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, script) = (stream.unwrap(), Arc::clone(&script));
            std::thread::spawn(move || {
                if let Some(request) = read(&mut stream) {
                    script(&request, &mut stream);
                }
            });
        }
    });
    address
}

/// A server that closes every connection before it reads a thing.
pub fn serve_nothing() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    address
}

/// The next message; `None` where the connection ends.
pub fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut request = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut request).ok()?;
    Some(request)
}

/// Sends a message with its length. The client may have gone; then there is nothing to do.
pub fn send(stream: &mut TcpStream, message: &[u8]) {
    let mut octets = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    octets.extend_from_slice(message);
    let _ = stream.write_all(&octets);
}

/// An answer to `request`, with its question and these records, not signed.
pub fn answer(request: &[u8], extra_flags: u16, rcode: Rcode, records: &[Record]) -> Vec<u8> {
    let mut reader = Reader::new(request).unwrap();
    let header = *reader.header();
    let mut message = Builder::new(header.id, header.opcode(), flags::QR | extra_flags, MAX_MESSAGE);
    message.set_rcode(rcode);
    while let Some(question) = reader.question().unwrap() {
        message.question(question.name.as_ref(), question.rtype, question.class).unwrap();
    }
    for (owner, rtype, rdata) in records {
        message.record(Section::Answer, owner.as_ref(), *rtype, class::IN, 300, rdata).unwrap();
    }
    message.finish()
}

/// Only a header: what NSD answers to an update.
pub fn bare(request: &[u8], rcode: Rcode) -> Vec<u8> {
    let header = *Reader::new(request).unwrap().header();
    let mut message = Builder::new(header.id, header.opcode(), flags::QR, MAX_MESSAGE);
    message.set_rcode(rcode);
    message.finish()
}

pub fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

pub fn soa(zone: &str, serial: u32) -> Record {
    let soa =
        Soa { mname: name("ns1.example.com"), rname: name("mail.example.com"), serial, ..Soa::default() };
    (name(zone), RecordType::SOA, soa.to_rdata())
}

pub fn a(owner: &str, last: u8) -> Record {
    (name(owner), RecordType::A, Box::new([192, 0, 2, last]))
}
