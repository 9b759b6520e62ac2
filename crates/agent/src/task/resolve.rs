//! A container of a payload and its image, merged into what a runtime is told. Pure, but for the
//! look into the image's user database.

use std::collections::BTreeMap;

use agent_wire as wire;
use image::{ImageConfig, resolve_user};
use runtime::{ContainerId, ContainerSpec, LogLimits, LogMode, Resources, Ulimit, User};

use crate::image_source::RunnableImage;

const BYTES_PER_MIB: u64 = 1024 * 1024;
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SIGTERM: i32 = 15;

/// What a container gets from its task.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) hostname: String,
    pub(crate) hosts: Option<String>,
    pub(crate) resolv_conf: Option<String>,
    /// Environment that the definition may override.
    pub(crate) environment: BTreeMap<String, String>,
}

/// The container as the runtime is told of it.
///
/// # Errors
/// In words for the container's reason.
pub(crate) fn container(
    id: ContainerId,
    container: &wire::Container,
    image: &RunnableImage,
    surroundings: &Surroundings,
) -> Result<ContainerSpec, String> {
    let docker: wire::Config = parse(&container.docker_config.config)?;
    let host: wire::HostConfig = parse(&container.docker_config.host_config)?;
    let image_config = &image.config;
    let args = arguments(container, image_config)?;
    let user = if docker.user.is_empty() {
        &image_config.user
    } else {
        &docker.user
    };
    let resolved = resolve_user(&image.layers, user).map_err(|error| error.to_string())?;
    let mut spec = ContainerSpec::new(id, image.layers.clone(), args);
    spec.env = environment(container, image_config, surroundings, &resolved.home);
    spec.cwd = [&docker.working_dir, &image_config.working_dir]
        .into_iter()
        .find(|folder| !folder.is_empty())
        .cloned()
        .unwrap_or_else(|| "/".to_owned());
    spec.user = User {
        uid: resolved.uid,
        gid: resolved.gid,
        additional_gids: resolved.additional_gids,
    };
    spec.hostname = if docker.hostname.is_empty() {
        surroundings.hostname.clone()
    } else {
        docker.hostname.clone()
    };
    spec.hosts.clone_from(&surroundings.hosts);
    spec.resolv_conf.clone_from(&surroundings.resolv_conf);
    spec.readonly_rootfs = host.readonly_rootfs;
    spec.cap_add.clone_from(&host.cap_add);
    spec.cap_drop.clone_from(&host.cap_drop);
    spec.ulimits = host
        .ulimits
        .iter()
        .map(|limit| Ulimit {
            name: limit.name.clone(),
            soft: limit.soft,
            hard: limit.hard,
        })
        .collect();
    let positive = |value: i64| u64::try_from(value).ok().filter(|value| *value > 0);
    spec.resources = Resources {
        cpu_shares: positive(container.cpu),
        memory_bytes: positive(container.memory).map(|mib| mib * BYTES_PER_MIB),
        memory_reservation_bytes: positive(host.memory_reservation),
        pids: None,
        ..Resources::default()
    };
    spec.log = log_limits(host.log_config.as_ref())?;
    Ok(spec)
}

fn parse<T: serde::de::DeserializeOwned + Default>(text: &str) -> Result<T, String> {
    if text.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_str(text)
        .map_err(|error| format!("the container's docker configuration: {error}"))
}

/// Docker's rule: an entry point of the definition takes the image's command away with the
/// image's entry point.
fn arguments(container: &wire::Container, image: &ImageConfig) -> Result<Vec<String>, String> {
    let given = |list: &Option<Vec<String>>| list.clone().filter(|list| !list.is_empty());
    let (entry_point, default_command) = match given(&container.entry_point) {
        Some(entry_point) => (entry_point, Vec::new()),
        None => (image.entrypoint.clone(), image.cmd.clone()),
    };
    let command = given(&container.command).unwrap_or(default_command);
    let args: Vec<String> = entry_point.into_iter().chain(command).collect();
    if args.is_empty() {
        return Err("no command specified".to_owned());
    }
    Ok(args)
}

/// The image's environment, then the task's, then the definition's; later ones win.
fn environment(
    container: &wire::Container,
    image: &ImageConfig,
    surroundings: &Surroundings,
    home: &str,
) -> Vec<String> {
    let name = |pair: &str| {
        pair.split_once('=')
            .map_or(pair, |(name, _)| name)
            .to_owned()
    };
    let mut merged: BTreeMap<String, String> = BTreeMap::new();
    merged.insert("PATH".to_owned(), DEFAULT_PATH.to_owned());
    merged.insert(
        "HOSTNAME".to_owned(),
        format!("HOSTNAME={}", surroundings.hostname),
    );
    merged.insert("HOME".to_owned(), format!("HOME={home}"));
    for pair in &image.env {
        merged.insert(name(pair), pair.clone());
    }
    for (name, value) in surroundings
        .environment
        .iter()
        .chain(&container.environment)
    {
        merged.insert(name.clone(), format!("{name}={value}"));
    }
    merged.into_values().collect()
}

