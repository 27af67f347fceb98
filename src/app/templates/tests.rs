//! The built-in templates, and how records of a template meet those of a zone.

use super::*;
use crate::app::tests::{Test, name};
use crate::check::{Severity, check as findings};

/// A zone without anything that a template could stumble over.
const GOOD: &str = "
@      3600  SOA   ns1 hostmaster 2026112101 7200 1800 1209600 3600
@      3600  NS    ns1
@      3600  NS    ns2.example.net.
@      3600  A     192.0.2.10
ns1    3600  A     192.0.2.53
ns1    3600  AAAA  2001:db8::53
";

fn serious(test: &Test) -> Vec<String> {
    let open = test.open();
    let zone = open.draft.base().with_changes(open.draft.changes()).unwrap();
    let found = findings(&zone, None);
    let found = found.iter().filter(|finding| finding.severity != Severity::Hint);
    found.map(|finding| format!("{} {}: {}", finding.rule.id, finding.key.owner, finding.message)).collect()
}

/// Fills in all fields: `script` types into them, from the first.
fn fill_in(test: &mut Test, template: &str, texts: &BTreeMap<String, String>) {
    test.keys(&format!(": 'load' Space '{template}' Enter"));
    let Screen::Ask(ask) = &mut test.app.screen else { return };
    for input in &mut ask.inputs {
        if let Some(text) = texts.get(&input.id) {
            input.field = crate::edit::Field::new(text);
        }
    }
    test.keys("Tab End Space Backspace");
    test.keys("Up Enter");
    while test.app.context() == crate::app::commands::Context::Ask {
        test.keys("Enter");
    }
}

#[test]
fn built_in_templates_are_right_and_bring_no_finding() {
    let templates = all(&Config::default());
    assert!(templates.len() >= 12, "{}", templates.len());
    for (template, contents) in &templates {
        assert_eq!(check(template, contents), Ok(()));
        assert!(contents.about.is_some(), "{template}");
        let example = |ask: &String| {
            let (id, _, kind) = asked(contents, ask);
            let variable = contents.variable.get(&id);
            let example = variable.and_then(|variable| variable.example.clone());
            let text = example.unwrap_or_else(|| match kind {
                Kind::Ip | Kind::Address => "192.0.2.10".into(),
                Kind::Ip6 => "2001:db8::10".into(),
                Kind::Name | Kind::Domain => "host.example.net".into(),
                Kind::Mail => "hostmaster@example.com".into(),
                Kind::Text => "text".into(),
            });
            (id, text)
        };
        let all: BTreeMap<String, String> = contents.ask.iter().map(example).collect();
        let optional = |id: &str| contents.ask.iter().any(|ask| ask.strip_suffix('?') == Some(id));
        let few = all
            .iter()
            .map(|(id, text)| (id.clone(), if optional(id) { String::new() } else { text.clone() }));
        for texts in [&all, &few.collect()] {
            let mut test = Test::with(GOOD);
            assert_eq!(serious(&test), Vec::<String>::new());
            fill_in(&mut test, template, texts);
            test.keys("Enter");
            assert!(!test.changes().is_empty(), "{template}: {}", test.message());
            assert_eq!(serious(&test), Vec::<String>::new(), "{template} {texts:?}");
        }
    }
}

fn configured(text: &str) -> Test {
    let mut test = Test::new();
    test.app.settings.config = std::sync::Arc::new(config::parse(text).unwrap());
    test
}

