//! Following the zone: the primary is asked whether it has another version; the draft is brought along; and what others
//! changed is told and marked until it was looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::describe::{self, count};
use super::rows::Row;
use super::work::Work;
use super::{App, Effect, Overlay, RequestId, Screen};
use crate::facts::Failure;
use crate::zone::changes::diff;
use crate::zone::managed::without_managed;
use crate::zone::rrset::same_contents;
use crate::zone::{Change, ChangeMap, Name, RrKey, Snapshot, types};

/// As many record sets are named in the message.
const NAMED: usize = 3;

/// How the zone came to be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// It was noticed that the primary has another version.
    Followed,
    /// The person loaded it again, and is told of that.
    Loaded,
    /// After a push that is proven to have made these RRsets what they are.
    Pushed(BTreeSet<RrKey>),
}

/// What others did, being found out.
#[derive(Debug)]
pub(super) struct Telling {
    request: RequestId,
    way: Way,
    serial: u32,
    /// Changes of the draft that are in the zone by now.
    done: usize,
}

/// What is different between two versions of a zone, but for what its server makes.
pub fn news(before: &Snapshot, after: &Snapshot) -> ChangeMap {
    without_managed(diff(before, after), before, after)
}

impl App {
    /// Asks the primary whether it has another version, unless a push or a load finds that out.
    pub(super) fn follow(&mut self) {
        let busy = self.load.is_some()
            || self.following.is_some()
            || matches!(self.screen, Screen::Pushing(_))
            // It says which serial the server has.
            || matches!(&self.overlay, Some(Overlay::Dialog(dialog)) if dialog.is_about_found_draft());
        let Some(open) = self.open().filter(|open| !busy && open.file.is_none()) else { return };
        let base = open.draft.base().clone();
        let request = self.next_request();
        self.following = Some(request);
        self.effect(Effect::Follow { request, base });
    }

    /// Before a push or a load: what it would find is not wanted any more.
    pub(super) fn stop_following(&mut self) {
        if let Some(request) = self.following.take() {
            self.effect(Effect::Cancel { request });
        }
    }

    pub(super) fn on_followed(&mut self, request: RequestId, result: Result<Option<Arc<Snapshot>>, Failure>) {
        if self.following.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        // Without an answer it is asked again with the next poll; the upper pane shows who does not answer.
        let Ok(Some(zone)) = result else { return };
        self.rebase(zone, Way::Followed);
        self.watch_followed();
    }

    /// Puts the draft onto a newer zone, on disk as well, and finds out what others did.
    pub(super) fn rebase(&mut self, zone: Arc<Snapshot>, way: Way) {
        let reviewed = super::changes::selected_key(self);
        let Some(open) = self.open_mut() else { return };
        let (before, changes, steps) =
            (open.draft.base().clone(), open.draft.changes().len(), !open.draft.entries().is_empty());
        let is_file = open.file.is_some();
        open.rebase(Arc::clone(&zone));
        let done = changes.saturating_sub(open.draft.changes().len());
        if steps {
            self.rewrite_draft();
        }
        super::changes::zone_moved_on(self, reviewed);
        super::merge::zone_moved_on(self);
        if let Some(Overlay::Dialog(dialog)) = &mut self.overlay {
            dialog.zone_moved_on(zone.serial());
        }
        if !is_file {
            let serial = zone.serial();
            let request = self.work(Work::News { before, after: zone });
            self.telling.push(Telling { request, way, serial, done });
        }
    }

