//! Templates: sets of records with values that are asked for, from the configuration and from `assets/templates`; loaded
//! into a zone as a proposal.

mod expand;
mod merge;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::expand::{Value, Values};
use super::ask::{Ask, Input, Kind, Purpose};
use super::menu::{Entry, Menu, Pick};
use super::nameservers::addresses_of;
use super::open::Open;
use super::proposal::{Proposal, Taken};
use super::{App, Overlay, Screen, edits, nameserver_sets};
use crate::config::{self, Config, Template, VariableKind};
use crate::zone::{Name, RecordType, RrKey, Soa, mailbox};

/// Those that come with the program.
const BUILT_IN: [&str; 2] =
    [include_str!("../../../assets/templates/mail.toml"), include_str!("../../../assets/templates/web.toml")];

/// As many lines of what the values make are shown.
const PREVIEW: usize = 12;

/// The templates that there are; a configured one stands for a built-in one of its name.
pub fn all(config: &Config) -> BTreeMap<String, Template> {
    let mut templates = BTreeMap::new();
    for text in BUILT_IN {
        if let Ok(config) = config::parse(text) {
            templates.extend(config.template);
        }
    }
    templates.extend(config.template.clone());
    templates
}

/// Shows them, those of the configuration first.
pub fn load(app: &mut App) {
    let config = &app.settings.config;
    let mut templates: Vec<(String, Template)> = all(config).into_iter().collect();
    templates.sort_by_key(|(name, _)| !config.template.contains_key(name));
    let entries = templates.into_iter().map(|(name, template)| Entry {
        line: template.about.clone().unwrap_or_else(|| in_a_line(&template.records)),
        pick: Pick::Template(name.clone()),
        name,
    });
    // Those of the upper pane as well: one key less than going there.
    let entries = entries.chain(nameserver_sets::entries(app, "nameservers ")).collect();
    app.overlay = Some(Overlay::Menu(Menu::new("Records to load", entries)));
}

