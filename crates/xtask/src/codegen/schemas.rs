//! `schemas.rs`: a static schema for every shape.

use std::fmt::Write as _;

use serde_json::Value;

use super::api::Api;
use super::layout::{HEADER, literal};
use crate::error::Error;
use crate::models::{Member, Shape};

/// The text of the file.
pub(crate) fn file(api: &Api) -> Result<String, Error> {
    let mut body = String::new();
    for (name, shape) in &api.model.shapes {
        let mut built = format!("Schema::new({name:?}, {})", kind(api, name, shape)?);
        if let Some(min) = &shape.min {
            let _ = write!(built, ".min({})", whole(api, name, min)?);
        }
        if let Some(max) = &shape.max {
            let _ = write!(built, ".max({})", whole(api, name, max)?);
        }
        if let Some(pattern) = &shape.pattern {
            let _ = write!(built, ".pattern({})", literal(pattern));
        }
        if shape.sensitive {
            built.push_str(".sensitive()");
        }
        let constant = api.static_name(name)?;
        let _ = writeln!(body, "pub(super) static {constant}: Schema = {built};");
    }
    let mut uses = vec!["Kind", "Schema"];
    for name in ["Member", "TimestampFormat"] {
        if body.contains(&format!("{name}::")) {
            uses.push(name);
        }
    }
    let types = if body.contains("types::") {
        "use super::types;\n\n"
    } else {
        ""
    };
    Ok(format!(
        "//! The schemas of `{}`.\n{HEADER}\nuse aws_schema::{{{}}};\n\n{types}{body}",
        api.service,
        uses.join(", ")
    ))
}

fn kind(api: &Api, name: &str, shape: &Shape) -> Result<String, Error> {
    let inner = |label: &str, member: &Option<Member>| match member {
        Some(found) => member_of(api, label, found, false),
        None => Err(api.problem(format!("{name} has no {label}"))),
    };
    Ok(match shape.kind.as_str() {
        "structure" => {
            let mut members = String::new();
            for (key, member) in &shape.members {
                let required = shape.required.contains(key);
                let _ = write!(members, "{}", member_of(api, key, member, required)?);
                if shape.eventstream && api.shape(&member.shape)?.exception {
                    members.push_str(".exception()");
                }
                members.push(',');
            }
            let kind = if shape.union { "Union" } else { "Structure" };
            format!("Kind::{kind}(&[{members}])")
        }
        "list" => format!("Kind::List(&{})", inner("member", &shape.member)?),
        "map" => format!(
            "Kind::Map(&{}, &{})",
            inner("key", &shape.key)?,
            inner("value", &shape.value)?
        ),
        "string" if !shape.values.is_empty() && !shape.open => {
            format!("Kind::Enum(types::{}::VALUES)", api.type_name(name)?)
        }
        "string" | "character" => "Kind::String".to_owned(),
        "boolean" => "Kind::Boolean".to_owned(),
        "integer" | "short" | "byte" => "Kind::Integer".to_owned(),
        "long" => "Kind::Long".to_owned(),
        "float" => "Kind::Float".to_owned(),
        "double" => "Kind::Double".to_owned(),
        "blob" => "Kind::Blob".to_owned(),
        "timestamp" => match &shape.timestamp_format {
            None => "Kind::Timestamp(None)".to_owned(),
            Some(format) => format!("Kind::Timestamp(Some({}))", timestamp(api, format)?),
        },
        other => return Err(api.problem(format!("{name} is a {other}, which has no schema"))),
    })
}

