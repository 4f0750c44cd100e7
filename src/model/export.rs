//! A version as a folder that MLflow opens: what is one already as it is, anything else with an `MLmodel` beside it.
//!
//! | content | flavors | loader |
//! |---|---|---|
//! | ONNX | `onnx` | `mlflow.onnx` |
//! | XGBoost | `xgboost` | `mlflow.xgboost` |
//! | LightGBM | `lightgbm` | `mlflow.lightgbm` |
//! | CatBoost | `catboost` | `mlflow.catboost` |
//! | skops, pickles of scikit-learn | `sklearn` | `mlflow.sklearn` |
//! | joblib and other pickles | none but `python_function` | a few lines of Python in `code/` |
//! | anything else | its own name | none: `python_function` would not know how |

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::base::fs::create_new;
use crate::base::{Progress, time};
use crate::model::format::{Format, Report};
use crate::model::inspect::{self, Inspection};
use crate::model::mlmodel::{self, MlModel, PYTHON_FUNCTION};
use crate::model::registry::Version;
use crate::model::{Error, register, source};
use crate::store::{Store, checkout, file, tree};

/// Loads what joblib or pickle wrote, whoever's class it is of.
const LOADER: &str = "\"\"\"Loads a model that joblib or pickle has written.\"\"\"\n\n\
    import joblib\n\n\ndef _load_pyfunc(path):\n    return joblib.load(path)\n";
const LOADER_MODULE: &str = "mls_joblib_model";
/// Where a CatBoost file tells its loss.
const CATBOOST_HEAD: u64 = 256 << 20;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub files: u64,
    pub bytes: u64,
    /// Whether an `MLmodel` had to be made.
    pub made: bool,
    /// Whether `mlflow.pyfunc.load_model` can open it.
    pub loads: bool,
}

/// Writes a version to the folder `to`, which must be empty or not there.
pub fn write(
    store: &Store,
    version: &Version,
    to: &Path,
    progress: &dyn Progress,
) -> Result<Written, Error> {
    let content = source::content(store, version)?;
    let inspection = register::check(store, &content)?;
    let options = checkout::Options::default();
    if inspection.mlmodel.is_some() {
        let report = checkout::write(store, &content, to, &options, progress)?;
        let loads = inspection.flavors.iter().any(|flavor| flavor == PYTHON_FUNCTION);
        return Ok(Written { files: report.files, bytes: report.bytes, made: false, loads });
    }
    let plan = Plan::of(store, version, &inspection)?;
    let report = if inspect::is_tree(store, &content)? {
        checkout::write(store, &content, to, &options, progress)?
    } else {
        // An empty folder checks whether the place may be taken.
        let empty = empty_tree(store)?;
        checkout::write(store, &empty, to, &options, progress)?;
        checkout::write(store, &content, &to.join(&plan.data), &options, progress)?
    };
    let mut written =
        Written { files: report.files, bytes: report.bytes, made: true, loads: plan.loads };
    for (name, text) in &plan.files {
        if !to.join(name).exists() {
            put(&to.join(name), text)?;
            written.files += 1;
            written.bytes += text.len() as u64;
        }
    }
    Ok(written)
}

fn empty_tree(store: &Store) -> Result<crate::store::Link, Error> {
    let mut writer = store.writer()?;
    let (link, _) = tree::write(&mut writer, vec![])?;
    writer.commit(vec![])?;
    Ok(link)
}

fn put(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(Error::io("create", above))?;
    }
    let mut file = create_new(path).map_err(Error::io("create", path))?;
    file.write_all(text.as_bytes()).map_err(Error::io("write", path))
}

/// What goes beside the content.
struct Plan {
    /// The file that is the model.
    data: String,
    files: Vec<(String, String)>,
    loads: bool,
}

/// What a format needs to be loaded.
struct Flavor {
    /// What the file is called where it is the whole model: libraries go by the end of its name.
    file: &'static str,
    name: &'static str,
    fields: Value,
    /// Of `python_function`; none where nothing of MLflow's loads it.
    loader: Option<&'static str>,
    packages: &'static [&'static str],
    code: bool,
}

