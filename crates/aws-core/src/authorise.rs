use crate::{AccountId, Arn};

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The account's root: may do all.
    Root {
        /// The account.
        account: AccountId,
    },
    /// A node: may do what an agent does, for itself.
    Instance {
        /// The account that the node belongs to.
        account: AccountId,
        /// The node's id, which its container instance ARNs end in.
        instance_id: String,
    },
}

impl Principal {
    /// The account that the principal belongs to.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Root { account } | Self::Instance { account, .. } => account,
        }
    }

    /// The principal's own ARN, as `sts:GetCallerIdentity` shows it.
    #[must_use]
    pub fn arn(&self) -> Arn {
        match self {
            Self::Root { account } => Arn::global("iam", account, "root"),
            Self::Instance {
                account,
                instance_id,
            } => Arn::global(
                "sts",
                account,
                &format!("assumed-role/ecsInstanceRole/{instance_id}"),
            ),
        }
    }
}

/// The answer to "may it?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No; there is no third answer.
    Deny,
}

/// Decides who may do what. Pure: it looks at nothing but its arguments and its own snapshot.
pub trait Authoriser: Send + Sync {
    /// May `principal` take `action` (for instance `ecs:RunTask`) on `resource`?
    ///
    /// `resource` is `None` when the gateway asks, before the input is read, whether the action
    /// can be allowed on any resource at all; the handler then asks again with the resource.
    fn authorise(&self, principal: &Principal, action: &str, resource: Option<&Arn>) -> Decision;
}
