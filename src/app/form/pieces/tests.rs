//! Texts taken apart and put together: nothing is lost, and what is typed on one side is seen on the other.

use proptest::prelude::*;

use super::super::tests::{draft, go, name, press};
use super::super::*;
use super::*;
use crate::zone::Draft;

fn form(rtype: RecordType, owner: &str, fields: &[&str]) -> (Form, Draft) {
    let draft = draft();
    let owner = Some(name(owner));
    let mut form = Form::add(rtype, owner.as_ref(), draft.contents(), 3600);
    for (index, text) in fields.iter().enumerate() {
        go(&mut form, &draft, Part::Rdata(index));
        form.on_paste(text, draft.contents());
    }
    (form, draft)
}

fn go_to(form: &mut Form, draft: &Draft, label: &str) {
    for _ in 0..100 {
        if form.inputs()[form.current()].label == label {
            return;
        }
        press(form, draft, "Tab");
    }
    panic!("no {label}");
}

/// The pieces: label, text, and what is said beside it.
fn pieces(form: &Form) -> Vec<String> {
    let pieces = form.inputs().iter().filter(|input| input.is_piece());
    let show = |input: &Input| {
        let said = match (&input.problem, &input.note) {
            (Some(problem), _) => format!("! {problem}"),
            (None, Some(Note::Doubt(doubt))) => format!("? {doubt}"),
            (None, Some(Note::Means(words))) => format!("= {words}"),
            (None, None) => String::new(),
        };
        format!("{} [{}] {said}", input.label, input.field.text()).trim_end().to_owned()
    };
    pieces.map(show).collect()
}

fn text(form: &Form, part: Part) -> String {
    form.input(part).unwrap().field.text()
}

#[test]
fn spf_in_words() {
    let (mut form, draft) = form(
        RecordType::TXT,
        "@",
        &["v=spf1 mx a:mail.example.net ip4:192.0.2.0/24 include:_spf.example.net ipv4:1.2.3.4 ptr -all"],
    );
    assert_eq!(
        pieces(&form),
        [
            "term [mx] = mail hosts of this name may send (1 lookup)",
            "term [a:mail.example.net] = addresses of mail.example.net may send (1 lookup)",
            "term [ip4:192.0.2.0/24] = 192.0.2.0/24 may send",
            "term [include:_spf.example.net] = who may send for _spf.example.net may send (1 lookup and its own)",
            "term [ipv4:1.2.3.4] ? it is called ip4",
            "term [ptr] ? slow and not for use: name the addresses",
            "and []",
            "term [-all] = all others must not send",
        ]
    );
    assert_eq!(form.summary(), Some("SPF: 4 of 10 lookups, and those of the included policy."));
    // A term that is corrected, one that is added, one that is taken away.
    go(&mut form, &draft, Part::Piece(4));
    press(&mut form, &draft, "Ctrl-U 'ip4:198.51.100.7' Tab Ctrl-U Tab 'ip6:2001:db8::/32'");
    assert_eq!(
        text(&form, Part::Rdata(0)),
        "v=spf1 mx a:mail.example.net ip4:192.0.2.0/24 include:_spf.example.net ip4:198.51.100.7 ip6:2001:db8::/32 -all"
    );
    assert_eq!(
        pieces(&form)[5..],
        ["and [ip6:2001:db8::/32] = 2001:db8::/32 may send", "term [-all] = all others must not send"]
    );
    // Left, there is room for another one.
    press(&mut form, &draft, "Tab");
    assert_eq!(
        pieces(&form)[5..],
        [
            "term [ip6:2001:db8::/32] = 2001:db8::/32 may send",
            "and []",
            "term [-all] = all others must not send"
        ]
    );
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Enter") else { panic!("{:?}", form.message()) };
    assert!(types::joined_text(&accepted.rdata).unwrap().ends_with("ip6:2001:db8::/32 -all"));
}

#[test]
fn spf_with_too_many_lookups_and_no_end() {
    let many = format!("v=spf1{}", " include:a.example.net".repeat(11));
    let (form, _) = form(RecordType::TXT, "@", &[&many]);
    assert_eq!(
        form.summary(),
        Some(
            "SPF: 11 of 10 lookups, and those of 11 included policies: too many, receivers take it for broken. It has no end: -all or ~all."
        )
    );
}

#[test]
fn dmarc_from_its_fields() {
    let (mut form, draft) = form(RecordType::TXT, "_dmarc", &[]);
    go_to(&mut form, &draft, "policy");
    press(&mut form, &draft, "Space Space");
    go_to(&mut form, &draft, "reports");
    press(&mut form, &draft, "'postmaster@example.com'");
    assert_eq!(text(&form, Part::Rdata(0)), "v=DMARC1; p=quarantine; rua=postmaster@example.com");
    assert_eq!(
        pieces(&form),
        [
            "policy [quarantine] = failing mail goes to the junk folder",
            "subdomains []",
            "reports [postmaster@example.com] ? an address begins with mailto:",
            "failures to []",
            "DKIM match []",
            "SPF match []",
        ]
    );
    // It can be accepted all the same, after a question.
    assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay);
    assert_eq!(form.inputs()[form.current()].label, "reports");
    press(&mut form, &draft, "Home 'mailto:'");
    assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)), "{:?}", form.message());
}

