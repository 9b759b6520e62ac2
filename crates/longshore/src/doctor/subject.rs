//! Which Longshore is judged: the service, by the options that it has, but for what doctor is given itself.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::cli::{DoctorArgs, RuntimeKind, up_args};
use crate::error::Failure;
use crate::run;

/// What the service's file calls the options of `longshore up`.
const VARIABLE: &str = "LONGSHORE_OPTIONS";

/// What is judged.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) data_dir: PathBuf,
    pub(super) listen: SocketAddr,
    pub(super) admin_listen: SocketAddr,
    pub(super) runtime: RuntimeKind,
    /// Whose options are taken where doctor was given none.
    pub(super) otherwise: String,
}

impl Subject {
    /// What `args` ask for.
    ///
    /// # Errors
    /// When the service's options cannot be read, or it would not start with them.
    pub(super) fn of(args: &DoctorArgs) -> Result<Self, Failure> {
        let file = args.service_options.display();
        let text = match fs::read_to_string(&args.service_options) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(Failure::when(format!("cannot read {file}")))?,
        };
        let text = text.replace("\\\n", "");
        let options = options(&text);
        // As systemd takes apart what stands in place of a variable without quotes.
        let up = up_args(options.split_whitespace()).map_err(Failure::when(format!(
            "the service does not start: `longshore up` does not take what {VARIABLE} of {file} has"
        )))?;
        let listen = args.listen.unwrap_or(up.server.listen);
        run::for_tasks(listen)?;
        let otherwise = if options.is_empty() {
            "the defaults".to_owned()
        } else {
            format!("the service's, of {file}")
        };
        Ok(Self {
            data_dir: args.data_dir.clone().unwrap_or(up.server.data.data_dir),
            listen,
            admin_listen: args.admin_listen.unwrap_or(up.server.admin_listen),
            runtime: args.runtime.unwrap_or(up.runtime),
            otherwise,
        })
    }
}

/// The options that a file of the form of systemd's `EnvironmentFile` gives, its continued lines joined: of
/// several the last, without its quotes.
fn options(text: &str) -> &str {
    let value = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(VARIABLE)?.strip_prefix('='))
        .next_back()
        .unwrap_or_default();
    value.trim().trim_matches(['"', '\'']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(file: &std::path::Path) -> DoctorArgs {
        DoctorArgs {
            data_dir: None,
            listen: None,
            admin_listen: None,
            runtime: None,
            service_options: file.to_owned(),
            output: crate::cli::Output::Table,
        }
    }

    fn subject(text: &str, change: impl FnOnce(&mut DoctorArgs)) -> Result<Subject, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("longshore");
        fs::write(&file, text).unwrap();
        let mut args = args(&file);
        change(&mut args);
        Subject::of(&args)
    }

    #[test]
    fn the_services_options_are_judged_where_no_others_are_given() {
        let text = "# LONGSHORE_OPTIONS=\"--listen 1.1.1.1:1\"\nLONGSHORE_OPTIONS=\"\"\n\
                    LONGSHORE_OPTIONS=\"--listen 0.0.0.0:80 --data-dir /srv/ls\"\n";
        let found = subject(text, |_| {}).unwrap();
        assert_eq!(found.listen.to_string(), "0.0.0.0:80");
        assert_eq!(found.admin_listen.to_string(), "127.0.0.1:4567");
        assert_eq!(found.data_dir, PathBuf::from("/srv/ls"));
        assert!(found.otherwise.starts_with("the service's"));
        let listen = "127.0.0.1:81".parse().unwrap();
        let found = subject(text, |args| args.listen = Some(listen)).unwrap();
        assert_eq!(found.listen, listen);
        assert_eq!(found.data_dir, PathBuf::from("/srv/ls"));
    }

    #[test]
    fn a_line_that_is_continued_is_one() {
        let text = "LONGSHORE_OPTIONS=\"--listen 0.0.0.0:80 \\\n  --data-dir /srv/ls\"\n";
        let found = subject(text, |_| {}).unwrap();
        assert_eq!(found.listen.to_string(), "0.0.0.0:80");
        assert_eq!(found.data_dir, PathBuf::from("/srv/ls"));
    }

    #[test]
    fn without_options_of_the_service_the_defaults_are_judged() {
        let nowhere = Subject::of(&args("/nowhere/longshore".as_ref())).unwrap();
        for found in [nowhere, subject("LONGSHORE_OPTIONS=''\n", |_| {}).unwrap()] {
            assert_eq!(found.listen.to_string(), "127.0.0.1:4566");
            assert_eq!(found.otherwise, "the defaults");
        }
    }

    #[test]
    fn options_that_the_service_does_not_start_with_are_named() {
        let refused = subject("LONGSHORE_OPTIONS=--listen=[::1]:80", |_| {}).unwrap_err();
        assert!(refused.to_string().contains("IPv4"), "{refused}");
        let refused = subject("LONGSHORE_OPTIONS=\"--listne 0.0.0.0:80\"", |_| {});
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("--listne"), "{refused}");
    }
}
