//! The face for other stores: a token that is limited to names fetches what they lead to, and ids alone open nothing.

use std::path::PathBuf;

use mls::base::Digest;
use mls::model::{Alias, Model};
use mls::server::Right;
use mls::store::{Change, Expected, Kind, Link, Store, refs};
use mls::track::{Experiment, live};
use serde::Serialize;
use serde_bytes::ByteBuf;
use serde_json::json;
use tempfile::TempDir;

use super::{API, FILES, MARK, World, limited, send, text};
use crate::store::context;
use crate::support::{Reply, Sandbox, recorded};

#[derive(Serialize)]
pub(super) struct Records {
    pub(super) links: ByteBuf,
    pub(super) history: bool,
}

#[derive(Serialize)]
pub(super) struct Wants {
    pub(super) roots: ByteBuf,
    pub(super) complete: ByteBuf,
    pub(super) blobs: bool,
}

#[derive(Serialize)]
struct Move {
    name: String,
    old: Option<ByteBuf>,
    new: Option<ByteBuf>,
    forced: bool,
}

#[derive(Serialize)]
struct Swap {
    push: String,
    client: &'static str,
    actor: &'static str,
    command: &'static str,
    packs: ByteBuf,
    moves: Vec<Move>,
}

const CLIENT: &str = "ab";

pub(super) fn ids(links: &[Link]) -> ByteBuf {
    let id = |link: &Link| [link.digest.as_bytes().as_slice(), &[link.kind as u8]].concat();
    ByteBuf::from(links.iter().flat_map(id).collect::<Vec<u8>>())
}

pub(super) fn post<T: Serialize>(world: &World, secret: &str, path: &str, question: &T) -> Reply {
    let body = serde_ipld_dagcbor::to_vec(question).unwrap();
    send(&world.served, secret, "POST", &format!("/mls/v1/{path}"), &body)
}

/// A world of which all runs are sealed, and the targets of the refs of each team.
pub(super) fn world() -> (World, Vec<Link>, Vec<Link>) {
    let world = World::new();
    let store = world.served.store();
    live::seal_ended(&store, 0).unwrap();
    let all = refs::list(&store, "").unwrap();
    let owned = |team: &super::Team| -> Vec<Link> {
        let own = [&team.experiment, &team.run, &team.logged];
        let is_own = |name: &str| own.iter().any(|id| name.ends_with(id.as_str()));
        let named = |name: &str| name.contains(&format!("/{}/", team.model));
        let found = all.iter().filter(|found| is_own(&found.name) || named(&found.name));
        found.map(|found| found.target).collect()
    };
    let (mine, theirs) = (owned(&world.mine), owned(&world.theirs));
    // Experiment, run, logged model, registered model, version, and an image under two names.
    assert_eq!((mine.len(), theirs.len()), (7, 7));
    (world, mine, theirs)
}

fn file(mark: &str) -> Link {
    Link::blob(Digest::of(format!("the {mark} file").as_bytes()))
}

/// A store beside the hub, whose packs are sent by hand.
pub(super) struct Beside {
    folder: TempDir,
    store: Store,
}

impl Beside {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::init(&folder.path().join(".mlstore"), context()).unwrap();
        Self { folder, store }
    }

    /// Keeps a record, in a pack of its own.
    pub(super) fn node<T: Serialize>(&self, record: &T) -> Link {
        let mut writer = self.store.writer().unwrap();
        let link = writer.node(record).unwrap();
        let name = format!("notes/{link}").replace(':', "-");
        writer.commit(vec![Change { name, expected: Expected::Any, new: Some(link) }]).unwrap();
        link
    }

    fn packs(&self) -> Vec<PathBuf> {
        let packs = std::fs::read_dir(self.folder.path().join(".mlstore/packs")).unwrap();
        let packs = packs.map(|entry| entry.unwrap().path());
        packs.filter(|path| path.extension().is_some_and(|kind| kind == "pack")).collect()
    }

    /// Sends all packs, and asks for a ref to be moved.
    pub(super) fn push(&self, world: &World, secret: &str, name: &str, new: Link) -> Reply {
        let mut digests = vec![];
        for path in self.packs() {
            let digest: Digest = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let target = format!("/mls/v1/uploads/{CLIENT}/{digest}?offset=0&size={}", bytes.len());
            let reply = send(&world.served, secret, "PUT", &target, &bytes);
            assert!([200, 201].contains(&reply.status), "{}", text(&reply));
            digests.extend_from_slice(digest.as_bytes());
        }
        swap(world, secret, name, Some(new), digests)
    }
}