    pub(super) fn on_news(&mut self, request: RequestId, mut news: ChangeMap) {
        let Some(at) = self.telling.iter().position(|telling| telling.request == request) else { return };
        let Telling { way, serial, done, .. } = self.telling.remove(at);
        let Some(open) = self.open_mut() else { return };
        if let Way::Pushed(own) = &way {
            news.retain(|key, _| !own.contains(key));
        }
        let origin = open.draft.base().origin().clone();
        let conflicts = open.draft.conflicts().len();
        let sentence = sentence(&news, serial, &origin);
        open.add_news(news);
        let Some(mut sentence) = sentence.filter(|_| way != Way::Loaded) else { return };
        if way == Way::Followed && done > 0 {
            sentence.push_str(&format!("; {} of yours is in it", count(done, "change")));
        }
        let mut trouble = false;
        if conflicts > 0 {
            trouble = true;
            sentence.push_str(&format!("; {} with yours: M shows both sides", count(conflicts, "conflict")));
        }
        if matches!(self.screen, Screen::Changes(_)) {
            sentence.push_str("; this review is made again");
        }
        if trouble { self.complain(sentence) } else { self.say(sentence) }
    }

    /// The selected record has been on the screen: what is new of it is looked at.
    pub(super) fn look(&mut self) {
        if self.overlay.is_none()
            && matches!(self.screen, Screen::Main)
            && let Some(open) = self.open_mut()
            && !open.news.is_empty()
            && let Some(row) = open.selected()
        {
            open.news.remove(&row.key);
        }
    }
}

impl super::open::Open {
    /// Marks what others changed. What they changed several times is new against what was looked at last.
    fn add_news(&mut self, news: ChangeMap) {
        for (key, change) in news {
            let before = self.news.remove(&key).map_or(change.before, |earlier| earlier.before);
            if !same_contents(before.as_ref(), change.after.as_ref(), key.rtype) {
                self.news.insert(key, Change { before, after: change.after });
            }
        }
    }
}

/// "the zone moved on to serial 7: 2 record sets changed by others (www A, mail A)". `None` where nobody changed
/// anything: the server's own work is no news.
fn sentence(news: &ChangeMap, serial: u32, origin: &Name) -> Option<String> {
    if news.is_empty() {
        return None;
    }
    let named: Vec<String> = news.keys().take(NAMED).map(|key| describe::set(key, origin)).collect();
    let more = if news.len() > NAMED { ", ..." } else { "" };
    Some(format!(
        "the zone moved on to serial {serial}: {} changed by others ({}{more})",
        count(news.len(), "record set"),
        named.join(", ")
    ))
}

/// What others did to a record, in a few words.
pub fn note(change: &Change, row: &Row) -> String {
    let rtype = row.key.rtype;
    let Some(before) = &change.before else { return "added by others".into() };
    match (before.position(rtype, &row.rdata), before.rdata.as_slice()) {
        (Some(at), _) if before.ttl_of(at) != row.ttl => {
            format!("others changed the TTL, was {}", describe::ttl(before.ttl_of(at)))
        }
        (Some(_), _) => "others changed this record set".into(),
        (None, [only]) if change.after.as_ref().is_some_and(|after| after.rdata.len() == 1) => {
            format!("changed by others, was {}", types::format_rdata(rtype, only, None))
        }
        (None, _) => "added by others".into(),
    }
}

pub fn has_news(app: &App) -> Result<(), String> {
    match app.open().is_some_and(|open| !open.news.is_empty()) {
        true => Ok(()),
        false => Err("nothing that others changed is new".into()),
    }
}

/// Goes to the next record that others changed.
pub fn next_news(app: &mut App) {
    let Some(open) = app.open_mut() else { return };
    let selected = open.selected().map(|row| row.key);
    let there = |key: &&RrKey| open.draft.get(key).is_some();
    let after = open.news.keys().filter(|key| selected.as_ref().is_none_or(|own| *key > own)).find(there);
    let Some(key) = after.or_else(|| open.news.keys().find(there)).cloned() else {
        let gone: Vec<String> =
            open.news.keys().take(NAMED).map(|key| describe::set(key, open.draft.base().origin())).collect();
        open.news.clear();
        return app.say(format!("what others changed is gone from the zone: {}", gone.join(", ")));
    };
    open.select_set(&key);
}
