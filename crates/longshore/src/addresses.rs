//! Which addresses of the control plane its callers are told: decided by where it listens and what the
//! operator says of it. Pure.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ecr::Advertised;
use http::uri::Authority;

/// The port of `https` (RFC 9110, section 4.2.2).
const HTTPS_PORT: u16 = 443;

/// `--advertise [https://]HOST[:PORT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advertise {
    /// True where something before us speaks TLS there.
    tls: bool,
    /// A name, an IPv4 address, or an IPv6 address in brackets; in lower case.
    host: String,
    port: Option<u16>,
}

impl FromStr for Advertise {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str =
            "give a name or an address, and a port where it is another: 10.0.0.1, ls.example:80";
        let (tls, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if !rest.bytes().all(plain) {
            return Err(WRONG);
        }
        let authority: Authority = rest.parse().map_err(|_| WRONG)?;
        let host = authority.host().to_ascii_lowercase();
        let port = match rest.get(host.len()..).unwrap_or_default() {
            "" => None,
            port => Some(
                port.trim_start_matches(':')
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or(WRONG)?,
            ),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.is_empty() || bare.parse().is_ok_and(|ip: IpAddr| ip.is_unspecified()) {
            return Err("others cannot connect to what stands for all addresses");
        }
        Ok(Self { tls, host, port })
    }
}

impl Advertise {
    /// `host:port`; without a port where it is the usual one, and the name is none that an image's
    /// reference would lose its meaning with.
    fn authority(&self, listen: SocketAddr) -> String {
        let Self { tls, host, port } = self;
        match port.unwrap_or(if *tls { HTTPS_PORT } else { listen.port() }) {
            HTTPS_PORT if *tls && host.contains('.') => host.clone(),
            port => format!("{host}:{port}"),
        }
    }
}

/// The addresses of a control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// By which this machine reaches it: `host:port`.
    local: String,
    /// Those that callers of the registry are told.
    pub(crate) registry: Advertised,
}

impl Addresses {
    /// Of one that listens at `listen`. A single address is told to all. Where it listens at every
    /// address, none of them is good for everybody, unless the operator names one.
    pub(crate) fn of(listen: SocketAddr, advertise: Option<&Advertise>) -> Self {
        let everywhere = listen.ip().is_unspecified();
        let local = if everywhere {
            SocketAddr::from(([127, 0, 0, 1], listen.port())).to_string()
        } else {
            listen.to_string()
        };
        let registry = match advertise {
            Some(advertise) => Advertised::Always {
                host: advertise.authority(listen),
                tls: advertise.tls,
            },
            None if everywhere => Advertised::AsAsked {
                otherwise: local.clone(),
            },
            None => Advertised::Always {
                host: local.clone(),
                tls: false,
            },
        };
        Self { local, registry }
    }

    /// The URL by which this machine reaches it.
    pub(crate) fn local_url(&self) -> String {
        format!("http://{}", self.local)
    }

    /// The URL for people, and for programs that they give it to.
    pub(crate) fn told_url(&self) -> String {
        match &self.registry {
            Advertised::Always { host, tls: true } => format!("https://{host}"),
            Advertised::Always { host, tls: false } => format!("http://{host}"),
            Advertised::AsAsked { .. } => self.local_url(),
        }
    }

    /// By which names an image is known as ours from the start.
    pub(crate) fn registry_hosts(&self) -> Vec<String> {
        let port = self.local.rsplit(':').next().unwrap_or_default();
        let mut names = vec![self.local.clone(), format!("localhost:{port}")];
        if let Advertised::Always { host, .. } = &self.registry
            && *host != self.local
        {
            names.push(host.clone());
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(listen: &str, advertise: Option<&str>) -> Addresses {
        let advertise = advertise.map(|text| text.parse().unwrap());
        Addresses::of(listen.parse().unwrap(), advertise.as_ref())
    }

    #[test]
    fn who_listens_everywhere_tells_each_what_it_asked() {
        for listen in ["0.0.0.0:4566", "[::]:4566"] {
            let found = of(listen, None);
            assert_eq!(found.told_url(), "http://127.0.0.1:4566");
            let otherwise = "127.0.0.1:4566".to_owned();
            assert_eq!(found.registry, Advertised::AsAsked { otherwise });
            assert_eq!(found.registry_hosts(), ["127.0.0.1:4566", "localhost:4566"]);
        }
    }

    #[test]
    fn a_single_address_is_told_to_all() {
        for listen in ["127.0.0.1:4566", "10.0.0.1:80", "[::1]:4566"] {
            let found = of(listen, None);
            let host = listen.to_owned();
            assert_eq!(found.registry, Advertised::Always { host, tls: false });
            assert_eq!(found.local_url(), format!("http://{listen}"));
            assert_eq!(found.told_url(), found.local_url());
        }
    }

    #[test]
    fn what_is_advertised_is_told_to_all_and_this_machine_goes_the_short_way() {
        for (listen, advertise, url, name) in [
            (
                "0.0.0.0:4566",
                "LS.example",
                "http://ls.example:4566",
                "ls.example:4566",
            ),
            (
                "0.0.0.0:4566",
                "ls.example:80",
                "http://ls.example:80",
                "ls.example:80",
            ),
            (
                "127.0.0.1:4566",
                "10.0.0.1",
                "http://10.0.0.1:4566",
                "10.0.0.1:4566",
            ),
            (
                "[::]:4566",
                "[fd00::1]",
                "http://[fd00::1]:4566",
                "[fd00::1]:4566",
            ),
            (
                "127.0.0.1:4566",
                "https://ls.example",
                "https://ls.example",
                "ls.example",
            ),
            (
                "127.0.0.1:4566",
                "https://ls.example:8443",
                "https://ls.example:8443",
                "ls.example:8443",
            ),
            ("127.0.0.1:4566", "https://ls", "https://ls:443", "ls:443"),
        ] {
            let found = of(listen, Some(advertise));
            assert_eq!(found.told_url(), url);
            assert_eq!(found.local_url(), "http://127.0.0.1:4566");
            let names = ["127.0.0.1:4566", "localhost:4566", name];
            assert_eq!(found.registry_hosts(), names);
        }
    }

    #[test]
    fn what_nobody_can_connect_to_is_not_advertised() {
        for wrong in [
            "",
            ":80",
            "a:",
            "a:0",
            "a:x",
            "a:70000",
            "0.0.0.0",
            "0.0.0.0:80",
            "[::]",
            "[]",
            "http://a",
            "https://",
            "a/b",
            "u@a",
            "a b",
        ] {
            assert!(wrong.parse::<Advertise>().is_err(), "{wrong}");
        }
    }
}
