//! `Filters` and lists of ids, as EC2's describe operations have them.

use aws_api::ec2::{Error, Filter};
use aws_core::Common;
use aws_wire::page;

use crate::sentences;

/// The EC2 quota for values of one filter.
const FILTER_VALUES_MAX: usize = 200;

/// What a resource has under the name of a filter.
pub(crate) trait Filtered {
    /// The values under `name`; `None` where the resource has no such filter.
    fn values(&self, name: &str) -> Option<Vec<String>>;
}

/// True where `item` passes every filter: one of each filter's values must match.
pub(crate) fn passes(item: &impl Filtered, filters: &[Filter]) -> Result<bool, Error> {
    for filter in filters {
        let name = filter.name.as_deref().unwrap_or_default();
        let wanted = filter.values.as_deref().unwrap_or_default();
        if wanted.len() > FILTER_VALUES_MAX {
            return Err(Error::undeclared(
                "FilterLimitExceeded",
                400,
                sentences::too_many_filter_values(FILTER_VALUES_MAX),
            ));
        }
        let Some(has) = item.values(name) else {
            return Err(Error::undeclared(
                "InvalidParameterValue",
                400,
                sentences::filter_invalid(name),
            ));
        };
        if !has
            .iter()
            .any(|value| wanted.iter().any(|pattern| matches(pattern, value)))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The items that a describe operation gives: those with the ids asked for, that pass the filters. Of an
/// id that is none's, `not_found` says so by its code and a sentence.
pub(crate) fn select<T: Filtered>(
    items: Vec<T>,
    id_filter: &str,
    ids: Option<&[String]>,
    filters: Option<&[Filter]>,
    not_found: (&'static str, fn(&str) -> String),
) -> Result<Vec<T>, Error> {
    let id_of = |item: &T| {
        item.values(id_filter)
            .and_then(|values| values.into_iter().next())
    };
    if let Some(ids) = ids {
        for id in ids {
            if !items.iter().any(|item| id_of(item).as_ref() == Some(id)) {
                let (code, sentence) = not_found;
                return Err(Error::undeclared(code, 400, sentence(id)));
            }
        }
    }
    let mut selected = Vec::new();
    for item in items {
        let asked = ids
            .is_none_or(|ids| ids.is_empty() || id_of(&item).is_some_and(|id| ids.contains(&id)));
        if asked && passes(&item, filters.unwrap_or_default())? {
            selected.push(item);
        }
    }
    Ok(selected)
}

/// EC2's wildcards: `*` for any characters, `?` for one.
fn matches(pattern: &str, value: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let value: Vec<char> = value.chars().collect();
    let (mut at_pattern, mut at_value) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while at_value < value.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                last_star = Some((at_pattern, at_value));
                at_pattern += 1;
            }
            Some(one) if *one == '?' || value.get(at_value) == Some(one) => {
                at_pattern += 1;
                at_value += 1;
            }
            _ => match last_star {
                Some((star, taken)) => {
                    last_star = Some((star, taken + 1));
                    at_pattern = star + 1;
                    at_value = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(at_pattern..)
        .unwrap_or_default()
        .iter()
        .all(|rest| *rest == '*')
}

/// `DryRun` answers whether the caller may, by an error either way.
pub(crate) fn check_dry_run(dry_run: Option<bool>) -> Result<(), Error> {
    if dry_run == Some(true) {
        return Err(Error::undeclared(
            "DryRunOperation",
            412,
            sentences::DRY_RUN,
        ));
    }
    Ok(())
}

/// One page of a list, from an index that the token holds.
pub(crate) fn paginate<T>(
    items: Vec<T>,
    call: &page::Call,
    max_results: Option<i32>,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Error> {
    const RESULTS_MIN: i32 = 5;
    const RESULTS_MAX: i32 = 1000;
    let size = max_results.unwrap_or(RESULTS_MAX);
    if !(RESULTS_MIN..=RESULTS_MAX).contains(&size) {
        let sentence = sentences::max_results_out_of_range(size, RESULTS_MIN, RESULTS_MAX);
        return Err(Error::from(Common::Validation(sentence)));
    }
    let start: usize = match token {
        None => 0,
        Some(token) => page::decode(call, token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Error::undeclared("InvalidNextToken", 400, sentences::TOKEN_INVALID))?,
    };
    let size = usize::try_from(size).unwrap_or(1);
    let more = items.len() > start.saturating_add(size);
    let next = more.then(|| page::encode(call, (start + size).to_string().as_bytes()));
    Ok((items.into_iter().skip(start).take(size).collect(), next))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards() {
        assert!(matches("us-east-1?", "us-east-1a"));
        assert!(matches("*", ""));
        assert!(matches("a*c*e", "abcde"));
        assert!(!matches("a*c*e", "abcd"));
        assert!(!matches("default", "Default"));
        assert!(!matches("", "x"));
    }
}
