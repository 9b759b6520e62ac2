//! Constant schemas put together piece by piece: what generated code and tests are written in.

use crate::{Constraints, Kind, Member, Schema, Support, TimestampFormat};

impl Schema {
    /// A shape without constraints that is no secret.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            constraints: Constraints::NONE,
            sensitive: false,
        }
    }

    /// With a least length or value.
    #[must_use]
    pub const fn min(mut self, min: i64) -> Self {
        self.constraints.min = Some(min);
        self
    }

    /// With a greatest length or value.
    #[must_use]
    pub const fn max(mut self, max: i64) -> Self {
        self.constraints.max = Some(max);
        self
    }

    /// With a pattern, in the models' own dialect.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.constraints.pattern = Some(pattern);
        self
    }

    /// A secret.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
}

impl Member {
    /// An optional member of that name and no other.
    #[must_use]
    pub const fn new(name: &'static str, target: &'static Schema) -> Self {
        Self {
            name,
            location_name: None,
            query_name: None,
            target,
            required: false,
            flattened: false,
            timestamp_format: None,
            idempotency_token: false,
            exception: false,
            support: Support::Supported,
        }
    }

    /// Refused when it is missing.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// With another name in Query requests and XML (`locationName`).
    #[must_use]
    pub const fn location(mut self, name: &'static str) -> Self {
        self.location_name = Some(name);
        self
    }

    /// With another name in ec2Query requests (`queryName`).
    #[must_use]
    pub const fn query(mut self, name: &'static str) -> Self {
        self.query_name = Some(name);
        self
    }

    /// A list or map without an enclosing element.
    #[must_use]
    pub const fn flattened(mut self) -> Self {
        self.flattened = true;
        self
    }

    /// A timestamp in a format of its own.
    #[must_use]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.timestamp_format = Some(format);
        self
    }

    /// A token that the client fills in when the caller gave none.
    #[must_use]
    pub const fn idempotency_token(mut self) -> Self {
        self.idempotency_token = true;
        self
    }

    /// An event of a stream that tells of an error.
    #[must_use]
    pub const fn exception(mut self) -> Self {
        self.exception = true;
        self
    }

    /// Without effect yet, and so refused in an input that asks for something by it.
    #[must_use]
    pub const fn refused(self) -> Self {
        self.refused_unless(&[])
    }

    /// As [`Member::refused`], but for texts that ask for nothing.
    #[must_use]
    pub const fn refused_unless(mut self, texts: &'static [&'static str]) -> Self {
        self.support = Support::Refused { unless: texts };
        self
    }
}
