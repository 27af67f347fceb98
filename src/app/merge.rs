//! The Merge screen: what both sides changed, one conflict after the other, until each is decided.

use super::describe::{self, count};
use super::layout::{scroll, wrap};
use super::{App, Screen, changes};
use crate::zone::merge::{Choice, Conflict, Sides};
use crate::zone::{Name, RrKey, RrSet, types};

/// From this width on the sides stand beside each other.
const WIDE: u16 = 110;
/// Columns for the frame and the margins.
const MARGINS: u16 = 4;
/// As many records that no side touched are shown one by one.
const FEW: usize = 6;

/// The conflict on the screen.
#[derive(Debug)]
pub struct Merge {
    /// Its number among those that are open.
    pub selected: usize,
    /// How many are open.
    pub total: usize,
    /// What is on the screen.
    shown: Conflict,
    /// It came there, or became another, without a key: nobody has looked at it yet.
    is_new: bool,
    /// The first line on the screen.
    pub offset: usize,
    pub lines: Vec<Line>,
    /// Columns of each cell of a line that has several.
    pub cell_width: u16,
}

/// One line: one cell, or one for each side.
pub type Line = Vec<Cell>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub kind: CellKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// What it is about.
    Head,
    /// The name of a side.
    Side,
    Added,
    /// With another TTL than before.
    Changed,
    Removed,
    Plain,
}

impl Merge {
    /// For a screen of so many columns.
    fn new(conflicts: &[Conflict], origin: &Name, selected: usize, width: u16) -> Option<Merge> {
        let selected = selected.min(conflicts.len().saturating_sub(1));
        let conflict = conflicts.get(selected)?;
        let width = width.saturating_sub(MARGINS);
        let mut lines: Vec<Line> = Vec::new();
        let cell = |kind, text: String| vec![Cell { kind, text }];
        for (number, sentence) in sentences(conflict, origin).into_iter().enumerate() {
            let kind = if number == 0 { CellKind::Head } else { CellKind::Plain };
            lines.extend(wrap(&sentence, width).into_iter().map(|text| cell(kind, text)));
        }
        lines.push(Vec::new());
        let mut blocks: Vec<Vec<Cell>> = Vec::new();
        let wide = width + MARGINS >= WIDE;
        let cell_width = if wide { width / 3 } else { width };
        for (name, side) in [("before", Side::Seen), ("mine (m)", Side::Mine), ("theirs (t)", Side::Theirs)] {
            blocks.push(block(name, conflict, side, cell_width));
        }
        let both = match conflict.may_be_both() {
            Ok(()) => block("both (b): what you did and what they did", conflict, Side::Both, width),
            Err(why) => {
                let why = wrap(&format!("both: {why}"), width).into_iter();
                why.map(|text| Cell { kind: CellKind::Plain, text }).collect()
            }
        };
        if wide {
            let longest = blocks.iter().map(Vec::len).max().unwrap_or(0);
            let nothing = Cell { kind: CellKind::Plain, text: String::new() };
            lines.extend(
                (0..longest).map(|row| {
                    blocks.iter().map(|block| block.get(row).unwrap_or(&nothing).clone()).collect()
                }),
            );
            lines.push(Vec::new());
        } else {
            lines.extend(blocks.into_iter().flatten().map(|cell| vec![cell]));
        }
        lines.extend(both.into_iter().map(|cell| vec![cell]));
        Some(Merge {
            selected,
            total: conflicts.len(),
            shown: conflict.clone(),
            is_new: false,
            offset: 0,
            lines,
            cell_width,
        })
    }

    pub fn keep_in_view(&mut self, height: usize) {
        self.offset = scroll(self.offset, self.offset, height, self.lines.len());
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Seen,
    Mine,
    Theirs,
    Both,
}

impl Side {
    fn of(self, sides: &Sides) -> Option<RrSet> {
        match self {
            Side::Seen => sides.seen.clone(),
            Side::Mine => sides.mine.clone(),
            Side::Theirs => sides.theirs.clone(),
            Side::Both => sides.both(),
        }
    }
}

/// What the conflict is about.
fn sentences(conflict: &Conflict, origin: &Name) -> Vec<String> {
    let name = conflict.key().map_or_else(String::new, |key| describe::set(key, origin));
    if conflict.cname {
        let mine = conflict.sets.iter().any(|sides| is_cname(sides) && sides.mine.is_some());
        let whose = match mine {
            true => "You want a CNAME here, and the zone has other data at this name by now.",
            false => "You want other data here, and the zone has a CNAME at this name by now.",
        };
        return vec![
            format!("{name}: a CNAME stands alone at its name"),
            format!("{whose} One side's records go, whichever you choose."),
        ];
    }
    let mut sentences = vec![format!("{name}: changed by you and by others")];
    sentences.extend(conflict.sets.first().and_then(|sides| who_did_what(sides)).map(str::to_owned));
    sentences
}

/// Where one side changed nothing but the TTL.
fn who_did_what(sides: &Sides) -> Option<&'static str> {
    let (seen, mine, theirs) = (sides.seen.as_ref()?, sides.mine.as_ref()?, sides.theirs.as_ref()?);
    let rtype = sides.key.rtype;
    match (seen.same_records(mine, rtype), seen.same_records(theirs, rtype)) {
        (true, true) => Some("Both sides changed only the TTL of the set."),
        (true, false) if seen.ttl == theirs.ttl => {
            Some("You changed only the TTL of the set, the others only its records: both together take b.")
        }
        (false, true) if seen.ttl == mine.ttl => {
            Some("The others changed only the TTL of the set, you only its records: both together take b.")
        }
        _ => None,
    }
}

