//! Tests of the configuration.

use super::*;

const WHOLE: &str = r#"
theme = "dark"
history-dir = "/var/lib/zonewright/history"

[server.ns0]
address = "ns0.example.net"
transfer-from = "198.51.100.7"
update-to = "[2001:db8::1]:5353"
source = "192.0.2.5"
key = "~/.config/zonewright/ns0.key"
transfer-key = "/etc/zonewright/transfer.key"
transport = "tls"
tls-name = "ns0.example.net"
label = "production"
colour = "red"
brake-percent = 30
read-only = true
after-push = ["logger", "-t", "zonewright"]

[server.lab]
address = "127.0.0.1:5300"
key-env = "LAB_KEY"

[zone."Example.com"]
server = "ns0"
nameservers = "ours"
secondaries = ["ovh"]

[zone."example.org."]
server = "lab"
key-command = ["pass", "show", "dns/org"]

[nameservers.ours]
names = ["ns1.example.net", "ns2.example.net"]

[template.webhost]
ask = ["ip"]
records = "@ A {ip}"

[secondary.ovh]
backend = "ovh"
endpoint = "ovh-eu"

[rules]
L-23 = "off"
"#;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).unwrap()
}

#[test]
fn the_documented_file() {
    let config = parse(WHOLE).unwrap();
    assert_eq!(*config.secondary["ovh"].backend.get_ref(), Backend::Ovh);
    let endpoint = config.secondary["ovh"].endpoint.as_ref().unwrap();
    assert_eq!(endpoint.get_ref(), "ovh-eu");
    assert_eq!(config.rules["L-23"], RuleLevel::Off);
    assert_eq!(config.nameservers["ours"].names.len(), 2);

    let settings = resolve(&config, &name("example.COM."), &Overrides::default()).unwrap();
    assert_eq!(settings.name, "ns0");
    assert_eq!(settings.transfer_from.to_string(), "198.51.100.7");
    assert_eq!(settings.update_to.to_string(), "[2001:db8::1]:5353");
    assert_eq!(settings.transport, Transport::Tls);
    assert_eq!((settings.brake_percent, settings.read_only), (30, true));
    assert_eq!(settings.key, Some(KeySource::File("~/.config/zonewright/ns0.key".into())));
    assert_eq!(settings.transfer_key, Some(KeySource::File("/etc/zonewright/transfer.key".into())));

    let settings = resolve(&config, &name("example.org."), &Overrides::default()).unwrap();
    assert_eq!(settings.update_to, HostPort { host: "127.0.0.1".into(), port: 5300 });
    let command = KeySource::Command(vec!["pass".into(), "show".into(), "dns/org".into()]);
    assert_eq!((settings.key, settings.transfer_key), (Some(command.clone()), Some(command)));
}

#[test]
fn the_command_line_goes_first() {
    let config = parse(WHOLE).unwrap();
    let zone = name("example.com.");
    let given = Overrides {
        server: Some("192.0.2.9:54".into()),
        update_to: Some(HostPort::parse("192.0.2.10").unwrap()),
        key: Some("my.key".into()),
        ..Overrides::default()
    };
    let settings = resolve(&config, &zone, &given).unwrap();
    assert_eq!(settings.name, "192.0.2.9:54");
    assert_eq!(settings.transfer_from.to_string(), "192.0.2.9:54");
    assert_eq!(settings.update_to.to_string(), "192.0.2.10");
    assert_eq!(settings.transfer_key, Some(KeySource::File("my.key".into())));
    let lab = Overrides { server: Some("lab".into()), ..Overrides::default() };
    assert_eq!(resolve(&config, &zone, &lab).unwrap().key, Some(KeySource::Env("LAB_KEY".into())));

    let unknown = resolve(&config, &name("example.net."), &Overrides::default());
    assert_eq!(unknown, Err(NoServer::NotConfigured("example.net".into())));
    let only = parse("[server.one]\naddress = \"::1\"").unwrap();
    assert_eq!(resolve(&only, &zone, &Overrides::default()).unwrap().name, "one");
    let empty = parse("").unwrap();
    let from = Overrides { transfer_from: HostPort::parse("192.0.2.1").ok(), ..Overrides::default() };
    assert_eq!(resolve(&empty, &zone, &from).unwrap().update_to.host, "192.0.2.1");
    let bad = Overrides { server: Some("a b".into()), ..Overrides::default() };
    assert_eq!(resolve(&empty, &zone, &bad), Err(NoServer::BadServer(HostPortError::BadHost)));
}

