//! `MLmodel`, the file at the top of an MLflow model: which flavors it has, its signature, its environment.
//!
//! ```yaml
//! flavors:
//!   python_function:
//!     loader_module: mlflow.sklearn        what Python imports to load it
//!     model_path: model.pkl                or `data`: where its content is
//!     env: {conda: conda.yaml, virtualenv: python_env.yaml}
//!     python_version: 3.11.7
//!   sklearn: {pickled_model: model.pkl, serialization_format: skops, sklearn_version: 1.9.1}
//! signature: {inputs: '[…]', outputs: '[…]', params: null}     JSON text inside of YAML
//! ```
//!
//! Fields that are not known here stay as they are. A path in it that leads out of its folder makes it unusable.

use serde_json::{Map, Value};

use crate::model::signature::Signature;
use crate::model::yaml;

/// What the file is called.
pub const FILE: &str = "MLmodel";
/// The flavor that every loader of MLflow understands.
pub const PYTHON_FUNCTION: &str = "python_function";

/// Fields of flavors that name a file or a folder beside `MLmodel`.
const PATHS: [&str; 10] = [
    "data",
    "model_path",
    "model_data",
    "pickled_model",
    "code",
    "config",
    "python_model",
    "model_code_path",
    "custom_objects",
    "model_binary",
];

/// A file `MLmodel`, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MlModel {
    fields: Map<String, Value>,
    pub signature: Option<Signature>,
}

/// The flavor `python_function`: how Python loads the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PythonFunction {
    pub loader_module: String,
    /// `data` or `model_path`.
    pub data: Option<String>,
    /// A folder of Python that is put on the path.
    pub code: Option<String>,
    pub python_version: Option<String>,
    pub conda: Option<String>,
    pub virtualenv: Option<String>,
    pub predict_fn: Option<String>,
}

impl MlModel {
    /// Reads the file; the error is a reason in words.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let Value::Object(fields) = yaml::read(bytes)? else {
            return Err("it is no mapping".to_owned());
        };
        if !matches!(fields.get("flavors"), Some(Value::Object(_))) {
            return Err("it has no `flavors`".to_owned());
        }
        let signature = match fields.get("signature") {
            None | Some(Value::Null) => None,
            Some(value) => {
                Some(Signature::from_value(value).map_err(|e| format!("signature: {e}"))?)
            }
        };
        let model = Self { fields, signature };
        model.check_paths()?;
        Ok(model)
    }

    /// Makes one of its fields; what the signature says is put in.
    pub fn new(mut fields: Map<String, Value>, signature: Option<Signature>) -> Self {
        if let Some(signature) = &signature {
            fields.insert("signature".to_owned(), signature.to_mlmodel());
        }
        Self { fields, signature }
    }

    /// Returns the file.
    pub fn to_yaml(&self) -> String {
        yaml::write(&Value::Object(self.fields.clone()))
    }

    /// Returns the names of its flavors, as they stand there.
    pub fn flavors(&self) -> Vec<String> {
        self.flavor_fields().map(|(name, _)| name.clone()).collect()
    }

    /// Returns the fields of a flavor.
    pub fn flavor(&self, name: &str) -> Option<&Map<String, Value>> {
        self.flavor_fields().find(|(own, _)| *own == name).and_then(|(_, value)| value.as_object())
    }

    /// Returns a field at the top that is text, such as `run_id`, `model_id` or `mlflow_version`.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// Returns any field at the top, such as `saved_input_example_info` or `metadata`.
    pub fn field(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    /// Returns the flavor that Python loads it by, if it has that.
    pub fn python_function(&self) -> Option<PythonFunction> {
        let fields = self.flavor(PYTHON_FUNCTION)?;
        let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
        let env = fields.get("env");
        let of_env = |key: &str| env?.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(PythonFunction {
            loader_module: text("loader_module")?,
            data: text("data").or_else(|| text("model_path")),
            code: text("code"),
            python_version: text("python_version"),
            // Before 2.0 it was the path itself.
            conda: of_env("conda").or_else(|| text("env")),
            virtualenv: of_env("virtualenv"),
            predict_fn: text("predict_fn"),
        })
    }

    /// Returns the path of an example of what it takes, ready to be sent, and of the example itself.
    pub fn examples(&self) -> (Option<&str>, Option<&str>) {
        let info = self.fields.get("saved_input_example_info");
        let path = |key: &str| info?.get(key)?.as_str();
        (path("serving_input_path"), path("artifact_path"))
    }

    fn flavor_fields(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.fields.get("flavors").and_then(Value::as_object).into_iter().flatten()
    }

    fn check_paths(&self) -> Result<(), String> {
        for (flavor, value) in self.flavor_fields() {
            let Some(fields) = value.as_object() else { continue };
            for key in PATHS {
                let path = fields.get(key).and_then(Value::as_str);
                path.map_or(Ok(()), |path| check_path(&format!("{flavor}.{key}"), path))?;
            }
            let environment = fields.get("env").and_then(Value::as_object).into_iter().flatten();
            let artifacts =
                fields.get("artifacts").and_then(Value::as_object).into_iter().flatten();
            for (name, value) in environment.chain(artifacts) {
                let path = value.as_str().or_else(|| value.get("path").and_then(Value::as_str));
                path.map_or(Ok(()), |path| check_path(&format!("{flavor}, `{name}`"), path))?;
            }
        }
        let (serving, example) = self.examples();
        for path in [serving, example].into_iter().flatten() {
            check_path("saved_input_example_info", path)?;
        }
        Ok(())
    }
}

/// Refuses a path that would lead out of the folder of the model.
fn check_path(place: &str, path: &str) -> Result<(), String> {
    let leads_out = path.starts_with('/')
        || path.contains(['\\', '\0'])
        || path.split('/').any(|part| part == "..");
    match leads_out {
        true => {
            let path: String = path.chars().take(120).collect();
            Err(format!("{place} leads out of its folder: `{}`", path.escape_debug()))
        }
        false => Ok(()),
    }
}
