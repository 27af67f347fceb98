use proptest::prelude::*;

use super::*;

fn domain(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

fn found(body: &str, of: &str) -> Option<String> {
    recognise(body.as_bytes(), &domain(of)).map(|challenge| {
        assert_eq!(challenge.owner, domain(&format!("ownercheck.{of}")));
        assert_eq!(challenge.rtype, RecordType::TXT);
        challenge.value
    })
}

#[test]
fn in_every_language_and_shape() {
    for text in [
        "please create an 'ownercheck' TXT field with the value '339ea8d0'",
        "Maak voor 'example.com' een veld 'ownercheck' met waarde '339ea8d0'",
        "sukurkite \"ownercheck\" lauką su reikšme '339ea8d0'",
        "Please add 'ownercheck'='339ea8d0'; don't forget it",
        "don't wait: 'ownercheck' isn't there, its value is '339ea8d0'",
        "Créez le champ TXT « ownercheck » = « 339ea8d0 » s'il n'existe pas",
        "ownercheck.example.com. 60 IN TXT \"339ea8d0\"",
        "ownercheck IN TXT 339ea8d0",
        "name:\townercheck\nvalue:\t339ea8d0\n",
        "<b>ownercheck</b> TXT <code>339ea8d0</code> at example.com",
        "&#39;ownercheck&#39; with &quot;339ea8d0&quot;",
        "'OwnerCheck' of type 'TXT' at 'dns200.anycast.me' with value 339ea8d0.",
        "Since 20261122 the field 'ownercheck' with '339ea8d0' is missing (id 5f3e2a1b)",
        "'ownercheck' (since 20261122) '339ea8d0'",
        "Setzen Sie '339ea8d0' als Wert des Feldes 'ownercheck'",
        "所有者を確認できません。「ownercheck」に「339ea8d0」を設定してください。",
        "\\\"ownercheck\\\": \\\"339ea8d0\\\"",
        "„ownercheck“ -> „339ea8d0“",
        "ownercheck=339ea8d0",
    ] {
        for body in [
            serde_json::json!({ "class": "Client::BadRequest", "message": text, "details": {} }),
            serde_json::json!({ "errorCode": "X", "httpCode": "403 Forbidden", "message": text }),
            serde_json::json!([{ "errors": [{ "text": text }] }]),
        ] {
            assert_eq!(found(&body.to_string(), "example.com").as_deref(), Some("339ea8d0"), "{text}");
        }
        assert_eq!(found(text, "example.com").as_deref(), Some("339ea8d0"), "{text}");
    }
}

#[test]
fn label_and_value_may_stand_in_fields_of_their_own() {
    let body = serde_json::json!({
        "message": "Ownership of example.com cannot be verified, see 'ownercheck'",
        "details": { "subDomain": "ownercheck", "fieldType": "TXT", "fieldValue": "0011aabb" },
    });
    assert_eq!(found(&body.to_string(), "example.com").as_deref(), Some("0011aabb"));
}

#[test]
fn values_of_another_kind_are_found_as_well() {
    for (text, value) in [
        ("'ownercheck' with the value 'a1B2-c3D4_e5'", "a1B2-c3D4_e5"),
        ("ownercheck TXT 8f14e45fceea167a5a36dedd4bea2543", "8f14e45fceea167a5a36dedd4bea2543"),
        ("ownercheck TXT ovh-verify-77", "ovh-verify-77"),
    ] {
        assert_eq!(found(text, "example.com").as_deref(), Some(value), "{text}");
    }
}

#[test]
fn what_asks_for_no_proof() {
    for (text, of) in [
        ("", "example.com"),
        ("{}", "example.com"),
        ("Domain example.com already exists (id 339ea8d0)", "example.com"),
        // A domain may be called what it likes.
        ("Domain ownercheck.example already exists ('339ea8d0')", "ownercheck.example"),
        ("Domain 339ea8d0.example: no 'ownercheck' needed", "339ea8d0.example"),
        ("This is not 'ownercheck'", "example.com"),
        ("myownercheck '339ea8d0' nonownercheck-field", "example.com"),
        ("ownercheck", "example.com"),
        ("ownercheck TXT missing at dns1.example.net: try again", "example.com"),
    ] {
        assert_eq!(found(text, of), None, "{text}");
    }
    let long = domain(&format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(60)));
    assert_eq!(recognise(b"'ownercheck' '339ea8d0'", &long), None, "there is no such name");
}

fn quoted(inner: &str, style: usize) -> String {
    let (open, close) = [
        ("'", "'"),
        ("\"", "\""),
        ("`", "`"),
        ("« ", " »"),
        ("„", "“"),
        ("“", "”"),
        ("‘", "’"),
        ("「", "」"),
        ("", ""),
        ("<b>", "</b>"),
        ("&quot;", "&quot;"),
        ("&#39;", "&#39;"),
    ][style];
    format!("{open}{inner}{close}")
}

proptest! {
    #[test]
    fn never_panics(octets in prop::collection::vec(any::<u8>(), 0..400), text in ".*", of in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}") {
        recognise(&octets, &domain(&of));
        recognise(text.as_bytes(), &domain(&of));
        recognise(format!("{{\"message\":\"'ownercheck'{text}\"}}").as_bytes(), &domain(&of));
        recognise(format!("ownercheck {text}").as_bytes(), &domain(&of));
    }

    /// Whatever stands around them, as long as it does not look like a value itself.
    #[test]
    fn finds_the_value(
        value in "[0-9a-f]{8}",
        before in "[g-zG-ZäöüßéžПр,.!? ']{0,40}",
        gap in "([ ,:=]|TXT|[g-zéżщ]{1,6}'[g-z]{1,3}|[g-zG-ZäöЖ]{1,12} ){0,8}",
        after in "[g-zG-Zäöü,.!? ']{0,40}",
        (label_style, value_style) in (0usize..12, 0usize..12),
        shape in 0usize..4,
        of in "[a-z]{3,8}\\.[a-z]{2,5}",
    ) {
        let text = format!("{before} {} {gap} {} {after} {of}", quoted("ownercheck", label_style), quoted(&value, value_style));
        let body = match shape {
            0 => serde_json::json!({ "message": text }).to_string(),
            1 => serde_json::json!({ "errorCode": "X", "httpCode": "409 Conflict", "message": text }).to_string(),
            2 => serde_json::json!({ "class": "Client::Forbidden", "message": "no", "details": { "why": text } }).to_string(),
            _ => text,
        };
        let found = recognise(body.as_bytes(), &domain(&of)).map(|challenge| challenge.value);
        prop_assert_eq!(found.as_deref(), Some(value.as_str()), "{}", body);
    }
}
