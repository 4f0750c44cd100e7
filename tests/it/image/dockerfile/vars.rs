//! Variables in words, case by case as BuildKit answers them.

use std::collections::BTreeMap;

use mls::image::dockerfile::vars::{Expanded, Style, expand};
use proptest::prelude::*;

/// Variables with their values.
type Pairs = &'static [(&'static str, &'static str)];

type Variables = BTreeMap<&'static str, &'static str>;

fn with(word: &str, style: Style, variables: &Variables) -> Result<Expanded, String> {
    let get = |name: &str| variables.get(name).copied();
    expand(word, style, &get).map_err(|fault| fault.reason)
}

fn text(word: &str, variables: &Variables) -> Option<String> {
    with(word, Style::word('\\'), variables).ok().map(|expanded| expanded.text)
}

/// `None` is an error.
#[test]
fn a_word_comes_to_what_buildkit_makes_of_it() {
    let variables =
        BTreeMap::from([("PWD", "/home"), ("SHELL", "bash"), ("KOREAN", "한국어"), ("NULL", "")]);
    for (word, expected) in [
        ("hello", Some("hello")),
        ("he'll'o", Some("hello")),
        ("he'llo", None),
        (r"he\'llo", Some("he'llo")),
        (r"he\\'llo", None),
        (r"abc\tdef", Some("abctdef")),
        (r#""abc\tdef""#, Some(r"abc\tdef")),
        (r#""abc\\tdef""#, Some(r"abc\tdef")),
        (r"'abc\tdef'", Some(r"abc\tdef")),
        (r"hello\", Some("hello")),
        (r"hello\\", Some(r"hello\")),
        (r#""hello"#, None),
        (r#""hello\""#, None),
        (r#""hel'lo""#, Some("hel'lo")),
        ("'hello", None),
        (r"'hello\'", Some(r"hello\")),
        (r"'hello\\there'", Some(r"hello\\there")),
        (r#""''""#, Some("''")),
        ("$.", Some("$.")),
        ("$", Some("$")),
        ("he$", Some("he$")),
        ("$1", Some("")),
        ("he$1x", Some("hex")),
        ("he$12x", Some("hex")),
        ("he$@x", Some("hex")),
        ("he$.x", Some("he$.x")),
        ("he$pwd.", Some("he.")),
        ("he$PWD", Some("he/home")),
        (r"he\$PWD", Some("he$PWD")),
        (r"he\\$PWD", Some(r"he\/home")),
        (r#""he\$PWD""#, Some("he$PWD")),
        (r#""he\\$PWD""#, Some(r"he\/home")),
        (r"\${}", Some("${}")),
        (r"he\${}xx", Some("he${}xx")),
        ("${}", None),
        ("he${}xx", None),
        ("he${hi}", Some("he")),
        ("he${hi}xx", Some("hexx")),
        ("he${PWD}", Some("he/home")),
        ("he${.}", None),
        ("he${XXX:-000}xx", Some("he000xx")),
        ("he${PWD:-000}xx", Some("he/homexx")),
        ("he${XXX:-$PWD}xx", Some("he/homexx")),
        ("he${XXX:-${PWD:-yyy}}xx", Some("he/homexx")),
        ("he${XXX:-${YYY:-yyy}}xx", Some("heyyyxx")),
        ("he${XXX:YYY}", None),
        ("he${XXX?}", None),
        ("he${XXX:?}", None),
        ("he${PWD?}", Some("he/home")),
        ("he${PWD:?}", Some("he/home")),
        ("he${NULL?}", Some("he")),
        ("he${NULL:?}", None),
        ("he${NULL-000}xx", Some("hexx")),
        ("he${NULL:-000}xx", Some("he000xx")),
        ("he${NULL+000}xx", Some("he000xx")),
        ("he${NULL:+000}xx", Some("hexx")),
        ("he${XXX:+${PWD}}xx", Some("hexx")),
        ("he${PWD:+${XXX}}xx", Some("hexx")),
        ("he${PWD:+${SHELL}}xx", Some("hebashxx")),
        ("he${PWD:+000}xx", Some("he000xx")),
        ("'he${XX}'", Some("he${XX}")),
        (r#""he${PWD}""#, Some("he/home")),
        (r#""he'$PWD'""#, Some("he'/home'")),
        ("'$PWD'", Some("$PWD")),
        (r"'\$PWD'", Some(r"\$PWD")),
        (r#"'"hello"'"#, Some(r#""hello""#)),
        ("he${PWD", None),
        ("he${PWD:=000}xx", None),
        ("he${PWD=000}xx", None),
        ("he${PWD:+${PWD}:}xx", Some("he/home:xx")),
        (r"he${XXX:-\$PWD:}xx", Some("he$PWD:xx")),
        (r"he${XXX:-\${PWD}z}xx", Some("he${PWDz}xx")),
        ("안녕하세요", Some("안녕하세요")),
        ("안'녕'하세요", Some("안녕하세요")),
        ("안'녕하세요", None),
        (r"안녕\'하세요", Some("안녕'하세요")),
        (r"안녕\t하세요", Some("안녕t하세요")),
        ("$KOREAN", Some("한국어")),
        ("안녕$KOREAN", Some("안녕한국어")),
        ("${{aaa}", None),
        ("${aaa}}", Some("}")),
        ("${aaa", None),
        ("${{aaa:-bbb}", None),
        ("${aaa:-bbb}}", Some("bbb}")),
        ("${aaa:-bbb", None),
        ("${aaa:-${bbb:-ccc}}", Some("ccc")),
        ("${aaa:-bbb ${foo}", None),
        ("${aaa:-bbb {foo}", Some("bbb {foo")),
        ("${:}", None),
        ("${:-bbb}", None),
        ("${:+bbb}", None),
        (r#"${XXX:-"a }b"}c"#, Some("a }bc")),
        (r#""${XXX:-'a b'}""#, Some("a b")),
    ] {
        assert_eq!(text(word, &variables).as_deref(), expected, "{word}");
    }
}

#[test]
fn patterns_are_stripped_and_replaced() {
    let cases: [(&str, Pairs, Option<&str>); 34] = [
        (r"${FOO#()[]{\}^$.\*\?|\\}", &[("FOO", r"()[]{}^$.*?|\x")], Some("x")),
        (r"${FOO%%\**}", &[("FOO", "xx**")], Some("xx")),
        ("${FOO#*x*y}", &[("FOO", "xxyy")], Some("y")),
        ("${FOO##*x*y}", &[("FOO", "xxyy")], Some("")),
        ("${FOO#*}", &[("FOO", "xxyy")], Some("xxyy")),
        ("${FOO##*}", &[("FOO", "xxyy")], Some("")),
        ("${FOO#$BAR}", &[("FOO", "xxyy"), ("BAR", "x")], Some("xyy")),
        ("${FOO#$BAR}", &[("FOO", "xxyy"), ("BAR", "")], Some("xxyy")),
        ("${FOO#}", &[("FOO", "xxyy")], Some("xxyy")),
        ("${FOO##*x}", &[("FOO", "xxyy")], Some("yy")),
        ("${FOO##}", &[("FOO", "xxyy")], Some("xxyy")),
        (r"${FOO#?\?}", &[("FOO", "???y")], Some("?y")),
        ("${ABC:-.}${FOO%x}${ABC:-.}", &[("FOO", "xxyy")], Some(".xxyy.")),
        (r"${FOO%%\**\*}", &[("FOO", "a***yy*")], Some("a")),
        (r"${FOO%\**\*}", &[("FOO", "a***yy*")], Some("a**")),
        ("${FOO%}", &[("FOO", "xxyy")], Some("xxyy")),
        ("${FOO%.*}", &[("FOO", "a.tar.gz")], Some("a.tar")),
        ("${FOO%%.*}", &[("FOO", "a.tar.gz")], Some("a")),
        ("${FOO%?}", &[("FOO", "한국어")], Some("한국")),
        ("${FOO%%$BAR}", &[("FOO", "xxyy"), ("BAR", "")], Some("xxyy")),
        (
            "${FOO/$NEEDLE/.} - ${FOO//$NEEDLE/.}",
            &[("FOO", "/foo*/*/*.txt"), ("NEEDLE", r"\*/")],
            Some("/foo.*/*.txt - /foo..*.txt"),
        ),
        (
            "${FOO/$NEEDLE/} - ${FOO//$NEEDLE/}",
            &[("FOO", "/tmp/tmp/bar.txt"), ("NEEDLE", "/tmp")],
            Some("/tmp/bar.txt - /bar.txt"),
        ),
        (
            "${FOO/$NEEDLE/$BY} - ${FOO//$NEEDLE/$BY}",
            &[("FOO", "/a/foo/b/c.txt"), ("NEEDLE", "/?/"), ("BY", "/")],
            Some("/foo/b/c.txt - /foo/c.txt"),
        ),
        (
            "${FOO/$NEEDLE/$BY}",
            &[("FOO", "http://google.de"), ("NEEDLE", "http://"), ("BY", "https://")],
            Some("https://google.de"),
        ),
        (r"${FOO//\//\/}", &[("FOO", "/tmp/foo.txt")], Some(r"\/tmp\/foo.txt")),
        ("${FOO/$BAR/ww}", &[("FOO", "xxyy"), ("BAR", "")], Some("wwxxyy")),
        ("${FOO//ww}", &[("FOO", "xxyy")], None),
        ("${FOO//}", &[("FOO", "xxyy")], None),
        ("${FOO///}", &[("FOO", "xxyy")], Some("xxyy")),
        ("${FOO//x*/-}", &[("FOO", "axbxc")], Some("a-")),
        ("${FOO//b/}", &[("FOO", "abbcb")], Some("ac")),
        ("${FOO///}", &[], Some("")),
        (r"${FOO#\x}", &[("FOO", "x")], None),
        ("${FOO/b*d/-}", &[("FOO", "abcdcde")], Some("a-e")),
    ];
    for (word, variables, expected) in cases {
        let variables = variables.iter().copied().collect();
        assert_eq!(text(word, &variables).as_deref(), expected, "{word} {variables:?}");
    }
}

#[test]
fn words_split_after_variables_and_not_inside_quotes() {
    let variables = BTreeMap::from([("FOO", "foo bar"), ("E", ""), ("S", "  a  b ")]);
    let cases: [(&str, &[&str]); 16] = [
        ("hello there", &["hello", "there"]),
        ("'hello there' you", &["hello there", "you"]),
        (r#""hello  there""#, &["hello  there"]),
        (r"hello\ there", &["hello there"]),
        ("$FOO", &["foo", "bar"]),
        ("x$FOO.y", &["xfoo", "bar.y"]),
        (r#""$FOO""#, &["foo bar"]),
        (r#"x"$FOO"y"#, &["xfoo bary"]),
        ("'$FOO'", &["$FOO"]),
        ("$E", &[]),
        ("a $E b", &["a", "b"]),
        (r#""$E""#, &[]),
        ("x$S", &["x", "a", "b"]),
        ("${X:-a b}", &["a", "b"]),
        (r#"${X:-"a b"}"#, &["a", "b"]),
        ("  ", &[]),
    ];
    for (word, expected) in cases {
        assert_eq!(with(word, Style::word('\\'), &variables).unwrap().words, expected, "{word}");
    }
}

#[test]
fn what_was_found_and_what_was_not_is_told() {
    let variables = BTreeMap::from([("FOO", "x"), ("BAR", "")]);
    let expanded =
        with("${FOO-a} ${BAR:-b} ${BAZ+c} $Q '$no'", Style::word('\\'), &variables).unwrap();
    assert_eq!(expanded.text, "x b   $no");
    assert_eq!(expanded.matched.into_iter().collect::<Vec<_>>(), ["BAR", "FOO"]);
    assert_eq!(expanded.unmatched.into_iter().collect::<Vec<_>>(), ["BAZ", "Q"]);
}

#[test]
fn a_message_of_one_s_own_stands_in_the_error() {
    let variables = BTreeMap::from([("ARG", "x"), ("EMPTY", "")]);
    let told = |word| with(word, Style::word('\\'), &variables).unwrap_err();
    assert_eq!(told("${VAR:?message here$ARG}"), "VAR: message herex");
    assert_eq!(told("${VAR?}"), "VAR: is not allowed to be unset");
    assert_eq!(told("${EMPTY:?}"), "EMPTY: is not allowed to be empty");
}

#[test]
fn a_heredoc_keeps_its_quotes() {
    let variables = BTreeMap::from([("FOO", "x")]);
    for (content, expected) in [
        ("\"quotes\" 'in' $FOO\n", "\"quotes\" 'in' x\n"),
        ("\\\n", "\n"),
        ("\\\\\n", "\\\n"),
        ("\\$FOO\n", "$FOO\n"),
        ("it's ${FOO}\n", "it's x\n"),
    ] {
        assert_eq!(with(content, Style::heredoc(), &variables).unwrap().text, expected);
    }
}

#[test]
fn a_backtick_escapes_where_it_is_said() {
    let variables = BTreeMap::from([("FOO", "x")]);
    let expanded = with(r"C:\dir `$FOO $FOO", Style::word('`'), &variables).unwrap();
    assert_eq!(expanded.text, r"C:\dir $FOO x");
}

/// `a=$b$b`, `b=$c$c` and so on would be larger than any memory.
#[test]
fn d09_variables_that_double_each_other_have_an_end() {
    let big = "x".repeat(1 << 20);
    let get = |_: &str| Some(big.as_str());
    let fault = expand(&"$a".repeat(1000), Style::word('\\'), &get).unwrap_err();
    assert!(fault.reason.contains("comes to more than"), "{fault:?}");
}

proptest! {
    /// No input makes a panic, and what is quoted comes out as it went in.
    #[test]
    fn any_word_is_answered(word in "[a-z${}:?#%/*+\\\\'\" -]{0,40}") {
        let variables = BTreeMap::from([("a", "x"), ("b", "")]);
        let _ = with(&word, Style::word('\\'), &variables);
        let _ = with(&word, Style::heredoc(), &variables);
        let plain = word.replace('\'', "");
        prop_assert_eq!(text(&format!("'{plain}'"), &variables), Some(plain));
    }

    #[test]
    fn a_word_without_signs_is_itself(word in "[a-zA-Z0-9./_:=,한国-]{0,60}") {
        let expanded = with(&word, Style::word('\\'), &BTreeMap::new()).unwrap();
        prop_assert_eq!(&expanded.text, &word);
        prop_assert_eq!(expanded.words.concat(), word);
    }
}
