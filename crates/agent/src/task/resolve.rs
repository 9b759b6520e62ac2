//! A container of a payload and its image, merged into what a runtime is told. Pure, but for the
//! look into the image's user database.

use std::collections::{BTreeMap, BTreeSet};

use agent_wire as wire;
use image::{ImageConfig, resolve_user};
use runtime::{ContainerId, ContainerSpec, Device, Mount, Resources, Tmpfs, Ulimit, User};

use super::stop_signal;
use crate::image_source::RunnableImage;
use crate::logging;

const BYTES_PER_MIB: u64 = 1024 * 1024;
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What Docker tells programs of a terminal that it makes.
const TERMINAL: &str = "TERM=xterm";

/// What a container gets from its task and its network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// The host's name, where the definition says nothing.
    pub(crate) hostname: String,
    /// `/etc/hosts`, to which the definition may add.
    pub(crate) hosts: Option<String>,
    /// `/etc/resolv.conf`, of which the definition may replace name servers and domains.
    pub(crate) resolv_conf: Option<String>,
    /// Environment that the definition may override.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A container of a payload, with its Docker configuration read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) container: wire::Container,
    pub(crate) config: wire::Config,
    pub(crate) host: wire::HostConfig,
}

impl Wanted {
    /// Reads the Docker configuration.
    ///
    /// # Errors
    /// In words, when it is none.
    pub(crate) fn read(container: &wire::Container) -> Result<Self, String> {
        Ok(Self {
            config: parse(&container.docker_config.config)?,
            host: parse(&container.docker_config.host_config)?,
            container: container.clone(),
        })
    }
}

/// The container as the runtime is told of it.
///
/// # Errors
/// In words for the container's reason.
pub(crate) fn container(
    id: ContainerId,
    wanted: &Wanted,
    image: &RunnableImage,
    surroundings: &Surroundings,
    mounts: Vec<Mount>,
) -> Result<ContainerSpec, String> {
    let Wanted {
        container,
        config: docker,
        host,
    } = wanted;
    let image_config = &image.config;
    // Said now: at the stop nobody would hear it.
    stop_signal::parse(&image_config.stop_signal)?;
    let args = arguments(container, image_config)?;
    let user = if docker.user.is_empty() {
        &image_config.user
    } else {
        &docker.user
    };
    let resolved = resolve_user(&image.layers, user).map_err(|error| error.to_string())?;
    let mut spec = ContainerSpec::new(id, image.layers.clone(), args);
    spec.hostname = if docker.hostname.is_empty() {
        surroundings.hostname.clone()
    } else {
        docker.hostname.clone()
    };
    spec.env = environment(wanted, image_config, surroundings, &resolved.home);
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
    spec.hosts = hosts(surroundings.hosts.as_deref(), &host.extra_hosts)?;
    spec.resolv_conf = resolv_conf(surroundings.resolv_conf.as_deref(), host);
    spec.mounts = mounts;
    spec.log = logging::limits(host.log_config.as_ref())?;
    confine(&mut spec, wanted)?;
    Ok(spec)
}

/// What the container may do and use.
fn confine(spec: &mut ContainerSpec, wanted: &Wanted) -> Result<(), String> {
    let (docker, host) = (&wanted.config, &wanted.host);
    spec.readonly_rootfs = host.readonly_rootfs;
    spec.cap_add.clone_from(&host.cap_add);
    spec.cap_drop.clone_from(&host.cap_drop);
    spec.privileged = host.privileged;
    spec.init = host.init;
    spec.tty = docker.tty;
    spec.stdin_open = docker.open_stdin;
    spec.sysctls.clone_from(&host.sysctls);
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
    spec.shm_bytes = positive(host.shm_size);
    spec.resources = Resources {
        cpu_shares: positive(wanted.container.cpu),
        memory_bytes: positive(wanted.container.memory).map(|mib| mib * BYTES_PER_MIB),
        memory_reservation_bytes: positive(host.memory_reservation),
        memory_swap_bytes: Some(host.memory_swap).filter(|bytes| *bytes != 0),
        swappiness: host
            .memory_swappiness
            .and_then(|value| u64::try_from(value).ok()),
        ..Resources::default()
    };
    spec.devices = host.devices.iter().map(device).collect();
    for (path, options) in &host.tmpfs {
        spec.tmpfs.push(tmpfs(path, options)?);
    }
    for setting in &host.security_opt {
        match setting.as_str() {
            "no-new-privileges" | "no-new-privileges:true" | "no-new-privileges=true" => {
                spec.no_new_privileges = true;
            }
            other => {
                return Err(format!(
                    "the security option '{other}' is not supported; no-new-privileges is"
                ));
            }
        }
    }
    Ok(())
}

