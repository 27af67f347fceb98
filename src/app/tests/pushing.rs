//! Review and push, against a server that does what RFC 2136 says.

use super::*;
use crate::facts::FailureKind;
use crate::facts::history::Record;
use crate::push::{Action, Event};
use crate::zone::update::{Rcode, apply};
use crate::zone::{ChangeMap, Contents, Draft, RrSet, serial};

/// The served zone.
pub struct Server {
    pub zone: Arc<Snapshot>,
    /// What it answers to updates instead of carrying them out.
    pub refuses: Option<Rcode>,
    /// What it says yes to and does not do.
    pub forgets: Option<RrKey>,
    /// What was recorded in the history.
    records: Vec<Record>,
    /// Why nothing can be recorded.
    unrecorded: Option<Failure>,
}

impl Server {
    fn of(test: &Test) -> Server {
        Server::with(test.open().draft.base().clone())
    }

    pub fn with(zone: Arc<Snapshot>) -> Server {
        Server { zone, refuses: None, forgets: None, records: Vec::new(), unrecorded: None }
    }

    /// Somebody else's change.
    fn edit(&mut self, from: &str, to: &str) {
        let text = ZONE.replace("2026112101", "2026112109").replace(from, to);
        self.zone = zone(&text);
    }

    pub fn answer(&mut self, action: &Action) -> Option<Event> {
        Some(match action {
            Action::AskSoa => Event::Soa(Ok(self.zone.soa().clone())),
            Action::Transfer => Event::Zone(Ok(self.zone.clone())),
            Action::Wait(_) => Event::Woke,
            Action::Trace(_) => Event::Traced(Ok(None)),
            Action::Probe(_) => Event::Probed(Ok(Rcode::NOERROR)),
            Action::Record(records) => {
                self.records.extend(records.iter().cloned());
                Event::Recorded(self.unrecorded.clone().map_or(Ok(()), Err))
            }
            Action::Send(update) => Event::Answer(Ok(match self.refuses {
                Some(rcode) => rcode,
                None => self.carry_out(update),
            })),
            Action::Show(_) | Action::Finish(_) => return None,
        })
    }

    fn carry_out(&mut self, update: &crate::zone::update::Update) -> Rcode {
        let none = ChangeMap::new();
        let mut changes = match apply(&Contents { base: &self.zone, changes: &none }, update) {
            Ok(applied) => applied.changes,
            Err(rcode) => return rcode,
        };
        if let Some(key) = &self.forgets {
            changes.remove(key);
        }
        let key = RrKey::new(self.zone.origin().clone(), RecordType::SOA);
        if !changes.is_empty() && !changes.contains_key(&key) {
            let mut soa = self.zone.soa().clone();
            soa.serial = serial::next(soa.serial);
            let after = Some(RrSet::new(3600, vec![soa.to_rdata()]));
            changes.insert(key.clone(), crate::zone::Change { before: self.zone.get(&key), after });
        }
        self.zone = Arc::new(self.zone.with_changes(&changes).unwrap());
        Rcode::NOERROR
    }

    /// Answers the app until nothing is left to answer.
    pub fn serve(&mut self, test: &mut Test) {
        let mut next = 0;
        while let Some(effect) = test.effects.get(next).cloned() {
            next += 1;
            assert!(next < 1000, "a push that never ends");
            if let Effect::Push { request, action } = effect
                && let Some(event) = self.answer(&action)
            {
                test.send(Msg::Push { request, event });
            }
        }
    }
}

fn edited() -> Test {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("-");
    test.select("mail", "A", "192.0.2.25").keys("Enter Ctrl-U '192.0.2.26' Enter");
    test
}

