//! Mail addresses as domain names, as an SOA and RP records write them (RFC 1035 section 8): the part before the @ is the
//! first label, dots in it included.

use super::name::Name;

/// The name for an address "local@domain". `None` where it is no address.
pub fn to_name(address: &str) -> Option<Name> {
    let (local, domain) = address.rsplit_once('@')?;
    let plain = |octet: u8| octet.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&octet);
    if local.is_empty() || local.len() > 63 || !local.bytes().all(plain) {
        return None;
    }
    // Other characters are none of a host's, or would have to be escaped in the name.
    if !domain.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet)) {
        return None;
    }
    let domain = Name::parse(domain.as_bytes(), Some(Name::root().as_ref())).ok()?;
    if domain.as_ref().is_root() {
        return None;
    }
    let mut wire = vec![u8::try_from(local.len()).ok()?];
    wire.extend_from_slice(local.as_bytes());
    wire.extend_from_slice(domain.wire());
    Name::from_wire(&wire).ok()
}

/// The address that a name stands for. `None` where there is none: a name of one label, or octets that no address has.
pub fn from_name(name: &Name) -> Option<String> {
    let local = name.as_ref().labels().next()?;
    let local = std::str::from_utf8(local).ok().filter(|local| !local.is_empty())?;
    let domain = name.parent().filter(|parent| !parent.as_ref().is_root())?.to_string();
    let address = format!("{local}@{}", domain.trim_end_matches('.'));
    (to_name(&address).as_ref() == Some(name)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_directions() {
        for (address, name) in [
            ("hostmaster@example.com", "hostmaster.example.com."),
            ("anna.smith@example.com", "anna\\.smith.example.com."),
            ("a.b+c@mail.example.com", "a\\.b+c.mail.example.com."),
            ("x@com", "x.com."),
        ] {
            let found = to_name(address).unwrap();
            assert_eq!(found.to_string(), name);
            assert_eq!(from_name(&found).as_deref(), Some(address));
        }
        for wrong in [
            "",
            "@",
            "a@",
            "@b.c",
            "a",
            "a b@c.d",
            "a@b..c",
            "a\\.b@c.d",
            "ü@c.d",
            "a@b@c.d",
            "\"a\"@b.c",
            "a@\"",
            "a@b\\.c",
            "a@@",
        ] {
            assert_eq!(to_name(wrong), None, "{wrong}");
        }
        for wrong in [".", "com.", "a\\@b.example.com.", "\\000.example.com."] {
            assert_eq!(from_name(&Name::parse(wrong.as_bytes(), None).unwrap()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,20}") {
            if let Some(name) = to_name(&text) {
                let back = from_name(&name).unwrap();
                prop_assert_eq!(to_name(&back), Some(name));
            }
        }
    }
}
