//! Files: configuration, keys, drafts.

pub mod drafts;
mod key_text;
pub mod keys;
pub mod paths;
pub mod settings;
