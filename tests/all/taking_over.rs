//! Two editors on one draft, and one of them is killed while the second takes it from the first: at any moment there is
//! one holder at most, what was shown as saved is there, and the next start goes on with it.
//!
//! By default a few moments; `ZONEWRIGHT_KILLS=50` makes as many.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use zonewright::store::drafts::{Journal, Opened};
use zonewright::zone::Name;
use zonewright::zone::draft::Entry;

use crate::pty::Terminal;

fn moments(default: usize) -> usize {
    std::env::var("ZONEWRIGHT_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

fn state(home: &Path) -> PathBuf {
    home.join(".local/state/zonewright")
}

/// The labels of the steps on disk. Nobody may hold the draft any more.
fn labels(home: &Path) -> Vec<String> {
    let zone = Name::parse(b"example.com.", None).unwrap();
    let found = match Journal::open(&state(home), "demo", &zone).expect("the journal can be read") {
        Opened::Ours(_, found) => found.unwrap_or_default(),
        Opened::HeldBy(holder) => panic!("still held by {holder}"),
    };
    assert_eq!(found.damaged, None);
    let label = |entry: Entry| match entry {
        Entry::Step(step) => step.label,
        other => format!("{other:?}"),
    };
    found.entries.into_iter().map(label).collect()
}

fn message(screen: &str) -> String {
    screen.lines().nth(22).unwrap_or_default().trim().to_owned()
}

/// Adds names one after the other, as long as the screen shows them as saved. Returns the labels of those.
fn type_on(terminal: &mut Terminal, mark: char, most: usize, stop: &AtomicBool) -> Vec<String> {
    let mut saved = Vec::new();
    for number in 0..most {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let name = format!("{mark}{number}x");
        let label = format!("add {name} A");
        if terminal.try_press(&format!("+\r{name}\t\t192.0.2.{}\r", number % 250)).is_err() {
            break;
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let screen = terminal.screen();
            // A frame comes from the top down: the message may be that of the one before.
            if message(&screen).starts_with(&label)
                && !["saving", "NOT SAVED", "read-only"].iter().any(|word| screen.contains(word))
            {
                saved.push(label);
                break;
            }
            // Killed, or only a reader by now.
            if terminal.is_over() || screen.contains("read-only") || screen.contains("taken this draft over")
            {
                return saved;
            }
            assert!(Instant::now() < deadline, "no {label}\n{screen}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    saved
}

#[test]
fn killed_while_a_draft_is_taken_over() {
    let mut random = 0x5eed_f00d_u64;
    let mut below = |bound: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % bound
    };
    let (mut taken, mut kept) = (0, 0);
    for round in 0..moments(9) {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let mut first = Terminal::start(home, 80, 24, &["demo"]);
        first.wait_for("serial ");
        let never = AtomicBool::new(false);
        let mut saved = type_on(&mut first, 's', 1, &never);
        assert_eq!(saved.len(), 1, "{}", first.screen());
        let mut second = Terminal::start(home, 80, 24, &["demo"]);
        second.wait_for("serial ");
        second.press("+");
        second.wait_for("W takes it over");
        second.press("W");
        second.wait_for("Take the draft over?");
        let over = AtomicBool::new(false);
        let moment = Duration::from_micros(below(120_000));
        let (first_pid, second_pid) = (first.pid(), second.pid());
        let by_first = std::thread::scope(|scope| {
            let typing = scope.spawn(|| type_on(&mut first, 'a', 200, &over));
            std::thread::sleep(Duration::from_micros(below(60_000)));
            second.press("y");
            std::thread::sleep(moment);
            let victim = match round % 3 {
                0 => Some(first_pid),
                1 => Some(second_pid),
                _ => None,
            };
            if let Some(pid) = victim {
                kill(pid);
            }
            if round % 3 == 2 {
                // Nobody is killed: the first finds out.
                return typing.join().unwrap();
            }
            std::thread::sleep(Duration::from_millis(300));
            over.store(true, Ordering::SeqCst);
            typing.join().unwrap()
        });
        saved.extend(by_first);
        let mut by_second = Vec::new();
        if round % 3 != 1 {
            // The first is dead, or knows: the second has the draft and goes on with it.
            let screen = second.wait_until("the draft", |screen| {
                screen.contains("Draft of the other editor") || screen.contains("Draft of an earlier run")
            });
            assert!(screen.contains("change"), "{screen}");
            second.press("\r");
            second.wait_for("here again");
            by_second = type_on(&mut second, 'b', 3, &never);
            assert_eq!(by_second.len(), 3, "round {round}\n{}", second.screen());
        }
        let screens = format!("{}\n{}", first.screen(), second.screen());
        first.kill();
        second.kill();
        let now = labels(home);
        let at = format!(
            "round {round}, after {moment:?}: saved {saved:?} and {by_second:?}, there {now:?}\n{screens}"
        );
        let missing: Vec<_> = saved.iter().chain(&by_second).filter(|label| !now.contains(label)).collect();
        assert!(missing.is_empty(), "lost {missing:?}: {at}");
        // Two that hold it at once would write between each other.
        let firsts = now.iter().rposition(|label| !label.starts_with("add b"));
        let seconds = now.iter().position(|label| label.starts_with("add b"));
        assert!(seconds.is_none_or(|second| firsts.is_some_and(|first| first < second)), "{at}");
        let mut once = now.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), now.len(), "{at}");
        let was_taken = screens.contains("taken this draft over") || !by_second.is_empty();
        *(if was_taken { &mut taken } else { &mut kept }) += 1;
        // And the next start says what it found.
        let mut third = Terminal::start(home, 80, 24, &["demo"]);
        third.wait_for("Draft of an earlier run");
        third.press("\r");
        let screen = third.wait_for("here again");
        assert!(screen.contains(&format!("{} change", now.len())), "{} steps\n{screen}", now.len());
    }
    eprintln!("{} moments: {taken} times it was taken over, {kept} times not", moments(9));
    assert!(taken > 0);
}

fn kill(pid: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = kill_process(pid, Signal::KILL);
}
