//! A pretend node: speaks to the control plane as an agent does, and pretends to run tasks.
//!
//! What it promises is what an agent must: it writes a payload down before it acknowledges it,
//! starts a task once, tells how each ended until it is heard, remembers for as long as a session
//! lasts which tasks are over, and says at a session's first heartbeat which of the tasks that it
//! is supposed to have it knows nothing of.

mod agenda;
mod session;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;
use tokio::sync::mpsc;

use crate::clock::Turn;
use crate::control_plane::CallFailure;
use crate::dice::Dice;
use crate::options::Weakness;
use crate::world::World;
use agenda::{Action, Agenda};
use tasks::{Behaviour, Local, Phase, Said};

/// The longest that a report is on its way, in milliseconds.
pub(crate) const MESSAGE_DELAY_MAX_MILLIS: u64 = 3_000;
/// Reports whose fate is known and not looked at yet; their senders then wait.
const OUTCOMES_MAX: usize = 64;
/// What a session's failure is followed by, doubling up to the last.
const RECONNECT_FIRST_MILLIS: u64 = 50;
const RECONNECT_MAX_MILLIS: u64 = 10_000;

/// What happens to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Its connection is cut.
    Cut,
    /// Its agent hangs, with the connection open.
    Hang,
    /// Its agent ends and comes back; its tasks run on.
    AgentRestart,
    /// The machine restarts: nothing runs, and the agent knows what did.
    Reboot,
    /// The machine comes back with an empty disk.
    Wipe,
}

/// What became of a report.
struct Outcome {
    arn: String,
    said: Said,
    /// The machine's life in which it was sent.
    boot: u64,
    result: Result<(), CallFailure>,
}

/// One node.
pub(crate) struct Node {
    world: Arc<World>,
    index: usize,
    id: String,
    /// CPU units and MiB.
    size: (i32, i32),
    dice: Dice,
    tasks: BTreeMap<String, Local>,
    /// Tasks whose end was taken.
    ended: BTreeSet<String>,
    agenda: Agenda,
    agent_up: bool,
    postponed: Vec<Action>,
    boot: u64,
    next_fault: Option<u64>,
    /// The newest state of the node that was taken: epoch, generation, addresses by interface.
    newest_state: Option<(u64, u64)>,
    interfaces: BTreeMap<String, std::net::Ipv4Addr>,
    sessions: u64,
    outcomes: mpsc::Receiver<Outcome>,
    outcome_sender: mpsc::Sender<Outcome>,
}

/// Why a session was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The other side is gone, or silent.
    Lost,
    /// A fault.
    Fault(Fault),
}

impl Node {
    /// The node of that number.
    #[must_use]
    pub(crate) fn new(world: Arc<World>, index: usize, size: (i32, i32)) -> Self {
        let dice = world.dice.fork(&format!("node {index}"));
        let (outcome_sender, outcomes) = mpsc::channel(OUTCOMES_MAX);
        Self {
            id: format!("{index:032x}"),
            world,
            index,
            size,
            dice,
            tasks: BTreeMap::new(),
            ended: BTreeSet::new(),
            agenda: Agenda::default(),
            agent_up: true,
            postponed: Vec::new(),
            boot: 0,
            next_fault: None,
            newest_state: None,
            interfaces: BTreeMap::new(),
            sessions: 0,
            outcomes,
            outcome_sender,
        }
    }

    /// Lives until the simulation ends.
    pub(crate) async fn run(mut self) {
        let mut backoff = RECONNECT_FIRST_MILLIS;
        loop {
            self.draw_fault();
            let began = self.world.clock.millis();
            let end = self.session().await;
            if self.world.clock.millis() - began > RECONNECT_MAX_MILLIS {
                backoff = RECONNECT_FIRST_MILLIS;
            }
            match end {
                End::Lost | End::Fault(Fault::Cut | Fault::Hang) => {
                    self.pass(backoff).await;
                    backoff = (backoff * 2).min(RECONNECT_MAX_MILLIS);
                }
                End::Fault(fault) => self.go_down(fault).await,
            }
        }
    }

