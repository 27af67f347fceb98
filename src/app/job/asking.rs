//! The last question before a job is pushed, and why it cannot be pushed now.

use super::{Part, Ready};
use crate::app::describe::count;
use crate::app::dialog::{Dialog, Then};
use crate::app::layout::wrap;
use crate::app::zones::short;
use crate::app::{App, Overlay};
use crate::push::tally;

pub fn may_push(app: &App) -> Result<(), String> {
    super::may_act(app)?;
    let Some(job) = app.job_on_screen() else { return Ok(()) };
    let in_trouble = |part: &&Part| !part.left_out && part.ready().is_none_or(|ready| ready.plan.is_err());
    if let Some(part) = job.parts.iter().find(in_trouble) {
        return Err(format!("{} cannot be pushed: mend that, or leave it out with Space", short(&part.zone)));
    }
    match job.parts.iter().any(Part::is_pushed) {
        true => Ok(()),
        false => Err("no change is left to push".into()),
    }
}

/// Asks before anything is sent. Where zones are in danger, all of them are named, and how many there are is typed with the
/// name of the first: that is not done by habit, and not without having read the list.
pub fn ask_push(app: &mut App) {
    let Some(job) = app.job_on_screen() else { return };
    let pushed: Vec<(&Part, &Ready)> = (job.parts.iter().filter(|part| part.is_pushed()))
        .filter_map(|part| Some((part, part.ready()?)))
        .collect();
    let mut text = vec![format!(
        "{}, one after the other; it stops at the first that fails:",
        count(pushed.len(), "zone")
    )];
    let (dangerous, others): (Vec<_>, Vec<_>) =
        pushed.into_iter().partition(|(_, ready)| ready.danger.is_some());
    let last = "Each is refused if somebody changed it meanwhile, and read back.";
    let proof = match dangerous.as_slice() {
        [] => None,
        [(only, _)] => Some(short(&only.zone)),
        [(first, _), ..] => Some(format!("{} {}", dangerous.len(), short(&first.zone))),
    };
    let asked = proof.as_ref().map(|proof| match dangerous.len() {
        1 => format!("Type {proof} to push all of them:"),
        zones => format!("{zones} zones are in danger. Type {proof} to push all of them:"),
    });
    // As many zones as there is room for beside these sentences; of those in danger more than of the others.
    let width = app.size.0.saturating_sub(10);
    let sentences = text.iter().map(String::as_str).chain([last]).chain(asked.as_deref());
    let rows: usize = sentences.map(|sentence| wrap(sentence, width).len()).sum();
    let room = usize::from(app.size.1).saturating_sub(8 + rows).max(2);
    let listed = |zones: &[(&Part, &Ready)], room: usize| -> Vec<String> {
        let line = |(part, ready): &(&Part, &Ready)| {
            let about = match &ready.danger {
                Some(danger) => format!("! {}: {danger}", short(&part.zone)),
                None => {
                    let tally = tally(ready.draft.changes()).in_words();
                    format!("  {}  {tally}  {}", short(&part.zone), ready.settings.server)
                }
            };
            wrap(about.trim_start(), width)
                .into_iter()
                .enumerate()
                .map(|(row, text)| {
                    format!("{}{text}", if row > 0 || about.starts_with(' ') { "  " } else { "" })
                })
                .collect::<Vec<_>>()
        };
        let mut lines = Vec::new();
        for (number, zone) in zones.iter().enumerate() {
            let own = line(zone);
            let left = zones.len() - number;
            if lines.len() + own.len() + usize::from(left > 1) > room {
                lines.push(format!("  and {left} more: Esc shows them"));
                break;
            }
            lines.extend(own);
        }
        lines
    };
    let of_dangers = listed(&dangerous, room.saturating_sub(others.len().min(3)));
    text.extend(listed(&others, room.saturating_sub(of_dangers.len())));
    text.push(last.into());
    text.extend(of_dangers);
    text.extend(asked);
    app.overlay = Some(Overlay::Dialog(Dialog::last("Push", text, Then::PushJob, proof)));
}
