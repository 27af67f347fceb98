//! Findings in words, as JSON, and as SARIF 2.1.0 for editors and pipelines; and the list of rules.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Stop;
use super::check::Found;
use super::files::shown;
use super::results::print_json;
use crate::check::network::{Unasked, asks};
use crate::check::{self, Finding, Needs, Rule, Selection, Severity};
use crate::cli::CheckFormat;
use crate::ui::clean::clean;
use crate::zone::{Rdata, RrKey};
use crate::zonefile::{self, Fix, Place, Problem, SYNTAX};

/// As many findings of one rule are printed in words; more are counted.
pub const MOST_OF_A_RULE: usize = 1000;

/// So many things of a rule that nobody answered are named.
const NAMED: usize = 3;

/// One thing that was found.
pub struct Item {
    /// An id, or [`SYNTAX`].
    rule: &'static str,
    pub severity: Severity,
    pub key: Option<RrKey>,
    pub record: Option<Rdata>,
    /// Where a text says it.
    pub place: Option<Place>,
    message: String,
    /// Of the text.
    fix: Option<Fix>,
    /// What fixes of its rule do.
    fixes: Vec<String>,
}

/// All of it.
pub struct Report<'a> {
    /// `None`: a zone of a server.
    pub file: Option<&'a Path>,
    pub items: Vec<Item>,
    /// How many more of a rule there are.
    pub more: Vec<(&'static Rule, Severity, usize)>,
    /// What rules asked for and nobody answered: no findings, and not that there are none.
    pub unasked: Vec<Unasked>,
}

fn severity(severity: zonefile::Severity) -> Severity {
    match severity {
        zonefile::Severity::Error => Severity::Error,
        zonefile::Severity::Warning => Severity::Warning,
    }
}

impl Item {
    /// What the reader of zone files found, weighed as rules are. It knows errors and warnings only, so that a warning
    /// weighs what its rule does; what servers refuse is an error whatever anybody says.
    pub fn problem(problem: Problem, selection: Option<&Selection>) -> Item {
        let Problem { severity: own, rule, line, column, span, message, fix, file, directive } = problem;
        let weighed = match (own, selection) {
            (zonefile::Severity::Warning, Some(selection)) => {
                check::find(rule).map(|rule| selection.severity(rule, rule.severity))
            }
            _ => None,
        };
        let place = Place { line, column, span, file, in_text: directive };
        Item {
            rule,
            severity: weighed.unwrap_or(severity(own)),
            key: None,
            record: None,
            place: Some(place),
            message,
            fix,
            fixes: Vec::new(),
        }
    }

    pub fn finding(found: Found) -> Item {
        let item = |rule, severity, key, message| {
            let (place, record, fix, fixes) = (None, None, None, Vec::new());
            Item { rule, severity, key: Some(key), record, place, message, fix, fixes }
        };
        match found {
            Found::Rule(Finding { rule, severity, key, record, message }, fixes) => {
                Item { record, fixes, ..item(rule.id, severity, key, message) }
            }
            Found::Structure(finding) => {
                item(finding.rule, severity(finding.severity), finding.key, finding.message)
            }
        }
    }

    /// Of which rule it is, and on which line.
    pub fn line(&self) -> Option<(&'static str, Option<Arc<str>>, usize)> {
        self.place.as_ref().map(|place| (self.rule, place.file.clone(), place.line))
    }

    /// The file in which it is.
    fn file(&self, file: Option<&Path>) -> Option<String> {
        let own = self.place.as_ref().and_then(|place| place.file.as_deref());
        own.map(str::to_owned).or_else(|| file.map(|file| file.to_string_lossy().into_owned()))
    }

    /// `FILE:LINE:COLUMN: error: ... [L-29]`, as compilers write it, so that editors find the place; without a file
    /// the RRset in its place.
    fn in_words(&self, file: Option<&Path>) -> String {
        let place = match (self.file(file), &self.place, &self.key) {
            (Some(file), Some(place), _) => {
                format!("{}:{}:{}", shown(Path::new(&file)), place.line, place.column)
            }
            (Some(file), None, _) => shown(Path::new(&file)),
            (None, _, Some(key)) => format!("{} {}", key.owner, key.rtype),
            (None, _, None) => String::new(),
        };
        let fix = self.fix.as_ref().map(|fix| format!(" [fix: {}]", clean(&fix.message))).unwrap_or_default();
        let rule = if self.rule == SYNTAX { String::new() } else { format!(" [{}]", self.rule) };
        format!("{place}: {}: {}{fix}{rule}", self.severity, clean(&self.message))
    }

