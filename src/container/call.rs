//! Speaking with the supervisor of a container, and starting one.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use super::run::own_program;
use super::state::{Config, Container};
use super::streams::receive_terminal;
use super::talk::{self, Exec, Kind, LARGEST, Reply, Request, Wait};
use crate::container::supervisor::{Task, lost, memory, spawn};

use super::{Error, Exit, Spec, Started, Stream};

/// How a container is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Rows and columns of the terminal, where it has one.
    pub size: Option<(u16, u16)>,
    /// Whether the caller sees what it writes, from the first byte on.
    pub attached: bool,
    /// Folders that go with the container where it is removed.
    pub own_volumes: Vec<String>,
}

/// A connection to a supervisor.
#[derive(Debug)]
pub struct Connection {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

/// What a supervisor says.
#[derive(Debug)]
pub enum Said<'a> {
    /// The command wrote this.
    Output(Stream, &'a [u8]),
    Started(Started),
    /// The command has ended.
    Ended(Exit),
    /// What was asked is done.
    Done,
}

/// Holds a container still that does not run, for as long as it is being started.
#[derive(Debug)]
pub struct Claim {
    lock: std::fs::File,
}

impl Container {
    /// Makes sure that nobody else starts or removes the container from here on.
    pub fn claim(&self) -> Result<Claim, Error> {
        self.lock(true).map(|lock| Claim { lock })
    }

    /// Starts a supervisor for a container whose root is mounted, and with it the command; returns once that runs.
    ///
    /// `spec` is that of the config, with the root and the user as they are by now.
    pub fn start(
        &self,
        claim: Claim,
        config: &Config,
        spec: Spec,
        start: Start,
    ) -> Result<(Started, Connection), Error> {
        self.start_by(&own_program()?, claim, config, spec, start)
    }

    /// As [`Self::start`], with the program that serves [`super::SUPERVISOR`], where it is not the one that runs.
    pub fn start_by(
        &self,
        program: &Path,
        claim: Claim,
        config: &Config,
        spec: Spec,
        start: Start,
    ) -> Result<(Started, Connection), Error> {
        let task = Task {
            folder: std::path::absolute(self.folder()).unwrap_or(self.folder().to_owned()),
            spec,
            terminal: config.terminal.then_some(start.size.unwrap_or((24, 80))),
            open_input: config.open_input,
            attached: start.attached,
            stop_signal: config.stop_signal,
            restart: config.restart,
            auto_remove: config.auto_remove,
            own_volumes: start.own_volumes,
            log: config.log,
        };
        let socket = spawn(program, &task, &claim.lock)?;
        drop(claim);
        let mut connection = Connection::new(socket);
        match connection.hear()? {
            Some(Said::Started(started)) => Ok((started, connection)),
            _ => Err(Error::Lost),
        }
    }

    /// Connects to its supervisor.
    pub fn connect(&self) -> Result<Connection, Error> {
        match talk::connect(self.folder()) {
            Ok(Some(socket)) => Ok(Connection::new(socket)),
            Ok(None) => Err(Error::NotRunning(self.id().to_owned())),
            Err(error) => Err(lost("speak with the supervisor", error)),
        }
    }

    /// Sends a signal to its first process.
    pub fn kill(&self, signal: i32) -> Result<(), Error> {
        self.connect()?.done(&Request::Signal(signal), self.id())
    }

    /// Asks it to end with a signal, and makes it end after so many milliseconds; returns when it has ended.
    pub fn stop(&self, signal: i32, after: Option<u64>) -> Result<(), Error> {
        let mut connection = match self.connect() {
            Err(Error::NotRunning(_)) => return Ok(()),
            other => other?,
        };
        connection.ask(&Request::Wait)?;
        connection.ask(&Request::Stop { signal, after })?;
        while let Some(said) = connection.hear()? {
            if let Said::Ended(_) = said {
                break;
            }
        }
        self.settle();
        Ok(())
    }

    /// Holds it still, or lets it go on.
    pub fn pause(&self, pause: bool) -> Result<(), Error> {
        self.connect()?.done(&Request::Pause(pause), self.id())
    }

    /// Waits until it ends; returns its exit code. One that does not run has ended.
    pub fn wait(&self) -> Result<i32, Error> {
        let mut connection = match self.connect() {
            Err(Error::NotRunning(_)) => return Ok(self.state().exit_code),
            other => other?,
        };
        connection.ask(&Request::Wait)?;
        while let Some(said) = connection.hear()? {
            if let Said::Ended(exit) = said {
                return Ok(exit.code());
            }
        }
        self.settle();
        Ok(self.state().exit_code)
    }

