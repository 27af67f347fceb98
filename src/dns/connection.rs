//! One TCP connection that carries DNS messages, each with its length before it (RFC 1035 section 4.2.2,
//! RFC 7766).
//!
//! It knows nothing of what the messages say, and gives up on time and size, never on content.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};

use super::Endpoint;

/// Room for a whole message of the largest size, so that a fast server is read with few system calls.
const READ_BUFFER: usize = 64 * 1024;

/// Why a connection did not carry a message.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Nothing was sent.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// Nothing was sent: this machine would not use the source address.
    #[error("cannot send from {0}: {1}")]
    Source(IpAddr, io::Error),
    #[error("no complete message in time")]
    TimedOut,
    #[error("closed by the server")]
    Closed,
    #[error("the message is longer than 65535 octets")]
    TooLong,
}

/// An open connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    message: Vec<u8>,
}

impl Connection {
    /// Connects, from the endpoint's source address where it has one.
    ///
    /// # Errors
    /// [`ConnectionError::Connect`] or [`ConnectionError::Source`].
    pub async fn open(endpoint: &Endpoint, patience: Duration) -> Result<Connection, ConnectionError> {
        let socket = match endpoint.address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }
        .map_err(ConnectionError::Connect)?;
        if let Some(source) = endpoint.source {
            socket
                .bind(SocketAddr::new(source, 0))
                .map_err(|error| ConnectionError::Source(source, error))?;
        }
        let stream = timeout(patience, socket.connect(endpoint.address))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(ConnectionError::Connect)?;
        // A message goes out in one write; waiting for more to send would only delay it.
        stream.set_nodelay(true).map_err(ConnectionError::Connect)?;
        Ok(Connection { stream: BufReader::with_capacity(READ_BUFFER, stream), message: Vec::new() })
    }

    /// Sends one message.
    ///
    /// # Errors
    /// Any but those of [`Connection::open`]. Except after [`ConnectionError::TooLong`], the server may have
    /// received it all the same.
    pub async fn send(&mut self, message: &[u8], deadline: Instant) -> Result<(), ConnectionError> {
        let length = u16::try_from(message.len()).map_err(|_| ConnectionError::TooLong)?;
        let mut octets = Vec::with_capacity(message.len() + 2);
        octets.extend_from_slice(&length.to_be_bytes());
        octets.extend_from_slice(message);
        in_time(deadline, self.stream.write_all(&octets)).await
    }

    /// Receives one message, all of it before `deadline`: a server that drips octets gets no more time. It is
    /// then in [`Connection::message`].
    ///
    /// # Errors
    /// [`ConnectionError::TimedOut`], [`ConnectionError::Closed`].
    pub async fn receive(&mut self, deadline: Instant) -> Result<(), ConnectionError> {
        in_time(deadline, async {
            let length = self.stream.read_u16().await?;
            self.message.resize(usize::from(length), 0);
            self.stream.read_exact(&mut self.message).await?;
            Ok(())
        })
        .await
    }

    /// The last message.
    pub fn message(&self) -> &[u8] {
        &self.message
    }
}

/// Every failure of an open connection means the same to us: it is gone, and the answer with it.
async fn in_time<T>(
    deadline: Instant,
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, ConnectionError> {
    match timeout_at(deadline, work).await {
        Err(_) => Err(ConnectionError::TimedOut),
        Ok(Err(_)) => Err(ConnectionError::Closed),
        Ok(Ok(value)) => Ok(value),
    }
}
