//! Many requests on one stream, each answered in its turn. What cannot be answered says so in its place, and the stream goes
//! on.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, Response};
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::stream;
use http_body_util::{BodyExt as _, Either, StreamBody};
use hyper::body::{Frame, Incoming};
use prost::Message as _;
use tokio::sync::mpsc::{Sender, channel};

use super::{STATUS, framed, infer, read, typed};
use crate::server::score::failure::Failure;
use crate::server::score::service::{Desk, Seen, Sent};
use crate::server::score::v2::message::{ModelInferResponse, StreamResponse};

/// How many answers wait for a client to take them.
const AHEAD: usize = 4;

/// How long a stream may be silent.
const SILENCE: Duration = Duration::from_secs(600);

/// Answers all requests of a stream.
pub(super) fn answer(desk: &Arc<Desk>, body: Incoming) -> Response<Sent> {
    let (sender, receiver) = channel(AHEAD);
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        let requests = Requests { body, held: BytesMut::new(), most: desk.most };
        let status = all(&desk, requests, &sender).await;
        let mut trailers = HeaderMap::new();
        trailers.insert(STATUS, HeaderValue::from(status));
        let _ = sender.send(Frame::trailers(trailers)).await;
    });
    let frames = stream::unfold(receiver, |mut receiver| async {
        let frame = receiver.recv().await?;
        Some((Ok::<_, Infallible>(frame), receiver))
    });
    typed(Either::Right(StreamBody::new(frames).boxed_unsync()))
}

/// Answers until the client has no more to ask; returns how that went.
async fn all(desk: &Desk, mut requests: Requests, sender: &Sender<Frame<Bytes>>) -> u16 {
    loop {
        let message = match requests.next().await {
            Ok(Some(message)) => message,
            Ok(None) => return 0,
            Err(failure) => return super::code(&failure),
        };
        let mut seen = Seen::default();
        let began = Instant::now();
        let answer = match read(message) {
            Ok(request) => infer(desk, request, &mut seen).await,
            Err(failure) => Err(failure),
        };
        let status = answer.as_ref().map_or_else(|failure| failure.status, |_| 200);
        seen.count(status, began.elapsed());
        let answer = answer.and_then(|bytes| {
            ModelInferResponse::decode(Bytes::from(bytes))
                .map_err(|error| Failure::internal(error.to_string()))
        });
        let response = match answer {
            Ok(answer) => StreamResponse { error: String::new(), answer: Some(answer) },
            Err(failure) => StreamResponse { error: failure.words().to_owned(), answer: None },
        };
        if sender.send(Frame::data(framed(&response.encode_to_vec()))).await.is_err() {
            return 0;
        }
    }
}

/// The messages of a body as they come in.
struct Requests {
    body: Incoming,
    held: BytesMut,
    most: u64,
}

impl Requests {
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(message) = self.whole()? {
                return Ok(Some(message));
            }
            let frame = tokio::time::timeout(SILENCE, self.body.frame()).await;
            match frame.map_err(|_| Failure::too_slow())? {
                None if self.held.is_empty() => return Ok(None),
                None | Some(Err(_)) => return Err(Failure::bad("The body is cut off")),
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.held.extend_from_slice(data);
                    }
                }
            }
        }
    }

    /// Takes the next message once all of it is there.
    fn whole(&mut self) -> Result<Option<Bytes>, Failure> {
        let Some(head) = self.held.first_chunk::<5>() else { return Ok(None) };
        let [packed, length @ ..] = *head;
        let length = u32::from_be_bytes(length) as usize;
        if length as u64 > self.most {
            return Err(Failure::too_large(self.most));
        }
        super::plain(packed)?;
        if self.held.len() < 5 + length {
            return Ok(None);
        }
        self.held.advance(5);
        Ok(Some(self.held.split_to(length).freeze()))
    }
}
