//! Findings as lines of text.

use super::{Finding, State};

/// Columns of the state and of what was looked at.
const STATE: usize = 9;
const CHECK: usize = 13;
/// How far commands stand in.
const RUN: usize = STATE + 4;

/// The lines of a finding. Sentences are wrapped at `width` columns; commands stay whole, so that they can be copied.
pub fn lines(finding: &Finding, width: usize) -> Vec<String> {
    let head = format!("{:STATE$}{:CHECK$}", finding.state.word(), finding.check);
    let mut lines = wrapped(&finding.says, &head, STATE + CHECK, width);
    let indent = " ".repeat(STATE);
    if !finding.why.is_empty() {
        lines.extend(wrapped(&finding.why, &indent, STATE, width));
    }
    for step in &finding.remedy {
        lines.extend(wrapped(&step.text, &indent, STATE, width));
        lines.extend(step.run.iter().map(|command| format!("{:RUN$}{command}", "")));
    }
    lines
}

/// The words of a text behind `head`; the lines after the first stand in by `indent` columns.
fn wrapped(text: &str, head: &str, indent: usize, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// "1 failed, 2 warnings, 9 ok": the last line.
pub fn summary(states: &[State]) -> String {
    let of = |state| states.iter().filter(|found| **found == state).count();
    let mut words = Vec::new();
    for (state, what) in [(State::Failed, "failed"), (State::Warning, "warning"), (State::Unknown, "unknown")]
    {
        let number = of(state);
        if number > 0 {
            let plural = if state == State::Warning && number > 1 { "s" } else { "" };
            words.push(format!("{number} {what}{plural}"));
        }
    }
    words.push(format!("{} ok", of(State::Ok)));
    words.join(", ")
}
