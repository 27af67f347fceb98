//! The configuration as values.
