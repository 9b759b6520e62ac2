//! The calls that an agent makes to the control plane, signed with its node's key.
//!
//! One client for all services: a typed input goes out as awsJson 1.1, a typed output comes
//! back. Every agent call is a JSON one.

use std::sync::Arc;
use std::time::Duration;

use ambient::Clock;
use aws_api::ecs;
use aws_schema::{ServiceSchema, Structure};
use aws_sign::{Credentials, Target, body_sha256, sign_headers};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::names::Names;
use crate::retry::{Reach, Retry};

/// The largest answer that an agent reads.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;
/// How long a call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Refusals that say nothing of what was asked: a clock that is off for a while, a key that could
/// not be looked up, a server that has too much to do. What was not judged is asked again.
/// Names: "Common Errors" of the AWS API references, as `aws-sign` uses them for JSON services.
const NOT_JUDGED: [&str; 8] = [
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
];

/// Why a call failed.
#[derive(Debug, Error)]
pub enum CallError {
    /// The control plane answered with an error.
    #[error("{operation} was refused: {code}: {message}")]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
        /// True for errors of the caller, which trying again does not help.
        final_answer: bool,
        /// True where the region is not served.
        of_region: bool,
    },
    /// No answer came.
    #[error("{operation} at {endpoint} failed: {reason}")]
    Unreachable {
        /// The operation.
        operation: &'static str,
        /// Where.
        endpoint: String,
        /// Why.
        reason: String,
    },
}

impl CallError {
    /// True where the same call would fail again.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                final_answer: true,
                ..
            }
        )
    }

    /// True where the region of the call is none that the control plane serves. It may serve it once it is
    /// started anew with other regions, so that what is under way waits; what begins need not.
    #[must_use]
    pub fn is_of_region(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                of_region: true,
                ..
            }
        )
    }

    /// The error's code, where the control plane gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Unreachable { .. } => None,
        }
    }
}

/// The control plane, as a node calls it.
#[derive(Clone)]
pub struct ControlPlane {
    http: Client<HttpConnector<Names>, Full<Bytes>>,
    /// `http://host:port`, without a slash at the end.
    endpoint: String,
    authority: String,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    reach: Arc<Reach>,
}

#[derive(Serialize)]
struct Body<'a, T: Structure>(#[serde(serialize_with = "by_reference")] &'a T);

fn by_reference<T: Structure, S: serde::Serializer>(shape: &&T, to: S) -> Result<S::Ok, S::Error> {
    aws_wire::document::serialize(*shape, to)
}

#[derive(Deserialize)]
struct Answer<T: Structure>(#[serde(with = "aws_wire::document")] T);

#[derive(Deserialize)]
struct ErrorBody {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(default, alias = "Message")]
    message: String,
}

/// True where the control plane has looked at what was asked, and does not want it.
fn is_judged(status: StatusCode, code: &str) -> bool {
    let says_later = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
    ) || code.contains("Throttling");
    status.is_client_error() && !says_later && !NOT_JUDGED.contains(&code)
}

/// True where what is refused is the region: its code is that of wrong signatures, but the signature was
/// taken before.
fn is_of_region(region: &str, message: &str) -> bool {
    let sentence = aws_sign::Reason::Region(region.to_owned()).to_string();
    message.starts_with(sentence.trim_end())
}