#[test]
fn tags_that_nobody_touched_stay() {
    let odd = "V=DMARC1 ;p = None;  xy=1; rua=mailto:a@example.com ,mailto:b@example.com;;";
    let (mut form, draft) = form(RecordType::TXT, "_dmarc", &[odd]);
    assert_eq!(
        pieces(&form)[..3],
        [
            "policy [None] = failing mail is delivered; only reports",
            "other [xy=1] ? receivers do not know this tag",
            "reports [mailto:a@example.com ,mailto:b@example.com] = reports to a@example.com , b@example.com",
        ]
    );
    go_to(&mut form, &draft, "policy");
    press(&mut form, &draft, "Space");
    assert_eq!(text(&form, Part::Rdata(0)), odd.replace("None", "quarantine"));
    go_to(&mut form, &draft, "subdomains");
    press(&mut form, &draft, "'reject'");
    assert_eq!(text(&form, Part::Rdata(0)), odd.replace("None", "quarantine").replace(";;", "; sp=reject;;"));
    press(&mut form, &draft, "Ctrl-U");
    assert_eq!(text(&form, Part::Rdata(0)), odd.replace("None", "quarantine"));
}

#[test]
fn dkim_mta_sts_and_tls_rpt() {
    let key = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJ3eK1pdUbzEYm0FdHVEXUDqSQLGtyWOXNRNRNpNLyGhYqp6vN9ngAt6eTq+mKdOWfVLPT7XMvYfS8PcHLPKbQECAwEAAQ==";
    let (form1, _) = form(RecordType::TXT, "s1._domainkey", &[&format!("v=DKIM1; k=rsa; t=y:s; p={key}")]);
    assert_eq!(
        pieces(&form1),
        [
            "key type [rsa] = an RSA key".to_owned(),
            "flags [y:s] = only tested: treated as if not signed; the signer is exactly this domain, no subdomain".to_owned(),
            format!("public key [{key}] ? 512 bits: too short, counts for nothing"),
        ]
    );
    let (form2, _) = form(RecordType::TXT, "s1._domainkey", &["k=ed25519; p=AAAA"]);
    assert_eq!(pieces(&form2)[1], "public key [AAAA] ? no Ed25519 key: that has 32 octets");
    // A revoked key is one that is empty.
    let (mut revoked, draft) = form(RecordType::TXT, "s1._domainkey", &["v=DKIM1; p="]);
    go_to(&mut revoked, &draft, "flags");
    press(&mut revoked, &draft, "'y'");
    assert_eq!(text(&revoked, Part::Rdata(0)), "v=DKIM1; p=; t=y");
    let (form3, _) = form(RecordType::TXT, "_mta-sts", &["v=STSv1; id=2026-01"]);
    assert_eq!(pieces(&form3), ["id [2026-01] ? 1 to 32 letters and digits"]);
    let (form4, _) = form(RecordType::TXT, "_smtp._tls", &["v=TLSRPTv1; rua=https://example.com/r"]);
    assert_eq!(pieces(&form4), ["reports [https://example.com/r] = reports to https://example.com/r"]);
    let (form5, _) = form(RecordType::TXT, "www", &["google-site-verification=x; p=1"]);
    assert_eq!(pieces(&form5), [""; 0]);
}

#[test]
fn caa_authority_account_and_methods() {
    let (mut form, draft) = form(RecordType::CAA, "@", &["0", "issue"]);
    go_to(&mut form, &draft, "authority");
    press(&mut form, &draft, "'letsencrypt.org'");
    go_to(&mut form, &draft, "methods");
    press(&mut form, &draft, "Space");
    assert_eq!(text(&form, Part::Rdata(2)), "letsencrypt.org; validationmethods=dns-01");
    go_to(&mut form, &draft, "account");
    press(&mut form, &draft, "'1234'");
    assert_eq!(pieces(&form)[1], "methods [dns-01] = proof by a TXT record (ACME)");
    assert_eq!(pieces(&form)[2], "account [1234] ? a URI, such as https://...");
    // A ; is for none.
    go_to(&mut form, &draft, "account");
    press(&mut form, &draft, "Ctrl-U");
    go_to(&mut form, &draft, "methods");
    press(&mut form, &draft, "Ctrl-U");
    go_to(&mut form, &draft, "authority");
    press(&mut form, &draft, "Ctrl-U ';'");
    assert_eq!(
        (text(&form, Part::Rdata(2)).as_str(), form.summary()),
        (";", Some("No authority is named: nobody may issue."))
    );
    // Tags are chosen from a list, and said in words.
    go(&mut form, &draft, Part::Rdata(1));
    press(&mut form, &draft, "Space");
    assert_eq!(text(&form, Part::Rdata(1)), "issuewild");
    assert_eq!(
        form.input(Part::Rdata(1)).unwrap().note,
        Some(Note::Means("who may issue for wildcards".into()))
    );
    press(&mut form, &draft, "Ctrl-U 'iodef'");
    assert_eq!(pieces(&form), [""; 0]);
}

