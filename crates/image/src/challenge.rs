//! What a registry says it wants for an answer: `WWW-Authenticate`.

/// One `WWW-Authenticate` value (RFC 9110 section 11.6.1); registries send one challenge each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut parameters = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', ',', '\t']);
            if rest.is_empty() {
                break;
            }
            let (name, after) = rest.split_once('=')?;
            let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
                unquote(quoted)?
            } else {
                let end = after.find(',').unwrap_or(after.len());
                let (value, after) = after.split_at_checked(end)?;
                (value.trim().to_owned(), after)
            };
            parameters.push((name.trim().to_ascii_lowercase(), value));
            rest = after;
        }
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            parameters,
        })
    }

    pub(crate) fn is(&self, scheme: &str) -> bool {
        self.scheme == scheme
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(value)
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let parse = |text| {
            let challenge = Challenge::parse(text)?;
            let parameters: Vec<String> = challenge
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            Some(format!("{} {}", challenge.scheme, parameters.join(";")))
        };
        assert_eq!(
            parse(r#"Bearer realm="http://h/t?a=b,c",service="s \"x\"",Scope=pull , x="""#)
                .as_deref(),
            Some(r#"bearer realm=http://h/t?a=b,c;service=s "x";scope=pull;x="#)
        );
        assert_eq!(parse("Basic").as_deref(), Some("basic "));
        assert_eq!(
            parse(r#"Basic realm="https://host/",service="ecr.amazonaws.com""#).as_deref(),
            Some("basic realm=https://host/;service=ecr.amazonaws.com")
        );
        for text in [
            r#"Bearer realm="open"#,
            "Bearer realm",
            r#"Bearer realm="a\"#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
