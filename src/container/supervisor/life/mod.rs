//! The supervisor at work: one loop over all that can happen, from the first start to the last end.

mod requests;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::mount::{UnmountFlags, unmount};
use rustix::process::{self, Signal};

use super::Task;
use super::clients::{Client, Clients};
use super::command::{Other, Process, Running};
use super::log::Log;
use crate::base::Clock;
use crate::container::cgroup::{Groups, started};
use crate::container::failure::{During as _, Failure, Outcome};
use crate::container::init;
use crate::container::lull::Lull;
use crate::container::network::Attached;
use crate::container::state::{Container, Life, State, boot};
use crate::container::talk::{self, Kind, LARGEST, Reply};
use crate::container::volume::remove_by_data;
use crate::container::{Exit, Started, Status, Stream, beneath, helper, sys};

/// The first pause before a container is started anew; each one is twice as long as that before it.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// One that ran for so long has not failed to start.
const STEADY: Duration = Duration::from_secs(10);
/// How long a container is given when this process is told to end.
const FAREWELL: Duration = Duration::from_secs(10);

pub(in crate::container::supervisor) struct Supervisor {
    task: Task,
    container: Container,
    /// Held until the end of this process.
    _lock: File,
    state: State,
    groups: Groups,
    network: Attached,
    rootless: bool,
    signals: OwnedFd,
    listener: OwnedFd,
    clients: Clients,
    /// Who asked for the container, until it has heard whether it runs.
    asker: Option<u64>,
    log: Log,
    others: Vec<Other>,
    stop: Stop,
    buffer: Vec<u8>,
    lull: Lull,
}

/// Whether the container is to end, and when it is made to.
#[derive(Default)]
struct Stop {
    wanted: bool,
    /// By `stop`, which is told of when it has ended.
    asked: bool,
    deadline: Option<Instant>,
}

/// Something that has happened.
#[derive(Debug, Clone, Copy)]
enum Event {
    Signal,
    Knock,
    /// The first process has ended, said something, has a terminal, wrote, reads.
    End,
    Report,
    Terminal,
    Output(usize),
    Input,
    /// A client said something, or can be told more.
    Client(u64),
    Room(u64),
    /// Another process, by its place, has ended or said something.
    OtherEnd(usize),
    OtherReport(usize),
}

impl Supervisor {
    pub(super) fn new(
        task: Task,
        container: Container,
        lock: File,
        asker: OwnedFd,
    ) -> Outcome<Self> {
        helper::validate(&task.spec)?;
        let mut groups = Groups::create(&task.spec.limits, true)?;
        groups.forbid(&task.spec.devices).inspect_err(|_| groups.remove())?;
        let signals = sys::signals(&[libc::SIGTERM, libc::SIGHUP, libc::SIGINT, libc::SIGPIPE])
            .during("take signals")?;
        let listener = talk::listen(container.folder()).during("listen")?;
        let mut clients = Clients::default();
        let asker = clients.add(asker);
        if !task.auto_remove {
            container.reserve();
        }
        if let Some(client) = clients.get(asker) {
            client.attached = task.attached;
        }
        let state = State { supervisor: std::process::id(), boot: boot(), ..container.state() };
        Ok(Self {
            state: State { restarts: 0, stopped: false, error: String::new(), ..state },

            groups,
            network: Attached::default(),
            rootless: !helper::maps_everybody(),
            log: Log::open(container.folder(), task.log),
            asker: Some(asker),
            stop: Stop::default(),
            others: vec![],
            buffer: vec![0; LARGEST],
            lull: Lull::default(),
            _lock: lock,
            task,
            container,
            signals,
            listener,
            clients,
        })
    }

    /// Runs the container until it has ended for good.
    pub(super) fn serve(mut self) -> Outcome<()> {
        let mut pause = PAUSE;
        // One for all its lives: its address and its ports stay.
        match Attached::create(&self.task.spec, self.rootless) {
            Ok(network) => self.network = network,
            Err(failure) => {
                self.failed(&failure);
                self.clients.flush();
                return Ok(());
            }
        }
        loop {
            let begun = Instant::now();
            let exit = match self.once() {
                Ok(exit) => exit,
                Err(failure) => {
                    self.failed(&failure);
                    break;
                }
            };
            self.state.end(&exit, Clock::System.now());
            self.tell_end(&exit);
            if self.stop.wanted || !self.task.restart.wants(&exit, self.state.restarts) {
                self.end(&exit);
                break;
            }
            self.clients.ended(&Reply::Ended(exit));
            self.state.life = Life::Restarting;
            self.write_state();
            pause = if begun.elapsed() > STEADY { PAUSE } else { pause };
            self.rest(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
            if self.stop.wanted {
                self.state.life = Life::Exited;
                self.end(&exit);
                break;
            }
            self.state.restarts += 1;
        }
        self.clients.flush();
        Ok(())
    }

    /// Runs the command once.
    fn once(&mut self) -> Outcome<Exit> {
        let mut running = Running::start(&self.task, (&self.groups, &self.network), self.rootless)?;
        let status = loop {
            let most = self.lull.most();
            let events = self.wait(Some(&running), most).during("watch the command")?;
            self.lull.waited(events.is_empty());
            for event in events {
                self.happened(event, Some(&mut running));
            }
            if let Some(status) = running.status {
                break status;
            }
            self.hurry(&running.process);
        };
        while running.process.report.is_some() {
            self.first_reports(&mut running);
        }
        self.drain(&mut running);
        if let Ok(root) = rustix::fs::open(
            &self.task.spec.root,
            rustix::fs::OFlags::PATH | rustix::fs::OFlags::CLOEXEC,
            rustix::fs::Mode::empty(),
        ) {
            beneath::unmake(root, &running.process.made);
        }
        match running.process.failed.take() {
            Some(failure) => Err(failure),
            None => Ok(Exit { status, out_of_memory: self.groups.out_of_memory() }),
        }
    }

    /// Lets time pass before the next start; ends early where that is not wanted any more.
    fn rest(&mut self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.stop.wanted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let Ok(events) = self.wait(None, Some(left)) else { return };
            for event in events {
                self.happened(event, None);
            }
        }
    }

