use crate::support::Sandbox;

#[test]
fn every_shell_gets_its_completions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(sandbox.ok(["completions", shell]).contains("config"), "{shell}");
    }
}

#[test]
fn an_unknown_shell_is_wrong_usage() {
    insta::assert_snapshot!(Sandbox::new().mls(["completions", "bahs"]), @"
    exit 2
    --- stderr
    error: `bahs` is no value for `<SHELL>`; it is one of `bash`, `elvish`, `fish`, `powershell`, `zsh`
    hint: Did you mean `bash`?
    ");
}