    fn json(&self, file: Option<&Path>) -> Value {
        let edits = |fix: &Fix| -> Vec<Value> {
            fix.edits
                .iter()
                .map(|(span, text)| json!({ "start": span.start, "end": span.end, "text": text }))
                .collect()
        };
        let mut value = json!({
            "rule": self.rule,
            "severity": self.severity.to_string(),
            "message": self.message,
        });
        let Some(object) = value.as_object_mut() else { return value };
        if let Some(place) = &self.place {
            object.insert("file".into(), json!(self.file(file)));
            object.insert("line".into(), json!(place.line));
            object.insert("column".into(), json!(place.column));
            object.insert("start".into(), json!(place.span.start));
            object.insert("end".into(), json!(place.span.end));
            let fix = self.fix.as_ref().map(|fix| json!({ "message": fix.message, "edits": edits(fix) }));
            object.insert("fix".into(), json!(fix));
        }
        if let Some(key) = &self.key {
            object.insert("name".into(), json!(key.owner.to_string()));
            object.insert("type".into(), json!(key.rtype.to_string()));
            object.insert("fixes".into(), json!(self.fixes));
        }
        value
    }

    fn sarif(&self, file: Option<&Path>) -> Value {
        let mut location = json!({});
        if let (Some(object), Some(file)) = (location.as_object_mut(), self.file(file)) {
            let mut physical = json!({ "artifactLocation": { "uri": uri(&file) } });
            if let (Some(physical), Some(place)) = (physical.as_object_mut(), &self.place) {
                let region = json!({ "startLine": place.line, "startColumn": place.column });
                physical.insert("region".into(), region);
            }
            object.insert("physicalLocation".into(), physical);
        }
        if let (Some(object), Some(key)) = (location.as_object_mut(), &self.key) {
            let name = format!("{} {}", key.owner, key.rtype);
            object.insert("logicalLocations".into(), json!([{ "fullyQualifiedName": name }]));
        }
        json!({
            "ruleId": self.rule,
            "level": level(self.severity),
            "message": { "text": self.message },
            "locations": [location],
        })
    }
}

/// What SARIF calls it.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// A path as a relative URI (RFC 3986 section 4.2), or an absolute one.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for octet in path.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(octet))
            }
            _ => uri.push_str(&format!("%{octet:02X}")),
        }
    }
    uri
}

