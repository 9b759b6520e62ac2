//! What RegisterTaskDefinition takes and what it refuses.

mod fargate;
mod ports;
mod refused;
mod shown;

use aws_api::ecs::{Error, RegisterTaskDefinitionRequest, TaskDefinition};
use serde_json::{Value, json};

use super::normalise;
use crate::fixtures::document;

/// A definition for EC2 with one container, `app`, and the members of `container` in it.
fn ec2(container: Value) -> Value {
    let mut app = json!({"name": "app", "image": "hello:1", "memory": 64});
    merge(&mut app, container);
    json!({"family": "web", "containerDefinitions": [app]})
}

/// As [`ec2`], with a second container, `db`.
fn two(app: Value, db: Value) -> Value {
    let mut definition = ec2(app);
    let mut other = ec2(db)["containerDefinitions"][0].clone();
    other["name"] = json!("db");
    definition["containerDefinitions"]
        .as_array_mut()
        .unwrap()
        .push(other);
    definition
}

/// The same for Fargate.
fn fargate(container: Value) -> Value {
    let mut definition = ec2(container);
    merge(
        &mut definition,
        json!({"networkMode": "awsvpc", "cpu": "256", "memory": "512",
               "requiresCompatibilities": ["FARGATE"]}),
    );
    definition
}

/// `definition` with other members at the level of the task.
fn with(mut definition: Value, members: Value) -> Value {
    merge(&mut definition, members);
    definition
}

fn merge(into: &mut Value, members: Value) {
    let Value::Object(members) = members else {
        panic!("members are an object")
    };
    into.as_object_mut().unwrap().extend(members);
}

fn registered(definition: Value) -> TaskDefinition {
    normalise(&document(definition.clone()))
        .unwrap_or_else(|failure| panic!("{definition}: {failure:?}"))
}

/// The sentence with which the definition is refused: by the model, as a ClientException or as not
/// supported.
fn refusal(definition: &Value) -> String {
    let input: RegisterTaskDefinitionRequest = document(definition.clone());
    // What the gateway refuses does not come to us.
    if let Err(violations) = aws_wire::validate(&input) {
        return violations.to_string();
    }
    if let Some(member) = aws_wire::unsupported(&input) {
        return format!("Longshore does not support {member}");
    }
    let failure = normalise(&input).expect_err(&format!("it was not refused: {definition}"));
    match failure.0 {
        Error::ClientException(error) => error.message.unwrap_or_default(),
        other => format!("{other:?}"),
    }
}
