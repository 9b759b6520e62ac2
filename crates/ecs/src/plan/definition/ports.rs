//! The ports of containers, each network mode by its own rules.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use aws_api::ecs::{ContainerDefinition, NetworkMode, PortMapping, TransportProtocol};

use super::wrong;
use crate::error::{Failure, client};
use crate::sentences;

/// What a container's port may be.
const PORTS: RangeInclusive<i32> = 1..=65_535;
/// The API reference's bound, PortMapping.
const RANGES_MAX: usize = 100;
const NAME_MAX_CHARS: usize = 64;

/// The ports that a mapping is about, in the container.
fn span(port: &PortMapping) -> Option<RangeInclusive<i32>> {
    match range_of(port) {
        Some(range) => {
            let (first, last) = range.split_once('-')?;
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (PORTS.contains(&first) && PORTS.contains(&last) && first < last)
                .then_some(first..=last)
        }
        None => {
            let port = port.container_port.unwrap_or(0);
            PORTS.contains(&port).then_some(port..=port)
        }
    }
}

fn range_of(port: &PortMapping) -> Option<&str> {
    port.container_port_range
        .as_deref()
        .filter(|range| !range.is_empty())
}

fn overlap(one: &RangeInclusive<i32>, other: &RangeInclusive<i32>) -> bool {
    one.start() <= other.end() && other.start() <= one.end()
}

/// True where a port of `wanted` is among the `taken` of the same protocol.
fn is_taken(
    taken: &[(TransportProtocol, RangeInclusive<i32>)],
    protocol: &TransportProtocol,
    wanted: &RangeInclusive<i32>,
) -> bool {
    taken
        .iter()
        .any(|(other, ports)| other == protocol && overlap(wanted, ports))
}

/// Checks a container's ports and fills in what ECS shows where it was left out.
///
/// A port may be mapped once for each protocol, as a name server's. The API reference (PortMapping)
/// says that one port for several protocols is an error; AWS took the same words out of the developer
/// guide as no longer true (awsdocs/amazon-ecs-developer-guide#128), and who meets the error meets it
/// where a service is created, after the definition was registered
/// (terraform-aws-modules/terraform-aws-ecs#89, aws/amazon-ecs-agent#3428). Twice for one protocol is
/// an error here: the second mapping could have no meaning of its own.
pub(super) fn normalise(
    name: &str,
    ports: &mut [PortMapping],
    network: &NetworkMode,
) -> Result<(), Failure> {
    if *network == NetworkMode::None && !ports.is_empty() {
        return Err(client(sentences::PORTS_WITHOUT_NETWORK));
    }
    let ranges = ports.iter().filter(|port| range_of(port).is_some()).count();
    if ranges > RANGES_MAX {
        return Err(wrong(name, sentences::too_many_port_ranges(RANGES_MAX)));
    }
    let mut taken: Vec<(TransportProtocol, RangeInclusive<i32>)> = Vec::new();
    for port in ports {
        // ECS takes any other protocol as TCP.
        let protocol = match port.protocol {
            Some(TransportProtocol::Udp) => TransportProtocol::Udp,
            _ => TransportProtocol::Tcp,
        };
        port.protocol = Some(protocol.clone());
        if let Some(text) = port.name.as_deref().filter(|text| !text.is_empty())
            && !is_port_name(text)
        {
            return Err(wrong(name, sentences::port_name_invalid(text)));
        }
        let one = if range_of(port).is_some() {
            range(name, port, network)?
        } else {
            single(name, port, network)?
        };
        if is_taken(&taken, &protocol, &one) {
            return Err(client(sentences::port_twice(*one.start(), name)));
        }
        taken.push((protocol, one));
    }
    Ok(())
}

fn range(
    name: &str,
    port: &PortMapping,
    network: &NetworkMode,
) -> Result<RangeInclusive<i32>, Failure> {
    if port.container_port.unwrap_or(0) != 0 || port.host_port.unwrap_or(0) != 0 {
        return Err(wrong(name, sentences::PORT_AND_RANGE));
    }
    if !matches!(network, NetworkMode::Awsvpc | NetworkMode::Bridge) {
        return Err(wrong(
            name,
            sentences::not_supported_when("containerPortRange", "networkMode", network.as_str()),
        ));
    }
    span(port).ok_or_else(|| wrong(name, sentences::PORT_RANGE_INVALID))
}

fn single(
    name: &str,
    port: &mut PortMapping,
    network: &NetworkMode,
) -> Result<RangeInclusive<i32>, Failure> {
    let span = span(port).ok_or_else(|| wrong(name, sentences::CONTAINER_PORT_INVALID))?;
    let container_port = *span.start();
    let host_port = port.host_port.unwrap_or(0);
    if host_port != 0 && !PORTS.contains(&host_port) {
        return Err(wrong(name, sentences::HOST_PORT_INVALID));
    }
    if *network == NetworkMode::Bridge {
        // 0 asks the node for one.
        port.host_port = Some(host_port);
    } else {
        if host_port != 0 && host_port != container_port {
            return Err(client(sentences::ports_must_match(network.as_str())));
        }
        port.host_port = Some(container_port);
    }
    Ok(span)
}

fn is_port_name(text: &str) -> bool {
    text.len() <= NAME_MAX_CHARS
        && !text.starts_with('-')
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
}

/// Checks the ports of the containers against each other: those of one network namespace, and
/// those that are wanted of the host.
pub(super) fn check_task(
    containers: &[ContainerDefinition],
    network: &NetworkMode,
) -> Result<(), Failure> {
    let mut names = BTreeSet::new();
    let mut taken: Vec<(TransportProtocol, RangeInclusive<i32>)> = Vec::new();
    for container in containers {
        for port in container.port_mappings.iter().flatten() {
            if let Some(name) = port.name.as_deref().filter(|name| !name.is_empty())
                && !names.insert(name)
            {
                return Err(client(sentences::PORT_NAME_TWICE));
            }
            let wanted = if *network == NetworkMode::Bridge {
                port.host_port
                    .filter(|host_port| *host_port != 0)
                    .map(|host_port| host_port..=host_port)
            } else {
                span(port)
            };
            let (Some(wanted), Some(protocol)) = (wanted, &port.protocol) else {
                continue;
            };
            if is_taken(&taken, protocol, &wanted) {
                return Err(client(sentences::port_twice_in_task(*wanted.start())));
            }
            taken.push((protocol.clone(), wanted));
        }
    }
    Ok(())
}
