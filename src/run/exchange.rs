//! Files that records are taken from, and that the zone is written to, from within the editor.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::clock;
use super::files::{self, Beside, shown};
use super::zone_file::{ZoneFile, binary_format, journal_of};
use crate::app::exchange::{Exported, Exporting, Imported, Importing, NotImported};
use crate::app::form::material::MAX_FILE;
use crate::app::text::MAX_TEXT;
use crate::facts::{Failure, FailureKind};
use crate::store::paths::expand_home;

fn failure(what: String, why: String, next: &str) -> Failure {
    Failure { kind: FailureKind::Local, what, why, next: next.into() }
}

/// Reads a file, and finds out what it has for the zone.
///
/// # Errors
/// Why nothing is taken from it.
pub fn import(importing: Importing) -> Result<Imported, NotImported> {
    let path = expand_home(Path::new(&importing.file));
    let unreadable = |why| {
        let what = "Nothing is imported.".to_owned();
        NotImported::Unreadable(failure(
            what,
            why,
            "Names count from the folder that zonewright was started in.",
        ))
    };
    let octets = files::read_regular(&path, MAX_TEXT).map_err(unreadable)?;
    if let Some(format) = binary_format(&octets) {
        return Err(unreadable(format!(
            "{} is in BIND's {format} format; named-compilezone -f {format} makes text of it.",
            shown(&path)
        )));
    }
    importing.take(&octets, &mut Beside(&path)).map_err(NotImported::Wrong)
}

/// Reads a file that a record is made from.
///
/// # Errors
/// A sentence that names it.
pub fn material(file: &str) -> Result<Vec<u8>, String> {
    files::read_regular(&expand_home(Path::new(file)), MAX_FILE)
}

