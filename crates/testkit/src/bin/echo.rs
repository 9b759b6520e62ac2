//! Echoes shapes for `tests/conformance/test_protocols.py`, which drives it with botocore.
//!
//! A small HTTP/1.1 server on a loopback port, which it prints as its first line. It answers one
//! connection after another and ends when its standard input does.
//!
//! - A request without `x-echo-kind` is an AWS request in whatever protocol: it is recognised,
//!   decoded into the operation's typed input, held against the model, and answered by
//!   `{"service", "operation", "protocol", "input" in awsJson, "violations"}`.
//! - `x-echo-kind: output` has a body in awsJson, which is read as the output of
//!   `x-echo-operation` of `x-echo-service` and answered in `x-echo-protocol`.
//! - `x-echo-kind: event` likewise, with the shape of one event that `x-echo-shape` names, after the
//!   beginning of the stream.
//! - `x-echo-kind: error` likewise, with the error shape that `x-echo-shape` names, or with an
//!   undeclared error of which the body gives the message and `x-echo-code` the code.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use aws_api::ShapeReader;
use aws_schema::{ErrorShape, Operation, Protocol, ReadError, ServiceSchema, Shape};
use aws_wire::{Failure, decode, encode, encode_error, event_stream, recognise, validate};
use serde_json::{Value, json};
use thiserror::Error;

const HEAD_MAX_BYTES: u64 = 64 << 10;
const BODY_MAX_BYTES: usize = 16 << 20;
const UNDECLARED_STATUS: u16 = 400;
/// What every XML answer names as its request.
const REQUEST_ID: &str = "11111111-2222-4333-8444-555555555555";

