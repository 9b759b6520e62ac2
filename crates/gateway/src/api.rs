//! The layers of an API call, from its signature to its answer; who may call is decided in
//! `admit`, and how an answer is put in `reply`.

use std::sync::Arc;

use aws_core::{Answer, CallError, Caller, Common, Output, Service};
use aws_schema::{Operation, ServiceSchema};
use aws_sign::{Claim, Reason};
use aws_wire::Failure;
use bytes::Bytes;
use http::{Request, Response, request};
use hyper::body::Incoming;

use crate::admit::Signed;
use crate::body::Room;
use crate::gateway::{Counted, Gateway, counted};
use crate::host::named_host;
use crate::recognise::{Address, Found, find};
use crate::reply::{Refusal, Reply, Tongue, busy, unknown_operation};
use crate::route::Body;
use crate::vocabulary::{UNKNOWN_SERVICE, action_prefix};

/// The operation that a request is counted as while it has not named one.
const NO_OPERATION: &str = "unknown";

impl Gateway {
    /// Answers an API call.
    pub(crate) async fn api(
        self: Arc<Self>,
        address: Address,
        claim: Result<Claim, Reason>,
        request: Request<Incoming>,
        request_id: &str,
    ) -> (Response<Body>, Counted) {
        let served = address.service.and_then(|place| {
            let service = self.services.get(place)?;
            Some((Arc::clone(service), service.schema()))
        });
        let tongue = Tongue {
            service: served
                .as_ref()
                .map_or(&UNKNOWN_SERVICE, |(_, schema)| schema),
            protocol: address.protocol,
        };
        let (head, body) = request.into_parts();
        let mut operation = NO_OPERATION;
        let outcome = match self
            .authenticate(&address, tongue, claim, &head, body)
            .await
        {
            Ok(signed) => {
                self.call(
                    &address,
                    served,
                    tongue,
                    &head,
                    signed,
                    request_id,
                    &mut operation,
                )
                .await
            }
            Err(refusal) => Err(refusal),
        };
        let reply = outcome.unwrap_or_else(|refusal| tongue.refuse(&refusal, request_id));
        let counted = counted(tongue.service.signing_name, operation, reply.code);
        (reply.into_response(), counted)
    }

    /// Authority, input, handler, output.
    #[expect(
        clippy::too_many_arguments,
        reason = "what the layers above have found out, each once"
    )]
    async fn call(
        &self,
        address: &Address,
        served: Option<(Arc<dyn Service>, &'static ServiceSchema)>,
        tongue: Tongue,
        head: &request::Parts,
        signed: Signed,
        request_id: &str,
        counted_as: &mut &'static str,
    ) -> Result<Reply, Refusal> {
        let words = tongue.vocabulary();
        let Some((service, schema)) = served else {
            return Err(Refusal {
                code: words.not_supported,
                message: format!(
                    "Longshore does not have the service {} yet.",
                    signed.verified.service
                ),
            });
        };
        let query = head.uri.query();
        let prefix = action_prefix(schema);
        let (operation, in_query) = match find(schema, &address.sign, &signed.body, query) {
            Found::Typed {
                operation,
                in_query,
            } => (operation, in_query),
            Found::Unsupported(name) => {
                *counted_as = name;
                return Err(Refusal {
                    code: words.not_supported,
                    message: format!("Longshore does not support {prefix}:{name} yet."),
                });
            }
            Found::Unknown { operation, version } => {
                return Err(Refusal {
                    code: words.unknown_operation,
                    message: unknown_operation(tongue.protocol, schema, &operation, version),
                });
            }
            Found::Unnamed => {
                return Err(Refusal {
                    code: words.missing_operation,
                    message: "The request names no operation.".to_owned(),
                });
            }
        };
        *counted_as = operation.name;
        let action = format!("{prefix}:{}", operation.name);
        let host = named_host(&head.headers);
        let caller = self.admit(
            tongue,
            signed.verified,
            signed.region,
            host,
            action,
            request_id,
        )?;
        let place = Arc::clone(&self.work)
            .try_acquire_owned()
            .map_err(|_| busy(words))?;
        let input = if in_query {
            Bytes::copy_from_slice(query.unwrap_or_default().as_bytes())
        } else {
            signed.body
        };
        let work = Work {
            service,
            operation,
            tongue,
            caller,
            input,
        };
        // In a task of its own, a panic of a handler ends in an answer, and a client that hangs up
        // does not stop a handler half-way.
        let room = signed.room;
        let mut task = tokio::spawn(async move {
            let reply = work.run(room).await;
            drop(place);
            reply
        });
        match tokio::time::timeout(self.limits.work, &mut task).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(failed)) => {
                let error = Common::Internal(format!("the handler panicked: {failed}"));
                Err(tongue.common(&error, request_id))
            }
            Err(_) => {
                task.abort();
                let error = Common::Internal(format!(
                    "the handler was not done after {} s and was stopped",
                    self.limits.work.as_secs()
                ));
                Err(tongue.common(&error, request_id))
            }
        }
    }
}

