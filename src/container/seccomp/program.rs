//! Rules for system calls as the kernel's program: for each call its rules one after the other, and an answer for the rest.

use std::collections::BTreeMap;

use seccompiler::sock_filter;

pub(super) const ALLOW: u32 = 0x7fff_0000;
pub(super) const LOG: u32 = 0x7ffc_0000;
pub(super) const TRACE: u32 = 0x7ff0_0000;
pub(super) const ERRNO: u32 = 0x0005_0000;
pub(super) const TRAP: u32 = 0x0003_0000;
pub(super) const KILL_THREAD: u32 = 0;
pub(super) const KILL_PROCESS: u32 = 0x8000_0000;

#[cfg(target_arch = "x86_64")]
const ARCH: u32 = 0xc000_003e;
#[cfg(not(target_arch = "x86_64"))]
const ARCH: u32 = 0xc000_00b7;
/// Calls of the x32 form have this bit.
const X32: u32 = 0x4000_0000;
/// As many steps as the kernel takes.
const LONGEST: usize = 4096;

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const IF_EQUAL: u16 = 0x15;
const IF_MORE: u16 = 0x25;
const IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;
/// A jump to the next rule, put in when it is known how far that is.
const NEXT_RULE: u32 = u32::MAX;

/// What an argument has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) argument: u32,
    pub(super) test: Test,
    pub(super) value: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Equal,
    NotEqual,
    Less,
    AtMost,
    AtLeast,
    More,
    /// Equal in the bits of this mask.
    Masked(u64),
}

/// An answer, and what has to hold for it; of several rules for a call the first that holds decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) conditions: Vec<Condition>,
    pub(super) answer: u32,
}

/// Returns the program; nothing where it would be too long. Calls from `newer` on are answered with `ENOSYS`.
pub(super) fn compile(
    calls: &BTreeMap<u32, Vec<Rule>>,
    otherwise: u32,
    newer: Option<u32>,
) -> Option<Vec<sock_filter>> {
    let mut program = vec![
        step(LOAD, 0, 0, 4),
        step(IF_EQUAL, 1, 0, ARCH),
        step(RETURN, 0, 0, KILL_PROCESS),
        step(LOAD, 0, 0, 0),
        step(IF_AT_LEAST, 0, 1, X32),
        step(RETURN, 0, 0, ERRNO | libc::EPERM.unsigned_abs()),
    ];
    if let Some(newer) = newer {
        program.push(step(IF_AT_LEAST, 0, 1, newer));
        program.push(step(RETURN, 0, 0, ERRNO | libc::ENOSYS.unsigned_abs()));
    }
    for (call, rules) in calls {
        let mut block = vec![];
        for rule in rules {
            block.extend(compile_rule(rule));
        }
        if rules.last().is_none_or(|rule| !rule.conditions.is_empty()) {
            block.push(step(RETURN, 0, 0, otherwise));
        }
        program.push(step(IF_EQUAL, 1, 0, *call));
        program.push(step(JUMP, 0, 0, u32::try_from(block.len()).ok()?));
        program.extend(block);
    }
    program.push(step(RETURN, 0, 0, otherwise));
    (program.len() <= LONGEST).then_some(program)
}

fn compile_rule(rule: &Rule) -> Vec<sock_filter> {
    let mut steps: Vec<sock_filter> = rule.conditions.iter().flat_map(compile_condition).collect();
    steps.push(step(RETURN, 0, 0, rule.answer));
    let length = steps.len();
    for (at, one) in steps.iter_mut().enumerate() {
        if one.code == JUMP && one.k == NEXT_RULE {
            one.k = u32::try_from(length - at - 1).unwrap_or(0);
        }
    }
    steps
}

