//! The control plane under test: the real handlers, board, reconcilers and sessions over the
//! simulated store, which can be ended at any moment and begun again.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambient::{Clock, Random};
use aws_core::{AccountId, Caller, Principal, Region, ServiceError};
use ecs::reconcile::{placement::Placement, retention::Retention};
use ecs::session::Opening;
use ecs::{Board, Config, Ecs, SessionServer, Sessions};
use iam::FirstPrincipals;
use records::Records;
use tokio::io::DuplexStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::clock::SimClock;
use crate::dice::Dice;
use crate::trace::Trace;

/// What a connection holds in each direction before its writer waits.
const CONNECTION_BUFFER_BYTES: usize = 256 * 1024;
const ENDPOINT: &str = "http://127.0.0.1:4566";

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallFailure {
    /// Nobody answered, or whoever would have has ended.
    Unreachable,
    /// Try again: throttled, or the store failed.
    Trouble(String),
    /// Answered with this code and message.
    Refused(String, String),
}

/// The control plane of one simulation.
pub(crate) struct ControlPlane {
    records: Records,
    clock: Arc<SimClock>,
    trace: Arc<Trace>,
    dice: Dice,
    account: AccountId,
    region: Region,
    authoriser: Arc<FirstPrincipals>,
    life: Mutex<Option<Life>>,
    /// How often it was begun.
    lives: AtomicUsize,
    /// Sessions that are served, whether they still count as connected or not.
    served: Arc<AtomicUsize>,
}

/// One process, from its start to its end.
struct Life {
    ecs: Arc<Ecs>,
    sessions: Arc<Sessions>,
    server: SessionServer,
    work: JoinSet<()>,
}

impl ControlPlane {
    /// A control plane that does not run yet.
    #[must_use]
    pub(crate) fn new(
        records: Records,
        clock: Arc<SimClock>,
        trace: Arc<Trace>,
        dice: Dice,
        account: AccountId,
        region: Region,
    ) -> Self {
        Self {
            records,
            clock,
            trace,
            dice,
            account,
            region,
            authoriser: Arc::new(FirstPrincipals),
            life: Mutex::default(),
            lives: AtomicUsize::new(0),
            served: Arc::default(),
        }
    }

    /// Begins it, from what the store has.
    pub(crate) fn start(&self) {
        let number = self.lives.fetch_add(1, Ordering::Relaxed);
        let random = |what: &str| -> Arc<dyn Random> {
            Arc::new(self.dice.fork(&format!("{what} of life {number}")))
        };
        let clock: Arc<dyn Clock> = self.clock.clone();
        let config = Config {
            endpoint: ENDPOINT.to_owned(),
            registry_hosts: vec!["127.0.0.1:4566".to_owned()],
        };
        let board = Arc::new(Board::new(self.records.clone()));
        let sessions = Arc::new(Sessions::default());
        let ecs = Arc::new(Ecs::new(
            self.records.clone(),
            Arc::clone(&board),
            Arc::clone(&sessions),
            Arc::clone(&clock),
            random("handlers"),
            config.clone(),
        ));
        let server = SessionServer {
            records: self.records.clone(),
            board: Arc::clone(&board),
            sessions: Arc::clone(&sessions),
            clock: Arc::clone(&clock),
            random: random("sessions"),
            config,
        };
        let mut work = JoinSet::new();
        let (follower, trace) = (Arc::clone(&board), Arc::clone(&self.trace));
        work.spawn(async move {
            if let Err(error) = follower.follow().await {
                trace.violation(&format!("the board cannot follow the store: {error}"));
            }
        });
        let placement = Placement::new(
            self.records.clone(),
            Arc::clone(&board),
            Arc::clone(&sessions),
            Arc::clone(&clock),
            random("placement"),
        );
        work.spawn(async move { placement.run().await });
        let retention = Retention::new(self.records.clone(), board, Arc::clone(&sessions), clock);
        work.spawn(async move { retention.run().await });
        self.trace
            .note(&format!("the control plane begins life {number}"));
        *self.life() = Some(Life {
            ecs,
            sessions,
            server,
            work,
        });
    }

