//! What others did, in the list of past pushes: asked of the server's journal in the background, put in between by
//! serials.

use std::sync::Arc;

use super::{History, Row, SIGNS, What};
use crate::app::changes::{Line, LineKind, difference};
use crate::app::describe;
use crate::app::layout::wrap;
use crate::app::{App, Effect, RequestId, Screen};
use crate::facts::Failure;
use crate::facts::history::{Listed, Standing, Summary};
use crate::facts::past::{Told, Turn};
use crate::push::tally;
use crate::zone::{Name, RrKey, serial};

/// As many record sets are named in a line of the list.
const NAMED: usize = 3;

/// What is known of others' work.
#[derive(Debug, Default)]
pub enum Others {
    /// The server is being asked.
    #[default]
    Asking,
    Told(Arc<Told>),
    /// A sentence on why not.
    NotKnown(String),
}

impl Others {
    /// Their changes of the zone, the newest first.
    pub(super) fn turns(&self) -> &[Turn] {
        match self {
            Others::Told(told) => &told.steps,
            _ => &[],
        }
    }

    /// For the line below the list.
    pub fn in_words(&self) -> String {
        match self {
            Others::Asking => "others: asking the server for its journal".into(),
            Others::NotKnown(why) => format!("others: {why}"),
            Others::Told(told) => match told.back_to {
                Some(from) => {
                    format!("others: by the server's own journal, back to serial {from}, no further")
                }
                None => {
                    "others: not known; the server keeps no journal (IXFR) that reaches back, or sends none"
                        .into()
                }
            },
        }
    }
}

/// The lines of the list: the pushes in their order, and what others did between them.
pub(super) fn rows(history: &History) -> Vec<Row> {
    let is_shown = |turn: &Turn| {
        let concerns = |set: &RrKey| turn.changes.contains_key(set);
        turn.ours.is_none() && !turn.changes.is_empty() && history.set.as_ref().is_none_or(concerns)
    };
    let turns = history.others.turns().iter().enumerate().filter(|(_, turn)| is_shown(turn));
    let mut turns = turns.peekable();
    let mut rows = Vec::new();
    for (number, push) in history.listing.iter().flat_map(|listing| &listing.pushes).enumerate() {
        if let Listed::Push(Summary { head, standing }) = push {
            let after = match standing {
                Standing::Ended { serial: Some(after), .. } => *after,
                _ => head.serial,
            };
            // Those that began when the push was over stand above it.
            while let Some((turn, _)) = turns.next_if(|(_, turn)| !serial::is_after(after, turn.from)) {
                rows.push(Row::Turn(turn));
            }
        }
        rows.push(Row::Push(number));
    }
    rows.extend(turns.map(|(turn, _)| Row::Turn(turn)));
    rows
}

/// "www A, mail A, ...".
pub fn named(turn: &Turn, origin: &Name) -> String {
    let names: Vec<String> = turn.changes.keys().take(NAMED).map(|key| describe::set(key, origin)).collect();
    let more = if turn.changes.len() > NAMED { ", ..." } else { "" };
    format!("{}{more}", names.join(", "))
}

/// One of them in lines.
pub(super) fn lines(turn: &Turn, only: Option<&RrKey>, origin: &Name, width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |kind, text: &str| {
        for (number, text) in wrap(text.trim_start(), width).into_iter().enumerate() {
            lines.push(Line { change: None, kind, text, continued: number > 0 });
        }
    };
    line(LineKind::Head, &format!("serial {} -> {}  by others", turn.from, turn.to));
    line(LineKind::Fact, "from the server's own journal, which tells neither when nor by whom");
    line(
        LineKind::Fact,
        &format!(
            "{}: {}",
            describe::count(turn.changes.len(), "record set"),
            tally(&turn.changes).in_words()
        ),
    );
    for (key, change) in turn.changes.iter().filter(|(key, _)| only.is_none_or(|only| only == *key)) {
        line(LineKind::Head, &describe::set(key, origin));
        for (kind, text) in difference(key, change) {
            line(kind, &text);
        }
    }
    lines
}

impl App {
    /// Asks what others did, unless that is known of the zone as it is.
    pub(super) fn ask_others(&mut self) {
        let Some(open) = self.open() else { return };
        let base = open.draft.base().clone();
        let known = self.past.told.as_ref().filter(|(serial, _)| *serial == base.serial());
        if let Some((_, told)) = known {
            let told = Others::Told(Arc::clone(told));
            return self.show_others(told);
        }
        self.stop_asking_others();
        let request = self.next_request();
        self.past.asked_others = Some((request, base.serial()));
        self.effect(Effect::Others { request, base });
    }

    /// Nobody looks at the list any more.
    pub(super) fn stop_asking_others(&mut self) {
        if let Some((request, _)) = self.past.asked_others.take() {
            self.effect(Effect::Cancel { request });
        }
    }

    pub(in crate::app) fn on_others(&mut self, request: RequestId, result: Result<Told, Failure>) {
        let Some((_, serial)) = self.past.asked_others.take_if(|(asked, _)| *asked == request) else {
            return;
        };
        let others = match result {
            Ok(told) => {
                let told = Arc::new(told);
                self.past.told = Some((serial, Arc::clone(&told)));
                Others::Told(told)
            }
            Err(failure) => Others::NotKnown(format!("not known. {} {}", failure.what, failure.why)),
        };
        self.show_others(others);
    }

    fn show_others(&mut self, others: Others) {
        if let Screen::History(history) = &mut self.screen {
            history.others = others;
            history.arrange();
        }
    }

    pub(super) fn show_turn(&mut self, turn: Turn) {
        let width = self.size.0.saturating_sub(SIGNS);
        let Some(origin) = self.open().map(|open| open.draft.base().origin().clone()) else { return };
        if let Screen::History(history) = &mut self.screen {
            let lines = lines(&turn, history.set.as_ref(), &origin, width);
            history.one = Some(Box::new(super::One { what: What::Turn(turn), lines, offset: 0 }));
        }
    }

    pub(super) fn take_turn_back(&mut self, turn: &Turn, only: Option<&RrKey>) {
        let Some(open) = self.open() else { return };
        let mut step = turn.reverse_step(open.draft.base());
        step.changes.retain(|key, _| only.is_none_or(|only| only == key));
        self.take_step_back(step, format!("revert of serial {} -> {} by others", turn.from, turn.to));
    }
}
