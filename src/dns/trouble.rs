//! What can go wrong with an exchange, from connection to contents, as one type. Its words are in `reasons`.

use super::connection::ConnectionError;
use crate::wire::answer::AnswerError;
use crate::wire::reader::WireError;
use crate::wire::transfer::TransferError;
use crate::wire::tsig::{SignError, TsigError};
use crate::wire::update::EncodeError;
use crate::zone::snapshot::SnapshotError;
use crate::zone::update::Rcode;

#[derive(Debug)]
pub(super) enum Trouble {
    Connection(ConnectionError),
    /// An error code, with a verified signature or where none was asked for.
    Rcode(Rcode),
    /// An error code without the signature that we asked for.
    UnsignedRcode(Rcode),
    /// Such an error code, from a server that has the zone: it is about the key, or about permission.
    Denied(Rcode),
    /// Such an error code, from a server that does not have the zone.
    NoZone(Rcode),
    /// TSIG error BADKEY.
    UnknownKey,
    /// TSIG error BADSIG.
    BadSignature,
    /// TSIG error BADTRUNC.
    BadTruncation,
    /// TSIG error BADTIME: our clock minus the server's, in seconds, where the server told its own.
    ClockOff(Option<i64>),
    /// The answer's signature verifies, but the time in it is not ours: our clock minus the server's, in
    /// seconds.
    AnswerClockOff(i64),
    /// Success, without the signature that we asked for.
    Unsigned,
    /// A transfer of which messages lack the signature that should cover them.
    Uncovered,
    /// The answer's signature does not verify.
    Forged,
    /// Octets that are no DNS message.
    Undecodable(WireError),
    /// The answer does not belong to the question: where, in words that end "... the answer is".
    WrongAnswer(&'static str),
    /// The transfer contradicts itself or its zone: how, as a clause.
    Contradiction(String),
    /// The answer has no AA bit.
    NotAuthoritative,
    /// An authority's answer, without the zone's SOA.
    NoSoa,
    /// The transfer is larger than we take.
    TooLarge,
    /// Before anything was sent: why it cannot be, as a clause.
    CannotSend(String),
}

impl From<ConnectionError> for Trouble {
    fn from(error: ConnectionError) -> Trouble {
        Trouble::Connection(error)
    }
}

impl From<SignError> for Trouble {
    fn from(error: SignError) -> Trouble {
        Trouble::CannotSend(error.to_string())
    }
}

impl From<EncodeError> for Trouble {
    fn from(error: EncodeError) -> Trouble {
        Trouble::CannotSend(error.to_string())
    }
}

impl Trouble {
    /// Was there no connection?
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Trouble::Connection(ConnectionError::Connect(_) | ConnectionError::Source(..)))
    }

    /// Our clock minus the server's, in seconds, where the trouble is about that.
    pub(super) fn clock_offset(&self) -> Option<i64> {
        match self {
            Trouble::ClockOff(offset) => *offset,
            Trouble::AnswerClockOff(offset) => Some(*offset),
            _ => None,
        }
    }

    /// `now` is our clock, in seconds since 1970.
    pub(super) fn of_answer(error: AnswerError, now: u64) -> Trouble {
        match error {
            AnswerError::Wire(error) => Trouble::Undecodable(error),
            AnswerError::Tsig(error) => Trouble::of_signature(error, now),
            AnswerError::NotAResponse => Trouble::WrongAnswer("it is a question itself"),
            AnswerError::WrongId => Trouble::WrongAnswer("it has another id"),
            AnswerError::WrongOpcode => Trouble::WrongAnswer("it is about another operation"),
            AnswerError::WrongQuestion => Trouble::WrongAnswer("it repeats another question"),
            AnswerError::CutShort => Trouble::WrongAnswer("it was cut short, which never happens over TCP"),
            AnswerError::Rcode(code) => Trouble::Rcode(code),
            AnswerError::NotAuthoritative => Trouble::NotAuthoritative,
            AnswerError::NoSoa => Trouble::NoSoa,
        }
    }

    fn of_signature(error: TsigError, now: u64) -> Trouble {
        match error {
            TsigError::Wire(error) => Trouble::Undecodable(error),
            TsigError::Unsigned { rcode: Rcode::NOERROR } => Trouble::Unsigned,
            TsigError::Unsigned { rcode } => Trouble::UnsignedRcode(rcode),
            TsigError::Peer { error: Rcode::BADKEY, .. } => Trouble::UnknownKey,
            TsigError::Peer { error: Rcode::BADSIG, .. } => Trouble::BadSignature,
            TsigError::Peer { error: Rcode::BADTRUNC, .. } => Trouble::BadTruncation,
            TsigError::Peer { error: Rcode::BADTIME, server_time, .. } => {
                Trouble::ClockOff(server_time.map(|theirs| difference(now, theirs)))
            }
            TsigError::Peer { error, .. } => Trouble::Rcode(error),
            TsigError::WrongTime { server_time } => Trouble::AnswerClockOff(difference(now, server_time)),
            TsigError::WrongKey
            | TsigError::WrongLength { .. }
            | TsigError::WrongMac
            | TsigError::Sign(_) => Trouble::Forged,
            TsigError::TooManyUnsigned | TsigError::LastUnsigned => Trouble::Uncovered,
        }
    }

    /// `now` is our clock, in seconds since 1970.
    pub(super) fn of_transfer(error: TransferError, now: u64) -> Trouble {
        let contradiction = |clause: &str| Trouble::Contradiction(clause.into());
        match error {
            TransferError::Answer(error) => Trouble::of_answer(error, now),
            TransferError::Zone(SnapshotError::TooLarge) => Trouble::TooLarge,
            TransferError::NoFirstSoa => {
                contradiction("the transfer does not begin with the zone's SOA record")
            }
            TransferError::EmptyMessage => contradiction("a message in the middle of the transfer is empty"),
            TransferError::SoaDiffers => contradiction(
                "the SOA record at its end is not the one at its beginning, so the zone changed meanwhile",
            ),
            // Their words are ours, with numbers and escaped names in them.
            error @ (TransferError::WrongClass(_)
            | TransferError::AfterEnd
            | TransferError::Incomplete { .. }
            | TransferError::Zone(_)
            | TransferError::Difference(_)) => Trouble::Contradiction(error.to_string()),
        }
    }
}

/// Two times in seconds since 1970; never overflows.
pub(super) fn difference(ours: u64, theirs: u64) -> i64 {
    let signed = |time| i64::try_from(time).unwrap_or(i64::MAX);
    signed(ours).saturating_sub(signed(theirs))
}
