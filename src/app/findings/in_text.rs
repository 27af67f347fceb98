//! What the rules find in a text that is being edited, at the lines where the records stand.

use std::sync::Arc;

use super::acknowledging::is_about;
use crate::check::{self, Finding, Selection, Severity};
use crate::facts::Acknowledged;
use crate::zone::{Name, Snapshot};
use crate::zonefile::{self, Loader, Problem};

/// At most so many findings are put into a text.
const MOST: usize = 1000;

/// What a text is held against.
#[derive(Debug, Clone)]
pub struct Held {
    pub rules: Arc<Selection>,
    pub acknowledged: Arc<Vec<Acknowledged>>,
    /// Seconds since 1970.
    pub now: Option<u64>,
}

impl Held {
    /// Errors and warnings of the zone that the text means, without those that its reader tells already. Hints are not
    /// worth a mark in a text.
    pub fn problems(
        &self,
        zone: &Snapshot,
        text: &[u8],
        origin: &Name,
        loader: Option<&mut dyn Loader>,
        told: &[Problem],
    ) -> Vec<Problem> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut findings: Vec<(zonefile::Severity, Finding)> = check::check(zone, self.now)
            .into_iter()
            .filter_map(|finding| self.rules.judge(finding))
            .filter_map(|finding| match finding.severity {
                Severity::Error => Some((zonefile::Severity::Error, finding)),
                Severity::Warning if self.acknowledged.iter().any(|one| is_about(one, &finding)) => None,
                Severity::Warning => Some((zonefile::Severity::Warning, finding)),
                Severity::Hint => None,
            })
            .collect();
        findings.sort_by_key(|(severity, _)| *severity);
        findings.truncate(MOST);
        let wanted = findings.iter().map(|(_, finding)| (&finding.key, finding.record.as_ref()));
        let places = zonefile::places(text, Some(origin), loader, wanted);
        let problem = |((severity, finding), place): (_, Option<zonefile::Place>)| {
            let place = place?;
            let Finding { rule, message, .. }: Finding = finding;
            Some(Problem {
                severity,
                rule: rule.id,
                line: place.line,
                column: place.column,
                span: place.span,
                message: format!("{message} [{}]", rule.id),
                fix: None,
                directive: if place.file.is_some() { place.in_text } else { 0..0 },
                file: place.file,
            })
        };
        let is_told = |problem: &Problem| {
            let same_rule =
                |other: &&Problem| check::find(other.rule).is_some_and(|rule| rule.id == problem.rule);
            told.iter().filter(same_rule).any(|other| other.line == problem.line)
        };
        let problems = findings.into_iter().zip(places).filter_map(problem);
        zonefile::in_text(problems.filter(|problem| !is_told(problem)).collect(), text)
    }
}
