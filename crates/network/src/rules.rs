//! The rules of a router: what is wanted of a VPC and which ports there are, as one nft transaction.
//!
//! Pure. The text replaces both tables whole: nft applies all of it or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use crate::link_range::LINK_LOCAL;
use crate::names::{ROUTER_TABLE, ROUTER_TO_HOST, task_port};
use crate::vpc::validate_group_id;
use crate::{Error, Ipv4Cidr, MacAddress, Peer, PortRange, Rule, SecurityGroup, Traffic, VpcState};

/// The set of what tasks may send as: port, MAC address, address.
pub(crate) const PORTS_SET: &str = "ports";

/// The set of a security group's members; the group's id is valid.
pub(crate) fn members_set(group_id: &str) -> String {
    format!("members-{group_id}")
}

/// What the rules need to know of the router itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    /// The host's end of the link: the node itself, which reaches every task.
    pub host_address: Ipv4Addr,
    /// The TCP ports of the host that every task reaches, whatever its groups say.
    pub host_ports: BTreeSet<u16>,
    /// The tasks' ports on this node.
    pub ports: Vec<Port>,
}

/// A task's port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The task's address.
    pub address: Ipv4Addr,
    /// The groups that it is a member of.
    pub security_groups: Vec<String>,
}

/// One way through a security group.
#[derive(Clone, Copy)]
enum Direction {
    Ingress,
    Egress,
}

/// The rules of a VPC's router on this node, for `nft -f -` in the router's namespace.
///
/// A packet of no known connection that a task sends must first be let out by one of the sender's
/// groups (chain `out-<group>`), then in by one of the receiver's (`in-<group>`); whatever no rule names
/// is dropped. A group that no state names lets nothing pass.
///
/// # Errors
/// [`Error::Invalid`] for an id or range that has not its form: such a thing never gets into rules.
pub fn rules(state: &VpcState, router: &Router) -> Result<String, Error> {
    state.validate()?;
    let mut groups: BTreeMap<&str, &SecurityGroup> = BTreeMap::new();
    for group in &state.security_groups {
        groups.insert(&group.id, group);
    }
    let mut members: BTreeMap<&str, BTreeSet<Ipv4Addr>> = groups
        .iter()
        .map(|(id, group)| (*id, group.members.clone()))
        .collect();
    for port in &router.ports {
        for id in &port.security_groups {
            validate_group_id(id)?;
            // A group of which only the membership is known stays without chains: closed.
            if let Some(members) = members.get_mut(id.as_str()) {
                members.insert(port.address);
            }
        }
    }

    let mut text = String::new();
    write_forwarding(&mut text, state, router, &groups, &members);
    let addresses = router.ports.iter().map(|port| port.address).collect();
    write_ports(&mut text, addresses);
    Ok(text)
}

/// The `ip` table. Writing into a string cannot fail, so results of `writeln!` are dropped here.
fn write_forwarding(
    text: &mut String,
    state: &VpcState,
    router: &Router,
    groups: &BTreeMap<&str, &SecurityGroup>,
    members: &BTreeMap<&str, BTreeSet<Ipv4Addr>>,
) {
    let vpc = state.vpc.cidr;
    let host = router.host_address;
    begin_table(text, "ip");
    for (id, members) in members {
        write_set(
            text,
            &members_set(id),
            "ipv4_addr",
            members.iter().map(ToString::to_string),
        );
    }

    let _ = writeln!(
        text,
        "\tchain forward {{\n\
         \t\ttype filter hook forward priority filter; policy drop;\n\
         \t\tct state vmap {{ established : accept, related : accept, invalid : drop }}\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" ip saddr {vpc} drop\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" goto ingress\n\
         \t\tip saddr != {vpc} drop"
    );
    if !router.host_ports.is_empty() {
        let ports: Vec<String> = router.host_ports.iter().map(u16::to_string).collect();
        let _ = writeln!(
            text,
            "\t\tip daddr {host} tcp dport {{ {} }} accept",
            ports.join(", ")
        );
    }
    // Also keeps tasks from the instance metadata of a cloud machine that this node may be.
    let _ = writeln!(text, "\t\tip daddr != {host} ip daddr {LINK_LOCAL} drop");
    for id in groups.keys() {
        let _ = writeln!(text, "\t\tip saddr @members-{id} jump out-{id}");
    }
    text.push_str("\t}\n");

    let _ = writeln!(
        text,
        "\tchain ingress {{\n\
         \t\toifname \"{ROUTER_TO_HOST}\" accept\n\
         \t\tiifname \"{ROUTER_TO_HOST}\" ip saddr {host} accept"
    );
    for id in groups.keys() {
        let _ = writeln!(text, "\t\tip daddr @members-{id} jump in-{id}");
    }
    text.push_str("\t\tdrop\n\t}\n");

    for (id, group) in groups {
        for (direction, rules) in [
            (Direction::Ingress, &group.ingress),
            (Direction::Egress, &group.egress),
        ] {
            let (chain, verdict) = match direction {
                Direction::Ingress => ("in", "accept"),
                Direction::Egress => ("out", "goto ingress"),
            };
            let _ = writeln!(text, "\tchain {chain}-{id} {{");
            for rule in rules {
                if let Some(matches) = rule_matches(rule, direction, groups) {
                    let _ = writeln!(text, "\t\t{matches}{verdict}");
                }
            }
            text.push_str("\t}\n");
        }
    }

    // The router itself has no services: it answers pings and errors of its own connections.
    let _ = writeln!(
        text,
        "\tchain input {{\n\
         \t\ttype filter hook input priority filter; policy drop;\n\
         \t\tct state vmap {{ established : accept, related : accept, invalid : drop }}\n\
         \t\tiifname \"lo\" accept\n\
         \t\ticmp type echo-request accept\n\
         \t}}\n\
         \tchain leaving {{\n\
         \t\ttype nat hook postrouting priority srcnat; policy accept;\n\
         \t\toifname \"{ROUTER_TO_HOST}\" ip saddr {vpc} masquerade\n\
         \t}}\n\
         }}"
    );
}

