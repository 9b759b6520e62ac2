//! Repositories and images, as the ECR API shows them.
//!
//! Here are the operations ([`Ecr`]), and the two things that the registry asks: which
//! repository has what ([`RecordCatalogue`]) and what a password allows ([`SignedTokens`]).
//! Blobs are the registry's own. Which address of it callers are told says [`Advertised`].

#![forbid(unsafe_code)]

mod address;
mod api;
mod catalogue;
mod deletion;
mod error;
mod referrers;
mod sentences;
mod tally;
mod tokens;

use std::sync::Arc;

use ambient::Clock;
use aws_api::ecr as model;
use aws_core::Caller;
use records::Records;
use registry::Registry;

pub use address::Advertised;
pub use catalogue::RecordCatalogue;
pub use tokens::SignedTokens;

/// The service.
pub struct Ecr {
    records: Records,
    catalogue: RecordCatalogue,
    registry: Arc<Registry>,
    tokens: Arc<SignedTokens>,
    clock: Arc<dyn Clock>,
    advertised: Advertised,
}

impl Ecr {
    /// The service over `records`, with its images in `registry`.
    #[must_use]
    pub fn new(
        records: Records,
        registry: Arc<Registry>,
        tokens: Arc<SignedTokens>,
        clock: Arc<dyn Clock>,
        advertised: Advertised,
    ) -> Self {
        Self {
            catalogue: RecordCatalogue::new(records.clone()),
            records,
            registry,
            tokens,
            clock,
            advertised,
        }
    }
}

macro_rules! operations {
    ($($name:ident: $input:ident => $output:ident, $handler:path;)*) => {
        impl model::Ecr for Ecr {
            $(
                async fn $name(
                    &self,
                    caller: &Caller,
                    input: model::$input,
                ) -> Result<model::$output, model::Error> {
                    Ok($handler(self, caller, input).await?)
                }
            )*
        }
    };
}

operations! {
    create_repository: CreateRepositoryRequest => CreateRepositoryResponse, api::repository::create;
    describe_repositories: DescribeRepositoriesRequest => DescribeRepositoriesResponse, api::repository::describe;
    get_authorization_token: GetAuthorizationTokenRequest => GetAuthorizationTokenResponse, api::token::get;
    describe_images: DescribeImagesRequest => DescribeImagesResponse, api::image::describe;
    list_images: ListImagesRequest => ListImagesResponse, api::image::list;
    batch_get_image: BatchGetImageRequest => BatchGetImageResponse, api::image_batch::get;
    batch_delete_image: BatchDeleteImageRequest => BatchDeleteImageResponse, api::image_batch::delete;
    put_image: PutImageRequest => PutImageResponse, api::image_batch::put;
    batch_check_layer_availability: BatchCheckLayerAvailabilityRequest => BatchCheckLayerAvailabilityResponse, api::layer::check;
    get_download_url_for_layer: GetDownloadUrlForLayerRequest => GetDownloadUrlForLayerResponse, api::layer::download;
    initiate_layer_upload: InitiateLayerUploadRequest => InitiateLayerUploadResponse, api::layer::begin;
    upload_layer_part: UploadLayerPartRequest => UploadLayerPartResponse, api::layer::part;
    complete_layer_upload: CompleteLayerUploadRequest => CompleteLayerUploadResponse, api::layer::complete;
    delete_repository: DeleteRepositoryRequest => DeleteRepositoryResponse, api::repository::delete;
    put_image_tag_mutability: PutImageTagMutabilityRequest => PutImageTagMutabilityResponse, api::mutability::put;
    tag_resource: TagResourceRequest => TagResourceResponse, api::tag::tag;
    untag_resource: UntagResourceRequest => UntagResourceResponse, api::tag::untag;
    list_tags_for_resource: ListTagsForResourceRequest => ListTagsForResourceResponse, api::tag::list;
}
