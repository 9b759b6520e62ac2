//! Which operation a request names, by each protocol's own sign. The gateway decides which of
//! the signs counts; a name that comes out of here is not yet known to exist.

/// A GET or POST form may be long; the two names stand at its start in all known clients, but
/// nothing says that they must, so all of it is looked at up to this many parameters.
const PARAMETERS_LOOKED_AT_MAX: usize = 10_000;

/// The target prefix and the operation of an `X-Amz-Target` header (awsJson 1.0 and 1.1):
/// `AmazonEC2ContainerServiceV20141113.RunTask`.
#[must_use]
pub fn target(header: &str) -> Option<(&str, &str)> {
    let (prefix, operation) = header.rsplit_once('.')?;
    (!prefix.is_empty() && is_name(operation)).then_some((prefix, operation))
}

/// The service and the operation in a path of smithy-rpc-v2:
/// `/service/GraniteServiceVersion20100801/operation/PutMetricData`, under any prefix.
#[must_use]
pub fn rpc_path(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplit('/');
    let (Some(operation), Some("operation"), Some(service), Some("service")) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    (is_name(operation) && is_name(service)).then_some((service, operation))
}

/// True where the `smithy-protocol` header names the one protocol of that family spoken here.
#[must_use]
pub fn is_rpc_v2_cbor(smithy_protocol_header: &str) -> bool {
    smithy_protocol_header == "rpc-v2-cbor"
}

/// The `Action` and the `Version` of a form (awsQuery and ec2Query).
#[must_use]
pub fn action(form: &[u8]) -> Option<(String, Option<String>)> {
    let (mut action, mut version) = (None, None);
    for (key, value) in form_urlencoded::parse(form).take(PARAMETERS_LOOKED_AT_MAX) {
        match &*key {
            "Action" if action.is_none() => action = Some(value.into_owned()),
            "Version" if version.is_none() => version = Some(value.into_owned()),
            _ => {}
        }
        if action.is_some() && version.is_some() {
            break;
        }
    }
    action
        .filter(|name| is_name(name))
        .map(|name| (name, version))
}

/// Names of services and operations are identifiers in every model.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_gives_the_operation() {
        assert_eq!(
            target("Logs_20140328.PutLogEvents"),
            Some(("Logs_20140328", "PutLogEvents"))
        );
        assert_eq!(
            rpc_path("/service/GraniteServiceVersion20100801/operation/ListMetrics"),
            Some(("GraniteServiceVersion20100801", "ListMetrics"))
        );
        assert_eq!(
            action(b"Version=2011-06-15&Action=GetCallerIdentity"),
            Some(("GetCallerIdentity".into(), Some("2011-06-15".into())))
        );
        assert_eq!(action(b"Action=X"), Some(("X".into(), None)));
        assert!(is_rpc_v2_cbor("rpc-v2-cbor"));
    }

    #[test]
    fn what_is_no_sign_gives_nothing() {
        for header in ["", ".", "RunTask", ".RunTask", "A.", "A.B C"] {
            assert_eq!(target(header), None, "{header}");
        }
        for path in [
            "/",
            "/service/A/operation/",
            "/service/A/B",
            "/operation/B",
            "/x/A/operation/B",
        ] {
            assert_eq!(rpc_path(path), None, "{path}");
        }
        assert_eq!(action(b"Version=2011-06-15"), None);
        assert_eq!(action(b"Action="), None);
        assert_eq!(action(b""), None);
        assert!(!is_rpc_v2_cbor("rpc-v2-json"));
    }
}
