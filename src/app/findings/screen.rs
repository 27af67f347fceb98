//! The Findings screen: the list, what it is filtered by, and all there is to say of the selected one.

use std::sync::Arc;

use super::fixing;
use super::look::Seen;
use super::network::NotKnown;
use crate::app::changes::{Line, LineKind};
use crate::app::layout::{Layout, scroll, wrap};
use crate::app::open::Open;
use crate::app::{App, Overlay, Screen, Zone, changes, describe, moves};
use crate::check::{Finding, Fix, Rule, fix};
use crate::edit::Field;
use crate::facts::Acknowledged;
use crate::zone::{Name, RrKey, types};

/// Columns for the frame and the sign of a line.
const SIGNS: u16 = 10;

/// The screen.
#[derive(Debug)]
pub struct List {
    /// The findings that are listed; `None` before the first look has ended.
    pub seen: Option<Arc<Seen>>,
    /// What the person filters by; empty for everything.
    pub filter: String,
    /// The places of the findings that it lets through.
    pub shown: Vec<usize>,
    /// The selected one, as shown.
    pub selected: usize,
    pub offset: usize,
    /// What there is to say of it.
    pub about: Vec<Line>,
    pub fixes: Vec<Fix>,
    /// What that was made for: the place, the columns.
    made_for: Option<(usize, u16)>,
    /// The one that was put right last: where that is undone, the marker goes back to it.
    pub(super) mended: Option<Finding>,
    /// Did the person come from the review?
    from_review: bool,
}

impl List {
    fn new(seen: Option<Arc<Seen>>, filter: String, origin: &Name) -> List {
        let shown = seen.as_ref().map_or_else(Vec::new, |seen| {
            let wanted = filter.to_lowercase();
            let acknowledged = seen.acknowledged.iter().map(|(finding, _)| finding);
            let findings = seen.findings.iter().chain(acknowledged).enumerate();
            let fits = |finding: &Finding| wanted.is_empty() || matches(finding, &wanted, origin);
            let places = findings.filter(|(_, finding)| fits(finding)).map(|(place, _)| place);
            let not_known = (seen.findings.len() + seen.acknowledged.len()..).zip(&seen.not_known);
            let has =
                |one: &NotKnown| one.in_words().contains(&wanted) || one.rule.id.to_lowercase() == wanted;
            places.chain(not_known.filter(|(_, one)| has(one)).map(|(place, _)| place)).collect()
        });
        List {
            seen,
            filter,
            shown,
            selected: 0,
            offset: 0,
            about: Vec::new(),
            fixes: Vec::new(),
            made_for: None,
            mended: None,
            from_review: false,
        }
    }

    /// The one at a line of the list.
    pub fn finding(&self, line: usize) -> Option<&Finding> {
        let (seen, place) = (self.seen.as_ref()?, *self.shown.get(line)?);
        seen.findings.get(place).or_else(|| self.acknowledged(place).map(|(finding, _)| finding))
    }

    /// What was said when it was acknowledged, where it was.
    pub fn reason(&self, line: usize) -> Option<&Acknowledged> {
        self.acknowledged(*self.shown.get(line)?).map(|(_, acknowledged)| acknowledged)
    }

    fn acknowledged(&self, place: usize) -> Option<&(Finding, Acknowledged)> {
        let seen = self.seen.as_ref()?;
        seen.acknowledged.get(place.checked_sub(seen.findings.len())?)
    }

    /// What nobody answered, at a line of the list.
    pub fn not_known(&self, line: usize) -> Option<&NotKnown> {
        let (seen, place) = (self.seen.as_ref()?, *self.shown.get(line)?);
        seen.not_known.get(place.checked_sub(seen.findings.len() + seen.acknowledged.len())?)
    }

    pub fn selected(&self) -> Option<&Finding> {
        self.finding(self.selected)
    }

