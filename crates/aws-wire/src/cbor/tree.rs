//! Parses CBOR into a small tree: both definite and indefinite lengths, half floats, and a limit
//! on nesting, so that a hostile body can neither overflow the stack nor ask for memory that it
//! does not fill itself.

use aws_schema::ReadError;
use minicbor::Decoder;
use minicbor::data::{IanaTag, Tag, Type};

use crate::NESTING_MAX_LEVELS;

/// One data item.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    /// Null or undefined.
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Item>),
    /// In the order of the wire; of equal keys the last counts.
    Map(Vec<(String, Item)>),
    /// What stands under tag 1: seconds since the epoch.
    Moment(Seconds),
}

#[derive(Debug, PartialEq)]
pub(super) enum Seconds {
    Whole(i64),
    Fraction(f64),
}

/// Parses the one item that a body consists of.
pub(super) fn parse(body: &[u8]) -> Result<Item, ReadError> {
    let mut decoder = Decoder::new(body);
    let item = item(&mut decoder, 0)?;
    if decoder.position() == body.len() {
        Ok(item)
    } else {
        Err(ReadError::new("the body goes on after its CBOR item"))
    }
}

fn item(decoder: &mut Decoder<'_>, level: usize) -> Result<Item, ReadError> {
    if level > NESTING_MAX_LEVELS {
        return Err(ReadError::new(format!(
            "the request nests deeper than {NESTING_MAX_LEVELS} levels"
        )));
    }
    Ok(
        match decoder.datatype().map_err(|error| malformed(&error))? {
            Type::Null => {
                decoder.null().map_err(|error| malformed(&error))?;
                Item::Null
            }
            Type::Undefined => {
                decoder.undefined().map_err(|error| malformed(&error))?;
                Item::Null
            }
            Type::Bool => Item::Bool(decoder.bool().map_err(|error| malformed(&error))?),
            Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64
            | Type::Int => {
                let integer = decoder.int().map_err(|error| malformed(&error))?;
                Item::Integer(
                    i64::try_from(integer)
                        .map_err(|_| ReadError::new("an integer does not fit 64 bits"))?,
                )
            }
            Type::F16 => Item::Float(f64::from(decoder.f16().map_err(|error| malformed(&error))?)),
            Type::F32 => Item::Float(f64::from(decoder.f32().map_err(|error| malformed(&error))?)),
            Type::F64 => Item::Float(decoder.f64().map_err(|error| malformed(&error))?),
            Type::String | Type::StringIndef => Item::Text(text(decoder)?),
            Type::Bytes | Type::BytesIndef => Item::Bytes(bytes(decoder)?),
            Type::Array | Type::ArrayIndef => list(decoder, level)?,
            Type::Map | Type::MapIndef => map(decoder, level)?,
            Type::Tag => moment(decoder, level)?,
            other @ (Type::Simple | Type::Break | Type::Unknown(_)) => {
                return Err(ReadError::new(format!("unexpected CBOR item: {other}")));
            }
        },
    )
}

fn text(decoder: &mut Decoder<'_>) -> Result<String, ReadError> {
    decoder
        .str_iter()
        .and_then(Iterator::collect)
        .map_err(|error| malformed(&error))
}

fn bytes(decoder: &mut Decoder<'_>) -> Result<Vec<u8>, ReadError> {
    let mut all = Vec::new();
    for chunk in decoder.bytes_iter().map_err(|error| malformed(&error))? {
        all.extend_from_slice(chunk.map_err(|error| malformed(&error))?);
    }
    Ok(all)
}

fn list(decoder: &mut Decoder<'_>, level: usize) -> Result<Item, ReadError> {
    let mut left = decoder.array().map_err(|error| malformed(&error))?;
    // The length is the client's word only: nothing is reserved for it.
    let mut items = Vec::new();
    while more(decoder, &mut left)? {
        items.push(item(decoder, level + 1)?);
    }
    Ok(Item::List(items))
}

fn map(decoder: &mut Decoder<'_>, level: usize) -> Result<Item, ReadError> {
    let mut left = decoder.map().map_err(|error| malformed(&error))?;
    let mut entries = Vec::new();
    while more(decoder, &mut left)? {
        let key = match decoder.datatype().map_err(|error| malformed(&error))? {
            Type::String | Type::StringIndef => text(decoder)?,
            _ => return Err(ReadError::new("a key of a CBOR map is no text")),
        };
        entries.push((key, item(decoder, level + 1)?));
    }
    Ok(Item::Map(entries))
}

