//! A plan for people: a tree of stages and steps, with the line of each.

use super::value::{Action, Base, Copy, Plan, Run, Source, Stage, Step};

impl Plan {
    /// Returns the plan as a tree, one line each.
    pub fn tree(&self) -> String {
        let mut tree = String::new();
        for (place, stage) in self.stages.iter().enumerate() {
            let mark = if place == self.target { "  ◄ target" } else { "" };
            tree.push_str(&format!("{} ({}){mark}\n", stage.name, stage.platform));
            tree.push_str(&format!("├─ {}\n", self.base(stage)));
            for step in stage.steps.iter().filter(|step| step.action != Action::Config) {
                tree.push_str(&format!("├─ {:>3}  {}\n", step.at.first, self.step(step)));
            }
            let settings = stage.steps.iter().filter(|step| step.action == Action::Config).count();
            tree.push_str(&format!("└─ {}\n", counted(settings)));
        }
        tree
    }

    fn base(&self, stage: &Stage) -> String {
        match &stage.base {
            Base::Scratch => "from nothing".to_owned(),
            Base::Stage(place) => format!("from the stage {}", self.stages[*place].name),
            Base::Image { name, key } if key.is_empty() => format!("from the image {name}"),
            Base::Image { name, key } => format!("from the image {name} ({key})"),
            Base::Context(name) => format!("from the context {name}"),
        }
    }

    fn step(&self, step: &Step) -> String {
        let word = if step.onbuild { "ONBUILD " } else { "" };
        match &step.action {
            Action::Config => format!("{word}{}", step.text),
            Action::Workdir { path, .. } => format!("{word}WORKDIR {path}"),
            Action::Run(run) => format!("{word}RUN {}", self.run(run)),
            Action::Copy(copy) => format!("{word}{}", self.copy(copy)),
        }
    }

    fn run(&self, run: &Run) -> String {
        let mut text = shortened(&run.args.join(" "));
        let mounted: Vec<String> = run
            .mounts
            .iter()
            .filter_map(|mount| mount.reads)
            .map(|source| self.source(source))
            .collect();
        if !mounted.is_empty() {
            text.push_str(&format!("  ({})", mounted.join(", ")));
        }
        text
    }

    fn copy(&self, copy: &Copy) -> String {
        let word = if copy.add.is_some() { "ADD" } else { "COPY" };
        let inline = copy.inline.iter().map(|doc| format!("<<{}", doc.name));
        let all: Vec<String> = copy.paths.iter().cloned().chain(inline).collect();
        let what = shortened(&all.join(" "));
        format!("{word} {what} {}  ({})", copy.destination, self.source(copy.source))
    }

    fn source(&self, source: Source) -> String {
        match source {
            Source::Context => "reads the context".to_owned(),
            Source::Stage(place) => format!("reads {}", self.stages[place].name),
        }
    }
}

fn counted(settings: usize) -> String {
    match settings {
        0 => "no settings".to_owned(),
        1 => "1 setting".to_owned(),
        count => format!("{count} settings"),
    }
}

/// Returns its first line, as much as fits.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(80).collect();
    match short.len() < text.trim_end().len() {
        true => format!("{short}…"),
        false => short,
    }
}
