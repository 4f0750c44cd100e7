//! Artifacts through MLflow's proxy: files of runs and logged models, by the paths that MLflow gives them.

mod address;
mod by_name;
mod download;
mod listing;
mod parts;
mod spot;
mod upload;

pub(super) use address::{Address, model_uri, safe};
pub(super) use download::send;
pub(super) use listing::{Listing, list};
pub(super) use spot::{Spot, missing, version_uri};

use axum::http::Method;

use crate::server::mlflow::failure::{Code, Failure};
use crate::server::mlflow::subject::{RUN, Subject};
use crate::server::route::{Right, Route};

const FILES: &str = "/api/2.0/mlflow-artifacts/artifacts/{*path}";
const FILE: &[Subject] = &[Subject::File("/mlflow-artifacts/artifacts/")];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/2.0/mlflow-artifacts/artifacts", Right::Read, listing::proxied)
            .about(&[Subject::FileIn("path")]),
        Route::get(FILES, Right::Read, download::get).about(FILE),
        Route::on(Method::PUT, FILES, Right::Write, upload::put).about(FILE).streamed(),
        Route::on(Method::DELETE, FILES, Right::Write, upload::delete).about(FILE),
        Route::post("/api/2.0/mlflow-artifacts/mpu/create/{*path}", Right::Write, parts::create)
            .about(&[Subject::File("/mpu/create/")]),
        Route::post(
            "/api/2.0/mlflow-artifacts/mpu/complete/{*path}",
            Right::Write,
            parts::complete,
        )
        .about(&[Subject::File("/mpu/complete/")]),
        Route::post("/api/2.0/mlflow-artifacts/mpu/abort/{*path}", Right::Write, parts::abort)
            .about(&[Subject::File("/mpu/abort/")]),
        Route::on(
            Method::PUT,
            "/api/2.0/mlflow-artifacts/mpu/part/{upload}/{number}",
            Right::Write,
            parts::put,
        )
        .about(&[Subject::Upload])
        .streamed(),
        Route::get("/api/2.0/mlflow-artifacts/presigned/{*path}", Right::Read, presigned)
            .about_nothing(),
        Route::post("/api/2.0/mlflow/artifacts/presigned-download-url", Right::Read, presigned)
            .about_nothing(),
        Route::post("/api/2.0/mlflow/artifacts/presigned-upload-url", Right::Write, presigned)
            .about_nothing(),
        Route::get("/api/2.0/mlflow/artifacts/list", Right::Read, listing::of_run).about(RUN),
        Route::get("/get-artifact", Right::Read, by_name::of_run).about(RUN),
        Route::post("/ajax-api/2.0/mlflow/upload-artifact", Right::Write, by_name::upload)
            .about(&[Subject::RunInQuery("run_uuid")])
            .streamed(),
        Route::get("/model-versions/get-artifact", Right::Read, by_name::of_version)
            .about(&[Subject::Model("name")]),
    ]
}

/// There is no other place to send a client to.
async fn presigned() -> Failure {
    Failure::new(
        Code::NotImplemented,
        "Presigned URLs are not supported by the artifact store of this tracking server.",
    )
}
