//! The schemas of `ec2`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ASSOCIATED_SUBNET_LIST: Schema = Schema::new(
    "AssociatedSubnetList",
    Kind::List(&Member::new("member", &SUBNET_ID).location("item")),
);
pub(super) static ATTACHMENT_ENA_SRD_SPECIFICATION: Schema = Schema::new(
    "AttachmentEnaSrdSpecification",
    Kind::Structure(&[
        Member::new("EnaSrdEnabled", &BOOLEAN).location("enaSrdEnabled"),
        Member::new(
            "EnaSrdUdpSpecification",
            &ATTACHMENT_ENA_SRD_UDP_SPECIFICATION,
        )
        .location("enaSrdUdpSpecification"),
    ]),
);
pub(super) static ATTACHMENT_ENA_SRD_UDP_SPECIFICATION: Schema = Schema::new(
    "AttachmentEnaSrdUdpSpecification",
    Kind::Structure(&[Member::new("EnaSrdUdpEnabled", &BOOLEAN).location("enaSrdUdpEnabled")]),
);
pub(super) static ATTACHMENT_STATUS: Schema = Schema::new(
    "AttachmentStatus",
    Kind::Enum(types::AttachmentStatus::VALUES),
);
pub(super) static AVAILABILITY_ZONE: Schema = Schema::new(
    "AvailabilityZone",
    Kind::Structure(&[
        Member::new("Geography", &AVAILABILITY_ZONE_GEOGRAPHY_LIST).location("geographySet"),
        Member::new("GroupLongName", &STRING).location("groupLongName"),
        Member::new("GroupName", &STRING).location("groupName"),
        Member::new("Messages", &AVAILABILITY_ZONE_MESSAGE_LIST).location("messageSet"),
        Member::new("NetworkBorderGroup", &STRING).location("networkBorderGroup"),
        Member::new("OptInStatus", &AVAILABILITY_ZONE_OPT_IN_STATUS).location("optInStatus"),
        Member::new("ParentZoneId", &STRING).location("parentZoneId"),
        Member::new("ParentZoneName", &STRING).location("parentZoneName"),
        Member::new("RegionName", &STRING).location("regionName"),
        Member::new("State", &AVAILABILITY_ZONE_STATE).location("zoneState"),
        Member::new("SubGeography", &AVAILABILITY_ZONE_SUB_GEOGRAPHY_LIST)
            .location("subGeographySet"),
        Member::new("ZoneId", &STRING).location("zoneId"),
        Member::new("ZoneName", &STRING).location("zoneName"),
        Member::new("ZoneType", &STRING).location("zoneType"),
    ]),
);
pub(super) static AVAILABILITY_ZONE_GEOGRAPHY: Schema = Schema::new(
    "AvailabilityZoneGeography",
    Kind::Structure(&[Member::new("Name", &STRING).location("name")]),
);
pub(super) static AVAILABILITY_ZONE_GEOGRAPHY_LIST: Schema = Schema::new(
    "AvailabilityZoneGeographyList",
    Kind::List(&Member::new("member", &AVAILABILITY_ZONE_GEOGRAPHY).location("item")),
);
pub(super) static AVAILABILITY_ZONE_LIST: Schema = Schema::new(
    "AvailabilityZoneList",
    Kind::List(&Member::new("member", &AVAILABILITY_ZONE).location("item")),
);
pub(super) static AVAILABILITY_ZONE_MESSAGE: Schema = Schema::new(
    "AvailabilityZoneMessage",
    Kind::Structure(&[Member::new("Message", &STRING).location("message")]),
);
pub(super) static AVAILABILITY_ZONE_MESSAGE_LIST: Schema = Schema::new(
    "AvailabilityZoneMessageList",
    Kind::List(&Member::new("member", &AVAILABILITY_ZONE_MESSAGE).location("item")),
);
pub(super) static AVAILABILITY_ZONE_OPT_IN_STATUS: Schema = Schema::new(
    "AvailabilityZoneOptInStatus",
    Kind::Enum(types::AvailabilityZoneOptInStatus::VALUES),
);
pub(super) static AVAILABILITY_ZONE_STATE: Schema = Schema::new(
    "AvailabilityZoneState",
    Kind::Enum(types::AvailabilityZoneState::VALUES),
);
pub(super) static AVAILABILITY_ZONE_SUB_GEOGRAPHY: Schema = Schema::new(
    "AvailabilityZoneSubGeography",
    Kind::Structure(&[Member::new("Name", &STRING).location("name")]),
);
pub(super) static AVAILABILITY_ZONE_SUB_GEOGRAPHY_LIST: Schema = Schema::new(
    "AvailabilityZoneSubGeographyList",
    Kind::List(&Member::new("member", &AVAILABILITY_ZONE_SUB_GEOGRAPHY).location("item")),
);
pub(super) static BLOCK_PUBLIC_ACCESS_MODE: Schema = Schema::new(
    "BlockPublicAccessMode",
    Kind::Enum(types::BlockPublicAccessMode::VALUES),
);
pub(super) static BLOCK_PUBLIC_ACCESS_STATES: Schema = Schema::new(
    "BlockPublicAccessStates",
    Kind::Structure(&[
        Member::new("InternetGatewayBlockMode", &BLOCK_PUBLIC_ACCESS_MODE)
            .location("internetGatewayBlockMode"),
    ]),
);
pub(super) static BOOLEAN: Schema = Schema::new("Boolean", Kind::Boolean);
pub(super) static COIP_POOL_ID: Schema = Schema::new("CoipPoolId", Kind::String);
pub(super) static CONNECTION_TRACKING_CONFIGURATION: Schema = Schema::new(
    "ConnectionTrackingConfiguration",
    Kind::Structure(&[
        Member::new("TcpEstablishedTimeout", &INTEGER).location("tcpEstablishedTimeout"),
        Member::new("UdpStreamTimeout", &INTEGER).location("udpStreamTimeout"),
        Member::new("UdpTimeout", &INTEGER).location("udpTimeout"),
    ]),
);
pub(super) static DATE_TIME: Schema = Schema::new("DateTime", Kind::Timestamp(None));
pub(super) static DESCRIBE_AVAILABILITY_ZONES_REQUEST: Schema = Schema::new(
    "DescribeAvailabilityZonesRequest",
    Kind::Structure(&[
        Member::new("AllAvailabilityZones", &BOOLEAN),
        Member::new("DryRun", &BOOLEAN).location("dryRun"),
        Member::new("Filters", &FILTER_LIST).location("Filter"),
        Member::new("ZoneIds", &ZONE_ID_STRING_LIST).location("ZoneId"),
        Member::new("ZoneNames", &ZONE_NAME_STRING_LIST).location("ZoneName"),
    ]),
);
pub(super) static DESCRIBE_AVAILABILITY_ZONES_RESULT: Schema = Schema::new(
    "DescribeAvailabilityZonesResult",
    Kind::Structure(&[
        Member::new("AvailabilityZones", &AVAILABILITY_ZONE_LIST).location("availabilityZoneInfo")
    ]),
);
pub(super) static DESCRIBE_NETWORK_INTERFACES_MAX_RESULTS: Schema =
    Schema::new("DescribeNetworkInterfacesMaxResults", Kind::Integer)
        .min(5)
        .max(1000);
