//! `metrics/…`: the points of one metric, of one run or of many.

use std::cmp::Ordering;

use axum::Json;
use axum::extract::State as Extracted;
use serde::Serialize;

use crate::server::mlflow::failure::Failure;
use crate::server::mlflow::input::Input;
use crate::server::mlflow::page;
use crate::server::mlflow::runs::run_id;
use crate::server::mlflow::subject::{RUN, Subject};
use crate::server::mlflow::wire::Metric;
use crate::server::route::{Right, Route};
use crate::server::state::{Shared, State, blocking};
use crate::track::{Error, Point, RunId, load};

/// Points of one answer about many runs.
const MOST: usize = 25_000;
const RUNS: usize = 100;
/// Points of each run in a chart.
const SAMPLE: i64 = 2_500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/2.0/mlflow/metrics/get-history", Right::Read, history).about(RUN),
        Route::get("/ajax-api/2.0/mlflow/metrics/get-history-bulk", Right::Read, bulk)
            .about(&[Subject::Run("run_id")]),
        Route::get("/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", Right::Read, interval)
            .about(&[Subject::Run("run_ids")]),
    ]
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

/// Returns the points of a metric; none of a run that is not there, as in MLflow.
fn points(state: &State, id: &RunId, key: &str) -> Result<Vec<Point>, Failure> {
    match load::run(&state.store, id) {
        Ok(run) => Ok(load::points(&state.store, &run, key)?),
        Err(Error::NoRun(_)) => Ok(vec![]),
        Err(error) => Err(error.into()),
    }
}

/// MLflow tells a history by time, then step, then value; NaN counts as zero.
fn by_time(a: &Point, b: &Point) -> Ordering {
    let value = |point: &Point| if point.value.0.is_nan() { 0.0 } else { point.value.0 };
    (a.time, a.step).cmp(&(b.time, b.step)).then_with(|| value(a).total_cmp(&value(b)))
}

async fn history(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Found>, Failure> {
    let id = run_id(&input)?;
    let key = input.text("metric_key")?.to_owned();
    let offset = page::offset(input.maybe_text("page_token")?)?;
    let most = input.maybe_int("max_results")?;
    if let Some(most) = most.filter(|most| *most <= 0) {
        return Err(Failure::invalid(format!(
            "Invalid value {most} for parameter 'max_results' supplied. It must be a positive integer."
        )));
    }
    let most = most.map_or(usize::MAX, |most| most as usize);
    blocking(&state, move |state| {
        let mut points = points(state, &id, &key)?;
        points.sort_by(by_time);
        let next = offset.saturating_add(most);
        let next_page_token = (points.len() > next).then(|| page::token(next));
        let metrics = points.iter().skip(offset).take(most);
        let metrics = metrics.map(|point| Metric::new(&key, point, None)).collect();
        Ok(Json(Found { metrics, next_page_token }))
    })
    .await
}

#[derive(Debug, Serialize)]
struct Bulk {
    metrics: Vec<Metric>,
}

async fn bulk(Extracted(state): Extracted<Shared>, input: Input) -> Result<Json<Bulk>, Failure> {
    let mut ids = input.texts("run_id")?;
    let wrong =
        |what: String| Err(Failure::invalid(format!("GetMetricHistoryBulk request {what}")));
    if ids.is_empty() {
        return wrong("must specify at least one run_id.".to_owned());
    }
    if ids.len() > RUNS {
        let count = ids.len();
        return wrong(format!(
            "cannot specify more than {RUNS} run_ids. Received {count} run_ids."
        ));
    }
    let Some(key) = input.maybe_text("metric_key")?.map(str::to_owned) else {
        return wrong("must specify a metric_key.".to_owned());
    };
    let most = input.maybe_int("max_results")?.map_or(MOST, |most| most.max(0) as usize).min(MOST);
    ids.sort();
    blocking(&state, move |state| {
        let mut metrics = vec![];
        for id in ids.iter().filter_map(|id| id.parse::<RunId>().ok()) {
            let mut points = points(state, &id, &key)?;
            points.sort_by(by_time);
            let left = most - metrics.len();
            metrics.extend(points.iter().take(left).map(|p| Metric::new(&key, p, Some(&id))));
        }
        Ok(Json(Bulk { metrics }))
    })
    .await
}

async fn interval(
    Extracted(state): Extracted<Shared>,
    input: Input,
) -> Result<Json<Found>, Failure> {
    let ids = input.texts("run_ids")?;
    if ids.is_empty() {
        return Err(crate::server::mlflow::input::missing("run_ids"));
    }
    if ids.len() > RUNS {
        let count = ids.len();
        return Err(Failure::invalid(format!(
            "GetMetricHistoryBulkInterval request must specify at most {RUNS} run_ids. Received {count} run_ids. See the API docs for more information about request parameters."
        )));
    }
    let key = input.text("metric_key")?.to_owned();
    let most = input.maybe_int("max_results")?.unwrap_or(SAMPLE);
    if !(1..=SAMPLE).contains(&most) {
        return Err(Failure::invalid(format!(
            "max_results must be between 1 and {SAMPLE}. See the API docs for more information about request parameters."
        )));
    }
    let steps = match (input.maybe_int("start_step")?, input.maybe_int("end_step")?) {
        (Some(start), Some(end)) if start > end => {
            return Err(Failure::invalid(format!(
                "end_step must be greater than start_step. Found start_step={start} and end_step={end}."
            )));
        }
        (Some(start), Some(end)) => start..=end,
        (None, None) => i64::MIN..=i64::MAX,
        _ => {
            return Err(Failure::invalid(
                "If either start step or end step are specified, both must be specified.",
            ));
        }
    };
    blocking(&state, move |state| {
        let mut metrics = vec![];
        for id in ids.iter().filter_map(|id| id.parse::<RunId>().ok()) {
            let mut points = points(state, &id, &key)?;
            points.retain(|point| steps.contains(&point.step));
            let sample = sample(&points, most as usize);
            metrics.extend(sample.iter().map(|point| Metric::new(&key, point, Some(&id))));
        }
        Ok(Json(Found { metrics, next_page_token: None }))
    })
    .await
}

/// The first point of each of `most` equal parts, as SQL's NTILE cuts them, and the last of all.
fn sample(points: &[Point], most: usize) -> Vec<Point> {
    let Some(last) = points.last() else { return vec![] };
    if points.len() <= most {
        return points.to_vec();
    }
    let (size, larger) = (points.len() / most, points.len() % most);
    let start = |part: usize| part * size + part.min(larger);
    let mut sample: Vec<Point> = (0..most).map(|part| points[start(part)]).collect();
    if let Some(end) = sample.last_mut() {
        *end = *last;
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Value;

    #[test]
    fn a_sample_has_the_first_and_the_last_point_and_no_more_than_asked_for() {
        let point = |step| Point { step, time: step, value: Value(0.0) };
        let points: Vec<Point> = (0..10).map(point).collect();
        let steps = |most| sample(&points, most).iter().map(|p| p.step).collect::<Vec<_>>();
        assert_eq!(steps(4), [0, 3, 6, 9]);
        assert_eq!(steps(1), [9]);
        assert_eq!(steps(20).len(), 10);
        assert!(sample(&[], 3).is_empty());
    }
}