#[test]
fn reviewed_pushed_proved() {
    let mut test = edited();
    let mut server = Server::of(&test);
    test.keys("w w Enter");
    assert!(matches!(test.app.screen, Screen::Changes(_)), "Enter alone must not push");
    test.keys("w y");
    assert!(matches!(test.app.screen, Screen::Pushing(_)));
    server.serve(&mut test);
    let screen = test.screen(80, 24);
    assert!(screen.contains("Applied: 2 changes, as read back from the server."), "{screen}");
    assert!(screen.contains("Serial 2026112101 -> 2026112102.  Answer NOERROR."), "{screen}");
    assert_eq!(test.changes(), [""; 0]);
    assert_eq!(test.open().draft.base().serial(), 2_026_112_102);
    let mut again = Draft::new(server.zone.clone());
    again.replay(disk(&test.effects));
    assert!(again.changes().is_empty());
    test.keys("Enter u");
    assert!(test.screen(80, 24).contains("Take that push back?"));
    test.keys("n u Esc");
    assert!(!test.did(|effect| matches!(effect, Effect::History { .. })), "only when asked");
}

#[test]
fn a_change_left_out_stays_in_the_draft() {
    let mut test = edited();
    let mut server = Server::of(&test);
    test.keys("c Home Space w y");
    server.serve(&mut test);
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 192.0.2.26"]);
    assert!(server.zone.get(&RrKey::new(name("old"), RecordType::A)).is_none());
    test.keys("Enter c Home Space w");
    assert_eq!(test.message(), "");
    assert!(matches!(test.app.overlay, Some(Overlay::Dialog(_))));
}

#[test]
fn a_change_dropped_comes_back_with_undo() {
    let mut test = edited();
    test.keys("c Home -");
    assert_eq!(test.changes(), ["- old 86400 A 192.0.2.99"]);
    test.keys("u");
    assert_eq!(test.changes().len(), 3);
    test.keys("- -");
    assert!(test.screen(80, 24).contains("Nothing is changed"));
    test.keys("w");
    assert_eq!(test.message(), "No change is left to push.");
}

#[test]
fn large_or_central_pushes_want_the_zone_name() {
    let mut test = Test::new();
    test.keys("Tab + 'ns3.example.net.' Enter w w y");
    assert!(matches!(test.app.overlay, Some(Overlay::Dialog(_))));
    test.keys("Enter");
    assert_eq!(test.message(), "type the name of the zone, or Esc to cancel");
    test.keys("Backspace 'example.com' Enter");
    assert!(matches!(test.app.screen, Screen::Pushing(_)));
    let mut test = Test::new();
    for _ in 0..4 {
        test.keys("Down -");
    }
    test.keys("w w 'example.org' Enter");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
}

#[test]
fn a_refusal_keeps_the_draft() {
    let mut test = edited();
    let mut server = Server::of(&test);
    server.refuses = Some(Rcode::REFUSED);
    test.keys("w w y");
    server.serve(&mut test);
    let screen = test.screen(80, 24);
    assert!(screen.contains("Refused; the server changed nothing. Your draft is kept."), "{screen}");
    assert_eq!(test.changes().len(), 3);
}

#[test]
fn somebody_elses_change_stops_the_push() {
    let mut test = edited();
    let mut server = Server::of(&test);
    server.edit("192.0.2.25", "192.0.2.27");
    test.keys("w w y");
    server.serve(&mut test);
    let screen = test.screen(80, 24);
    assert!(screen.contains("Not pushed: others changed what you changed."), "{screen}");
    test.keys("c");
    assert!(test.screen(80, 24).contains("others changed it too"));
    test.keys("Home m w y");
    server.serve(&mut test);
    assert!(test.screen(80, 24).contains("Applied: 2 changes"), "{}", test.screen(80, 24));
}

#[test]
fn an_untouched_move_of_the_zone_goes_on_by_itself() {
    let mut test = edited();
    let mut server = Server::of(&test);
    server.edit("192.0.2.200", "192.0.2.201");
    test.keys("w w y");
    server.serve(&mut test);
    assert!(test.screen(80, 24).contains("Applied: 2 changes"), "{}", test.screen(80, 24));
    test.keys("Enter");
    test.select("*.dev", "A", "192.0.2.201");
}

#[test]
fn an_unreachable_server_and_no_patience() {
    let mut test = edited();
    test.keys("w w y");
    let Some(Effect::Push { request, .. }) = test.effects.last() else { panic!() };
    let request = *request;
    test.keys("j Esc");
    assert!(matches!(test.app.screen, Screen::Result(_)), "{}", test.screen(80, 24));
    assert_eq!(test.changes().len(), 3);
    let failure = Failure {
        kind: FailureKind::Unreachable,
        what: "what".into(),
        why: "why".into(),
        next: "next".into(),
    };
    // An answer to the push that is over.
    test.send(Msg::Push { request, event: Event::Soa(Err(failure)) });
    assert!(matches!(test.app.screen, Screen::Result(_)));
}

