//! What is kept on disk while somebody edits: the draft's journal, the texts, the form that is filled in.
//!
//! One thread writes them, in the order in which they came: no key waits for the disk, and what a step replaces (the
//! text being typed, the form) is removed only when the step is written. Each writing of the journal is answered.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

mod disk;

use self::disk::Disk;
use crate::app::Msg;
use crate::edit::Text;
use crate::facts::remembered::Remembered;
use crate::facts::{Acknowledged, Failure, FailureKind, OpenForm};
use crate::store::acknowledged::AcknowledgedFile;
use crate::store::documents::DocumentFiles;
use crate::store::drafts::watch::Watch;
use crate::store::drafts::{Found, Opened};
use crate::store::forms::FormFile;
use crate::store::remembered::RememberedFile;
use crate::zone::draft::Entry;

/// What is being typed is saved when the first key since the last time is this old.
const DELAY: Duration = Duration::from_millis(700);
/// How often it is looked whether the draft is still ours, or what another editor makes of it.
const POLL: Duration = Duration::from_secs(2);
/// How long leaving waits for the disk. A disk that takes longer has gone away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where everything is.
pub struct Files {
    /// Opens the draft's journal.
    pub open_journal: Box<dyn Fn() -> Result<Opened, Failure> + Send>,
    /// The same from an editor that holds it.
    pub take_journal: Box<dyn Fn() -> Result<Opened, Failure> + Send>,
    /// Looks at it while another editor holds it.
    pub watch: Watch,
    pub documents: DocumentFiles,
    pub form: FormFile,
    pub acknowledged: AcknowledgedFile,
    pub remembered: RememberedFile,
}

enum Order {
    /// `asked`: the person waits for the answer, also when there is nothing in it.
    Open {
        asked: bool,
    },
    Append {
        entry: Entry,
        base_serial: u32,
    },
    /// Without entries the draft is removed.
    Rewrite {
        entries: Vec<Entry>,
        base_serial: u32,
    },
    Decided,
    DiscardFound,
    SetDraftAside(Found),
    /// The draft, and the text being edited.
    Discard(Found, Option<Text>),
    BringBack,
    Editing(Text),
    DropEditing,
    Document(Text),
    Aside(Text),
    TakeBack(Text),
    Form(OpenForm),
    DropForm,
    Acknowledged(Vec<Acknowledged>),
    Remember(Box<Remembered>),
}

/// Saves what it is given, in order. Dropping it saves what is left.
pub struct Saver {
    orders: Option<Sender<Order>>,
    answers: Receiver<Msg>,
    /// Entries and rewritings that are not answered yet.
    outstanding: usize,
    finished: Receiver<()>,
}

impl Saver {
    /// Starts the thread, and opens the journal. `messages` hears what is found, and how saving texts ended.
    pub fn start(files: Files, messages: Sender<Msg>) -> Saver {
        let (orders, receiver) = channel();
        let (answer, answers) = channel();
        let (finish, finished) = channel();
        let work = move || {
            Disk::new(files, messages, answer).run(&receiver);
            let _ = finish.send(());
        };
        // Without a thread, the orders fail and say so.
        let _ = thread::Builder::new().name("saver".into()).spawn(work);
        let saver = Saver { orders: Some(orders), answers, outstanding: 0, finished };
        saver.order(Order::Open { asked: false });
        saver
    }

    /// One that has nothing to save: no zone is open.
    pub fn idle() -> Saver {
        let ((_, answers), (_, finished)) = (channel(), channel());
        Saver { orders: None, answers, outstanding: 0, finished }
    }

    /// Opens the journal that another editor held.
    pub fn take_over(&self) {
        self.order(Order::Open { asked: true });
    }

    pub fn append(&mut self, entry: Entry, base_serial: u32) {
        self.journal(Order::Append { entry, base_serial });
    }

    pub fn rewrite(&mut self, entries: Vec<Entry>, base_serial: u32) {
        self.journal(Order::Rewrite { entries, base_serial });
    }

    /// The person has decided on the draft that was found: it is not kept beside the new one any more.
    pub fn decided(&self) {
        self.order(Order::Decided);
    }

    /// The draft that was found is not wanted: it is kept aside, not beside the new one.
    pub fn discard_found(&self) {
        self.order(Order::DiscardFound);
    }

    /// Keeps a draft that is not the one on disk beside it.
    pub fn set_draft_aside(&self, entries: Vec<Entry>, base_serial: u32) {
        self.order(Order::SetDraftAside(Found { entries, base_serial, ..Found::default() }));
    }

    /// The whole draft is not wanted, nor the text that is being edited: they are kept aside.
    pub fn discard(&mut self, entries: Vec<Entry>, base_serial: u32, text: Option<Text>) {
        self.journal(Order::Discard(Found { entries, base_serial, ..Found::default() }, text));
    }

    /// The draft that was discarded last is wanted again.
    pub fn bring_back(&self) {
        self.order(Order::BringBack);
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

    /// A text that was set aside is being edited again.
    pub fn take_back(&self, text: Text) {
        self.order(Order::TakeBack(text));
    }

    pub fn set_aside(&self, text: Text) {
        self.order(Order::Aside(text));
    }

    pub fn form(&self, form: OpenForm) {
        self.order(Order::Form(form));
    }

    pub fn drop_form(&self) {
        self.order(Order::DropForm);
    }

    pub fn acknowledged(&self, all: Vec<Acknowledged>) {
        self.order(Order::Acknowledged(all));
    }

    pub fn remember(&self, remembered: Box<Remembered>) {
        self.order(Order::Remember(remembered));
    }

    /// Is any of the draft not on disk yet?
    pub fn is_busy(&self) -> bool {
        self.outstanding > 0
    }

    /// How writing the journal ended, as far as that is known, or is within a time.
    pub fn answers(&mut self, patience: Duration) -> Vec<Msg> {
        let end = Instant::now() + patience;
        let mut answers = Vec::new();
        while self.outstanding > 0 {
            match self.answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(answer) => answers.push(answer),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    self.outstanding = 0;
                    let why = "This machine gives the program no more threads.";
                    answers.push(Msg::Journalled(Err(not_written(why))));
                    break;
                }
            }
            self.outstanding -= 1;
        }
        answers
    }

    fn journal(&mut self, order: Order) {
        self.outstanding += 1;
        self.order(order);
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

fn not_written(why: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: "The draft is not saved.".into(),
        why: why.into(),
        next: "Your changes are on this screen alone; push them before you leave.".into(),
    }
}

#[cfg(test)]
mod tests;
