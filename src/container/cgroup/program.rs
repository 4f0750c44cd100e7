//! Which devices a group of version 2 keeps its processes from: a small program that the kernel asks at each opening.
//!
//! ```text
//! r1 ──► what is asked for << 16 | kind · major · minor        struct bpf_cgroup_dev_ctx
//! r0 ◄── 0: forbidden, 1: allowed
//! ```

use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};

use crate::container::devices::Forbidden;
use crate::container::sys;

/// An instruction: its code, both registers, how far it jumps, its number.
type Instruction = [u8; 8];

const BLOCK: i32 = 1;
const CHARACTER: i32 = 2;
const READ: i32 = 2;
const WRITE: i32 = 4;

/// Load a word from memory, set a register, combine and compare it with a number, shift, end.
const LOAD: u8 = 0x61;
const COPY: u8 = 0xbf;
const SET: u8 = 0xb7;
const AND: u8 = 0x57;
const SHIFT_RIGHT: u8 = 0x77;
const JUMP_UNLESS_EQUAL: u8 = 0x55;
const EXIT: u8 = 0x95;

/// Forbids it to the processes of `group`, whatever else is forbidden to them.
pub(super) fn attach(group: &Path, rule: &Forbidden) -> io::Result<()> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let group = rustix::fs::openat(CWD, group, how, Mode::empty())?;
    let program = sys::load_device_program(&program(rule))?;
    // The group keeps the program.
    sys::attach_device_program(group.as_fd(), program.as_fd())
}

fn program(rule: &Forbidden) -> Vec<Instruction> {
    let kind = if rule.is_block { BLOCK } else { CHARACTER };
    let access = if rule.read { READ } else { 0 } | if rule.write { WRITE } else { 0 };
    // Numbers of devices have 12 and 20 bits.
    let (major, minor) = (rule.major.cast_signed(), rule.minor.cast_signed());
    vec![
        one(LOAD, 2, 1, 0, 0),
        one(COPY, 3, 2, 0, 0),
        one(AND, 3, 0, 0, 0xffff),
        one(JUMP_UNLESS_EQUAL, 3, 0, 8, kind),
        one(LOAD, 3, 1, 4, 0),
        one(JUMP_UNLESS_EQUAL, 3, 0, 6, major),
        one(LOAD, 3, 1, 8, 0),
        one(JUMP_UNLESS_EQUAL, 3, 0, 4, minor),
        one(SHIFT_RIGHT, 2, 0, 0, 16),
        one(AND, 2, 0, 0, access),
        one(SET, 0, 0, 0, 0),
        one(JUMP_UNLESS_EQUAL, 2, 0, 1, 0),
        one(SET, 0, 0, 0, 1),
        one(EXIT, 0, 0, 0, 0),
    ]
}

fn one(code: u8, to: u8, from: u8, offset: i16, number: i32) -> Instruction {
    let ([a, b], [c, d, e, f]) = (offset.to_ne_bytes(), number.to_ne_bytes());
    // Which half of the byte is which goes with the order of bytes, too.
    let registers = if cfg!(target_endian = "little") { from << 4 | to } else { to << 4 | from };
    [code, registers, a, b, c, d, e, f]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program as the kernel does, of what it may use.
    fn run(program: &[Instruction], context: [u32; 3]) -> u64 {
        let (mut registers, mut at) = ([0_u64; 11], 0);
        loop {
            let [code, both, a, b, c, d, e, f] = program[at];
            let (to, from) = (usize::from(both & 15), usize::from(both >> 4));
            let offset = i16::from_ne_bytes([a, b]);
            let number = u64::from(u32::from_ne_bytes([c, d, e, f]));
            at += 1;
            let jump = match code {
                LOAD => {
                    registers[to] = u64::from(context[usize::try_from(offset / 4).unwrap()]);
                    false
                }
                COPY => {
                    registers[to] = registers[from];
                    false
                }
                SET => {
                    registers[to] = number;
                    false
                }
                AND => {
                    registers[to] &= number;
                    false
                }
                SHIFT_RIGHT => {
                    registers[to] >>= number;
                    false
                }
                JUMP_UNLESS_EQUAL => registers[to] != number,
                EXIT => return registers[0],
                _ => panic!("{code}"),
            };
            at += if jump { usize::try_from(offset).unwrap() } else { 0 };
        }
    }

    #[test]
    fn what_is_forbidden_of_one_device_is_allowed_of_all_others() {
        let rule = Forbidden { is_block: false, major: 10, minor: 200, read: false, write: true };
        let program = program(&rule);
        let asked = |access: u32, kind: i32, major, minor| {
            run(&program, [access << 16 | kind.cast_unsigned(), major, minor])
        };
        let (read, write) = (READ.cast_unsigned(), WRITE.cast_unsigned());
        assert_eq!(asked(write, CHARACTER, 10, 200), 0);
        assert_eq!(asked(read | write, CHARACTER, 10, 200), 0);
        assert_eq!(asked(read, CHARACTER, 10, 200), 1);
        for (kind, major, minor) in [(BLOCK, 10, 200), (CHARACTER, 11, 200), (CHARACTER, 10, 201)] {
            assert_eq!(asked(write, kind, major, minor), 1, "{kind} {major}:{minor}");
        }
    }
}
