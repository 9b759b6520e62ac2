//! IAM (2010-05-08), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Iam, Server};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "iam",
    service_id: "IAM",
    api_version: "2010-05-08",
    target_prefix: None,
    xml_namespace: Some("https://iam.amazonaws.com/doc/2010-05-08/"),
    protocols: &[Protocol::AwsQuery],
    query_compatible: false,
    operations: &[&GET_ROLE],
    unsupported: UNSUPPORTED,
};

static GET_ROLE: Operation = Operation {
    name: "GetRole",
    input: &schemas::GET_ROLE_REQUEST,
    output: &schemas::GET_ROLE_RESPONSE,
    result_wrapper: Some("GetRoleResult"),
    errors: &[
        &error::NO_SUCH_ENTITY_EXCEPTION,
        &error::SERVICE_FAILURE_EXCEPTION,
    ],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "AcceptDelegationRequest", "AcquireRole", "AddClientIDToOpenIDConnectProvider",
    "AddRoleToInstanceProfile", "AddUserToGroup", "AssociateDelegationRequest",
    "AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy", "ChangePassword",
    "CreateAccessKey", "CreateAccountAlias", "CreateDelegationRequest", "CreateGroup",
    "CreateInstanceProfile", "CreateLoginProfile", "CreateOpenIDConnectProvider", "CreatePolicy",
    "CreatePolicyVersion", "CreateRole", "CreateSAMLProvider", "CreateServiceLinkedRole",
    "CreateServiceSpecificCredential", "CreateUser", "CreateVirtualMFADevice",
    "DeactivateMFADevice", "DeleteAccessKey", "DeleteAccountAlias", "DeleteAccountPasswordPolicy",
    "DeleteGroup", "DeleteGroupPolicy", "DeleteInstanceProfile", "DeleteLoginProfile",
    "DeleteOpenIDConnectProvider", "DeletePolicy", "DeletePolicyVersion", "DeleteRole",
    "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DeleteSAMLProvider",
    "DeleteSSHPublicKey", "DeleteServerCertificate", "DeleteServiceLinkedRole",
    "DeleteServiceSpecificCredential", "DeleteSigningCertificate", "DeleteUser",
    "DeleteUserPermissionsBoundary", "DeleteUserPolicy", "DeleteVirtualMFADevice",
    "DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy",
    "DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions",
    "DisableOutboundWebIdentityFederation", "EnableMFADevice",
    "EnableOrganizationsRootCredentialsManagement", "EnableOrganizationsRootSessions",
    "EnableOutboundWebIdentityFederation", "GenerateCredentialReport",
    "GenerateOrganizationsAccessReport", "GenerateServiceLastAccessedDetails",
    "GetAccessKeyLastUsed", "GetAccountAuthorizationDetails", "GetAccountPasswordPolicy",
    "GetAccountProperties", "GetAccountSummary", "GetContextKeysForCustomPolicy",
    "GetContextKeysForPrincipalPolicy", "GetCredentialReport", "GetDelegationRequest", "GetGroup",
    "GetGroupPolicy", "GetHumanReadableSummary", "GetInstanceProfile", "GetLoginProfile",
    "GetMFADevice", "GetOpenIDConnectProvider", "GetOrganizationsAccessReport",
    "GetOutboundWebIdentityFederationInfo", "GetPolicy", "GetPolicyVersion", "GetRolePolicy",
    "GetRoleTemplateVersion", "GetSAMLProvider", "GetSSHPublicKey", "GetServerCertificate",
    "GetServiceLastAccessedDetails", "GetServiceLastAccessedDetailsWithEntities",
    "GetServiceLinkedRoleDeletionStatus", "GetUser", "GetUserPolicy", "ListAccessKeys",
    "ListAccountAliases", "ListAttachedGroupPolicies", "ListAttachedRolePolicies",
    "ListAttachedUserPolicies", "ListDelegationRequests", "ListEntitiesForPolicy",
    "ListGroupPolicies", "ListGroups", "ListGroupsForUser", "ListInstanceProfileTags",
    "ListInstanceProfiles", "ListInstanceProfilesForRole", "ListMFADeviceTags", "ListMFADevices",
    "ListOpenIDConnectProviderTags", "ListOpenIDConnectProviders", "ListOrganizationsFeatures",
    "ListPolicies", "ListPoliciesGrantingServiceAccess", "ListPolicyTags", "ListPolicyVersions",
    "ListRolePolicies", "ListRoleTags", "ListRoles", "ListSAMLProviderTags", "ListSAMLProviders",
    "ListSSHPublicKeys", "ListServerCertificateTags", "ListServerCertificates",
    "ListServiceSpecificCredentials", "ListSigningCertificates", "ListUserPolicies",
    "ListUserTags", "ListUsers", "ListVirtualMFADevices", "PutAccountProperties", "PutGroupPolicy",
    "PutRolePermissionsBoundary", "PutRolePolicy", "PutUserPermissionsBoundary", "PutUserPolicy",
    "RejectDelegationRequest", "RemoveClientIDFromOpenIDConnectProvider",
    "RemoveRoleFromInstanceProfile", "RemoveUserFromGroup", "ResetServiceSpecificCredential",
    "ResyncMFADevice", "SendDelegationToken", "SetDefaultPolicyVersion",
    "SetSecurityTokenServicePreferences", "SimulateCustomPolicy", "SimulatePrincipalPolicy",
    "TagInstanceProfile", "TagMFADevice", "TagOpenIDConnectProvider", "TagPolicy", "TagRole",
    "TagSAMLProvider", "TagServerCertificate", "TagUser", "UntagInstanceProfile", "UntagMFADevice",
    "UntagOpenIDConnectProvider", "UntagPolicy", "UntagRole", "UntagSAMLProvider",
    "UntagServerCertificate", "UntagUser", "UpdateAccessKey", "UpdateAccountPasswordPolicy",
    "UpdateAssumeRolePolicy", "UpdateDelegationRequest", "UpdateGroup", "UpdateLoginProfile",
    "UpdateOpenIDConnectProviderThumbprint", "UpdateRole", "UpdateRoleDescription",
    "UpdateSAMLProvider", "UpdateSSHPublicKey", "UpdateServerCertificate",
    "UpdateServiceSpecificCredential", "UpdateSigningCertificate", "UpdateUser",
    "UploadSSHPublicKey", "UploadServerCertificate", "UploadSigningCertificate",
];