pub(super) static DESCRIBE_NETWORK_INTERFACES_REQUEST: Schema = Schema::new(
    "DescribeNetworkInterfacesRequest",
    Kind::Structure(&[
        Member::new("DryRun", &BOOLEAN).location("dryRun"),
        Member::new("Filters", &FILTER_LIST).location("filter"),
        Member::new("IncludeManagedResources", &BOOLEAN),
        Member::new("MaxResults", &DESCRIBE_NETWORK_INTERFACES_MAX_RESULTS),
        Member::new("NetworkInterfaceIds", &NETWORK_INTERFACE_ID_LIST)
            .location("NetworkInterfaceId"),
        Member::new("NextToken", &STRING),
    ]),
);
pub(super) static DESCRIBE_NETWORK_INTERFACES_RESULT: Schema = Schema::new(
    "DescribeNetworkInterfacesResult",
    Kind::Structure(&[
        Member::new("NetworkInterfaces", &NETWORK_INTERFACE_LIST).location("networkInterfaceSet"),
        Member::new("NextToken", &STRING).location("nextToken"),
    ]),
);
pub(super) static DESCRIBE_SECURITY_GROUPS_MAX_RESULTS: Schema =
    Schema::new("DescribeSecurityGroupsMaxResults", Kind::Integer)
        .min(5)
        .max(1000);
pub(super) static DESCRIBE_SECURITY_GROUPS_REQUEST: Schema = Schema::new(
    "DescribeSecurityGroupsRequest",
    Kind::Structure(&[
        Member::new("DryRun", &BOOLEAN).location("dryRun"),
        Member::new("Filters", &FILTER_LIST).location("Filter"),
        Member::new("GroupIds", &GROUP_ID_STRING_LIST).location("GroupId"),
        Member::new("GroupNames", &GROUP_NAME_STRING_LIST).location("GroupName"),
        Member::new("MaxResults", &DESCRIBE_SECURITY_GROUPS_MAX_RESULTS),
        Member::new("NextToken", &STRING),
    ]),
);
pub(super) static DESCRIBE_SECURITY_GROUPS_RESULT: Schema = Schema::new(
    "DescribeSecurityGroupsResult",
    Kind::Structure(&[
        Member::new("NextToken", &STRING).location("nextToken"),
        Member::new("SecurityGroups", &SECURITY_GROUP_LIST).location("securityGroupInfo"),
    ]),
);
pub(super) static DESCRIBE_SUBNETS_MAX_RESULTS: Schema =
    Schema::new("DescribeSubnetsMaxResults", Kind::Integer)
        .min(5)
        .max(1000);
pub(super) static DESCRIBE_SUBNETS_REQUEST: Schema = Schema::new(
    "DescribeSubnetsRequest",
    Kind::Structure(&[
        Member::new("DryRun", &BOOLEAN).location("dryRun"),
        Member::new("Filters", &FILTER_LIST).location("Filter"),
        Member::new("MaxResults", &DESCRIBE_SUBNETS_MAX_RESULTS),
        Member::new("NextToken", &STRING),
        Member::new("SubnetIds", &SUBNET_ID_STRING_LIST).location("SubnetId"),
    ]),
);
pub(super) static DESCRIBE_SUBNETS_RESULT: Schema = Schema::new(
    "DescribeSubnetsResult",
    Kind::Structure(&[
        Member::new("NextToken", &STRING).location("nextToken"),
        Member::new("Subnets", &SUBNET_LIST).location("subnetSet"),
    ]),
);
pub(super) static DESCRIBE_VPCS_MAX_RESULTS: Schema =
    Schema::new("DescribeVpcsMaxResults", Kind::Integer)
        .min(5)
        .max(1000);
