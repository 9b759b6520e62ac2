//! XML out: one document word by word, and any value well-formed.

use aws_schema::{Blob, Protocol, Timestamp};
use proptest::prelude::*;
use quick_xml::events::Event;

use super::shapes::{Choice, Everything, Inner, OPERATION, SERVICE, everything};
use crate::encode;

fn write(protocol: Protocol, value: &Everything) -> String {
    let encoded = encode(protocol, &SERVICE, &OPERATION, value, "id-1");
    String::from_utf8(encoded.body.to_vec()).unwrap()
}

#[test]
fn every_kind_of_shape_has_its_elements() {
    let at = Timestamp::from_millis(1_700_000_000_250);
    let inner = |name: &str| Inner {
        name: Some(name.into()),
        ..Inner::default()
    };
    let value = Everything {
        text: Some("a<b>&\"c\"\r\n\u{1}".into()),
        flag: Some(true),
        small: Some(-1),
        double: Some(f64::INFINITY),
        single: Some(0.1),
        at: Some(at),
        at_seconds: Some(at),
        at_http: Some(at),
        data: Some(Blob(b"hi".to_vec())),
        names: Some(vec!["a".into(), String::new()]),
        moments: Some(vec![at]),
        things: Some(vec![
            inner("x"),
            Inner {
                things: Some(vec![inner("y")]),
                map: Some([("k".to_owned(), inner("z"))].into()),
                ..Inner::default()
            },
        ]),
        tags: Some([("k".to_owned(), "v".to_owned())].into()),
        counts: Some([("a".to_owned(), 1), ("b".to_owned(), 2)].into()),
        inner: Some(Inner::default()),
        choice: Some(Choice {
            number: Some(3),
            text: None,
        }),
        ..Everything::default()
    };
    let members = "<text>a&lt;b&gt;&amp;&quot;c&quot;&#xD;\n\u{fffd}</text>\
        <flag>true</flag><small>-1</small><single>0.1</single><double>Infinity</double>\
        <at>2023-11-14T22:13:20.250Z</at><atSeconds>1700000000.25</atSeconds>\
        <atHttp>Tue, 14 Nov 2023 22:13:20 GMT</atHttp><data>aGk=</data>\
        <nameList><member>a</member><member></member></nameList>\
        <moments><When>2023-11-14T22:13:20.250Z</When></moments>\
        <Thing><name>x</name></Thing>\
        <Thing><things><Thing><name>y</name></Thing></things>\
        <lookup><entry><key>k</key><value><name>z</name></value></entry></lookup></Thing>\
        <tags><entry><key>k</key><value>v</value></entry></tags>\
        <Tally><Name>a</Name><Count>1</Count></Tally><Tally><Name>b</Name><Count>2</Count></Tally>\
        <inner></inner><choice><number>3</number></choice>";
    assert_eq!(
        write(Protocol::AwsQuery, &value),
        format!(
            "<DoEverythingResponse xmlns=\"https://every.example/doc/2026-01-01/\">\
             <DoEverythingResult>{members}</DoEverythingResult>\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>\
             </DoEverythingResponse>"
        )
    );
    assert_eq!(
        write(Protocol::Ec2Query, &value),
        format!(
            "<DoEverythingResponse xmlns=\"https://every.example/doc/2026-01-01/\">\
             <requestId>id-1</requestId>{members}</DoEverythingResponse>"
        )
    );
}

proptest! {
    #[test]
    fn any_value_is_well_formed(value in everything()) {
        for protocol in [Protocol::AwsQuery, Protocol::Ec2Query] {
            let document = write(protocol, &value);
            let mut reader = quick_xml::Reader::from_str(&document);
            reader.config_mut().check_end_names = true;
            let mut depth = 0_i32;
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(Event::Start(_)) => depth += 1,
                    Ok(Event::End(_)) => depth -= 1,
                    Ok(_) => prop_assert!(depth > 0, "text outside of the root"),
                    Err(error) => prop_assert!(false, "{error}: {document}"),
                }
            }
            prop_assert_eq!(depth, 0);
            let forbidden = document.chars().find(|&c| c < ' ' && c != '\n' && c != '\t');
            prop_assert_eq!(forbidden, None);
        }
    }
}
