//! From the models' names to Rust's.

use std::collections::BTreeSet;

/// The words of a name: split at what is neither letter nor digit, where a capital follows a
/// small letter or digit, and before the last capital of several that a small letter follows.
fn words(name: &str) -> Vec<String> {
    // These capitals are one word, whatever follows them.
    let name = name
        .replace("IPv", "Ipv")
        .replace("ARNs", "Arns")
        .replace("IDs", "Ids");
    let letters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let small_before =
            before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
        let ends_acronym = before.is_some_and(char::is_ascii_uppercase)
            && after.is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (small_before || ends_acronym) {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// `taskDefinitionArn` to `task_definition_arn`; Rust's keywords get what they need.
pub(crate) fn field(name: &str) -> String {
    let name = snake(name);
    match name.as_str() {
        // These four have no raw form.
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        _ if KEYWORDS.contains(&name.as_str()) => format!("r#{name}"),
        _ => name,
    }
}

/// `ClusterNotFoundException` to `cluster_not_found_exception`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_").to_ascii_lowercase()
}

/// `RunTaskRequest` to `RUN_TASK_REQUEST`.
pub(crate) fn constant(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// A structure's or enumeration's name: the model's, made to begin with a capital.
pub(crate) fn type_name(name: &str) -> String {
    let joined: String = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(capitalised)
        .collect();
    joined
}

/// `FARGATE_SPOT` to `FargateSpot`.
pub(crate) fn variant(value: &str) -> String {
    let name: String = words(value)
        .iter()
        .map(|word| capitalised(&word.to_ascii_lowercase()))
        .collect();
    match name.as_str() {
        "" => "Empty".to_owned(),
        // `Unknown` is what values that the model does not list become.
        "Unknown" | "Self" => format!("{name}Value"),
        _ if name.starts_with(|first: char| first.is_ascii_digit()) => format!("V{name}"),
        _ => name,
    }
}

/// `name`, or the first of `name2`, `name3`, ... that is not taken yet; it is then taken.
pub(crate) fn distinct(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    candidate
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case_and_no_keywords() {
        for (name, expected) in [
            ("taskDefinitionArn", "task_definition_arn"),
            ("EC2InstanceId", "ec2_instance_id"),
            ("IPv6CidrBlock", "ipv6_cidr_block"),
            ("repositoryARNs", "repository_arns"),
            ("type", "r#type"),
            ("self", "self_"),
            ("s3Bucket", "s3_bucket"),
            ("com.amazon", "com_amazon"),
        ] {
            assert_eq!(field(name), expected);
        }
    }

    #[test]
    fn variants_are_identifiers_whatever_the_value() {
        for (value, expected) in [
            ("FARGATE_SPOT", "FargateSpot"),
            ("awslogs", "Awslogs"),
            ("us-east-1", "UsEast1"),
            ("x86_64", "X8664"),
            ("OutOfService", "OutOfService"),
            ("UNKNOWN", "UnknownValue"),
            ("", "Empty"),
            ("*", "Empty"),
            ("2.0", "V20"),
            ("self", "SelfValue"),
        ] {
            assert_eq!(variant(value), expected);
        }
    }

    #[test]
    fn names_that_fall_together_are_told_apart() {
        let mut taken = BTreeSet::new();
        assert_eq!(distinct("Cpu".to_owned(), &mut taken), "Cpu");
        assert_eq!(distinct("Cpu".to_owned(), &mut taken), "Cpu2");
        assert_eq!(distinct("Cpu".to_owned(), &mut taken), "Cpu3");
    }
}
