//! The corpus of Dockerfiles in `fixtures/dockerfiles`: each is read and planned.

use std::fs;
use std::path::PathBuf;

use mls::image::build::Error;
use mls::image::build::plan::{Found, Options, Wanted, make};
use mls::image::config::Config;
use mls::image::dockerfile::parse;

/// Returns each file by its name, with its text.
fn corpus() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/dockerfiles");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "dockerfile"));
    files.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Reads what a file says of how it is built: `# build-arg NAME=value`, `# target NAME`.
fn options(text: &str) -> Options {
    let mut options = Options::default();
    for line in text.lines() {
        if let Some((name, value)) =
            line.strip_prefix("# build-arg ").and_then(|pair| pair.split_once('='))
        {
            options.build_args.insert(name.to_owned(), value.to_owned());
        }
        if let Some(target) = line.strip_prefix("# target ") {
            options.target = Some(target.to_owned());
        }
    }
    options
}

#[test]
fn every_file_of_the_corpus_is_planned() {
    let files = corpus();
    assert!(files.len() >= 150, "{}", files.len());
    let base = br#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/bin"]}}"#;
    let base = Config::parse(base).unwrap();
    for (name, text) in files {
        let file = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let plan = make(&file, &options(&text), &mut |wanted: &Wanted| -> Result<Found, Error> {
            assert_eq!(wanted.name, "base", "{name}");
            Ok(Found::Image { key: "base".to_owned(), config: Box::new(base.clone()) })
        });
        let plan = plan.unwrap_or_else(|error| panic!("{name}: {error}"));
        let target = &plan.stages[plan.target];
        assert!(plan.notes.is_empty(), "{name}: {:?}", plan.notes);
        // A trigger is the one thing that leaves no line in the history.
        let told = target.steps.iter().filter(|step| step.history.is_some()).count();
        assert!(target.config.history.len() >= told, "{name}");
    }
}