pub(super) static DESCRIBE_VPCS_REQUEST: Schema = Schema::new(
    "DescribeVpcsRequest",
    Kind::Structure(&[
        Member::new("DryRun", &BOOLEAN).location("dryRun"),
        Member::new("Filters", &FILTER_LIST).location("Filter"),
        Member::new("MaxResults", &DESCRIBE_VPCS_MAX_RESULTS),
        Member::new("NextToken", &STRING),
        Member::new("VpcIds", &VPC_ID_STRING_LIST).location("VpcId"),
    ]),
);
pub(super) static DESCRIBE_VPCS_RESULT: Schema = Schema::new(
    "DescribeVpcsResult",
    Kind::Structure(&[
        Member::new("NextToken", &STRING).location("nextToken"),
        Member::new("Vpcs", &VPC_LIST).location("vpcSet"),
    ]),
);
pub(super) static FILTER: Schema = Schema::new(
    "Filter",
    Kind::Structure(&[
        Member::new("Name", &STRING),
        Member::new("Values", &VALUE_STRING_LIST).location("Value"),
    ]),
);
pub(super) static FILTER_LIST: Schema = Schema::new(
    "FilterList",
    Kind::List(&Member::new("member", &FILTER).location("Filter")),
);
pub(super) static GROUP_ID_STRING_LIST: Schema = Schema::new(
    "GroupIdStringList",
    Kind::List(&Member::new("member", &SECURITY_GROUP_ID).location("groupId")),
);
pub(super) static GROUP_IDENTIFIER: Schema = Schema::new(
    "GroupIdentifier",
    Kind::Structure(&[
        Member::new("GroupId", &STRING).location("groupId"),
        Member::new("GroupName", &STRING).location("groupName"),
    ]),
);
pub(super) static GROUP_IDENTIFIER_LIST: Schema = Schema::new(
    "GroupIdentifierList",
    Kind::List(&Member::new("member", &GROUP_IDENTIFIER).location("item")),
);
pub(super) static GROUP_NAME_STRING_LIST: Schema = Schema::new(
    "GroupNameStringList",
    Kind::List(&Member::new("member", &SECURITY_GROUP_NAME).location("GroupName")),
);
pub(super) static HOSTNAME_TYPE: Schema =
    Schema::new("HostnameType", Kind::Enum(types::HostnameType::VALUES));
