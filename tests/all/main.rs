//! Whole-program tests: one target, one link.

mod apply;
mod cli;
mod doctor;
mod document;
mod durable;
mod dynamic;
mod editor;
mod embedded;
mod failures;
mod files;
mod history;
mod hostile;
mod hostile_text;
mod huge;
mod ixfr;
mod knot_text;
mod lab;
mod large;
mod layers;
mod nameservers;
mod primaries;
mod pty;
mod scenarios;
mod secondaries;
mod text;
mod zone_files;
