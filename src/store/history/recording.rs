//! Writing the record of a push while it goes on.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use super::{Line, MAX_TEXT, disk_failure, encode_changes, encode_end, short};
use crate::facts::Failure;
use crate::facts::history::{End, PushId, Record};
use crate::store::files::since_1970;
use crate::store::lines;

/// The record of a push under way.
#[derive(Debug)]
pub struct Recording {
    pub id: PushId,
    path: PathBuf,
    /// Locked until the push is over, also when the process dies.
    file: Arc<File>,
    /// Sees onto the disk what was written last.
    syncing: Option<JoinHandle<io::Result<()>>>,
}

impl Recording {
    /// In this file, which is open for appending.
    pub(super) fn new(id: PushId, path: PathBuf, file: File) -> Recording {
        Recording { id, path, file: Arc::new(file), syncing: None }
    }

    /// Ends what an earlier program has left, of which so many octets are whole lines.
    pub(super) fn close(mut self, whole: u64, end: &End) -> io::Result<()> {
        self.file.set_len(whole)?;
        (&*self.file).seek(SeekFrom::End(0))?;
        self.try_write(&[Record::Ended(Box::new(end.clone()))])
    }

    /// Takes back what was written of a push that is not recorded any further. Should that fail, it is listed as
    /// interrupted before its first message.
    pub fn discard(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Writes down what happened, in one go, and sees it onto the disk.
    ///
    /// # Errors
    /// A [`Failure`]; the file then ends as it did before.
    pub fn write(&mut self, records: &[Record]) -> Result<(), Failure> {
        self.try_write(records).map_err(|error| disk_failure(&self.path, &error))
    }

    fn try_write(&mut self, records: &[Record]) -> io::Result<()> {
        let time = since_1970(SystemTime::now());
        let mut text = String::new();
        for record in records {
            match record {
                Record::Begun(_) => {}
                Record::Rebased { serial, changes } => {
                    text.push_str(&lines::encode(&Line::Again { serial: *serial })?);
                    encode_changes(changes, &mut text)?;
                }
                Record::Sent(message) => {
                    text.push_str(&lines::encode(&Line::Sent { message: *message, time })?);
                }
                Record::Answered(message, answer) => {
                    let line = Line::Answered { message: *message, time, answer: short(answer, MAX_TEXT) };
                    text.push_str(&lines::encode(&line)?);
                }
                Record::Ended(end) => encode_end(end, time, &mut text)?,
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        let synced = self.synced();
        let before = self.file.metadata()?.len();
        // That nothing was sent so far must be true also after a power cut.
        let in_passing = |record: &Record| matches!(record, Record::Sent(2..) | Record::Answered(..));
        let written =
            (&*self.file).write_all(text.as_bytes()).and_then(|()| match records.iter().all(in_passing) {
                true => self.begin_to_sync(),
                false => self.file.sync_data(),
            });
        if written.is_err() {
            // Cut back to the last whole line; should that fail too, reading drops the torn one.
            let _ = self.file.set_len(before);
        }
        written?;
        if records.iter().any(|record| matches!(record, Record::Ended(_))) {
            self.rename()?;
        }
        synced
    }

    /// The disk may take as long as the server does for a message: both work at the same time.
    fn begin_to_sync(&mut self) -> io::Result<()> {
        let file = Arc::clone(&self.file);
        let thread = thread::Builder::new().name("history".into()).spawn(move || file.sync_data());
        self.syncing = Some(thread?);
        Ok(())
    }

    /// Waits until all that was written is on the disk.
    fn synced(&mut self) -> io::Result<()> {
        let Some(syncing) = self.syncing.take() else { return Ok(()) };
        syncing.join().unwrap_or_else(|_| Err(io::Error::other("the disk could not be waited for")))
    }

    pub(super) fn rename(&self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("push"))?;
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl Drop for Recording {
    /// The lock goes with it, not with the thread.
    fn drop(&mut self) {
        let _ = self.synced();
    }
}
