//! Where a request belongs, told from its head alone.
//!
//! The signature's scope is asked first, because a client has sworn to it; then the protocol's own
//! sign (`X-Amz-Target`, the path of smithy-rpc-v2, `Action` in a form), and the host name at
//! last. Nothing is refused here: an unsigned request belongs somewhere too, since its refusal
//! must be in the right service's words.

use aws_schema::{Operation, Protocol, ServiceSchema};
use aws_sign::Scope;
use aws_wire::recognise as signs;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, Method};

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as it stood on the wire.
    pub path: &'a str,
    /// The query as it stood on the wire.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
}

/// Which of the two websockets of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// `/acs/ws`: what to run.
    Control,
    /// `/tcs/ws`: what was measured.
    Telemetry,
}

impl Session {
    /// The IAM action that opening it is ("Actions defined by Amazon ECS").
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Control => "ecs:Poll",
            Self::Telemetry => "ecs:StartTelemetrySession",
        }
    }

    /// The action's name without its service.
    #[must_use]
    pub fn operation(self) -> &'static str {
        match self {
            Self::Control => "Poll",
            Self::Telemetry => "StartTelemetrySession",
        }
    }
}

/// Where a request belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// "Are you there?", asked without a signature.
    Health,
    /// The image registry.
    Registry,
    /// An agent's websocket.
    AgentSession(Session),
    /// An API call.
    Api(Address),
}

/// To which service an API call goes, and in which protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The service's place in the list of those that are served; `None` when it is none of them.
    pub service: Option<usize>,
    /// The service's signing name, as far as the request tells it.
    pub signing_name: Option<String>,
    /// The protocol that the request is in, and that its answer must be in.
    pub protocol: Protocol,
    /// What names the operation.
    pub sign: Sign,
}

/// What names the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The head does: the operation, and what stands before it (a target prefix, or a service's
    /// name in a path).
    Head {
        /// The target prefix.
        prefix: String,
        /// The operation.
        operation: String,
    },
    /// The form does, in the body or in the query.
    Form,
    /// Nothing does.
    Nothing,
}

