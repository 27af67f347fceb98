//! One TCP connection to a server, for signed updates and transfers, one after the other.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use zonewright::dns::unix_time;
use zonewright::wire::answer::Asked;
use zonewright::wire::key::Key;
use zonewright::wire::reader::Reader;
use zonewright::wire::transfer::Axfr;
use zonewright::wire::tsig::sign_request;
use zonewright::zone::update::Rcode;
use zonewright::zone::{Name, Snapshot};

use super::message::Message;

pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    key: Key,
    next_id: u16,
}

impl Connection {
    pub fn open(address: SocketAddr, key: Key) -> Connection {
        Connection { address, stream: connect(address).unwrap(), key, next_id: 0 }
    }

    /// What the server answers; `None` where it closes the connection instead.
    pub fn update(&mut self, message: &Message) -> Option<Rcode> {
        self.next_id = self.next_id.wrapping_add(1);
        let mut octets = message.octets(self.next_id);
        let mut verifier = sign_request(&self.key, &mut octets, unix_time()).unwrap();
        octets.extend_from_slice(&message.trailing);
        self.send(&octets);
        let answer = self.receive()?;
        let header = *Reader::new(&answer).unwrap().header();
        assert!(header.is_response() && header.id == self.next_id, "{header:?} for\n{message}");
        let is_believed = verifier.verify(&answer, unix_time()).is_ok();
        assert!(is_believed || header.rcode() != Rcode::NOERROR, "an unsigned {header:?} for\n{message}");
        Some(header.rcode())
    }

    /// The whole zone as it is now, after this message. (Knot closes the connection after some, once it has answered.)
    pub fn transfer(&mut self, zone: &Name, after: &Message) -> Snapshot {
        self.try_transfer(zone).unwrap_or_else(|| {
            self.stream = connect(self.address).unwrap_or_else(|error| panic!("{error} after\n{after}"));
            self.try_transfer(zone).unwrap_or_else(|| panic!("no transfer any more after\n{after}"))
        })
    }

    fn try_transfer(&mut self, zone: &Name) -> Option<Snapshot> {
        self.next_id = self.next_id.wrapping_add(1);
        let asked = Asked::axfr(self.next_id, zone.clone());
        let mut message = asked.to_message();
        let verifier = sign_request(&self.key, &mut message, unix_time()).unwrap();
        let mut transfer = Axfr::new(asked, Some(verifier));
        self.send(&message);
        loop {
            if transfer.feed(&self.receive()?, unix_time()).unwrap().done {
                return Some(transfer.finish().unwrap());
            }
        }
    }

    /// Where the connection is closed already, no answer comes either.
    fn send(&mut self, message: &[u8]) {
        let mut octets = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
        octets.extend_from_slice(message);
        let _ = self.stream.write_all(&octets);
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 2];
        match self.stream.read_exact(&mut length) {
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
                return None;
            }
            read => read.unwrap(),
        }
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.stream.read_exact(&mut message).unwrap();
        Some(message)
    }
}

fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}
