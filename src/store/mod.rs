//! Files: configuration, keys, drafts.
