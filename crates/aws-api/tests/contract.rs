//! What generated code promises to services and to the gateway, whatever the protocol.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy knows test functions, and not what they call, as tests"
)]

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aws_api::{cloudwatch, ec2, ecr, ecs, logs, sts};
use aws_core::{
    AccountId, Answer, Arn, Authoriser, CallError, Caller, Common, Decision, Output, Principal,
    Region, Service, ServiceError,
};
use aws_schema::{Kind, Operation, ReadError, Reader, Schema, Shape, Structure, Timestamp, Value};

/// A value to read, in no protocol's form.
#[derive(Clone)]
enum Tree {
    Structure(Vec<(&'static str, Tree)>),
    List(Vec<Tree>),
    Map(Vec<(&'static str, Tree)>),
    Text(&'static str),
    Number(i64),
}

fn misfit<T>() -> Result<T, ReadError> {
    Err(ReadError::new("another kind of value"))
}

impl Reader for Tree {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(usize, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Self::Structure(members) = self else {
            return misfit();
        };
        for (name, value) in members {
            let index = schema
                .members()
                .iter()
                .position(|member| member.name == *name);
            each(index.unwrap(), value)?;
        }
        Ok(())
    }
    fn list(
        &mut self,
        _: &'static Schema,
        each: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Self::List(items) = self else {
            return misfit();
        };
        items.iter_mut().try_for_each(|item| each(item))
    }
    fn map(
        &mut self,
        _: &'static Schema,
        each: &mut dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Self::Map(entries) = self else {
            return misfit();
        };
        entries
            .iter_mut()
            .try_for_each(|(key, value)| each((*key).to_owned(), value))
    }
    fn string(&mut self, _: &'static Schema) -> Result<String, ReadError> {
        match self {
            Self::Text(text) => Ok((*text).to_owned()),
            _ => misfit(),
        }
    }
    fn boolean(&mut self, _: &'static Schema) -> Result<bool, ReadError> {
        misfit()
    }
    fn integer(&mut self, _: &'static Schema) -> Result<i64, ReadError> {
        match self {
            Self::Number(number) => Ok(*number),
            _ => misfit(),
        }
    }
    fn float(&mut self, _: &'static Schema) -> Result<f64, ReadError> {
        misfit()
    }
    fn timestamp(&mut self, _: &'static Schema) -> Result<Timestamp, ReadError> {
        match self {
            Self::Number(number) => Ok(Timestamp::from_millis(*number)),
            _ => misfit(),
        }
    }
    fn blob(&mut self, _: &'static Schema) -> Result<Vec<u8>, ReadError> {
        misfit()
    }
}

struct Nobody;

impl Authoriser for Nobody {
    fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
        Decision::Deny
    }
}

fn caller() -> Caller {
    let account: AccountId = "123456789012".parse().unwrap();
    Caller {
        principal: Principal::Root {
            account: account.clone(),
        },
        account,
        region: "us-east-1".parse::<Region>().unwrap(),
        request_id: "r".to_owned(),
        host: None,
        action: "logs:PutLogEvents".to_owned(),
        authoriser: Arc::new(Nobody),
    }
}

/// Answers with what it was asked; it needs no waiting.
struct Toy;

impl sts::Sts for Toy {
    async fn get_caller_identity(
        &self,
        caller: &Caller,
        _: sts::GetCallerIdentityRequest,
    ) -> Result<sts::GetCallerIdentityResponse, sts::Error> {
        if caller.request_id == "refused" {
            return Err(Common::AccessDenied("no".to_owned()).into());
        }
        Ok(sts::GetCallerIdentityResponse {
            account: Some(caller.account.to_string()),
            ..Default::default()
        })
    }
}

fn call(
    operation: &'static Operation,
    caller: Caller,
    validate: &dyn Fn(&dyn Shape) -> Result<(), Common>,
) -> Result<Answer, CallError> {
    let server = sts::Server(Arc::new(Toy));
    let work = server.call(
        operation,
        caller,
        &mut Tree::Structure(Vec::new()),
        validate,
    )?;
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Ok(answer),
        Poll::Pending => panic!("the toy does not wait"),
    }
}

fn identity() -> &'static Operation {
    sts::SERVICE.operation("GetCallerIdentity").unwrap()
}

#[test]
fn a_call_reaches_its_handler_and_answers() {
    let output = call(identity(), caller(), &|_| Ok(())).unwrap();
    let Ok(output) = output else {
        panic!("refused");
    };
    let Output::Whole(output) = output else {
        panic!("it does not go on");
    };
    assert_eq!(output.schema().name, "GetCallerIdentityResponse");

    let mut refused = caller();
    "refused".clone_into(&mut refused.request_id);
    let Err(error) = call(identity(), refused, &|_| Ok(())).unwrap() else {
        panic!("answered");
    };
    assert_eq!(error.common(), Some(&Common::AccessDenied("no".to_owned())));
    assert_eq!(error.message(), "no");
}

#[test]
fn an_input_that_is_refused_never_reaches_the_handler() {
    let refusal = Common::Validation("1 validation error detected".to_owned());
    let refused = call(identity(), caller(), &|shape| {
        assert_eq!(shape.schema().name, "GetCallerIdentityRequest");
        Err(refusal.clone())
    });
    assert_eq!(refused.err(), Some(CallError::Refused(refusal)));
}

#[test]
fn an_operation_of_another_service_is_not_supported() {
    let foreign = ecs::SERVICE.operation("RunTask").unwrap();
    let refused = call(foreign, caller(), &|_| Ok(())).err();
    let Some(CallError::Refused(Common::NotSupported(message))) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        message.contains("RunTask") && message.contains("STS"),
        "{message}"
    );
}

#[test]
fn every_operation_is_known_once_and_found() {
    for service in aws_api::services() {
        let typed: Vec<&str> = service.operations.iter().map(|found| found.name).collect();
        assert!(typed.is_sorted(), "{}", service.service_id);
        assert!(service.unsupported.is_sorted(), "{}", service.service_id);
        let all: BTreeSet<&str> = typed.iter().chain(service.unsupported).copied().collect();
        assert_eq!(all.len(), typed.len() + service.unsupported.len());
        for name in typed {
            assert_eq!(service.operation(name).unwrap().name, name);
        }
        assert!(!service.protocols.is_empty());
    }
}

#[test]
fn nested_values_are_read_by_the_schema() {
    let mut tree = Tree::Structure(vec![
        ("logGroupName", Tree::Text("g")),
        ("logStreamName", Tree::Text("s")),
        (
            "logEvents",
            Tree::List(vec![Tree::Structure(vec![
                ("timestamp", Tree::Number(7)),
                ("message", Tree::Text("hello")),
            ])]),
        ),
    ]);
    let input = logs::PutLogEventsRequest::read(logs::PutLogEventsRequest::SCHEMA, &mut tree);
    let expected = logs::PutLogEventsRequest {
        log_group_name: Some("g".to_owned()),
        log_stream_name: Some("s".to_owned()),
        log_events: Some(vec![logs::InputLogEvent {
            message: Some("hello".to_owned()),
            timestamp: Some(7),
        }]),
        ..Default::default()
    };
    assert_eq!(input, Ok(expected));
}

#[test]
fn maps_and_number_ranges_are_read_by_the_schema() {
    let mut tree = Tree::Structure(vec![
        ("dockerLabels", Tree::Map(vec![("a", Tree::Text("b"))])),
        ("memory", Tree::Number(64)),
    ]);
    let schema = ecs::ContainerDefinition::SCHEMA;
    let container = ecs::ContainerDefinition::read(schema, &mut tree).unwrap();
    assert_eq!(container.docker_labels.unwrap().get("a").unwrap(), "b");
    assert_eq!(container.memory, Some(64));

    let mut too_large = Tree::Structure(vec![("memory", Tree::Number(i64::MAX))]);
    assert!(ecs::ContainerDefinition::read(schema, &mut too_large).is_err());
}

#[test]
fn values_that_the_model_does_not_list_are_kept() {
    assert_eq!(ecs::LaunchType::from("FARGATE"), ecs::LaunchType::Fargate);
    let other = ecs::LaunchType::from("MOON");
    assert_eq!(other, ecs::LaunchType::Unknown("MOON".to_owned()));
    assert_eq!(other.as_str(), "MOON");
    // A value that the model itself calls unknown is one of the listed.
    assert_eq!(
        ecs::HealthStatus::from("UNKNOWN"),
        ecs::HealthStatus::UnknownValue
    );
    let Kind::Enum(values) = ecs_schema("LaunchType").kind else {
        panic!("no enumeration");
    };
    assert_eq!(values, ecs::LaunchType::VALUES);
}

/// A schema that `RunTaskRequest` mentions.
fn ecs_schema(name: &str) -> &'static Schema {
    ecs::RunTaskRequest::SCHEMA
        .members()
        .iter()
        .map(|member| member.target)
        .find(|schema| schema.name == name)
        .unwrap()
}

