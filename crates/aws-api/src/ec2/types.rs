//! The structures and enumerations of `ec2`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use aws_schema::Timestamp;

#[derive(Clone, Default, PartialEq)]
pub struct AttachmentEnaSrdSpecification {
    pub ena_srd_enabled: Option<bool>,
    pub ena_srd_udp_specification: Option<AttachmentEnaSrdUdpSpecification>,
}
structure!(AttachmentEnaSrdSpecification, ATTACHMENT_ENA_SRD_SPECIFICATION, [
    0 ena_srd_enabled, 1 ena_srd_udp_specification,
]);

#[derive(Clone, Default, PartialEq)]
pub struct AttachmentEnaSrdUdpSpecification {
    pub ena_srd_udp_enabled: Option<bool>,
}
structure!(AttachmentEnaSrdUdpSpecification, ATTACHMENT_ENA_SRD_UDP_SPECIFICATION, [
    0 ena_srd_udp_enabled,
]);

enumeration!(AttachmentStatus {
    Attaching = "attaching", Attached = "attached", Detaching = "detaching", Detached = "detached",
});

#[derive(Clone, Default, PartialEq)]
pub struct AvailabilityZone {
    pub geography: Option<Vec<AvailabilityZoneGeography>>,
    pub group_long_name: Option<String>,
    pub group_name: Option<String>,
    pub messages: Option<Vec<AvailabilityZoneMessage>>,
    pub network_border_group: Option<String>,
    pub opt_in_status: Option<AvailabilityZoneOptInStatus>,
    pub parent_zone_id: Option<String>,
    pub parent_zone_name: Option<String>,
    pub region_name: Option<String>,
    pub state: Option<AvailabilityZoneState>,
    pub sub_geography: Option<Vec<AvailabilityZoneSubGeography>>,
    pub zone_id: Option<String>,
    pub zone_name: Option<String>,
    pub zone_type: Option<String>,
}
structure!(AvailabilityZone, AVAILABILITY_ZONE, [
    0 geography, 1 group_long_name, 2 group_name, 3 messages, 4 network_border_group,
    5 opt_in_status, 6 parent_zone_id, 7 parent_zone_name, 8 region_name, 9 state,
    10 sub_geography, 11 zone_id, 12 zone_name, 13 zone_type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct AvailabilityZoneGeography {
    pub name: Option<String>,
}
structure!(AvailabilityZoneGeography, AVAILABILITY_ZONE_GEOGRAPHY, [0 name]);

#[derive(Clone, Default, PartialEq)]
pub struct AvailabilityZoneMessage {
    pub message: Option<String>,
}
structure!(AvailabilityZoneMessage, AVAILABILITY_ZONE_MESSAGE, [0 message]);

enumeration!(AvailabilityZoneOptInStatus {
    OptInNotRequired = "opt-in-not-required", OptedIn = "opted-in", NotOptedIn = "not-opted-in",
});

enumeration!(AvailabilityZoneState {
    Available = "available", Information = "information", Impaired = "impaired",
    Unavailable = "unavailable", Constrained = "constrained",
});

#[derive(Clone, Default, PartialEq)]
pub struct AvailabilityZoneSubGeography {
    pub name: Option<String>,
}
structure!(AvailabilityZoneSubGeography, AVAILABILITY_ZONE_SUB_GEOGRAPHY, [0 name]);

enumeration!(BlockPublicAccessMode {
    Off = "off", BlockBidirectional = "block-bidirectional", BlockIngress = "block-ingress",
});

#[derive(Clone, Default, PartialEq)]
pub struct BlockPublicAccessStates {
    pub internet_gateway_block_mode: Option<BlockPublicAccessMode>,
}
structure!(BlockPublicAccessStates, BLOCK_PUBLIC_ACCESS_STATES, [0 internet_gateway_block_mode]);

#[derive(Clone, Default, PartialEq)]
pub struct ConnectionTrackingConfiguration {
    pub tcp_established_timeout: Option<i32>,
    pub udp_stream_timeout: Option<i32>,
    pub udp_timeout: Option<i32>,
}
structure!(ConnectionTrackingConfiguration, CONNECTION_TRACKING_CONFIGURATION, [
    0 tcp_established_timeout, 1 udp_stream_timeout, 2 udp_timeout,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeAvailabilityZonesRequest {
    pub all_availability_zones: Option<bool>,
    pub dry_run: Option<bool>,
    pub filters: Option<Vec<Filter>>,
    pub zone_ids: Option<Vec<String>>,
    pub zone_names: Option<Vec<String>>,
}
structure!(DescribeAvailabilityZonesRequest, DESCRIBE_AVAILABILITY_ZONES_REQUEST, [
    0 all_availability_zones, 1 dry_run, 2 filters, 3 zone_ids, 4 zone_names,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeAvailabilityZonesResult {
    pub availability_zones: Option<Vec<AvailabilityZone>>,
}
structure!(DescribeAvailabilityZonesResult, DESCRIBE_AVAILABILITY_ZONES_RESULT, [
    0 availability_zones,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeNetworkInterfacesRequest {
    pub dry_run: Option<bool>,
    pub filters: Option<Vec<Filter>>,
    pub include_managed_resources: Option<bool>,
    pub max_results: Option<i32>,
    pub network_interface_ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}
structure!(DescribeNetworkInterfacesRequest, DESCRIBE_NETWORK_INTERFACES_REQUEST, [
    0 dry_run, 1 filters, 2 include_managed_resources, 3 max_results, 4 network_interface_ids,
    5 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeNetworkInterfacesResult {
    pub network_interfaces: Option<Vec<NetworkInterface>>,
    pub next_token: Option<String>,
}
structure!(DescribeNetworkInterfacesResult, DESCRIBE_NETWORK_INTERFACES_RESULT, [
    0 network_interfaces, 1 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeSecurityGroupsRequest {
    pub dry_run: Option<bool>,
    pub filters: Option<Vec<Filter>>,
    pub group_ids: Option<Vec<String>>,
    pub group_names: Option<Vec<String>>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}
structure!(DescribeSecurityGroupsRequest, DESCRIBE_SECURITY_GROUPS_REQUEST, [
    0 dry_run, 1 filters, 2 group_ids, 3 group_names, 4 max_results, 5 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeSecurityGroupsResult {
    pub next_token: Option<String>,
    pub security_groups: Option<Vec<SecurityGroup>>,
}
structure!(DescribeSecurityGroupsResult, DESCRIBE_SECURITY_GROUPS_RESULT, [
    0 next_token, 1 security_groups,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeSubnetsRequest {
    pub dry_run: Option<bool>,
    pub filters: Option<Vec<Filter>>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub subnet_ids: Option<Vec<String>>,
}
structure!(DescribeSubnetsRequest, DESCRIBE_SUBNETS_REQUEST, [
    0 dry_run, 1 filters, 2 max_results, 3 next_token, 4 subnet_ids,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeSubnetsResult {
    pub next_token: Option<String>,
    pub subnets: Option<Vec<Subnet>>,
}
structure!(DescribeSubnetsResult, DESCRIBE_SUBNETS_RESULT, [0 next_token, 1 subnets]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeVpcsRequest {
    pub dry_run: Option<bool>,
    pub filters: Option<Vec<Filter>>,
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub vpc_ids: Option<Vec<String>>,
}
structure!(DescribeVpcsRequest, DESCRIBE_VPCS_REQUEST, [
    0 dry_run, 1 filters, 2 max_results, 3 next_token, 4 vpc_ids,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeVpcsResult {
    pub next_token: Option<String>,
    pub vpcs: Option<Vec<Vpc>>,
}
structure!(DescribeVpcsResult, DESCRIBE_VPCS_RESULT, [0 next_token, 1 vpcs]);

#[derive(Clone, Default, PartialEq)]
pub struct Filter {
    pub name: Option<String>,
    pub values: Option<Vec<String>>,
}
structure!(Filter, FILTER, [0 name, 1 values]);

#[derive(Clone, Default, PartialEq)]
pub struct GroupIdentifier {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}
structure!(GroupIdentifier, GROUP_IDENTIFIER, [0 group_id, 1 group_name]);

enumeration!(HostnameType {
    IpName = "ip-name", ResourceName = "resource-name",
});

#[derive(Clone, Default, PartialEq)]
pub struct IpPermission {
    pub from_port: Option<i32>,
    pub ip_protocol: Option<String>,
    pub ip_ranges: Option<Vec<IpRange>>,
    pub ipv6_ranges: Option<Vec<Ipv6Range>>,
    pub prefix_list_ids: Option<Vec<PrefixListId>>,
    pub to_port: Option<i32>,
    pub user_id_group_pairs: Option<Vec<UserIdGroupPair>>,
}
structure!(IpPermission, IP_PERMISSION, [
    0 from_port, 1 ip_protocol, 2 ip_ranges, 3 ipv6_ranges, 4 prefix_list_ids, 5 to_port,
    6 user_id_group_pairs,
]);

#[derive(Clone, Default, PartialEq)]
pub struct IpRange {
    pub cidr_ip: Option<String>,
    pub description: Option<String>,
}
structure!(IpRange, IP_RANGE, [0 cidr_ip, 1 description]);

enumeration!(IpSource {
    Amazon = "amazon", Byoip = "byoip", None = "none",
});

#[derive(Clone, Default, PartialEq)]
pub struct Ipv4PrefixSpecification {
    pub ipv4_prefix: Option<String>,
}
structure!(Ipv4PrefixSpecification, IPV4_PREFIX_SPECIFICATION, [0 ipv4_prefix]);

enumeration!(Ipv6AddressAttribute {
    Public = "public", Private = "private",
});

#[derive(Clone, Default, PartialEq)]
pub struct Ipv6PrefixSpecification {
    pub ipv6_prefix: Option<String>,
}
structure!(Ipv6PrefixSpecification, IPV6_PREFIX_SPECIFICATION, [0 ipv6_prefix]);

#[derive(Clone, Default, PartialEq)]
pub struct Ipv6Range {
    pub cidr_ipv6: Option<String>,
    pub description: Option<String>,
}
structure!(Ipv6Range, IPV6_RANGE, [0 cidr_ipv6, 1 description]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterface {
    pub associated_subnets: Option<Vec<String>>,
    pub association: Option<NetworkInterfaceAssociation>,
    pub attachment: Option<NetworkInterfaceAttachment>,
    pub availability_zone: Option<String>,
    pub availability_zone_id: Option<String>,
    pub connection_tracking_configuration: Option<ConnectionTrackingConfiguration>,
    pub deny_all_igw_traffic: Option<bool>,
    pub description: Option<String>,
    pub groups: Option<Vec<GroupIdentifier>>,
    pub interface_type: Option<NetworkInterfaceType>,
    pub ipv4_prefixes: Option<Vec<Ipv4PrefixSpecification>>,
    pub ipv6_address: Option<String>,
    pub ipv6_addresses: Option<Vec<NetworkInterfaceIpv6Address>>,
    pub ipv6_native: Option<bool>,
    pub ipv6_prefixes: Option<Vec<Ipv6PrefixSpecification>>,
    pub mac_address: Option<String>,
    pub network_interface_id: Option<String>,
    pub operator: Option<OperatorResponse>,
    pub outpost_arn: Option<String>,
    pub owner_id: Option<String>,
    pub private_dns_name: Option<String>,
    pub private_ip_address: Option<String>,
    pub private_ip_addresses: Option<Vec<NetworkInterfacePrivateIpAddress>>,
    pub public_dns_name: Option<String>,
    pub public_ip_dns_name_options: Option<PublicIpDnsNameOptions>,
    pub requester_id: Option<String>,
    pub requester_managed: Option<bool>,
    pub source_dest_check: Option<bool>,
    pub status: Option<NetworkInterfaceStatus>,
    pub subnet_id: Option<String>,
    pub tag_set: Option<Vec<Tag>>,
    pub vpc_id: Option<String>,
}
structure!(NetworkInterface, NETWORK_INTERFACE, [
    0 associated_subnets, 1 association, 2 attachment, 3 availability_zone, 4 availability_zone_id,
    5 connection_tracking_configuration, 6 deny_all_igw_traffic, 7 description, 8 groups,
    9 interface_type, 10 ipv4_prefixes, 11 ipv6_address, 12 ipv6_addresses, 13 ipv6_native,
    14 ipv6_prefixes, 15 mac_address, 16 network_interface_id, 17 operator, 18 outpost_arn,
    19 owner_id, 20 private_dns_name, 21 private_ip_address, 22 private_ip_addresses,
    23 public_dns_name, 24 public_ip_dns_name_options, 25 requester_id, 26 requester_managed,
    27 source_dest_check, 28 status, 29 subnet_id, 30 tag_set, 31 vpc_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterfaceAssociation {
    pub allocation_id: Option<String>,
    pub association_id: Option<String>,
    pub carrier_ip: Option<String>,
    pub customer_owned_ip: Option<String>,
    pub ip_owner_id: Option<String>,
    pub public_dns_name: Option<String>,
    pub public_ip: Option<String>,
}
structure!(NetworkInterfaceAssociation, NETWORK_INTERFACE_ASSOCIATION, [
    0 allocation_id, 1 association_id, 2 carrier_ip, 3 customer_owned_ip, 4 ip_owner_id,
    5 public_dns_name, 6 public_ip,
]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterfaceAttachment {
    pub attach_time: Option<Timestamp>,
    pub attachment_id: Option<String>,
    pub delete_on_termination: Option<bool>,
    pub device_index: Option<i32>,
    pub ena_queue_count: Option<i32>,
    pub ena_srd_specification: Option<AttachmentEnaSrdSpecification>,
    pub instance_id: Option<String>,
    pub instance_owner_id: Option<String>,
    pub network_card_index: Option<i32>,
    pub status: Option<AttachmentStatus>,
}
structure!(NetworkInterfaceAttachment, NETWORK_INTERFACE_ATTACHMENT, [
    0 attach_time, 1 attachment_id, 2 delete_on_termination, 3 device_index, 4 ena_queue_count,
    5 ena_srd_specification, 6 instance_id, 7 instance_owner_id, 8 network_card_index, 9 status,
]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterfaceIpv6Address {
    pub ipv6_address: Option<String>,
    pub is_primary_ipv6: Option<bool>,
    pub public_ipv6_dns_name: Option<String>,
}
structure!(NetworkInterfaceIpv6Address, NETWORK_INTERFACE_IPV6_ADDRESS, [
    0 ipv6_address, 1 is_primary_ipv6, 2 public_ipv6_dns_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct NetworkInterfacePrivateIpAddress {
    pub association: Option<NetworkInterfaceAssociation>,
    pub primary: Option<bool>,
    pub private_dns_name: Option<String>,
    pub private_ip_address: Option<String>,
}
structure!(NetworkInterfacePrivateIpAddress, NETWORK_INTERFACE_PRIVATE_IP_ADDRESS, [
    0 association, 1 primary, 2 private_dns_name, 3 private_ip_address,
]);

enumeration!(NetworkInterfaceStatus {
    Available = "available", Associated = "associated", Attaching = "attaching", InUse = "in-use",
    Detaching = "detaching",
});

enumeration!(NetworkInterfaceType {
    Interface = "interface", NatGateway = "natGateway", Efa = "efa", EfaOnly = "efa-only",
    Trunk = "trunk", LoadBalancer = "load_balancer", NetworkLoadBalancer = "network_load_balancer",
    VpcEndpoint = "vpc_endpoint", Branch = "branch", TransitGateway = "transit_gateway",
    Lambda = "lambda", Quicksight = "quicksight",
    GlobalAcceleratorManaged = "global_accelerator_managed",
    ApiGatewayManaged = "api_gateway_managed", GatewayLoadBalancer = "gateway_load_balancer",
    GatewayLoadBalancerEndpoint = "gateway_load_balancer_endpoint",
    IotRulesManaged = "iot_rules_managed",
    AwsCodestarConnectionsManaged = "aws_codestar_connections_managed",
});

#[derive(Clone, Default, PartialEq)]
pub struct OperatorResponse {
    pub hidden_by_default: Option<bool>,
    pub managed: Option<bool>,
    pub principal: Option<String>,
}
structure!(OperatorResponse, OPERATOR_RESPONSE, [0 hidden_by_default, 1 managed, 2 principal]);

#[derive(Clone, Default, PartialEq)]
pub struct PrefixListId {
    pub description: Option<String>,
    pub prefix_list_id: Option<String>,
}
structure!(PrefixListId, PREFIX_LIST_ID, [0 description, 1 prefix_list_id]);

#[derive(Clone, Default, PartialEq)]
pub struct PrivateDnsNameOptionsOnLaunch {
    pub enable_resource_name_dns_aaaa_record: Option<bool>,
    pub enable_resource_name_dns_a_record: Option<bool>,
    pub hostname_type: Option<HostnameType>,
}
structure!(PrivateDnsNameOptionsOnLaunch, PRIVATE_DNS_NAME_OPTIONS_ON_LAUNCH, [
    0 enable_resource_name_dns_aaaa_record, 1 enable_resource_name_dns_a_record, 2 hostname_type,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PublicIpDnsNameOptions {
    pub dns_hostname_type: Option<String>,
    pub public_dual_stack_dns_name: Option<String>,
    pub public_ipv4_dns_name: Option<String>,
    pub public_ipv6_dns_name: Option<String>,
}
structure!(PublicIpDnsNameOptions, PUBLIC_IP_DNS_NAME_OPTIONS, [
    0 dns_hostname_type, 1 public_dual_stack_dns_name, 2 public_ipv4_dns_name,
    3 public_ipv6_dns_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SecurityGroup {
    pub description: Option<String>,
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    pub ip_permissions: Option<Vec<IpPermission>>,
    pub ip_permissions_egress: Option<Vec<IpPermission>>,
    pub owner_id: Option<String>,
    pub security_group_arn: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub vpc_id: Option<String>,
}
structure!(SecurityGroup, SECURITY_GROUP, [
    0 description, 1 group_id, 2 group_name, 3 ip_permissions, 4 ip_permissions_egress, 5 owner_id,
    6 security_group_arn, 7 tags, 8 vpc_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Subnet {
    pub assign_ipv6_address_on_creation: Option<bool>,
    pub availability_zone: Option<String>,
    pub availability_zone_id: Option<String>,
    pub available_ip_address_count: Option<i32>,
    pub block_public_access_states: Option<BlockPublicAccessStates>,
    pub cidr_block: Option<String>,
    pub customer_owned_ipv4_pool: Option<String>,
    pub default_for_az: Option<bool>,
    pub enable_dns64: Option<bool>,
    pub enable_lni_at_device_index: Option<i32>,
    pub ipv6_cidr_block_association_set: Option<Vec<SubnetIpv6CidrBlockAssociation>>,
    pub ipv6_native: Option<bool>,
    pub map_customer_owned_ip_on_launch: Option<bool>,
    pub map_public_ip_on_launch: Option<bool>,
    pub outpost_arn: Option<String>,
    pub owner_id: Option<String>,
    pub private_dns_name_options_on_launch: Option<PrivateDnsNameOptionsOnLaunch>,
    pub state: Option<SubnetState>,
    pub subnet_arn: Option<String>,
    pub subnet_id: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub r#type: Option<String>,
    pub vpc_id: Option<String>,
}
structure!(Subnet, SUBNET, [
    0 assign_ipv6_address_on_creation, 1 availability_zone, 2 availability_zone_id,
    3 available_ip_address_count, 4 block_public_access_states, 5 cidr_block,
    6 customer_owned_ipv4_pool, 7 default_for_az, 8 enable_dns64, 9 enable_lni_at_device_index,
    10 ipv6_cidr_block_association_set, 11 ipv6_native, 12 map_customer_owned_ip_on_launch,
    13 map_public_ip_on_launch, 14 outpost_arn, 15 owner_id, 16 private_dns_name_options_on_launch,
    17 state, 18 subnet_arn, 19 subnet_id, 20 tags, 21 r#type, 22 vpc_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct SubnetCidrBlockState {
    pub state: Option<SubnetCidrBlockStateCode>,
    pub status_message: Option<String>,
}
structure!(SubnetCidrBlockState, SUBNET_CIDR_BLOCK_STATE, [0 state, 1 status_message]);

enumeration!(SubnetCidrBlockStateCode {
    Associating = "associating", Associated = "associated", Disassociating = "disassociating",
    Disassociated = "disassociated", Failing = "failing", Failed = "failed",
});

#[derive(Clone, Default, PartialEq)]
pub struct SubnetIpv6CidrBlockAssociation {
    pub association_id: Option<String>,
    pub ip_source: Option<IpSource>,
    pub ipv6_address_attribute: Option<Ipv6AddressAttribute>,
    pub ipv6_cidr_block: Option<String>,
    pub ipv6_cidr_block_state: Option<SubnetCidrBlockState>,
}
structure!(SubnetIpv6CidrBlockAssociation, SUBNET_IPV6_CIDR_BLOCK_ASSOCIATION, [
    0 association_id, 1 ip_source, 2 ipv6_address_attribute, 3 ipv6_cidr_block,
    4 ipv6_cidr_block_state,
]);

enumeration!(SubnetState {
    Pending = "pending", Available = "available", Unavailable = "unavailable", Failed = "failed",
    FailedInsufficientCapacity = "failed-insufficient-capacity",
});

#[derive(Clone, Default, PartialEq)]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}
structure!(Tag, TAG, [0 key, 1 value]);

enumeration!(Tenancy {
    Default = "default", Dedicated = "dedicated", Host = "host",
});

#[derive(Clone, Default, PartialEq)]
pub struct UserIdGroupPair {
    pub description: Option<String>,
    pub group_id: Option<String>,
    pub group_name: Option<String>,
    pub peering_status: Option<String>,
    pub user_id: Option<String>,
    pub vpc_id: Option<String>,
    pub vpc_peering_connection_id: Option<String>,
}
structure!(UserIdGroupPair, USER_ID_GROUP_PAIR, [
    0 description, 1 group_id, 2 group_name, 3 peering_status, 4 user_id, 5 vpc_id,
    6 vpc_peering_connection_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Vpc {
    pub block_public_access_states: Option<BlockPublicAccessStates>,
    pub cidr_block: Option<String>,
    pub cidr_block_association_set: Option<Vec<VpcCidrBlockAssociation>>,
    pub dhcp_options_id: Option<String>,
    pub encryption_control: Option<VpcEncryptionControl>,
    pub instance_tenancy: Option<Tenancy>,
    pub ipv6_cidr_block_association_set: Option<Vec<VpcIpv6CidrBlockAssociation>>,
    pub is_default: Option<bool>,
    pub owner_id: Option<String>,
    pub state: Option<VpcState>,
    pub tags: Option<Vec<Tag>>,
    pub vpc_id: Option<String>,
}
structure!(Vpc, VPC, [
    0 block_public_access_states, 1 cidr_block, 2 cidr_block_association_set, 3 dhcp_options_id,
    4 encryption_control, 5 instance_tenancy, 6 ipv6_cidr_block_association_set, 7 is_default,
    8 owner_id, 9 state, 10 tags, 11 vpc_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct VpcCidrBlockAssociation {
    pub association_id: Option<String>,
    pub cidr_block: Option<String>,
    pub cidr_block_state: Option<VpcCidrBlockState>,
}
structure!(VpcCidrBlockAssociation, VPC_CIDR_BLOCK_ASSOCIATION, [
    0 association_id, 1 cidr_block, 2 cidr_block_state,
]);

#[derive(Clone, Default, PartialEq)]
pub struct VpcCidrBlockState {
    pub state: Option<VpcCidrBlockStateCode>,
    pub status_message: Option<String>,
}
structure!(VpcCidrBlockState, VPC_CIDR_BLOCK_STATE, [0 state, 1 status_message]);

enumeration!(VpcCidrBlockStateCode {
    Associating = "associating", Associated = "associated", Disassociating = "disassociating",
    Disassociated = "disassociated", Failing = "failing", Failed = "failed",
});

#[derive(Clone, Default, PartialEq)]
pub struct VpcEncryptionControl {
    pub mode: Option<VpcEncryptionControlMode>,
    pub resource_exclusions: Option<VpcEncryptionControlExclusions>,
    pub state: Option<VpcEncryptionControlState>,
    pub state_message: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub vpc_encryption_control_id: Option<String>,
    pub vpc_id: Option<String>,
}
structure!(VpcEncryptionControl, VPC_ENCRYPTION_CONTROL, [
    0 mode, 1 resource_exclusions, 2 state, 3 state_message, 4 tags, 5 vpc_encryption_control_id,
    6 vpc_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct VpcEncryptionControlExclusion {
    pub state: Option<VpcEncryptionControlExclusionState>,
    pub state_message: Option<String>,
}
structure!(VpcEncryptionControlExclusion, VPC_ENCRYPTION_CONTROL_EXCLUSION, [
    0 state, 1 state_message,
]);

enumeration!(VpcEncryptionControlExclusionState {
    Enabling = "enabling", Enabled = "enabled", Disabling = "disabling", Disabled = "disabled",
});

#[derive(Clone, Default, PartialEq)]
pub struct VpcEncryptionControlExclusions {
    pub api_gateway_v2: Option<VpcEncryptionControlExclusion>,
    pub egress_only_internet_gateway: Option<VpcEncryptionControlExclusion>,
    pub elastic_file_system: Option<VpcEncryptionControlExclusion>,
    pub global_accelerator: Option<VpcEncryptionControlExclusion>,
    pub internet_gateway: Option<VpcEncryptionControlExclusion>,
    pub lambda: Option<VpcEncryptionControlExclusion>,
    pub nat_gateway: Option<VpcEncryptionControlExclusion>,
    pub virtual_private_gateway: Option<VpcEncryptionControlExclusion>,
    pub vpc_lattice: Option<VpcEncryptionControlExclusion>,
    pub vpc_peering: Option<VpcEncryptionControlExclusion>,
}
structure!(VpcEncryptionControlExclusions, VPC_ENCRYPTION_CONTROL_EXCLUSIONS, [
    0 api_gateway_v2, 1 egress_only_internet_gateway, 2 elastic_file_system, 3 global_accelerator,
    4 internet_gateway, 5 lambda, 6 nat_gateway, 7 virtual_private_gateway, 8 vpc_lattice,
    9 vpc_peering,
]);

enumeration!(VpcEncryptionControlMode {
    Monitor = "monitor", Enforce = "enforce",
});

enumeration!(VpcEncryptionControlState {
    EnforceInProgress = "enforce-in-progress", MonitorInProgress = "monitor-in-progress",
    EnforceFailed = "enforce-failed", MonitorFailed = "monitor-failed", Deleting = "deleting",
    Deleted = "deleted", Available = "available", Creating = "creating",
    DeleteFailed = "delete-failed",
});

#[derive(Clone, Default, PartialEq)]
pub struct VpcIpv6CidrBlockAssociation {
    pub association_id: Option<String>,
    pub ip_source: Option<IpSource>,
    pub ipv6_address_attribute: Option<Ipv6AddressAttribute>,
    pub ipv6_cidr_block: Option<String>,
    pub ipv6_cidr_block_state: Option<VpcCidrBlockState>,
    pub ipv6_pool: Option<String>,
    pub network_border_group: Option<String>,
}
structure!(VpcIpv6CidrBlockAssociation, VPC_IPV6_CIDR_BLOCK_ASSOCIATION, [
    0 association_id, 1 ip_source, 2 ipv6_address_attribute, 3 ipv6_cidr_block,
    4 ipv6_cidr_block_state, 5 ipv6_pool, 6 network_border_group,
]);

enumeration!(VpcState {
    Pending = "pending", Available = "available", Deleting = "deleting",
});
