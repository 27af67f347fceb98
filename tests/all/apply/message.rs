//! An update message as a list of records, right or wrong, and its octets. An encoder of its own: none of the
//! program's code writes them, and it can say what that cannot.

use std::fmt;

use zonewright::wire::{Opcode, Section, class};
use zonewright::zone::{Name, NameRef, RecordType, types};

/// One record of an update message.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub section: Section,
    pub owner: Name,
    pub rtype: RecordType,
    pub class: u16,
    pub ttl: u32,
    pub rdata: Vec<u8>,
}

/// One update message.
#[derive(Debug, Clone)]
pub struct Message {
    /// The zone section; one entry, if it is right.
    pub zones: Vec<(Name, RecordType, u16)>,
    /// In the order of the sections.
    pub entries: Vec<Entry>,
    /// Names that end in the zone's are written as pointers to it, in RDATA too where RFC 3597 allows that.
    pub compressed: bool,
    /// What is added to each of the header's counts.
    pub miscounted: [i16; 4],
    /// Octets after the last record, the signature.
    pub trailing: Vec<u8>,
}

impl Message {
    /// The octets without signature, and without what trails it.
    pub fn octets(&self, id: u16) -> Vec<u8> {
        let records = |section| self.entries.iter().filter(|entry| entry.section == section).count();
        let sections = [Section::Answer, Section::Authority, Section::Additional].map(records);
        let counts = [self.zones.len(), sections[0], sections[1], sections[2]];
        let mut octets = id.to_be_bytes().to_vec();
        octets.extend(Opcode::UPDATE.bits().to_be_bytes());
        for (count, by) in counts.into_iter().zip(self.miscounted) {
            octets.extend(u16::try_from(count).unwrap().wrapping_add_signed(by).to_be_bytes());
        }
        for (name, rtype, class) in &self.zones {
            octets.extend_from_slice(name.wire());
            octets.extend([rtype.0, *class].into_iter().flat_map(u16::to_be_bytes));
        }
        for Entry { owner, rtype, class, ttl, rdata, .. } in &self.entries {
            octets.extend(self.shortened(owner.wire()));
            octets.extend([rtype.0, *class].into_iter().flat_map(u16::to_be_bytes));
            octets.extend(ttl.to_be_bytes());
            let may_be_short = matches!(*rtype, RecordType::NS | RecordType::CNAME);
            let rdata = if may_be_short { self.shortened(rdata) } else { rdata.clone() };
            octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
            octets.extend(rdata);
        }
        octets
    }

    /// A name, with its end as a pointer where that may be.
    fn shortened(&self, name: &[u8]) -> Vec<u8> {
        let first = self.zones.first().map(|(zone, ..)| zone.as_ref()).filter(|_| self.compressed);
        match (first, NameRef::split_from(name)) {
            (Some(zone), Some((whole, []))) if whole.is_at_or_below(zone) => {
                // The zone section begins behind the header.
                [&name[..name.len() - zone.wire().len()], &[0xc0, 12]].concat()
            }
            _ => name.to_vec(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, rtype, class) in &self.zones {
            writeln!(f, "  zone {name} {rtype} class {class}")?;
        }
        for Entry { section, owner, rtype, class, ttl, rdata } in &self.entries {
            let section = match section {
                Section::Answer => "prerequisite",
                Section::Authority => "update",
                Section::Additional => "additional",
            };
            let class = match *class {
                class::IN => "IN".into(),
                class::NONE => "NONE".into(),
                class::ANY => "ANY".into(),
                other => format!("CLASS{other}"),
            };
            let data =
                if rdata.is_empty() { String::new() } else { types::format_rdata(*rtype, rdata, None) };
            writeln!(f, "  {section} {owner} {ttl} {class} {rtype} {data}")?;
        }
        let Message { compressed, miscounted, trailing, .. } = self;
        writeln!(f, "  compressed {compressed}, miscounted {miscounted:?}, trailing {trailing:?}")
    }
}
