use crate::support::Sandbox;

#[test]
fn a_token_is_shown_once_alone_on_stdout_and_listed_without_it() {
    let sandbox = Sandbox::fixed_with_store();
    let said = sandbox.mls(["token", "add", "ci", "--right", "write", "--expires", "90d"]);
    assert_eq!(said.code(), 0, "{said}");
    let secret = said.stdout();
    assert!(secret.starts_with("mls_") && secret.len() == 48, "{said}");
    assert_eq!(said.stderr(), "Added token `ci`; this is the only time that it is shown.\n");
    sandbox.ok(["token", "add", "eve", "--right", "read"]);
    insta::assert_snapshot!(sandbox.mls(["token"]), @"
    exit 0
    --- stdout
    NAME  RIGHT  ONLY  CREATED  EXPIRES     LAST USED
    ci    write        [AGO]   2027-02-20  never
    eve   read         [AGO]   never       never
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "list", "--format", "json"]), @r#"
    exit 0
    --- stdout
    [
      {
        "name": "ci",
        "right": "write",
        "only": null,
        "created_at": "[TIME]",
        "expires_at": "[TIME]",
        "last_used_at": null
      },
      {
        "name": "eve",
        "right": "read",
        "only": null,
        "created_at": "[TIME]",
        "expires_at": null,
        "last_used_at": null
      }
    ]
    "#);
    let (secret, hidden) = (secret.trim_end(), |bytes: &[u8], text: &str| {
        !bytes.windows(text.len()).any(|window| window == text.as_bytes())
    });
    for file in std::fs::read_dir(sandbox.store()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            assert!(hidden(&std::fs::read(&path).unwrap(), &secret[4..]), "{}", path.display());
        }
    }
}

#[test]
fn a_token_as_json_holds_its_secret() {
    let sandbox = Sandbox::fixed_with_store();
    let mut made = sandbox.json(["token", "add", "me", "--right", "admin"]);
    assert!(made["token"].as_str().unwrap().starts_with("mls_"));
    made["token"] = "mls_…".into();
    insta::assert_snapshot!(made, @r#"
    {"name":"me","right":"admin","only":null,"created_at":"2026-11-22T12:00:00.000Z","expires_at":null,"last_used_at":null,"token":"mls_…"}
    "#);
}

#[test]
fn a_limited_token_is_listed_with_its_names_and_a_pattern_that_is_none_is_told() {
    let sandbox = Sandbox::fixed_with_store();
    let add = |right: &str, only: &[&str]| {
        let only = only.iter().flat_map(|pattern| ["--only", pattern]);
        let args: Vec<_> =
            ["token", "add", "ci", "--right", right].into_iter().chain(only).collect();
        sandbox.mls(args)
    };
    insta::assert_snapshot!(add("read", &["iris"]), @"
    exit 2
    --- stderr
    error: `iris` is no pattern of names: it begins with `experiments/`, `images/` or `models/`
    hint: Write it as in `--only 'models/iris*'`.
    ");
    insta::assert_snapshot!(add("admin", &["models/iris"]), @"
    exit 2
    --- stderr
    error: a token with the right to admin is limited to nothing
    hint: Give it the right to write, or leave `--only` out.
    ");
    assert_eq!(add("write", &["models/iris*", "images/team/*"]).code(), 0);
    insta::assert_snapshot!(sandbox.mls(["token"]), @"
    exit 0
    --- stdout
    NAME  RIGHT  ONLY                         CREATED  EXPIRES  LAST USED
    ci    write  models/iris*, images/team/*  [AGO]   never    never
    ");
    let listed = sandbox.json(["token", "list"]);
    assert_eq!(listed[0]["only"], serde_json::json!(["models/iris*", "images/team/*"]));
}

#[test]
fn wrong_tokens_are_told() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["token"]), @"
    exit 0
    --- stderr
    There is no token; `mls token add NAME --right read` adds one.
    ");
    sandbox.ok(["token", "add", "ci", "--right", "read"]);
    insta::assert_snapshot!(sandbox.mls(["token", "add", "ci", "--right", "read"]), @"
    exit 3
    --- stderr
    error: a token `ci` is there already
    hint: Take it away with `mls token revoke ci`, or choose another name.
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "add", "a b", "--right", "read"]), @"
    exit 2
    --- stderr
    error: `a b` is no name for a token: it may hold letters, digits, `.`, `_`, `-` and `@`
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "add", "x"]), @"
    exit 2
    --- stderr
    error: missing `--right <RIGHT>`
    hint: Run `mls token add --help` to see how it is used.
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "add", "x", "--right", "read", "--expires", "90"]), @"
    exit 2
    --- stderr
    error: `90` is no value for `--expires <TIME>`: expected a length of time such as `90d` or `12h`
    hint: Run `mls token add --help` to see how it is used.
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "revoke", "cj"]), @"
    exit 5
    --- stderr
    error: no token is called `cj`
    hint: Did you mean `ci`?
    ");
    insta::assert_snapshot!(sandbox.mls(["token", "revoke", "ci"]), @"
    exit 0
    --- stderr
    Revoked token `ci`.
    ");
    assert_eq!(sandbox.mls(["token", "revoke", "ci"]).code(), 5);
}

#[test]
fn a_dry_run_changes_no_token() {
    let sandbox = Sandbox::with_store();
    insta::assert_snapshot!(sandbox.mls(["token", "add", "ci", "--right", "read", "--dry-run"]), @"
    exit 0
    --- stderr
    Would add token `ci` with the right to read.
    ");
    assert_eq!(sandbox.ok(["token", "list", "--format", "jsonl"]), "");
    sandbox.ok(["token", "add", "ci", "--right", "read"]);
    sandbox.ok(["token", "revoke", "ci", "--dry-run"]);
    assert!(sandbox.ok(["token"]).contains("ci"));
}