#[test]
fn errors_have_a_place_and_a_path() {
    for (text, line, column, path, part) in [
        ("them = 1", 1, 1, "them", "unknown field `them`"),
        ("[server.ns0]\naddress = \"a\"\nadress = \"b\"", 3, 1, "server.ns0.adress", "unknown field"),
        ("[server.ns0]\naddress = \"a:b\"", 2, 11, "server.ns0.address", "the port is not a number"),
        ("[server.ns0]\nlabel = \"x\"", 1, 1, "server.ns0", "missing field `address`"),
        ("[server.a]\naddress = \"a\"\ntransport = \"udp\"", 3, 13, "server.a.transport", "`tls`"),
        ("[server.a]\naddress = \"a\"\nbrake-percent = 101", 3, 17, "server.a.brake-percent", "0 to 100"),
        ("[server.a]\naddress = \"a\"\nsource = \"eth0\"", 3, 10, "server.a.source", "IP address"),
        (
            "[server.a]\naddress = \"a\"\nkey = \"k\"\nkey-env = \"K\"",
            4,
            11,
            "server.a.key-env",
            "only one of",
        ),
        ("[zone.\"a..b\"]\nserver = \"x\"", 1, 7, "zone.\"a..b\"", "no domain name"),
        (
            "[zone.\"a.b\"]\nkey = \"k\"\n[zone.\"A.b.\"]\nkey = \"l\"",
            1,
            2,
            "zone.\"a.b\"",
            "a.b. stands here twice",
        ),
        ("[zone.\"a.b\"]\nserver = \"x\"", 2, 10, "zone.\"a.b\".server", "there is no [server.x]"),
        ("[zone.\"a.b\"]\nsecondaries = [\"x\"]", 2, 16, "zone.\"a.b\".secondaries", "[secondary.x]"),
        ("[rules]\nL-1 = \"loud\"", 2, 7, "rules.L-1", "`off`"),
        ("theme = ", 1, 9, "theme", ""),
        ("theme = \"\u{e4}\" x", 1, 13, "theme", ""),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line, error.column, error.path.as_str()), (line, column, path), "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn unknown_values_are_not_repeated() {
    let text = "[server.a]\naddress = \"a\"\nsecret = \"hunter2\"";
    assert!(!parse(text).unwrap_err().to_string().contains("hunter2"));
    assert!(!parse("\"\\u001bx\" = 1").unwrap_err().to_string().contains('\u{1b}'));
}

#[test]
fn hosts_and_ports() {
    for (text, host, port, written) in [
        ("ns0.example.net", "ns0.example.net", 53, "ns0.example.net"),
        ("ns0.example.net:5353", "ns0.example.net", 5353, "ns0.example.net:5353"),
        ("localhost", "localhost", 53, "localhost"),
        ("192.0.2.1:53", "192.0.2.1", 53, "192.0.2.1"),
        ("::1", "::1", 53, "::1"),
        ("[::1]", "::1", 53, "::1"),
        ("[2001:db8::1]:5300", "2001:db8::1", 5300, "[2001:db8::1]:5300"),
    ] {
        let parsed = HostPort::parse(text).unwrap();
        assert_eq!((parsed.host.as_str(), parsed.port), (host, port), "{text}");
        assert_eq!(parsed.to_string(), written);
    }
    for (text, error) in [
        ("", HostPortError::NoHost),
        (":53", HostPortError::NoHost),
        ("a:0", HostPortError::BadPort),
        ("a:65536", HostPortError::BadPort),
        ("a:+5", HostPortError::BadPort),
        ("a:", HostPortError::BadPort),
        ("[::1]53", HostPortError::BadPort),
        ("[::1", HostPortError::BadHost),
        ("[192.0.2.1]:53", HostPortError::BadHost),
        ("192.0.2.256", HostPortError::BadHost),
        ("192.0.2.1#53", HostPortError::BadHost),
        ("a b", HostPortError::BadHost),
        ("ns0..net", HostPortError::BadHost),
    ] {
        assert_eq!(HostPort::parse(text), Err(error), "{text}");
    }
}

