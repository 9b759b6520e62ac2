//! What can go wrong in a node's network.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use thiserror::Error;

use crate::Protocol;

/// Why a network call failed. Every call may be repeated.
#[derive(Debug, Error)]
pub enum Error {
    /// A value that does not have the form it must have; nothing was done.
    #[error("'{value}' is not a valid {what}: {expected}")]
    Invalid {
        /// What was given.
        what: &'static str,
        /// Its value.
        value: String,
        /// The form it must have.
        expected: &'static str,
    },
    /// The address belongs to another task of this node.
    #[error(
        "the address {address} in {vpc} is in use by task {task}: detach that task or choose another address"
    )]
    AddressInUse {
        /// The address.
        address: Ipv4Addr,
        /// The VPC.
        vpc: String,
        /// Who has it.
        task: String,
    },
    /// No /30 is left for the link between host and router.
    #[error(
        "tried {tried} link networks of {range} for {vpc} and all are in use on this host: remove unused links named ls-*"
    )]
    NoLinkNetwork {
        /// How many were tried.
        tried: u32,
        /// Where they are taken from.
        range: String,
        /// The VPC.
        vpc: String,
    },
    /// A host port that was asked for is published by another container, or something on the host
    /// listens there. The words are Docker's, which people know and search for.
    #[error(
        "Bind for 0.0.0.0:{port} failed: port is already allocated ({protocol}): stop what uses it or leave hostPort out"
    )]
    PortInUse {
        /// The host port.
        port: u16,
        /// Its protocol.
        protocol: Protocol,
    },
    /// No dynamic host port is left.
    #[error("{wanted} free {protocol} host ports in a row were not found from {first} to {last}")]
    NoFreePort {
        /// How many in a row were asked for.
        wanted: u16,
        /// Their protocol.
        protocol: Protocol,
        /// The first port of the range (`net.ipv4.ip_local_port_range`).
        first: u16,
        /// Its last.
        last: u16,
    },
    /// No address is left in the bridge network, or no block for it.
    #[error("the node's bridge network {block} has no free address")]
    BridgeFull {
        /// Its block.
        block: String,
    },
    /// Each private block that could be the bridge network's overlaps one of the host's networks.
    #[error(
        "no private block is free for the node's bridge network: the host's own networks take {taken}"
    )]
    NoBridgeBlock {
        /// The host's networks.
        taken: String,
    },
    /// The kernel refused.
    #[error("could not {attempt}: {source}")]
    Kernel {
        /// What was tried, on what.
        attempt: String,
        /// The kernel's answer.
        source: std::io::Error,
    },
    /// The namespace of a task is not there, or the path is not a namespace.
    #[error(
        "{path} is not a network namespace: prepare the task before its network is attached ({reason})"
    )]
    NotANamespace {
        /// The path that was given.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// The program `nft` refused rules or is missing.
    #[error("nft could not {attempt} in {namespace}: {detail}")]
    Nft {
        /// What was tried.
        attempt: String,
        /// The namespace it was tried in.
        namespace: String,
        /// The program's own words.
        detail: String,
    },
    /// A file of the data folder.
    #[error("could not {attempt} {path}: {source}")]
    File {
        /// What was tried.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// The answer.
        source: std::io::Error,
    },
    /// A failure that a test asked the mock for.
    #[error("the mock network was told to fail: {0}")]
    Mock(String),
}

impl Error {
    pub(crate) fn invalid(
        what: &'static str,
        value: impl Into<String>,
        expected: &'static str,
    ) -> Self {
        Self::Invalid {
            what,
            value: value.into(),
            expected,
        }
    }

    pub(crate) fn kernel(attempt: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        Self::Kernel {
            attempt: attempt.into(),
            source: source.into(),
        }
    }
}
