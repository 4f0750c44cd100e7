use crate::support::Sandbox;

#[test]
fn every_check_says_what_it_found() {
    let found = Sandbox::with_store().json(["doctor"]);
    let names: Vec<&str> =
        found.as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "store",
            "machine",
            "disk",
            "sync",
            "reflink",
            "open files",
            "git",
            "python",
            "gpu",
            "kernel",
            "containers",
            "users",
            "overlay",
            "limits",
            "fuse-overlayfs",
            "filter",
            "devices",
            "network",
            "pause",
            "pasta"
        ]
    );
    assert_eq!(found[0]["ok"], true, "{found}");
    assert!(
        found.as_array().unwrap().iter().all(|f| f["ok"] == true || f["hint"].is_string()),
        "{found}"
    );
}

#[test]
fn outside_a_store_it_still_answers() {
    let found = Sandbox::new().json(["doctor"]);
    assert_eq!(
        (&found[0]["ok"], &found[0]["hint"]),
        (&false.into(), &"`mls init` makes one".into())
    );
}
