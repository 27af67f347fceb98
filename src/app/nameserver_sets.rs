//! Loading a named set of nameservers from the configuration: what that means for the NS records, the addresses of
//! nameservers inside the zone, and the SOA, as one proposal.

use std::net::IpAddr;

use super::ask::{Ask, Input, Kind, Purpose};
use super::forms::common_ttl;
use super::menu::{Entry, Menu, Pick};
use super::nameservers::{addresses_of, target};
use super::open::Open;
use super::proposal::{Item, Proposal, Taken, Ttl, Wish};
use super::rows::Mark;
use super::{App, Overlay, Screen, Settings};
use crate::facts::Parent;
use crate::zone::{Name, RecordType, RrKey, Soa};

/// Why there is nothing to load.
const NONE: &str = "the configuration has no sets of nameservers: [nameservers.NAME] with names = [\"ns1.example.net\", ...]";

pub fn may_load(app: &App) -> Result<(), String> {
    super::edits::may_edit(app)?;
    match app.settings.config.nameservers.is_empty() {
        true => Err(NONE.into()),
        false => Ok(()),
    }
}

/// The set that the configuration gives a zone: what it is called there, and its names.
pub(super) fn configured(settings: &Settings) -> Option<(&str, Vec<Name>)> {
    settings.config.nameservers_of(&settings.zone)
}

/// The sets to choose from, that of the zone first; their names after this.
pub(super) fn entries(app: &App, before: &str) -> Vec<Entry> {
    let config = &app.settings.config;
    let own = configured(&app.settings).map(|(name, _)| name);
    let mut names: Vec<&String> = config.nameservers.keys().collect();
    names.sort_by_key(|name| Some(name.as_str()) != own);
    let entry = |name: &String| {
        let servers: Vec<String> = names_of(app, name).iter().map(Name::to_string).collect();
        let is_own = if Some(name.as_str()) == own { "this zone's: " } else { "" };
        Entry {
            name: format!("{before}{name}"),
            line: format!("{is_own}{}", servers.join(" ")),
            pick: Pick::Nameservers(name.clone()),
        }
    };
    names.into_iter().map(entry).collect()
}

/// Shows the sets; where there is one only, takes that.
pub fn load(app: &mut App) {
    let entries = entries(app, "");
    match entries.as_slice() {
        [] => app.say(NONE),
        [only] => {
            let only = only.name.clone();
            chosen(app, &only);
        }
        _ => app.overlay = Some(Overlay::Menu(Menu::new("Nameservers to load", entries))),
    }
}

fn names_of(app: &App, set: &str) -> Vec<Name> {
    let set = app.settings.config.nameservers.get(set);
    set.map_or(Vec::new(), |set| set.names.iter().map(|name| name.0.clone()).collect())
}

/// A set is chosen: asks for the addresses that the zone must have and has not, then proposes.
pub fn chosen(app: &mut App, set: &str) {
    let names = names_of(app, set);
    let Some(open) = app.open() else { return };
    if names.is_empty() {
        return app.refuse(match app.settings.config.nameservers.contains_key(set) {
            true => format!("the set {set} has no names"),
            false => format!("there is no [nameservers.{set}] in the configuration"),
        });
    }
    let origin = open.draft.base().origin();
    let mut inputs = Vec::new();
    for (number, name) in names.iter().enumerate() {
        if !name.is_at_or_below(origin) || !addresses_of(&open.draft, name).is_empty() {
            continue;
        }
        let known = known_addresses(open, name);
        for (kind, version) in [(Kind::Ip, "IPv4"), (Kind::Ip6, "IPv6")] {
            let known = known.iter().find(|address| address.is_ipv4() == (kind == Kind::Ip));
            let text = known.map_or_else(String::new, IpAddr::to_string);
            let mut input = Input::new(format!("{name}/{version}"), kind, &text);
            input.label = format!("{} {version}", name.relative_to(origin));
            input.hint = format!("the {version} address of {name}, which nobody finds without it");
            input.one_of = Some(number);
            inputs.push(input);
        }
    }
    if inputs.is_empty() {
        return propose(app, set, &[]);
    }
    let intro = vec![
        "These nameservers stand inside the zone, which has no address of them.".to_owned(),
        "The zone above needs the same addresses, as glue.".to_owned(),
    ];
    let origin = origin.clone();
    let ask =
        Ask::new(format!("Nameservers of {set}"), intro, inputs, Purpose::Nameservers(set.into()), &origin);
    app.screen = Screen::Ask(Box::new(ask));
}

/// What is known of a nameserver's addresses elsewhere: from asking it, or as the parent's glue.
fn known_addresses(open: &Open, name: &Name) -> Vec<IpAddr> {
    let status = open.nameservers.status(name);
    let asked = status.iter().flat_map(|status| status.addresses.iter().map(|status| status.address));
    let glue = match &open.nameservers.parent {
        Some(Parent::Delegates(delegation)) => {
            delegation.nameservers.iter().find(|there| there.name == *name)
        }
        _ => None,
    };
    asked.chain(glue.into_iter().flat_map(|there| there.glue.iter().copied())).collect()
}

