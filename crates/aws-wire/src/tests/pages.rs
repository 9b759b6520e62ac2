//! Pagination tokens hold for one call.

use aws_schema::{Kind, ReadError, Reader, Schema, Structure, Value, Writer, write_member};
use proptest::prelude::*;

use super::shapes::{member, shape, structure};
use crate::page::{Call, InvalidToken, decode, encode};

static TEXT: Schema = shape("Text", Kind::String);
static SMALL: Schema = shape("Small", Kind::Integer);
static LIST_TASKS: Schema = shape(
    "ListTasksRequest",
    Kind::Structure(&[
        member("cluster", &TEXT),
        member("nextToken", &TEXT),
        member("maxResults", &SMALL),
    ]),
);
structure!(ListTasks, LIST_TASKS {
    0 cluster: String,
    1 next_token: String,
    2 max_results: i32,
});

fn input(cluster: &str, next_token: Option<&str>, max_results: Option<i32>) -> ListTasks {
    ListTasks {
        cluster: Some(cluster.into()),
        next_token: next_token.map(Into::into),
        max_results,
    }
}

#[test]
fn a_token_goes_on_in_the_call_that_made_it() {
    let scope = ["123456789012", "us-east-1"];
    let call = Call::new("ListTasks", &scope, &input("a", None, Some(1)));
    let token = encode(&call, b"task/7");
    assert!(
        token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{token}"
    );
    // The next page is asked for with the token, and perhaps with another size.
    let next = Call::new("ListTasks", &scope, &input("a", Some(&token), Some(50)));
    assert_eq!(decode(&next, &token), Ok(b"task/7".to_vec()));

    for other in [
        Call::new("ListTasks", &scope, &input("b", None, None)),
        Call::new("ListClusters", &scope, &input("a", None, None)),
        Call::new(
            "ListTasks",
            &["123456789012", "eu-west-1"],
            &input("a", None, None),
        ),
        Call::new(
            "ListTasks",
            &["123456789012us-east-1"],
            &input("a", None, None),
        ),
    ] {
        assert_eq!(decode(&other, &token), Err(InvalidToken));
    }
}

proptest! {
    #[test]
    fn any_position_comes_back(position in prop::collection::vec(any::<u8>(), 0..100)) {
        let call = Call::new("ListTasks", &[], &input("a", None, None));
        prop_assert_eq!(decode(&call, &encode(&call, &position)), Ok(position));
    }

    #[test]
    fn any_text_is_refused(token in any::<String>()) {
        let call = Call::new("ListTasks", &[], &input("a", None, None));
        prop_assert_eq!(decode(&call, &token), Err(InvalidToken));
    }
}

#[test]
fn a_long_token_is_refused() {
    let call = Call::new("ListTasks", &[], &input("a", None, None));
    assert_eq!(
        decode(&call, &encode(&call, &[0; 10_000])),
        Err(InvalidToken)
    );
}
