//! Which rules count, and how much: as a command line and a configuration say it.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{all, find};
use super::{Finding, Rule, Severity};

/// What a configuration makes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Off,
    At(Severity),
}

/// There is no such rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule {0}")]
pub struct UnknownRule(pub String);

/// Some of the rules, with their severities.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    chosen: BTreeSet<u32>,
    /// Those that were asked for by name: what a configuration turns off stays on.
    named: BTreeSet<u32>,
    levels: BTreeMap<u32, Severity>,
}

impl Selection {
    /// All of them, as they weigh by themselves.
    pub fn all() -> Selection {
        Selection { chosen: all().map(Rule::number).collect(), ..Selection::default() }
    }

    /// Reads `all`, `none`, or ids and names of rules with commas between; one with `-` before it is left out, of all
    /// where none is asked for.
    ///
    /// # Errors
    /// [`UnknownRule`].
    pub fn parse(text: &str) -> Result<Selection, UnknownRule> {
        let words: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        let only_taken_out = words.iter().all(|word| word.starts_with('-'));
        let mut selection = Selection::default();
        if only_taken_out {
            selection.chosen = all().map(Rule::number).collect();
        }
        for word in words {
            let (rule, wanted) = word.strip_prefix('-').map_or((word, true), |rule| (rule, false));
            match rule {
                "all" if wanted => selection.chosen = all().map(Rule::number).collect(),
                "none" if wanted => selection.chosen.clear(),
                _ => {
                    let number = find(rule).ok_or_else(|| UnknownRule(rule.into()))?.number();
                    if wanted {
                        selection.chosen.insert(number);
                        selection.named.insert(number);
                    } else {
                        selection.chosen.remove(&number);
                    }
                }
            }
        }
        Ok(selection)
    }

    /// What a configuration says of a rule.
    ///
    /// # Errors
    /// [`UnknownRule`].
    pub fn configure(&mut self, rule: &str, level: Level) -> Result<(), UnknownRule> {
        let number = find(rule).ok_or_else(|| UnknownRule(rule.into()))?.number();
        match level {
            Level::At(severity) => {
                self.levels.insert(number, severity);
            }
            Level::Off if !self.named.contains(&number) => {
                self.chosen.remove(&number);
            }
            Level::Off => {}
        }
        Ok(())
    }

    /// Is there no rule that counts?
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Does the rule count?
    pub fn has(&self, rule: &Rule) -> bool {
        self.chosen.contains(&rule.number())
    }

    /// Those that were asked for by name and count.
    pub fn named(&self) -> impl Iterator<Item = &'static Rule> {
        let named = self.named.intersection(&self.chosen);
        named.filter_map(|number| all().find(|rule| rule.number() == *number))
    }

    /// The severity of what a rule found with `own`.
    pub fn severity(&self, rule: &Rule, own: Severity) -> Severity {
        self.levels.get(&rule.number()).copied().unwrap_or(own)
    }

    /// A finding as it counts; `None` where its rule does not.
    pub fn judge(&self, finding: Finding) -> Option<Finding> {
        let severity = self.severity(finding.rule, finding.severity);
        self.has(finding.rule).then_some(Finding { severity, ..finding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> Vec<u32> {
        Selection::parse(text).unwrap().chosen.into_iter().collect()
    }

    #[test]
    fn lists_of_rules() {
        let count = all().count();
        assert_eq!(chosen("all").len(), count);
        assert_eq!(chosen("").len(), count);
        assert!(chosen("none").is_empty());
        assert_eq!(chosen("L-22, l-07,zero-ttl"), [7, 22]);
    }

    #[test]
    fn rules_are_left_out_and_weighed() {
        assert_eq!(chosen("-L-22").len(), all().count() - 1);
        assert_eq!(chosen("L-22,L-23,-L-22"), [23]);
        assert_eq!(Selection::parse("L-22,L-999").unwrap_err(), UnknownRule("L-999".into()));
        let mut selection = Selection::parse("L-22,-L-23").unwrap();
        selection.configure("zero-ttl", Level::Off).unwrap();
        selection.configure("L-22", Level::At(Severity::Error)).unwrap();
        let rule = find("L-22").unwrap();
        assert!(selection.has(rule), "it was asked for by name");
        assert_eq!(selection.severity(rule, Severity::Hint), Severity::Error);
        let mut selection = Selection::parse("all").unwrap();
        selection.configure("L-22", Level::Off).unwrap();
        assert!(!selection.has(rule) && selection.configure("L-0", Level::Off).is_err());
    }
}
