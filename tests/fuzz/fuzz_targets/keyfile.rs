//! Any text as a key file: a key or a sentence, and the sentence is fit for a terminal.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use zonewright::store::keys::from_text;

fuzz_target!(|text: &str| {
    for (wanted, path) in [(None, None), (Some("a"), None), (None, Some(Path::new("/x/Ka.+163+00001.private")))] {
        if let Err(failure) = from_text(text, wanted, path, "The key cannot be used.") {
            assert!(!failure.to_string().contains(char::is_control));
        }
    }
});