/// The `bridge` table: what may come in from a task's port. All ports of all bridges of the router
/// are tasks' ports, so what no port accounts for is dropped.
pub(crate) fn write_ports(text: &mut String, addresses: BTreeSet<Ipv4Addr>) {
    begin_table(text, "bridge");
    write_set(
        text,
        PORTS_SET,
        "ifname . ether_addr . ipv4_addr",
        addresses.into_iter().map(|address| {
            let port = task_port(address);
            let mac = MacAddress::of(address);
            format!("\"{port}\" . {mac} . {address}")
        }),
    );
    text.push_str(
        "\tchain from_tasks {\n\
         \t\ttype filter hook prerouting priority dstnat; policy drop;\n\
         \t\tether type ip iifname . ether saddr . ip saddr @ports accept\n\
         \t\tether type arp iifname . ether saddr . arp saddr ip @ports \
         iifname . arp saddr ether . arp saddr ip @ports accept\n\
         \t}\n\
         }\n",
    );
}

/// Adding before deleting makes deleting work whether or not the table is there.
pub(crate) fn begin_table(text: &mut String, family: &str) {
    let table = ROUTER_TABLE;
    let _ = writeln!(
        text,
        "table {family} {table}\ndelete table {family} {table}\ntable {family} {table} {{"
    );
}

pub(crate) fn write_set(
    text: &mut String,
    name: &str,
    kind: &str,
    elements: impl Iterator<Item = String>,
) {
    let elements: Vec<String> = elements.collect();
    let _ = writeln!(text, "\tset {name} {{\n\t\ttype {kind}");
    if !elements.is_empty() {
        let _ = writeln!(text, "\t\telements = {{ {} }}", elements.join(", "));
    }
    text.push_str("\t}\n");
}

/// The matches of a rule, each followed by a space; `None` when it can match nothing.
fn rule_matches(
    rule: &Rule,
    direction: Direction,
    groups: &BTreeMap<&str, &SecurityGroup>,
) -> Option<String> {
    let side = match direction {
        Direction::Ingress => "saddr",
        Direction::Egress => "daddr",
    };
    let peer = match &rule.peer {
        Peer::Cidr(cidr) if *cidr == Ipv4Cidr::ALL => String::new(),
        Peer::Cidr(cidr) => format!("ip {side} {cidr} "),
        Peer::Group(id) if groups.contains_key(id.as_str()) => {
            format!("ip {side} @members-{id} ")
        }
        Peer::Group(_) => return None,
    };
    let traffic = match rule.traffic {
        Traffic::All => String::new(),
        Traffic::Tcp(ports) => port_matches("tcp", ports),
        Traffic::Udp(ports) => port_matches("udp", ports),
        Traffic::Icmp { kind: None, .. } => "meta l4proto icmp ".to_owned(),
        Traffic::Icmp {
            kind: Some(kind),
            code: None,
        } => format!("icmp type {kind} "),
        Traffic::Icmp {
            kind: Some(kind),
            code: Some(code),
        } => format!("icmp type {kind} icmp code {code} "),
        Traffic::Protocol(number) => format!("meta l4proto {number} "),
    };
    Some(peer + &traffic)
}

