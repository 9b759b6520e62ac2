//! What the fuzz targets need of this crate beyond what everybody sees; there with the cfg
//! `fuzzing` alone.

use crate::encoding::{decode, encode};
use crate::{Record, ec2, ecr, ecs, iam, logs};

fn round_trip<R: Record + PartialEq>(bytes: &[u8]) -> bool {
    let Ok(record) = decode::<R>(b"fuzzed", bytes) else {
        return false;
    };
    let written = encode(b"fuzzed", &record).expect("what was read can be written");
    let again: R = decode(b"fuzzed", &written).expect("what was written can be read");
    assert!(again == record, "a record is read differently than written");
    true
}

macro_rules! kinds {
    ($($name:literal => $type:ty,)*) => {
        /// The kinds of records.
        pub const KINDS: &[&str] = &[$($name),*];

        /// Reads a record of a kind, and where that goes well, writes and reads it again.
        ///
        /// # Panics
        /// Where it is not the same then.
        #[must_use]
        pub fn record(kind: &str, bytes: &[u8]) -> bool {
            match kind {
                $($name => round_trip::<$type>(bytes),)*
                _ => false,
            }
        }
    };
}

kinds! {
    "ec2-address-lease" => ec2::AddressLease,
    "ec2-network-interface" => ec2::NetworkInterface,
    "ec2-security-group" => ec2::SecurityGroup,
    "ec2-subnet" => ec2::Subnet,
    "ec2-vpc" => ec2::Vpc,
    "ecr-blob-link" => ecr::BlobLink,
    "ecr-image-count" => ecr::ImageCount,
    "ecr-image-tag" => ecr::ImageTag,
    "ecr-image" => ecr::Image,
    "ecr-referrer" => ecr::Referrer,
    "ecr-registry-name" => ecr::RegistryName,
    "ecr-repository" => ecr::Repository,
    "ecs-account-setting" => ecs::AccountSetting,
    "ecs-client-token" => ecs::ClientToken,
    "ecs-cluster" => ecs::Cluster,
    "ecs-family" => ecs::Family,
    "ecs-node" => ecs::Node,
    "ecs-task-definition" => ecs::TaskDefinition,
    "ecs-task" => ecs::Task,
    "iam-instance-key" => iam::InstanceKey,
    "iam-role" => iam::Role,
    "iam-server-secret" => iam::ServerSecret,
    "logs-group" => logs::LogGroup,
    "logs-removal-group" => logs::LogRemoval,
    "logs-stream" => logs::LogStream,
}
