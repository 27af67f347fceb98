//! Whole-program tests: one target, one link.

mod failures;
mod hostile;
mod lab;
mod layers;
mod scenarios;
