//! Files: configuration, keys, drafts.

pub mod drafts;
