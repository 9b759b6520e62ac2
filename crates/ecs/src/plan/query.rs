//! The cluster query language (Amazon ECS Developer Guide, "Cluster query language"): which container
//! instances an expression is true of.
//!
//! Subjects are `attribute:NAME`, `agentVersion`, `ec2InstanceId`, `runningTasksCount` and
//! `task:group`; `registeredAt` is none yet. Operators are `==` (`equals`), `!=` (`not_equals`), `>`,
//! `>=`, `<`, `<=` and their names, `exists`, `!exists` (`not_exists`), `in`, `!in` (`not_in`), `=~`
//! (`matches`) and `!~` (`not_matches`); expressions are joined with `and`, `or`, `not`, `&&`, `||`,
//! `!` and parentheses.

use std::borrow::Cow;

use super::instances::Instance;
use crate::sentences;

/// The AWS quota for an expression, in characters.
pub const EXPRESSION_MAX_CHARS: usize = 2000;
/// How deep parentheses and `not` may be nested, so that no expression uses up the stack.
const DEPTH_MAX: usize = 32;

/// An expression that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Both.
    And(Box<Self>, Box<Self>),
    /// At least one.
    Or(Box<Self>, Box<Self>),
    /// Not so.
    Not(Box<Self>),
    /// One comparison.
    Test(Subject, Operator),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `attribute:NAME`.
    Attribute(String),
    /// `agentVersion`.
    AgentVersion,
    /// `ec2InstanceId`.
    Ec2InstanceId,
    /// `runningTasksCount`.
    RunningTasksCount,
    /// `task:group`.
    TaskGroup,
}

/// How it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It is there.
    Exists,
    /// It is that.
    Equals(String),
    /// It is one of those.
    In(Vec<String>),
    /// It matches a pattern in which `*` stands for anything and `.` for itself.
    Matches(String),
    /// It is greater.
    Greater(String),
    /// It is less.
    Less(String),
}

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Something else was expected.
    #[error("{}", sentences::expression_invalid(found, expected))]
    Syntax {
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// It is too long or too deep.
    #[error("{}", sentences::expression_too_large(EXPRESSION_MAX_CHARS, DEPTH_MAX))]
    TooLarge,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.chars().count() > EXPRESSION_MAX_CHARS {
            return Err(QueryError::TooLarge);
        }
        let tokens = tokens(text);
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
        };
        let query = parser.any(0)?;
        if parser.at < tokens.len() {
            return Err(parser.unexpected("the end"));
        }
        Ok(query)
    }

    /// True where the expression is true of the instance.
    #[must_use]
    pub fn matches(&self, instance: &Instance<'_>) -> bool {
        match self {
            Self::And(a, b) => a.matches(instance) && b.matches(instance),
            Self::Or(a, b) => a.matches(instance) || b.matches(instance),
            Self::Not(a) => !a.matches(instance),
            Self::Test(subject, operator) => subject
                .values(instance)
                .iter()
                .any(|value| operator.is_true_of(value)),
        }
    }
}

impl Subject {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "agentVersion" => Self::AgentVersion,
            "ec2InstanceId" => Self::Ec2InstanceId,
            "runningTasksCount" => Self::RunningTasksCount,
            "task:group" => Self::TaskGroup,
            other => Self::Attribute(other.strip_prefix("attribute:")?.to_owned()),
        })
    }

    /// What an instance has of it; nothing where it does not have it.
    fn values<'a>(&self, instance: &'a Instance<'_>) -> Vec<Cow<'a, str>> {
        let facts = &instance.facts;
        match self {
            Self::Attribute(name) => instance
                .attributes
                .get(name)
                .map(|value| value.as_deref().unwrap_or_default().into())
                .into_iter()
                .collect(),
            Self::AgentVersion => facts.agent_version.map(Cow::from).into_iter().collect(),
            Self::Ec2InstanceId => facts.ec2_instance_id.map(Cow::from).into_iter().collect(),
            Self::RunningTasksCount => vec![facts.running_tasks.to_string().into()],
            Self::TaskGroup => instance
                .groups
                .iter()
                .filter(|(_, tasks)| **tasks > 0)
                .map(|(group, _)| group.as_str().into())
                .collect(),
        }
    }
}

impl Operator {
    fn is_true_of(&self, value: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::Equals(other) => value == other,
            Self::In(others) => others.iter().any(|other| other == value),
            Self::Matches(pattern) => matches_pattern(value, pattern),
            Self::Greater(other) => compare(value, other).is_gt(),
            Self::Less(other) => compare(value, other).is_lt(),
        }
    }
}

