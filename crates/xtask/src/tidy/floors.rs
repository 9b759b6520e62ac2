//! The floors of the house: which crate stands on which, and what may be built on what.

use super::Finding;
use super::manifest::Dependency;

/// A floor. What stands on it may use the floors that [`Floor::uses`] lists, and of its own
/// floor only what its line in [`CRATES`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    Binary,
    Service,
    Gateway,
    Records,
    Node,
    /// The frames between ECS and a node: both may know them.
    Frames,
    DataPlane,
    State,
    Wire,
    Ambient,
    Workshop,
}

impl Floor {
    fn uses(self) -> &'static [Self] {
        match self {
            Self::Binary => &[
                Self::Service,
                Self::Gateway,
                Self::Records,
                Self::Node,
                Self::Frames,
                Self::DataPlane,
                Self::State,
                Self::Wire,
                Self::Ambient,
            ],
            Self::Service => &[
                Self::Records,
                Self::Frames,
                Self::DataPlane,
                Self::State,
                Self::Wire,
                Self::Ambient,
            ],
            Self::Records => &[Self::State, Self::Wire, Self::Ambient],
            // A node knows nothing of clusters: neither records nor the store.
            Self::Node => &[Self::Frames, Self::Wire, Self::Ambient],
            Self::Gateway | Self::DataPlane => &[Self::Wire, Self::Ambient],
            Self::State | Self::Wire => &[Self::Ambient],
            Self::Frames | Self::Ambient => &[],
            Self::Workshop => &[
                Self::Service,
                Self::Gateway,
                Self::Records,
                Self::Node,
                Self::Frames,
                Self::DataPlane,
                Self::State,
                Self::Wire,
                Self::Ambient,
            ],
        }
    }
}

/// Every crate with its floor, and what it may use of the same floor. Services use none.
const CRATES: &[(&str, Floor, &[&str])] = &[
    ("agent", Floor::Node, &["image", "network", "runtime"]),
    ("agent-wire", Floor::Frames, &[]),
    ("ambient", Floor::Ambient, &[]),
    ("aws-api", Floor::Wire, &["aws-core", "aws-schema"]),
    ("aws-core", Floor::Wire, &["aws-schema"]),
    ("aws-schema", Floor::Wire, &[]),
    ("aws-sign", Floor::Wire, &["aws-core"]),
    ("aws-wire", Floor::Wire, &["aws-schema"]),
    ("ec2", Floor::Service, &[]),
    ("ecr", Floor::Service, &[]),
    ("ecs", Floor::Service, &[]),
    ("gateway", Floor::Gateway, &[]),
    ("iam", Floor::Service, &[]),
    ("image", Floor::Node, &[]),
    ("logs", Floor::Service, &[]),
    ("longshore", Floor::Binary, &[]),
    ("network", Floor::Node, &[]),
    ("records", Floor::Records, &[]),
    ("registry", Floor::DataPlane, &[]),
    ("runtime", Floor::Node, &["shim"]),
    ("shim", Floor::Node, &[]),
    ("sim", Floor::Workshop, &["testkit"]),
    ("store", Floor::State, &[]),
    ("testkit", Floor::Workshop, &[]),
    ("xtask", Floor::Workshop, &[]),
];

/// Whether the crate runs on a node, and so measures time where it happens.
pub(crate) fn is_on_a_node(name: &str) -> bool {
    place(name).is_some_and(|(floor, _)| floor == Floor::Node)
}

/// The dependencies of one crate that point up or sideways.
pub(crate) fn check(name: &str, file: &str, dependencies: &[Dependency]) -> Vec<Finding> {
    let Some((floor, beside)) = place(name) else {
        let rule = format!("`{name}` has no floor: give it one in crates/xtask/src/tidy/floors.rs");
        return vec![Finding::new(file, 1, rule)];
    };
    let mut found = Vec::new();
    for dependency in dependencies {
        // What has no floor is not ours.
        let Some((other, _)) = place(&dependency.name) else {
            continue;
        };
        // Tests may use the workshop, whatever floor they are on.
        let allowed = floor.uses().contains(&other)
            || beside.contains(&dependency.name.as_str())
            || (dependency.dev && other == Floor::Workshop);
        if !allowed {
            let rule = format!(
                "`{name}` ({floor:?}) may not depend on `{}` ({other:?})",
                dependency.name
            );
            found.push(Finding::new(file, dependency.line, rule));
        }
    }
    found
}

fn place(name: &str) -> Option<(Floor, &'static [&'static str])> {
    CRATES
        .iter()
        .find(|(listed, ..)| *listed == name)
        .map(|(_, floor, beside)| (*floor, *beside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(name: &str, dev: bool) -> Vec<Dependency> {
        vec![Dependency {
            name: name.to_owned(),
            line: 7,
            dev,
        }]
    }

    #[test]
    fn services_do_not_use_each_other() {
        let found = check("ecs", "crates/ecs/Cargo.toml", &on("logs", false));
        assert_eq!(found.len(), 1);
        let told = found[0].to_string();
        assert!(told.starts_with("crates/ecs/Cargo.toml:7: "), "{told}");
        assert!(
            told.contains("`ecs` (Service) may not depend on `logs`"),
            "{told}"
        );
        // Not even in tests.
        assert_eq!(check("ecs", "f", &on("logs", true)).len(), 1);
    }

    #[test]
    fn arrows_point_down_only() {
        assert!(check("ecs", "f", &on("records", false)).is_empty());
        assert_eq!(check("records", "f", &on("ecs", false)).len(), 1);
        assert_eq!(check("agent", "f", &on("records", false)).len(), 1);
        assert_eq!(check("image", "f", &on("agent", false)).len(), 1);
        assert!(check("agent", "f", &on("image", false)).is_empty());
        assert_eq!(check("aws-schema", "f", &on("aws-core", false)).len(), 1);
    }

    #[test]
    fn only_tests_use_the_workshop() {
        assert_eq!(check("ecs", "f", &on("testkit", false)).len(), 1);
        assert!(check("ecs", "f", &on("testkit", true)).is_empty());
    }

    #[test]
    fn a_new_crate_must_be_given_a_floor_and_others_crates_need_none() {
        assert_eq!(check("novelty", "f", &[]).len(), 1);
        assert!(check("ecs", "f", &on("tokio", false)).is_empty());
    }
}
