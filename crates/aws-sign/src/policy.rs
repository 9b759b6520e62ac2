//! What differs from service to service: names and statuses of errors, clock skew, paths.

use crate::{Reason, Rejection};

/// An error's name on the wire and its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, for instance `InvalidClientTokenId`.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
}

const fn code(name: &'static str, status: u16) -> Code {
    Code { name, status }
}

/// How a path becomes canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRule {
    /// Dot segments and empty segments go, and what is left is encoded once more.
    Normalised,
    /// The path stays as it stood on the wire: S3, where every key is a path.
    AsSent,
}

/// How one service treats signatures.
#[derive(Clone, Debug)]
pub struct Policy {
    /// No signature.
    pub missing: Code,
    /// A signature that cannot be read.
    pub incomplete: Code,
    /// Unknown access key, or a wrong session token.
    pub invalid_token: Code,
    /// A temporary key that has ended.
    pub expired_token: Code,
    /// The signature is wrong, as is its scope or its choice of headers.
    pub mismatch: Code,
    /// Too old or too new.
    pub expired: Code,
    /// The text that stands for every failure but age, where the service tells no more.
    pub one_text: Option<&'static str>,
    /// How far a client's clock may be off, in minutes.
    pub skew_minutes: u64,
    /// How a path becomes canonical.
    pub path: PathRule,
    /// Whether the body may be left unsigned (`UNSIGNED-PAYLOAD`).
    pub unsigned_payload: bool,
}

/// Services that speak JSON. Codes and status 400: aws/aws-sdk-php#1114 (ECR),
/// aws-azure-login#37 (ECS), aws/aws-sdk-js#254; `IncompleteSignatureException`:
/// iann0036/cloud9-sync#10.
const JSON: Policy = Policy {
    missing: code("MissingAuthenticationTokenException", 400),
    incomplete: code("IncompleteSignatureException", 400),
    invalid_token: code("UnrecognizedClientException", 400),
    expired_token: code("ExpiredTokenException", 400),
    mismatch: code("InvalidSignatureException", 400),
    expired: code("InvalidSignatureException", 400),
    one_text: None,
    skew_minutes: 15,
    path: PathRule::Normalised,
    unsigned_payload: false,
};

/// Services that speak Query. Codes and statuses: "Common Errors" of the IAM and STS API
/// references; expiry as `SignatureDoesNotMatch`: convox/rack#235.
const QUERY: Policy = Policy {
    missing: code("MissingAuthenticationToken", 403),
    incomplete: code("IncompleteSignature", 400),
    invalid_token: code("InvalidClientTokenId", 403),
    expired_token: code("ExpiredToken", 403),
    mismatch: code("SignatureDoesNotMatch", 403),
    expired: code("SignatureDoesNotMatch", 403),
    ..JSON
};

/// ECS alone allows 5 minutes only (aws/amazon-ecs-agent#1513, fabfuel/ecs-deploy#126).
static ECS: Policy = Policy {
    skew_minutes: 5,
    ..JSON
};

static OTHER_JSON: Policy = JSON;
static OTHER_QUERY: Policy = QUERY;

/// "Error codes for the Amazon EC2 API": `AuthFailure` (401) stands for every failure to
/// authenticate, `RequestExpired` (400) for age (aws/aws-sdk-java#1443).
static EC2: Policy = Policy {
    invalid_token: code("AuthFailure", 401),
    mismatch: code("AuthFailure", 401),
    expired_token: code("RequestExpired", 400),
    expired: code("RequestExpired", 400),
    one_text: Some("AWS was not able to validate the provided access credentials"),
    ..QUERY
};

/// S3's own names ("Error responses" of the S3 API reference).
static S3: Policy = Policy {
    missing: code("AccessDenied", 403),
    incomplete: code("AuthorizationHeaderMalformed", 400),
    invalid_token: code("InvalidAccessKeyId", 403),
    expired_token: code("ExpiredToken", 400),
    mismatch: code("SignatureDoesNotMatch", 403),
    expired: code("RequestTimeTooSkewed", 403),
    path: PathRule::AsSent,
    unsigned_payload: true,
    ..JSON
};

impl Policy {
    /// The policy of the service that signs by this name, for instance `ecs`; services that are
    /// not listed are taken to speak JSON.
    #[must_use]
    pub fn of(signing_name: &str) -> &'static Self {
        match signing_name {
            "ecs" => &ECS,
            "ec2" => &EC2,
            "s3" => &S3,
            "sts"
            | "iam"
            | "monitoring"
            | "elasticloadbalancing"
            | "autoscaling"
            | "cloudformation"
            | "sns"
            | "rds" => &OTHER_QUERY,
            _ => &OTHER_JSON,
        }
    }

    /// Puts a reason in this service's words.
    #[must_use]
    pub fn reject(&self, reason: Reason) -> Rejection {
        let code = match &reason {
            Reason::Missing => self.missing,
            Reason::Incomplete(_) => self.incomplete,
            Reason::InvalidToken => self.invalid_token,
            Reason::ExpiredToken => self.expired_token,
            Reason::Mismatch
            | Reason::HostNotSigned
            | Reason::HeaderNotSigned(_)
            | Reason::Terminator(_)
            | Reason::Date { .. }
            | Reason::Service(_)
            | Reason::Region(_) => self.mismatch,
            Reason::Expired { .. } | Reason::PresignedExpired | Reason::NotYetValid { .. } => {
                self.expired
            }
        };
        let message = match self.one_text {
            Some(text) if code == self.mismatch || code == self.invalid_token => text.to_owned(),
            Some(_) if code == self.expired => Reason::PresignedExpired.to_string(),
            _ => reason.to_string(),
        };
        Rejection {
            code: code.name,
            status: code.status,
            message,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_own_names() {
        let cases = [
            (
                "ecs",
                Reason::Missing,
                "MissingAuthenticationTokenException",
                400,
            ),
            (
                "ecr",
                Reason::InvalidToken,
                "UnrecognizedClientException",
                400,
            ),
            ("logs", Reason::Mismatch, "InvalidSignatureException", 400),
            (
                "ecs",
                Reason::Incomplete(String::new()),
                "IncompleteSignatureException",
                400,
            ),
            ("sts", Reason::InvalidToken, "InvalidClientTokenId", 403),
            ("iam", Reason::Mismatch, "SignatureDoesNotMatch", 403),
            ("sts", Reason::Missing, "MissingAuthenticationToken", 403),
            (
                "monitoring",
                Reason::Incomplete(String::new()),
                "IncompleteSignature",
                400,
            ),
            ("ec2", Reason::InvalidToken, "AuthFailure", 401),
            ("ec2", Reason::Region("x".to_owned()), "AuthFailure", 401),
            ("ec2", Reason::PresignedExpired, "RequestExpired", 400),
            ("s3", Reason::InvalidToken, "InvalidAccessKeyId", 403),
        ];
        for (service, reason, name, status) in cases {
            let rejection = Policy::of(service).reject(reason.clone());
            assert_eq!(
                (rejection.code, rejection.status),
                (name, status),
                "{service} {reason:?}"
            );
        }
        assert_eq!(Policy::of("ecs").skew_minutes, 5);
        assert_eq!(Policy::of("ecr").skew_minutes, 15);
        assert_eq!(
            Policy::of("ec2").reject(Reason::Mismatch).message,
            "AWS was not able to validate the provided access credentials"
        );
    }
}