/// Versions and numbers by their parts, everything else as text.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    let parts = |text: &str| -> Option<Vec<u64>> {
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// `*` stands for anything; `.*`, as regular expressions have it, for the same.
fn matches_pattern(value: &str, pattern: &str) -> bool {
    let pattern = pattern.replace(".*", "*");
    let mut rest = value;
    let mut parts = pattern.split('*').peekable();
    if let Some(first) = parts.next() {
        let Some(after) = rest.strip_prefix(first) else {
            return false;
        };
        rest = after;
        if parts.peek().is_none() {
            return rest.is_empty();
        }
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    true
}

const SIGNS: [&str; 15] = [
    "==", "!=", ">=", "<=", "=~", "!~", "&&", "||", "(", ")", "[", "]", ",", ">", "<",
];

/// Words and signs. `!` stands alone, but for `!=` and `!~`.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            sign.len()
        } else if first == '!' {
            1
        } else if first == '"' || first == '\'' {
            // A quoted word, with its quotes.
            rest.char_indices()
                .skip(1)
                .find(|(_, letter)| *letter == first)
                .map_or(rest.len(), |(at, _)| at + 1)
        } else {
            rest.find(|letter: char| letter.is_whitespace() || "=!<>&|()[],".contains(letter))
                .unwrap_or(rest.len())
                .max(first.len_utf8())
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token.to_owned());
        rest = after.trim_start();
    }
    tokens
}

