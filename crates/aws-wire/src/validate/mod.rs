//! Holds an input against its model, in one walk, and in a second one words what it finds as AWS does.
//!
//! The sentences are those that AWS's services answer with, as users' reports quote them:
//! "1 validation error detected: Value null at 'taskDefinition' failed to satisfy constraint:
//! Member must not be null". Items of a list stand in the path as `.1.member`, entries of a map
//! as `.key.member`. Scalars in lists and maps are reported once, at the list or map, with all
//! constraints of the scalar ("Member must satisfy constraint: [...]", "Map keys must ...",
//! "Map value must ..."). A sensitive value is never quoted: "Value at 'path' failed ...".
//! The sentence for unions is ours.

mod rule;
mod walk;

use std::fmt;

use aws_schema::Shape;

use self::walk::Walk;

/// How many violations are worded; the rest are not looked for.
pub const VIOLATIONS_REPORTED_MAX: usize = 10;

/// What an input violates; its `Display` is the message for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// One sentence each, in the order of the walk; never empty, and at most
    /// [`VIOLATIONS_REPORTED_MAX`].
    pub sentences: Vec<String>,
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.sentences.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} validation error{plural} detected: ")?;
        f.write_str(&self.sentences.join("; "))
    }
}

impl std::error::Error for Violations {}

/// Checks required members, lengths, ranges, enumerations, patterns and unions.
///
/// # Errors
/// [`Violations`], when there is any.
pub fn validate(input: &dyn Shape) -> Result<(), Violations> {
    let mut walk = Walk::default();
    input.write(&mut walk);
    if !walk.has_found_any() {
        return Ok(());
    }
    let mut walk = Walk::in_words();
    input.write(&mut walk);
    Err(Violations {
        sentences: walk.into_sentences(),
    })
}