/// Docker's defaults: the same path in the container, and all of `rwm`.
fn device(device: &wire::Device) -> Device {
    let or = |text: &str, default: &str| if text.is_empty() { default } else { text }.to_owned();
    Device {
        host_path: device.path_on_host.clone().into(),
        container_path: or(&device.path_in_container, &device.path_on_host),
        access: or(&device.cgroup_permissions, "rwm"),
    }
}

/// `size=67108864,noexec` and the like.
fn tmpfs(path: &str, options: &str) -> Result<Tmpfs, String> {
    let (sizes, others): (Vec<&str>, Vec<&str>) = options
        .split(',')
        .filter(|option| !option.is_empty())
        .partition(|option| option.starts_with("size="));
    let bytes = sizes
        .last()
        .and_then(|size| size.strip_prefix("size="))
        .and_then(logging::bytes)
        .ok_or_else(|| format!("the tmpfs at {path} has no size"))?;
    Ok(Tmpfs {
        path: path.to_owned(),
        bytes,
        options: others.into_iter().map(str::to_owned).collect(),
    })
}

/// `/etc/hosts` with what `extraHosts` adds, `NAME:ADDRESS` each.
fn hosts(base: Option<&str>, extra: &[String]) -> Result<Option<String>, String> {
    if extra.is_empty() {
        return Ok(base.map(str::to_owned));
    }
    let mut text = base.unwrap_or_default().to_owned();
    for entry in extra {
        let (name, address) = entry
            .split_once(':')
            .ok_or_else(|| format!("the extra host '{entry}' is not NAME:ADDRESS"))?;
        text.push_str(&format!("{address} {name}\n"));
    }
    Ok(Some(text))
}

/// `/etc/resolv.conf` with the definition's own name servers and domains in place of the host's; the
/// host's options stay, as in Docker.
fn resolv_conf(base: Option<&str>, host: &wire::HostConfig) -> Option<String> {
    if host.dns.is_empty() && host.dns_search.is_empty() {
        return base.map(str::to_owned);
    }
    let kept = |line: &str| match line.split_ascii_whitespace().next() {
        Some("nameserver") => host.dns.is_empty(),
        Some("search" | "domain") => host.dns_search.is_empty(),
        _ => true,
    };
    let mut lines: Vec<String> = host
        .dns
        .iter()
        .map(|server| format!("nameserver {server}"))
        .collect();
    if !host.dns_search.is_empty() {
        lines.push(format!("search {}", host.dns_search.join(" ")));
    }
    let others = base.unwrap_or_default().lines().filter(|line| kept(line));
    lines.extend(others.map(str::to_owned));
    Some(lines.join("\n") + "\n")
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
    wanted: &Wanted,
    image: &ImageConfig,
    surroundings: &Surroundings,
    home: &str,
) -> Vec<String> {
    let name = |pair: &str| {
        pair.split_once('=')
            .map_or(pair, |(name, _)| name)
            .to_owned()
    };
    let hostname = if wanted.config.hostname.is_empty() {
        &surroundings.hostname
    } else {
        &wanted.config.hostname
    };
    let mut merged: BTreeMap<String, String> = BTreeMap::new();
    merged.insert("PATH".to_owned(), DEFAULT_PATH.to_owned());
    merged.insert("HOSTNAME".to_owned(), format!("HOSTNAME={hostname}"));
    merged.insert("HOME".to_owned(), format!("HOME={home}"));
    if wanted.config.tty {
        merged.insert("TERM".to_owned(), TERMINAL.to_owned());
    }
    for pair in &image.env {
        merged.insert(name(pair), pair.clone());
    }
    for (name, value) in surroundings
        .environment
        .iter()
        .chain(&wanted.container.environment)
    {
        merged.insert(name.clone(), format!("{name}={value}"));
    }
    merged.into_values().collect()
}

