//! The form that is being filled in, beside the draft: kept until it is left, so that nothing typed is lost.
//!
//! The lock on the zone's draft ([`super::drafts::Journal`]) keeps two editors apart; whoever writes here holds it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, encoded};
use super::lines::{KeyLine, decode, encode, hex, key_line, key_of, octets_of};
use crate::facts::{Failure, FailureKind, OpenForm, ValuesOf};
use crate::zone::{Name, RecordType};

/// Larger files are none of ours: a field holds 64 KiB at most.
const MAX_FORM: u64 = 16 << 20;

/// Where a zone's form is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nameservers: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    rtype: u16,
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced: Option<(KeyLine, String)>,
    fields: Vec<String>,
    current: usize,
}

impl FormFile {
    /// That of `zone` at `server` below `state`. Nothing is read or made yet.
    pub fn new(state: &Path, server: &str, zone: &Name) -> FormFile {
        let folder = state.join("drafts").join(encoded(server));
        FormFile { path: folder.join(format!("{}.form", encoded(&zone.to_string()))) }
    }

    /// Keeps a form, seen onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; what was kept last is then still there.
    pub fn save(&self, form: &OpenForm) -> Result<(), Failure> {
        self.try_save(form).map_err(|error| {
            self.failure(
                "What is typed in the form could not be saved.",
                &error,
                "It is still on the screen.",
            )
        })
    }

    fn try_save(&self, form: &OpenForm) -> io::Result<()> {
        let (nameservers, template) = match form.values_of.clone() {
            None => (None, None),
            Some(ValuesOf::Nameservers(set)) => (Some(set), None),
            Some(ValuesOf::Template(name)) => (None, Some(name)),
        };
        let line = FormLine {
            nameservers,
            template,
            rtype: form.rtype.0,
            owner: form.owner.as_ref().map(Name::to_string),
            replaced: form.replaced.as_ref().map(|(key, rdata)| (key_line(key), hex(rdata))),
            fields: form.fields.clone(),
            current: form.current,
        };
        if let Some(folder) = self.path.parent() {
            files::create_folder(folder)?;
        }
        files::replace(&self.path, encode(&line)?.as_bytes())
    }

    /// The form that was open when the program ended; `None` where there is none, or where it cannot be understood:
    /// another version may have written it.
    ///
    /// # Errors
    /// A [`Failure`] where the file cannot be read.
    pub fn load(&self) -> Result<Option<OpenForm>, Failure> {
        let octets = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(metadata) if metadata.len() > MAX_FORM => return Ok(None),
            Ok(_) => fs::read(&self.path),
            Err(error) => Err(error),
        };
        let octets = octets.map_err(|error| {
            let next = "Mend or remove that file; the draft itself is not touched by this.";
            self.failure("The form of an earlier run could not be read.", &error, next)
        })?;
        Ok(octets.strip_suffix(b"\n").and_then(decode).and_then(form_of))
    }

    /// Forgets it: it was accepted, or dropped.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be removed: it would be opened again.
    pub fn remove(&self) -> Result<(), Failure> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let next = "Remove that file: otherwise the form opens again at the next start.";
                Err(self.failure("The form could not be removed from the disk.", &error, next))
            }
            _ => Ok(()),
        }
    }

    fn failure(&self, what: &str, error: &io::Error, next: &str) -> Failure {
        Failure {
            kind: FailureKind::Local,
            what: what.into(),
            why: format!("{}: {error}.", self.path.display()),
            next: next.into(),
        }
    }
}

fn form_of(line: FormLine) -> Option<OpenForm> {
    let owner = match line.owner {
        Some(owner) => Some(Name::parse(owner.as_bytes(), None).ok()?),
        None => None,
    };
    let replaced = match line.replaced {
        Some((key, rdata)) => Some((key_of(key)?, octets_of(&rdata)?)),
        None => None,
    };
    let rtype = RecordType(line.rtype);
    let values_of = line.nameservers.map(ValuesOf::Nameservers).or(line.template.map(ValuesOf::Template));
    Some(OpenForm { values_of, rtype, owner, replaced, fields: line.fields, current: line.current })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RrKey;
    use std::os::unix::fs::PermissionsExt as _;

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn forms_come_back() {
        let state = tempfile::tempdir().unwrap();
        let file = FormFile::new(state.path(), "ns0", &name("example.com."));
        assert_eq!(file.load().unwrap(), None);
        file.remove().unwrap();
        let replaced = (RrKey::new(name("w\\.\\255.example.com."), RecordType::TXT), vec![0, 255].into());
        let fields = vec!["wëb\u{1b}".to_owned(), "1h".into(), "\"a\n".into()];
        let form = OpenForm {
            values_of: None,
            rtype: RecordType::TXT,
            owner: Some(name("example.com.")),
            replaced: Some(replaced),
            fields,
            current: 2,
        };
        let bare = OpenForm { owner: None, replaced: None, ..form.clone() };
        let of = |values_of| OpenForm { values_of: Some(values_of), ..bare.clone() };
        let (template, set) = (of(ValuesOf::Template("mail".into())), of(ValuesOf::Nameservers("x".into())));
        for form in [&form, &bare, &template, &set] {
            file.save(form).unwrap();
            assert_eq!(file.load().unwrap().as_ref(), Some(form));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file.path), mode(file.path.parent().unwrap())), (0o600, 0o700));
        let whole = fs::read(&file.path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&file.path, &whole[..cut]).unwrap();
            assert_eq!(file.load().unwrap(), None, "cut at {cut}");
        }
        file.remove().unwrap();
        assert_eq!(file.load().unwrap(), None);
        fs::create_dir(&file.path).unwrap();
        assert!(file.load().unwrap_err().why.contains("example.com..form"));
        assert!(file.save(&form).is_err() && file.remove().is_err());
    }
}
