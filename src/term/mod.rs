//! The terminal: enter and leave, input thread, signals, output. Stands on `key` alone.

pub mod input;
pub mod painter;
pub mod screen;
