//! Whole-program tests: one target, one link.