fn member_of(api: &Api, name: &str, member: &Member, required: bool) -> Result<String, Error> {
    let mut built = format!(
        "Member::new({name:?}, &{})",
        api.static_name(&member.shape)?
    );
    if required {
        built.push_str(".required()");
    }
    if let Some(other) = member.location_name.as_ref().filter(|other| *other != name) {
        let _ = write!(built, ".location({other:?})");
    }
    if let Some(other) = &member.query_name {
        let _ = write!(built, ".query({other:?})");
    }
    // A list or map may be flattened where it is declared or where it is used.
    if member.flattened || api.shape(&member.shape)?.flattened {
        built.push_str(".flattened()");
    }
    if let Some(format) = &member.timestamp_format {
        let _ = write!(built, ".format({})", timestamp(api, format)?);
    }
    if member.idempotency_token {
        built.push_str(".idempotency_token()");
    }
    match member.refused.as_deref() {
        None => {}
        Some([]) => built.push_str(".refused()"),
        Some(unless) => {
            let _ = write!(built, ".refused_unless(&{unless:?})");
        }
    }
    Ok(built)
}

/// The models call the formats so.
fn timestamp(api: &Api, format: &str) -> Result<&'static str, Error> {
    match format {
        "unixTimestamp" => Ok("TimestampFormat::UnixSeconds"),
        "iso8601" => Ok("TimestampFormat::Iso8601"),
        "rfc822" => Ok("TimestampFormat::HttpDate"),
        other => Err(api.problem(format!("timestamp format {other} is unknown"))),
    }
}

/// Limits are whole numbers in the schema; some models write them as `1.0`.
fn whole(api: &Api, name: &str, value: &Value) -> Result<String, Error> {
    let text = value.to_string();
    let text = text.strip_suffix(".0").unwrap_or(&text);
    match text.parse::<i64>() {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(api.problem(format!("{name} has the limit {value}, no whole number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::api::tests::model;
    use super::*;

    #[test]
    fn every_trait_reaches_the_schema() {
        let mut api = Api::new(
            "toy",
            model(
                r#"{"GoInput": {"type": "structure", "required": ["t"], "members": {
                        "t": {"shape": "T", "idempotencyToken": true},
                        "f": {"shape": "Flat", "queryName": "Q"},
                        "u": {"shape": "U"},
                        "w": {"shape": "When", "timestampFormat": "iso8601"}}},
                    "T": {"type": "string", "min": 1, "max": 2.0, "pattern": "^\\d$",
                          "sensitive": true},
                    "Flat": {"type": "list", "flattened": true,
                             "member": {"shape": "T", "locationName": "item"}},
                    "U": {"type": "structure", "union": true, "members": {"t": {"shape": "T"}}},
                    "When": {"type": "timestamp", "timestampFormat": "rfc822"},
                    "Shade": {"type": "string", "enum": ["RED"]},
                    "Tone": {"type": "string", "enum": ["LOW"]},
                    "Lost": {"type": "structure", "exception": true}}"#,
            ),
        )
        .unwrap();
        api.model.shapes.get_mut("Tone").unwrap().open = true;
        let input = api.model.shapes.get_mut("GoInput").unwrap();
        input.members.get_mut("u").unwrap().refused = Some(Vec::new());
        input.members.get_mut("w").unwrap().refused = Some(vec!["A".to_owned(), "B".to_owned()]);
        let text = file(&api).unwrap();
        for expected in [
            r#"Member::new("t", &T).required().idempotency_token()"#,
            r#"Member::new("f", &FLAT).query("Q").flattened()"#,
            r#"Member::new("u", &U).refused()"#,
            r#"Member::new("w", &WHEN).format(TimestampFormat::Iso8601).refused_unless(&["A", "B"])"#,
            r#"Kind::String).min(1).max(2).pattern(r"^\d$").sensitive()"#,
            r#"Kind::List(&Member::new("member", &T).location("item"))"#,
            r#"Schema::new("Shade", Kind::Enum(types::Shade::VALUES))"#,
            r#"Schema::new("Tone", Kind::String)"#,
            "Kind::Union(&[",
            "Kind::Timestamp(Some(TimestampFormat::HttpDate))",
        ] {
            assert!(text.contains(expected), "{expected} is not in {text}");
        }
    }
}