fn swap(world: &World, secret: &str, name: &str, new: Option<Link>, packs: Vec<u8>) -> Reply {
    let old = refs::get(&world.served.store(), name).unwrap();
    let moved = Move {
        name: name.to_owned(),
        old: old.map(|link| ids(&[link])),
        new: new.map(|link| ids(&[link])),
        forced: true,
    };
    let push = uuid::Uuid::new_v4().simple().to_string();
    let packs = ByteBuf::from(packs);
    let (actor, command) = ("eve", "push");
    post(
        world,
        secret,
        "refs",
        &Swap { push, client: CLIENT, actor, command, packs, moves: vec![moved] },
    )
}

#[test]
fn h06_a_clone_by_a_limited_token_holds_what_its_names_lead_to_and_nothing_else() {
    let (world, mine, theirs) = world();
    let sandbox = Sandbox::with_store();
    let url = format!("http://{}", world.served.connect().peer_addr().unwrap());
    let mls = |args: &[&str]| {
        let mut command = sandbox.command(args);
        command.env("MLS_TOKEN", &world.limited);
        sandbox.finish(command)
    };
    let listed = mls(&["ls-remote", &url]);
    assert_eq!(listed.code(), 0, "{listed}");
    assert!(!listed.stdout().contains("fraud") && listed.stdout().contains("churn"), "{listed}");
    let cloned = mls(&["clone", &url, "copy"]);
    assert_eq!(cloned.code(), 0, "{cloned}");
    let copy = Store::open(&sandbox.path().join("copy/.mlstore"), context()).unwrap();
    for link in mine.iter().chain([&file("plain")]) {
        assert!(copy.has(link).unwrap(), "{link}");
    }
    for link in theirs.iter().chain([&file(MARK)]) {
        assert!(!copy.has(link).unwrap(), "{link}");
    }
    sandbox.ok(["-C", "copy", "fsck", "--read-data"]);

    sandbox.ok(["-C", "copy", "commit-run", "-q", "-e", "churn-c", "-n", "bold", "-m", "acc=0.9"]);
    let pushed = mls(&["-C", "copy", "push"]);
    assert_eq!(pushed.code(), 0, "{pushed}");
    assert_eq!(mls(&["-C", "copy", "pull"]).code(), 0);
    let found = world.get(&format!("{API}/experiments/get-by-name?experiment_name=churn-c"));
    assert_eq!(found.status, 200, "{}", text(&found));
    let before = refs::list(&world.served.store(), "").unwrap();
    sandbox.ok(["-C", "copy", "commit-run", "-q", "-e", "fraud", "-n", "sly", "-m", "acc=0.9"]);
    let refused = mls(&["-C", "copy", "push"]);
    assert_eq!(refused.code(), 4, "{refused}");
    assert_eq!(refs::list(&world.served.store(), "").unwrap(), before);
}

