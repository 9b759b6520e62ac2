//! Running `nft` in a namespace. Rules go in by standard input, in one transaction a call.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::Error;
use crate::linux::namespace::Namespace;

/// A transaction takes milliseconds; the kernel serialises them, so others may hold one up.
const NFT_TIMEOUT_SECONDS: u64 = 20;
/// Of the program's complaint, so much goes into an error.
const NFT_DETAIL_MAX_CHARS: usize = 2_000;

impl Namespace {
    /// Applies rules, all or none.
    pub(super) async fn nft_apply(&self, attempt: &str, rules: &str) -> Result<(), Error> {
        self.nft(attempt, &["-f", "-"], rules).await.map(drop)
    }

    /// Asks `nft` for JSON.
    pub(super) async fn nft_list(
        &self,
        attempt: &str,
        arguments: &[&str],
    ) -> Result<serde_json::Value, Error> {
        let mut all = vec!["--json", "--handle"];
        all.extend_from_slice(arguments);
        let text = self.nft(attempt, &all, "").await?;
        serde_json::from_str(&text).map_err(|error| self.nft_failed(attempt, error.to_string()))
    }

    async fn nft(&self, attempt: &str, arguments: &[&str], input: &str) -> Result<String, Error> {
        let mut command = Command::new("nft");
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = self
            .within(move || command.spawn())
            .await
            .map_err(|error| {
                let hint = "nft did not start (package nftables)";
                self.nft_failed(attempt, format!("{hint}: {error}"))
            })?;
        let stdin = child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that ended early has said why on its standard error.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
        };
        let finished = async { tokio::join!(feed, child.wait_with_output()).1 };
        let output = tokio::time::timeout(Duration::from_secs(NFT_TIMEOUT_SECONDS), finished)
            .await
            .map_err(|_| {
                let detail = format!("it was ended after {NFT_TIMEOUT_SECONDS} seconds");
                self.nft_failed(attempt, detail)
            })?
            .map_err(|error| self.nft_failed(attempt, error.to_string()))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        let detail = complaint.trim().chars().take(NFT_DETAIL_MAX_CHARS);
        Err(self.nft_failed(attempt, detail.collect()))
    }

    fn nft_failed(&self, attempt: &str, detail: String) -> Error {
        Error::Nft {
            attempt: attempt.to_owned(),
            namespace: self.label().to_owned(),
            detail,
        }
    }
}
