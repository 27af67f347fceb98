//! `docs/json.md` is held against what is really printed: no key is printed that does not stand there, none has another
//! kind of value, and none stands there that was not seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const PAGE: &str = include_str!("../../docs/json.md");

/// Of each heading, in the spelling of links, the keys: what their values are, and what is said of them.
type Tables = BTreeMap<String, BTreeMap<&'static str, (&'static str, &'static str)>>;

fn tables() -> Tables {
    let mut tables = Tables::new();
    let mut heading = String::new();
    for line in PAGE.lines() {
        if line.starts_with("##") {
            heading = line.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-");
        }
        if let Some((key, rest)) = line.strip_prefix("| `").and_then(|line| line.split_once("` | ")) {
            let (kind, about) = rest.split_once(" |").unwrap();
            let known = tables
                .entry(heading.clone())
                .or_default()
                .insert(key, (kind, about.trim_end_matches('|').trim()));
            assert_eq!(known, None, "{heading}: {key} twice");
        }
    }
    tables
}

/// Of a link in a cell: the heading that it leads to.
fn linked(kind: &str) -> Option<&str> {
    kind.split_once("](#").and_then(|(_, rest)| rest.split_once(')')).map(|(heading, _)| heading)
}

/// Where a list of words is all that is said of a key, whether a word is one of them.
fn is_listed(about: &str, word: &str) -> bool {
    !about.starts_with('`') || about.split('`').skip(1).step_by(2).any(|listed| listed == word)
}

struct Shapes {
    tables: Tables,
    /// Headings and keys.
    seen: BTreeSet<(String, String)>,
}

impl Shapes {
    fn look(&mut self, heading: &str, path: &str, value: &Value) {
        let table = &self.tables[heading];
        let at = || format!("{path} = {value} in \"{heading}\" of docs/json.md");
        let Some((kind, about)) = table.get(path).copied() else {
            let is_above = |end: &str| table.keys().any(|key| key.starts_with(&format!("{path}{end}")));
            return match value {
                Value::Object(_) if path.is_empty() || is_above(".") => self.look_into(heading, path, value),
                Value::Array(entries) if path.is_empty() || is_above("[].") => {
                    let path = if path.is_empty() { String::new() } else { format!("{path}[]") };
                    entries.iter().for_each(|entry| self.look_into(heading, &path, entry));
                }
                Value::Null if is_above(".") => {}
                _ => panic!("not documented: {}", at()),
            };
        };
        self.seen.insert((heading.into(), path.into()));
        let (kind, or_null) = kind.strip_suffix(" or null").map_or((kind, false), |kind| (kind, true));
        let is_right = match (linked(kind), kind, value) {
            (_, _, Value::Null) => or_null,
            (Some(other), ..) => {
                let other = match self.tables.contains_key(other) {
                    true => other.to_owned(),
                    false => panic!("no part {other}: {}", at()),
                };
                match value {
                    Value::Array(entries) if kind.starts_with("list of ") => {
                        entries.iter().for_each(|entry| self.look_into(&other, "", entry));
                    }
                    _ => self.look_into(&other, "", value),
                }
                true
            }
            (_, "text", Value::String(word)) => is_listed(about, word),
            (_, "number", Value::Number(_)) | (_, "boolean", Value::Bool(_)) => true,
            (_, "texts", Value::Array(entries)) => entries.iter().all(Value::is_string),
            (_, "numbers", Value::Array(entries)) => entries.iter().all(Value::is_number),
            _ => false,
        };
        assert!(is_right, "not {kind}: {}", at());
    }

    fn look_into(&mut self, heading: &str, path: &str, value: &Value) {
        let object = value.as_object().unwrap_or_else(|| panic!("{heading}: {path} is no object: {value}"));
        for (key, value) in object {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.look(heading, &path, value);
        }
    }
}

/// Keys of the page that this test does not see.
pub struct Unseen(BTreeSet<(String, String)>);

/// Holds what a verb printed against the part of the page that is about it.
#[track_caller]
pub fn hold<'a>(heading: &str, printed: impl IntoIterator<Item = &'a Value>) -> Unseen {
    let tables = tables();
    assert!(tables.contains_key(heading), "docs/json.md has no table under {heading}");
    let mut shapes = Shapes { tables, seen: BTreeSet::new() };
    printed.into_iter().for_each(|value| shapes.look(heading, "", value));
    let own = shapes.tables[heading].keys().map(|key| (heading.to_owned(), (*key).to_owned()));
    Unseen(own.filter(|key| !shapes.seen.contains(key)).collect())
}

impl Unseen {
    /// None but these.
    #[track_caller]
    pub fn are(&self, expected: &[&str]) {
        let unseen: Vec<&str> = self.0.iter().map(|(_, key)| key.as_str()).collect();
        assert_eq!(unseen, expected, "documented and not printed");
    }
}
