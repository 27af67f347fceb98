//! Any text as a key file: a key, which reads back from the other forms that a key is written in, or a sentence, which
//! is fit for a terminal.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use zonewright::store::keys::from_text;

fuzz_target!(|text: &str| {
    for (wanted, path) in
        [(None, None), (Some("a"), None), (None, Some(Path::new("/x/Ka.+163+00001.private")))]
    {
        let key = match from_text(text, wanted, path, "The key cannot be used.") {
            Ok(key) => key,
            Err(failure) => {
                assert!(!failure.to_string().contains(char::is_control));
                continue;
            }
        };
        assert!(!key.secret.octets().is_empty());
        let (name, algorithm) = (key.name.to_string(), key.algorithm);
        // Names of keys are words; what needs an escape is written differently by every program.
        if !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-_".contains(&octet)) {
            continue;
        }
        let secret = base64(key.secret.octets());
        for written in [
            format!("key \"{name}\" {{\n\talgorithm {algorithm};\n\tsecret \"{secret}\";\n}};\n"),
            format!("key:\n- id: {name}\n  algorithm: {algorithm}\n  secret: {secret}\n"),
            format!("{algorithm}:{name}:{secret}\n"),
        ] {
            let again = from_text(&written, None, None, "The key cannot be used.");
            assert!(again.is_ok_and(|again| again == key), "{written}");
        }
    }
});

fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | chunk.get(at).copied().map_or(0, usize::from));
        for at in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * at) & 63]);
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}
