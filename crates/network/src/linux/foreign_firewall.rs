//! Other programs' forward chains that drop by default (Docker's `FORWARD`, ufw's, firewalld's).
//!
//! An accept in our own table does not overrule a drop in another's, so each such chain gets two
//! rules at its head: from our links, to our links. What they let pass still meets the router's
//! security groups and our own `between_vpcs`. They are written so that `iptables` can read them (a
//! match by name, an accept, a comment); it refuses tables in which it finds what it cannot read.
//!
//! Not covered, because nft cannot see it: chains of the legacy `iptables`; and explicit drops in chains
//! that accept by default, because somebody has written them on purpose.

use std::fmt::Write as _;

use serde_json::Value;

use crate::InstanceId;

/// A base chain of another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForwardChain {
    pub(super) family: String,
    pub(super) table: String,
    pub(super) chain: String,
    pub(super) drops: bool,
}

impl ForwardChain {
    fn is_writable_name(name: &str) -> bool {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    }
}

/// The forward chains in the answer to `nft --json list chains` that are not ours.
pub(super) fn forward_chains(listing: &Value) -> Vec<ForwardChain> {
    objects(listing, "chain")
        .filter_map(|chain| {
            let text = |key: &str| chain.get(key).and_then(Value::as_str);
            let found = ForwardChain {
                family: text("family")?.to_owned(),
                table: text("table")?.to_owned(),
                chain: text("name")?.to_owned(),
                drops: text("policy") == Some("drop"),
            };
            let ours = found.table.starts_with("longshore");
            let forwards =
                text("hook") == Some("forward") && matches!(found.family.as_str(), "ip" | "inet");
            let named = ForwardChain::is_writable_name(&found.table)
                && ForwardChain::is_writable_name(&found.chain);
            (forwards && named && !ours).then_some(found)
        })
        .collect()
}

/// True where the answer to `nft --json list chains` shows another program's forward chain that drops
/// by default.
#[must_use]
pub fn drops_forwarded(listing: &str) -> bool {
    serde_json::from_str(listing)
        .is_ok_and(|listing| forward_chains(&listing).iter().any(|chain| chain.drops))
}

/// The handles of the instance's rules in the answer to `nft --json --handle list chain ...`.
pub(super) fn own_rules(listing: &Value, instance: &InstanceId) -> Vec<u64> {
    let comment = instance.host_table();
    objects(listing, "rule")
        .filter(|rule| rule.get("comment").and_then(Value::as_str) == Some(&comment))
        .filter_map(|rule| rule.get("handle").and_then(Value::as_u64))
        .collect()
}

/// The rules that let an instance's links through `chain`.
pub(super) fn accepting(chain: &ForwardChain, instance: &InstanceId) -> String {
    let ForwardChain {
        family,
        table,
        chain,
        ..
    } = chain;
    let links = format!("{}*", instance.host_link_prefix());
    let comment = instance.host_table();
    let mut text = String::new();
    for side in ["iifname", "oifname"] {
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "insert rule {family} {table} {chain} {side} \"{links}\" accept comment \"{comment}\""
        );
    }
    text
}

/// Takes rules out of `chain` again.
pub(super) fn removal(chain: &ForwardChain, handles: &[u64]) -> String {
    let ForwardChain {
        family,
        table,
        chain,
        ..
    } = chain;
    let mut text = String::new();
    for handle in handles {
        let _ = writeln!(text, "delete rule {family} {table} {chain} handle {handle}");
    }
    text
}

fn objects<'a>(listing: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    listing
        .get("nftables")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(move |entry| entry.get(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_dockers_chain_and_none_of_ours() {
        let listing = json!({"nftables": [
            {"metainfo": {"version": "1.0.6"}},
            {"chain": {"family": "ip", "table": "filter", "name": "FORWARD", "hook": "forward", "policy": "drop"}},
            {"chain": {"family": "ip", "table": "filter", "name": "DOCKER"}},
            {"chain": {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "policy": "drop"}},
            {"chain": {"family": "ip6", "table": "filter", "name": "FORWARD", "hook": "forward", "policy": "drop"}},
            {"chain": {"family": "ip", "table": "longshore_a", "name": "between_vpcs", "hook": "forward", "policy": "accept"}},
            {"chain": {"family": "inet", "table": "fw", "name": "f", "hook": "forward", "policy": "accept"}},
            {"chain": {"family": "ip", "table": "x; flush ruleset", "name": "f", "hook": "forward", "policy": "drop"}},
        ]});
        let chains = forward_chains(&listing);
        let named: Vec<_> = chains
            .iter()
            .map(|chain| (chain.table.as_str(), chain.chain.as_str(), chain.drops))
            .collect();
        assert_eq!(named, [("filter", "FORWARD", true), ("fw", "f", false)]);
        let instance = InstanceId::new("ab12").unwrap();
        assert_eq!(
            accepting(&chains[0], &instance),
            "insert rule ip filter FORWARD iifname \"ls-ab12-*\" accept comment \"longshore_ab12\"\n\
             insert rule ip filter FORWARD oifname \"ls-ab12-*\" accept comment \"longshore_ab12\"\n"
        );
    }

    #[test]
    fn finds_its_own_rules_again() {
        let listing = json!({"nftables": [
            {"rule": {"handle": 3, "comment": "longshore_ab12"}},
            {"rule": {"handle": 4, "comment": "longshore_ab1"}},
            {"rule": {"handle": 5}},
        ]});
        let instance = InstanceId::new("ab12").unwrap();
        assert_eq!(own_rules(&listing, &instance), [3]);
    }
}
