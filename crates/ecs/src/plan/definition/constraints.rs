//! Where a task of the definition may be placed, beside what its request says.

use aws_api::ecs::{TaskDefinitionPlacementConstraint, TaskDefinitionPlacementConstraintType};

use crate::error::{Failure, client};
use crate::plan::instances::CONSTRAINTS_MAX;
use crate::plan::query::Query;
use crate::sentences;

/// The constraints, checked. Each is an expression of the cluster query language; what no instance
/// satisfies is no error here.
pub(super) fn normalise(
    constraints: &[TaskDefinitionPlacementConstraint],
) -> Result<Vec<TaskDefinitionPlacementConstraint>, Failure> {
    if constraints.len() > CONSTRAINTS_MAX {
        return Err(client(sentences::too_many_constraints(CONSTRAINTS_MAX)));
    }
    for constraint in constraints {
        match &constraint.r#type {
            Some(TaskDefinitionPlacementConstraintType::MemberOf) => {}
            other => {
                let kind = other.as_ref().map_or("", |kind| kind.as_str());
                return Err(client(sentences::constraint_type_not_supported(kind)));
            }
        }
        Query::parse(constraint.expression.as_deref().unwrap_or_default())
            .map_err(|error| client(error.to_string()))?;
    }
    Ok(constraints.to_vec())
}