    /// Ends it as `kill -9` does: nothing under way goes on.
    pub(crate) fn kill(&self) {
        self.trace.note("the control plane is killed");
        // Dropping the set ends all that it holds.
        let life = self.life().take();
        drop(life);
    }

    /// The account's root, about to do `action` of ECS.
    #[must_use]
    pub(crate) fn root(&self, action: &str) -> Caller {
        let account = self.account.clone();
        self.caller(Principal::Root { account }, action)
    }

    /// A node, about to do `action` of ECS.
    #[must_use]
    pub(crate) fn node(&self, id: &str, action: &str) -> Caller {
        let principal = Principal::Instance {
            account: self.account.clone(),
            instance_id: id.to_owned(),
        };
        self.caller(principal, action)
    }

    fn caller(&self, principal: Principal, action: &str) -> Caller {
        Caller {
            principal,
            account: self.account.clone(),
            region: self.region.clone(),
            request_id: String::new(),
            host: None,
            action: format!("ecs:{action}"),
            authoriser: self.authoriser.clone(),
        }
    }

    /// Calls a handler in the control plane's own process: it ends with it.
    ///
    /// # Errors
    /// When no answer comes, or it is an error.
    pub(crate) async fn call<T, F>(
        &self,
        handler: impl FnOnce(Arc<Ecs>) -> F,
    ) -> Result<T, CallFailure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, aws_api::ecs::Error>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        {
            let mut life = self.life();
            let life = life.as_mut().ok_or(CallFailure::Unreachable)?;
            while life.work.try_join_next().is_some() {}
            let work = handler(Arc::clone(&life.ecs));
            life.work.spawn(async move {
                let _ = answer.send(work.await);
            });
        }
        match answered.await {
            Err(_) => Err(CallFailure::Unreachable),
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => {
                let (code, message) = (error.code().to_owned(), error.message().to_owned());
                match error.common() {
                    Some(aws_core::Common::Throttling(_) | aws_core::Common::Internal(_)) => {
                        Err(CallFailure::Trouble(message))
                    }
                    _ => Err(CallFailure::Refused(code, message)),
                }
            }
        }
    }

    /// Opens a session for the node whose ARN that is: the node's end of the connection.
    #[must_use]
    pub(crate) fn connect(&self, node: &str, instance_arn: &str) -> Option<DuplexStream> {
        let caller = self.node(node, "Poll");
        let query = [
            ("agentVersion", "0"),
            ("containerInstanceArn", instance_arn),
            (agent_wire::NODE_STATE_QUERY, "1"),
            ("protocolVersion", "2"),
            ("seqNum", "1"),
            ("sendCredentials", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let opening = match Opening::parse(&caller, &query) {
            Ok(opening) => opening,
            Err(error) => {
                self.trace
                    .violation(&format!("{node} may not open its session: {error}"));
                return None;
            }
        };
        let (ours, theirs) = tokio::io::duplex(CONNECTION_BUFFER_BYTES);
        let mut life = self.life();
        let life = life.as_mut()?;
        while life.work.try_join_next().is_some() {}
        let mut server = life.server.clone();
        // Of its own, so that who is served first changes nothing for the others.
        let label = format!("session of {node} at {}", self.clock.millis());
        server.random = Arc::new(self.dice.fork(&label));
        let served = Served::begin(&self.served);
        life.work.spawn(async move {
            let _served = served;
            // Why it ended, the node sees for itself.
            let _ = server.serve(theirs, &caller, &opening).await;
        });
        Some(ours)
    }

    /// How many nodes count as connected, and how many sessions are served.
    #[must_use]
    pub(crate) fn sessions(&self) -> (usize, usize) {
        let connected = self.life().as_ref().map_or(0, |life| life.sessions.count());
        (connected, self.served.load(Ordering::Relaxed))
    }

    /// How often it was begun.
    #[must_use]
    pub(crate) fn lives(&self) -> usize {
        self.lives.load(Ordering::Relaxed)
    }

    fn life(&self) -> MutexGuard<'_, Option<Life>> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a session for as long as it is served.
struct Served(Arc<AtomicUsize>);

impl Served {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
