use mls::track::{Error, experiment};

use super::live::store;

#[test]
fn default_is_there_from_the_start() {
    let (_folder, store) = store();
    let names: Vec<_> = experiment::list(&store, false).unwrap();
    assert_eq!((names[0].name.as_str(), names[0].id.as_str()), ("Default", "0"));
    assert_eq!(experiment::resolve(&store, "0").unwrap().name, "Default");
    assert!(matches!(experiment::remove(&store, "Default"), Err(Error::DefaultExperiment(_))));
    assert!(matches!(experiment::rename(&store, "0", "x"), Err(Error::DefaultExperiment(_))));
}

#[test]
fn a_renamed_experiment_keeps_its_id_and_frees_its_name() {
    let (_folder, store) = store();
    let first = experiment::create(&store, "churn").unwrap();
    assert!(matches!(experiment::create(&store, "churn"), Err(Error::ExperimentExists { .. })));
    experiment::rename(&store, "churn", "old churn").unwrap();
    assert_eq!(experiment::resolve(&store, "old churn").unwrap().id, first.id);
    let second = experiment::create(&store, "churn").unwrap();
    assert_ne!(second.id, first.id);
    assert!(experiment::rename(&store, "churn", "old churn").is_err());
    assert_eq!(experiment::resolve(&store, second.id.as_str()).unwrap().name, "churn");
}

#[test]
fn a_removed_experiment_takes_no_runs_until_it_is_restored() {
    let (_folder, store) = store();
    let made = experiment::create(&store, "churn").unwrap();
    experiment::remove(&store, "churn").unwrap();
    assert!(matches!(experiment::for_run(&store, "churn"), Err(Error::ExperimentIsRemoved(_))));
    assert_eq!(experiment::list(&store, false).unwrap().len(), 1);
    assert_eq!(experiment::list(&store, true).unwrap().len(), 2);
    assert!(matches!(
        experiment::create(&store, "churn"),
        Err(Error::ExperimentExists { removed: true, .. })
    ));
    assert_eq!(experiment::restore(&store, made.id.as_str()).unwrap().deleted, None);
    assert!(experiment::for_run(&store, "churn").unwrap().1);
}

#[test]
fn an_unknown_experiment_is_not_found() {
    let (_folder, store) = store();
    assert!(matches!(experiment::resolve(&store, "nope"), Err(Error::NoExperiment(_))));
    assert!(experiment::create(&store, " ").is_err());
    assert!(!experiment::for_run(&store, "nope").unwrap().1);
}
