//! Downloads as MLflow's pages ask for them: by the run and a path in it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::server::mlflow::artifacts::address::{Address, safe};
use crate::server::mlflow::artifacts::download::send;
use crate::server::mlflow::artifacts::listing::run_id;
use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::state::Shared;
use crate::track::artifact::Holder;

/// `GET /get-artifact?path&run_uuid`.
pub(super) async fn of_run(
    State(state): State<Shared>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, Failure> {
    let path = safe(input.text("path")?)?;
    let holder = Holder::Run(run_id(&input)?);
    send(&state, Address { holder, path }, &headers).await
}