#[test]
fn parameters_of_https() {
    let (mut form, draft) = form(RecordType::HTTPS, "www", &["1", "."]);
    go_to(&mut form, &draft, "alpn");
    press(&mut form, &draft, "Space Space");
    go_to(&mut form, &draft, "port");
    press(&mut form, &draft, "'99999'");
    assert_eq!(text(&form, Part::Rdata(2)), "alpn=h3,h2 port=99999");
    assert!(pieces(&form)[1].contains("! port is a number from 0 to 65535"), "{:?}", pieces(&form));
    // Enter leads to the parameter, not to the whole.
    go(&mut form, &draft, Part::Rdata(0));
    press(&mut form, &draft, "Enter");
    assert_eq!(form.inputs()[form.current()].label, "port");
    press(&mut form, &draft, "Ctrl-U '8443'");
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Enter") else { panic!("{:?}", pieces(&form)) };
    assert_eq!(types::format_rdata(RecordType::HTTPS, &accepted.rdata, None), "1 . alpn=\"h3,h2\" port=8443");
}

#[test]
fn the_name_of_a_service() {
    let draft = draft();
    let mut form = Form::add(RecordType::SRV, None, draft.contents(), 3600);
    press(&mut form, &draft, "Tab 'sip' Tab Space");
    assert_eq!(text(&form, Part::Owner), "_sip._tcp");
    press(&mut form, &draft, "Tab 'dept'");
    assert_eq!(text(&form, Part::Owner), "_sip._tcp.dept");
    press(&mut form, &draft, "Tab Tab '1' Tab '1' Tab '5060' Tab 'www'");
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Enter") else { panic!("{:?}", form.message()) };
    assert_eq!(accepted.owner, name("_sip._tcp.dept"));
    // Typed whole, it is seen in parts.
    let mut form = Form::add(RecordType::TLSA, None, draft.contents(), 3600);
    press(&mut form, &draft, "'_25._tcp.mail.example.com.'");
    assert_eq!(
        pieces(&form),
        ["port [25] = mail between servers", "protocol [tcp] = TCP", "host [mail.example.com.]"]
    );
    press(&mut form, &draft, "Ctrl-U 'www'");
    assert_eq!(pieces(&form), [""; 0]);
}

#[test]
fn a_form_with_pieces_is_kept_and_opened_again() {
    let (mut form, draft) = form(RecordType::TXT, "_dmarc", &[]);
    go_to(&mut form, &draft, "policy");
    press(&mut form, &draft, "'reject'");
    let again = Form::reopened(&form.kept(), draft.contents(), 3600);
    assert_eq!(text(&again, Part::Rdata(0)), "v=DMARC1; p=reject");
    assert_eq!((pieces(&again), again.current()), (pieces(&form), form.current()));
}

fn any_text() -> impl Strategy<Value = (RecordType, String, Vec<String>)> {
    let policy = "(v=(spf1|SPF1|DMARC1|dkim1|DKIM1|STSv1|TLSRPTv1))?([ ;]{0,3}(p|sp|rua|k|t|id|a|mx|ip4|-all)?[ =:/]{0,2}[a-z0-9:./;,\"\\\\é ]{0,9}){0,6}";
    let owner = prop::sample::select(vec!["@", "_dmarc", "s._domainkey", "_mta-sts", "_smtp._tls"]);
    prop_oneof![
        3 => (owner, policy).prop_map(|(owner, text)| (RecordType::TXT, owner.to_owned(), vec![text])),
        1 => "[a-z.]{0,9}([; ]{0,3}(accounturi|validationmethods|x)?=?[a-z0-9:/,; ]{0,9}){0,4}"
            .prop_map(|text| (RecordType::CAA, "@".into(), vec!["0".into(), "issue".into(), text])),
        1 => "( {0,2}(alpn|port|ipv4hint|key9|x|no-default-alpn)=?\"?[a-z0-9,.\\\\]{0,6}\"?){0,5}"
            .prop_map(|text| (RecordType::HTTPS, "www".into(), vec!["1".into(), ".".into(), text])),
        1 => "[_.a-z\\\\]{0,12}".prop_map(|owner| (RecordType::SRV, owner, vec![])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn pieces_make_the_text_that_they_are_from((rtype, owner, fields) in any_text()) {
        let draft = draft();
        let mut form = Form::add(rtype, Some(&name("new")), draft.contents(), 3600);
        for (part, text) in std::iter::once((Part::Owner, owner)).chain((0..).map(Part::Rdata).zip(fields)) {
            form.inputs.iter_mut().find(|input| input.part == part).unwrap().field = Field::new(&text);
        }
        form.current = 0;
        form.check(draft.contents());
        if let Some(apart) = &form.apart {
            let before = text(&form, apart.of);
            prop_assert_eq!(apart.text(), before.trim());
        }
    }
}