    fn turn(&self) -> Turn {
        Turn::Node(self.index)
    }

    /// The moment of this node's turn that far ahead.
    fn ahead(&self, millis: u64) -> u64 {
        self.world.clock.next(self.turn(), millis)
    }

    fn plan(&mut self, after: u64, action: Action) {
        let at = self.ahead(after);
        self.agenda.put(at, action);
    }

    fn draw_fault(&mut self) {
        let after = self.dice.between(2_000, 45_000);
        self.next_fault = self.world.faults().then(|| self.ahead(after));
    }

    /// Which fault it is that is due; `None` where faults are over.
    fn fault(&mut self) -> Option<Fault> {
        self.next_fault = None;
        let draw = self.dice.between(0, 99);
        self.world.faults().then_some(match draw {
            0..30 => Fault::Cut,
            30..60 => Fault::Hang,
            60..80 => Fault::AgentRestart,
            80..92 => Fault::Reboot,
            _ => Fault::Wipe,
        })
    }

    async fn go_down(&mut self, fault: Fault) {
        self.world
            .trace
            .note(&format!("node {} goes down: {fault:?}", self.index));
        self.agent_up = false;
        self.ended.clear();
        self.newest_state = None;
        self.interfaces.clear();
        let down = match fault {
            Fault::Reboot => {
                self.lose_memory();
                self.dice.between(8_000, 40_000)
            }
            Fault::Wipe => {
                self.lose_disk();
                self.dice.between(8_000, 40_000)
            }
            _ => self.dice.between(50, 15_000),
        };
        self.pass(down).await;
        self.agent_up = true;
        for action in std::mem::take(&mut self.postponed) {
            self.plan(0, action);
        }
        // Whatever was on its way when the agent ended was not heard of again.
        let untold: Vec<String> = self.tasks.keys().cloned().collect();
        for arn in untold {
            self.plan(0, Action::Report(arn));
        }
        self.world
            .trace
            .note(&format!("node {} is up again", self.index));
    }

    /// Nothing runs any more; the names are on disk.
    fn lose_memory(&mut self) {
        self.boot += 1;
        for (arn, task) in &mut self.tasks {
            if task.phase != Phase::Ended {
                self.world.witness.ended(arn);
                task.phase = Phase::Ended;
                "The node was restarted while the task was running".clone_into(&mut task.reason);
            }
        }
        self.agenda.clear();
        self.postponed.clear();
    }

    /// Nothing runs and nothing is known.
    fn lose_disk(&mut self) {
        self.boot += 1;
        for arn in self.tasks.keys() {
            let reported = self
                .world
                .ledger
                .find(arn)
                .is_none_or(|task| task.last_status >= records::ecs::TaskStatus::Running);
            self.world.witness.forgotten(arn, reported);
        }
        self.tasks.clear();
        self.agenda.clear();
        self.postponed.clear();
    }

    /// Lets that much time go by without a session.
    async fn pass(&mut self, millis: u64) {
        let until = self.ahead(millis);
        loop {
            let wake = self.agenda.next().map_or(until, |next| next.min(until));
            tokio::select! {
                biased;
                Some(outcome) = self.outcomes.recv() => self.take_outcome(outcome),
                () = self.world.clock.until(wake) => {
                    self.act();
                    if self.world.clock.millis() >= until {
                        return;
                    }
                }
            }
        }
    }

    /// Does all that is due; the acknowledgements among it are given back, for the session.
    fn act(&mut self) -> Vec<(u64, agent_wire::Ack)> {
        let mut acks = Vec::new();
        for action in self.agenda.due(self.world.clock.millis()) {
            if !self.agent_up && !action.needs_no_agent() {
                self.postponed.push(action);
                continue;
            }
            match action {
                Action::Pulled(arn) => self.pulled(&arn),
                Action::Exit(arn) => self.exit(&arn),
                Action::StopDone(arn) => self.stop_done(&arn),
                Action::Report(arn) => self.report(&arn),
                Action::Acknowledge(session, ack) => acks.push((session, ack)),
            }
        }
        acks
    }

