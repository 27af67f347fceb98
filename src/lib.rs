#![forbid(unsafe_code)]
//! zonewright: a terminal editor for DNS zones.
//!
//! This page is the map; `tests/all/layers.rs` holds the arrows.

pub mod app;
pub mod config;
pub mod dns;
pub mod edit;
pub mod facts;
pub mod key;
pub mod push;
pub mod run;
pub mod server;
pub mod store;
pub mod term;
pub mod ui;
pub mod wire;
pub mod zone;
pub mod zonefile;