impl Plan {
    fn of(store: &Store, version: &Version, inspection: &Inspection) -> Result<Self, Error> {
        let main = inspection.main();
        let flavor = flavor(store, main)?;
        let data = match main {
            Some((file, _)) if !file.path.is_empty() => file.path.clone(),
            _ => flavor.file.to_owned(),
        };
        let mut flavors = Map::new();
        if let Some(loader) = flavor.loader {
            flavors.insert(PYTHON_FUNCTION.to_owned(), python_function(&flavor, loader, &data));
        }
        if let Value::Object(mut fields) = flavor.fields.clone() {
            let key = if flavor.name == "sklearn" { "pickled_model" } else { "data" };
            fields.insert(key.to_owned(), data.as_str().into());
            fields.entry("code").or_insert(Value::Null);
            flavors.insert(flavor.name.to_owned(), Value::Object(fields));
        }
        let created = time::rfc3339(version.model.created).replace('T', " ").replace('Z', "");
        let created = if created.contains('.') { created } else { format!("{created}.000000") };
        let fields = json!({
            "flavors": flavors,
            "metadata": {"mls.model": version.reference().to_string(), "mls.object": version.id.to_string()},
            "model_size_bytes": inspection.size,
            "model_uuid": version.id.digest.to_string()[..32],
            "run_id": version.model.run,
            "utc_time_created": created,
        });
        let Value::Object(mut fields) = fields else { unreachable!("an object was just made") };
        fields.retain(|_, value| !value.is_null());
        let signature = register::signature(store, version)?;
        let mut files = vec![(mlmodel::FILE.to_owned(), MlModel::new(fields, signature).to_yaml())];
        if flavor.loader.is_some() {
            files.extend(environment(&flavor));
        }
        Ok(Self { data, files, loads: flavor.loader.is_some() })
    }
}

fn python_function(flavor: &Flavor, loader: &str, data: &str) -> Value {
    let key = if flavor.name == "sklearn" { "model_path" } else { "data" };
    let mut fields = json!({
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        "loader_module": loader,
        key: data,
    });
    if flavor.name == "sklearn" {
        fields["predict_fn"] = "predict".into();
    }
    if flavor.code {
        fields["code"] = "code".into();
    }
    fields
}

/// Returns the files that say what is needed. Versions are not known here and so are left open.
fn environment(flavor: &Flavor) -> Vec<(String, String)> {
    let packages: Vec<&str> = ["mlflow"].iter().chain(flavor.packages).copied().collect();
    let listed = packages.iter().map(|package| format!("  - {package}\n")).collect::<String>();
    let mut files = vec![
        ("requirements.txt".to_owned(), packages.join("\n") + "\n"),
        (
            "python_env.yaml".to_owned(),
            "python: \"3.11\"\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n"
                .to_owned(),
        ),
        (
            "conda.yaml".to_owned(),
            format!("name: mlflow-env\nchannels:\n- conda-forge\ndependencies:\n- python=3.11\n- pip\n- pip:\n{listed}"),
        ),
    ];
    if flavor.code {
        files.push((format!("code/{LOADER_MODULE}.py"), LOADER.to_owned()));
    }
    files
}