/// The addresses are typed.
pub(super) fn with_addresses(app: &mut App, set: &str, ask: &Ask) {
    let typed: Vec<(Name, IpAddr)> = (ask.inputs.iter())
        .filter_map(|input| {
            let (name, _) = input.id.rsplit_once('/')?;
            Some((Name::parse(name.as_bytes(), None).ok()?, input.text().parse().ok()?))
        })
        .collect();
    propose(app, set, &typed);
}

fn propose(app: &mut App, set: &str, addresses: &[(Name, IpAddr)]) {
    let names = names_of(app, set);
    let Some(open) = app.open() else { return };
    let base = open.draft.base();
    let ttl = Ttl::Own(common_ttl(base));
    let mut proposal = Proposal::new(format!("Nameservers of {set}"));
    let apex = open.apex();
    let records: Vec<_> = names.iter().map(|name| name.wire().into()).collect();
    if open.draft.get(&apex).is_none() {
        proposal.push(Item::new(Wish::replace(apex, records, ttl)));
    } else {
        let replace = Wish::replace(apex.clone(), records.clone(), ttl);
        proposal.push(Item::new(replace).or(Wish::add(apex, records, ttl)));
    }
    for (name, address) in addresses {
        let (rtype, rdata) = match address {
            IpAddr::V4(address) => (RecordType::A, address.octets().to_vec()),
            IpAddr::V6(address) => (RecordType::AAAA, address.octets().to_vec()),
        };
        proposal.push(Item::new(Wish::add(RrKey::new(name.clone(), rtype), vec![rdata.into()], ttl)));
    }
    if let Some((item, old)) = primary(app, open, &names) {
        proposal.push(item);
        proposal.when_taken(Taken::HiddenPrimary(old));
    }
    if let Some(warning) = outsider(app, open, &names) {
        proposal.note(warning);
    }
    proposal.then("w pushes; :registrar is what to tell there");
    app.propose(proposal);
}

/// The nameservers that the draft has at the zone's own name.
pub fn nameservers(open: &Open) -> Vec<Name> {
    let rows = open.nameservers.rows.iter().filter(|row| row.mark != Mark::Deleted);
    rows.filter_map(target).collect()
}

/// The SOA with another primary, where the one that it names is none of these.
fn primary(app: &App, open: &Open, names: &[Name]) -> Option<(Item, Name)> {
    let key = RrKey::new(open.draft.base().origin().clone(), RecordType::SOA);
    let set = open.draft.get(&key)?;
    let mut soa = Soa::from_rdata(set.rdata.first()?)?;
    // A hidden primary that was acknowledged is left in peace.
    if names.contains(&soa.mname) || app.remembered.hidden_primary.as_ref() == Some(&soa.mname) {
        return None;
    }
    let leaves = nameservers(open).contains(&soa.mname);
    let named = |name: &&Name| app.settings.hosts.iter().any(|host| is_host(host, name));
    let old = std::mem::replace(&mut soa.mname, names.iter().find(named).or(names.first())?.clone());
    let item = Item::new(Wish::replace(key, vec![soa.to_rdata()], Ttl::Own(set.ttl)));
    let item = match leaves {
        true => item.following().note(format!("{old} is the SOA's primary, and none of these nameservers.")),
        false => item.unticked().note(format!(
            "{old} is the SOA's primary and no nameserver of the zone: a hidden primary stays so; else tick this."
        )),
    };
    Some((item, old))
}

fn is_host(host: &str, name: &Name) -> bool {
    Name::parse(host.as_bytes(), Some(Name::root().as_ref())).is_ok_and(|host| host == *name)
}

/// A sentence where the server that takes the edits is none of these nameservers, as far as that is known.
fn outsider(app: &App, open: &Open, names: &[Name]) -> Option<String> {
    let hosts = &app.settings.hosts;
    let is_one = |name: &Name| {
        hosts.iter().any(|host| match host.parse::<IpAddr>() {
            Ok(address) => {
                addresses_of(&open.draft, name).contains(&address)
                    || known_addresses(open, name).contains(&address)
            }
            Err(_) => is_host(host, name),
        })
    };
    if hosts.is_empty() || names.iter().any(is_one) {
        return None;
    }
    let now = nameservers(open);
    let own = now.iter().find(|name| is_one(name)).map(Name::to_string);
    let is_name = |host: &&String| host.parse::<IpAddr>().is_err();
    // An address alone tells nothing of servers that nobody has asked yet.
    let server = own.or_else(|| hosts.iter().find(is_name).cloned())?;
    Some(format!(
        "You edit the zone on {server}, which is none of these: it must feed them as their hidden primary, or they \
         will not have your changes."
    ))
}