#[test]
fn each_backend_has_keys_of_its_own() {
    for (text, line, column, path, part) in [
        ("backend = \"nsd\"", 2, 11, "backend", "`catalog`"),
        (
            "backend = \"ovh\"\nzone = \"cat.example\"",
            3,
            8,
            "zone",
            "goes with backend = \"catalog\", not with \"ovh\"",
        ),
        (
            "backend = \"manual\"\nprimary-port = 5300",
            3,
            16,
            "primary-port",
            "\"powerdns\" or \"hetzner\" or \"command\"",
        ),
        ("backend = \"hetzner\"\nprimary-port = 65536", 3, 16, "primary-port", "1 to 65535"),
        ("backend = \"catalog\"\nzone = \"cat.example\"", 2, 11, "backend", "needs server"),
        ("backend = \"catalog\"\nserver = \"ns0\"", 2, 11, "backend", "needs zone"),
        (
            "backend = \"catalog\"\nserver = \"ns1\"\nzone = \"cat.example\"",
            3,
            10,
            "server",
            "no [server.ns1]",
        ),
        ("backend = \"catalog\"\nserver = \"ns0\"\nzone = \"cat..example\"", 4, 8, "zone", "no domain name"),
        (
            "backend = \"catalog\"\nserver = \"ns0\"\nzone = \"c.example\"\ngroup = \"\"",
            5,
            9,
            "group",
            "1 to 255",
        ),
        ("backend = \"powerdns\"\nurl = \"http://[::1]:8081\"", 2, 11, "backend", "needs api-key-env"),
        ("backend = \"powerdns\"\napi-key-env = \"K\"", 2, 11, "backend", "needs url"),
        (
            "backend = \"hetzner\"\napi-key-file = \"f\"\napi-key-env = \"K\"",
            4,
            15,
            "api-key-env",
            "only one of api-key-env",
        ),
        ("backend = \"command\"\nadd = [\"rndc\", \"{zone}\"]", 2, 11, "backend", "needs remove"),
        ("backend = \"command\"\nadd = []\nremove = [\"x\"]", 3, 7, "add", "is empty"),
        ("backend = \"command\"\nadd = [\"x\"]\nremove = [\"x\"]", 3, 7, "add", "no argument with {zone}"),
        ("backend = \"command\"\nadd = [\"{zone}\"]\nremove = [\"x\"]", 3, 7, "add", "in arguments only"),
        ("backend = \"ovh\"\nlist = [\"x\"]", 3, 8, "list", "goes with backend = \"command\""),
        ("backend = \"manual\"", 2, 11, "backend", "needs instructions"),
    ] {
        let whole = format!("[secondary.it]\n{text}\n[server.ns0]\naddress = \"::1\"");
        let error = parse(&whole).unwrap_err();
        let path = format!("secondary.it.{path}");
        assert_eq!((error.line, error.column, error.path), (line, column, path), "{text}: {}", error.message);
        assert!(error.message.contains(part), "{text}: {}", error.message);
    }
    let right = r#"
        server.ns0.address = "::1"
        [secondary.a]
        backend = "catalog"
        server = "ns0"
        zone = "catalog.example"
        group = "gold"
        nameservers = ["ns2.example.net"]
        transfers-from = ["192.0.2.1"]
        [secondary.b]
        backend = "powerdns"
        url = "http://127.0.0.1:8081"
        api-key-env = "PDNS_KEY"
        tsig-key = "xfr"
        primary = "192.0.2.1"
        primary-port = 5300
        [secondary.c]
        backend = "command"
        add = ["rndc", "addzone", "{zone}", "{ type secondary; primaries { {primary} port {port}; }; };"]
        remove = ["rndc", "delzone", "-clean", "{zone}"]
        list = ["names"]
        [secondary.d]
        backend = "manual"
        instructions = "Log in and add {zone}."
    "#;
    let config = parse(right).unwrap();
    assert_eq!(config.secret_variables().collect::<Vec<_>>(), ["PDNS_KEY"]);
    assert_eq!(config.secondary["b"].api_key(), Some(KeySource::Env("PDNS_KEY".into())));
    assert_eq!(config.secondary["b"].primary_port.as_ref().map(|port| port.get_ref().0), Some(5300));
}
