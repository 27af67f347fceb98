//! Whole-program tests: one target, one link.

mod lab;
mod layers;
