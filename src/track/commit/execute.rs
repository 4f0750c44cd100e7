//! A run with a command: live while the command runs, sealed however it ends.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, unbounded};

use crate::base::{Progress, fs};
use crate::store::Store;
use crate::track::capture::python::Search;
use crate::track::capture::{Variables, find_program, python};
use crate::track::commit::child::{self, Ending, Interrupt, Interrupts};
use crate::track::commit::finish::finish;
use crate::track::commit::point::Steps;
use crate::track::commit::prepare::{Prepared, check_parent, prepare};
use crate::track::commit::watch::Watch;
use crate::track::commit::{Guard, Options, Outcome, Output};
use crate::track::live::{self, Batch, Home, Owner};
use crate::track::system::Sampler;
use crate::track::{Environment, Error, Run, RunId};

/// How often files are looked at: a plot that follows the run feels live.
const TICK: Duration = Duration::from_millis(200);
/// How often a silent run shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Points that may wait while the database cannot be written.
const MOST_WAITING: usize = 1_000_000;

enum Event {
    Signal(Interrupt),
    Ended,
}

/// A live run and what belongs to it.
pub(super) struct Session<'a> {
    pub(super) store: &'a Store,
    pub(super) options: &'a Options,
    pub(super) progress: &'a dyn Progress,
    pub(super) id: RunId,
    pub(super) home: Home,
    pub(super) environment: Environment,
    pub(super) python: Search,
    pub(super) watch: Watch,
    /// What is not logged so far.
    pub(super) waiting: Batch,
    pub(super) steps: Steps,
    /// Whether somebody wanted the run to end.
    pub(super) killed: bool,
    pub(super) warnings: Vec<String>,
    pub(super) problems: Vec<Error>,
    logged: Instant,
}

