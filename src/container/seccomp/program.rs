//! Rules for system calls as the kernel's program, which decides by the architecture and then by the number of the call.

use std::collections::BTreeMap;

use super::names::Abi;

/// A step of the program, as the kernel reads it (`struct sock_filter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(in crate::container) struct Instruction {
    pub(super) code: u16,
    pub(super) jt: u8,
    pub(super) jf: u8,
    pub(super) k: u32,
}

pub(super) const ALLOW: u32 = 0x7fff_0000;
pub(super) const LOG: u32 = 0x7ffc_0000;
pub(super) const TRACE: u32 = 0x7ff0_0000;
pub(super) const ERRNO: u32 = 0x0005_0000;
pub(super) const TRAP: u32 = 0x0003_0000;
pub(super) const KILL_THREAD: u32 = 0;
pub(super) const KILL_PROCESS: u32 = 0x8000_0000;

/// As many steps as the kernel takes.
const LONGEST: usize = 4096;
/// Where the call's number and architecture, and its arguments, lie in what the kernel shows (`struct seccomp_data`).
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

/// Calls of the x32 form have this bit; they pass for calls of the machine's own architecture.
pub(super) const X32: u32 = 0x4000_0000;

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

/// Rules by the names of the calls that they are for.
pub(super) type Rules<'a> = BTreeMap<&'a str, Vec<Rule>>;

/// A piece of the program that ends with an answer.
type Block = Vec<Instruction>;

/// Returns the program for calls in these forms; nothing where it would be too long. Others end the process.
///
/// Where calls without a rule are refused, those that are newer than all known ones are answered with `ENOSYS`: programs
/// fall back from that, as they do on an older kernel.
pub(super) fn compile(
    rules: &Rules<'_>,
    forms: &[Abi],
    otherwise: u32,
) -> Option<Vec<Instruction>> {
    let mut tables: BTreeMap<u32, Table> = BTreeMap::new();
    for abi in forms {
        tables.entry(abi.architecture()).or_default().extend(table(*abi, rules, otherwise));
    }
    let mut program = vec![step(LOAD, 0, 0, ARCHITECTURE)];
    for (architecture, table) in tables {
        let mut runs: Vec<(u32, Block)> = table.into_iter().collect();
        runs.dedup_by(|next, last| next.1 == last.1);
        let search = search(&runs)?;
        program.push(step(IF_EQUAL, 1, 0, architecture));
        program.push(step(JUMP, 0, 0, length(&search)? + 1));
        program.push(step(LOAD, 0, 0, NUMBER));
        program.extend(search);
    }
    program.push(step(RETURN, 0, 0, KILL_PROCESS));
    (program.len() <= LONGEST).then_some(program)
}

/// What calls are answered with, by the number from which on that holds.
type Table = BTreeMap<u32, Block>;

fn table(abi: Abi, rules: &Rules<'_>, otherwise: u32) -> Table {
    let default = vec![step(RETURN, 0, 0, otherwise)];
    let mut table = Table::from([(abi.first(), default.clone())]);
    for (name, rules) in rules {
        let Some(number) = abi.number(name) else { continue };
        let mut block: Block = rules.iter().flat_map(compile_rule).collect();
        if rules.last().is_none_or(|rule| !rule.conditions.is_empty()) {
            block.extend(&default);
        }
        table.insert(number, block);
        table.entry(number + 1).or_insert_with(|| default.clone());
    }
    let refused = |number: i32| vec![step(RETURN, 0, 0, ERRNO | number.unsigned_abs())];
    let refuses = otherwise & 0xffff_0000 == ERRNO;
    table.insert(abi.unknown(), if refuses { refused(libc::ENOSYS) } else { default });
    if abi == Abi::Native {
        // Where calls of the x32 form are let through as well, their table comes over this.
        table.insert(X32, refused(libc::EPERM));
    }
    table
}

