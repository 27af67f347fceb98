//! What the words of a zone file are, for colours. The only state that reaches over a line end is how many
//! parentheses are open: it is kept for every few hundred lines, so that one typed character costs as much in a
//! million lines as in ten.

use std::ops::Range;

use crate::edit::{Changed, Text};
use crate::zone::types;
use crate::zonefile::lexer::{Kind, Lexer};

pub use crate::zonefile::document::MARK as PARKED;

/// Lines from one saved state to the next.
const LINES: usize = 512;

/// The saved states of a text.
#[derive(Debug, Clone, Default)]
pub struct Highlight {
    blocks: Vec<Block>,
    /// So many blocks, from the first, know the depth at which they begin.
    valid: usize,
}

/// A run of lines.
#[derive(Debug, Clone, Copy)]
struct Block {
    lines: usize,
    /// Parentheses that are open where it begins.
    depth: u16,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Owner,
    /// `$TTL` and the like, with what follows them.
    Directive,
    Type,
    Quoted,
    Comment,
    Parked,
    Plain,
}

impl Highlight {
    pub fn new(text: &Text) -> Highlight {
        let mut highlight = Highlight { blocks: Vec::new(), valid: 0 };
        highlight.blocks = states(text, 0..text.line_count(), 0).0;
        highlight.valid = highlight.blocks.len();
        highlight
    }

    /// Follows a change of the text.
    pub fn update(&mut self, text: &Text, changed: Changed) {
        let old_lines: usize = self.blocks.iter().map(|block| block.lines).sum();
        let new_lines = text.line_count();
        // One line more on both sides: an edit can make or part a line end of two octets.
        let first = text.line_of(changed.start).saturating_sub(1);
        let last_new = (text.line_of(changed.new_end) + 1).min(new_lines.saturating_sub(1));
        let last = (last_new + old_lines).saturating_sub(new_lines);
        let (from, start) = self.block_of(first);
        let to = self.block_of(last.max(first)).0.max(from);
        let touched = self.blocks.get(from..=to).unwrap_or_default().iter().map(|block| block.lines);
        let lines = (touched.sum::<usize>() + new_lines).saturating_sub(old_lines);
        let depth = self.blocks.get(from).map_or(0, |block| block.depth);
        let (blocks, end_depth) = states(text, start..start + lines, depth);
        let (count, next) = (blocks.len(), from + blocks.len());
        if to >= self.blocks.len() {
            *self = Highlight::new(text);
            return;
        }
        self.blocks.splice(from..=to, blocks);
        if from >= self.valid {
            return;
        }
        let was_valid = self.valid > to + 1;
        match self.blocks.get_mut(next) {
            None => self.valid = next,
            Some(after) if was_valid && after.depth == end_depth => {
                self.valid = self.valid + count - (to - from + 1);
            }
            Some(after) => {
                after.depth = end_depth;
                self.valid = next + 1;
            }
        }
    }

    /// How many parentheses are open where a line begins.
    pub fn depth_at(&mut self, text: &Text, line: usize) -> u16 {
        let (block, mut start) = self.block_of(line);
        while self.valid <= block && self.valid > 0 {
            let known = self.valid - 1;
            let before: usize = self.blocks.iter().take(known).map(|block| block.lines).sum();
            let Some(Block { lines, depth }) = self.blocks.get(known).copied() else { break };
            let depth = depth_after(text, before..before + lines, depth);
            if let Some(next) = self.blocks.get_mut(self.valid) {
                next.depth = depth;
            }
            self.valid += 1;
            start = before + lines;
        }
        let depth = self.blocks.get(block).map_or(0, |block| block.depth);
        depth_after(text, start..line, depth)
    }

    /// The block in which a line stands, and the first line of that.
    fn block_of(&self, line: usize) -> (usize, usize) {
        let mut start = 0;
        for (number, block) in self.blocks.iter().enumerate() {
            if line < start + block.lines || number + 1 == self.blocks.len() {
                return (number, start);
            }
            start += block.lines;
        }
        (0, 0)
    }
}

/// Blocks for these lines, and the depth at their end. A block may be twice as long as it should be, so that typing
/// line ends does not part blocks all the time.
fn states(text: &Text, lines: Range<usize>, mut depth: u16) -> (Vec<Block>, u16) {
    let mut blocks = Vec::new();
    let mut at = lines.start;
    while at < lines.end {
        let left = lines.end - at;
        let count = if left <= 2 * LINES { left } else { LINES };
        blocks.push(Block { lines: count, depth });
        depth = depth_after(text, at..at + count, depth);
        at += count;
    }
    (blocks, depth)
}

