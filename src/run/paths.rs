//! The names in a folder, for a path that is being typed.

use std::path::Path;

use super::files::shown;
use crate::app::paths::{Entry, Listing};
use crate::store::paths::expand_home;
use crate::ui::clean::clean;

/// Most names of a folder that are looked at.
const MOST: usize = 10_000;

/// The names in a folder that begin with `start`; hidden ones only where that begins with a dot.
///
/// # Errors
/// A sentence.
pub fn list(folder: &str, start: &str) -> Result<Listing, String> {
    list_some(folder, start, MOST)
}

fn list_some(folder: &str, start: &str, most: usize) -> Result<Listing, String> {
    let path = expand_home(Path::new(if folder.is_empty() { "." } else { folder }));
    let unreadable = |error| format!("{} cannot be listed: {error}.", shown(&path));
    let mut entries = std::fs::read_dir(&path).map_err(unreadable)?;
    let mut names = Vec::new();
    for entry in entries.by_ref().take(most) {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let mut name = name.to_string_lossy().into_owned();
        if !name.starts_with(start) || (name.starts_with('.') && !start.starts_with('.')) {
            continue;
        }
        // Links count as what they lead to.
        if entry.path().is_dir() {
            name.push('/');
        }
        names.push(Entry { shown: clean(&name).into_owned(), typed: typed(&name).to_owned() });
    }
    names.sort_by(|one, other| one.shown.cmp(&other.shown));
    Ok(Listing { names, more: entries.next().is_some() })
}

/// The part of a name that can be typed as it is: octets that are no UTF-8 cannot, nor blanks at the end of a line.
fn typed(name: &str) -> &str {
    let cannot = |character: char| {
        character == char::REPLACEMENT_CHARACTER
            || clean(character.encode_utf8(&mut [0; 4])) != *character.to_string()
    };
    let part = name.find(cannot).and_then(|at| name.get(..at)).unwrap_or(name);
    part.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;

    #[test]
    fn names_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in [&b"zone"[..], b"zone.old", b".hidden", b"other", b"zo\x1b[31m", b"zo\xff", b"zo "] {
            fs::write(folder.path().join(OsStr::from_bytes(name)), "").unwrap();
        }
        fs::create_dir(folder.path().join("zones")).unwrap();
        let path = format!("{}/", folder.path().display());
        let names = |start: &str| -> Vec<(String, String)> {
            let listing = list(&path, start).unwrap();
            assert!(!listing.more);
            listing.names.into_iter().map(|entry| (entry.shown, entry.typed)).collect()
        };
        let same = |name: &str| (name.to_owned(), name.to_owned());
        assert_eq!(names("zone"), [same("zone"), same("zone.old"), same("zones/")]);
        assert_eq!(names("."), [same(".hidden")]);
        assert_eq!(names("").len(), 7);
        let odd: Vec<_> = names("zo").into_iter().filter(|(shown, typed)| shown != typed).collect();
        assert_eq!(odd.len(), 3);
        assert!(odd.iter().all(|(shown, typed)| typed == "zo" && !shown.contains('\u{1b}')), "{odd:?}");
        assert!(list(&format!("{path}none/"), "").unwrap_err().contains("none"));
        // A large folder is not read to its end.
        let some = list_some(&path, "", 3).unwrap();
        assert!(some.more && some.names.len() <= 3);
        assert!(
            list("~/", "").is_ok_and(|home| home.names.iter().all(|entry| !entry.shown.starts_with('.')))
        );
    }
}
