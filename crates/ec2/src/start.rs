//! The network that every region begins with.

use ambient::Random;
use aws_core::{AccountId, Region};
use records::ec2::{Cidr, SecurityGroup, Subnet, Vpc, default_network};
use records::{Committed, RecordError, Records};
use thiserror::Error;

/// Why a region could not be given a network.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// There are more regions than blocks of private addresses.
    #[error(
        "region {0} cannot have a default VPC: there are 16 blocks for 16 regions at most; serve fewer"
    )]
    TooManyRegions(Region),
}

/// Gives each region its default VPC, subnets and security group where it has none.
///
/// A region keeps the network that it was first given, whatever its place in later start-up
/// lists; a new region gets the next block that no other has.
///
/// # Errors
/// When the store fails, or there are too many regions.
pub async fn ensure_default_networks(
    records: &Records,
    account: &AccountId,
    regions: &[Region],
    random: &dyn Random,
) -> Result<(), StartError> {
    let mut taken: Vec<Cidr> = Vec::new();
    let all = records.all(&records::Prefix::<Vpc>::new(&[
        "ec2",
        "vpc",
        account.as_str(),
    ]))?;
    taken.extend(all.iter().map(|stored| stored.record.cidr));
    for region in regions {
        let existing = records.all(&Vpc::prefix(account, region))?;
        if existing.iter().any(|stored| stored.record.is_default) {
            continue;
        }
        let network = (0..)
            .map_while(|index| default_network(region, index, random))
            .find(|network| !taken.contains(&network.vpc.cidr))
            .ok_or_else(|| StartError::TooManyRegions(region.clone()))?;
        let mut transaction = records.transaction();
        transaction.create(&Vpc::key(account, region, &network.vpc.id), &network.vpc)?;
        for subnet in &network.subnets {
            transaction.create(&Subnet::key(account, region, &subnet.id), subnet)?;
        }
        let group = &network.security_group;
        transaction.create(&SecurityGroup::key(account, region, &group.id), group)?;
        if transaction.commit().await? == Committed::Conflict {
            return Err(RecordError::Contended {
                key: format!("the default VPC of {region}"),
            }
            .into());
        }
        taken.push(network.vpc.cidr);
    }
    Ok(())
}
