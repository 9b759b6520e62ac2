use std::fmt;
use std::sync::Arc;

use crate::{AccountId, Arn, Authoriser, Common, Decision, Principal, Region};

/// The authenticated sender of one request, and where it is to take effect.
#[derive(Clone)]
pub struct Caller {
    /// Who signed.
    pub principal: Principal,
    /// The account that the request is about: the principal's own.
    pub account: AccountId,
    /// The region that the signature names.
    pub region: Region,
    /// The id that the response carries in its headers.
    pub request_id: String,
    /// The authority that the request was sent to, as its signed `Host` header names it: a host, or
    /// `host:port`, in lower case. It is the one address of ours that the caller is known to reach.
    pub host: Option<String>,
    /// The action, for instance `ecs:RunTask`.
    pub action: String,
    /// The authoriser in force when the request came in.
    pub authoriser: Arc<dyn Authoriser>,
}

impl Caller {
    /// Asks whether the caller may take its action on `resource`.
    ///
    /// # Errors
    /// [`Common::AccessDenied`], in IAM's words.
    pub fn authorise(&self, resource: &Arn) -> Result<(), Common> {
        match self
            .authoriser
            .authorise(&self.principal, &self.action, Some(resource))
        {
            Decision::Allow => Ok(()),
            Decision::Deny => Err(Common::AccessDenied(format!(
                "User: {} is not authorized to perform: {} on resource: {resource}",
                self.principal.arn(),
                self.action,
            ))),
        }
    }

    /// The ARN of a resource of the caller's account and region.
    #[must_use]
    pub fn arn(&self, service: &str, resource: &str) -> Arn {
        Arn::new(service, &self.region, &self.account, resource)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("principal", &self.principal)
            .field("region", &self.region)
            .field("action", &self.action)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
