//! The lab itself: each server serves what its zone file says, with every key algorithm that it knows.

use super::{Key, Lab, Make, Zone, compiled, dig_axfr, nsupdate, without_serial};

const TEXT: &str = "$TTL 3600
@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
Host TYPE65400 \\# 40 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627
host TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
host TXT \"a b\" c
";

fn serves_and_updates(make: Make) {
    let zones: Vec<Zone> = (0..3).map(|number| Zone::new(format!("z{number}.test"), TEXT)).collect();
    for algorithm in ["hmac-sha256", "hmac-sha512"] {
        let Some(lab) = Lab::start(make, &zones, &Key::new("some-key", algorithm)) else { return };
        assert_eq!(dig_axfr(lab.address, &lab.key, "z1.test"), compiled("z1.test", TEXT), "{make}");
        if make != Make::Nsd {
            nsupdate(lab.address, &lab.key, "z1.test", "update add new.z1.test. 60 A 192.0.2.3");
            let expected = compiled("z1.test", &format!("{TEXT}new 60 A 192.0.2.3\n"));
            assert_eq!(
                without_serial(dig_axfr(lab.address, &lab.key, "z1.test")),
                without_serial(expected),
                "{make}"
            );
        }
    }
}

#[test]
fn bind() {
    serves_and_updates(Make::Bind);
}

#[test]
fn knot() {
    serves_and_updates(Make::Knot);
}

#[test]
fn powerdns() {
    serves_and_updates(Make::PowerDns);
}

#[test]
fn nsd() {
    serves_and_updates(Make::Nsd);
}
