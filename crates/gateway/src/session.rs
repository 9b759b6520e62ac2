//! The websockets of agents: signed requests that are handed on to a route.

use aws_core::Caller;
use aws_schema::Protocol;
use aws_sign::{Claim, Policy, Reason, body_sha256};
use http::{Request, Response, request};
use hyper::body::Incoming;

use crate::gateway::{Counted, Gateway, counted, status_class};
use crate::host::named_host;
use crate::recognise::Session;
use crate::reply::{Refusal, Tongue};
use crate::route::Body;
use crate::vocabulary::UNKNOWN_SERVICE;

impl Gateway {
    /// Opens an agent's websocket: a signed GET, handed on once it may.
    pub(crate) async fn agent_session(
        &self,
        session: Session,
        claim: Result<Claim, Reason>,
        request: Request<Incoming>,
        request_id: &str,
    ) -> (Response<Body>, Counted) {
        let tongue = Tongue {
            service: self
                .schemas
                .iter()
                .find(|schema| schema.signing_name == "ecs")
                .copied()
                .unwrap_or(&UNKNOWN_SERVICE),
            protocol: Protocol::AwsJson11,
        };
        let (head, body) = request.into_parts();
        let admitted = claim
            .map_err(|reason| Policy::of("ecs").reject(reason).into())
            .and_then(|_| self.admit_session(session, tongue, &head, request_id));
        match (admitted, &self.routes.agent_sessions) {
            (Ok(caller), Some(route)) => {
                let request = Request::from_parts(head, body);
                let response = route.handle(Some(caller), request).await;
                let code = status_class(response.status());
                (response, counted("ecs", session.operation(), code))
            }
            (admitted, _) => {
                let refusal = admitted.err().unwrap_or_else(|| Refusal {
                    code: tongue.vocabulary().not_supported,
                    message: "This endpoint serves no agents.".to_owned(),
                });
                let reply = tongue.refuse(&refusal, request_id);
                let counted = counted("ecs", session.operation(), reply.code);
                (reply.into_response(), counted)
            }
        }
    }

    fn admit_session(
        &self,
        session: Session,
        tongue: Tongue,
        head: &request::Parts,
        request_id: &str,
    ) -> Result<Caller, Refusal> {
        let policy = Policy::of("ecs");
        let verified = self.verify(head, body_sha256(b""), policy)?;
        if verified.service != "ecs" {
            return Err(policy.reject(Reason::Service("ecs".to_owned())).into());
        }
        let region = self
            .served_region(&verified, tongue.service)
            .ok_or_else(|| self.wrong_region(policy, &verified))?;
        self.admit(
            tongue,
            verified,
            region,
            named_host(&head.headers),
            session.action().to_owned(),
            request_id,
        )
    }
}
