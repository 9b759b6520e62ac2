//! Turns an image's or a task definition's `user` into numbers, against the image's own
//! `/etc/passwd` and `/etc/group`, by Docker's rules.

use std::path::PathBuf;

use crate::layered_view::LayeredView;
use crate::limits::MAX_ACCOUNT_FILE_BYTES;

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";
/// Most supplementary groups that are given to a process: Linux's `NGROUPS_MAX`.
const MAX_GROUPS: usize = 65_536;
/// Largest user or group number, as Docker has it.
const MAX_ID: u32 = i32::MAX as u32;

/// Whom a container runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedUser {
    /// User number inside the container.
    pub uid: u32,
    /// Group number inside the container.
    pub gid: u32,
    /// Supplementary groups, ascending.
    pub additional_gids: Vec<u32>,
    /// Home directory for `HOME`; `/` when the image does not say.
    pub home: String,
}

/// Why a `user` cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// A name that the image's accounts do not have.
    #[error("unable to find {kind} {name}: no matching entries in {file} of the image")]
    Unknown {
        /// `user` or `group`.
        kind: &'static str,
        /// The name.
        name: String,
        /// Where it was looked for.
        file: &'static str,
    },
    /// A number out of range.
    #[error("user or group number {0} is not between 0 and {MAX_ID}")]
    Range(String),
    /// An account file could not be read.
    #[error("read {file} of the image: {source}")]
    Read {
        /// Which one.
        file: &'static str,
        /// Why not.
        source: std::io::Error,
    },
}

/// Resolves `user`, which is empty (root), `user`, or `user:group`, each a name or a number,
/// against `layers` (lowest first, as [`crate::Pulled`] has them). Reads files: call it where
/// blocking is allowed.
///
/// A user without a group gets the group and supplementary groups that the image's accounts
/// give it; a user with a group gets that one alone.
pub fn resolve_user(layers: &[PathBuf], user: &str) -> Result<ResolvedUser, UserError> {
    let read = |file: &'static str| {
        LayeredView::open(layers)
            .and_then(|view| view.read_file(file, MAX_ACCOUNT_FILE_BYTES))
            .map(|bytes| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
            .map_err(|source| UserError::Read { file, source })
    };
    resolve(user, &read(PASSWD)?, &read(GROUP)?)
}

struct Account<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
    home: &'a str,
}

struct Group<'a> {
    name: &'a str,
    gid: u32,
    members: &'a str,
}

fn accounts(passwd: &str) -> impl Iterator<Item = Account<'_>> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        Some(Account {
            name: fields.next().filter(|name| !name.is_empty())?,
            uid: fields.nth(1)?.parse().ok()?,
            gid: fields.next()?.parse().ok()?,
            home: fields.nth(1).unwrap_or_default(),
        })
    })
}

fn groups(group: &str) -> impl Iterator<Item = Group<'_>> {
    group.lines().filter_map(|line| {
        let mut fields = line.split(':');
        Some(Group {
            name: fields.next().filter(|name| !name.is_empty())?,
            gid: fields.nth(1)?.parse().ok()?,
            members: fields.next().unwrap_or_default(),
        })
    })
}

pub(crate) fn resolve(text: &str, passwd: &str, group: &str) -> Result<ResolvedUser, UserError> {
    let (user, group_part) = text.split_once(':').unwrap_or((text, ""));
    let user = if user.is_empty() { "0" } else { user };
    let account = accounts(passwd)
        .find(|account| account.name == user)
        .or_else(|| {
            let uid = number(user)?.ok()?;
            accounts(passwd).find(|account| account.uid == uid)
        });
    let (uid, own_gid, home) = match (&account, number(user)) {
        (Some(account), _) => (account.uid, account.gid, account.home),
        (None, Some(uid)) => (uid?, 0, ""),
        (None, None) => return Err(unknown("user", user, PASSWD)),
    };
    let gid = if group_part.is_empty() {
        own_gid
    } else {
        match groups(group).find(|entry| entry.name == group_part) {
            Some(entry) => entry.gid,
            None => {
                number(group_part).unwrap_or_else(|| Err(unknown("group", group_part, GROUP)))?
            }
        }
    };
    let mut additional_gids: Vec<u32> = match &account {
        Some(account) if group_part.is_empty() => groups(group)
            .filter(|entry| entry.members.split(',').any(|name| name == account.name))
            .map(|entry| entry.gid)
            .take(MAX_GROUPS)
            .collect(),
        _ => Vec::new(),
    };
    additional_gids.sort_unstable();
    additional_gids.dedup();
    for id in [uid, gid].iter().chain(&additional_gids) {
        if *id > MAX_ID {
            return Err(UserError::Range(id.to_string()));
        }
    }
    Ok(ResolvedUser {
        uid,
        gid,
        additional_gids,
        home: if home.is_empty() { "/" } else { home }.to_owned(),
    })
}

