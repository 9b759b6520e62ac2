//! How the checked-in models are laid out: a value stands on one line where it fits, else one
//! entry a line, so that files are small and differences readable.

use std::fmt::Write as _;

use serde_json::Value;

const LINE_MAX_CHARS: usize = 120;

/// The text of a model file.
pub(crate) fn render(value: &Value) -> String {
    let mut out = String::new();
    lay(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// `lead` is how many characters stand before the value on its line.
fn lay(value: &Value, depth: usize, lead: usize, out: &mut String) {
    let flat = value.to_string();
    // Depth 0 and 1 are opened up even when short, so that every file starts alike.
    let fits = lead + flat.chars().count() < LINE_MAX_CHARS && depth > 1;
    match value {
        Value::Object(entries) if !fits && !entries.is_empty() => {
            out.push_str("{\n");
            for (index, (key, value)) in entries.iter().enumerate() {
                let start = out.len();
                let _ = write!(
                    out,
                    "{:indent$}{}: ",
                    "",
                    Value::String(key.clone()),
                    indent = depth + 1
                );
                let lead = out.len() - start;
                lay(value, depth + 1, lead, out);
                out.push_str(if index + 1 < entries.len() {
                    ",\n"
                } else {
                    "\n"
                });
            }
            let _ = write!(out, "{:depth$}}}", "");
        }
        Value::Array(items) if !fits && !items.is_empty() => {
            out.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                let _ = write!(out, "{:indent$}", "", indent = depth + 1);
                lay(item, depth + 1, depth + 1, out);
                out.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            let _ = write!(out, "{:depth$}]", "");
        }
        _ => out.push_str(&flat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stands_on_one_line_and_reads_back() {
        let long: Vec<String> = (0..40).map(|n| format!("VALUE_{n}")).collect();
        let value = serde_json::json!({
            "shapes": {"A": {"type": "string", "max": 3}, "B": {"enum": long}},
        });
        let text = render(&value);
        assert!(
            text.contains("\n  \"A\": {\"max\":3,\"type\":\"string\"},\n"),
            "{text}"
        );
        assert!(text.contains("\n    \"VALUE_39\"\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