impl Report<'_> {
    /// # Errors
    /// Those of the writer.
    pub fn print(&self, format: CheckFormat, out: &mut impl Write) -> Result<(), Stop> {
        match format {
            CheckFormat::Text => Ok(self.print_text(out)?),
            CheckFormat::Json => {
                let items = self.items.iter().map(|item| item.json(self.file));
                print_json(out, &Value::Array(items.chain(self.unasked.iter().map(unasked_json)).collect()))
            }
            CheckFormat::Sarif => print_json(out, &self.sarif()),
        }
    }

    fn print_text(&self, out: &mut impl Write) -> io::Result<()> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &self.items {
            let count = counts.entry(item.rule).or_default();
            *count += 1;
            // The reader of zone files counts what is beyond its own limit.
            if *count <= MOST_OF_A_RULE || item.key.is_none() {
                writeln!(out, "{}", item.in_words(self.file))?;
            }
        }
        for (rule, _, count) in &self.more {
            *counts.entry(rule.id).or_default() += count;
        }
        for (rule, count) in
            counts.into_iter().filter(|(rule, count)| *count > MOST_OF_A_RULE && *rule != SYNTAX)
        {
            writeln!(out, "And {} more of {rule}; --json has them all.", count - MOST_OF_A_RULE)?;
        }
        Ok(())
    }

    fn sarif(&self) -> Value {
        let rules: Vec<Value> = check::all().map(sarif_rule).chain([sarif_syntax()]).collect();
        let items = self.items.iter().map(|item| item.sarif(self.file));
        let results: Vec<Value> = items.chain(self.unasked.iter().map(unasked_sarif)).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {
                    "driver": {
                        "name": env!("CARGO_PKG_NAME"),
                        "semanticVersion": env!("CARGO_PKG_VERSION"),
                        "rules": rules,
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }

    /// A line for each rule that got no answers, and why.
    pub fn unasked_in_words(&self) -> Vec<String> {
        let mut whats: BTreeMap<(u32, &str), Vec<&Unasked>> = BTreeMap::new();
        for one in &self.unasked {
            whats.entry((one.rule.number(), one.why.as_str())).or_default().push(one);
        }
        let line = |((_, why), all): (_, Vec<&Unasked>)| {
            let named: Vec<String> =
                all.iter().take(NAMED).map(|one| clean(&one.what).into_owned()).collect();
            let more =
                if all.len() > NAMED { format!(" and {} more", all.len() - NAMED) } else { String::new() };
            let rule = all.first().map_or("", |one| one.rule.id);
            format!("not known: {}{more}: {} [{rule}]", named.join(", "), clean(why))
        };
        whats.into_iter().map(line).collect()
    }

    pub fn has_errors(&self) -> bool {
        let more = self.more.iter().any(|(_, severity, _)| *severity == Severity::Error);
        more || self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// How many there are, in words.
    pub fn summary(&self) -> String {
        let count = |severity| {
            let more = self.more.iter().filter(|(_, own, _)| *own == severity);
            self.items.iter().filter(|item| item.severity == severity).count()
                + more.map(|(.., count)| count).sum::<usize>()
        };
        let words = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let mut summary = format!(
            "{}, {}",
            words(count(Severity::Error), "error"),
            words(count(Severity::Warning), "warning")
        );
        match count(Severity::Hint) {
            0 => {}
            hints => summary.push_str(&format!(", {}", words(hints, "hint"))),
        }
        match self.unasked.len() {
            0 => {}
            unasked => summary.push_str(&format!(", {} without an answer", words(unasked, "question"))),
        }
        summary
    }
}

/// In the place of a finding: the rule could not judge.
fn unasked_json(unasked: &Unasked) -> Value {
    json!({
        "rule": unasked.rule.id,
        "severity": "not-known",
        "message": format!("{}: {}", unasked.what, unasked.why),
    })
}

/// The same: a result of the kind "open" (SARIF 2.1.0 section 3.27.9).
fn unasked_sarif(unasked: &Unasked) -> Value {
    json!({
        "ruleId": unasked.rule.id,
        "kind": "open",
        "level": "none",
        "message": { "text": format!("{}: {}", unasked.what, unasked.why) },
    })
}

fn sarif_rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.about },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "source": rule.source },
    })
}

fn sarif_syntax() -> Value {
    json!({
        "id": SYNTAX,
        "name": "syntax",
        "shortDescription": { "text": "What is no zone-file text, or not read alike by all servers." },
        "defaultConfiguration": { "level": "error" },
    })
}

/// `zonewright check --list`: the rules, with the severities that they have here.
///
/// # Errors
/// Those of the writer.
pub fn list(selection: &Selection, format: CheckFormat, out: &mut impl Write) -> Result<(), Stop> {
    let needs = |rule: &Rule| match rule.needs {
        Needs::Zone => None,
        Needs::Text => Some("found while a zone file is read"),
        Needs::Network => Some("asks others: with --network"),
    };
    let needs = |rule: &Rule| needs(rule).or_else(|| asks(rule).then_some("sees more with --network"));
    let weight = |rule: &Rule| match selection.has(rule) {
        true => selection.severity(rule, rule.severity).to_string(),
        false => "off".into(),
    };
    match format {
        CheckFormat::Text => {
            for rule in check::all() {
                let note = needs(rule).map(|note| format!(" ({note})")).unwrap_or_default();
                let fix = rule.fix_title().map(|title| format!("; fix: {title}")).unwrap_or_default();
                writeln!(out, "{:<6} {:<8} {}: {}{note}", rule.id, weight(rule), rule.name, rule.about)?;
                writeln!(out, "{:<15} {}{fix}", "", rule.source)?;
            }
        }
        CheckFormat::Json => {
            let rule = |rule: &Rule| {
                let needs = match rule.needs {
                    Needs::Zone => "zone",
                    Needs::Text => "text",
                    Needs::Network => "network",
                };
                json!({
                    "rule": rule.id,
                    "name": rule.name,
                    "severity": weight(rule),
                    "source": rule.source,
                    "needs": needs,
                    "network": asks(rule),
                    "about": rule.about,
                    "fix": rule.fix_title(),
                })
            };
            print_json(out, &Value::Array(check::all().map(rule).collect()))?;
        }
        CheckFormat::Sarif => print_json(
            out,
            &Report { file: None, items: Vec::new(), more: Vec::new(), unasked: Vec::new() }.sarif(),
        )?,
    }
    Ok(())
}
