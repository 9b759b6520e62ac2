//! The control plane of one process: store, services, gateway, reconcilers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Random};
use aws_core::Service;
use ecr::{Ecr, RecordCatalogue, SignedTokens};
use ecs::reconcile::contact::Contact;
use ecs::reconcile::placement::Placement;
use ecs::reconcile::retention::Retention;
use ecs::{Board, Ecs, SessionServer, Sessions};
use gateway::{Gateway, Key, Keys, Limits, Metrics, Routes, Secret, Unserved};
use iam::{FirstPrincipals, InstanceCredentials, Keyring};
use prometheus_client::registry::Registry as MetricsRegistry;
use records::Records;
use registry::{Registry, Tokens};
use store::{RedbStore, Store};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::addresses::Addresses;
use crate::backup::{self, SnapshotSocket};
use crate::cli::ServerArgs;
use crate::error::Failure;
use crate::files;
use crate::memory;
use crate::progress::Progress;
use crate::routes::{AgentSessions, Images};

/// What CloudWatch Logs leaves free on the disk for everything else.
const LOGS_RESERVE_BYTES: u64 = 1024 * 1024 * 1024;
/// How often leases are looked through.
const LEASE_TICK: Duration = Duration::from_millis(500);

/// A control plane that serves.
pub(crate) struct ControlPlane {
    /// How this machine reaches it.
    pub(crate) endpoint: String,
    /// How people are told to.
    pub(crate) told: String,
    /// The address that it listens at.
    pub(crate) listen: SocketAddr,
    /// The key of the first node.
    pub(crate) node_key: InstanceCredentials,
    tasks: JoinSet<()>,
    stop: tokio::sync::watch::Sender<bool>,
}

/// The keyring as the gateway asks it.
struct GatewayKeys(Keyring);

impl Keys for GatewayKeys {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        match self.0.find(access_key_id) {
            Ok(found) => found.map(|key| Key {
                secret: Secret::new(key.secret_access_key.to_string()),
                session_token: None,
                expires: None,
                principal: key.principal,
            }),
            Err(error) => {
                tracing::error!(%error, "an access key could not be looked up");
                None
            }
        }
    }
}

