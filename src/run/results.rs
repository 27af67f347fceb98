//! Standard output, which is for results.

use std::io::{self, IsTerminal, Stdout, Write};

use serde_json::Value;

use super::{Exit, Stop};

/// A reader that has seen enough (`| head`) is no failure: what is written then goes nowhere, so that a verb does the rest
/// of its work and ends as it would have ended. Every other error is one.
pub struct Results {
    out: Stdout,
    is_gone: bool,
}

pub fn results() -> Results {
    Results { out: io::stdout(), is_gone: false }
}

impl Results {
    fn unless_gone<T>(&mut self, done: io::Result<T>, instead: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_gone = true;
                Ok(instead)
            }
            done => done,
        }
    }

    pub fn is_terminal(&self) -> bool {
        self.out.is_terminal()
    }
}

/// Prints it with a line's end.
///
/// # Errors
/// Those of the writer.
pub fn print_json(out: &mut impl Write, value: &Value) -> Result<(), Stop> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Where the report of what was done cannot be printed.
pub fn unprinted(exit: Exit, stop: Stop) -> Stop {
    let exit = if exit == Exit::Done { stop.exit } else { exit };
    Stop {
        exit,
        message: format!("What was done is said above, and its report is missing. {}", stop.message),
    }
}

impl Write for Results {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.is_gone {
            return Ok(octets.len());
        }
        let written = self.out.write(octets);
        self.unless_gone(written, octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_gone {
            return Ok(());
        }
        let flushed = self.out.flush();
        self.unless_gone(flushed, ())
    }
}