/// The number that `text` is, none when it is a name.
fn number(text: &str) -> Option<Result<u32, UserError>> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(match text.parse::<u32>() {
        Ok(id) if id <= MAX_ID => Ok(id),
        _ => Err(UserError::Range(text.chars().take(32).collect())),
    })
}

fn unknown(kind: &'static str, name: &str, file: &'static str) -> UserError {
    UserError::Unknown {
        kind,
        name: name.chars().take(64).collect(),
        file,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PASSWD_TEXT: &str = "root:x:0:0:root:/root:/bin/sh\n\
        # a comment\n\
        app:x:1000:1001:An app:/home/app:/bin/sh\n\
        77:x:78:79::/odd:\n\
        bare:x:5:6\n\
        broken:x:five:6:::\n";
    const GROUP_TEXT: &str = "root:x:0:\n\
        wheel:x:10:root,app\n\
        app:x:1001:\n\
        audio:x:29:app\n\
        again:x:29:app\n\
        other:x:30:apple\n";

    #[test]
    fn users_are_resolved_as_docker_does() {
        for (text, uid, gid, additional, home) in [
            ("", 0, 0, &[10][..], "/root"),
            ("root", 0, 0, &[10], "/root"),
            ("0", 0, 0, &[10], "/root"),
            ("app", 1000, 1001, &[10, 29], "/home/app"),
            ("1000", 1000, 1001, &[10, 29], "/home/app"),
            ("app:audio", 1000, 29, &[], "/home/app"),
            ("app:2000", 1000, 2000, &[], "/home/app"),
            ("1234", 1234, 0, &[], "/"),
            ("1234:wheel", 1234, 10, &[], "/"),
            ("1234:5678", 1234, 5678, &[], "/"),
            (":audio", 0, 29, &[], "/root"),
            // A name made of digits wins over the number.
            ("77", 78, 79, &[], "/odd"),
            ("bare", 5, 6, &[], "/"),
        ] {
            let expected = ResolvedUser {
                uid,
                gid,
                additional_gids: additional.to_vec(),
                home: home.to_owned(),
            };
            assert_eq!(
                resolve(text, PASSWD_TEXT, GROUP_TEXT).unwrap(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_resolved_is_named() {
        for (text, word) in [
            ("nobody", "unable to find user nobody"),
            ("broken", "unable to find user broken"),
            ("app:nogroup", "unable to find group nogroup"),
            ("4294967295", "4294967295"),
            ("1:99999999999", "99999999999"),
            ("-1", "unable to find user -1"),
        ] {
            let error = resolve(text, PASSWD_TEXT, GROUP_TEXT)
                .unwrap_err()
                .to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn an_image_without_accounts_takes_numbers_only() {
        let folder = tempfile::tempdir().unwrap();
        let layers = [folder.path().to_owned()];
        assert_eq!(resolve_user(&layers, "7:8").unwrap().gid, 8);
        assert_eq!(resolve_user(&layers, "").unwrap().home, "/");
        assert!(resolve_user(&layers, "root").is_err());
    }

    proptest! {
        #[test]
        fn any_texts_are_resolved_or_refused(user in ".{0,20}", passwd in "[a-c0-9:,\n]{0,80}", group in "[a-c0-9:,\n]{0,80}") {
            if let Ok(user) = resolve(&user, &passwd, &group) {
                prop_assert!(user.uid <= MAX_ID && user.gid <= MAX_ID);
            }
        }
    }
}
