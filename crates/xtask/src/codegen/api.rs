//! One service as it is to be generated: the model made complete, checked, and given Rust names.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use crate::error::Error;
use crate::models::{Member, Model, Operation, Shape, Target};

/// Names in scope in generated code that a shape may not take.
const RESERVED_TYPES: &[&str] = &[
    "BTreeMap",
    "Blob",
    "Box",
    "Err",
    "Error",
    "None",
    "Ok",
    "Option",
    "Result",
    "SERVICE",
    "Self",
    "Server",
    "Some",
    "String",
    "Timestamp",
    "Vec",
];
/// The shape of the message that every error has, whether the model says so or not: AWS writes
/// one (in CloudWatch Logs, for instance), and clients show it.
const ERROR_MESSAGE: &str = "ErrorMessage";

/// A service, ready to be written out.
pub(crate) struct Api {
    /// The module, for instance `ecs`.
    pub(crate) service: String,
    pub(crate) model: Model,
    /// Rust names of structures and enumerations, by the model's.
    types: BTreeMap<String, String>,
    /// Names of the statics that hold the schemas, by the model's names.
    statics: BTreeMap<String, String>,
}

impl Api {
    /// Completes the model and gives out names.
    pub(crate) fn new(service: &str, mut model: Model) -> Result<Self, Error> {
        give_every_operation_input_and_output(service, &mut model)?;
        give_every_error_a_message(service, &mut model)?;
        let api_trait = names::type_name(service);
        let mut taken: BTreeSet<String> = RESERVED_TYPES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        taken.insert(api_trait);
        let (mut types, mut statics) = (BTreeMap::new(), BTreeMap::new());
        let mut taken_statics = BTreeSet::new();
        for (name, shape) in &model.shapes {
            if shape.kind == "structure" || !shape.values.is_empty() {
                let mut rust = names::type_name(name);
                if taken.contains(&rust) {
                    rust.push_str("Shape");
                }
                types.insert(name.clone(), names::distinct(rust, &mut taken));
            }
            let constant = names::distinct(names::constant(name), &mut taken_statics);
            statics.insert(name.clone(), constant);
        }
        let api = Self {
            service: service.to_owned(),
            model,
            types,
            statics,
        };
        api.refuse_structures_within_themselves()?;
        api.refuse_renamed_json_members()?;
        Ok(api)
    }