pub(super) static INTEGER: Schema = Schema::new("Integer", Kind::Integer);
pub(super) static IP_PERMISSION: Schema = Schema::new(
    "IpPermission",
    Kind::Structure(&[
        Member::new("FromPort", &INTEGER).location("fromPort"),
        Member::new("IpProtocol", &STRING).location("ipProtocol"),
        Member::new("IpRanges", &IP_RANGE_LIST).location("ipRanges"),
        Member::new("Ipv6Ranges", &IPV6_RANGE_LIST).location("ipv6Ranges"),
        Member::new("PrefixListIds", &PREFIX_LIST_ID_LIST).location("prefixListIds"),
        Member::new("ToPort", &INTEGER).location("toPort"),
        Member::new("UserIdGroupPairs", &USER_ID_GROUP_PAIR_LIST).location("groups"),
    ]),
);
pub(super) static IP_PERMISSION_LIST: Schema = Schema::new(
    "IpPermissionList",
    Kind::List(&Member::new("member", &IP_PERMISSION).location("item")),
);
pub(super) static IP_RANGE: Schema = Schema::new(
    "IpRange",
    Kind::Structure(&[
        Member::new("CidrIp", &STRING).location("cidrIp"),
        Member::new("Description", &STRING).location("description"),
    ]),
);
pub(super) static IP_RANGE_LIST: Schema = Schema::new(
    "IpRangeList",
    Kind::List(&Member::new("member", &IP_RANGE).location("item")),
);
pub(super) static IP_SOURCE: Schema = Schema::new("IpSource", Kind::Enum(types::IpSource::VALUES));
pub(super) static IPV4_PREFIX_SPECIFICATION: Schema = Schema::new(
    "Ipv4PrefixSpecification",
    Kind::Structure(&[Member::new("Ipv4Prefix", &STRING).location("ipv4Prefix")]),
);
pub(super) static IPV4_PREFIXES_LIST: Schema = Schema::new(
    "Ipv4PrefixesList",
    Kind::List(&Member::new("member", &IPV4_PREFIX_SPECIFICATION).location("item")),
);
pub(super) static IPV6_ADDRESS_ATTRIBUTE: Schema = Schema::new(
    "Ipv6AddressAttribute",
    Kind::Enum(types::Ipv6AddressAttribute::VALUES),
);
pub(super) static IPV6_PREFIX_SPECIFICATION: Schema = Schema::new(
    "Ipv6PrefixSpecification",
    Kind::Structure(&[Member::new("Ipv6Prefix", &STRING).location("ipv6Prefix")]),
);
pub(super) static IPV6_PREFIXES_LIST: Schema = Schema::new(
    "Ipv6PrefixesList",
    Kind::List(&Member::new("member", &IPV6_PREFIX_SPECIFICATION).location("item")),
);
pub(super) static IPV6_RANGE: Schema = Schema::new(
    "Ipv6Range",
    Kind::Structure(&[
        Member::new("CidrIpv6", &STRING).location("cidrIpv6"),
        Member::new("Description", &STRING).location("description"),
    ]),
);
pub(super) static IPV6_RANGE_LIST: Schema = Schema::new(
    "Ipv6RangeList",
    Kind::List(&Member::new("member", &IPV6_RANGE).location("item")),
);
pub(super) static NETWORK_INTERFACE: Schema = Schema::new(
    "NetworkInterface",
    Kind::Structure(&[
        Member::new("AssociatedSubnets", &ASSOCIATED_SUBNET_LIST).location("associatedSubnetSet"),
        Member::new("Association", &NETWORK_INTERFACE_ASSOCIATION).location("association"),
        Member::new("Attachment", &NETWORK_INTERFACE_ATTACHMENT).location("attachment"),
        Member::new("AvailabilityZone", &STRING).location("availabilityZone"),
        Member::new("AvailabilityZoneId", &STRING).location("availabilityZoneId"),
        Member::new(
            "ConnectionTrackingConfiguration",
            &CONNECTION_TRACKING_CONFIGURATION,
        )
        .location("connectionTrackingConfiguration"),
        Member::new("DenyAllIgwTraffic", &BOOLEAN).location("denyAllIgwTraffic"),
        Member::new("Description", &STRING).location("description"),
        Member::new("Groups", &GROUP_IDENTIFIER_LIST).location("groupSet"),
        Member::new("InterfaceType", &NETWORK_INTERFACE_TYPE).location("interfaceType"),
        Member::new("Ipv4Prefixes", &IPV4_PREFIXES_LIST).location("ipv4PrefixSet"),
        Member::new("Ipv6Address", &STRING).location("ipv6Address"),
        Member::new("Ipv6Addresses", &NETWORK_INTERFACE_IPV6_ADDRESSES_LIST)
            .location("ipv6AddressesSet"),
        Member::new("Ipv6Native", &BOOLEAN).location("ipv6Native"),
        Member::new("Ipv6Prefixes", &IPV6_PREFIXES_LIST).location("ipv6PrefixSet"),
        Member::new("MacAddress", &STRING).location("macAddress"),
        Member::new("NetworkInterfaceId", &STRING).location("networkInterfaceId"),
        Member::new("Operator", &OPERATOR_RESPONSE).location("operator"),
        Member::new("OutpostArn", &STRING).location("outpostArn"),
        Member::new("OwnerId", &STRING).location("ownerId"),
        Member::new("PrivateDnsName", &STRING).location("privateDnsName"),
        Member::new("PrivateIpAddress", &STRING).location("privateIpAddress"),
        Member::new(
            "PrivateIpAddresses",
            &NETWORK_INTERFACE_PRIVATE_IP_ADDRESS_LIST,
        )
        .location("privateIpAddressesSet"),
        Member::new("PublicDnsName", &STRING).location("publicDnsName"),
        Member::new("PublicIpDnsNameOptions", &PUBLIC_IP_DNS_NAME_OPTIONS)
            .location("publicIpDnsNameOptions"),
        Member::new("RequesterId", &STRING).location("requesterId"),
        Member::new("RequesterManaged", &BOOLEAN).location("requesterManaged"),
        Member::new("SourceDestCheck", &BOOLEAN).location("sourceDestCheck"),
        Member::new("Status", &NETWORK_INTERFACE_STATUS).location("status"),
        Member::new("SubnetId", &STRING).location("subnetId"),
        Member::new("TagSet", &TAG_LIST).location("tagSet"),
        Member::new("VpcId", &STRING).location("vpcId"),
    ]),
);
pub(super) static NETWORK_INTERFACE_ASSOCIATION: Schema = Schema::new(
    "NetworkInterfaceAssociation",
    Kind::Structure(&[
        Member::new("AllocationId", &STRING).location("allocationId"),
        Member::new("AssociationId", &STRING).location("associationId"),
        Member::new("CarrierIp", &STRING).location("carrierIp"),
        Member::new("CustomerOwnedIp", &STRING).location("customerOwnedIp"),
        Member::new("IpOwnerId", &STRING).location("ipOwnerId"),
        Member::new("PublicDnsName", &STRING).location("publicDnsName"),
        Member::new("PublicIp", &STRING).location("publicIp"),
    ]),
);
pub(super) static NETWORK_INTERFACE_ATTACHMENT: Schema = Schema::new(
    "NetworkInterfaceAttachment",
    Kind::Structure(&[
        Member::new("AttachTime", &DATE_TIME).location("attachTime"),
        Member::new("AttachmentId", &STRING).location("attachmentId"),
        Member::new("DeleteOnTermination", &BOOLEAN).location("deleteOnTermination"),
        Member::new("DeviceIndex", &INTEGER).location("deviceIndex"),
        Member::new("EnaQueueCount", &INTEGER).location("enaQueueCount"),
        Member::new("EnaSrdSpecification", &ATTACHMENT_ENA_SRD_SPECIFICATION)
            .location("enaSrdSpecification"),
        Member::new("InstanceId", &STRING).location("instanceId"),
        Member::new("InstanceOwnerId", &STRING).location("instanceOwnerId"),
        Member::new("NetworkCardIndex", &INTEGER).location("networkCardIndex"),
        Member::new("Status", &ATTACHMENT_STATUS).location("status"),
    ]),
);
pub(super) static NETWORK_INTERFACE_ID: Schema = Schema::new("NetworkInterfaceId", Kind::String);
pub(super) static NETWORK_INTERFACE_ID_LIST: Schema = Schema::new(
    "NetworkInterfaceIdList",
    Kind::List(&Member::new("member", &NETWORK_INTERFACE_ID).location("item")),
);
pub(super) static NETWORK_INTERFACE_IPV6_ADDRESS: Schema = Schema::new(
    "NetworkInterfaceIpv6Address",
    Kind::Structure(&[
        Member::new("Ipv6Address", &STRING).location("ipv6Address"),
        Member::new("IsPrimaryIpv6", &BOOLEAN).location("isPrimaryIpv6"),
        Member::new("PublicIpv6DnsName", &STRING).location("publicIpv6DnsName"),
    ]),
);
pub(super) static NETWORK_INTERFACE_IPV6_ADDRESSES_LIST: Schema = Schema::new(
    "NetworkInterfaceIpv6AddressesList",
    Kind::List(&Member::new("member", &NETWORK_INTERFACE_IPV6_ADDRESS).location("item")),
);
pub(super) static NETWORK_INTERFACE_LIST: Schema = Schema::new(
    "NetworkInterfaceList",
    Kind::List(&Member::new("member", &NETWORK_INTERFACE).location("item")),
);
pub(super) static NETWORK_INTERFACE_PRIVATE_IP_ADDRESS: Schema = Schema::new(
    "NetworkInterfacePrivateIpAddress",
    Kind::Structure(&[
        Member::new("Association", &NETWORK_INTERFACE_ASSOCIATION).location("association"),
        Member::new("Primary", &BOOLEAN).location("primary"),
        Member::new("PrivateDnsName", &STRING).location("privateDnsName"),
        Member::new("PrivateIpAddress", &STRING).location("privateIpAddress"),
    ]),
);
pub(super) static NETWORK_INTERFACE_PRIVATE_IP_ADDRESS_LIST: Schema = Schema::new(
    "NetworkInterfacePrivateIpAddressList",
    Kind::List(&Member::new("member", &NETWORK_INTERFACE_PRIVATE_IP_ADDRESS).location("item")),
);
pub(super) static NETWORK_INTERFACE_STATUS: Schema = Schema::new(
    "NetworkInterfaceStatus",
    Kind::Enum(types::NetworkInterfaceStatus::VALUES),
);
pub(super) static NETWORK_INTERFACE_TYPE: Schema = Schema::new(
    "NetworkInterfaceType",
    Kind::Enum(types::NetworkInterfaceType::VALUES),
);
pub(super) static OPERATOR_RESPONSE: Schema = Schema::new(
    "OperatorResponse",
    Kind::Structure(&[
        Member::new("HiddenByDefault", &BOOLEAN).location("hiddenByDefault"),
        Member::new("Managed", &BOOLEAN).location("managed"),
        Member::new("Principal", &STRING).location("principal"),
    ]),
);
pub(super) static PREFIX_LIST_ID: Schema = Schema::new(
    "PrefixListId",
    Kind::Structure(&[
        Member::new("Description", &STRING).location("description"),
        Member::new("PrefixListId", &STRING).location("prefixListId"),
    ]),
);
pub(super) static PREFIX_LIST_ID_LIST: Schema = Schema::new(
    "PrefixListIdList",
    Kind::List(&Member::new("member", &PREFIX_LIST_ID).location("item")),
);
pub(super) static PRIVATE_DNS_NAME_OPTIONS_ON_LAUNCH: Schema = Schema::new(
    "PrivateDnsNameOptionsOnLaunch",
    Kind::Structure(&[
        Member::new("EnableResourceNameDnsAAAARecord", &BOOLEAN)
            .location("enableResourceNameDnsAAAARecord"),
        Member::new("EnableResourceNameDnsARecord", &BOOLEAN)
            .location("enableResourceNameDnsARecord"),
        Member::new("HostnameType", &HOSTNAME_TYPE).location("hostnameType"),
    ]),
);
pub(super) static PUBLIC_IP_DNS_NAME_OPTIONS: Schema = Schema::new(
    "PublicIpDnsNameOptions",
    Kind::Structure(&[
        Member::new("DnsHostnameType", &STRING).location("dnsHostnameType"),
        Member::new("PublicDualStackDnsName", &STRING).location("publicDualStackDnsName"),
        Member::new("PublicIpv4DnsName", &STRING).location("publicIpv4DnsName"),
        Member::new("PublicIpv6DnsName", &STRING).location("publicIpv6DnsName"),
    ]),
);
pub(super) static SECURITY_GROUP: Schema = Schema::new(
    "SecurityGroup",
    Kind::Structure(&[
        Member::new("Description", &STRING).location("groupDescription"),
        Member::new("GroupId", &STRING).location("groupId"),
        Member::new("GroupName", &STRING).location("groupName"),
        Member::new("IpPermissions", &IP_PERMISSION_LIST).location("ipPermissions"),
        Member::new("IpPermissionsEgress", &IP_PERMISSION_LIST).location("ipPermissionsEgress"),
        Member::new("OwnerId", &STRING).location("ownerId"),
        Member::new("SecurityGroupArn", &STRING).location("securityGroupArn"),
        Member::new("Tags", &TAG_LIST).location("tagSet"),
        Member::new("VpcId", &STRING).location("vpcId"),
    ]),
);
pub(super) static SECURITY_GROUP_ID: Schema = Schema::new("SecurityGroupId", Kind::String);
pub(super) static SECURITY_GROUP_LIST: Schema = Schema::new(
    "SecurityGroupList",
    Kind::List(&Member::new("member", &SECURITY_GROUP).location("item")),
);
pub(super) static SECURITY_GROUP_NAME: Schema = Schema::new("SecurityGroupName", Kind::String);
pub(super) static STRING: Schema = Schema::new("String", Kind::String);
pub(super) static SUBNET: Schema = Schema::new(
    "Subnet",
    Kind::Structure(&[
        Member::new("AssignIpv6AddressOnCreation", &BOOLEAN)
            .location("assignIpv6AddressOnCreation"),
        Member::new("AvailabilityZone", &STRING).location("availabilityZone"),
        Member::new("AvailabilityZoneId", &STRING).location("availabilityZoneId"),
        Member::new("AvailableIpAddressCount", &INTEGER).location("availableIpAddressCount"),
        Member::new("BlockPublicAccessStates", &BLOCK_PUBLIC_ACCESS_STATES)
            .location("blockPublicAccessStates"),
        Member::new("CidrBlock", &STRING).location("cidrBlock"),
        Member::new("CustomerOwnedIpv4Pool", &COIP_POOL_ID).location("customerOwnedIpv4Pool"),
        Member::new("DefaultForAz", &BOOLEAN).location("defaultForAz"),
        Member::new("EnableDns64", &BOOLEAN).location("enableDns64"),
        Member::new("EnableLniAtDeviceIndex", &INTEGER).location("enableLniAtDeviceIndex"),
        Member::new(
            "Ipv6CidrBlockAssociationSet",
            &SUBNET_IPV6_CIDR_BLOCK_ASSOCIATION_SET,
        )
        .location("ipv6CidrBlockAssociationSet"),
        Member::new("Ipv6Native", &BOOLEAN).location("ipv6Native"),
        Member::new("MapCustomerOwnedIpOnLaunch", &BOOLEAN).location("mapCustomerOwnedIpOnLaunch"),
        Member::new("MapPublicIpOnLaunch", &BOOLEAN).location("mapPublicIpOnLaunch"),
        Member::new("OutpostArn", &STRING).location("outpostArn"),
        Member::new("OwnerId", &STRING).location("ownerId"),
        Member::new(
            "PrivateDnsNameOptionsOnLaunch",
            &PRIVATE_DNS_NAME_OPTIONS_ON_LAUNCH,
        )
        .location("privateDnsNameOptionsOnLaunch"),
        Member::new("State", &SUBNET_STATE).location("state"),
        Member::new("SubnetArn", &STRING).location("subnetArn"),
        Member::new("SubnetId", &STRING).location("subnetId"),
        Member::new("Tags", &TAG_LIST).location("tagSet"),
        Member::new("Type", &STRING).location("type"),
        Member::new("VpcId", &STRING).location("vpcId"),
    ]),
);
pub(super) static SUBNET_CIDR_ASSOCIATION_ID: Schema =
    Schema::new("SubnetCidrAssociationId", Kind::String);
