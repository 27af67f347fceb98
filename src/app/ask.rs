//! A form for values that something needs before it can be proposed: addresses of nameservers, what a template asks.
//!
//! Records have a form of their own ([`super::form`]). What becomes of the values is for whoever asked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::secondaries::adding::domain_of;
use super::{App, Screen, nameserver_sets, templates};
use crate::edit::Field;
use crate::facts::OpenForm;
pub(super) use crate::facts::ValuesOf as Purpose;
use crate::key::{Code, Key};
use crate::zone::{Name, RecordType};

/// Values being asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    pub title: String,
    /// What it is about: sentences above the fields.
    pub intro: Vec<String>,
    pub inputs: Vec<Input>,
    /// The index of the field that keys go to.
    pub current: usize,
    pub message: Option<String>,
    /// What the values make, a line each.
    pub preview: Vec<String>,
    accept_tried: bool,
    /// `None` on the screen of secondary services, which knows by itself.
    pub(super) purpose: Option<Purpose>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ip,
    Ip6,
    /// Of either sort.
    Address,
    /// The domain of a zone, always absolute.
    Domain,
    /// A domain name; without a final dot it is absolute all the same, where it has a dot in it.
    Name,
    Mail,
    Text,
}

/// One field.
#[derive(Debug, Clone)]
pub struct Input {
    /// What the value is called where it is used.
    pub id: String,
    pub label: String,
    pub hint: String,
    pub example: String,
    pub kind: Kind,
    /// May it be left empty?
    pub optional: bool,
    /// Of the fields with the same number one has to be filled in.
    pub one_of: Option<usize>,
    pub field: Field,
    initial: String,
    problem: Option<String>,
}

/// What a key led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Stay,
    Cancel,
    Accept,
}

const DROPS: &str = "Esc again drops what you typed.";

impl Input {
    /// A field that holds a text to begin with.
    pub fn new(id: impl Into<String>, kind: Kind, text: &str) -> Input {
        let (id, field) = (id.into(), Field::new(text));
        let (hint, example) = match kind {
            Kind::Ip => ("an IPv4 address", "192.0.2.1"),
            Kind::Ip6 => ("an IPv6 address", "2001:db8::1"),
            Kind::Address => ("an address", "192.0.2.1"),
            Kind::Domain => ("a domain", "example.net"),
            Kind::Name => ("a domain name", "www.example.net"),
            Kind::Mail => ("a mail address", "postmaster@example.net"),
            Kind::Text => ("a text", ""),
        };
        Input {
            label: id.clone(),
            id,
            hint: hint.into(),
            example: example.into(),
            kind,
            optional: false,
            one_of: None,
            initial: field.text(),
            field,
            problem: None,
        }
    }

    /// Can its text be used?
    pub fn is_right(&self) -> bool {
        self.problem.is_none()
    }

    /// What is typed, without blanks around it.
    pub fn text(&self) -> String {
        self.field.text().trim().to_owned()
    }
}

/// What is wrong with a text as a value of its kind, in a zone.
pub fn problem(kind: Kind, text: &str, origin: &Name) -> Option<String> {
    match kind {
        Kind::Ip if text.parse::<Ipv4Addr>().is_err() => Some("not an IPv4 address".into()),
        Kind::Ip6 if text.parse::<Ipv6Addr>().is_err() => Some("not an IPv6 address".into()),
        Kind::Address if text.parse::<IpAddr>().is_err() => Some("not an address".into()),
        Kind::Domain if domain_of(text).is_none() => Some("not a domain".into()),
        Kind::Name => match Name::parse(text.as_bytes(), Some(origin.as_ref())) {
            Ok(_)
                if text.contains(|character: char| {
                    character.is_whitespace() || "\"();@".contains(character)
                }) =>
            {
                Some("not a domain name".into())
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        },
        Kind::Mail => {
            let is_one = text.rsplit_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !text
                        .contains(|character: char| character.is_whitespace() || "\"<>,;".contains(character))
                    && domain.contains('.')
                    && Name::parse(domain.as_bytes(), Some(Name::root().as_ref())).is_ok()
            });
            (!is_one).then(|| "not a mail address".into())
        }
        _ if text.contains(char::is_control) => Some("control characters are not taken".into()),
        _ => None,
    }
}

