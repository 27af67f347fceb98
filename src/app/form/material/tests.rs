//! Certificates, keys, and what is neither. The expected digests are those of openssl and ssh-keygen.

use proptest::prelude::*;

use super::super::tests::{draft, name, press};
use super::*;
use crate::app::form::Outcome;
use crate::zone::{Draft, RrSet, types};

const CERTIFICATE: &str = include_str!("tests/certificate.pem");
const KEY_SHA256: &str = "5D184521C69BC98EF2888726468296D0A435E23509230392E34FE12BA8B97361";
const CERTIFICATE_SHA256: &str = "E0CB9131D21530AB9554D848D087E4F59B4DC3BAC505679DD643C3B7CFD36F85";
const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOW6yMMRyVZqUJe0RSld3SywoIyyz5wNsFbIGSLWKYLS host.example.com";
const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBP7ehkx0C44qcDnea5xIE/vkkIJHtS3G7Oh/XSCiQJat1s3UwEz5DWNyj7wAQH6DFI7qEQb3wJYwUxICVhjlTKY= e";
/// RFC 4034 section 5.4, without the flag of an entry point.
const KEY: &str = "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";

fn form(number: u16, owner: Option<&str>) -> (Form, Draft) {
    let draft = draft();
    let owner = owner.map(name);
    (Form::add(RecordType(number), owner.as_ref(), draft.contents(), 3600), draft)
}

fn rdata(form: &Form) -> String {
    form.texts().join(" ")
}

#[test]
fn tlsa_from_a_certificate() {
    let (mut form, draft) = form(TLSA, Some("_25._tcp.mail"));
    form.on_paste(CERTIFICATE, draft.contents());
    assert_eq!(rdata(&form), format!("3 1 1 {KEY_SHA256}"));
    assert_eq!(form.message(), Some("Made from the public key of the certificate."));
    // What is typed says what is made.
    press(&mut form, &draft, "Tab Ctrl-U '0'");
    form.take_file(CERTIFICATE.as_bytes(), draft.contents());
    assert_eq!(rdata(&form), format!("3 0 1 {CERTIFICATE_SHA256}"));
    // A whole chain: usage 2 is about the authority.
    press(&mut form, &draft, "Ctrl-U '2'");
    form.take_file(format!("{CERTIFICATE}{CERTIFICATE}").as_bytes(), draft.contents());
    assert_eq!(form.message(), Some("Made from the certificate (2 of 2 in the file)."));
    assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)), "{:?}", form.message());
}

#[test]
fn smimea_has_the_whole_certificate() {
    let (mut form, draft) = form(SMIMEA, Some("x._smimecert"));
    form.on_paste(CERTIFICATE, draft.contents());
    assert!(rdata(&form).starts_with("3 0 0 3082018C30820133A0"), "{}", rdata(&form));
    assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)));
}

#[test]
fn sshfp_from_a_public_key() {
    for (text, made) in [
        (ED25519.to_owned(), "4 2 4BD0DBF6029FA3A02EF3A5F68103FBB7CBFCDCB2E7E91719CF7BA426984EC7FD"),
        (
            format!("# x\nhost.example.com {ECDSA}\n"),
            "3 2 D47BB7682C789EC9F20B289696A1AE5E5996A0D0F8D96234F173745064874EA7",
        ),
    ] {
        let (mut form, draft) = form(SSHFP, Some("host"));
        form.on_paste(&text, draft.contents());
        assert_eq!(rdata(&form), made);
    }
    let (mut form, draft) = form(SSHFP, Some("host"));
    press(&mut form, &draft, "'3' Tab '1'");
    form.on_paste(&format!("{ED25519}\n{ECDSA}\n"), draft.contents());
    assert_eq!(rdata(&form), "3 1 B85F1E9E577A48F17F309248121A05D78F7ED16E");
}