#[test]
fn a_push_under_way() {
    insta::assert_snapshot!(super::screens::edited().keys("c w y").part((80, 24), 0, 12), @r"
     example.com · ns1.example.com · serial 2026112101 · 3 changes             demo
    ┌ Push ────────────────────────────────────────────────────────────────────────┐
    │                                                                              │
    │  Pushing 3 changes.                                                          │
    │                                                                              │
    │  asking the server for its serial                                            │
    │                                                                              │
    │  Esc stops waiting: what is known by then is reported. The draft is kept in  │
    │  any case.                                                                   │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    ");
}

#[test]
fn the_result() {
    use crate::push::{Action, Event};
    use crate::zone::update::Rcode;
    let mut test = super::screens::edited();
    test.keys("c w y");
    let Some(Effect::Push { request, .. }) = test.effects.last() else { panic!() };
    let request = *request;
    // A server that says NOERROR, raises its serial and keeps one record that it was told to change.
    let served = ZONE.replace("2026112101", "2026112102").replace("old    86400 A     192.0.2.99\n", "");
    let served = zone(&format!("{}www 300 A 192.0.2.12\n", served.replace("www    3600", "www    300")));
    let mut sent = false;
    let mut next = 0;
    while let Some(effect) = test.effects.get(next).cloned() {
        next += 1;
        let Effect::Push { action, .. } = effect else { continue };
        let event = match action {
            Action::AskSoa if !sent => Event::Soa(Ok(zone(ZONE).soa().clone())),
            Action::AskSoa => Event::Soa(Ok(served.soa().clone())),
            Action::Transfer => Event::Zone(Ok(served.clone())),
            Action::Send(_) => {
                sent = true;
                Event::Answer(Ok(Rcode::NOERROR))
            }
            Action::Record(_) => Event::Recorded(Ok(())),
            Action::Trace(_) => Event::Traced(Ok(None)),
            _ => Event::Woke,
        };
        test.send(Msg::Push { request, event });
    }
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112102 · 1 change              demo
    ┌ Push result ─────────────────────────────────────────────────────────────────┐
    │ Not everything is as it was asked for.                                       │
    │ What is missing is still in your draft: c shows it.                          │
    │ Serial 2026112101 -> 2026112102.  Answer NOERROR.                            │
    │ not applied        shop CNAME                                                │
    │                    The server said yes, but does not show it. Its log may    │
    │                    tell why.                                                 │
    │ On its way: 0 of 2 nameservers have it.                                      │
    │   ns1.example.com.  asking                                                   │
    │   ns2.example.net.  asking                                                   │
    │ Once all have it, old answers may be in caches for:                          │
    │   1d  old A                                                                  │
    │   1h  www A                                                                  │
    │ applied            old A                                                     │
    │ applied            www A                                                     │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     w review again  Enter records  R reload  c changes  ? help
    ");
    insta::assert_snapshot!(test.part((132, 43), 0, 12), @"
     example.com · ns1.example.com · serial 2026112102 · 1 change                                                                  demo
    ┌ Push result ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Not everything is as it was asked for.                                                                                           │
    │ What is missing is still in your draft: c shows it.                                                                              │
    │ Serial 2026112101 -> 2026112102.  Answer NOERROR.                                                                                │
    │ not applied        shop CNAME                                                                                                    │
    │                    The server said yes, but does not show it. Its log may tell why.                                              │
    │ On its way: 0 of 2 nameservers have it.                                                                                          │
    │   ns1.example.com.  asking                                                                                                       │
    │   ns2.example.net.  asking                                                                                                       │
    │ Once all have it, old answers may be in caches for:                                                                              │
    │   1d  old A                                                                                                                      │
    ");
    assert_eq!(test.changes(), ["- shop 300 CNAME www", "+ shop 300 CNAME shops.example.net."]);
}
