//! Kills a process with SIGKILL while it keeps events, again and again, and finds every
//! acknowledged event exactly once, though the sender sends again all that it does not know to
//! be kept, as a node's agent does. Beside that it makes and deletes groups: what is deleted stays
//! deleted, and nothing of it is left on disk.
//!
//! The test starts itself: with `CHILD` as its first argument it is the process that is killed.
//! That process tells what it does in lines: `sent N` before a batch is put, `kept N` when it is
//! acknowledged, `gone 0 N` when the deletion of a group is.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use ambient::{Clock, Random, SystemClock, SystemRandom};
use aws_api::logs::{
    CreateLogGroupRequest, CreateLogStreamRequest, DeleteLogGroupRequest, DeleteLogStreamRequest,
    DescribeLogGroupsRequest, FilterLogEventsRequest, InputLogEvent, Logs as _,
    PutLogEventsRequest,
};
use aws_core::{Arn, Authoriser, Caller, Decision, Principal};
use logs::{Logs, Settings};
use records::Records;
use store::RedbStore;

const NAME: &str = "every_acknowledged_event_is_there_once";
const CHILD: &str = "child";
const ROUNDS: usize = 40;
const CONTAINERS: usize = 6;
/// What the names of the groups begin with that are made to be deleted.
const GONE: &str = "/gone/";
/// Two containers write to each stream.
const STREAMS: usize = 3;
const EVENTS_IN_BATCH: u64 = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

struct AllowAll;
impl Authoriser for AllowAll {
    fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
        Decision::Allow
    }
}

fn agent() -> Outcome<Caller> {
    let account: aws_core::AccountId = "123456789012".parse()?;
    Ok(Caller {
        principal: Principal::Instance {
            account: account.clone(),
            instance_id: "n1".to_owned(),
        },
        account,
        region: "us-east-1".parse()?,
        request_id: String::new(),
        host: None,
        action: "logs:Any".to_owned(),
        authoriser: Arc::new(AllowAll),
    })
}

fn open(folder: &Path) -> Outcome<Logs> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = RedbStore::open(&folder.join("store"), Arc::clone(&clock))?;
    let settings = Settings {
        // Small, so that segments end all the time.
        segment_bytes: 20_000,
        disk_reserve_bytes: 0,
        ..Settings::default()
    };
    let records = Records::new(Arc::new(store));
    let random = Arc::new(SystemRandom);
    Ok(Logs::open_with(
        records,
        &folder.join("logs"),
        clock,
        random,
        settings,
    )?)
}

/// The seeded numbers of the test: xorshift64.
struct Seeded(u64);
impl Seeded {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn put(container: usize, batch: u64) -> PutLogEventsRequest {
    let now = SystemClock.now().as_millis();
    let event = |part| InputLogEvent {
        timestamp: Some(now),
        message: Some(format!("{container} {batch} {part} {}", "x".repeat(200))),
    };
    PutLogEventsRequest {
        log_group_name: Some("/crash".to_owned()),
        log_stream_name: Some(format!("s/{}", container % STREAMS)),
        log_events: Some((0..EVENTS_IN_BATCH).map(event).collect()),
        sequence_token: Some(format!("longshore:c{container}:{}", batch * 10 + 9)),
        ..PutLogEventsRequest::default()
    }
}

/// The process that is killed: each container goes on from the batch that it is given.
fn child(folder: &Path, from: &[u64]) -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let logs = Arc::new(open(folder)?);
    let caller = agent()?;
    runtime.block_on(async {
        let mut senders = tokio::task::JoinSet::new();
        for (container, from) in from.iter().copied().enumerate() {
            let (logs, caller) = (Arc::clone(&logs), caller.clone());
            senders.spawn(async move {
                for batch in from.. {
                    say("sent", container, batch);
                    if let Err(error) = logs.put_log_events(&caller, put(container, batch)).await {
                        eprintln!("a batch was refused: {error}");
                        return;
                    }
                    say("kept", container, batch);
                }
            });
        }
        senders.spawn(make_and_delete(logs, caller));
        senders.join_all().await;
    });
    Ok(())
}

/// Makes groups with a stream and an event, and deletes them.
async fn make_and_delete(logs: Arc<Logs>, caller: Caller) {
    // No two processes make the same.
    let first = SystemClock.now().as_millis().unsigned_abs() * 1000;
    for number in first.. {
        if let Err(error) = make_one_and_delete_it(&logs, &caller, number).await {
            eprintln!("a group was not made and deleted: {error}");
            return;
        }
        say("gone", 0, number);
    }
}

