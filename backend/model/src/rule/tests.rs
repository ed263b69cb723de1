use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

const PATH: SeriesPath<'_> = SeriesPath {
    tenant: "granix",
    province: "ba",
    plant: "planta-1",
    gateway: "granix-ba-gw-01",
    plc: "plc-03",
    metric: "temp_head",
};

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap()
}

fn rule(name: &str, priority: i32, created_ms: i64, edit: impl FnOnce(&mut RuleMatch)) -> Rule {
    let mut matches = RuleMatch::any();
    edit(&mut matches);
    Rule {
        id: Uuid::from_u128(u128::from(created_ms.unsigned_abs())),
        version: 1,
        name: name.into(),
        enabled: true,
        priority,
        matches,
        mode: Mode::Both,
        retention: Retention::default(),
        created_at: Timestamp::from_millis(created_ms),
    }
}

#[test]
fn the_rule_that_decides_says_how_long_too() {
    let days = |raw, hourly| Retention { raw: Days::new(raw), hourly: Days::new(hourly) };
    let keeping = |priority, retention, edit: fn(&mut RuleMatch)| Rule {
        retention,
        ..rule("r", priority, i64::from(priority), edit)
    };
    let setting = days(30, 0);
    let heads: fn(&mut RuleMatch) = |matches| matches.metric = pattern("temp_*");
    let tails: fn(&mut RuleMatch) = |matches| matches.metric = pattern("tail");
    let rules = vec![
        keeping(1, days(0, 300), |_| {}),
        keeping(2, days(7, 0), heads),
        keeping(3, days(400, 0), tails),
        Rule { enabled: false, ..keeping(4, days(1, 1), |_| {}) },
    ];
    let set = RuleSet::new(rules, Mode::None);
    let metric = |metric| set.retention(SeriesPath { metric, ..PATH }, setting);
    assert_eq!(metric("temp_head"), days(7, 0), "nothing is taken of a weaker rule");
    assert_eq!(metric("tail"), days(400, 0));
    assert_eq!(metric("level"), days(30, 300));
    assert_eq!(set.longest(setting), days(400, 0), "where neither setting nor rule says, for ever");
    assert_eq!(set.longest(days(500, 100)), days(500, 300));
    assert_eq!(set.longest(Retention::default()), Retention::default());
    assert_eq!(RuleSet::default().retention(PATH, setting), setting);
}

#[test]
fn globs() {
    for (text, name, expected) in [
        ("*", "anything", true),
        ("temp_head", "temp_head", true),
        ("temp_head", "temp_head2", false),
        ("temp_*", "temp_head", true),
        ("temp_*", "temp_", true),
        ("temp_*", "pressure", false),
        ("*_head", "temp_head", true),
        ("t*p*d", "temp_head", true),
        ("t*p*x", "temp_head", false),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("a*ab*b", "aabb", true),
        ("**", "x", true),
    ] {
        assert_eq!(pattern(text).matches(name), expected, "{text} on {name}");
    }
    for bad in ["", "ñ", "a b", "temp_?", &"x".repeat(129)] {
        assert!(Pattern::parse(bad).is_none(), "{bad:?}");
    }
}

#[test]
fn precedence_is_priority_then_fixed_fields_then_the_newer() {
    let check = |rules: Vec<Rule>, winner: &str| {
        let set = RuleSet::new(rules, Mode::None);
        assert_eq!(set.decide(PATH).1.unwrap().name, winner);
    };
    let narrow = |matches: &mut RuleMatch| matches.metric = pattern("temp_head");
    let glob = |matches: &mut RuleMatch| matches.metric = pattern("temp_*");
    check(vec![rule("low", 1, 1, narrow), rule("high", 2, 2, |_| ())], "high");
    check(vec![rule("wide", 1, 9, |_| ()), rule("narrow", 1, 2, narrow)], "narrow");
    check(vec![rule("glob", 1, 9, glob), rule("narrow", 1, 2, narrow)], "narrow");
    check(vec![rule("wide", 1, 9, |_| ()), rule("glob", 1, 2, glob)], "glob");
    check(vec![rule("old", 1, 1, glob), rule("new", 1, 2, glob)], "new");
}

#[test]
fn disabled_rules_and_no_match_leave_the_default() {
    let mut off = rule("off", 9, 1, |_| ());
    off.enabled = false;
    let elsewhere = rule("elsewhere", 9, 1, |matches| matches.tenant = pattern("other"));
    let set = RuleSet::new(vec![off, elsewhere], Mode::Hourly);
    assert_eq!(set.decide(PATH), (Mode::Hourly, None));
}

