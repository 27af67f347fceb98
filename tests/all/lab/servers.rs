//! Configuration and command line of each server. All stay in the foreground, as the user who runs the tests,
//! and write nowhere but in their directory.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Key, Make, Signing, Zone, program_path};

/// The key of PowerDNS's API.
pub const API_KEY: &str = "the-key-of-the-lab-API";

/// What a server is started with.
pub struct Setup<'a> {
    pub directory: &'a Path,
    pub port: u16,
    /// Where BIND takes the commands of rndc.
    pub control: u16,
    /// What it answers to `id.server`.
    pub token: &'a str,
    pub zones: &'a [Zone],
    pub key: &'a Key,
    /// Where the zones come from, for a secondary.
    pub primary: Option<SocketAddr>,
    /// Are the zones catalogs, whose members it transfers from there as well?
    pub consumes: bool,
    pub signing: Option<Signing>,
}

impl Setup<'_> {
    /// Writes the configuration and returns the command that runs the server.
    pub fn command(&self, make: Make) -> Command {
        match make {
            Make::Bind => self.bind(),
            Make::Knot => self.knot(),
            Make::PowerDns => self.powerdns(),
            Make::Nsd => self.nsd(),
        }
    }

    fn bind(&self) -> Command {
        let Setup { port, control, token, key, .. } = self;
        let directory = self.directory.display();
        let mut text = key.bind_text();
        self.write("rndc.key", &text);
        text += &Key::without_rights().bind_text();
        text += &format!(
            "options {{
                directory \"{directory}\"; pid-file none; lock-file none; session-keyfile none;
                listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
                server-id \"{token}\"; recursion no; dnssec-validation no; notify no; tcp-clients 500;
                transfers-out 500; allow-new-zones yes; {catalogs}
                allow-transfer {{ key \"{name}\"; }};
            }};
            controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ \"{name}\"; }}; }};
            dnssec-policy lab {{
                keys {{ csk lifetime unlimited algorithm ecdsap256sha256; }};
                {nsec3}
            }};\n",
            name = key.name,
            nsec3 = if self.signing == Some(Signing::Nsec3) { "nsec3param;" } else { "" },
            catalogs = self.bind_catalogs(),
        );
        let signing = match self.signing {
            None => "",
            Some(Signing::Inline) => "dnssec-policy lab; inline-signing yes;",
            Some(_) => "dnssec-policy lab; inline-signing no;",
        };
        for zone in self.zones {
            let (name, settings) = (&zone.name, zone.settings_for(Make::Bind));
            if let Some(primary) = self.primary {
                text += &format!(
                    "zone \"{name}\" {{ type secondary; file \"{name}.zone\"; primaries {{ {} port {} key {}; }}; \
                     {settings} }};\n",
                    primary.ip(),
                    primary.port(),
                    key.name
                );
                continue;
            }
            let update = match settings.contains("update-policy") || settings.contains("allow-update") {
                true => String::new(),
                false => format!("allow-update {{ key \"{}\"; }};", key.name),
            };
            text += &format!(
                "zone \"{name}\" {{ type primary; file \"{name}.zone\"; {update} {settings} {signing} }};\n"
            );
        }
        self.write("named.conf", &text);
        // Run from a copy: where AppArmor guards /usr/sbin/named, that path may not read a temporary directory.
        let program = self.directory.join("named");
        // Copied by another process: a program that is open for writing, here or in a child that is being started
        // by another thread, cannot be run.
        let mut copy = Command::new("cp");
        copy.arg(program_path("named").expect("named is installed")).arg(&program);
        assert!(copy.status().expect("cp runs").success());
        let mut command = Command::new(program);
        command.args(["-g", "-n", "2", "-c", "named.conf"]);
        command
    }

    /// They are looked at every second: nobody tells of changes here.
    fn bind_catalogs(&self) -> String {
        let Some(primary) = self.primary.filter(|_| self.consumes) else { return String::new() };
        let (address, port, key) = (primary.ip(), primary.port(), &self.key.name);
        let one = |zone: &Zone| {
            format!(
                "zone \"{}\" default-primaries {{ {address} port {port} key \"{key}\"; }} min-update-interval 1;",
                zone.name
            )
        };
        let zones: String = self.zones.iter().map(one).collect();
        format!(
            "catalog-zones {{ {zones} }}; min-refresh-time 1; max-refresh-time 1; min-retry-time 1; max-retry-time 1;"
        )
    }

    fn knot(&self) -> Command {
        let Setup { port, token, key, .. } = self;
        let other = Key::without_rights();
        let directory = self.directory.display();
        let mut text = format!(
            "server:
    rundir: \"{directory}\"
    listen: 127.0.0.1@{port}
    identity: \"{token}\"
    udp-workers: 1
    tcp-workers: 2
    background-workers: 2
log:
  - target: stderr
    any: info
control:
    listen: \"{directory}/knot.sock\"
database:
    storage: \"{directory}\"
key:
  - id: \"{name}\"
    algorithm: {algorithm}
    secret: \"{secret}\"
  - id: \"{}\"
    algorithm: {}
    secret: \"{}\"
acl:
  - id: lab
    key: \"{name}\"
    action: [transfer, update]
  - id: notify
    address: 127.0.0.1
    action: notify
  - id: reader
    key: \"{name}\"
    action: transfer
  - id: anybody
    address: 127.0.0.1
    action: transfer
  - id: www-only
    key: \"{name}\"
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: www
  - id: addresses-only
    key: \"{name}\"
    action: update
    update-type: A
policy:
  - id: lab
    single-type-signing: on
    algorithm: ecdsap256sha256
    cds-cdnskey-publish: always
    nsec3: {nsec3}
{remote}template:
  - id: default
    storage: \"{directory}\"
    file: \"%s.zone\"
    zonefile-sync: -1
    journal-max-depth: 10000
    acl: [lab, notify]
    dnssec-signing: {signing}
    dnssec-policy: lab
{members}zone:\n",
            other.name,
            other.algorithm,
            other.secret,
            signing = if self.signing.is_some() { "on" } else { "off" },
            nsec3 = if self.signing == Some(Signing::Nsec3) { "on" } else { "off" },
            remote = self.primary.map_or(String::new(), |primary| format!(
                "remote:\n  - id: primary\n    address: {}@{}\n    key: \"{}\"\n",
                primary.ip(),
                primary.port(),
                key.name
            )),
            name = key.name,
            algorithm = key.algorithm,
            secret = key.secret,
            members = if self.consumes {
                "  - id: member\n    master: primary\n    zonefile-load: none\n    acl: [lab, notify]\n  - id: gold\n    \
                 master: primary\n    acl: [lab, notify, anybody]\n"
            } else {
                ""
            },
        );
        for zone in self.zones {
            text += &format!("  - domain: \"{}\"\n", zone.name);
            if self.primary.is_some() {
                text += "    master: primary\n";
            }
            if self.consumes {
                text += "    catalog-role: interpret\n    \
                         catalog-template: [member, gold]\n";
            }
            text += &zone.settings_for(Make::Knot);
        }
        self.write("knot.conf", &text);
        let mut command = Command::new(program_path("knotd").expect("knotd is installed"));
        command.args(["-c", "knot.conf"]);
        command
    }

    fn powerdns(&self) -> Command {
        let Setup { port, control, token, key, .. } = self;
        let directory = self.directory.display();
        let text = format!(
            "launch=gsqlite3
gsqlite3-dnssec=yes
gsqlite3-database={directory}/pdns.sqlite3
gsqlite3-pragma-synchronous=0
socket-dir={directory}
local-address=127.0.0.1
local-port={port}
server-id={token}
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
allow-axfr-ips=
disable-axfr=no
security-poll-suffix=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
setuid=
setgid=
secondary=yes
xfr-cycle-interval=1
webserver=yes
webserver-address=127.0.0.1
webserver-port={control}
api=yes
api-key={API_KEY}
loglevel=5\n"
        );
        self.write("pdns.conf", &text);
        let schema = std::fs::read_to_string(schema()).unwrap();
        self.sqlite(&schema);
        for Zone { name, .. } in self.zones.iter().filter(|_| self.primary.is_none()) {
            self.pdnsutil(&["load-zone", name, &format!("{name}.zone")]);
        }
        for Key { name, algorithm, secret } in [key, &Key::without_rights()] {
            self.sqlite(&format!(
                "INSERT INTO tsigkeys (name, algorithm, secret) VALUES ('{name}', '{algorithm}', '{secret}');\n"
            ));
        }
        let name = &key.name;
        if let Some(primary) = self.primary.filter(|_| self.consumes) {
            for Zone { name: zone, .. } in self.zones {
                self.pdnsutil(&["create-secondary-zone", zone, &primary.to_string()]);
                self.pdnsutil(&["set-kind", zone, "consumer"]);
                self.pdnsutil(&["activate-tsig-key", zone, name, "secondary"]);
            }
        }
        self.metadata(&[
            ("TSIG-ALLOW-AXFR", name),
            ("TSIG-ALLOW-DNSUPDATE", name),
            ("SOA-EDIT-DNSUPDATE", "INCREASE"),
        ]);
        for zone in self.zones {
            let id = format!("(SELECT id FROM domains WHERE name = '{}')", zone.name);
            let statements = zone.settings_for(Make::PowerDns).replace("{id}", &id);
            if !statements.is_empty() {
                self.sqlite(&statements);
            }
        }
        if self.signing.is_some() {
            self.pdnsutil(&["secure-all-zones"]);
            let mut metadata =
                vec![("PUBLISH-CDS", "2"), ("PUBLISH-CDNSKEY", "1"), ("SOA-EDIT", "INCEPTION-INCREMENT")];
            if self.signing == Some(Signing::Nsec3) {
                metadata.push(("NSEC3PARAM", "1 0 0 -"));
            }
            self.metadata(&metadata);
            self.pdnsutil(&["rectify-all-zones"]);
        }
        let mut command = Command::new(program_path("pdns_server").expect("pdns_server is installed"));
        command.args(["--config-dir=.", "--daemon=no", "--guardian=no"]);
        command
    }

    fn nsd(&self) -> Command {
        let Setup { port, token, key, .. } = self;
        let other = Key::without_rights();
        let directory = self.directory.display();
        let mut text = format!(
            "server:
    ip-address: 127.0.0.1@{port}
    identity: \"{token}\"
    username: \"\"
    chroot: \"\"
    zonesdir: \"{directory}\"
    pidfile: \"\"
    database: \"\"
    xfrdfile: \"{directory}/xfrd.state\"
    zonelistfile: \"{directory}/zone.list\"
    xfrdir: \"{directory}\"
    cookie-secret-file: \"\"
{own}remote-control:
    control-enable: yes
    control-interface: \"{directory}/nsd.ctl\"
key:
    name: \"{name}\"
    algorithm: {algorithm}
    secret: \"{secret}\"
key:
    name: \"{}\"
    algorithm: {}
    secret: \"{}\"\n",
            other.name,
            other.algorithm,
            other.secret,
            name = key.name,
            algorithm = key.algorithm,
            secret = key.secret,
            own = self.zones.iter().map(|zone| zone.settings_for(Make::Nsd)).collect::<String>(),
        );
        for zone in self.zones {
            text += &format!(
                "zone:\n    name: \"{name}\"\n    zonefile: \"{name}.zone\"\n    provide-xfr: 127.0.0.1 {key}\n",
                name = zone.name,
                key = key.name,
            );
        }
        self.write("nsd.conf", &text);
        let mut command = Command::new(program_path("nsd").expect("nsd is installed"));
        command.args(["-d", "-c", "nsd.conf"]);
        command
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.join(name), text).unwrap();
    }

    fn pdnsutil(&self, arguments: &[&str]) {
        let mut command = Command::new("pdnsutil");
        let output = command.current_dir(self.directory).arg("--config-dir=.").args(arguments).output();
        let output = output.expect("pdnsutil runs");
        assert!(output.status.success(), "pdnsutil {arguments:?}: {output:?}");
    }

    /// Sets metadata of every zone of PowerDNS.
    fn metadata(&self, metadata: &[(&str, &str)]) {
        let statement = |(kind, content): &(&str, &str)| {
            format!(
                "INSERT INTO domainmetadata (domain_id, kind, content) SELECT id, '{kind}', '{content}' FROM domains;\n"
            )
        };
        self.sqlite(&metadata.iter().map(statement).collect::<String>());
    }

    fn sqlite(&self, statements: &str) {
        use std::io::Write;
        let mut child = Command::new("sqlite3")
            .current_dir(self.directory)
            .args(["-bail", "pdns.sqlite3"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("sqlite3 runs");
        child.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "sqlite3 refused: {statements}");
    }
}

/// Where the package has the tables of the PowerDNS database; slim installations lack /usr/share/doc.
fn schema() -> &'static str {
    let places = [
        "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
        "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
    ];
    places.into_iter().find(|path| Path::new(path).is_file()).expect("pdns-backend-sqlite3 is installed")
}