/// ECS's log options: `mode` is non-blocking unless said otherwise, with a buffer of 10m.
fn log_limits(config: Option<&wire::LogConfig>) -> Result<LogLimits, String> {
    let mut limits = LogLimits::default();
    let Some(config) = config else {
        return Ok(limits);
    };
    match config.config.get("mode").map(String::as_str) {
        None | Some("non-blocking") => {}
        Some("blocking") => limits.mode = LogMode::Blocking,
        Some(other) => {
            return Err(format!(
                "logger: the mode '{other}' is neither blocking nor non-blocking"
            ));
        }
    }
    if let Some(text) = config.config.get("max-buffer-size") {
        limits.max_bytes =
            bytes(text).ok_or_else(|| format!("logger: '{text}' is no size; it looks like 25m"))?;
    }
    Ok(limits)
}

/// Docker's sizes: a number, and `k`, `m` or `g` in powers of 1024, perhaps with a `b`.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let (number, unit) = match text.char_indices().last()? {
        (end, 'k') => (text.get(..end)?, 1 << 10),
        (end, 'm') => (text.get(..end)?, 1 << 20),
        (end, 'g') => (text.get(..end)?, 1 << 30),
        _ => (text, 1),
    };
    number
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(unit)
        .filter(|bytes| *bytes > 0)
}

/// The number of a signal by number or name, with or without `SIG`; SIGTERM for what is none.
pub(crate) fn stop_signal(image: &ImageConfig) -> i32 {
    let text = image.stop_signal.trim().to_ascii_uppercase();
    if let Ok(number) = text.parse::<i32>() {
        return if (1..=64).contains(&number) {
            number
        } else {
            SIGTERM
        };
    }
    match text.strip_prefix("SIG").unwrap_or(&text) {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "KILL" => 9,
        "USR1" => 10,
        "USR2" => 12,
        "ALRM" => 14,
        "STOP" => 19,
        "PWR" => 30,
        "WINCH" => 28,
        "RTMIN+3" => 37,
        _ => SIGTERM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_arguments_follow_dockers_rule() {
        let image = ImageConfig {
            entrypoint: list(&["/entry"]),
            cmd: list(&["serve"]),
            ..ImageConfig::default()
        };
        let mut container = wire::Container::default();
        assert_eq!(
            arguments(&container, &image).unwrap(),
            list(&["/entry", "serve"])
        );
        container.command = Some(list(&["once"]));
        assert_eq!(
            arguments(&container, &image).unwrap(),
            list(&["/entry", "once"])
        );
        container.entry_point = Some(list(&["/other"]));
        container.command = None;
        assert_eq!(arguments(&container, &image).unwrap(), list(&["/other"]));
        assert!(arguments(&wire::Container::default(), &ImageConfig::default()).is_err());
    }

    #[test]
    fn the_definitions_environment_wins() {
        let image = ImageConfig {
            env: list(&["PATH=/bin", "A=image"]),
            ..ImageConfig::default()
        };
        let container = wire::Container {
            environment: BTreeMap::from([("A".to_owned(), "definition".to_owned())]),
            ..wire::Container::default()
        };
        let surroundings = Surroundings {
            environment: BTreeMap::from([
                ("A".to_owned(), "task".to_owned()),
                ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
            ]),
            ..Surroundings::default()
        };
        let env = environment(&container, &image, &surroundings, "/root");
        assert!(env.contains(&"A=definition".to_owned()) && env.contains(&"PATH=/bin".to_owned()));
        assert!(env.contains(&"AWS_REGION=us-east-1".to_owned()));
        assert_eq!(env.iter().filter(|pair| pair.starts_with("A=")).count(), 1);
    }

    #[test]
    fn sizes_and_signals() {
        assert_eq!(bytes("25m"), Some(25 << 20));
        assert_eq!(bytes("4kb"), Some(4096));
        assert_eq!(bytes("m"), None);
        let image = |signal: &str| ImageConfig {
            stop_signal: signal.into(),
            ..ImageConfig::default()
        };
        assert_eq!(stop_signal(&image("SIGQUIT")), 3);
        assert_eq!(stop_signal(&image("2")), 2);
        assert_eq!(stop_signal(&image("")), 15);
    }
}