#[test]
fn an_explanation_names_what_each_other_rule_lacks() {
    let narrow = |matches: &mut RuleMatch| matches.metric = pattern("temp_head");
    let mut off = rule("off", 99, 9, narrow);
    off.enabled = false;
    let rules = vec![
        rule("low", 1, 9, narrow),
        rule("wide", 2, 8, |_| ()),
        rule("old", 2, 1, narrow),
        rule("new", 2, 2, narrow),
        rule("elsewhere", 9, 9, |matches| matches.metric = pattern("level")),
        off.clone(),
    ];
    let explanation = explain(rules.clone(), PATH, Mode::None);
    assert_eq!(explanation.decided_by.as_ref(), RuleSet::new(rules, Mode::None).decide(PATH).1);
    let overruled: Vec<_> = explanation
        .overruled
        .iter()
        .map(|(rule, weakness)| (rule.name.as_str(), weakness.as_str()))
        .collect();
    assert_eq!(
        overruled,
        [("old", "older"), ("wide", "less_specific"), ("low", "lower_priority"), ("off", "disabled")]
    );

    let alone = explain(vec![off.clone()], PATH, Mode::Hourly);
    assert_eq!(
        alone,
        Explanation { mode: Mode::Hourly, decided_by: None, overruled: vec![(off, Weakness::Disabled)] }
    );
}

proptest! {
    /// The glob agrees with a plain recursive definition of what a star means.
    #[test]
    fn globs_agree_with_the_definition(text in "[ab*]{1,8}", name in "[ab]{0,8}") {
        fn defined(pattern: &[u8], name: &[u8]) -> bool {
            match pattern.split_first() {
                None => name.is_empty(),
                Some((b'*', rest)) => (0..=name.len()).any(|skip| defined(rest, &name[skip..])),
                Some((byte, rest)) => name.first() == Some(byte) && defined(rest, &name[1..]),
            }
        }
        prop_assert_eq!(pattern(&text).matches(&name), defined(text.as_bytes(), name.as_bytes()));
    }

    /// What explains cannot differ from what decides.
    #[test]
    fn an_explanation_decides_as_the_pipeline_does(
        drawn in prop::collection::vec((any::<bool>(), 0..3_i32, 0..3_i64, 0..4_usize), 0..12)
    ) {
        let rules: Vec<Rule> = drawn.into_iter().enumerate().map(|(number, (enabled, priority, created, metric))| {
            let metric = ["*", "temp_*", "temp_head", "level"][metric];
            let mut rule = rule("", priority, created, |matches| matches.metric = pattern(metric));
            rule.id = Uuid::from_u128(u128::try_from(number).unwrap());
            rule.enabled = enabled;
            rule
        }).collect();
        let set = RuleSet::new(rules.clone(), Mode::Raw);
        let explanation = explain(rules, PATH, Mode::Raw);
        prop_assert_eq!((explanation.mode, explanation.decided_by.as_ref()), set.decide(PATH));
    }
}

#[test]
fn gateways_that_no_rule_tells_apart_are_of_one_kind() {
    let naming = |gateway: &str| {
        let pattern = pattern(gateway);
        Rule { matches: RuleMatch { gateway: pattern, ..RuleMatch::any() }, ..rule("r", 1, 1, |_| {}) }
    };
    let all = ["gw-1", "gw-2", "gw-30", "other"];
    let set = RuleSet::new(vec![naming("gw-*"), naming("*"), naming("gw-2")], Mode::None);
    let mut kinds = set.kinds_of_gateways(all);
    kinds.sort_unstable();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert!(kinds.contains(&"gw-2") && kinds.contains(&"other"), "{kinds:?}");
    assert_eq!(RuleSet::default().kinds_of_gateways(all).len(), 1);
    assert_eq!(set.kinds_of_gateways([]).len(), 0);
}

/// Whatever rules and series there are, the counts are what asking for each series finds.
#[test]
fn a_census_counts_what_explaining_each_series_finds() {
    let names = ["a", "ab", "b", "temp_head", "temp_tail"];
    let patterns = ["*", "a*", "*b", "b", "temp_*", "*_*", "a"];
    let mut state = 7_u32;
    let mut pick = move |from: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).unwrap() % from
    };
    for many in [0, 1, 63, 64, 65, 200] {
        let rules: Vec<Rule> = (0..many)
            .map(|at| {
                let mut made = rule("r", i32::try_from(pick(5)).unwrap(), at, |_| {});
                made.enabled = pick(4) > 0;
                for field in [&mut made.matches.plant, &mut made.matches.gateway, &mut made.matches.metric] {
                    *field = pattern(patterns[pick(patterns.len())]);
                }
                made
            })
            .collect();
        let mut census = Census::new(rules.clone());
        let mut expected: HashMap<Uuid, RuleShare> =
            rules.iter().map(|rule| (rule.id, RuleShare::default())).collect();
        let mut by_default = 0;
        for _ in 0..300 {
            let mut name = || names[pick(names.len())];
            let path = SeriesPath { plant: name(), gateway: name(), metric: name(), ..PATH };
            census.count(path);
            let found = explain(rules.clone(), path, Mode::None);
            match &found.decided_by {
                Some(rule) => expected.get_mut(&rule.id).unwrap().decided += 1,
                None => by_default += 1,
            }
            for rule in found.decided_by.iter().chain(found.overruled.iter().map(|(rule, _)| rule)) {
                expected.get_mut(&rule.id).unwrap().matched += 1;
            }
        }
        assert_eq!(census.finish(), Counted { rules: expected, series: 300, by_default });
    }
}
