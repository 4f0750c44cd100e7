"""Prints what the package reads of a tracking store as one line of JSON: experiments and runs, with all points and files."""

import hashlib
import json
import os
import sys

from mlflow import MlflowClient
from mlflow.entities import ViewType


def files(client, run, path=None):
    found = {}
    for item in client.list_artifacts(run, path):
        if item.is_dir:
            found.update(files(client, run, item.path))
        else:
            found[item.path] = item.file_size
    return found


def content(client, run, names):
    if not names:
        return {}
    folder = client.download_artifacts(run, "")
    digest = lambda name: hashlib.sha256(open(os.path.join(folder, name), "rb").read()).hexdigest()
    return {name: digest(name) for name in names}


def points(client, run, key):
    history = client.get_metric_history(run, key)
    return sorted([[p.step, p.timestamp, repr(p.value)] for p in history])


def one(client, run):
    info, data = run.info, run.data
    names = files(client, info.run_id)
    datasets = [
        [d.dataset.name, d.dataset.digest, d.dataset.source_type, d.dataset.source, d.dataset.schema, d.dataset.profile,
         sorted((t.key, t.value) for t in d.tags)]
        for d in run.inputs.dataset_inputs
    ]
    return {
        "name": info.run_name, "status": info.status, "start": info.start_time, "end": info.end_time,
        "user": info.user_id, "experiment": info.experiment_id, "lifecycle_stage": info.lifecycle_stage,
        "params": data.params, "tags": {k: v for k, v in data.tags.items() if k != "mlflow.user"},
        "metrics": {key: points(client, info.run_id, key) for key in sorted(data.metrics)},
        "files": names, "content": content(client, info.run_id, names), "datasets": sorted(datasets, key=repr),
    }


def main(uri):
    client = MlflowClient(uri, uri)
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, max_results=1000)
    told = {
        "experiments": {
            e.experiment_id: {"name": e.name, "tags": e.tags, "created": e.creation_time, "stage": e.lifecycle_stage}
            for e in experiments
        },
        "runs": {run.info.run_id: one(client, run) for run in runs},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