    /// Waits until something has happened.
    fn wait(&self, running: Option<&Running>, most: Option<Duration>) -> io::Result<Vec<Event>> {
        let mut watched: Vec<(Event, BorrowedFd<'_>, PollFlags)> = vec![
            (Event::Signal, self.signals.as_fd(), PollFlags::IN),
            (Event::Knock, self.listener.as_fd(), PollFlags::IN),
        ];
        let full = running.is_some_and(|running| running.input.is_full());
        for client in &self.clients.all {
            if !(full && client.attached) {
                watched.push((Event::Client(client.number), client.socket.as_fd(), PollFlags::IN));
            }
            if client.is_busy() {
                watched.push((Event::Room(client.number), client.socket.as_fd(), PollFlags::OUT));
            }
        }
        for (at, other) in self.others.iter().enumerate() {
            if let Some(report) = &other.process.report {
                watched.push((Event::OtherReport(at), report.as_fd(), PollFlags::IN));
            } else {
                watched.push((Event::OtherEnd(at), other.process.handle.as_fd(), PollFlags::IN));
            }
        }
        if let Some(running) = running {
            watch(running, self.clients.are_behind(), &mut watched);
        }
        let left = self.stop.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let most = most.into_iter().chain(left).min();
        let most = most.and_then(|most| Timespec::try_from(most).ok());
        let mut polled: Vec<PollFd<'_>> =
            watched.iter().map(|(_, fd, flags)| PollFd::from_borrowed_fd(*fd, *flags)).collect();
        match rustix::event::poll(&mut polled, most.as_ref()) {
            Err(rustix::io::Errno::INTR) => return Ok(vec![]),
            done => done?,
        };
        let happened = polled.iter().zip(&watched).filter(|(one, _)| !one.revents().is_empty());
        // Ends come last: what was said before is to be heard before.
        let (mut ends, mut events) = (vec![], vec![]);
        for (_, (event, ..)) in happened {
            match event {
                Event::End | Event::OtherEnd(_) => ends.push(*event),
                event => events.push(*event),
            }
        }
        // From the last place to the first: one that goes changes those behind it.
        ends.reverse();
        events.extend(ends);
        Ok(events)
    }

    fn happened(&mut self, event: Event, mut running: Option<&mut Running>) {
        match (event, running.as_deref_mut()) {
            (Event::Signal, _) => self.signalled(running),
            (Event::Knock, _) => self.clients.accept(&self.listener),
            (Event::End, Some(running)) => running.status = running.process.bury(),
            (Event::Report, Some(running)) => self.first_reports(running),
            (Event::Terminal, Some(running)) => running.take_terminal(),
            (Event::Output(which), Some(running)) => drop(self.pass_on(running, which)),
            (Event::Input, Some(running)) => running.input.flush(),
            (Event::Client(number), _) => drop(self.listen(number, running)),
            (Event::Room(number), _) => {
                self.clients.get(number).into_iter().for_each(Client::flush);
            }
            (Event::OtherReport(at), _) => self.other_reports(at),
            (Event::OtherEnd(at), _) => self.other_ends(at),
            _ => {}
        }
        self.clients.bury();
    }

    fn first_reports(&mut self, running: &mut Running) {
        if running.process.hear() && running.process.failed.is_none() {
            self.begun(&running.process);
        }
    }

    /// The command runs.
    fn begun(&mut self, process: &Process) {
        let facts = helper::facts(process.pid, &self.groups, &self.network);
        self.state.life = Life::Running;
        self.state.pid_started = started(facts.pid).unwrap_or_default();
        self.state.facts = facts.clone();
        self.state.started = Some(Clock::System.now());
        self.state.exit_code = 0;
        self.state.error.clear();
        self.write_state();
        self.container.tell("start", &[]);
        self.tell_asker(&Reply::Started(facts));
    }

