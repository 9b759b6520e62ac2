//! A gateway with two services and two routes of our own, and a client.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{BoxFuture, Clock, SystemClock, SystemRandom};
use aws_api::ecs;
use aws_api::sts::{self, GetCallerIdentityRequest, GetCallerIdentityResponse};
use aws_core::{
    Answer, Arn, Authoriser, CallError, Caller, Common, Decision, Output, Principal, Service,
};
use aws_schema::{Operation, Reader, ServiceSchema, Shape};
use aws_sign::{Credentials, Target, body_sha256, sign_headers};
use gateway::{Body, Gateway, Key, Keys, Limits, Metrics, Parts, Route, Routes, Secret, full_body};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

pub(super) const ACCOUNT: &str = "123456789012";
/// The longest that any condition here is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct TestKeys;

impl Keys for TestKeys {
    fn find(&self, access_key_id: &str) -> Option<Key> {
        let account = ACCOUNT.parse().unwrap();
        let principal = match access_key_id {
            "AKIAROOT" => Principal::Root { account },
            "AKIANODE" => Principal::Instance {
                account,
                instance_id: "i-1".to_owned(),
            },
            _ => return None,
        };
        Some(Key {
            secret: Secret::new("secret".to_owned()),
            session_token: None,
            expires: None,
            principal,
        })
    }
}

/// Root may all; a node may open its websockets.
pub(super) struct TestAuthoriser;

impl Authoriser for TestAuthoriser {
    fn authorise(&self, principal: &Principal, action: &str, _: Option<&Arn>) -> Decision {
        match principal {
            Principal::Root { .. } => Decision::Allow,
            Principal::Instance { .. } if action == "ecs:Poll" => Decision::Allow,
            Principal::Instance { .. } => Decision::Deny,
        }
    }
}

/// What the handler of this test does, by turns.
#[derive(Clone)]
pub(super) enum Mood {
    Answer,
    Panic,
    Fail(Common),
    /// Says that it has begun and waits to be told to go on.
    Wait(Arc<Notify>, Arc<Notify>),
}

pub(super) struct TestSts(Arc<Mutex<Mood>>);

impl sts::Sts for TestSts {
    async fn get_caller_identity(
        &self,
        caller: &Caller,
        _: GetCallerIdentityRequest,
    ) -> Result<GetCallerIdentityResponse, sts::Error> {
        let mood = self.0.lock().unwrap().clone();
        match mood {
            Mood::Answer => {}
            Mood::Panic => panic!("the handler breaks, as this test wants it to"),
            Mood::Fail(error) => return Err(error.into()),
            Mood::Wait(begun, go_on) => {
                begun.notify_one();
                go_on.notified().await;
            }
        }
        Ok(GetCallerIdentityResponse {
            account: Some(caller.account.to_string()),
            arn: Some(caller.principal.arn().to_string()),
            user_id: Some(format!("{} {:?}", caller.region, caller.host)),
        })
    }
}

/// ECS, by its schema: reads any input and says which operation was called.
pub(super) struct TestEcs;

impl Service for TestEcs {
    fn schema(&self) -> &'static ServiceSchema {
        &ecs::SERVICE
    }

    fn call(
        &self,
        operation: &'static Operation,
        _: Caller,
        input: &mut dyn Reader,
        validate: &dyn Fn(&dyn Shape) -> Result<(), Common>,
    ) -> Result<BoxFuture<'static, Answer>, CallError> {
        use aws_schema::{Structure as _, Value as _};
        if operation.name == "ListTasks" {
            let input = ecs::ListTasksRequest::read(ecs::ListTasksRequest::SCHEMA, input)
                .map_err(CallError::Read)?;
            validate(&input).map_err(CallError::Refused)?;
            return Ok(Box::pin(async {
                Ok(Output::Whole(Box::new(ecs::ListTasksResponse::default())))
            }));
        }
        assert_eq!(operation.name, "DescribeTasks");
        let input = ecs::DescribeTasksRequest::read(ecs::DescribeTasksRequest::SCHEMA, input)
            .map_err(CallError::Read)?;
        validate(&input).map_err(CallError::Refused)?;
        Ok(Box::pin(async move {
            match input.cluster.as_deref() {
                Some("none") => {
                    let error = ecs::Error::cluster_not_found_exception("Cluster not found.");
                    Err(Box::new(error) as Box<dyn aws_core::ServiceError>)
                }
                _ => Ok(Output::Whole(Box::new(
                    ecs::DescribeTasksResponse::default(),
                ))),
            }
        }))
    }
}

/// Where [`Echo`] answers with more than the buffers of a connection take.
pub(super) const LARGE: &str = "/v2/large";
pub(super) const LARGE_BYTES: usize = 64 * 1024 * 1024;

pub(super) struct Echo;

impl Route for Echo {
    fn handle(
        &self,
        caller: Option<Caller>,
        request: Request<Incoming>,
    ) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move {
            if request.headers().contains_key("upgrade") {
                return upgrade(request);
            }
            if request.uri().path() == LARGE {
                return Response::new(full_body(vec![b'x'; LARGE_BYTES]));
            }
            let caller = caller.map_or("nobody".to_owned(), |caller| {
                format!("{} {}", caller.principal.arn(), caller.action)
            });
            Response::new(full_body(format!("{caller} {}", request.uri())))
        })
    }
}

