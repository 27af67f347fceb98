//! The list of records in the order of a column, and what refers to a record.

use super::dialog::{Dialog, Then};
use super::open::{Open, Pane};
use super::rows::{Column, Order, Row, SortBy};
use super::work::Work;
use super::{App, Overlay, RequestId};
use crate::bulk::network::address_of;
use crate::zone::{Rdata, RrKey, types};

/// What the list showed before it showed what refers to a record.
#[derive(Debug, Clone)]
pub struct Before {
    filter: String,
    anchor: Option<(RrKey, Rdata)>,
    /// The filters that were made, and which of them is on.
    made: Vec<String>,
    at: usize,
}

impl App {
    /// Starts the sorting that is wanted, one at a time.
    pub(super) fn sort_rows(&mut self) {
        if self.sorting.is_some() {
            return;
        }
        if let Some(sorting) = self.open().and_then(Open::wanted_sorting) {
            let by = sorting.by;
            self.sorting = Some((self.work(Work::Sort(Box::new(sorting))), by));
        }
    }

    pub(super) fn on_sorted(&mut self, request: RequestId, order: Order) {
        if self.sorting.take_if(|(asked, _)| *asked == request).is_none() {
            return;
        }
        if let Some(open) = self.open_mut()
            && open.records.sort == Some(order.by)
            && order.is_of(open.draft.base())
        {
            open.set_order(Some(order));
        }
        self.sort_rows();
        self.press_held();
    }

    pub(super) fn sort_by(&mut self, column: Option<Column>) {
        let Some(open) = self.open_mut() else { return };
        open.records.sort = column.map(|column| SortBy { column, reverse: false });
        // By the same column once more: rows that were edited since get their places.
        open.set_order(None);
        match column {
            Some(column) => self
                .say(format!("sorted by {}; r turns it round, s z is the zone's own order", column.word())),
            None => self.say("in the order of the zone"),
        }
    }

    /// Back to what was on the screen before what refers to a record. False where that was not asked for.
    pub(super) fn return_from_references(&mut self) -> bool {
        let Some(open) = self.open_mut() else { return false };
        let Some(before) = open.records.before_references.take() else { return false };
        open.records.anchor = before.anchor;
        open.set_filter(&before.filter);
        true
    }
}

/// Asks for the column.
pub fn ask(app: &mut App) {
    let column = |column| Then::Sort(Some(column));
    let buttons = vec![
        ("Name", 'n', column(Column::Name)),
        ("TTL", 't', column(Column::Ttl)),
        ("Type", 'y', column(Column::Type)),
        ("Data", 'd', column(Column::Data)),
        ("Order of the zone", 'z', Then::Sort(None)),
        ("Cancel", 'c', Then::Close),
    ];
    let text = vec!["Rows that are alike stay in the order of the zone.".into()];
    app.overlay = Some(Overlay::Dialog(Dialog::new("Sort by", text, buttons)));
}

pub fn reverse(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    let by = open.records.sort.unwrap_or(SortBy { column: Column::Name, reverse: false });
    let by = SortBy { reverse: !by.reverse, ..by };
    open.records.sort = Some(by);
    let way = if by.reverse { "the other way round" } else { "the usual way round" };
    app.say(format!("sorted by {}, {way}", by.column.word()));
}

/// Shows only what refers to the selected record's target or address; once more, to its name.
pub fn references(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    let Some(row) = open.selected() else { return };
    let filter = open.records.filter.clone();
    let going_on =
        open.records.before_references.take().filter(|before| before.made.get(before.at) == Some(&filter));
    let before = match going_on {
        Some(before) => Before { at: (before.at + 1) % before.made.len().max(1), ..before },
        None => Before {
            filter,
            anchor: open.records.anchor.clone(),
            made: references_of(&row, open.draft.base().origin().as_ref()),
            at: 0,
        },
    };
    let Some(wanted) = before.made.get(before.at).cloned() else { return };
    let next =
        (before.made.len() > 1).then(|| before.made.get((before.at + 1) % before.made.len())).flatten();
    let what = |filter: &String| filter.trim_start_matches("ref:").to_owned();
    let mut said = format!("what refers to {}; Esc goes back", what(&wanted));
    if let Some(next) = next {
        said.push_str(&format!(", # goes on to {}", what(next)));
    }
    open.pane = Pane::Records;
    open.records.before_references = Some(before);
    open.set_filter(&wanted);
    app.say(said);
}

/// Filters for what refers to a record: its targets, its address, its owner.
fn references_of(row: &Row, origin: crate::zone::NameRef<'_>) -> Vec<String> {
    let name = |name: crate::zone::NameRef<'_>| name.relative_to(origin);
    let mut made: Vec<String> =
        address_of(row.key.rtype, &row.rdata).map(|address| address.to_string()).into_iter().collect();
    made.extend(types::names_in(row.key.rtype, &row.rdata).into_iter().map(name));
    made.push(name(row.key.owner.as_ref()));
    let mut seen = std::collections::HashSet::new();
    made.retain(|text| seen.insert(text.clone()));
    // Blanks and quotes are escaped in names, but a filter has quotes of its own.
    let quoted = |text: &String| match text.contains(['"', '\\', ' ']) {
        true => format!("ref:\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        false => format!("ref:{text}"),
    };
    made.iter().map(quoted).collect()
}
