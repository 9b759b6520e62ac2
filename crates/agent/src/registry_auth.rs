//! What an operator gives a node to log in to registries that are not ours: a file as Docker's
//! `config.json` is one, of which `auths` counts; or what is in there alone, which is the form that
//! Amazon's agent takes as `ECS_ENGINE_AUTH_DATA` (of the types `dockercfg` and `docker`).
//!
//! It is read anew whenever a registry asks for credentials, so that what is changed counts at once.
//! Neither its content nor a parser's words about it, which may quote it, are in any message.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::BasicCredentials;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

/// The largest file that is read: thousands of registries.
const FILE_MAX_BYTES: u64 = 1024 * 1024;
/// What anybody but the owner may do with a file.
const OTHERS_MODE: u32 = 0o077;
/// The registry of names without a host, as references have it.
const DOCKER_HUB: &str = "docker.io";
/// Under which names Docker's own files have it; the first is `https://index.docker.io/v1/`.
const DOCKER_HUB_HOSTS: [&str; 2] = ["index.docker.io", "registry-1.docker.io"];

/// A file with credentials of registries.
#[derive(Clone, Debug)]
pub struct RegistryAuth {
    file: PathBuf,
}

/// Why there are no credentials. Holds no secret.
#[derive(Debug, Error)]
pub enum RegistryAuthError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than its owner may do something with it.
    #[error(
        "{} holds passwords, and others than its owner may use it (mode {mode:o}); run: chmod 600 {}",
        file.display(),
        file.display()
    )]
    Mode {
        /// The file.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It has another form.
    #[error(
        "{} is not as Docker's config.json with `auths` (line {line}, column {column})",
        file.display()
    )]
    Form {
        /// The file.
        file: PathBuf,
        /// Where, from 1; 0 for nowhere.
        line: usize,
        /// Where, from 1; 0 for nowhere.
        column: usize,
    },
    /// What it has for a registry cannot be used.
    #[error("{}, the entry of {registry}: {what}", file.display())]
    Entry {
        /// The file.
        file: PathBuf,
        /// The registry.
        registry: String,
        /// What is wrong with it, and what to do.
        what: &'static str,
    },
}

/// What is known of one registry.
#[derive(Deserialize)]
struct Entry {
    /// Base64 of `user:password`.
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default, rename = "identitytoken")]
    identity_token: String,
}

impl RegistryAuth {
    /// The credentials in `file`.
    ///
    /// # Errors
    /// When it cannot be used as it is now.
    pub fn open(file: &Path) -> Result<Self, RegistryAuthError> {
        let auth = Self {
            file: file.to_owned(),
        };
        auth.entries()?;
        Ok(auth)
    }

    /// What there is now for `registry`, a host with a port if it has one. Reads a file.
    ///
    /// # Errors
    /// When the file or what it has for the registry cannot be used.
    pub fn credentials(
        &self,
        registry: &str,
    ) -> Result<Option<BasicCredentials>, RegistryAuthError> {
        let wrong = |what| RegistryAuthError::Entry {
            file: self.file.clone(),
            registry: registry.to_owned(),
            what,
        };
        let wanted = host_of(registry);
        let entries = self.entries()?;
        let Some((_, entry)) = entries.into_iter().find(|(key, _)| host_of(key) == wanted) else {
            return Ok(None);
        };
        let entry: Entry = serde_json::from_value(entry)
            .map_err(|_| wrong("it is no object with `auth`, or `username` and `password`"))?;
        if !entry.auth.is_empty() {
            let decoded = STANDARD.decode(entry.auth.trim()).ok();
            let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            let (user, password) = decoded
                .as_deref()
                .and_then(|pair| pair.split_once(':'))
                .ok_or_else(|| wrong("`auth` is not base64 of `user:password`"))?;
            // Docker fills the password up.
            let password = password.trim_end_matches('\0');
            return Ok(Some(BasicCredentials::new(user, password)));
        }
        if !entry.username.is_empty() {
            return Ok(Some(BasicCredentials::new(entry.username, entry.password)));
        }
        Err(wrong(if entry.identity_token.is_empty() {
            "it has no password: credential stores and helpers are not asked; log in where there are none"
        } else {
            "identity tokens are not supported; use an access token as the password"
        }))
    }