/// Switches protocols and sends back the five bytes that come.
pub(super) fn upgrade(request: Request<Incoming>) -> Response<Body> {
    tokio::spawn(async move {
        let mut stream = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
    });
    let mut response = Response::new(full_body(""));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert("connection", "Upgrade".parse().unwrap());
    headers.insert("upgrade", "test".parse().unwrap());
    response
}

pub(super) struct House {
    pub(super) address: SocketAddr,
    pub(super) mood: Arc<Mutex<Mood>>,
    pub(super) registry: Arc<Registry>,
    pub(super) stop: Option<oneshot::Sender<()>>,
    pub(super) served: tokio::task::JoinHandle<()>,
}

impl House {
    pub(super) async fn open(limits: Limits) -> Self {
        let mood = Arc::new(Mutex::new(Mood::Answer));
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let gateway = Gateway::new(Parts {
            services: vec![
                Arc::new(sts::Server(Arc::new(TestSts(Arc::clone(&mood))))),
                Arc::new(TestEcs),
            ],
            keys: Arc::new(TestKeys),
            authoriser: Arc::new(TestAuthoriser),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            regions: vec![
                "eu-central-1".parse().unwrap(),
                "eu-west-1".parse().unwrap(),
            ],
            routes: Routes {
                registry: Some(Arc::new(Echo)),
                agent_sessions: Some(Arc::new(Echo)),
            },
            limits,
            metrics,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(gateway.serve(listener, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            mood,
            registry: Arc::new(registry),
            stop: Some(stop),
            served,
        }
    }

    pub(super) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(super) async fn send(&self, asked: Asked) -> Seen {
        tokio::time::timeout(PATIENCE, send(self.address, asked))
            .await
            .unwrap()
    }

    pub(super) async fn close(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.served)
            .await
            .unwrap()
            .unwrap();
        assert!(TcpStream::connect(self.address).await.is_err());
    }
}

/// A request, signed when it is sent.
pub(super) struct Asked {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) signer: Option<(&'static str, &'static str)>,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
}

pub(super) fn whoami() -> Asked {
    Asked {
        method: "POST",
        path: "/",
        query: None,
        headers: vec![(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
        )],
        body: b"Action=GetCallerIdentity&Version=2011-06-15".to_vec(),
        signer: Some(("AKIAROOT", "secret")),
        region: "eu-central-1",
        service: "sts",
    }
}

pub(super) fn describe(operation: &str, body: &str) -> Asked {
    Asked {
        headers: vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            (
                "x-amz-target",
                format!("AmazonEC2ContainerServiceV20141113.{operation}"),
            ),
        ],
        body: body.as_bytes().to_vec(),
        service: "ecs",
        ..whoami()
    }
}

#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The code and message of an error in any protocol here.
    pub(super) fn error(&self) -> (u16, String, String) {
        let between = |start: &str, end: &str| {
            let rest = self.body.split_once(start)?.1;
            Some(rest.split_once(end)?.0.to_owned())
        };
        if self.body.starts_with('{') {
            let json = self.json();
            return (
                self.status,
                json["__type"].as_str().unwrap().to_owned(),
                json["message"].as_str().unwrap().to_owned(),
            );
        }
        (
            self.status,
            between("<Code>", "</Code>").unwrap_or_else(|| panic!("no error: {self:?}")),
            between("<Message>", "</Message>").unwrap(),
        )
    }

    pub(super) fn code(&self) -> (u16, String) {
        let (status, code, _) = self.error();
        (status, code)
    }
}

pub(super) fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

pub(super) async fn send(address: SocketAddr, asked: Asked) -> Seen {
    let mut headers = HeaderMap::new();
    headers.insert("host", address.to_string().parse().unwrap());
    for (name, value) in &asked.headers {
        headers.insert(*name, value.parse().unwrap());
    }
    if let Some((id, secret)) = asked.signer {
        sign_headers(
            &Credentials {
                access_key_id: id.to_owned(),
                secret: Secret::new(secret.to_owned()),
                session_token: None,
            },
            &Target {
                region: asked.region,
                service: asked.service,
                method: asked.method,
                path: asked.path,
                query: asked.query.as_deref(),
            },
            &mut headers,
            body_sha256(&asked.body),
            SystemClock.now(),
        )
        .unwrap();
    }
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    let uri = match &asked.query {
        Some(query) => format!("{}?{query}", asked.path),
        None => asked.path.to_owned(),
    };
    let mut request = Request::new(Full::new(bytes::Bytes::from(asked.body)));
    *request.method_mut() = asked.method.parse().unwrap();
    *request.uri_mut() = uri.parse().unwrap();
    *request.headers_mut() = headers;
    let response = sender.send_request(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    drop(sender);
    driver.await.unwrap().unwrap();
    Seen {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// The head of a signed request, as text.
pub(super) fn signed_head(
    method: &str,
    path: &str,
    (id, service): (&str, &str),
    body: &[u8],
    more: &str,
) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("host", "x".parse().unwrap());
    sign_headers(
        &Credentials {
            access_key_id: id.to_owned(),
            secret: Secret::new("secret".to_owned()),
            session_token: None,
        },
        &Target {
            region: "eu-central-1",
            service,
            method,
            path,
            query: None,
        },
        &mut headers,
        body_sha256(body),
        SystemClock.now(),
    )
    .unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\n{more}");
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head + "\r\n"
}
