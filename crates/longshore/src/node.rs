//! The node of one process: runtime, network, images, agent.

use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agent::{
    Config, ControlPlane, EcrImages, Engine, ImageSource, OtherRegistries, Parts, PretendImages,
    RegistryAuth, Session,
};
use ambient::{Clock, Random};
use aws_sign::{Credentials, Secret};
use iam::InstanceCredentials;
use image::{ImageStore, SweepPolicy, TlsTrust};
use network::{LinuxNetwork, MockNetwork, Network};
use runtime::{Cgroups, MockRuntime, OciConfig, OciRuntime, Runtime, RuntimeChoice};
use rustix::mount::{MountFlags, UnmountFlags};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cli::{RegistryArgs, RuntimeKind};
use crate::error::Failure;
use crate::progress::Progress;

/// `TMPFS_MAGIC` of linux/magic.h.
const TMPFS_MAGIC: u64 = 0x0102_1994;
/// What the host keeps for itself of its memory, in MiB: the control plane, the kernel, people.
const RESERVED_MEMORY_MIB: u64 = 512;
/// The name of the group that holds the groups of all tasks.
pub(crate) const CGROUP_PARENT: &str = "longshore";
/// CPU units of one core.
const CPU_UNITS_PER_CORE: usize = 1024;

/// Where a node's parts are.
struct Folders {
    state: PathBuf,
    run: PathBuf,
}

/// A node at work.
pub(crate) struct Node {
    engine: Arc<Engine>,
    network: Arc<dyn Network>,
    session: JoinHandle<()>,
    run_dir: PathBuf,
}

/// How a node is started.
pub(crate) struct Start<'a> {
    pub(crate) data_dir: &'a Path,
    pub(crate) endpoint: &'a str,
    pub(crate) region: &'a str,
    /// The cluster that it is a container instance of.
    pub(crate) cluster: Option<&'a str>,
    pub(crate) key: &'a InstanceCredentials,
    pub(crate) runtime: RuntimeKind,
    pub(crate) registries: &'a RegistryArgs,
    /// Where the control plane listens, if it is on this machine.
    pub(crate) local_endpoint: Option<SocketAddrV4>,
}

impl Node {
    /// Takes over what an earlier agent left, and joins the control plane.
    pub(crate) async fn start(
        start: Start<'_>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let folders = Folders {
            state: start.data_dir.join("node"),
            run: start.data_dir.join("run"),
        };
        crate::files::make_passage(&folders.state)?;
        crate::files::make_folder(&folders.run)?;
        if start.runtime != RuntimeKind::Mock {
            crate::files::check_passable(&folders.state)?;
        }
        let credentials = Credentials {
            access_key_id: start.key.access_key_id.clone(),
            secret: Secret::new(start.key.secret_access_key.to_string()),
            session_token: None,
        };
        let control_plane = ControlPlane::new(start.endpoint, credentials, Arc::clone(&clock));
        let (registry_hosts, hosts) = watch::channel(Vec::new());
        let runtime: Arc<dyn Runtime>;
        let network: Arc<dyn Network>;
        let images: Arc<dyn ImageSource>;
        if start.runtime == RuntimeKind::Mock {
            runtime = Arc::new(MockRuntime::new(Arc::clone(&clock)));
            network = Arc::new(MockNetwork::new());
            images = Arc::new(PretendImages);
            progress.step("the mock runtime runs nothing");
        } else {
            mount_run_folder(&folders.run)?;
            let (oci, command) = oci_runtime(start.runtime, &folders)?;
            progress.step(&format!("containers run by {}", command.display()));
            runtime = Arc::new(oci);
            network = linux_network(&folders, start.local_endpoint, &*random).await?;
            let store = ImageStore::open(folders.state.join("images"))
                .map_err(Failure::when("cannot open the node's images"))?;
            let control_plane = control_plane.clone();
            let minimum_age = Duration::from_secs(start.registries.image_minimum_age);
            let sweeps = SweepPolicy {
                minimum_age,
                ..SweepPolicy::default()
            };
            images = Arc::new(EcrImages::new(
                (store, sweeps),
                control_plane,
                Arc::clone(&clock),
                hosts,
                other_registries(start.registries)?,
            ));
        }
        let (cpu_units, memory_mib) = capacity();
        let config = Config {
            region: start.region.to_owned(),
            cluster: start.cluster.map(str::to_owned),
            cpu_units,
            memory_mib,
            state_dir: folders.state.clone(),
            run_dir: folders.run.clone(),
            endpoint: start.endpoint.to_owned(),
            forwarded_port: start.local_endpoint.map(|endpoint| endpoint.port()),
            resolvers: ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]
                .iter()
                .filter_map(|path| std::fs::read_to_string(path).ok())
                .collect(),
            image_sweep_interval: Duration::from_secs(start.registries.image_cleanup_interval),
        };
        let engine = Engine::start(Parts {
            config: config.clone(),
            control_plane: control_plane.clone(),
            runtime,
            network: Arc::clone(&network),
            images,
            clock: Arc::clone(&clock),
            registry_hosts,
        })
        .await
        .map_err(Failure::when("cannot take over what runs on this node"))?;
        let engine = Arc::new(engine);
        let taken_over = *engine.count().borrow();
        if taken_over > 0 {
            progress.step(&format!(
                "{taken_over} tasks of an earlier start taken over"
            ));
        }
        let session = Session {
            config,
            control_plane,
            engine: Arc::clone(&engine),
            clock,
            random,
        };
        let session = tokio::spawn(async move { session.run().await });
        let cluster = match start.cluster {
            Some(name) => format!(" and to the cluster {name}"),
            None => String::new(),
        };
        progress.step(&format!(
            "node offers {cpu_units} CPU units and {memory_mib} MiB to Fargate tasks{cluster}"
        ));
        Ok(Self {
            engine,
            network,
            session,
            run_dir: folders.run,
        })
    }

    /// Leaves the control plane. Tasks go on without us; where there are none, nothing is left
    /// on the machine but the data folder.
    pub(crate) async fn stop(self) {
        self.session.abort();
        if *self.engine.count().borrow() > 0 {
            return;
        }
        if let Err(error) = self.network.teardown().await {
            tracing::warn!(%error, "the node's network could not be removed; the next start uses it");
        }
        if is_tmpfs(&self.run_dir)
            && let Err(error) = rustix::mount::unmount(&self.run_dir, UnmountFlags::DETACH)
        {
            tracing::warn!(%error, folder = %self.run_dir.display(), "could not unmount");
        }
    }
}

