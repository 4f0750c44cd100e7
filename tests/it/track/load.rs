//! A run and its points, live or sealed.

use mls::track::live::{self, Batch};
use mls::track::{Error, Point, Value, load, name};

use crate::track::live::{NOW, run, seal, store};

#[test]
fn a_live_run_and_the_sealed_one_have_the_same_points() {
    let (_folder, store) = store();
    let id = name::id();
    assert!(matches!(load::run(&store, &id), Err(Error::NoRun(_))));
    live::create(&store, &run(&id), None, &[]).unwrap();
    let point = |step: i64| Point { step, time: NOW + step, value: Value(0.5) };
    let metrics = (0..3).map(|step| ("loss".to_owned(), point(step))).collect();
    live::log(&store, &id, &Batch { metrics, ..Batch::default() }).unwrap();

    let seen = load::run(&store, &id).unwrap();
    let points = load::points(&store, &seen, "loss").unwrap();
    assert_eq!(points, [point(0), point(1), point(2)]);
    assert!(load::points(&store, &seen, "other").unwrap().is_empty());

    // One who looked before the run was sealed finds its points after it, too.
    let sealed = seal(&store, &id);
    assert_eq!(load::run(&store, &id).unwrap(), sealed);
    assert_eq!(load::points(&store, &sealed, "loss").unwrap(), points);
    assert_eq!(load::points(&store, &seen, "loss").unwrap(), points);
}
