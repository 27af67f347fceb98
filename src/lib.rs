#![forbid(unsafe_code)]
//! zonewright: a terminal editor for DNS zones. This page is the map.
//!
//! One idea carries everything: **the RRset is the unit of change**. A draft, an undo step, a review, an update
//! message, a conflict, a read-back and a journal entry are one map ([`zone::ChangeMap`]) from RRset key to contents
//! before and after, seen from different sides.
//!
//! Data flows one way: keys, signals and network answers become [`app::Msg`]s, [`app::App::update`] turns them into
//! state and [`app::Effect`]s, [`run`] performs those and sends messages back; [`ui`] draws the state.
//!
//! Pure, without I/O, clock or sockets:
//!
//! * [`zone`]: names, the record-type table, RRsets, the snapshot of a zone in arenas, the draft over it, diff, serial
//!   arithmetic, and [`zone::update::apply`], RFC 2136 section 3 as a function. Stands on nothing of ours.
//! * [`key`]: keys as the program knows them. Stands on nothing of ours.
//! * [`edit`]: text editing: the buffer of text mode, and the one-line field. Stands on `key`.
//! * [`wire`]: messages, TSIG, updates and transfers as octets. Stands on `zone`.
//! * [`zonefile`]: BIND zone-file text, read and written. Stands on `zone`.
//! * [`facts`]: what network and disk tell us, as plain values. Stands on `zone`.
//! * [`config`]: the configuration as values. Stands on `zone`.
//! * [`check`]: rules over a zone or a draft, and their findings. Stands on `zone`, `zonefile` and
//!   `facts`.
//! * [`bulk`]: what is done with many records at once: filters, replacements, pasted lines. Stands on `zone` and `zonefile`.
//! * [`push`]: plan, predict, and the state machine of a push. Stands on `zone`, `wire` and `facts`.
//! * [`health`]: how a zone's servers stand, whether a change has come to all of them, and what caches may still hold. Stands
//!   on `zone` and `facts`.
//! * [`doctor`]: what works with a zone and its servers and what does not, judged by facts, with the remedy. Stands on
//!   `zone`, `facts` and `health`.
//! * [`registering`]: the state machine of a registration at a secondary service, with the proof of ownership. Stands on
//!   `zone`, `facts`, `push` and `doctor`.
//! * [`app`]: the state of the editor, the command table, one file a screen. Stands on the pure modules.
//! * [`ui`]: draws `app`; one file a pane.
//!
//! With the world:
//!
//! * [`dns`]: connections that carry `wire`, and unsigned questions through the hickory client.
//! * [`secondary`]: secondary DNS services: one trait, one file a backend. Also uses `dns` and `store`.
//! * [`store`]: files: configuration, keys, drafts, documents, history.
//! * [`server`]: the embedded primary, secondary and secondary service, for the demo and for tests. Also uses `dns`.
//! * [`term`]: enter and leave the screen, input thread, signals, output. Stands on `key`.
//! * [`cli`]: the command line as values.
//! * [`run`]: the only place that knows all of them: the loop, the effects, the verbs.
//!
//! `tests/all/layers.rs` reads the `use` lines and fails where an arrow runs another way.

pub mod app;
pub mod bulk;
pub mod check;
pub mod cli;
pub mod config;
pub mod dns;
pub mod doctor;
pub mod edit;
pub mod facts;
pub mod health;
pub mod key;
pub mod push;
pub mod registering;
pub mod run;
pub mod secondary;
pub mod server;
pub mod store;
pub mod term;
pub mod ui;
pub mod wire;
pub mod zone;
pub mod zonefile;