#[test]
fn h08_foreign_ids_are_not_told_and_not_given() {
    let (world, mine, mut theirs) = world();
    theirs.push(file(MARK));
    let ask = |secret: &str, links: &[Link]| {
        let body = ids(links).into_vec();
        send(&world.served, secret, "POST", "/mls/v1/have", &body).body[0]
    };
    assert_eq!(ask(&world.admin, &theirs), 0xff);
    assert_eq!((ask(&world.limited, &theirs), ask(&world.limited, &mine)), (0, 0x7f));
    let records = |secret: &str, links: &[Link]| {
        post(&world, secret, "objects", &Records { links: ids(links), history: true }).body
    };
    assert_eq!(records(&world.limited, &theirs), [0xff; 33]);
    assert!(records(&world.limited, &mine).len() > 500);
    let plan = |secret: &str, root: Link| {
        let wants = Wants { roots: ids(&[root]), complete: ids(&[]), blobs: true };
        post(&world, secret, "plan", &wants)
    };
    let nothing = Link::node(Digest::of(b"nothing"));
    let (hidden, absent) = (plan(&world.limited, theirs[0]), plan(&world.limited, nothing));
    assert_eq!((hidden.status, absent.status), (409, 409));
    let told = |reply: &Reply, link: Link| text(reply).replace(&link.digest.to_string(), "…");
    assert_eq!(told(&hidden, theirs[0]), told(&absent, nothing));

    let offered =
        |reply: &Reply| Digest::from_bytes(reply.body[..32].try_into().unwrap()).to_string();
    let pack = |secret: &str, digest: &str| {
        send(&world.served, secret, "GET", &format!("/mls/v1/packs/{digest}"), b"")
    };
    let other = limited(&world.served, "other", Right::Read, &["models/churn"]);
    let model = refs::get(&world.served.store(), "models/churn/v1").unwrap().unwrap();
    let whole = offered(&plan(&world.admin, theirs[0]));
    let own = offered(&plan(&world.limited, model));
    assert_eq!(pack(&world.admin, &whole).status, 200);
    assert_eq!(pack(&world.limited, &whole).status, 404);
    assert_eq!(pack(&world.limited, &own).status, 200);
    assert_eq!(pack(&other, &own).status, 404, "it was offered to another");
    // What a model was made of is reached through it; the refs of that are not there.
    assert_eq!(plan(&other, model).status, 200);
    let run = refs::get(&world.served.store(), &format!("experiments/{}", world.mine.experiment));
    assert_eq!(plan(&other, run.unwrap().unwrap()).status, 409);
}

#[test]
fn s11_what_is_pushed_leads_to_nothing_foreign() {
    let (world, _, theirs) = world();
    let secret = world.limited.as_str();
    let version = refs::get(&world.served.store(), "models/fraud/v1").unwrap().unwrap();
    assert!(theirs.contains(&version));
    let nothing = Link::node(Digest::of(b"nothing"));
    for link in [version, nothing] {
        let beside = Beside::new();
        let alias = Alias { version: 1, model: link, edited: 1, previous: vec![] };
        let alias = beside.node(&alias);
        let reply = beside.push(&world, secret, "models/churn/@best", alias);
        assert_eq!(reply.status, 409, "{}", text(&reply));
        let direct = swap(&world, secret, "models/churn/v7", Some(link), vec![]);
        assert_eq!(direct.status, 409, "{}", text(&direct));
        if link == version {
            let reply = beside.push(&world, &world.admin, "models/churn/@best", alias);
            assert_eq!(reply.status, 200, "{}", text(&reply));
            let gone = swap(&world, &world.admin, "models/churn/@best", None, vec![]);
            assert_eq!(gone.status, 200, "{}", text(&gone));
        }
    }
    // A file of another's as one's own artifacts.
    let beside = Beside::new();
    let model =
        Model { source: "s3://b/x".to_owned(), content: Some(file(MARK)), ..Model::default() };
    let link = beside.node(&model);
    assert_eq!(beside.push(&world, secret, "models/churn/v8", link).status, 409);
    // What another token has sent is not there for this one.
    let beside = Beside::new();
    let link = beside.node(&Model { source: "s3://b/y".to_owned(), ..Model::default() });
    let reply = beside.push(&world, &world.admin, "models/fraud/v2", link);
    assert_eq!(reply.status, 200, "{}", text(&reply));
    let digests: Vec<u8> = beside
        .packs()
        .iter()
        .flat_map(|path| {
            let digest: Digest = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            digest.as_bytes().to_vec()
        })
        .collect();
    assert_eq!(swap(&world, secret, "models/churn/v2", Some(link), digests).status, 409);
    assert_eq!(
        beside.push(&world, secret, "models/churn/v2", link).status,
        200,
        "who has it may send it"
    );
}

