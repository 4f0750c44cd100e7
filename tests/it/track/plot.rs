use mls::track::plot::{
    self, Across, Charset, Chart, Ink, Options, Picture, Screen, Series, Theme,
};
use mls::track::{Point, Value};
use proptest::prelude::*;

const BEGAN: i64 = 1_795_351_006_429;

fn series(run: &str, metric: &str, values: &[f64]) -> Series {
    let point = |(step, value): (usize, &f64)| {
        let step = step as i64;
        Point { step, time: BEGAN + step * 1000, value: Value(*value) }
    };
    let points = values.iter().enumerate().map(point).collect();
    Series { run: run.to_owned(), started: BEGAN, metric: metric.to_owned(), points }
}

fn light(width: u32, height: u32) -> Picture {
    Picture { width, height, theme: Theme::Light }
}

fn text(chart: &Chart, width: usize, height: usize, charset: Charset) -> String {
    let lines = plot::terminal(chart, &Screen { width, height, charset });
    let line = |spans: Vec<plot::Span>| spans.into_iter().map(|span| span.text).collect::<String>();
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn two() -> Chart {
    let series = [series("fox", "loss", &[3.0, 2.0, 1.5]), series("owl", "loss", &[2.0, 1.0, 0.5])];
    Chart::new(&series, &Options::default())
}

/// Reads a document as strictly as a browser reads SVG, and returns its size.
fn parsed(svg: &str) -> (f32, f32) {
    let tree = resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).unwrap();
    (tree.size().width(), tree.size().height())
}

