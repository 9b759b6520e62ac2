//! What a request says of its own signature; nothing of it is proved yet.

use std::time::Duration;

use ambient::Timestamp;
use http::HeaderMap;
use http::header::{AUTHORIZATION, DATE};
use percent_encoding::percent_decode_str;

use crate::canonical::SIGNATURE_PARAMETER;
use crate::{ALGORITHM, PRESIGNED_MAX_SECONDS, Reason, Secret, TERMINATOR, time};

/// How many headers a signature may cover; SDKs sign about ten.
const SIGNED_HEADERS_MAX: usize = 64;

/// Where and when a signature holds: `20150830/us-east-1/iam/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The day in UTC, for instance `20150830`.
    pub date: String,
    /// The region, for instance `us-east-1`.
    pub region: String,
    /// The service's signing name, for instance `ecs`.
    pub service: String,
}

/// What a request says of its own signature.
#[derive(Clone)]
pub struct Claim {
    /// The id of the access key, for instance `AKIAIOSFODNN7EXAMPLE`.
    pub access_key_id: String,
    /// Where and when it holds.
    pub scope: Scope,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// How long it holds, where the request is presigned and says so.
    pub expires: Option<Duration>,
    /// True where the signature stands in the query.
    pub presigned: bool,
    pub(crate) signed_headers: Vec<String>,
    pub(crate) signature: String,
    pub(crate) session_token: Option<Secret>,
}

impl Claim {
    /// Reads the claim from a request's head: its raw query and its headers.
    ///
    /// # Errors
    /// [`Reason::Missing`] when nothing is signed, [`Reason::Incomplete`] when the claim cannot
    /// be read, and the scope's own reasons when it contradicts itself.
    pub fn read(query: Option<&str>, headers: &HeaderMap) -> Result<Self, Reason> {
        let parameters = Parameters::read(query.unwrap_or_default())?;
        match (headers.contains_key(AUTHORIZATION), parameters.any()) {
            (false, false) => Err(Reason::Missing),
            (true, false) => from_header(headers),
            (false, true) => from_query(parameters),
            (true, true) => Err(incomplete(
                "The request is signed twice, in its Authorization header and in its query; only \
                 one of them may be there.",
            )),
        }
    }
}

fn incomplete(text: impl Into<String>) -> Reason {
    Reason::Incomplete(text.into())
}

/// The one value of a header, as text.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Reason> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| incomplete(format!("The header '{name}' is not plain ASCII.")))?;
    if values.next().is_some() {
        return Err(incomplete(format!("The header '{name}' is there twice.")));
    }
    Ok(Some(text.trim()))
}

fn from_header(headers: &HeaderMap) -> Result<Claim, Reason> {
    let authorization = single(headers, AUTHORIZATION.as_str())?.unwrap_or_default();
    let date = match single(headers, "x-amz-date")? {
        Some(text) => time::parse_basic(text),
        None => match single(headers, DATE.as_str())? {
            Some(text) => time::parse_date_header(text),
            None => None,
        },
    };
    let (algorithm, rest) = authorization
        .split_once(char::is_whitespace)
        .unwrap_or((authorization, ""));
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    if algorithm == ALGORITHM {
        for part in rest.split([',', ' ']).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(incomplete(format!(
                    "'{part}' not a valid key=value pair (missing equal-sign) in Authorization \
                     header."
                )));
            };
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(incomplete(format!(
                    "Authorization header has '{name}' twice."
                )));
            }
        }
    }
    // AWS lists all that is lacking in one message. It also repeats the header there; we do not,
    // because it may hold a password.
    let (Some(credential), Some(signed_headers), Some(signature), Some(signed_at)) = (
        credential.filter(|text| !text.is_empty()),
        signed_headers,
        signature.filter(|text| !text.is_empty()),
        date,
    ) else {
        let lacking = [
            (
                credential.is_none_or(str::is_empty),
                "Authorization header requires 'Credential' parameter.",
            ),
            (
                signature.is_none_or(str::is_empty),
                "Authorization header requires 'Signature' parameter.",
            ),
            (
                signed_headers.is_none(),
                "Authorization header requires 'SignedHeaders' parameter.",
            ),
            (
                date.is_none(),
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                 header.",
            ),
        ];
        let texts: Vec<&str> = lacking
            .into_iter()
            .filter_map(|(lacks, text)| lacks.then_some(text))
            .collect();
        return Err(incomplete(texts.join(" ")));
    };
    let (access_key_id, scope) = read_credential(credential, signed_at)?;
    Ok(Claim {
        access_key_id,
        scope,
        signed_at,
        expires: None,
        presigned: false,
        signed_headers: read_signed_headers(signed_headers)?,
        signature: signature.to_owned(),
        session_token: single(headers, "x-amz-security-token")?
            .map(|token| Secret::new(token.to_owned())),
    })
}

