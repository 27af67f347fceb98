//! The screen of a proposal: a diff with ticks.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::changes;
use crate::app::layout::Layout;
use crate::app::proposal::Proposal;

pub fn draw(proposal: &Proposal, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let (all, ticked) = proposal.counts();
    let note = format!("{ticked} of {all} ticked");
    let inside = canvas.pane(layout, area, &proposal.title, &note, true);
    changes::lines(&proposal.lines, proposal.offset, proposal.selected, canvas, inside);
}
