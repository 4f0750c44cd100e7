//! Whether more of a metric is better, as its name tells.

use serde::Serialize;

/// Which values of a metric are the better ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Higher,
    Lower,
}

const LOWER: [&str; 42] = [
    "loss",
    "losses",
    "logloss",
    "error",
    "errors",
    "err",
    "mse",
    "rmse",
    "mae",
    "mape",
    "smape",
    "rmsle",
    "msle",
    "medae",
    "perplexity",
    "ppl",
    "latency",
    "nll",
    "wer",
    "cer",
    "fid",
    "bce",
    "xent",
    "crossentropy",
    "regret",
    "brier",
    "hinge",
    "deviance",
    "duration",
    "time",
    "elapsed",
    "seconds",
    "ms",
    "fpr",
    "fnr",
    "eer",
    "ece",
    "bpc",
    "bpb",
    "mpjpe",
    "lpips",
    "misclassification",
];

const HIGHER: [&str; 46] = [
    "acc",
    "accuracy",
    "f1",
    "f2",
    "fbeta",
    "auc",
    "auroc",
    "auprc",
    "aucpr",
    "rocauc",
    "prauc",
    "precision",
    "recall",
    "r2",
    "map",
    "ap",
    "ndcg",
    "mrr",
    "bleu",
    "rouge",
    "meteor",
    "psnr",
    "ssim",
    "iou",
    "miou",
    "dice",
    "jaccard",
    "kappa",
    "mcc",
    "reward",
    "return",
    "throughput",
    "tpr",
    "tnr",
    "sensitivity",
    "specificity",
    "likelihood",
    "lift",
    "gini",
    "fps",
    "speedup",
    "top1",
    "top5",
    "winrate",
    "spearman",
    "pearson",
];

/// Names of units that, before `per`, make a cost of what would be a speed.
const COSTS: [&str; 6] = ["seconds", "second", "sec", "ms", "s", "time"];

/// Returns which values of the metric called `name` are better; `None` where the name does not tell.
///
/// The last word that tells decides (`f1_loss` is a loss), but time and cross entropy are always costs, `neg_…`
/// turns the rest around as in scikit-learn, and `score` counts only where nothing else does.
pub fn direction(name: &str) -> Option<Direction> {
    if name.starts_with("system/") {
        return None;
    }
    let words = words(name);
    let has = |word: &str| words.iter().any(|other| other == word);
    if let Some(per) = words.iter().position(|word| word == "per") {
        let before = words[..per].iter().any(|word| COSTS.contains(&word.as_str()));
        let after = words[per + 1..].iter().any(|word| COSTS.contains(&word.as_str()));
        return match (before, after) {
            (true, _) => Some(Direction::Lower),
            (false, true) => Some(Direction::Higher),
            (false, false) => None,
        };
    }
    if has("time") || has("duration") || has("latency") || (has("cross") && has("entropy")) {
        return Some(Direction::Lower);
    }
    let negated = has("neg") || has("negative");
    let told = words.iter().rev().find_map(|word| told(word));
    let told = told.or_else(|| (has("score") || has("scores")).then_some(Direction::Higher));
    match (told?, negated) {
        (Direction::Higher, false) | (Direction::Lower, true) => Some(Direction::Higher),
        (Direction::Lower, false) | (Direction::Higher, true) => Some(Direction::Lower),
    }
}

fn told(word: &str) -> Option<Direction> {
    match word {
        _ if LOWER.contains(&word) => Some(Direction::Lower),
        _ if HIGHER.contains(&word) => Some(Direction::Higher),
        _ => None,
    }
}

/// Splits a name at anything that is no letter or digit, and where small letters turn into capitals.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for char in name.chars() {
        let breaks = !char.is_alphanumeric() || (char.is_uppercase() && small);
        small = char.is_lowercase();
        if breaks {
            words.push(String::new());
        }
        if char.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_which_way_is_better() {
        for name in [
            "loss",
            "val_loss",
            "train/loss",
            "f1_loss",
            "testRMSE",
            "mean_absolute_error",
            "error_rate",
            "perplexity",
            "fit_time",
            "score_time",
            "brier_score",
            "p99_latency",
            "seconds_per_step",
            "time_to_accuracy",
            "nll",
            "neg_log_likelihood",
            "binary_cross_entropy",
        ] {
            assert_eq!(direction(name), Some(Direction::Lower), "{name}");
        }
        for name in [
            "acc",
            "val_acc",
            "valAccuracy",
            "f1",
            "f1_macro",
            "roc_auc",
            "r2_score",
            "score",
            "precision@10",
            "neg_mean_squared_error",
            "tokens_per_second",
            "eval/mAP",
            "recall",
            "log_likelihood",
        ] {
            assert_eq!(direction(name), Some(Direction::Higher), "{name}");
        }
        for name in
            ["lr", "epoch", "system/cpu_utilization_percentage", "grad_norm", "policy_entropy", ""]
        {
            assert_eq!(direction(name), None, "{name}");
        }
    }
}