    /// Waits until a supervisor that has said its last is gone.
    pub fn settle(&self) {
        if self.state().life.is_alive() {
            return;
        }
        for _ in 0..400 {
            if !self.is_supervised() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Sees what it writes from now on, and writes to it.
    pub fn attach(&self) -> Result<Connection, Error> {
        let mut connection = self.connect()?;
        connection.ask(&Request::Attach)?;
        Ok(connection)
    }

    /// Runs another command in it. `streams` are, without a terminal, for output, errors and, where it reads, input.
    ///
    /// Returns the number of the process and, with a terminal, the other end of that; then it can be waited for.
    pub fn exec(
        &self,
        exec: &Exec,
        streams: Vec<OwnedFd>,
    ) -> Result<(Connection, Option<OwnedFd>), Error> {
        let mut connection = self.connect()?;
        let body = memory(exec).map_err(|error| lost("keep what to run", error))?;
        let (ours, theirs) = match exec.terminal {
            Some(_) => {
                let (ours, theirs) = talk::pair().map_err(|error| lost("make a socket", error))?;
                (Some(ours), Some(theirs))
            }
            None => (None, None),
        };
        let mut given = vec![body.as_fd()];
        given.extend(theirs.iter().map(OwnedFd::as_fd));
        given.extend(streams.iter().map(OwnedFd::as_fd));
        let request = serde_ipld_dagcbor::to_vec(&Request::Exec).expect("plain values");
        talk::send(&connection.socket, Kind::Talk, &request, &given, Wait::Yes)
            .map_err(|_| Error::NotRunning(self.id().to_owned()))?;
        drop((streams, theirs));
        let started = loop {
            match connection.hear() {
                Ok(Some(Said::Started(started))) => break Ok(started),
                Ok(Some(_)) => {}
                Ok(None) => break Err(Error::NotRunning(self.id().to_owned())),
                Err(error) => break Err(error),
            }
        };
        started?;
        let terminal = ours.map(|socket| receive_terminal(&socket)).transpose()?;
        Ok((connection, terminal))
    }
}

impl Connection {
    fn new(socket: OwnedFd) -> Self {
        Self { socket, buffer: vec![0; LARGEST] }
    }

    fn ask(&mut self, request: &Request) -> Result<(), Error> {
        talk::say(&self.socket, request, Wait::Yes).map_err(|_| Error::Lost)
    }

    /// Asks for something and waits until it is done.
    fn done(&mut self, request: &Request, id: &str) -> Result<(), Error> {
        self.ask(request)?;
        match self.hear()? {
            Some(_) => Ok(()),
            None => Err(Error::NotRunning(id.to_owned())),
        }
    }

    /// Waits for what the supervisor says next; nothing where it is gone.
    pub fn hear(&mut self) -> Result<Option<Said<'_>>, Error> {
        let packet = talk::receive(&self.socket, &mut self.buffer, Wait::Yes);
        let Some(packet) = packet.map_err(|error| lost("hear the supervisor", error))? else {
            return Ok(None);
        };
        let body = &self.buffer[..packet.length];
        for (kind, stream) in [(Kind::Out, Stream::Out), (Kind::Err, Stream::Err)] {
            if packet.is(kind) {
                return Ok(Some(Said::Output(stream, body)));
            }
        }
        match talk::understood(body).map_err(|error| lost("understand the supervisor", error))? {
            Reply::Started(started) => Ok(Some(Said::Started(started))),
            Reply::Ended(exit) => Ok(Some(Said::Ended(exit))),
            Reply::Done => Ok(Some(Said::Done)),
            Reply::Failed(failure) => Err(failure.into()),
            Reply::Refused(why) => Err(Error::Invalid(why)),
        }
    }

    /// Returns what another thread may write to the container with.
    pub fn writer(&self) -> Result<Writer, Error> {
        let socket = self.socket.try_clone().map_err(|error| lost("keep a socket", error))?;
        Ok(Writer { socket })
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The way into a container that somebody is attached to.
#[derive(Debug)]
pub struct Writer {
    socket: OwnedFd,
}

impl Writer {
    /// Writes to the command; nothing at all says that nothing follows. Tells whether anybody takes it.
    pub fn input(&self, bytes: &[u8]) -> bool {
        let pieces = bytes.chunks(LARGEST).chain(bytes.is_empty().then_some(bytes));
        let mut sent =
            pieces.map(|piece| talk::send(&self.socket, Kind::Input, piece, &[], Wait::Yes));
        sent.all(|sent| sent.is_ok())
    }

    /// Leaves: whoever follows the same connection hears nothing more.
    pub fn hang_up(&self) {
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
    }

    /// Tells the terminal how large it is.
    pub fn resize(&self, (rows, columns): (u16, u16)) {
        // Of a container that has ended nobody sees the size.
        let _ = talk::say(&self.socket, &Request::Resize { rows, columns }, Wait::Yes);
    }
}