#[derive(Debug, Error)]
enum Refusal {
    #[error("cannot read or write: {0}")]
    Io(#[from] std::io::Error),
    #[error("not an HTTP request: {0}")]
    Http(&'static str),
    #[error("no typed operation of any service is meant: {0}")]
    Unrecognised(String),
    #[error("cannot read the shape: {0}")]
    Read(#[from] ReadError),
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("no such {0}")]
    NoSuch(&'static str),
}

struct Request {
    path: String,
    /// By lower-case name.
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Response {
    status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// An operation, and how its service's shapes are read.
struct Meant {
    service: &'static ServiceSchema,
    read_shape: ShapeReader,
    operation: &'static Operation,
    protocol: Protocol,
}

fn main() -> Result<(), Refusal> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?);
    // The test holds the other end: when it is gone, nobody asks any more.
    std::thread::spawn(|| {
        let ended = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(i32::from(ended.is_err()));
    });
    for connection in listener.incoming() {
        if let Err(refusal) = converse(connection?) {
            eprintln!("echo: a connection ended: {refusal}");
        }
    }
    Ok(())
}

/// Answers the requests of one connection until the client closes it.
fn converse(mut connection: TcpStream) -> Result<(), Refusal> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    while let Some(request) = receive(&mut reader)? {
        let response = answer(&request).unwrap_or_else(|refusal| Response {
            status: 400,
            content_type: "text/plain",
            headers: Vec::new(),
            body: refusal.to_string().into_bytes(),
        });
        send(&mut connection, &response)?;
    }
    Ok(())
}

/// The next request, or `None` where the client has closed the connection.
fn receive(reader: &mut BufReader<TcpStream>) -> Result<Option<Request>, Refusal> {
    let mut head = reader.take(HEAD_MAX_BYTES);
    let mut line = String::new();
    if head.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut parts = line.split(' ');
    let (Some("POST"), Some(path)) = (parts.next(), parts.next()) else {
        return Err(Refusal::Http("expected POST and a path"));
    };
    let path = path.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        if head.read_line(&mut line)? == 0 {
            return Err(Refusal::Http("the head ends too soon or is too long"));
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            None if line.trim_end().is_empty() => break,
            None => return Err(Refusal::Http("a header has no colon")),
        }
    }
    let length = headers.get("content-length").map(|text| text.parse());
    let length: usize = length
        .unwrap_or(Ok(0))
        .map_err(|_| Refusal::Http("a bad length"))?;
    if length > BODY_MAX_BYTES {
        return Err(Refusal::Http("the body is too long"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        path,
        headers,
        body,
    }))
}

fn send(connection: &mut TcpStream, response: &Response) -> Result<(), Refusal> {
    let Response {
        status,
        content_type,
        headers,
        body,
    } = response;
    let mut out = format!(
        "HTTP/1.1 {status} Echo\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    connection.write_all(out.as_bytes())?;
    connection.write_all(body)?;
    Ok(())
}

fn answer(request: &Request) -> Result<Response, Refusal> {
    match request.header("x-echo-kind") {
        None => input(request),
        Some("output") => output(request),
        Some("event") => event(request),
        Some("error") => error(request),
        Some(_) => Err(Refusal::NoSuch("kind")),
    }
}

fn input(request: &Request) -> Result<Response, Refusal> {
    let meant = recognised(request)?;
    let decoded = decode(meant.protocol, &request.body)?;
    let name = meant.operation.input.name;
    let shape =
        (meant.read_shape)(name, &mut *decoded.reader()).ok_or(Refusal::NoSuch("shape"))??;
    let violations = validate(&*shape).err();
    let answer = json!({
        "service": meant.service.service_id,
        "operation": meant.operation.name,
        "protocol": name_of(meant.protocol),
        "input": canonical(&meant, &*shape)?,
        "violations": violations.map(|violations| violations.to_string()),
    });
    Ok(Response {
        status: 200,
        content_type: "application/json",
        headers: Vec::new(),
        body: answer.to_string().into_bytes(),
    })
}

fn output(request: &Request) -> Result<Response, Refusal> {
    let meant = named(request)?;
    let shape = read(&meant, meant.operation.output.name, &request.body)?;
    let encoded = encode(
        meant.protocol,
        meant.service,
        meant.operation,
        &*shape,
        REQUEST_ID,
    );
    Ok(Response {
        status: 200,
        content_type: encoded.content_type,
        headers: encoded.headers,
        body: encoded.body.to_vec(),
    })
}

/// An output that goes on: its beginning, and the one event of the body, which is a shape of the
/// name `x-echo-shape`.
fn event(request: &Request) -> Result<Response, Refusal> {
    let meant = named(request)?;
    let name = request
        .header("x-echo-shape")
        .ok_or(Refusal::NoSuch("shape"))?;
    let output = read(&meant, meant.operation.output.name, b"{}")?;
    let event = read(&meant, name, &request.body)?;
    let begun = event_stream::begin(meant.protocol, &*output);
    let mut body = begun.body.to_vec();
    body.extend_from_slice(&event_stream::event(meant.protocol, &*event));
    Ok(Response {
        status: 200,
        content_type: begun.content_type,
        headers: begun.headers,
        body,
    })
}

fn error(request: &Request) -> Result<Response, Refusal> {
    let meant = named(request)?;
    let declared = request
        .header("x-echo-shape")
        .map(|name| read_error(&meant, name, &request.body))
        .transpose()?;
    let members: Value = serde_json::from_slice(&request.body)?;
    let message = members.get("message").or_else(|| members.get("Message"));
    let (code, status) = match &declared {
        Some((error, _)) => (error.code, error.status),
        None => (
            request
                .header("x-echo-code")
                .ok_or(Refusal::NoSuch("error"))?,
            UNDECLARED_STATUS,
        ),
    };
    let failure = Failure {
        code,
        status,
        message: message.and_then(Value::as_str).unwrap_or(""),
        shape: declared.as_ref().map(|(_, shape)| &**shape),
    };
    let encoded = encode_error(meant.protocol, meant.service, &failure, REQUEST_ID);
    Ok(Response {
        status,
        content_type: encoded.content_type,
        headers: encoded.headers,
        body: encoded.body.to_vec(),
    })
}

/// An error that the operation declares, with its members.
fn read_error(
    meant: &Meant,
    name: &str,
    body: &[u8],
) -> Result<(&'static ErrorShape, Box<dyn Shape>), Refusal> {
    let mut declared = meant.operation.errors.iter();
    let error = declared
        .find(|error| error.schema.name == name)
        .ok_or(Refusal::NoSuch("error"))?;
    Ok((error, read(meant, name, body)?))
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The operation that an AWS request means, by nothing but the request itself.
fn recognised(request: &Request) -> Result<Meant, Refusal> {
    let content_type = request.header("content-type").unwrap_or_default();
    let found = if let Some(target) = request.header("x-amz-target") {
        let protocol = match content_type {
            "application/x-amz-json-1.0" => Protocol::AwsJson10,
            "application/x-amz-json-1.1" => Protocol::AwsJson11,
            other => return Err(Refusal::Unrecognised(other.to_owned())),
        };
        recognise::target(target).and_then(|(prefix, operation)| {
            find(protocol, operation, |service| {
                service.target_prefix == Some(prefix)
            })
        })
    } else if request
        .header("smithy-protocol")
        .is_some_and(recognise::is_rpc_v2_cbor)
    {
        recognise::rpc_path(&request.path).and_then(|(name, operation)| {
            find(Protocol::RpcV2Cbor, operation, |service| {
                service.target_prefix == Some(name)
            })
        })
    } else {
        recognise::action(&request.body).and_then(|(operation, version)| {
            [Protocol::AwsQuery, Protocol::Ec2Query]
                .into_iter()
                .find_map(|protocol| {
                    find(protocol, &operation, |service| {
                        version.as_deref() == Some(service.api_version)
                    })
                })
        })
    };
    found.ok_or_else(|| Refusal::Unrecognised(request.path.clone()))
}

/// The operation of the one service that speaks the protocol and is `wanted`.
fn find(
    protocol: Protocol,
    operation: &str,
    wanted: impl Fn(&ServiceSchema) -> bool,
) -> Option<Meant> {
    aws_api::shape_readers()
        .iter()
        .filter(|(service, _)| service.protocols.contains(&protocol) && wanted(service))
        .find_map(|(service, read_shape)| {
            Some(Meant {
                service,
                read_shape: *read_shape,
                operation: service.operation(operation)?,
                protocol,
            })
        })
}

/// The operation that the echo's own headers name.
fn named(request: &Request) -> Result<Meant, Refusal> {
    let wanted = request.header("x-echo-service");
    let operation = request.header("x-echo-operation").unwrap_or_default();
    let protocol = request.header("x-echo-protocol");
    [
        Protocol::AwsJson10,
        Protocol::AwsJson11,
        Protocol::AwsQuery,
        Protocol::Ec2Query,
        Protocol::RpcV2Cbor,
    ]
    .into_iter()
    .filter(|known| protocol == Some(name_of(*known)))
    .find_map(|known| {
        find(known, operation, |service| {
            wanted == Some(service.service_id)
        })
    })
    .ok_or(Refusal::NoSuch("service, protocol or operation"))
}

/// The names that botocore has for the protocols.
fn name_of(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => "json",
        Protocol::AwsQuery => "query",
        Protocol::Ec2Query => "ec2",
        Protocol::RpcV2Cbor => "smithy-rpc-v2-cbor",
    }
}

fn read(meant: &Meant, name: &str, body: &[u8]) -> Result<Box<dyn Shape>, Refusal> {
    let decoded = decode(Protocol::AwsJson11, body)?;
    let shape = (meant.read_shape)(name, &mut *decoded.reader());
    Ok(shape.ok_or(Refusal::NoSuch("shape"))??)
}

/// The awsJson form of a shape, in which the test compares.
fn canonical(meant: &Meant, shape: &dyn Shape) -> Result<Value, Refusal> {
    let encoded = encode(
        Protocol::AwsJson11,
        meant.service,
        meant.operation,
        shape,
        REQUEST_ID,
    );
    Ok(serde_json::from_slice(&encoded.body)?)
}
