//! The rules of the bridge network's router, as one nft transaction.
//!
//! Pure. Among containers everything passes, as in Docker's default network; from beyond only what came by
//! a published port; to beyond everything but link-local addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use crate::link_range::LINK_LOCAL;
use crate::names::ROUTER_TO_HOST;
use crate::rules::{begin_table, write_ports};
use crate::{HostLink, Ipv4Cidr, Protocol};

/// The map of published ports, in the router's `ip` table.
pub(crate) const PUBLISHED_MAP: &str = "published";

/// What the rules need to know of the bridge network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeRouter {
    /// Its addresses.
    pub block: Ipv4Cidr,
    /// The link to the host.
    pub link: HostLink,
    /// The addresses of the containers.
    pub containers: BTreeSet<Ipv4Addr>,
    /// Each host port with the container's address and port that it leads to.
    pub published: BTreeMap<(Protocol, u16), (Ipv4Addr, u16)>,
}

/// The rules of the bridge network's router, for `nft -f -` in its namespace. Replaces both tables whole.
#[must_use]
pub fn bridge_rules(router: &BridgeRouter) -> String {
    let BridgeRouter { block, link, .. } = router;
    let HostLink {
        host, router: own, ..
    } = link;
    let mut text = String::new();
    begin_table(&mut text, "ip");
    // Writing into a string cannot fail, so results of `writeln!` are dropped here.
    let _ = writeln!(
        text,
        "\tmap {PUBLISHED_MAP} {{\n\
         \t\ttype inet_proto . inet_service : ipv4_addr . inet_service"
    );
    if !router.published.is_empty() {
        let elements: Vec<String> = router
            .published
            .iter()
            .map(|((protocol, port), (address, inner))| {
                format!("{protocol} . {port} : {address} . {inner}")
            })
            .collect();
        let _ = writeln!(text, "\t\telements = {{ {} }}", elements.join(", "));
    }
    let _ = writeln!(
        text,
        "\t}}\n\
         \tchain forward {{\n\
         \t\ttype filter hook forward priority filter; policy drop;\n\
         \t\tct state vmap {{ established : accept, related : accept, invalid : drop }}\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" ct status dnat accept\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" drop\n\
         \t\tip saddr != {block} drop\n\
         \t\tip daddr != {host} ip daddr {LINK_LOCAL} drop\n\
         \t\taccept\n\
         \t}}\n\
         \tchain input {{\n\
         \t\ttype filter hook input priority filter; policy drop;\n\
         \t\tct state vmap {{ established : accept, related : accept, invalid : drop }}\n\
         \t\tiifname \"lo\" accept\n\
         \t\ticmp type echo-request accept\n\
         \t}}\n\
         \tchain arriving {{\n\
         \t\ttype nat hook prerouting priority dstnat; policy accept;\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" ip daddr {own} \
         dnat ip to meta l4proto . th dport map @{PUBLISHED_MAP}\n\
         \t}}\n\
         \tchain leaving {{\n\
         \t\ttype nat hook postrouting priority srcnat; policy accept;\n\
         \t\toifname \"{ROUTER_TO_HOST}\" ip saddr {block} masquerade\n\
         \t}}\n\
         }}"
    );
    write_ports(&mut text, router.containers.iter().copied().collect());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> BridgeRouter {
        BridgeRouter {
            block: "172.17.0.0/20".parse().unwrap(),
            link: HostLink {
                name: "ls-a-0".to_owned(),
                host: Ipv4Addr::new(169, 254, 200, 1),
                router: Ipv4Addr::new(169, 254, 200, 2),
            },
            containers: [Ipv4Addr::new(172, 17, 0, 4)].into(),
            published: [((Protocol::Tcp, 8_080), (Ipv4Addr::new(172, 17, 0, 4), 80))].into(),
        }
    }

    #[test]
    fn the_rules_of_the_bridge_network() {
        let expected = r#"table ip longshore
delete table ip longshore
table ip longshore {
	map published {
		type inet_proto . inet_service : ipv4_addr . inet_service
		elements = { tcp . 8080 : 172.17.0.4 . 80 }
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "host" ct status dnat accept
		iifname "host" drop
		ip saddr != 172.17.0.0/20 drop
		ip daddr != 169.254.200.1 ip daddr 169.254.0.0/16 drop
		accept
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "lo" accept
		icmp type echo-request accept
	}
	chain arriving {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "host" ip daddr 169.254.200.2 dnat ip to meta l4proto . th dport map @published
	}
	chain leaving {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "host" ip saddr 172.17.0.0/20 masquerade
	}
}
"#;
        let text = bridge_rules(&router());
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains("\"tac110004\" . 02:4c:ac:11:00:04 . 172.17.0.4"),
            "{text}"
        );
    }

    #[test]
    fn an_empty_map_has_no_elements() {
        let mut router = router();
        router.published.clear();
        assert!(!bridge_rules(&router).contains("{  }"));
    }
}
