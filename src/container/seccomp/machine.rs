//! Answers as the kernel would, for tests: the steps that our filters use, and no other.

use super::names::Abi;
use super::program::Instruction;

/// Returns the answer of `program` to a call in this form with these arguments.
pub(super) fn answer(program: &[Instruction], abi: Abi, number: u32, arguments: [u64; 6]) -> u32 {
    let data = |offset: u32| match offset {
        0 => number,
        4 => abi.architecture(),
        16..64 => {
            let value = arguments[(offset as usize - 16) / 8];
            let half = if offset.is_multiple_of(8) { value & 0xffff_ffff } else { value >> 32 };
            u32::try_from(half).unwrap()
        }
        other => panic!("offset {other}"),
    };
    let (mut at, mut a) = (0, 0);
    loop {
        let step = &program[at];
        at += 1;
        let taken = match step.code {
            0x20 => {
                a = data(step.k);
                continue;
            }
            0x54 => {
                a &= step.k;
                continue;
            }
            0x05 => {
                at += step.k as usize;
                continue;
            }
            0x06 => return step.k,
            0x15 => a == step.k,
            0x35 => a >= step.k,
            0x25 => a > step.k,
            other => panic!("code {other:#x}"),
        };
        at += usize::from(if taken { step.jt } else { step.jf });
    }
}