    fn tell_asker(&mut self, reply: &Reply) {
        if let Some(client) = self.asker.take().and_then(|asker| self.clients.get(asker)) {
            client.say(reply);
        }
    }

    /// A state that cannot be written even so is one that ended as far as others see it once this ends.
    fn write_state(&self) {
        if self.container.write_state(&self.state).is_err() {
            self.container.release();
            let _ = self.container.write_state(&self.state);
        }
    }

    /// Reads a piece of what the command wrote; tells whether there was any.
    fn pass_on(&mut self, running: &mut Running, which: usize) -> bool {
        let Some(length) = running.read(which, &mut self.buffer) else { return false };
        let bytes = &self.buffer[..length];
        let (stream, kind) = match which {
            0 => (Stream::Out, Kind::Out),
            _ => (Stream::Err, Kind::Err),
        };
        self.log.write(stream, bytes);
        self.clients.output(kind, bytes);
        true
    }

    /// Passes on what was written last; nobody is left to write more.
    fn drain(&mut self, running: &mut Running) {
        if running.terminal_from.is_some() && running.process.failed.is_none() {
            running.take_terminal();
        }
        for which in 0..running.outputs.len() {
            while self.pass_on(running, which) {}
        }
        self.others.retain_mut(|other| {
            let status = other.process.bury().unwrap_or(Status::Signal(libc::SIGKILL));
            if let Some(client) = self.clients.get(other.client) {
                client.say(&Reply::Ended(Exit { status, out_of_memory: false }));
            }
            false
        });
    }

    /// Kills what had its time to end by itself.
    fn hurry(&mut self, process: &Process) {
        if self.stop.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            self.stop.deadline = None;
            let _ = self.groups.resume();
            let _ = process::pidfd_send_signal(&process.handle, Signal::KILL);
        }
    }

    /// Somebody tells this process itself to end: the machine is shut down.
    fn signalled(&mut self, running: Option<&mut Running>) {
        while let Some((number, _)) = init::next(&self.signals) {
            if number == libc::SIGTERM {
                self.stop.wanted = true;
                self.stop.deadline = Some(Instant::now() + FAREWELL);
                if let Some(running) = &running {
                    signal(&running.process, self.task.stop_signal);
                }
            }
        }
    }

    /// It could not be started.
    fn failed(&mut self, failure: &Failure) {
        let error = crate::container::Error::from(failure.clone());
        let code = error.code();
        self.state.exit_code = code;
        self.state.facts = Started::default();
        self.state.error = error.to_string();
        self.state.life = match self.state.started {
            None => Life::Created,
            Some(_) => Life::Exited,
        };
        self.leave();
        self.tell_asker(&Reply::Failed(failure.clone()));
        let status = Status::Code(code);
        self.clients.ended(&Reply::Ended(Exit { status, out_of_memory: false }));
    }

    fn signal(&self, process: &Process, number: i32) {
        self.container.tell("kill", &[("signal", &number.to_string())]);
        signal(process, number);
    }

    fn tell_end(&self, exit: &Exit) {
        if exit.out_of_memory {
            self.container.tell("oom", &[]);
        }
        self.container.tell("die", &[("exitCode", &exit.code().to_string())]);
    }

    /// It has ended for good.
    fn end(&mut self, exit: &Exit) {
        if self.stop.asked {
            self.container.tell("stop", &[]);
        }
        self.leave();
        self.clients.ended(&Reply::Ended(*exit));
    }

    /// Leaves on disk what is to stay there.
    fn leave(&mut self) {
        self.network.remove();
        self.groups.remove();
        // Without a mount there, this is no mount.
        while unmount(&self.task.spec.root, UnmountFlags::DETACH).is_ok() {}
        self.write_state();
        if self.task.auto_remove {
            for volume in &self.task.own_volumes {
                remove_by_data(Path::new(volume));
            }
            let _ = self.container.siblings().forget(&self.container);
        }
    }
}

fn watch<'a>(
    running: &'a Running,
    behind: bool,
    watched: &mut Vec<(Event, BorrowedFd<'a>, PollFlags)>,
) {
    watched.push((Event::End, running.process.handle.as_fd(), PollFlags::IN));
    if let Some(socket) = &running.terminal_from {
        watched.push((Event::Terminal, socket.as_fd(), PollFlags::IN));
    }
    if let Some(report) = &running.process.report {
        watched.push((Event::Report, report.as_fd(), PollFlags::IN));
    }
    // That it runs is told before what it writes.
    let early = running.process.report.is_some();
    for (which, (_, file)) in running.outputs.iter().enumerate() {
        if let (Some(file), false) = (file, behind || early) {
            watched.push((Event::Output(which), file.as_fd(), PollFlags::IN));
        }
    }
    if let (Some(to), true) = (&running.input.to, running.input.is_waiting()) {
        watched.push((Event::Input, to.as_fd(), PollFlags::OUT));
    }
}

fn signal(process: &Process, number: i32) {
    // Real-time signals have no name.
    let _ = sys::signal_process(process.handle.as_fd(), number);
}