    /// Takes a task on.
    fn take_on(&mut self, arn: &str, containers: Vec<String>) {
        let behaviour = if self.world.options.faults {
            Behaviour::draw(&self.dice)
        } else {
            Behaviour::steady(&self.dice)
        };
        if let Some(millis) = behaviour.pull_millis {
            self.plan(millis, Action::Pulled(arn.to_owned()));
        } else {
            self.world.witness.stuck(arn);
        }
        self.tasks
            .insert(arn.to_owned(), Local::new(containers, behaviour));
    }

    fn pulled(&mut self, arn: &str) {
        let Some(task) = self.tasks.get_mut(arn) else {
            return;
        };
        if task.phase != Phase::Pulling || task.stopping {
            return;
        }
        if task.behaviour.pulls {
            task.phase = Phase::Running;
            let runs = task.behaviour.runs_millis;
            self.world.witness.started(arn, &self.id);
            if let Some(millis) = runs {
                self.plan(millis, Action::Exit(arn.to_owned()));
            }
        } else {
            task.phase = Phase::Ended;
            "CannotPullContainerError: pretended".clone_into(&mut task.reason);
        }
        self.report(arn);
    }

    fn exit(&mut self, arn: &str) {
        let Some(task) = self.tasks.get_mut(arn) else {
            return;
        };
        if task.phase != Phase::Running {
            return;
        }
        task.phase = Phase::Ended;
        task.exit_code = Some(task.behaviour.exit_code);
        self.world.witness.ended(arn);
        if self.agent_up {
            self.report(arn);
        } else {
            self.postponed.push(Action::Report(arn.to_owned()));
        }
    }

    /// Begins to stop a task.
    fn stop(&mut self, arn: &str) {
        let weakness = self.world.options.weakness;
        let Some(task) = self.tasks.get_mut(arn) else {
            return;
        };
        if task.stopping
            || task.phase == Phase::Ended
            || weakness == Some(Weakness::NodeIgnoresStops)
        {
            return;
        }
        task.stopping = true;
        let millis = match task.phase {
            Phase::Running => task.behaviour.stop_millis,
            _ => 20,
        };
        self.plan(millis, Action::StopDone(arn.to_owned()));
    }

    fn stop_done(&mut self, arn: &str) {
        let weakness = self.world.options.weakness;
        let Some(task) = self.tasks.get_mut(arn) else {
            return;
        };
        if task.phase == Phase::Ended {
            return;
        }
        if task.phase == Phase::Running {
            task.exit_code = Some(143);
        }
        task.phase = Phase::Ended;
        if weakness != Some(Weakness::NodeLiesAboutStops) {
            self.world.witness.ended(arn);
        }
        self.report(arn);
    }

    /// Says what there is to say of a task.
    fn report(&mut self, arn: &str) {
        let Some(task) = self.tasks.get(arn) else {
            return;
        };
        let Some(said) = task.to_report() else {
            return;
        };
        let containers = task
            .containers
            .iter()
            .map(|name| model::ContainerStateChange {
                container_name: Some(name.clone()),
                exit_code: task.exit_code,
                runtime_id: Some(format!("{}-{name}", self.boot)),
                status: Some(said.as_str().to_owned()),
                ..model::ContainerStateChange::default()
            });
        let input = model::SubmitTaskStateChangeRequest {
            task: Some(arn.to_owned()),
            status: Some(said.as_str().to_owned()),
            reason: Some(task.reason.clone()),
            containers: Some(containers.collect()),
            ..model::SubmitTaskStateChangeRequest::default()
        };
        let copies = 1 + u64::from(self.world.fails(&self.dice, 15));
        for copy in 0..copies {
            let delay = match self.world.fails(&self.dice, 30) {
                true => self.dice.between(0, MESSAGE_DELAY_MAX_MILLIS),
                false => 0,
            };
            let unheard = self.world.fails(&self.dice, 10);
            // Of a second copy nobody hears; it only arrives.
            let sender = (copy == 0).then(|| self.outcome_sender.clone());
            let sending = Sending {
                world: Arc::clone(&self.world),
                node: self.id.clone(),
                at: self.ahead(delay),
                input: input.clone(),
                said,
                boot: self.boot,
            };
            tokio::spawn(sending.send(sender, unheard));
        }
        if said == Said::Running && self.world.fails(&self.dice, 20) {
            self.report_containers(arn);
        }
    }

