//! Looks for a TXT record at a primary: by its own question, over TCP, answered with authority.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::wire::builder::Builder;
use crate::wire::reader::{Reader, WireError};
use crate::wire::{MAX_MESSAGE, Opcode, Section, class};
use crate::zone::update::Rcode;
use crate::zone::{Name, RecordType};

const PATIENCE: Duration = Duration::from_secs(3);

/// Does this nameserver serve that text at this name, as one record of one character-string?
pub(super) fn is_there(server: SocketAddr, owner: &Name, value: &str) -> bool {
    let texts = ask(server, owner).ok().and_then(|answer| read(&answer, owner).ok()).unwrap_or_default();
    texts.iter().any(|text| text == value.as_bytes())
}

fn ask(server: SocketAddr, owner: &Name) -> io::Result<Vec<u8>> {
    let mut id = [0; 2];
    getrandom::fill(&mut id).map_err(|error| io::Error::other(error.to_string()))?;
    let id = u16::from_be_bytes(id);
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let mut question = Builder::new(id, Opcode::QUERY, 0, MAX_MESSAGE);
    question.question(owner.as_ref(), RecordType::TXT, class::IN).map_err(|_| invalid())?;
    let question = question.finish();
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = u16::try_from(question.len()).map_err(|_| invalid())?;
    stream.write_all(&[&length.to_be_bytes(), question.as_slice()].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer)?;
    let ours =
        Reader::new(&answer).is_ok_and(|reader| reader.header().id == id && reader.header().is_response());
    if ours { Ok(answer) } else { Err(invalid()) }
}

/// The texts at the name, where the server answers with authority.
fn read(answer: &[u8], owner: &Name) -> Result<Vec<Vec<u8>>, WireError> {
    let mut reader = Reader::new(answer)?;
    let header = *reader.header();
    let mut texts = Vec::new();
    if header.rcode() != Rcode::NOERROR || !header.has(crate::wire::flags::AA) {
        return Ok(texts);
    }
    while reader.question()?.is_some() {}
    while let Some(record) = reader.record()? {
        let wanted = record.section == Section::Answer
            && record.rtype == RecordType::TXT
            && record.class == class::IN
            && record.owner == owner.as_ref();
        if let Some((length, text)) = record.raw_rdata().split_first().filter(|_| wanted)
            && usize::from(*length) == text.len()
        {
            texts.push(text.to_vec());
        }
    }
    Ok(texts)
}
