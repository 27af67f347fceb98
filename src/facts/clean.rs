//! The one place where text that comes from zones, servers, files or the keyboard is made safe for the terminal.
//!
//! ratatui writes what it is given. A control character could drive the terminal, and an invisible or turning one
//! could show a name as another: each becomes a visible mark.

use std::borrow::Cow;

/// The text with a visible mark for each character that a terminal would obey, hide or use to turn text round.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            // Unicode has a picture for each C0 control and for DEL.
            '\0'..='\x1f' => shown.extend(char::from_u32(0x2400 + u32::from(character))),
            '\x7f' => shown.push('␡'),
            unsafe_one if is_unsafe(unsafe_one) => {
                shown.push_str(&format!("<U+{:04X}>", u32::from(unsafe_one)))
            }
            safe => shown.push(safe),
        }
    }
    Cow::Owned(shown)
}

fn is_unsafe(character: char) -> bool {
    // C0, DEL, C1.
    character.is_control()
        || matches!(character,
            // Marks, overrides and isolates of text direction.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Line and paragraph separator.
            | '\u{2028}' | '\u{2029}'
            // Without width or without ink: soft hyphen, grapheme joiner, Hangul fillers, Khmer inherent vowels,
            // Mongolian separators, zero-width space and joiners, invisible operators, old format controls,
            // byte order mark, interlinear annotation, shorthand and musical controls, tags.
            | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn safe_text_is_left_alone() {
        for text in ["", "www.example.com.", "ein Gerät", "日本語", "שלום", "e\u{301}", "❤\u{fe0f}"]
        {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn marks() {
        for (text, shown) in [
            ("\x1b[2Jx", "␛[2Jx"),
            ("a\0b\tc\r\n", "a␀b␉c␍␊"),
            ("\x7f", "␡"),
            ("\u{9b}2J", "<U+009B>2J"),
            ("abc\u{202e}gnp.exe", "abc<U+202E>gnp.exe"),
            ("a\u{200b}b\u{feff}", "a<U+200B>b<U+FEFF>"),
            ("a\u{2028}b", "a<U+2028>b"),
            ("\u{61c}\u{200e}\u{200f}\u{2066}\u{2069}", "<U+061C><U+200E><U+200F><U+2066><U+2069>"),
            ("\u{e0041}", "<U+E0041>"),
        ] {
            assert_eq!(clean(text), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            let shown = clean(&text);
            prop_assert!(!shown.contains(char::is_control));
            prop_assert_eq!(clean(&shown).into_owned(), shown.into_owned());
        }

        /// What came in stays countable: no character vanishes.
        #[test]
        fn nothing_vanishes(control in prop::char::range('\0', '\x1f'), code in 0x80u32..=0x9f) {
            prop_assert_eq!(clean(&control.to_string()).width(), 1);
            let c1 = char::from_u32(code).unwrap().to_string();
            prop_assert_eq!(clean(&c1).width(), 8);
        }
    }
}
