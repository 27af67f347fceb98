//! Records made from what people have: a certificate (PEM or DER) for TLSA and SMIMEA, a public key of SSH for SSHFP,
//! a DNSKEY for DS and CDS, an OpenPGP key for OPENPGPKEY, either of them for CERT; and the null MX.
//!
//! The text comes from a paste, or from a file that `run` has read; every octet of it is hostile.

mod certificate;
mod dnskey;
mod openpgp;
mod ssh;
#[cfg(test)]
mod tests;

use super::{Form, Part};
use crate::edit::Field;
use crate::zone::{Contents, Name, RecordType, RrKey};

/// Largest file that is read for it, in octets.
pub const MAX_FILE: usize = 256 * 1024;

const TLSA: u16 = 52;
const SMIMEA: u16 = 53;
const SSHFP: u16 = 44;
const DS: u16 = 43;
const CDS: u16 = 59;
const CERT: u16 = 37;
const OPENPGPKEY: u16 = 61;

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// A text for each field of the RDATA.
    fields: Vec<String>,
    /// From what, in words.
    from: String,
    /// The name that it belongs to, where that is said.
    owner: Option<Name>,
}

/// What a form can be filled from by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assist {
    /// The record that says that there is no mail.
    NullMx,
    /// A file, in words.
    File(&'static str),
}

impl Assist {
    /// In words, for the screen.
    pub fn in_words(self) -> String {
        match self {
            Assist::NullMx => "F4: takes no mail (null MX)".into(),
            Assist::File(what) => format!("F4: made from {what}; pasting one does as well"),
        }
    }
}

impl Form {
    /// What can be made for this form by a key.
    pub fn assist(&self) -> Option<Assist> {
        Some(match (self.rtype, self.rtype.0) {
            (RecordType::MX, _) => Assist::NullMx,
            (_, TLSA | SMIMEA) => Assist::File("a certificate file (PEM)"),
            (_, SSHFP) => Assist::File("a public-key file of SSH (.pub)"),
            (_, DS | CDS) => Assist::File("a DNSKEY (K*.key file)"),
            (_, OPENPGPKEY) => Assist::File("an OpenPGP key (gpg --export)"),
            (_, CERT) => Assist::File("a certificate (PEM) or an OpenPGP key"),
            _ => return None,
        })
    }

    /// The record that says that there is no mail (RFC 7505).
    pub fn make_null_mx(&mut self, zone: Contents<'_>) {
        self.put_rdata(&["0".into(), ".".into()], zone);
        self.message =
            Some("A null MX: the name takes no mail. It has to be the only MX record there.".into());
    }

    /// Makes the record from a key of the zone itself, where there is one at its name. False where there is none.
    pub fn take_own_key(&mut self, zone: Contents<'_>) -> bool {
        if !matches!(self.rtype.0, DS | CDS) {
            return false;
        }
        let owner = self.owner().unwrap_or_else(|| self.fixed_owner.clone());
        let Some(set) = zone.get(&RrKey::new(owner.clone(), RecordType::DNSKEY)) else { return false };
        let keys: Vec<(Name, Vec<u8>)> = set.rdata.iter().map(|key| (owner.clone(), key.to_vec())).collect();
        let made = dnskey::from_keys(&keys, &self.texts());
        made.is_ok_and(|made| {
            self.put_made(made, zone);
            true
        })
    }

    /// Fills the fields from a pasted text, where it is something that such a record is made from.
    pub(super) fn take_material(&mut self, text: &[u8], zone: Contents<'_>) -> bool {
        match self.make(text) {
            Some(Ok(made)) => {
                self.put_made(made, zone);
                true
            }
            Some(Err(why)) => {
                self.message = Some(why);
                true
            }
            None => false,
        }
    }

    /// Fills the fields from a file.
    pub fn take_file(&mut self, octets: &[u8], zone: Contents<'_>) {
        if !self.take_material(octets, zone) {
            let wanted = match self.assist() {
                Some(Assist::File(what)) => what,
                _ => "something else",
            };
            self.message = Some(format!("Nothing is made of it: wanted is {wanted}."));
        }
    }

    /// What becomes of the text; `None` where it is nothing that this type is made from.
    fn make(&self, octets: &[u8]) -> Option<Result<Made, String>> {
        let octets = octets.get(..MAX_FILE.min(octets.len()))?;
        match self.rtype.0 {
            TLSA | SMIMEA => certificate::make(self.rtype.0 == SMIMEA, octets, &self.texts()),
            SSHFP => ssh::make(octets, &self.texts()),
            OPENPGPKEY => openpgp::make(octets),
            CERT => certificate::whole(octets).or_else(|| {
                let made = openpgp::make(octets)?;
                // Type 3 is PGP; key tag and algorithm are for others.
                let fields =
                    |key: Vec<String>| ["3", "0", "0"].map(String::from).into_iter().chain(key).collect();
                Some(made.map(|made| Made { fields: fields(made.fields), owner: None, ..made }))
            }),
            DS | CDS => {
                let owner = self.owner().unwrap_or_else(|| self.fixed_owner.clone());
                dnskey::make(octets, &owner, &self.texts())
            }
            _ => None,
        }
    }

    fn put_made(&mut self, made: Made, zone: Contents<'_>) {
        self.put_rdata(&made.fields, zone);
        let own = self.owner();
        let mut message = format!("Made from {}.", made.from);
        if let Some(owner) = made.owner {
            let empty =
                self.inputs.iter_mut().find(|input| input.part == Part::Owner && input.field.is_empty());
            match empty {
                Some(input) => {
                    input.field = Field::new(&owner.relative_to(&self.origin));
                    self.check(zone);
                }
                None if own.as_ref() != Some(&owner) => {
                    message = format!("Made from {} of {owner}: is that the name of this record?", made.from);
                }
                None => {}
            }
        }
        self.message = Some(message);
    }

    fn put_rdata(&mut self, texts: &[String], zone: Contents<'_>) {
        for (index, text) in texts.iter().enumerate() {
            if let Some(input) = self.inputs.iter_mut().find(|input| input.part == Part::Rdata(index)) {
                input.field = Field::new(text);
            }
        }
        self.current =
            self.inputs.iter().position(|input| input.part == Part::Rdata(0)).unwrap_or(self.current);
        self.check(zone);
    }

    fn texts(&self) -> Vec<String> {
        let fields = self.inputs.iter().filter(|input| matches!(input.part, Part::Rdata(_)));
        fields.map(|input| input.field.text().trim().to_owned()).collect()
    }

    /// The name that is typed, where it is one.
    fn owner(&self) -> Option<Name> {
        let input = self.input(Part::Owner)?;
        let text = super::idn::to_a_labels(input.field.text().trim()).ok()?;
        Name::parse(text.as_bytes(), Some(self.origin.as_ref())).ok()
    }
}

/// One of the numbers that are known for a field, where it is typed already; else the usual one.
fn number(texts: &[String], at: usize, known: &[u8], usual: u8) -> u8 {
    let typed = texts.get(at).and_then(|text| text.parse().ok());
    typed.filter(|number| known.contains(number)).unwrap_or(usual)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}
