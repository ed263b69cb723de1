//! What breaks when: drawn from the seed before anything starts, so that the same seed breaks the same things.
//!
//! Several things may be broken at once, but no part by two at a time. Every other event kills something.

use crate::event::Event;
use std::time::Duration;
use vigia_simulator::random::Random;

/// One event and its time from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) at: Duration,
    pub(crate) event: Event,
}

/// The parts that only one event at a time may break.
const PARTS: usize = 6;
const INGESTING: usize = 0;
const STANDBY: usize = 1;
const POSTGRES: usize = 2;
const DATABASE_LINK: usize = 3;
const BROKER: usize = 4;
const BROKER_LINK: usize = 5;

/// Seconds between events.
const GAP: (f64, f64) = (5.0, 13.0);
/// One of so many events is a kill of a backend whose database hangs.
const HANGING_EVERY: usize = 4;
/// Sessions are lost so often.
const LOSS_EVERY: Duration = Duration::from_mins(2);
/// What a part needs after an event until it is itself again.
const RECOVERY: Duration = Duration::from_secs(3);
/// No event begins so late.
const LAST: Duration = Duration::from_secs(3);

/// The plan of a run.
pub(crate) fn plan(seed: u64, lasting: Duration, clients: u32) -> Vec<Step> {
    let mut draw = Draw { random: Random::new(seed, "chaos"), clients };
    let mut steps = Vec::new();
    let mut busy_until = [Duration::ZERO; PARTS];
    let mut at = draw.seconds(3.0, 6.0);
    let mut loss_at = draw.seconds(30.0, 70.0);
    while at + LAST < lasting {
        let event = match steps.len() {
            _ if at >= loss_at => draw.lost_sessions(),
            // Nothing else shows so surely what is acknowledged too early.
            count if count % HANGING_EVERY == HANGING_EVERY / 2 => draw.kill_hanging(),
            count => draw.event(count % 2 == 0),
        };
        let parts = parts(&event);
        let mut until = busy_until.iter().enumerate().filter(|(part, _)| parts.contains(part));
        if until.all(|(_, until)| *until <= at) {
            steps.push(Step { at, event });
            if matches!(event, Event::LoseSessions { .. }) {
                loss_at += LOSS_EVERY;
            }
            for (_, until) in busy_until.iter_mut().enumerate().filter(|(part, _)| parts.contains(part)) {
                *until = at + event.lasting() + RECOVERY;
            }
            at += draw.seconds(GAP.0, GAP.1);
        } else {
            // Drawn for a part that is broken: another event, a little later.
            at += Duration::from_millis(250);
        }
    }
    steps
}

const fn parts(event: &Event) -> &'static [usize] {
    match event {
        Event::KillIngesting { .. } | Event::Freeze { .. } => &[INGESTING],
        Event::LoseSessions { .. } => &[INGESTING, STANDBY, BROKER, BROKER_LINK],
        Event::KillHanging { .. } => &[INGESTING, DATABASE_LINK],
        Event::KillStandby { .. } => &[STANDBY],
        Event::KillPostgres { .. } | Event::RestartPostgres | Event::FillDisk { .. } => &[POSTGRES],
        Event::StallDatabase { .. }
        | Event::SilenceDatabase
        | Event::CutDatabase { .. }
        | Event::CutDatabaseOfOne { .. } => &[DATABASE_LINK],
        Event::RestartBroker { .. } | Event::KillBroker { .. } => &[BROKER],
        Event::CutClients { .. } | Event::StallClients { .. } | Event::DelayClients { .. } => &[BROKER_LINK],
    }
}

struct Draw {
    random: Random,
    clients: u32,
}

impl Draw {
    fn seconds(&mut self, low: f64, high: f64) -> Duration {
        Duration::from_secs_f64(self.random.between(low, high))
    }

    fn millis(&mut self, low: f64, high: f64) -> Duration {
        self.seconds(low / 1_000.0, high / 1_000.0)
    }

    /// At once, or after a while.
    fn away(&mut self, most: f64) -> Duration {
        if self.random.chance(0.3) { Duration::ZERO } else { self.seconds(0.1, most) }
    }

