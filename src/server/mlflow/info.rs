//! What the server says of itself to MLflow's client, once for each process.

use axum::Json;
use serde_json::{Value, json};

use crate::server::route::{Right, Route};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/api/3.0/mlflow/server-info", Right::Read, server_info).about_nothing()]
}

async fn server_info() -> Json<Value> {
    Json(json!({
        "store_type": "SqlStore",
        "workspaces_enabled": false,
        "trace_archival_enabled": false,
        "multipart_uploads_enabled": false,
        "multipart_downloads_enabled": false,
        "presigned_upload_run_id_supported": false,
        "presigned_upload_model_id_supported": false,
        "features_enabled": {"gateway": false},
    }))
}
