mod artifacts;
mod logged_models;
