//! The registry's address, as callers are told it: in repository URIs, links and logins.

use aws_core::{Caller, Principal};
use records::RecordError;
use records::ecr::RegistryName;

use crate::Ecr;

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
    /// The registry's host as this caller is told it, with a port where it needs one. A name of the
    /// caller's own is written down: images are pushed under it, and nodes must know them by it.
    pub(crate) async fn host(&self, caller: &Caller) -> Result<String, RecordError> {
        let otherwise = match &self.advertised {
            Advertised::Always { host, .. } => return Ok(host.clone()),
            Advertised::AsAsked { otherwise } => otherwise,
        };
        let Some(asked) = caller.host.as_deref().map(in_references) else {
            return Ok(otherwise.clone());
        };
        // Who pushes no images names none, and must not have nodes take another's registry for ours.
        let may_name = matches!(caller.principal, Principal::Root { .. });
        if !may_name || asked == *otherwise || self.write_down(&asked).await? {
            return Ok(asked);
        }
        tracing::warn!(
            name = asked,
            "the registry is known by {} names and takes no more; start it with --advertise",
            RegistryName::COUNT_MAX
        );
        Ok(otherwise.clone())
    }

    /// Where the registry is, as this caller is told it, for instance `http://127.0.0.1:4566`.
    pub(crate) async fn endpoint(&self, caller: &Caller) -> Result<String, RecordError> {
        let tls = matches!(self.advertised, Advertised::Always { tls: true, .. });
        let scheme = if tls { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.host(caller).await?))
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

    /// False where there are too many.
    async fn write_down(&self, name: &str) -> Result<bool, RecordError> {
        let key = RegistryName::key(name);
        if self.records.get(&key)?.is_some() {
            return Ok(true);
        }
        let most = RegistryName::COUNT_MAX;
        let mut known = self.records.all(&RegistryName::everywhere())?;
        known.retain(|stored| !stored.record.is_operators);
        if known.len() >= most {
            return Ok(false);
        }
        let record = RegistryName {
            name: name.to_owned(),
            told_at: self.clock.now(),
            is_operators: false,
        };
        let mut transaction = self.records.transaction();
        transaction.create(&key, &record)?;
        // A conflict is another request that was told the same.
        transaction.commit().await?;
        Ok(true)
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
