//! Stored records: the first line is the kind, the rest the record. What is read is the same after
//! it was written and read again.

use records::fuzzing::{KINDS, record};

use crate::input::Input;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let kind = input.text_line();
    let bytes = input.rest();
    if KINDS.contains(&kind.as_str()) {
        let _ = record(&kind, bytes);
    } else {
        for kind in KINDS {
            let _ = record(kind, bytes);
        }
    }
}