/// Writes the zone to a file. `own`: the file that is being edited, which this is not for.
pub fn export(exporting: Box<Exporting>, own: Option<&ZoneFile>) -> Exported {
    let path = expand_home(Path::new(&exporting.file));
    let failed =
        |why: String, next: &str| Exported::Failed(failure("Nothing is written.".to_owned(), why, next));
    let there = match std::fs::metadata(&path) {
        Ok(there) => Some(there),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return failed(format!("{}: {error}.", shown(&path)), "Name another file."),
    };
    if let Some(there) = &there {
        let is_own = || own.is_some_and(|own| own.is_at(&path));
        if !there.is_file() {
            let why = format!("{} is there and no regular file.", shown(&path));
            return failed(why, "Name a file; where it is a folder, one in it.");
        }
        if is_own() {
            let why = format!("{} is the file that is being edited.", shown(&path));
            return failed(why, "w saves it, with a higher serial.");
        }
        if let Some(journal) = journal_of(&path) {
            let why =
                format!("{} beside it says that a nameserver writes that file itself.", shown(&journal));
            return failed(why, "Name another file.");
        }
        if !exporting.over {
            let changed = clock::in_words(u64::try_from(there.mtime()).unwrap_or_default());
            let what = format!("{} octets, last changed {changed}", there.len());
            return Exported::IsThere { what, exporting };
        }
    }
    let export = match exporting.export() {
        Ok(export) => export,
        Err(why) => return failed(why, "Mend that, then export again."),
    };
    match files::write(&path, export.text.as_bytes(), there.is_some()) {
        Ok(()) => {
            let path = path.canonicalize().unwrap_or(path);
            Exported::Written { path: shown(&path), records: export.records, notes: exporting.notes }
        }
        Err(why) => failed(why, "Name a file in a folder that is there and that you may write to."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{App, Effect, Loaded, Msg, Settings};
    use crate::facts::ServerKind;
    use crate::key::Key;
    use crate::zone::Name;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::sync::Arc;

    /// What the editor asks for when this is typed into its command line.
    fn asked(command: &str) -> Effect {
        let name = |text: &str| Name::parse(text.as_bytes(), None).unwrap();
        let settings = Settings {
            zone: name("a."),
            server: "ns".into(),
            key: None,
            label: None,
            brake_percent: 20,
            config: Arc::default(),
            hosts: Vec::new(),
            demo: false,
            arrival: crate::app::zones::Arrival::default(),
            unicode: true,
            colours: true,
            rules: Arc::default(),
        };
        let (mut app, effects) = App::new(settings);
        let Some(Effect::Load { request }) = effects.first() else { panic!("{effects:?}") };
        let text = b"$TTL 60\n@ SOA ns h 1 1 1 1 1\n NS ns\nns A 192.0.2.1\n";
        let (zone, _) = crate::zonefile::read_zone(text, Some(&name("a."))).unwrap();
        let loaded = Loaded { zone: Arc::new(zone), kind: ServerKind::Unknown, editable: Ok(()), file: None };
        app.update(Msg::Loaded { request: *request, result: Ok(loaded) });
        let typed = format!(":{command}");
        typed.chars().for_each(|character| drop(app.update(Msg::Key(Key::char(character)))));
        app.update(Msg::Key(Key::parse("Enter").unwrap())).pop().unwrap()
    }

    fn exporting(path: &Path) -> Box<Exporting> {
        match asked(&format!("export {}", path.display())) {
            Effect::Export { exporting, .. } => exporting,
            other => panic!("{other:?}"),
        }
    }

    fn why(exported: Exported) -> String {
        match exported {
            Exported::Failed(failure) => failure.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_export_asks_before_it_writes_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a zone");
        let Exported::Written { path: written, records, .. } = export(exporting(&path), None) else {
            panic!()
        };
        assert_eq!((Path::new(&written), records), (&*path.canonicalize().unwrap(), Some(3)));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("SOA") && text.contains("192.0.2.1"), "{text}");
        // As any file that a person writes.
        let plain = folder.path().join("plain");
        fs::write(&plain, "theirs").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&plain));

        fs::set_permissions(&plain, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        symlink("plain", &link).unwrap();
        let Exported::IsThere { what, mut exporting } = export(exporting(&link), None) else { panic!() };
        assert!(what.starts_with("6 octets, last changed 2"), "{what}");
        assert_eq!(fs::read_to_string(&plain).unwrap(), "theirs");
        exporting.over = true;
        assert!(matches!(export(exporting, None), Exported::Written { .. }));
        assert_eq!(fs::read_to_string(&plain).unwrap(), text);
        assert_eq!(mode(&plain) & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
    }

    #[test]
    fn an_export_never_writes_where_it_must_not() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path(), Path::new("/dev/null")] {
            let mut exporting = exporting(path);
            exporting.over = true;
            assert!(why(export(exporting, None)).contains("no regular file"));
        }
        assert!(why(export(exporting(&folder.path().join("none/zone")), None)).contains("cannot be written"));
        let path = folder.path().join("zone");
        fs::write(&path, "$TTL 60\n@ SOA ns h 1 1 1 1 1\n").unwrap();
        let origin = Name::parse(b"a.", None).unwrap();
        let own = ZoneFile::find(&path, Some(&origin), &crate::config::Config::default()).unwrap();
        let mut to_own = exporting(&path);
        to_own.over = true;
        assert!(why(export(to_own, Some(&own))).contains("being edited"));
        fs::write(folder.path().join("zone.jnl"), "").unwrap();
        assert!(why(export(exporting(&path), None)).contains("zone.jnl"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "$TTL 60\n@ SOA ns h 1 1 1 1 1\n");
    }

    #[test]
    fn what_cannot_be_imported_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part");
        let imported = |path: &Path| match asked(&format!("import {}", path.display())) {
            Effect::Import { importing, .. } => import(*importing),
            other => panic!("{other:?}"),
        };
        for path in [folder.path(), Path::new("/dev/zero"), &path] {
            let Err(NotImported::Unreadable(failure)) = imported(path) else { panic!("{path:?}") };
            assert!(failure.why.contains(&*path.to_string_lossy()), "{failure}");
        }
        fs::write(&path, b"\0\0\0\x02\0\0\0\x01ab").unwrap();
        let Err(NotImported::Unreadable(failure)) = imported(&path) else { panic!() };
        assert!(failure.why.contains("-f raw"), "{failure}");
        fs::write(&path, "$INCLUDE more\nwww A 192.0.2.999\n").unwrap();
        fs::write(folder.path().join("more"), "b A\n").unwrap();
        let Err(NotImported::Wrong(wrong)) = imported(&path) else { panic!() };
        assert!(wrong.len() == 2 && wrong[0].contains("more:1:") && wrong[1].starts_with("2:"), "{wrong:?}");
        fs::write(&path, "$INCLUDE more\n").unwrap();
        fs::write(folder.path().join("more"), "b A 192.0.2.1\n").unwrap();
        assert!(imported(&path).is_ok());
    }
}