pub(super) static SUBNET_CIDR_BLOCK_STATE: Schema = Schema::new(
    "SubnetCidrBlockState",
    Kind::Structure(&[
        Member::new("State", &SUBNET_CIDR_BLOCK_STATE_CODE).location("state"),
        Member::new("StatusMessage", &STRING).location("statusMessage"),
    ]),
);
pub(super) static SUBNET_CIDR_BLOCK_STATE_CODE: Schema = Schema::new(
    "SubnetCidrBlockStateCode",
    Kind::Enum(types::SubnetCidrBlockStateCode::VALUES),
);
pub(super) static SUBNET_ID: Schema = Schema::new("SubnetId", Kind::String);
pub(super) static SUBNET_ID_STRING_LIST: Schema = Schema::new(
    "SubnetIdStringList",
    Kind::List(&Member::new("member", &SUBNET_ID).location("SubnetId")),
);
pub(super) static SUBNET_IPV6_CIDR_BLOCK_ASSOCIATION: Schema = Schema::new(
    "SubnetIpv6CidrBlockAssociation",
    Kind::Structure(&[
        Member::new("AssociationId", &SUBNET_CIDR_ASSOCIATION_ID).location("associationId"),
        Member::new("IpSource", &IP_SOURCE).location("ipSource"),
        Member::new("Ipv6AddressAttribute", &IPV6_ADDRESS_ATTRIBUTE)
            .location("ipv6AddressAttribute"),
        Member::new("Ipv6CidrBlock", &STRING).location("ipv6CidrBlock"),
        Member::new("Ipv6CidrBlockState", &SUBNET_CIDR_BLOCK_STATE).location("ipv6CidrBlockState"),
    ]),
);
pub(super) static SUBNET_IPV6_CIDR_BLOCK_ASSOCIATION_SET: Schema = Schema::new(
    "SubnetIpv6CidrBlockAssociationSet",
    Kind::List(&Member::new("member", &SUBNET_IPV6_CIDR_BLOCK_ASSOCIATION).location("item")),
);
pub(super) static SUBNET_LIST: Schema = Schema::new(
    "SubnetList",
    Kind::List(&Member::new("member", &SUBNET).location("item")),
);
pub(super) static SUBNET_STATE: Schema =
    Schema::new("SubnetState", Kind::Enum(types::SubnetState::VALUES));