async fn make_one_and_delete_it(logs: &Logs, caller: &Caller, number: u64) -> Outcome<()> {
    let name = Some(format!("{GONE}{number}"));
    let group = CreateLogGroupRequest {
        log_group_name: name.clone(),
        ..CreateLogGroupRequest::default()
    };
    logs.create_log_group(caller, group).await?;
    for stream in ["s", "t"] {
        let stream = Some(stream.to_owned());
        let made = CreateLogStreamRequest {
            log_group_name: name.clone(),
            log_stream_name: stream.clone(),
        };
        logs.create_log_stream(caller, made).await?;
        let put = PutLogEventsRequest {
            log_group_name: name.clone(),
            log_stream_name: stream,
            sequence_token: None,
            ..put(0, 0)
        };
        logs.put_log_events(caller, put).await?;
    }
    let stream = DeleteLogStreamRequest {
        log_group_name: name.clone(),
        log_stream_name: Some("s".to_owned()),
    };
    logs.delete_log_stream(caller, stream).await?;
    let group = DeleteLogGroupRequest {
        log_group_name: name,
    };
    logs.delete_log_group(caller, group).await?;
    Ok(())
}

/// What was acknowledged as deleted is not there, and what there is no group for is not on disk.
async fn verify_deletions(logs: &Logs, caller: &Caller, folder: &Path, told: &Told) -> Outcome<()> {
    let swept = logs.sweep().await?;
    if swept.failures > 0 {
        return Err(format!("not all could be swept: {swept:?}").into());
    }
    let left = DescribeLogGroupsRequest {
        log_group_name_prefix: Some(GONE.to_owned()),
        ..DescribeLogGroupsRequest::default()
    };
    let left = logs.describe_log_groups(caller, left).await?.log_groups;
    for group in left.unwrap_or_default() {
        let name = group.log_group_name.unwrap_or_default();
        let number: u64 = name.trim_start_matches(GONE).parse()?;
        if told.gone.contains(&number) {
            return Err(format!("{name} was deleted and is there").into());
        }
        let group = DeleteLogGroupRequest {
            log_group_name: Some(name),
        };
        logs.delete_log_group(caller, group).await?;
    }
    let folders = fs::read_dir(folder.join("logs"))?;
    let folders = folders.flatten().filter(|entry| entry.path().is_dir());
    match folders.count() {
        1 => Ok(()),
        other => Err(format!("{other} groups are on disk and one should be").into()),
    }
}

