//! What each service calls the errors that are common to all.

use aws_core::Common;
use aws_schema::{Protocol, ServiceSchema};
use aws_sign::Code;

/// One service's names for the errors that any operation may answer with.
pub(crate) struct Vocabulary {
    pub(crate) access_denied: Code,
    pub(crate) validation: Code,
    pub(crate) not_supported: Code,
    /// Of a principal that asks too often, and of a server that has too much to do.
    pub(crate) throttling: Code,
    pub(crate) internal: Code,
    /// The body cannot be read.
    pub(crate) malformed: Code,
    pub(crate) unknown_operation: Code,
    pub(crate) missing_operation: Code,
    pub(crate) too_large: Code,
    pub(crate) too_slow: Code,
}

const fn code(name: &'static str, status: u16) -> Code {
    Code { name, status }
}

/// JSON and CBOR. `UnknownOperationException` with 400: aws/aws-sdk-js#425,
/// aws/aws-sdk-net#1536. `UnsupportedOperationException` is our choice, with 400, which no SDK
/// retries; 501 says it better, but the JavaScript SDK retries every status from 500 on. The rest:
/// AWS's pages "Common Errors".
const JSON: Vocabulary = Vocabulary {
    access_denied: code("AccessDeniedException", 400),
    validation: code("ValidationException", 400),
    not_supported: code("UnsupportedOperationException", 400),
    throttling: code("ThrottlingException", 400),
    internal: code("InternalFailure", 500),
    malformed: code("SerializationException", 400),
    unknown_operation: code("UnknownOperationException", 400),
    missing_operation: code("UnknownOperationException", 400),
    too_large: code("RequestEntityTooLargeException", 413),
    too_slow: code("RequestTimeoutException", 408),
};

/// Its model has `InvalidParameterException` and `ServerException`; so has ECR's.
static ECS_AND_ECR: Vocabulary = Vocabulary {
    validation: code("InvalidParameterException", 400),
    internal: code("ServerException", 500),
    ..JSON
};

/// fluent-plugins-nursery/fluent-plugin-cloudwatch-logs#223: violations of the model are
/// `InvalidParameterException`.
static LOGS: Vocabulary = Vocabulary {
    validation: code("InvalidParameterException", 400),
    ..JSON
};

static OTHER_JSON: Vocabulary = JSON;

/// Query. "Common Errors" of the IAM and STS references; `InvalidAction` with its sentence:
/// django-ses/django-ses#158.
const QUERY: Vocabulary = Vocabulary {
    access_denied: code("AccessDenied", 403),
    validation: code("ValidationError", 400),
    not_supported: code("UnsupportedOperation", 400),
    throttling: code("Throttling", 400),
    internal: code("InternalFailure", 500),
    malformed: code("MalformedInput", 400),
    unknown_operation: code("InvalidAction", 400),
    missing_operation: code("MissingAction", 400),
    too_large: code("RequestEntityTooLarge", 413),
    too_slow: code("RequestTimeout", 408),
};

static OTHER_QUERY: Vocabulary = QUERY;

/// "Error codes for the Amazon EC2 API".
static EC2: Vocabulary = Vocabulary {
    access_denied: code("UnauthorizedOperation", 403),
    validation: code("InvalidParameterValue", 400),
    throttling: code("RequestLimitExceeded", 503),
    internal: code("InternalError", 500),
    malformed: code("InvalidParameterValue", 400),
    ..QUERY
};

impl Vocabulary {
    /// The words of a service in a protocol.
    pub(crate) fn of(service: &ServiceSchema, protocol: Protocol) -> &'static Self {
        match (service.signing_name, protocol) {
            (_, Protocol::Ec2Query) => &EC2,
            (_, Protocol::AwsQuery) => &OTHER_QUERY,
            ("ecs" | "ecr", _) => &ECS_AND_ECR,
            ("logs", _) => &LOGS,
            _ => &OTHER_JSON,
        }
    }

    /// The word for a common error.
    pub(crate) fn common(&self, error: &Common) -> Code {
        match error {
            Common::AccessDenied(_) => self.access_denied,
            Common::Validation(_) => self.validation,
            Common::NotSupported(_) => self.not_supported,
            Common::Throttling(_) => self.throttling,
            Common::Internal(_) => self.internal,
        }
    }
}

/// Stands for a service that is not served, so that its refusal has a shape.
pub(crate) static UNKNOWN_SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "unknown",
    service_id: "Unknown",
    api_version: "",
    target_prefix: None,
    xml_namespace: None,
    protocols: &[],
    query_compatible: false,
    operations: &[],
    unsupported: &[],
};

/// The prefix of a service's IAM actions, which is not always its signing name ("Actions,
/// resources, and condition keys for AWS services").
pub(crate) fn action_prefix(service: &ServiceSchema) -> &'static str {
    match service.signing_name {
        "monitoring" => "cloudwatch",
        name => name,
    }
}

/// Whether a service is one for all regions, whose clients sign for us-east-1 wherever they are
/// ("AWS service endpoints": IAM, and the global endpoint of STS).
pub(crate) fn is_global(service: &ServiceSchema) -> bool {
    matches!(service.signing_name, "iam" | "sts")
}

/// The region that global services are signed for.
pub(crate) const GLOBAL_REGION: &str = "us-east-1";
