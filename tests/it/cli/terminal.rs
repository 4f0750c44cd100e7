//! A container at a real terminal: `tmux` is the one who types and looks.

use std::process::Command;

use super::contained::{sandbox, soon};
use crate::support::Sandbox;

/// A terminal of its own, gone with this.
struct Terminal<'a> {
    sandbox: &'a Sandbox,
    socket: String,
}

impl<'a> Terminal<'a> {
    /// Starts a shell in it.
    fn new(sandbox: &'a Sandbox) -> Option<Self> {
        let socket = format!("mls-it-{}-{}", std::process::id(), sandbox.path().display());
        let terminal = Self { sandbox, socket: socket.replace(['/', '.'], "-") };
        let words = ["new-session", "-d", "-x", "90", "-y", "25", "env PS1='host> ' sh"];
        let output = terminal.tmux(&words).output().ok()?;
        output.status.success().then_some(terminal)
    }

    fn tmux(&self, words: &[&str]) -> Command {
        let mut command = self.sandbox.program("tmux");
        command.args(["-f", "/dev/null", "-L", &self.socket]).args(words);
        command.env("TMUX_TMPDIR", self.sandbox.home()).env("TERM", "xterm");
        command
    }

    fn do_(&self, words: &[&str]) -> String {
        let output = self.tmux(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn keys(&self, keys: &[&str]) {
        self.do_(&[&["send-keys"], keys].concat());
    }

    fn line(&self, text: &str) {
        self.keys(&[text, "Enter"]);
    }

    /// Waits until the last line that is not empty ends so.
    fn ends(&self, end: &str) {
        soon(&format!("the terminal ends with {end:?}: {}", self.screen()), || {
            self.screen().trim_end().ends_with(end)
        });
    }

    fn has(&self, text: &str) {
        soon(&format!("the terminal shows {text:?}: {}", self.screen()), || {
            self.screen().lines().any(|line| line.trim_end() == text)
        });
    }

    fn screen(&self) -> String {
        self.do_(&["capture-pane", "-p"])
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).output();
    }
}

#[test]
fn a_container_at_a_terminal_prompts_resizes_is_interrupted_left_and_joined_again() {
    let Some(sandbox) = sandbox("a terminal") else { return };
    let Some(terminal) = Terminal::new(&sandbox) else {
        return crate::proof::tell("skipped: a terminal: no `tmux`");
    };
    terminal.ends("host>");
    let mls = env!("CARGO_BIN_EXE_mls");
    terminal.line(&format!("{mls} run -it --name one --network none -e PS1='in> ' box sh"));
    terminal.ends("in>");
    terminal.line("stty size; tty");
    terminal.has("25 90");
    terminal.do_(&["resize-window", "-x", "70", "-y", "20"]);
    soon("the new size is there", || {
        terminal.line("clear; stty size");
        terminal.ends("in>");
        terminal.screen().lines().any(|line| line.trim_end() == "20 70")
    });
    // Ctrl-C is for what runs inside, and the shell there goes on.
    terminal.line("clear; echo waits; sleep 1000; echo ended $?");
    terminal.has("waits");
    soon("it sleeps", || sandbox.mls(["top", "one"]).stdout().contains("sleep 1000"));
    terminal.keys(&["C-c"]);
    terminal.ends("in>");
    terminal.line("clear; kept=yes");
    terminal.keys(&["C-p", "C-q"]);
    terminal.ends("host>");
    assert_eq!(sandbox.json(["ps"])[0]["status"], "running");
    terminal.line(&format!("clear; {mls} attach one"));
    // What is typed before `attach` has taken over may be the shell's outside.
    soon("the shell inside answers", || {
        terminal.line("echo $kept");
        std::thread::sleep(std::time::Duration::from_millis(50));
        terminal.screen().lines().any(|line| line.trim_end() == "yes")
    });
    terminal.line("exit 5");
    terminal.ends("host>");
    terminal.line("clear; echo code $?");
    assert_eq!(sandbox.ok(["wait", "one"]), "5");
    terminal.line(&format!(
        "clear; {mls} run -it --rm --network none box sh -c 'exit 6'; echo code $?"
    ));
    terminal.has("code 6");
    sandbox.ok(["rm", "one"]);
}
