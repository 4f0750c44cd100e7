//! Operators of `ai.onnx.ml`, made ready by name.

mod dictionary;
mod encode;
mod labels;
mod linear;
mod post;
mod scale;
mod svm;
mod trees;
mod trees5;
mod vector;

use super::Operator;
use super::given::Given;
use crate::model::score::Error;

/// Returns the operator of a node.
pub(super) fn make(given: &Given<'_>) -> Result<Box<dyn Operator>, Error> {
    match given.node.operator {
        "TreeEnsembleClassifier" | "TreeEnsembleRegressor" => trees::make(given),
        "TreeEnsemble" => trees5::make(given),
        "LinearClassifier" => linear::classifier(given),
        "LinearRegressor" => linear::regressor(given),
        "SVMClassifier" => svm::classifier(given),
        "SVMRegressor" => svm::regressor(given),
        "Scaler" => scale::scaler(given),
        "Normalizer" => scale::normalizer(given),
        "Imputer" => scale::imputer(given),
        "Binarizer" => scale::binarizer(given),
        "LabelEncoder" => encode::labels(given),
        "OneHotEncoder" => encode::one_hot(given),
        "CategoryMapper" => encode::categories(given),
        "DictVectorizer" => dictionary::make(given),
        "ZipMap" => vector::zip_map(given),
        "FeatureVectorizer" => Ok(Box::new(vector::Features)),
        "ArrayFeatureExtractor" => Ok(Box::new(vector::Extract)),
        _ => Err(given.unsupported("")),
    }
}

/// Returns rows and columns of a list (one row) or matrix.
fn rows_of(shape: &[usize]) -> super::Outcome<(usize, usize)> {
    match *shape {
        [width] => Ok((1, width)),
        [rows, width] => Ok((rows, width)),
        _ => Err(format!("shape {shape:?} where a matrix belongs")),
    }
}
