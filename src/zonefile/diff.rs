//! Changes as text and as JSON. The script for `nsupdate` is in [`super::nsupdate`].

use std::io::{self, Write};

use serde_json::{Value, json};

use super::printer::print_record;
use crate::zone::types;
use crate::zone::{Change, ChangeMap, Rdata, RecordType, RrKey, RrSet};

/// One line a record that goes (`-`) or comes (`+`), in zone order; a set in which only the TTL changes is one
/// line with `~`.
///
/// # Errors
/// Those of `out`.
pub fn print_diff(changes: &ChangeMap, out: &mut impl Write) -> io::Result<()> {
    for (key, change) in changes {
        for line in diff_lines(key, change) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The lines of [`print_diff`] for one set.
pub fn diff_lines(key: &RrKey, change: &Change) -> Vec<String> {
    if let Some(line) = ttl_line(key, change) {
        return vec![line];
    }
    let (before, after) = (records(change.before.as_ref()), records(change.after.as_ref()));
    let line = |mark: char, (ttl, rdata): &(u32, &Rdata)| {
        format!("{mark} {}", print_record(&key.owner, *ttl, key.rtype, rdata, None))
    };
    let gone = before.iter().filter(|record| !after.contains(record)).map(|record| line('-', record));
    let new = after.iter().filter(|record| !before.contains(record)).map(|record| line('+', record));
    gone.chain(new).collect()
}

fn ttl_line(key: &RrKey, change: &Change) -> Option<String> {
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    if !change.is_ttl_only(key.rtype) || !before.mixed_ttls.is_empty() || !after.mixed_ttls.is_empty() {
        return None;
    }
    let records = match after.rdata.len() {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    };
    Some(format!("~ {} {} TTL {} -> {} ({records})", key.owner, key.rtype, before.ttl, after.ttl))
}

/// Each record with its TTL.
fn records(set: Option<&RrSet>) -> Vec<(u32, &Rdata)> {
    set.into_iter()
        .flat_map(|set| set.rdata.iter().enumerate().map(|(index, rdata)| (set.ttl_of(index), rdata)))
        .collect()
}

/// A list with one object a set: `name`, `type`, `before` and `after`, each `{ttl, records}` or null. RRSIG sets
/// have `covers` as well, and a set whose records had several TTLs has them in `ttls`.
pub fn diff_json(changes: &ChangeMap) -> Value {
    let sets = changes.iter().map(|(key, change)| {
        let mut object = json!({
            "name": key.owner.to_string(),
            "type": key.rtype.to_string(),
            "before": contents_json(key.rtype, change.before.as_ref()),
            "after": contents_json(key.rtype, change.after.as_ref()),
        });
        if key.rtype == RecordType::RRSIG
            && let Some(object) = object.as_object_mut()
        {
            object.insert("covers".into(), key.covered.to_string().into());
        }
        object
    });
    Value::Array(sets.collect())
}

/// One side of a change in [`diff_json`].
pub fn contents_json(rtype: RecordType, set: Option<&RrSet>) -> Value {
    let Some(set) = set else { return Value::Null };
    let records: Vec<String> =
        set.rdata.iter().map(|rdata| types::format_rdata(rtype, rdata, None)).collect();
    match set.mixed_ttls.as_slice() {
        [] => json!({ "ttl": set.ttl, "records": records }),
        ttls => json!({ "ttl": set.ttl, "ttls": ttls, "records": records }),
    }
}