pub(super) fn execute(
    store: &Store,
    options: &Options,
    output: Output<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, Error> {
    check_command(options)?;
    check_parent(store, options.parent.as_ref())?;
    let mut writer = store.writer()?;
    let Prepared { mut run, environment, links, warnings } =
        prepare(&mut writer, options, progress)?;
    let home = Home::make(store, &run.id)?;
    run.started = store.now();
    if let Err(error) = live::begin(writer, &run, Some(&Owner::this_process()), &links) {
        let _ = fs::remove(home.folder());
        return Err(error);
    }
    let mut session = Session {
        store,
        options,
        progress,
        watch: Watch::new(&home.files(), run.params.clone(), Steps::default(), None),
        id: run.id.clone(),
        home,
        environment,
        python: Search::None,
        waiting: Batch::default(),
        steps: Steps::default(),
        killed: false,
        warnings,
        problems: vec![],
        logged: Instant::now(),
    };
    match session.start(&run, &output) {
        Ok(started) => {
            let ending = session.attend(started, output);
            finish(session, ending)
                .map_err(|source| Error::NotSealed { id: run.id.clone(), source: Box::new(source) })
        }
        Err(error) => {
            live::discard(store, &run.id)?;
            Err(error)
        }
    }
}

/// A command that is not there is found out before a run begins.
fn check_command(options: &Options) -> Result<(), Error> {
    // What is in an image is found out when it runs.
    if options.image.is_some() {
        return Ok(());
    }
    let program = &options.command[0];
    match find_program(program, &options.folder, &options.variables) {
        Some(_) => Ok(()),
        None => Err(Error::CommandNotFound(program.to_string_lossy().into_owned())),
    }
}

/// A command that runs.
struct Started {
    child: Child,
    logs: [File; 2],
    signals: Interrupts,
    sampler: Option<Sampler>,
    /// What serves the run while the command runs.
    guard: Option<Guard>,
}

impl Session<'_> {
    fn start(&mut self, run: &Run, output: &Output<'_>) -> Result<Started, Error> {
        let now = run.started;
        let given = self.options.metrics.iter().cloned();
        let given: Vec<_> = given.map(|sample| self.steps.place(sample, now)).collect();
        self.waiting.metrics.extend(given);
        let logs = [self.log_file("stdout.txt")?, self.log_file("stderr.txt")?];
        let (command, folder) = (&self.options.command, &self.options.folder);
        let served = (output.serve)(run);
        self.warnings.extend(served.warnings);
        let mut variables = self.variables(served.variables);
        if self.options.image.is_none() {
            self.python = python::search(command, folder, &variables);
        }
        if !matches!(self.python, Search::None) {
            // Into a pipe, Python would otherwise write nothing for minutes.
            variables.entry("PYTHONUNBUFFERED".into()).or_insert_with(|| "1".into());
        }
        let signals = Interrupts::catch().map_err(Error::io("catch signals for", folder))?;
        (output.begin)();
        let whole = [&self.options.launcher[..], command].concat();
        let child = child::spawn(&whole, folder, &variables)?;
        let clock = self.store.context().clock;
        let every = self.options.system_metrics;
        let sampler = every.map(|every| Sampler::start(every, child.id(), clock));
        Ok(Started { child, logs, signals, sampler, guard: served.guard })
    }

    fn variables(&self, served: Vec<(OsString, Option<OsString>)>) -> Variables {
        let mut variables = self.options.variables.clone();
        for (name, value) in served {
            match value {
                Some(value) => variables.insert(name, value),
                None => variables.remove(&name),
            };
        }
        let mut set = |name: &str, value: &OsStr| variables.insert(name.into(), value.to_owned());
        set("MLS_RUN_DIR", self.home.files().as_os_str());
        set("MLS_RUN_ID", self.id.as_str().as_ref());
        set("MLS_STORE", self.store.folder().as_os_str());
        variables
    }

    fn log_file(&self, name: &str) -> Result<File, Error> {
        let path = self.home.folder().join(name);
        fs::create_new(&path).map_err(Error::io("create", path))
    }

    /// Stays with the command until it has ended and its output is passed on.
    fn attend(&mut self, started: Started, output: Output<'_>) -> Ending {
        let Started { mut child, logs: [out_log, err_log], signals, mut sampler, guard } = started;
        let Output { stdout, stderr, .. } = output;
        let stop = &AtomicBool::new(false);
        let (sender, events) = unbounded();
        let (handle, pid) = (signals.handle(), child.id());
        let (out, err) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            let out =
                out.map(|pipe| scope.spawn(move || child::pass_on(pipe, stdout, out_log, stop)));
            let err =
                err.map(|pipe| scope.spawn(move || child::pass_on(pipe, stderr, err_log, stop)));
            let ended = sender.clone();
            scope.spawn(move || {
                child::await_end(pid);
                let _ = ended.send(Event::Ended);
            });
            scope.spawn(move || signals.each(|signal| drop(sender.send(Event::Signal(signal)))));
            self.follow(&child, &events, sampler.as_ref());
            self.waiting.metrics.extend(sampler.take().map(Sampler::stop).unwrap_or_default());
            let ending = child.wait().map_or(Ending::default(), Ending::of);
            stop.store(true, Ordering::Release);
            for pump in [out, err].into_iter().flatten() {
                if let Ok(Err(error)) = pump.join() {
                    self.warnings.push(format!("the output was not kept: {error}"));
                }
            }
            handle.close();
            // What the command has been answered for is in the store before the run is sealed.
            drop(guard);
            ending
        })
    }

    /// Logs what comes until the command has ended.
    fn follow(&mut self, child: &Child, events: &Receiver<Event>, sampler: Option<&Sampler>) {
        loop {
            match events.recv_timeout(TICK) {
                Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Event::Signal(interrupt)) => {
                    self.killed = true;
                    if !interrupt.from_terminal {
                        child::send(child, interrupt.signal);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.waiting.metrics.extend(sampler.map(Sampler::samples).unwrap_or_default());
            self.look();
        }
    }

    fn look(&mut self) {
        let mut more = true;
        while more && self.waiting.metrics.len() < MOST_WAITING {
            more = self.watch.look(&mut self.waiting, self.store.now(), false);
            // What cannot be logged now is tried again: a disk that is full may not stay so.
            if self.is_due() && self.log().is_err() {
                return;
            }
        }
    }

    fn is_due(&self) -> bool {
        !self.waiting.is_empty() || self.logged.elapsed() > HEARTBEAT
    }

    /// Logs what waits.
    pub(super) fn log(&mut self) -> Result<(), Error> {
        live::log(self.store, &self.id, &self.waiting)?;
        self.waiting = Batch::default();
        self.logged = Instant::now();
        Ok(())
    }
}
