//! Who issued the certificate of a web server: a TLS handshake that is not gone on with.
//!
//! Nothing is sent over the connection, and whether the certificate is to be trusted is not the question: it is only
//! looked at.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

use crate::facts::answers::Issuer;
use crate::zone::{Name, der};

/// Most that a server may send before its certificate is there.
const MAX_OCTETS: usize = 256 * 1024;

/// Takes whatever comes.
#[derive(Debug)]
struct Looking(Arc<CryptoProvider>);

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Asks the server at this address for the certificate of a site. Blocks.
pub(super) fn issuer(target: SocketAddr, site: &Name, patience: Duration) -> Result<Issuer, String> {
    let until = Instant::now() + patience;
    let left = || until.saturating_duration_since(Instant::now());
    let text = site.to_string();
    let host = ServerName::try_from(text.trim_end_matches('.').to_owned())
        .map_err(|_| "it is no name of a site".to_owned())?;
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Looking(provider)))
        .with_no_client_auth();
    let mut tls = ClientConnection::new(Arc::new(config), host).map_err(|error| error.to_string())?;
    let io = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect_timeout(&target, patience).map_err(io)?;
    let mut octets = 0;
    while tls.peer_certificates().is_none() {
        let left = left();
        if left.is_zero() || octets > MAX_OCTETS {
            return Err("no certificate comes in time".into());
        }
        stream.set_read_timeout(Some(left)).map_err(io)?;
        stream.set_write_timeout(Some(left)).map_err(io)?;
        while tls.wants_write() {
            tls.write_tls(&mut stream).map_err(io)?;
        }
        stream.flush().map_err(io)?;
        let read = tls.read_tls(&mut (&mut stream).take(16 * 1024)).map_err(io)?;
        if read == 0 {
            return Err("the server ends the connection".into());
        }
        octets += read;
        tls.process_new_packets().map_err(|error| error.to_string())?;
    }
    let certificate = tls.peer_certificates().and_then(<[_]>::first);
    let names = certificate.and_then(|certificate| der::issuer(certificate));
    let (organisation, common_name) = names.ok_or("its certificate cannot be read")?;
    Ok(Issuer { organisation, common_name })
}
