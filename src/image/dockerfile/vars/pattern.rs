//! Shell patterns of `${v#p}` and its like: `*`, `?`, and `\` before those two and itself.

/// No pattern is longer: the time it takes is its length times that of the value.
const LONGEST: usize = 1024;

/// A pattern, cut at its stars.
#[derive(Debug)]
pub(super) struct Pattern {
    /// What must stand before the first star, between stars, and behind the last. Never empty.
    runs: Vec<Vec<Sign>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    This(char),
    Any,
}

impl Sign {
    fn fits(self, c: char) -> bool {
        self == Self::Any || self == Self::This(c)
    }
}

impl Pattern {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a pattern of {} bytes; at most {LONGEST} are read", text.len()));
        }
        let mut runs = vec![vec![]];
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let sign = match c {
                '*' => {
                    runs.push(vec![]);
                    continue;
                }
                '?' => Sign::Any,
                '\\' => Sign::This(escaped(chars.next())?),
                c => Sign::This(c),
            };
            runs.last_mut().expect("there is one").push(sign);
        }
        Ok(Self { runs })
    }

    /// Returns `value` without the shortest or longest beginning that the pattern fits.
    pub(super) fn without_prefix<'v>(&self, value: &'v str, longest: bool) -> &'v str {
        let chars: Vec<char> = value.chars().collect();
        match self.end(&chars, longest) {
            Some(end) => &value[bytes(&chars[..end])..],
            None => value,
        }
    }

    /// Returns `value` without the shortest or longest end that the pattern fits.
    pub(super) fn without_suffix<'v>(&self, value: &'v str, longest: bool) -> &'v str {
        let chars: Vec<char> = value.chars().rev().collect();
        let runs = self.runs.iter().rev().map(|run| run.iter().rev().copied().collect()).collect();
        match (Self { runs }).end(&chars, longest) {
            Some(end) => &value[..value.len() - bytes(&chars[..end])],
            None => value,
        }
    }

    /// Writes `value` with the first or each part that the pattern fits replaced; no more than about `limit` bytes.
    pub(super) fn replace(
        &self,
        value: &str,
        replacement: &str,
        all: bool,
        limit: usize,
        out: &mut String,
    ) {
        let chars: Vec<char> = value.chars().collect();
        let mut at = 0;
        // An empty find right behind another is none.
        let mut replaced_to = None;
        while at <= chars.len() && out.len() <= limit {
            let Some((start, end)) = self.find(&chars, at) else { break };
            out.extend(&chars[at..start]);
            if start != end || replaced_to != Some(start) {
                out.push_str(replacement);
                replaced_to = Some(end);
            }
            at = end;
            if start == end {
                out.extend(chars.get(end));
                at += 1;
            }
            if !all {
                break;
            }
        }
        out.extend(chars.get(at..).unwrap_or_default());
    }

    /// Returns the first place at or behind `from` where it fits, as long as can be.
    fn find(&self, chars: &[char], from: usize) -> Option<(usize, usize)> {
        let first = self.runs.first()?;
        let start = find_run(first, chars, from)?;
        // What does not follow the first place follows no later one.
        let end = self.end(&chars[start..], true)?;
        Some((start, start + end))
    }

    /// Returns how many characters it takes from the beginning.
    fn end(&self, chars: &[char], longest: bool) -> Option<usize> {
        let (first, rest) = self.runs.split_first()?;
        if !fits(first, chars) {
            return None;
        }
        let mut at = first.len();
        let Some((last, between)) = rest.split_last() else { return Some(at) };
        for run in between {
            at = find_run(run, chars, at)? + run.len();
        }
        let begin = match longest {
            true => rfind_run(last, chars, at)?,
            false => find_run(last, chars, at)?,
        };
        Some(begin + last.len())
    }
}

fn escaped(next: Option<char>) -> Result<char, String> {
    match next {
        // These two need it for the sake of `${…}` alone.
        Some(c @ ('*' | '?' | '\\' | '}' | '/')) => Ok(c),
        Some(c) => Err(format!("`\\{c}` says nothing in a pattern")),
        None => Err("a pattern ends with `\\`".to_owned()),
    }
}

fn fits(run: &[Sign], chars: &[char]) -> bool {
    run.len() <= chars.len() && run.iter().zip(chars).all(|(sign, c)| sign.fits(*c))
}

fn find_run(run: &[Sign], chars: &[char], from: usize) -> Option<usize> {
    let last = chars.len().checked_sub(run.len())?;
    (from..=last).find(|at| fits(run, &chars[*at..]))
}

fn rfind_run(run: &[Sign], chars: &[char], from: usize) -> Option<usize> {
    let last = chars.len().checked_sub(run.len())?;
    (from..=last).rev().find(|at| fits(run, &chars[*at..]))
}

fn bytes(chars: &[char]) -> usize {
    chars.iter().map(|c| c.len_utf8()).sum()
}
