//! BuildKit's checks, one by one.

use mls::image::build::Error;
use mls::image::build::plan::{Found, Wanted, make};
use mls::image::dockerfile::lint::{Rule, Settings};
use mls::image::dockerfile::parse;

use crate::image::plan::{args, options, plan_on};

fn told(text: &str) -> Vec<String> {
    let mut options = options();
    options.all_stages = true;
    let base = r#"{"os":"linux","architecture":"amd64","config":{"Env":["BASE=1"]}}"#;
    let plan = plan_on(text, &options, base).unwrap_or_else(|error| panic!("{text}\n{error}"));
    plan.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn each_check_finds_what_it_is_for() {
    let cases: [(&str, &[&str]); 42] = [
        ("FROM x\nRUN y\n", &[]),
        ("FROM x AS Base\n", &["StageNameCasing: Stage name 'Base' should be lowercase (line 1)"]),
        (
            "FROM x as base\n",
            &["FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)"],
        ),
        ("from x as base\n", &[]),
        ("FROM x\nRUN a \\\n\n b\n", &["NoEmptyContinuation: Empty continuation line (line 2)"]),
        (
            "FROM x\nrun y\nRUN z\n",
            &[
                "ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase) (line 2)",
            ],
        ),
        (
            "from x\nrun y\nEntryPoint [\"z\"]\n",
            &[
                "ConsistentInstructionCasing: Command 'EntryPoint' should match the case of the command majority (lowercase) (line 3)",
            ],
        ),
        (
            "FROM x AS a\nFROM x AS a\n",
            &[
                "DuplicateStageName: Duplicate stage name \"a\", stage names should be unique (line 2)",
            ],
        ),
        (
            "FROM x AS scratch\n",
            &[
                "ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\" (line 1)",
            ],
        ),
        (
            "FROM x\nCMD a b\n",
            &[
                "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 2)",
            ],
        ),
        (
            "FROM x\nENTRYPOINT a b\n",
            &[
                "JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals (line 2)",
            ],
        ),
        ("FROM x\nSHELL [\"/bin/bash\", \"-c\"]\nCMD a b\n", &[]),
        (
            "FROM x\nMAINTAINER me\n",
            &[
                "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)",
            ],
        ),
        (
            "ARG VERSION=1\nFROM x:${VERSOIN:-2}\n",
            &[
                "UndefinedArgInFrom: FROM argument 'VERSOIN' is not declared (did you mean VERSION?) (line 2)",
            ],
        ),
        ("ARG A\nFROM x:${A:-2}\n", &[]),
        (
            "FROM x\nWORKDIR a\nWORKDIR b\n",
            &[
                "WorkdirRelativePath: Relative workdir \"a\" can have unexpected results if the base image changes (line 2)",
            ],
        ),
        ("FROM x\nWORKDIR /a\nWORKDIR b\n", &[]),
        ("FROM x AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n", &[]),
        (
            "FROM x\nARG foo=1\nCOPY $fooo .\n",
            &["UndefinedVar: Usage of undefined variable '$fooo' (did you mean $foo?) (line 3)"],
        ),
        ("FROM x\nARG foo\nCOPY $foo$BASE .\n", &[]),
        (
            "FROM scratch\nCOPY $BASE .\n",
            &["UndefinedVar: Usage of undefined variable '$BASE' (line 2)"],
        ),
        ("FROM x\nRUN echo $nothing\n", &[]),
        (
            "FROM x\nCMD [\"a\"]\nCMD [\"b\"]\n",
            &[
                "MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used (line 2)",
            ],
        ),
        (
            "FROM x\nHEALTHCHECK NONE\nHEALTHCHECK CMD a\n",
            &[
                "MultipleInstructionsDisallowed: Multiple HEALTHCHECK instructions should not be used in the same stage because only the last one will be used (line 2)",
            ],
        ),
        ("FROM x AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\n", &[]),
        (
            "FROM x\nENV a b\nLABEL c d\n",
            &[
                "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 2)",
                "LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format (line 3)",
            ],
        ),
        (
            "FROM --platform=$TARGETPLATFORM x\n",
            &[
                "RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior (line 1)",
            ],
        ),
        ("FROM --platform=$BUILDPLATFORM x\n", &[]),
        (
            "FROM --platform=linux/amd64 x AS a\n",
            &[
                "FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\" (line 1)",
            ],
        ),
        ("FROM --platform=linux/amd64 x AS build_amd64\n", &[]),
        (
            "FROM --platform=linux/arm64 x AS build_arm64\n",
            &[
                "InvalidBaseImagePlatform: Base image x was pulled with platform \"linux/amd64\", expected \"linux/arm64\" for current build (line 1)",
            ],
        ),
        (
            "FROM x\nARG API_KEY\nENV my_password=1 TOKEN_FILE=/x KEYS=2\n",
            &[
                "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"API_KEY\") (line 2)",
                "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ENV \"my_password\") (line 3)",
            ],
        ),
        (
            "FROM x\nEXPOSE 80/TcP\n",
            &[
                "ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase (line 2)",
            ],
        ),
        (
            "FROM x\nEXPOSE 127.0.0.1:80:81\n",
            &[
                "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:81' (line 2)",
            ],
        ),
        (
            "# check=experimental=all\n\n# other words\nFROM x AS base\n",
            &[
                "InvalidDefinitionDescription: Comment for FROM should follow the format: `# base <description>` (line 4)",
            ],
        ),
        (
            "# check=experimental=InvalidDefinitionDescription\n\n# base is it\nFROM x AS base\n# V\nARG V\n# no\n\nARG W\n",
            &[],
        ),
        ("# other words\nFROM x AS base\n", &[]),
        ("# check=skip=all\nFROM x as Base\nENV a b\n", &[]),
        (
            "# check=skip=FromAsCasing,LegacyKeyValueFormat\nFROM x as Base\nENV a b\n",
            &["StageNameCasing: Stage name 'Base' should be lowercase (line 2)"],
        ),
        (
            "FROM x\n# check=skip=LegacyKeyValueFormat\nENV a b\nENV c d\n",
            &[
                "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 4)",
            ],
        ),
        ("ARG T\nFROM x:${T:-1}\n", &[]),
        ("FROM x\nONBUILD COPY $nothing .\n", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn defaults_that_make_no_image_are_told_although_the_user_gives_a_value() {
    let mut given = options();
    given.build_args = args(&[("T", "1")]);
    let base = r#"{"os":"linux","architecture":"amd64","config":{}}"#;
    let plan = plan_on("ARG T\nFROM x:$T\n", &given, base).unwrap();
    let told: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "InvalidDefaultArgInFrom: Default value for ARG x:$T results in empty or invalid base image name (line 2)"
        ]
    );
}

#[test]
fn nothing_is_said_of_variables_that_a_base_may_set() {
    let file = parse(b"FROM x\nCOPY $a .\n").unwrap();
    let plan =
        make(&file, &options(), &mut |_: &Wanted| -> Result<Found, Error> { Ok(Found::Unknown) });
    assert!(plan.unwrap().warnings.is_empty());
}

#[test]
fn settings_are_read_or_refused() {
    let read = Settings::parse("skip=StageNameCasing , fromascasing; error = true").unwrap();
    assert!(read.error && !read.asks(Rule::FromAsCasing) && read.asks(Rule::UndefinedVar));
    for (text, reason) in [
        ("skip", "`skip` is no setting of checks: `skip=…`, `error=true`"),
        ("skip=Nothing", "there is no check `Nothing`"),
        (
            "skip=StageNameCasng",
            "there is no check `StageNameCasng` (did you mean `StageNameCasing`?)",
        ),
        ("error=maybe", "`error` is `true` or `false`, not `maybe`"),
        ("only=x", "checks have no setting `only`"),
    ] {
        assert_eq!(Settings::parse(text).unwrap_err(), reason);
    }
    let pages: Vec<_> = Rule::ALL.into_iter().filter_map(Rule::page).collect();
    assert_eq!(pages[10], "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/");
    assert_eq!(pages[9], "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/");
}
