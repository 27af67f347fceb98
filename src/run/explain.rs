//! `zonewright explain`: the help pages of record types for standard output.

use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use super::results::{print_json, results};
use super::{Exit, Stop};
use crate::app::help::{self, Line};
use crate::ui::clean::clean;
use crate::zone::RecordType;
use crate::zone::types::{self, Standing, TypeInfo};

/// Columns of the text, as man pages have them.
const WIDTH: u16 = 78;

/// `zonewright explain`.
///
/// # Errors
/// [`Stop`] for what is no type.
pub fn explain(text: Option<&str>, as_json: bool) -> Result<Exit, Stop> {
    let rtype = text.map(rtype).transpose()?;
    let mut out = BufWriter::new(results());
    match (rtype, as_json) {
        (Some(rtype), true) => print_json(&mut out, &page(rtype))?,
        (Some(rtype), false) => write_page(&mut out, rtype)?,
        (None, true) => print_json(&mut out, &types::table().iter().map(entry).collect())?,
        (None, false) => write_list(&mut out)?,
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn rtype(text: &str) -> Result<RecordType, Stop> {
    types::parse_type(text.as_bytes()).ok_or_else(|| {
        let what = match types::suggest_type(text) {
            Some(near) => format!("Do you mean {near}?"),
            None => "A type without a name is written TYPE and its number.".into(),
        };
        Stop::usage(format!(
            "There is no record type {}. {what} zonewright explain lists all types.",
            clean(text)
        ))
    })
}

fn write_page(out: &mut impl Write, rtype: RecordType) -> io::Result<()> {
    for line in help::explain(rtype, WIDTH) {
        match line {
            Line::Heading(text) | Line::Text(text) => writeln!(out, "{text}")?,
            Line::Example(text) => writeln!(out, "  {text}")?,
            Line::Blank | Line::Pair(..) => writeln!(out)?,
        }
    }
    Ok(())
}

fn write_list(out: &mut impl Write) -> io::Result<()> {
    let mut before = None;
    for info in types::table() {
        if before != Some(info.standing) {
            let blank = if before.is_some() { "\n" } else { "" };
            writeln!(out, "{blank}{}", in_words(info.standing))?;
            before = Some(info.standing);
        }
        writeln!(out, "  {:11}{}", info.mnemonic, info.purpose)?;
    }
    Ok(())
}

fn in_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Everyday => "Everyday",
        Standing::Special => "Special",
        Standing::Managed => "Made by the server in a signed zone",
        Standing::Obsolete => "Obsolete",
    }
}

/// A type in the list.
fn entry(info: &TypeInfo) -> Value {
    json!({
        "type": info.mnemonic,
        "number": info.rtype.0,
        "standing": standing(info.standing),
        "purpose": info.purpose,
        "rfc": info.rfc,
    })
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Everyday => "everyday",
        Standing::Special => "special",
        Standing::Managed => "managed",
        Standing::Obsolete => "obsolete",
    }
}

/// All about one type.
fn page(rtype: RecordType) -> Value {
    let page = types::page(rtype);
    let info = types::info(rtype);
    let fields = info.map_or(&[][..], |info| info.fields);
    let fields: Vec<Value> = (fields.iter())
        .map(|field| json!({ "name": field.name, "hint": field.hint, "example": field.example }))
        .collect();
    let mut value = info.map_or_else(
        || {
            let (purpose, rfc) = (Value::Null, Value::Null);
            json!({ "type": rtype.to_string(), "number": rtype.0, "standing": "unknown", "purpose": purpose, "rfc": rfc })
        },
        entry,
    );
    let more = json!({
        "about": page.about,
        "fields": fields,
        "format": page.format,
        "examples": page.examples,
        "rules": page.rules,
        "see": page.see.split("; ").collect::<Vec<_>>(),
    });
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}
