//! Whom TLS connections to registries trust.
//!
//! The machine's own certificate authorities, not a list compiled in: there an operator adds the
//! company's authority and takes away one that has lost trust, once for every program. They are
//! read when the first registry needs them, since most nodes only know the control plane's.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The certificate authorities that registries may have certificates from. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct TlsTrust(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    extra: Vec<CertificateDer<'static>>,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

/// Why a file is no list of certificate authorities.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a list of PEM certificates: {0}")]
pub struct TrustError(String);

impl TlsTrust {
    /// The machine's authorities.
    #[must_use]
    pub fn platform() -> Self {
        Self::default()
    }

    /// The machine's authorities and those in `pem`.
    ///
    /// # Errors
    /// When `pem` holds no certificate, or one that cannot be read.
    pub fn with_authorities(pem: &[u8]) -> Result<Self, TrustError> {
        let extra = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| TrustError(error.to_string()))?;
        if extra.is_empty() {
            return Err(TrustError("it holds none".to_owned()));
        }
        let mut checked = RootCertStore::empty();
        for authority in &extra {
            checked
                .add(authority.clone())
                .map_err(|error| TrustError(error.to_string()))?;
        }
        Ok(Self(Arc::new(Inner {
            extra,
            config: OnceLock::new(),
        })))
    }

    /// What a connection is made with. Reads the machine's authorities the first time.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        self.0.config.get_or_init(|| build(&self.0.extra)).clone()
    }
}

fn build(extra: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a certificate authority of this machine cannot be read");
    }
    let (_, passed_over) = roots.add_parsable_certificates(native.certs);
    if passed_over > 0 {
        tracing::debug!(
            passed_over,
            "certificate authorities that cannot be understood"
        );
    }
    roots.add_parsable_certificates(extra.iter().cloned());
    if roots.is_empty() {
        return Err(
            "this machine trusts no certificate authority; install ca-certificates, or name one \
             with --registry-ca"
                .to_owned(),
        );
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
