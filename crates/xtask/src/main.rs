//! Developers' tools, run as `cargo xtask`: `models` imports facts from the botocore models,
//! `members` lists the members of their inputs, `codegen` writes `aws-api` from them, `tidy` holds
//! the tree to its rules.
//!
//! Only the command line is here; each command has a folder. Nothing that ships depends on this.

#![forbid(unsafe_code)]

mod codegen;
mod error;
mod models;
mod named_test;
mod tidy;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::Error;

const USAGE: &str = "usage:
  cargo xtask models [--botocore DIR] SERVICE...  import models/SERVICE.json for models/SERVICE.operations
                                                  (all services where none is named)
  cargo xtask members [SERVICE...]                add to models/SERVICE.members what it lacks, as refused
  cargo xtask codegen [--check]                   write crates/aws-api, or say whether it is fresh
  cargo xtask tidy                                check the rules of the tree";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Error> {
    let root = tree::root()?;
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["models", "--botocore", folder, services @ ..] => {
            models::import(&root, Some(PathBuf::from(folder)), services)
        }
        ["models", services @ ..] if services.iter().all(|name| !name.starts_with('-')) => {
            models::import(&root, None, services)
        }
        ["members", services @ ..] if services.iter().all(|name| !name.starts_with('-')) => {
            models::complete_members(&root, services)
        }
        ["codegen"] => codegen::write(&root),
        ["codegen", "--check"] => codegen::check(&root),
        ["tidy"] => tidy::run(&root),
        _ => Err(Error::Usage(USAGE)),
    }
}
