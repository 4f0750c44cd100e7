//! `checkout` and `diff` of images.

use std::os::unix::fs::PermissionsExt as _;

use mls::base::Silent;
use mls::image::config::{Config, RootFs};
use mls::image::layer::{self, Entry, Kind, Maker};
use mls::image::manifest::{Descriptor, ImageManifest, media};
use mls::image::{Blob, Content, Image, catalog};
use mls::remote::registry::Digest;

use crate::support::Sandbox;

/// Puts an image of one layer into the store.
fn image(sandbox: &Sandbox, name: &str, env: &str, files: &[(&str, u32, &str)]) {
    let store = sandbox.open();
    let mut writer = store.writer().unwrap();
    let mut maker = Maker::begin(&mut writer, None);
    maker.stored(&Entry::new("etc", Kind::Directory, 0o755)).unwrap();
    for (path, mode, content) in files {
        let entry = Entry { size: content.len() as u64, ..Entry::new(*path, Kind::File, *mode) };
        maker.file(&entry, content.as_bytes()).unwrap();
    }
    let layer: layer::Added = maker.finish().unwrap();
    let mut config = Config { os: "linux".to_owned(), ..Config::default() };
    config.architecture = "amd64".to_owned();
    config.config.env = vec![env.to_owned()];
    config.rootfs = RootFs { diff_ids: vec![layer.layer.diff_id], ..RootFs::default() };
    let config = config.encode();
    let link = mls::store::add::reader(&mut writer, &config[..], &Silent).unwrap().link;
    let (config_id, size) = (Digest::of(&config), config.len() as u64);
    let manifest = ImageManifest::new(
        Descriptor::new(media::CONFIG, config_id, size),
        vec![Descriptor::new(media::LAYER, layer.digest, layer.size)],
    )
    .encode();
    let image = Image {
        digest: Digest::of(&manifest),
        media_type: media::MANIFEST.to_owned(),
        manifest: writer.blob(&manifest).unwrap(),
        blobs: vec![
            Blob { digest: config_id, size, content: Content::File(link) },
            Blob { digest: layer.digest, size: layer.size, content: layer.content },
        ],
        manifests: vec![],
        made: true,
        came_as: None,
    };
    let link = writer.node(&image).unwrap();
    let change = catalog::set(&name.parse().unwrap(), link).unwrap();
    writer.commit(vec![change]).unwrap();
}

fn two() -> Sandbox {
    let sandbox = Sandbox::fixed_with_store();
    image(
        &sandbox,
        "train:1",
        "LR=1",
        &[("etc/gone", 0o644, "x"), ("etc/run", 0o644, "1"), ("etc/same", 0o600, "same")],
    );
    image(
        &sandbox,
        "train:2",
        "LR=2",
        &[("etc/new", 0o644, "yy"), ("etc/run", 0o755, "22"), ("etc/same", 0o640, "same")],
    );
    sandbox
}

#[test]
fn an_image_or_a_part_of_it_is_written_out() {
    let sandbox = two();
    insta::assert_snapshot!(sandbox.mls(["checkout", "train:1", "root"]), @"
    exit 0
    --- stderr
    Wrote 3 files (6 B) to `root`.
    ");
    assert_eq!(sandbox.read("root/etc/same"), b"same");
    let mode = sandbox.path().join("root/etc/same").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    sandbox.ok(["checkout", "image:train:2", "/etc", "etc"]);
    assert_eq!(sandbox.read("etc/new"), b"yy");
    sandbox.ok(["checkout", "train:2", "/etc/run", "one"]);
    assert_eq!(sandbox.read("one/run"), b"22");
    insta::assert_snapshot!(sandbox.mls(["checkout", "train:1", "root"]), @"
    exit 3
    --- stderr
    error: `root` is there already
    hint: Name a folder that is not there or is empty.
    ");
    insta::assert_snapshot!(sandbox.mls(["checkout", "train:1", "/nowhere", "new"]), @"
    exit 5
    --- stderr
    error: there is no `/nowhere` in the image
    ");
    sandbox.ok(["checkout", "train:1", "dry", "--dry-run"]);
    assert!(!sandbox.path().join("dry").exists());
}

#[test]
fn two_images_are_compared_by_config_layers_and_files() {
    let sandbox = two();
    insta::assert_snapshot!(sandbox.mls(["diff", "train:1", "train:2"]), @r#"
    exit 0
    --- stdout
    --- train:1
    +++ train:2
    @@ -3,7 +3,7 @@
       "os": "linux",
       "config": {
         "Env": [
    -      "LR=1"
    +      "LR=2"
         ]
       }
     }
    CHANGE   OLD SIZE  NEW SIZE  MODE                 PATH
    removed   4.5 KiB                                 layer [SHORT]
    added               4.5 KiB                       layer [SHORT]
    removed       1 B                                 /etc/gone
    added                   2 B                       /etc/new
    changed       1 B       2 B  0644 0:0 → 0755 0:0  /etc/run
    mode          4 B       4 B  0600 0:0 → 0640 0:0  /etc/same
    "#);
    let answer = sandbox.ok(["diff", "train:1", "train:2", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["same"], false);
    assert_eq!(answer["layers"]["removed"].as_array().unwrap().len(), 1);
    let files: Vec<String> = answer["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            format!("{} {}", file["change"].as_str().unwrap(), file["path"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        files,
        ["removed /etc/gone", "added /etc/new", "changed /etc/run", "mode /etc/same"]
    );
    assert!(
        sandbox.mls(["diff", "train:1", "train:1"]).to_string().contains("There is no difference.")
    );
}
