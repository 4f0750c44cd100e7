use std::collections::VecDeque;
use std::io::{self, Write as _};

use mls::base::time;
use mls::container::{Line, Stream};
use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::session::Session;
use crate::cli::{contained, help, json, ui};

/// Show what a container has written
///
/// What it wrote to its errors comes out there. The last 32 MiB are kept, or what `--log-opt` said when it was made.
/// `--format jsonl` gives an object for each line, with its time and its stream; with `-f` so does `json`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::after(
    &[
        ("mls logs web", "show all that is kept"),
        ("mls logs -f --tail 20 web", "show the end, and what follows"),
        ("mls logs -t --since 10m web", "show the last ten minutes, with their times"),
    ],
    &[Exit::Failed, Exit::Conflict, Exit::NotFound, Exit::NoStore, Exit::Unsafe],
))]
pub(crate) struct Args {
    /// The container, by name or id
    name: String,
    /// Go on until the container ends
    #[arg(short, long)]
    follow: bool,
    /// Show so many lines from the end, or `all`
    #[arg(
        short = 'n',
        long,
        value_name = "NUMBER",
        default_value = "all",
        hide_default_value = true
    )]
    tail: String,
    /// Show when each line was written
    #[arg(short, long)]
    timestamps: bool,
    /// Only from this time on: RFC 3339, or so long ago, as `10m`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only up to this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// A line that is kept until it is known whether it is among the last.
struct Kept {
    time: String,
    stream: Stream,
    ends: bool,
    text: Vec<u8>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    let container = contained::containers(session)?.find(&args.name)?;
    let now = session.settings.clock.now();
    let moment = |text: &Option<String>| {
        text.as_deref().map(|text| contained::values::moment(text, now)).transpose()
    };
    let (since, until) = (moment(&args.since)?, moment(&args.until)?);
    let tail = match args.tail.as_str() {
        "all" => None,
        text => Some(text.parse::<usize>().map_err(|_| {
            CommandError::usage(format!("`{}` is no number of lines", text.escape_debug()))
        })?),
    };
    let within = |line: &Line<'_>| {
        let text = time::rfc3339;
        since.is_none_or(|since| line.time >= text(since).as_str())
            && until.is_none_or(|until| line.time <= text(until).as_str())
    };
    let mut printer = Printer::new(session.ui.format, args)?;
    if let Some(tail) = tail {
        let mut last: VecDeque<Kept> = VecDeque::new();
        let mut count = 0_u64;
        container.logs(false, &mut |line| {
            count += 1;
            if within(&line) {
                last.push_back(Kept {
                    time: line.time.to_owned(),
                    stream: line.stream,
                    ends: line.ends,
                    text: line.text.to_vec(),
                });
                trim(&mut last, tail);
            }
            Ok(())
        })?;
        for line in &last {
            let Kept { time, stream, ends, text } = line;
            printer.print(Line { time, stream: *stream, ends: *ends, text })?;
        }
        if args.follow {
            container.logs(true, &mut |line| {
                let is_new = count == 0;
                count = count.saturating_sub(1);
                if is_new && within(&line) { printer.print(line) } else { Ok(()) }
            })?;
        }
        return printer.finish(session);
    }
    container.logs(args.follow, &mut |line| {
        if within(&line) { printer.print(line) } else { Ok(()) }
    })?;
    printer.finish(session)
}

/// Lets those go that are not among the last; a line in pieces is one.
fn trim(last: &mut VecDeque<Kept>, tail: usize) {
    let whole = |last: &VecDeque<Kept>| {
        let ends = last.iter().filter(|line| line.ends).count();
        ends + usize::from(last.back().is_some_and(|line| !line.ends))
    };
    while whole(last) > tail {
        while last.pop_front().is_some_and(|line| !line.ends) {}
    }
}

struct Printer {
    timestamps: bool,
    /// Whether the line of a stream goes on.
    open: [bool; 2],
    form: Form,
}

/// In which form lines are shown.
enum Form {
    Plain,
    /// Each as one object.
    Objects,
    /// All of them in the end.
    List(Vec<Value>),
}

impl Printer {
    fn new(format: Format, args: &Args) -> Result<Self, CommandError> {
        let form = match format {
            Format::Table => Form::Plain,
            Format::Json if !args.follow => Form::List(vec![]),
            Format::Json | Format::Jsonl => Form::Objects,
            other => {
                let what = format!("there is no {} form of this answer", other.as_str());
                return Err(CommandError::usage(what).hint("Use `--format` with json or jsonl."));
            }
        };
        Ok(Self { timestamps: args.timestamps, open: [false; 2], form })
    }

    fn finish(self, session: &Session) -> Result<(), CommandError> {
        match self.form {
            Form::List(lines) => session.ui.answer(&lines, String::new),
            Form::Plain | Form::Objects => Ok(()),
        }
    }

    fn print(&mut self, line: Line<'_>) -> io::Result<()> {
        let (out, err, _) = ui::streams();
        match &mut self.form {
            Form::Plain => {}
            Form::List(lines) => {
                lines.push(as_json(&line));
                return Ok(());
            }
            Form::Objects => {
                let text = json::line(&as_json(&line)).map_err(io::Error::other)?;
                let mut out = out.lock();
                writeln!(out, "{text}")?;
                return out.flush();
            }
        }
        let (mut out, mut err) = (out.lock(), err.lock());
        let (to, open): (&mut dyn io::Write, _) = match line.stream {
            Stream::Out => (&mut out, &mut self.open[0]),
            Stream::Err => (&mut err, &mut self.open[1]),
        };
        if self.timestamps && !*open {
            write!(to, "{} ", line.time)?;
        }
        *open = !line.ends;
        to.write_all(line.text)?;
        match line.ends {
            true => to.write_all(b"\n"),
            false => to.flush(),
        }
    }
}

/// A line that is very long comes in pieces, of which the last one ends it.
fn as_json(line: &Line<'_>) -> Value {
    json!({
        "time": line.time,
        "stream": match line.stream {
            Stream::Out => "stdout",
            Stream::Err => "stderr",
        },
        "text": String::from_utf8_lossy(line.text),
        "ends": line.ends,
    })
}
