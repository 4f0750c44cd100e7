//! The messages of the protocol over gRPC, as its `grpc_service.proto` numbers them.

use bytes::Bytes;
use prost::Message;

/// A message in a message takes many times the bytes that stand for it.
const MOST_PARTS: usize = 200_000;

/// Reads a message, unless it holds more parts than any that is meant.
pub(in crate::server::score) fn read<M: Message + Default>(bytes: Bytes) -> Result<M, String> {
    let mut left = MOST_PARTS;
    parts(&bytes, 2, &mut left).ok_or("the message is cut off or has too many parts")?;
    M::decode(bytes).map_err(|error| error.to_string())
}

/// Counts the fields of a message, and of those in it, that may be messages.
fn parts(mut rest: &[u8], depth: usize, left: &mut usize) -> Option<()> {
    while !rest.is_empty() {
        *left = left.checked_sub(1)?;
        let (key, after) = varint(rest)?;
        rest = match key & 7 {
            0 => varint(after)?.1,
            1 => after.get(8..)?,
            5 => after.get(4..)?,
            2 => {
                let (length, after) = varint(after)?;
                let (inner, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
                // Text and tensors in bytes are read as messages too, which they need not be.
                let mut own = *left;
                if depth > 0 && parts(inner, depth - 1, &mut own).is_some() {
                    *left = own;
                } else if own == 0 {
                    return None;
                }
                after
            }
            _ => return None,
        };
    }
    Some(())
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)?;
    let value =
        bytes[..=end].iter().rev().fold(0_u64, |all, byte| all << 7 | u64::from(byte & 0x7f));
    Some((value, &bytes[end + 1..]))
}

/// Message types whose fields are all of one kind.
macro_rules! messages {
    ($($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty = $what:meta,)* })*) => {
        $($(#[$about])*
        #[derive(Clone, PartialEq, Message)]
        pub(in crate::server::score) struct $name {
            $(#[$what] pub(in crate::server::score) $field: $kind,)*
        })*
    };
}

messages! {
    Live { live: bool = prost(bool, tag = "1"), }
    Ready { ready: bool = prost(bool, tag = "1"), }
    /// Which model is asked about.
    Named {
        name: String = prost(string, tag = "1"),
        version: String = prost(string, tag = "2"),
    }
    /// Which model is to be loaded or unloaded.
    Change { model_name: String = prost(string, tag = "2"), }
    Server {
        name: String = prost(string, tag = "1"),
        version: String = prost(string, tag = "2"),
        extensions: Vec<String> = prost(string, repeated, tag = "3"),
    }
    About {
        name: String = prost(string, tag = "1"),
        versions: Vec<String> = prost(string, repeated, tag = "2"),
        platform: String = prost(string, tag = "3"),
        inputs: Vec<Port> = prost(message, repeated, tag = "4"),
        outputs: Vec<Port> = prost(message, repeated, tag = "5"),
    }
    Port {
        name: String = prost(string, tag = "1"),
        datatype: String = prost(string, tag = "2"),
        shape: Vec<i64> = prost(int64, repeated, tag = "3"),
    }
    Index { models: Vec<Indexed> = prost(message, repeated, tag = "1"), }
    Indexed {
        name: String = prost(string, tag = "1"),
        version: String = prost(string, tag = "2"),
        state: String = prost(string, tag = "3"),
    }
    /// The answer of `grpc.health.v1.Health`: 1 for serving.
    Health { status: i32 = prost(int32, tag = "1"), }
    ModelInferRequest {
        model_name: String = prost(string, tag = "1"),
        model_version: String = prost(string, tag = "2"),
        id: String = prost(string, tag = "3"),
        parameters: Vec<Parameter> = prost(message, repeated, tag = "4"),
        inputs: Vec<Tensor> = prost(message, repeated, tag = "5"),
        outputs: Vec<Wanted> = prost(message, repeated, tag = "6"),
        raw_input_contents: Vec<Bytes> = prost(bytes = "bytes", repeated, tag = "7"),
    }
    ModelInferResponse {
        model_name: String = prost(string, tag = "1"),
        model_version: String = prost(string, tag = "2"),
        id: String = prost(string, tag = "3"),
        outputs: Vec<Tensor> = prost(message, repeated, tag = "5"),
        raw_output_contents: Vec<Bytes> = prost(bytes = "bytes", repeated, tag = "6"),
    }
    /// One answer on a stream, or why there is none.
    StreamResponse {
        error: String = prost(string, tag = "1"),
        answer: Option<ModelInferResponse> = prost(message, optional, tag = "2"),
    }
    Wanted {
        name: String = prost(string, tag = "1"),
        parameters: Vec<Parameter> = prost(message, repeated, tag = "2"),
    }
    Tensor {
        name: String = prost(string, tag = "1"),
        datatype: String = prost(string, tag = "2"),
        shape: Vec<i64> = prost(int64, repeated, tag = "3"),
        parameters: Vec<Parameter> = prost(message, repeated, tag = "4"),
        contents: Option<Contents> = prost(message, optional, tag = "5"),
    }
    Contents {
        bools: Vec<bool> = prost(bool, repeated, tag = "1"),
        ints: Vec<i32> = prost(int32, repeated, tag = "2"),
        longs: Vec<i64> = prost(int64, repeated, tag = "3"),
        uints: Vec<u32> = prost(uint32, repeated, tag = "4"),
        ulongs: Vec<u64> = prost(uint64, repeated, tag = "5"),
        floats: Vec<f32> = prost(float, repeated, tag = "6"),
        doubles: Vec<f64> = prost(double, repeated, tag = "7"),
        texts: Vec<Bytes> = prost(bytes = "bytes", repeated, tag = "8"),
    }
    /// One entry of a map, as it stands on the wire.
    Parameter {
        key: String = prost(string, tag = "1"),
        value: Option<Value> = prost(message, optional, tag = "2"),
    }
    Value {
        flag: Option<bool> = prost(bool, optional, tag = "1"),
        int: Option<i64> = prost(int64, optional, tag = "2"),
        text: Option<String> = prost(string, optional, tag = "3"),
        double: Option<f64> = prost(double, optional, tag = "4"),
        uint: Option<u64> = prost(uint64, optional, tag = "5"),
    }
}