#[test]
fn curves_in_a_terminal_have_axes_letters_and_a_legend() {
    insta::assert_snapshot!(text(&two(), 50, 8, Charset::Braille), @"
    loss
     3 ┤⠉⠑⠒A⠤⠤⣀⣀
       │        ⠉⠉⠑⠒⠢⠤⠤⣀⣀
     2 ┤⠤⢄⣀⡀             ⠉A⠑⠒⠢⠤⠤⢄⣀⣀⣀
       │   ⠈⠉⠑⠒⠢⠤⢄⣀B                ⠉⠉⠉⠉⠒A⠒⠢⠤⠤⠤⣀⣀⣀⣀
       │           ⠈⠉⠑⠒⠢⠤⢄⣀⡀                       ⠉⠉
     1 ┤                   ⠈⠉⠑⠒⠒⠒⠤B⠤⠤⢄⣀⣀⣀⡀
       │                                 ⠈⠉⠉⠉⠉⠒⠒⠒B⠢⠤⠤
     0 ┤
       └┬─────────────────────┬──────────────────────
        0                     1                  step
      A⠒⠒ fox  last 1.5        min 1.5        max 3
      B⠒⠒ owl  last 0.5        min 0.5        max 2
    ");
}

#[test]
fn a_terminal_without_utf_8_gets_plain_letters() {
    let drawn = text(&two(), 50, 8, Charset::Ascii);
    assert!(drawn.is_ascii(), "{drawn}");
    insta::assert_snapshot!(drawn, @"
    loss
     3 +******
       |      ***********
     2 +++++             ***********
       |    +++++++                 ***********
       |           ++++++++                    ******
     1 +                   ++++++++++++++
       |                                 ++++++++++++
     0 +
       ++---------------------+----------------------
        0                     1                  step
      * fox  last 1.5        min 1.5        max 3
      + owl  last 0.5        min 0.5        max 2
    ");
}

#[test]
fn a_picture_is_one_small_document() {
    insta::assert_snapshot!(plot::svg(&two(), &light(320, 200)), @r#"
    <svg xmlns="http://www.w3.org/2000/svg" width="320" height="200" viewBox="0 0 320 200" role="img">
    <title>loss of 2 runs</title>
    <desc>loss: fox ends at 1.5. owl ends at 0.5.</desc>
    <style>
    text{font:12px Inter,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums}
    .title{font-size:17px;font-weight:600} .panel{font-size:13.5px;font-weight:600}
    .tick{font-size:11.5px} .end{text-anchor:end} .middle{text-anchor:middle}
    .curve,.raw,.grid,.axis,.lead{fill:none;stroke-linejoin:round;stroke-linecap:round}
    .curve{stroke-width:1.8} .raw{stroke-width:1;opacity:.28} .lead{stroke-width:1;opacity:.5}
    .minor{opacity:.55} .empty{fill:none;stroke-dasharray:4 4}
    .page{fill:#ffffff} text{fill:#1f2328} .muted,.tick{fill:#59636e} .grid,.empty{stroke:#e9ebee} .axis{stroke:#b4bac1}
    .c0,.l0{stroke:#0072b2} .d0{fill:#0072b2} .c1,.l1{stroke:#d55e00} .d1{fill:#d55e00} .c2,.l2{stroke:#009e73} .d2{fill:#009e73} .c3,.l3{stroke:#c4609a} .d3{fill:#c4609a} .c4,.l4{stroke:#b98500} .d4{fill:#b98500} .c5,.l5{stroke:#3d9bd6} .d5{fill:#3d9bd6} .c6,.l6{stroke:#7a6f00} .d6{fill:#7a6f00} .c7,.l7{stroke:#4a4f55} .d7{fill:#4a4f55}
    </style>
    <rect class="page" width="100%" height="100%"/>
    <text class="title" x="22.0" y="34.2">loss of 2 runs</text>
    <path class="grid" d="M48.0 136.0H226.9"/>
    <text class="tick end" x="40.0" y="140.1">0</text>
    <path class="grid" d="M48.0 82.0H226.9"/>
    <text class="tick end" x="40.0" y="86.1">2</text>
    <path class="axis" d="M48.0 136.0H226.9"/>
    <path class="axis" d="M48.0 136.0v5"/>
    <text class="tick middle" x="48.0" y="155.0">0</text>
    <path class="axis" d="M137.5 136.0v5"/>
    <text class="tick middle" x="137.5" y="155.0">1</text>
    <path class="axis" d="M226.9 136.0v5"/>
    <text class="tick middle" x="226.9" y="155.0">2</text>
    <text class="muted end" x="226.9" y="172.0">step</text>
    <g><title>owl</title>
    <path class="curve c1" d="M48.0 82.0L137.5 109.0L226.9 122.5"/>
    <circle class="d1" cx="48.0" cy="82.0" r="2.6"/>
    <circle class="d1" cx="137.5" cy="109.0" r="2.6"/>
    <circle class="d1" cx="226.9" cy="122.5" r="2.6"/>
    </g>
    <g><title>fox</title>
    <path class="curve c0" d="M48.0 55.0L137.5 82.0L226.9 95.5"/>
    <circle class="d0" cx="48.0" cy="55.0" r="2.6"/>
    <circle class="d0" cx="137.5" cy="82.0" r="2.6"/>
    <circle class="d0" cx="226.9" cy="95.5" r="2.6"/>
    </g>
    <circle class="d0" cx="226.9" cy="95.5" r="3.4"/>
    <text class="name" x="242.9" y="99.8">fox<tspan class="muted" dx="7">1.5</tspan></text>
    <circle class="d1" cx="226.9" cy="122.5" r="3.4"/>
    <text class="name" x="242.9" y="126.8">owl<tspan class="muted" dx="7">0.5</tspan></text>
    </svg>
    "#);
}

#[test]
fn a_picture_follows_the_readers_theme_unless_one_is_chosen() {
    let svg = |theme| plot::svg(&two(), &Picture { width: 600, height: 0, theme });
    assert!(svg(Theme::Auto).contains("prefers-color-scheme:dark"));
    assert!(!svg(Theme::Light).contains("prefers-color-scheme"));
    assert!(svg(Theme::Dark).contains("#0d1117"));
}

#[test]
fn a_png_has_the_size_that_was_asked_for() {
    let png = plot::png(&two(), &light(400, 300), 1.0).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (400, 300));
}

#[test]
fn x08_a_picture_too_large_for_memory_is_refused() {
    for (width, scale) in [(100_000, 1.0), (1000, 1000.0)] {
        let drawn = plot::png(&two(), &light(width, width), scale);
        assert!(matches!(drawn, Err(plot::Error::Size { .. })), "{width} × {scale}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let odd = [
        series("a", "nan", &[f64::NAN; 3]),
        series("a", "holes", &[1.0, f64::INFINITY, 2.0, f64::NAN]),
        series("a", "none", &[]),
    ];
    let chart = Chart::new(&odd, &Options::default());
    let notes: Vec<String> = chart.panels.iter().map(|panel| panel.notes.join(";")).collect();
    let want =
        ["3 points not drawn: NaN or infinite", "2 points not drawn: NaN or infinite", "No points"];
    assert_eq!(notes, want);
    let zeros = Options { log_y: true, ..Options::default() };
    let chart = Chart::new(&[series("a", "m", &[0.0, -1.0])], &zeros);
    assert_eq!(chart.panels[0].notes, ["2 points not drawn: not above 0 on a log axis"]);
    parsed(&plot::svg(&chart, &light(400, 0)));
}

#[test]
fn a_gap_in_the_values_is_a_gap_in_the_line() {
    let chart =
        Chart::new(&[series("a", "m", &[1.0, 2.0, f64::NAN, 3.0, 4.0])], &Options::default());
    let svg = plot::svg(&chart, &light(400, 300));
    let line = svg.lines().find(|line| line.contains("class=\"curve")).unwrap();
    assert_eq!(line.matches('M').count(), 2, "{line}");
}

#[test]
fn t13_names_cannot_break_out_of_a_picture_or_move_a_cursor() {
    let hostile = "</title><script>alert(1)</script>\u{1b}[2J\u{202e}\0&\"'";
    let chart = Chart::new(
        &[series(hostile, hostile, &[1.0, 2.0]), series("b", hostile, &[1.0])],
        &Options { title: Some(hostile.to_owned()), ..Options::default() },
    );
    let svg = plot::svg(&chart, &light(600, 400));
    assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\0'), "{svg}");
    parsed(&svg);
    let drawn = text(&chart, 80, 8, Charset::Braille);
    assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'), "{drawn}");
}

#[test]
fn many_points_make_no_larger_a_picture() {
    let values: Vec<f64> = (0..1_000_000).map(|step| f64::from(step % 1000)).collect();
    let chart = Chart::new(&[series("a", "m", &values)], &Options::default());
    let svg = plot::svg(&chart, &light(960, 0));
    assert!(svg.len() < 100_000, "{} bytes", svg.len());
}

#[test]
fn a_spike_between_a_million_points_is_drawn() {
    let mut values = vec![1.0; 1_000_000];
    values[123_456] = 1000.0;
    let chart = Chart::new(&[series("a", "m", &values)], &Options::default());
    let drawn = text(&chart, 60, 10, Charset::Braille);
    let top: Vec<&str> = drawn.lines().take(4).collect();
    assert!(top.join("").contains(|char| ('\u{2801}'..='\u{28ff}').contains(&char)), "{drawn}");
}

#[test]
fn the_axis_counts_steps_or_time() {
    let under = |across| {
        let options = Options { across, ..Options::default() };
        let values: Vec<f64> = (0..600).map(f64::from).collect();
        let chart = Chart::new(&[series("a", "m", &values)], &options);
        let drawn = text(&chart, 70, 4, Charset::Ascii);
        let axis = drawn.lines().find(|line| line.contains("+--")).unwrap();
        let at = drawn.lines().position(|line| line == axis).unwrap();
        drawn.lines().nth(at + 1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(under(Across::Step), "0 100 200 300 400 500 step");
    assert_eq!(under(Across::Relative), "0m 2m 4m 6m 8m time");
    assert_eq!(under(Across::Wall), "12:38 12:40 12:42 12:44 UTC");
}

#[test]
fn metrics_have_panels_of_their_own_or_share_one() {
    let all = [series("a", "loss", &[1.0]), series("a", "acc", &[1.0]), series("b", "acc", &[2.0])];
    let chart = Chart::new(&all, &Options::default());
    assert_eq!(chart.panels.len(), 2);
    assert_eq!(chart.legend, ["a", "b"]);
    let chart = Chart::new(&all, &Options { overlay: true, ..Options::default() });
    assert_eq!(chart.panels.len(), 1);
    assert_eq!(chart.legend, ["a loss", "a acc", "b acc"]);
}

#[test]
fn smoothing_keeps_the_samples_faint_behind_the_average() {
    let options = Options { smooth: 0.9, ..Options::default() };
    let values: Vec<f64> = (0..100).map(|step| f64::from(step % 2)).collect();
    let chart = Chart::new(&[series("a", "m", &values)], &options);
    let svg = plot::svg(&chart, &light(600, 0));
    assert!(svg.contains("class=\"raw c0\"") && svg.contains("class=\"curve c0\""), "{svg}");
    let (_, last) = chart.panels[0].curves[0].line.last().copied().flatten().unwrap();
    assert!((last - 0.5).abs() < 0.1, "{last}");
}

proptest! {
    #[test]
    fn any_values_make_a_chart_that_fits(
        values in proptest::collection::vec(any::<f64>(), 0..60),
        steps in proptest::collection::vec(any::<i64>(), 0..60),
        log_x in any::<bool>(),
        log_y in any::<bool>(),
        smooth in 0.0..1.0_f64,
        kind in 0..3_u8,
    ) {
        let across = [Across::Step, Across::Relative, Across::Wall][usize::from(kind)];
        let mut one = series("学習 run", "m", &values);
        for (point, step) in one.points.iter_mut().zip(&steps) {
            point.step = *step;
            point.time = *step;
        }
        let options = Options { across, log_x, log_y, smooth, ..Options::default() };
        let chart = Chart::new(&[one, series("b", "m", &[1.0, 2.0])], &options);
        parsed(&plot::svg(&chart, &light(500, 300)));
        for charset in [Charset::Braille, Charset::Ascii] {
            for line in plot::terminal(&chart, &Screen { width: 40, height: 5, charset }) {
                let wide: usize = line.iter().map(|span| unicode_width::UnicodeWidthStr::width(&*span.text)).sum();
                prop_assert!(wide <= 40, "{wide}: {line:?}");
                prop_assert!(line.iter().all(|span| span.ink != Ink::Curve(9)));
            }
        }
    }
}
