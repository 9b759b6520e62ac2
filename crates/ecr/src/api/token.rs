//! Passwords for the registry.

use aws_api::ecr as model;
use aws_core::{Caller, Common};

use super::check_registry;
use crate::Ecr;
use crate::error::Failure;

pub(crate) async fn get(
    ecr: &Ecr,
    caller: &Caller,
    input: model::GetAuthorizationTokenRequest,
) -> Result<model::GetAuthorizationTokenResponse, Failure> {
    for id in input.registry_ids.iter().flatten() {
        check_registry(caller, Some(id))?;
    }
    let token = ecr
        .tokens
        .issue(caller)
        .ok_or_else(|| Common::Internal("a registry token could not be signed".to_owned()))?;
    Ok(model::GetAuthorizationTokenResponse {
        authorization_data: Some(vec![model::AuthorizationData {
            authorization_token: Some(token.encoded),
            expires_at: Some(token.expires),
            proxy_endpoint: Some(ecr.endpoint_to_push(caller).await?),
        }]),
    })
}
