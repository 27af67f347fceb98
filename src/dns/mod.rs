//! Connections that carry `wire`, and unsigned questions through the hickory client.
