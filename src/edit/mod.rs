//! Text editing: the one-line field.
