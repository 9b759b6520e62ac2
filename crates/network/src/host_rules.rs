//! The rules of the host: what tasks send beyond it, what they reach on it, and that VPCs stay apart.
//!
//! Pure. The host's own firewall stays what it is: this is a table beside it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddrV4};

use crate::names::ALL_HOST_LINKS;
use crate::rules::write_set;
use crate::{InstanceId, Protocol};

/// The set of published ports, in an instance's table on the host.
pub(crate) const PUBLISHED_SET: &str = "published";

/// The link to one router, seen from the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLink {
    /// The interface on the host.
    pub name: String,
    /// The host's end.
    pub host: Ipv4Addr,
    /// The router's end: the source of all that the VPC's tasks send to the host or beyond.
    pub router: Ipv4Addr,
}

/// A port of the host that tasks reach at the host's end of their link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostForward {
    /// The port that tasks connect to.
    pub port: u16,
    /// Who answers.
    pub target: SocketAddrV4,
}

impl HostForward {
    /// Whether packets must be rewritten: not when the target listens on every address anyway.
    #[must_use]
    pub fn translates(&self) -> bool {
        !(self.target.ip().is_unspecified() && self.target.port() == self.port)
    }
}

/// What of the host's ports leads to the node's bridge network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPublished {
    /// The link to its router.
    pub link: HostLink,
    /// The ports. At the router they have the same numbers.
    pub ports: BTreeSet<(Protocol, u16)>,
}

/// The rules of an instance on the host, for `nft -f -`.
///
/// A published port leads to the bridge network's router from wherever it is reached: from other hosts
/// and from tasks (`to_host`), and from the host itself (`from_host`), there at loopback addresses too.
/// Who asks stays visible, but for what comes from the bridge network itself and from loopback.
///
/// Loopback targets need `route_localnet` on the instance's own links; `guard` then drops whatever
/// names a loopback address itself, so that only what `to_host` translates gets there. Of the host
/// itself tasks reach nothing else: `onto_host` drops what is no answer and no forwarded port.
#[must_use]
pub fn host_rules(
    instance: &InstanceId,
    links: &[HostLink],
    forwards: &[HostForward],
    published: Option<&HostPublished>,
) -> String {
    let table = instance.host_table();
    let ours = format!("{}*", instance.host_link_prefix());
    let set = published.map_or_else(String::new, |published| {
        let mut set = String::new();
        let ports = published.ports.iter();
        write_set(
            &mut set,
            PUBLISHED_SET,
            "inet_proto . inet_service",
            ports.map(|(protocol, port)| format!("{protocol} . {port}")),
        );
        set
    });
    let mut text = format!(
        "table ip {table}\ndelete table ip {table}\ntable ip {table} {{\n\
         {set}\tchain guard {{\n\
         \t\ttype filter hook prerouting priority raw; policy accept;\n\
         \t\tiifname \"{ours}\" ip daddr 127.0.0.0/8 drop\n\
         \t\tiifname \"{ours}\" ip saddr 127.0.0.0/8 drop\n\
         \t}}\n\
         \tchain between_vpcs {{\n\
         \t\ttype filter hook forward priority filter; policy accept;\n\
         \t\tiifname \"{ours}\" oifname \"{ALL_HOST_LINKS}\" ct status dnat accept\n\
         \t\tiifname \"{ours}\" oifname \"{ALL_HOST_LINKS}\" drop\n\
         \t}}\n"
    );
    // After translation: the port is the target's own.
    let mut ports: Vec<u16> = forwards
        .iter()
        .map(|forward| forward.target.port())
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let _ = writeln!(
        text,
        "\tchain onto_host {{\n\
         \t\ttype filter hook input priority filter; policy accept;\n\
         \t\tiifname \"{ours}\" ct state established,related accept"
    );
    if !ports.is_empty() {
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        let _ = writeln!(
            text,
            "\t\tiifname \"{ours}\" tcp dport {{ {} }} accept",
            ports.join(", ")
        );
    }
    let _ = writeln!(text, "\t\tiifname \"{ours}\" drop\n\t}}");
    let mut links: Vec<&HostLink> = links.iter().collect();
    links.sort_by_key(|link| link.host);
    let list = |addresses: Vec<Ipv4Addr>| {
        let texts: Vec<String> = addresses.iter().map(Ipv4Addr::to_string).collect();
        texts.join(", ")
    };
    let hosts = list(links.iter().map(|link| link.host).collect());
    let routers = list(links.iter().map(|link| link.router).collect());
    // A set without elements is an error, and without links there is nothing to match.
    if !links.is_empty() {
        text.push_str(
            "\tchain to_host {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n",
        );
        let mut forwards: Vec<&HostForward> = forwards.iter().collect();
        forwards.sort_unstable();
        for forward in forwards.iter().filter(|forward| forward.translates()) {
            let port = forward.port;
            // A target on every address is reached at the address that the task used.
            let target = if forward.target.ip().is_unspecified() {
                format!("redirect to :{}", forward.target.port())
            } else {
                format!("dnat to {}", forward.target)
            };
            let _ = writeln!(
                text,
                "\t\tiifname \"{ours}\" ip daddr {{ {hosts} }} tcp dport {port} {target}"
            );
        }
        if let Some(published) = published {
            // No packet that comes from elsewhere is for a loopback address.
            text.push_str("\t\tip daddr 127.0.0.0/8 accept\n");
            write_published(&mut text, published);
        }
        let _ = writeln!(
            text,
            "\t}}\n\
             \tchain leaving {{\n\
             \t\ttype nat hook postrouting priority srcnat; policy accept;\n\
             \t\tip saddr {{ {routers} }} oifname != \"{ALL_HOST_LINKS}\" masquerade"
        );
        if let Some(HostPublished { link, .. }) = published {
            let HostLink { name, router, .. } = link;
            // To the router, both would seem to come from itself.
            let _ = writeln!(
                text,
                "\t\toifname \"{name}\" ip saddr {{ 127.0.0.0/8, {router} }} masquerade"
            );
        }
        text.push_str("\t}\n");
        if let Some(published) = published {
            text.push_str(
                "\tchain from_host {\n\
                 \t\ttype nat hook output priority -100; policy accept;\n",
            );
            write_published(&mut text, published);
            text.push_str("\t}\n");
        }
    }
    text.push_str("}\n");
    text
}