impl Ask {
    pub(super) fn new(
        title: impl Into<String>,
        intro: Vec<String>,
        inputs: Vec<Input>,
        purpose: impl Into<Option<Purpose>>,
        origin: &Name,
    ) -> Ask {
        let mut ask = Ask {
            title: title.into(),
            intro,
            inputs,
            current: 0,
            message: None,
            preview: Vec::new(),
            accept_tried: false,
            purpose: purpose.into(),
        };
        ask.check(origin);
        // Where there is something left to fill in.
        ask.current = ask.inputs.iter().position(|input| input.problem.is_some()).unwrap_or(0);
        ask
    }

    fn check(&mut self, origin: &Name) {
        let filled: Vec<usize> = self
            .inputs
            .iter()
            .filter(|input| !input.text().is_empty())
            .filter_map(|input| input.one_of)
            .collect();
        for input in &mut self.inputs {
            let text = input.text();
            input.problem = match (text.is_empty(), input.one_of) {
                (false, _) => problem(input.kind, &text, origin),
                (true, Some(group)) => {
                    (!filled.contains(&group)).then(|| "one of these addresses is needed".into())
                }
                (true, None) => (!input.optional).then(|| "this is needed".into()),
            };
        }
    }

    /// What is to be kept of it.
    pub fn kept(&self) -> OpenForm {
        OpenForm {
            values_of: self.purpose.clone(),
            rtype: RecordType(0),
            owner: None,
            replaced: None,
            fields: self.inputs.iter().map(|input| input.field.text()).collect(),
            current: self.current,
        }
    }

    /// Puts in what was kept. Of another purpose, or of another time with other fields, it is of no use: false.
    fn take_up(&mut self, kept: &OpenForm, origin: &Name) -> bool {
        if kept.values_of != self.purpose || kept.fields.len() != self.inputs.len() {
            return false;
        }
        for (input, text) in self.inputs.iter_mut().zip(&kept.fields) {
            input.field = Field::new(text);
        }
        self.current = kept.current.min(self.inputs.len().saturating_sub(1));
        self.check(origin);
        true
    }

    /// Has anything been typed that leaving would lose?
    pub fn is_changed(&self) -> bool {
        self.inputs.iter().any(|input| input.field.text() != input.initial)
    }