fn port_matches(protocol: &str, ports: PortRange) -> String {
    let PortRange { first, last } = ports;
    if ports == PortRange::ALL {
        format!("meta l4proto {protocol} ")
    } else if first == last {
        format!("{protocol} dport {first} ")
    } else {
        format!("{protocol} dport {first}-{last} ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vpc;

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn state() -> VpcState {
        let tcp = |first, last| Traffic::Tcp(PortRange { first, last });
        let cidr = |text: &str| Peer::Cidr(text.parse().unwrap());
        let rule = |traffic, peer| Rule { traffic, peer };
        VpcState {
            vpc: Vpc {
                id: "vpc-1".to_owned(),
                cidr: "172.31.0.0/16".parse().unwrap(),
            },
            security_groups: vec![
                SecurityGroup {
                    id: "sg-web".to_owned(),
                    members: [ip("172.31.0.9")].into(),
                    ingress: vec![
                        rule(tcp(80, 80), cidr("0.0.0.0/0")),
                        rule(tcp(8000, 8010), cidr("10.0.0.0/8")),
                        rule(Traffic::Protocol(47), Peer::Group("sg-default".to_owned())),
                        rule(
                            Traffic::Icmp {
                                kind: Some(8),
                                code: None,
                            },
                            cidr("0.0.0.0/0"),
                        ),
                        rule(Traffic::All, Peer::Group("sg-unknown".to_owned())),
                    ],
                    egress: vec![rule(Traffic::Udp(PortRange::ALL), cidr("172.31.0.2/32"))],
                },
                SecurityGroup::default_of_vpc("sg-default", BTreeSet::new()),
            ],
        }
    }

    fn router() -> Router {
        Router {
            host_address: ip("169.254.200.1"),
            host_ports: [4566].into(),
            ports: vec![
                Port {
                    address: ip("172.31.16.4"),
                    security_groups: vec!["sg-default".to_owned(), "sg-unknown".to_owned()],
                },
                Port {
                    address: ip("172.31.0.5"),
                    security_groups: vec!["sg-default".to_owned()],
                },
            ],
        }
    }

    #[test]
    fn the_rules_of_a_router() {
        let expected = r#"table ip longshore
delete table ip longshore
table ip longshore {
	set members-sg-default {
		type ipv4_addr
		elements = { 172.31.0.5, 172.31.16.4 }
	}
	set members-sg-web {
		type ipv4_addr
		elements = { 172.31.0.9 }
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "host" ip saddr 172.31.0.0/16 drop
		iifname "host" goto ingress
		ip saddr != 172.31.0.0/16 drop
		ip daddr 169.254.200.1 tcp dport { 4566 } accept
		ip daddr != 169.254.200.1 ip daddr 169.254.0.0/16 drop
		ip saddr @members-sg-default jump out-sg-default
		ip saddr @members-sg-web jump out-sg-web
	}
	chain ingress {
		oifname "host" accept
		iifname "host" ip saddr 169.254.200.1 accept
		ip daddr @members-sg-default jump in-sg-default
		ip daddr @members-sg-web jump in-sg-web
		drop
	}
	chain in-sg-default {
		ip saddr @members-sg-default accept
	}
	chain out-sg-default {
		goto ingress
	}
	chain in-sg-web {
		tcp dport 80 accept
		ip saddr 10.0.0.0/8 tcp dport 8000-8010 accept
		ip saddr @members-sg-default meta l4proto 47 accept
		icmp type 8 accept
	}
	chain out-sg-web {
		ip daddr 172.31.0.2/32 meta l4proto udp goto ingress
	}
	chain input {
		type filter hook input priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname "lo" accept
		icmp type echo-request accept
	}
	chain leaving {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "host" ip saddr 172.31.0.0/16 masquerade
	}
}
table bridge longshore
delete table bridge longshore
table bridge longshore {
	set ports {
		type ifname . ether_addr . ipv4_addr
		elements = { "tac1f0005" . 02:4c:ac:1f:00:05 . 172.31.0.5, "tac1f1004" . 02:4c:ac:1f:10:04 . 172.31.16.4 }
	}
	chain from_tasks {
		type filter hook prerouting priority dstnat; policy drop;
		ether type ip iifname . ether saddr . ip saddr @ports accept
		ether type arp iifname . ether saddr . arp saddr ip @ports iifname . arp saddr ether . arp saddr ip @ports accept
	}
}
"#;
        assert_eq!(rules(&state(), &router()).unwrap(), expected);
    }

    #[test]
    fn the_order_of_what_is_wanted_changes_nothing() {
        let mut state = state();
        let mut router = router();
        let text = rules(&state, &router).unwrap();
        state.security_groups.reverse();
        router.ports.reverse();
        assert_eq!(rules(&state, &router).unwrap(), text);
    }

    #[test]
    fn without_a_state_all_is_closed() {
        let state = VpcState {
            security_groups: Vec::new(),
            ..state()
        };
        let text = rules(&state, &router()).unwrap();
        assert!(text.contains("policy drop"));
        assert!(!text.contains("jump"), "no group, no way: {text}");
    }

    #[test]
    fn a_hostile_id_reaches_no_rules() {
        let mut state = state();
        state.security_groups[0].id = "sg-a { }\nflush ruleset".to_owned();
        assert!(rules(&state, &router()).is_err());
        let mut router = router();
        router.ports[0].security_groups = vec!["x".to_owned()];
        assert!(rules(&super::tests::state(), &router).is_err());
    }
}
