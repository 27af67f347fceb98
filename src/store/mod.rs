//! Files: configuration, keys, drafts, forms, documents, history, acknowledged findings.

pub mod acknowledged;
pub mod api_keys;
pub mod documents;
pub mod drafts;
mod files;
pub mod forms;
pub mod health;
pub mod history;
mod key_text;
pub mod keys;
mod lines;
pub mod paths;
pub mod registered;
pub mod registrations;
pub mod remembered;
pub mod secret_text;
pub mod secrets;
pub mod settings;
pub mod visits;
