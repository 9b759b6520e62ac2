//! The small files of a data folder that people and commands read: keys and the endpoint.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_core::{AccountId, Region};
use iam::{InstanceCredentials, RootKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Failure;

const ROOT_KEY_FILE: &str = "root-credentials.json";
const NODE_KEY_FILE: &str = "node-key.json";
const ENDPOINT_FILE: &str = "endpoint.json";
/// Where root's key comes from instead of the file.
const ROOT_ID_VARIABLE: &str = "LONGSHORE_ROOT_ACCESS_KEY_ID";
const ROOT_SECRET_VARIABLE: &str = "LONGSHORE_ROOT_SECRET_ACCESS_KEY";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance_id: Option<String>,
    access_key_id: String,
    secret_access_key: String,
}

/// How a running Longshore is reached.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndpointFile {
    /// From this machine.
    pub(crate) url: String,
    /// As everybody is told it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    advertised: Option<String>,
    /// The first region, which commands use where none is named.
    pub(crate) region: Region,
    /// Every region; absent where an earlier release wrote the file.
    #[serde(default)]
    regions: Vec<Region>,
}

impl EndpointFile {
    /// The URL for people, who take it elsewhere.
    pub(crate) fn told(&self) -> &str {
        self.advertised.as_deref().unwrap_or(&self.url)
    }

    /// Every region that is served.
    pub(crate) fn regions(&self) -> Vec<Region> {
        if self.regions.is_empty() {
            vec![self.region.clone()]
        } else {
            self.regions.clone()
        }
    }
}

/// Makes a folder for root only.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    make(folder, 0o700)
}

/// Makes a folder that others may pass, but not list: containers in a user namespace are others,
/// and their file systems lie below. Every file beside the passages is for root only.
pub(crate) fn make_passage(folder: &Path) -> Result<(), Failure> {
    make(folder, 0o711)
}

fn make(folder: &Path, mode: u32) -> Result<(), Failure> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .map_err(Failure::when(format!(
            "cannot make the folder {}; choose another with --data-dir",
            folder.display()
        )))
}

