use crate::{Member, Schema, Timestamp};

/// Takes the parts of a value in order. A codec implements this once for its format.
///
/// Calls nest: `begin_structure (member value)* end_structure`,
/// `begin_list value* end_list`, `begin_map (key value)* end_map`. Absent members are not
/// mentioned. Each value call carries the schema of that value.
pub trait Writer {
    /// Opens a structure or union.
    fn begin_structure(&mut self, schema: &'static Schema);
    /// The next value is this member's.
    fn member(&mut self, member: &'static Member);
    /// Closes it.
    fn end_structure(&mut self, schema: &'static Schema);
    /// Opens a list of `len` items.
    fn begin_list(&mut self, schema: &'static Schema, len: usize);
    /// Closes it.
    fn end_list(&mut self, schema: &'static Schema);
    /// Opens a map of `len` entries.
    fn begin_map(&mut self, schema: &'static Schema, len: usize);
    /// The next value belongs to this key.
    fn key(&mut self, key: &str);
    /// Closes it.
    fn end_map(&mut self, schema: &'static Schema);
    /// A string or enumeration value.
    fn string(&mut self, schema: &'static Schema, value: &str);
    /// A boolean.
    fn boolean(&mut self, schema: &'static Schema, value: bool);
    /// An integer of either width.
    fn integer(&mut self, schema: &'static Schema, value: i64);
    /// A floating-point number of either width.
    fn float(&mut self, schema: &'static Schema, value: f64);
    /// A moment.
    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp);
    /// Bytes.
    fn blob(&mut self, schema: &'static Schema, value: &[u8]);
}
