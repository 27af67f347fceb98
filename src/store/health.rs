//! Whether a directory can be written to, and how much room there is.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::files::private;

/// Writes a file in this directory, syncs it and takes it away again. Where the directory does not exist yet, in the
/// nearest one above that does: there it will be made.
///
/// # Errors
/// Those of the system.
pub fn try_writing(directory: &Path) -> io::Result<()> {
    let path = existing(directory).join(format!(".zonewright-{}", std::process::id()));
    let mut file = private().create_new(true).open(&path)?;
    let written = file.write_all(b"zonewright doctor\n").and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

/// Free space for this user, in octets, where the system tells it.
pub fn free_space(directory: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(existing(directory)).ok()?;
    space.f_bavail.checked_mul(space.f_frsize)
}

/// Can others than its owner put files into it, or take them away? False where it does not exist.
pub fn is_open_to_others(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|metadata| metadata.permissions().mode() & 0o022 != 0)
}

fn existing(directory: &Path) -> &Path {
    directory.ancestors().find(|path| path.exists()).unwrap_or(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("a/b");
        try_writing(&later).unwrap();
        assert!(free_space(&later).is_some());
        assert!(!is_open_to_others(&later));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        for (mode, is_open) in [(0o700, false), (0o755, false), (0o775, true), (0o702, true)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_open_to_others(folder.path()), is_open, "{mode:o}");
        }
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(try_writing(&file).is_err());
    }
}
