//! Where requests belong: one table.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking; clippy sees only the functions marked as tests"
)]

use aws_api::services;
use aws_schema::{Protocol, ServiceSchema};
use aws_sign::Scope;
use gateway::recognise::{Destination, Found, Head, Session, Sign, find, recognise};
use http::{HeaderMap, HeaderName, Method};

type Headers = &'static [(&'static str, &'static str)];

fn to(method: &str, target: &str, headers: Headers, scope: Option<&str>) -> Destination {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), value.parse().unwrap());
    }
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let scope = scope.map(|service| Scope {
        date: "20251121".to_owned(),
        region: "us-east-1".to_owned(),
        service: service.to_owned(),
    });
    let method: Method = method.parse().unwrap();
    let head = Head {
        method: &method,
        path,
        query,
        headers: &map,
    };
    recognise(services(), &head, scope.as_ref())
}

#[test]
fn what_is_no_api_call() {
    let none: Headers = &[];
    assert_eq!(to("GET", "/health", none, None), Destination::Health);
    assert_eq!(to("GET", "/v2/", none, None), Destination::Registry);
    assert_eq!(to("GET", "/v2", none, None), Destination::Registry);
    assert_eq!(
        to(
            "PUT",
            "/v2/web/manifests/latest",
            &[("authorization", "Basic QVdTOng=")],
            None
        ),
        Destination::Registry
    );
    for scope in [None, Some("ecs")] {
        assert_eq!(
            to("GET", "/acs/ws?seqNum=1", none, scope),
            Destination::AgentSession(Session::Control)
        );
        assert_eq!(
            to("GET", "/tcs/ws", none, scope),
            Destination::AgentSession(Session::Telemetry)
        );
    }
    // A signature makes an API call of all else.
    for target in ["/health", "/v2/", "/v2/x"] {
        assert!(
            matches!(to("GET", target, none, Some("ecs")), Destination::Api(_)),
            "{target}"
        );
    }
    assert!(matches!(
        to("POST", "/health", none, None),
        Destination::Api(_)
    ));
    assert!(matches!(to("GET", "/v2x", none, None), Destination::Api(_)));
}

const ECS_TARGET: (&str, &str) = ("x-amz-target", "AmazonEC2ContainerServiceV20141113.RunTask");
const JSON_1_1: (&str, &str) = ("content-type", "application/x-amz-json-1.1");
const JSON_1_0: (&str, &str) = ("content-type", "application/x-amz-json-1.0");
const FORM: (&str, &str) = (
    "content-type",
    "application/x-www-form-urlencoded; charset=utf-8",
);
const CBOR: (&str, &str) = ("smithy-protocol", "rpc-v2-cbor");
const METRICS_TARGET: (&str, &str) = ("x-amz-target", "GraniteServiceVersion20100801.ListMetrics");
const METRICS_PATH: &str = "/service/GraniteServiceVersion20100801/operation/ListMetrics";

/// Path, headers, the scope's service; then the service and protocol.
type Case = (
    &'static str,
    Headers,
    Option<&'static str>,
    Option<&'static str>,
    Protocol,
);

#[test]
fn api_calls() {
    use Protocol::{AwsJson10, AwsJson11, AwsQuery, Ec2Query, RpcV2Cbor};
    let table: &[Case] = &[
        (
            "/",
            &[ECS_TARGET, JSON_1_1],
            Some("ecs"),
            Some("ecs"),
            AwsJson11,
        ),
        ("/", &[ECS_TARGET], Some("ecs"), Some("ecs"), AwsJson11),
        // The scope counts before the target.
        (
            "/",
            &[ECS_TARGET, JSON_1_1],
            Some("ecr"),
            Some("ecr"),
            AwsJson11,
        ),
        // ECS does not speak 1.0: it is answered in its own.
        (
            "/",
            &[ECS_TARGET, JSON_1_0],
            Some("ecs"),
            Some("ecs"),
            AwsJson11,
        ),
        ("/", &[FORM], Some("ecs"), Some("ecs"), AwsJson11),
        ("/", &[FORM], Some("sts"), Some("sts"), AwsQuery),
        (
            "/?Action=GetCallerIdentity",
            &[],
            Some("sts"),
            Some("sts"),
            AwsQuery,
        ),
        ("/", &[FORM], Some("ec2"), Some("ec2"), Ec2Query),
        ("/", &[FORM], Some("iam"), Some("iam"), AwsQuery),
        // CloudWatch speaks three.
        (
            METRICS_PATH,
            &[CBOR],
            Some("monitoring"),
            Some("monitoring"),
            RpcV2Cbor,
        ),
        (
            "/",
            &[METRICS_TARGET, JSON_1_0],
            Some("monitoring"),
            Some("monitoring"),
            AwsJson10,
        ),
        (
            "/",
            &[FORM],
            Some("monitoring"),
            Some("monitoring"),
            AwsQuery,
        ),
        // Without a signature the protocol's own sign tells, then the host.
        ("/", &[ECS_TARGET, JSON_1_1], None, Some("ecs"), AwsJson11),
        (METRICS_PATH, &[CBOR], None, Some("monitoring"), RpcV2Cbor),
        (
            "/",
            &[("host", "sts.us-east-1.amazonaws.com")],
            None,
            Some("sts"),
            AwsQuery,
        ),
        (
            "/",
            &[("host", "api.ecr.us-east-1.amazonaws.com"), JSON_1_1],
            None,
            Some("ecr"),
            AwsJson11,
        ),
        (
            "/",
            &[("host", "localhost:4566"), JSON_1_1],
            None,
            None,
            AwsJson11,
        ),
        (
            "/",
            &[("host", "localhost:4566"), FORM],
            None,
            None,
            AwsQuery,
        ),
        // What is not served.
        (
            "/",
            &[JSON_1_0, ("x-amz-target", "DynamoDB_20120810.ListTables")],
            Some("dynamodb"),
            None,
            AwsJson10,
        ),
        (
            "/2015-03-31/functions",
            &[],
            Some("lambda"),
            None,
            AwsJson11,
        ),
        ("/", &[FORM], Some("sns"), None, AwsQuery),
        ("/?Action=ListTopics", &[], Some("sns"), None, AwsQuery),
        ("/bucket/key", &[], Some("s3"), None, AwsQuery),
    ];
    for (target, headers, scope, service, protocol) in table {
        let Destination::Api(address) = to("POST", target, headers, *scope) else {
            panic!("{target} {headers:?} is an API call");
        };
        let name = address.service.map(|place| services()[place].signing_name);
        assert_eq!(
            (name, address.protocol),
            (*service, *protocol),
            "{target} {headers:?} {scope:?}"
        );
        if scope.is_some() {
            assert_eq!(address.signing_name.as_deref(), *scope);
        }
    }
}

