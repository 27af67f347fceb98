//! Wishes: what one RRset shall become, whatever it holds.

use crate::zone::{Rdata, RecordType, RrKey, RrSet, Soa, serial};

/// What one RRset shall become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub key: RrKey,
    pub remove: Remove,
    /// Records that shall be there. Those that are there already stay.
    pub add: Vec<Rdata>,
    pub ttl: Ttl,
}

/// Which of the records that are there shall go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remove {
    Nothing,
    These(Vec<Rdata>),
    All,
}

/// The TTL that the RRset shall have, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// Its own; this one where there is no such RRset yet.
    Own(u32),
    Set(u32),
}

impl Wish {
    /// The set shall hold these records and no others.
    pub fn replace(key: RrKey, records: Vec<Rdata>, ttl: Ttl) -> Wish {
        Wish { key, remove: Remove::All, add: records, ttl }
    }

    /// The set shall hold these records as well.
    pub fn add(key: RrKey, records: Vec<Rdata>, ttl: Ttl) -> Wish {
        Wish { key, remove: Remove::Nothing, add: records, ttl }
    }

    /// The set shall not be there.
    pub fn delete(key: RrKey) -> Wish {
        Wish { key, remove: Remove::All, add: Vec::new(), ttl: Ttl::Own(0) }
    }

    /// The set shall have this TTL.
    pub fn ttl(key: RrKey, ttl: u32) -> Wish {
        Wish { key, remove: Remove::Nothing, add: Vec::new(), ttl: Ttl::Set(ttl) }
    }

    /// What it makes of the set as it is.
    pub fn after(&self, now: Option<&RrSet>) -> Option<RrSet> {
        let rtype = self.key.rtype;
        let wanted = RrSet::new(0, self.add.clone());
        let stays = |rdata: &Rdata| {
            wanted.contains(rtype, rdata)
                || match &self.remove {
                    Remove::Nothing => true,
                    Remove::All => false,
                    Remove::These(gone) => !RrSet::new(0, gone.clone()).contains(rtype, rdata),
                }
        };
        let mut records: Vec<Rdata> =
            now.into_iter().flat_map(|set| &set.rdata).filter(|rdata| stays(rdata)).cloned().collect();
        for rdata in &self.add {
            if !RrSet::new(0, records.clone()).contains(rtype, rdata) {
                records.push(rdata.clone());
            }
        }
        if rtype == RecordType::SOA {
            records.iter_mut().for_each(|rdata| follow_serial(rdata, now));
        }
        let ttl = match (self.ttl, now) {
            (Ttl::Own(_), Some(set)) => set.ttl,
            (Ttl::Own(ttl), None) | (Ttl::Set(ttl), _) => ttl,
        };
        (!records.is_empty()).then(|| RrSet::new(ttl, records))
    }

    /// In a word.
    pub fn way(&self) -> &'static str {
        match self.remove {
            Remove::All if self.add.is_empty() => "delete",
            Remove::All => "replace",
            Remove::These(_) => "replace its kind",
            Remove::Nothing => "add",
        }
    }
}

/// The serial is the server's, and goes on while a proposal is looked at.
fn follow_serial(rdata: &mut Rdata, now: Option<&RrSet>) {
    let served = now.and_then(|set| Soa::from_rdata(set.rdata.first()?));
    if let (Some(mut wanted), Some(served)) = (Soa::from_rdata(rdata), served)
        && serial::is_after(served.serial, wanted.serial)
    {
        wanted.serial = served.serial;
        *rdata = wanted.to_rdata();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn set(ttl: u32, records: &[u8]) -> RrSet {
        RrSet::new(ttl, records.iter().map(|last| vec![192, 0, 2, *last].into()).collect())
    }

    fn wish(remove: Remove, add: &[u8], ttl: Ttl) -> Wish {
        let key = RrKey::new(Name::root(), RecordType::A);
        Wish { key, remove, add: set(0, add).rdata, ttl }
    }

    #[test]
    fn wishes_over_what_is_there() {
        let now = set(300, &[1, 2]);
        for (wish, over_now, over_nothing) in [
            (wish(Remove::All, &[2, 3], Ttl::Own(60)), Some(set(300, &[2, 3])), Some(set(60, &[2, 3]))),
            (wish(Remove::All, &[], Ttl::Own(60)), None, None),
            (wish(Remove::Nothing, &[3], Ttl::Own(60)), Some(set(300, &[1, 2, 3])), Some(set(60, &[3]))),
            (wish(Remove::Nothing, &[1], Ttl::Set(60)), Some(set(60, &[1, 2])), Some(set(60, &[1]))),
            (wish(Remove::Nothing, &[], Ttl::Set(60)), Some(set(60, &[1, 2])), None),
            (
                wish(Remove::These(set(0, &[1, 9]).rdata), &[4], Ttl::Own(60)),
                Some(set(300, &[2, 4])),
                Some(set(60, &[4])),
            ),
        ] {
            assert_eq!(wish.after(Some(&now)), over_now, "{wish:?}");
            assert_eq!(wish.after(None), over_nothing, "{wish:?}");
        }
    }
}
