//! Devices of the host in a container: by path, and by the name their maker gave them.

use std::fs;
use std::path::Path;

use mls::container::{Device, Spec, cdi};

use super::{Root, executable, run};
use crate::proof::tell;

#[test]
fn a_device_is_there_under_its_name_and_can_be_limited() {
    let Some(root) = Root::new("a device in a container") else { return };
    let mut spec = root
        .sh("head -c3 /dev/mine | wc -c; (: > /dev/mine) 2>&- && echo written; ls -l /dev/mine | cut -c1");
    spec.devices = vec![Device::parse("/dev/zero:/dev/mine").unwrap()];
    assert_eq!(run(&spec).ok(), "3\nwritten\nc\n");
    spec.devices = vec![Device::parse("/dev/zero:/dev/mine:r").unwrap()];
    let ran = run(&spec);
    match &ran.exit {
        Ok(_) => assert_eq!(ran.out, "3\nc\n", "{ran:?}"),
        Err(error) => {
            assert!(error.to_string().contains("for reading or writing alone"), "{ran:?}");
        }
    }
}

#[test]
fn c03_what_is_no_device_is_refused() {
    let Some(root) = Root::new("a device in a container") else { return };
    for (text, said) in [
        ("/etc/passwd:/dev/x", "is no device"),
        ("/dev:/dev/x", "is no device"),
        ("/dev/nothing", "find the device"),
    ] {
        let spec = Spec { devices: vec![Device::parse(text).unwrap()], ..root.sh("true") };
        assert!(run(&spec).error().contains(said), "{text}");
    }
    for text in ["", "null", "/dev/a:b", "/dev/a:/b:x", "/dev/a:/b:r:w"] {
        assert!(Device::parse(text).is_err(), "{text}");
    }
}

fn specification(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn a_device_by_name_brings_nodes_mounts_variables_and_hooks() {
    let Some(root) = Root::new("a device by name") else { return };
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("cdi");
    let hook = top.path().join("hook");
    fs::write(
        &hook,
        "#!/bin/sh\nat=$(sed 's/.*\"path\":\"\\([^\"]*\\).*/\\1/' config.json)\n\
        grep -q '\"bundle\"' && echo \"$1\" > \"$at/etc/by-hook\"\n",
    )
    .unwrap();
    executable(&hook);
    fs::write(top.path().join("library"), "of the maker\n").unwrap();
    specification(
        &folder,
        "maker.yaml",
        &format!(
            "cdiVersion: 0.5.0\nkind: maker.com/toy\ndevices:\n- name: \"0\"\n  containerEdits:\n    \
         deviceNodes:\n    - path: /dev/toy0\n      hostPath: /dev/zero\n      permissions: rw\n\
         containerEdits:\n  env: [TOYS=0]\n  mounts:\n  - hostPath: {0}/library\n    \
         containerPath: /usr/lib/library\n    options: [ro, nosuid, bind]\n  hooks:\n  \
         - hookName: createContainer\n    path: {0}/hook\n    args: [hook, done]\n",
            top.path().display()
        ),
    );
    specification(
        &folder,
        "other.json",
        r#"{"cdiVersion":"1.0.0","kind":"maker.com/other","devices":[{"name":"all"}]}"#,
    );
    let mut spec =
        root.sh("head -c3 /dev/toy0 | wc -c; echo $TOYS; cat /usr/lib/library /etc/by-hook");
    cdi::apply(&[&folder], &["maker.com/toy=0".to_owned()], &mut spec).unwrap();
    assert_eq!(run(&spec).ok(), "3\n0\nof the maker\ndone\n");
    for (name, said) in [
        ("maker.com/toy=1", "the specifications know `maker.com/toy=0`, `maker.com/other=all`"),
        ("nvidia.com/gpu=all", "the specifications know"),
    ] {
        let error = cdi::apply(&[&folder], &[name.to_owned()], &mut spec).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let nowhere = top.path().join("nowhere");
    let error = cdi::apply(&[&nowhere], &["nvidia.com/gpu=all".to_owned()], &mut spec).unwrap_err();
    assert!(error.to_string().contains("nvidia-ctk cdi generate"), "{error}");
}

#[test]
fn a_specification_that_others_could_have_written_is_not_believed() {
    if !rustix::process::geteuid().is_root() {
        return tell("skipped: whose a device's specification is: needs root");
    }
    use std::os::unix::fs::PermissionsExt as _;
    let top = tempfile::tempdir().unwrap();
    let good = r#"{"cdiVersion":"0.6.0","kind":"a.b/c","devices":[{"name":"d"}]}"#;
    let apply = |text: &str| {
        specification(top.path(), "one.json", text);
        let mut spec = Spec::default();
        cdi::apply(&[top.path()], &["a.b/c=d".to_owned()], &mut spec)
            .map_err(|error| error.to_string())
    };
    assert_eq!(apply(good), Ok(()));
    for (text, said) in [
        (good.replace("0.6.0", "9.0.0"), "version `9.0.0`"),
        (good.replace("devices", "device"), "missing field"),
        (
            good.replace(
                "\"d\"",
                r#""d","containerEdits":{"hooks":[{"hookName":"poststop","path":"/bin/true"}]}"#,
            ),
            "only `createContainer` is run",
        ),
        (
            good.replace("\"d\"", r#""d","containerEdits":{"intelRdt":{"schema":"x"}}"#),
            "Intel RDT is not known here",
        ),
    ] {
        let error = apply(&text).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    specification(top.path(), "one.json", good);
    fs::set_permissions(top.path().join("one.json"), fs::Permissions::from_mode(0o666)).unwrap();
    assert!(apply(good).unwrap_err().contains("is not believed"));
}
