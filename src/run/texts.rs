//! The texts of a zone on disk: saved beside the loop, so that no key waits for the disk.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::clock;
use crate::app::Msg;
use crate::app::text::FoundText;
use crate::edit::{Text, decode};
use crate::facts::Failure;
use crate::store::documents::DocumentFiles;

/// A text that is being typed is saved when the first key since the last time is this old.
const DELAY: Duration = Duration::from_millis(700);
/// How long leaving waits for the disk.
const PATIENCE: Duration = Duration::from_millis(900);

enum Order {
    Editing(Text),
    DropEditing,
    Document(Text),
    Aside(Text),
}

/// Saves what it is given, in order. Dropping it saves what is left.
pub struct Saver {
    orders: Option<Sender<Order>>,
    finished: Receiver<()>,
}

impl Saver {
    /// Starts the thread; `messages` hears how each save ended.
    pub fn start(files: DocumentFiles, messages: Sender<Msg>) -> Saver {
        let (orders, receiver) = channel();
        let (finish, finished) = channel();
        let work = move || {
            save(&files, &receiver, &|result| {
                // Nobody listens any more only when the program is about to end.
                let _ = messages.send(Msg::TextSaved(result));
            });
            let _ = finish.send(());
        };
        // Without a thread, the orders fail and say so.
        let _ = thread::Builder::new().name("texts".into()).spawn(work);
        Saver { orders: Some(orders), finished }
    }

    pub fn editing(&self, text: Text) {
        self.order(Order::Editing(text));
    }

    pub fn drop_editing(&self) {
        self.order(Order::DropEditing);
    }

    pub fn document(&self, text: Text) {
        self.order(Order::Document(text));
    }

    pub fn set_aside(&self, text: Text) {
        self.order(Order::Aside(text));
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only with this.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.finished.recv_timeout(PATIENCE);
    }
}

fn save(files: &DocumentFiles, orders: &Receiver<Order>, tell: &dyn Fn(Result<(), Failure>)) {
    let mut waiting: Option<(Text, Instant)> = None;
    loop {
        let order = match &waiting {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((_, at)) => orders.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match order {
            Ok(Order::Editing(text)) => {
                let at = waiting.map_or_else(|| Instant::now() + DELAY, |(_, at)| at);
                waiting = Some((text, at));
            }
            Ok(Order::DropEditing) => {
                waiting = None;
                tell(files.remove_editing());
            }
            Ok(Order::Aside(text)) => tell(files.set_aside(&text.to_string())),
            Ok(Order::Document(text)) => tell(files.save(&text.to_string())),
            Err(error) => {
                if let Some((text, _)) = waiting.take() {
                    tell(files.save_editing(&text.to_string()));
                }
                if error == RecvTimeoutError::Disconnected {
                    return;
                }
            }
        }
    }
}

/// What is on disk at the start; `None` where there is nothing.
///
/// # Errors
/// A [`Failure`] where it cannot be read.
pub fn load(files: &DocumentFiles) -> Result<Option<Msg>, Failure> {
    let (document, editing) = (files.load()?, files.load_editing()?);
    if document.is_none() && editing.is_none() {
        return Ok(None);
    }
    let document = document.map(|stored| Text::new(&decode(&stored.octets).text));
    let editing = editing.map(|stored| {
        let decoded = decode(&stored.octets);
        let saved_at = clock::in_words(stored.changed);
        FoundText { text: Text::new(&decoded.text), saved_at, escaped: decoded.escaped }
    });
    Ok(Some(Msg::TextsFound { document, editing }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    #[test]
    fn what_was_typed_is_on_disk_when_the_program_ends() {
        let state = tempfile::tempdir().unwrap();
        let files = DocumentFiles::new(state.path(), "ns0", &Name::parse(b"example.com.", None).unwrap());
        let (sender, messages) = channel();
        let saver = Saver::start(files.clone(), sender);
        saver.document(Text::new("a\n"));
        saver.editing(Text::new("ab\n"));
        saver.editing(Text::new("abc\n"));
        drop(saver);
        assert_eq!(messages.iter().count(), 2, "of several texts the latest is saved");
        let Some(Msg::TextsFound { document, editing }) = load(&files).unwrap() else {
            panic!("nothing found")
        };
        assert_eq!(document.unwrap().to_string(), "a\n");
        assert_eq!(editing.unwrap().text.to_string(), "abc\n");
        let (sender, _messages) = channel();
        let saver = Saver::start(files.clone(), sender);
        saver.editing(Text::new("x"));
        saver.drop_editing();
        drop(saver);
        assert_eq!(files.load_editing().unwrap(), None);
    }
}