    /// Says of the containers alone how far they are, once, as Amazon's agent does beside.
    fn report_containers(&self, arn: &str) {
        let Some(task) = self.tasks.get(arn) else {
            return;
        };
        for name in &task.containers {
            let input = model::SubmitContainerStateChangeRequest {
                task: Some(arn.to_owned()),
                container_name: Some(name.clone()),
                status: Some("RUNNING".to_owned()),
                ..model::SubmitContainerStateChangeRequest::default()
            };
            let (world, node, at) = (Arc::clone(&self.world), self.id.clone(), self.ahead(0));
            tokio::spawn(async move {
                world.clock.until(at).await;
                let caller = world.plane.node(&node, "SubmitContainerStateChange");
                let call = |ecs: Arc<ecs::Ecs>| async move {
                    ecs.submit_container_state_change(&caller, input).await
                };
                let _ = world.plane.call(call).await;
            });
        }
    }

    fn take_outcome(&mut self, outcome: Outcome) {
        let Outcome {
            arn,
            said,
            boot,
            result,
        } = outcome;
        if boot != self.boot {
            return;
        }
        let Some(task) = self.tasks.get_mut(&arn) else {
            return;
        };
        match (result, said) {
            (Ok(()), Said::Running) => task.running_taken = true,
            (Ok(()), Said::Stopped) => {
                self.tasks.remove(&arn);
                if self.world.options.weakness != Some(Weakness::NodeForgetsEnded) {
                    self.ended.insert(arn);
                }
            }
            (Err(CallFailure::Refused(code, message)), _) => {
                // Forgotten after its hour; anything else must not be.
                if self.world.ledger.find(&arn).is_some() {
                    self.world.trace.violation(&format!(
                        "the report that {arn} is {} was refused: {code}: {message}",
                        said.as_str()
                    ));
                }
                self.tasks.remove(&arn);
            }
            (Err(_), _) => {
                let wait = task.back_off();
                self.plan(wait, Action::Report(arn));
            }
        }
    }
}

/// A report on its way.
struct Sending {
    world: Arc<World>,
    node: String,
    at: u64,
    input: model::SubmitTaskStateChangeRequest,
    said: Said,
    boot: u64,
}

impl Sending {
    /// Sends it at its time; who waits at `outcomes` is told, unless the answer goes `unheard`.
    async fn send(self, outcomes: Option<mpsc::Sender<Outcome>>, unheard: bool) {
        self.world.clock.until(self.at).await;
        let arn = self.input.task.clone().unwrap_or_default();
        let caller = self.world.plane.node(&self.node, "SubmitTaskStateChange");
        let input = self.input;
        let call =
            |ecs: Arc<ecs::Ecs>| async move { ecs.submit_task_state_change(&caller, input).await };
        let result = self.world.plane.call(call).await.map(|_| ());
        let result = if unheard {
            Err(CallFailure::Unreachable)
        } else {
            result
        };
        if let Some(outcomes) = outcomes {
            let outcome = Outcome {
                arn,
                said: self.said,
                boot: self.boot,
                result,
            };
            // A node that is gone needs to hear nothing.
            let _ = outcomes.send(outcome).await;
        }
    }
}
