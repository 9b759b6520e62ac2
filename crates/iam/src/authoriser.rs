//! Who may do what, for the two first principals.

use aws_core::{Arn, Authoriser, Decision, Principal};

/// What an agent does on its own behalf; as in AWS's managed policy
/// AmazonEC2ContainerServiceforEC2Role, without what ours does not do.
const INSTANCE_ACTIONS: [&str; 12] = [
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sts:GetCallerIdentity",
];

/// Root may all; a node may do what an agent does, on its own ARNs.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstPrincipals;

impl Authoriser for FirstPrincipals {
    fn authorise(&self, principal: &Principal, action: &str, resource: Option<&Arn>) -> Decision {
        let allowed = match principal {
            Principal::Root { account } => in_account(account.as_str(), resource),
            Principal::Instance {
                account,
                instance_id,
            } => {
                INSTANCE_ACTIONS.contains(&action)
                    && in_account(account.as_str(), resource)
                    && resource.is_none_or(|arn| {
                        // Another node's name is the one thing that is not its own; the tasks
                        // that it may report on are checked against where they were placed.
                        !arn.resource.starts_with("container-instance/")
                            || arn.resource.rsplit('/').next() == Some(instance_id)
                    })
            }
        };
        if allowed {
            Decision::Allow
        } else {
            Decision::Deny
        }
    }
}

fn in_account(account: &str, resource: Option<&Arn>) -> bool {
    resource.is_none_or(|arn| arn.account == account)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "arn:aws:ecs:us-east-1:123456789012:container-instance/longshore-fargate/n1";

    fn decide(principal: &Principal, action: &str, resource: Option<&str>) -> Decision {
        let arn: Option<Arn> = resource.map(|text| text.parse().unwrap());
        FirstPrincipals.authorise(principal, action, arn.as_ref())
    }

    #[test]
    fn root_may_all_in_its_own_account() {
        let root = Principal::Root {
            account: "123456789012".parse().unwrap(),
        };
        assert_eq!(decide(&root, "ecs:RunTask", None), Decision::Allow);
        assert_eq!(
            decide(&root, "ecs:RegisterContainerInstance", Some(OWN)),
            Decision::Allow
        );
        let foreign = "arn:aws:ecs:us-east-1:210987654321:cluster/default";
        assert_eq!(
            decide(&root, "ecs:DeleteCluster", Some(foreign)),
            Decision::Deny
        );
    }

    #[test]
    fn a_node_may_act_as_an_agent_for_itself_only() {
        let account = "123456789012".parse().unwrap();
        let node = Principal::Instance {
            account,
            instance_id: "n1".into(),
        };
        assert_eq!(
            decide(&node, "ecs:RegisterContainerInstance", Some(OWN)),
            Decision::Allow
        );
        assert_eq!(decide(&node, "ecs:RunTask", None), Decision::Deny);
        assert_eq!(decide(&node, "ecr:CreateRepository", None), Decision::Deny);
        let other = OWN.replace("n1", "n2");
        assert_eq!(decide(&node, "ecs:Poll", Some(&other)), Decision::Deny);
    }
}