/// Goes on behind its last step where the condition holds.
fn compile_condition(condition: &Condition) -> Vec<sock_filter> {
    let Condition { argument, test, value } = *condition;
    let place = 16 + 8 * argument;
    let halves = |value: u64| ((value >> 32) as u32, (value & 0xffff_ffff) as u32);
    let (high, low) = halves(value);
    let load = |place| step(LOAD, 0, 0, place);
    let next = step(JUMP, 0, 0, NEXT_RULE);
    match test {
        Test::Equal => vec![
            load(place + 4),
            step(IF_EQUAL, 0, 2, high),
            load(place),
            step(IF_EQUAL, 1, 0, low),
            next,
        ],
        Test::NotEqual => vec![
            load(place + 4),
            step(IF_EQUAL, 0, 3, high),
            load(place),
            step(IF_EQUAL, 0, 1, low),
            next,
        ],
        Test::Masked(mask) => {
            let (mask_high, mask_low) = halves(mask);
            vec![
                load(place + 4),
                step(AND, 0, 0, mask_high),
                step(IF_EQUAL, 0, 3, high & mask_high),
                load(place),
                step(AND, 0, 0, mask_low),
                step(IF_EQUAL, 1, 0, low & mask_low),
                next,
            ]
        }
        Test::AtLeast | Test::More | Test::Less | Test::AtMost => {
            let last =
                if matches!(test, Test::AtLeast | Test::Less) { IF_AT_LEAST } else { IF_MORE };
            let mut steps = vec![
                load(place + 4),
                step(IF_MORE, 4, 0, high),
                step(IF_EQUAL, 0, 2, high),
                load(place),
                step(last, 1, 0, low),
            ];
            match test {
                Test::AtLeast | Test::More => steps.push(next),
                // The other way round: what would hold leads to the next rule.
                _ => steps.extend([step(JUMP, 0, 0, 1), next]),
            }
            steps
        }
    }
}

fn step(code: u16, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::seccomp::machine::answer;

    #[test]
    fn conditions_compare_all_sixty_four_bits() {
        let big = 0x1_0000_0005_u64;
        for (test, holds, fails) in [
            (Test::Equal, vec![big], vec![5, big + 1, 0x2_0000_0005]),
            (Test::NotEqual, vec![5, big + 1, 0], vec![big]),
            (Test::Less, vec![5, big - 1, 0], vec![big, big + 1, u64::MAX]),
            (Test::AtMost, vec![5, big, 0], vec![big + 1, u64::MAX]),
            (Test::AtLeast, vec![big, big + 1, u64::MAX], vec![5, big - 1]),
            (Test::More, vec![big + 1, 0x2_0000_0000, u64::MAX], vec![5, big]),
            (Test::Masked(0x1_0000_000f), vec![big, big + 16], vec![5, big + 1]),
        ] {
            let condition = Condition { argument: 2, test, value: big };
            let also = Condition { argument: 0, test: Test::Equal, value: 7 };
            let rule = Rule { conditions: vec![condition, also], answer: ALLOW };
            let calls = BTreeMap::from([(9, vec![rule]), (11, vec![])]);
            let program = compile(&calls, ERRNO | 1, Some(400)).unwrap();
            let asked = |value: u64, first: u64| answer(&program, 9, [first, 0, value, 0, 0, 0]);
            for value in holds {
                assert_eq!(asked(value, 7), ALLOW, "{test:?} {value:#x}");
                assert_eq!(asked(value, 8), ERRNO | 1, "{test:?} {value:#x}");
            }
            for value in fails {
                assert_eq!(asked(value, 7), ERRNO | 1, "{test:?} {value:#x}");
            }
            assert_eq!(answer(&program, 10, [0; 6]), ERRNO | 1);
            assert_eq!(answer(&program, 11, [0; 6]), ERRNO | 1);
            assert_eq!(answer(&program, 400, [0; 6]), ERRNO | 38);
        }
    }

    #[test]
    fn the_first_rule_that_holds_decides_and_a_long_list_is_refused() {
        let rule = |value, answer| Rule {
            conditions: vec![Condition { argument: 0, test: Test::Equal, value }],
            answer,
        };
        let last = Rule { conditions: vec![], answer: LOG };
        let calls = BTreeMap::from([(1, vec![rule(1, ALLOW), rule(2, TRAP), last])]);
        let program = compile(&calls, KILL_THREAD, None).unwrap();
        for (value, expected) in [(1, ALLOW), (2, TRAP), (3, LOG)] {
            assert_eq!(answer(&program, 1, [value, 0, 0, 0, 0, 0]), expected);
        }
        let many = (0..700).map(|value| rule(value, ALLOW)).collect();
        assert!(compile(&BTreeMap::from([(1, many)]), 0, None).is_none());
    }
}