struct Parser<'a> {
    tokens: &'a [String],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn skip(&mut self, wanted: &[&str]) -> bool {
        let found = self.peek().is_some_and(|token| wanted.contains(&token));
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &'static str) -> QueryError {
        QueryError::Syntax {
            found: self.peek().unwrap_or("the end").to_owned(),
            expected,
        }
    }

    fn any(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut query = self.all(depth)?;
        while self.skip(&["or", "||"]) {
            query = Query::Or(Box::new(query), Box::new(self.all(depth)?));
        }
        Ok(query)
    }

    fn all(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut query = self.one(depth)?;
        while self.skip(&["and", "&&"]) {
            query = Query::And(Box::new(query), Box::new(self.one(depth)?));
        }
        Ok(query)
    }

    fn one(&mut self, depth: usize) -> Result<Query, QueryError> {
        if depth >= DEPTH_MAX {
            return Err(QueryError::TooLarge);
        }
        if self.skip(&["not", "!"]) {
            return Ok(Query::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.skip(&["("]) {
            let query = self.any(depth + 1)?;
            return if self.skip(&[")"]) {
                Ok(query)
            } else {
                Err(self.unexpected("')'"))
            };
        }
        let subject = self
            .peek()
            .and_then(Subject::parse)
            .ok_or_else(|| self.unexpected("a subject"))?;
        self.at += 1;
        self.comparison(subject)
    }

    fn comparison(&mut self, subject: Subject) -> Result<Query, QueryError> {
        // `!exists` and `!in` are two tokens.
        let negated = self.skip(&["!"]);
        let sign = self
            .peek()
            .ok_or_else(|| self.unexpected("an operator"))?
            .to_owned();
        let (operator, not): (fn(String) -> Operator, bool) = match sign.as_str() {
            "exists" | "not_exists" => {
                self.at += 1;
                let test = Query::Test(subject, Operator::Exists);
                return Ok(negate(test, negated || sign == "not_exists"));
            }
            "in" | "not_in" => {
                self.at += 1;
                let test = Query::Test(subject, Operator::In(self.list()?));
                return Ok(negate(test, negated || sign == "not_in"));
            }
            "==" | "equals" => (Operator::Equals, false),
            "!=" | "not_equals" => (Operator::Equals, true),
            "=~" | "matches" => (Operator::Matches, false),
            "!~" | "not_matches" => (Operator::Matches, true),
            ">" | "greater_than" => (Operator::Greater, false),
            "<=" | "less_than_equal" => (Operator::Greater, true),
            "<" | "less_than" => (Operator::Less, false),
            ">=" | "greater_than_equal" => (Operator::Less, true),
            _ => return Err(self.unexpected("an operator")),
        };
        if negated {
            return Err(self.unexpected("'exists' or 'in'"));
        }
        self.at += 1;
        let test = Query::Test(subject.clone(), operator(self.word()?));
        if matches!(
            sign.as_str(),
            "<=" | "less_than_equal" | ">=" | "greater_than_equal"
        ) {
            // What is not there is neither less nor greater.
            let there = Query::Test(subject, Operator::Exists);
            return Ok(Query::And(Box::new(there), Box::new(negate(test, true))));
        }
        Ok(negate(test, not))
    }

    fn list(&mut self) -> Result<Vec<String>, QueryError> {
        let closing = if self.skip(&["["]) {
            "]"
        } else if self.skip(&["("]) {
            ")"
        } else {
            return Err(self.unexpected("'['"));
        };
        let mut words = vec![self.word()?];
        while self.skip(&[","]) {
            words.push(self.word()?);
        }
        if self.skip(&[closing]) {
            Ok(words)
        } else {
            Err(self.unexpected("']'"))
        }
    }

    fn word(&mut self) -> Result<String, QueryError> {
        let word = self
            .peek()
            .filter(|word| !SIGNS.contains(word) && *word != "!")
            .ok_or_else(|| self.unexpected("a value"))?
            .trim_matches(['"', '\''])
            .to_owned();
        self.at += 1;
        Ok(word)
    }
}

fn negate(query: Query, negated: bool) -> Query {
    if negated {
        Query::Not(Box::new(query))
    } else {
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::instances::Facts;
    use proptest::prelude::*;

    fn instance() -> Instance<'static> {
        Instance {
            attributes: Cow::Owned(
                [
                    ("ecs.instance-type".to_owned(), Some("t2.small".to_owned())),
                    (
                        "ecs.availability-zone".to_owned(),
                        Some("us-east-1a".to_owned()),
                    ),
                    ("ssd".to_owned(), None),
                ]
                .into(),
            ),
            groups: [("service:production".to_owned(), 2)].into(),
            facts: Facts {
                agent_version: Some("1.10.2"),
                ec2_instance_id: Some("i-1"),
                running_tasks: 2,
            },
            ..Instance::default()
        }
    }

    #[test]
    fn expressions_of_the_guide() {
        for (text, expected) in [
            ("attribute:ecs.instance-type == t2.small", true),
            ("attribute:ecs.instance-type equals t2.micro", false),
            ("attribute:ecs.instance-type =~ t2.*", true),
            ("attribute:ecs.instance-type =~ g2.*", false),
            ("attribute:ecs.instance-type matches *.small", true),
            (
                "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]",
                true,
            ),
            ("attribute:ecs.availability-zone !in [us-east-1a]", false),
            ("attribute:ecs.availability-zone not_in (us-east-1b)", true),
            (
                "attribute:ecs.instance-type =~ t2.* and attribute:ecs.availability-zone != us-east-1d",
                true,
            ),
            ("attribute:ssd exists", true),
            ("attribute:stack !exists", true),
            ("attribute:stack not_exists && attribute:ssd exists", true),
            ("not(task:group == service:production)", false),
            ("task:group == service:production", true),
            ("not(attribute:stack == prod) or attribute:x exists", true),
            ("agentVersion > 1.9.9", true),
            ("agentVersion >= 1.10.2", true),
            ("agentVersion < 1.10.2", false),
            ("agentVersion <= 1.10.2", true),
            ("runningTasksCount < 3", true),
            ("runningTasksCount == 2", true),
            ("ec2InstanceId in ['i-1','i-2']", true),
            ("attribute:none <= 5", false),
            (
                "(attribute:ssd exists || attribute:none exists) && !(runningTasksCount > 5)",
                true,
            ),
        ] {
            let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(query.matches(&instance()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for text in [
            "",
            "attribute:x",
            "foo == 1",
            "registeredAt > 2020-01-01",
            "attribute:x ==",
            "attribute:x in",
            "attribute:x in []",
            "attribute:x in [a",
            "(attribute:x exists",
            "attribute:x exists attribute:y exists",
            "attribute:x ! == 5",
            "attribute:x ~ 5",
        ] {
            assert!(
                matches!(Query::parse(text), Err(QueryError::Syntax { .. })),
                "{text}"
            );
        }
        let deep = format!("{}attribute:x exists", "!".repeat(DEPTH_MAX + 1));
        assert_eq!(Query::parse(&deep), Err(QueryError::TooLarge));
        assert_eq!(Query::parse(&"x".repeat(2001)), Err(QueryError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "[ -~é]{0,80}") {
            if let Ok(query) = Query::parse(&text) {
                let _ = query.matches(&instance());
            }
        }

        #[test]
        fn words_of_the_language_in_any_order(words in proptest::collection::vec(
            proptest::sample::select(vec!["attribute:a", "==", "!", "in", "[", "]", "(", ")", "and", "or", "not", "x", ",", "exists"]),
            0..12,
        )) {
            if let Ok(query) = Query::parse(&words.join(" ")) {
                let _ = query.matches(&instance());
            }
        }
    }
}