    /// A complaint about this service's model.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> Error {
        Error::model(&self.service, problem)
    }

    /// The name of the service's trait, for instance `Ecs`.
    pub(crate) fn trait_name(&self) -> String {
        names::type_name(&self.service)
    }

    /// A shape by its name in the model.
    pub(crate) fn shape(&self, name: &str) -> Result<&Shape, Error> {
        self.model
            .shapes
            .get(name)
            .ok_or_else(|| self.problem(format!("shape {name} is not in the model")))
    }

    /// The Rust name of a structure or enumeration.
    pub(crate) fn type_name(&self, shape: &str) -> Result<&str, Error> {
        self.types
            .get(shape)
            .map(String::as_str)
            .ok_or_else(|| self.problem(format!("shape {shape} has no type of its own")))
    }

    /// The static that holds a shape's schema.
    pub(crate) fn static_name(&self, shape: &str) -> Result<&str, Error> {
        self.statics
            .get(shape)
            .map(String::as_str)
            .ok_or_else(|| self.problem(format!("shape {shape} is not in the model")))
    }

    /// The input and the output of an operation, by the model's names.
    pub(crate) fn input_and_output<'a>(
        &self,
        name: &str,
        operation: &'a Operation,
    ) -> Result<(&'a str, &'a str), Error> {
        match (&operation.input, &operation.output) {
            (Some(input), Some(output)) => Ok((&input.shape, &output.shape)),
            _ => Err(self.problem(format!("{name} has no input or no output"))),
        }
    }

    /// The shape of the events that an output streams, where it does.
    pub(crate) fn event_stream(&self, output: &str) -> Result<Option<&str>, Error> {
        for member in self.shape(output)?.members.values() {
            if self.shape(&member.shape)?.eventstream {
                return Ok(Some(&member.shape));
            }
        }
        Ok(None)
    }

    /// The errors of all operations, sorted, each once.
    pub(crate) fn errors(&self) -> BTreeSet<&str> {
        self.model
            .operations
            .values()
            .flat_map(|operation| &operation.errors)
            .map(|error| error.shape.as_str())
            .collect()
    }

    /// The members of a structure in the order of the schema, with their Rust names.
    pub(crate) fn fields<'a>(&self, shape: &'a Shape) -> Vec<(String, &'a str, &'a Member)> {
        let mut taken = BTreeSet::new();
        shape
            .members
            .iter()
            .map(|(name, member)| {
                let field = names::distinct(names::field(name), &mut taken);
                (field, name.as_str(), member)
            })
            .collect()
    }

    /// A structure that holds itself other than through a list or map would have no size.
    fn refuse_structures_within_themselves(&self) -> Result<(), Error> {
        for start in self.model.shapes.keys() {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![start.as_str()];
            while let Some(name) = waiting.pop() {
                let shape = self.shape(name)?;
                if shape.kind != "structure" {
                    continue;
                }
                for member in shape.members.values() {
                    if member.shape == *start {
                        return Err(self.problem(format!(
                            "structure {start} holds itself (through {name}) without a list or \
                             map between; aws-schema has no boxed members yet"
                        )));
                    }
                    if seen.insert(member.shape.as_str()) {
                        waiting.push(&member.shape);
                    }
                }
            }
        }
        Ok(())
    }

    /// `locationName` renames members in XML and Query only as far as aws-schema knows.
    fn refuse_renamed_json_members(&self) -> Result<(), Error> {
        let speaks_json = |name: &String| name == "json" || name == "smithy-rpc-v2-cbor";
        if !self.model.metadata.protocols.iter().any(speaks_json) {
            return Ok(());
        }
        for (name, shape) in &self.model.shapes {
            for (key, member) in &shape.members {
                if member
                    .location_name
                    .as_ref()
                    .is_some_and(|other| other != key)
                {
                    return Err(self.problem(format!(
                        "{name}.{key} has another name in JSON, which aws-schema cannot say"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Operations without input or output get an empty structure, so that all are alike.
fn give_every_operation_input_and_output(service: &str, model: &mut Model) -> Result<(), Error> {
    let mut added = Vec::new();
    for (name, operation) in &mut model.operations {
        // Where a service says `RunTaskRequest` it says `RunTaskResponse`.
        let says_input = |target: &Target| target.shape.ends_with("Input");
        let (input, output) = if operation.input.as_ref().is_some_and(says_input) {
            ("Input", "Output")
        } else {
            ("Request", "Response")
        };
        for (slot, suffix) in [
            (&mut operation.input, input),
            (&mut operation.output, output),
        ] {
            if slot.is_none() {
                let shape = format!("{name}{suffix}");
                added.push(shape.clone());
                *slot = Some(Target {
                    shape,
                    ..Default::default()
                });
            }
        }
    }
    for name in added {
        let empty = Shape {
            kind: "structure".to_owned(),
            ..Default::default()
        };
        if model.shapes.insert(name.clone(), empty).is_some() {
            return Err(Error::model(
                service,
                format!("{name} is already a shape; name the empty structure otherwise"),
            ));
        }
    }
    Ok(())
}

fn give_every_error_a_message(service: &str, model: &mut Model) -> Result<(), Error> {
    let mut added = false;
    for shape in model.shapes.values_mut().filter(|shape| shape.exception) {
        if !shape
            .members
            .keys()
            .any(|name| names::snake(name) == "message")
        {
            let member = Member {
                shape: ERROR_MESSAGE.to_owned(),
                ..Default::default()
            };
            shape.members.insert("message".to_owned(), member);
            added = true;
        }
    }
    if added {
        let shape = model
            .shapes
            .entry(ERROR_MESSAGE.to_owned())
            .or_insert_with(|| Shape {
                kind: "string".to_owned(),
                ..Default::default()
            });
        if shape.kind != "string" {
            return Err(Error::model(
                service,
                format!("{ERROR_MESSAGE} is no string"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn model(shapes: &str) -> Model {
        let text = format!(
            r#"{{"metadata": {{"apiVersion": "1", "endpointPrefix": "toy", "serviceId": "Toy",
                              "protocols": ["json"], "jsonVersion": "1.1"}},
                "operations": {{"Go": {{"input": {{"shape": "GoInput"}},
                                       "errors": [{{"shape": "Lost"}}]}}}},
                "untyped": ["Come"],
                "shapes": {shapes}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn refusal(shapes: &str) -> String {
        match Api::new("toy", model(shapes)) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    pub(crate) const SHAPES: &str = r#"{
        "GoInput": {"type": "structure", "required": ["type"], "members": {
            "type": {"shape": "String"}, "Options": {"shape": "OptionList"}}},
        "Lost": {"type": "structure", "exception": true, "fault": true, "members": {}},
        "Option": {"type": "structure", "members": {"nested": {"shape": "OptionList"}}},
        "OptionList": {"type": "list", "member": {"shape": "Option"}, "max": 4},
        "String": {"type": "string"}
    }"#;

    #[test]
    fn a_model_is_made_complete() {
        let api = Api::new("toy", model(SHAPES)).unwrap();
        let operation = api.model.operations.get("Go").unwrap();
        let (_, output) = api.input_and_output("Go", operation).unwrap();
        assert_eq!(output, "GoOutput");
        let lost = api.shape("Lost").unwrap();
        assert!(lost.members.contains_key("message"));
        assert_eq!(api.type_name("Option").unwrap(), "OptionShape");
    }

    #[test]
    fn a_structure_without_a_size_is_refused_and_named() {
        let told = refusal(
            r#"{"GoInput": {"type": "structure", "members": {"a": {"shape": "A"}}},
                "A": {"type": "structure", "members": {"back": {"shape": "GoInput"}}},
                "Lost": {"type": "structure", "exception": true}}"#,
        );
        assert!(told.contains("holds itself"), "{told}");
    }

    #[test]
    fn a_json_member_with_another_name_is_refused_and_named() {
        let told = refusal(
            r#"{"GoInput": {"type": "structure", "members": {
                    "a": {"shape": "S", "locationName": "b"}}},
                "S": {"type": "string"},
                "Lost": {"type": "structure", "exception": true}}"#,
        );
        assert!(told.contains("GoInput.a"), "{told}");
    }
}