#[test]
fn s11_a_version_that_names_a_foreign_run_hands_nothing_on() {
    let (world, ..) = world();
    let beside = Beside::new();
    let run = &world.theirs.run;
    let link = beside.node(&Model {
        source: format!("runs:/{run}/"),
        run: Some(run.clone()),
        ..Model::default()
    });
    assert_eq!(beside.push(&world, &world.limited, "models/churn/v2", link).status, 200);
    assert_eq!(world.get(&format!("{FILES}/registered/churn/2/note.txt")).status, 404);
    let copy = json!({"name": "churn", "source": "models:/churn/2"});
    world.absent("POST", &format!("{API}/model-versions/create"), &copy);
}

#[test]
fn s11_a_ref_moves_where_its_name_and_what_is_behind_it_are_ones_own() {
    let (world, ..) = world();
    let secret = world.limited.as_str();
    let (mine, theirs) = (&world.mine, &world.theirs);
    let beside = Beside::new();
    let experiment = |id: &str, name: &str| Experiment {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        artifact_location: None,
        created: 1,
        edited: 1,
        tags: [].into(),
        deleted: None,
        previous: vec![],
    };
    let run_in = |id: &str, experiment: &str| {
        let run = recorded::run("r");
        let (id, experiment) = (id.parse().unwrap(), experiment.parse().unwrap());
        mls::track::Run { id, experiment, experiment_name: "churn".to_owned(), ..run }
    };
    let free = "0123456789abcdef0123456789abcdef";
    let version = beside.node(&Model { source: "s3://b/x".to_owned(), ..Model::default() });
    let foreign = beside.node(&run_in(free, &theirs.experiment));
    let over = beside.node(&run_in(&theirs.run, &mine.experiment));
    let sly = beside.node(&mls::track::Run {
        experiment_name: "fraud".to_owned(),
        ..run_in(free, &mine.experiment)
    });
    let nowhere = beside.node(&run_in(free, "nowhere"));
    let default = beside.node(&experiment("0", "churn-0"));
    let taken = beside.node(&experiment(&theirs.experiment, "churn-9"));
    let named = beside.node(&experiment("new", "fraud-9"));
    for (name, link) in [
        ("models/fraud/v2".to_owned(), version),
        ("notes/x".to_owned(), version),
        ("cache/build/x".to_owned(), version),
        (format!("runs/{free}"), foreign),
        (format!("runs/{}", theirs.run), over),
        (format!("runs/{free}"), sly),
        (format!("runs/{free}"), nowhere),
        ("experiments/0".to_owned(), default),
        (format!("experiments/{}", theirs.experiment), taken),
        ("experiments/new".to_owned(), named),
    ] {
        let reply = beside.push(&world, secret, &name, link);
        assert_eq!(reply.status, 403, "{name}: {}", text(&reply));
        assert!(text(&reply).contains("not-allowed") || text(&reply).contains("allowed"), "{name}");
    }
    for name in ["models/fraud/v1".to_owned(), format!("runs/{}", theirs.run)] {
        assert_eq!(swap(&world, secret, &name, None, vec![]).status, 403, "{name}");
    }
    let own = beside.node(&experiment("new", "churn-9"));
    let run = beside.node(&run_in(free, "new"));
    assert_eq!(beside.push(&world, secret, "experiments/new", own).status, 200);
    assert_eq!(beside.push(&world, secret, &format!("runs/{free}"), run).status, 200);
    assert_eq!(swap(&world, secret, &format!("runs/{}", mine.run), None, vec![]).status, 200);
    assert!(matches!(run.kind, Kind::Node));
    // An experiment whose id is another's name: who is meant by its id is the one with the id.
    let sly = beside.node(&experiment("fraud", "churn-8"));
    assert_eq!(beside.push(&world, secret, "experiments/fraud", sly).status, 200);
    for target in ["delete", "update"] {
        let body = json!({"experiment_id": "fraud", "new_name": "churn-7"});
        let reply = world.call("POST", &format!("{API}/experiments/{target}"), &body);
        assert_eq!(reply.status, 400, "{}", text(&reply));
    }
    let there = send(
        &world.served,
        &world.admin,
        "GET",
        &format!("{API}/experiments/get-by-name?experiment_name=fraud"),
        b"",
    );
    assert_eq!(there.json()["experiment"]["lifecycle_stage"], "active");
}