fn other_registries(args: &RegistryArgs) -> Result<OtherRegistries, Failure> {
    let tls = match &args.registry_ca {
        None => TlsTrust::platform(),
        Some(file) => {
            let what = format!("cannot use {} as registries' authorities", file.display());
            let pem = std::fs::read(file).map_err(Failure::when(what.clone()))?;
            TlsTrust::with_authorities(&pem).map_err(Failure::when(what))?
        }
    };
    let auth = match &args.registry_auth {
        None => None,
        Some(file) => Some(
            RegistryAuth::open(file)
                .map_err(Failure::when("cannot use the credentials of registries"))?,
        ),
    };
    Ok(OtherRegistries {
        tls,
        auth,
        insecure: args
            .insecure_registries
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect(),
    })
}

/// What the option means to the runtime crate.
pub(crate) fn runtime_choice(kind: RuntimeKind) -> RuntimeChoice {
    match kind {
        RuntimeKind::Crun => RuntimeChoice::Crun,
        RuntimeKind::Runc => RuntimeChoice::Runc,
        RuntimeKind::Runsc => RuntimeChoice::Runsc,
        RuntimeKind::Auto | RuntimeKind::Mock => RuntimeChoice::Auto,
    }
}

fn oci_runtime(kind: RuntimeKind, folders: &Folders) -> Result<(OciRuntime, PathBuf), Failure> {
    let cgroups = Cgroups::detect(CGROUP_PARENT)
        .map_err(Failure::when("cannot use this machine's cgroups"))?;
    let command = runtime::choose(runtime_choice(kind), &cgroups)
        .map_err(Failure::when("no container runtime fits this machine"))?;
    let this = std::env::current_exe().map_err(Failure::when("cannot find our own binary"))?;
    let config = OciConfig {
        state_dir: folders.state.clone(),
        run_dir: folders.run.clone(),
        runtime: command.clone(),
        program: this,
        cgroups,
    };
    let oci =
        OciRuntime::open(config).map_err(Failure::when("cannot start the container runtime"))?;
    Ok((oci, command))
}

async fn linux_network(
    folders: &Folders,
    local_endpoint: Option<SocketAddrV4>,
    random: &dyn Random,
) -> Result<Arc<dyn Network>, Failure> {
    let state = folders.state.join("network");
    let earlier_seed = folders.state.display().to_string();
    let instance = network::instance_id(&state, &earlier_seed, random).map_err(Failure::when(
        "cannot tell which Longshore of this host this is",
    ))?;
    let config = network::linux::Config {
        instance,
        state,
        namespaces: folders.run.join("network"),
        host_namespace: None,
    };
    let network = LinuxNetwork::open(config).await.map_err(Failure::when(
        "cannot set up the node's network; it needs root and nftables",
    ))?;
    if let Some(endpoint) = local_endpoint {
        network
            .forward_host_port(endpoint.port(), endpoint)
            .await
            .map_err(Failure::when("cannot lead tasks to the control plane"))?;
    }
    Ok(Arc::new(network))
}

fn is_tmpfs(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|stat| u64::try_from(stat.f_type) == Ok(TMPFS_MAGIC))
}

/// Bundles and payloads hold secrets: they live in memory, and go with it.
fn mount_run_folder(folder: &Path) -> Result<(), Failure> {
    if is_tmpfs(folder) {
        return Ok(());
    }
    rustix::mount::mount(
        "longshore",
        folder,
        "tmpfs",
        MountFlags::NODEV | MountFlags::NOSUID,
        Some(c"mode=0700,size=25%"),
    )
    .map_err(Failure::when(format!(
        "cannot mount a tmpfs at {}; run as root",
        folder.display()
    )))
}

/// CPU units and MiB that the machine has for tasks.
fn capacity() -> (i32, i32) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let info = rustix::system::sysinfo();
    let unit = u64::from(info.mem_unit.max(1));
    let total_mib = info.totalram.saturating_mul(unit) / (1024 * 1024);
    let memory = total_mib.saturating_sub(RESERVED_MEMORY_MIB);
    (
        i32::try_from(cores.saturating_mul(CPU_UNITS_PER_CORE)).unwrap_or(i32::MAX),
        i32::try_from(memory).unwrap_or(i32::MAX),
    )
}
