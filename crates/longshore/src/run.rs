//! `up`, `server` and `agent`: start, serve until told to stop, stop.

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;

use ambient::{Clock, Random, SystemClock, SystemRandom};
use rustix::process::geteuid;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::cli::{AgentArgs, RuntimeKind, ServerArgs, UpArgs};
use crate::control_plane::ControlPlane;
use crate::error::Failure;
use crate::files;
use crate::node::{Node, Start};
use crate::notify;
use crate::open_files;
use crate::progress::Progress;

struct World {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    progress: Progress,
}

impl World {
    fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let progress = Progress::new(Arc::clone(&clock));
        Self {
            clock,
            random: Arc::new(SystemRandom),
            progress,
        }
    }
}

fn in_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let filter =
        EnvFilter::try_from_env("LONGSHORE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // It would tell of a line that cannot be written, on a full disk, by a macro that panics when that
        // cannot be written either, and end whatever wanted to log.
        .log_internal_errors(false)
        .init();
    open_files::raise();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::when("cannot start threads"))?;
    let result = runtime.block_on(work);
    // A thread that hangs in a system call must not keep the process: all of it is crash-only.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    result
}

async fn told_to_stop() -> Result<(), Failure> {
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(Failure::when("cannot wait for signals"))?;
    let mut terminate =
        signal(SignalKind::terminate()).map_err(Failure::when("cannot wait for signals"))?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Why a node needs root, and what to do about it.
pub(crate) const ROOT_ADVICE: &str = "a node makes namespaces, mounts and nftables rules: run it with sudo. \
     A control plane alone (`longshore server`) needs no root";

/// Refuses to be a node for somebody who cannot: said before anything is made or tried.
fn check_root(command: &str, runtime: RuntimeKind, is_root: bool) -> Result<(), Failure> {
    if is_root || runtime == RuntimeKind::Mock {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`longshore {command}` needs root: {ROOT_ADVICE}"
    )))
}

/// All on one machine.
pub(crate) fn up(args: UpArgs) -> Result<(), Failure> {
    check_root("up", args.runtime, geteuid().is_root())?;
    for_tasks(args.server.listen)?;
    in_runtime(async move {
        let world = World::new();
        let server = &args.server;
        let control_plane = ControlPlane::start(
            server,
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
            &world.progress,
        )
        .await?;
        let region = server
            .regions
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        let start = Start {
            data_dir: &server.data.data_dir,
            endpoint: &control_plane.endpoint,
            region: &region,
            cluster: args.cluster.name(),
            key: &control_plane.node_key,
            runtime: args.runtime,
            registries: &args.registries,
            local_endpoint: Some(for_tasks(control_plane.listen)?),
        };
        let node = Node::start(
            start,
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
            &world.progress,
        )
        .await?;
        ready(server, &control_plane, &world.progress);
        told_to_stop().await?;
        world
            .progress
            .step("stopping; tasks go on running and are taken over by the next start");
        node.stop().await;
        control_plane.stop().await;
        Ok(())
    })
}

/// The control plane alone.
pub(crate) fn server(args: ServerArgs) -> Result<(), Failure> {
    in_runtime(async move {
        let world = World::new();
        let control_plane = ControlPlane::start(
            &args,
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
            &world.progress,
        )
        .await?;
        ready(&args, &control_plane, &world.progress);
        told_to_stop().await?;
        control_plane.stop().await;
        Ok(())
    })
}

/// Where tasks of this machine are led to, of a control plane that listens at `listen`: networks of tasks
/// have IPv4 alone.
pub(crate) fn for_tasks(listen: SocketAddr) -> Result<SocketAddrV4, Failure> {
    match listen.ip() {
        IpAddr::V4(ip) => Ok(SocketAddrV4::new(ip, listen.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            Ok(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, listen.port()))
        }
        IpAddr::V6(_) => Err(Failure::new(format!(
            "`longshore up` cannot listen at {listen}: tasks reach it by IPv4 only; \
             give an address of IPv4, or [::] for all addresses"
        ))),
    }
}

/// A node alone.
pub(crate) fn agent(args: AgentArgs) -> Result<(), Failure> {
    check_root("agent", args.runtime, geteuid().is_root())?;
    in_runtime(async move {
        let world = World::new();
        let key = files::node_key(&args.key_file)?.ok_or_else(|| {
            Failure::new(format!(
                "there is no key in {}; copy node-key.json from the server's data folder",
                args.key_file.display()
            ))
        })?;
        files::make_passage(&args.data.data_dir)?;
        let region = args.region.to_string();
        let start = Start {
            data_dir: &args.data.data_dir,
            endpoint: &args.endpoint,
            region: &region,
            cluster: args.cluster.name(),
            key: &key,
            runtime: args.runtime,
            registries: &args.registries,
            local_endpoint: on_this_machine(&args.endpoint),
        };
        let node = Node::start(
            start,
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
            &world.progress,
        )
        .await?;
        notify::ready();
        told_to_stop().await?;
        node.stop().await;
        Ok(())
    })
}

/// Where the control plane of an endpoint listens, if that is this machine's loopback: tasks do not
/// reach that by themselves.
fn on_this_machine(endpoint: &str) -> Option<SocketAddrV4> {
    let authority = endpoint.strip_prefix("http://")?.trim_end_matches('/');
    let authority = authority.replace("localhost:", "127.0.0.1:");
    authority
        .parse()
        .ok()
        .filter(|address: &SocketAddrV4| address.ip().is_loopback())
}

fn ready(args: &ServerArgs, control_plane: &ControlPlane, progress: &Progress) {
    progress.step("ready");
    notify::ready();
    let folder = args.data.data_dir.display();
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "longshore".to_owned());
    // Who cannot be told is served all the same.
    let _ = writeln!(
        std::io::stdout(),
        "endpoint: {}\n\
         next:     eval \"$({program} env --data-dir {folder})\" && aws ecs list-clusters --endpoint-url \"$AWS_ENDPOINT_URL\"",
        control_plane.told
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_led_to_where_the_control_plane_listens() {
        for (listen, found) in [
            ("10.0.0.1:80", Some("10.0.0.1:80")),
            ("0.0.0.0:80", Some("0.0.0.0:80")),
            ("[::]:80", Some("0.0.0.0:80")),
            ("[::1]:80", None),
        ] {
            let led = for_tasks(listen.parse().unwrap()).ok();
            assert_eq!(led.map(|led| led.to_string()).as_deref(), found, "{listen}");
        }
    }

    #[test]
    fn a_node_is_for_root_unless_it_only_pretends() {
        assert!(check_root("up", RuntimeKind::Auto, true).is_ok());
        assert!(check_root("up", RuntimeKind::Mock, false).is_ok());
        let refused = check_root("agent", RuntimeKind::Runc, false).unwrap_err();
        let refused = refused.to_string();
        assert!(
            refused.starts_with("`longshore agent` needs root"),
            "{refused}"
        );
        assert!(refused.contains("sudo"), "{refused}");
    }
}
