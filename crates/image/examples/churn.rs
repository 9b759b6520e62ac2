//! Pulls and sweeps without an end, for tests that kill it: `churn STORE HOST SEED [DIGEST]...`.
//! What the digests name is held first, as an agent does with what its containers run on; then `ready`
//! is printed.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, SystemClock};
use image::{Anonymous, ImageStore, PlainHttp, Platform, PullOptions, SweepPolicy, TlsTrust};

/// Tags `0` to this are pulled.
const TAGS: u64 = 6;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, host, seed, held @ ..] = arguments.as_slice() else {
        eprintln!("usage: churn STORE HOST SEED [DIGEST]...");
        return ExitCode::from(2);
    };
    match churn(store, host, seed, held).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("churn: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn churn(
    directory: &str,
    host: &str,
    seed: &str,
    held: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    let store = ImageStore::open(directory)?;
    let mut holds = Vec::new();
    for digest in held {
        let found = store.get_by_digest(digest.parse()?).await?;
        holds.push(found.ok_or_else(|| format!("{digest} is not here any more"))?);
    }
    println!("ready");
    let options = PullOptions {
        endpoints: Arc::new(PlainHttp::default().with(host, host)),
        credentials: Arc::new(Anonymous),
        tls: TlsTrust::platform(),
        platform: Platform::host(),
    };
    let sweeper = store.clone();
    tokio::spawn(async move {
        let (clock, policy) = (SystemClock, at_once());
        loop {
            if let Err(error) = sweeper.sweep(policy, clock.now()).await {
                eprintln!("churn: {error}");
                std::process::exit(1);
            }
        }
    });
    let mut state: u64 = seed.parse()?;
    loop {
        // The generator of Steele, Lea and Flood's SplitMix, without its finish.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let tag = (state >> 33) % (TAGS + 1);
        let pulled = store
            .pull(&format!("{host}/app:{tag}").parse()?, &options)
            .await?;
        drop(pulled);
    }
}

/// Whatever is not held goes.
fn at_once() -> SweepPolicy {
    SweepPolicy {
        minimum_age: Duration::ZERO,
        images_a_sweep: 2,
        high_disk_percent: u8::MAX,
        ..SweepPolicy::default()
    }
}