fn from_query(parameters: Parameters) -> Result<Claim, Reason> {
    let require = |name: &str, value: Option<String>| {
        value.filter(|value| !value.is_empty()).ok_or_else(|| {
            incomplete(format!(
                "AWS query-string parameters must include '{name}'. Re-examine the query-string \
                 parameters."
            ))
        })
    };
    let algorithm = require("X-Amz-Algorithm", parameters.algorithm)?;
    if algorithm != ALGORITHM {
        return Err(incomplete(format!(
            "X-Amz-Algorithm only supports \"{ALGORITHM}\"."
        )));
    }
    let credential = require("X-Amz-Credential", parameters.credential)?;
    let signature = require(SIGNATURE_PARAMETER, parameters.signature)?;
    let signed_headers = require("X-Amz-SignedHeaders", parameters.signed_headers)?;
    let date = require("X-Amz-Date", parameters.date)?;
    let signed_at = time::parse_basic(&date).ok_or_else(|| {
        incomplete("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    })?;
    let expires = match parameters.expires {
        None => None,
        Some(text) => {
            let seconds = text
                .parse::<u64>()
                .map_err(|_| incomplete("X-Amz-Expires should be a number of seconds"))?;
            if seconds > PRESIGNED_MAX_SECONDS {
                return Err(incomplete(format!(
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given \
                     X-Amz-Expires must be less than {PRESIGNED_MAX_SECONDS} seconds"
                )));
            }
            Some(Duration::from_secs(seconds))
        }
    };
    let (access_key_id, scope) = read_credential(&credential, signed_at)?;
    Ok(Claim {
        access_key_id,
        scope,
        signed_at,
        expires,
        presigned: true,
        signed_headers: read_signed_headers(&signed_headers)?,
        signature,
        session_token: parameters.session_token.map(Secret::new),
    })
}

/// Reads `AKID/20150830/us-east-1/iam/aws4_request`. Access key ids hold no slash.
fn read_credential(text: &str, signed_at: Timestamp) -> Result<(String, Scope), Reason> {
    let parts: Vec<&str> = text.split('/').collect();
    let [access_key_id, date, region, service, terminator] = parts.as_slice() else {
        return Err(incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term.",
        ));
    };
    if *terminator != TERMINATOR {
        return Err(Reason::Terminator((*terminator).to_owned()));
    }
    let request = time::basic(signed_at);
    if request.get(..8) != Some(date) {
        return Err(Reason::Date {
            scope: (*date).to_owned(),
            request: request.get(..8).unwrap_or_default().to_owned(),
            date: request,
        });
    }
    let scope = Scope {
        date: (*date).to_owned(),
        region: (*region).to_owned(),
        service: (*service).to_owned(),
    };
    Ok(((*access_key_id).to_owned(), scope))
}

fn read_signed_headers(text: &str) -> Result<Vec<String>, Reason> {
    let names: Vec<String> = text
        .split(';')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if names.len() > SIGNED_HEADERS_MAX {
        return Err(incomplete(format!(
            "More than {SIGNED_HEADERS_MAX} signed headers."
        )));
    }
    Ok(names)
}

/// The parameters of a presigned request.
#[derive(Default)]
struct Parameters {
    algorithm: Option<String>,
    credential: Option<String>,
    date: Option<String>,
    expires: Option<String>,
    signed_headers: Option<String>,
    signature: Option<String>,
    session_token: Option<String>,
}

impl Parameters {
    fn read(query: &str) -> Result<Self, Reason> {
        let mut found = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "X-Amz-Algorithm" => &mut found.algorithm,
                "X-Amz-Credential" => &mut found.credential,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Security-Token" => &mut found.session_token,
                SIGNATURE_PARAMETER => &mut found.signature,
                _ => continue,
            };
            let value = percent_decode_str(value)
                .decode_utf8()
                .map_err(|_| incomplete(format!("The query parameter '{name}' is not UTF-8.")))?;
            if place.replace(value.into_owned()).is_some() {
                return Err(incomplete(format!(
                    "The query parameter '{name}' is there twice."
                )));
            }
        }
        Ok(found)
    }

    /// Whether the query means to be signed.
    fn any(&self) -> bool {
        self.algorithm.is_some() || self.credential.is_some() || self.signature.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn text(result: Result<Claim, Reason>) -> String {
        match result {
            Ok(_) => "accepted".to_owned(),
            Err(reason) => reason.to_string(),
        }
    }

    const GOOD: &str = "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/ecs/aws4_request, \
                        SignedHeaders=host;x-amz-date, Signature=ff";

    #[test]
    fn a_whole_header_is_read() {
        let claim = Claim::read(
            None,
            &headers(&[
                ("authorization", GOOD),
                ("x-amz-date", "20150830T123600Z"),
                ("x-amz-security-token", "token"),
            ]),
        )
        .ok()
        .unwrap();
        assert_eq!(claim.access_key_id, "AKID");
        assert_eq!(claim.scope.region, "us-east-1");
        assert_eq!(claim.scope.service, "ecs");
        assert_eq!(claim.signed_headers, ["host", "x-amz-date"]);
        assert!(claim.session_token.is_some());
        assert!(!claim.presigned);
    }

    #[test]
    fn the_date_header_serves_where_there_is_no_other() {
        let claim = Claim::read(
            None,
            &headers(&[
                ("authorization", GOOD),
                ("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
            ]),
        );
        assert_eq!(text(claim), "accepted");
    }

    #[test]
    fn what_lacks_is_named() {
        let date = ("x-amz-date", "20150830T123600Z");
        assert_eq!(
            Claim::read(None, &headers(&[date])).err(),
            Some(Reason::Missing)
        );
        assert_eq!(
            text(Claim::read(
                None,
                &headers(&[("authorization", "Basic cm9vdDpwYXNz")])
            )),
            "Authorization header requires 'Credential' parameter. Authorization header requires \
             'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. \
             Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        );
        assert_eq!(
            text(Claim::read(
                None,
                &headers(&[
                    (
                        "authorization",
                        "AWS4-HMAC-SHA256 Credential= AKID/20150830/us-east-1/ecs/aws4_request, \
                         SignedHeaders=host, Signature=ff"
                    ),
                    date
                ])
            )),
            "'AKID/20150830/us-east-1/ecs/aws4_request' not a valid key=value pair (missing \
             equal-sign) in Authorization header."
        );
        let with = |credential: &str| {
            let value = format!(
                "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=ff"
            );
            Claim::read(None, &headers(&[("authorization", &value), date])).err()
        };
        assert!(matches!(with("AKID/20150830"), Some(Reason::Incomplete(_))));
        assert_eq!(
            with("AKID/20150830/us-east-1/ecs/aws5_request"),
            Some(Reason::Terminator("aws5_request".to_owned()))
        );
        assert!(matches!(
            with("AKID/20150829/us-east-1/ecs/aws4_request"),
            Some(Reason::Date { .. })
        ));
        assert_eq!(with("AKID/20150830/us-east-1/ecs/aws4_request"), None);
    }

    #[test]
    fn presigned_queries_are_held_to_their_limits() {
        let query = |expires: &str| {
            format!(
                "Action=X&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2F\
                 us-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires={expires}\
                 &X-Amz-SignedHeaders=host&X-Amz-Signature=ff"
            )
        };
        let none = HeaderMap::new();
        let claim = Claim::read(Some(&query("604800")), &none).ok().unwrap();
        assert!(claim.presigned);
        assert_eq!(claim.expires, Some(Duration::from_secs(604_800)));
        for expires in ["604801", "-1", "soon"] {
            let reason = Claim::read(Some(&query(expires)), &none).err();
            assert!(matches!(reason, Some(Reason::Incomplete(_))), "{expires}");
        }
        let twice = format!("{}&X-Amz-Date=20150830T123600Z", query("60"));
        assert!(Claim::read(Some(&twice), &none).is_err());
        let both = headers(&[("authorization", GOOD), ("x-amz-date", "20150830T123600Z")]);
        assert!(Claim::read(Some(&query("60")), &both).is_err());
        assert_eq!(
            Claim::read(Some("Action=X"), &none).err(),
            Some(Reason::Missing)
        );
    }
}
