//! Each route of the table, asked about what is another's in every place where a request can say what it is about.

use mls::server::{Right, Row, rows};
use mls::store::refs;
use serde_json::{Value, json};

use super::{API, FILES, MARK, Team, World, call, send, text};

/// Names all that a team has, by every field that any route reads.
fn body(team: &Team) -> Value {
    let Team { experiment, run, logged, model, .. } = team;
    json!({
        "experiment_id": experiment, "experiment_ids": [experiment], "experiment_name": "fraud",
        "run_id": run, "run_uuid": run, "run_ids": [run], "name": model, "new_name": "churn-2",
        "model_id": logged, "source": format!("runs:/{run}/x"), "source_run_id": run,
        "version": "1", "alias": "best", "key": "mark", "value": "v", "metric_key": "loss",
        "timestamp": 1, "path": team.file(), "url": "https://example.com/", "status": "READY",
        "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}], "stage": "Staging",
        "models": [{"model_id": logged}], "upload_id": "x", "model_json": "{}",
    })
}

fn query(team: &Team) -> String {
    let Team { experiment, run, model, .. } = team;
    format!(
        "?experiment_id={experiment}&experiment_name=fraud&run_id={run}&run_uuid={run}&run_ids={run}&name={model}&version=1&alias=best&metric_key=loss&path={}&artifact_file_path=MLmodel",
        team.file()
    )
}

fn concrete(row: &Row, team: &Team) -> String {
    let path = row.path.replace("{model_id}", &team.logged).replace("{*path}", &team.file());
    let path = path.replace("{*rest}", &format!("{}/manifests/1", team.repository));
    let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn h08_no_route_shows_or_changes_what_no_pattern_names() {
    let world = World::new();
    let before = refs::list(&world.served.store(), "").unwrap();
    let before: Vec<_> = before.into_iter().filter(|found| !found.name.contains("churn")).collect();
    let mut opened = 0;
    for row in rows().into_iter().filter(|row| row.right != Right::None) {
        let method = row.method.as_str();
        let path = concrete(&row, &world.theirs);
        let target = format!("{path}{}", query(&world.theirs));
        let reply = call(&world.served, &world.limited, method, &target, &body(&world.theirs));
        let said = text(&reply);
        assert!(!said.contains(MARK), "{method} {target}: {said}");
        let is_list = path.ends_with("/search") || path.ends_with("/search-datasets");
        let is_plain =
            ["/v2", "/v2/", "/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info"];
        match (row.limited, reply.status) {
            (false, 401 | 403) => {}
            (true, 400..=499 | 501) => opened += 1,
            (true, 200)
                if is_list || is_plain.contains(&&*row.path) || path.starts_with("/mls/") => {}
            (limited, status) => panic!("{method} {target} ({limited}): {status} {said}"),
        }
    }
    assert!(opened > 100, "{opened}");
    let after = refs::list(&world.served.store(), "").unwrap();
    let after: Vec<_> = after.into_iter().filter(|found| !found.name.contains("churn")).collect();
    assert_eq!(before, after);
    let Team { experiment, run, logged, .. } = &world.theirs;
    for target in [
        format!("{API}/experiments/get?experiment_id={experiment}"),
        format!("{API}/runs/get?run_id={run}"),
        format!("{API}/logged-models/{logged}"),
        format!("{API}/registered-models/get?name=fraud"),
        format!("{FILES}/{}", world.theirs.file()),
        "/v2/fraud/app/manifests/1".to_owned(),
    ] {
        let there = send(&world.served, &world.admin, "GET", &target, b"");
        assert_eq!(there.status, 200, "{target}");
        let hidden = world.get(&target);
        assert_eq!(hidden.status, 404, "{target}: {}", text(&hidden));
    }
}

#[test]
fn h06_what_is_about_the_hub_as_a_whole_is_closed_and_says_why() {
    let world = World::new();
    let closed: Vec<String> = rows()
        .into_iter()
        .filter(|row| !row.limited && row.right != Right::None)
        .map(|row| row.path)
        .filter(|path| !path.contains("/webhooks"))
        .collect();
    assert_eq!(closed, ["/metrics"]);
    let reply = world.get("/metrics");
    let said = text(&reply);
    assert_eq!(reply.status, 403);
    assert!(said.contains("`ci` is limited to experiments/churn*, models/churn*"), "{said}");
    assert_eq!(world.get("/health").status, 200);
    // A pattern that a later program writes gives nothing to this one.
    let store = world.served.store();
    store
        .transact::<_, mls::store::Error>(mls::store::Durability::Full, |db| {
            db.execute("UPDATE tokens SET may = 'write\nzones/x' WHERE name = 'ci'", [])
                .map_err(store.database_error("change a token"))
        })
        .unwrap();
    assert_eq!(world.get(&format!("{API}/experiments/search?max_results=5")).status, 403);
}
