//! Keys as the program knows them: a code and modifiers, with a written form for help and configuration.
//!
//! Terminal events are turned into these by `term`; which command a key runs is the keymap's business (`app`).

/// One key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    /// Only for keys that are not characters: an upper-case letter is its own character. With Ctrl or Alt, letters have
    /// no case.
    pub shift: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// Function key, 1 to 12.
    F(u8),
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    pub const fn char(character: char) -> Key {
        Key::plain(Code::Char(character))
    }

    pub const fn ctrl(character: char) -> Key {
        Key { code: Code::Char(character), ctrl: true, alt: false, shift: false }
    }

    /// Reads the written form: `a`, `+`, `Space`, `Enter`, `Ctrl-S`, `Alt-N`, `Shift-Left`, `F2`. The inverse of
    /// `Display`.
    pub fn parse(text: &str) -> Option<Key> {
        if text == "Shift-Tab" {
            return Some(Key::plain(Code::BackTab));
        }
        let mut key = Key::plain(Code::Esc);
        let mut rest = text;
        loop {
            // A lone "-" or "Ctrl--" ends in the character itself.
            match rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
                Some(("Ctrl", after)) if !key.ctrl => (key.ctrl, rest) = (true, after),
                Some(("Alt", after)) if !key.alt => (key.alt, rest) = (true, after),
                Some(("Shift", after)) if !key.shift => (key.shift, rest) = (true, after),
                _ => break,
            }
        }
        let mut characters = rest.chars();
        key.code = match (characters.next(), characters.next()) {
            (Some(only), None) => {
                Code::Char(if key.ctrl || key.alt { only.to_ascii_lowercase() } else { only })
            }
            _ => NAMES.iter().find(|(_, name)| *name == rest).map(|(code, _)| *code).or_else(|| {
                let number = rest.strip_prefix('F')?.parse().ok()?;
                (1..=12).contains(&number).then_some(Code::F(number))
            })?,
        };
        Some(key)
    }
}

const NAMES: [(Code, &str); 17] = [
    (Code::Char(' '), "Space"),
    (Code::Enter, "Enter"),
    (Code::Esc, "Esc"),
    (Code::Tab, "Tab"),
    (Code::BackTab, "Shift-Tab"),
    (Code::BackTab, "BackTab"),
    (Code::Backspace, "Backspace"),
    (Code::Delete, "Del"),
    (Code::Insert, "Ins"),
    (Code::Up, "Up"),
    (Code::Down, "Down"),
    (Code::Left, "Left"),
    (Code::Right, "Right"),
    (Code::Home, "Home"),
    (Code::End, "End"),
    (Code::PageUp, "PgUp"),
    (Code::PageDown, "PgDn"),
];

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        for (on, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if on {
                text.push_str(name);
            }
        }
        match (self.code, NAMES.iter().find(|(code, _)| *code == self.code)) {
            (_, Some((_, name))) => text.push_str(name),
            (Code::F(number), None) => text.push_str(&format!("F{number}")),
            (Code::Char(character), None) if self.ctrl || self.alt => {
                text.push(character.to_ascii_uppercase())
            }
            (Code::Char(character), None) => text.push(character),
            (_, None) => {}
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_form_and_back() {
        for text in
            ["a", "A", "+", "-", "Space", "Enter", "Ctrl-S", "Alt-N", "Shift-Left", "F2", "Ctrl--", "BackTab"]
        {
            let key = Key::parse(text).unwrap();
            assert_eq!(Key::parse(&key.to_string()), Some(key), "{text}");
        }
        assert_eq!(Key::parse("Shift-Tab"), Some(Key::plain(Code::BackTab)));
        assert_eq!(Key::ctrl('s').to_string(), "Ctrl-S");
        assert_eq!(Key::parse("Alt-N"), Key::parse("Alt-n"));
        for text in ["", "Ctrl-", "F13", "Hyper-X", "ab"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
