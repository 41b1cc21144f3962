//! Where a node answers, and what has to hold before anything is sent there.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

/// Longest certificate file that is read, in bytes: a bundle of all public roots has 250 kB.
const MAX_CERTIFICATE_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// How long a node may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For the whole exchange.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 5 s for the connection, 30 s for the whole exchange (the time that existing miners allow).
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(30) }
    }
}

/// The address of a node, and how to talk to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
    extra_roots: Vec<u8>,
    timeouts: Timeouts,
}

/// Why an address is refused.
#[derive(Debug, Error)]
pub enum EndpointError {
    /// It is no URL.
    #[error("'{text}' is not a URL such as https://node.example:8099")]
    NotAUrl {
        /// What was given.
        text: String,
    },
    /// The scheme is neither `https` nor `http`.
    #[error("'{scheme}' is not supported; use https")]
    BadScheme {
        /// The scheme that was given.
        scheme: String,
    },
    /// It carries a name and password, a query or a fragment.
    #[error("a node's URL has no user name, query or fragment")]
    NeedlessParts,
    /// Plain HTTP to another machine.
    #[error("http to {host} would be readable on the way; use https")]
    PlainHttp {
        /// The other machine.
        host: String,
    },
    /// The certificate file cannot be read.
    #[error("cannot read the certificate file {}", path.display())]
    UnreadableCertificate {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The certificate file holds no certificate.
    #[error("{} has no PEM certificate", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
}

impl Endpoint {
    /// Reads a URL. Plain HTTP is allowed to this machine only.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let endpoint = Self::parse_allowing_plain_http(text)?;
        if endpoint.is_encrypted() || endpoint.is_loopback() {
            Ok(endpoint)
        } else {
            let host = endpoint.base.host_str().unwrap_or_default().to_owned();
            Err(EndpointError::PlainHttp { host })
        }
    }

    /// Reads a URL and allows plain HTTP to any machine: for those who asked for it in so many
    /// words. Everybody on the way can read and change what is sent; signatures still hold.
    pub fn parse_allowing_plain_http(text: &str) -> Result<Self, EndpointError> {
        let not_a_url = || EndpointError::NotAUrl { text: text.to_owned() };
        let base = Url::parse(text).map_err(|_not_a_url| not_a_url())?;
        if !matches!(base.scheme(), "http" | "https") {
            // `localhost:8099` parses as a URL of the scheme `localhost`.
            let looks_like_host = !text.contains("://");
            let scheme = base.scheme().to_owned();
            let bad_scheme = EndpointError::BadScheme { scheme };
            return Err(if looks_like_host { not_a_url() } else { bad_scheme });
        }
        let plain = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !plain {
            return Err(EndpointError::NeedlessParts);
        }
        Ok(Self { base, extra_roots: Vec::new(), timeouts: Timeouts::default() })
    }

    /// Believes the certificates of a PEM file in addition to those of the system: for nodes with
    /// a certificate of their own.
    pub fn with_extra_roots(mut self, path: &Path) -> Result<Self, EndpointError> {
        let unreadable =
            |source| EndpointError::UnreadableCertificate { path: path.to_owned(), source };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_CERTIFICATE_FILE_BYTES {
            return Err(EndpointError::NoCertificate { path: path.to_owned() });
        }
        let pem = std::fs::read(path).map_err(unreadable)?;
        match reqwest::Certificate::from_pem_bundle(&pem) {
            Ok(certificates) if !certificates.is_empty() => {
                self.extra_roots = pem;
                Ok(self)
            }
            _ => Err(EndpointError::NoCertificate { path: path.to_owned() }),
        }
    }

    /// Sets how long the node may take.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How long the node may take.
    pub const fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// Whether the node runs on this machine, going by its name.
    pub fn is_loopback(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The URL of a path of the API, query included.
    pub(crate) fn url_of(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.base.as_str().trim_end_matches('/'))
    }

    /// The client that talks to this endpoint and to nobody else.
    pub(crate) fn build_http(&self) -> reqwest::Result<reqwest::Client> {
        let builder = reqwest::Client::builder()
            .connect_timeout(self.timeouts.connect)
            .timeout(self.timeouts.total)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(concat!("rustchain/", env!("CARGO_PKG_VERSION")));
        let builder = if !self.is_encrypted() {
            // Without TLS the system's certificates need not even be there.
            builder.tls_certs_only([])
        } else if self.extra_roots.is_empty() {
            builder.https_only(true)
        } else {
            let roots = reqwest::Certificate::from_pem_bundle(&self.extra_roots)?;
            builder.https_only(true).tls_certs_merge(roots)
        };
        builder.build()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.base.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_without_their_last_slash() {
        for text in ["https://node.example", "https://node.example:8099/", "http://[::1]:8099"] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.to_string(), text.trim_end_matches('/'));
        }
        let below = Endpoint::parse("https://node.example/rustchain/").unwrap();
        assert_eq!(below.url_of("/epoch?a=b"), "https://node.example/rustchain/epoch?a=b");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for text in ["http://localhost:8099", "http://127.8.0.1", "http://[::1]"] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
        for text in ["http://192.168.0.160:8089", "http://localhost.example", "http://0.0.0.0"] {
            let refused = Endpoint::parse(text);
            assert!(matches!(refused, Err(EndpointError::PlainHttp { .. })), "{text}");
            assert!(Endpoint::parse_allowing_plain_http(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "node.example", "localhost:8099", "/epoch", "https://"] {
            let refused = Endpoint::parse(text);
            assert!(matches!(refused, Err(EndpointError::NotAUrl { .. })), "{text}");
        }
        assert!(matches!(Endpoint::parse("ftp://a"), Err(EndpointError::BadScheme { .. })));
        for text in ["https://me:secret@a", "https://a?x=1", "https://a#x"] {
            let refused = Endpoint::parse(text);
            assert!(matches!(refused, Err(EndpointError::NeedlessParts)), "{text}");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        let endpoint = Endpoint::parse("https://node.example").unwrap();
        let source = Path::new(file!()).file_name().map(Path::new).unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(source);
        let refused = endpoint.clone().with_extra_roots(&here);
        assert!(matches!(refused, Err(EndpointError::NoCertificate { .. })));
        let refused = endpoint.with_extra_roots(Path::new("/nowhere/ca.pem"));
        assert!(matches!(refused, Err(EndpointError::UnreadableCertificate { .. })));
    }
}
