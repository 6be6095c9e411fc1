//! HTTPS: the certificate and its key, read and tried at the start.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;
use crate::error::Error;

/// Reads both files; what comes out agrees on a connection with clients.
///
/// # Errors
/// [`Error::Tls`] names the file that is at fault: unreadable, not PEM, or a key of another certificate.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Error> {
    let key = PrivateKeyDer::from_pem_slice(&read(&tls.key)?).map_err(|error| pem_fault(&tls.key, &error, "key"))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(&tls.cert, error.to_string()))?
        .with_no_client_auth();
    let mut config = builder.with_single_cert(certificates(&tls.cert)?, key).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            fault(&tls.key, format!("it is not the key of the certificate in {}", tls.cert.display()))
        }
        rustls::Error::InvalidCertificate(_) => fault(&tls.cert, format!("the certificate is damaged ({error})")),
        error => fault(&tls.key, error.to_string()),
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(path)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match read.map_err(|error| pem_fault(path, &error, "certificate"))? {
        none if none.is_empty() => Err(pem_fault(path, &PemError::NoItemsFound, "certificate")),
        certificates => Ok(certificates),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| fault(path, error.to_string()))
}

fn pem_fault(path: &Path, error: &PemError, what: &str) -> Error {
    match error {
        PemError::NoItemsFound => fault(path, format!("it holds no {what} in PEM")),
        error => fault(path, format!("its PEM cannot be read ({error})")),
    }
}

fn fault(path: &Path, reason: String) -> Error {
    Error::Tls { path: path.to_owned(), reason }
}
