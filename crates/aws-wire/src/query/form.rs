//! Parses a form into a tree: `Filter.1.Value.2=x` is a value four names deep.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use aws_schema::ReadError;

use super::read::FormReader;
use crate::NESTING_MAX_LEVELS;

/// How many parameters one request may have. The largest typed input, a PutMetricData of 1000
/// metrics, has fewer; the body's limit in bytes is the gateway's.
pub(crate) const PARAMETERS_MAX: usize = 100_000;

/// How many names one parameter may be deep. A level of the input takes up to three of them
/// (`Names.entry.1`).
const NAMES_MAX: usize = 3 * NESTING_MAX_LEVELS;

/// The two protocols that share the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Aws,
    Ec2,
}

/// A parsed request.
pub(crate) struct Form {
    dialect: Dialect,
    root: Node,
}

/// All parameters under one name.
#[derive(Default)]
pub(super) struct Node {
    /// The value of the parameter that ends here; of several, the last.
    pub(super) value: Option<String>,
    /// What goes on after a dot.
    pub(super) children: BTreeMap<Name, Node>,
}

/// A part between dots. Numbers stand in their own order, before names.
#[derive(PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// The index that a list's item has, counted from 1.
    pub(super) fn index(&self) -> Option<u32> {
        self.0.parse().ok().filter(|_| !self.0.starts_with('+'))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.index(), other.index()) {
            // `1` and `01` are two parameters with one index.
            (Some(a), Some(b)) => a.cmp(&b).then_with(|| self.0.cmp(&other.0)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.0.cmp(&other.0),
        }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Form {
    pub(crate) fn parse(dialect: Dialect, form: &[u8]) -> Result<Self, ReadError> {
        let mut root = Node::default();
        for (count, (key, value)) in form_urlencoded::parse(form).enumerate() {
            if count >= PARAMETERS_MAX {
                return Err(ReadError::new(format!(
                    "the request has more than {PARAMETERS_MAX} parameters"
                )));
            }
            let mut node = &mut root;
            for (depth, name) in key.split('.').enumerate() {
                if depth >= NAMES_MAX {
                    return Err(ReadError::new(format!(
                        "a parameter's name has more than {NAMES_MAX} parts"
                    )));
                }
                node = node.children.entry(Name(name.to_owned())).or_default();
            }
            node.value = Some(value.into_owned());
        }
        Ok(Self { dialect, root })
    }

    pub(crate) fn reader(&self) -> FormReader<'_> {
        FormReader::new(self.dialect, &self.root)
    }
}

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.get(&Name(name.to_owned()))
    }
}