fn say(what: &str, container: usize, batch: u64) {
    let line = format!("{what} {container} {batch}\n");
    // One write a line, so that a killed process tells nothing twice or by halves.
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

#[derive(Default)]
struct Told {
    /// The highest batch that was acknowledged, of each container.
    kept: BTreeMap<usize, u64>,
    /// The highest that was sent.
    sent: BTreeMap<usize, u64>,
    /// The groups of which it was acknowledged that they are deleted, by their numbers.
    gone: BTreeSet<u64>,
}

impl Told {
    fn take(&mut self, line: &str) -> Outcome<()> {
        let mut words = line.split(' ');
        let (what, container, batch) = (words.next(), words.next(), words.next());
        let container = container.ok_or("no container")?.parse()?;
        let batch = batch.ok_or("no batch")?.parse()?;
        match what {
            Some("gone") => {
                self.gone.insert(batch);
                return Ok(());
            }
            Some("sent") => self.sent.insert(container, batch),
            Some("kept") => self.kept.insert(container, batch),
            _ => return Err(format!("not understood: {line}").into()),
        };
        Ok(())
    }
}

fn run_and_kill(folder: &Path, told: &mut Told, lines: u64) -> Outcome<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(CHILD).arg(folder);
    for container in 0..CONTAINERS {
        // All that is not known to be kept is sent again.
        let from = told.kept.get(&container).map_or(0, |kept| kept + 1);
        command.arg(from.to_string());
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().ok_or("no output")?;
    let mut read = 0;
    for line in BufReader::new(out).lines() {
        told.take(&line?)?;
        read += 1;
        if read == lines {
            child.kill()?;
        }
    }
    child.wait()?;
    if read < lines {
        return Err(format!("the process ended by itself after {read} lines").into());
    }
    Ok(())
}

/// Puts the beginning of a frame, or nonsense, at the end of some newest segment, as the loss of
/// power may.
fn tear(folder: &Path, seeded: &mut Seeded) -> Outcome<()> {
    let mut newest: Vec<PathBuf> = Vec::new();
    for group in fs::read_dir(folder.join("logs"))? {
        let group = group?.path();
        if !group.is_dir() {
            continue;
        }
        for stream in fs::read_dir(group)? {
            let mut segments: Vec<PathBuf> = Vec::new();
            for segment in fs::read_dir(stream?.path())? {
                let path = segment?.path();
                if path.extension().is_some_and(|it| it == "log") {
                    segments.push(path);
                }
            }
            segments.sort();
            newest.extend(segments.pop());
        }
    }
    for path in newest {
        let length = usize::try_from(seeded.below(300))?;
        let bytes = fs::read(&path)?;
        let mut torn: Vec<u8> = if seeded.below(2) == 0 {
            bytes.iter().rev().take(length).copied().collect()
        } else {
            vec![0; length]
        };
        torn.truncate(length);
        OpenOptions::new()
            .append(true)
            .open(&path)?
            .write_all(&torn)?;
    }
    Ok(())
}

/// Every acknowledged batch is there whole and once, and nothing that was never sent.
fn verify(folder: &Path, told: &Told) -> Outcome<u64> {
    let runtime = tokio::runtime::Runtime::new()?;
    let logs = open(folder)?;
    let caller = agent()?;
    runtime.block_on(verify_deletions(&logs, &caller, folder, told))?;
    let mut seen: BTreeSet<(usize, u64, u64)> = BTreeSet::new();
    let mut next_token = None;
    loop {
        let input = FilterLogEventsRequest {
            log_group_name: Some("/crash".to_owned()),
            next_token,
            ..FilterLogEventsRequest::default()
        };
        let page = runtime.block_on(logs.filter_log_events(&caller, input))?;
        for event in page.events.unwrap_or_default() {
            let message = event.message.unwrap_or_default();
            let mut words = message.split(' ');
            let mut number = || words.next().unwrap_or_default().parse::<u64>();
            let event = (usize::try_from(number()?)?, number()?, number()?);
            if !seen.insert(event) {
                return Err(format!("{event:?} is there twice").into());
            }
        }
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    for (container, kept) in &told.kept {
        for batch in 0..=*kept {
            for part in 0..EVENTS_IN_BATCH {
                if !seen.contains(&(*container, batch, part)) {
                    return Err(format!("{container} {batch} {part} was lost").into());
                }
            }
        }
    }
    for (container, batch, part) in &seen {
        let whole = (0..EVENTS_IN_BATCH).all(|part| seen.contains(&(*container, *batch, part)));
        if !whole || told.sent.get(container).is_none_or(|sent| batch > sent) {
            return Err(format!("{container} {batch} {part} is not what was sent").into());
        }
    }
    Ok(seen.len() as u64)
}

fn test() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let random: &dyn Random = &SystemRandom;
    let seed = match std::env::var("CRASH_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => u64::from_le_bytes(random.bytes()).max(1),
    };
    println!("CRASH_SEED={seed}");
    let mut seeded = Seeded(seed);
    {
        let runtime = tokio::runtime::Runtime::new()?;
        let logs = open(folder.path())?;
        let caller = agent()?;
        let group = CreateLogGroupRequest {
            log_group_name: Some("/crash".to_owned()),
            ..CreateLogGroupRequest::default()
        };
        runtime.block_on(logs.create_log_group(&caller, group))?;
        for stream in 0..STREAMS {
            let stream = CreateLogStreamRequest {
                log_group_name: Some("/crash".to_owned()),
                log_stream_name: Some(format!("s/{stream}")),
            };
            runtime.block_on(logs.create_log_stream(&caller, stream))?;
        }
    }
    let mut told = Told::default();
    let mut events = 0;
    for round in 0..ROUNDS {
        let lines = 1 + seeded.below(300);
        run_and_kill(folder.path(), &mut told, lines)?;
        if seeded.below(3) == 0 {
            tear(folder.path(), &mut seeded)?;
        }
        // A look repairs what is torn; so must a process that only writes.
        if seeded.below(2) == 0 || round + 1 == ROUNDS {
            events =
                verify(folder.path(), &told).map_err(|error| format!("round {round}: {error}"))?;
        }
    }
    println!("{ROUNDS} kills, {events} events");
    Ok(())
}

/// Runs the one test, in the way that `cargo test` and nextest ask for tests.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [first, folder, from @ ..] if first == CHILD => from
            .iter()
            .map(|text| text.parse())
            .collect::<Result<Vec<u64>, _>>()
            .map_err(Box::from)
            .and_then(|from| child(Path::new(folder), &from)),
        options => {
            let has = |name: &str| options.iter().any(|option| option == name);
            let names: Vec<&String> = options
                .iter()
                .filter(|option| !option.starts_with('-') && *option != "terse")
                .collect();
            let chosen = names.is_empty() || names.iter().any(|name| NAME.contains(name.as_str()));
            if has("--list") {
                if !has("--ignored") {
                    println!("{NAME}: test");
                }
                Ok(())
            } else if chosen && !has("--ignored") {
                test()
            } else {
                Ok(())
            }
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        }
    }
}
