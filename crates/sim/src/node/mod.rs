//! A pretend node: speaks to the control plane as an agent does, and pretends to run tasks.
//!
//! What it promises is what an agent must: it writes a payload down before it acknowledges it,
//! starts a task once, tells how each ended until it is heard, remembers for as long as a session
//! lasts which tasks are over, and says at a session's first heartbeat which of the tasks that it
//! is supposed to have it knows nothing of.

mod agenda;
mod report;
mod session;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::clock::Turn;
use crate::dice::Dice;
use crate::options::Weakness;
use crate::world::World;
use agenda::{Action, Agenda};
use report::Outcome;
use tasks::{Behaviour, Local, Phase};

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

/// One node.
pub(crate) struct Node {
    world: Arc<World>,
    index: usize,
    id: String,
    /// CPU units and MiB.
    size: (i32, i32),
    dice: Dice,
    fault_dice: Dice,
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
            fault_dice: dice.fork("faults"),
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

    /// A generator for one thing at this moment. What is drawn for one thing changes nothing for
    /// another of the same moment, since which of them comes first is not ours to repeat.
    fn dice_for(&self, what: &str) -> Dice {
        self.dice
            .fork(&format!("{what} at {}", self.world.clock.millis()))
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
        let after = self.fault_dice.between(1_500, 25_000);
        self.next_fault = self.world.faults().then(|| self.ahead(after));
    }

    /// Which fault it is that is due; `None` where faults are over.
    fn fault(&mut self) -> Option<Fault> {
        self.next_fault = None;
        let draw = self.fault_dice.between(0, 99);
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
                self.fault_dice.between(8_000, 40_000)
            }
            Fault::Wipe => {
                self.lose_disk();
                self.fault_dice.between(8_000, 40_000)
            }
            _ => self.fault_dice.between(50, 15_000),
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
        if self
            .world
            .ledger
            .find(arn)
            .is_some_and(|task| task.is_stopped())
        {
            self.world
                .trace
                .violation(&format!("{arn} is taken on after it had stopped"));
        }
        let behaviour = if self.world.options.faults {
            Behaviour::draw(&self.dice_for(arn))
        } else {
            Behaviour::steady(&self.dice_for(arn))
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
}
