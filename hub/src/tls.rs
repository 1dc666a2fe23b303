//! The hub's certificate: given as files, or made once and pinned by every enrolment code.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redvest_domain::id::Hash;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::{Tls, TlsMode};

/// Why no certificate could be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("cannot use the TLS file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds no certificate or key in PEM.
    #[error("{path} holds no usable certificate or key in PEM form")]
    Pem {
        /// The file.
        path: PathBuf,
    },
    /// Making the own certificate failed.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// Certificate and key do not go together.
    #[error("the certificate and the key do not go together: {0}")]
    Mismatch(#[from] rustls::Error),
}

/// What the listener needs.
#[derive(Clone)]
pub struct Identity {
    /// Certificate and key; `None` for plain HTTP.
    pub server: Option<Arc<ServerConfig>>,
    /// SHA-256 of the certificate (DER), for devices that pin it.
    pub pin: Option<Hash>,
}

/// The hub's TLS identity. The own certificate lies in `keys` and is made when it is not there yet.
pub fn identity(tls: &Tls, keys: &Path, listen: SocketAddr) -> Result<Identity, TlsError> {
    let (certificate, key) = match (tls.mode, &tls.certificate, &tls.key) {
        (TlsMode::Off, ..) => return Ok(Identity { server: None, pin: None }),
        (TlsMode::Files, Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
        _ => own_files(keys, listen)?,
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|_| TlsError::Pem { path: certificate.clone() })?;
    let first = chain.first().ok_or(TlsError::Pem { path: certificate })?;
    let is_pinned = tls.mode == TlsMode::Own || tls.pin;
    let pin = is_pinned.then(|| Hash::of(&[first]));
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|_| TlsError::Pem { path: key })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Identity { server: Some(Arc::new(server)), pin })
}

fn own_files(keys: &Path, listen: SocketAddr) -> Result<(PathBuf, PathBuf), TlsError> {
    let (certificate, key) = (keys.join("tls.crt.pem"), keys.join("tls.key.pem"));
    if !(certificate.is_file() && key.is_file()) {
        // Devices compare the pin and never the name, so the names only help people who look at the certificate.
        let made = rcgen::generate_simple_self_signed([listen.ip().to_string(), "localhost".to_owned()])?;
        let write = |path: &Path, text: &str| {
            write_secret(path, text.as_bytes()).map_err(|source| TlsError::File { path: path.to_owned(), source })
        };
        write(&key, &made.signing_key.serialize_pem())?;
        write(&certificate, &made.cert.pem())?;
    }
    Ok((certificate, key))
}

/// Writes a file that only its owner may read; whole and durable or not at all.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let partial = path.with_extension("partial");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_certificate_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = identity(&Tls::default(), dir.path(), listen).unwrap();
        let second = identity(&Tls::default(), dir.path(), listen).unwrap();
        assert!(first.pin.is_some());
        assert_eq!(first.pin, second.pin);
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.pem");
        fs::write(&path, "rubbish").unwrap();
        let tls = Tls { mode: TlsMode::Files, certificate: Some(path.clone()), key: Some(path.clone()), pin: false };
        let error = identity(&tls, dir.path(), SocketAddr::from(([127, 0, 0, 1], 0))).err().unwrap();
        assert!(error.to_string().contains("x.pem"));
    }
}
