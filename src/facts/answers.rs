//! Questions to the world that a judgement rests on, and what came of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Parent, Reply};
use crate::zone::{Name, Rdata, RecordType};

/// A question about a zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// What anybody is told who asks for these records: through the resolvers.
    Records { name: Name, rtype: RecordType },
    /// What the server at this address knows itself of them.
    Own { server: IpAddr, name: Name, rtype: RecordType },
    /// How the server at this address stands for the zone: over UDP and over TCP.
    Serial { server: IpAddr },
    /// Whether the server at this address finds out for others what it does not know.
    Recursion { server: IpAddr },
    /// What the zone above says of this one.
    Parent,
    /// What the zone's primary says it is.
    Software,
    /// Who issued the certificate that the web server of this name has at one of these addresses.
    Certificate { site: Name, addresses: Vec<IpAddr> },
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Records(Records),
    Serial {
        udp: Reply,
        tcp: Reply,
    },
    Recursion(bool),
    Parent(Parent),
    Software(String),
    Certificate(Issuer),
    /// Nothing is known: why, as a clause.
    Unknown(String),
}

/// The records in an answer, those of aliases on the way to them among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// Is there a name at the end of the aliases? False for NXDOMAIN.
    pub exists: bool,
    /// Does the server answer as an authority?
    pub authoritative: bool,
    pub records: Vec<(Name, RecordType, Rdata)>,
}

impl Records {
    /// Those of a type, wherever an alias leads.
    pub fn of(&self, rtype: RecordType) -> impl Iterator<Item = &Rdata> {
        self.records.iter().filter(move |(_, other, _)| *other == rtype).map(|(_, _, rdata)| rdata)
    }

    pub fn has(&self, rtype: RecordType) -> bool {
        self.of(rtype).next().is_some()
    }

    /// The name that an alias of this one leads to, where it is one.
    pub fn alias_of(&self, name: &Name) -> Option<Name> {
        let own =
            |(owner, rtype, _): &&(Name, RecordType, Rdata)| owner == name && *rtype == RecordType::CNAME;
        self.records.iter().find(own).and_then(|(_, _, rdata)| Name::from_wire(rdata).ok())
    }

    /// The name at which the aliases of a name end. One that leads back ends where that is seen.
    pub fn end_of(&self, name: &Name) -> Name {
        let mut end = name.clone();
        for _ in 0..self.records.len() {
            match self.alias_of(&end) {
                Some(next) => end = next,
                None => break,
            }
        }
        end
    }

    /// The addresses in it.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records.iter().filter_map(|(_, rtype, rdata)| address(*rtype, rdata))
    }
}

/// The address in an A or AAAA record.
pub fn address(rtype: RecordType, rdata: &[u8]) -> Option<IpAddr> {
    match rtype {
        RecordType::A => <[u8; 4]>::try_from(rdata).ok().map(IpAddr::from),
        RecordType::AAAA => <[u8; 16]>::try_from(rdata).ok().map(IpAddr::from),
        _ => None,
    }
}

/// Who issued a certificate, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Issuer {
    /// The organisation; empty where it names none.
    pub organisation: String,
    /// The name of the authority's certificate.
    pub common_name: String,
}

/// What is known so far.
#[derive(Debug, Clone, Default)]
pub struct Answers(BTreeMap<Question, Answer>);

impl Answers {
    pub fn get(&self, question: &Question) -> Option<&Answer> {
        self.0.get(question)
    }

    pub fn insert(&mut self, question: Question, answer: Answer) {
        self.0.insert(question, answer);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Were there questions, and no answer to any?
    pub fn are_all_unknown(&self) -> bool {
        !self.0.is_empty() && self.0.values().all(|answer| matches!(answer, Answer::Unknown(_)))
    }
}

impl FromIterator<(Question, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (Question, Answer)>>(answers: I) -> Answers {
        Answers(answers.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_followed_and_a_loop_ends() {
        let name = |text: &str| Name::parse(text.as_bytes(), None).unwrap();
        let cname = |owner: &str, target: &str| (name(owner), RecordType::CNAME, name(target).wire().into());
        let records = Records {
            exists: true,
            authoritative: false,
            records: vec![
                cname("a.", "b."),
                cname("b.", "c."),
                (name("c."), RecordType::A, Box::from([192, 0, 2, 1])),
            ],
        };
        assert_eq!(records.end_of(&name("A.")), name("c."));
        assert_eq!(records.end_of(&name("x.")), name("x."));
        assert_eq!(records.addresses().collect::<Vec<_>>(), [IpAddr::from([192, 0, 2, 1])]);
        let records = Records { records: vec![cname("a.", "b."), cname("b.", "a.")], ..Records::default() };
        assert_eq!(records.end_of(&name("a.")), name("a."));
    }
}