#[test]
fn ds_from_a_key() {
    let (mut form, draft) = form(DS, Some("dskey"));
    press(&mut form, &draft, "Tab Tab '1'");
    form.on_paste(&format!("; a comment\ndskey.example.com. 86400 IN DNSKEY {KEY}\n"), draft.contents());
    assert_eq!(rdata(&form), "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118");
    assert_eq!(form.message(), Some("Made from the key 60485."));
    // Without a name it is that of the form; a name that is not typed yet is taken from the key.
    form.on_paste(KEY, draft.contents());
    assert_eq!(rdata(&form), "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118");
    let (mut form, draft) = self::form(DS, None);
    form.on_paste(&format!("dskey.example.com. IN DNSKEY {KEY}"), draft.contents());
    assert!(rdata(&form).starts_with("60485 5 2 "));
    assert_eq!(form.inputs()[0].field.text(), "dskey");
    // The key of another name is asked about.
    let (mut form, draft) = self::form(DS, Some("other"));
    form.on_paste(&format!("dskey.example.com. IN DNSKEY {KEY}"), draft.contents());
    assert_eq!(
        form.message(),
        Some("Made from the key 60485 of dskey.example.com.: is that the name of this record?")
    );
}

#[test]
fn cds_from_the_key_of_the_zone() {
    let mut draft = draft();
    let (mut form, _) = form(CDS, Some("@"));
    assert!(!form.take_own_key(draft.contents()));
    let key = types::parse_fields(
        RecordType::DNSKEY,
        &KEY.replacen("256", "257", 1).split(' ').collect::<Vec<_>>(),
        name("@").as_ref(),
    );
    let key = (RrKey::new(name("@"), RecordType::DNSKEY), Some(RrSet::new(60, vec![key.unwrap()])));
    draft.edit("x", [key]);
    assert!(form.take_own_key(draft.contents()));
    assert!(rdata(&form).starts_with("60486 5 2 "), "{}", rdata(&form));
}

#[test]
fn a_null_mx_by_one_key() {
    let draft = draft();
    let mut form = Form::add(RecordType::MX, Some(&name("new")), draft.contents(), 3600);
    form.make_null_mx(draft.contents());
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Enter") else { panic!("{:?}", form.message()) };
    assert_eq!(*accepted.rdata, [0, 0, 0]);
}

#[test]
fn what_is_something_else_is_said() {
    let private = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (number, text, said) in [
        (TLSA, private, "That is a private key, which belongs into no zone. Wanted is the certificate."),
        (
            TLSA,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "The certificate cannot be read.",
        ),
        (TLSA, "-----BEGIN CERTIFICATE-----\nAAAA\n", "The end of it is missing: -----END ...-----"),
        (TLSA, "", "Nothing is made of it: wanted is a certificate file (PEM)."),
        (
            SSHFP,
            "-----BEGIN OPENSSH PRIVATE KEY-----\n",
            "That is a private key, which belongs into no zone. The public one ends with .pub.",
        ),
        (SSHFP, "ssh-ed25519 AAAA x", "Nothing is made of it: wanted is a public-key file of SSH (.pub)."),
        (
            DS,
            "Private-key-format: v1.3\n",
            "That is a private key. The public one is in the file that ends with .key.",
        ),
        (DS, "x. IN DNSKEY 0 3 13 AAAA", "That is no key of a zone: its flags are 256 or 257."),
    ] {
        let (mut form, draft) = form(number, Some("host"));
        form.take_file(text.as_bytes(), draft.contents());
        assert_eq!(form.message(), Some(said), "{text}");
        assert!(form.texts().iter().all(String::is_empty), "{text}");
    }
    // Ordinary text is pasted as ever.
    let (mut form, draft) = form(DS, Some("host"));
    form.on_paste("60485", draft.contents());
    assert_eq!(rdata(&form).trim(), "60485");
}

const OPENPGP: &str = include_str!("tests/openpgp.asc");

/// The key without armour.
fn openpgp() -> Vec<u8> {
    use base64::Engine as _;
    let lines: Vec<&str> = OPENPGP.lines().filter(|line| !line.starts_with(['-', '='])).collect();
    base64::engine::general_purpose::STANDARD.decode(lines.concat()).unwrap()
}

#[test]
fn openpgpkey_from_a_key_of_gpg() {
    // The name is that of the example in RFC 7929 section 3: hugh@example.com.
    const OWNER: &str = "c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6._openpgpkey";
    for octets in [OPENPGP.as_bytes().to_vec(), openpgp(), OPENPGP.replace('\n', "\r\n").into_bytes()] {
        let (mut form, draft) = self::form(OPENPGPKEY, None);
        form.take_file(&octets, draft.contents());
        assert_eq!(rdata(&form), KEY_OF_HUGH);
        assert_eq!(form.owner().unwrap(), name(OWNER));
        assert_eq!(form.message(), Some("Made from the OpenPGP key of \"hugh@example.com\"."));
        assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)));
    }
    let (mut form, draft) = form(OPENPGPKEY, Some("host"));
    form.on_paste(OPENPGP, draft.contents());
    assert!(form.message().unwrap().contains("is that the name of this record?"), "{:?}", form.message());
}

