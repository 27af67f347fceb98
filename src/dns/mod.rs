//! Connections that carry `wire`, and unsigned questions through the hickory client.

pub mod connection;
pub mod failure;
pub mod questions;
use std::net::{IpAddr, SocketAddr};
/// Where a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub address: SocketAddr,
    /// The local address to send from, for servers that go by it.
    pub source: Option<IpAddr>,
    /// As the person wrote it, for messages.
    pub name: String,
}