/// What a template without a description makes.
fn in_a_line(records: &str) -> String {
    let lines = records.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// What is asked for by this name: whether it can be left empty, and what kind of value it is.
fn asked(template: &Template, ask: &str) -> (String, bool, Kind) {
    let (name, optional) = match ask.strip_suffix('?') {
        Some(name) => (name, true),
        // Few have it, and a server does without.
        None => (ask, ask == "ip6"),
    };
    let kind = match template.variable.get(name).and_then(|variable| variable.kind) {
        Some(VariableKind::Ip) => Kind::Ip,
        Some(VariableKind::Ip6) => Kind::Ip6,
        Some(VariableKind::Name) => Kind::Name,
        Some(VariableKind::Mail) => Kind::Mail,
        Some(VariableKind::Text) => Kind::Text,
        None => match name {
            "ip" | "ip4" => Kind::Ip,
            "ip6" => Kind::Ip6,
            "mail" => Kind::Mail,
            "host" | "mx" | "target" => Kind::Name,
            _ => Kind::Text,
        },
    };
    (name.to_owned(), optional, kind)
}

/// What needs no asking.
fn own_values(origin: &Name, now: Option<u64>) -> Values {
    let domain = origin.to_string();
    let dashes = domain.trim_end_matches('.').replace('.', "-");
    let text = |text: String| Value { kind: Kind::Text, text };
    BTreeMap::from([
        ("domain".to_owned(), Value { kind: Kind::Name, text: domain }),
        ("dashes".to_owned(), text(dashes)),
        ("time".to_owned(), text(now.unwrap_or(1).to_string())),
    ])
}

/// Looks at a template without a zone: with a value for everything its records have to be right.
///
/// # Errors
/// What is wrong with it, with the line of its records.
pub fn check(name: &str, template: &Template) -> Result<(), String> {
    let wrong =
        |line: usize, message: &str| format!("template {name}, line {line} of its records: {message}");
    let origin = Name::parse(b"example.com.", None).map_err(|error| error.to_string())?;
    let mut values = own_values(&origin, None);
    for ask in &template.ask {
        let (name, _, kind) = asked(template, ask);
        let text = match kind {
            Kind::Ip | Kind::Address => "192.0.2.1",
            Kind::Ip6 => "2001:db8::1",
            Kind::Name | Kind::Domain => "host.example.net",
            Kind::Mail => "hostmaster@example.net",
            Kind::Text => "text",
        };
        values.insert(name, Value { kind, text: text.into() });
    }
    let text = expand::expand(&template.records, &values, &origin)
        .map_err(|problem| wrong(problem.line, &problem.message))?;
    merge::read(&text, &origin, 3600).map(drop).map_err(|(line, message)| wrong(line, &message))?;
    let named = expand::names(&template.records);
    let unused = template.ask.iter().map(|ask| ask.trim_end_matches('?')).find(|ask| !named.contains(ask));
    match unused {
        Some(unused) => Err(format!("template {name} asks for {unused}, which its records do not have")),
        None => Ok(()),
    }
}

/// A template is chosen: asks for its values, or proposes it.
pub fn chosen(app: &mut App, name: &str) {
    if let Err(reason) = edits::may_edit(app) {
        return app.say(reason);
    }
    let Some(template) = all(&app.settings.config).remove(name) else {
        return app.refuse(format!("there is no template {name}; :load shows all"));
    };
    if let Err(wrong) = check(name, &template) {
        return app.complain(wrong);
    }
    let Some(open) = app.open() else { return };
    let own = own_values(open.draft.base().origin(), app.now);
    let inputs: Vec<Input> = (template.ask.iter())
        .map(|ask| {
            let (id, optional, kind) = asked(&template, ask);
            let variable = template.variable.get(&id);
            let kept = app.remembered.values.get(&(name.to_owned(), id.clone())).cloned();
            let default = variable.and_then(|variable| variable.default.as_ref());
            let text = match (kept, default) {
                (Some(kept), _) => kept,
                (None, Some(default)) => expand::fill(default, &own),
                (None, None) => known(open, &id),
            };
            let mut input = Input::new(id, kind, &text);
            input.optional = optional;
            if let Some(hint) = variable.and_then(|variable| variable.hint.as_ref()) {
                input.hint = expand::fill(hint, &own);
            }
            if let Some(example) = variable.and_then(|variable| variable.example.as_ref()) {
                input.example = example.clone();
            }
            input
        })
        .collect();
    if inputs.is_empty() {
        return propose(app, name, &BTreeMap::new());
    }
    let origin = open.draft.base().origin().clone();
    let intro = template.about.into_iter().collect();
    let ask = Ask::new(format!("Load {name}"), intro, inputs, Purpose::Template(name.into()), &origin);
    app.screen = Screen::Ask(Box::new(ask));
    preview(app);
}

/// What the zone itself suggests for a value.
fn known(open: &Open, id: &str) -> String {
    let origin = open.draft.base().origin();
    let address = |v4: bool| {
        let addresses = addresses_of(&open.draft, origin);
        addresses.iter().find(|address| address.is_ipv4() == v4).map_or_else(String::new, |ip| ip.to_string())
    };
    match id {
        "ip" | "ip4" => address(true),
        "ip6" => address(false),
        "mail" => {
            let soa = open.draft.get(&RrKey::new(origin.clone(), RecordType::SOA));
            let soa = soa.and_then(|set| Soa::from_rdata(set.rdata.first()?));
            soa.and_then(|soa| mailbox::from_name(&soa.rname)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn values(template: &Template, typed: &BTreeMap<String, String>, own: Values) -> Values {
    let mut values = own;
    for ask in &template.ask {
        let (name, _, kind) = asked(template, ask);
        let text = typed.get(&name).cloned().unwrap_or_default();
        values.insert(name, Value { kind, text });
    }
    values
}

/// Writes below the fields what they make.
pub(super) fn preview(app: &mut App) {
    let (Screen::Ask(ask), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    let Some(Purpose::Template(name)) = &ask.purpose else { return };
    let Some(template) = all(&app.settings.config).remove(name) else { return };
    let origin = open.draft.base().origin();
    // What is not right yet, or not there yet, is shown as it is called.
    let own = own_values(origin, app.now);
    let mut shown = values(&template, &ask.values(), own);
    for input in &ask.inputs {
        if !input.is_right()
            && let Some(value) = shown.get_mut(&input.id)
        {
            *value = Value { kind: Kind::Ip, text: format!("{{{}}}", input.id) };
        }
    }
    let text = expand::expand(&template.records, &shown, origin).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty()).map(str::to_owned);
    ask.preview = lines.take(PREVIEW).collect();
}

/// The values are typed.
pub(super) fn propose(app: &mut App, name: &str, typed: &BTreeMap<String, String>) {
    let Some(template) = all(&app.settings.config).remove(name) else { return };
    let Some(open) = app.open() else { return };
    let origin = open.draft.base().origin();
    let values = values(&template, typed, own_values(origin, app.now));
    let wrong =
        |line: usize, message: &str| format!("template {name}, line {line} of its records: {message}");
    let items = expand::expand(&template.records, &values, origin)
        .map_err(|problem| wrong(problem.line, &problem.message))
        .and_then(|text| merge::items(&text, open).map_err(|(line, message)| wrong(line, &message)));
    match items {
        Err(wrong) => app.complain(wrong),
        Ok(items) => {
            let mut proposal = Proposal::new(format!("Records of {name}"));
            items.into_iter().for_each(|item| proposal.push(item));
            let values = typed.iter().map(|(id, text)| ((name.to_owned(), id.clone()), text.clone()));
            proposal.when_taken(Taken::Values(values.collect()));
            app.propose(proposal);
        }
    }
}