fn depth_after(text: &Text, lines: Range<usize>, depth: u16) -> u16 {
    text.lines_from(lines.start).take(lines.len()).fold(depth, |depth, line| line_depth(&line, depth))
}

/// The parentheses that are open after a line.
pub fn line_depth(line: &str, depth: u16) -> u16 {
    if memchr::memchr2(b'(', b')', line.as_bytes()).is_none() {
        return depth;
    }
    Lexer::new(line.as_bytes(), 0).fold(depth, |depth, token| match token.kind {
        Kind::Open => depth.saturating_add(1),
        Kind::Close => depth.saturating_sub(1),
        _ => depth,
    })
}

/// The words of a line that begins at a depth, and what they are.
pub fn looks(line: &str, depth: u16) -> Vec<(Range<usize>, Look)> {
    if depth == 0 && line.starts_with(PARKED) {
        return vec![(0..line.len(), Look::Parked)];
    }
    let mut looks = Vec::new();
    // Before the type: owner, TTL, class. Inside parentheses there is data only, as far as is worth knowing.
    let mut head = depth == 0;
    let mut directive = false;
    for (index, token) in Lexer::new(line.as_bytes(), 0).enumerate() {
        let span = token.start..token.end;
        let word = line.as_bytes().get(span.clone()).unwrap_or_default();
        let look = match token.kind {
            Kind::Comment => Look::Comment,
            Kind::Quoted | Kind::Unclosed => Look::Quoted,
            Kind::Word if index == 0 && depth == 0 && word.starts_with(b"$") => {
                directive = true;
                Look::Directive
            }
            Kind::Word if directive => Look::Directive,
            Kind::Word if index == 0 && depth == 0 => Look::Owner,
            Kind::Word if head && types::parse_type(word).is_some() => {
                head = false;
                Look::Type
            }
            _ => Look::Plain,
        };
        if look != Look::Plain {
            looks.push((span, look));
        }
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Buffer;
    use proptest::prelude::*;

    fn words(line: &str, depth: u16) -> Vec<(&str, Look)> {
        looks(line, depth).into_iter().map(|(span, look)| (&line[span], look)).collect()
    }

    #[test]
    fn what_words_are() {
        use Look::*;
        assert_eq!(
            words("www 300 IN TXT ( \"a;b\" A ; note", 0),
            [("www", Owner), ("TXT", Type), ("\"a;b\"", Quoted), ("; note", Comment)]
        );
        assert_eq!(words("  A 192.0.2.1", 0), [("A", Type)]);
        assert_eq!(words("A A 192.0.2.1", 0), [("A", Owner), ("A", Type)]);
        assert_eq!(words("$ORIGIN a.", 0), [("$ORIGIN", Directive), ("a.", Directive)]);
        assert_eq!(words("2024 ) ; serial", 1), [("; serial", Comment)]);
        assert_eq!(words(";~ www A 192.0.2.1", 0), [(";~ www A 192.0.2.1", Parked)]);
    }

    proptest! {
        /// Saved states are those of a text read anew, whatever is typed where.
        #[test]
        fn states_follow_every_edit(
            start in 0usize..1200,
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, prop::sample::select(vec!["(", ")", "\n", "x", "a (\n\n)", ";", "\"", "", "\r"])), 1..12),
            big in any::<prop::sample::Index>(),
        ) {
            let lines: String = (0..start).map(|n| if n % 7 == 0 { "a (\n" } else if n % 7 == 3 { ")\r\n" } else { "b\n" }).collect();
            let mut buffer = Buffer::at_start(Text::new(&lines));
            let mut highlight = Highlight::new(buffer.content());
            let big = big.index(edits.len());
            for (number, (at, length, text)) in edits.into_iter().enumerate() {
                let at = at.index(buffer.len() + 1);
                let length = if number == big { length * 100 } else { length };
                buffer.select(at..(at + length).min(buffer.len()));
                let many = text.repeat(if number == big { 1500 } else { 1 });
                buffer.paste(&many);
                if let Some(changed) = buffer.take_changed() {
                    highlight.update(buffer.content(), changed);
                }
                let lines = buffer.content().line_count();
                let mut anew = Highlight::new(buffer.content());
                // Sometimes only what is near is asked for, as on a screen.
                let asked = if number % 3 == 1 { lines / 2 } else { lines };
                for line in (0..asked).step_by(97) {
                    let text = buffer.content();
                    prop_assert_eq!(highlight.depth_at(text, line), anew.depth_at(text, line), "line {}", line);
                }
            }
        }
    }
}
