//! What a container of the bridge network knows of those that it is linked to: lines of
//! `/etc/hosts` and variables, as Docker's legacy links give them. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// The name and the alias of an entry of `links`: `db`, `db:database`.
pub(crate) fn parts(link: &str) -> (&str, &str) {
    link.split_once(':').unwrap_or((link, link))
}

/// A container that another is linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked<'a> {
    /// Its name in the definition.
    pub(crate) name: &'a str,
    /// The name that the other has for it.
    pub(crate) alias: &'a str,
    /// Its id, a name of its as well.
    pub(crate) id: &'a str,
    pub(crate) address: Ipv4Addr,
    /// `tcp` or `udp` and the port, of all that its image and definition expose.
    pub(crate) ports: BTreeSet<(u16, String)>,
    /// Its own environment, `NAME=value`.
    pub(crate) environment: &'a [String],
}

/// Ports of an image's `port/protocol` entries, and of a definition's mappings.
pub(crate) fn exposed<'a>(
    image: &[String],
    mapped: impl Iterator<Item = (u16, &'a str)>,
) -> BTreeSet<(u16, String)> {
    let of_image = image.iter().filter_map(|text| {
        let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        Some((port.parse().ok()?, protocol.to_ascii_lowercase()))
    });
    let mapped = mapped
        .filter(|(port, _)| *port > 0)
        .map(|(port, protocol)| {
            let protocol = if protocol.is_empty() { "tcp" } else { protocol };
            (port, protocol.to_owned())
        });
    of_image.chain(mapped).collect()
}

impl Linked<'_> {
    /// Its line of `/etc/hosts`.
    pub(crate) fn hosts_line(&self) -> String {
        let mut names = vec![self.alias];
        for name in [self.id, self.name] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        format!("{} {}\n", self.address, names.join(" "))
    }

    /// The variables that `parent`, which is linked to it, has for it.
    pub(crate) fn variables(&self, parent: &str) -> BTreeMap<String, String> {
        let alias = self.alias.to_ascii_uppercase().replace('-', "_");
        let address = self.address;
        let mut found = BTreeMap::new();
        found.insert(format!("{alias}_NAME"), format!("/{parent}/{}", self.alias));
        if let Some((port, protocol)) = self.ports.first() {
            found.insert(
                format!("{alias}_PORT"),
                format!("{protocol}://{address}:{port}"),
            );
        }
        for (port, protocol) in &self.ports {
            let of_port = format!("{alias}_PORT_{port}_{}", protocol.to_ascii_uppercase());
            found.insert(format!("{of_port}_ADDR"), address.to_string());
            found.insert(format!("{of_port}_PORT"), port.to_string());
            found.insert(format!("{of_port}_PROTO"), protocol.clone());
            found.insert(of_port, format!("{protocol}://{address}:{port}"));
        }
        for pair in self.environment {
            // Every container has these two of its own.
            if let Some((name, value)) = pair.split_once('=')
                && name != "HOME"
                && name != "PATH"
            {
                found.insert(format!("{alias}_ENV_{name}"), value.to_owned());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_container_is_known_by_its_alias_and_its_variables() {
        assert_eq!(parts("db"), ("db", "db"));
        let (name, alias) = parts("db:my-db");
        let environment = ["PATH=/bin".to_owned(), "PASS=a=b".to_owned()];
        let linked = Linked {
            name,
            alias,
            id: "0123",
            address: Ipv4Addr::new(172, 17, 0, 4),
            ports: exposed(
                &["5432/tcp".to_owned()],
                [(53, "udp"), (0, "tcp")].into_iter(),
            ),
            environment: &environment,
        };
        assert_eq!(linked.hosts_line(), "172.17.0.4 my-db 0123 db\n");
        let variables = linked.variables("app");
        let value = |name: &str| variables.get(name).map(String::as_str);
        assert_eq!(value("MY_DB_NAME"), Some("/app/my-db"));
        assert_eq!(value("MY_DB_PORT"), Some("udp://172.17.0.4:53"));
        assert_eq!(value("MY_DB_PORT_5432_TCP"), Some("tcp://172.17.0.4:5432"));
        assert_eq!(value("MY_DB_PORT_5432_TCP_ADDR"), Some("172.17.0.4"));
        assert_eq!(value("MY_DB_PORT_5432_TCP_PORT"), Some("5432"));
        assert_eq!(value("MY_DB_PORT_5432_TCP_PROTO"), Some("tcp"));
        assert_eq!(value("MY_DB_ENV_PASS"), Some("a=b"));
        assert_eq!(value("MY_DB_ENV_PATH"), None);
    }
}
