//! Engines against the libraries whose models they read: one Python process makes all models and all answers.

mod cases;
mod environment;
mod hostile;
mod hostile_trees;

use cases::{Case, all, boosted, engine_of};

/// Cases whose file name begins so.
fn agree(prefix: &str) {
    check(all(), prefix);
}

fn check(cases: Option<&'static Vec<Case>>, prefix: &str) {
    let Some(cases) = cases else { return };
    let own: Vec<_> = cases.iter().filter(|case| case.name.starts_with(prefix)).collect();
    assert!(!own.is_empty(), "no case begins with {prefix}");
    let wrong: Vec<_> = own.iter().filter_map(|case| case.check().err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), own.len(), wrong.join("\n"));
}

#[test]
fn estimators_of_scikit_learn_answer_as_onnxruntime_does() {
    agree("skl_");
}

#[test]
fn operators_follow_onnxruntime_in_their_corners() {
    agree("op_");
}

#[test]
fn models_of_xgboost_answer_to_the_last_bit_as_it_does() {
    check(boosted(), "xgb_");
}

#[test]
fn models_of_lightgbm_answer_to_the_last_bit_as_it_does() {
    check(boosted(), "lgb_");
}

#[test]
fn models_of_catboost_answer_as_it_does_but_for_the_last_bit_of_its_own_exponents() {
    check(boosted(), "cat_");
}

#[test]
fn networks_are_run_by_rten_and_by_the_library_of_onnxruntime() {
    agree("net_");
    let Some(cases) = all() else { return };
    // Its binding here takes and gives no floats of 16 bits.
    let is_whole = |case: &&Case| case.name.starts_with("net_") && case.name != "net_half";
    for case in cases.iter().filter(is_whole) {
        case.check_with(mls::model::score::Choice::Ort).unwrap();
    }
}

#[test]
fn rows_of_a_batch_are_answered_as_if_alone() {
    let (Some(cases), Some(boosted)) = (all(), boosted()) else { return };
    let onnx = cases.iter().filter(|case| case.name.starts_with("skl_"));
    for case in onnx.chain(boosted) {
        let engine = engine_of(case);
        if engine.rows_are_independent() {
            case.check_row_by_row(&*engine);
        }
    }
}