#[test]
fn errors_carry_their_code_status_and_message() {
    let error = ecs::Error::cluster_not_found_exception("Cluster not found.");
    assert_eq!(error.code(), "ClusterNotFoundException");
    assert_eq!(
        (error.status(), error.message()),
        (400, "Cluster not found.")
    );
    assert_eq!(
        error.shape().unwrap().schema().name,
        "ClusterNotFoundException"
    );

    // A fault is the server's, and has another status.
    assert_eq!(ecs::Error::server_exception("").status(), 500);
    // The code on the wire may not be the shape's name.
    let error = cloudwatch::Error::missing_required_parameter_exception("m");
    assert_eq!(error.code(), "MissingParameter");
    // The models of some services give errors no message; AWS does.
    let error =
        logs::Error::resource_not_found_exception("The specified log group does not exist.");
    assert_eq!(error.message(), "The specified log group does not exist.");
    // The EC2 model declares no error at all.
    let error = ec2::Error::undeclared("InvalidVpcID.NotFound", 400, "m");
    assert_eq!(
        (error.code(), error.status()),
        ("InvalidVpcID.NotFound", 400)
    );
    assert!(error.shape().is_none() && error.common().is_none());
}

#[test]
fn secrets_are_not_printed() {
    let credentials = ecr::AuthorizationData {
        authorization_token: Some("QVdTOnNlY3JldA==".to_owned()),
        proxy_endpoint: Some("http://registry".to_owned()),
        ..Default::default()
    };
    let printed = format!("{credentials:?}");
    assert!(!printed.contains("QVdT"), "{printed}");
    assert!(printed.contains("http://registry"), "{printed}");

    let container = ecs::ContainerDefinition {
        name: Some("web".to_owned()),
        environment: Some(vec![ecs::KeyValuePair {
            name: Some("PASSWORD".to_owned()),
            value: Some("hunter2".to_owned()),
        }]),
        ..Default::default()
    };
    let printed = format!("{container:?}");
    assert!(
        !printed.contains("hunter2") && printed.contains("web"),
        "{printed}"
    );
}
