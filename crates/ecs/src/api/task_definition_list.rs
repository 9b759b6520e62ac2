//! Task definitions and families, page by page. A list walks the families in order and looks at
//! the heads of their revisions, from where the page before ended; no document is decoded, and
//! nothing is sorted.

use aws_api::ecs as model;
use aws_core::Caller;
use records::ecs::{Family, TaskDefinition, TaskDefinitionHead};

use super::{listing, page_size, page_start, page_token, task_definition};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::definition;
use crate::sentences;

/// How many revisions a list looks at for one page. A page that finds fewer than were asked for
/// within that ends there, with a token.
const LOOKED_AT_MAX: usize = 5_000;
/// How many revisions are read from the store at once.
const CHUNK: i32 = 100;

/// Where a page ended: at a revision of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Position {
    family: String,
    revision: i32,
}

impl Position {
    fn parse(text: &str) -> Option<Self> {
        let (family, revision) = text.rsplit_once(':')?;
        Some(Self {
            family: family.to_owned(),
            revision: revision.parse().ok()?,
        })
    }

    fn token(&self) -> String {
        format!("{}:{}", self.family, self.revision)
    }
}

/// The heads of a family's revisions, in order, chunk by chunk.
struct Revisions<'a> {
    ecs: &'a Ecs,
    caller: &'a Caller,
    family: &'a str,
    descending: bool,
    /// The revision that the next chunk begins after.
    after: i32,
}

impl<'a> Revisions<'a> {
    fn new(
        ecs: &'a Ecs,
        caller: &'a Caller,
        family: &'a str,
        latest: i32,
        after: Option<i32>,
        descending: bool,
    ) -> Self {
        let beginning = if descending {
            latest.saturating_add(1)
        } else {
            0
        };
        Self {
            ecs,
            caller,
            family,
            descending,
            after: after.unwrap_or(beginning),
        }
    }

    /// The next heads; none when there are no more.
    fn chunk(&mut self) -> Result<Vec<TaskDefinitionHead>, Failure> {
        let (account, region) = (&self.caller.account, &self.caller.region);
        let prefix = TaskDefinitionHead::family_prefix(account, region, self.family);
        let key = |revision: i32| {
            let key = TaskDefinitionHead::key(account, region, self.family, revision);
            key.bytes().clone()
        };
        let limit = usize::try_from(CHUNK).unwrap_or(1);
        if !self.descending {
            let page = self
                .ecs
                .records
                .list(&prefix, Some(&key(self.after)), limit)?;
            let heads: Vec<_> = page.items.into_iter().map(|one| one.record).collect();
            self.after = heads.last().map_or(self.after, |last| last.revision);
            return Ok(heads);
        }
        // Backwards by windows of numbers, some of which may be deleted.
        while self.after > 1 {
            let below = self.after.saturating_sub(CHUNK + 1).max(0);
            let page = self.ecs.records.list(&prefix, Some(&key(below)), limit)?;
            let mut heads: Vec<_> = page
                .items
                .into_iter()
                .map(|one| one.record)
                .filter(|head| head.revision < self.after)
                .collect();
            self.after = below + 1;
            if !heads.is_empty() {
                heads.reverse();
                return Ok(heads);
            }
        }
        Ok(Vec::new())
    }
}

