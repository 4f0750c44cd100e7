//! Artifacts through MLflow's proxy: files of runs and logged models, by the paths that MLflow gives them.

mod address;
mod by_name;
mod download;
mod listing;
mod parts;
mod spot;
mod upload;

pub(super) use address::{Address, model_uri};
pub(super) use download::send;
pub(super) use listing::{Listing, list};
pub(super) use spot::{Spot, version_uri};

use axum::http::Method;

use crate::server::mlflow::failure::{Code, Failure};
use crate::server::route::{Right, Route};

const FILES: &str = "/api/2.0/mlflow-artifacts/artifacts/{*path}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/2.0/mlflow-artifacts/artifacts", Right::Read, listing::proxied),
        Route::get(FILES, Right::Read, download::get),
        Route::on(Method::PUT, FILES, Right::Write, upload::put).streamed(),
        Route::on(Method::DELETE, FILES, Right::Write, upload::delete),
        Route::post("/api/2.0/mlflow-artifacts/mpu/create/{*path}", Right::Write, parts::create),
        Route::post(
            "/api/2.0/mlflow-artifacts/mpu/complete/{*path}",
            Right::Write,
            parts::complete,
        ),
        Route::post("/api/2.0/mlflow-artifacts/mpu/abort/{*path}", Right::Write, parts::abort),
        Route::on(
            Method::PUT,
            "/api/2.0/mlflow-artifacts/mpu/part/{upload}/{number}",
            Right::Write,
            parts::put,
        )
        .streamed(),
        Route::get("/api/2.0/mlflow-artifacts/presigned/{*path}", Right::Read, presigned),
        Route::post("/api/2.0/mlflow/artifacts/presigned-download-url", Right::Read, presigned),
        Route::post("/api/2.0/mlflow/artifacts/presigned-upload-url", Right::Write, presigned),
        Route::get("/api/2.0/mlflow/artifacts/list", Right::Read, listing::of_run),
        Route::get("/get-artifact", Right::Read, by_name::of_run),
        Route::post("/ajax-api/2.0/mlflow/upload-artifact", Right::Write, by_name::upload)
            .streamed(),
        Route::get("/model-versions/get-artifact", Right::Read, by_name::of_version),
    ]
}

/// There is no other place to send a client to.
async fn presigned() -> Failure {
    Failure::new(
        Code::NotImplemented,
        "Presigned URLs are not supported by the artifact store of this tracking server.",
    )
}
