//! Files that are ours alone: their names, their permissions, and replacing one so that it is never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// For a file that only its owner can read.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// A folder that only its owner can look into, and the folders above it, seen onto the disk.
///
/// # Errors
/// Those of the system.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    let new: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    new.iter().filter_map(|folder| folder.parent()).try_for_each(|above| File::open(above)?.sync_all())
}

/// Puts a private file in the place of another in one rename, seen onto the disk.
///
/// # Errors
/// Those of the system; the old file is then still there.
pub fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut new_path = path.as_os_str().to_owned();
    new_path.push(".new");
    let mut file = private().create(true).truncate(true).open(&new_path)?;
    let written = file.write_all(octets).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&new_path, path)) {
        // Half a file only takes up space; should this fail too, the next writing replaces it.
        let _ = fs::remove_file(&new_path);
        return Err(error);
    }
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// A file name for any text: lower-case letters, digits, dots and hyphens stay, other octets are written as
/// `%xx`; what is too long for a file name is cut and told apart by a checksum.
pub fn encoded(text: &str) -> String {
    let mut name = String::new();
    for octet in text.bytes().map(|octet| octet.to_ascii_lowercase()) {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(octet)),
            b'.' if !name.is_empty() => name.push('.'),
            _ => name.push_str(&format!("%{octet:02x}")),
        }
    }
    if name.len() > 180 {
        let checksum = crc32fast::hash(name.as_bytes());
        name.truncate(160);
        name.push_str(&format!("~{checksum:08x}"));
    }
    name
}

/// Whole seconds since 1970; 0 for what is before.
pub fn since_1970(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
