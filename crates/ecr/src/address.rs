//! The registry's address, as callers are told it: in repository URIs, links and logins.

use aws_core::{Caller, Principal};
use records::RecordError;
use records::ecr::RegistryName;

use crate::Ecr;

/// How old the time is when a name was told that is brought up to date.
const TOLD_AGAIN_AFTER_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Which address callers are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advertised {
    /// This one, whoever asks.
    Always {
        /// A host, or `host:port`.
        host: String,
        /// True where something before us speaks TLS there.
        tls: bool,
    },
    /// The one by which the caller has reached us, since no other is sure to lead it here.
    AsAsked {
        /// For a caller that has named none.
        otherwise: String,
    },
}

impl Ecr {
    /// The registry's host as this caller is told it, with a port where it needs one.
    pub(crate) fn host(&self, caller: &Caller) -> String {
        let otherwise = match &self.advertised {
            Advertised::Always { host, .. } => return host.clone(),
            Advertised::AsAsked { otherwise } => otherwise,
        };
        let asked = caller.host.as_deref().map(in_references);
        asked.unwrap_or_else(|| otherwise.clone())
    }

    /// As [`Self::host`], for who is about to push: a name of the caller's own is written down, since images
    /// are named by it, and nodes must know them by it.
    pub(crate) async fn host_to_push(&self, caller: &Caller) -> Result<String, RecordError> {
        let host = self.host(caller);
        // Who pushes no images names none, and must not have nodes take another's registry for ours.
        let may_name = matches!(caller.principal, Principal::Root { .. });
        if let Advertised::AsAsked { otherwise } = &self.advertised
            && may_name
            && host != *otherwise
        {
            self.write_down(&host).await?;
        }
        Ok(host)
    }

    /// Where the registry is, as this caller is told it, for instance `http://127.0.0.1:4566`.
    pub(crate) fn endpoint(&self, caller: &Caller) -> String {
        self.url(&self.host(caller))
    }

    /// As [`Self::endpoint`], for who logs in.
    pub(crate) async fn endpoint_to_push(&self, caller: &Caller) -> Result<String, RecordError> {
        Ok(self.url(&self.host_to_push(caller).await?))
    }

    fn url(&self, host: &str) -> String {
        let tls = matches!(self.advertised, Advertised::Always { tls: true, .. });
        let scheme = if tls { "https" } else { "http" };
        format!("{scheme}://{host}")
    }

    /// Writes down the address that all callers are told, if there is one, so that images which are named by
    /// it stay ours when another is told later. The limit is for callers, not for the operator.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remember_address(&self) -> Result<(), RecordError> {
        let Advertised::Always { host, .. } = &self.advertised else {
            return Ok(());
        };
        let now = self.clock.now();
        let remember = |known: Option<&RegistryName>| {
            let known_as_such = known.is_some_and(|known| known.is_operators);
            Ok::<_, RecordError>((!known_as_such).then(|| RegistryName {
                name: host.clone(),
                told_at: now,
                is_operators: true,
            }))
        };
        let key = RegistryName::key(host);
        self.records.change(&key, remember).await?;
        Ok(())
    }

    /// Writes down that a caller was told `name`; where there are too many, in place of the one that nobody was
    /// told for longest.
    async fn write_down(&self, name: &str) -> Result<(), RecordError> {
        let record = RegistryName {
            name: name.to_owned(),
            told_at: self.clock.now(),
            is_operators: false,
        };
        let key = RegistryName::key(name);
        let mut transaction = self.records.transaction();
        if let Some(before) = self.records.get(&key)? {
            let age = record.told_at.as_millis() - before.record.told_at.as_millis();
            if before.record.is_operators || age < TOLD_AGAIN_AFTER_MILLIS {
                return Ok(());
            }
            transaction.replace(&before, &record)?;
        } else {
            let mut known = self.records.all(&RegistryName::everywhere())?;
            known.retain(|stored| !stored.record.is_operators);
            if known.len() >= RegistryName::COUNT_MAX
                && let Some(oldest) = known.iter().min_by_key(|one| one.record.told_at)
            {
                transaction.delete(oldest);
            }
            transaction.create(&key, &record)?;
        }
        // A conflict is another request that was told the same, or took the place.
        transaction.commit().await?;
        Ok(())
    }
}

/// A host as it can begin an image's reference: a bare word would be taken for a repository of Docker
/// Hub's, so it gets the port that it stands for.
fn in_references(host: &str) -> String {
    if host.contains(['.', ':']) || host == "localhost" {
        host.to_owned()
    } else {
        format!("{host}:80")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_word_gets_its_port() {
        for (host, begins) in [
            ("longshore", "longshore:80"),
            ("longshore:4566", "longshore:4566"),
            ("ls.example", "ls.example"),
            ("localhost", "localhost"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(in_references(host), begins);
        }
    }
}
