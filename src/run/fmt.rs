//! `zonewright fmt`: a zone file with its columns aligned. How that is done is the printer's business.

use std::io::Write as _;
use std::path::Path;

use super::files;
use super::results::results;
use super::verbs::say;
use super::{Exit, Stop};
use crate::ui::clean::clean;
use crate::zonefile;

/// `zonewright fmt`.
///
/// # Errors
/// [`Stop`].
pub fn fmt(path: &Path, write: bool, check: bool) -> Result<Exit, Stop> {
    let from_input = files::is_standard_input(path);
    if write && from_input {
        return Err(Stop::usage(
            "With - the text comes from standard input, and --write has no file to write: leave it out."
                .into(),
        ));
    }
    let text = if write { files::read_text(path)? } else { files::read_any(path)? };
    let formatted = zonefile::format(&text);
    let same = formatted == text;
    if check {
        match (same, from_input) {
            (true, _) => {}
            (false, true) => say("What came from standard input is not formatted."),
            (false, false) => {
                say(&format!("{} is not formatted: zonewright fmt --write does it.", files::shown(path)));
            }
        }
        return Ok(if same { Exit::Done } else { Exit::No });
    }
    if write {
        if !same {
            files::replace(path, &formatted)?;
        }
        return Ok(Exit::Done);
    }
    let mut out = results();
    if out.is_terminal() {
        out.write_all(visible(&formatted).as_bytes())?;
    } else {
        out.write_all(&formatted)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// A text for the terminal: what would drive it becomes marks, but for the ends of lines and tabs.
fn visible(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(['\n', '\t']) {
        let inside = piece.strip_suffix("\r\n").unwrap_or_else(|| piece.trim_end_matches(['\n', '\t']));
        shown.push_str(&clean(inside));
        shown.push_str(piece.get(inside.len()..).unwrap_or_default());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_in_a_file_do_not_drive_the_terminal() {
        let text = b"www\tA 192.0.2.1 ; \x1b[31mred\r over\r\n\x07; Ger\xc3\xa4t \xff\n\n; end";
        assert_eq!(
            visible(text),
            "www\tA 192.0.2.1 ; \u{241b}[31mred\u{240d} over\r\n\u{2407}; Ger\u{e4}t \u{fffd}\n\n; end"
        );
        assert_eq!(visible(b""), "");
    }
}
