//! What is to be known of a record type, in lines: for the help and for `zonewright explain`.

use unicode_width::UnicodeWidthStr as _;

use super::Line;
use crate::app::layout::wrap;
use crate::zone::RecordType;
use crate::zone::types::{self, Standing};

/// All that there is to say of a type, in lines of so many columns.
pub fn explain(rtype: RecordType, width: u16) -> Vec<Line> {
    let page = types::page(rtype);
    let info = types::info(rtype);
    let mut lines = vec![Line::Heading(format!("{rtype} (type {}){}", rtype.0, standing(rtype)))];
    lines.extend(wrap(page.about, width).into_iter().map(Line::Text));
    let fields = info.map_or(&[][..], |info| info.fields);
    if !fields.is_empty() || page.format.is_some() {
        heading(&mut lines, "Format");
    }
    let longest = fields.iter().map(|field| field.name.width()).max().unwrap_or(0);
    for field in fields {
        let label = format!("{:longest$}  ", field.name);
        hang(&mut lines, &label, field.hint, width);
    }
    lines.extend(page.format.into_iter().flat_map(|format| wrap(format, width)).map(Line::Text));
    heading(&mut lines, "Examples");
    lines.extend(page.examples.iter().map(|example| Line::Example(example)));
    heading(&mut lines, "Rules");
    for rule in page.rules {
        hang(&mut lines, "- ", rule, width);
    }
    lines.push(Line::Blank);
    hang(&mut lines, "See ", page.see, width);
    lines
}

/// Who has to do with it, where that is not everybody.
fn standing(rtype: RecordType) -> &'static str {
    match types::info(rtype).map(|info| info.standing) {
        Some(Standing::Managed) => ", made by the server in a signed zone",
        Some(Standing::Obsolete) => ", obsolete",
        Some(Standing::Everyday | Standing::Special) | None => "",
    }
}

fn heading(lines: &mut Vec<Line>, title: &str) {
    lines.extend([Line::Blank, Line::Heading(title.into())]);
}

/// A text beside a label: further lines begin below the first one.
fn hang(lines: &mut Vec<Line>, label: &str, text: &str, width: u16) {
    let indent = label.width();
    let room = usize::from(width).saturating_sub(indent).max(1);
    // Not wider than the width it was taken from.
    for (at, line) in wrap(text, room as u16).into_iter().enumerate() {
        let start = if at == 0 { label.to_owned() } else { " ".repeat(indent) };
        lines.push(Line::Text(start + &line));
    }
}
