use super::*;
use vigia_model::DataType;

fn stream(spec: &SignalSpec, seed: u64) -> Vec<Value> {
    spec.check().unwrap();
    let mut signal = Signal::new(spec.clone(), Random::new(seed, "test"));
    (0..20_000).map(|_| signal.advance(1.0)).collect()
}

fn floats(values: &[Value]) -> Vec<f64> {
    values.iter().map(|value| value.as_statistic().unwrap()).collect()
}

fn check_bounds(spec: &SignalSpec, min: f64, max: f64) {
    let values = floats(&stream(spec, 1));
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    assert!(low >= min - 1e-9 && high <= max + 1e-9, "{spec:?}: {low}..{high}");
    assert!(high - low > (max - min) * 0.4, "{spec:?} hardly moves: {low}..{high}");
}

fn kinds() -> Vec<SignalSpec> {
    vec![
        SignalSpec::Sine {
            mean: 80.0,
            amplitude: 5.0,
            period_s: 600.0,
            drift: 2.0,
            noise: 0.3,
            resolution: 0.1,
            integer: false,
        },
        SignalSpec::Thermal {
            cold: 20.0,
            hot: 95.0,
            tau_s: 120.0,
            on_s: 300.0,
            off_s: 200.0,
            noise: 0.2,
            resolution: 0.1,
        },
        SignalSpec::Switch { on_s: 60.0, off_s: 20.0 },
        SignalSpec::Counter { start: 9_007_199_254_740_990, per_s: 0.7 },
        SignalSpec::States {
            names: ["RUNNING", "SETUP", "STOPPED"].map(String::from).into(),
            dwell_s: vec![60.0, 20.0, 10.0],
        },
        SignalSpec::Walk { min: 0.0, max: 8.0, step: 0.2, resolution: 0.01, integer: false },
        SignalSpec::Batch {
            min: 0.0,
            max: 100.0,
            fill_s: 120.0,
            hold_s: 60.0,
            empty_s: 90.0,
            wait_s: 30.0,
            noise: 0.2,
            resolution: 0.5,
        },
    ]
}

#[test]
fn numbers_keep_their_bounds_and_move() {
    let specs = kinds();
    check_bounds(&specs[0], 80.0 - 7.9, 80.0 + 7.9);
    check_bounds(&specs[1], 20.0 - 0.6, 95.0 + 0.6);
    check_bounds(&specs[5], 0.0, 8.0);
    check_bounds(&specs[6], 0.0, 100.0);
}

#[test]
fn a_fixed_seed_gives_the_same_values_and_another_seed_others() {
    for spec in kinds() {
        assert_eq!(stream(&spec, 1), stream(&spec, 1), "{spec:?}");
        assert_ne!(stream(&spec, 1), stream(&spec, 2), "{spec:?}");
    }
}

#[test]
fn values_have_the_type_announced() {
    for spec in kinds() {
        for value in stream(&spec, 3) {
            let data_type = match value {
                Value::Float(_) => DataType::Float,
                Value::Int(_) => DataType::Int,
                Value::Bool(_) => DataType::Bool,
                Value::Text(_) => DataType::Text,
            };
            assert_eq!(data_type, spec.data_type());
        }
    }
}

#[test]
fn a_counter_never_falls_and_passes_two_to_the_53_without_losing_a_unit() {
    let counts: Vec<i64> = stream(&kinds()[3], 1)
        .into_iter()
        .map(|value| if let Value::Int(count) = value { count } else { panic!("an int") })
        .collect();
    assert!(counts.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(counts[0] <= 9_007_199_254_740_992 && *counts.last().unwrap() > 9_007_199_254_750_000);
    assert!(counts.iter().any(|count| count % 2 != 0 && *count > 9_007_199_254_740_992));
}

#[test]
fn switches_and_states_visit_all_they_have() {
    let switched = stream(&kinds()[2], 1);
    let on = switched.iter().filter(|value| **value == Value::Bool(true)).count();
    assert!((12_000..18_000).contains(&on), "{on} of 20000, should be near 3 of 4");
    let states = stream(&kinds()[4], 1);
    for name in ["RUNNING", "SETUP", "STOPPED"] {
        assert!(states.contains(&Value::Text(name.into())), "{name}");
    }
}

#[test]
fn rounding_leaves_short_decimals() {
    assert_eq!(number(83.199_99, 0.1, false), Value::Float(83.2));
    assert_eq!(number(7.3, 5.0, false), Value::Float(5.0));
    assert_eq!(number(1_449.7, 1.0, true), Value::Int(1_450));
    for value in floats(&stream(&kinds()[0], 1)) {
        assert!(value.to_string().len() <= 4, "{value}");
    }
}

#[test]
fn impossible_signals_are_refused() {
    for spec in [
        SignalSpec::Switch { on_s: 0.0, off_s: 1.0 },
        SignalSpec::Walk { min: 2.0, max: 1.0, step: 1.0, resolution: 0.1, integer: false },
        SignalSpec::States { names: vec!["A".into()], dwell_s: vec![] },
        SignalSpec::Counter { start: 0, per_s: f64::NAN },
    ] {
        assert!(spec.check().is_err(), "{spec:?}");
    }
}