/// The environment that the image and the definition give a container: what one that is linked to it
/// is told of.
pub(crate) fn own_environment(wanted: &Wanted, image: &ImageConfig) -> Vec<String> {
    let of_definition: BTreeSet<&str> = wanted
        .container
        .environment
        .keys()
        .map(String::as_str)
        .collect();
    let of_image = image.env.iter().filter(|pair| {
        let name = pair.split_once('=').map_or(pair.as_str(), |(name, _)| name);
        !of_definition.contains(name)
    });
    let own = wanted.container.environment.iter();
    of_image
        .cloned()
        .chain(own.map(|(name, value)| format!("{name}={value}")))
        .collect()
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

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn spec(wanted: &Wanted, surroundings: &Surroundings) -> Result<ContainerSpec, String> {
        let task: runtime::TaskId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let image = RunnableImage {
            digest: String::new(),
            config: ImageConfig {
                cmd: list(&["serve"]),
                env: list(&["A=image", "B=image"]),
                ..ImageConfig::default()
            },
            layers: Vec::new(),
            hold: None,
        };
        let id = ContainerId::new(&task, "app").unwrap();
        container(id, wanted, &image, surroundings, Vec::new())
    }

    #[test]
    fn the_definitions_environment_wins() {
        let mut wanted = Wanted {
            container: wire::Container {
                environment: pairs(&[("A", "definition")]),
                ..wire::Container::default()
            },
            ..Wanted::default()
        };
        wanted.config.tty = true;
        wanted.config.hostname = "named".into();
        let surroundings = Surroundings {
            environment: pairs(&[("A", "task"), ("AWS_REGION", "us-east-1")]),
            hostname: "given".into(),
            ..Surroundings::default()
        };
        let found = spec(&wanted, &surroundings).unwrap();
        for pair in [
            "A=definition",
            "B=image",
            "AWS_REGION=us-east-1",
            "TERM=xterm",
            "HOSTNAME=named",
        ] {
            assert!(found.env.contains(&pair.to_owned()), "{pair}");
        }
        assert_eq!(found.hostname, "named");
        assert_eq!(
            found
                .env
                .iter()
                .filter(|pair| pair.starts_with("A="))
                .count(),
            1
        );
        let image = ImageConfig {
            env: list(&["A=image", "B=image"]),
            ..ImageConfig::default()
        };
        assert_eq!(
            own_environment(&wanted, &image),
            list(&["B=image", "A=definition"])
        );
    }

    #[test]
    fn names_are_found_where_the_definition_says() {
        let mut wanted = Wanted::default();
        wanted.host.extra_hosts = list(&["db:10.0.0.9", "six:::1"]);
        wanted.host.dns = list(&["10.0.0.53"]);
        let surroundings = Surroundings {
            hosts: Some("127.0.0.1 localhost\n".into()),
            resolv_conf: Some("nameserver 10.0.0.2\nsearch lan\noptions ndots:2\n".into()),
            ..Surroundings::default()
        };
        let found = spec(&wanted, &surroundings).unwrap();
        assert_eq!(
            found.hosts.as_deref(),
            Some("127.0.0.1 localhost\n10.0.0.9 db\n::1 six\n")
        );
        let resolver = "nameserver 10.0.0.53\nsearch lan\noptions ndots:2\n";
        assert_eq!(found.resolv_conf.as_deref(), Some(resolver));
        wanted.host.dns.clear();
        wanted.host.dns_search = list(&["a.test", "b.test"]);
        let resolver = "search a.test b.test\nnameserver 10.0.0.2\noptions ndots:2\n";
        let found = spec(&wanted, &surroundings).unwrap();
        assert_eq!(found.resolv_conf.as_deref(), Some(resolver));
        wanted.host = wire::HostConfig::default();
        let found = spec(&wanted, &surroundings).unwrap();
        assert_eq!(found.hosts, surroundings.hosts);
        assert_eq!(found.resolv_conf, surroundings.resolv_conf);
    }

    #[test]
    fn what_it_may_do_and_use_reaches_the_runtime() {
        let mut wanted = Wanted::default();
        wanted.config.open_stdin = true;
        wanted.container.cpu = 300;
        wanted.container.memory = 64;
        wanted.host = wire::HostConfig {
            privileged: true,
            init: true,
            memory_reservation: 32 * 1024 * 1024,
            memory_swap: 128 * 1024 * 1024,
            memory_swappiness: Some(0),
            shm_size: 4096,
            devices: vec![
                wire::Device {
                    path_on_host: "/dev/fuse".into(),
                    ..wire::Device::default()
                },
                wire::Device {
                    path_on_host: "/dev/kmsg".into(),
                    path_in_container: "/dev/log".into(),
                    cgroup_permissions: "r".into(),
                },
            ],
            tmpfs: pairs(&[("/cache", "size=1048576,noexec,mode=0700")]),
            sysctls: pairs(&[("net.core.somaxconn", "99")]),
            security_opt: list(&["no-new-privileges"]),
            ..wire::HostConfig::default()
        };
        let found = spec(&wanted, &Surroundings::default()).unwrap();
        assert!(found.privileged && found.init && found.stdin_open && found.no_new_privileges);
        assert!(!found.tty);
        assert_eq!(found.resources.cpu_shares, Some(300));
        assert_eq!(found.resources.memory_bytes, Some(64 << 20));
        assert_eq!(found.resources.memory_reservation_bytes, Some(32 << 20));
        assert_eq!(found.resources.memory_swap_bytes, Some(128 << 20));
        assert_eq!(found.resources.swappiness, Some(0));
        assert_eq!(found.shm_bytes, Some(4096));
        let device = |host: &str, container: &str, access: &str| Device {
            host_path: host.into(),
            container_path: container.into(),
            access: access.into(),
        };
        let devices = [
            device("/dev/fuse", "/dev/fuse", "rwm"),
            device("/dev/kmsg", "/dev/log", "r"),
        ];
        assert_eq!(found.devices, devices);
        let tmpfs = Tmpfs {
            path: "/cache".into(),
            bytes: 1 << 20,
            options: list(&["noexec", "mode=0700"]),
        };
        assert_eq!(found.tmpfs, [tmpfs]);
        assert_eq!(found.sysctls, wanted.host.sysctls);
        wanted.host.security_opt = list(&["apparmor:x"]);
        let refused = spec(&wanted, &Surroundings::default()).unwrap_err();
        assert!(refused.contains("apparmor:x"));
        wanted.host.security_opt.clear();
        wanted.host.tmpfs = pairs(&[("/cache", "noexec")]);
        assert!(spec(&wanted, &Surroundings::default()).is_err());
    }

    #[test]
    fn an_image_with_a_stop_signal_that_is_none_is_refused() {
        let image = |signal: &str| RunnableImage {
            digest: String::new(),
            config: ImageConfig {
                cmd: list(&["serve"]),
                stop_signal: signal.to_owned(),
                ..ImageConfig::default()
            },
            layers: Vec::new(),
            hold: None,
        };
        let (task, wanted) = ("t1".parse().unwrap(), Wanted::default());
        let made = |signal: &str| {
            let id = ContainerId::new(&task, "app").unwrap();
            let around = Surroundings::default();
            container(id, &wanted, &image(signal), &around, Vec::new())
        };
        assert!(made("SIGRTMIN+4").is_ok());
        assert!(
            made("SIGFOO")
                .unwrap_err()
                .contains("invalid signal: SIGFOO")
        );
    }
}