fn is_cname(sides: &Sides) -> bool {
    sides.key.rtype == crate::zone::RecordType::CNAME
}

/// A side in lines: its name, its records, those of before that it has not.
fn block(name: &str, conflict: &Conflict, side: Side, width: u16) -> Vec<Cell> {
    let mut cells = vec![Cell { kind: CellKind::Side, text: name.into() }];
    let several = conflict.sets.len() > 1;
    let mut untouched = 0;
    for sides in &conflict.sets {
        let set = side.of(sides);
        let mut record = |kind, sign: char, set: &RrSet, index: usize, rdata: &[u8]| {
            let rtype = if several { format!("{:<7}", sides.key.rtype.to_string()) } else { String::new() };
            let data = types::format_rdata(sides.key.rtype, rdata, None);
            let text = format!("{:<7} {rtype}{data}", describe::ttl(set.ttl_of(index)));
            let lines = wrap(&text, width.saturating_sub(4)).into_iter().enumerate();
            cells.extend(lines.map(|(number, text)| {
                let indent = if number == 0 { format!("  {sign} ") } else { " ".repeat(12) };
                Cell { kind, text: format!("{indent}{text}") }
            }));
        };
        let touched = |rdata: &[u8]| {
            [&sides.seen, &sides.mine, &sides.theirs]
                .iter()
                .any(|set| !set.as_ref().is_some_and(|set| set.contains(sides.key.rtype, rdata)))
        };
        let quiet = set.iter().flat_map(|set| &set.rdata).filter(|rdata| !touched(rdata)).count();
        for (index, rdata) in set.iter().flat_map(|set| &set.rdata).enumerate() {
            let Some(set) = &set else { continue };
            let before = sides.seen.as_ref().and_then(|seen| {
                let place = seen.position(sides.key.rtype, rdata)?;
                Some(seen.ttl_of(place))
            });
            match before {
                None if side != Side::Seen => record(CellKind::Added, '+', set, index, rdata),
                _ if quiet > FEW && !touched(rdata) => untouched += 1,
                Some(ttl) if ttl != set.ttl_of(index) => record(CellKind::Changed, '~', set, index, rdata),
                _ => record(CellKind::Plain, ' ', set, index, rdata),
            }
        }
        let gone = |rdata: &[u8]| !set.as_ref().is_some_and(|set| set.contains(sides.key.rtype, rdata));
        if let Some(seen) = &sides.seen {
            for (index, rdata) in seen.rdata.iter().enumerate().filter(|(_, rdata)| gone(rdata)) {
                record(CellKind::Removed, '-', seen, index, rdata);
            }
        }
    }
    let plain = |text: String| Cell { kind: CellKind::Plain, text };
    if untouched > 0 {
        cells
            .push(plain(format!("    and {} that both sides leave as they are", count(untouched, "record"))));
    }
    if cells.len() == 1 {
        cells.push(plain("    nothing".into()));
    }
    cells
}

/// Is there something to decide?
pub fn may_open(app: &App) -> Result<(), String> {
    match app.open().is_some_and(|open| !open.draft.conflicts().is_empty()) {
        true => Ok(()),
        false => Err("nothing is to be decided: no record set was changed by you and by others".into()),
    }
}

/// Shows the conflict of the selected record or change, else the first.
pub fn open(app: &mut App) {
    let Some(open) = app.open() else { return };
    let key = match &app.screen {
        Screen::Changes(changes) => changes.key(open),
        _ => open.selected().map(|row| row.key),
    };
    let conflicts = open.draft.open_conflicts();
    let at = key.and_then(|key| conflicts.iter().position(|conflict| conflict.is_about(&key)));
    show(app, at.unwrap_or(0));
}

/// Shows a conflict by its number; without any the review.
fn show(app: &mut App, selected: usize) {
    let Some(open) = app.open() else { return };
    let conflicts = open.draft.open_conflicts();
    match Merge::new(&conflicts, open.draft.base().origin(), selected, app.size.0) {
        Some(merge) => app.screen = Screen::Merge(merge),
        None => changes::open(app),
    }
}

/// Makes the screen anew where it is shown, after the draft or the width changed.
pub fn refresh(app: &mut App) {
    if let Screen::Merge(merge) = &app.screen {
        let selected = merge.selected;
        show(app, selected);
    }
}

