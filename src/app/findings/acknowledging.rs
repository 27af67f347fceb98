//! Acknowledging a finding: it stays listed, with the reason, and is counted no more; until that is taken back.

use std::sync::Arc;

use super::screen::List;
use crate::app::{App, Effect, Screen, palette};
use crate::check::{Finding, Severity};
use crate::facts::Acknowledged;
use crate::zone::types;

/// Is it this finding that was acknowledged?
pub fn is_about(one: &Acknowledged, finding: &Finding) -> bool {
    let same_record = match (&one.record, &finding.record) {
        (Some(own), Some(other)) => {
            own == other || types::canonical(one.key.rtype, own) == types::canonical(one.key.rtype, other)
        }
        (None, None) => true,
        _ => false,
    };
    one.rule == finding.rule.id && one.key == finding.key && same_record
}

fn list(app: &App) -> Option<&List> {
    match &app.screen {
        Screen::Findings(list) => Some(list),
        _ => None,
    }
}

pub fn may_acknowledge(app: &App) -> Result<(), String> {
    let Some(list) = list(app) else { return Err("! lists the findings".into()) };
    let Some(finding) = list.selected() else { return Err("no finding is listed".into()) };
    if app.locked.is_some() {
        return Err("another editor holds this zone's draft, and what is acknowledged in it".into());
    }
    match finding.severity {
        Severity::Error => {
            Err("an error cannot be acknowledged: servers refuse such a zone, or it does not work".into())
        }
        _ if list.reason(list.selected).is_none() && app.acknowledged.len() >= Acknowledged::MOST => {
            Err(format!(
                "{} findings are acknowledged, more are not kept: turn the rule off in [rules]",
                Acknowledged::MOST
            ))
        }
        _ => Ok(()),
    }
}

/// Asks for the reason; what is acknowledged already is not any more.
pub fn ask(app: &mut App) {
    let Some(finding) = list(app).and_then(List::selected).cloned() else { return };
    let mut all = app.acknowledged.to_vec();
    all.retain(|one| !is_about(one, &finding));
    if all.len() == app.acknowledged.len() {
        return palette::ask_reason(app);
    }
    app.set_acknowledged(all);
    app.say("it counts again");
}

/// `:acknowledge REASON`.
pub fn acknowledge(app: &mut App, reason: &str) {
    let Some(finding) = list(app).and_then(List::selected).cloned() else { return };
    let mut all = app.acknowledged.to_vec();
    all.retain(|one| !is_about(one, &finding));
    all.push(Acknowledged {
        rule: finding.rule.id.into(),
        key: finding.key,
        record: finding.record,
        reason: reason
            .chars()
            .filter(|character| !character.is_control())
            .take(Acknowledged::LONGEST)
            .collect(),
        time: app.now,
    });
    app.set_acknowledged(all);
    app.say("acknowledged: it is listed at the end and counted no more; a takes that back");
}

impl App {
    fn set_acknowledged(&mut self, all: Vec<Acknowledged>) {
        self.effect(Effect::SaveAcknowledged(all.clone()));
        self.on_acknowledged(all);
    }

    /// What is acknowledged of the zone's findings is this.
    pub(in crate::app) fn on_acknowledged(&mut self, all: Vec<Acknowledged>) {
        self.acknowledged = Arc::new(all);
        if let Some(open) = self.open_mut() {
            open.findings.expire();
        }
        self.recheck_text();
    }
}
