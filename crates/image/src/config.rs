//! What an image says about running it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::digest::Digest;
use crate::error::Error;

/// The execution parameters of an image (OCI config.md, "config").
///
/// The image's own `HEALTHCHECK` is not here: ECS ignores it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `NAME=value` each.
    pub env: Vec<String>,
    /// What is run; the command is its arguments.
    pub entrypoint: Vec<String>,
    /// Arguments of the entrypoint, or what is run when there is none.
    pub cmd: Vec<String>,
    /// Absolute directory to start in; empty means `/`.
    pub working_dir: String,
    /// `user`, `uid`, `user:group`, `uid:gid`, ...; empty means root. See [`crate::resolve_user`].
    pub user: String,
    /// Signal that asks to stop, such as `SIGTERM` or `15`; empty means SIGTERM.
    pub stop_signal: String,
    /// `port/protocol` each, such as `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Absolute directories that want a volume.
    pub volumes: Vec<String>,
}

/// An image's configuration file: what to run, and the digests of its uncompressed layers.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    pub(crate) config: ImageConfig,
    pub(crate) diff_ids: Vec<Digest>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    os: String,
    config: Option<Execution>,
    rootfs: Rootfs,
}

#[derive(Deserialize)]
struct Rootfs {
    #[serde(default)]
    diff_ids: Option<Vec<Digest>>,
}

type Set = BTreeMap<String, serde_json::Value>;

// Every member may be absent or null: docker writes null where it has nothing to say.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Execution {
    env: Option<Vec<String>>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    working_dir: Option<String>,
    user: Option<String>,
    stop_signal: Option<String>,
    exposed_ports: Option<Set>,
    labels: Option<BTreeMap<String, String>>,
    volumes: Option<Set>,
}

/// Reads the configuration named `what`.
pub(crate) fn parse(what: &str, bytes: &[u8]) -> Result<ConfigFile, Error> {
    let document: Document = serde_json::from_slice(bytes)
        .map_err(|error| Error::corrupt(what, format!("not an image configuration: {error}")))?;
    if document.os != "linux" && !document.os.is_empty() {
        return Err(Error::unsupported(
            what,
            format!(
                "the image is for operating system '{}'; only linux containers run here",
                document.os
            ),
        ));
    }
    let keys = |set: Option<Set>| set.unwrap_or_default().into_keys().collect();
    let execution = document.config.unwrap_or_default();
    Ok(ConfigFile {
        config: ImageConfig {
            env: execution.env.unwrap_or_default(),
            entrypoint: execution.entrypoint.unwrap_or_default(),
            cmd: execution.cmd.unwrap_or_default(),
            working_dir: execution.working_dir.unwrap_or_default(),
            user: execution.user.unwrap_or_default(),
            stop_signal: execution.stop_signal.unwrap_or_default(),
            exposed_ports: keys(execution.exposed_ports),
            labels: execution.labels.unwrap_or_default(),
            volumes: keys(execution.volumes),
        },
        diff_ids: document.rootfs.diff_ids.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_may_be_there_null_or_absent() {
        let diff = Digest::of(b"layer");
        let full = format!(
            r#"{{"os":"linux","architecture":"amd64","config":{{"Env":["A=b"],"Entrypoint":["/x"],
            "Cmd":null,"WorkingDir":"/w","User":"1:2","StopSignal":"SIGINT",
            "ExposedPorts":{{"80/tcp":{{}}}},"Labels":{{"k":"v"}},"Volumes":{{"/data":{{}}}},
            "Healthcheck":{{"Test":["NONE"]}}}},"rootfs":{{"type":"layers","diff_ids":["{diff}"]}}}}"#
        );
        let file = parse("config", full.as_bytes()).unwrap();
        assert_eq!(file.diff_ids, [diff]);
        assert_eq!(
            file.config,
            ImageConfig {
                env: vec!["A=b".to_owned()],
                entrypoint: vec!["/x".to_owned()],
                cmd: vec![],
                working_dir: "/w".to_owned(),
                user: "1:2".to_owned(),
                stop_signal: "SIGINT".to_owned(),
                exposed_ports: vec!["80/tcp".to_owned()],
                labels: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
                volumes: vec!["/data".to_owned()],
            }
        );
        let bare = parse("config", br#"{"rootfs":{"diff_ids":null}}"#).unwrap();
        assert_eq!(bare.config, ImageConfig::default());
    }

    #[test]
    fn other_systems_and_other_documents_are_refused() {
        let windows = parse("config", br#"{"os":"windows","rootfs":{}}"#).unwrap_err();
        assert!(windows.to_string().contains("windows"), "{windows}");
        for text in ["", "[]", "{}", r#"{"rootfs":{"diff_ids":["x"]}}"#] {
            assert!(parse("config", text.as_bytes()).is_err(), "{text}");
        }
    }
}
