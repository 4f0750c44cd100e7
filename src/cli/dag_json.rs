//! Nodes as DAG-JSON, the IPLD form for people and for programs without a CBOR reader: links are `{"/": "bafy…"}`, bytes
//! are `{"/": {"bytes": "base64"}}`.

use ipld_core::ipld::Ipld;
use mls::store::{Error, object};
use serde_json::{Map, Number, Value, json};

use crate::cli::json;

/// Returns the DAG-JSON of a node's bytes.
pub(crate) fn of_node(node: &[u8]) -> Result<Value, Error> {
    Ok(value(&object::decode(node)?))
}

/// Returns the DAG-JSON of bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> Value {
    json!({"/": {"bytes": base64(bytes)}})
}

fn value(ipld: &Ipld) -> Value {
    match ipld {
        Ipld::Null => Value::Null,
        Ipld::Bool(value) => (*value).into(),
        Ipld::Integer(value) => integer(*value),
        Ipld::Float(value) => json::number(*value),
        Ipld::String(text) => text.as_str().into(),
        Ipld::Bytes(bytes) => of_bytes(bytes),
        Ipld::List(items) => items.iter().map(value).collect(),
        Ipld::Map(entries) => {
            let entries = entries.iter().map(|(key, entry)| (key.clone(), value(entry)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Ipld::Link(cid) => json!({"/": cid.to_string()}),
    }
}

/// CBOR's integers reach from -2^64 to 2^64-1; what JSON's cannot say exactly becomes a text.
fn integer(value: i128) -> Value {
    let number =
        i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from));
    number.map_or_else(|_| value.to_string().into(), Value::Number)
}

/// RFC 4648 without padding, as DAG-JSON wants it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_the_rfc_shows() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[255, 254, 253]), "//79");
    }

    #[test]
    fn whole_numbers_stay_exact() {
        assert_eq!(integer(i128::from(u64::MAX)).to_string(), "18446744073709551615");
        assert_eq!(integer(-(1 << 64)), "-18446744073709551616");
    }
}