/// How much of the disk under a folder is free for us.
pub(crate) fn free_bytes(folder: &Path) -> Result<u64, Failure> {
    let stat = rustix::fs::statvfs(folder).map_err(Failure::when(format!(
        "cannot look at the disk of {}",
        folder.display()
    )))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// True where a process has the store of a data folder.
pub(crate) fn is_in_use(folder: &Path) -> bool {
    fs::File::open(folder.join("store/lock"))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

/// Refuses a folder that containers in a user namespace could not reach.
pub(crate) fn check_passable(folder: &Path) -> Result<(), Failure> {
    let folder = folder
        .canonicalize()
        .map_err(Failure::when(format!("cannot find {}", folder.display())))?;
    for above in folder.ancestors() {
        let mode = fs::metadata(above)
            .map_err(Failure::when(format!("cannot look at {}", above.display())))?
            .permissions()
            .mode();
        if mode & 0o001 == 0 {
            return Err(Failure::new(format!(
                "containers run in a user namespace and could not pass {}; run `chmod o+x {0}`, or \
                 choose another folder with --data-dir",
                above.display()
            )));
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, content: &impl Serialize) -> Result<(), Failure> {
    let path = folder.join(name);
    let failed =
        |error: std::io::Error| Failure::new(format!("cannot write {}: {error}", path.display()));
    let mut text =
        serde_json::to_vec_pretty(content).map_err(|error| failed(std::io::Error::other(error)))?;
    text.push(b'\n');
    let unfinished = folder.join(format!("{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(failed)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(&unfinished, &path).map_err(failed)?;
    // The name itself must be there after a loss of power: a key is made once.
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(Failure::when(format!("cannot read {}", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(Failure::new(format!(
                "cannot read {}, which is for its owner alone: run this as who started Longshore, with sudo \
                 mostly",
                path.display()
            )))
        }
        Err(error) => Err(Failure::new(format!(
            "cannot read {}: {error}",
            path.display()
        ))),
    }
}

/// Root's key: from the environment, else from the file of an earlier start, else a new one.
pub(crate) fn root_key(
    folder: &Path,
    account: &AccountId,
    random: &dyn ambient::Random,
) -> Result<RootKey, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable(ROOT_ID_VARIABLE), variable(ROOT_SECRET_VARIABLE)) {
        (Some(access_key_id), Some(secret)) => {
            return Ok(RootKey {
                account: account.clone(),
                access_key_id,
                secret_access_key: Zeroizing::new(secret),
            });
        }
        (None, None) => {}
        _ => {
            return Err(Failure::new(format!(
                "set both {ROOT_ID_VARIABLE} and {ROOT_SECRET_VARIABLE}, or neither"
            )));
        }
    }
    if let Some(known) = read::<KeyFile>(&folder.join(ROOT_KEY_FILE))? {
        if let Some(owner) = known.account_id.filter(|owner| owner != account) {
            return Err(Failure::new(format!(
                "the data folder {} belongs to account {owner}, not {account}: start with \
                 `--account-id {owner}`, or choose another folder with --data-dir",
                folder.display()
            )));
        }
        return Ok(RootKey {
            account: account.clone(),
            access_key_id: known.access_key_id,
            secret_access_key: Zeroizing::new(known.secret_access_key),
        });
    }
    let made = RootKey::generate(account.clone(), random);
    let file = KeyFile {
        account_id: Some(account.clone()),
        instance_id: None,
        access_key_id: made.access_key_id.clone(),
        secret_access_key: made.secret_access_key.to_string(),
    };
    write(folder, ROOT_KEY_FILE, &file)?;
    Ok(made)
}

/// Root's key as an earlier start left it, or as the environment has it.
pub(crate) fn read_root_key(folder: &Path) -> Result<RootKey, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let nobody = "000000000000"
        .parse()
        .map_err(Failure::when("cannot name an account"))?;
    if let (Some(access_key_id), Some(secret)) =
        (variable(ROOT_ID_VARIABLE), variable(ROOT_SECRET_VARIABLE))
    {
        let secret_access_key = Zeroizing::new(secret);
        return Ok(RootKey {
            account: nobody,
            access_key_id,
            secret_access_key,
        });
    }
    let path = folder.join(ROOT_KEY_FILE);
    let known = read::<KeyFile>(&path)?.ok_or_else(|| not_running(folder))?;
    Ok(RootKey {
        account: known.account_id.unwrap_or(nobody),
        access_key_id: known.access_key_id,
        secret_access_key: Zeroizing::new(known.secret_access_key),
    })
}

fn not_running(folder: &Path) -> Failure {
    Failure::new(format!(
        "nothing was ever started with the data folder {}: start it with `longshore up --data-dir {0}`",
        folder.display()
    ))
}

/// The key of the node of this machine, if it has one.
pub(crate) fn node_key(path: &Path) -> Result<Option<InstanceCredentials>, Failure> {
    let Some(known) = read::<KeyFile>(path)? else {
        return Ok(None);
    };
    Ok(Some(InstanceCredentials {
        instance_id: known.instance_id.unwrap_or_default(),
        access_key_id: known.access_key_id,
        secret_access_key: Zeroizing::new(known.secret_access_key),
    }))
}

/// The files of a data folder that hold keys, whether they are there or not.
pub(crate) fn keys(folder: &Path) -> [std::path::PathBuf; 2] {
    [ROOT_KEY_FILE, NODE_KEY_FILE].map(|name| folder.join(name))
}

/// True for the name of such a file.
pub(crate) fn is_key(name: &str) -> bool {
    [ROOT_KEY_FILE, NODE_KEY_FILE].contains(&name)
}

/// Where the key of the first node is.
pub(crate) fn node_key_path(folder: &Path) -> std::path::PathBuf {
    folder.join(NODE_KEY_FILE)
}

/// Writes the key of the first node.
pub(crate) fn write_node_key(folder: &Path, key: &InstanceCredentials) -> Result<(), Failure> {
    let file = KeyFile {
        account_id: None,
        instance_id: Some(key.instance_id.clone()),
        access_key_id: key.access_key_id.clone(),
        secret_access_key: key.secret_access_key.to_string(),
    };
    write(folder, NODE_KEY_FILE, &file)
}

/// Writes how we are reached: from this machine, and as people are told it.
pub(crate) fn write_endpoint(
    folder: &Path,
    (url, told): (&str, &str),
    home: &Region,
    regions: &[Region],
) -> Result<(), Failure> {
    let file = EndpointFile {
        url: url.to_owned(),
        advertised: (told != url).then(|| told.to_owned()),
        region: home.clone(),
        regions: regions.to_vec(),
    };
    write(folder, ENDPOINT_FILE, &file)
}

/// How the Longshore of a data folder is reached.
pub(crate) fn read_endpoint(folder: &Path) -> Result<EndpointFile, Failure> {
    read(&folder.join(ENDPOINT_FILE))?.ok_or_else(|| not_running(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::SystemRandom;

    #[test]
    fn a_data_folder_belongs_to_one_account() {
        let folder = tempfile::tempdir().unwrap();
        let [ours, theirs] = ["000000000000", "123456789012"].map(|id| id.parse().unwrap());
        let made = root_key(folder.path(), &ours, &SystemRandom).unwrap();
        let again = root_key(folder.path(), &ours, &SystemRandom).unwrap();
        assert_eq!(made.access_key_id, again.access_key_id);
        let refused = root_key(folder.path(), &theirs, &SystemRandom)
            .err()
            .unwrap();
        assert!(
            refused.to_string().contains("--account-id 000000000000"),
            "{refused}"
        );
    }
}