fn sign(target: &str, headers: Headers, scope: &str) -> Sign {
    match to("POST", target, headers, Some(scope)) {
        Destination::Api(address) => address.sign,
        other => panic!("{other:?}"),
    }
}

#[test]
fn operations_are_named_by_head_or_form() {
    let named = |prefix: &str, operation: &str| Sign::Head {
        prefix: prefix.to_owned(),
        operation: operation.to_owned(),
    };
    assert_eq!(
        sign("/", &[ECS_TARGET], "ecs"),
        named("AmazonEC2ContainerServiceV20141113", "RunTask")
    );
    assert_eq!(
        sign(METRICS_PATH, &[CBOR], "monitoring"),
        named("GraniteServiceVersion20100801", "ListMetrics")
    );
    assert_eq!(sign("/", &[FORM], "sts"), Sign::Form);
    assert_eq!(sign("/", &[JSON_1_1], "ecs"), Sign::Nothing);
    assert_eq!(sign("/", &[CBOR], "monitoring"), Sign::Nothing);
    assert_eq!(
        sign("/", &[("x-amz-target", "nonsense")], "ecs"),
        Sign::Nothing
    );
}

fn found(service: &'static ServiceSchema, sign: &Sign, body: &str, query: Option<&str>) -> String {
    match find(service, sign, body.as_bytes(), query) {
        Found::Typed {
            operation,
            in_query,
        } => format!(
            "typed {} {}",
            operation.name,
            if in_query { "query" } else { "body" }
        ),
        Found::Unsupported(name) => format!("unsupported {name}"),
        Found::Unknown { operation, version } => format!("unknown {operation} {version:?}"),
        Found::Unnamed => "unnamed".to_owned(),
    }
}

#[test]
fn operations_are_looked_up() {
    let sts = &aws_api::sts::SERVICE;
    let form = |body, query| found(sts, &Sign::Form, body, query);
    let whole = "Action=GetCallerIdentity&Version=2011-06-15";
    assert_eq!(form(whole, None), "typed GetCallerIdentity body");
    assert_eq!(form("", Some(whole)), "typed GetCallerIdentity query");
    assert_eq!(
        form("Action=GetCallerIdentity", None),
        "typed GetCallerIdentity body"
    );
    assert_eq!(
        form("Action=AssumeRole&Version=2011-06-15", None),
        "unsupported AssumeRole"
    );
    assert_eq!(
        form("Action=Dance&Version=2011-06-15", None),
        "unknown Dance Some(\"2011-06-15\")"
    );
    assert_eq!(
        form("Action=GetCallerIdentity&Version=1999-01-01", None),
        "unknown GetCallerIdentity Some(\"1999-01-01\")"
    );
    assert_eq!(form("", None), "unnamed");

    let ecs = &aws_api::ecs::SERVICE;
    let head = |prefix: &str, operation: &str| {
        let sign = Sign::Head {
            prefix: prefix.to_owned(),
            operation: operation.to_owned(),
        };
        found(ecs, &sign, "", None)
    };
    let prefix = "AmazonEC2ContainerServiceV20141113";
    assert_eq!(head(prefix, "RunTask"), "typed RunTask body");
    assert_eq!(head(prefix, "UpdateService"), "unsupported UpdateService");
    assert_eq!(head(prefix, "Dance"), "unknown Dance None");
    assert_eq!(
        head("Logs_20140328", "RunTask"),
        "unknown Logs_20140328.RunTask None"
    );
    assert_eq!(found(ecs, &Sign::Nothing, "{}", None), "unnamed");
}