pub(super) static TAG: Schema = Schema::new(
    "Tag",
    Kind::Structure(&[
        Member::new("Key", &STRING).location("key"),
        Member::new("Value", &STRING).location("value"),
    ]),
);
pub(super) static TAG_LIST: Schema = Schema::new(
    "TagList",
    Kind::List(&Member::new("member", &TAG).location("item")),
);
pub(super) static TENANCY: Schema = Schema::new("Tenancy", Kind::Enum(types::Tenancy::VALUES));
pub(super) static USER_ID_GROUP_PAIR: Schema = Schema::new(
    "UserIdGroupPair",
    Kind::Structure(&[
        Member::new("Description", &STRING).location("description"),
        Member::new("GroupId", &STRING).location("groupId"),
        Member::new("GroupName", &STRING).location("groupName"),
        Member::new("PeeringStatus", &STRING).location("peeringStatus"),
        Member::new("UserId", &STRING).location("userId"),
        Member::new("VpcId", &STRING).location("vpcId"),
        Member::new("VpcPeeringConnectionId", &STRING).location("vpcPeeringConnectionId"),
    ]),
);
pub(super) static USER_ID_GROUP_PAIR_LIST: Schema = Schema::new(
    "UserIdGroupPairList",
    Kind::List(&Member::new("member", &USER_ID_GROUP_PAIR).location("item")),
);
pub(super) static VALUE_STRING_LIST: Schema = Schema::new(
    "ValueStringList",
    Kind::List(&Member::new("member", &STRING).location("item")),
);
pub(super) static VPC: Schema = Schema::new(
    "Vpc",
    Kind::Structure(&[
        Member::new("BlockPublicAccessStates", &BLOCK_PUBLIC_ACCESS_STATES)
            .location("blockPublicAccessStates"),
        Member::new("CidrBlock", &STRING).location("cidrBlock"),
        Member::new("CidrBlockAssociationSet", &VPC_CIDR_BLOCK_ASSOCIATION_SET)
            .location("cidrBlockAssociationSet"),
        Member::new("DhcpOptionsId", &STRING).location("dhcpOptionsId"),
        Member::new("EncryptionControl", &VPC_ENCRYPTION_CONTROL).location("encryptionControl"),
        Member::new("InstanceTenancy", &TENANCY).location("instanceTenancy"),
        Member::new(
            "Ipv6CidrBlockAssociationSet",
            &VPC_IPV6_CIDR_BLOCK_ASSOCIATION_SET,
        )
        .location("ipv6CidrBlockAssociationSet"),
        Member::new("IsDefault", &BOOLEAN).location("isDefault"),
        Member::new("OwnerId", &STRING).location("ownerId"),
        Member::new("State", &VPC_STATE).location("state"),
        Member::new("Tags", &TAG_LIST).location("tagSet"),
        Member::new("VpcId", &STRING).location("vpcId"),
    ]),
);
pub(super) static VPC_CIDR_BLOCK_ASSOCIATION: Schema = Schema::new(
    "VpcCidrBlockAssociation",
    Kind::Structure(&[
        Member::new("AssociationId", &STRING).location("associationId"),
        Member::new("CidrBlock", &STRING).location("cidrBlock"),
        Member::new("CidrBlockState", &VPC_CIDR_BLOCK_STATE).location("cidrBlockState"),
    ]),
);
pub(super) static VPC_CIDR_BLOCK_ASSOCIATION_SET: Schema = Schema::new(
    "VpcCidrBlockAssociationSet",
    Kind::List(&Member::new("member", &VPC_CIDR_BLOCK_ASSOCIATION).location("item")),
);
pub(super) static VPC_CIDR_BLOCK_STATE: Schema = Schema::new(
    "VpcCidrBlockState",
    Kind::Structure(&[
        Member::new("State", &VPC_CIDR_BLOCK_STATE_CODE).location("state"),
        Member::new("StatusMessage", &STRING).location("statusMessage"),
    ]),
);
pub(super) static VPC_CIDR_BLOCK_STATE_CODE: Schema = Schema::new(
    "VpcCidrBlockStateCode",
    Kind::Enum(types::VpcCidrBlockStateCode::VALUES),
);
pub(super) static VPC_ENCRYPTION_CONTROL: Schema = Schema::new(
    "VpcEncryptionControl",
    Kind::Structure(&[
        Member::new("Mode", &VPC_ENCRYPTION_CONTROL_MODE).location("mode"),
        Member::new("ResourceExclusions", &VPC_ENCRYPTION_CONTROL_EXCLUSIONS)
            .location("resourceExclusions"),
        Member::new("State", &VPC_ENCRYPTION_CONTROL_STATE).location("state"),
        Member::new("StateMessage", &STRING).location("stateMessage"),
        Member::new("Tags", &TAG_LIST).location("tagSet"),
        Member::new("VpcEncryptionControlId", &VPC_ENCRYPTION_CONTROL_ID)
            .location("vpcEncryptionControlId"),
        Member::new("VpcId", &VPC_ID).location("vpcId"),
    ]),
);
pub(super) static VPC_ENCRYPTION_CONTROL_EXCLUSION: Schema = Schema::new(
    "VpcEncryptionControlExclusion",
    Kind::Structure(&[
        Member::new("State", &VPC_ENCRYPTION_CONTROL_EXCLUSION_STATE).location("state"),
        Member::new("StateMessage", &STRING).location("stateMessage"),
    ]),
);
pub(super) static VPC_ENCRYPTION_CONTROL_EXCLUSION_STATE: Schema = Schema::new(
    "VpcEncryptionControlExclusionState",
    Kind::Enum(types::VpcEncryptionControlExclusionState::VALUES),
);
pub(super) static VPC_ENCRYPTION_CONTROL_EXCLUSIONS: Schema = Schema::new(
    "VpcEncryptionControlExclusions",
    Kind::Structure(&[
        Member::new("ApiGatewayV2", &VPC_ENCRYPTION_CONTROL_EXCLUSION).location("apiGatewayV2"),
        Member::new(
            "EgressOnlyInternetGateway",
            &VPC_ENCRYPTION_CONTROL_EXCLUSION,
        )
        .location("egressOnlyInternetGateway"),
        Member::new("ElasticFileSystem", &VPC_ENCRYPTION_CONTROL_EXCLUSION)
            .location("elasticFileSystem"),
        Member::new("GlobalAccelerator", &VPC_ENCRYPTION_CONTROL_EXCLUSION)
            .location("globalAccelerator"),
        Member::new("InternetGateway", &VPC_ENCRYPTION_CONTROL_EXCLUSION)
            .location("internetGateway"),
        Member::new("Lambda", &VPC_ENCRYPTION_CONTROL_EXCLUSION).location("lambda"),
        Member::new("NatGateway", &VPC_ENCRYPTION_CONTROL_EXCLUSION).location("natGateway"),
        Member::new("VirtualPrivateGateway", &VPC_ENCRYPTION_CONTROL_EXCLUSION)
            .location("virtualPrivateGateway"),
        Member::new("VpcLattice", &VPC_ENCRYPTION_CONTROL_EXCLUSION).location("vpcLattice"),
        Member::new("VpcPeering", &VPC_ENCRYPTION_CONTROL_EXCLUSION).location("vpcPeering"),
    ]),
);
pub(super) static VPC_ENCRYPTION_CONTROL_ID: Schema =
    Schema::new("VpcEncryptionControlId", Kind::String);