    fn event(&mut self, kill: bool) -> Event {
        let kinds = if kill { 12 } else { 26 };
        match self.random.below(kinds) {
            0..=3 => Event::KillIngesting { away: self.away(15.0) },
            4 => Event::KillStandby { away: self.away(15.0) },
            5..=7 => Event::KillPostgres { away: self.away(30.0) },
            8..=9 => Event::KillBroker { away: self.away(4.0) },
            10..=11 => Event::FillDisk {
                // Some messages a second, after 3 s of patience, into files that have room of their own.
                lasting: self.seconds(10.0, 25.0),
                left_kib: u16::try_from(self.random.below(256)).unwrap_or(0),
            },
            12..=14 => Event::Freeze { lasting: self.seconds(1.0, 12.0) },
            15 => Event::RestartPostgres,
            16 => Event::StallDatabase { lasting: self.seconds(1.0, 20.0) },
            17 => Event::CutDatabase { lasting: self.seconds(1.0, 20.0) },
            18..=19 => {
                let ingesting = self.random.chance(0.7);
                Event::CutDatabaseOfOne { ingesting, lasting: self.seconds(1.0, 20.0) }
            }
            20 => Event::RestartBroker { away: self.away(4.0) },
            21 => Event::CutClients {
                mean: self.millis(200.0, 3_000.0),
                seed: u64::try_from(self.random.below(1 << 31)).unwrap_or(0),
                lasting: self.seconds(3.0, 15.0),
            },
            22 => Event::StallClients { lasting: self.seconds(1.0, 12.0) },
            23..=24 => Event::SilenceDatabase,
            _ => Event::DelayClients { delay: self.millis(5.0, 300.0), lasting: self.seconds(3.0, 15.0) },
        }
    }

    fn kill_hanging(&mut self) -> Event {
        // Up to 3 s a batch is waited with, then it goes to the disk: both are of interest.
        Event::KillHanging { hanging: self.seconds(0.3, 5.0), away: self.away(15.0) }
    }

    fn lost_sessions(&mut self) -> Event {
        let most = usize::try_from(self.clients).unwrap_or(1);
        let sessions = u32::try_from(self.random.below(most)).unwrap_or(0) + 1;
        Event::LoseSessions { sessions, away: self.seconds(0.2, 2.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_plan() {
        let plan = |seed| plan(seed, Duration::from_mins(10), 12);
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
    }

    #[test]
    fn short_and_long_plans_kill_enough() {
        for seed in 0..200 {
            for (minutes, least) in [(2, 6), (30, 50)] {
                let plan = plan(seed, Duration::from_mins(minutes), 12);
                let kills: u32 = plan.iter().map(|step| step.event.kills()).sum();
                assert!(kills >= least, "seed {seed}: {kills} kills in {minutes} minutes");
            }
        }
    }

    #[test]
    fn every_plan_kills_while_the_database_hangs() {
        for seed in 0..200 {
            let plan = plan(seed, Duration::from_mins(2), 12);
            assert!(plan.iter().any(|step| matches!(step.event, Event::KillHanging { .. })), "{seed}");
        }
    }

    #[test]
    fn sessions_are_lost_now_and_then() {
        for seed in 0..200 {
            let plan = plan(seed, Duration::from_mins(30), 12);
            let losses = plan.iter().filter(|step| matches!(step.event, Event::LoseSessions { .. })).count();
            assert!(losses >= 10, "seed {seed}: {losses}");
        }
    }

    #[test]
    fn no_part_is_broken_by_two_at_a_time() {
        let plan = plan(3, Duration::from_mins(30), 12);
        for (place, step) in plan.iter().enumerate() {
            let over = |earlier: &&Step| earlier.at + earlier.event.lasting() + RECOVERY > step.at;
            for earlier in plan[..place].iter().filter(over) {
                assert!(
                    parts(&earlier.event).iter().all(|part| !parts(&step.event).contains(part)),
                    "{step:?}"
                );
            }
        }
    }
}
