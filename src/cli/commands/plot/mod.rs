//! `mls plot`: which curves, and where they are drawn.

mod drawing;
mod select;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use mls::base::fs;
use mls::track::plot::{self, Across, Chart, Picture, Series};
use serde::Serialize;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::error::{CommandError, Exit};
use crate::cli::help;
use crate::cli::session::Session;

/// Draw the curves of metrics
///
/// Draws a panel for each metric, with a curve for each run, into the terminal or into a file. Without `-m`, these are
/// the metrics that have more than one point. `--format json` and `csv` give the points themselves.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help::reads(
    &[
        ("mls plot @", "all curves of the last run, in the terminal"),
        ("mls plot @ @~1 -m val_loss --smooth 0.6", "one metric of the last two runs, smoothed"),
        ("mls plot @ -m 'train/*' --log-y -o loss.svg", "several metrics as a picture"),
        ("mls plot bold-fox-12 -o curves.png --theme dark", "a picture for a dark page"),
    ],
    &[Exit::NotFound, Exit::Conflict, Exit::NoSpace],
))]
pub(crate) struct Args {
    /// The runs: ids, names, `@` for the last, `@~1` for the one before
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<String>,
    /// Draw this metric, or all that match it: `val_*`
    #[arg(short, long = "metric", value_name = "METRIC")]
    metrics: Vec<String>,
    /// Write a picture instead: FILE.svg or FILE.png; `-` writes SVG to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What lies along the horizontal axis
    #[arg(long = "x", value_enum, default_value_t)]
    across: AcrossArg,
    /// Make the horizontal axis logarithmic
    #[arg(long)]
    log_x: bool,
    /// Make the vertical axes logarithmic
    #[arg(long)]
    log_y: bool,
    /// Draw a moving average: 0 is none, 0.99 very smooth
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0, value_parser = weight)]
    smooth: f64,
    /// Draw all metrics into one panel
    #[arg(long)]
    overlay: bool,
    /// What stands above the picture
    #[arg(long)]
    title: Option<String>,
    /// Width of the picture in pixels, or of the drawing in columns
    #[arg(long, value_parser = clap::value_parser!(u32).range(20..=20_000))]
    width: Option<u32>,
    /// Height of the picture in pixels, or of each panel in rows
    #[arg(long, value_parser = clap::value_parser!(u32).range(3..=20_000))]
    height: Option<u32>,
    /// Pixels of a PNG for each unit of its size [default: 2 without --width and --height, else 1]
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    scale: Option<f32>,
    /// The page that a picture is for; a PNG cannot be both
    #[arg(long, value_enum, default_value_t)]
    theme: ThemeArg,
    /// Draw with plain letters instead of braille
    #[arg(long)]
    ascii: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum AcrossArg {
    /// The step that each point was logged with
    #[default]
    Step,
    /// Time since the run began
    Time,
    /// Date and time of day, UTC
    Wall,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ThemeArg {
    #[default]
    Auto,
    Light,
    Dark,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<(), CommandError> {
    if args.log_x && matches!(args.across, AcrossArg::Wall) {
        let cause = "a time of day has no logarithm";
        return Err(CommandError::usage(cause).hint("Use `--log-x` with `--x step` or `--x time`."));
    }
    let form = args.output.as_deref().map(Form::of).transpose()?;
    let selected = select::select(session, &args.runs, &args.metrics)?;
    if let (None, format @ (Format::Json | Format::Jsonl | Format::Csv)) =
        (&form, session.ui.format)
    {
        return data(session, format, &selected);
    }
    if selected.series.is_empty() {
        return Err(CommandError::new(Exit::NotFound, "no metrics to draw"));
    }
    for note in &selected.notes {
        session.ui.note(note);
    }
    let series: Vec<Series> = selected.series.into_iter().map(|one| one.series).collect();
    let chart = Chart::new(&series, &options(args));
    match form {
        Some(form) => picture(session, args, &chart, form),
        None => session.ui.show(&drawing::draw(session, args, &chart)),
    }
}

fn options(args: &Args) -> plot::Options {
    plot::Options {
        across: match args.across {
            AcrossArg::Step => Across::Step,
            AcrossArg::Time => Across::Relative,
            AcrossArg::Wall => Across::Wall,
        },
        log_x: args.log_x,
        log_y: args.log_y,
        smooth: args.smooth,
        overlay: args.overlay,
        title: args.title.clone(),
    }
}

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Stdout,
    Svg,
    Png,
}

impl Form {
    fn of(path: &Path) -> Result<Self, CommandError> {
        let extension = path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            _ if path == Path::new("-") => Ok(Self::Stdout),
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            _ => {
                let cause = format!("`{}` is no name for a picture", path.display());
                Err(CommandError::usage(cause).hint("Let it end in `.svg` or `.png`."))
            }
        }
    }
}

fn picture(session: &Session, args: &Args, chart: &Chart, form: Form) -> Result<(), CommandError> {
    let size = Picture {
        width: args.width.unwrap_or(960),
        height: args.height.unwrap_or(0),
        theme: match args.theme {
            ThemeArg::Auto => plot::Theme::Auto,
            ThemeArg::Light => plot::Theme::Light,
            ThemeArg::Dark => plot::Theme::Dark,
        },
    };
    let sized = args.width.is_some() || args.height.is_some();
    let scale = args.scale.unwrap_or(if sized { 1.0 } else { 2.0 });
    let bytes = match form {
        Form::Stdout => return session.ui.data(plot::svg(chart, &size).as_bytes()),
        Form::Svg => plot::svg(chart, &size).into_bytes(),
        Form::Png => plot::png(chart, &size, scale)?,
    };
    let name = args.output.as_deref().unwrap_or(Path::new("-"));
    let path = session.settings.folder.join(name);
    fs::write_whole(&path, |out| out.write_all(&bytes))
        .map_err(|error| CommandError::unwritten(&path, error))?;
    if session.ui.format.is_json() {
        return session.ui.answer(&json!({"path": name, "bytes": bytes.len()}), String::new);
    }
    session.ui.note(&format!("Drew {} into `{}`.", chart.title, name.display()));
    Ok(())
}

/// Answers with the points themselves.
fn data(
    session: &Session,
    format: Format,
    selected: &select::Selected,
) -> Result<(), CommandError> {
    #[derive(Serialize)]
    struct Line<'a> {
        run: &'a str,
        name: &'a str,
        metric: &'a str,
        points: &'a [mls::track::Point],
    }
    let lines: Vec<Line<'_>> = selected
        .series
        .iter()
        .map(|one| Line {
            run: one.id.as_str(),
            name: &one.name,
            metric: &one.series.metric,
            points: &one.series.points,
        })
        .collect();
    if format != Format::Csv {
        return session.ui.list(&crate::cli::table::Table::default(), &lines, "");
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["run", "name", "metric", "step", "time", "value"])?;
    for line in &lines {
        for point in line.points {
            let value = plot::exact(point.value.0);
            let (step, time) = (point.step.to_string(), mls::base::time::rfc3339(point.time));
            csv.write_record([line.run, line.name, line.metric, &step, &time, &value])?;
        }
    }
    let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    session.ui.data(&bytes)
}

fn weight(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(weight) if (0.0..1.0).contains(&weight) => Ok(weight),
        _ => Err("it takes a number from 0 to 0.9999".to_owned()),
    }
}

fn factor(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(factor) if factor > 0.0 && factor <= 20.0 => Ok(factor),
        _ => Err("it takes a number above 0 and at most 20".to_owned()),
    }
}
