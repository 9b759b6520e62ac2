//! Why a request is refused, and AWS's sentences for it.

use ambient::Timestamp;
use thiserror::Error;

use crate::time;

/// What is wrong with a signature, in no service's words yet.
///
/// The texts are those that AWS answers with. Seen in public reports, where not marked
/// otherwise: `InvalidToken` and `Mismatch` (aws/aws-sdk-php#1114, AWS's page "Troubleshoot
/// Signature Version 4"), `Expired` (fabfuel/ecs-deploy#126 for ECS with 5 minutes,
/// upmc-enterprises/registry-creds#24 for ECR with 15), `NotYetValid`
/// (serverless/enterprise#11), `Missing` (amzn/selling-partner-api-docs#3081, STS),
/// `Incomplete` (aws/chalice#828, boto/boto3#2280), `HostNotSigned` (aws/aws-sdk-php#2469),
/// `Service` (aws/aws-sdk-ruby#431), `Region` (cognitect-labs/aws-api#27).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Reason {
    /// There is no signature at all.
    #[error("Request is missing Authentication Token")]
    Missing,
    /// There is one that cannot be read; the text says what it lacks.
    #[error("{0}")]
    Incomplete(String),
    /// The access key is not known, or its session token is not the one that came along.
    #[error("The security token included in the request is invalid.")]
    InvalidToken,
    /// The access key was temporary and has ended. (Text as STS documents `ExpiredToken`.)
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    /// The signature is not what the secret key makes of this request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    Mismatch,
    /// `host` is not among the signed headers.
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// A header that decides what the request means is not signed. (Our wording.)
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    HeaderNotSigned(&'static str),
    /// The scope does not end in `aws4_request`. (Text from memory.)
    #[error("Credential should be scoped with a valid terminator: 'aws4_request', not '{0}'.")]
    Terminator(String),
    /// The scope's date is not the request's. (Text from memory.)
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
         HTTP: '{scope}' != '{request}', from '{date}'."
    )]
    Date {
        /// The scope's day.
        scope: String,
        /// The request's day.
        request: String,
        /// The request's date.
        date: String,
    },
    /// The scope names another service than the request is for.
    #[error("Credential should be scoped to correct service: '{0}'. ")]
    Service(String),
    /// The scope names a region that is not served.
    #[error("Credential should be scoped to a valid region, not '{0}'. ")]
    Region(String),
    /// Signed too long ago.
    #[error(
        "Signature expired: {} is now earlier than {} ({} - {minutes} min.)",
        time::basic(*signed),
        time::basic(minus(*now, *minutes)),
        time::basic(*now)
    )]
    Expired {
        /// When it was signed.
        signed: Timestamp,
        /// The server's time.
        now: Timestamp,
        /// How old a signature may be.
        minutes: u64,
    },
    /// Presigned, and its own time is over. (Text as EC2 has it: aws/aws-sdk-go-v2#1674.)
    #[error("Request has expired.")]
    PresignedExpired,
    /// Signed too far in the future.
    #[error(
        "Signature not yet current: {} is still later than {} ({} + {minutes} min.)",
        time::basic(*signed),
        time::basic(plus(*now, *minutes)),
        time::basic(*now)
    )]
    NotYetValid {
        /// When it was signed.
        signed: Timestamp,
        /// The server's time.
        now: Timestamp,
        /// How far ahead a client's clock may be.
        minutes: u64,
    },
}

fn minus(moment: Timestamp, minutes: u64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis().saturating_sub(millis(minutes)))
}

fn plus(moment: Timestamp, minutes: u64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis().saturating_add(millis(minutes)))
}

fn millis(minutes: u64) -> i64 {
    i64::try_from(minutes)
        .unwrap_or(i64::MAX)
        .saturating_mul(60_000)
}

/// A refusal in the words of one service.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{code}: {message}")]
pub struct Rejection {
    /// The error code on the wire, for instance `InvalidSignatureException`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The message for the caller. It holds no part of a secret.
    pub message: String,
    /// What was wrong, whatever the service calls it.
    pub reason: Reason,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_those_that_aws_uses() {
        let signed = time::parse_basic("20191209T104625Z").unwrap();
        let now = time::parse_basic("20191210T034404Z").unwrap();
        assert_eq!(
            Reason::Expired {
                signed,
                now,
                minutes: 5
            }
            .to_string(),
            "Signature expired: 20191209T104625Z is now earlier than 20191210T033904Z \
             (20191210T034404Z - 5 min.)"
        );
        let signed = time::parse_basic("20181120T211543Z").unwrap();
        let now = time::parse_basic("20181120T211029Z").unwrap();
        assert_eq!(
            Reason::NotYetValid {
                signed,
                now,
                minutes: 5
            }
            .to_string(),
            "Signature not yet current: 20181120T211543Z is still later than 20181120T211529Z \
             (20181120T211029Z + 5 min.)"
        );
    }
}