pub(super) static VPC_ENCRYPTION_CONTROL_MODE: Schema = Schema::new(
    "VpcEncryptionControlMode",
    Kind::Enum(types::VpcEncryptionControlMode::VALUES),
);
pub(super) static VPC_ENCRYPTION_CONTROL_STATE: Schema = Schema::new(
    "VpcEncryptionControlState",
    Kind::Enum(types::VpcEncryptionControlState::VALUES),
);
pub(super) static VPC_ID: Schema = Schema::new("VpcId", Kind::String);
pub(super) static VPC_ID_STRING_LIST: Schema = Schema::new(
    "VpcIdStringList",
    Kind::List(&Member::new("member", &VPC_ID).location("VpcId")),
);
pub(super) static VPC_IPV6_CIDR_BLOCK_ASSOCIATION: Schema = Schema::new(
    "VpcIpv6CidrBlockAssociation",
    Kind::Structure(&[
        Member::new("AssociationId", &STRING).location("associationId"),
        Member::new("IpSource", &IP_SOURCE).location("ipSource"),
        Member::new("Ipv6AddressAttribute", &IPV6_ADDRESS_ATTRIBUTE)
            .location("ipv6AddressAttribute"),
        Member::new("Ipv6CidrBlock", &STRING).location("ipv6CidrBlock"),
        Member::new("Ipv6CidrBlockState", &VPC_CIDR_BLOCK_STATE).location("ipv6CidrBlockState"),
        Member::new("Ipv6Pool", &STRING).location("ipv6Pool"),
        Member::new("NetworkBorderGroup", &STRING).location("networkBorderGroup"),
    ]),
);
pub(super) static VPC_IPV6_CIDR_BLOCK_ASSOCIATION_SET: Schema = Schema::new(
    "VpcIpv6CidrBlockAssociationSet",
    Kind::List(&Member::new("member", &VPC_IPV6_CIDR_BLOCK_ASSOCIATION).location("item")),
);
pub(super) static VPC_LIST: Schema = Schema::new(
    "VpcList",
    Kind::List(&Member::new("member", &VPC).location("item")),
);
pub(super) static VPC_STATE: Schema = Schema::new("VpcState", Kind::Enum(types::VpcState::VALUES));
pub(super) static ZONE_ID_STRING_LIST: Schema = Schema::new(
    "ZoneIdStringList",
    Kind::List(&Member::new("member", &STRING).location("ZoneId")),
);
pub(super) static ZONE_NAME_STRING_LIST: Schema = Schema::new(
    "ZoneNameStringList",
    Kind::List(&Member::new("member", &STRING).location("ZoneName")),
);