fn write_published(text: &mut String, published: &HostPublished) {
    let router = published.link.router;
    let _ = writeln!(
        text,
        "\t\tfib daddr type local meta l4proto . th dport @{PUBLISHED_SET} dnat to {router}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(number: u8) -> HostLink {
        HostLink {
            name: format!("ls-ab12-{number}"),
            host: Ipv4Addr::new(169, 254, 200, number * 4 + 1),
            router: Ipv4Addr::new(169, 254, 200, number * 4 + 2),
        }
    }

    fn forward(port: u16, target: &str) -> HostForward {
        HostForward {
            port,
            target: target.parse().unwrap(),
        }
    }

    #[test]
    fn the_rules_of_the_host() {
        let instance = InstanceId::new("ab12").unwrap();
        let forwards = [
            forward(4566, "127.0.0.1:4566"),
            forward(80, "0.0.0.0:80"),
            forward(81, "0.0.0.0:80"),
        ];
        let expected = r#"table ip longshore_ab12
delete table ip longshore_ab12
table ip longshore_ab12 {
	chain guard {
		type filter hook prerouting priority raw; policy accept;
		iifname "ls-ab12-*" ip daddr 127.0.0.0/8 drop
		iifname "ls-ab12-*" ip saddr 127.0.0.0/8 drop
	}
	chain between_vpcs {
		type filter hook forward priority filter; policy accept;
		iifname "ls-ab12-*" oifname "ls-*" ct status dnat accept
		iifname "ls-ab12-*" oifname "ls-*" drop
	}
	chain onto_host {
		type filter hook input priority filter; policy accept;
		iifname "ls-ab12-*" ct state established,related accept
		iifname "ls-ab12-*" tcp dport { 80, 4566 } accept
		iifname "ls-ab12-*" drop
	}
	chain to_host {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "ls-ab12-*" ip daddr { 169.254.200.1, 169.254.200.5 } tcp dport 81 redirect to :80
		iifname "ls-ab12-*" ip daddr { 169.254.200.1, 169.254.200.5 } tcp dport 4566 dnat to 127.0.0.1:4566
	}
	chain leaving {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr { 169.254.200.2, 169.254.200.6 } oifname != "ls-*" masquerade
	}
}
"#;
        assert_eq!(
            host_rules(&instance, &[link(1), link(0)], &forwards, None),
            expected
        );
    }

    #[test]
    fn published_ports_lead_to_the_bridge_networks_router() {
        let instance = InstanceId::new("ab12").unwrap();
        let published = HostPublished {
            link: link(1),
            ports: [(Protocol::Udp, 53), (Protocol::Tcp, 8_080)].into(),
        };
        let expected = r#"table ip longshore_ab12
delete table ip longshore_ab12
table ip longshore_ab12 {
	set published {
		type inet_proto . inet_service
		elements = { tcp . 8080, udp . 53 }
	}
	chain guard {
		type filter hook prerouting priority raw; policy accept;
		iifname "ls-ab12-*" ip daddr 127.0.0.0/8 drop
		iifname "ls-ab12-*" ip saddr 127.0.0.0/8 drop
	}
	chain between_vpcs {
		type filter hook forward priority filter; policy accept;
		iifname "ls-ab12-*" oifname "ls-*" ct status dnat accept
		iifname "ls-ab12-*" oifname "ls-*" drop
	}
	chain onto_host {
		type filter hook input priority filter; policy accept;
		iifname "ls-ab12-*" ct state established,related accept
		iifname "ls-ab12-*" drop
	}
	chain to_host {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr 127.0.0.0/8 accept
		fib daddr type local meta l4proto . th dport @published dnat to 169.254.200.6
	}
	chain leaving {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr { 169.254.200.2, 169.254.200.6 } oifname != "ls-*" masquerade
		oifname "ls-ab12-1" ip saddr { 127.0.0.0/8, 169.254.200.6 } masquerade
	}
	chain from_host {
		type nat hook output priority -100; policy accept;
		fib daddr type local meta l4proto . th dport @published dnat to 169.254.200.6
	}
}
"#;
        let text = host_rules(&instance, &[link(1), link(0)], &[], Some(&published));
        assert_eq!(text, expected);
    }

    #[test]
    fn without_links_only_the_guards_stand() {
        let instance = InstanceId::new("ab12").unwrap();
        let text = host_rules(&instance, &[], &[forward(1, "127.0.0.1:1")], None);
        assert!(text.contains("chain guard"));
        assert!(!text.contains("dnat to"), "{text}");
        assert!(!text.contains("{  }"), "no empty set: {text}");
    }
}
