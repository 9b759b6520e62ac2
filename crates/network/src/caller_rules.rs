//! How many connections one task may have to the ports of the host that are forwarded to tasks.
//!
//! Pure. A router stands before all of its tasks with one address, and whoever answers on the host counts
//! connections by address: only the router can tell who takes all of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::names::{CALLERS_TABLE, ROUTER_TO_HOST};

/// Connections of one task or container at a time. An SDK keeps some tens; of what the API gives to one
/// address (2048) it is an eighth.
pub const CALLER_CONNECTIONS_MAX: usize = 256;

/// Callers that are told apart: as many as a VPC's largest block has addresses, but one that no task has.
const CALLERS_MAX: usize = 65_535;

/// The rules that hold each caller to its connections, for `nft -f -` in a router's namespace.
///
/// A table of its own, which is never deleted: who has how many is in its set, and would be forgotten
/// with it, while the connections stay. The port counts at every address beyond the router, for the host
/// may have more than that of the link.
pub(crate) fn caller_rules(host_ports: &BTreeSet<u16>) -> String {
    let table = CALLERS_TABLE;
    let mut text = format!(
        "table ip {table} {{\n\
         \tset callers {{\n\
         \t\ttype ipv4_addr\n\
         \t\tsize {CALLERS_MAX}\n\
         \t\tflags dynamic\n\
         \t}}\n\
         \tchain forward {{\n\
         \t\ttype filter hook forward priority filter - 1; policy accept;\n\
         \t}}\n\
         }}\n\
         flush chain ip {table} forward\n"
    );
    if !host_ports.is_empty() {
        let ports: Vec<String> = host_ports.iter().map(u16::to_string).collect();
        // Writing into a string cannot fail. Refused rather than dropped: the caller need not wait.
        let _ = writeln!(
            text,
            "add rule ip {table} forward oifname \"{ROUTER_TO_HOST}\" tcp dport {{ {} }} ct state new \
             add @callers {{ ip saddr ct count over {CALLER_CONNECTIONS_MAX} }} reject with tcp reset",
            ports.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_count_by_caller_and_keep_what_was_counted() {
        let expected = r#"table ip longshore_callers {
	set callers {
		type ipv4_addr
		size 65535
		flags dynamic
	}
	chain forward {
		type filter hook forward priority filter - 1; policy accept;
	}
}
flush chain ip longshore_callers forward
add rule ip longshore_callers forward oifname "host" tcp dport { 80, 4566 } ct state new add @callers { ip saddr ct count over 256 } reject with tcp reset
"#;
        assert_eq!(caller_rules(&[4566, 80].into()), expected);
        assert!(!caller_rules(&BTreeSet::new()).contains("add rule"));
    }
}
