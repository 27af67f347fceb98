//! The person's own editor on a file of its own, and what it made of the text.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::app::text::{MAX_TEXT, Outcome};
use crate::edit::{Text, decode};
use crate::facts::{Failure, FailureKind};
use crate::store::secrets;

/// The editor and its arguments: `$VISUAL`, else `$EDITOR`, else vi. Blanks part the words; no shell sees them.
fn editor() -> Vec<String> {
    let named = ["VISUAL", "EDITOR"].iter().filter_map(|name| std::env::var(name).ok());
    let words = named.map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.into_iter().find(|words| !words.is_empty()).unwrap_or_else(|| vec!["vi".into()])
}

/// Runs the editor on the text, its cursor on `line`, from 1. The terminal must be the editor's by then.
pub fn edit(text: &Text, line: usize, zone: &str) -> Outcome {
    edit_with(&editor(), text, line, zone)
}

fn edit_with(words: &[String], text: &Text, line: usize, zone: &str) -> Outcome {
    let before = text.to_string();
    let trouble = |what: String, why: String| Failure {
        kind: FailureKind::Local,
        what,
        why,
        next: "Set VISUAL or EDITOR to an editor that is installed; t edits the text without one.".into(),
    };
    let file = write(&before, zone).map_err(|error| {
        trouble("The text could not be written for the editor.".into(), format!("{error}."))
    })?;
    let Some((program, arguments)) = words.split_first() else { return Ok(None) };
    let status = secrets::command(program).args(arguments).arg(format!("+{line}")).arg(&file).status();
    let outcome = match status {
        Err(error) => Err(trouble(format!("{program} could not be started."), format!("{error}."))),
        Ok(status) if !status.success() => {
            let failed = |next: String| Failure {
                next,
                ..trouble(
                    format!("{program} did not end well, so its text is not taken."),
                    format!("It says: {status}."),
                )
            };
            if read(&file).is_ok_and(|octets| octets != before.as_bytes()) {
                // An editor that crashed may have saved hours of work.
                let kept =
                    format!("The text is as it was before; what it had saved is in {}.", file.display());
                return Err(failed(kept));
            }
            Err(failed("The text is as it was before.".into()))
        }
        Ok(_) => match read(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Failure {
                next: "The text is as it was before.".into(),
                ..trouble(format!("{program} has taken the file away."), "There is no text to take.".into())
            }),
            // The file stays there, since it is the only place where that text is.
            Err(error) => {
                let why = format!("{}: {error}.", file.display());
                return Err(Failure {
                    next: "That file is left where it is.".into(),
                    ..trouble("What the editor wrote could not be read.".into(), why)
                });
            }
            Ok(octets) if octets == before.as_bytes() => Ok(None),
            Ok(octets) => Ok(Some(decode(&octets))),
        },
    };
    if let Some(folder) = file.parent() {
        // It is private and of no use to anybody: if it stays, that does no harm.
        let _ = fs::remove_dir_all(folder);
    }
    outcome
}

/// Into a file that nobody else can read, in a folder that nobody else can enter.
fn write(text: &str, zone: &str) -> io::Result<PathBuf> {
    let folder = private_folder()?;
    // Editors know zone files by the end of the name.
    let name: String = zone
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || ".-_".contains(*character))
        .collect();
    let path = folder
        .join(format!("text-{}.zone", name.trim_matches('.').get(..60).unwrap_or(name.trim_matches('.'))));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}

/// A new folder among the temporary ones that nobody else can enter.
///
/// # Errors
/// Those of the system.
pub fn private_folder() -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let number = u64::from_le_bytes(random);
    let folder = std::env::temp_dir().join(format!("zonewright-{number:016x}"));
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    fs::File::open(path)?.take(MAX_TEXT as u64 + 1).read_to_end(&mut octets)?;
    match octets.len() > MAX_TEXT {
        true => Err(io::Error::other("it is larger than 256 MiB")),
        false => Ok(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a text in an editor that is this script: `$2` is the file.
    fn edited(script: &str) -> Outcome {
        let words = ["sh", "-c", script, "sh"].map(str::to_owned);
        edit_with(&words, &Text::new("before\n"), 1, "example.com.")
    }

    #[test]
    fn what_an_editor_saved_before_it_failed_is_kept() {
        for script in ["echo saved > $2; exit 3", "echo saved > $2; kill -9 $$"] {
            let failure = edited(script).unwrap_err();
            let path = failure.next.rsplit_once(" is in ").unwrap().1.trim_end_matches('.');
            assert_eq!(fs::read_to_string(path).unwrap(), "saved\n", "{failure}");
            fs::remove_dir_all(Path::new(path).parent().unwrap()).unwrap();
        }
        assert_eq!(edited("exit 3").unwrap_err().next, "The text is as it was before.");
    }

    #[test]
    fn a_file_that_the_editor_took_away_is_not_said_to_be_there() {
        let failure = edited("rm $2").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "sh has taken the file away. There is no text to take. The text is as it was before."
        );
    }
}
