//! Which packaged models run without Python: where their answers are those that Python would give.

use crate::model::mlmodel::MlModel;
use crate::model::score::{Format, Manner};

use super::wire::write::Form;

/// A file in a packaged model that an engine of ours runs.
pub(in crate::server::score) struct Own {
    pub(in crate::server::score) format: Format,
    pub(in crate::server::score) path: String,
    /// How MLflow writes the answers to tables and to tensors.
    pub(in crate::server::score) forms: (Form, Form),
    /// What Python's class for it answers with.
    pub(in crate::server::score) manner: Manner,
}

/// Estimators that answer as the model does, or with labels made of its answers.
const XGBOOST_ESTIMATORS: [&str; 5] =
    ["XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor"];

/// Returns the file of a packaged model that runs without Python.
pub(in crate::server::score) fn native(about: &MlModel) -> Option<Own> {
    let text = |flavor: &str, key: &str| Some(about.flavor(flavor)?.get(key)?.as_str()?.to_owned());
    if let Some(path) = text("onnx", "data") {
        let forms = (Form::Records, Form::Named);
        return Some(Own { format: Format::Onnx, path, forms, manner: Manner::Scores });
    }
    // Parameters of a request change what the library does.
    if about.signature.as_ref().is_some_and(|signature| !signature.params.is_empty()) {
        return None;
    }
    let class = |flavor: &str| text(flavor, "model_class").unwrap_or_default();
    let own = |format, path, manner| {
        Some(Own { format, path, forms: (Form::Array, Form::Array), manner })
    };
    let xgboost = class("xgboost");
    let is_estimator = xgboost
        .strip_prefix("xgboost.sklearn.")
        .is_some_and(|class| XGBOOST_ESTIMATORS.contains(&class));
    if is_estimator || xgboost == "xgboost.core.Booster" {
        let path = text("xgboost", "data")?;
        let format = match path.rsplit('.').next() {
            Some("json") => Format::XgboostJson,
            Some("ubj") => Format::XgboostUbj,
            _ => return None,
        };
        let manner = if is_estimator { Manner::Estimator } else { Manner::Scores };
        return own(format, path, manner);
    }
    if class("lightgbm") == "lightgbm.basic.Booster" {
        return own(Format::LightgbmText, text("lightgbm", "data")?, Manner::Scores);
    }
    catboost(text).and_then(|(format, path, manner)| own(format, path, manner))
}

fn catboost(text: impl Fn(&str, &str) -> Option<String>) -> Option<(Format, String, Manner)> {
    let format = match text("catboost", "save_format")?.as_str() {
        "cbm" => Format::CatboostBinary,
        "json" => Format::CatboostJson,
        _ => return None,
    };
    let manner = match text("catboost", "model_type")?.as_str() {
        "CatBoostClassifier" | "CatBoostRegressor" => Manner::Estimator,
        "CatBoost" | "CatBoostRanker" => Manner::Margins,
        _ => return None,
    };
    Some((format, text("catboost", "data")?, manner))
}