/// The families that a list goes through, in order, from that of `start` on.
fn families(
    ecs: &Ecs,
    caller: &Caller,
    only: Option<&str>,
    start: Option<&str>,
    descending: bool,
) -> Result<Vec<(String, i32)>, Failure> {
    let (account, region) = (&caller.account, &caller.region);
    if let Some(family) = only {
        let found = ecs.records.get(&Family::key(account, region, family))?;
        return Ok(found
            .map(|stored| (family.to_owned(), stored.record.latest_revision))
            .into_iter()
            .collect());
    }
    // One small record a family, in the order of their names.
    let mut all: Vec<(String, i32)> = ecs
        .records
        .all(&Family::prefix(account, region))?
        .into_iter()
        .map(|stored| {
            let name = records::Key::<Family>::from_bytes(stored.key).last_part();
            (name, stored.record.latest_revision)
        })
        .collect();
    if descending {
        all.reverse();
    }
    all.retain(|(name, _)| {
        start.is_none_or(|start| {
            if descending {
                name.as_str() <= start
            } else {
                name.as_str() >= start
            }
        })
    });
    Ok(all)
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListTaskDefinitionsRequest,
) -> Result<model::ListTaskDefinitionsResponse, Failure> {
    let size = page_size(input.max_results)?;
    let status = input.status.clone();
    let status = status.unwrap_or(model::TaskDefinitionStatus::Active);
    let descending = input.sort == Some(model::SortOrder::Desc);
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?
        .as_deref()
        .and_then(Position::parse);
    // The API calls it a prefix, and means the whole name.
    let only = match input
        .family_prefix
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        Some(family) if definition::is_name(family) => Some(family),
        Some(family) => return Err(invalid(sentences::invalid_name("family", family))),
        None => None,
    };
    let from = start.as_ref().map(|start| start.family.as_str());
    let mut arns = Vec::new();
    let mut looked_at = 0;
    let mut last = None;
    let mut more = false;
    'walk: for (family, latest) in families(ecs, caller, only, from, descending)? {
        let after = start
            .as_ref()
            .filter(|start| start.family == family)
            .map(|start| start.revision);
        let mut revisions = Revisions::new(ecs, caller, &family, latest, after, descending);
        loop {
            let chunk = revisions.chunk()?;
            if chunk.is_empty() {
                break;
            }
            for head in chunk {
                let matches =
                    task_definition::status(head.status, head.delete_requested_at) == status;
                // That there is one more than a page is known by finding it.
                if (matches && arns.len() == size) || looked_at == LOOKED_AT_MAX {
                    more = true;
                    break 'walk;
                }
                looked_at += 1;
                last = Some(Position {
                    family: family.clone(),
                    revision: head.revision,
                });
                if matches {
                    let (account, region) = (&caller.account, &caller.region);
                    let arn = TaskDefinition::arn(account, region, &family, head.revision);
                    arns.push(arn.to_string());
                }
            }
        }
    }
    let next = last
        .filter(|_| more)
        .map(|last| page_token(&listing, &last.token()));
    Ok(model::ListTaskDefinitionsResponse {
        task_definition_arns: Some(arns),
        next_token: next,
    })
}

/// True where the family has an active revision, false where it has others only, `None` where it
/// has none at all. As a rule the newest is active, and one look tells.
fn has_active(
    ecs: &Ecs,
    caller: &Caller,
    family: &str,
    latest: i32,
    looked_at: &mut usize,
) -> Result<Option<bool>, Failure> {
    let mut any = None;
    let mut revisions = Revisions::new(ecs, caller, family, latest, None, true);
    loop {
        let chunk = revisions.chunk()?;
        if chunk.is_empty() {
            return Ok(any);
        }
        for head in chunk {
            *looked_at += 1;
            any = Some(false);
            let status = task_definition::status(head.status, head.delete_requested_at);
            if status == model::TaskDefinitionStatus::Active {
                return Ok(Some(true));
            }
        }
    }
}

pub(crate) async fn list_families(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListTaskDefinitionFamiliesRequest,
) -> Result<model::ListTaskDefinitionFamiliesResponse, Failure> {
    let size = page_size(input.max_results)?;
    let wanted = match &input.status {
        None | Some(model::TaskDefinitionFamilyStatus::All) => None,
        Some(status) => Some(*status == model::TaskDefinitionFamilyStatus::Active),
    };
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let prefix = input.family_prefix.as_deref().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    let mut looked_at = 0;
    let mut last: Option<String> = None;
    let mut more = false;
    for (family, latest) in families(ecs, caller, None, start.as_deref(), false)? {
        if start.as_ref() == Some(&family) || !family.starts_with(prefix) {
            continue;
        }
        if looked_at >= LOOKED_AT_MAX {
            more = true;
            break;
        }
        let matches = has_active(ecs, caller, &family, latest, &mut looked_at)?
            .is_some_and(|active| wanted.is_none_or(|wanted| wanted == active));
        if matches && found.len() == size {
            more = true;
            break;
        }
        if matches {
            found.push(family.clone());
        }
        last = Some(family);
    }
    let next = last
        .filter(|_| more)
        .map(|last| page_token(&listing, &last));
    Ok(model::ListTaskDefinitionFamiliesResponse {
        families: Some(found),
        next_token: next,
    })
}
