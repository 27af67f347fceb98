//! Moving about: selections, panes, screens, the filter.

use super::commands::Context;
use super::layout::{Layout, scroll};
use super::open::{Open, Pane};
use super::rows::Found;
use super::secondaries::Layer;
use super::work::Work;
use super::{App, Msg, Overlay, RequestId, Screen};
use crate::edit::Field;
use crate::key::Key;

/// Where to go in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    By(isize),
    /// Half a page, so many times.
    HalfPages(isize),
    To(usize),
    First,
    Last,
}

impl Go {
    fn from(self, selected: usize, total: usize, page: usize) -> usize {
        let last = total.saturating_sub(1);
        match self {
            Go::By(steps) => selected.saturating_add_signed(steps).min(last),
            Go::HalfPages(halves) => {
                // A page keeps one line in sight; at least one line is moved.
                let half = (page.saturating_sub(1) / 2).max(1).cast_signed();
                selected.saturating_add_signed(half.saturating_mul(halves)).min(last)
            }
            Go::To(index) => index.min(last),
            Go::First => 0,
            Go::Last => last,
        }
    }
}

impl App {
    /// Moves the selection of the list that has the keys.
    pub(super) fn go(&mut self, go: Go) {
        let Some(layout) = Layout::new(self.size) else { return };
        let page = usize::from(layout.inside(layout.body()).height);
        let help_width = layout.help_width();
        let text = super::secondaries::text_lines(self);
        match (&mut self.overlay, &mut self.screen, &mut self.zone) {
            (Some(Overlay::Help(help)), ..) => {
                help.offset = go.from(help.offset, help.lines(help_width).len(), page);
            }
            (Some(Overlay::Palette(palette)), ..) => {
                palette.selected = go.from(palette.selected, palette.matches.len(), page / 2);
            }
            (Some(Overlay::Chooser(chooser)), ..) => {
                chooser.selected = go.from(chooser.selected, chooser.types().len(), page);
            }
            (Some(Overlay::Menu(menu)), ..) => {
                menu.selected = go.from(menu.selected, menu.matches().len(), page);
            }
            (Some(Overlay::Problems(list)), ..) => {
                let total = self.text.mode.as_ref().map_or(0, |mode| mode.problems.len());
                list.selected = go.from(list.selected, total, page / 2);
            }
            (Some(Overlay::Fixes(menu)), ..) => {
                menu.selected = go.from(menu.selected, menu.choices.len(), page / 4);
            }
            (
                Some(Overlay::Dialog(_) | Overlay::Filter(_) | Overlay::Prompt(_) | Overlay::Replacing(_)),
                ..,
            ) => {}
            (None, Screen::Main, super::Zone::Open(open)) if open.pane == Pane::Records => {
                let page = usize::from(layout.record_rows(open.nameservers.line_count()).height);
                open.select(go.from(open.records.selected, open.records.rows.len(), page));
            }
            (None, Screen::Main, super::Zone::Open(open)) => {
                let nameservers = &mut open.nameservers;
                nameservers.select(go.from(nameservers.selected, nameservers.rows.len(), 4));
            }
            (None, Screen::Changes(changes), super::Zone::Open(open)) => {
                changes.selected = go.from(changes.selected, open.draft.changes().len(), page / 4);
            }
            (None, Screen::Proposal(proposal), _) => {
                proposal.selected = go.from(proposal.selected, proposal.counts().0, page / 4);
            }
            (None, Screen::History(history), _) => match &mut history.one {
                Some(one) => one.offset = go.from(one.offset, one.lines.len(), page),
                None => history.selected = go.from(history.selected, history.total(), page),
            },
            (None, Screen::Findings(list), _) => {
                let page = usize::from(layout.inside(layout.halves().0).height);
                list.selected = go.from(list.selected, list.shown.len(), page);
            }
            (None, Screen::Job(job), _) => match (&mut job.pointers, &mut job.replacing) {
                (Some(pointers), _) => {
                    pointers.selected = go.from(pointers.selected, pointers.total(), page);
                }
                (None, Some(replacing)) => {
                    replacing.selected = go.from(replacing.selected, replacing.total(), page);
                }
                (None, None) => job.selected = go.from(job.selected, job.lines.len(), page),
            },
            (None, Screen::Zones(zones), _) => {
                zones.selected = go.from(zones.selected, zones.shown.len(), page);
            }
            (None, Screen::Secondaries(screen), _) => match &mut screen.layer {
                Layer::List => {
                    screen.selected = go.from(screen.selected, screen.lines.len(), page);
                    screen.moved = true;
                }
                Layer::Details(details) => details.offset = go.from(details.offset, text, page),
                Layer::Walk { offset } => *offset = go.from(*offset, text, page),
                Layer::Adding(_) => {}
            },
            (None, Screen::Merge(merge), _) => merge.offset = go.from(merge.offset, merge.lines.len(), page),
            (None, Screen::Result(results), _) => {
                results.offset = go.from(results.offset, results.lines.len(), page);
            }
            _ => {}
        }
    }

