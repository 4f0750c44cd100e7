//! TLS: 1.2 and 1.3 with ring; certificate and key are read again when their files change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::server::Error;

/// How often the files are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(2);

/// Where a certificate with those above it, and its key, lie as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What new connections are secured with.
#[derive(Debug)]
pub(in crate::server) struct Tls {
    files: Certificate,
    config: RwLock<(Seen, Arc<ServerConfig>)>,
}

/// What the two files were like when they were read.
type Seen = [Option<(SystemTime, u64)>; 2];

impl Tls {
    pub(in crate::server) fn read(files: &Certificate) -> Result<Self, Error> {
        let seen = look(files);
        let config = RwLock::new((seen, Arc::new(config(files)?)));
        Ok(Self { files: files.clone(), config })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config.1))
    }

    /// Reads the files again where they have changed. What cannot be read, such as a pair of which only one half is
    /// there yet, changes nothing and is tried again when it changes.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        let seen = look(&self.files);
        if self.config.read().unwrap_or_else(PoisonError::into_inner).0 == seen {
            return Ok(());
        }
        let read = config(&self.files);
        let mut known = self.config.write().unwrap_or_else(PoisonError::into_inner);
        known.0 = seen;
        known.1 = Arc::new(read?);
        Ok(())
    }
}

fn look(files: &Certificate) -> Seen {
    [&files.certificate, &files.key].map(|path| {
        let meta = std::fs::metadata(path).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    })
}

fn config(files: &Certificate) -> Result<ServerConfig, Error> {
    let bad = |path: &Path, reason: &dyn std::fmt::Display| Error::Certificate {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| bad(&files.certificate, &error))?;
    if chain.is_empty() {
        return Err(bad(&files.certificate, &"it holds no certificate"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| bad(&files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| bad(&files.certificate, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
