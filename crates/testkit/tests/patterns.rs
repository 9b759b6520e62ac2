//! Every pattern in the inputs of every service is held against its values.

#[test]
fn every_pattern_of_every_input_is_checked() {
    let unchecked = aws_wire::unchecked_patterns(aws_api::services());
    assert!(
        unchecked.is_empty(),
        "these patterns cannot be compiled; translate them or list them in aws-wire's \
         pattern.rs with the reason: {unchecked:#?}"
    );
}
