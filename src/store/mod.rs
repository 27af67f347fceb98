//! Files: configuration, keys, drafts, documents.

pub mod documents;
pub mod drafts;
mod files;
mod key_text;
pub mod keys;
mod lines;
pub mod paths;
pub mod settings;
