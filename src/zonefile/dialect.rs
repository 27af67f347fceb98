//! Where readers of zone files disagree: warnings that name who reads it how. `reference/zone-file-dialects.md` has
//! the measurements.

use super::problem::Problems;

/// Line ends that are not `\n` alone.
pub fn line_ends(text: &[u8], problems: &mut Problems) {
    let mut places = memchr::memchr_iter(b'\r', text);
    let Some(first) = places.next() else { return };
    let is_bare = |at: usize| text.get(at + 1) != Some(&b'\n');
    if !is_bare(first) {
        problems.warning(
            first..first + 2,
            "The lines end with CR LF, as on Windows. BIND and NSD read that, Knot refuses the file. Save it with LF.",
        );
    }
    if let Some(bare) = std::iter::once(first).chain(places).find(|at| is_bare(*at)) {
        problems.warning(
            bare..bare + 1,
            "A line ends with CR alone. BIND reads that, other servers refuse the file or take the next line for a part \
             of this one. Save it with LF.",
        );
    }
}
