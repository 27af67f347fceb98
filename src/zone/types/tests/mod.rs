//! Tests of the record-type table: the table itself, properties of every type, vectors, second opinions.

mod messages;
mod opinions;
mod pages;
mod properties;
mod rrchecker;
mod svcb;
mod table;
pub(crate) mod vectors;

use super::*;
use crate::zone::name::Name;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

fn rtype(mnemonic: &str) -> RecordType {
    parse_type(mnemonic.as_bytes()).unwrap()
}

fn hex(digits: &str) -> Vec<u8> {
    text::from_hex(digits.replace([' ', '\n'], "").as_bytes()).unwrap()
}

/// Zone-file text as RDATA, with origin example.com.
fn parse(mnemonic: &str, line: &str) -> Result<Vec<u8>, RdataError> {
    let tokens = text::tokenise(line).unwrap();
    parse_rdata(rtype(mnemonic), &tokens, name("example.com.").as_ref()).map(|rdata| rdata.into_vec())
}

/// The message for text that is refused, and the indices of field and token.
fn refusal(mnemonic: &str, line: &str) -> (String, usize, usize) {
    let error = parse(mnemonic, line).expect_err(line);
    (error.message, error.field, error.token)
}
