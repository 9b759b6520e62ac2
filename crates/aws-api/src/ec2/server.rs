//! What an implementation of `ec2` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult,
    DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult,
    DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult, DescribeSubnetsRequest,
    DescribeSubnetsResult, DescribeVpcsRequest, DescribeVpcsResult,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Ec2: Send + Sync + 'static {
    /// `DescribeAvailabilityZones`.
    fn describe_availability_zones(
        &self,
        caller: &Caller,
        input: DescribeAvailabilityZonesRequest,
    ) -> impl Future<Output = Result<DescribeAvailabilityZonesResult, Error>> + Send;

    /// `DescribeNetworkInterfaces`.
    fn describe_network_interfaces(
        &self,
        caller: &Caller,
        input: DescribeNetworkInterfacesRequest,
    ) -> impl Future<Output = Result<DescribeNetworkInterfacesResult, Error>> + Send;

    /// `DescribeSecurityGroups`.
    fn describe_security_groups(
        &self,
        caller: &Caller,
        input: DescribeSecurityGroupsRequest,
    ) -> impl Future<Output = Result<DescribeSecurityGroupsResult, Error>> + Send;

    /// `DescribeSubnets`.
    fn describe_subnets(
        &self,
        caller: &Caller,
        input: DescribeSubnetsRequest,
    ) -> impl Future<Output = Result<DescribeSubnetsResult, Error>> + Send;

    /// `DescribeVpcs`.
    fn describe_vpcs(
        &self,
        caller: &Caller,
        input: DescribeVpcsRequest,
    ) -> impl Future<Output = Result<DescribeVpcsResult, Error>> + Send;
}

server!(Ec2 {
    "DescribeAvailabilityZones" => describe_availability_zones,
    "DescribeNetworkInterfaces" => describe_network_interfaces,
    "DescribeSecurityGroups" => describe_security_groups,
    "DescribeSubnets" => describe_subnets,
    "DescribeVpcs" => describe_vpcs,
});

shape_reader! {
    "DescribeAvailabilityZonesRequest" => DescribeAvailabilityZonesRequest,
    "DescribeAvailabilityZonesResult" => DescribeAvailabilityZonesResult,
    "DescribeNetworkInterfacesRequest" => DescribeNetworkInterfacesRequest,
    "DescribeNetworkInterfacesResult" => DescribeNetworkInterfacesResult,
    "DescribeSecurityGroupsRequest" => DescribeSecurityGroupsRequest,
    "DescribeSecurityGroupsResult" => DescribeSecurityGroupsResult,
    "DescribeSubnetsRequest" => DescribeSubnetsRequest,
    "DescribeSubnetsResult" => DescribeSubnetsResult,
    "DescribeVpcsRequest" => DescribeVpcsRequest,
    "DescribeVpcsResult" => DescribeVpcsResult,
}
