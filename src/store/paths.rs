//! Where files are kept: the XDG base directories on every system, through `directories` where none is set.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

const OWN: &str = "zonewright";

/// The configuration file when none is named; `None` where there is no home directory.
pub fn config_file() -> Option<PathBuf> {
    let default = || BaseDirs::new().map(|dirs| dirs.config_dir().to_owned());
    directory(std::env::var_os("XDG_CONFIG_HOME"), default).map(|dir| dir.join("config.toml"))
}

/// Where drafts and history are kept; `None` where there is no home directory.
pub fn state_dir() -> Option<PathBuf> {
    let default = || BaseDirs::new().map(|dirs| dirs.home_dir().join(".local/state"));
    directory(std::env::var_os("XDG_STATE_HOME"), default)
}

/// The XDG specification has relative paths ignored.
fn directory(variable: Option<OsString>, default: impl Fn() -> Option<PathBuf>) -> Option<PathBuf> {
    let set = variable.map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(default).map(|base| base.join(OWN))
}

/// Puts the home directory in place of a leading `~`.
pub fn expand_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xdg_variables_go_first_when_absolute() {
        let default = || Some(PathBuf::from("/home/anna/.config"));
        let own = Some(PathBuf::from("/home/anna/.config/zonewright"));
        assert_eq!(directory(Some("/srv/conf".into()), default), Some("/srv/conf/zonewright".into()));
        for ignored in [None, Some(""), Some("conf")] {
            assert_eq!(directory(ignored.map(OsString::from), default), own);
        }
        assert_eq!(directory(None, || None), None);
        assert_eq!(expand_home(Path::new("/a/~/b")), Path::new("/a/~/b"));
        assert!(!expand_home(Path::new("~/b")).starts_with("~"));
    }
}
