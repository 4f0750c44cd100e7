use super::*;

fn partial(pair: &Pair) -> Store {
    let folder = pair.path("partial").join(".mlstore");
    let fields = [("filter", "blob:none".to_owned())];
    let options = remote::Clone { select: &everything, accept: &anything, fields: &fields };
    let made = remote::clone(&pair.peer(), &pair.url(), &folder, context(), &options, &Silent);
    made.unwrap().0
}

fn fetch_when_read(pair: &Pair, store: &Store) {
    let url = pair.url();
    remote::on_demand(store, move || Peer::open(&url, context(), Trust::Own));
}

#[test]
fn a_clone_without_content_has_the_records_and_fetches_what_is_read() {
    let pair = Pair::new();
    let node = commit(&pair.hub, "notes/a", "content", 4);
    let clone = partial(&pair);
    let parts = clone.read_node::<Note>(&node).unwrap().parts;
    assert!(parts.iter().all(|part| !clone.has(part).unwrap()));
    assert!(matches!(clone.read(&parts[0]), Err(mls::store::Error::Missing(_))));
    fetch_when_read(&pair, &clone);
    assert_eq!(clone.read(&parts[0]).unwrap(), noise("content 0", 60_000));
    assert!(clone.has(&parts[0]).unwrap() && !clone.has(&parts[1]).unwrap());
    clone.supply(&parts).unwrap();
    assert!(parts.iter().all(|part| clone.has(part).unwrap()));
    is_sound(&clone);
}

#[test]
fn later_fetches_leave_content_there_too() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "content", 4);
    let clone = partial(&pair);
    let node = commit(&pair.hub, "notes/b", "more", 4);
    fetch_into(&clone, &pair.peer(), false).unwrap();
    let parts = clone.read_node::<Note>(&node).unwrap().parts;
    assert!(!clone.has(&parts[0]).unwrap());
}

#[test]
fn a_clone_without_content_pushes_what_it_made_itself() {
    let pair = Pair::new();
    let node = commit(&pair.hub, "notes/a", "content", 4);
    let clone = partial(&pair);
    let parts = clone.read_node::<Note>(&node).unwrap().parts;
    let mut writer = clone.writer().unwrap();
    let mine = writer.blob(&noise("mine", 1000)).unwrap();
    let parts = [parts, vec![mine]].concat();
    let made = writer.node(&Note { text: "mine".to_owned(), parts, previous: vec![] }).unwrap();
    writer.commit(vec![set("notes/c", made)]).unwrap();
    push_from(&clone, &pair.peer()).unwrap();
    assert_eq!(get(&pair.hub, "notes/c"), Some(made));
    is_sound(&pair.hub);
}

#[test]
fn content_that_a_third_store_lacks_is_fetched_before_it_is_pushed_there() {
    let pair = Pair::new();
    commit(&pair.hub, "notes/a", "content", 4);
    let clone = partial(&pair);
    fetch_when_read(&pair, &clone);
    let third = make(pair.folder.path(), "third");
    let url = Url::parse("third", pair.folder.path()).unwrap();
    push_from(&clone, &Peer::open(&url, context(), Trust::Own).unwrap()).unwrap();
    assert_eq!(refs::list(&third, "notes/").unwrap().len(), 1);
    is_sound(&third);
}
