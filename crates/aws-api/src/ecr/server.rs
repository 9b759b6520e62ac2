//! What an implementation of `ecr` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    BatchCheckLayerAvailabilityRequest, BatchCheckLayerAvailabilityResponse,
    BatchDeleteImageRequest, BatchDeleteImageResponse, BatchGetImageRequest, BatchGetImageResponse,
    CompleteLayerUploadRequest, CompleteLayerUploadResponse, CreateRepositoryRequest,
    CreateRepositoryResponse, DeleteRepositoryRequest, DeleteRepositoryResponse,
    DescribeImagesRequest, DescribeImagesResponse, DescribeRepositoriesRequest,
    DescribeRepositoriesResponse, GetAuthorizationTokenRequest, GetAuthorizationTokenResponse,
    GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse, InitiateLayerUploadRequest,
    InitiateLayerUploadResponse, ListImagesRequest, ListImagesResponse, ListTagsForResourceRequest,
    ListTagsForResourceResponse, PutImageRequest, PutImageResponse, PutImageTagMutabilityRequest,
    PutImageTagMutabilityResponse, TagResourceRequest, TagResourceResponse, UntagResourceRequest,
    UntagResourceResponse, UploadLayerPartRequest, UploadLayerPartResponse,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Ecr: Send + Sync + 'static {
    /// `BatchCheckLayerAvailability`.
    fn batch_check_layer_availability(
        &self,
        caller: &Caller,
        input: BatchCheckLayerAvailabilityRequest,
    ) -> impl Future<Output = Result<BatchCheckLayerAvailabilityResponse, Error>> + Send;

    /// `BatchDeleteImage`.
    fn batch_delete_image(
        &self,
        caller: &Caller,
        input: BatchDeleteImageRequest,
    ) -> impl Future<Output = Result<BatchDeleteImageResponse, Error>> + Send;

    /// `BatchGetImage`.
    fn batch_get_image(
        &self,
        caller: &Caller,
        input: BatchGetImageRequest,
    ) -> impl Future<Output = Result<BatchGetImageResponse, Error>> + Send;

    /// `CompleteLayerUpload`.
    fn complete_layer_upload(
        &self,
        caller: &Caller,
        input: CompleteLayerUploadRequest,
    ) -> impl Future<Output = Result<CompleteLayerUploadResponse, Error>> + Send;

    /// `CreateRepository`.
    fn create_repository(
        &self,
        caller: &Caller,
        input: CreateRepositoryRequest,
    ) -> impl Future<Output = Result<CreateRepositoryResponse, Error>> + Send;

    /// `DeleteRepository`.
    fn delete_repository(
        &self,
        caller: &Caller,
        input: DeleteRepositoryRequest,
    ) -> impl Future<Output = Result<DeleteRepositoryResponse, Error>> + Send;

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

    /// `GetDownloadUrlForLayer`.
    fn get_download_url_for_layer(
        &self,
        caller: &Caller,
        input: GetDownloadUrlForLayerRequest,
    ) -> impl Future<Output = Result<GetDownloadUrlForLayerResponse, Error>> + Send;

    /// `InitiateLayerUpload`.
    fn initiate_layer_upload(
        &self,
        caller: &Caller,
        input: InitiateLayerUploadRequest,
    ) -> impl Future<Output = Result<InitiateLayerUploadResponse, Error>> + Send;

    /// `ListImages`.
    fn list_images(
        &self,
        caller: &Caller,
        input: ListImagesRequest,
    ) -> impl Future<Output = Result<ListImagesResponse, Error>> + Send;

    /// `ListTagsForResource`.
    fn list_tags_for_resource(
        &self,
        caller: &Caller,
        input: ListTagsForResourceRequest,
    ) -> impl Future<Output = Result<ListTagsForResourceResponse, Error>> + Send;

    /// `PutImage`.
    fn put_image(
        &self,
        caller: &Caller,
        input: PutImageRequest,
    ) -> impl Future<Output = Result<PutImageResponse, Error>> + Send;

    /// `PutImageTagMutability`.
    fn put_image_tag_mutability(
        &self,
        caller: &Caller,
        input: PutImageTagMutabilityRequest,
    ) -> impl Future<Output = Result<PutImageTagMutabilityResponse, Error>> + Send;

    /// `TagResource`.
    fn tag_resource(
        &self,
        caller: &Caller,
        input: TagResourceRequest,
    ) -> impl Future<Output = Result<TagResourceResponse, Error>> + Send;

    /// `UntagResource`.
    fn untag_resource(
        &self,
        caller: &Caller,
        input: UntagResourceRequest,
    ) -> impl Future<Output = Result<UntagResourceResponse, Error>> + Send;

    /// `UploadLayerPart`.
    fn upload_layer_part(
        &self,
        caller: &Caller,
        input: UploadLayerPartRequest,
    ) -> impl Future<Output = Result<UploadLayerPartResponse, Error>> + Send;
}