/// The same after the zone changed: the screen stays with its conflict, and what is another one by now is decided only
/// after it was looked at. A key that was pressed over the old one must not decide the new one.
pub fn zone_moved_on(app: &mut App) {
    let (Screen::Merge(merge), Some(open)) = (&app.screen, app.open()) else { return };
    let (before, was_new, selected, offset) =
        (merge.shown.clone(), merge.is_new, merge.selected, merge.offset);
    let conflicts = open.draft.open_conflicts();
    let at = before.key().and_then(|key| conflicts.iter().position(|conflict| conflict.is_about(key)));
    show(app, at.unwrap_or(selected));
    if let Screen::Merge(merge) = &mut app.screen {
        let is_same = merge.shown == before;
        merge.is_new = was_new || !is_same;
        if is_same {
            merge.offset = offset;
        }
    }
}

/// The conflict on the screen, to be decided; nothing where nobody has seen it as it is now, which is said.
fn seen(app: &mut App) -> Option<Conflict> {
    let Screen::Merge(merge) = &mut app.screen else { return None };
    let shown = merge.shown.clone();
    if std::mem::take(&mut merge.is_new) {
        app.complain("others changed this meanwhile: look at it again, then decide");
        return None;
    }
    Some(shown)
}

fn current(app: &App) -> Option<&Conflict> {
    match &app.screen {
        Screen::Merge(merge) => Some(&merge.shown),
        _ => None,
    }
}

pub fn may_be_both(app: &App) -> Result<(), String> {
    current(app).map_or(Ok(()), |conflict| conflict.may_be_both())
}

pub fn mine(app: &mut App) {
    choose(app, Choice::Mine);
}

pub fn theirs(app: &mut App) {
    choose(app, Choice::Theirs);
}

pub fn both(app: &mut App) {
    choose(app, Choice::Both);
}

fn choose(app: &mut App, choice: Choice) {
    if let Some(conflict) = seen(app) {
        app.decide_conflicts(&[conflict], choice);
    }
}

/// Keeps what is mine of all that is left to decide.
pub fn all_mine(app: &mut App) {
    choose_all(app, Choice::Mine);
}

pub fn all_theirs(app: &mut App) {
    choose_all(app, Choice::Theirs);
}

fn choose_all(app: &mut App, choice: Choice) {
    if seen(app).is_some()
        && let Some(open) = app.open()
    {
        let conflicts = open.draft.open_conflicts();
        app.decide_conflicts(&conflicts, choice);
    }
}

pub fn next(app: &mut App) {
    step(app, 1);
}

pub fn previous(app: &mut App) {
    step(app, -1);
}

fn step(app: &mut App, by: isize) {
    let Screen::Merge(merge) = &app.screen else { return };
    let total = merge.total.max(1);
    // A handful, and never more than there are RRsets.
    let selected = (merge.selected.cast_signed() + by).rem_euclid(total.cast_signed()).cast_unsigned();
    if total == 1 {
        return app.say("this is the only one to decide");
    }
    show(app, selected);
}

impl App {
    /// Decides the conflict that an RRset is in.
    pub(super) fn decide(&mut self, key: &RrKey, choice: Choice) {
        let Some(open) = self.open() else { return };
        let conflict = open.draft.open_conflicts().into_iter().find(|conflict| conflict.is_about(key));
        if let Some(conflict) = conflict {
            self.decide_conflicts(&[conflict], choice);
        }
    }

    /// One step, whether it is one conflict or several.
    fn decide_conflicts(&mut self, conflicts: &[Conflict], choice: Choice) {
        if self.is_refused() {
            return;
        }
        let Some(open) = self.open_mut() else { return };
        let origin = open.draft.base().origin().clone();
        let name = match conflicts {
            [one] => one.key().map_or_else(String::new, |key| describe::set(key, &origin)),
            several => count(several.len(), "record set"),
        };
        let (label, news) = match choice {
            Choice::Mine => (format!("keep mine: {name}"), "yours will be pushed over theirs"),
            Choice::Theirs => (format!("take theirs: {name}"), "theirs stays, yours is taken back"),
            Choice::Both => (format!("both: {name}"), "theirs and yours together will be pushed"),
        };
        let Some(entry) = open.draft.decide_all(conflicts, choice, label) else { return };
        open.refresh();
        let sets = conflicts.iter().flat_map(|conflict| &conflict.sets);
        sets.for_each(|sides| drop(open.news.remove(&sides.key)));
        let left = open.draft.open_conflicts().len();
        self.journal(entry);
        self.ask_nameservers();
        let rest = match (left, &self.screen) {
            (0, Screen::Merge(_)) => "all is decided: review it, then push".to_owned(),
            (0, _) => "u undoes it".to_owned(),
            _ => format!("{left} left to decide; u undoes it"),
        };
        self.say(format!("{name}: {news}; {rest}"));
        changes::refresh(self);
        refresh(self);
    }
}
