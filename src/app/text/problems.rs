//! What is wrong with the text: the list of all of it, and the way from one to the next.

use crate::app::{App, Overlay, edits};
use crate::edit::Kind;
use crate::zonefile::Fix;

/// The list on the screen.
#[derive(Debug, Default)]
pub struct List {
    pub selected: usize,
    pub offset: usize,
}

pub fn next(app: &mut App) {
    go(app, true);
}

pub fn previous(app: &mut App) {
    go(app, false);
}

fn go(app: &mut App, down: bool) {
    let Some(mode) = &mut app.text.mode else { return };
    let at = mode.buffer.cursor();
    let places = mode.problems.iter().map(|problem| problem.span.start);
    let (onwards, round) = match down {
        true => (places.clone().filter(|place| *place > at).min(), places.min()),
        false => (places.clone().filter(|place| *place < at).max(), places.max()),
    };
    let checked = mode.is_checked();
    match onwards.or(round) {
        Some(place) => mode.buffer.put(place),
        None if checked => app.say("nothing is wrong with the text"),
        None => app.say("the text is still being checked; nothing is wrong so far"),
    }
}

pub fn has_problems(app: &App) -> Result<(), String> {
    match app.text.mode.as_ref().is_some_and(|mode| !mode.problems.is_empty()) {
        true => Ok(()),
        false => Err("nothing is wrong with the text".into()),
    }
}

/// The fix of the problem that is told of.
fn fix_here(app: &App) -> Option<&Fix> {
    app.text.mode.as_ref()?.problem_here()?.1.fix.as_ref()
}

pub fn has_fix(app: &App) -> Result<(), String> {
    edits::may_edit(app)?;
    fix_here(app).map(|_| ()).ok_or_else(|| "no fix is known for this line".into())
}

/// Mends the problem that is told of, as it proposes.
pub fn fix(app: &mut App) {
    let Some(fix) = fix_here(app).cloned() else { return };
    if !app.text.mode.as_ref().is_some_and(|mode| mode.is_checked()) {
        // The places of a fix are those of the text that was checked.
        return app.say("the text is being checked; try again in a moment");
    }
    app.edit_text(|buffer| {
        buffer.together(|buffer| {
            for (span, replacement) in fix.edits.iter().rev() {
                buffer.replace(span.clone(), replacement, Kind::Single);
            }
        });
    });
    app.say(format!("{}; Alt-U undoes that", fix.message));
}

/// Shows all of them.
pub fn show(app: &mut App) {
    let Some(mode) = &app.text.mode else { return };
    let at = mode.buffer.cursor();
    let before = mode.problems.iter().filter(|problem| problem.span.start <= at).count();
    let list = List { selected: before.saturating_sub(1), offset: 0 };
    app.overlay = Some(Overlay::Problems(list));
}

/// Goes to the selected one.
pub fn go_to(app: &mut App) {
    let Some(Overlay::Problems(list)) = app.overlay.take() else { return };
    let Some(mode) = &mut app.text.mode else { return };
    if let Some(problem) = mode.problems.get(list.selected) {
        let place = problem.span.start;
        mode.buffer.put(place);
    }
}