    /// What is wrong with a field, as it is shown: an empty one is not reproached before the person wants to go on.
    pub fn shown_problem<'i>(&self, input: &'i Input) -> Option<&'i str> {
        input.problem.as_deref().filter(|_| self.accept_tried || !input.field.is_empty())
    }

    /// Are all values right?
    pub fn is_right(&self) -> bool {
        self.inputs.iter().all(|input| input.problem.is_none())
    }

    /// The values by their names; empty ones as well.
    pub fn values(&self) -> BTreeMap<String, String> {
        self.inputs.iter().map(|input| (input.id.clone(), input.text())).collect()
    }

    /// Takes a key.
    pub fn on_key(&mut self, key: Key, origin: &Name) -> Outcome {
        let esc_before = self.message.take().as_deref() == Some(DROPS);
        let modified = key.ctrl || key.alt;
        match key.code {
            Code::Esc if esc_before || !self.is_changed() => return Outcome::Cancel,
            Code::Esc => self.message = Some(DROPS.into()),
            Code::Tab | Code::Down if !modified => self.move_by(1),
            Code::BackTab | Code::Up if !modified => self.move_by(self.inputs.len().saturating_sub(1)),
            Code::Enter if !modified => {
                let Some(wrong) = self.inputs.iter().position(|input| input.problem.is_some()) else {
                    return Outcome::Accept;
                };
                // From field to field first, as people press Enter after each value.
                let is_last = self.current + 1 >= self.inputs.len();
                let own_is_right = self.inputs.get(self.current).is_some_and(|input| input.problem.is_none());
                if own_is_right && !is_last && wrong > self.current {
                    self.move_by(1);
                } else {
                    self.accept_tried = true;
                    self.current = wrong;
                    self.message = Some("Not accepted yet: see the field marked !.".into());
                }
            }
            _ => {
                if let Some(input) = self.inputs.get_mut(self.current) {
                    input.field.on_key(key);
                }
                self.check(origin);
            }
        }
        Outcome::Stay
    }

    pub fn on_paste(&mut self, text: &str, origin: &Name) {
        self.message = None;
        if let Some(input) = self.inputs.get_mut(self.current)
            && !input.field.paste(text.trim())
        {
            self.message = Some("Not taken: it is too long for a field.".into());
        }
        self.check(origin);
    }

    fn move_by(&mut self, steps: usize) {
        self.current = (self.current + steps).checked_rem(self.inputs.len()).unwrap_or(0);
    }
}

/// Asks again for what was being typed when an earlier run ended.
pub(super) fn reopen(app: &mut App, kept: &OpenForm) {
    match &kept.values_of {
        None => return,
        Some(Purpose::Nameservers(set)) => nameserver_sets::chosen(app, set),
        Some(Purpose::Template(name)) => templates::chosen(app, name),
    }
    let (Screen::Ask(ask), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else {
        // Nothing is asked for any more.
        app.screen = Screen::Main;
        return;
    };
    if ask.take_up(kept, open.draft.base().origin()) {
        templates::preview(app);
        app.say("the values that you were typing are here again");
    } else {
        app.screen = Screen::Main;
    }
}

/// Gives the key to the form.
pub fn key(app: &mut App) {
    if matches!(app.screen, Screen::Secondaries(_)) {
        return super::secondaries::adding::key(app);
    }
    let (Screen::Ask(ask), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    match ask.on_key(app.key, open.draft.base().origin()) {
        Outcome::Stay => templates::preview(app),
        Outcome::Cancel => app.screen = Screen::Main,
        Outcome::Accept => {
            let ask = ask.clone();
            match ask.purpose.clone() {
                Some(Purpose::Nameservers(set)) => nameserver_sets::with_addresses(app, &set, &ask),
                Some(Purpose::Template(name)) => templates::propose(app, &name, &ask.values()),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_each_kind() {
        let origin = Name::parse(b"example.com.", None).unwrap();
        let good = |kind, text| assert_eq!(problem(kind, text, &origin), None, "{kind:?} {text}");
        let bad = |kind, text| assert!(problem(kind, text, &origin).is_some(), "{kind:?} {text}");
        good(Kind::Ip, "192.0.2.1");
        good(Kind::Ip6, "2001:db8::1");
        for text in ["", "192.0.2", "192.0.2.256", "2001:db8::1", "www"] {
            bad(Kind::Ip, text);
        }
        for text in ["192.0.2.1", "2001:db8::1::2", "fe80::1%eth0"] {
            bad(Kind::Ip6, text);
        }
        for text in ["www", "www.example.net", "www.example.net.", "_dmarc"] {
            good(Kind::Name, text);
        }
        for text in ["a..b", "a b", "a@b", "a;b"] {
            bad(Kind::Name, text);
        }
        good(Kind::Mail, "a.b+c@example.net");
        for text in ["@example.net", "a@", "a", "a b@example.net", "a@b", "a@b..c", "<a@b.c>"] {
            bad(Kind::Mail, text);
        }
        good(Kind::Text, "any \"thing\"; ü");
        bad(Kind::Text, "a\u{1b}b");
    }
}
