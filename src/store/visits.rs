//! How each zone was left: where the cursor was, what was filtered, which serial the zone had. For the list of zones, and
//! so that a zone is found again as it was left. Nothing is lost with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, encoded};
use super::lines::{KeyLine, decode, encode, hex, key_line, key_of, octets_of};
use crate::facts::zones::Visit;
use crate::zone::Name;

/// Larger files are none of ours: RDATA has 64 KiB at most.
const MAX_VISIT: u64 = 1 << 20;

/// Where the last visit of a zone is kept.
#[derive(Debug, Clone)]
pub struct VisitFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct VisitLine {
    at: u64,
    serial: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    findings: Option<(usize, usize)>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    filter: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sort: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    upper: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    selected: Option<(KeyLine, String)>,
}

impl VisitFile {
    /// That of `zone` at `server` below `state`. Nothing is read or made yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> VisitFile {
        VisitFile { path: state.join("visits").join(encoded(server)).join(encoded(&zone.to_string())) }
    }

    /// Keeps a visit.
    ///
    /// # Errors
    /// Those of the system; what was kept last is then still there.
    pub fn save(&self, visit: &Visit) -> io::Result<()> {
        let Visit { at, serial, findings, filter, sort, upper, selected } = visit.clone();
        let selected = selected.map(|(key, rdata)| (key_line(&key), hex(&rdata)));
        let line = VisitLine { at, serial, findings, filter, sort, upper, selected };
        if let Some(folder) = self.path.parent() {
            files::create_folder(folder)?;
        }
        files::replace(&self.path, encode(&line)?.as_bytes())
    }

    /// The last visit, where one is known.
    pub fn load(&self) -> Option<Visit> {
        let metadata = fs::metadata(&self.path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_VISIT {
            return None;
        }
        let octets = fs::read(&self.path).ok()?;
        let VisitLine { at, serial, findings, filter, sort, upper, selected } =
            decode(octets.strip_suffix(b"\n")?)?;
        let selected = selected.and_then(|(key, rdata)| Some((key_of(key)?, octets_of(&rdata)?)));
        Some(Visit { at, serial, findings, filter, sort, upper, selected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{RecordType, RrKey};

    #[test]
    fn visits_come_back_whole_or_not_at_all() {
        let state = tempfile::tempdir().unwrap();
        let zone = Name::parse(b"example.com.", None).unwrap();
        let file = VisitFile::new(state.path(), "ns0", &zone);
        assert_eq!(file.load(), None);
        let key = RrKey::new(Name::parse(b"w\\.\\255.example.com.", None).unwrap(), RecordType::TXT);
        let visit = Visit {
            at: 1_700_000_000,
            serial: u32::MAX,
            findings: Some((1, 20)),
            filter: "\"\u{1b}ë".into(),
            sort: "ttl".into(),
            upper: true,
            selected: Some((key, vec![0, 255].into())),
        };
        for visit in [visit, Visit::default()] {
            file.save(&visit).unwrap();
            assert_eq!(file.load(), Some(visit));
        }
        let whole = fs::read(&file.path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&file.path, &whole[..cut]).unwrap();
            assert_eq!(file.load(), None, "cut at {cut}");
        }
    }
}