    /// Selects the first one that this is true of.
    fn select(&mut self, is_it: impl Fn(&Finding) -> bool) -> bool {
        let found = (0..self.shown.len()).find(|line| self.finding(*line).is_some_and(&is_it));
        self.selected = found.unwrap_or(self.selected.min(self.shown.len().saturating_sub(1)));
        found.is_some()
    }

    /// Keeps the selected one on the screen, and finds out what there is to say of it.
    pub fn keep_in_view(&mut self, open: &Open, layout: &Layout) {
        let height = usize::from(layout.inside(layout.halves().0).height);
        self.selected = self.selected.min(self.shown.len().saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, self.shown.len());
        let wanted = self.shown.get(self.selected).map(|place| (*place, layout.width));
        if wanted != self.made_for {
            self.made_for = wanted;
            let finding = self.selected().cloned();
            self.fixes =
                finding.as_ref().map_or_else(Vec::new, |finding| fix(finding, open.draft.contents()));
            let width = layout.width.saturating_sub(SIGNS);
            let reason = self.reason(self.selected);
            self.about = match (finding, self.not_known(self.selected)) {
                (Some(finding), _) => {
                    let old = self.seen.as_ref().filter(|seen| seen.is_old(&finding));
                    let asked = old.and_then(|seen| seen.asked.as_ref()).map(|asked| asked.when());
                    about(&finding, reason, asked.as_deref(), &self.fixes, open, width)
                }
                (None, Some(not_known)) => about_not_known(not_known, width),
                (None, None) => Vec::new(),
            };
        }
    }
}

/// Is it the same one, though perhaps in other words?
pub fn is_same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule && one.key == other.key && one.record == other.record
}

/// Where a finding is, as lists name it.
pub fn place(finding: &Finding, origin: &Name) -> String {
    describe::set(&finding.key, origin)
}

/// Does the text of a line, or the rule, contain this (lower case)?
fn matches(finding: &Finding, wanted: &str, origin: &Name) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(wanted);
    contains(&finding.message)
        || contains(&place(finding, origin))
        || contains(&finding.severity.to_string())
        || contains(finding.rule.id)
        || contains(finding.rule.name)
}

/// All there is to say of one: what is wrong, what would put it right, which rule says so and why.
fn about(
    finding: &Finding,
    reason: Option<&Acknowledged>,
    asked: Option<&str>,
    fixes: &[Fix],
    open: &Open,
    width: u16,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |kind, text: &str| push_wrapped(&mut lines, kind, text, width);
    line(LineKind::Head, &finding.message);
    if let Some(when) = asked {
        line(
            LineKind::Note,
            &format!("others were asked {when}, and the zone has changed since: n asks again"),
        );
    }
    if let Some(record) = &finding.record {
        let data = types::format_rdata(finding.key.rtype, record, None);
        line(LineKind::Fact, &format!("{} {data}", finding.key.rtype));
    }
    if let Some(Acknowledged { reason, time, .. }) = reason {
        let when = time.map_or_else(String::new, |time| format!(" {}", types::in_words(time)));
        line(LineKind::Note, &format!("acknowledged{when}: {reason}"));
    }
    match fixes {
        [] => {}
        [only] => {
            line(LineKind::Note, &format!("f: {}", only.title));
            fixing::lines(only, open).into_iter().for_each(|(kind, text)| line(kind, &text));
        }
        several => {
            line(LineKind::Note, "f chooses:");
            several.iter().for_each(|fix| line(LineKind::Fact, &fix.title));
        }
    }
    let Rule { id, name, source, about, .. } = finding.rule;
    line(LineKind::Note, &format!("{id} {name}: {about} ({source})"));
    lines
}

/// All there is to say of questions without an answer.
fn about_not_known(not_known: &NotKnown, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    push_wrapped(&mut lines, LineKind::Head, &format!("It is not known: {}.", not_known.why), width);
    for what in &not_known.what {
        push_wrapped(&mut lines, LineKind::Fact, what, width);
    }
    let Rule { id, name, source, about, .. } = not_known.rule;
    push_wrapped(&mut lines, LineKind::Note, &format!("{id} {name}: {about} ({source})"), width);
    lines
}

