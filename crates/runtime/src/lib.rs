//! Containers on a node: bundles, sandboxes, cgroups, the life of one container.
