//! The tokens of a record as fields take them, and the sentences that say what is missing.

use std::borrow::Cow;

use super::{Field, Token};

/// The tokens of a record, taken one after the other.
pub(super) struct Tokens<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// How many are taken.
    pub at: usize,
}

impl<'t, 'a> Tokens<'t, 'a> {
    pub fn new(tokens: &'t [Token<'a>]) -> Tokens<'t, 'a> {
        Tokens { tokens, at: 0 }
    }

    pub fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub fn one(&mut self, field: &Field) -> Result<Token<'a>, String> {
        self.next().ok_or_else(|| missing(field))
    }

    /// All that are left.
    pub fn all(&mut self) -> &'t [Token<'a>] {
        let all = self.tokens.get(self.at..).unwrap_or_default();
        self.at = self.tokens.len();
        all
    }

    /// All that are left, put together.
    pub fn joined(&mut self, field: &Field) -> Result<Cow<'a, [u8]>, String> {
        let all = match self.all() {
            [only] => Cow::Borrowed(only.text),
            all => {
                let mut joined = Vec::with_capacity(all.iter().map(|token| token.text.len()).sum());
                all.iter().for_each(|token| joined.extend_from_slice(token.text));
                Cow::Owned(joined)
            }
        };
        if all.is_empty() { Err(missing(field)) } else { Ok(all) }
    }
}

/// What to say where there is no text for a field.
pub(super) fn missing(field: &Field) -> String {
    format!("{} missing: {}", subject(field), field.hint)
}

/// "the preference is", "the flags are".
pub(super) fn subject(field: &Field) -> String {
    let plural = field.name.ends_with('s') && !field.name.ends_with("ss");
    format!("the {} {}", field.name, if plural { "are" } else { "is" })
}
