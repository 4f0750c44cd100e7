-- These answer filters and sorts without touching the tables. Dropped while very many runs are put, as filling them
-- one by one at random places takes longer than sorting once.
CREATE INDEX IF NOT EXISTS run_metrics_by_value ON run_metrics (key, value, run);
CREATE INDEX IF NOT EXISTS run_params_by_value ON run_params (key, value, run);
CREATE INDEX IF NOT EXISTS run_tags_by_value ON run_tags (key, value, run);
