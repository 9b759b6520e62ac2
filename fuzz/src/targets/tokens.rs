//! Tokens that clients bring back: of pages, and of places among log events. A token is taken by the
//! call that made it alone, and there is one text for each position.

use std::sync::LazyLock;

use aws_api::{ecs, logs};
use aws_wire::page::{Call, decode, encode};

use crate::input::Input;

static CALLS: LazyLock<[Call; 3]> = LazyLock::new(|| {
    let list = ecs::ListTasksRequest::default();
    let groups = logs::DescribeLogGroupsRequest::default();
    [
        Call::new("ListTasks", &["123456789012", "us-east-1"], &list),
        Call::new("ListTasks", &["123456789012", "us-west-2"], &list),
        Call::new("DescribeLogGroups", &["123456789012", "us-east-1"], &groups),
    ]
});
/// The longest position that becomes a token which is taken back.
const POSITION_MAX_BYTES: usize = 3_000;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let [here, others @ ..] = &*CALLS;
    if input.flag() {
        let position = input.rest();
        let token = encode(here, position);
        if position.len() <= POSITION_MAX_BYTES {
            assert_eq!(decode(here, &token).as_deref(), Ok(position));
        }
        for other in others {
            assert!(decode(other, &token).is_err());
        }
        return;
    }
    let text = String::from_utf8_lossy(input.rest()).into_owned();
    if let Ok(position) = decode(here, &text) {
        assert_eq!(encode(here, &position), text);
    }
    if let Some(digits) = ::logs::fuzzing::position(&text) {
        assert_eq!(digits.trim_start_matches('0'), text.trim_start_matches('0'));
        assert!(digits.len() >= 56);
    }
}
