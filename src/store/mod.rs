//! Files: configuration, keys, drafts, documents, history.

pub mod documents;
pub mod drafts;
mod files;
pub mod history;
mod key_text;
pub mod keys;
mod lines;
pub mod paths;
pub mod settings;
