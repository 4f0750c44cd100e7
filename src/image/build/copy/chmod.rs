//! `--chmod`: an octal mode, or the letters of `chmod(1)`.

/// How modes are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chmod {
    Octal(u32),
    Symbolic(Vec<Clause>),
}

/// `ug+rX`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Bits of user (0o700 and setuid), group and others that may change.
    who: u32,
    operator: char,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Bits, and whether `X` and the sticky bit are among them.
    Letters { bits: u32, search: bool },
    /// As another has it: `g=u`.
    As(u32),
}

const USER: u32 = 0o4700;
const GROUP: u32 = 0o2070;
const OTHERS: u32 = 0o0007;
const STICKY: u32 = 0o1000;

impl Chmod {
    /// Reads a mode; nothing where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let mode = u32::from_str_radix(text, 8).ok()?;
            return (mode <= 0o7777).then_some(Self::Octal(mode));
        }
        let clauses: Option<Vec<Vec<Clause>>> = text.split(',').map(clause).collect();
        Some(Self::Symbolic(clauses?.concat()))
    }

    /// Returns what becomes of `mode`.
    pub fn apply(&self, mode: u32, is_folder: bool) -> u32 {
        match self {
            Self::Octal(octal) => *octal,
            Self::Symbolic(clauses) => {
                clauses.iter().fold(mode, |mode, clause| clause.apply(mode, is_folder))
            }
        }
    }
}

fn clause(text: &str) -> Option<Vec<Clause>> {
    let start = text.find(['+', '-', '='])?;
    let mut who = 0;
    for letter in text[..start].chars() {
        who |= match letter {
            'u' => USER,
            'g' => GROUP,
            'o' => OTHERS,
            'a' => USER | GROUP | OTHERS,
            _ => return None,
        };
    }
    let who = if who == 0 { USER | GROUP | OTHERS } else { who } | STICKY;
    let mut clauses = vec![];
    let mut rest = &text[start..];
    while let Some(operator) = rest.chars().next() {
        let end = rest[1..].find(['+', '-', '=']).map_or(rest.len(), |at| at + 1);
        clauses.push(Clause { who, operator, what: what(&rest[1..end])? });
        rest = &rest[end..];
    }
    Some(clauses)
}

fn what(letters: &str) -> Option<What> {
    match letters {
        "u" => return Some(What::As(6)),
        "g" => return Some(What::As(3)),
        "o" => return Some(What::As(0)),
        _ => {}
    }
    let (mut bits, mut search) = (0, false);
    for letter in letters.chars() {
        match letter {
            'r' => bits |= 0o444,
            'w' => bits |= 0o222,
            'x' => bits |= 0o111,
            'X' => search = true,
            's' => bits |= 0o6000,
            't' => bits |= STICKY,
            _ => return None,
        }
    }
    Some(What::Letters { bits, search })
}

impl Clause {
    fn apply(&self, mode: u32, is_folder: bool) -> u32 {
        let bits = match self.what {
            What::As(shift) => ((mode >> shift) & 7) * 0o111,
            What::Letters { bits, search: true } if is_folder || mode & 0o111 != 0 => bits | 0o111,
            What::Letters { bits, .. } => bits,
        };
        match self.operator {
            '+' => mode | (bits & self.who),
            '-' => mode & !(bits & self.who),
            // What is not named keeps the sticky bit and, of a folder, those of its owner.
            _ => {
                let kept = if is_folder { 0o6000 } else { 0 } | (STICKY & !bits);
                (mode & (!self.who | kept)) | (bits & self.who)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chmod;

    #[test]
    fn modes_change_as_chmod_changes_them() {
        for (text, before, folder, after) in [
            ("755", 0o644, false, 0o755),
            ("0600", 0o755, false, 0o600),
            ("4755", 0o644, false, 0o4755),
            ("u=rwX,go=rX", 0o600, false, 0o644),
            ("u=rwX,go=rX", 0o700, true, 0o755),
            ("u=rwX,go=rX", 0o711, false, 0o755),
            ("a+x", 0o644, false, 0o755),
            ("+x", 0o644, false, 0o755),
            ("go-rwx", 0o755, false, 0o700),
            ("g=u", 0o640, false, 0o660),
            ("u+s", 0o755, false, 0o4755),
            ("+t", 0o777, true, 0o1777),
            ("u=rw,g=r,o=", 0o777, false, 0o640),
            ("u+w-x", 0o555, false, 0o655),
        ] {
            assert_eq!(
                Chmod::parse(text).unwrap().apply(before, folder),
                after,
                "{text} {before:o}"
            );
        }
        for text in ["", "888", "77777", "u", "u+q", "z+x", "a+x,"] {
            assert_eq!(Chmod::parse(text), None, "{text}");
        }
    }
}
