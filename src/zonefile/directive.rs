//! Directives: `$ORIGIN`, `$TTL`, `$INCLUDE`, and BIND's `$GENERATE` and `$DATE`.

use std::ops::Range;
use std::sync::Arc;

use super::dialect;
use super::entry::{Entry, Piece};
use super::head::read_ttl;
use super::layout::{EntryKind, TtlFrom};
use super::problem::{Fix, shown};
use super::reader::{Fault, Once, Reader, bad_name};
use super::record::Sink;
use crate::zone::{Name, types};

const KNOWN: [&str; 5] = ["$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE", "$DATE"];

impl Reader<'_, '_, '_> {
    pub fn directive<S: Sink>(&mut self, entry: &Entry, sink: &mut S) -> Result<EntryKind, Fault> {
        let Some((first, arguments)) = entry.pieces.split_first() else { return Ok(EntryKind::Blank) };
        let word = first.text(self.text);
        if entry.indented {
            let message = format!("{} must stand at the very start of its line.", shown(word));
            let fix = Fix::new("Remove the blanks", vec![(entry.lines.start..first.start, String::new())]);
            return Err(Fault::new(first.span(), message).with(Some(fix)));
        }
        let known = KNOWN.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(word));
        match known.copied().unwrap_or_default() {
            "$ORIGIN" => {
                let argument = self.only(first, arguments, "a name, such as $ORIGIN example.com.")?;
                let name = self.directive_name(&argument)?;
                self.state.origin = Some(Arc::new(name));
                Ok(EntryKind::Origin)
            }
            "$TTL" => {
                let argument = self.only(first, arguments, "a TTL, such as $TTL 1h")?;
                let ttl = read_ttl(argument.text(self.text))
                    .map_err(|message| Fault::new(argument.span(), message))?;
                self.warn_of_large_ttl(ttl, &argument.span());
                self.state.default_ttl = Some((ttl, TtlFrom::Directive));
                if self.within.is_some() && self.state.first_time(Once::TtlInInclude) {
                    self.problems.warning(
                        first.span(),
                        "A $TTL in an included file: in BIND it holds also for what follows after the file, in Knot \
                         only inside it. Put a $TTL after the $INCLUDE as well.",
                    );
                }
                Ok(EntryKind::Ttl)
            }
            "$DATE" => {
                let time = self.only(first, arguments, "a time, such as $DATE 20260101000000")?;
                let digits = time.text(self.text);
                if !types::is_moment(digits) {
                    let message =
                        format!("{} is no time from 1970 to 2106: write YYYYMMDDHHMMSS.", shown(digits));
                    return Err(Fault::new(time.span(), message));
                }
                if self.state.first_time(Once::Date) {
                    let message = "$DATE is BIND's own and means nothing in a zone; it is passed over. Other \
                                   servers refuse the file.";
                    self.problems.warning(first.span(), message);
                }
                Ok(EntryKind::Date)
            }
            "$GENERATE" | "$INCLUDE" if self.includes.in_part => {
                self.includes.stopped = true;
                Ok(EntryKind::Bad)
            }
            "$GENERATE" => {
                let count = self.generate(entry, arguments, sink)?;
                Ok(EntryKind::Generate { first: 0, count })
            }
            "$INCLUDE" => {
                let count = self.include(entry, arguments, sink)?;
                Ok(EntryKind::Include { first: 0, count })
            }
            _ => {
                let message = format!(
                    "{} is no directive. There are $ORIGIN, $TTL, $INCLUDE and $GENERATE. (A name that begins \
                     with a dollar sign is written with \\$.)",
                    shown(word)
                );
                Err(Fault::new(first.span(), message))
            }
        }
    }

    /// The argument of a directive that takes one.
    fn only(&self, first: &Piece, arguments: &[Piece], what: &str) -> Result<Piece, Fault> {
        let word = shown(first.text(self.text));
        match arguments {
            [] => Err(Fault::new(first.span(), format!("After {word} must follow {what}."))),
            [only] if only.quoted => {
                let fix = Fix::new(
                    "Remove the quotes",
                    vec![(only.outer(), super::fix::lossless(only.text(self.text)))],
                );
                Err(Fault::new(only.span(), format!("What follows {word} has no quotes.")).with(Some(fix)))
            }
            [only] => Ok(*only),
            [_, extra, ..] => Err(Fault::new(extra.span(), format!("Nothing more may follow {word}."))),
        }
    }

    fn directive_name(&mut self, argument: &Piece) -> Result<Name, Fault> {
        let text = argument.text(self.text);
        let name = Name::parse(text, self.origin())
            .map_err(|error| Fault::new(argument.span(), bad_name(text, error)))?;
        // Of the name that a relative one becomes, the end is not written.
        if Name::parse(text, None).is_err() {
            self.problems.warning(
                argument.span(),
                "A relative name: BIND completes it with the origin before, Knot and mostly NSD refuse the file. Write \
                 it out, with a dot at the end.",
            );
        }
        dialect::characters(self.text, argument, &mut self.problems);
        Ok(name)
    }

    /// Reads an included file. Origin and owner are afterwards what they were before (RFC 1035 section 5.1), TTLs
    /// are not (BIND).
    fn include<S: Sink>(&mut self, entry: &Entry, arguments: &[Piece], sink: &mut S) -> Result<usize, Fault> {
        let span = first_span(entry);
        let (file, origin) = match arguments {
            [] => {
                let message = "After $INCLUDE must follow the name of a file, such as $INCLUDE hosts.zone";
                return Err(Fault::new(span, message));
            }
            [file] => (file, None),
            [file, origin] if !origin.quoted => (file, Some(origin)),
            [_, origin, ..] if origin.quoted => {
                return Err(Fault::new(origin.span(), "The origin after $INCLUDE has no quotes."));
            }
            [_, _, extra, ..] | [_, extra] => {
                return Err(Fault::new(extra.span(), "Nothing more may follow the file and its origin."));
            }
        };
        let origin = match origin {
            Some(origin) => Some(Arc::new(self.directive_name(origin)?)),
            None => self.state.origin.clone(),
        };
        let text = file.text(self.text);
        let name = std::str::from_utf8(text).map_err(|_| {
            Fault::new(file.span(), format!("{} is no file name: it is not UTF-8.", shown(text)))
        })?;
        let loaded = self.includes.load(name).map_err(|why| Fault::new(file.span(), ("L-107", why)))?;
        if !name.starts_with('/') && self.state.first_time(Once::RelativeInclude) {
            self.problems.warning(file.span(), dialect::RELATIVE_INCLUDE);
        }
        if file.quoted || entry.parentheses {
            let message = "NSD refuses an $INCLUDE with quotes or parentheses; BIND and Knot read it.";
            self.problems.warning(file.outer(), message);
        }
        let label = Arc::clone(&loaded.name);
        self.includes.open.push(Arc::clone(&loaded.name));
        let within = match &self.within {
            Some((outermost, _)) => outermost.clone(),
            None => entry.lines.clone(),
        };
        let mut state = self.state.clone();
        state.origin = origin;
        let before = self.includes.records;
        let mut reader = Reader::new(&loaded.text, state, &mut *self.includes);
        reader.within = Some((within, Arc::clone(&label)));
        reader.read(sink);
        let Reader { state, problems, .. } = reader;
        self.includes.open.pop();
        self.problems.include(span, &label, &loaded.text, problems);
        self.state.default_ttl = state.default_ttl;
        self.state.last_ttl = state.last_ttl;
        self.state.said = state.said;
        Ok(self.includes.records - before)
    }
}

fn first_span(entry: &Entry) -> Range<usize> {
    entry.pieces.first().map_or(entry.lines.clone(), |first| first.span())
}
