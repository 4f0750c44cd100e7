"""`search_runs`, row by row of the grammar, on the same data in MLflow's own SQLite store and in a hub."""

import math
import os
import sys

from mlflow import MlflowClient
from mlflow.entities import DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.entities.dataset import Dataset
from mlflow.exceptions import MlflowException

START = 1_700_000_000_000


def fill(client):
    """Makes 24 runs that differ in every field; returns the experiment and the name of each run by its id."""
    experiment = client.create_experiment("searched")
    names = {}
    for n in range(24):
        name = f"run-{n:02}" if n % 5 else f"Odd name_{n} %"
        tags = {"kind": ["a", "b", "Ab", "%x", "o'clock"][n % 5], "mlflow.user": "ada" if n % 2 else "bob"}
        if n % 4 == 0:
            tags["my tag"] = f"v {n}"
            tags["dotted.key"] = "yes"
        run = client.create_run(experiment, start_time=START + n * 1000, run_name=name, tags=tags).info.run_id
        names[run] = name
        values = [0.5, -1.0, math.nan, math.inf, -math.inf, 1e-9, 3.0]
        metrics = [Metric("acc", n / 24, START, 0), Metric("with/slash", n, START, n)]
        if n % 3:
            metrics.append(Metric("some", values[n % 7], START, 1))
            metrics.append(Metric("some", 100.0, START - 5, 0))
        params = [Param("lr", str(n % 4 / 10)), Param("Net", ["resnet", "ResNet", "r_net", "vgg"][n % 4])]
        if n % 6 == 0:
            params.append(Param("rare", ""))
            params.append(Param("with space", "x"))
        client.log_batch(run, metrics, params)
        if n % 3 == 0:
            dataset = Dataset(f"data-{n % 2}", f"d{n}", "local", "{}", "{}", "{}")
            context = [InputTag("mlflow.data.context", ["train", "eval"][n % 2])]
            client.log_inputs(run, [DatasetInput(dataset, context)])
        if n % 7:
            client.set_terminated(run, ["FINISHED", "FAILED", "KILLED"][n % 3], START + n * 2000)
        if n % 11 == 10:
            client.delete_run(run)
    return experiment, names


FILTERS = """
metrics.acc > 0.5
metrics.acc >= 0.5
metric.acc < 0.25 and metrics.acc != 0.125
metrics.acc <= 0.25 AND metrics.acc = 0.125
metrics.some > -1
metrics.some < 1e300
metrics.some = 0.5
metrics.some != 0.5
metrics."with/slash" > 20
metrics.`with/slash` < 3
metrics.none > 0
params.lr = '0.1'
params.lr != '0.1'
parameter.lr = "0.2"
param.Net LIKE 'res%'
params.Net ILIKE 'RES%'
params.Net like 'r_net'
params.Net LIKE '%net'
params.rare = ''
params.rare IS NULL
params.rare IS NOT NULL
params.`with space` = 'x'
params.lr IN ('0.1')
tags.kind = 'a'
tag.kind != 'a'
tags.kind LIKE 'A%'
tags.kind ILIKE 'A%'
tags.kind = '%x'
tags.kind LIKE '%x'
tags.kind = "o'clock"
tags.`my tag` = 'v 4'
tags."dotted.key" = 'yes'
tags.`my tag` IS NULL
tags.`my tag` IS NOT NULL and tags.kind != 'b'
tags.mlflow.user = 'ada'
tags.`mlflow.runName` LIKE 'run-1%'
attributes.status = 'FINISHED'
attribute.status != 'FINISHED'
attr.status ILIKE 'fin%'
status = 'KILLED'
status LIKE 'RUN%'
run_name = 'run-01'
attributes.run_name LIKE 'Odd%'
attributes.`run name` ILIKE 'odd NAME%'
run_name LIKE '%\\_5 %'
run_name LIKE 'Odd name_5 %'
user_id = 'ada'
attributes.user_id != 'ada'
start_time > 1700000010000
attributes.start_time <= 1700000003000
created < 1700000002000
attributes.created = 1700000002000
end_time > 1700000020000
end_time != 1700000020000
attributes.end_time = 1700000002000
run_id IN ('ID0', 'ID1')
attributes.run_id NOT IN ('ID0', 'ID1')
run_id = 'ID2'
run_id != 'ID2'
run_id LIKE '%'
artifact_uri LIKE '%/artifacts'
dataset.name = 'data-1'
datasets.name LIKE 'data-%'
dataset.digest IN ('d3', 'd9')
dataset.digest NOT IN ('d3', 'd9')
dataset.context = 'train'
dataset.context != 'train'
dataset.name ILIKE 'DATA-1' and dataset.context = 'eval'
metrics.acc > 0.2 and params.lr = '0.1' and tags.kind != 'a' and status = 'FINISHED'
metrics.acc > 0.2   AND   params.lr   =   '0.1'
METRICS.acc > 0.2
metrics.acc > 0.2 or params.lr = '0.1'
(metrics.acc > 0.2)
metrics.acc > '0.2'
metrics.acc LIKE '0.2'
metrics.acc
metrics.acc >
params.lr = 0.1
params.lr > '0.1'
tags.kind = a
tags.kind BETWEEN 'a' AND 'b'
nothing.x = 'y'
attributes.nothing = 'y'
start_time > 'soon'
start_time LIKE '17%'
status IN ('FINISHED')
run_id IN ()
run_id IN ('ID0', 1)
metrics.acc > 0.2; metrics.acc > 0.3
metrics.acc > 0.2 and
dataset.other = 'x'
dataset.name > 'x'
tags.kind = 'a' -- comment
tags.kind ~ 'a'
params.lr IS 'x'
metrics.acc IS NULL
""".strip().splitlines()

