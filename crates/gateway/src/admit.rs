//! Who sends a request, and whether they may: limits, signature, region, rate, authority.

use std::sync::Arc;

use aws_core::{Caller, Common, Decision, Principal, Region};
use aws_schema::{Protocol, ServiceSchema};
use aws_sign::{Claim, Policy, Reason, SignedRequest, Verified, body_sha256, verify};
use bytes::Bytes;
use http::request;
use hyper::body::Incoming;

use crate::body::{self, Room, Unread};
use crate::gateway::Gateway;
use crate::limits::body_bytes_max;
use crate::recognise::Address;
use crate::reply::{Refusal, Tongue, busy};
use crate::vocabulary::{GLOBAL_REGION, is_global};

/// A request whose signature is good.
pub(crate) struct Signed {
    pub(crate) verified: Verified,
    pub(crate) region: Region,
    pub(crate) body: Bytes,
    /// The room that the body takes.
    pub(crate) room: Room,
}

impl Gateway {
    /// Limits and signature. Of one whose key is not known nothing is kept in memory.
    pub(crate) async fn authenticate(
        &self,
        address: &Address,
        tongue: Tongue,
        claim: Result<Claim, Reason>,
        head: &request::Parts,
        mut body: Incoming,
    ) -> Result<Signed, Refusal> {
        let policy = policy(address);
        let known = claim.and_then(|claim| match self.keys.find(&claim.access_key_id) {
            Some(_) => Ok(claim),
            None => Err(Reason::InvalidToken),
        });
        if let Err(reason) = known {
            body::discard(body).await;
            return Err(policy.reject(reason).into());
        }
        let (bytes, room) = match self.read_body(tongue, &mut body).await {
            Ok(read) => read,
            Err(refusal) => {
                // One who was too slow already is not waited for once more.
                if refusal.code != tongue.vocabulary().too_slow {
                    body::discard(body).await;
                }
                return Err(refusal);
            }
        };
        let verified = self.verify(head, body_sha256(&bytes), policy)?;
        let region = self
            .served_region(&verified, tongue.service)
            .ok_or_else(|| self.wrong_region(policy, &verified))?;
        Ok(Signed {
            verified,
            region,
            body: bytes,
            room,
        })
    }

    async fn read_body(
        &self,
        tongue: Tongue,
        body: &mut Incoming,
    ) -> Result<(Bytes, Room), Refusal> {
        let words = tongue.vocabulary();
        let limit = body_bytes_max(tongue.service.signing_name);
        let refuse = |unread| match unread {
            Unread::TooLarge => Refusal {
                code: words.too_large,
                message: format!("The request's body is longer than {limit} bytes."),
            },
            Unread::TooSlow => Refusal {
                code: words.too_slow,
                message: "The request's body did not arrive in time.".to_owned(),
            },
            Unread::NoRoom => busy(words),
            Unread::Broken => Refusal {
                code: words.malformed,
                message: "The request's body broke off.".to_owned(),
            },
        };
        let mut room = Room::new(Arc::clone(&self.buffers));
        let bytes = body::read(body, limit, self.limits.body_read, &mut room)
            .await
            .map_err(refuse)?;
        Ok((bytes, room))
    }

    pub(crate) fn verify(
        &self,
        head: &request::Parts,
        body_sha256: [u8; 32],
        policy: &Policy,
    ) -> Result<Verified, Refusal> {
        let request = SignedRequest {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &head.headers,
            body_sha256,
        };
        let now = self.clock.now();
        verify(&request, &*self.keys, &self.signing_keys, policy, now).map_err(Refusal::from)
    }

    /// The region that a signature names, where it is served.
    pub(crate) fn served_region(
        &self,
        verified: &Verified,
        service: &ServiceSchema,
    ) -> Option<Region> {
        let named = self
            .regions
            .iter()
            .find(|region| region.as_str() == verified.region);
        match named {
            Some(region) => Some(region.clone()),
            None if is_global(service) && verified.region == GLOBAL_REGION => {
                GLOBAL_REGION.parse().ok()
            }
            None => None,
        }
    }

    pub(crate) fn wrong_region(&self, policy: &Policy, verified: &Verified) -> Refusal {
        let mut refusal = Refusal::from(policy.reject(Reason::Region(verified.region.clone())));
        let served: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        refusal.message = format!(
            "{} Served here: {}.",
            refusal.message.trim_end(),
            served.join(", ")
        );
        refusal
    }

    /// Throttles and authorises the action as a whole, and says who calls.
    pub(crate) fn admit(
        &self,
        tongue: Tongue,
        verified: Verified,
        region: Region,
        host: Option<String>,
        action: String,
        request_id: &str,
    ) -> Result<Caller, Refusal> {
        let principal: Principal = verified.principal;
        let arn = principal.arn().to_string();
        if !self.buckets.take(&arn, self.clock.monotonic()) {
            let error = Common::Throttling("Rate exceeded".to_owned());
            return Err(tongue.common(&error, request_id));
        }
        if self.authoriser.authorise(&principal, &action, None) == Decision::Deny {
            let error = Common::AccessDenied(format!(
                "User: {arn} is not authorized to perform: {action}"
            ));
            return Err(tongue.common(&error, request_id));
        }
        Ok(Caller {
            account: principal.account().clone(),
            principal,
            region,
            request_id: request_id.to_owned(),
            host,
            action,
            authoriser: Arc::clone(&self.authoriser),
        })
    }
}

/// The policy for signatures of the service that a request belongs to; where that is not known,
/// of its protocol.
fn policy(address: &Address) -> &'static Policy {
    match (&address.signing_name, address.protocol) {
        (Some(name), _) => Policy::of(name),
        (None, Protocol::AwsQuery) => Policy::of("sts"),
        (None, Protocol::Ec2Query) => Policy::of("ec2"),
        (None, _) => Policy::of(""),
    }
}
