//! Random update messages for a zone: mostly such as somebody might mean, now and then broken in one place.

use zonewright::wire::{Section, class};
use zonewright::zone::{Name, RecordType, RrKey, Snapshot, Soa, types};
use zonewright::zonefile;

use super::message::{Entry, Message};

/// What the zone is at first; nameservers' names are outside, so that none of them needs an address.
pub const START: &str = "$TTL 300
@ SOA ns hostmaster 10 7200 900 1209600 300
@ NS ns.example.net.
@ NS ns.example.org.
@ MX 10 mail.example.net.
a A 192.0.2.1
a A 192.0.2.2
a TXT x
b CNAME a
sub NS ns.sub
ns.sub A 192.0.2.3
*.w A 192.0.2.1
dn DNAME example.net.
deep.er.e TXT x
";
const OWNERS: [&str; 25] = [
    "@",
    "@",
    "a",
    "a",
    "A",
    "b",
    "B",
    "c",
    "d",
    "d",
    "e",
    "er.e",
    "deep.er.e",
    "x.y",
    "y",
    "*.w",
    "w",
    "z.w",
    "sub",
    "ns.sub",
    "x.sub",
    "dn",
    "_s._tcp",
    "new",
    "new2",
];
const DATA: [&str; 45] = [
    "A 192.0.2.1",
    "A 192.0.2.1",
    "A 192.0.2.2",
    "A 192.0.2.2",
    "A 192.0.2.3",
    "A 192.0.2.4",
    "AAAA 2001:db8::1",
    "AAAA 2001:db8::2",
    "TXT x",
    "TXT x",
    "TXT X",
    "TXT \"x\" \"\"",
    "TXT \"\\000\\255\\\"\" y",
    "CNAME a",
    "CNAME A",
    "CNAME ns.example.net.",
    "CNAME B.example.net.",
    "CNAME .",
    "NS ns.example.net.",
    "NS NS.Example.Net.",
    "NS ns.example.org.",
    "NS ns2.example.org.",
    "NS ns.sub",
    "DNAME example.net.",
    "DNAME example.org.",
    "MX 10 mail.example.net.",
    "MX 10 MAIL.example.net.",
    "MX 20 mail.example.net.",
    "MX 10 c",
    "PTR a",
    "PTR A",
    "SRV 0 0 443 www.example.net.",
    "SRV 0 0 443 WWW.example.net.",
    "CAA 0 issue \"ca.example.net\"",
    "HTTPS 1 . alpn=h2",
    "DS 1 8 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "RP a b",
    "KEY 512 3 8 AA==",
    "TYPE65400 \\# 0",
    "TYPE65400 \\# 1 00",
    "TYPE65400 \\# 2 4161",
    "TYPE65400 \\# 2 6161",
    "TYPE999 \\# 0",
    "TYPE999 \\# 3 036100",
];
/// A zone that grows beyond this is mostly deleted from.
const LARGE: usize = 100;

/// Numbers that look random and are the same in every run (xorshift).
pub struct Dice(pub u64);

impl Dice {
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.throw(times) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.throw(of.len())].clone()
    }
}

/// A random message for a zone as it is now.
pub fn message(dice: &mut Dice, zone: &Snapshot) -> Message {
    let mut random = Random { zone, origin: zone.origin().clone(), dice };
    let mut entries = Vec::new();
    // Most prerequisites shall hold, else little would ever change.
    let honest = !random.dice.once_in(4);
    for _ in 0..random.dice.pick(&[0, 0, 0, 1, 1, 2, 3, 5]) {
        entries.extend(random.prerequisite(honest));
    }
    // The records of a value need not stand together.
    if random.dice.once_in(4) {
        for at in (1..entries.len()).rev() {
            entries.swap(at, random.dice.throw(at + 1));
        }
    }
    for _ in 0..random.dice.pick(&[0, 1, 1, 1, 2, 2, 3, 4, 6]) {
        let operations = random.operations();
        entries.extend(operations);
    }
    let mut message = Message {
        zones: vec![(random.origin.clone(), RecordType::SOA, class::IN)],
        entries,
        compressed: random.dice.once_in(4),
        miscounted: [0; 4],
        trailing: Vec::new(),
    };
    if random.dice.once_in(8) {
        random.spoil(&mut message);
    }
    message.entries.sort_by_key(|entry| entry.section);
    message
}