ORDERS = """
metrics.acc
metrics.acc DESC
metrics.some
metrics.some DESC
metrics.`with/slash` desc
params.lr ASC
params.lr DESC, metrics.acc
params.rare
tags.kind
tags.`my tag` DESC
attributes.start_time ASC
start_time DESC
created
attributes.end_time DESC
end_time
run_name
attributes.status DESC
status, metrics.acc DESC
user_id
metrics.none
nothing.x
metrics.acc SIDEWAYS
dataset.name
attributes.nothing
""".strip().splitlines()


# What a hub takes or refuses on purpose where MLflow does not; README lists these too.
ON_PURPOSE = {
    "METRICS.acc > 0.2": "entities in any case, as keywords are",
    "(metrics.acc > 0.2)": "parentheses",
    "metrics.acc > 0.2 and": "an `and` with nothing after it is refused",
}


def ask(client, experiment, ids, text, order, **named):
    """Returns the names of the runs that are found, or the code of the error."""
    for number, run in enumerate(ids):
        text = text.replace(f"'ID{number}'", f"'{run}'")
    try:
        return client.search_runs([experiment], text, order_by=order, **named)
    except MlflowException as error:
        return error.error_code


def main(hub, sqlite):
    sides = []
    for uri in [sqlite, hub]:
        client = MlflowClient(uri, uri)
        sides.append((client, *fill(client)))
    wrong, asked = [], 0
    cases = [(text, None, {}) for text in FILTERS]
    cases += [("", order.split(", "), {}) for order in ORDERS]
    cases += [("metrics.acc >= 0", order.split(", "), {}) for order in ORDERS[:8]]
    views = [ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL]
    cases += [("metrics.acc > 0.1", None, {"run_view_type": view}) for view in views]
    for text, order, named in cases:
        answers = []
        for client, experiment, names in sides:
            found = ask(client, experiment, list(names), text, order, **named)
            answers.append(found if isinstance(found, str) else [names[run.info.run_id] for run in found])
        asked += 1
        # Runs that are equal in all that is asked for come in the order of their ids, which are random.
        same = answers[0] == answers[1] or (ties(order) and sorted(answers[0]) == sorted(answers[1]))
        if not same and text not in ON_PURPOSE:
            wrong.append(f"{text!r} {order} {named}\n   mlflow: {answers[0]}\n   hub:    {answers[1]}")
    for client, experiment, names in sides:
        pages, token = [], None
        while True:
            page = client.search_runs([experiment], max_results=7, order_by=["metrics.acc"], page_token=token)
            pages.append([names[run.info.run_id] for run in page])
            token = page.token
            if not token:
                break
        sides[sides.index((client, experiment, names))] = (pages,)
    if sides[0] != sides[1]:
        wrong.append(f"pages: {sides}")
    print(f"{asked} searches, {len(wrong)} differ")
    if wrong:
        sys.exit("\n".join(wrong))


def ties(order):
    return order and any(word in " ".join(order) for word in ["none"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
