use aws_core::{AccountId, Arn, Region};
use serde::{Deserialize, Serialize};

use crate::{Key, Prefix, Record};

/// An account setting that somebody has set. The root user's are the defaults of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSetting {
    /// Whose it is.
    pub principal: Arn,
    /// Its name, as the API has it.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Record for AccountSetting {
    const FORMAT: u32 = 1;
}

impl AccountSetting {
    /// Where a principal's setting of that name is.
    #[must_use]
    pub fn key(account: &AccountId, region: &Region, principal: &Arn, name: &str) -> Key<Self> {
        Self::prefix(account, region, principal).key(name)
    }

    /// All of a principal. A slash of its ARN cannot stand in a key.
    #[must_use]
    pub fn prefix(account: &AccountId, region: &Region, principal: &Arn) -> Prefix<Self> {
        let principal = principal.to_string().replace('/', "%2F");
        Prefix::new(&[
            "ecs",
            "account-setting",
            account.as_str(),
            region.as_str(),
            &principal,
        ])
    }
}
