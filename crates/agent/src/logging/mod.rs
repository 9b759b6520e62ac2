//! Where a container's output goes: the log drivers `awslogs`, `json-file` and `none`.
//!
//! Every driver reads the container's spool to its end; none of them can make a container stand
//! still for ever. What passes is waited for; lines that are refused for good are counted, told in the
//! container's reason, and passed over, and those behind them go on.

pub(crate) mod awslogs;
mod json_file;
mod multiline;
mod spool;
#[cfg(test)]
mod tests;
mod times;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_wire::LogConfig;
use ambient::Clock;
use runtime::{ContainerId, LogLimits, LogMode, Runtime, RuntimeError};

use self::awslogs::{Awslogs, Shipper};
use self::json_file::JsonFile;
pub(crate) use self::json_file::remove_old as remove_old_files;
use self::spool::{Patience, Spool};
use crate::control_plane::ControlPlane;

/// Options that every driver has.
const COMMON_OPTIONS: [&str; 2] = ["mode", "max-buffer-size"];

/// Whose output it is.
#[derive(Clone, Debug)]
pub(crate) struct Origin<'a> {
    /// Its name in the definition.
    pub(crate) container: &'a str,
    /// The task's id.
    pub(crate) task: &'a str,
    /// The id that the container has for the API.
    pub(crate) runtime_id: &'a str,
    /// The region of the task.
    pub(crate) region: &'a str,
    /// Its `dockerLabels`.
    pub(crate) labels: &'a BTreeMap<String, String>,
    /// Its environment, of which `json-file` may be asked to write some.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// Where the files of `json-file` are.
    pub(crate) files: &'a Path,
}

/// Where a container's lines go.
#[derive(Clone, Debug)]
pub(crate) enum Driver {
    Awslogs(Awslogs),
    JsonFile(JsonFile),
    /// Nowhere. They are read all the same, so that the spool does not fill.
    None,
}

impl Driver {
    /// The driver that `config` names. Without one lines go nowhere.
    ///
    /// # Errors
    /// In Docker's words, where it has some, for the container's reason.
    pub(crate) fn of(config: Option<&LogConfig>, origin: &Origin<'_>) -> Result<Self, String> {
        let Some(config) = config else {
            return Ok(Self::None);
        };
        let driver = match config.r#type.as_str() {
            "awslogs" => Self::Awslogs(Awslogs::of(&config.config, origin)?),
            "json-file" => Self::JsonFile(JsonFile::of(&config.config, origin)?),
            "none" => {
                only(&config.config, "none", &[])?;
                Self::None
            }
            other => {
                return Err(format!(
                    "logger: no log driver named '{other}' is registered"
                ));
            }
        };
        Ok(driver)
    }

    /// Takes lines to where they go, to the end; gives those that were refused for good.
    pub(crate) async fn run(
        self,
        runtime: &dyn Runtime,
        container: ContainerId,
        control_plane: ControlPlane,
        clock: Arc<dyn Clock>,
    ) -> Lost {
        let mut opening =
            Patience::new(container.clone(), "the container's output cannot be opened");
        let reader = loop {
            match runtime.logs(&container).await {
                Ok(reader) => break reader,
                // It was not made, or is removed already.
                Err(RuntimeError::NoSuchContainer { .. } | RuntimeError::NoSuchTask { .. }) => {
                    return Lost::default();
                }
                Err(error) => tokio::time::sleep(opening.failed(&error)).await,
            }
        };
        let mut spool = Spool::new(reader, container.clone());
        match self {
            Self::Awslogs(awslogs) => {
                let shipper = Shipper {
                    control_plane,
                    clock,
                    source: format!("{}-{}", container.task, container.name),
                    awslogs,
                };
                return shipper.run(&mut spool).await;
            }
            Self::JsonFile(file) => file.run(&mut spool, container).await,
            Self::None => discard(&mut spool).await,
        }
        Lost::default()
    }
}

/// Lines that were refused for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    /// How many.
    pub(crate) lines: u64,
    /// Why the last of them were.
    pub(crate) why: String,
}

impl Lost {
    /// These and those of a later run.
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            lines: self.lines + later.lines,
            why: if later.lines > 0 { later.why } else { self.why },
        }
    }

    /// For the container's reason, if any were.
    pub(crate) fn reason(&self) -> Option<String> {
        let Self { lines, why } = self;
        (*lines > 0).then(|| format!("{lines} log lines were not taken: {why}"))
    }
}

/// Where the files of `json-file` are, below the agent's state folder.
pub(crate) fn files(state_dir: &Path) -> PathBuf {
    state_dir.join("container-logs")
}

/// Refuses every option that is not among `known`.
fn only(options: &BTreeMap<String, String>, driver: &str, known: &[&str]) -> Result<(), String> {
    let unknown = options
        .keys()
        .find(|name| !known.contains(&name.as_str()) && !COMMON_OPTIONS.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(format!(
            "logger: unknown log opt '{name}' for {driver} log driver"
        )),
        None => Ok(()),
    }
}

async fn discard(spool: &mut Spool) {
    const READ_BYTES: usize = 512 * 1024;
    loop {
        let batch = spool.next(READ_BYTES).await;
        spool.acknowledge(batch.cursor).await;
        if batch.ended {
            return;
        }
    }
}

/// ECS's options of every driver: `mode` is non-blocking unless said otherwise, with a buffer of 10m.
///
/// # Errors
/// In words for the container's reason.
pub(crate) fn limits(config: Option<&LogConfig>) -> Result<LogLimits, String> {
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
        limits.max_bytes = size("max-buffer-size", text)?;
    }
    Ok(limits)
}

fn size(option: &str, text: &str) -> Result<u64, String> {
    bytes(text).ok_or_else(|| format!("logger: {option}: '{text}' is no size; it looks like 25m"))
}

/// Docker's sizes: a number, and `k`, `m` or `g` in powers of 1024, perhaps with a `b`.
pub(crate) fn bytes(text: &str) -> Option<u64> {
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