#[test]
fn keys_that_are_no_public_openpgp_keys() {
    let said = |octets: &[u8]| {
        let (mut form, draft) = form(OPENPGPKEY, Some("host"));
        form.take_file(octets, draft.contents());
        assert_eq!(rdata(&form), "");
        form.message().unwrap().to_owned()
    };
    assert!(said(OPENPGP.replace("PUBLIC", "PRIVATE").as_bytes()).contains("private key"));
    let mut secret = openpgp();
    secret[0] = 0x80 | 5 << 2 | secret[0] & 3;
    assert!(said(&secret).contains("private key"));
    assert!(said(&openpgp()[..40]).contains("wanted is an OpenPGP key"));
    let cut = openpgp();
    assert!(said(&cut[..cut.len() - 3]).contains("ends in the middle"));
    assert!(said(OPENPGP.split("-----END").next().unwrap().as_bytes()).contains("The end of it is missing"));
    assert!(said(CERTIFICATE.as_bytes()).contains("wanted is an OpenPGP key"));
    let large = openpgp().repeat(400);
    assert!(said(&large).contains("more than a record can hold"));
}

#[test]
fn cert_from_a_certificate_and_from_a_key() {
    let (mut form, draft) = self::form(CERT, Some("host"));
    form.take_file(CERTIFICATE.as_bytes(), draft.contents());
    assert!(rdata(&form).starts_with("1 0 0 MII"), "{}", rdata(&form));
    assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)));
    let (mut form, draft) = self::form(CERT, Some("host"));
    form.take_file(OPENPGP.as_bytes(), draft.contents());
    assert_eq!(rdata(&form), format!("3 0 0 {KEY_OF_HUGH}"));
    assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)));
}

const KEY_OF_HUGH: &str = "mDMEawM1UhYJKwYBBAHaRw8BAQdA7ZqkSSXEmsozLwx0uvG0aaAEB7NE3SkeREyOhSLTCAS0H0h1Z2ggRXhhbXBsZSA8aHVnaEBleGFtcGxlLmNvbT6IkAQTFggAOBYhBMXX4RMwVxcfSfrVjqE/G6Cq8iE7BQJrAzVSAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEKE/G6Cq8iE7g7QBAPx1Puy0+jpj14kSN0BifTEzGEG9NnS9XdIKeKFLenAhAQChPQWqO+9UwI7yu2Ck5SWVulxYsdGZQ5O6baTwvm4nCA==";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_octets_do_no_harm(
        number in prop::sample::select(vec![TLSA, SMIMEA, SSHFP, DS, CDS, CERT, OPENPGPKEY]),
        octets in prop::collection::vec(any::<u8>(), 0..300),
        at in 0..900usize,
        octet: u8,
    ) {
        use base64::Engine as _;
        let (mut form, draft) = form(number, Some("host"));
        form.take_file(&octets, draft.contents());
        // A certificate with any octet changed, or cut anywhere.
        let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
        let mut der = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
        let at = at % der.len();
        der[at] = octet;
        form.take_file(&der, draft.contents());
        der.truncate(at);
        form.take_file(&der, draft.contents());
        let key = base64::engine::general_purpose::STANDARD.encode(&octets);
        // The same of a key.
        let mut pgp = openpgp();
        let place = at % pgp.len();
        pgp[place] = octet;
        form.take_file(&pgp, draft.contents());
        pgp.truncate(place);
        form.take_file(&pgp, draft.contents());
        form.take_file(format!("ssh-ed25519 {key}").as_bytes(), draft.contents());
        form.take_file(format!("x. IN DNSKEY 257 3 13 {key}").as_bytes(), draft.contents());
        form.take_file(format!("-----BEGIN CERTIFICATE-----{key}-----END CERTIFICATE-----").as_bytes(), draft.contents());
    }
}
