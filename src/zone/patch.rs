//! What was done to a zone's text: the part of a step that is no records, such as comments.

use std::ops::Range;

/// At an offset, in octets, one text was put in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    pub offset: usize,
    pub removed: String,
    pub inserted: String,
}

/// Edits of a text, in the order in which they are made: each offset is one of the text that the edits before it left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextPatch(pub Vec<TextEdit>);

/// Texts that differ in more lines than this between their first and last difference are replaced there as a whole.
const MOST_LINES: usize = 400;

impl TextPatch {
    /// The whole lines in which two texts differ.
    pub fn between(old: &str, new: &str) -> TextPatch {
        let (before, after) = common_ends(old, new);
        let middle = |text: &'_ str| before..text.len() - after;
        let (a, b) = (Lines::new(old, middle(old)), Lines::new(new, middle(new)));
        let whole = || vec![(0..a.count(), 0..b.count())];
        let hunks = hunks(&a, &b).unwrap_or_else(whole);
        let edits = hunks.into_iter().map(|(gone, come)| TextEdit {
            offset: a.start(gone.start),
            removed: a.text(gone).into(),
            inserted: b.text(come).into(),
        });
        TextPatch(edits.filter(|edit| edit.removed != edit.inserted).collect())
    }

    /// What two people made of one text, put together; `None` where they were at the same lines.
    pub fn merged(old: &str, mine: &str, theirs: &str) -> Option<String> {
        let mut edits = TextPatch::between(old, mine).0;
        for edit in TextPatch::between(old, theirs).0 {
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
        // From the last to the first, so that each place is one of the old text.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.offset));
        let mut text = old.to_owned();
        let mut free = usize::MAX;
        for edit in edits {
            let end = edit.offset.checked_add(edit.removed.len())?;
            if end >= free || text.get(edit.offset..end)? != edit.removed {
                return None;
            }
            text.replace_range(edit.offset..end, &edit.inserted);
            free = edit.offset;
        }
        Some(text)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What takes it back.
    pub fn inverse(&self) -> TextPatch {
        let back = |edit: &TextEdit| TextEdit {
            offset: edit.offset,
            removed: edit.inserted.clone(),
            inserted: edit.removed.clone(),
        };
        TextPatch(self.0.iter().rev().map(back).collect())
    }

    /// This one and then another.
    pub fn then(mut self, other: TextPatch) -> TextPatch {
        self.0.extend(other.0);
        self
    }

    /// The lines that go and the lines that come.
    pub fn lines(&self) -> (usize, usize) {
        let count = |text: &str| text.split_inclusive('\n').count();
        let (gone, come) = (self.0.iter().map(|edit| count(&edit.removed)), &self.0);
        (gone.sum(), come.iter().map(|edit| count(&edit.inserted)).sum())
    }
}

/// Whole lines that are the same at the start and at the end: their octets.
fn common_ends(old: &str, new: &str) -> (usize, usize) {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let before = if same == a.len() && same == b.len() {
        same
    } else {
        a.get(..same).and_then(|same| memchr::memrchr(b'\n', same)).map_or(0, |at| at + 1)
    };
    let most = a.len().min(b.len()) - before;
    let same = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let tail = a.get(a.len() - same..).unwrap_or_default();
    // The first line of what is the same at the end may be the end of a longer one.
    let after = memchr::memchr(b'\n', tail).map_or(0, |at| tail.len() - at - 1);
    (before, after)
}

/// A part of a text in lines.
struct Lines<'a> {
    text: &'a str,
    /// Where each begins, and the end.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, range: Range<usize>) -> Lines<'a> {
        let (start, end) = (range.start, range.end);
        let inside = text.as_bytes().get(range).unwrap_or_default();
        let mut starts = vec![start];
        starts.extend(memchr::memchr_iter(b'\n', inside).map(|at| start + at + 1));
        if starts.last() != Some(&end) {
            starts.push(end);
        }
        Lines { text, starts }
    }

    fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).or(self.starts.last()).copied().unwrap_or(0)
    }

    fn text(&self, lines: Range<usize>) -> &'a str {
        self.text.get(self.start(lines.start)..self.start(lines.end)).unwrap_or_default()
    }

    fn line(&self, line: usize) -> Option<&'a str> {
        (line < self.count()).then(|| self.text(line..line + 1))
    }
}

type Hunk = (Range<usize>, Range<usize>);

