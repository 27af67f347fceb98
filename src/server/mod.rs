//! The embedded primary, for the demo and for tests.