server!(Ecr {
    "BatchCheckLayerAvailability" => batch_check_layer_availability,
    "BatchDeleteImage" => batch_delete_image,
    "BatchGetImage" => batch_get_image,
    "CompleteLayerUpload" => complete_layer_upload,
    "CreateRepository" => create_repository,
    "DeleteRepository" => delete_repository,
    "DescribeImages" => describe_images,
    "DescribeRepositories" => describe_repositories,
    "GetAuthorizationToken" => get_authorization_token,
    "GetDownloadUrlForLayer" => get_download_url_for_layer,
    "InitiateLayerUpload" => initiate_layer_upload,
    "ListImages" => list_images,
    "ListTagsForResource" => list_tags_for_resource,
    "PutImage" => put_image,
    "PutImageTagMutability" => put_image_tag_mutability,
    "TagResource" => tag_resource,
    "UntagResource" => untag_resource,
    "UploadLayerPart" => upload_layer_part,
});

shape_reader! {
    "BatchCheckLayerAvailabilityRequest" => BatchCheckLayerAvailabilityRequest,
    "BatchCheckLayerAvailabilityResponse" => BatchCheckLayerAvailabilityResponse,
    "BatchDeleteImageRequest" => BatchDeleteImageRequest,
    "BatchDeleteImageResponse" => BatchDeleteImageResponse,
    "BatchGetImageRequest" => BatchGetImageRequest,
    "BatchGetImageResponse" => BatchGetImageResponse,
    "CompleteLayerUploadRequest" => CompleteLayerUploadRequest,
    "CompleteLayerUploadResponse" => CompleteLayerUploadResponse,
    "CreateRepositoryRequest" => CreateRepositoryRequest,
    "CreateRepositoryResponse" => CreateRepositoryResponse,
    "DeleteRepositoryRequest" => DeleteRepositoryRequest,
    "DeleteRepositoryResponse" => DeleteRepositoryResponse,
    "DescribeImagesRequest" => DescribeImagesRequest,
    "DescribeImagesResponse" => DescribeImagesResponse,
    "DescribeRepositoriesRequest" => DescribeRepositoriesRequest,
    "DescribeRepositoriesResponse" => DescribeRepositoriesResponse,
    "EmptyUploadException" => EmptyUploadException,
    "GetAuthorizationTokenRequest" => GetAuthorizationTokenRequest,
    "GetAuthorizationTokenResponse" => GetAuthorizationTokenResponse,
    "GetDownloadUrlForLayerRequest" => GetDownloadUrlForLayerRequest,
    "GetDownloadUrlForLayerResponse" => GetDownloadUrlForLayerResponse,
    "ImageAlreadyExistsException" => ImageAlreadyExistsException,
    "ImageDigestDoesNotMatchException" => ImageDigestDoesNotMatchException,
    "ImageNotFoundException" => ImageNotFoundException,
    "ImageTagAlreadyExistsException" => ImageTagAlreadyExistsException,
    "InitiateLayerUploadRequest" => InitiateLayerUploadRequest,
    "InitiateLayerUploadResponse" => InitiateLayerUploadResponse,
    "InvalidLayerException" => InvalidLayerException,
    "InvalidLayerPartException" => InvalidLayerPartException,
    "InvalidParameterException" => InvalidParameterException,
    "InvalidTagParameterException" => InvalidTagParameterException,
    "KmsException" => KmsException,
    "LayerAlreadyExistsException" => LayerAlreadyExistsException,
    "LayerInaccessibleException" => LayerInaccessibleException,
    "LayerPartTooSmallException" => LayerPartTooSmallException,
    "LayersNotFoundException" => LayersNotFoundException,
    "LimitExceededException" => LimitExceededException,
    "ListImagesRequest" => ListImagesRequest,
    "ListImagesResponse" => ListImagesResponse,
    "ListTagsForResourceRequest" => ListTagsForResourceRequest,
    "ListTagsForResourceResponse" => ListTagsForResourceResponse,
    "PutImageRequest" => PutImageRequest,
    "PutImageResponse" => PutImageResponse,
    "PutImageTagMutabilityRequest" => PutImageTagMutabilityRequest,
    "PutImageTagMutabilityResponse" => PutImageTagMutabilityResponse,
    "ReferencedImagesNotFoundException" => ReferencedImagesNotFoundException,
    "RepositoryAlreadyExistsException" => RepositoryAlreadyExistsException,
    "RepositoryNotEmptyException" => RepositoryNotEmptyException,
    "RepositoryNotFoundException" => RepositoryNotFoundException,
    "ServerException" => ServerException,
    "TagResourceRequest" => TagResourceRequest,
    "TagResourceResponse" => TagResourceResponse,
    "TooManyTagsException" => TooManyTagsException,
    "UnableToGetUpstreamImageException" => UnableToGetUpstreamImageException,
    "UnableToGetUpstreamLayerException" => UnableToGetUpstreamLayerException,
    "UntagResourceRequest" => UntagResourceRequest,
    "UntagResourceResponse" => UntagResourceResponse,
    "UploadLayerPartRequest" => UploadLayerPartRequest,
    "UploadLayerPartResponse" => UploadLayerPartResponse,
    "UploadNotFoundException" => UploadNotFoundException,
}
