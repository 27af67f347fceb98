//! The beginning of a zone transfer, to see whether the server gives one and in which shape; the rest is not needed.

use super::answer::Asked;
use super::transfer::{TransferError, read_message};
use super::tsig::Verifier;
use crate::zone::{RecordType, Soa};

/// What a server sends when it is asked for a transfer (RFC 5936, RFC 1995 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One SOA, of the version that was named: nothing has changed since.
    Unchanged,
    /// What changed since the version that was named.
    Differences,
    /// The whole zone.
    Whole,
}

/// Looks at the first messages of a transfer.
pub struct Peek {
    asked: Asked,
    verifier: Option<Verifier>,
    /// The serial that an incremental transfer was asked for from.
    since: u32,
    first: Option<u32>,
}

impl Peek {
    /// For the answer to `asked`, be it [`Asked::axfr`] or [`Asked::ixfr`] sent with the serial `since`.
    pub fn new(asked: Asked, verifier: Option<Verifier>, since: u32) -> Peek {
        Peek { asked, verifier, since, first: None }
    }

    /// Takes the next message; `None` where more are needed. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`TransferError`] where the server does not give the transfer.
    pub fn feed(&mut self, message: &[u8], now: u64) -> Result<Option<Shape>, TransferError> {
        let Peek { asked, verifier, since, first } = self;
        let mut shape = None;
        read_message(asked, verifier.as_mut(), message, now, |item| {
            match first {
                None if !item.is_apex_soa => return Err(TransferError::NoFirstSoa),
                None => *first = Some(Soa::from_rdata(item.rdata).map_or(0, |soa| soa.serial)),
                Some(_) if shape.is_some() => {}
                // A second SOA begins a difference, unless it is the end of a zone that has nothing but its SOA.
                Some(first) => {
                    let is_older = item.rtype == RecordType::SOA
                        && Soa::from_rdata(item.rdata).is_some_and(|soa| soa.serial != *first);
                    shape = Some(if is_older { Shape::Differences } else { Shape::Whole });
                }
            }
            Ok(())
        })?;
        Ok(match (shape, *first) {
            (None, Some(_)) if asked.rtype == RecordType::AXFR => Some(Shape::Whole),
            (None, Some(first)) if first == *since => Some(Shape::Unchanged),
            (None, None) => return Err(TransferError::NoFirstSoa),
            (shape, _) => shape,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::builder::Builder;
    use crate::wire::{MAX_MESSAGE, Opcode, Section, class, flags};
    use crate::zone::Name;

    fn message(asked: &Asked, serials: &[u32]) -> Vec<u8> {
        let mut message = Builder::new(asked.id, Opcode::QUERY, flags::QR | flags::AA, MAX_MESSAGE);
        message.question(asked.name.as_ref(), asked.rtype, class::IN).unwrap();
        for serial in serials {
            let owner = asked.name.as_ref();
            // 0 stands for another record.
            let (rtype, rdata) = match serial {
                0 => (RecordType::A, vec![192, 0, 2, 1].into()),
                serial => (RecordType::SOA, Soa { serial: *serial, ..Soa::default() }.to_rdata()),
            };
            message.record(Section::Answer, owner, rtype, class::IN, 60, &rdata).unwrap();
        }
        message.finish()
    }

    #[test]
    fn shapes() {
        let zone = Name::parse(b"example.com.", None).unwrap();
        let (axfr, ixfr) = (Asked::axfr(7, zone.clone()), Asked::ixfr(7, zone));
        for (asked, messages, shape) in [
            (&ixfr, &[&[5][..]][..], Ok(Some(Shape::Unchanged))),
            (&ixfr, &[&[6, 5, 0]], Ok(Some(Shape::Differences))),
            (&ixfr, &[&[6], &[5]], Ok(Some(Shape::Differences))),
            (&ixfr, &[&[6, 0, 0]], Ok(Some(Shape::Whole))),
            (&ixfr, &[&[6, 6]], Ok(Some(Shape::Whole))),
            (&ixfr, &[&[6]], Ok(None)),
            (&ixfr, &[&[0]], Err(TransferError::NoFirstSoa)),
            (&ixfr, &[&[]], Err(TransferError::EmptyMessage)),
            (&axfr, &[&[5]], Ok(Some(Shape::Whole))),
            (&axfr, &[&[6, 0]], Ok(Some(Shape::Whole))),
        ] {
            let mut peek = Peek::new(asked.clone(), None, 5);
            let told = messages.iter().map(|serials| peek.feed(&message(asked, serials), 0)).last();
            assert_eq!(told, Some(shape), "{messages:?}");
        }
    }
}
