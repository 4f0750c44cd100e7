use crate::support::Sandbox;

#[test]
fn there_is_a_page_for_each_command() {
    let sandbox = Sandbox::new();
    sandbox.ok(["man", "pages", "--dry-run"]);
    assert!(!sandbox.path().join("pages").exists());
    sandbox.ok(["man", "pages"]);
    let page = String::from_utf8(sandbox.read("pages/mls-config-set.1")).unwrap();
    assert!(page.contains("mls\\-config\\-set"), "{page}");
}