    pub(super) fn keep_lists_in_view(&mut self, layout: &Layout) {
        let height = usize::from(layout.inside(layout.body()).height);
        match (&mut self.overlay, &mut self.screen, &self.zone) {
            (Some(Overlay::Help(help)), ..) => {
                // The search takes the first line.
                let total = help.lines(layout.help_width()).len() + 1;
                help.offset = help.offset.min(total.saturating_sub(height));
            }
            (Some(Overlay::Chooser(chooser)), ..) => {
                let total = chooser.types().len();
                chooser.offset = scroll(chooser.offset, chooser.selected, height.saturating_sub(1), total);
            }
            (Some(Overlay::Menu(menu)), ..) => {
                let total = menu.matches().len();
                menu.offset = scroll(menu.offset, menu.selected, height.saturating_sub(1), total);
            }
            (None, Screen::Changes(changes), super::Zone::Open(open)) => changes.keep_in_view(open, height),
            (None, Screen::Proposal(proposal), _) => proposal.keep_in_view(height),
            (None, Screen::History(history), _) => history.keep_in_view(height),
            (_, Screen::Findings(list), super::Zone::Open(open)) => list.keep_in_view(open, layout),
            (None, Screen::Zones(zones), _) => zones.keep_in_view(height),
            (None, Screen::Secondaries(screen), _) => screen.keep_in_view(height),
            (None, Screen::Job(job), _) => job.keep_in_view(height),
            (None, Screen::Merge(merge), _) => merge.keep_in_view(height),
            _ => {}
        }
    }
}

impl App {
    /// Starts the search that the filter wants, one at a time.
    pub(super) fn search_rows(&mut self) {
        if self.searching.is_none()
            && let Some(search) = self.open_mut().and_then(Open::wanted_search)
        {
            let request = self.work(Work::Search(search.clone()));
            self.searching = Some((request, search));
        }
    }

    pub(super) fn on_found(&mut self, request: RequestId, found: Found) {
        let Some((_, search)) = self.searching.take_if(|(asked, _)| *asked == request) else { return };
        // The filter, the zone or what is listed of it can have become another one.
        let Some(open) = self.open_mut() else { return };
        if open.wanted_search().is_some_and(|wanted| wanted.is_same(&search)) {
            open.show_found(found);
        }
        self.search_rows();
        self.press_held();
    }

    /// Presses the keys that had to wait for the rows that they are meant for.
    pub(super) fn press_held(&mut self) {
        while self.searching.is_none()
            && self.sorting.is_none()
            && !self.is_stepping()
            && let Some(msg) = self.held.pop_front()
        {
            match msg {
                Msg::Key(key) => self.on_key(key),
                Msg::Paste(text) => self.on_paste(&text),
                _ => {}
            }
            self.search_rows();
            self.sort_rows();
            // In a small zone they are there at once.
            self.do_small_works();
        }
    }

    /// Must a key wait until the rows are shown that it is meant for? One that is typed into the filter need not.
    pub(super) fn is_held(&self, key: Key) -> bool {
        (self.searching.is_some() || self.sorting.is_some())
            && self.context() == Context::Records
            && key != Key::ctrl('c')
    }
}

pub fn other_pane(app: &mut App) {
    if let Some(open) = app.open_mut() {
        open.pane = match open.pane {
            Pane::Nameservers => Pane::Records,
            Pane::Records => Pane::Nameservers,
        };
    }
}

pub fn show_records(app: &mut App) {
    app.screen = Screen::Main;
}

pub fn toggle_details(app: &mut App) {
    app.details = !app.details;
}

pub fn may_toggle_made(app: &App) -> Result<(), String> {
    match app.open() {
        Some(open) if open.signed() => Ok(()),
        _ => Err("the zone is not signed, so the server makes no records in it".into()),
    }
}

/// Shows the records that the server makes, or hides them.
pub fn toggle_made(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    let show = open.hidden() > 0;
    open.show_made(show);
    let word = if show { "shown" } else { "hidden" };
    app.say(format!("the records that the server makes are {word}"));
}

pub fn start_filter(app: &mut App) {
    let text = app.open().map_or_else(String::new, |open| open.records.filter.clone());
    app.overlay = Some(Overlay::Filter(Field::new(&text)));
}

pub fn keep_filter(app: &mut App) {
    let of_records = app.open().filter(|_| matches!(app.screen, Screen::Main));
    if let Some(trouble) = of_records.and_then(|open| open.records.filter_trouble.clone()) {
        // It stays to be mended, so that the next keys are not commands.
        return app.complain(trouble);
    }
    app.overlay = None;
    let is_main = matches!(app.screen, Screen::Main);
    if let Some(open) = app.open_mut().filter(|open| is_main && open.records.rows.unfit() > 0) {
        // The same filter once more: what was edited since, and does not fit it any more, goes.
        let filter = open.records.filter.clone();
        open.set_filter(&filter);
    }
}

pub fn clear_filter(app: &mut App) {
    if matches!(app.screen, Screen::Findings(_)) {
        super::findings::screen::filter(app, "");
        app.overlay = None;
        return;
    }
    if let Some(open) = app.open_mut() {
        open.records.before_references = None;
        open.set_filter("");
    }
    app.overlay = None;
}

pub fn next_change(app: &mut App) {
    to_change(app, |changed, selected| changed.iter().find(|row| **row > selected).copied());
}

pub fn previous_change(app: &mut App) {
    to_change(app, |changed, selected| changed.iter().rfind(|row| **row < selected).copied());
}

fn to_change(app: &mut App, choose: fn(&[usize], usize) -> Option<usize>) {
    let Some(open) = app.open_mut() else { return };
    let changed = open.records.rows.changed();
    match choose(&changed, open.records.selected) {
        Some(row) => open.select(row),
        None => app.say("no changed record that way among the rows shown"),
    }
}
