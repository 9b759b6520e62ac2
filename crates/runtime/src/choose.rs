//! Which OCI runtime command fits this machine.

use std::path::{Path, PathBuf};

use crate::{CgroupVersion, Cgroups, RuntimeError};

/// Where commands are looked for besides `PATH`: services often run without `sbin`.
const MORE_FOLDERS: [&str; 4] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];

/// What the operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// crun where the machine's cgroups suit it, else runc.
    Auto,
    /// crun.
    Crun,
    /// runc.
    Runc,
    /// gVisor's runsc.
    Runsc,
}

/// The command for a choice, as an absolute path.
///
/// # Errors
/// [`RuntimeError::NoRuntime`] when the command is not installed or does not suit the machine.
pub fn choose(choice: RuntimeChoice, cgroups: &Cgroups) -> Result<PathBuf, RuntimeError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(MORE_FOLDERS.iter().map(PathBuf::from))
        .filter(|folder| folder.is_absolute())
        .collect();
    choose_among(choice, cgroups.version(), &|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| is_command(path))
    })
}

fn choose_among(
    choice: RuntimeChoice,
    cgroups: CgroupVersion,
    find: &dyn Fn(&str) -> Option<PathBuf>,
) -> Result<PathBuf, RuntimeError> {
    // crun reads the hybrid layout as a broken v2 and refuses it.
    let crun_suits = cgroups != CgroupVersion::Hybrid;
    let names: &[&str] = match choice {
        RuntimeChoice::Auto if crun_suits => &["crun", "runc"],
        RuntimeChoice::Auto | RuntimeChoice::Runc => &["runc"],
        RuntimeChoice::Crun if crun_suits => &["crun"],
        RuntimeChoice::Crun => {
            return Err(RuntimeError::NoRuntime {
                message: "crun does not work with this machine's hybrid cgroups (v1 and v2 at \
                          once); use --runtime runc, or boot with unified cgroups"
                    .to_owned(),
            });
        }
        RuntimeChoice::Runsc => &["runsc"],
    };
    names
        .iter()
        .find_map(|name| find(name))
        .ok_or_else(|| RuntimeError::NoRuntime {
            message: format!(
                "no OCI runtime found: looked for {}; install it (on Debian: apt install {})",
                names.join(", "),
                names.first().copied().unwrap_or("runc")
            ),
        })
}

fn is_command(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(name: &str) -> Option<PathBuf> {
        ["crun", "runc"].contains(&name).then(|| name.into())
    }

    #[test]
    fn auto_takes_crun_only_where_it_works() {
        let auto = |cgroups| choose_among(RuntimeChoice::Auto, cgroups, &both).unwrap();
        assert_eq!(auto(CgroupVersion::V2), PathBuf::from("crun"));
        assert_eq!(auto(CgroupVersion::V1), PathBuf::from("crun"));
        assert_eq!(auto(CgroupVersion::Hybrid), PathBuf::from("runc"));
        let runc_only = |name: &str| (name == "runc").then(|| name.into());
        let chosen = choose_among(RuntimeChoice::Auto, CgroupVersion::V2, &runc_only).unwrap();
        assert_eq!(chosen, PathBuf::from("runc"));
    }

    #[test]
    fn what_cannot_work_is_refused_with_a_way_out() {
        let error = choose_among(RuntimeChoice::Crun, CgroupVersion::Hybrid, &both).unwrap_err();
        assert!(error.to_string().contains("--runtime runc"), "{error}");
        let error = choose_among(RuntimeChoice::Runsc, CgroupVersion::V2, &both).unwrap_err();
        assert!(error.to_string().contains("runsc"), "{error}");
    }
}
