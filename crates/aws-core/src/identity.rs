//! Accounts, regions and the names of resources.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The partition that every ARN of ours names.
const PARTITION: &str = "aws";
const ACCOUNT_ID_DIGITS: usize = 12;
/// Longer than any region's name, and short enough for a key.
const REGION_MAX_BYTES: usize = 32;

/// Why a text is no account id, region or ARN.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidIdentity {
    /// Not twelve digits.
    #[error("'{0}' is not an account id: it has twelve digits, for instance 123456789012")]
    AccountId(String),
    /// Not of a region's form.
    #[error("'{0}' is not a region: it looks like us-east-1")]
    Region(String),
    /// Not `arn:partition:service:region:account:resource`.
    #[error("'{0}' is not an ARN: it looks like arn:aws:ecs:us-east-1:123456789012:cluster/name")]
    Arn(String),
}

/// An account: twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

/// A region's name, for instance `us-east-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// An Amazon Resource Name: `arn:aws:service:region:account:resource`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    /// The service, for instance `ecs`.
    pub service: String,
    /// The region; empty for global services.
    pub region: String,
    /// The account; empty where the resource has none.
    pub account: String,
    /// All that follows the account, for instance `cluster/default`.
    pub resource: String,
}

impl Arn {
    /// The ARN of `resource` in a region of an account.
    #[must_use]
    pub fn new(service: &str, region: &Region, account: &AccountId, resource: &str) -> Self {
        Self {
            service: service.to_owned(),
            region: region.as_str().to_owned(),
            account: account.as_str().to_owned(),
            resource: resource.to_owned(),
        }
    }

    /// The ARN of a resource of a global service, such as IAM.
    #[must_use]
    pub fn global(service: &str, account: &AccountId, resource: &str) -> Self {
        Self {
            service: service.to_owned(),
            region: String::new(),
            account: account.as_str().to_owned(),
            resource: resource.to_owned(),
        }
    }

    /// What follows `kind/` in the resource, if it is of that kind.
    #[must_use]
    pub fn resource_of_kind(&self, kind: &str) -> Option<&str> {
        self.resource.strip_prefix(kind)?.strip_prefix('/')
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{PARTITION}:{service}:{region}:{account}:{resource}")
    }
}

impl FromStr for Arn {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next();
        let (
            Some("arn"),
            Some(PARTITION),
            Some(service),
            Some(region),
            Some(account),
            Some(resource),
        ) = (part(), part(), part(), part(), part(), part())
        else {
            return Err(InvalidIdentity::Arn(text.to_owned()));
        };
        if service.is_empty() || resource.is_empty() {
            return Err(InvalidIdentity::Arn(text.to_owned()));
        }
        Ok(Self {
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

impl FromStr for AccountId {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == ACCOUNT_ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIdentity::AccountId(text.to_owned()))
        }
    }
}

impl FromStr for Region {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = text.len() <= REGION_MAX_BYTES
            && text.split('-').count() >= 3
            && text.split('-').all(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIdentity::Region(text.to_owned()))
        }
    }
}

macro_rules! text_form {
    ($type:ty) => {
        impl TryFrom<String> for $type {
            type Error = InvalidIdentity;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}
text_form!(AccountId);
text_form!(Region);
text_form!(Arn);

macro_rules! plain_text {
    ($type:ty) => {
        impl $type {
            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
plain_text!(AccountId);
plain_text!(Region);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_keeps_colons_in_its_resource() {
        let text = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:3";
        let arn: Arn = text.parse().unwrap();
        assert_eq!(arn.resource_of_kind("task-definition"), Some("web:3"));
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn what_is_no_identity_is_refused() {
        assert!("12345".parse::<AccountId>().is_err());
        assert!("12345678901x".parse::<AccountId>().is_err());
        assert!("US-EAST-1".parse::<Region>().is_err());
        assert!("us_east_1".parse::<Region>().is_err());
        assert!("arn:aws:ecs".parse::<Arn>().is_err());
        assert!(
            "arn:azure:ecs:us-east-1:123456789012:cluster/a"
                .parse::<Arn>()
                .is_err()
        );
    }
}