/// Returns steps that find the run which a number belongs to by halves.
fn search(runs: &[(u32, Block)]) -> Option<Block> {
    let (low, high) = match runs {
        [] => return Some(vec![]),
        [(_, block)] => return Some(block.clone()),
        runs => runs.split_at(runs.len() / 2),
    };
    let start = high.first().map_or(0, |(start, _)| *start);
    let (low, high) = (search(low)?, search(high)?);
    let mut steps = vec![step(IF_AT_LEAST, 0, 1, start), step(JUMP, 0, 0, length(&low)?)];
    steps.extend(low.into_iter().chain(high));
    Some(steps)
}

fn length(steps: &[Instruction]) -> Option<u32> {
    u32::try_from(steps.len()).ok()
}

fn compile_rule(rule: &Rule) -> Vec<Instruction> {
    let mut steps: Vec<Instruction> = rule.conditions.iter().flat_map(compile_condition).collect();
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
fn compile_condition(condition: &Condition) -> Vec<Instruction> {
    let Condition { argument, test, value } = *condition;
    let place = ARGUMENTS + 8 * argument;
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

fn step(code: u16, jt: u8, jf: u8, k: u32) -> Instruction {
    Instruction { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::seccomp::machine::answer;

    fn number(name: &str) -> u32 {
        Abi::Native.number(name).unwrap()
    }

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
            let rules = Rules::from([("mmap", vec![rule]), ("munmap", vec![])]);
            let program = compile(&rules, Abi::ALL, ERRNO | 1).unwrap();
            let asked = |value: u64, first: u64| {
                let arguments = [first, 0, value, 0, 0, 0];
                answer(&program, Abi::Native, number("mmap"), arguments)
            };
            for value in holds {
                assert_eq!(asked(value, 7), ALLOW, "{test:?} {value:#x}");
                assert_eq!(asked(value, 8), ERRNO | 1, "{test:?} {value:#x}");
            }
            for value in fails {
                assert_eq!(asked(value, 7), ERRNO | 1, "{test:?} {value:#x}");
            }
            for (number, expected) in [
                (number("munmap"), ERRNO | 1),
                (number("read"), ERRNO | 1),
                (Abi::Native.unknown() - 1, ERRNO | 1),
                (Abi::Native.unknown(), ERRNO | 38),
            ] {
                assert_eq!(answer(&program, Abi::Native, number, [0; 6]), expected);
            }
        }
    }

    #[test]
    fn the_first_rule_that_holds_decides_and_a_long_list_is_refused() {
        let rule = |value, answer| Rule {
            conditions: vec![Condition { argument: 0, test: Test::Equal, value }],
            answer,
        };
        let last = Rule { conditions: vec![], answer: LOG };
        let rules = Rules::from([("read", vec![rule(1, ALLOW), rule(2, TRAP), last])]);
        let program = compile(&rules, Abi::ALL, KILL_THREAD).unwrap();
        for abi in Abi::ALL {
            let asked = |name: &str, value| {
                answer(&program, *abi, abi.number(name).unwrap(), [value, 0, 0, 0, 0, 0])
            };
            for (value, expected) in [(1, ALLOW), (2, TRAP), (3, LOG)] {
                assert_eq!(asked("read", value), expected, "{abi:?}");
            }
            assert_eq!(asked("write", 0), KILL_THREAD, "{abi:?}");
            assert_eq!(answer(&program, *abi, abi.unknown(), [0; 6]), KILL_THREAD, "{abi:?}");
        }
        let many = (0..700).map(|value| rule(value, ALLOW)).collect();
        assert!(compile(&Rules::from([("read", many)]), &[Abi::Native], 0).is_none());
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_form_that_is_not_asked_for_is_refused_or_killed() {
        let rules = Rules::from([("read", vec![Rule { conditions: vec![], answer: ALLOW }])]);
        let program = compile(&rules, &[Abi::Native], ERRNO | 1).unwrap();
        for (abi, expected) in
            [(Abi::Native, ALLOW), (Abi::I386, KILL_PROCESS), (Abi::X32, ERRNO | 1)]
        {
            let number = abi.number("read").unwrap();
            assert_eq!(answer(&program, abi, number, [0; 6]), expected, "{abi:?}");
        }
    }
}
