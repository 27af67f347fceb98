//! What to register, and where: the choice of a service where there are several, of a place in it where it has several, the
//! domain, and the primary's address where the service takes one.

use std::net::IpAddr;

use super::{Call, Layer, screen_mut, walk};
use crate::app::ask::{Ask, Input, Kind, Outcome};
use crate::app::form::idn;
use crate::app::menu::{Entry, Menu, Pick};
use crate::app::zones::short;
use crate::app::{App, Effect, Overlay, RequestId, Screen, Zone};
use crate::config::{Backend, DomainName};
use crate::facts::registration::{Abilities, Place, Problem, Wanted};
use crate::registering::{Goal, Job};
use crate::zone::Name;

/// What is being filled in.
#[derive(Debug)]
pub struct Adding {
    pub backend: String,
    service: Option<String>,
    /// Of a registration that there is: its domain is given.
    change_of: Option<Name>,
    pub ask: Ask,
}

/// The services of the configuration, those of the open zone first.
fn backends(app: &App) -> Vec<&String> {
    let config = &app.settings.config;
    let own: Vec<&str> = config
        .zone
        .get(&DomainName(app.settings.zone.clone()))
        .map_or(Vec::new(), |zone| zone.secondaries.iter().map(|name| name.get_ref().as_str()).collect());
    let mut names: Vec<&String> = config.secondary.keys().collect();
    names.sort_by_key(|name| own.iter().position(|own| own == name).unwrap_or(usize::MAX));
    names
}

/// Begins: which service?
pub fn begin(app: &mut App) {
    let names: Vec<String> = backends(app).into_iter().cloned().collect();
    match names.as_slice() {
        [] => app.say(super::NONE),
        [only] => chosen_backend(app, only.clone()),
        _ => {
            let entry = |name: &String| {
                let backend = app.settings.config.secondary.get(name).map(|own| *own.backend.get_ref());
                Entry {
                    name: name.clone(),
                    line: backend.map_or("", in_words).into(),
                    pick: Pick::SecondaryService(name.clone()),
                }
            };
            let entries = names.iter().map(entry).collect();
            app.overlay = Some(Overlay::Menu(Menu::new("Register at", entries)));
        }
    }
}

pub fn may_begin(app: &App) -> Result<(), String> {
    super::may_reload(app)?;
    walk::is_free(app)
}

fn in_words(backend: Backend) -> &'static str {
    match backend {
        Backend::Ovh => "OVH: a VPS or a dedicated server",
        Backend::Catalog => "a catalog zone, which its secondaries follow",
        Backend::Powerdns => "a PowerDNS server, through its API",
        Backend::Hetzner => "Hetzner",
        Backend::Command => "by commands of the configuration",
        Backend::Manual => "by hand: you are told what to do",
    }
}

/// Asks it where something can be registered.
pub(in crate::app) fn chosen_backend(app: &mut App, backend: String) {
    let request = app.next_request();
    app.secondaries.asked_places = Some((request, backend.clone()));
    app.say(format!("asking {backend} where a domain can be registered"));
    app.effect(Effect::Secondary { request, call: Call::Places { backend } });
}

pub(super) fn on_places(
    app: &mut App,
    request: RequestId,
    result: Result<(Abilities, Vec<Option<String>>), Problem>,
) {
    let Some((_, backend)) = app.secondaries.asked_places.take_if(|(asked, _)| *asked == request) else {
        return;
    };
    // The person has gone elsewhere meanwhile.
    if !matches!(app.screen, Screen::Secondaries(_)) || app.overlay.is_some() {
        return;
    }
    app.message = None;
    let (abilities, services) = match result {
        Ok(answer) => answer,
        Err(problem) => return app.complain(problem.to_string()),
    };
    match services.as_slice() {
        [] => app.complain(format!("{backend} has nothing where a domain could be registered")),
        [only] => fill_in(app, backend, only.clone(), abilities),
        _ => {
            let entry = |service: &Option<String>| Entry {
                name: service.clone().unwrap_or_else(|| backend.clone()),
                line: String::new(),
                pick: Pick::SecondaryPlace(backend.clone(), service.clone(), abilities),
            };
            let entries = services.iter().map(entry).collect();
            app.overlay = Some(Overlay::Menu(Menu::new("Register at", entries)));
        }
    }
}