#[test]
fn records_meet_those_that_are_there() {
    let mut test = configured(
        "[template.all]\nrecords = '''\n@ TXT \"v=spf1 -all\"\n@ TXT \"proof=1\"\n@ MX 5 mx.example.net.\nwww CNAME @\n\
         ftp A 192.0.2.80\n@ CAA 0 issue \"ca.example.net\"\nold 60 A 192.0.2.99\nmail A 192.0.2.25\n'''\n",
    );
    insta::assert_snapshot!(test.keys("L 'all' Enter").screen(80, 36), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Records of all ────────────────────────────────────────────── 8 of 8 ticked ─┐
    │   * 1 record set in the zone already as wished.                              │
    │▌[x] @ MX  replace (a: add)                                                   │
    │     - 1h      10 mail.example.com.                                           │
    │     + 1h      5 mx.example.net.                                              │
    │ [x] @ TXT                                                                    │
    │     - 5m      "v=spf1 mx include:_spf.example.net                            │
    │       include:_spf.mailer.example.org ip4:192.0.2.0/24 -all"                 │
    │     + 5m      "v=spf1 -all"                                                  │
    │     + 5m      "proof=1"                                                      │
    │ [x] @ CAA                                                                    │
    │     + 1h      0 issue "ca.example.net"                                       │
    │ [x] ftp CNAME  delete                                                        │
    │     - 1h      www.example.com.                                               │
    │     ! a CNAME stands alone at its name: it gives way to A                    │
    │ [x] ftp A                                                                    │
    │     + 1h      192.0.2.80                                                     │
    │ [x] old A  replace (a: add)                                                  │
    │       TTL 1d -> 1m (1 record)                                                │
    │ [x] www A  delete                                                            │
    │     - 1h      192.0.2.10                                                     │
    │     - 1h      192.0.2.11                                                     │
    │     ! a CNAME stands alone at its name: this makes room for it               │
    │ [x] www CNAME                                                                │
    │     + 1h      example.com.                                                   │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter take  w take and review  Space tick  a replace or add  Esc leave  ? help
    "#);
    test.keys("Enter");
    insta::assert_snapshot!(test.changes().join("\n"), @r#"
    - @ 3600 MX 10 mail
    + @ 3600 MX 5 mx.example.net.
    - @ 300 TXT "v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all"
    + @ 300 TXT "v=spf1 -all"
    + @ 300 TXT "proof=1"
    + @ 3600 CAA 0 issue "ca.example.net"
    + ftp 3600 A 192.0.2.80
    - ftp 3600 CNAME www
    - old 86400 A 192.0.2.99
    + old 60 A 192.0.2.99
    - www 3600 A 192.0.2.10
    - www 3600 A 192.0.2.11
    + www 3600 CNAME @
    "#);
    test.keys("u");
    assert!(test.changes().is_empty());
}

/// What makes room for a CNAME goes with it.
#[test]
fn a_swap_is_ticked_as_one() {
    let mut test = configured("[template.t]\nrecords = 'www CNAME @'\n");
    test.keys("L 't' Enter Space");
    assert!(test.screen(80, 24).contains("0 of 2 ticked"), "{}", test.screen(80, 24));
    test.keys("Home Space Enter");
    assert_eq!(test.changes(), ["- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11", "+ www 3600 CNAME @"]);
}

#[test]
fn a_null_mx_replaces() {
    let mut test = Test::new();
    test.keys("L 'no-mail' Enter Enter");
    insta::assert_snapshot!(test.changes().join("\n"), @r#"
    - @ 3600 MX 10 mail
    + @ 3600 MX 0 .
    - @ 300 TXT "v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all"
    + @ 300 TXT "v=spf1 -all"
    + _dmarc 3600 TXT "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s"
    + *._domainkey 3600 TXT "v=DKIM1; p="
    "#);
}

#[test]
fn templates_to_choose_from_and_values_to_fill_in() {
    let mut test = Test::new();
    insta::assert_snapshot!(test.keys("L").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Records to load ─────────────────────────────────────────────────────────────┐
    │ search:                                                                      │
    │▌fastmail              Fastmail: mail, SPF, DKIM, and what mail and calendar …│
    │ google-workspace      Google Workspace: mail at Gmail, SPF, DKIM             │
    │ letsencrypt           CAA: Let's Encrypt may issue certificates for the doma…│
    │ mailserver            A mail server of your own: address, MX, SPF, DMARC     │
    │ microsoft365          Microsoft 365: mail at Exchange Online, SPF, autodisco…│
    │ microsoft365-devices  Microsoft 365: devices that join Entra ID and Intune f…│
    │ mta-sts               MTA-STS and TLS-RPT: senders use TLS, and report where…│
    │ no-mail               A domain without mail: null MX, SPF -all, DMARC reject…│
    │ proton                Proton Mail: mail, SPF, DKIM, DMARC                    │
    │ sip                   SIP: telephones find the server of the domain, by UDP,…│
    │ webhost               Web host: the domain and www lead to one server        │
    │ xmpp                  XMPP (Jabber): clients and servers find the server of …│
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter choose  Esc close  F1 help
    ");
    insta::assert_snapshot!(test.keys("'webh' Enter").screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Load webhost ────────────────────────────────────────────────────────────────┐
    │ Web host: the domain and www lead to one server                              │
    │                                                                              │
    │  ip  [192.0.2.1                                ]                             │
    │  ip6 [                                         ] may be left empty           │
    │                                                                              │
    │ the IPv4 address of the web server, such as 192.0.2.1                        │
    │                                                                              │
    │ @    A     192.0.2.1                                                         │
    │ www  CNAME @                                                                 │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter go on  Tab next field  Esc cancel  F1 help
    ");
    test.keys("Tab '2001:db8::8' Enter");
    insta::assert_snapshot!(test.screen(80, 24), @"
     example.com · ns1.example.com · serial 2026112101                         demo
    ┌ Records of webhost ────────────────────────────────────────── 3 of 3 ticked ─┐
    │   * 1 record set in the zone already as wished.                              │
    │▌[x] @ AAAA                                                                   │
    │     + 1h      2001:db8::8                                                    │
    │ [x] www A  delete                                                            │
    │     - 1h      192.0.2.10                                                     │
    │     - 1h      192.0.2.11                                                     │
    │     ! a CNAME stands alone at its name: this makes room for it               │
    │ [x] www CNAME                                                                │
    │     + 1h      example.com.                                                   │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    │                                                                              │
    └──────────────────────────────────────────────────────────────────────────────┘

     Enter take  w take and review  Space tick  * all  Esc leave  ? help
    ");
    // Esc leads back to the values.
    test.keys("Esc");
    assert!(test.screen(80, 24).contains("2001:db8::8"));
}

#[test]
fn a_wrong_template_says_where() {
    let mut test = configured("[template.t]\nrecords = \"\"\"\n@ A 192.0.2.1\n@ A 192.0.2.1000\n\"\"\"\n");
    test.keys("L 't' Enter");
    assert!(test.message().starts_with("template t, line 2 of its records: "), "{}", test.message());
    for (records, why) in [
        ("@ A {ip}", "template t, line 1 of its records: {ip} is not asked for"),
        ("@ SOA a b 1 1 1 1 1", "template t, line 1 of its records: a template has no SOA record"),
        ("a.example.net. A 192.0.2.1", "is not in the zone example.com."),
    ] {
        let mut test = configured(&format!("[template.t]\nrecords = '{records}'\n"));
        test.keys("L 't' Enter");
        assert!(test.message().contains(why), "{}", test.message());
    }
    let template = &config::parse("[template.t]\nask = ['a']\nrecords = ''\n").unwrap().template["t"];
    assert_eq!(check("t", template), Err("template t asks for a, which its records do not have".into()));
    assert_eq!(expand::read_name("a.b", &name("@")).unwrap().to_string(), "a.b.");
}

#[test]
fn what_is_said_of_values_is_never_covered_by_what_they_make() {
    let mut test = Test::with(GOOD);
    test.keys(": 'load' Space 'fastmail' Enter 'typed' Esc");
    let screen = test.screen(80, 24);
    assert!(screen.contains("Esc again drops what you typed."), "{screen}");
    assert!(screen.contains("and 3 more"), "{screen}");
    // Where a word about a field is cut beside it, it stands below in full.
    test.keys("Esc : 'load' Space 'webhost' Enter Ctrl-U Enter Enter 'long.enough.to.be.wrong'");
    let screen = test.screen(40, 10);
    assert!(screen.contains("! not an IPv4 address"), "{screen}");
}

#[test]
fn control_c_does_not_end_the_program_in_the_middle_of_values() {
    let mut test = Test::with(GOOD);
    test.keys(": 'load' Space 'fastmail' Enter 'typed' Ctrl-C");
    assert_eq!(test.message(), "leave the form first: Enter accepts, Esc cancels");
    assert!(!test.did(|effect| matches!(effect, crate::app::Effect::Quit)));
}
