//! What an implementation of `ecr` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    CreateRepositoryRequest, CreateRepositoryResponse, DescribeImagesRequest,
    DescribeImagesResponse, DescribeRepositoriesRequest, DescribeRepositoriesResponse,
    GetAuthorizationTokenRequest, GetAuthorizationTokenResponse, ListImagesRequest,
    ListImagesResponse,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Ecr: Send + Sync + 'static {
    /// `CreateRepository`.
    fn create_repository(
        &self,
        caller: &Caller,
        input: CreateRepositoryRequest,
    ) -> impl Future<Output = Result<CreateRepositoryResponse, Error>> + Send;

    /// `DescribeImages`.
    fn describe_images(
        &self,
        caller: &Caller,
        input: DescribeImagesRequest,
    ) -> impl Future<Output = Result<DescribeImagesResponse, Error>> + Send;

    /// `DescribeRepositories`.
    fn describe_repositories(
        &self,
        caller: &Caller,
        input: DescribeRepositoriesRequest,
    ) -> impl Future<Output = Result<DescribeRepositoriesResponse, Error>> + Send;

    /// `GetAuthorizationToken`.
    fn get_authorization_token(
        &self,
        caller: &Caller,
        input: GetAuthorizationTokenRequest,
    ) -> impl Future<Output = Result<GetAuthorizationTokenResponse, Error>> + Send;

    /// `ListImages`.
    fn list_images(
        &self,
        caller: &Caller,
        input: ListImagesRequest,
    ) -> impl Future<Output = Result<ListImagesResponse, Error>> + Send;
}

server!(Ecr {
    "CreateRepository" => create_repository,
    "DescribeImages" => describe_images,
    "DescribeRepositories" => describe_repositories,
    "GetAuthorizationToken" => get_authorization_token,
    "ListImages" => list_images,
});

shape_reader! {
    "CreateRepositoryRequest" => CreateRepositoryRequest,
    "CreateRepositoryResponse" => CreateRepositoryResponse,
    "DescribeImagesRequest" => DescribeImagesRequest,
    "DescribeImagesResponse" => DescribeImagesResponse,
    "DescribeRepositoriesRequest" => DescribeRepositoriesRequest,
    "DescribeRepositoriesResponse" => DescribeRepositoriesResponse,
    "GetAuthorizationTokenRequest" => GetAuthorizationTokenRequest,
    "GetAuthorizationTokenResponse" => GetAuthorizationTokenResponse,
    "ImageNotFoundException" => ImageNotFoundException,
    "InvalidParameterException" => InvalidParameterException,
    "InvalidTagParameterException" => InvalidTagParameterException,
    "KmsException" => KmsException,
    "LimitExceededException" => LimitExceededException,
    "ListImagesRequest" => ListImagesRequest,
    "ListImagesResponse" => ListImagesResponse,
    "RepositoryAlreadyExistsException" => RepositoryAlreadyExistsException,
    "RepositoryNotFoundException" => RepositoryNotFoundException,
    "ServerException" => ServerException,
    "TooManyTagsException" => TooManyTagsException,
}
