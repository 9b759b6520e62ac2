//! `types.rs`: a structure or enumeration for every shape that is more than a simple value.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::api::Api;
use super::layout::{HEADER, fill, literal};
use super::names;
use crate::error::Error;
use crate::models::Shape;

/// The text of the file.
pub(crate) fn file(api: &Api) -> Result<String, Error> {
    let mut body = String::new();
    for (name, shape) in &api.model.shapes {
        if shape.kind == "structure" {
            structure(api, name, shape, &mut body)?;
        } else if !shape.values.is_empty() {
            enumeration(api, name, shape, &mut body)?;
        }
    }
    let mut out = format!(
        "//! The structures and enumerations of `{}`.\n{HEADER}\n\
         #![allow(missing_docs, reason = \"the words of the models' documentation are not taken\")]\n\n",
        api.service
    );
    if body.contains("BTreeMap<") {
        out.push_str("use std::collections::BTreeMap;\n\n");
    }
    let uses: Vec<&str> = ["Blob", "Timestamp"]
        .into_iter()
        .filter(|name| {
            ["<", ", "]
                .iter()
                .any(|lead| body.contains(&format!("{lead}{name}>")))
        })
        .collect();
    if !uses.is_empty() {
        let _ = writeln!(out, "use aws_schema::{{{}}};\n", uses.join(", "));
    }
    out.push_str(&body);
    Ok(out)
}

fn structure(api: &Api, name: &str, shape: &Shape, out: &mut String) -> Result<(), Error> {
    let rust = api.type_name(name)?;
    let fields = api.fields(shape);
    let _ = writeln!(
        out,
        "#[derive(Clone, Default, PartialEq)]\npub struct {rust} {{"
    );
    for (field, _, member) in &fields {
        let _ = writeln!(
            out,
            "pub {field}: Option<{}>,",
            rust_type(api, &member.shape)?
        );
    }
    out.push_str("}\n");
    let indexed: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(index, (field, ..))| format!("{index} {field}"))
        .collect();
    let constant = api.static_name(name)?;
    let one_line = format!("structure!({rust}, {constant}, [{}]);", indexed.join(", "));
    if one_line.len() <= 100 {
        let _ = writeln!(out, "{one_line}\n");
    } else {
        let _ = writeln!(
            out,
            "structure!({rust}, {constant}, [{}]);\n",
            fill(&indexed)
        );
    }
    Ok(())
}

fn enumeration(api: &Api, name: &str, shape: &Shape, out: &mut String) -> Result<(), Error> {
    let mut taken = BTreeSet::new();
    let values: BTreeSet<&String> = shape.values.iter().collect();
    if values.len() != shape.values.len() {
        return Err(api.problem(format!("{name} lists a value twice")));
    }
    let variants: Vec<String> = shape
        .values
        .iter()
        .map(|value| {
            let variant = names::distinct(names::variant(value), &mut taken);
            format!("{variant} = {}", literal(value))
        })
        .collect();
    let rust = api.type_name(name)?;
    let _ = writeln!(out, "enumeration!({rust} {{{}}});\n", fill(&variants));
    Ok(())
}

/// The Rust type of a shape's values.
fn rust_type(api: &Api, name: &str) -> Result<String, Error> {
    let shape = api.shape(name)?;
    let inner = |member: &Option<crate::models::Member>| match member {
        Some(member) => rust_type(api, &member.shape),
        None => Err(api.problem(format!("{name} does not say what it holds"))),
    };
    Ok(match shape.kind.as_str() {
        "structure" => api.type_name(name)?.to_owned(),
        "string" if !shape.values.is_empty() => api.type_name(name)?.to_owned(),
        "string" | "character" => "String".to_owned(),
        "boolean" => "bool".to_owned(),
        "integer" | "short" | "byte" => "i32".to_owned(),
        "long" => "i64".to_owned(),
        "float" => "f32".to_owned(),
        "double" => "f64".to_owned(),
        "timestamp" => "Timestamp".to_owned(),
        "blob" => "Blob".to_owned(),
        "list" => format!("Vec<{}>", inner(&shape.member)?),
        "map" => format!("BTreeMap<String, {}>", inner(&shape.value)?),
        other => return Err(api.problem(format!("{name} is a {other}, which has no Rust type"))),
    })
}

#[cfg(test)]
mod tests {
    use super::super::api::tests::{SHAPES, model};
    use super::*;

    #[test]
    fn keywords_and_names_of_the_standard_library_do_no_harm() {
        let api = Api::new("toy", model(SHAPES)).unwrap();
        let text = file(&api).unwrap();
        assert!(text.contains("pub r#type: Option<String>"), "{text}");
        assert!(text.contains("pub struct OptionShape {"), "{text}");
        assert!(
            text.contains("pub options: Option<Vec<OptionShape>>"),
            "{text}"
        );
        assert!(
            text.contains("structure!(GoInput, GO_INPUT, [0 options, 1 r#type]);"),
            "{text}"
        );
    }

    #[test]
    fn values_that_fall_together_become_two_variants() {
        let api = Api::new(
            "toy",
            model(
                r#"{"GoInput": {"type": "structure", "members": {"m": {"shape": "Mode"}}},
                    "Mode": {"type": "string", "enum": ["a-b", "a.b", "UNKNOWN"]},
                    "Lost": {"type": "structure", "exception": true}}"#,
            ),
        )
        .unwrap();
        let text = file(&api).unwrap();
        assert!(
            text.contains(r#"AB = "a-b", AB2 = "a.b", UnknownValue = "UNKNOWN","#),
            "{text}"
        );
    }
}
