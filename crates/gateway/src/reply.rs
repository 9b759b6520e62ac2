//! Answers and refusals, in the words of a service and the form of a protocol.

use aws_core::{Common, Events};
use aws_schema::{Protocol, ServiceSchema};
use aws_sign::{Code, Rejection};
use aws_wire::{Encoded, Failure};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::events;
use crate::route::{Body, full_body};
use crate::vocabulary::Vocabulary;

/// In whose words a request is answered.
#[derive(Clone, Copy)]
pub(crate) struct Tongue {
    pub(crate) service: &'static ServiceSchema,
    pub(crate) protocol: Protocol,
}

/// An answer before it is put in HTTP's form.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) encoded: Encoded,
    /// What follows it, where the answer goes on.
    pub(crate) events: Option<(Protocol, Box<dyn Events>)>,
}

/// A refusal before it is put in a protocol's form.
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self {
            code: Code {
                name: rejection.code,
                status: rejection.status,
            },
            message: rejection.message,
        }
    }
}

impl Tongue {
    pub(crate) fn vocabulary(self) -> &'static Vocabulary {
        Vocabulary::of(self.service, self.protocol)
    }

    pub(crate) fn refuse(self, refusal: &Refusal, request_id: &str) -> Reply {
        let failure = Failure {
            code: refusal.code.name,
            status: refusal.code.status,
            message: &refusal.message,
            shape: None,
        };
        Reply {
            status: refusal.code.status,
            code: refusal.code.name,
            encoded: aws_wire::encode_error(self.protocol, self.service, &failure, request_id),
            events: None,
        }
    }

    pub(crate) fn common(self, error: &Common, request_id: &str) -> Refusal {
        let message = match error {
            Common::Internal(message) => {
                tracing::error!(
                    request_id,
                    service = self.service.signing_name,
                    message,
                    "internal error"
                );
                format!(
                    "The request processing has failed because of an unknown error, exception or \
                     failure. The server's log has it under request id {request_id}."
                )
            }
            other => other.to_string(),
        };
        Refusal {
            code: self.vocabulary().common(error),
            message,
        }
    }
}

impl Reply {
    pub(crate) fn into_response(self) -> Response<Body> {
        let body = match self.events {
            None => full_body(self.encoded.body),
            Some((protocol, events)) => events::body(protocol, self.encoded.body, events),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static(self.encoded.content_type),
        );
        for (name, value) in self.encoded.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// The server has no room for one more request: in AWS's words that is a rate, and SDKs come again later.
pub(crate) fn busy(words: &Vocabulary) -> Refusal {
    Refusal {
        code: words.throttling,
        message: "Rate exceeded".to_owned(),
    }
}

/// AWS's sentences: django-ses/django-ses#158 (Query), cognitect-labs/aws-api#6 (EC2). Services
/// that speak JSON say nothing; we name the operation.
pub(crate) fn unknown_operation(
    protocol: Protocol,
    service: &ServiceSchema,
    operation: &str,
    version: Option<String>,
) -> String {
    match protocol {
        Protocol::Ec2Query => {
            format!("The action {operation} is not valid for this web service.")
        }
        Protocol::AwsQuery => format!(
            "Could not find operation {operation} for version {}",
            version.as_deref().unwrap_or(service.api_version)
        ),
        _ => format!(
            "{} {} has no operation {operation}.",
            service.service_id, service.api_version
        ),
    }
}
