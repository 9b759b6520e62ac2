//! Finds an installed botocore package and opens a service model in it.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::Model;
use crate::error::Error;
use crate::tree;

/// The environment variable that names the package's folder.
const FOLDER_VARIABLE: &str = "LONGSHORE_BOTOCORE";
/// The largest model today (EC2) unpacks to 9 MB.
const MODEL_MAX_BYTES: u64 = 64 << 20;

/// An installed botocore package.
pub(crate) struct Package {
    folder: PathBuf,
    pub(crate) version: String,
}

impl Package {
    /// The package at `folder`, else the one that the environment names, else the venv's.
    pub(crate) fn find(root: &Path, folder: Option<PathBuf>) -> Result<Self, Error> {
        let folder = folder
            .or_else(|| std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from))
            .or_else(|| in_venv(root))
            .ok_or(Error::NoBotocore)?;
        let version = tree::read(&folder.join("__init__.py"))?
            .lines()
            .find_map(version_of_line)
            .ok_or(Error::NoBotocore)?;
        Ok(Self { folder, version })
    }

    /// The newest model of a service.
    pub(crate) fn model(&self, service: &str) -> Result<Model, Error> {
        let versions = tree::entries(&self.folder.join("data").join(service))?;
        // Folders are named by date, so that the last is the newest.
        let newest = versions
            .iter()
            .rfind(|path| path.is_dir())
            .ok_or_else(|| Error::model(service, "botocore has no version of it"))?;
        if newest.join("service-2.sdk-extras.json").exists() {
            return Err(Error::model(
                service,
                "botocore amends the model in service-2.sdk-extras.json, which xtask does not read",
            ));
        }
        let plain = newest.join("service-2.json");
        let packed = newest.join("service-2.json.gz");
        let (path, text) = if plain.exists() {
            let text = tree::read(&plain)?;
            (plain, text)
        } else {
            let text = unpack(&packed)?;
            (packed, text)
        };
        serde_json::from_str(&text).map_err(|source| Error::Json { path, source })
    }
}

fn unpack(path: &Path) -> Result<String, Error> {
    let file = File::open(path).map_err(Error::file("open", path))?;
    let mut text = String::new();
    GzDecoder::new(file)
        .take(MODEL_MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(Error::file("unpack", path))?;
    Ok(text)
}

fn in_venv(root: &Path) -> Option<PathBuf> {
    tree::entries(&root.join(".venv/lib"))
        .ok()?
        .into_iter()
        .map(|python| python.join("site-packages/botocore"))
        .find(|folder| folder.is_dir())
}

/// `__version__ = '1.2.3'` in the package's `__init__.py`.
fn version_of_line(line: &str) -> Option<String> {
    let value = line.strip_prefix("__version__")?.trim_start();
    let value = value.strip_prefix('=')?.trim();
    Some(value.trim_matches(['\'', '"']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_package() {
        assert_eq!(
            version_of_line("__version__ = '1.44.5'").as_deref(),
            Some("1.44.5")
        );
        assert_eq!(version_of_line("import os"), None);
    }
}
