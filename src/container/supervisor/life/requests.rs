//! What clients ask of a supervisor, and what they hear.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::termios::Winsize;

use super::Supervisor;
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::state::Life;
use crate::container::supervisor::command::{Other, Process, Running};
use crate::container::talk::{self, Exec, Kind, Reply, Request};
use crate::container::{Exit, Started};

impl Supervisor {
    /// Does what a client asks for, or passes on what it writes.
    pub(super) fn listen(&mut self, number: u64, running: Option<&mut Running>) -> Option<()> {
        let client = self.clients.get(number)?;
        let Some(packet) = client.receive(&mut self.buffer) else { return Some(()) };
        let bytes = &self.buffer[..packet.length];
        if packet.is(Kind::Input) {
            if let (true, Some(running)) = (client.attached, running) {
                running.input.push(bytes);
            }
            return Some(());
        }
        match talk::understood(bytes) {
            Ok(request) => self.serve_request(number, &request, packet.descriptors, running),
            Err(error) => {
                client.say(&Reply::Refused(error.to_string()));
                Some(())
            }
        }
    }

    fn serve_request(
        &mut self,
        number: u64,
        request: &Request,
        descriptors: Vec<OwnedFd>,
        running: Option<&mut Running>,
    ) -> Option<()> {
        let reply = match (request, running) {
            (Request::Attach, _) => {
                let client = self.clients.get(number)?;
                client.attached = true;
                Reply::Done
            }
            (Request::Wait, _) => {
                self.clients.get(number)?.waiting = true;
                return Some(());
            }
            (Request::Stop { signal: number, after }, running) => {
                self.stop(*number, *after, running.map(|running| &running.process));
                Reply::Done
            }
            (Request::Signal(number), Some(running)) => self.kill(*number, &running.process),
            (Request::Resize { rows, columns }, Some(running)) => {
                let size = Winsize { ws_row: *rows, ws_col: *columns, ws_xpixel: 0, ws_ypixel: 0 };
                if let Some(terminal) = &running.terminal {
                    let _ = rustix::termios::tcsetwinsize(terminal, size);
                }
                return Some(());
            }
            (Request::Pause(pause), Some(_)) => self.pause(*pause),
            (Request::Exec, Some(running)) => {
                match self.exec(number, descriptors, &running.process) {
                    Ok(()) => return Some(()),
                    Err(failure) => Reply::Failed(failure),
                }
            }
            (_, None) => Reply::Refused("it does not run".to_owned()),
        };
        self.clients.get(number)?.say(&reply);
        Some(())
    }

    fn stop(&mut self, number: i32, after: Option<u64>, process: Option<&Process>) {
        self.stop.wanted = true;
        self.stop.asked = true;
        self.state.stopped = true;
        let Some(process) = process else { return };
        self.signal(process, number);
        if self.state.life == Life::Paused {
            self.pause(false);
        }
        self.stop.deadline = after.map(|after| Instant::now() + Duration::from_millis(after));
    }

    fn kill(&mut self, number: i32, process: &Process) -> Reply {
        if number == libc::SIGKILL || number == self.task.stop_signal {
            self.stop.wanted = true;
            self.state.stopped = true;
        }
        self.signal(process, number);
        if number == libc::SIGKILL && self.state.life == Life::Paused {
            self.pause(false);
        }
        Reply::Done
    }

    fn pause(&mut self, pause: bool) -> Reply {
        let done = if pause { self.groups.pause() } else { self.groups.resume() };
        if let Err(error) = done {
            return Reply::Failed(error.into());
        }
        self.state.life = if pause { Life::Paused } else { Life::Running };
        self.write_state();
        self.container.tell(if pause { "pause" } else { "unpause" }, &[]);
        Reply::Done
    }

    /// Runs another command for a client.
    fn exec(&mut self, number: u64, mut descriptors: Vec<OwnedFd>, first: &Process) -> Outcome<()> {
        if first.report.is_some() || self.state.life != Life::Running {
            return Err(Failure::Invalid("the container is not running".to_owned()));
        }
        if descriptors.is_empty() {
            return Err(Failure::Invalid("no command is given".to_owned()));
        }
        let exec = read_exec(descriptors.remove(0)).during("read the command")?;
        let given = (&exec, descriptors);
        let other = Other::start(&self.task, self.rootless, &self.groups, first, given, number)?;
        self.container.tell("exec_start", &[("command", &exec.args.join(" "))]);
        self.others.push(other);
        Ok(())
    }

    pub(super) fn other_reports(&mut self, at: usize) {
        let other = &mut self.others[at];
        if other.process.hear()
            && let Some(client) = self.clients.get(other.client)
        {
            client.say(&match other.process.failed.take() {
                Some(failure) => Reply::Failed(failure),
                None => Reply::Started(Started {
                    pid: other.process.pid.as_raw_nonzero().get().unsigned_abs(),
                    ..Started::default()
                }),
            });
        }
    }

    pub(super) fn other_ends(&mut self, at: usize) {
        let Some(status) = self.others[at].process.bury() else { return };
        let other = self.others.remove(at);
        let exit = Exit { status, out_of_memory: false };
        self.container.tell("exec_die", &[("exitCode", &exit.code().to_string())]);
        if let Some(client) = self.clients.get(other.client) {
            client.say(&Reply::Ended(exit));
        }
    }
}

fn read_exec(file: OwnedFd) -> io::Result<Exec> {
    let mut file = File::from(file);
    file.rewind()?;
    let mut bytes = vec![];
    file.take(64 << 20).read_to_end(&mut bytes)?;
    talk::understood(&bytes)
}
