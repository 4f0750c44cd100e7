//! Which engine runs a model: the first that knows all of its operators.

use super::Error;
use super::boosted;
use super::engine::{Choice, Engine, Format, Options, Source};
use super::native::{Native, is_classical};
use super::network::Network;
use crate::model::onnx;

/// Loads a model with the engine that `options` choose.
pub fn load(source: &Source, options: &Options) -> Result<Box<dyn Engine>, Error> {
    match source.format {
        Format::Onnx => onnx_model(source, options),
        _ => boosted::load(source, options),
    }
}

fn onnx_model(source: &Source, options: &Options) -> Result<Box<dyn Engine>, Error> {
    let model = onnx::read(&source.bytes)?;
    let order: &[Choice] = match options.choice {
        Choice::Auto if is_classical(&model) => &[Choice::Native, Choice::Rten, Choice::Ort],
        Choice::Auto => &[Choice::Rten, Choice::Native, Choice::Ort],
        Choice::Native => &[Choice::Native],
        Choice::Rten => &[Choice::Rten],
        Choice::Ort => &[Choice::Ort],
    };
    let mut said = vec![];
    for choice in order {
        match one(*choice, &model, source, options) {
            Ok(engine) => return Ok(engine),
            Err(error) if order.len() == 1 => return Err(error),
            Err(
                error @ (Error::Unsupported { .. }
                | Error::Engine { .. }
                | Error::NoLibrary(_)
                | Error::UntrustedLibrary { .. }),
            ) => said.push(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    Err(Error::NoEngine(said))
}

fn one(
    choice: Choice,
    model: &onnx::Model<'_>,
    source: &Source,
    options: &Options,
) -> Result<Box<dyn Engine>, Error> {
    match choice {
        Choice::Auto | Choice::Native => {
            Ok(Box::new(Native::load(model, source.folder.as_deref())?))
        }
        Choice::Rten | Choice::Ort => Ok(Box::new(Network::load(choice, model, source, options)?)),
    }
}
