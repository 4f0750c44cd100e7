//! The keys that leave a container without ending it: `ctrl-p,ctrl-q` unless the user names others.

use crate::cli::error::CommandError;

const DEFAULT: &[u8] = &[0x10, 0x11];

/// A sequence of keys, and how much of it has been pressed.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    sequence: Vec<u8>,
    pressed: usize,
}

impl Keys {
    /// Reads `ctrl-a,b`; letters, and control with a letter or one of `@[\]^_`.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, CommandError> {
        let Some(text) = text else {
            return Ok(Self { sequence: DEFAULT.to_vec(), pressed: 0 });
        };
        let key = |word: &str| -> Option<u8> {
            let one = |word: &str| <[u8; 1]>::try_from(word.as_bytes()).ok().map(|[byte]| byte);
            match word.strip_prefix("ctrl-") {
                Some(rest) => one(rest)
                    .map(|byte| byte.to_ascii_uppercase())
                    .filter(u8::is_ascii)
                    .and_then(|byte| (64..=95).contains(&byte).then(|| byte - 64)),
                None => one(word),
            }
        };
        let sequence = match text.is_empty() {
            true => Some(vec![]),
            false => text.split(',').map(key).collect(),
        };
        let sequence = sequence.ok_or_else(|| {
            CommandError::usage(format!("`{}` are no keys", text.escape_debug()))
                .hint("Write them as `ctrl-p,ctrl-q` or `ctrl-x,d`.")
        })?;
        Ok(Self { sequence, pressed: 0 })
    }

    /// Takes what was typed; returns what of it is for the container, and whether the user leaves.
    pub(crate) fn pass(&mut self, typed: &[u8]) -> (Vec<u8>, bool) {
        let mut through = vec![];
        for byte in typed {
            if self.sequence.get(self.pressed) == Some(byte) {
                self.pressed += 1;
                if self.pressed == self.sequence.len() {
                    return (through, true);
                }
                continue;
            }
            through.extend_from_slice(&self.sequence[..self.pressed]);
            self.pressed =
                usize::from(self.sequence.first() == Some(byte) && self.sequence.len() > 1);
            if self.pressed == 0 {
                through.push(*byte);
            }
        }
        (through, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_sequence_leaves() {
        let mut keys = Keys::parse(None).unwrap();
        assert_eq!(keys.pass(b"ab"), (b"ab".to_vec(), false));
        assert_eq!(keys.pass(b"\x10"), (vec![], false));
        assert_eq!(keys.pass(b"x"), (b"\x10x".to_vec(), false));
        assert_eq!(keys.pass(b"y\x10\x11z"), (b"y".to_vec(), true));
        let mut none = Keys::parse(Some("")).unwrap();
        assert_eq!(none.pass(b"\x10\x11"), (b"\x10\x11".to_vec(), false));
        let mut other = Keys::parse(Some("ctrl-x,d")).unwrap();
        assert_eq!(other.pass(b"\x18d"), (vec![], true));
        assert!(Keys::parse(Some("ctrl-ä")).is_err());
    }
}