    /// What the file has, by its names of registries.
    fn entries(&self) -> Result<Map<String, Value>, RegistryAuthError> {
        let failed = |source| RegistryAuthError::File {
            file: self.file.clone(),
            source,
        };
        let file = File::open(&self.file).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & OTHERS_MODE != 0 {
            return Err(RegistryAuthError::Mode {
                file: self.file.clone(),
                mode,
            });
        }
        let mut bytes = Vec::new();
        file.take(FILE_MAX_BYTES)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let form = |line, column| RegistryAuthError::Form {
            file: self.file.clone(),
            line,
            column,
        };
        let mut all: Map<String, Value> =
            serde_json::from_slice(&bytes).map_err(|error| form(error.line(), error.column()))?;
        match all.remove("auths") {
            Some(Value::Object(auths)) => Ok(auths),
            Some(_) => Err(form(0, 0)),
            None => Ok(all),
        }
    }
}

/// The host that a name of a registry means, as Docker reads it: without scheme and path.
fn host_of(name: &str) -> String {
    let name = name.trim();
    let name = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"))
        .unwrap_or(name);
    let host = name.split('/').next().unwrap_or(name).to_ascii_lowercase();
    if DOCKER_HUB_HOSTS.contains(&host.as_str()) {
        return DOCKER_HUB.to_owned();
    }
    host
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn of(text: &str, mode: u32) -> (tempfile::TempDir, Result<RegistryAuth, RegistryAuthError>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let opened = RegistryAuth::open(&path);
        (folder, opened)
    }

    fn found(auth: &RegistryAuth, registry: &str) -> Option<(String, String)> {
        auth.credentials(registry)
            .unwrap()
            .map(|one| (one.username.clone(), one.password.to_string()))
    }

    #[test]
    fn each_form_of_the_file_is_read() {
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        // Docker's, with Docker Hub under its index name.
        let text = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "dTpwOnE="},
            "Registry.example:5000": {"auth": "dTpwAAA="}}, "HttpHeaders": {}}"#;
        let (_folder, auth) = of(text, 0o600);
        let auth = auth.unwrap();
        assert_eq!(found(&auth, "docker.io"), pair("u", "p:q"));
        assert_eq!(found(&auth, "registry.example:5000"), pair("u", "p"));
        assert_eq!(found(&auth, "registry.example"), None);
        // Those of Amazon's agent.
        for text in [
            r#"{"https://index.docker.io/v1/": {"auth": "dTpw", "email": "e"}}"#,
            r#"{"https://index.docker.io/v1/": {"username": "u", "password": "p", "email": "e"}}"#,
        ] {
            let (_folder, auth) = of(text, 0o400);
            assert_eq!(found(&auth.unwrap(), "docker.io"), pair("u", "p"));
        }
    }

    #[test]
    fn what_changes_in_the_file_counts_at_once() {
        let (folder, auth) = of("{}", 0o600);
        let auth = auth.unwrap();
        assert_eq!(found(&auth, "a.example"), None);
        let path = folder.path().join("config.json");
        fs::write(&path, r#"{"auths": {"a.example": {"auth": "dTpw"}}}"#).unwrap();
        assert!(found(&auth, "a.example").is_some());
    }

    #[test]
    fn what_cannot_be_used_is_said_without_a_secret() {
        let opened = |text: &str, mode| of(text, mode).1.unwrap_err().to_string();
        let open_to_all = opened("{}", 0o640);
        assert!(open_to_all.contains("chmod 600"), "{open_to_all}");
        let torn = opened("{\"auths\": {\"a\": {\"auth\": \"c2VjcmV0", 0o600);
        assert!(torn.contains("line 1") && !torn.contains("c2Vj"), "{torn}");
        let text = r#"{"auths": {"list": "c2VjcmV0", "half": {"auth": "c2VjcmV0"},
            "empty": {}, "token": {"identitytoken": "c2VjcmV0"}}}"#;
        let (_folder, auth) = of(text, 0o600);
        let auth = auth.unwrap();
        for registry in ["list", "half", "empty", "token"] {
            let error = auth.credentials(registry).unwrap_err();
            let said = format!("{error} {error:?}");
            assert!(said.contains(registry) && !said.contains("c2Vj"), "{said}");
        }
    }
}