/// Tells where a request belongs. `scope` is that of its signature, where it has one.
#[must_use]
pub fn recognise(
    services: &[&'static ServiceSchema],
    head: &Head<'_>,
    scope: Option<&Scope>,
) -> Destination {
    match head.path {
        "/health" if scope.is_none() && head.method == Method::GET => return Destination::Health,
        "/acs/ws" => return Destination::AgentSession(Session::Control),
        "/tcs/ws" => return Destination::AgentSession(Session::Telemetry),
        path if scope.is_none() && (path == "/v2" || path.starts_with("/v2/")) => {
            return Destination::Registry;
        }
        _ => {}
    }
    Destination::Api(address(services, head, scope))
}

fn address(services: &[&'static ServiceSchema], head: &Head<'_>, scope: Option<&Scope>) -> Address {
    let (spoken, sign) = sign(head);
    let prefix = match &sign {
        Sign::Head { prefix, .. } => Some(prefix.as_str()),
        _ => None,
    };
    let has_prefix = |service: &ServiceSchema| prefix.is_some() && service.target_prefix == prefix;
    let place = match scope {
        // One signing name can stand for two services (the two load balancers); then the prefix
        // decides.
        Some(scope) => position(services, |service| {
            service.signing_name == scope.service && has_prefix(service)
        })
        .or_else(|| position(services, |service| service.signing_name == scope.service)),
        None => position(services, has_prefix)
            .or_else(|| position(services, |service| named_by_host(service, head.headers))),
    };
    let service = place.and_then(|place| services.get(place));
    let protocol = match (service, scope) {
        (Some(service), _) => settle(spoken, service),
        (None, Some(scope)) if sign == Sign::Form && speaks_rest_json(head, scope) => {
            Protocol::AwsJson11
        }
        (None, _) => spoken,
    };
    Address {
        service: place,
        signing_name: service
            .map(|service| service.signing_name.to_owned())
            .or_else(|| scope.map(|scope| scope.service.clone())),
        protocol,
        sign,
    }
}

fn position(
    services: &[&'static ServiceSchema],
    is_it: impl Fn(&ServiceSchema) -> bool,
) -> Option<usize> {
    services.iter().position(|service| is_it(service))
}

/// The protocol and the sign that the head shows.
fn sign(head: &Head<'_>) -> (Protocol, Sign) {
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(CONTENT_TYPE.as_str()).unwrap_or_default();
    let json = if content_type.starts_with("application/x-amz-json-1.0") {
        Protocol::AwsJson10
    } else {
        Protocol::AwsJson11
    };
    if text("smithy-protocol").is_some_and(signs::is_rpc_v2_cbor) {
        let sign =
            signs::rpc_path(head.path).map_or(Sign::Nothing, |(service, operation)| Sign::Head {
                prefix: service.to_owned(),
                operation: operation.to_owned(),
            });
        return (Protocol::RpcV2Cbor, sign);
    }
    if let Some(header) = text("x-amz-target") {
        let sign = signs::target(header).map_or(Sign::Nothing, |(prefix, operation)| Sign::Head {
            prefix: prefix.to_owned(),
            operation: operation.to_owned(),
        });
        return (json, sign);
    }
    if content_type.contains("json") {
        return (json, Sign::Nothing);
    }
    (Protocol::AwsQuery, Sign::Form)
}

/// Whether a request for a service that is not served looks like REST with JSON, which is told by
/// the absence of signs: such a client reads a refusal in JSON. (S3 and its kin read XML.)
fn speaks_rest_json(head: &Head<'_>, scope: &Scope) -> bool {
    let form = head.headers.get(CONTENT_TYPE).is_some_and(|value| {
        value
            .as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let action = signs::action(head.query.unwrap_or_default().as_bytes()).is_some();
    let xml = matches!(scope.service.as_str(), "s3" | "route53" | "cloudfront");
    !form && !action && !xml
}

/// The protocol to answer in: the one spoken, or, where the service does not have that one, the
/// service's own of the same kind, or its first.
fn settle(spoken: Protocol, service: &ServiceSchema) -> Protocol {
    let kin: &[Protocol] = match spoken {
        Protocol::AwsJson10 | Protocol::AwsJson11 => &[Protocol::AwsJson10, Protocol::AwsJson11],
        Protocol::AwsQuery | Protocol::Ec2Query => &[Protocol::AwsQuery, Protocol::Ec2Query],
        Protocol::RpcV2Cbor => &[Protocol::RpcV2Cbor],
    };
    let has = |protocol: &Protocol| service.protocols.contains(protocol);
    if has(&spoken) {
        return spoken;
    }
    kin.iter()
        .copied()
        .find(has)
        .or_else(|| service.protocols.first().copied())
        .unwrap_or(spoken)
}

/// `ecs.us-east-1.amazonaws.com` and `api.ecr.us-east-1.amazonaws.com`.
fn named_by_host(service: &ServiceSchema, headers: &HeaderMap) -> bool {
    let host = headers
        .get(HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    host.split('.')
        .take(2)
        .any(|label| label == service.signing_name)
}

/// The outcome of looking an operation up.
#[derive(Clone, Debug)]
pub enum Found {
    /// It has types and can be called.
    Typed {
        /// The operation.
        operation: &'static Operation,
        /// True where the form stands in the query and not in the body.
        in_query: bool,
    },
    /// The model has it; we do not have it yet.
    Unsupported(&'static str),
    /// The model has no such operation.
    Unknown {
        /// The name asked for.
        operation: String,
        /// The API version asked for.
        version: Option<String>,
    },
    /// The request names no operation.
    Unnamed,
}

/// Looks up which operation of `service` a request names. For a form it stands in the body or,
/// failing that, in the query.
#[must_use]
pub fn find(
    service: &'static ServiceSchema,
    sign: &Sign,
    body: &[u8],
    query: Option<&str>,
) -> Found {
    let (name, version, in_query) = match sign {
        Sign::Nothing => return Found::Unnamed,
        Sign::Head { prefix, operation } => {
            if service.target_prefix != Some(prefix) {
                return Found::Unknown {
                    operation: format!("{prefix}.{operation}"),
                    version: None,
                };
            }
            (operation.clone(), None, false)
        }
        Sign::Form => {
            let in_query = || {
                signs::action(query.unwrap_or_default().as_bytes())
                    .map(|(name, version)| (name, version, true))
            };
            match signs::action(body)
                .map(|(name, version)| (name, version, false))
                .or_else(in_query)
            {
                Some(found) => found,
                None => return Found::Unnamed,
            }
        }
    };
    let other_version = version
        .as_deref()
        .is_some_and(|version| version != service.api_version);
    if !other_version {
        if let Some(operation) = service.operation(&name) {
            return Found::Typed {
                operation,
                in_query,
            };
        }
        if let Ok(place) = service.unsupported.binary_search(&name.as_str())
            && let Some(name) = service.unsupported.get(place)
        {
            return Found::Unsupported(name);
        }
    }
    Found::Unknown {
        operation: name,
        version,
    }
}
