//! Whole-program tests: one target, one link.

mod apply;
mod embedded;
mod failures;
mod hostile;
mod lab;
mod layers;
mod primaries;