fn flavor(store: &Store, main: Option<(&inspect::File, &Report)>) -> Result<Flavor, Error> {
    let of = |file, name, fields, loader, packages| Flavor {
        file,
        name,
        fields,
        loader,
        packages,
        code: false,
    };
    let Some((file, report)) = main else {
        return Ok(of("model", "plain", json!({}), None, &[]));
    };
    let booster = json!({"model_class": "xgboost.core.Booster"});
    Ok(match report.format {
        Format::Onnx => {
            let fields =
                json!({"providers": ["CPUExecutionProvider"], "onnx_session_options": null});
            of("model.onnx", "onnx", fields, Some("mlflow.onnx"), &["onnx", "onnxruntime", "numpy"])
        }
        Format::XgboostJson => of(
            "model.json",
            "xgboost",
            with(booster, "model_format", "json"),
            Some("mlflow.xgboost"),
            &["xgboost"],
        ),
        Format::XgboostUbj => of(
            "model.ubj",
            "xgboost",
            with(booster, "model_format", "ubj"),
            Some("mlflow.xgboost"),
            &["xgboost"],
        ),
        Format::XgboostBinary => of(
            "model.xgb",
            "xgboost",
            with(booster, "model_format", "xgb"),
            Some("mlflow.xgboost"),
            &["xgboost<3"],
        ),
        Format::LightgbmText => {
            let fields = json!({"model_class": "lightgbm.basic.Booster"});
            of("model.lgb", "lightgbm", fields, Some("mlflow.lightgbm"), &["lightgbm"])
        }
        Format::CatboostBinary | Format::CatboostJson => {
            let is_json = report.format == Format::CatboostJson;
            let save = if is_json { "json" } else { "cbm" };
            let fields = json!({"model_type": catboost_class(store, file)?, "save_format": save});
            let name = if is_json { "model.json" } else { "model.cb" };
            of(name, "catboost", fields, Some("mlflow.catboost"), &["catboost"])
        }
        Format::Skops => {
            let types = report.imports.iter().map(|one| format!("{}.{}", one.module, one.name));
            let types: Vec<String> = types.filter(|name| !name.starts_with("builtins.")).collect();
            let fields = json!({"serialization_format": "skops", "skops_trusted_types": types});
            of("model.skops", "sklearn", fields, Some("mlflow.sklearn"), &["scikit-learn", "skops"])
        }
        Format::Pickle if inspect::flavor(report).as_deref() == Some("sklearn") => {
            let fields = json!({"serialization_format": "pickle"});
            of(
                "model.pkl",
                "sklearn",
                fields,
                Some("mlflow.sklearn"),
                &["scikit-learn", "cloudpickle"],
            )
        }
        Format::Pickle | Format::Joblib => Flavor {
            code: true,
            ..of(
                "model.joblib",
                "python_function",
                Value::Null,
                Some(LOADER_MODULE),
                packages(report),
            )
        },
        format => of("model", format.flavor().unwrap_or("plain"), json!({}), None, &[]),
    })
}

fn with(mut fields: Value, key: &str, value: &str) -> Value {
    fields[key] = value.into();
    fields
}

/// Returns the packages that the classes in a pickle are from.
fn packages(report: &Report) -> &'static [&'static str] {
    match inspect::flavor(report).as_deref() {
        Some("sklearn") => &["joblib", "scikit-learn"],
        Some("xgboost") => &["joblib", "scikit-learn", "xgboost"],
        Some("lightgbm") => &["joblib", "scikit-learn", "lightgbm"],
        Some("catboost") => &["joblib", "catboost"],
        Some("statsmodels") => &["joblib", "statsmodels"],
        Some("torch") => &["joblib", "torch"],
        _ => &["joblib"],
    }
}

/// Tells the class that answers as its user expects: the loss that it was trained with says which.
fn catboost_class(store: &Store, found: &inspect::File) -> Result<&'static str, Error> {
    let bytes = match found.size <= CATBOOST_HEAD {
        true => file::open(store, &found.link)?.read_all(CATBOOST_HEAD)?,
        false => return Ok("CatBoost"),
    };
    let text = String::from_utf8_lossy(&bytes);
    let loss = text.split_once("\"loss_function\"").map(|(_, rest)| rest);
    let loss = loss.and_then(|rest| rest.split_once("\"type\"")).map(|(_, rest)| rest);
    let loss = loss.and_then(|rest| rest.split('"').nth(1)).unwrap_or_default();
    Ok(match loss {
        "Logloss" | "CrossEntropy" | "MultiClass" | "MultiClassOneVsAll" => "CatBoostClassifier",
        "RMSE" | "MAE" | "Quantile" | "MAPE" | "Poisson" | "Huber" | "Tweedie" => {
            "CatBoostRegressor"
        }
        _ => "CatBoost",
    })
}