/// One call, ready to be made.
struct Work {
    service: Arc<dyn Service>,
    operation: &'static Operation,
    tongue: Tongue,
    caller: Caller,
    input: Bytes,
}

impl Work {
    /// `room` is what the input takes in memory; it is free once the input has been read.
    async fn run(self, room: Room) -> Reply {
        let Self {
            service,
            operation,
            tongue,
            caller,
            input,
        } = self;
        let request_id = caller.request_id.clone();
        let begun = begin(&*service, operation, tongue, caller, &input);
        drop((input, room));
        match begun {
            Ok(work) => finish(work.await, operation, tongue, &request_id),
            Err(CallError::Read(error)) => {
                let refusal = Refusal {
                    code: tongue.vocabulary().malformed,
                    message: error.message,
                };
                tongue.refuse(&refusal, &request_id)
            }
            Err(CallError::Refused(error)) => {
                tongue.refuse(&tongue.common(&error, &request_id), &request_id)
            }
        }
    }
}

fn begin(
    service: &dyn Service,
    operation: &'static Operation,
    tongue: Tongue,
    caller: Caller,
    input: &[u8],
) -> Result<ambient::BoxFuture<'static, Answer>, CallError> {
    let decoded = aws_wire::decode(tongue.protocol, input).map_err(CallError::Read)?;
    let action = caller.action.clone();
    service.call(operation, caller, &mut *decoded.reader(), &|input| {
        aws_wire::validate(input)
            .map_err(|violations| Common::Validation(violations.to_string()))?;
        match aws_wire::unsupported(input) {
            None => Ok(()),
            Some(member) => Err(Common::NotSupported(format!(
                "Longshore does not support {member} of {action} yet."
            ))),
        }
    })
}

fn finish(
    answer: Answer,
    operation: &'static Operation,
    tongue: Tongue,
    request_id: &str,
) -> Reply {
    let Tongue { service, protocol } = tongue;
    match answer {
        Ok(Output::Whole(output)) => Reply {
            status: 200,
            code: "OK",
            encoded: aws_wire::encode(protocol, service, operation, &*output, request_id),
            events: None,
        },
        Ok(Output::Stream(output, events)) => Reply {
            status: 200,
            code: "OK",
            encoded: aws_wire::event_stream::begin(protocol, &*output),
            events: Some((protocol, events)),
        },
        Err(error) => match error.common() {
            Some(common) => tongue.refuse(&tongue.common(common, request_id), request_id),
            None => Reply {
                status: error.status(),
                code: error.code(),
                encoded: aws_wire::encode_error(
                    protocol,
                    service,
                    &Failure {
                        code: error.code(),
                        status: error.status(),
                        message: error.message(),
                        shape: error.shape(),
                    },
                    request_id,
                ),
                events: None,
            },
        },
    }
}
