//! Pulls one image from a registry over plain HTTP and prints where its layers are:
//! `pull STORE-DIRECTORY REFERENCE`.

use std::process::ExitCode;
use std::sync::Arc;

use image::{Anonymous, ImageStore, PlainHttp, Platform, PullOptions, Reference, TlsTrust};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(directory), Some(reference)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: pull STORE-DIRECTORY REFERENCE");
        return ExitCode::from(2);
    };
    match pull(&directory, &reference).await {
        Ok(layers) => {
            println!("{layers}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("pull: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn pull(directory: &str, reference: &str) -> Result<String, Box<dyn std::error::Error>> {
    let reference: Reference = reference.parse()?;
    let options = PullOptions {
        endpoints: Arc::new(PlainHttp::default().with(reference.registry(), reference.registry())),
        credentials: Arc::new(Anonymous),
        tls: TlsTrust::platform(),
        platform: Platform::host(),
    };
    let pulled = ImageStore::open(directory)?
        .pull(&reference, &options)
        .await?;
    let layers = pulled
        .layers
        .iter()
        .map(|layer| layer.display().to_string());
    Ok(layers.collect::<Vec<_>>().join("\n"))
}