/// Shows the form.
pub(in crate::app) fn fill_in(app: &mut App, backend: String, service: Option<String>, abilities: Abilities) {
    let zone = match app.zone {
        Zone::None => String::new(),
        _ => short(&app.settings.zone),
    };
    let mut domain = Input::new("domain", Kind::Domain, &zone);
    domain.label = "Domain".into();
    let mut inputs = vec![domain];
    if abilities.takes_primary {
        inputs.push(primary_input(app, &backend));
    }
    let at = service.as_ref().map_or_else(|| backend.clone(), |service| format!("{backend}, {service}"));
    let mut intro = vec![format!("Registers a domain at {at}, which then transfers the zone and serves it.")];
    if abilities.by_hand {
        intro.push("What is to be done there is done by hand: you are told what.".into());
    }
    show(app, Adding { backend, service, change_of: None, ask: ask("Register a domain", intro, inputs) });
}

/// Asks for another primary of a registration.
pub fn change_primary(app: &mut App) {
    let Some(key) = super::selected_key(app) else { return };
    let intro = vec![format!(
        "{} at {} is transferred from another address from then on.",
        short(&key.domain),
        super::place_in_words(&key)
    )];
    let mut input = primary_input(app, &key.backend);
    input.optional = false;
    let ask = ask("Change the primary", intro, vec![input]);
    show(app, Adding { backend: key.backend, service: key.service, change_of: Some(key.domain), ask });
}

fn ask(title: &str, intro: Vec<String>, inputs: Vec<Input>) -> Ask {
    Ask::new(title, intro, inputs, None, &Name::root())
}

fn show(app: &mut App, adding: Adding) {
    if let Some(screen) = screen_mut(app) {
        screen.layer = Layer::Adding(Box::new(adding));
    }
}

/// The address that the service shall transfer from.
fn primary_input(app: &App, backend: &str) -> Input {
    let configured = app.settings.config.secondary.get(backend).and_then(|own| own.primary);
    let addresses = app.settings.hosts.iter().filter_map(|host| host.parse::<IpAddr>().ok());
    // Services reach it from outside.
    let mut known: Vec<IpAddr> = addresses.filter(|address| !address.is_loopback()).collect();
    known.sort();
    let text = configured.or(known.first().copied()).map_or_else(String::new, |address| address.to_string());
    let mut input = Input::new("primary", Kind::Address, &text);
    input.label = "Primary".into();
    input.hint = "the address that the service shall transfer the zone from".into();
    input.optional = true;
    input
}

/// Gives the key to the form.
pub(in crate::app) fn key(app: &mut App) {
    let key = app.key;
    let Some(screen) = screen_mut(app) else { return };
    let Layer::Adding(adding) = &mut screen.layer else { return };
    match adding.ask.on_key(key, &Name::root()) {
        Outcome::Stay => {}
        Outcome::Cancel => screen.layer = Layer::List,
        Outcome::Accept => {
            let values = adding.ask.values();
            let text = |id: &str| values.get(id).map_or("", String::as_str);
            let domain = match &adding.change_of {
                Some(domain) => Some(domain.clone()),
                None => domain_of(text("domain")),
            };
            let Some(domain) = domain else { return };
            let place = Place { domain, service: adding.service.clone() };
            let wanted = Wanted { place, primary: text("primary").parse().ok() };
            let goal = if adding.change_of.is_some() { Goal::ChangePrimary } else { Goal::Add };
            let backend = adding.backend.clone();
            walk::begin(app, backend, Job { goal, wanted });
        }
    }
}

pub(in crate::app) fn paste(app: &mut App, text: &str) {
    if let Some(screen) = screen_mut(app)
        && let Layer::Adding(adding) = &mut screen.layer
    {
        adding.ask.on_paste(text, &Name::root());
    }
}

/// A domain as people write it.
pub(in crate::app) fn domain_of(text: &str) -> Option<Name> {
    let ascii = idn::to_a_labels(text.trim()).ok()?;
    let name = Name::parse(ascii.as_bytes(), Some(Name::root().as_ref())).ok()?;
    (!name.as_ref().is_root()).then_some(name)
}