impl ControlPlane {
    /// Opens the data folder and serves.
    pub(crate) async fn start(
        args: &ServerArgs,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let folder = &args.data.data_dir;
        backup::check_finished(folder)?;
        files::make_passage(folder)?;
        files::make_folder(&folder.join("store"))?;
        let store = Arc::new(
            RedbStore::open(&folder.join("store"), Arc::clone(&clock))
                .map_err(Failure::when("cannot open the store"))?,
        );
        let snapshots = Arc::downgrade(&store);
        let store: Arc<dyn Store> = store;
        progress.step(&format!("store opened in {}", folder.display()));
        let records = Records::new(Arc::clone(&store));
        let home = args
            .regions
            .first()
            .ok_or_else(|| Failure::new("name a region with --region"))?;
        let internal = Failure::when::<records::RecordError>;
        iam::ensure_roles(&records, &args.account_id, &clock, &*random)
            .await
            .map_err(internal("cannot make the built-in roles"))?;
        ec2::ensure_default_networks(&records, &args.account_id, &args.regions, &*random)
            .await
            .map_err(Failure::when("cannot make the default networks"))?;
        let root = files::root_key(folder, &args.account_id, &*random)?;
        let keyring = Keyring::new(root, records.clone());
        let node_key = match files::node_key(&files::node_key_path(folder))? {
            // A key of another store, for instance of one that was thrown away, is none.
            Some(key)
                if keyring
                    .find(&key.access_key_id)
                    .map_err(internal("cannot look up the node's key"))?
                    .is_some() =>
            {
                key
            }
            _ => {
                let key = keyring
                    .issue_instance_key(&*random)
                    .await
                    .map_err(internal("cannot make a key for the node"))?;
                files::write_node_key(folder, &key)?;
                key
            }
        };
        let listener = bind(args.listen, "--listen").await?;
        let admin = bind(args.admin_listen, "--admin-listen").await?;
        let listen = listener
            .local_addr()
            .map_err(Failure::when("cannot tell the port that was bound"))?;
        let addresses = Addresses::of(listen, args.advertise.as_ref());
        let (endpoint, told) = (addresses.local_url(), addresses.told_url());

        let board = Arc::new(Board::new(records.clone()));
        let sessions = Arc::new(Sessions::default());
        let ecs_config = ecs::Config {
            endpoint: endpoint.clone(),
            registry_hosts: addresses.registry_hosts(),
        };
        let session_server = SessionServer {
            records: records.clone(),
            board: Arc::clone(&board),
            sessions: Arc::clone(&sessions),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            config: ecs_config.clone(),
        };
        let ecs = Ecs::new(
            records.clone(),
            Arc::clone(&board),
            Arc::clone(&sessions),
            Arc::clone(&clock),
            Arc::clone(&random),
            ecs_config,
        );
        let tokens = Arc::new(
            SignedTokens::open(&records, Arc::clone(&clock), &*random)
                .await
                .map_err(internal("cannot make the registry's secret"))?,
        );
        for name in ["registry", "logs"] {
            files::make_folder(&folder.join(name))?;
        }
        let registry = Registry::open(
            &folder.join("registry"),
            Arc::new(RecordCatalogue::new(records.clone())),
            Arc::clone(&tokens) as Arc<dyn Tokens>,
            Arc::clone(&clock),
            Arc::clone(&random),
        )
        .map_err(Failure::when("cannot open the registry"))?;
        let registry = Arc::new(registry);
        SnapshotSocket::serve(folder, snapshots, Arc::downgrade(&registry))?;
        let ecr = Ecr::new(
            records.clone(),
            Arc::clone(&registry),
            tokens,
            Arc::clone(&clock),
            addresses.registry,
        );
        ecr.remember_address()
            .await
            .map_err(Failure::when("cannot write the registry's address down"))?;
        let logs = logs::Logs::open(
            records.clone(),
            &folder.join("logs"),
            Arc::clone(&clock),
            Arc::clone(&random),
        )
        .map_err(Failure::when("cannot open the log events"))?;
        let logs = Arc::new(logs);
        if files::free_bytes(folder)? < LOGS_RESERVE_BYTES {
            progress.step(&format!(
                "WARNING: less than 1 GiB is free at {}; log lines are not taken until there is more",
                folder.display()
            ));
        }
        let services: Vec<Arc<dyn Service>> = vec![
            Arc::new(aws_api::ecs::Server(Arc::new(ecs))),
            Arc::new(aws_api::ecr::Server(Arc::new(ecr))),
            Arc::new(aws_api::logs::Server(Arc::clone(&logs))),
            Arc::new(aws_api::ec2::Server(Arc::new(ec2::Ec2::new(
                records.clone(),
            )))),
            Arc::new(aws_api::iam::Server(Arc::new(iam::Iam::new(
                records.clone(),
            )))),
            Arc::new(aws_api::sts::Server(Arc::new(iam::Sts))),
            Arc::new(Unserved(&aws_api::cloudwatch::SERVICE)),
        ];
        let mut metrics_registry = MetricsRegistry::default();
        let metrics = Metrics::register(&mut metrics_registry);
        let gateway = Gateway::new(gateway::Parts {
            services,
            keys: Arc::new(GatewayKeys(keyring)),
            authoriser: Arc::new(FirstPrincipals),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            regions: args.regions.clone(),
            routes: Routes {
                registry: Some(Arc::new(Images(Arc::clone(&registry)))),
                agent_sessions: Some(Arc::new(AgentSessions(session_server))),
            },
            limits: Limits::within(memory::limit_bytes()),
            metrics,
        });
        files::write_endpoint(folder, (&endpoint, &told), home, &args.regions)?;

        let (stop, stopped) = tokio::sync::watch::channel(false);
        let until_stopped = || {
            let mut stopped = stopped.clone();
            async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            }
        };
        let mut tasks = JoinSet::new();
        let follower = Arc::clone(&board);
        tasks.spawn(async move {
            if let Err(error) = follower.follow().await {
                tracing::error!(%error, "the index of tasks cannot follow the store; the process ends");
                std::process::exit(1);
            }
        });
        let placement = Placement::new(
            records.clone(),
            Arc::clone(&board),
            Arc::clone(&sessions),
            Arc::clone(&clock),
            Arc::clone(&random),
        );
        tasks.spawn(async move { placement.run().await });
        tasks.spawn(async move { registry.collect_always().await });
        let contact = Contact::new(
            records.clone(),
            Arc::clone(&board),
            Arc::clone(&sessions),
            Arc::clone(&clock),
            args.node_lost_after.0,
        );
        tasks.spawn(async move { contact.run().await });
        let retention = Retention::new(records, Arc::clone(&board), sessions, Arc::clone(&clock));
        tasks.spawn(async move { retention.run().await });
        tasks.spawn(logs.run());
        let ticking = Arc::clone(&clock);
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(LEASE_TICK).await;
                if let Err(error) = store.tick(ticking.monotonic()).await {
                    tracing::warn!(%error, "leases could not be ended; it is tried again");
                }
            }
        });
        tasks.spawn(gateway.serve(listener, until_stopped()));
        let shutdown = until_stopped();
        tasks.spawn(async move {
            gateway::admin::serve(admin, Arc::new(metrics_registry), shutdown).await;
        });
        progress.step(&format!("serving {} at {told}", names(&args.regions)));
        Ok(Self {
            endpoint,
            told,
            listen,
            node_key,
            tasks,
            stop,
        })
    }

    /// Lets what is under way end, and stops.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        // Reconcilers are crash-only: they are simply dropped once the gateway has ended.
        let _ = tokio::time::timeout(STOP_PATIENCE, self.tasks.join_next()).await;
        self.tasks.shutdown().await;
    }
}

/// How long a stop waits for requests under way.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(Failure::when(format!(
            "cannot listen at {address}; choose another address with {option}"
        )))
}

fn names(regions: &[aws_core::Region]) -> String {
    regions
        .iter()
        .map(aws_core::Region::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
