//! The rules that ask others: begun by the person only, beside the keys, stopped by the same key. What they found stays
//! until it is asked again; once the zone or the draft is another one it is old, and says so.

use std::sync::Arc;

use crate::app::{App, Effect, RequestId, describe};
use crate::check::network::{Unasked, asks};
use crate::check::{Finding, Rule, all};
use crate::zone::{ChangeMap, Snapshot, types};

/// Questions under way.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    request: RequestId,
    /// How many are answered, and how many there are so far.
    pub answered: usize,
    pub of: usize,
}

/// What asking has brought.
#[derive(Debug)]
pub struct Asked {
    /// The zone and the draft that it is about.
    pub base: Arc<Snapshot>,
    pub changes: ChangeMap,
    pub findings: Vec<Finding>,
    pub unasked: Vec<Unasked>,
    /// How many things of a rule were too many to be asked about.
    pub passed_over: Vec<(&'static Rule, usize)>,
    /// Seconds since 1970.
    pub time: Option<u64>,
}

/// Questions of a rule that nobody answered, for the same reason.
#[derive(Debug, Clone)]
pub struct NotKnown {
    pub rule: &'static Rule,
    pub why: String,
    pub what: Vec<String>,
}

impl NotKnown {
    /// "3 questions without an answer: no resolver answers".
    pub fn in_words(&self) -> String {
        format!("{} without an answer: {}", describe::count(self.what.len(), "question"), self.why)
    }
}

impl Asked {
    /// Is it about the zone with these changes?
    pub fn is_about(&self, base: &Arc<Snapshot>, changes: &ChangeMap) -> bool {
        Arc::ptr_eq(&self.base, base) && self.changes == *changes
    }

    /// Is the finding one of these?
    pub fn has(&self, finding: &Finding) -> bool {
        self.findings.iter().any(|own| own.message == finding.message && own.key == finding.key)
    }

    /// What nobody answered, by rule and reason.
    pub fn not_known(&self) -> Vec<NotKnown> {
        let mut groups: Vec<NotKnown> = Vec::new();
        for Unasked { rule, what, why } in &self.unasked {
            match groups.iter_mut().find(|group| group.rule == *rule && group.why == *why) {
                Some(group) => group.what.push(what.clone()),
                None => groups.push(NotKnown { rule, why: why.clone(), what: vec![what.clone()] }),
            }
        }
        for (rule, count) in &self.passed_over {
            let what = vec![format!("{count} more of what the rule asks about")];
            groups.push(NotKnown { rule, why: "they are too many".into(), what });
        }
        groups
    }

    /// When it was asked: "2026-11-22 18:03".
    pub fn when(&self) -> String {
        self.time.map_or_else(String::new, types::in_words)
    }
}

pub fn may_ask(app: &App) -> Result<(), String> {
    let Some(open) = app.open() else { return Err("no zone is open".into()) };
    if open.findings.asking.is_some() {
        return Ok(());
    }
    let rules = &app.settings.rules;
    match all().any(|rule| asks(rule) && rules.has(rule)) {
        true => Ok(()),
        false => Err("[rules] in the configuration turns off all rules that ask others".into()),
    }
}

/// Begins to ask; where that is under way it is stopped.
pub fn ask(app: &mut App) {
    let (request, rules) = (app.next_request(), Arc::clone(&app.settings.rules));
    let Some(open) = app.open_mut() else { return };
    let effect = match open.findings.asking.take() {
        Some(Asking { request, .. }) => Effect::Cancel { request },
        None => {
            open.findings.asking = Some(Asking { request, answered: 0, of: 0 });
            let (base, changes) = (Arc::clone(open.draft.base()), open.draft.changes().clone());
            Effect::CheckNetwork { request, base, changes, rules }
        }
    };
    match effect {
        Effect::Cancel { .. } => app.say("stopped: what others say of the zone is as it was known before"),
        _ => app.say("others are asked about the zone; go on meanwhile"),
    }
    app.effect(effect);
}

impl App {
    pub(in crate::app) fn on_asking(&mut self, request: RequestId, answered: usize, of: usize) {
        let asking = self.open_mut().and_then(|open| open.findings.asking.as_mut());
        if let Some(asking) = asking.filter(|asking| asking.request == request) {
            (asking.answered, asking.of) = (answered, of);
        }
    }

    pub(in crate::app) fn on_asked(&mut self, request: RequestId, asked: Arc<Asked>) {
        let Some(open) = self.open_mut() else { return };
        if open.findings.asking.take_if(|asking| asking.request == request).is_none() {
            return;
        }
        let (found, unknown) = (asked.findings.len(), asked.unasked.len());
        open.findings.asked = Some(asked);
        open.findings.expire();
        let mut text = match found {
            0 => "others were asked: nothing is wrong".to_owned(),
            found => format!("others were asked: {}", describe::count(found, "finding")),
        };
        if unknown > 0 {
            text.push_str(&format!("; {} without an answer", describe::count(unknown, "question")));
        }
        self.say(text);
    }
}
