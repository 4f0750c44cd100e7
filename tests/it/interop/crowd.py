"""Sixteen client processes at once: each has a run of its own and all of them log into one more. The import is shared by
forking, which is all that makes it cheap: each process has its own connections and its own memory."""

import multiprocessing
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param

PROCESSES, BATCHES, POINTS = 16, 10, 50


def work(uri, experiment, shared, number):
    mlflow.set_tracking_uri(uri)
    client = MlflowClient(uri, uri)
    with mlflow.start_run(experiment_id=experiment, run_name=f"own-{number}") as run:
        mlflow.log_param("number", number)
        for batch in range(BATCHES):
            mlflow.log_metric("m", batch, step=batch)
            steps = range(batch * POINTS, (batch + 1) * POINTS)
            client.log_batch(shared, [Metric(f"of-{number}", step, step, step) for step in steps])
            client.log_batch(shared, [Metric("all", number, number * 1000 + batch, batch)])
        client.log_batch(shared, params=[Param(f"p-{number}", str(number))])
        mlflow.log_text(f"from {number}", f"out/{number}.txt")
        client.log_text(shared, f"from {number}", f"of/{number}.txt")
    assert client.get_run(run.info.run_id).info.status == "FINISHED"


def main(uri):
    client = MlflowClient(uri, uri)
    experiment = client.create_experiment("crowd")
    shared = client.create_run(experiment, run_name="shared").info.run_id
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=work, args=(uri, experiment, shared, number)) for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    client.set_terminated(shared)
    run = client.get_run(shared)
    assert len(run.data.params) == PROCESSES, run.data.params
    for number in range(PROCESSES):
        history = client.get_metric_history(shared, f"of-{number}")
        assert [point.step for point in history] == list(range(BATCHES * POINTS)), number
    assert len(client.get_metric_history(shared, "all")) == PROCESSES * BATCHES
    assert len(client.list_artifacts(shared, "of")) == PROCESSES
    own = client.search_runs([experiment], "params.number != ''")
    assert len(own) == PROCESSES
    for run in own:
        assert len(client.get_metric_history(run.info.run_id, "m")) == BATCHES
    print(f"{PROCESSES} processes, {PROCESSES * BATCHES * (POINTS + 2)} points")


if __name__ == "__main__":
    main(sys.argv[1])
