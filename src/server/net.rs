//! The server's sockets: one UDP socket, and TCP connections that carry one request after the other. What is
//! unbounded in the protocol is bounded here: connections, requests at a time, and how long anybody may dawdle.

use std::io;
use std::net::{TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use super::respond::{Reply, Transport, respond};
use super::{State, notify};
use crate::wire::MAX_MESSAGE;

/// Connections at a time; others wait until one is free.
const MAX_CONNECTIONS: usize = 64;
/// UDP answers at a time; requests beyond that are dropped, as any network may.
const MAX_DATAGRAMS: usize = 256;
/// How long a connection may be silent between requests, within one, or refuse to take an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause after the system refused a connection (no file descriptors).
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopped` is dropped or sent to.
pub(super) async fn serve(
    tcp: TcpListener,
    udp: UdpSocket,
    state: Arc<State>,
    stopped: oneshot::Receiver<()>,
) {
    tokio::select! {
        _ = stopped => {}
        // Neither ends but by an error that no later request can get past.
        _ = serve_udp(udp, Arc::clone(&state)) => {}
        _ = serve_tcp(tcp, Arc::clone(&state)) => {}
        () = notify::tell(Arc::clone(&state)) => {}
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

async fn serve_udp(socket: UdpSocket, state: Arc<State>) -> io::Result<()> {
    let socket = Arc::new(tokio::net::UdpSocket::from_std(socket)?);
    let places = Arc::new(Semaphore::new(MAX_DATAGRAMS));
    let mut buffer = vec![0; MAX_MESSAGE];
    loop {
        // An earlier answer that nobody received comes back as an error here; it concerns no other request.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let request = buffer.get(..length).unwrap_or_default();
        if let Reply::Message(answer) = respond(&state, request, Transport::Udp, now()) {
            let (socket, latency) = (Arc::clone(&socket), state.options.latency);
            tokio::spawn(async move {
                sleep(latency).await;
                let _ = socket.send_to(&answer, from).await;
                drop(place);
            });
        }
    }
}

async fn serve_tcp(listener: TcpListener, state: Arc<State>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            // Whatever goes wrong on a connection ends it, and nothing else.
            let _ = serve_connection(stream, &state).await;
            drop(place);
        });
    }
}

async fn serve_connection(mut stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        let request = timeout(PATIENCE, read_message(&mut stream)).await??;
        let reply = respond(state, &request, Transport::Tcp, now());
        sleep(state.options.latency).await;
        match reply {
            Reply::Nothing => return Ok(()),
            Reply::Message(answer) => write_message(&mut stream, &answer).await?,
            Reply::Transfer(mut transfer) => {
                while let Some(message) = transfer.next_message(now()) {
                    let message = message.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                    write_message(&mut stream, &message).await?;
                }
            }
        }
    }
}

/// A message with its length before it (RFC 1035 section 4.2.2).
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

async fn write_message(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let mut octets = Vec::with_capacity(message.len() + 2);
    octets.extend_from_slice(&length.to_be_bytes());
    octets.extend_from_slice(message);
    timeout(PATIENCE, stream.write_all(&octets)).await?
}