struct Random<'a> {
    zone: &'a Snapshot,
    origin: Name,
    dice: &'a mut Dice,
}

/// Owner, type and RDATA.
type Record = (Name, RecordType, Vec<u8>);

impl Random<'_> {
    fn name(&mut self, text: &str) -> Name {
        Name::parse(text.as_bytes(), Some(self.origin.as_ref())).unwrap()
    }

    fn owner(&mut self) -> Name {
        let owner = self.dice.pick(&OWNERS);
        self.name(owner)
    }

    /// A record that may stand in the zone or not.
    fn record(&mut self) -> Record {
        let owner = self.owner();
        match self.dice.throw(16) {
            0 => {
                let (rtype, rdata) = self.of_any_type();
                (owner, rtype, rdata)
            }
            1 if owner == self.origin => (owner, RecordType::SOA, self.soa()),
            _ => {
                let line = format!("@ 1 {}\n", self.dice.pick(&DATA));
                let record = zonefile::parse(line.as_bytes(), Some(&self.origin)).records.remove(0);
                (owner, record.rtype, record.rdata.to_vec())
            }
        }
    }

    /// RDATA of a type of the table: its example, often with octets changed as long as it is valid.
    fn of_any_type(&mut self) -> (RecordType, Vec<u8>) {
        let entry = &types::table()[self.dice.throw(types::table().len())];
        let examples: Vec<&str> = entry.fields.iter().map(|field| field.example).collect();
        let mut rdata = types::parse_fields(entry.rtype, &examples, self.origin.as_ref()).unwrap().into_vec();
        for _ in 0..self.dice.throw(4) {
            let mut changed = rdata.clone();
            if let Some(octet) = changed.get_mut(self.dice.0 as usize % rdata.len().max(1)) {
                *octet = self.dice.throw(256) as u8;
            }
            if types::is_valid(entry.rtype, &changed) {
                rdata = changed;
            }
        }
        (entry.rtype, rdata)
    }

    /// An SOA whose serial is lower, higher, the same, or neither.
    fn soa(&mut self) -> Vec<u8> {
        let steps = [0, 1, 2, 1_000_000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, u32::MAX];
        let serial = self.zone.serial().wrapping_add(self.dice.pick(&steps));
        let refresh = self.dice.pick(&[7200, 7200, 3600]);
        Soa { serial, refresh, ..self.zone.soa().clone() }.to_rdata().into_vec()
    }

    /// An RRset of the zone.
    fn known_set(&mut self) -> (RrKey, Vec<Vec<u8>>) {
        let set = self.zone.set_ids().nth(self.dice.throw(self.zone.set_count())).unwrap();
        let contents = self.zone.contents(set).unwrap();
        (self.zone.key(set).unwrap(), contents.rdata.into_iter().map(Vec::from).collect())
    }

    fn known_record(&mut self) -> Record {
        let (key, rdata) = self.known_set();
        let rdata = self.dice.pick(&rdata);
        (self.recased(key.owner), key.rtype, self.recased_rdata(key.rtype, rdata))
    }

    fn likely_record(&mut self) -> Record {
        if self.dice.once_in(2) { self.known_record() } else { self.record() }
    }

    /// The same name, sometimes spelled otherwise.
    fn recased(&mut self, name: Name) -> Name {
        match self.dice.once_in(8) {
            true => Name::from_wire(&name.wire().to_ascii_uppercase()).unwrap(),
            false => name,
        }
    }

    /// The same RDATA, sometimes spelled otherwise.
    fn recased_rdata(&mut self, rtype: RecordType, rdata: Vec<u8>) -> Vec<u8> {
        match self.dice.once_in(8) {
            true => types::canonical(rtype, &rdata).into_owned(),
            false => rdata,
        }
    }

    /// The records of one prerequisite.
    fn prerequisite(&mut self, honest: bool) -> Vec<Entry> {
        loop {
            let (owner, rtype, rdata) = self.likely_record();
            let entry = |rtype, class, rdata| {
                vec![Entry { section: Section::Answer, owner: owner.clone(), rtype, class, ttl: 0, rdata }]
            };
            let in_use = !self.zone.sets_at(owner.as_ref()).is_empty();
            let is_there = self.zone.get(&RrKey::new(owner.clone(), rtype)).is_some();
            let (holds, entries) = match self.dice.throw(7) {
                0 => (in_use, entry(RecordType::ANY, class::ANY, Vec::new())),
                1 => (!in_use, entry(RecordType::ANY, class::NONE, Vec::new())),
                2 => (is_there, entry(rtype, class::ANY, Vec::new())),
                3 => (!is_there, entry(rtype, class::NONE, Vec::new())),
                4 => (false, entry(rtype, class::IN, rdata)),
                _ => (true, self.value()),
            };
            if holds || !honest {
                return entries;
            }
        }
    }

    /// What an RRset of the zone holds, in any order and case; sometimes a record twice.
    fn value(&mut self) -> Vec<Entry> {
        let (key, mut records) = self.known_set();
        let rotate = self.dice.throw(records.len());
        records.rotate_left(rotate);
        if self.dice.once_in(16) {
            records.push(records[0].clone());
        }
        let record = |rdata| {
            let owner = self.recased(key.owner.clone());
            let rdata = self.recased_rdata(key.rtype, rdata);
            Entry { section: Section::Answer, owner, rtype: key.rtype, class: class::IN, ttl: 0, rdata }
        };
        records.into_iter().map(record).collect()
    }

    fn operations(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut put = |owner: &Name, rtype, class, ttl, rdata: &[u8]| {
            let (owner, rdata) = (owner.clone(), rdata.to_vec());
            entries.push(Entry { section: Section::Authority, owner, rtype, class, ttl, rdata });
        };
        if self.zone.record_count() > LARGE && self.dice.once_in(2) {
            let (owner, ..) = self.known_record();
            put(&owner, RecordType::ANY, class::ANY, 0, &[]);
            return entries;
        }
        match self.dice.throw(16) {
            0 => {
                let (owner, ..) = self.likely_record();
                put(&owner, RecordType::ANY, class::ANY, 0, &[]);
            }
            1 | 2 => {
                let (owner, rtype, _) = self.likely_record();
                put(&owner, rtype, class::ANY, 0, &[]);
            }
            3..=5 => {
                let (owner, rtype, rdata) = self.likely_record();
                put(&owner, rtype, class::NONE, 0, &rdata);
            }
            // Another TTL for a whole RRset, as an editor sends it.
            6 => {
                let (key, records) = self.known_set();
                let ttl = self.dice.pick(&[60, 600, 0]);
                put(&key.owner, key.rtype, class::ANY, 0, &[]);
                for rdata in &records {
                    put(&key.owner, key.rtype, class::IN, ttl, rdata);
                }
            }
            // The same record again.
            7 if self.dice.once_in(2) => {
                let (owner, rtype, rdata) = self.known_record();
                let ttl = self.dice.pick(&[300, 300, 300, 60]);
                put(&owner, rtype, class::IN, ttl, &rdata);
            }
            _ => {
                let (owner, rtype, rdata) = self.record();
                let ttl =
                    if self.dice.once_in(8) { self.dice.pick(&[60, 0, 86_400, 0x7fff_ffff]) } else { 300 };
                put(&owner, rtype, class::IN, ttl, &rdata);
            }
        }
        entries
    }

    /// Breaks one thing.
    fn spoil(&mut self, message: &mut Message) {
        let (mut owner, mut rtype, mut rdata) = self.likely_record();
        let mut section = self.dice.pick(&[Section::Answer, Section::Authority]);
        let mut class = self.dice.pick(&[class::IN, class::NONE, class::ANY]);
        let mut ttl = 0;
        let is_prerequisite = section == Section::Answer;
        // Without RDATA where that is right.
        if class == class::ANY || is_prerequisite && class == class::NONE {
            rdata.clear();
        }
        match self.dice.throw(20) {
            0 | 1 => owner = Name::parse(b"elsewhere.test.", None).unwrap(),
            2 => {
                owner =
                    owner.parent().filter(|name| !name.is_at_or_below(&self.origin)).unwrap_or(Name::root())
            }
            3 => {
                ttl = self.dice.pick(&[1, 300]);
                class = self.dice.pick(&[class::NONE, class::ANY]);
                rdata = if class == class::NONE && !is_prerequisite { rdata } else { Vec::new() };
            }
            4 => ttl = if is_prerequisite { 300 } else { 0x8000_0000 },
            5 => (class, rdata) = (class::ANY, vec![192, 0, 2, 1]),
            6 => {
                (section, class, rtype) = (Section::Answer, class::NONE, RecordType::A);
                rdata = vec![192, 0, 2, 1];
            }
            7 => class = self.dice.pick(&[class::CH, 2, 4, 253, 1000]),
            8 | 9 => {
                rtype = RecordType(self.dice.pick(&[0, 41, 128, 249, 250, 251, 252, 253, 254, 255]));
                rdata.clear();
            }
            10 => {
                rdata.pop();
                class = self.dice.pick(&[class::IN, class::NONE]);
            }
            11 => {
                rdata.push(0);
                class = self.dice.pick(&[class::IN, class::NONE]);
            }
            12 => {
                rdata.clear();
                class = self.dice.pick(&[class::IN, class::NONE]);
            }
            13 => return message.zones = self.zones(),
            14 | 15 => {
                let at = self.dice.throw(4);
                // The signature is counted as the last section's.
                message.miscounted[at] = if at == 3 { 1 } else { self.dice.pick(&[-1, 1]) };
                return;
            }
            16 => return message.trailing = vec![0],
            // Not wrong: nobody looks at these.
            17 => {
                (section, class, ttl, rdata, rtype) =
                    (Section::Additional, class::IN, 1, vec![192, 0, 2, 9], RecordType::A)
            }
            18 => {
                (section, class, ttl, rdata, rtype) =
                    (Section::Additional, 1232, 0, Vec::new(), RecordType::OPT);
                owner = Name::root();
            }
            // An SOA and an NS set where they may not be deleted or stand.
            _ => {
                section = Section::Authority;
                rtype = self.dice.pick(&[RecordType::SOA, RecordType::NS]);
                class = self.dice.pick(&[class::ANY, class::IN, class::NONE]);
                rdata = match (class, rtype) {
                    (class::ANY, _) => Vec::new(),
                    (_, RecordType::SOA) => self.soa(),
                    _ => b"\x02ns\x07example\x03net\0".to_vec(),
                };
            }
        }
        let place = self.dice.throw(message.entries.len() + 1);
        message.entries.insert(place, Entry { section, owner, rtype, class, ttl, rdata });
    }

    fn zones(&mut self) -> Vec<(Name, RecordType, u16)> {
        let (soa, origin) = (RecordType::SOA, self.origin.clone());
        match self.dice.throw(8) {
            0 => Vec::new(),
            1 => vec![(origin.clone(), soa, class::IN), (origin, soa, class::IN)],
            2 => vec![(origin, RecordType::A, class::IN)],
            3 => vec![(origin, RecordType::ANY, class::IN)],
            4 => vec![(origin, soa, class::CH)],
            5 => vec![(origin, soa, class::ANY)],
            6 => vec![(self.name("a"), soa, class::IN)],
            _ => vec![(Name::parse(b"elsewhere.test.", None).unwrap(), soa, class::IN)],
        }
    }
}
