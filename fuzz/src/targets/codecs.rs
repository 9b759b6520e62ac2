//! Bodies of requests to every typed operation, in every protocol that its service speaks.
//!
//! The first line says service, operation and protocol, the rest is the body. What is read is the same
//! after it was written and read again in each of the protocols, is found valid or not
//! valid alike, and breaks no XML.

use aws_api::{ShapeReader, shape_readers};
use aws_schema::{Operation, Protocol, ServiceSchema, Shape};
use aws_wire::{VIOLATIONS_REPORTED_MAX, decode, encode, fuzzing::form, unsupported, validate};

use crate::input::Input;

/// Further protocols that all shapes can be written in.
const EVERYWHERE: [Protocol; 2] = [Protocol::AwsJson11, Protocol::RpcV2Cbor];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let line = input.text_line();
    let mut words = line.split(' ');
    let mut chosen = |names: Vec<&str>| choice(&names, words.next().unwrap_or_default());
    let services = shape_readers();
    let names = services.iter().map(|(service, _)| service.signing_name);
    let (service, reader) = services[chosen(names.collect())];
    let names = service.operations.iter().map(|operation| operation.name);
    let operation = service.operations[chosen(names.collect())];
    let names = service.protocols.iter().map(|protocol| name(*protocol));
    let protocol = service.protocols[chosen(names.collect())];
    let call = Call {
        service,
        reader,
        operation,
    };
    let Some(shape) = call.read(protocol, input.rest()) else {
        return;
    };
    let shape = &*shape;
    let verdict = verdict(shape);
    let json = call.write(Protocol::AwsJson11, shape);
    for protocol in EVERYWHERE.iter().chain(service.protocols) {
        let bytes = call.write(*protocol, shape);
        let again = call
            .read(*protocol, &bytes)
            .unwrap_or_else(|| panic!("{protocol:?}: what was written cannot be read"));
        let same = call.write(Protocol::AwsJson11, &*again);
        assert!(
            same == json,
            "{protocol:?}: {} became {}",
            String::from_utf8_lossy(&json),
            String::from_utf8_lossy(&same),
        );
        assert_eq!(self::verdict(&*again), verdict, "{protocol:?}");
    }
    for protocol in [Protocol::AwsQuery, Protocol::Ec2Query] {
        let body = encode(protocol, service, operation, shape, "request").body;
        whole_xml(&body);
    }
}

/// The place of a name; of any other word some place, another one as a rule for another word.
fn choice(names: &[&str], word: &str) -> usize {
    let known = names.iter().position(|name| *name == word);
    let sum: usize = word.bytes().map(usize::from).sum();
    known.unwrap_or(sum % names.len())
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AwsJson10 => "json10",
        Protocol::AwsJson11 => "json",
        Protocol::AwsQuery => "query",
        Protocol::Ec2Query => "ec2",
        Protocol::RpcV2Cbor => "cbor",
    }
}

struct Call {
    service: &'static ServiceSchema,
    reader: ShapeReader,
    operation: &'static Operation,
}

impl Call {
    fn read(&self, protocol: Protocol, body: &[u8]) -> Option<Box<dyn Shape>> {
        let decoded = decode(protocol, body).ok()?;
        (self.reader)(self.operation.input.name, &mut *decoded.reader())
            .expect("every input has a reader")
            .ok()
    }

    fn write(&self, protocol: Protocol, shape: &dyn Shape) -> Vec<u8> {
        match protocol {
            Protocol::AwsQuery | Protocol::Ec2Query => form(protocol, shape),
            _ => encode(protocol, self.service, self.operation, shape, "request")
                .body
                .to_vec(),
        }
    }
}

/// What validation and the search for members without effect say.
fn verdict(shape: &dyn Shape) -> (Vec<String>, Option<String>) {
    let sentences = match validate(shape) {
        Ok(()) => Vec::new(),
        Err(violations) => {
            let count = violations.sentences.len();
            assert!((1..=VIOLATIONS_REPORTED_MAX).contains(&count));
            assert!(!violations.to_string().is_empty());
            violations.sentences
        }
    };
    (sentences, unsupported(shape))
}

/// That the text is XML from its beginning to its end.
fn whole_xml(body: &[u8]) {
    use quick_xml::events::Event;
    let text = std::str::from_utf8(body).expect("XML is UTF-8");
    assert!(
        text.chars().all(is_xml),
        "a character that XML cannot have: {text:?}"
    );
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.checked_sub(1).expect("an end has its start"),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element is not closed");
}

/// XML 1.0, "Characters".
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