/// The fewest lines that go and come, from the last to the first (Myers, "An O(ND) Difference Algorithm", 1986);
/// `None` where they are too many.
fn hunks(a: &Lines<'_>, b: &Lines<'_>) -> Option<Vec<Hunk>> {
    let (n, m) = (a.count(), b.count());
    // The furthest line of `a` that is reached on each diagonal, kept for every number of edits.
    let mut reached: Vec<usize> = vec![0; 2 * MOST_LINES + 3];
    let place = |k: isize| (k + MOST_LINES as isize + 1).unsigned_abs();
    let mut trace = Vec::new();
    for edits in 0..=MOST_LINES.min(n + m) as isize {
        trace.push(reached.clone());
        for k in (-edits..=edits).step_by(2) {
            let mut x = from(&reached, place, k, edits).0;
            let mut y = x.checked_add_signed(-k)?;
            while x < n && y < m && a.line(x) == b.line(y) {
                (x, y) = (x + 1, y + 1);
            }
            *reached.get_mut(place(k))? = x;
            if x >= n && y >= m {
                return walk_back(&trace, place, (n, m));
            }
        }
    }
    None
}

/// Where the furthest way with one edit fewer leads on to diagonal `k`, and the diagonal that it comes from.
fn from(reached: &[usize], place: impl Fn(isize) -> usize, k: isize, edits: isize) -> (usize, isize) {
    let at = |k| reached.get(place(k)).copied().unwrap_or(0);
    match k == -edits || (k != edits && at(k - 1) < at(k + 1)) {
        true => (at(k + 1), k + 1),
        false => (at(k - 1) + 1, k - 1),
    }
}

fn walk_back(
    trace: &[Vec<usize>],
    place: impl Fn(isize) -> usize + Copy,
    end: (usize, usize),
) -> Option<Vec<Hunk>> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut x, mut y) = end;
    for (edits, reached) in trace.iter().enumerate().skip(1).rev() {
        let k = x as isize - y as isize;
        let (_, from_k) = from(reached, place, k, edits as isize);
        let from_x = *reached.get(place(from_k))?;
        let from_y = from_x.checked_add_signed(-from_k)?;
        // After the edit, lines that are the same.
        let (to_x, to_y) = if from_k == k + 1 { (from_x, from_y + 1) } else { (from_x + 1, from_y) };
        match hunks.last_mut().filter(|(gone, come)| gone.start == to_x && come.start == to_y) {
            Some((gone, come)) => (gone.start, come.start) = (from_x, from_y),
            None => hunks.push((from_x..to_x, from_y..to_y)),
        }
        (x, y) = (from_x, from_y);
    }
    Some(hunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply(patch: &TextPatch, text: &str) -> String {
        let mut text = text.to_owned();
        for edit in &patch.0 {
            let range = edit.offset..edit.offset + edit.removed.len();
            assert_eq!(text.get(range.clone()), Some(&*edit.removed));
            text.replace_range(range, &edit.inserted);
        }
        text
    }

    #[test]
    fn two_people_at_one_text() {
        let old = "a\nb\nc\nd\ne\n";
        for (mine, theirs, merged) in [
            ("a\nB\nc\nd\ne\n", "a\nb\nc\nD\ne\n", Some("a\nB\nc\nD\ne\n")),
            ("a\nb\nc\nd\ne\nf\n", "0\na\nc\nd\ne\n", Some("0\na\nc\nd\ne\nf\n")),
            (old, "x\n", Some("x\n")),
            ("a\nB\nc\nd\ne\n", "a\nB\nc\nd\ne\n", Some("a\nB\nc\nd\ne\n")),
            ("a\nB\nc\nd\ne\n", "a\nX\nc\nd\ne\n", None),
            ("a\nB\nc\nd\ne\n", "a\nb\nC\nd\ne\n", None),
        ] {
            assert_eq!(TextPatch::merged(old, mine, theirs).as_deref(), merged, "{mine:?} {theirs:?}");
        }
    }

    #[test]
    fn only_the_lines_that_differ() {
        let patch = TextPatch::between("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\nf\n");
        assert_eq!(patch.0.len(), 2);
        assert_eq!(patch.lines(), (1, 2));
        assert!(TextPatch::between("same\n", "same\n").is_empty());
        let (old, new): (String, String) =
            (0..MOST_LINES).map(|n| (format!("a{n}\n"), format!("b{n}\n"))).unzip();
        assert_eq!(TextPatch::between(&old, &new).0.len(), 1, "too many: as a whole");
        assert_eq!(
            TextPatch::between("x", "x\n").0,
            [TextEdit { offset: 0, removed: "x".into(), inserted: "x\n".into() }]
        );
    }

    proptest! {
        #[test]
        fn there_and_back(old in "([abä\r]{0,2}\n?){0,12}", new in "([abä\r]{0,2}\n?){0,12}") {
            let patch = TextPatch::between(&old, &new);
            prop_assert_eq!(apply(&patch, &old), new.clone());
            prop_assert_eq!(apply(&patch.inverse(), &new), old.clone());
            prop_assert_eq!(patch.is_empty(), old == new);
            let both = patch.clone().then(patch.inverse());
            prop_assert_eq!(apply(&both, &old), old);
        }
    }
}
