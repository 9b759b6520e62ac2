//! Random clients: start tasks, with tokens and without, stop them, look at them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;

use crate::clock::Turn;
use crate::control_plane::CallFailure;
use crate::dice::Dice;
use crate::requests::{Request, Requests};
use crate::world::World;

/// The clusters that there are.
pub(crate) const CLUSTERS: [&str; 2] = ["default", "other"];
/// The families that there are, with CPU units, MiB and containers. The last is too large for any
/// node of a small run.
pub(crate) const FAMILIES: [(&str, i32, i32, usize); 4] = [
    ("small", 256, 512, 1),
    ("pair", 512, 1024, 2),
    ("large", 1024, 4096, 1),
    ("huge", 8192, 16384, 1),
];
/// The most tasks of one RunTask: the ECS quota.
const RUN_TASK_COUNT_MAX: u64 = 10;
/// How many tasks DescribeTasks takes.
pub(crate) const DESCRIBE_MAX: usize = 100;

/// All clients.
pub(crate) struct Clients {
    world: Arc<World>,
    dice: Dice,
    requests: Mutex<Requests>,
}

impl Clients {
    /// Clients who have asked for nothing yet.
    #[must_use]
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self {
            dice: world.dice.fork("clients"),
            world,
            requests: Mutex::default(),
        }
    }

    /// What they have asked for.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins as many calls as the options say, one after another, without waiting for answers.
    pub(crate) async fn run(self: &Arc<Self>) {
        for _ in 0..self.world.options.steps {
            let pause = if self.dice.percent(40) {
                self.dice.between(20, 200)
            } else {
                self.dice.between(200, 4_000)
            };
            self.world.clock.turn(Turn::Clients, pause).await;
            match self.dice.between(0, 99) {
                0..40 => self.begin_run_task(),
                40..52 => self.retry_run_task(),
                52..55 => self.conflicting_run_task(),
                55..75 => self.begin_stop(),
                75..88 => self.begin_describe(),
                88..95 => self.begin_list(),
                _ => self.begin_describe_clusters(),
            }
        }
    }

    fn begin_run_task(self: &Arc<Self>) {
        let family = match self.dice.between(0, 99) {
            0..55 => FAMILIES[0],
            55..80 => FAMILIES[1],
            80..95 => FAMILIES[2],
            _ => FAMILIES[3],
        };
        let cluster = self.dice.pick(&CLUSTERS).copied().unwrap_or("default");
        let number = self.requests().sent.len();
        let count = match self.dice.percent(10) {
            true => self.dice.between(1, RUN_TASK_COUNT_MAX),
            false => self.dice.between(1, 2),
        };
        let token = self.dice.percent(60).then(|| format!("token-{number}"));
        self.requests().sent.push(Request {
            label: format!("r{number}"),
            token,
            cluster: cluster.to_owned(),
            family: family.0.to_owned(),
            count: usize::try_from(count).unwrap_or(1),
            answers: Vec::new(),
        });
        let hasty = self.dice.percent(15);
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let arns = Arc::clone(&this).run_task(number).await;
            let Some(arn) = arns.first().filter(|_| hasty) else {
                return;
            };
            // While it is being placed.
            this.world.clock.turn(Turn::Clients, 0).await;
            let cluster = this.requests().tasks.get(arn).cloned();
            let _ = this.stop(arn, &cluster.unwrap_or_default()).await;
        });
    }

    /// Sends a request with a token again, whatever came of it before.
    fn retry_run_task(self: &Arc<Self>) {
        let with_token: Vec<usize> = {
            let requests = self.requests();
            let all = requests.sent.iter().enumerate();
            all.filter(|(_, request)| request.token.is_some())
                .map(|(number, _)| number)
                .collect()
        };
        if let Some(number) = self.dice.pick(&with_token) {
            tokio::spawn(Arc::clone(self).run_task(*number));
        }
    }

    /// Uses a token that was answered to before for something else.
    fn conflicting_run_task(self: &Arc<Self>) {
        let answered: Vec<Request> = {
            let requests = self.requests();
            let all = requests.sent.iter();
            all.filter(|request| request.token.is_some() && !request.answers.is_empty())
                .cloned()
                .collect()
        };
        let Some(request) = self.dice.pick(&answered).cloned() else {
            return;
        };
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let mut input = this.input(&request);
            input.group = Some("another".to_owned());
            match this.call_run_task(input).await {
                Err(CallFailure::Refused(code, _)) if code == "ConflictException" => {
                    this.requests().conflicts += 1;
                }
                Err(CallFailure::Unreachable | CallFailure::Trouble(_)) => {}
                other => this.world.trace.violation(&format!(
                    "the token of {} was used for something else, and the answer is {}",
                    request.label,
                    match other {
                        Ok(_) => "good".to_owned(),
                        Err(failure) => format!("{failure:?}"),
                    }
                )),
            }
        });
    }

    fn input(&self, request: &Request) -> model::RunTaskRequest {
        model::RunTaskRequest {
            client_token: request.token.clone(),
            cluster: Some(request.cluster.clone()),
            task_definition: Some(request.family.clone()),
            count: i32::try_from(request.count).ok(),
            launch_type: Some(model::LaunchType::Fargate),
            started_by: Some(request.label.clone()),
            network_configuration: Some(model::NetworkConfiguration {
                awsvpc_configuration: Some(model::AwsVpcConfiguration {
                    subnets: Some(self.world.subnets.clone()),
                    ..model::AwsVpcConfiguration::default()
                }),
            }),
            ..model::RunTaskRequest::default()
        }
    }

    async fn call_run_task(
        &self,
        input: model::RunTaskRequest,
    ) -> Result<model::RunTaskResponse, CallFailure> {
        let caller = self.world.plane.root("RunTask");
        let call = |ecs: Arc<ecs::Ecs>| async move { ecs.run_task(&caller, input).await };
        self.world.plane.call(call).await
    }

    /// Sends a request; the tasks that it was answered with.
    async fn run_task(self: Arc<Self>, number: usize) -> BTreeSet<String> {
        let Some(request) = self.requests().sent.get(number).cloned() else {
            return BTreeSet::new();
        };
        match self.call_run_task(self.input(&request)).await {
            Ok(output) => {
                let mut requests = self.requests();
                requests.count("RunTask");
                let shown = output.tasks.unwrap_or_default();
                let arns: BTreeSet<String> = shown
                    .iter()
                    .filter_map(|task| task.task_arn.clone())
                    .collect();
                for task in &shown {
                    if let Some(wrong) = requests.shown(task) {
                        self.world.trace.violation(&wrong);
                    }
                }
                for arn in &arns {
                    requests.tasks.insert(arn.clone(), request.cluster.clone());
                }
                if let Some(request) = requests.sent.get_mut(number) {
                    request.answers.push(arns.clone());
                }
                arns
            }
            Err(failure) => {
                self.failed("RunTask", &failure);
                BTreeSet::new()
            }
        }
    }

    fn failed(&self, operation: &str, failure: &CallFailure) {
        if let CallFailure::Refused(code, message) = failure {
            self.world
                .trace
                .violation(&format!("{operation} was refused: {code}: {message}"));
        }
    }

    /// A task that some client knows of, with its cluster.
    fn known_task(&self) -> Option<(String, String)> {
        let tasks: Vec<(String, String)> = self.requests().tasks.clone().into_iter().collect();
        self.dice.pick(&tasks).cloned()
    }

    fn begin_stop(self: &Arc<Self>) {
        if let Some((arn, cluster)) = self.known_task() {
            let this = Arc::clone(self);
            tokio::spawn(async move {
                // Whoever asked may ask again; here nobody does.
                let _ = this.stop(&arn, &cluster).await;
            });
        }
    }

    /// Stops a task.
    ///
    /// # Errors
    /// When nobody answers, or with an error.
    pub(crate) async fn stop(&self, arn: &str, cluster: &str) -> Result<(), CallFailure> {
        let caller = self.world.plane.root("StopTask");
        let input = model::StopTaskRequest {
            cluster: Some(cluster.to_owned()),
            task: Some(arn.to_owned()),
            reason: Some("enough".to_owned()),
        };
        let call = |ecs: Arc<ecs::Ecs>| async move { ecs.stop_task(&caller, input).await };
        let output = self.world.plane.call(call).await;
        match output {
            Ok(output) => {
                let mut requests = self.requests();
                requests.count("StopTask");
                let shown = output.task.unwrap_or_default();
                if shown.desired_status.as_deref() != Some("STOPPED") {
                    self.world
                        .trace
                        .violation(&format!("StopTask shows {arn} as still wanted"));
                }
                if let Some(wrong) = requests.shown(&shown) {
                    self.world.trace.violation(&wrong);
                }
                Ok(())
            }
            Err(failure) => {
                self.failed("StopTask", &failure);
                Err(failure)
            }
        }
    }

    fn begin_describe(self: &Arc<Self>) {
        let Some((arn, cluster)) = self.known_task() else {
            return;
        };
        let this = Arc::clone(self);
        tokio::spawn(async move {
            if let Ok(tasks) = this.describe(&cluster, vec![arn]).await {
                let mut requests = this.requests();
                requests.count("DescribeTasks");
                for task in &tasks {
                    if let Some(wrong) = requests.shown(task) {
                        this.world.trace.violation(&wrong);
                    }
                }
            }
        });
    }

    /// What DescribeTasks shows of at most [`DESCRIBE_MAX`] tasks.
    ///
    /// # Errors
    /// When nobody answers, or with an error.
    pub(crate) async fn describe(
        &self,
        cluster: &str,
        arns: Vec<String>,
    ) -> Result<Vec<model::Task>, CallFailure> {
        let caller = self.world.plane.root("DescribeTasks");
        let input = model::DescribeTasksRequest {
            cluster: Some(cluster.to_owned()),
            tasks: Some(arns),
            ..model::DescribeTasksRequest::default()
        };
        let call = |ecs: Arc<ecs::Ecs>| async move { ecs.describe_tasks(&caller, input).await };
        match self.world.plane.call(call).await {
            Ok(output) => Ok(output.tasks.unwrap_or_default()),
            Err(failure) => {
                self.failed("DescribeTasks", &failure);
                Err(failure)
            }
        }
    }

    fn begin_list(self: &Arc<Self>) {
        let cluster = self.dice.pick(&CLUSTERS).copied().unwrap_or("default");
        let stopped = self.dice.percent(50);
        let this = Arc::clone(self);
        tokio::spawn(async move {
            if this.list(cluster, stopped, Some(3)).await.is_ok() {
                this.requests().count("ListTasks");
            }
        });
    }

    /// All that ListTasks has of a cluster, page by page.
    ///
    /// # Errors
    /// When nobody answers, or with an error.
    pub(crate) async fn list(
        &self,
        cluster: &str,
        stopped: bool,
        page: Option<i32>,
    ) -> Result<Vec<String>, CallFailure> {
        let mut found = Vec::new();
        let mut next_token = None;
        loop {
            let caller = self.world.plane.root("ListTasks");
            let input = model::ListTasksRequest {
                cluster: Some(cluster.to_owned()),
                desired_status: stopped.then_some(model::DesiredStatus::Stopped),
                max_results: page,
                next_token,
                ..model::ListTasksRequest::default()
            };
            let call = |ecs: Arc<ecs::Ecs>| async move { ecs.list_tasks(&caller, input).await };
            match self.world.plane.call(call).await {
                Ok(output) => {
                    found.extend(output.task_arns.unwrap_or_default());
                    next_token = output.next_token;
                }
                Err(failure) => {
                    self.failed("ListTasks", &failure);
                    return Err(failure);
                }
            }
            if next_token.is_none() {
                return Ok(found);
            }
        }
    }

    fn begin_describe_clusters(self: &Arc<Self>) {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            if this.describe_clusters().await.is_ok() {
                this.requests().count("DescribeClusters");
            }
        });
    }

    /// What DescribeClusters shows of all clusters.
    ///
    /// # Errors
    /// When nobody answers, or with an error.
    pub(crate) async fn describe_clusters(&self) -> Result<Vec<model::Cluster>, CallFailure> {
        let caller = self.world.plane.root("DescribeClusters");
        let input = model::DescribeClustersRequest {
            clusters: Some(CLUSTERS.map(str::to_owned).to_vec()),
            ..model::DescribeClustersRequest::default()
        };
        let call = |ecs: Arc<ecs::Ecs>| async move { ecs.describe_clusters(&caller, input).await };
        match self.world.plane.call(call).await {
            Ok(output) => Ok(output.clusters.unwrap_or_default()),
            Err(failure) => {
                self.failed("DescribeClusters", &failure);
                Err(failure)
            }
        }
    }
}
