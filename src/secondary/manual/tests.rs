//! Tests of the service by hand.

use std::sync::Arc;

use super::*;
use crate::zone::Name;

fn place(text: &str) -> Place {
    Place { domain: Name::parse(text.as_bytes(), None).unwrap(), service: None }
}

fn manual(state: Option<&std::path::Path>) -> Manual {
    let text = "[secondary.it]\nbackend = \"manual\"\nprimary = \"192.0.2.1\"\nnameservers = [\"ns2.example.net\"]\n\
                transfers-from = [\"198.51.100.1\"]\n\
                instructions = \"\"\"\n1. Log in at https://dns.example/\\u001b[2J\n2. Add {zone}, primary {primary}. {else}\n\"\"\"";
    let config = Arc::new(config::parse(text).unwrap());
    let around = Around { config: Arc::clone(&config), state: state.map(Into::into), ..Around::default() };
    Manual::new("it", &config.secondary["it"], &around).unwrap()
}

#[test]
fn it_says_what_to_do_and_keeps_the_list() {
    let state = tempfile::tempdir().unwrap();
    let service = manual(Some(state.path()));
    let wanted = Wanted { place: place("example.com."), primary: None };
    insta::assert_snapshot!(service.instructions(&wanted, false).unwrap(), @r"
    Register example.com by hand, to be transferred from 192.0.2.1:
    1. Log in at https://dns.example/␛[2J
    2. Add example.com, primary 192.0.2.1. {else}
    ");
    assert!(
        service
            .instructions(&wanted, true)
            .unwrap()
            .starts_with("End the registration of example.com by hand:\n")
    );
    assert_eq!(service.get(&wanted.place).unwrap_err().kind, ProblemKind::NotRegistered);
    assert_eq!(service.remove(&wanted.place).unwrap_err().kind, ProblemKind::NotRegistered);
    service.add(&wanted).unwrap();
    let primaries = vec!["192.0.2.1".parse().unwrap()];
    assert_eq!(service.add(&wanted).unwrap_err().kind, ProblemKind::AlreadyRegistered { primaries });
    // Another run of the program.
    let service = manual(Some(state.path()));
    let known = service.get(&wanted.place).unwrap();
    assert!(known.created.unwrap() > 1_700_000_000);
    assert_eq!(known.secondary.unwrap().to_string(), "ns2.example.net.");
    let moved = Wanted { primary: Some("192.0.2.9".parse().unwrap()), ..wanted.clone() };
    service.change_primary(&moved).unwrap();
    let mut all = Vec::new();
    service
        .list(&mut |registration| {
            all.push(registration);
            true
        })
        .unwrap();
    assert_eq!((all.len(), all[0].primaries.clone()), (1, vec!["192.0.2.9".parse().unwrap()]));
    let offered = service.offered(&wanted.place).unwrap();
    assert_eq!(offered[0].addresses, ["198.51.100.1".parse::<IpAddr>().unwrap()]);
    service.remove(&wanted.place).unwrap();
    assert_eq!(service.get(&wanted.place).unwrap_err().kind, ProblemKind::NotRegistered);
}

#[test]
fn without_a_place_for_the_list_nothing_is_promised() {
    let service = manual(None);
    let wanted = Wanted { place: place("example.com."), primary: None };
    assert_eq!(service.add(&wanted).unwrap_err().kind, ProblemKind::Local);
    assert_eq!(service.list(&mut |_| true).unwrap_err().kind, ProblemKind::Local);
    let state = tempfile::tempdir().unwrap();
    let service = manual(Some(state.path()));
    service.add(&wanted).unwrap();
    std::fs::write(state.path().join("secondary/it"), "\u{1b}[2J").unwrap();
    let damaged = service.get(&wanted.place).unwrap_err();
    assert!(damaged.kind == ProblemKind::Local && damaged.why.contains("damaged"), "{damaged}");
}
