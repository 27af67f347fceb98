//! Completing the path that a command takes (`:import`, `:export`): what of it Tab puts in, and which names there are.
//! The folder is read elsewhere ([`Effect::ListFolder`]).

use unicode_width::UnicodeWidthStr;

use super::describe::count;
use super::{App, Effect, Overlay, RequestId};
use crate::edit::Field;

/// The names in a folder that begin as the typed one does.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// In order.
    pub names: Vec<Entry>,
    /// Are there more names in the folder than were looked at?
    pub more: bool,
}

/// A name in a folder; that of a folder ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// With marks for what a terminal would obey or hide.
    pub shown: String,
    /// The part from its start that can be typed as it is: all of it, but for names with such characters.
    pub typed: String,
}

/// A folder that is being read.
#[derive(Debug)]
pub struct Asked {
    request: RequestId,
    /// All that was typed, up to the name that is completed.
    before: String,
    start: String,
    /// Was Tab pressed before, and nothing could be put in?
    again: bool,
}

/// Completes the path that ends what is typed, where the command takes one.
pub fn complete(app: &mut App, typed: &str) {
    // A command's name and a blank come first.
    let name_at = typed.rfind('/').map_or_else(|| path_at(typed), |slash| slash + 1);
    let (before, start) = typed.split_at_checked(name_at).unwrap_or((typed, ""));
    if start == "~" && name_at == path_at(typed) {
        return put(app, format!("{typed}/"));
    }
    let folder = before.get(path_at(typed)..).unwrap_or_default().to_owned();
    let request = app.next_request();
    let (before, start) = (before.to_owned(), start.to_owned());
    let effect = Effect::ListFolder { request, folder, start: start.clone() };
    if let Some(Overlay::Palette(palette)) = &mut app.overlay {
        let again = palette.at_an_end.as_deref() == Some(typed);
        palette.asked = Some(Asked { request, before, start, again });
        app.effect(effect);
    }
}

/// Where the path begins: after the command's name and blanks.
fn path_at(typed: &str) -> usize {
    let rest = typed.trim_start();
    let argument = rest.split_once(' ').map_or("", |(_, argument)| argument.trim_start());
    typed.len() - argument.len()
}

fn put(app: &mut App, text: String) {
    if let Some(Overlay::Palette(palette)) = &mut app.overlay {
        palette.field = Field::new(&text);
        palette.at_an_end = Some(text);
    }
}

impl App {
    pub(super) fn on_folder(&mut self, request: RequestId, result: Result<Listing, String>) {
        let Some(Overlay::Palette(palette)) = &mut self.overlay else { return };
        let Some(asked) = palette.asked.take_if(|asked| asked.request == request) else { return };
        let typed = format!("{}{}", asked.before, asked.start);
        if palette.field.text() != typed {
            // It is another one by now.
            return;
        }
        let listing = match result {
            Ok(listing) => listing,
            Err(why) => return self.complain(why),
        };
        if listing.names.is_empty() {
            return self.say("no name there begins so");
        }
        let common = if listing.more { asked.start.clone() } else { common_start(&listing.names) };
        let is_longer = common.len() > asked.start.len();
        if is_longer {
            put(self, format!("{}{common}", asked.before));
        } else {
            palette.at_an_end = Some(typed);
        }
        match &listing.names[..] {
            [one] if one.typed == one.shown => {}
            [one] => self.say(format!("{} cannot be typed here", one.shown)),
            _ if asked.again || listing.more => self.say(self.candidates(&listing)),
            names if !is_longer => self.say(format!("{}: Tab again shows them", count(names.len(), "name"))),
            _ => {}
        }
    }

    /// As many names as a line has room for.
    fn candidates(&self, listing: &Listing) -> String {
        let mut room = usize::from(self.size.0).saturating_sub(2);
        // For "and 10000 more or so".
        room = room.saturating_sub(22);
        let mut line = String::new();
        let mut shown = 0;
        for Entry { shown: name, .. } in &listing.names {
            if line.width() + name.width() + 2 > room && shown > 0 {
                break;
            }
            line.push_str(name);
            line.push_str("  ");
            shown += 1;
        }
        match (listing.names.len() - shown, listing.more) {
            (0, false) => {}
            (left, false) => line.push_str(&format!("and {left} more")),
            (_, true) => line.push_str("and more"),
        }
        line.trim_end().to_owned()
    }
}

/// What all of them begin with, as far as it can be typed.
fn common_start(names: &[Entry]) -> String {
    let mut common = names.first().map(|entry| entry.typed.clone()).unwrap_or_default();
    for Entry { typed, .. } in names {
        let same = common.chars().zip(typed.chars()).take_while(|(one, other)| one == other);
        let length = same.map(|(one, _)| one.len_utf8()).sum();
        common.truncate(length);
    }
    common
}
