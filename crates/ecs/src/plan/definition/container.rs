//! One container of a task definition.

use std::net::IpAddr;

use aws_api::ecs::{ContainerDefinition, NetworkMode};

use super::{Surroundings, health, is_name, linux, logging, ports, size, volumes, wrong};
use crate::error::{Failure, client};
use crate::sentences;

/// ECS allows 255 characters for a reference with a tag, or before the `@` of a digest.
const IMAGE_MAX_CHARS: usize = 255;
/// The only digest that ECS takes.
const DIGEST_PREFIX: &str = "sha256:";
const DIGEST_DIGITS: usize = 64;
/// A host's name (RFC 1123).
const HOSTNAME_MAX_CHARS: usize = 255;
/// The least `startTimeout` and `stopTimeout`: the agent protocol says "the default" with 0.
const TIMEOUT_MIN_SECS: i32 = 1;

/// The container with the defaults that ECS fills in.
pub(super) fn normalise(
    container: &ContainerDefinition,
    around: &Surroundings,
) -> Result<ContainerDefinition, Failure> {
    let name = container.name.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(client(sentences::CONTAINER_NAME_BLANK));
    }
    if !is_name(name) {
        return Err(client(sentences::invalid_name("container name", name)));
    }
    check_image(name, container.image.as_deref().unwrap_or_default())?;
    size::check_container(name, container)?;
    for (what, seconds) in [
        ("startTimeout", container.start_timeout),
        ("stopTimeout", container.stop_timeout),
    ] {
        if seconds.is_some_and(|seconds| seconds < TIMEOUT_MIN_SECS) {
            return Err(wrong(
                name,
                sentences::at_least(what, format_args!("{TIMEOUT_MIN_SECS} second")),
            ));
        }
    }
    check_process(name, container)?;
    check_names(name, container, &around.network)?;
    logging::check(name, container)?;
    linux::check(name, container, around)?;
    volumes::check_mounts(name, container, &around.volumes)?;
    let mut normal = container.clone();
    normal.cpu = Some(container.cpu.unwrap_or(0));
    normal.essential = Some(container.essential.unwrap_or(true));
    normal.environment.get_or_insert_default();
    normal.mount_points.get_or_insert_default();
    normal.volumes_from.get_or_insert_default();
    normal.system_controls.get_or_insert_default();
    if let Some(check) = &mut normal.health_check {
        health::normalise_check(name, check)?;
    }
    if let Some(policy) = &normal.restart_policy {
        health::check_restart(name, policy)?;
    }
    ports::normalise(
        name,
        normal.port_mappings.get_or_insert_default(),
        &around.network,
    )?;
    Ok(normal)
}

fn check_image(name: &str, image: &str) -> Result<(), Failure> {
    if image.is_empty() {
        return Err(client(sentences::CONTAINER_IMAGE_BLANK));
    }
    let (reference, digest) = match image.split_once('@') {
        Some((reference, digest)) => (reference, Some(digest)),
        None => (image, None),
    };
    if reference.chars().count() > IMAGE_MAX_CHARS {
        return Err(client(sentences::too_long(
            "Container.image",
            IMAGE_MAX_CHARS,
        )));
    }
    let digits = |digest: &str| {
        digest.strip_prefix(DIGEST_PREFIX).is_some_and(|digits| {
            digits.len() == DIGEST_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    };
    if digest.is_some_and(|digest| !digits(digest)) {
        return Err(wrong(name, sentences::IMAGE_DIGEST_INVALID));
    }
    Ok(())
}

/// Checks what the container's processes are given. A variable without a value has an empty one.
pub(super) fn check_process(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
    for pair in container.environment.iter().flatten() {
        let variable = pair.name.as_deref().unwrap_or_default();
        if variable.is_empty() {
            return Err(wrong(name, sentences::VARIABLE_BLANK));
        }
        if variable.contains(['=', '\0']) {
            return Err(wrong(
                name,
                sentences::is_no(variable, "name of a variable"),
            ));
        }
    }
    check_texts(name, container)
}

/// Checks that no text holds what a process cannot be given.
fn check_texts(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
    let has_nul = |text: &String| text.contains('\0');
    let any = |texts: Option<&Vec<String>>| texts.is_some_and(|texts| texts.iter().any(has_nul));
    let check = container.health_check.as_ref();
    let mut values = container
        .environment
        .iter()
        .flatten()
        .filter_map(|pair| pair.value.as_ref());
    for (member, found) in [
        ("environment", values.any(has_nul)),
        ("command", any(container.command.as_ref())),
        ("entryPoint", any(container.entry_point.as_ref())),
        (
            "healthCheck",
            any(check.and_then(|check| check.command.as_ref())),
        ),
        ("user", container.user.as_ref().is_some_and(has_nul)),
        (
            "workingDirectory",
            container.working_directory.as_ref().is_some_and(has_nul),
        ),
    ] {
        if found {
            return Err(wrong(name, sentences::holds_nul(member)));
        }
    }
    Ok(())
}

/// The container's own name in the network and the names that it looks up.
fn check_names(
    name: &str,
    container: &ContainerDefinition,
    network: &NetworkMode,
) -> Result<(), Failure> {
    let given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if *network == NetworkMode::Awsvpc {
        let hostname = container.hostname.as_deref().unwrap_or_default();
        if !hostname.is_empty() {
            return Err(client(sentences::AWSVPC_HOSTNAME));
        }
        if container
            .extra_hosts
            .as_ref()
            .is_some_and(|hosts| !hosts.is_empty())
        {
            return Err(client(sentences::AWSVPC_EXTRA_HOSTS));
        }
        if given(&container.dns_servers) {
            return Err(client(sentences::AWSVPC_DNS_SERVERS));
        }
        if given(&container.dns_search_domains) {
            return Err(client(sentences::AWSVPC_DNS_SEARCH_DOMAINS));
        }
    }
    if given(&container.links) && *network != NetworkMode::Bridge {
        return Err(client(sentences::links_not_supported(network.as_str())));
    }
    let host = |text: &str| {
        !text.is_empty()
            && text.len() <= HOSTNAME_MAX_CHARS
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    if let Some(hostname) = container
        .hostname
        .as_deref()
        .filter(|text| !text.is_empty())
        && !host(hostname)
    {
        return Err(wrong(name, sentences::is_no(hostname, "host name")));
    }
    for entry in container.extra_hosts.iter().flatten() {
        let (hostname, address) = (
            entry.hostname.as_deref().unwrap_or_default(),
            entry.ip_address.as_deref().unwrap_or_default(),
        );
        if !host(hostname) {
            return Err(wrong(name, sentences::is_no(hostname, "host name")));
        }
        if address.parse::<IpAddr>().is_err() {
            return Err(wrong(name, sentences::is_no(address, "IP address")));
        }
    }
    for server in container.dns_servers.iter().flatten() {
        if server.parse::<IpAddr>().is_err() {
            return Err(wrong(name, sentences::is_no(server, "IP address")));
        }
    }
    for domain in container.dns_search_domains.iter().flatten() {
        if !host(domain) {
            return Err(wrong(name, sentences::is_no(domain, "domain name")));
        }
    }
    Ok(())
}
