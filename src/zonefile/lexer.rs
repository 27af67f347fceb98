//! Zone-file text as tokens with byte spans (RFC 1035 section 5.1): words, quoted strings, parentheses, comments,
//! line ends. Lines are independent of each other: grouping them by parentheses is the next step's business
//! ([`super::entry`]), which lets highlighting start at any line.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Blanks at the start of a line: the entry takes the owner of the one before it. Other blanks are not tokens.
    Indent,
    /// Text without quotes, escapes still in.
    Word,
    /// A quoted string; the span includes the quotes.
    Quoted,
    /// A quoted string that its line ends before its closing quote does.
    Unclosed,
    Open,
    Close,
    /// From the semicolon to the end of the line.
    Comment,
    /// `\n`, `\r\n` or `\r`.
    LineEnd,
}

/// A piece of text: octets `start` to `end` (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexeme {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Walks over text. Never fails: what is wrong is a token too.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

/// Is a word over at this octet, or does it protect the next one?
#[inline]
pub fn stops_word(octet: u8) -> bool {
    const STOPS: [bool; 256] = {
        let mut table = [false; 256];
        let mut octet = 0;
        while octet < table.len() {
            table[octet] =
                matches!(octet as u8, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'(' | b')' | b';' | b'\\');
            octet += 1;
        }
        table
    };
    STOPS.get(usize::from(octet)).is_some_and(|stops| *stops)
}

impl<'a> Lexer<'a> {
    /// Starts at offset `at`, which should be the start of a line.
    pub fn new(text: &'a [u8], at: usize) -> Lexer<'a> {
        Lexer { text, at }
    }

    /// Goes on from another offset.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Where the next token, or the blanks before it, begins.
    pub fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes over octets while `within` holds.
    #[inline]
    fn skip_while(&mut self, within: impl Fn(u8) -> bool) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|octet| !within(*octet)).unwrap_or(rest.len());
    }

    /// Passes over a backslash and the octet that it protects. A line end is never protected.
    fn skip_escape(&mut self) {
        self.at += 1;
        if self.peek().is_some_and(|octet| !matches!(octet, b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> Kind {
        loop {
            self.skip_while(|octet| !stops_word(octet));
            if self.peek() != Some(b'\\') {
                return Kind::Word;
            }
            self.skip_escape();
        }
    }

    fn quoted(&mut self) -> Kind {
        self.at += 1;
        loop {
            self.skip_while(|octet| !matches!(octet, b'"' | b'\\' | b'\n' | b'\r'));
            match self.peek() {
                Some(b'\\') => self.skip_escape(),
                Some(b'"') => {
                    self.at += 1;
                    return Kind::Quoted;
                }
                _ => return Kind::Unclosed,
            }
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Lexeme;

    #[inline]
    fn next(&mut self) -> Option<Lexeme> {
        let mut start = self.at;
        let mut first = self.peek()?;
        if matches!(first, b' ' | b'\t') {
            self.skip_while(|octet| matches!(octet, b' ' | b'\t'));
            let before = start.checked_sub(1).and_then(|before| self.text.get(before));
            if before.is_none_or(|octet| matches!(octet, b'\n' | b'\r')) {
                return Some(Lexeme { kind: Kind::Indent, start, end: self.at });
            }
            start = self.at;
            first = self.peek()?;
        }
        let kind = match first {
            b'"' => self.quoted(),
            b';' => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                Kind::Comment
            }
            b'\\' | 0x21..=0x27 | 0x2a..=0xff => self.word(),
            other => {
                self.at += 1;
                match other {
                    b'(' => Kind::Open,
                    b')' => Kind::Close,
                    b'\n' => Kind::LineEnd,
                    b'\r' => {
                        if self.peek() == Some(b'\n') {
                            self.at += 1;
                        }
                        Kind::LineEnd
                    }
                    _ => self.word(),
                }
            }
        };
        Some(Lexeme { kind, start, end: self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        Lexer::new(text.as_bytes(), 0).map(|token| (token.kind, &text[token.start..token.end])).collect()
    }

    #[test]
    fn every_kind_of_token() {
        use Kind::*;
        assert_eq!(
            kinds("www\\;\\ x TXT \"a \\\" ;b\"(\tc) ; rest\r\n \r\"open\\\nlast\\"),
            [
                (Word, "www\\;\\ x"),
                (Word, "TXT"),
                (Quoted, "\"a \\\" ;b\""),
                (Open, "("),
                (Word, "c"),
                (Close, ")"),
                (Comment, "; rest"),
                (LineEnd, "\r\n"),
                (Indent, " "),
                (LineEnd, "\r"),
                (Unclosed, "\"open\\"),
                (LineEnd, "\n"),
                (Word, "last\\"),
            ]
        );
        assert_eq!(kinds("a\"b\"c"), [(Word, "a"), (Quoted, "\"b\""), (Word, "c")]);
        assert_eq!(kinds("a "), [(Word, "a")]);
        assert_eq!(kinds(""), []);
    }

    proptest! {
        /// Tokens go forward, do not overlap, and leave out nothing but blanks.
        #[test]
        fn tokens_cover_the_text(text in prop::collection::vec(
            prop_oneof![any::<u8>(), Just(b'"'), Just(b'\\'), Just(b'\n'), Just(b'\r'), Just(b' '), Just(b'(')],
            0..200,
        )) {
            let mut at = 0;
            for token in Lexer::new(&text, 0) {
                prop_assert!(token.start >= at && token.end > token.start);
                prop_assert!(text[at..token.start].iter().all(|octet| b" \t".contains(octet)));
                at = token.end;
            }
            prop_assert!(text[at..].iter().all(|octet| b" \t".contains(octet)));
        }
    }
}
