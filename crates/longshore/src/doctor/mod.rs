//! `longshore doctor`: looks at this machine and says what keeps Longshore from working here, and what
//! to do about it. `subject` says for which options, `machine` looks, `judge` decides; nothing is changed.

mod judge;
mod machine;
mod subject;

use serde::Serialize;
use serde_json::json;

use self::subject::Subject;

use crate::cli::{DoctorArgs, Output};
use crate::error::Failure;
use crate::table;

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at.
    check: &'static str,
    verdict: Verdict,
    /// What is so.
    found: String,
    /// What to do; empty where nothing is.
    advice: String,
}

/// What a finding means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// As it should be.
    Ok,
    /// Longshore works, but not all of it, or not for long.
    Warning,
    /// Longshore does not work.
    Failure,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "WARNING",
            Self::Failure => "FAILURE",
        }
    }
}

/// Looks, and prints what was found.
///
/// # Errors
/// When anything found keeps Longshore from working, so that scripts can tell, or the service's options
/// are none.
pub(crate) fn run(args: &DoctorArgs) -> Result<(), Failure> {
    let findings = judge::judge(&machine::look(&Subject::of(args)?));
    match args.output {
        Output::Json => println!("{}", json!({ "findings": findings })),
        Output::Table => {
            let rows: Vec<[String; 3]> = findings
                .iter()
                .map(|finding| {
                    [finding.check, finding.verdict.as_str(), &finding.found].map(str::to_owned)
                })
                .collect();
            print!("{}", table::render(["CHECK", "VERDICT", "FOUND"], &rows));
            for finding in findings.iter().filter(|finding| !finding.advice.is_empty()) {
                println!("\n{}: {}", finding.check, finding.advice);
            }
        }
    }
    let failures = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Failure)
        .count();
    if failures == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{failures} of {} checks failed; what to do is said above",
            findings.len()
        )))
    }
}
