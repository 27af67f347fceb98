//! Finds and reads the configuration file. What may stand in it is `config`'s business.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::{paths, secrets};
use crate::config::{self, Config};
use crate::facts::clean::clean;
use crate::facts::{Failure, FailureKind};

/// Configuration files larger than this are none.
const MAX_CONFIG_FILE: u64 = 4 << 20;

/// Reads the file at `path`, which must exist, or the one at the usual place, which need not.
///
/// # Errors
/// A [`Failure`] that says what is wrong, where, and what to do.
pub fn load(path: Option<&Path>) -> Result<Config, Failure> {
    match path {
        Some(path) => read(path),
        None => match paths::config_file() {
            Some(path) if path.exists() => read(&path),
            _ => Ok(Config::default()),
        },
    }
}

/// Is there a file at this place?
///
/// # Errors
/// A [`Failure`] where that cannot be seen.
pub fn is_there(path: &Path) -> Result<bool, Failure> {
    path.try_exists().map_err(|error| unreadable(path, &error))
}

fn failure(path: &Path, why: String, next: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: format!("The configuration \"{}\" cannot be used.", clean(&path.to_string_lossy())),
        why,
        next: next.into(),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        ErrorKind::NotFound => {
            return failure(path, "There is no such file.".into(), "Correct --config, or leave it out.");
        }
        ErrorKind::InvalidInput => "It is not a regular file.".into(),
        kind => format!("It cannot be read: {kind}."),
    };
    failure(path, why, "Check that it is a text file that you may read.")
}

fn read(path: &Path) -> Result<Config, Failure> {
    let text = read_text(path).map_err(|error| unreadable(path, &error))?;
    let mut config = config::parse(&text)
        .map_err(|error| failure(path, format!("{error}."), "Correct that line, then start again."))?;
    config.secret_variables().for_each(secrets::keep);
    config.history_dir = config.history_dir.map(|path| paths::expand_home(&path));
    for server in config.server.values_mut() {
        server.tls_ca = server.tls_ca.take().map(|path| paths::expand_home(&path));
    }
    Ok(config)
}

fn read_text(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path)?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut text = String::new();
    File::open(path)?.take(MAX_CONFIG_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_CONFIG_FILE {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_must_be_there_and_right() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("c.toml");
        let missing = load(Some(&path)).unwrap_err();
        assert!(missing.why.contains("no such file"), "{missing}");
        std::fs::write(&path, "theme = \"dark\"\nhistory-dir = \"~/h\"\n").unwrap();
        let config = load(Some(&path)).unwrap();
        assert_eq!(config.theme.as_deref(), Some("dark"));
        assert!(config.history_dir.unwrap().is_absolute());
        std::fs::write(&path, "\nthem = 1\n").unwrap();
        let wrong = load(Some(&path)).unwrap_err();
        assert!(wrong.why.starts_with("line 2, column 1, them: unknown field"), "{wrong}");
        std::fs::write(&path, b"\xff").unwrap();
        assert!(load(Some(&path)).is_err());
        // The whole path, since nobody finds the file by its beginning.
        let folder = directory.path().join("x".repeat(60));
        std::fs::create_dir(&folder).unwrap();
        let wrong = load(Some(&folder)).unwrap_err();
        assert!(wrong.what.contains(folder.to_str().unwrap()), "{wrong}");
        assert_eq!(wrong.why, "It is not a regular file.");
    }
}