impl ControlPlane {
    /// A client of `endpoint`, for instance `http://127.0.0.1:4566`.
    #[must_use]
    pub fn new(endpoint: &str, credentials: Credentials, clock: Arc<dyn Clock>) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let authority = endpoint
            .split_once("://")
            .map_or(&*endpoint, |(_, rest)| rest)
            .to_owned();
        Self {
            http: Client::builder(TokioExecutor::new())
                .build(HttpConnector::new_with_resolver(Names)),
            endpoint,
            authority,
            credentials,
            clock,
            reach: Arc::default(),
        }
    }

    /// The pauses of something that is tried until the control plane takes it.
    pub(crate) fn retry(&self) -> Retry {
        self.reach.retry()
    }

    /// Waits until the control plane has answered for `total` from now on, all in all.
    pub(crate) async fn has_been_there(&self, total: Duration) {
        self.reach.has_been_there(total, &*self.clock).await;
    }

    /// `host:port` of the control plane.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Calls an operation in a region.
    ///
    /// # Errors
    /// When no answer comes, or it is an error.
    pub async fn call<I: Structure, O: Structure>(
        &self,
        service: &'static ServiceSchema,
        operation: &'static str,
        region: &str,
        input: &I,
    ) -> Result<O, CallError> {
        let unreachable = |reason: String| CallError::Unreachable {
            operation,
            endpoint: self.endpoint.clone(),
            reason,
        };
        let body =
            serde_json::to_vec(&Body(input)).map_err(|error| unreachable(error.to_string()))?;
        let mut headers = self
            .signed_headers(
                region,
                service.signing_name,
                "POST",
                "/",
                None,
                &body,
                |headers| {
                    headers.insert(
                        CONTENT_TYPE,
                        HeaderValue::from_static("application/x-amz-json-1.1"),
                    );
                    let target =
                        format!("{}.{operation}", service.target_prefix.unwrap_or_default());
                    if let Ok(target) = HeaderValue::from_str(&target) {
                        headers.insert("x-amz-target", target);
                    }
                },
            )
            .map_err(|error| unreachable(error.to_string()))?;
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("{}/", self.endpoint)
            .parse()
            .map_err(|error: http::uri::InvalidUri| unreachable(error.to_string()))?;
        std::mem::swap(request.headers_mut(), &mut headers);
        let exchange = async {
            let response = self
                .http
                .request(request)
                .await
                .map_err(|error| error.to_string())?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES)
                .collect()
                .await
                .map_err(|error| error.to_string())?
                .to_bytes();
            Ok::<_, String>((status, body))
        };
        let exchanged = tokio::time::timeout(CALL_TIMEOUT, exchange).await;
        self.reach.note(matches!(&exchanged, Ok(Ok(_))));
        let (status, body) = exchanged
            .map_err(|_| unreachable("no answer in time".to_owned()))?
            .map_err(unreachable)?;
        if status.is_success() {
            self.reach.note_signature(None);
            self.reach.note_served(region);
            let Answer(output) =
                serde_json::from_slice(&body).map_err(|error| unreachable(error.to_string()))?;
            return Ok(output);
        }
        let said: ErrorBody = serde_json::from_slice(&body).unwrap_or_else(|_| ErrorBody {
            code: status.to_string(),
            message: String::new(),
        });
        let code = said.code.rsplit('#').next().unwrap_or_default().to_owned();
        let of_region = NOT_JUDGED.contains(&&*code) && is_of_region(region, &said.message);
        if of_region {
            self.reach.note_region(region, &said.message);
        } else if NOT_JUDGED.contains(&&*code) {
            self.reach.note_signature(Some(&said.message));
        }
        Err(CallError::Refused {
            operation,
            final_answer: is_judged(status, &code),
            of_region,
            code,
            message: said.message,
        })
    }

    /// The headers of a signed request to the control plane.
    ///
    /// # Errors
    /// When the key or the region cannot stand in a header.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the parts of a signature"
    )]
    pub(crate) fn signed_headers(
        &self,
        region: &str,
        service: &str,
        method: &str,
        path: &str,
        query: Option<&str>,
        body: &[u8],
        add: impl FnOnce(&mut HeaderMap),
    ) -> Result<HeaderMap, aws_sign::SignError> {
        let mut headers = HeaderMap::new();
        if let Ok(host) = HeaderValue::from_str(&self.authority) {
            headers.insert(HOST, host);
        }
        add(&mut headers);
        let target = Target {
            region,
            service,
            method,
            path,
            query,
        };
        let now = self.clock.now();
        sign_headers(
            &self.credentials,
            &target,
            &mut headers,
            body_sha256(body),
            now,
        )?;
        Ok(headers)
    }

    /// Reports on a task, in the region that its ARN names.
    ///
    /// # Errors
    /// When no answer comes, or it is an error.
    pub async fn submit_task_state(
        &self,
        region: &str,
        input: &ecs::SubmitTaskStateChangeRequest,
    ) -> Result<(), CallError> {
        let _: ecs::SubmitTaskStateChangeResponse = self
            .call(&ecs::SERVICE, "SubmitTaskStateChange", region, input)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_judged_is_asked_again() {
        for (status, code, judged) in [
            (400, "InvalidParameterException", true),
            (400, "AccessDeniedException", true),
            (400, "InvalidSignatureException", false),
            (400, "UnrecognizedClientException", false),
            (400, "ThrottlingException", false),
            (408, "408 Request Timeout", false),
            (503, "ServerException", false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(is_judged(status, code), judged, "{status} {code}");
        }
    }
}
