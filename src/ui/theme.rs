//! What things look like: sixteen colours and bold or dim. Nothing is told by colour alone; without colours the
//! signs in the text say the same.

use ratatui::style::{Color, Modifier, Style};

use crate::app::changes::LineKind;
use crate::app::pushing::Tone;
use crate::app::rows::{Mark, Row};
use crate::check::Severity;

/// The looks of one terminal.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    pub colours: bool,
    pub unicode: bool,
}

impl Theme {
    pub fn plain(self) -> Style {
        Style::new()
    }

    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Frames, column heads, what cannot be done now.
    pub fn faint(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The selected row's marker where the keys go. Plain: each move draws it, and every attribute costs bytes.
    pub fn marker(self, active: bool) -> Style {
        if active { self.plain() } else { self.faint() }
    }

    pub fn good(self) -> Style {
        self.colour(Color::Green)
    }

    pub fn doubt(self) -> Style {
        self.colour(Color::Yellow)
    }

    pub fn bad(self) -> Style {
        self.colour(Color::Red)
    }

    /// A key in a hint or in the help.
    pub fn key(self) -> Style {
        self.colour(Color::Cyan)
    }

    /// A type or a directive in a zone file.
    pub fn word(self) -> Style {
        if self.colours { self.plain().fg(Color::Cyan) } else { self.plain() }
    }

    /// A quoted string in a zone file.
    pub fn string(self) -> Style {
        if self.colours { self.plain().fg(Color::Green) } else { self.plain() }
    }

    fn colour(self, colour: Color) -> Style {
        let strong = self.strong();
        if self.colours { strong.fg(colour) } else { strong }
    }

    /// The sign of a row's change (of `news`: others changed it, and nobody has looked yet), and how it looks; the row's text looks the same but for bold.
    pub fn mark(self, row: &Row, news: bool) -> (char, Style) {
        match row.mark {
            _ if row.conflict => ('!', self.colour(Color::Magenta)),
            Mark::Unchanged if news => ('*', self.key()),
            Mark::Unchanged => (' ', self.plain()),
            Mark::Added => ('+', self.good()),
            Mark::Changed => ('~', self.doubt()),
            Mark::Deleted => ('-', self.bad()),
            Mark::Parked => (';', self.faint()),
        }
    }

    /// The sign of a finding.
    pub fn finding(self, severity: Severity) -> (char, Style) {
        match severity {
            Severity::Error => ('!', self.bad()),
            Severity::Warning => ('?', self.doubt()),
            Severity::Hint if self.unicode => ('·', self.plain()),
            Severity::Hint => ('.', self.plain()),
        }
    }

    pub fn change(self, kind: LineKind) -> (&'static str, Style) {
        match kind {
            LineKind::Head => ("", self.strong()),
            LineKind::Removed => ("    - ", self.bad()),
            LineKind::Added => ("    + ", self.good()),
            LineKind::Fact => ("      ", self.plain()),
            LineKind::Finding => ("    ! ", self.doubt()),
            LineKind::Note => ("  * ", self.plain()),
            LineKind::Trouble => ("  ! ", self.bad()),
        }
    }

    pub fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Good => self.good(),
            Tone::Bad => self.bad(),
            Tone::Doubt => self.doubt(),
            Tone::Plain => self.plain(),
        }
    }

    /// Stands at the left of the selected row of a pane. Where the keys do not go it is another one if there are no
    /// colours: what is dim there may look the same.
    pub fn marker_sign_of(self, active: bool) -> &'static str {
        match (active || self.colours, self.unicode) {
            (true, _) => self.marker_sign(),
            (false, true) => "▏",
            (false, false) => ".",
        }
    }

    /// Stands before the title of a pane: where there are no colours, of the one that the keys go to. It costs bytes only
    /// when another pane gets them.
    pub fn title_sign(self, active: bool) -> &'static str {
        if active && !self.colours { self.marker_sign() } else { " " }
    }

    /// Stands at the left of the selected row.
    pub fn marker_sign(self) -> &'static str {
        if self.unicode { "▌" } else { ">" }
    }

    /// Stands before the name of a marked row.
    pub fn mark_sign(self) -> &'static str {
        if self.unicode { "•" } else { "*" }
    }

    /// Stands where text was cut off.
    pub fn ellipsis(self) -> char {
        if self.unicode { '…' } else { '~' }
    }

    /// Between the parts of a line.
    pub fn dot(self) -> &'static str {
        if self.unicode { " · " } else { " | " }
    }
}
