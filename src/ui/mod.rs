//! Drawing: the state in, cells out. Nothing here changes anything.

pub mod clean;
pub mod form;

use ratatui::Frame;

use crate::app::App;

/// Draws the whole screen.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let _ = (app, frame);
}