/// True while items are left: by count, or up to the break of an indefinite length.
fn more(decoder: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, ReadError> {
    match left {
        Some(0) => Ok(false),
        Some(count) => {
            *count -= 1;
            Ok(true)
        }
        None if decoder.datatype().map_err(|error| malformed(&error))? == Type::Break => {
            decoder.set_position(decoder.position() + 1);
            Ok(false)
        }
        None => Ok(true),
    }
}

fn moment(decoder: &mut Decoder<'_>, level: usize) -> Result<Item, ReadError> {
    if decoder.tag().map_err(|error| malformed(&error))? != Tag::from(IanaTag::Timestamp) {
        return Err(ReadError::new("a CBOR tag other than 1 (timestamp)"));
    }
    match item(decoder, level + 1)? {
        Item::Integer(seconds) => Ok(Item::Moment(Seconds::Whole(seconds))),
        Item::Float(seconds) => Ok(Item::Moment(Seconds::Fraction(seconds))),
        _ => Err(ReadError::new("what stands under CBOR tag 1 is no number")),
    }
}

fn malformed(error: &minicbor::decode::Error) -> ReadError {
    ReadError::new(match error.position() {
        Some(position) => format!("the body is not CBOR: at byte {position}"),
        None => "the body is not CBOR: it ends too soon or is malformed".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect()
    }

    /// Encodings from RFC 8949, Appendix A.
    #[test]
    fn items_of_the_standard() {
        for (digits, expected) in [
            ("00", Item::Integer(0)),
            ("1bffffffffffffffff", Item::Null),
            ("3863", Item::Integer(-100)),
            ("f93c00", Item::Float(1.0)),
            ("f97c00", Item::Float(f64::INFINITY)),
            ("fa47c35000", Item::Float(100_000.0)),
            ("fb3ff199999999999a", Item::Float(1.1)),
            ("f4", Item::Bool(false)),
            ("f6", Item::Null),
            ("f7", Item::Null),
            ("c11a514b67b0", Item::Moment(Seconds::Whole(1_363_896_240))),
            (
                "c1fb41d452d9ec200000",
                Item::Moment(Seconds::Fraction(1_363_896_240.5)),
            ),
            ("4401020304", Item::Bytes(vec![1, 2, 3, 4])),
            ("5f42010243030405ff", Item::Bytes(vec![1, 2, 3, 4, 5])),
            ("62c3bc", Item::Text("ü".into())),
            ("7f657374726561646d696e67ff", Item::Text("streaming".into())),
            ("9fff", Item::List(vec![])),
            (
                "820102",
                Item::List(vec![Item::Integer(1), Item::Integer(2)]),
            ),
            (
                "bf61610161629f0203ffff",
                Item::Map(vec![
                    ("a".into(), Item::Integer(1)),
                    (
                        "b".into(),
                        Item::List(vec![Item::Integer(2), Item::Integer(3)]),
                    ),
                ]),
            ),
        ] {
            match parse(&hex(digits)) {
                Ok(item) => assert_eq!(item, expected, "{digits}"),
                // 18446744073709551615 is good CBOR, but no long.
                Err(_) => assert_eq!(digits, "1bffffffffffffffff"),
            }
        }
    }

    #[test]
    fn malformed_bodies_are_refused() {
        for digits in [
            "",
            "ff",
            "1a00",
            "9f01",
            "a10102",
            "a16161",
            "8201",
            "0000",
            "c20102",
            "c1616e",
            "61ff",
            "5f6161ff",
            "9bffffffffffffffff",
            "bbffffffffffffffff",
            "f820",
            "1c",
        ] {
            assert!(parse(&hex(digits)).is_err(), "{digits}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |levels: usize| [vec![0x81; levels], vec![0x00]].concat();
        assert!(parse(&nested(NESTING_MAX_LEVELS)).is_ok());
        assert!(parse(&nested(NESTING_MAX_LEVELS + 1)).is_err());
        assert!(parse(&nested(1_000_000)).is_err());
        assert!(parse(&vec![0xc1; 1_000_000]).is_err());
    }
}
