//! Quick fixes: shown as what they would change, chosen, and made one step of the draft.

use crate::app::changes::{LineKind, difference};
use crate::app::open::Open;
use crate::app::{App, Overlay, Screen, describe, edits};
use crate::check::{Finding, Fix, fix};
use crate::zone::Change;

/// The choice between fixes.
#[derive(Debug)]
pub struct Menu {
    pub choices: Vec<Choice>,
    pub selected: usize,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Choice {
    pub finding: Finding,
    pub fix: Fix,
    /// What it would change.
    pub lines: Vec<(LineKind, String)>,
}

/// What a fix would change, as the review shows changes.
pub fn lines(fix: &Fix, open: &Open) -> Vec<(LineKind, String)> {
    let origin = open.draft.base().origin();
    let several = fix.changes.len() > 1;
    let of_set = |(key, after): &(_, Option<_>)| {
        let change = Change { before: open.draft.get(key), after: after.clone() };
        let head = (LineKind::Fact, describe::set(key, origin));
        let lines = difference(key, &change).into_iter().map(|(kind, text)| match kind {
            // Else it is not said which set it is.
            LineKind::Added | LineKind::Removed if !several => {
                (kind, format!("{} {text}", describe::set(key, origin)))
            }
            kind => (kind, text),
        });
        std::iter::once(head).filter(|_| several).chain(lines).collect::<Vec<_>>()
    };
    fix.changes.iter().flat_map(of_set).collect()
}

/// The findings that the keys are about: the selected one, or those of the selected row.
fn findings(app: &App) -> Vec<Finding> {
    match (&app.screen, app.open()) {
        (Screen::Findings(list), _) => list.selected().cloned().into_iter().collect(),
        (Screen::Main, Some(open)) => {
            let row = open.selected();
            row.iter().flat_map(|row| open.findings.of_row(row)).cloned().collect()
        }
        _ => Vec::new(),
    }
}

pub fn may_fix(app: &App) -> Result<(), String> {
    edits::may_edit(app)?;
    match (findings(app).is_empty(), &app.screen) {
        (false, Screen::Findings(list)) if list.fixes.is_empty() => {
            Err("no quick fix is known for this; Enter goes to the record".into())
        }
        (false, _) => Ok(()),
        (true, Screen::Findings(_)) => Err("no finding is listed".into()),
        (true, _) => Err("no rule found anything at this record; ! lists all findings".into()),
    }
}

/// Puts the finding right. Where what it would change is not on the screen yet, or there are several ways, they are
/// shown first.
pub fn mend(app: &mut App) {
    let Some(open) = app.open() else { return };
    let of_finding = |finding: Finding| {
        let fixes = fix(&finding, open.draft.contents());
        fixes.into_iter().map(move |fix| Choice { finding: finding.clone(), lines: lines(&fix, open), fix })
    };
    let found = findings(app);
    let first = found.first().map(|finding| finding.message.clone()).unwrap_or_default();
    let choices: Vec<Choice> = found.into_iter().flat_map(of_finding).collect();
    match (choices.as_slice(), &app.screen) {
        ([], _) => app.say(format!("no quick fix is known. {first}")),
        ([only], Screen::Findings(_)) => {
            let only = only.clone();
            apply(app, &only);
        }
        _ => app.overlay = Some(Overlay::Fixes(Menu { choices, selected: 0 })),
    }
}

/// Applies the chosen one.
pub fn choose(app: &mut App) {
    let Some(Overlay::Fixes(menu)) = app.overlay.take() else { return };
    if let Some(choice) = menu.choices.get(menu.selected) {
        apply(app, choice);
    }
}

fn apply(app: &mut App, choice: &Choice) {
    let Choice { finding, fix: chosen, .. } = choice;
    let Some(open) = app.open() else { return };
    // The draft can have become another one since it was shown.
    let fixes = fix(finding, open.draft.contents());
    let Some(fix) = fixes.into_iter().find(|fix| fix == chosen) else {
        return app.say("the zone is another one by now: look at it again");
    };
    if let Some(reason) = fix.changes.iter().find_map(|(key, _)| edits::may_change_set(app, key).err()) {
        return app.complain(format!("{}: not done. {reason}", fix.title));
    }
    if app.edit(fix.title.clone(), fix.changes) {
        if let Screen::Findings(list) = &mut app.screen {
            list.mended = Some(finding.clone());
        }
        app.say(format!("done: {}; u undoes it", fix.title));
    }
}