fn push_wrapped(lines: &mut Vec<Line>, kind: LineKind, text: &str, width: u16) {
    for (number, text) in wrap(text, width).into_iter().enumerate() {
        lines.push(Line { change: None, kind, text, continued: number > 0 });
    }
}

/// Shows the screen, with what is found at the selected record.
pub fn open(app: &mut App) {
    let Some(open) = app.open() else { return };
    let mut list = List::new(open.findings.seen.clone(), String::new(), open.draft.base().origin());
    let row = open.selected();
    list.from_review = matches!(app.screen, Screen::Changes(_));
    let at =
        if list.from_review { changes::selected_key(app) } else { row.as_ref().map(|row| row.key.clone()) };
    let of_record = |finding: &Finding| {
        let row = row.as_ref().filter(|row| Some(&row.key) == at.as_ref());
        row.is_some_and(|row| open.findings.of_row(row).any(|own| is_same(own, finding)))
    };
    if !list.select(of_record) {
        list.select(|finding| Some(&finding.key) == at.as_ref());
    }
    app.screen = Screen::Findings(Box::new(list));
}

/// Shows what a newer look has found; the marker stays with its finding, or in its place.
pub fn refresh(app: &mut App) {
    let (Screen::Findings(list), Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    let old = list.selected().cloned();
    let filter = std::mem::take(&mut list.filter);
    let mut new = List::new(open.findings.seen.clone(), filter, open.draft.base().origin());
    (new.selected, new.offset, new.from_review) = (list.selected, list.offset, list.from_review);
    let was_let_stand = list.reason(list.selected).is_some();
    new.select(|finding| old.as_ref().is_some_and(|old| is_same(old, finding)));
    if new.reason(new.selected).is_some() && !was_let_stand {
        // It went to the end: the marker goes on with the next one.
        new.selected = list.selected.min(new.shown.len().saturating_sub(1));
    }
    if let Some(mended) = list.mended.take()
        && !new.select(|finding| is_same(&mended, finding))
    {
        new.mended = Some(mended);
    }
    **list = new;
}

/// Lists only those that contain this text.
pub fn filter(app: &mut App, text: &str) {
    if let Screen::Findings(list) = &mut app.screen {
        list.filter = text.into();
        refresh(app);
    }
}

pub fn start_filter(app: &mut App) {
    if let Screen::Findings(list) = &app.screen {
        app.overlay = Some(Overlay::Filter(Field::new(&list.filter)));
    }
}

fn selected(app: &App) -> Option<&Finding> {
    match &app.screen {
        Screen::Findings(list) => list.selected(),
        _ => None,
    }
}

pub fn has_selection(app: &App) -> Result<(), String> {
    selected(app).map(|_| ()).ok_or_else(|| "no finding is listed".into())
}

/// Goes to the record, else to its set, else to where that would stand.
pub fn go_to(app: &mut App) {
    let Some(Finding { key, record, .. }) = selected(app).cloned() else { return };
    moves::show_records(app);
    let Some(open) = app.open_mut() else { return };
    if record.is_some_and(|record| open.select_record(&key, &record)) {
        return;
    }
    if open.draft.get(&key).is_some() {
        return open.select_set(&key);
    }
    let at_name: Option<RrKey> = open.draft.contents().keys_at(&key.owner).into_iter().next();
    match at_name {
        Some(other) => open.select_set(&other),
        None => open.select_near(&key),
    }
    app.say(format!("{} is not there", describe::set(&key, &app.settings.zone)));
}

/// Lifts the filter, else goes back.
pub fn back(app: &mut App) {
    let Screen::Findings(list) = &app.screen else { return };
    if !list.filter.is_empty() {
        return filter(app, "");
    }
    leave(app);
}

pub fn leave(app: &mut App) {
    let from_review = matches!(&app.screen, Screen::Findings(list) if list.from_review);
    moves::show_records(app);
    if from_review {
        changes::open(app);
    }
}
